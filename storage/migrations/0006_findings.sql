-- What rules say of sessions, and which sessions are to be judged when.

-- Facts batches that were stored, and offsets of clocks that became others: what is judged meanwhile is judged
-- again.
ALTER TABLE session ADD COLUMN facts_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN clocks_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN judge_ms INTEGER;

CREATE INDEX session_by_judge ON session (judge_ms, id) WHERE judge_ms IS NOT NULL;

CREATE TABLE finding (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  signature TEXT NOT NULL,
  version INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  severity TEXT NOT NULL,
  said TEXT NOT NULL,
  shown TEXT NOT NULL,  -- JSON list of role, page load, time, node, text
  decided_ms REAL NOT NULL,
  minor INTEGER,
  currency TEXT,
  PRIMARY KEY (session, rule, subject, signature)
) STRICT, WITHOUT ROWID;

-- The same finding in many sessions is one problem.
CREATE INDEX finding_by_problem ON finding (rule, signature, session);
