-- Why: what is out can be deleted or edited there, by a person's own decision. Who asked, when, for which part and
-- what came of it is kept; the row is committed before the call, so that a crash in between is seen.

CREATE TABLE corrections (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL REFERENCES deliveries (id),
    part     INTEGER NOT NULL CHECK (part >= 0),
    kind     TEXT NOT NULL CHECK (kind IN ('delete', 'edit')),
    text     TEXT, -- what the part was to say then; NULL for a deletion
    author   TEXT NOT NULL REFERENCES authors (name),
    asked_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    outcome  TEXT, -- its word; NULL while nobody has told how it ended
    answer   TEXT, -- the whole outcome as JSON
    ended_at INTEGER
) STRICT;
CREATE INDEX corrections_by_delivery ON corrections (delivery);
CREATE UNIQUE INDEX corrections_one_open ON corrections (delivery, part) WHERE outcome IS NULL;
