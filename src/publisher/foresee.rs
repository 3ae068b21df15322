//! What would happen to waiting deliveries, worked out ahead by the same decisions as in `lead.rs`.
//!
//! Pure: nothing is written or sent. The dry run and the question before a thaw are read from here.

use super::plan::{self, Decision};
use crate::domain::freeze::{Choice, Choices, Fate, Foreseen, Freeze};
use crate::domain::schedule::LatePolicy;
use crate::domain::{ChannelName, DeliveryId, Waits};
use crate::store::{Db, Due, StoreError};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The most deliveries that are looked at in one go.
pub const MOST: usize = 100_000;

/// Why a draft does not leave.
const DRAFT: &str = "it is a draft: schedule it";

/// Why a delivery leaves only once a person posts it.
const BY_HAND: &str = "somebody is asked to post it by hand";

/// Returns what becomes of deliveries from `now` until `until`, in the order in which it happens.
///
/// `last_left` is when something last left on each channel. What waits beyond `until` stays.
pub fn foresee(
    waiting: &[Due],
    policy: &LatePolicy,
    mut last_left: HashMap<ChannelName, DateTime<Utc>>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Foreseen> {
    type Turn = (DateTime<Utc>, Option<DateTime<Utc>>, DeliveryId, usize);
    let mut all: Vec<Due> = waiting.to_vec();
    let mut turns: BinaryHeap<Reverse<Turn>> = all
        .iter()
        .enumerate()
        .map(|(index, due)| {
            let one = &due.delivery;
            let first = [one.due_at, one.next_try].into_iter().flatten().max();
            let at = first.map_or(now, |at| at.max(now));
            Reverse((at, one.due_at, one.id, index))
        })
        .collect();
    let mut foreseen = Vec::with_capacity(all.len());
    while let Some(Reverse((at, due_at, id, index))) = turns.pop() {
        let due = &mut all[index];
        let channel = &due.delivery.channel;
        due.channel_left_at = last_left.get(channel).copied();
        let fate = match plan::decide(due, policy, at) {
            Decision::Wait {
                until: turn,
                reason,
                waits,
            } if turn <= until && !due.unapproved => {
                due.delivery.next_try = Some(turn);
                due.delivery.reason = reason;
                due.delivery.waits = waits;
                turns.push(Reverse((turn, due_at, id, index)));
                continue;
            }
            Decision::Wait { reason, .. } => Fate::Stays(reason),
            Decision::Hold => Fate::Stays(DRAFT.to_owned()),
            Decision::Send => {
                last_left.insert(channel.clone(), at);
                let reason = due.delivery.reason.clone();
                let waits = due.delivery.waits;
                Fate::Leaves { at, reason, waits }
            }
            Decision::Ask { .. } => Fate::Leaves {
                at,
                reason: BY_HAND.to_owned(),
                waits: due.delivery.waits,
            },
            Decision::Missed(reason) => Fate::Missed(reason),
            Decision::Failed(reason) => Fate::Failed(reason),
        };
        foreseen.push(Foreseen {
            delivery: id,
            post: due.post.id,
            title: due.post.content.display_title(),
            channel: channel.clone(),
            due_at,
            at,
            fate,
        });
    }
    foreseen
}

/// Returns what a thaw at `now` would do with each delivery that is held, after these choices.
///
/// # Errors
/// When the database cannot be read.
pub fn held(
    db: &mut Db,
    freeze: &Freeze,
    policy: &LatePolicy,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<Vec<Foreseen>, StoreError> {
    let (left_out, mut waiting): (Vec<Due>, Vec<Due>) = db
        .held(now, MOST)?
        .into_iter()
        .partition(|due| choices.get(&due.post.id) == Some(&Choice::LeaveOut));
    for due in &mut waiting {
        if choices.get(&due.post.id) == Some(&Choice::Send) {
            due.delivery.due_at = Some(now);
            due.delivery.next_try = None;
            due.delivery.reason.clear();
            due.delivery.waits = Waits::ForItself;
        }
    }
    // Every wait is followed to its end: a thaw says when each of them leaves.
    let end = DateTime::<Utc>::MAX_UTC;
    let mut fates = foresee(&waiting, policy, db.last_left()?, now, end);
    for one in &mut fates {
        if let Fate::Missed(reason) = &mut one.fate {
            *reason = format!("its time passed while everything was {}", freeze.words());
        }
    }
    fates.extend(left_out.into_iter().map(|due| Foreseen {
        delivery: due.delivery.id,
        post: due.post.id,
        title: due.post.content.display_title(),
        channel: due.delivery.channel,
        due_at: due.delivery.due_at,
        at: now,
        fate: Fate::LeftOut,
    }));
    Ok(fates)
}

/// Thaws at `now`; returns what becomes of the deliveries that were held.
///
/// # Errors
/// `Refused` when nothing is frozen.
pub fn thaw(
    db: &mut Db,
    author: &crate::domain::Author,
    policy: &LatePolicy,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<Vec<Foreseen>, StoreError> {
    let fates = match db.frozen()? {
        Some(freeze) => held(db, &freeze, policy, choices, now)?,
        None => Vec::new(),
    };
    db.thaw(author, &fates, now)?;
    Ok(fates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Author, Content, Delivery, DeliveryState, Kind, LocalTime, PlatformId, Post, PostId,
    };
    use chrono::Duration;
    use chrono_tz::Tz;

    fn noon() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-10T12:00:00Z")
            .expect("an instant")
            .to_utc()
    }

    fn after(minutes: i64) -> DateTime<Utc> {
        noon() + Duration::minutes(minutes)
    }

    fn due(id: i64, channel: &str, minutes: i64, change: impl FnOnce(&mut Content)) -> Due {
        let mut content = Content {
            scheduled: true,
            ..Content::default()
        };
        change(&mut content);
        Due {
            delivery: Delivery {
                id: DeliveryId(id),
                post: PostId(id),
                channel: channel.into(),
                platform: PlatformId::Sandbox,
                state: DeliveryState::Waiting,
                due_at: Some(after(minutes)),
                reason: String::new(),
                permalink: None,
                remote_ids: Vec::new(),
                attempts: 0,
                next_try: None,
                waits: Waits::ForItself,
                changed_at: noon(),
            },
            post: Post {
                id: PostId(id),
                revision: 1,
                author: Author::from("someone"),
                parent: None,
                created_at: noon(),
                updated_at: noon(),
                content,
            },
            tries: 0,
            channel_left_at: None,
            unapproved: false,
        }
    }

    fn told(all: &[Due], left: Option<DateTime<Utc>>, until: i64) -> Vec<(i64, i64, &'static str)> {
        let last_left = left.map(|at| ("a".into(), at)).into_iter().collect();
        let policy = LatePolicy::default();
        foresee(all, &policy, last_left, noon(), after(until))
            .iter()
            .map(|one| {
                let word = match one.fate {
                    Fate::Leaves { .. } => "leaves",
                    Fate::Missed(_) => "missed",
                    Fate::Failed(_) => "failed",
                    Fate::Stays(_) | Fate::LeftOut => "stays",
                };
                (one.post.0, (one.at - noon()).num_minutes(), word)
            })
            .collect()
    }

    #[test]
    fn late_ones_leave_one_a_channel_in_a_quarter_of_an_hour_and_each_channel_by_itself() {
        let all = [
            due(1, "a", -14, |_| ()),
            due(2, "a", -13, |_| ()),
            due(3, "b", -12, |_| ()),
            due(4, "a", -3, |_| ()),
        ];
        assert_eq!(
            told(&all, None, 600),
            [
                (1, 0, "leaves"),
                (3, 0, "leaves"),
                (2, 15, "leaves"),
                (4, 30, "leaves")
            ]
        );
    }

    #[test]
    fn what_left_shortly_before_counts_and_what_is_in_time_does_not_wait() {
        let all = [due(1, "a", -10, |_| ()), due(2, "a", 3, |_| ())];
        assert_eq!(
            told(&all, Some(after(-5)), 600),
            [(2, 3, "leaves"), (1, 18, "leaves")]
        );
    }

    #[test]
    fn too_late_is_missed_and_evergreen_has_half_a_day() {
        let all = [
            due(1, "a", -60, |_| ()),
            due(2, "a", -60, |content| content.kind = Kind::Evergreen),
        ];
        assert_eq!(told(&all, None, 600), [(1, 0, "missed"), (2, 0, "leaves")]);
    }

    #[test]
    fn not_after_and_not_before_hold_and_a_draft_stays() {
        let time = |minutes| Some(LocalTime::from_instant(after(minutes), Tz::UTC));
        let all = [
            due(1, "a", -5, |content| content.not_after = time(-1)),
            due(2, "a", 5, |content| content.not_before = time(30)),
            due(3, "a", 5, |content| content.not_before = time(90)),
            due(4, "a", 6, |content| content.scheduled = false),
        ];
        assert_eq!(
            told(&all, None, 60),
            [
                (1, 0, "missed"),
                (3, 5, "stays"),
                (4, 6, "stays"),
                (2, 30, "leaves")
            ]
        );
    }
}
