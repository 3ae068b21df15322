-- Why: channels that a person serves. Where that person posts, and an undo entry of its own for "I posted it": a mark by
-- mistake can be taken back, unlike anything that a platform confirmed.

ALTER TABLE channels ADD COLUMN page TEXT; -- NULL: not named, or no channel served by hand
ALTER TABLE journal ADD COLUMN marked TEXT; -- JSON of where a delivery stood before it was marked, and what it was marked with
