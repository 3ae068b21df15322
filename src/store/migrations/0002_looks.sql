-- Why: a part whose answer was lost is looked up on its platform, several times and over restarts. "It is not there"
-- needs two looks, so each is kept; the next one is planned in deliveries.next_try, which an unknown delivery did not use.

CREATE TABLE looks (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    at      INTEGER NOT NULL,
    saw     TEXT NOT NULL CHECK (saw IN ('found', 'absent', 'cannot_tell')),
    reason  TEXT NOT NULL
) STRICT;
CREATE INDEX looks_by_attempt ON looks (attempt);
CREATE INDEX deliveries_unknown ON deliveries (next_try) WHERE state = 'unknown';
