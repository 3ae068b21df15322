-- Why: a video takes minutes to hours to go up, and the platform can go on where it broke off. What it needs for that is
-- committed before the first byte leaves, and is found again after a crash or a restart; the figures are for the screen.

CREATE TABLE uploads (
    delivery  INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    part      INTEGER NOT NULL,
    place     INTEGER NOT NULL, -- among the part's media, from 0
    hash      TEXT NOT NULL,    -- of what is sent: anything else is not gone on with
    session   TEXT NOT NULL,    -- the platform's own words for it
    reference TEXT,             -- NULL: not all there yet
    sent      INTEGER NOT NULL,
    total     INTEGER NOT NULL,
    kept      INTEGER NOT NULL, -- of `sent`, what an earlier run had brought there
    since     INTEGER NOT NULL, -- when this run began
    at        INTEGER NOT NULL, -- when `sent` was told
    PRIMARY KEY (delivery, part, place)
) STRICT;
