//! The directory: people, packages and institutions with their handles.
//!
//! What an entry may hold is checked before it gets here. A change takes back the approvals of the planned posts that name
//! whom it is about: something else would be sent than what was approved.

use super::error::Fallible;
use super::posts::{ensure_author, load_content};
use super::review::lose_approval;
use super::row::{millis, word};
use super::{Db, Durability, Result, Transaction};
use crate::domain::directory::{Sign, references};
use crate::domain::{
    Author, Content, Directory, DirectoryChange, Entry, HashtagGroups, Key, PostId,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

impl Db {
    /// Returns everybody who is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn directory(&mut self) -> Result<Directory> {
        self.read(directory)
    }

    /// Says what changing the directory so would do; nothing is written.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn would_change(&mut self, put: &[Entry], remove: &[Key]) -> Result<DirectoryChange> {
        self.read(|tx| {
            let (known, mut change) = (directory(tx)?, DirectoryChange::default());
            let otherwise = difference(&known, put, remove, &mut change);
            for (id, approved) in planned_naming(tx, &otherwise)? {
                change.naming.push(id);
                change.unapproved.extend(approved.then_some(id));
            }
            Ok(change)
        })
    }

    /// Adds or changes entries and removes others, together; a key to remove that is not there is passed over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn change_directory(
        &mut self,
        author: &Author,
        put: &[Entry],
        remove: &[Key],
        now: DateTime<Utc>,
    ) -> Result<DirectoryChange> {
        self.write(Durability::Normal, |tx| {
            let (known, mut change) = (directory(tx)?, DirectoryChange::default());
            let otherwise = difference(&known, put, remove, &mut change);
            for key in &change.removed {
                tx.prepare_cached("DELETE FROM people WHERE key = ?1")?
                    .execute([key.as_str()])?;
            }
            let is_new = |entry: &&Entry| {
                change.added.contains(&entry.key) || change.changed.contains(&entry.key)
            };
            for entry in put.iter().filter(is_new) {
                ensure_author(tx, author, now)?;
                write(tx, author, entry, now)?;
            }
            for (id, approved) in planned_naming(tx, &otherwise)? {
                change.naming.push(id);
                if approved {
                    lose_approval(tx, author, id, WHO_IS_WHO, now)?;
                    change.unapproved.push(id);
                }
            }
            Ok(change)
        })
    }

    /// Sets the groups of hashtags that `##name` stands for; holds for this process.
    pub fn set_hashtags(&mut self, groups: HashtagGroups) {
        self.hashtags = groups;
    }
}

/// What was changed, for those who read why an approval is gone.
const WHO_IS_WHO: &str = "who is who";

/// Says who is new, otherwise, and gone; returns for whom something else is sent than before. Of several entries with one
/// key the last one counts.
fn difference(
    known: &Directory,
    put: &[Entry],
    remove: &[Key],
    change: &mut DirectoryChange,
) -> BTreeSet<Key> {
    let mut otherwise = BTreeSet::new();
    let last: BTreeMap<&Key, &Entry> = put.iter().map(|entry| (&entry.key, entry)).collect();
    for (key, entry) in last {
        match known.entry(key.as_str()) {
            None => change.added.push(key.clone()),
            Some(old) if old == entry => continue,
            Some(old) => {
                change.changed.push(key.clone());
                if (&old.name, &old.handles) == (&entry.name, &entry.handles) {
                    continue;
                }
            }
        }
        otherwise.insert(key.clone());
    }
    let is_there = |key: &&Key| known.entry(key.as_str()).is_some();
    let gone: BTreeSet<Key> = remove.iter().filter(is_there).cloned().collect();
    change.removed = gone.iter().cloned().collect();
    otherwise.extend(gone);
    otherwise
}

fn write(tx: &Transaction<'_>, author: &Author, entry: &Entry, now: DateTime<Utc>) -> Fallible<()> {
    tx.prepare_cached(
        "INSERT INTO people (key, name, kind, changed_by, changed_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (key) DO UPDATE SET name = ?2, kind = ?3, changed_by = ?4, changed_at = ?5",
    )?
    .execute((
        entry.key.as_str(),
        &entry.name,
        entry.kind.word(),
        author.as_str(),
        millis(now),
    ))?;
    tx.prepare_cached("DELETE FROM people_handles WHERE key = ?1")?
        .execute([entry.key.as_str()])?;
    for (platform, handle) in &entry.handles {
        tx.prepare_cached(
            "INSERT INTO people_handles (key, platform, handle) VALUES (?1, ?2, ?3)",
        )?
        .execute((entry.key.as_str(), platform.word(), handle))?;
    }
    Ok(())
}

/// Reads everybody who is known.
pub(super) fn directory(tx: &Transaction<'_>) -> Fallible<Directory> {
    let mut entries: BTreeMap<Key, Entry> = BTreeMap::new();
    let mut statement = tx.prepare_cached("SELECT key, name, kind FROM people")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entry = Entry {
            key: word(row, 0)?,
            name: row.get(1)?,
            kind: word(row, 2)?,
            handles: BTreeMap::new(),
        };
        entries.insert(entry.key.clone(), entry);
    }
    let mut statement = tx.prepare_cached("SELECT key, platform, handle FROM people_handles")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(entry) = entries.get_mut(&word::<Key>(row, 0)?) {
            entry.handles.insert(word(row, 1)?, row.get(2)?);
        }
    }
    Ok(entries.into_values().collect())
}

/// Returns the posts that have not left everywhere and name one of `keys`, each with whether an approval of it stands.
fn planned_naming(tx: &Transaction<'_>, keys: &BTreeSet<Key>) -> Fallible<Vec<(PostId, bool)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = tx.prepare_cached(
        "SELECT p.id, p.revision, EXISTS (SELECT 1 FROM approvals WHERE post = p.id AND taken_back_at IS NULL)
         FROM posts AS p JOIN revisions AS r ON r.post = p.id AND r.revision = p.revision
         WHERE p.trashed = 0 AND p.standing < 9 AND r.content LIKE '%@@%'",
    )?;
    let found = statement.query_map([], |row| {
        Ok((PostId(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    let found: Vec<(PostId, i64, bool)> = found.collect::<rusqlite::Result<_>>()?;
    let mut naming = Vec::new();
    for (id, revision, approved) in found {
        if names_one_of(&load_content(tx, id, revision)?, keys) {
            naming.push((id, approved));
        }
    }
    Ok(naming)
}

fn names_one_of(content: &Content, keys: &BTreeSet<Key>) -> bool {
    let own = content.variants.iter().filter_map(|it| it.text.as_deref());
    std::iter::once(content.text.as_str())
        .chain(own)
        .flat_map(references)
        .any(|one| one.sign == Sign::Entry && keys.contains(one.key.as_str()))
}
