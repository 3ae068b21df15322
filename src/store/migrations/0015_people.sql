-- Why: who is who. People, packages and institutions that posts name by `@@key`, each with its handle per platform; every channel
-- gets its own form of a name. Handles stand as the platform's own rule writes them.

CREATE TABLE people (
    key        TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('person', 'package', 'institution')),
    changed_by TEXT NOT NULL REFERENCES authors (name),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people_handles (
    key      TEXT NOT NULL REFERENCES people (key) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    handle   TEXT NOT NULL,
    PRIMARY KEY (key, platform)
) STRICT, WITHOUT ROWID;
