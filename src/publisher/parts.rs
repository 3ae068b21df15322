//! Sends the parts of one delivery, in order, each at most once unless the platform certainly made nothing.
//!
//! An attempt is committed before its first byte leaves; the create call runs in a task of its own that nobody
//! cancels, and that task commits the outcome itself.

use super::Shared;
use super::crash_point::{self, CrashPoint};
use super::retry::Pace;
use super::send::{Stop, Verdict};
use super::uploads::{self, Claim};
use super::{look_up, prepare};
use crate::domain::{
    Attempt, AttemptId, AttemptRequest, Composed, DeliveryState, Outcome, Published, RemoteRef,
};
use crate::platforms::{PartContext, Platform, next_in_thread};
use crate::store::{DeliveryChange, Due, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What an attempt's deadline adds to the call's own timeout (design: "start, timeout, 60 s").
const SETTLING: TimeDelta = TimeDelta::seconds(60);

/// For so long an outcome is tried to be written down.
const KEPT_TRYING: Duration = Duration::from_secs(60);

/// A recorded attempt whose sending has not begun by then is not sent: the process was stopped meanwhile.
const FRESH: TimeDelta = TimeDelta::seconds(30);

/// Uploaded pictures that no post refers to are kept by platforms for hours; older references are not used again.
pub(super) const UPLOADS_LAST: TimeDelta = TimeDelta::hours(1);

/// Sends every part that has no published outcome yet.
pub(super) async fn send(
    shared: &Shared,
    fence: i64,
    due: &Due,
    platform: &Arc<dyn Platform>,
    composed: &Composed,
    reply: Option<RemoteRef>,
    attempts: &[Attempt],
) -> Result<Verdict, Stop> {
    let total = composed.parts.len();
    let mut thread = Thread {
        first: None,
        answers: reply,
    };
    let mut notes: Vec<String> = Vec::new();
    for (index, part) in composed.parts.iter().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let earlier: Vec<&Attempt> = attempts
            .iter()
            .filter(|attempt| attempt.part == number)
            .collect();
        let named = |reason: &str| prepare::named(reason, number, total);
        let there = earlier.iter().find_map(|attempt| match &attempt.outcome {
            Some(Outcome::Published(there)) => Some((*attempt, there.clone())),
            _ => None,
        });
        if let Some((attempt, there)) = there {
            let there = looked_again(shared, fence, platform, attempt, there)
                .await
                .map_err(|stop| stop.named(named))?;
            if let Some(spoiled) = thread.spoiled(&there, named) {
                return Ok(spoiled);
            }
            notes.extend(there.note.clone());
            thread.push(there);
            continue;
        }
        let turned_up = look_up::before_sending_again(shared, due, platform, attempts, number)
            .await
            .map_err(|stop| stop.named(named))?;
        if let Some(Outcome::Published(there)) = turned_up {
            thread.push(there);
            continue;
        }
        let now = shared.real_now();
        let last = earlier.last().map(|attempt| &attempt.request);
        let media_refs = match earlier.last() {
            Some(attempt)
                if !platform.asks_uploads_again()
                    && attempt.request.media_hash == part.uploads_hash()
                    && now - attempt.started_at < UPLOADS_LAST =>
            {
                attempt.request.media_refs.clone()
            }
            _ => {
                let claim = Some(Claim {
                    fence,
                    delivery: due.delivery.id,
                });
                uploads::upload(shared, claim, platform.as_ref(), part, number)
                    .await
                    .map_err(|stop| stop.named(named))?
            }
        };
        // Uploads take their time: what the request says of its beginning is what is recorded of it, so that a retry says
        // the same byte for byte.
        let started = shared.real_now();
        let mut request = platform.request(
            part,
            &PartContext {
                delivery: due.delivery.id,
                index: number,
                total: u32::try_from(total).unwrap_or(u32::MAX),
                answers: thread.answers.as_ref(),
                media_refs: &media_refs,
                created_at: earlier
                    .first()
                    .map_or(started, |attempt| attempt.started_at),
                earlier: last,
            },
        );
        request.media_hash = part.uploads_hash();
        match attempt(shared, fence, due, platform, number, request, started).await? {
            Outcome::Published(there) => {
                if let Some(spoiled) = thread.spoiled(&there, named) {
                    return Ok(spoiled);
                }
                notes.extend(there.note.clone());
                thread.push(there);
            }
            Outcome::Rejected { reason } => return Ok(Verdict::Failed(named(&reason))),
            Outcome::Unauthorized { reason } => {
                prepare::doubt(shared, &due.delivery.channel).await;
                return Ok(Verdict::Failed(named(&reason)));
            }
            Outcome::RateLimited { until, reason } => {
                return Ok(again(Pace::Until(until), named(&reason)));
            }
            Outcome::NotReady { reason } => return Ok(again(Pace::Processing, named(&reason))),
            Outcome::NotSent { reason } => return Ok(again(Pace::Away, named(&reason))),
            // Only a look says so; no platform answers a create call with it.
            Outcome::Absent { reason, .. } | Outcome::Unknown { reason } => {
                return Ok(Verdict::Unknown(named(&reason)));
            }
        }
    }
    Ok(Verdict::Published {
        permalink: thread.first.and_then(|first| first.permalink),
        note: notes.join("; "),
    })
}

/// Returns what is to be written when so many parts are all there already.
pub(super) fn complete(parts: usize, attempts: &[Attempt]) -> Option<DeliveryChange> {
    let there = |part: usize| {
        attempts.iter().find_map(|attempt| match &attempt.outcome {
            Some(Outcome::Published(there)) if attempt.part as usize == part => Some(there),
            _ => None,
        })
    };
    let all: Vec<&Published> = (0..parts).map(there).collect::<Option<_>>()?;
    let notes: Vec<&str> = all.iter().filter_map(|it| it.note.as_deref()).collect();
    let (state, reason) = match all.iter().find_map(|it| it.spoiled()) {
        Some(reason) => (DeliveryState::Failed, reason.to_owned()),
        None => (DeliveryState::Published, notes.join("; ")),
    };
    (parts > 0).then(|| DeliveryChange {
        permalink: look_up::first_permalink(attempts),
        ..DeliveryChange::to(state, reason)
    })
}

/// Looks anew at a part that is there and was of no use: somebody may have mended it there. It is never sent a second time.
async fn looked_again(
    shared: &Shared,
    fence: i64,
    platform: &Arc<dyn Platform>,
    attempt: &Attempt,
    there: Published,
) -> Result<Published, Stop> {
    if there.spoiled().is_none() {
        return Ok(there);
    }
    let said = platform.watch(&there, &attempt.request).await?;
    let (id, kept, now) = (attempt.id, said.clone(), shared.real_now());
    shared
        .store()
        .call(move |db| db.keep_part(fence, id, &kept, now))
        .await?;
    Ok(said)
}

fn again(pace: Pace, reason: String) -> Verdict {
    Verdict::Again { pace, reason }
}

/// What is there of a thread so far.
struct Thread {
    first: Option<Published>,
    answers: Option<RemoteRef>,
}

impl Thread {
    fn push(&mut self, there: Published) {
        self.answers = Some(next_in_thread(&there, self.answers.as_ref()));
        self.first.get_or_insert(there);
    }

    /// Says that the thread ends here, where a part is there and of no use as it is.
    fn spoiled(&self, there: &Published, named: impl Fn(&str) -> String) -> Option<Verdict> {
        let reason = named(there.spoiled()?);
        let first = self.first.as_ref().unwrap_or(there);
        Some(Verdict::Spoiled {
            permalink: first.permalink.clone(),
            reason,
        })
    }
}

/// Commits one attempt, sends it, commits its outcome. Goes on to the end even if the caller does not wait.
async fn attempt(
    shared: &Shared,
    fence: i64,
    due: &Due,
    platform: &Arc<dyn Platform>,
    part: u32,
    request: AttemptRequest,
    started: DateTime<Utc>,
) -> Result<Outcome, Stop> {
    let begun = Instant::now();
    let timeout = TimeDelta::from_std(platform.publish_timeout()).unwrap_or(SETTLING);
    let deadline = started + timeout + SETTLING;
    let delivery = due.delivery.id;
    let committed = request.clone();
    let id = shared
        .store()
        .together(move |db| db.begin_attempt(fence, delivery, part, &committed, deadline, started))
        .await?;
    crash_point::pass(CrashPoint::AfterAttemptCommitted, part).await;
    let platform = Arc::clone(platform);
    let store = shared.store().clone();
    let clock = Arc::clone(&shared.setup.real_clock);
    let call = tokio::spawn(async move {
        // A process that was stopped in between may have been taken for dead, and the part sent by another one.
        let outcome = if !is_fresh(clock.now() - started, begun.elapsed()) {
            Ok(Outcome::NotSent {
                reason: "the program was stopped before it was sent".to_owned(),
            })
        } else {
            // A task of its own once more, so that a panic in there still has its outcome recorded here.
            let answer = tokio::spawn(async move { platform.publish(&request).await });
            crash_point::pass(CrashPoint::AfterRequestLeft, part).await;
            answer.await
        };
        crash_point::pass(CrashPoint::AfterAnswerCame, part).await;
        let outcome = outcome.unwrap_or_else(|_| Outcome::Unknown {
            reason: "the program stumbled while sending; look there before sending again"
                .to_owned(),
        });
        crash_point::pass(CrashPoint::BeforeOutcomeCommitted, part).await;
        record(&store, id, &outcome, clock.as_ref()).await?;
        crash_point::pass(CrashPoint::AfterOutcomeCommitted, part).await;
        Ok::<Outcome, StoreError>(outcome)
    });
    match call.await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Stop::Store(StoreError::Other(
            "the program is ending while a call is in flight".to_owned(),
        ))),
    }
}

/// Whether an attempt may still be sent, by the wall's clock and by the machine's, which stands still while it sleeps.
///
/// A clock that was set back meanwhile does not tell how long it was.
fn is_fresh(by_the_wall: TimeDelta, by_the_machine: Duration) -> bool {
    (TimeDelta::seconds(-1)..=FRESH).contains(&by_the_wall)
        && TimeDelta::from_std(by_the_machine).is_ok_and(|waited| waited <= FRESH)
}

/// Commits an outcome; a full disk or a long lock gets a few more chances, since the truth is here alone.
async fn record(
    store: &crate::store::Store,
    id: AttemptId,
    outcome: &Outcome,
    clock: &dyn crate::domain::Clock,
) -> Result<(), StoreError> {
    let (begun, mut pause) = (Instant::now(), Duration::from_millis(200));
    loop {
        let (known, now) = (outcome.clone(), clock.now());
        match store
            .together(move |db| db.finish_attempt(id, &known, now))
            .await
        {
            Ok(()) => return Ok(()),
            Err(error) if begun.elapsed() > KEPT_TRYING => {
                tracing::error!(attempt = id.0, outcome = outcome.word(), %error, "the outcome could not be kept");
                return Err(error);
            }
            Err(error) => tracing::warn!(attempt = id.0, %error, "keeping the outcome again"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_not_sent_after_a_stop_whichever_clock_tells_it() {
        let second = |count| TimeDelta::seconds(count);
        let fresh = |wall: i64, machine| is_fresh(second(wall), Duration::from_secs(machine));
        assert!(fresh(0, 0) && fresh(29, 29));
        // Stopped; asleep; stopped while the clock was set back.
        assert!(!fresh(31, 31) && !fresh(3600, 0) && !fresh(-3600, 3));
        assert!(!fresh(5, 40));
    }
}
