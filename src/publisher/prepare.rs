//! What happens between the claim and the first attempt: account, limits, mentions, the post that is answered,
//! composing. Uploading what goes with it is `uploads.rs`.
//!
//! Nothing here creates anything that people could see, so every failure may be tried again.

use super::send::{Stop, Verdict};
use super::{Outlet, Shared};
use crate::domain::{
    Channel, ChannelName, Composed, Facts, Feature, Limits, Outcome, PartKind, Places, Post,
    PostId, RemoteRef, ReplyTo,
};
use crate::platforms::{CallError, Platform};
use crate::store::{Due, StoreError};
use crate::text;
use chrono::TimeDelta;
use std::sync::Arc;

/// Limits that a server told longer ago are asked for again.
const LIMITS_LAST: TimeDelta = TimeDelta::days(1);

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Self::Verdict(match error {
            CallError::Rejected(reason) | CallError::Unauthorized(reason) => {
                Verdict::Failed(reason)
            }
            CallError::RateLimited { until, reason } => Verdict::Again {
                pace: super::retry::Pace::Until(until),
                reason,
            },
            CallError::Unavailable(reason) => Verdict::Again {
                pace: super::retry::Pace::Away,
                reason,
            },
        })
    }
}

/// Makes sure that the account is the pinned one, once per process, and that its limits are of today.
pub(super) async fn ready(
    shared: &Shared,
    outlet: &Outlet,
    platform: &dyn Platform,
) -> Result<(), Stop> {
    let name = &outlet.channel.name;
    let Some(link) = shared.links.get(name) else {
        return Ok(());
    };
    let mut link = link.lock().await;
    if !link.verified {
        let account = platform.verify().await?;
        let pinned = name.clone();
        shared
            .store()
            .call(move |db| db.pin_account(&pinned, &account))
            .await
            .map_err(|error| match error {
                StoreError::Refused(reason) => Stop::Verdict(Verdict::Failed(reason)),
                other => Stop::Store(other),
            })?;
        link.verified = true;
    }
    let now = shared.real_now();
    if link.limits_at.is_none() {
        let stored = stored_facts(shared, name).await?;
        link.limits_at = stored.limits.and_then(|limits| limits.fetched_at);
    }
    if link.limits_at.is_none_or(|at| now - at > LIMITS_LAST) {
        match platform.limits().await {
            Ok(limits) => {
                let limits = Limits {
                    fetched_at: Some(now),
                    ..limits
                };
                let (name, quota) = (name.clone(), platform.quota());
                shared
                    .store()
                    .call(move |db| {
                        db.save_limits(&name, &limits)?;
                        db.save_quota(&name, &quota)
                    })
                    .await?;
                link.limits_at = Some(now);
            }
            // The stored or built-in limits serve as well, and a refusal would say so itself.
            Err(error) => tracing::warn!(channel = %name, %error, "limits not fetched"),
        }
    }
    Ok(())
}

/// Forgets that a channel's account was verified, after its platform refused the login.
pub(super) async fn doubt(shared: &Shared, channel: &ChannelName) {
    if let Some(link) = shared.links.get(channel) {
        link.lock().await.verified = false;
    }
}

pub(super) async fn stored_facts(shared: &Shared, name: &ChannelName) -> Result<Facts, StoreError> {
    let name = name.clone();
    shared.store().call(move |db| db.facts_of(&name)).await
}

/// Composes the last saved revision with all that is known, after asking for what is not, and finds what it answers.
pub(super) async fn composed(
    shared: &Shared,
    outlet: &Outlet,
    platform: &dyn Platform,
    post: &Post,
) -> Result<(Composed, Option<RemoteRef>), Stop> {
    let composed = composed_text(shared, outlet, platform, post).await?;
    let name = &outlet.channel.name;
    let reply = match composed
        .parts
        .first()
        .and_then(|part| part.reply_to.as_ref())
    {
        None => None,
        Some(ReplyTo::Post(id)) => Some(our_own(shared, platform, name, *id).await?),
        Some(ReplyTo::Url(address)) => match platform.find_post(address).await? {
            Some(found) => Some(found),
            None => {
                return Err(Stop::Verdict(Verdict::Failed(format!(
                    "the post it answers is not there: {address}"
                ))));
            }
        },
    };
    Ok((composed, reply))
}

/// Composes the last saved revision with all that is known, after asking for what is not.
pub(super) async fn composed_text(
    shared: &Shared,
    outlet: &Outlet,
    platform: &dyn Platform,
    post: &Post,
) -> Result<Composed, Stop> {
    let channel = &outlet.channel;
    let mut facts = stored_facts(shared, &channel.name).await?;
    let Some(variant) = post.content.variant(&channel.name) else {
        return Err(Stop::Verdict(Verdict::Failed(format!(
            "the post no longer goes to {}",
            channel.name
        ))));
    };
    let rules = channel.rules();
    let mut composed = text::compose(rules, &post.content, variant, &facts);
    if is_elsewhere(&composed, &facts) && ask_places(shared, channel, platform, &mut facts).await? {
        composed = text::compose(rules, &post.content, variant, &facts);
    }
    let unresolved = unresolved(&composed);
    if !unresolved.is_empty() {
        let identities = platform.resolve_handles(&unresolved).await?;
        let resolved: Vec<(String, Option<String>)> =
            unresolved.into_iter().zip(identities).collect();
        facts.handles.extend(resolved.iter().cloned());
        let (name, now) = (channel.name.clone(), shared.real_now());
        shared
            .store()
            .call(move |db| db.save_handles(&name, &resolved, now))
            .await?;
        composed = text::compose(rules, &post.content, variant, &facts);
    }
    if let Some(problem) = composed.problems.first() {
        return Err(Stop::Verdict(Verdict::Failed(problem.message.clone())));
    }
    Ok(composed)
}

/// Whether a part goes to a channel of the server that is not the configured one, and was not seen there: it may be new.
fn is_elsewhere(composed: &Composed, facts: &Facts) -> bool {
    let mut named = composed.parts.iter().filter_map(|part| part.to.as_ref());
    named.any(|to| {
        let is_seen = |places: &Places| places.find(to).is_some();
        facts.default_to.as_ref() != Some(to) && !facts.places.as_deref().is_some_and(is_seen)
    })
}

/// Asks which channels the server shows and keeps them; says whether it told.
async fn ask_places(
    shared: &Shared,
    channel: &Channel,
    platform: &dyn Platform,
    facts: &mut Facts,
) -> Result<bool, Stop> {
    let Some(all) = platform.places().await? else {
        return Ok(false);
    };
    let told_at = shared.real_now();
    let (name, places) = (channel.name.clone(), Places { all, told_at });
    facts.places = Some(Arc::new(places.clone()));
    shared
        .store()
        .call(move |db| db.save_places(&name, places))
        .await?;
    Ok(true)
}

/// Returns how many parts a post has on a channel, by what is stored about it.
pub(super) async fn parts(
    shared: &Shared,
    outlet: &Outlet,
    post: &Post,
) -> Result<usize, StoreError> {
    let channel = &outlet.channel;
    let facts = stored_facts(shared, &channel.name).await?;
    Ok(post.content.variant(&channel.name).map_or(1, |variant| {
        text::compose(channel.rules(), &post.content, variant, &facts)
            .parts
            .len()
    }))
}

/// Puts the name of a part (from 0) before what is said about it, where there are several.
pub(super) fn named(reason: &str, later: PartKind, part: u32, total: usize) -> String {
    if total > 1 {
        format!("{}: {reason}", later.name_of_all(part as usize, total))
    } else {
        reason.to_owned()
    }
}

/// Returns the handles that are plain text so far; one that was not found before is asked for again, since it may exist by now.
fn unresolved(composed: &Composed) -> Vec<String> {
    let mut handles: Vec<String> = composed
        .parts
        .iter()
        .flat_map(|part| &part.facets)
        .filter_map(|facet| match &facet.feature {
            Feature::Mention { handle, did: None } => Some(handle.clone()),
            _ => None,
        })
        .collect();
    handles.sort();
    handles.dedup();
    handles
}

/// Returns our own post on a channel, as an answer to it refers to it: its first part.
async fn our_own(
    shared: &Shared,
    platform: &dyn Platform,
    channel: &ChannelName,
    id: PostId,
) -> Result<RemoteRef, Stop> {
    use crate::domain::DeliveryState::{Published, Publishing, Waiting};
    let failed = |reason: String| Stop::Verdict(Verdict::Failed(reason));
    let answered = match shared.store().call(move |db| db.post(id)).await {
        Ok(view) => view,
        Err(StoreError::NotFound(_)) => {
            return Err(failed(format!(
                "it answers post {id}, which does not exist"
            )));
        }
        Err(other) => return Err(other.into()),
    };
    let delivery = answered
        .deliveries
        .iter()
        .find(|delivery| delivery.channel == *channel);
    let Some(delivery) = delivery else {
        return Err(failed(format!(
            "it answers post {id}, which does not go to {channel}"
        )));
    };
    match delivery.state {
        Published => {}
        Waiting | Publishing => {
            return Err(Stop::Verdict(Verdict::Again {
                pace: super::retry::Pace::InTurn,
                reason: format!("it answers post {id}, which is not out yet"),
            }));
        }
        other => {
            return Err(failed(format!(
                "it answers post {id}, which is {} there",
                other.word()
            )));
        }
    }
    // An answer to an answer has to name the root of the whole conversation, which only the platform knows.
    if answered.post.content.reply_to.is_some()
        && let Some(permalink) = &delivery.permalink
        && let Some(found) = platform.find_post(permalink).await?
    {
        return Ok(found);
    }
    let delivery = delivery.id;
    let attempts = shared.store().call(move |db| db.attempts(delivery)).await?;
    attempts
        .into_iter()
        .filter(|attempt| attempt.part == 0)
        .find_map(|attempt| match attempt.outcome {
            Some(Outcome::Published(there)) if !there.id.is_empty() => Some(RemoteRef {
                id: there.id,
                cid: there.cid,
                root: None,
            }),
            _ => None,
        })
        .ok_or_else(|| failed(format!("it answers post {id}, whose address is not known")))
}

/// Whether a claimed delivery's earlier attempts forbid any further send.
pub(super) fn undecided(due: &Due, attempts: &[crate::domain::Attempt]) -> Option<Stop> {
    let attempt = super::look::undecided(attempts)?;
    let reason = match &attempt.outcome {
        Some(outcome) => outcome.reason().to_owned(),
        None => "the program ended while it was being sent".to_owned(),
    };
    tracing::warn!(
        delivery = due.delivery.id.0,
        part = attempt.part,
        "an earlier attempt has no known outcome"
    );
    Some(Stop::Verdict(Verdict::Unknown(reason)))
}
