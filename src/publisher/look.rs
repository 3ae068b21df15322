//! When a part of unknown outcome is looked up, and what follows from each answer.
//!
//! Pure. "It is not there" needs two looks after the attempt's deadline; whatever cannot be told stays unknown.

use crate::domain::{Attempt, Look, Outcome, Published, Saw, Witness};
use crate::platforms::LookUp;
use chrono::{DateTime, Duration, Utc};

/// Minutes between the first looks: at the deadline, a minute, five and fifteen minutes after it; hourly then.
const FIRST_GAPS: [i64; 3] = [1, 4, 10];

/// After so many looks, about a day, only a person can tell.
const MOST_LOOKS: usize = 4 + 24;

/// How many looks have to say that it is not there.
const ABSENT_TWICE: usize = 2;

/// What follows from a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is there: the delivery goes on from here.
    GoOn(Published),
    /// It is certainly not there: it may be sent again.
    SendAgain(Outcome),
    /// It stays unknown; `next` by the real clock, `None` when only a person can tell now.
    StayUnknown {
        /// What was seen and when, in plain words.
        reason: String,
        /// When to look again.
        next: Option<DateTime<Utc>>,
    },
}

/// Returns the attempt whose outcome has to be looked up, if there is one: the first part that is undecided.
pub fn undecided(attempts: &[Attempt]) -> Option<&Attempt> {
    attempts
        .iter()
        .find(|attempt| attempt.outcome.as_ref().is_none_or(Outcome::is_open))
}

/// Returns when the first attempt at the same part was recorded: it, too, may have arrived late.
pub fn since(attempts: &[Attempt], attempt: &Attempt) -> DateTime<Utc> {
    attempts
        .iter()
        .filter(|other| other.part == attempt.part)
        .map(|other| other.started_at)
        .min()
        .unwrap_or(attempt.started_at)
}

/// Returns when an attempt is to be looked up next after `looks`, by the real clock; `None` when it was looked up often enough.
pub fn next(attempt: &Attempt, looks: &[Look]) -> Option<DateTime<Utc>> {
    let mut done = 0;
    let mut last = None;
    for look in looks.iter().filter(|look| look.attempt == attempt.id) {
        done += 1;
        last = Some(look.at);
    }
    let Some(last) = last else {
        return Some(attempt.deadline);
    };
    if done >= MOST_LOOKS {
        return None;
    }
    let gap = FIRST_GAPS.get(done - 1).copied().unwrap_or(60);
    Some((last + Duration::minutes(gap)).max(attempt.deadline))
}

/// Returns what follows from an answer that came at `now`, after `earlier` looks.
pub fn decide(
    attempt: &Attempt,
    answer: &LookUp,
    earlier: &[Look],
    now: DateTime<Utc>,
    lost: &str,
) -> Step {
    let mut looks: Vec<Look> = earlier
        .iter()
        .filter(|look| look.attempt == attempt.id)
        .cloned()
        .collect();
    looks.push(answer.look(attempt, now));
    let absent: Vec<String> = looks
        .iter()
        .filter(|look| look.saw == Saw::Absent && look.at >= attempt.deadline)
        .map(|look| clock_time(look.at))
        .collect();
    let next = next(attempt, &looks);
    let at = clock_time(now);
    match answer {
        LookUp::Found(there) => Step::GoOn(there.clone()),
        LookUp::Absent if absent.len() >= ABSENT_TWICE => Step::SendAgain(Outcome::Absent {
            reason: format!(
                "looked for it at {}: it is not there, so it is sent again",
                absent.join(" and ")
            ),
            witness: Witness::Platform,
        }),
        LookUp::Absent => Step::StayUnknown {
            reason: format!(
                "{lost}; looked for it at {at}: it is not there, which is checked again"
            ),
            next,
        },
        LookUp::CannotTell { reason } => Step::StayUnknown {
            reason: format!("{lost}; looked for it at {at}: {reason}"),
            next,
        },
    }
}

fn clock_time(at: DateTime<Utc>) -> String {
    at.format("%H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttemptId, AttemptRequest, DeliveryId};

    fn minute(count: i64) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-10T08:00:00Z")
            .expect("an instant")
            .to_utc()
            + Duration::minutes(count)
    }

    /// Begun at 08:00, its answer may come until 08:02.
    fn attempt(id: i64, part: u32) -> Attempt {
        Attempt {
            id: AttemptId(id),
            delivery: DeliveryId(1),
            part,
            number: 1,
            request: AttemptRequest::default(),
            started_at: minute(0),
            deadline: minute(2),
            outcome: Some(Outcome::Unknown {
                reason: "no answer".to_owned(),
            }),
            ended_at: None,
        }
    }

    fn look(at: i64, saw: Saw) -> Look {
        Look {
            attempt: AttemptId(1),
            at: minute(at),
            saw,
            reason: String::new(),
        }
    }

    #[test]
    fn looks_are_at_the_deadline_then_after_one_five_and_fifteen_minutes_then_hourly_for_a_day() {
        let attempt = attempt(1, 0);
        let mut looks = Vec::new();
        let mut after = Vec::new();
        while let Some(at) = next(&attempt, &looks) {
            after.push((at - attempt.deadline).num_minutes());
            looks.push(Look {
                at,
                ..look(0, Saw::CannotTell)
            });
        }
        assert_eq!(after[..6], [0, 1, 5, 15, 75, 135]);
        assert_eq!(after.last(), Some(&(15 + 24 * 60)));
        assert_eq!(after.len(), MOST_LOOKS);
    }

    #[test]
    fn no_look_is_planned_before_the_deadline_and_those_at_other_attempts_do_not_count() {
        let attempt = attempt(1, 0);
        assert_eq!(next(&attempt, &[look(0, Saw::CannotTell)]), Some(minute(2)));
        let other = Look {
            attempt: AttemptId(9),
            ..look(30, Saw::CannotTell)
        };
        assert_eq!(next(&attempt, &[other]), Some(minute(2)));
    }

    #[test]
    fn absent_once_is_not_enough_and_twice_is() {
        let attempt = attempt(1, 0);
        let first = decide(&attempt, &LookUp::Absent, &[], minute(2), "no answer");
        assert!(matches!(
            first,
            Step::StayUnknown { next: Some(next), .. } if next == minute(3)
        ));
        let seen = [look(2, Saw::Absent)];
        let second = decide(&attempt, &LookUp::Absent, &seen, minute(3), "no answer");
        let Step::SendAgain(Outcome::Absent { reason, witness }) = second else {
            panic!("{second:?}");
        };
        assert_eq!(witness, Witness::Platform);
        assert!(reason.contains("08:02 UTC and 08:03 UTC"), "{reason}");
    }

    #[test]
    fn absent_before_the_deadline_does_not_count() {
        let early = [look(1, Saw::Absent)];
        let step = decide(&attempt(1, 0), &LookUp::Absent, &early, minute(2), "");
        assert!(matches!(step, Step::StayUnknown { .. }));
    }

    #[test]
    fn found_wins_over_any_number_of_absents_and_not_knowing_never_sends() {
        let seen = [look(2, Saw::Absent), look(3, Saw::Absent)];
        let found = LookUp::Found(Published::default());
        assert_eq!(
            decide(&attempt(1, 0), &found, &seen, minute(7), ""),
            Step::GoOn(Published::default())
        );
        let unclear = LookUp::cannot_tell("the server is away");
        let step = decide(&attempt(1, 0), &unclear, &seen, minute(7), "no answer");
        assert_eq!(
            step,
            Step::StayUnknown {
                reason: "no answer; looked for it at 08:07 UTC: the server is away".to_owned(),
                next: Some(minute(17)),
            }
        );
    }

    #[test]
    fn the_first_undecided_part_is_looked_up_from_its_first_attempt_on() {
        let published = Attempt {
            outcome: Some(Outcome::Published(Published::default())),
            ..attempt(1, 0)
        };
        let absent = Attempt {
            outcome: Some(Outcome::Absent {
                reason: String::new(),
                witness: Witness::Platform,
            }),
            started_at: minute(-9),
            ..attempt(2, 1)
        };
        let all = [published, absent, attempt(3, 1), attempt(4, 2)];
        let open = undecided(&all).expect("one is undecided");
        assert_eq!(open.id, AttemptId(3));
        assert_eq!(since(&all, open), minute(-9));
        assert_eq!(undecided(&all[..2]), None);
        // What was refused as a duplicate is as open as a lost answer.
        let duplicate = Attempt {
            outcome: Some(Outcome::Duplicate {
                of: Some("urn:li:share:1".to_owned()),
                reason: String::new(),
            }),
            ..attempt(5, 3)
        };
        let open = undecided(std::slice::from_ref(&duplicate));
        assert_eq!(open.map(|attempt| attempt.id), Some(AttemptId(5)));
    }
}
