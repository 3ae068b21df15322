//! Looks up one delivery of unknown outcome, and writes down what was seen.
//!
//! Sends nothing: a delivery that goes on, or may be sent again, goes back to waiting and takes the ordinary way,
//! late policy included. When to look and what follows is in `look.rs`; a last look before a repeated send is here too.

use super::look::{self, Step};
use super::send::{Ended, Stop, Verdict};
use super::{Outlet, PublisherEvent, Settled, Shared, prepare, retry};
use crate::domain::{Attempt, DeliveryId, DeliveryState, Outcome, Witness};
use crate::platforms::{LookUp, Platform, Sought};
use crate::store::{DeliveryChange, Due, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// How much earlier than an attempt other posts count as known: more than clocks differ.
const KNOWN_BEFORE: TimeDelta = TimeDelta::hours(1);

/// Returns when a delivery of unknown outcome is to be looked up next, by the plan's clock.
pub(super) async fn next_look(
    shared: &Shared,
    id: DeliveryId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (attempts, looks) = shared
        .store()
        .call(move |db| Ok((db.attempts(id)?, db.looks(id)?)))
        .await?;
    let next = look::undecided(&attempts).and_then(|attempt| look::next(attempt, &looks));
    Ok(next.map(|at| at + shared.plan_ahead()))
}

/// Looks up what became of a delivery.
pub(super) async fn look_up(
    shared: Arc<Shared>,
    fence: i64,
    due: Due,
    outlet: Outlet,
    platform: Arc<dyn Platform>,
) -> Ended {
    match looked(&shared, fence, &due, &outlet, &platform).await {
        Ok(Some(settled)) => {
            tracing::info!(post = settled.post.0, channel = %settled.channel, state = settled.state.word(), "looked up");
            shared.say(PublisherEvent::Settled(settled.clone()));
            Ended::Settled(settled)
        }
        Ok(None) => Ended::NotClaimed,
        Err(StoreError::NotLeader) => Ended::LostLead,
        Err(error) => {
            tracing::error!(delivery = due.delivery.id.0, %error, "a look could not be kept");
            Ended::NotLooked
        }
    }
}

async fn looked(
    shared: &Shared,
    fence: i64,
    due: &Due,
    outlet: &Outlet,
    platform: &Arc<dyn Platform>,
) -> Result<Option<Settled>, StoreError> {
    let id = due.delivery.id;
    let (attempts, looks) = shared
        .store()
        .call(move |db| Ok((db.attempts(id)?, db.looks(id)?)))
        .await?;
    let ahead = shared.plan_ahead();
    let attempt = look::undecided(&attempts).cloned();
    let over = |attempt: &&Attempt| shared.real_now() >= attempt.deadline;
    let Some(attempt) = attempt.as_ref().filter(over) else {
        // The clocks were set since the look was planned, or there is nothing to look for.
        let change = DeliveryChange {
            next_try: attempt.map(|attempt| attempt.deadline + ahead),
            ..DeliveryChange::to(DeliveryState::Unknown, due.delivery.reason.as_str())
        };
        let now = shared.plan_now();
        shared
            .store()
            .call(move |db| db.change_delivery(fence, id, &change, now))
            .await?;
        return Ok(None);
    };
    let answer = match prepare::ready(shared, outlet, platform.as_ref()).await {
        Ok(()) => ask(shared, due, platform, &attempts, attempt).await?,
        Err(Stop::Store(error)) => return Err(error),
        Err(stop) => LookUp::cannot_tell(stop.to_string()),
    };
    let at = shared.real_now();
    let seen = answer.look(attempt, at);
    let total = prepare::parts(shared, outlet, &due.post).await?;
    let named = |reason: &str| prepare::named(reason, attempt.part, total);
    let lost = match &attempt.outcome {
        Some(outcome) => outcome.reason(),
        None => "the program ended while it was being sent",
    };
    let step = look::decide(attempt, &answer, &looks, at, &named(lost));
    let (ended, change) = follow(step, &attempts, attempt, total, shared, named);
    let (outcome, kept) = (ended, change.clone());
    let now = shared.plan_now();
    let written = shared
        .store()
        .call(move |db| db.keep_look(fence, id, &seen, outcome.as_ref(), &kept, now))
        .await?;
    Ok(written.then(|| Settled {
        post: due.post.id,
        channel: due.delivery.channel.clone(),
        state: change.state,
        reason: change.reason,
        permalink: change.permalink.or_else(|| due.delivery.permalink.clone()),
        next_try: change.next_try,
    }))
}

/// Returns how the attempt ended, if that is known now, and where the delivery stands then.
fn follow(
    step: Step,
    attempts: &[Attempt],
    attempt: &Attempt,
    total: usize,
    shared: &Shared,
    named: impl Fn(&str) -> String,
) -> (Option<Outcome>, DeliveryChange) {
    let waiting = |reason: String| DeliveryChange {
        next_try: Some(shared.plan_now()),
        ..DeliveryChange::to(DeliveryState::Waiting, reason)
    };
    match step {
        Step::GoOn(there) => {
            let before = (0..attempt.part).all(|part| {
                attempts.iter().any(|other| {
                    other.part == part && matches!(other.outcome, Some(Outcome::Published(_)))
                })
            });
            let last = attempt.part as usize + 1 >= total;
            let permalink = there.permalink.clone().filter(|_| attempt.part == 0);
            let change = if let Some(reason) = there.spoiled() {
                DeliveryChange {
                    permalink,
                    ..DeliveryChange::to(DeliveryState::Failed, named(reason))
                }
            } else if before && last {
                DeliveryChange {
                    permalink: permalink.or_else(|| first_permalink(attempts)),
                    ..DeliveryChange::to(
                        DeliveryState::Published,
                        there.note.clone().unwrap_or_default(),
                    )
                }
            } else {
                DeliveryChange {
                    permalink,
                    ..waiting(named("its answer was lost, but it is there"))
                }
            };
            (Some(Outcome::Published(there)), change)
        }
        Step::SendAgain(absent) => {
            let change = waiting(named(absent.reason()));
            (Some(absent), change)
        }
        Step::StayUnknown { reason, next } => {
            let change = DeliveryChange {
                next_try: next.map(|at| at + shared.plan_ahead()),
                ..DeliveryChange::to(DeliveryState::Unknown, reason)
            };
            (None, change)
        }
    }
}

pub(super) fn first_permalink(attempts: &[Attempt]) -> Option<String> {
    attempts
        .iter()
        .filter(|attempt| attempt.part == 0)
        .find_map(|attempt| match &attempt.outcome {
            Some(Outcome::Published(there)) => there.permalink.clone(),
            _ => None,
        })
}

/// Asks the platform about one attempt.
async fn ask(
    shared: &Shared,
    due: &Due,
    platform: &Arc<dyn Platform>,
    attempts: &[Attempt],
    attempt: &Attempt,
) -> Result<LookUp, StoreError> {
    let since = look::since(attempts, attempt);
    let channel = due.delivery.channel.clone();
    let taken = shared
        .store()
        .call(move |db| db.published_since(&channel, since - KNOWN_BEFORE))
        .await?;
    let (platform, attempt) = (Arc::clone(platform), attempt.clone());
    // A task of its own, so that a panic in there leaves it unknown.
    let asked = tokio::spawn(async move {
        platform
            .look_up(&Sought {
                attempt: &attempt,
                since,
                taken: &taken,
            })
            .await
    });
    Ok(asked
        .await
        .unwrap_or_else(|_| LookUp::cannot_tell("the program stumbled while looking")))
}

/// Looks a last time before a part is sent again that was found absent; what turns out to be there is recorded instead.
///
/// Returns the outcome when the part is there, `None` when it may be sent.
pub(super) async fn before_sending_again(
    shared: &Shared,
    due: &Due,
    platform: &Arc<dyn Platform>,
    attempts: &[Attempt],
    part: u32,
) -> Result<Option<Outcome>, Stop> {
    let absent = attempts.iter().rev().find_map(|attempt| {
        (attempt.part == part)
            .then_some(attempt.outcome.as_ref())
            .flatten()
            .and_then(|outcome| match outcome {
                Outcome::Absent { witness, .. } => Some((attempt, *witness)),
                _ => None,
            })
    });
    let Some((attempt, witness)) = absent else {
        return Ok(None);
    };
    match ask(shared, due, platform, attempts, attempt).await? {
        LookUp::Absent => Ok(None),
        LookUp::Found(there) => {
            let (id, now) = (attempt.id, shared.real_now());
            let outcome = Outcome::Published(there);
            let known = outcome.clone();
            shared
                .store()
                .call(move |db| db.finish_attempt(id, &known, now))
                .await?;
            Ok(Some(outcome))
        }
        // A person has looked where the platform gives no answer.
        LookUp::CannotTell { .. } if witness == Witness::Person => Ok(None),
        LookUp::CannotTell { reason } => Err(Stop::Verdict(Verdict::Again {
            pace: retry::Pace::Away,
            reason: format!("looked once more before sending it again: {reason}"),
        })),
    }
}
