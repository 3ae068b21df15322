-- Why: two screens of one person could type into one row of drafts and lose each other's text, and nobody saw who else had a post
-- open. A draft has a key of its own now and names the screen that typed it; whether that screen lives is told by its lock file
-- beside the database, not by a clock.

ALTER TABLE editor_drafts ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE editor_drafts ADD COLUMN screen TEXT NOT NULL DEFAULT ''; -- '': before there were names of screens
UPDATE editor_drafts SET key = 'old-' || rowid;
DROP INDEX editor_drafts_one;
CREATE UNIQUE INDEX editor_drafts_one ON editor_drafts (key);
CREATE INDEX editor_drafts_by_author ON editor_drafts (author);

-- Which post each screen has open for typing; written when it is opened and when it is closed.
CREATE TABLE open_posts (
    screen TEXT PRIMARY KEY,
    author TEXT NOT NULL REFERENCES authors (name),
    post   INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX open_posts_by_post ON open_posts (post);
