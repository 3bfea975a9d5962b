-- Problems in the order in which they are read (storage/sqlite/problem_lists.py), page by page, and families of
-- which one goes on, which are counted again from time to time.

DROP INDEX problem_opened;

CREATE INDEX problem_ongoing ON problem (
  (CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END),
  (-customers_count - anonymous_count), (-last_ms), id
) WHERE opened_ms IS NOT NULL AND closed_ms IS NULL;

CREATE INDEX problem_over ON problem (
  (CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END),
  (-customers_count - anonymous_count), (-last_ms), id
) WHERE opened_ms IS NOT NULL AND closed_ms IS NOT NULL;

CREATE INDEX problem_ongoing_family ON problem (site, rule, signature)
  WHERE opened_ms IS NOT NULL AND closed_ms IS NULL;
