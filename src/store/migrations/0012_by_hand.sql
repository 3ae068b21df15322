-- Why: channels that a person serves. Whether somebody is asked to post it (until the next try, and only while that is planned),
-- where that person posts, and an undo entry of its own for "I posted it": a mark by mistake can be taken back, unlike anything
-- that a platform confirmed.

ALTER TABLE deliveries ADD COLUMN asked INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1));
ALTER TABLE channels ADD COLUMN page TEXT; -- NULL: not named, or no channel served by hand
ALTER TABLE journal ADD COLUMN marked TEXT; -- JSON of where a delivery stood before it was marked, and what it was marked with
