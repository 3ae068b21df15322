//! Finding posts by their words and by a filter, and the filters that people keep.
//!
//! The index of words is a full-text table of SQLite, written with every revision; what is typed is never its query
//! language. What a word is, is `domain::search`; what a filter lets through, `domain::filter`.

use super::error::Fallible;
use super::lists::{next_dated, next_undated, searched, summaries};
use super::posts::{ensure_author, load_view};
use super::row::{json, limit as rows, maybe_instant, millis};
use super::{Db, Durability, PostView, Result, Transaction};
use crate::domain::search::words;
use crate::domain::{Author, Content, Filter, Hit, Offered, PostId, SavedFilter, Summary};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};
use std::collections::HashSet;

/// The index refuses deeper questions; more words are asked for in several of them.
const WORDS_AT_ONCE: usize = 64;

/// What a list shall have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// From this instant on; posts without a time are left out then.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant; posts without a time are left out then.
    pub to: Option<DateTime<Utc>>,
    /// The trash too.
    pub trashed: bool,
    /// At most this many.
    pub limit: usize,
    /// Every word of this; `None` asks for none.
    pub words: Option<String>,
    /// What else they have in common.
    pub filter: Filter,
}

/// Brings the index of words in line with a post's content.
pub(super) fn index(tx: &Transaction<'_>, id: PostId, content: &Content) -> Fallible<()> {
    let own = content.variants.iter().filter_map(|it| it.text.as_deref());
    let texts: Vec<&str> = std::iter::once(content.text.as_str()).chain(own).collect();
    let alts: Vec<&str> = content
        .attachments
        .iter()
        .map(|it| it.alt.as_str())
        .collect();
    let row = [
        content.title.clone(),
        texts.join("\n"),
        content.tags.join("\n"),
        alts.join("\n"),
    ];
    let indexed = tx
        .prepare_cached("SELECT title, texts, tags, alts FROM search WHERE rowid = ?1")?
        .query_row([id.0], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })
        .optional()?
        .map(|columns: [Option<String>; 4]| columns.map(Option::unwrap_or_default));
    // A post that only moved keeps its words.
    if indexed.as_ref() == Some(&row) {
        return Ok(());
    }
    if indexed.is_some() {
        tx.prepare_cached("DELETE FROM search WHERE rowid = ?1")?
            .execute([id.0])?;
    }
    let [title, texts, tags, alts] = row;
    tx.prepare_cached(
        "INSERT INTO search (rowid, title, texts, tags, alts) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((id.0, title, texts, tags, alts))?;
    Ok(())
}

impl Db {
    /// Returns the posts that hold every word that was typed and that the filter lets through, by time, undated last.
    ///
    /// The trash is left out. A text without any word finds nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search(&mut self, typed: &str, filter: &Filter) -> Result<Vec<Hit>> {
        let (words, rule) = (words(typed), self.review);
        self.read(|tx| {
            let Some((first, rest)) = questions(&words).split_first().map(owned) else {
                return Ok(Vec::new());
            };
            let mut hits: Vec<Hit> = if filter.is_empty() {
                let mut statement = tx.prepare_cached(
                    "SELECT p.id, p.due_at FROM search JOIN posts AS p ON p.id = search.rowid
                     WHERE search MATCH ?1 AND p.trashed = 0 ORDER BY p.due_at IS NULL, p.due_at, p.id",
                )?;
                let found = statement.query_map([first], hit)?;
                found.collect::<rusqlite::Result<_>>()?
            } else {
                let found = summaries(tx, rule, &searched(), [first])?;
                let found = found.into_iter().filter(|post| filter.matches(post));
                found
                    .map(|post| Hit {
                        post: post.id,
                        due_at: post.due_at,
                    })
                    .collect()
            };
            if let Some(ids) = holding(tx, &rest)? {
                hits.retain(|hit| ids.contains(&hit.post));
            }
            Ok(hits)
        })
    }

    /// Returns posts in full, by time, undated last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find(&mut self, wanted: &Wanted) -> Result<Vec<PostView>> {
        let words = wanted.words.as_deref().map(words);
        let rule = self.review;
        self.read(|tx| {
            let ids = match &words {
                None => None,
                Some(words) => Some(holding(tx, &questions(words))?.unwrap_or_default()),
            };
            let mut statement = tx.prepare_cached(
                "SELECT id FROM posts
                 WHERE (?1 IS NULL OR due_at >= ?1) AND (?2 IS NULL OR due_at < ?2) AND trashed <= ?3
                 ORDER BY due_at IS NULL, due_at, id",
            )?;
            let span = (wanted.from.map(millis), wanted.to.map(millis), wanted.trashed);
            let mut chosen = statement.query(span)?;
            let mut views = Vec::new();
            while views.len() < wanted.limit
                && let Some(row) = chosen.next()?
            {
                let id = PostId(row.get(0)?);
                if ids.as_ref().is_some_and(|ids| !ids.contains(&id)) {
                    continue;
                }
                let view = load_view(tx, rule, id)?;
                let listed = Summary {
                    held: rule.holds(view.post.content.scheduled, view.review),
                    ..Summary::from(&view)
                };
                if wanted.filter.matches(&listed) {
                    views.push(view);
                }
            }
            Ok(views)
        })
    }

    /// Returns what has not left yet and is let through by the filter: the first `limit` by time, then undated, and how
    /// many there are in all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_matching(
        &mut self,
        filter: &Filter,
        limit: usize,
    ) -> Result<(Vec<Summary>, usize)> {
        let rule = self.review;
        self.read(|tx| {
            let mut next = Vec::new();
            for section in [next_dated(), next_undated()] {
                let all = summaries(tx, rule, &section, [rows(usize::MAX)])?;
                next.extend(all.into_iter().filter(|post| filter.matches(post)));
            }
            let total = next.len();
            next.truncate(limit);
            Ok((next, total))
        })
    }

    /// Returns what a filter can ask for, and the filters that this author kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn choices(&mut self, author: &Author) -> Result<Offered> {
        self.read(|tx| {
            let names = |sql: &str| -> Fallible<Vec<String>> {
                let mut statement = tx.prepare_cached(sql)?;
                let names = statement.query_map([], |row| row.get(0))?;
                Ok(names.collect::<rusqlite::Result<_>>()?)
            };
            let mut saved = tx.prepare_cached(
                "SELECT name, filter FROM saved_filters WHERE author = ?1 ORDER BY name",
            )?;
            let saved = saved.query_map([author.as_str()], |row| {
                Ok(SavedFilter {
                    name: row.get(0)?,
                    filter: json(row, 1)?,
                })
            })?;
            let authors = names(
                "SELECT name FROM authors
                 WHERE EXISTS (SELECT 1 FROM posts WHERE author = name AND trashed = 0) ORDER BY name",
            )?;
            Ok(Offered {
                campaigns: names(
                    "SELECT name FROM campaigns
                     WHERE EXISTS (SELECT 1 FROM posts WHERE campaign = name AND trashed = 0) ORDER BY name",
                )?,
                tags: names(
                    "SELECT DISTINCT tag FROM tags JOIN posts ON id = post WHERE trashed = 0 ORDER BY tag",
                )?,
                authors: authors.into_iter().map(Author::new).collect(),
                saved: saved.collect::<rusqlite::Result<_>>()?,
            })
        })
    }

    /// Keeps a filter under a name, in place of an earlier one of that name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_filter(
        &mut self,
        author: &Author,
        name: &str,
        filter: &Filter,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            ensure_author(tx, author, now)?;
            tx.execute(
                "INSERT INTO saved_filters (author, name, filter) VALUES (?1, ?2, ?3)
                 ON CONFLICT (author, name) DO UPDATE SET filter = ?3",
                (author.as_str(), name, serde_json::to_string(filter)?),
            )?;
            Ok(())
        })
    }

    /// Forgets a filter that was kept under a name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_filter(&mut self, author: &Author, name: &str) -> Result<()> {
        self.write(Durability::Normal, |tx| {
            tx.execute(
                "DELETE FROM saved_filters WHERE author = ?1 AND name = ?2",
                (author.as_str(), name),
            )?;
            Ok(())
        })
    }
}

/// Writes words as questions to the index: each quoted, so that nothing in it is an operator, and the beginning of a word.
fn questions(words: &[String]) -> Vec<String> {
    let quoted = |word: &String| format!("\"{}\"*", word.replace('"', "\"\""));
    words
        .chunks(WORDS_AT_ONCE)
        .map(|some| some.iter().map(quoted).collect::<Vec<_>>().join(" "))
        .collect()
}

fn owned((first, rest): (&String, &[String])) -> (String, Vec<String>) {
    (first.clone(), rest.to_vec())
}

/// Returns the posts that answer every question; `None` where nothing is asked.
fn holding(tx: &Transaction<'_>, questions: &[String]) -> Fallible<Option<HashSet<PostId>>> {
    let mut holding: Option<HashSet<PostId>> = None;
    for question in questions {
        let mut statement = tx.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1")?;
        let found = statement.query_map([question], |row| Ok(PostId(row.get(0)?)))?;
        let mut found: HashSet<PostId> = found.collect::<rusqlite::Result<_>>()?;
        if let Some(before) = &holding {
            found.retain(|id| before.contains(id));
        }
        let is_empty = found.is_empty();
        holding = Some(found);
        if is_empty {
            break;
        }
    }
    Ok(holding)
}

fn hit(row: &Row<'_>) -> rusqlite::Result<Hit> {
    Ok(Hit {
        post: PostId(row.get(0)?),
        due_at: maybe_instant(row, 1)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attachment, Channel, PlatformId, Variant};
    use crate::store::migrate::{MIGRATIONS, migrate};
    use chrono::TimeZone;
    use rusqlite::Connection;
    use std::path::Path;

    fn start() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 10, 9, 0, 0)
            .single()
            .expect("an instant")
    }

    fn open(folder: &Path) -> Db {
        let path = folder.join("masthead.db");
        crate::store::open::open(&path, start(), crate::store::open::BUSY).expect("opens")
    }

    fn rich() -> Content {
        let mut own = Variant::inherits("outbox");
        own.set_own("Un café mañana", "");
        Content {
            title: "Workshop: one week left".to_owned(),
            text: "Seats are still free.".to_owned(),
            tags: vec!["OpenScience".to_owned()],
            attachments: vec![Attachment {
                hash: "c0ffee".to_owned(),
                name: "room.jpg".to_owned(),
                mime: "image/jpeg".to_owned(),
                size: 1,
                pixels: None,
                duration_ms: None,
                alt: "A notes page with Ångström units".to_owned(),
                ..Attachment::default()
            }],
            variants: vec![own],
            ..Content::default()
        }
    }

    fn dump(db: &Db) -> Vec<[Option<String>; 4]> {
        let mut statement = db
            .connection
            .prepare("SELECT title, texts, tags, alts FROM search ORDER BY rowid")
            .expect("a query");
        let rows = statement.query_map([], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    #[test]
    fn a_database_of_the_version_before_is_indexed_as_new_posts_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = open(folder.path());
        db.sync_channels(&[Channel::new("outbox", PlatformId::Sandbox)])
            .expect("channels");
        let author = Author::new("Ada");
        for content in [rich(), Content::default()] {
            db.add_post(&author, &content, None, start())
                .expect("added");
        }
        let fresh = dump(&db);
        let back = MIGRATIONS
            .iter()
            .position(|sql| sql.contains("VIRTUAL TABLE search"))
            .expect("the step is there");
        db.connection
            .execute_batch("DROP TABLE search; DROP TABLE saved_filters;")
            .expect("undone");
        db.connection
            .pragma_update(None, "user_version", i64::try_from(back).expect("a step"))
            .expect("set back");
        drop(db);
        let path = folder.path().join("masthead.db");
        let mut connection = Connection::open(&path).expect("opens");
        migrate(&mut connection, &path, &MIGRATIONS[..=back], start()).expect("migrates");
        // What came after this step was never taken back.
        connection
            .pragma_update(
                None,
                "user_version",
                i64::try_from(MIGRATIONS.len()).expect("few"),
            )
            .expect("set");
        drop(connection);
        let mut db = open(folder.path());
        let words = |rows: Vec<[Option<String>; 4]>| -> Vec<Vec<String>> {
            let words = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
            rows.into_iter()
                .map(|row| row.map(words).to_vec())
                .collect()
        };
        assert_eq!(words(dump(&db)), words(fresh));
        let found = db.search("cafe ANGSTROM opensc", &Filter::default());
        assert_eq!(found.expect("found").len(), 1);
    }

    #[test]
    fn the_words_of_a_post_that_changed_leave_no_trace_in_the_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = open(folder.path());
        let author = Author::new("Ada");
        let content = Content {
            text: "xylophone".to_owned(),
            ..Content::default()
        };
        let post = db
            .add_post(&author, &content, None, start())
            .expect("added");
        let traces = |db: &Db| -> i64 {
            db.connection
                .query_row(
                    "SELECT count(*) FROM search_data WHERE instr(block, CAST('xylophone' AS BLOB)) > 0",
                    [],
                    |row| row.get(0),
                )
                .expect("reads")
        };
        assert_eq!(traces(&db), 1);
        let other = Content {
            text: "trumpet".to_owned(),
            ..Content::default()
        };
        db.save_post(&author, post.id, 1, &other, "edited", start())
            .expect("saved");
        assert_eq!(traces(&db), 0);
        assert_eq!(db.search("xylo", &Filter::default()), Ok(Vec::new()));
    }

    #[test]
    fn indexing_twenty_thousand_posts_the_first_time_is_a_matter_of_seconds() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut db = open(folder.path());
        let author = Author::new("Ada");
        db.write(Durability::Normal, |tx| {
            for number in 0..20_000 {
                let content = Content {
                    title: format!("Post {number}"),
                    text: format!("Text {number} of some length, as people write. ").repeat(8),
                    tags: vec![format!("tag{}", number % 50)],
                    ..Content::default()
                };
                crate::store::posts::insert_post(tx, &author, &content, None, start())?;
            }
            Ok(())
        })
        .expect("posts");
        let sql = MIGRATIONS
            .iter()
            .find(|sql| sql.contains("VIRTUAL TABLE search"))
            .expect("the step is there");
        db.connection
            .execute_batch("DROP TABLE search; DROP TABLE saved_filters;")
            .expect("undone");
        let begun = std::time::Instant::now();
        db.connection.execute_batch(sql).expect("indexed");
        let indexing = begun.elapsed();
        let begun = std::time::Instant::now();
        let all = db.search("post t", &Filter::default()).expect("found");
        let searching = begun.elapsed();
        println!("20,000 posts indexed in {indexing:?}, all of them found in {searching:?}");
        assert_eq!(all.len(), 20_000);
        assert!(
            indexing < std::time::Duration::from_secs(60),
            "{indexing:?}"
        );
    }
}
