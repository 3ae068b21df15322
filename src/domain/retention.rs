//! Which copies of the calendar are kept: the newest of each of the last days, weeks and months.
//!
//! Counts days that have a copy, not days that passed: a long holiday deletes nothing.

use chrono::{DateTime, Datelike, Utc};
use std::collections::BTreeSet;

/// Of how many days, weeks and months a copy is kept.
const DAYS: usize = 7;
const WEEKS: usize = 4;
const MONTHS: usize = 6;

/// Returns the copies that may be deleted, the oldest first; `copies` are the times at which they were taken, in any order.
pub fn outlived(copies: &[DateTime<Utc>]) -> Vec<DateTime<Utc>> {
    let mut newest_first = copies.to_vec();
    newest_first.sort_unstable();
    newest_first.dedup();
    newest_first.reverse();
    let mut kept = BTreeSet::new();
    newest_of_each(&newest_first, DAYS, &mut kept, |at| {
        (at.year(), at.ordinal())
    });
    newest_of_each(&newest_first, WEEKS, &mut kept, |at| {
        (at.iso_week().year(), at.iso_week().week())
    });
    newest_of_each(&newest_first, MONTHS, &mut kept, |at| {
        (at.year(), at.month())
    });
    newest_first.reverse();
    newest_first.retain(|at| !kept.contains(at));
    newest_first
}

fn newest_of_each(
    newest_first: &[DateTime<Utc>],
    most: usize,
    kept: &mut BTreeSet<DateTime<Utc>>,
    span: impl Fn(&DateTime<Utc>) -> (i32, u32),
) {
    let mut spans = BTreeSet::new();
    for at in newest_first {
        if spans.len() < most && spans.insert(span(at)) {
            kept.insert(*at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone};

    fn day(number: i64) -> DateTime<Utc> {
        let first = Utc.with_ymd_and_hms(2026, 1, 1, 6, 0, 0).single();
        first.expect("an instant") + TimeDelta::days(number)
    }

    /// What is left when a copy is taken each day and the rule applied each time.
    fn kept_after(days: i64) -> Vec<DateTime<Utc>> {
        let mut copies = Vec::new();
        for number in 0..days {
            copies.push(day(number));
            let gone = outlived(&copies);
            copies.retain(|at| !gone.contains(at));
        }
        copies
    }

    #[test]
    fn a_year_of_daily_copies_leaves_seven_days_four_weeks_and_six_months() {
        let kept = kept_after(365);
        assert!(kept.len() <= 7 + 4 + 6, "{kept:?}");
        for number in 358..365 {
            assert!(kept.contains(&day(number)), "day {number}");
        }
        let months: BTreeSet<u32> = kept.iter().map(Datelike::month).collect();
        assert_eq!(months, (7..=12).collect());
        let weeks: BTreeSet<u32> = kept.iter().map(|at| at.iso_week().week()).collect();
        assert!((50..=53).all(|week| weeks.contains(&week)), "{weeks:?}");
    }

    #[test]
    fn a_long_pause_deletes_nothing_and_the_newest_copy_always_stays() {
        assert!(outlived(&[day(0), day(300)]).is_empty());
        assert!(outlived(&[day(0)]).is_empty());
        assert!(outlived(&[]).is_empty());
    }

    #[test]
    fn of_several_copies_on_one_day_the_newest_is_kept() {
        let noon = day(0) + TimeDelta::hours(6);
        assert_eq!(outlived(&[noon, day(0)]), [day(0)]);
    }
}
