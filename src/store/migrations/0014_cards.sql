-- What pages said of themselves, so that a link that is used again does not ask its page again. A cache: a post has what it
-- shows in its own revisions, and everything here may be forgotten. A page that could not be asked keeps the reason.
CREATE TABLE cards (
    url        TEXT PRIMARY KEY,
    page       TEXT,             -- JSON, as a revision holds it
    error      TEXT,
    fetched_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    CHECK ((page IS NULL) <> (error IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX cards_by_age ON cards (fetched_at);
