//! What to do with a delivery that is due: send it, let it wait, or say that its time has passed.
//!
//! Pure. Time and the policy are arguments; `lead.rs` acts on the answer.

use crate::domain::Waits;
use crate::domain::review::UNAPPROVED;
use crate::domain::schedule::{LatePolicy, words};
use crate::store::Due;
use crate::text;
use chrono::{DateTime, Duration, Utc};

/// A delivery later than this waits its turn behind others on its channel.
pub const LATE: Duration = Duration::minutes(2);

/// Late deliveries leave at least this far apart on a channel, so that no burst follows a downtime.
pub const APART: Duration = Duration::minutes(15);

/// The reason on a delivery that waits its turn, for people; that it does is `Waits::ItsTurn`.
pub const TAKES_TURNS: &str = "late posts leave 15 min apart on a channel";

/// When a delivery that waits for its approval is looked at again; an approval itself lets it go at once.
pub const LOOK_AGAIN: Duration = Duration::minutes(1);

/// Why a post is missed that a person was asked for.
pub const NOBODY_DID: &str = "by hand: nobody has said that it is done";

/// What to do with a delivery now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is not its turn, and nothing has to be written down: a draft, the trash, a retry still ahead.
    Hold,
    /// Send it.
    Send,
    /// Look again at `until`, and say why.
    Wait {
        /// When it may leave.
        until: DateTime<Utc>,
        /// Why not now.
        reason: String,
        /// What for.
        waits: Waits,
    },
    /// A person posts it: ask for it now, and look again at `until`.
    Ask {
        /// When its time is over.
        until: DateTime<Utc>,
    },
    /// Its time passed and nothing of it left.
    Missed(String),
    /// Its time passed after a part of its thread had left.
    Failed(String),
}

/// Returns what to do at `now` with a delivery.
pub fn decide(due: &Due, policy: &LatePolicy, now: DateTime<Utc>) -> Decision {
    let (delivery, content) = (&due.delivery, &due.post.content);
    if content.trashed || !content.scheduled {
        return Decision::Hold;
    }
    let Some(planned) = delivery.due_at else {
        return Decision::Hold;
    };
    let not_before = content.not_before.map(|time| time.instant());
    let from = not_before.map_or(planned, |limit| limit.max(planned));
    if now < planned || delivery.next_try.is_some_and(|next| now < next) {
        return Decision::Hold;
    }
    if now < from {
        return Decision::Wait {
            until: from,
            reason: "its “not before” time has not come".to_owned(),
            waits: Waits::ForItself,
        };
    }
    let counted_from = its_turn(due).map_or(from, |turn| turn.max(from));
    let not_after = content.not_after.map(|time| time.instant());
    if let Some(too_late) = policy.too_late(content.kind, counted_from, not_after, now) {
        return passed(due, too_late);
    }
    if due.unapproved {
        return unapproved(now, UNAPPROVED);
    }
    if delivery.platform.is_by_hand() {
        let until = last_moment(due, policy) + Duration::seconds(1);
        return Decision::Ask {
            // It is not too late, so that moment has not passed.
            until: until.max(now + Duration::seconds(1)),
        };
    }
    if now - from > LATE
        // What was tried when it was due is not part of a burst.
        && delivery.attempts == 0
        && due.tries == 0
        // What left in the future left before the clock was set back.
        && let Some(turn) = due.channel_left_at.filter(|left| *left <= now).map(|left| left + APART)
        && now < turn
    {
        return Decision::Wait {
            until: turn,
            reason: TAKES_TURNS.to_owned(),
            waits: Waits::ItsTurn,
        };
    }
    Decision::Send
}

/// When the turn comes that a delivery waits for.
fn its_turn(due: &Due) -> Option<DateTime<Utc>> {
    due.delivery
        .next_try
        .filter(|_| due.delivery.waits == Waits::ItsTurn)
}

/// Lets a delivery wait for an approval; its time goes on, and past its grace it is missed for that reason.
pub fn unapproved(now: DateTime<Utc>, reason: &str) -> Decision {
    Decision::Wait {
        until: now + LOOK_AGAIN,
        reason: reason.to_owned(),
        waits: Waits::ForItself,
    }
}

/// Returns the last instant at which a delivery may still leave.
pub fn last_moment(due: &Due, policy: &LatePolicy) -> DateTime<Utc> {
    let content = &due.post.content;
    let not_before = content.not_before.map(|time| time.instant());
    let planned = due.delivery.due_at.max(not_before).unwrap_or_default();
    let from = its_turn(due).map_or(planned, |turn| turn.max(planned));
    let end = from + policy.grace(content.kind);
    content
        .not_after
        .map_or(end, |limit| limit.instant().min(end))
}

/// Says why it is not tried again: its time is over before the next try.
pub fn out_of_time(due: &Due, policy: &LatePolicy, reason: &str) -> String {
    let limit = last_moment(due, policy);
    match due.post.content.not_after {
        Some(end) if end.instant() == limit => {
            format!("{reason}; its “not after” time comes before the next try")
        }
        _ => format!(
            "{reason}; its grace of {} ends before the next try",
            words(policy.grace(due.post.content.kind))
        ),
    }
}

fn passed(due: &Due, too_late: String) -> Decision {
    let delivery = &due.delivery;
    if delivery.waits == Waits::ForAPerson {
        return Decision::Missed(NOBODY_DID.to_owned());
    }
    let known = its_turn(due).is_none() && !delivery.reason.is_empty();
    let why = if known {
        format!("it could not leave in time: {}", delivery.reason)
    } else {
        too_late
    };
    if delivery.remote_ids.is_empty() {
        Decision::Missed(why)
    } else {
        let out = delivery.remote_ids.len();
        let last = text::later_parts(delivery.platform).name(out - 1, out + 1);
        Decision::Failed(format!("stopped after {last}: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Author, Content, Delivery, DeliveryId, DeliveryState, Kind, LocalTime, PlatformId, Post,
        PostId,
    };
    use chrono_tz::Tz;

    fn noon() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-10T12:00:00Z")
            .expect("an instant")
            .to_utc()
    }

    fn after(minutes: i64) -> DateTime<Utc> {
        noon() + Duration::minutes(minutes)
    }

    fn post(change: impl FnOnce(&mut Content)) -> Post {
        let mut content = Content {
            scheduled: true,
            ..Content::default()
        };
        change(&mut content);
        Post {
            id: PostId(1),
            revision: 1,
            author: Author::from("someone"),
            parent: None,
            created_at: noon(),
            updated_at: noon(),
            content,
        }
    }

    fn delivery(change: impl FnOnce(&mut Delivery)) -> Delivery {
        let mut delivery = Delivery {
            id: DeliveryId(1),
            post: PostId(1),
            channel: "outbox".into(),
            platform: PlatformId::Sandbox,
            state: DeliveryState::Waiting,
            due_at: Some(noon()),
            reason: String::new(),
            permalink: None,
            remote_ids: Vec::new(),
            attempts: 0,
            next_try: None,
            waits: Waits::ForItself,
            changed_at: noon(),
        };
        change(&mut delivery);
        delivery
    }

    fn at(delivery: &Delivery, post: &Post, now: DateTime<Utc>) -> Decision {
        after_another(delivery, post, None, 0, now)
    }

    fn after_another(
        delivery: &Delivery,
        post: &Post,
        channel_left_at: Option<DateTime<Utc>>,
        tries: u32,
        now: DateTime<Utc>,
    ) -> Decision {
        let due = Due {
            delivery: delivery.clone(),
            post: post.clone(),
            tries,
            channel_left_at,
            unapproved: false,
        };
        decide(&due, &LatePolicy::default(), now)
    }

    #[test]
    fn what_is_due_is_sent_and_a_draft_or_trashed_post_is_held() {
        let due = delivery(|_| ());
        assert_eq!(at(&due, &post(|_| ()), noon()), Decision::Send);
        assert_eq!(at(&due, &post(|_| ()), after(-1)), Decision::Hold);
        assert_eq!(
            at(&due, &post(|content| content.scheduled = false), noon()),
            Decision::Hold
        );
        assert_eq!(
            at(&due, &post(|content| content.trashed = true), noon()),
            Decision::Hold
        );
    }

    #[test]
    fn without_its_approval_it_waits_and_past_its_grace_it_is_missed_for_that() {
        let mut due = Due {
            delivery: delivery(|_| ()),
            post: post(|_| ()),
            tries: 0,
            channel_left_at: None,
            unapproved: true,
        };
        let decided = |due: &Due, minutes| decide(due, &LatePolicy::default(), after(minutes));
        assert_eq!(
            decided(&due, 1),
            Decision::Wait {
                until: after(2),
                reason: UNAPPROVED.to_owned(),
                waits: Waits::ForItself,
            }
        );
        due.delivery.reason = UNAPPROVED.to_owned();
        assert!(matches!(decided(&due, 16), Decision::Missed(why) if why.contains("not approved")));
        due.unapproved = false;
        assert_eq!(decided(&due, 3), Decision::Send);
    }

    #[test]
    fn not_before_holds_it_and_the_grace_counts_from_there() {
        let due = delivery(|_| ());
        let later =
            post(|content| content.not_before = Some(LocalTime::from_instant(after(60), Tz::UTC)));
        assert!(
            matches!(at(&due, &later, noon()), Decision::Wait { until, .. } if until == after(60))
        );
        assert_eq!(at(&due, &later, after(61)), Decision::Send);
        assert_eq!(at(&due, &later, after(75)), Decision::Send);
        assert!(matches!(at(&due, &later, after(76)), Decision::Missed(_)));
    }

    #[test]
    fn past_not_after_it_is_missed_even_within_the_grace() {
        let ends =
            post(|content| content.not_after = Some(LocalTime::from_instant(after(5), Tz::UTC)));
        assert_eq!(at(&delivery(|_| ()), &ends, after(5)), Decision::Send);
        assert!(matches!(
            at(&delivery(|_| ()), &ends, after(6)),
            Decision::Missed(_)
        ));
    }

    #[test]
    fn after_the_grace_it_is_missed_and_a_begun_thread_has_failed() {
        assert!(matches!(
            at(&delivery(|_| ()), &post(|_| ()), after(16)),
            Decision::Missed(_)
        ));
        let begun = delivery(|delivery| {
            delivery.remote_ids = vec!["1".to_owned()];
            delivery.attempts = 2;
            delivery.reason = "the server did not answer".to_owned();
        });
        assert_eq!(
            at(&begun, &post(|_| ()), after(16)),
            Decision::Failed(
                "stopped after part 1: it could not leave in time: the server did not answer"
                    .to_owned()
            )
        );
    }

    #[test]
    fn late_deliveries_leave_a_quarter_of_an_hour_apart_and_those_in_time_do_not_wait() {
        let evergreen = post(|content| content.kind = Kind::Evergreen);
        let due = delivery(|_| ());
        let left = Some(after(29));
        assert_eq!(
            after_another(&due, &evergreen, left, 0, after(30)),
            Decision::Wait {
                until: after(44),
                reason: TAKES_TURNS.to_owned(),
                waits: Waits::ItsTurn,
            }
        );
        assert_eq!(
            after_another(&due, &evergreen, left, 0, after(44)),
            Decision::Send
        );
        assert_eq!(
            after_another(&due, &evergreen, Some(after(1)), 0, after(2)),
            Decision::Send
        );
    }

    #[test]
    fn waiting_for_its_turn_does_not_use_up_the_grace() {
        let mut waited = Due {
            delivery: delivery(|delivery| {
                delivery.next_try = Some(after(25));
                delivery.waits = Waits::ItsTurn;
                delivery.reason = "in whatever words".to_owned();
            }),
            post: post(|_| ()),
            tries: 0,
            channel_left_at: None,
            unapproved: false,
        };
        let decided = |due: &Due, minutes| decide(due, &LatePolicy::default(), after(minutes));
        assert_eq!(decided(&waited, 26), Decision::Send);
        assert!(matches!(decided(&waited, 41), Decision::Missed(_)));
        assert_eq!(last_moment(&waited, &LatePolicy::default()), after(40));
        waited.delivery.waits = Waits::ForItself;
        assert!(matches!(decided(&waited, 26), Decision::Missed(_)));
    }

    #[test]
    fn a_retry_is_held_until_its_time_and_does_not_take_turns() {
        let retry = delivery(|delivery| {
            delivery.attempts = 1;
            delivery.next_try = Some(after(5));
        });
        assert_eq!(at(&retry, &post(|_| ()), after(4)), Decision::Hold);
        assert_eq!(
            after_another(&retry, &post(|_| ()), Some(after(4)), 0, after(5)),
            Decision::Send
        );
    }
    #[test]
    fn what_was_tried_in_vain_when_it_was_due_does_not_take_turns_either() {
        let retry = delivery(|delivery| delivery.next_try = Some(after(5)));
        let left = Some(after(4));
        assert_eq!(
            after_another(&retry, &post(|_| ()), left, 1, after(5)),
            Decision::Send
        );
        assert!(matches!(
            after_another(&retry, &post(|_| ()), left, 0, after(5)),
            Decision::Wait { .. }
        ));
    }
}
