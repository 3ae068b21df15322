//! Posts and their revisions: adding, reading, saving by compare-and-set.
//!
//! What a save means for the deliveries is in `align.rs`, undoing it in `journal.rs`.

use super::align::{align, settle};
use super::channels::require_channel;
use super::deliveries::deliveries_of;
use super::error::{Fallible, Fault, StoreError};
use super::journal::{Change, record};
use super::media::ensure_media;
use super::review::lose_approval;
use super::row::{instant, json, millis, word};
use super::search;
use super::seen::seen_masters;
use super::{Db, Durability, PostView, Result, Transaction};
use crate::domain::{Author, Content, Plan, Post, PostId, Review, ReviewRule};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

impl Db {
    /// Adds a post and a waiting delivery for each channel.
    ///
    /// # Errors
    /// `NotFound` for a channel or parent that is not there.
    pub fn add_post(
        &mut self,
        author: &Author,
        content: &Content,
        parent: Option<PostId>,
        now: DateTime<Utc>,
    ) -> Result<Post> {
        self.write(Durability::Normal, |tx| {
            let (id, _) = insert_post(tx, author, content, parent, now)?;
            load_post(tx, id)
        })
    }

    /// Returns a post, trashed ones included.
    ///
    /// # Errors
    /// `NotFound` when there is none with this number.
    pub fn post(&mut self, id: PostId) -> Result<PostView> {
        let rule = self.review;
        self.read(|tx| load_view(tx, rule, id))
    }

    /// Saves by compare-and-set on the revision, writes a revision and one undo entry with `label`, and brings the
    /// deliveries in line (channels added and taken away, due times; a published or publishing delivery keeps its
    /// own and refuses to lose its channel; a changed plan revives failed, missed and skipped deliveries, never unknown).
    ///
    /// A save that changes nothing writes nothing; an empty `label` writes no undo entry.
    ///
    /// # Errors
    /// `Conflict` with the post as it is when somebody else saved it; `Refused` for a new time of what has left, the
    /// trash for what is being sent, and a channel that would take what is out there with it.
    pub fn save_post(
        &mut self,
        author: &Author,
        id: PostId,
        base_revision: i64,
        content: &Content,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<Post> {
        self.write(Durability::Normal, |tx| {
            let old = load_post(tx, id)?;
            if old.content == *content {
                return Ok(old);
            }
            if old.revision != base_revision {
                return Err(StoreError::Conflict(Box::new(old)).into());
            }
            let post = revise(tx, author, &old, content, now)?;
            if !label.is_empty() {
                let change = Change {
                    from: Some(old.revision),
                    to: post.revision,
                    label,
                };
                record(tx, author, id, &change, now)?;
            }
            Ok(post)
        })
    }
}

/// Writes a new post with its deliveries and its undo entry; returns the numbers of both.
pub(super) fn insert_post(
    tx: &Transaction<'_>,
    author: &Author,
    content: &Content,
    parent: Option<PostId>,
    now: DateTime<Utc>,
) -> Fallible<(PostId, i64)> {
    ensure_author(tx, author, now)?;
    if let Some(parent) = parent {
        load_post(tx, parent)?;
    }
    tx.prepare_cached(
        "INSERT INTO posts (revision, author, parent, created_at, updated_at, title, kind, plan, scheduled, trashed,
             written_by)
         VALUES (0, ?1, ?2, ?3, ?3, '', 'ad-hoc', 'shelf', 0, 0, ?1)",
    )?
    .execute((author.as_str(), parent.map(|parent| parent.0), millis(now)))?;
    let id = PostId(tx.last_insert_rowid());
    write_revision(tx, id, 1, author, content, now)?;
    align(tx, id, None, content, now)?;
    settle(tx, id)?;
    let added = Change {
        from: None,
        to: 1,
        label: "added",
    };
    let entry = record(tx, author, id, &added, now)?;
    Ok((id, entry))
}

/// Writes the next revision of a post and everything that follows from it, but no undo entry.
pub(super) fn revise(
    tx: &Transaction<'_>,
    author: &Author,
    old: &Post,
    content: &Content,
    now: DateTime<Utc>,
) -> Fallible<Post> {
    ensure_author(tx, author, now)?;
    write_revision(tx, old.id, old.revision + 1, author, content, now)?;
    if !same_but_for_time(&old.content, content) {
        tx.prepare_cached("UPDATE posts SET written_by = ?2 WHERE id = ?1")?
            .execute((old.id.0, author.as_str()))?;
        lose_approval(tx, author, old.id, "", now)?;
    }
    align(tx, old.id, Some(&old.content), content, now)?;
    settle(tx, old.id)?;
    load_post(tx, old.id)
}

/// Whether two contents differ in nothing that an approval is about.
fn same_but_for_time(one: &Content, other: &Content) -> bool {
    let timeless = |content: &Content| Content {
        plan: Plan::Shelf,
        scheduled: false,
        trashed: false,
        not_before: None,
        not_after: None,
        ..content.clone()
    };
    timeless(one) == timeless(other)
}

fn write_revision(
    tx: &Transaction<'_>,
    id: PostId,
    revision: i64,
    author: &Author,
    content: &Content,
    now: DateTime<Utc>,
) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT INTO revisions (post, revision, author, created_at, content) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((id.0, revision, author.as_str(), millis(now), serde_json::to_string(content)?))?;
    if let Some(campaign) = &content.campaign {
        tx.prepare_cached(
            "INSERT INTO campaigns (name, added_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
        )?
        .execute((campaign, millis(now)))?;
    }
    let plan = content.plan.at();
    tx.prepare_cached(
        "UPDATE posts SET revision = ?2, updated_at = ?3, title = ?4, kind = ?5, plan = ?6, plan_local = ?7,
             plan_zone = ?8, plan_at = ?9, scheduled = ?10, trashed = ?11, campaign = ?12 WHERE id = ?1",
    )?
    .execute((
        id.0,
        revision,
        millis(now),
        content.display_title(),
        content.kind.word(),
        content.plan.word(),
        plan.map(|time| time.local.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        plan.map(|time| time.zone.name()),
        plan.map(|time| millis(time.instant())),
        content.scheduled,
        content.trashed,
        &content.campaign,
    ))?;
    write_index(tx, id, content, now)
}

/// Writes the tables that point from a channel, a tag, a picture and a word back to the post.
fn write_index(
    tx: &Transaction<'_>,
    id: PostId,
    content: &Content,
    now: DateTime<Utc>,
) -> Fallible<()> {
    for table in ["variants", "tags", "post_media"] {
        tx.prepare_cached(&format!("DELETE FROM {table} WHERE post = ?1"))?
            .execute([id.0])?;
    }
    for (position, variant) in (0_i64..).zip(&content.variants) {
        require_channel(tx, &variant.channel)?;
        tx.prepare_cached(
            "INSERT INTO variants (post, channel, position, own) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((id.0, variant.channel.as_str(), position, variant.is_own()))
        .map_err(|error| match Fault::from(error) {
            fault if fault.is_constraint() => {
                Fault::refused(format!("Channel `{}` is named twice", variant.channel))
            }
            fault => fault,
        })?;
    }
    for tag in &content.tags {
        tx.prepare_cached("INSERT INTO tags (post, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute((id.0, tag))?;
    }
    for (position, picture) in (0_i64..).zip(&content.attachments) {
        ensure_media(tx, picture, now)?;
        tx.prepare_cached("INSERT INTO post_media (post, position, hash) VALUES (?1, ?2, ?3)")?
            .execute((id.0, position, &picture.hash))?;
    }
    search::index(tx, id, content)
}

pub(super) fn ensure_author(
    tx: &Transaction<'_>,
    author: &Author,
    now: DateTime<Utc>,
) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT INTO authors (name, added_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
    )?
    .execute((author.as_str(), millis(now)))?;
    Ok(())
}

pub(super) fn load_post(tx: &Transaction<'_>, id: PostId) -> Fallible<Post> {
    tx.prepare_cached(
        "SELECT posts.revision, posts.author, parent, posts.created_at, updated_at, content
         FROM posts JOIN revisions ON post = id AND revisions.revision = posts.revision WHERE id = ?1",
    )?
    .query_row([id.0], |row| {
        Ok(Post {
            id,
            revision: row.get(0)?,
            author: Author::new(row.get::<_, String>(1)?),
            parent: row.get::<_, Option<i64>>(2)?.map(PostId),
            created_at: instant(row, 3)?,
            updated_at: instant(row, 4)?,
            content: json(row, 5)?,
        })
    })
    .optional()?
    .ok_or_else(|| Fault::not_found(format!("There is no post {id}")))
}

/// Reads the content that a post had at a revision.
pub(super) fn load_content(tx: &Transaction<'_>, id: PostId, revision: i64) -> Fallible<Content> {
    Ok(tx
        .prepare_cached("SELECT content FROM revisions WHERE post = ?1 AND revision = ?2")?
        .query_row((id.0, revision), |row| json(row, 0))?)
}

pub(super) fn load_view(tx: &Transaction<'_>, rule: ReviewRule, id: PostId) -> Fallible<PostView> {
    let post = load_post(tx, id)?;
    let review: Review = tx
        .prepare_cached("SELECT review FROM posts WHERE id = ?1")?
        .query_row([id.0], |row| word(row, 0))?;
    Ok(PostView {
        open_by: Vec::new(),
        seen_masters: seen_masters(tx, &post)?,
        review: review.under(rule, post.content.scheduled),
        post,
        deliveries: deliveries_of(tx, id)?,
    })
}

/// Names a post in a message: `Post 5 “Release day”`.
pub(super) fn named(id: PostId, content: &Content) -> String {
    format!("Post {id} “{}”", content.display_title())
}
