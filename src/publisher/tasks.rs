//! What a person is asked to post: the question at its time, and the task with all that it takes.
//!
//! Nothing is sent from here. That it is time is `plan.rs`; what the person says is `store/by_hand.rs`.

use super::dry_run::approved_otherwise;
use super::{Shared, plan, prepare};
use crate::domain::by_hand::{ASKED, Task};
use crate::domain::review::UNAPPROVED;
use crate::domain::{DeliveryId, DeliveryState, PlatformId, Waits};
use crate::store::{Db, DeliveryChange, Due, StoreError};
use crate::text;
use chrono::{DateTime, Utc};
use std::path::Path;

/// Returns how a delivery changes that a person is asked for now; looked at again at `until`. What cannot be posted as it
/// is fails like on any channel, and what is approved otherwise waits.
pub(super) async fn ask(
    shared: &Shared,
    due: &Due,
    until: DateTime<Utc>,
) -> Result<DeliveryChange, StoreError> {
    let name = &due.delivery.channel;
    let waits = |until, reason: String| DeliveryChange {
        next_try: Some(until),
        ..DeliveryChange::to(DeliveryState::Waiting, reason)
    };
    let Some(outlet) = shared.setup.outlets.get(name) else {
        let reason = format!("{name} is not in the configuration any more");
        return Ok(waits(shared.plan_now() + plan::LOOK_AGAIN, reason));
    };
    let facts = prepare::stored_facts(shared, name).await?;
    let Some(variant) = due.post.content.variant(name) else {
        let reason = format!("the post no longer goes to {name}");
        return Ok(DeliveryChange::to(DeliveryState::Failed, reason));
    };
    let composed = text::compose(outlet.channel.rules(), &due.post.content, variant, &facts);
    if let Some(problem) = composed.problems.first() {
        let change = DeliveryChange::to(DeliveryState::Failed, problem.message.clone());
        return Ok(change);
    }
    let found = due.clone();
    let otherwise = shared
        .store()
        .call(move |db| approved_otherwise(db, &found, &composed));
    Ok(match otherwise.await? {
        Some(reason) => waits(shared.plan_now() + plan::LOOK_AGAIN, reason),
        None => DeliveryChange {
            waits: Waits::ForAPerson,
            ..waits(until, ASKED.to_owned())
        },
    })
}

/// Returns a delivery as the task that it is, with why it must not be posted at `now`.
///
/// # Errors
/// `NotFound` when there is no such delivery; `Refused` on a channel that nobody serves by hand.
pub fn task(
    db: &mut Db,
    id: DeliveryId,
    pictures: &Path,
    now: DateTime<Utc>,
) -> Result<Task, StoreError> {
    let due = db.as_due(id)?;
    let name = due.delivery.channel.clone();
    if !due.delivery.platform.is_by_hand() {
        return Err(StoreError::Refused(format!(
            "{name} is not served by hand: Masthead publishes there"
        )));
    }
    let channel = db.channels()?.into_iter().find(|one| one.name == name);
    let channel = channel.ok_or_else(|| {
        StoreError::Refused(format!("{name} is not in the configuration any more"))
    })?;
    let facts = db.facts_of(&name)?;
    let content = &due.post.content;
    let variant = content
        .variant(&name)
        .ok_or_else(|| StoreError::Refused(format!("the post no longer goes to {name}")))?;
    let composed = text::compose(channel.rules(), content, variant, &facts);
    let mut held = Vec::new();
    held.extend(db.frozen()?.map(|freeze| freeze.words()));
    if content.trashed {
        held.push("it is in the trash".to_owned());
    } else if !content.scheduled {
        held.push("it is a draft: schedule it first".to_owned());
    }
    if due.unapproved {
        held.push(UNAPPROVED.to_owned());
    } else {
        held.extend(approved_otherwise(db, &due, &composed)?);
    }
    if content.not_after.is_some_and(|end| end.instant() < now) {
        held.push("its “not after” time has passed".to_owned());
    }
    let problems = composed.problems.iter();
    held.extend(problems.map(|problem| problem.message.clone()));
    Ok(Task {
        title: content.display_title(),
        page: channel.page.clone(),
        like: channel.like.unwrap_or(PlatformId::default()),
        pictures: pictures.to_owned(),
        delivery: due.delivery,
        composed,
        held,
    })
}
