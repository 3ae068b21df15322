-- Why: what was undone can be done again, one action can change several posts and is undone as one, and what the
-- screen said is still there tomorrow. A redo is possible as long as `redo_rank` is set; a new change of the author
-- takes it away.

ALTER TABLE journal ADD COLUMN batch INTEGER; -- the first entry of the action it belongs to; NULL: an action by itself
ALTER TABLE journal ADD COLUMN redo_rank INTEGER; -- the highest of an author is redone first
ALTER TABLE journal ADD COLUMN undone_to INTEGER; -- the revision at which the undo left the post
ALTER TABLE journal ADD COLUMN left_behind INTEGER NOT NULL DEFAULT 0
    CHECK (left_behind IN (0, 1)); -- could not be undone when the rest of its action was
CREATE INDEX journal_by_redo ON journal (author, redo_rank) WHERE redo_rank IS NOT NULL;
CREATE INDEX journal_by_batch ON journal (batch) WHERE batch IS NOT NULL;

CREATE TABLE messages (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    author TEXT NOT NULL,
    rank   TEXT NOT NULL CHECK (rank IN ('news', 'warn', 'bad')),
    text   TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_author ON messages (author, id);
