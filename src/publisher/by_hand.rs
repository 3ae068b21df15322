//! What a person says about a lost answer, made into something that can be recorded: whether the address they give is a
//! post at all, and whether other parts come after it.
//!
//! Asks the platform, sends nothing. What is recorded is `store/looks.rs`.

use super::{Outlet, look};
use crate::domain::{ChannelName, Outcome, PostId, Published};
use crate::store::{Mark, Store, StoreError};
use crate::text;

/// Why what a person says cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ByHandError {
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Say it differently.
    #[error("{0}")]
    Refused(String),
}

/// Returns what is to be recorded when a person says that the undecided part of a post is there, at an address or (empty)
/// somewhere.
///
/// # Errors
/// `Refused` when the address is no post, is another part of this one, or is needed because other parts answer this one.
pub async fn there(
    store: &Store,
    outlet: &Outlet,
    post: PostId,
    channel: &ChannelName,
    address: &str,
) -> Result<Mark, ByHandError> {
    let refused = |reason: String| Err(ByHandError::Refused(reason));
    let name = channel.clone();
    let read = store.call(move |db| {
        let view = db.post(post)?;
        let delivery = view.deliveries.iter().find(|one| one.channel == name);
        let attempts = match delivery {
            Some(delivery) => db.attempts(delivery.id)?,
            None => Vec::new(),
        };
        let facts = db.facts_of(&name)?;
        Ok((view.post, attempts, facts))
    });
    let (post, attempts, facts) = read.await?;
    let parts = post.content.variant(channel).map_or(1, |variant| {
        text::compose(outlet.channel.rules(), &post.content, variant, &facts)
            .parts
            .len()
    });
    let part = look::undecided(&attempts).map_or(0, |attempt| attempt.part as usize);
    let more = part + 1 < parts;
    if address.is_empty() {
        if more {
            return refused(format!(
                "Part {} of {parts} is answered by the next one: say where it is, with its address",
                part + 1
            ));
        }
        return Ok(Mark::There(Published::default()));
    }
    let known = |published: &Published| published.permalink.as_deref() == Some(address);
    let is_another = attempts
        .iter()
        .any(|attempt| matches!(&attempt.outcome, Some(Outcome::Published(other)) if known(other)));
    if is_another {
        return refused(format!("{address} is another part of this post"));
    }
    let platform = outlet.platform.clone().map_err(ByHandError::Refused)?;
    let found = platform
        .find_post(address)
        .await
        .map_err(|error| ByHandError::Refused(error.to_string()))?;
    let Some(found) = found else {
        return refused(format!("There is no post at {address}"));
    };
    let published = Published {
        id: found.id,
        cid: found.cid,
        permalink: Some(address.to_owned()),
        note: None,
        ..Published::default()
    };
    Ok(if more {
        Mark::ThereGoOn(published)
    } else {
        Mark::There(published)
    })
}
