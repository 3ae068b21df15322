-- Why: nothing leaves, on purpose. A row without an end is the freeze that stands; the ended ones are its journal.

CREATE TABLE freezes (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    frozen_by TEXT NOT NULL REFERENCES authors (name),
    reason    TEXT NOT NULL, -- may be empty
    frozen_at INTEGER NOT NULL,
    thawed_by TEXT REFERENCES authors (name),
    thawed_at INTEGER,
    CHECK ((thawed_by IS NULL) = (thawed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX freezes_one ON freezes (thawed_at IS NULL) WHERE thawed_at IS NULL;
