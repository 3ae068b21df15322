-- Why: a platform may be at work on a part for hours after it is there (YouTube turns a film into what people see). It is looked
-- at again over restarts until that has ended, well or badly. What it said last is in attempts.answer.

CREATE TABLE watches (
    attempt INTEGER PRIMARY KEY REFERENCES attempts (id),
    since   INTEGER NOT NULL, -- when it was there, by the real clock
    next_at INTEGER NOT NULL  -- when it is looked at next, by the real clock
) STRICT;
