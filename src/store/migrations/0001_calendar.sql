-- Why: the first layout. Posts with their revisions, the deliveries and attempts that publishing needs, and what
-- a shared calendar remembers about people (authors, approvals, undo, unsaved typing).
--
-- Instants are UTC in integer milliseconds. A plan is a wall time and a zone; its instant is derived from them.
-- A revision's JSON is the truth about a post's content; variants, tags and most columns of posts are an index
-- of the present revision, written in the same transaction.

CREATE TABLE authors (
    name     TEXT PRIMARY KEY,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE campaigns (
    name     TEXT PRIMARY KEY,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    name           TEXT PRIMARY KEY,
    platform       TEXT NOT NULL,
    like_platform  TEXT,
    mark           TEXT NOT NULL,
    length_limit   INTEGER,
    topic          TEXT,
    account_id     TEXT,
    account_handle TEXT,
    position       INTEGER -- NULL: no longer in the configuration, kept for its history
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    channel    TEXT PRIMARY KEY REFERENCES channels (name),
    limits     TEXT NOT NULL,
    fetched_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE handles (
    channel     TEXT NOT NULL REFERENCES channels (name),
    handle      TEXT NOT NULL,
    identity    TEXT, -- NULL: asked for, and there is none
    resolved_at INTEGER NOT NULL,
    PRIMARY KEY (channel, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE posts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    revision   INTEGER NOT NULL,
    author     TEXT NOT NULL REFERENCES authors (name),
    parent     INTEGER REFERENCES posts (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    title      TEXT NOT NULL, -- what names it in a list
    kind       TEXT NOT NULL CHECK (kind IN ('evergreen', 'ad-hoc')),
    plan       TEXT NOT NULL CHECK (plan IN ('shelf', 'at', 'queued')),
    plan_local TEXT,
    plan_zone  TEXT,
    plan_at    INTEGER,
    scheduled  INTEGER NOT NULL CHECK (scheduled IN (0, 1)),
    trashed    INTEGER NOT NULL CHECK (trashed IN (0, 1)),
    campaign   TEXT REFERENCES campaigns (name),
    -- Derived from the deliveries whenever one of them changes, so that a month and the queue read one index.
    approved   INTEGER NOT NULL DEFAULT 0 CHECK (approved IN (0, 1)),
    due_at     INTEGER,
    standing   INTEGER NOT NULL DEFAULT 4, -- 1 unknown, 2 failed, 3 missed, 4 has not left yet, 9 settled
    CHECK ((plan = 'at') = (plan_local IS NOT NULL AND plan_zone IS NOT NULL AND plan_at IS NOT NULL))
) STRICT;
CREATE INDEX posts_by_due ON posts (due_at, trashed);
CREATE INDEX posts_by_standing ON posts (standing, due_at) WHERE trashed = 0;

CREATE TABLE revisions (
    post       INTEGER NOT NULL REFERENCES posts (id),
    revision   INTEGER NOT NULL,
    author     TEXT NOT NULL REFERENCES authors (name),
    created_at INTEGER NOT NULL,
    content    TEXT NOT NULL,
    PRIMARY KEY (post, revision)
) STRICT;

CREATE TABLE variants (
    post     INTEGER NOT NULL REFERENCES posts (id),
    channel  TEXT NOT NULL REFERENCES channels (name),
    position INTEGER NOT NULL,
    own      INTEGER NOT NULL CHECK (own IN (0, 1)),
    PRIMARY KEY (post, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
    post INTEGER NOT NULL REFERENCES posts (id),
    tag  TEXT NOT NULL,
    PRIMARY KEY (post, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);

CREATE TABLE media (
    hash     TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    mime     TEXT NOT NULL,
    size     INTEGER NOT NULL,
    width    INTEGER,
    height   INTEGER,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE post_media (
    post     INTEGER NOT NULL REFERENCES posts (id),
    position INTEGER NOT NULL,
    hash     TEXT NOT NULL REFERENCES media (hash),
    PRIMARY KEY (post, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_media_by_hash ON post_media (hash);

-- UNIQUE (post, channel) is half of the promise that nothing is published twice.
CREATE TABLE deliveries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    post       INTEGER NOT NULL REFERENCES posts (id),
    channel    TEXT NOT NULL REFERENCES channels (name),
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'publishing', 'published', 'failed', 'unknown', 'missed', 'skipped')),
    due_at     INTEGER,
    ready      INTEGER NOT NULL CHECK (ready IN (0, 1)), -- the post is scheduled and not in the trash
    reason     TEXT NOT NULL DEFAULT '',
    permalink  TEXT,
    next_try   INTEGER,
    changed_at INTEGER NOT NULL,
    claimed_by INTEGER, -- fencing number of the leader that claimed it
    leaves_at  INTEGER GENERATED ALWAYS AS (
        CASE WHEN state = 'waiting' AND ready = 1 THEN max(due_at, ifnull(next_try, due_at)) END
    ) VIRTUAL,
    UNIQUE (post, channel)
) STRICT;
CREATE INDEX deliveries_by_leaving ON deliveries (leaves_at) WHERE leaves_at IS NOT NULL;
CREATE INDEX deliveries_publishing ON deliveries (id) WHERE state = 'publishing';

-- The other half: tries are numbered, and a part that is there, or on its way, cannot be tried again.
CREATE TABLE attempts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery   INTEGER NOT NULL REFERENCES deliveries (id),
    part       INTEGER NOT NULL CHECK (part >= 0),
    number     INTEGER NOT NULL CHECK (number >= 1),
    fence      INTEGER NOT NULL,
    request    TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    deadline   INTEGER NOT NULL,
    outcome    TEXT, -- its word; NULL while nobody has told how it ended
    remote_id  TEXT,
    answer     TEXT, -- the whole outcome as JSON
    ended_at   INTEGER,
    UNIQUE (delivery, part, number)
) STRICT;
CREATE UNIQUE INDEX attempts_one_live ON attempts (delivery, part) WHERE outcome IS NULL OR outcome = 'published';

CREATE TABLE approvals (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    post          INTEGER NOT NULL REFERENCES posts (id),
    channel       TEXT NOT NULL REFERENCES channels (name),
    hash          TEXT NOT NULL,
    author        TEXT NOT NULL REFERENCES authors (name),
    approved_at   INTEGER NOT NULL,
    taken_back_at INTEGER
) STRICT;
CREATE UNIQUE INDEX approvals_standing ON approvals (post, channel) WHERE taken_back_at IS NULL;

CREATE TABLE journal (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    author        TEXT NOT NULL REFERENCES authors (name),
    post          INTEGER NOT NULL REFERENCES posts (id),
    from_revision INTEGER, -- NULL: the post was added
    to_revision   INTEGER NOT NULL,
    label         TEXT NOT NULL,
    skipped       TEXT, -- JSON of [delivery, state before] where deliveries were skipped and the post was not changed
    had_left      INTEGER NOT NULL, -- how many of the post's deliveries had left by then
    at            INTEGER NOT NULL,
    undone        INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE INDEX journal_by_author ON journal (author, undone, id);
CREATE INDEX journal_by_post ON journal (post, to_revision);
CREATE INDEX journal_by_time ON journal (at);

CREATE TABLE editor_drafts (
    author        TEXT NOT NULL REFERENCES authors (name),
    post          INTEGER REFERENCES posts (id), -- NULL: a post that was never saved
    channel       TEXT,
    base_revision INTEGER NOT NULL,
    content       TEXT NOT NULL,
    cursor        INTEGER NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX editor_drafts_one ON editor_drafts (author, ifnull(post, 0));

CREATE TABLE leader (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    fence   INTEGER NOT NULL,
    holder  TEXT NOT NULL,
    tick_at INTEGER NOT NULL
) STRICT;
INSERT INTO leader VALUES (1, 0, '', 0);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
