-- Problems: the same finding in many sessions, as they were counted last.

-- Sessions in which a rule had something to say of a subject, whatever it was.
CREATE INDEX finding_by_subject ON finding (rule, subject, session, decided_ms);

-- Families of findings (the same rule and signature in one site) of which a finding that failed came, went or
-- changed since they were counted, and how often.
CREATE TABLE changed_family (
  site TEXT NOT NULL,
  rule TEXT NOT NULL,
  signature TEXT NOT NULL,
  changes_count INTEGER NOT NULL,
  PRIMARY KEY (site, rule, signature)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  rule TEXT NOT NULL,
  signature TEXT NOT NULL,
  subject TEXT,  -- NULL: of many subjects
  subjects_count INTEGER NOT NULL,
  severity TEXT NOT NULL,
  sessions_count INTEGER NOT NULL,
  customers_count INTEGER NOT NULL,
  anonymous_count INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  is_burst INTEGER NOT NULL CHECK (is_burst IN (0, 1)),
  money TEXT NOT NULL,  -- JSON list of currency and minor units
  exposed_count INTEGER,
  exposed_ms INTEGER,
  opened_ms INTEGER,
  closed_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX problem_by_family ON problem (site, rule, signature);
CREATE INDEX problem_opened ON problem (opened_ms) WHERE opened_ms IS NOT NULL;

-- Everything that was found before is counted once.
INSERT INTO changed_family (site, rule, signature, changes_count)
  SELECT site, rule, signature, count(*) FROM finding JOIN session ON session.key = finding.session
  WHERE outcome = 'fail' GROUP BY site, rule, signature;
