-- Why: a second pair of eyes. Who asked for it, what a reviewer wants changed and what else was said stays with the post, also
-- after it went out. Where a post stands with its reviewers is derived from this and from the approvals that hold.

CREATE TABLE review_notes (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    post   INTEGER NOT NULL REFERENCES posts (id),
    kind   TEXT NOT NULL CHECK (kind IN ('asked', 'changes', 'comment', 'lost')),
    author TEXT NOT NULL REFERENCES authors (name),
    text   TEXT NOT NULL, -- may be empty where somebody only asked
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX review_notes_by_post ON review_notes (post, id);

-- What was approved: the difference since then is read from the revisions. NULL: approved before this was kept.
ALTER TABLE approvals ADD COLUMN revision INTEGER;
CREATE INDEX approvals_by_post ON approvals (post, id);

-- Derived like posts.approved; written_by is who last changed what is sent: that person does not approve it.
ALTER TABLE posts ADD COLUMN review TEXT NOT NULL DEFAULT 'draft'
    CHECK (review IN ('draft', 'in-review', 'changes-requested', 'approved'));
ALTER TABLE posts ADD COLUMN written_by TEXT;
UPDATE posts SET review = 'approved' WHERE approved = 1;
UPDATE posts SET written_by =
    (SELECT author FROM revisions WHERE post = posts.id AND revision = posts.revision);
CREATE INDEX posts_by_review ON posts (review, due_at) WHERE trashed = 0 AND standing < 9;
