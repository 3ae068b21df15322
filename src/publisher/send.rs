//! One delivery from claim to verdict.
//!
//! Every write is conditional on the fence. When a write fails nothing is guessed: the delivery goes back to
//! waiting, and the attempts that are on record decide what may still be sent.

use super::crash_point::{self, CrashPoint};
use super::plan::{LOOK_AGAIN, last_moment, out_of_time};
use super::retry::{self, Pace};
use super::{Outlet, PublisherEvent, Settled, Shared, Trouble, dry_run, look_up, parts, prepare};
use crate::domain::correction::deleted;
use crate::domain::{Attempt, Correction, DeliveryState, Outcome, ReviewRule};
use crate::platforms::Platform;
use crate::store::{DeliveryChange, Due, Reached, StoreError};
use std::fmt;
use std::sync::Arc;

/// What is said of a delivery whose upload was stopped with the program.
const UPLOAD_STOPPED: &str = "the upload was stopped with the program, and goes on where it was";

/// How the sending of a delivery ended, as what is to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Every part is there.
    Published {
        permalink: Option<String>,
        note: String,
    },
    /// A person has to act.
    Failed(String),
    /// It is there and of no use as it is: a person has to act there, and nothing is sent again.
    Spoiled {
        permalink: Option<String>,
        reason: String,
    },
    /// Nobody knows; never sent again on a guess.
    Unknown(String),
    /// Nothing was made; try again.
    Again { pace: Pace, reason: String },
}

/// Why the sending did not come to its end by itself.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is decided already.
    Verdict(Verdict),
    /// What would be sent is not what was approved.
    Unapproved(String),
    /// The program ends, and what was being uploaded is gone on with later.
    Ending,
    /// The database did not do what was asked.
    Store(StoreError),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdict(
                Verdict::Failed(reason)
                | Verdict::Unknown(reason)
                | Verdict::Again { reason, .. }
                | Verdict::Spoiled { reason, .. }
                | Verdict::Published { note: reason, .. },
            )
            | Self::Unapproved(reason) => f.write_str(reason),
            Self::Ending => f.write_str(UPLOAD_STOPPED),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Stop {
    /// Puts the name of a part before its reason.
    pub(super) fn named(self, named: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Verdict(Verdict::Failed(reason)) => {
                Self::Verdict(Verdict::Failed(named(&reason)))
            }
            Self::Verdict(Verdict::Again { pace, reason }) => Self::Verdict(Verdict::Again {
                pace,
                reason: named(&reason),
            }),
            other => other,
        }
    }
}

/// How a delivery's task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It stands where the verdict says.
    Settled(Settled),
    /// It was not waiting any more.
    NotClaimed,
    /// Another process publishes now; nothing more may be sent.
    LostLead,
    /// What was seen of a delivery of unknown outcome could not be kept; it stays unknown.
    NotLooked,
    /// The database failed; the delivery may still be marked as publishing.
    Trouble(Trouble),
}

/// What is on record of a delivery when it is claimed.
struct Past {
    attempts: Vec<Attempt>,
    corrections: Vec<Correction>,
    review: ReviewRule,
}

/// Claims and sends one delivery.
pub(super) async fn deliver(
    shared: Arc<Shared>,
    fence: i64,
    due: Due,
    outlet: Outlet,
    platform: Arc<dyn Platform>,
) -> Ended {
    let (id, now) = (due.delivery.id, shared.plan_now());
    crash_point::pass(CrashPoint::BeforeClaim, 0).await;
    // Somebody may have saved the post since it was found due: what is sent is read after the claim.
    let claimed = shared
        .store()
        .call(move |db| {
            if !db.claim(fence, id, now)? {
                return Ok(None);
            }
            let past = Past {
                attempts: db.attempts(id)?,
                corrections: db.corrections(id)?,
                review: db.review_rule(),
            };
            Ok(Some((db.as_due(id)?, past)))
        })
        .await;
    let (due, past) = match claimed {
        Ok(Some((claimed, past))) => {
            let due = Due {
                post: claimed.post,
                ..due
            };
            if claimed.delivery.due_at.is_none_or(|at| at > now) {
                let back = DeliveryChange::to(DeliveryState::Waiting, "");
                return write(&shared, fence, &due, back).await;
            }
            (due, past)
        }
        Ok(None) => return Ended::NotClaimed,
        Err(error) => return failed_store(error),
    };
    crash_point::pass(CrashPoint::AfterClaim, 0).await;
    shared.say(PublisherEvent::Sending {
        post: due.post.id,
        channel: due.delivery.channel.clone(),
    });
    let verdict = match send(&shared, fence, &due, &outlet, &platform, past).await {
        Ok(verdict) | Err(Stop::Verdict(verdict)) => verdict,
        // Frozen between the claim and the first byte: it waits like everything else.
        Err(Stop::Store(StoreError::Frozen(_))) => {
            let back = DeliveryChange::to(DeliveryState::Waiting, "");
            return write(&shared, fence, &due, back).await;
        }
        Err(Stop::Ending) => {
            let back = DeliveryChange {
                tries: due.tries,
                ..DeliveryChange::to(DeliveryState::Waiting, UPLOAD_STOPPED)
            };
            return write(&shared, fence, &due, back).await;
        }
        Err(Stop::Unapproved(reason)) => {
            let back = DeliveryChange {
                next_try: Some(now + LOOK_AGAIN),
                tries: due.tries,
                ..DeliveryChange::to(DeliveryState::Waiting, reason)
            };
            return write(&shared, fence, &due, back).await;
        }
        Err(Stop::Store(error)) => return failed_store(error),
    };
    settle(&shared, fence, &due, verdict).await
}

fn failed_store(error: StoreError) -> Ended {
    match error {
        StoreError::NotLeader => Ended::LostLead,
        // A person was faster: it stands where they put it.
        StoreError::CalledBack => Ended::NotClaimed,
        other => Ended::Trouble(Trouble::from(&other)),
    }
}

async fn send(
    shared: &Shared,
    fence: i64,
    due: &Due,
    outlet: &Outlet,
    platform: &Arc<dyn Platform>,
    past: Past,
) -> Result<Verdict, Stop> {
    if let Some(stop) = prepare::undecided(due, &past.attempts) {
        return Err(stop);
    }
    if !deleted(&past.corrections).is_empty() {
        return Ok(Verdict::Failed(
            "a part of it was deleted there: send a copy of the post instead".to_owned(),
        ));
    }
    prepare::ready(shared, outlet, platform.as_ref()).await?;
    let (composed, reply) = prepare::composed(shared, outlet, platform.as_ref(), &due.post).await?;
    if past.review == ReviewRule::Required {
        let (one, what) = (due.clone(), composed.clone());
        let otherwise = shared
            .store()
            .call(move |db| dry_run::approved_otherwise(db, &one, &what))
            .await?;
        if let Some(reason) = otherwise {
            return Err(Stop::Unapproved(reason));
        }
    }
    let attempts = &past.attempts;
    parts::send(shared, fence, due, platform, &composed, reply, attempts).await
}

/// Writes a verdict down.
async fn settle(shared: &Shared, fence: i64, due: &Due, verdict: Verdict) -> Ended {
    let id = due.delivery.id;
    let change = match verdict {
        Verdict::Published { permalink, note } => DeliveryChange {
            permalink,
            ..DeliveryChange::to(DeliveryState::Published, note)
        },
        Verdict::Failed(reason) => DeliveryChange::to(DeliveryState::Failed, reason),
        Verdict::Spoiled { permalink, reason } => DeliveryChange {
            permalink,
            ..DeliveryChange::to(DeliveryState::Failed, reason)
        },
        Verdict::Unknown(reason) => match look_up::next_look(shared, id).await {
            Ok(next_try) => DeliveryChange {
                next_try,
                ..DeliveryChange::to(DeliveryState::Unknown, reason)
            },
            Err(error) => return failed_store(error),
        },
        Verdict::Again { pace, reason } => {
            let attempts = match shared.store().call(move |db| db.attempts(id)).await {
                Ok(attempts) => attempts,
                Err(error) => return failed_store(error),
            };
            if let Err(error) = note_reached(shared, fence, due, pace).await {
                return failed_store(error);
            }
            again(shared, due, pace, reason, &attempts)
        }
    };
    write(shared, fence, due, change).await
}

/// Keeps for the screen since when the network is away.
async fn note_reached(
    shared: &Shared,
    fence: i64,
    due: &Due,
    pace: Pace,
) -> Result<(), StoreError> {
    let reached = match pace {
        Pace::Away => Reached::No,
        Pace::Processing | Pace::InTurn | Pace::Until(_) => Reached::Yes,
    };
    let (id, now) = (due.delivery.id, shared.plan_now());
    shared
        .store()
        .call(move |db| db.note_reached(fence, id, reached, now))
        .await
}

/// Whether a part is there.
fn is_out(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Some(Outcome::Published(_)))
}

fn again(
    shared: &Shared,
    due: &Due,
    pace: Pace,
    reason: String,
    attempts: &[Attempt],
) -> DeliveryChange {
    let tries = due.tries.saturating_add(1);
    let real = retry::next(pace, tries, shared.real_now(), retry::random());
    let next = real + shared.plan_ahead();
    let policy = &shared.setup.late;
    if next > last_moment(due, policy) {
        let why = out_of_time(due, policy, &reason);
        // A thread that has begun is not missed: a part of it is out, and a person has to decide.
        return if attempts.iter().any(is_out) {
            DeliveryChange::to(DeliveryState::Failed, why)
        } else {
            DeliveryChange::to(DeliveryState::Missed, why)
        };
    }
    DeliveryChange {
        next_try: Some(next),
        tries,
        ..DeliveryChange::to(DeliveryState::Waiting, reason)
    }
}

/// Changes where a delivery of this leader's stands, and says so.
pub(super) async fn write(shared: &Shared, fence: i64, due: &Due, change: DeliveryChange) -> Ended {
    let (id, now) = (due.delivery.id, shared.plan_now());
    let what = change.clone();
    let written = shared
        .store()
        .call(move |db| db.change_delivery(fence, id, &what, now));
    told(shared, due, change, written.await)
}

/// Changes where a waiting delivery stands unless somebody was faster, and says so.
pub(super) async fn decide(
    shared: &Shared,
    fence: i64,
    due: &Due,
    change: DeliveryChange,
) -> Ended {
    let (read, now) = (due.delivery.clone(), shared.plan_now());
    let what = change.clone();
    let written = shared
        .store()
        .call(move |db| db.decide_delivery(fence, &read, &what, now));
    told(shared, due, change, written.await)
}

fn told(
    shared: &Shared,
    due: &Due,
    change: DeliveryChange,
    written: Result<(), StoreError>,
) -> Ended {
    let settled = Settled {
        post: due.post.id,
        channel: due.delivery.channel.clone(),
        state: change.state,
        reason: change.reason.clone(),
        permalink: change
            .permalink
            .clone()
            .or_else(|| due.delivery.permalink.clone()),
        next_try: change.next_try,
    };
    match written {
        Ok(()) => {
            tracing::info!(post = settled.post.0, channel = %settled.channel, state = settled.state.word(), "delivery");
            shared.say(PublisherEvent::Settled(settled.clone()));
            Ended::Settled(settled)
        }
        Err(error) => failed_store(error),
    }
}
