-- Why: posts are found by any word of them, accents and capitals aside, and filters are kept under a name.
--
-- Each row of `search` is an index of a post's present revision, written in the same transaction. It holds its own copy of
-- the words, so that a row can be taken out without the revision it came from; secure-delete then leaves no trace of them.

CREATE VIRTUAL TABLE search USING fts5 (
    title,
    texts, -- the master text and every channel's own
    tags,
    alts,  -- alt texts of the pictures
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

INSERT INTO search (rowid, title, texts, tags, alts)
SELECT p.id,
    json_extract(r.content, '$.title'),
    concat_ws(char(10), json_extract(r.content, '$.text'), (
        SELECT group_concat(json_extract(one.value, '$.text'), char(10)) FROM json_each(r.content, '$.variants') AS one)),
    (SELECT group_concat(one.value, char(10)) FROM json_each(r.content, '$.tags') AS one),
    (SELECT group_concat(json_extract(one.value, '$.alt'), char(10)) FROM json_each(r.content, '$.attachments') AS one)
FROM posts AS p JOIN revisions AS r ON r.post = p.id AND r.revision = p.revision;

CREATE TABLE saved_filters (
    author TEXT NOT NULL REFERENCES authors (name),
    name   TEXT NOT NULL,
    filter TEXT NOT NULL,
    PRIMARY KEY (author, name)
) STRICT, WITHOUT ROWID;
