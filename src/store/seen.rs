//! What the master text was when a channel's own text was written: read back from the revisions, for the texts that are stale.
//!
//! Reads only. Which texts are stale is known in `domain/post.rs`.

use super::Transaction;
use super::error::Fallible;
use super::row::instant;
use crate::domain::post::text_hash;
use crate::domain::{Post, SeenMaster};

/// Returns the master text that each stale text was written against, with the time of the first change after it.
///
/// A master text that was never saved (both texts were written in one sitting) is in no revision, and is left out.
pub(super) fn seen_masters(tx: &Transaction<'_>, post: &Post) -> Fallible<Vec<SeenMaster>> {
    let stale = post.content.stale();
    let mut sought: Vec<_> = (post.content.variants.iter())
        .filter(|variant| stale.contains(&variant.channel))
        .filter_map(|variant| Some((&variant.channel, variant.written_against.as_deref()?)))
        .collect();
    let mut found = Vec::with_capacity(sought.len());
    if sought.is_empty() {
        return Ok(found);
    }
    let mut revisions = tx.prepare_cached(
        "SELECT content ->> '$.text', created_at FROM revisions WHERE post = ?1 ORDER BY revision DESC",
    )?;
    let mut rows = revisions.query([post.id.0])?;
    let (mut newer, mut changed_at) = (post.content.text.clone(), post.updated_at);
    while let Some(row) = rows.next()?
        && !sought.is_empty()
    {
        let text: String = row.get::<_, Option<String>>(0)?.unwrap_or_default();
        if text != newer {
            let hash = text_hash(&text);
            sought.retain(|(channel, seen)| {
                let is_it = *seen == hash;
                if is_it {
                    found.push(SeenMaster {
                        channel: (*channel).clone(),
                        text: text.clone(),
                        changed_at,
                    });
                }
                !is_it
            });
            newer = text;
        }
        changed_at = instant(row, 1)?;
    }
    Ok(found)
}
