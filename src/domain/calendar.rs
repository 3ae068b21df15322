//! The month grid: which weeks and days stand on it.
//!
//! Pure. A month starts on the week of its 1st and shows whole weeks; all views take their days from here.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// The weeks of a month, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthGrid {
    first: NaiveDate,
    weeks: usize,
    month: NaiveDate,
}

impl MonthGrid {
    /// Returns the grid of the month that `day` lies in, with at least `min_weeks` weeks.
    pub fn of(day: NaiveDate, week_start: Weekday, min_weeks: usize) -> Self {
        let month = first_of_month(day);
        let first = week_of(month, week_start);
        let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
        let days = usize::try_from((next - first).num_days()).unwrap_or(35);
        Self {
            first,
            weeks: days.div_ceil(7).max(min_weeks),
            month,
        }
    }

    /// Returns the first day shown.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// Returns the last day shown.
    pub fn last(&self) -> NaiveDate {
        plus_days(self.first, i64::try_from(self.weeks).unwrap_or(6) * 7 - 1)
    }

    /// Returns the 1st of the month.
    pub fn month(&self) -> NaiveDate {
        self.month
    }

    /// Returns how many weeks are shown.
    pub fn weeks(&self) -> usize {
        self.weeks
    }

    /// Returns the day in a week (from 0) and column (from 0).
    pub fn day(&self, week: usize, column: usize) -> NaiveDate {
        plus_days(self.first, i64::try_from(week * 7 + column).unwrap_or(0))
    }

    /// Returns the week and column of a day; `None` when it is not shown.
    pub fn position(&self, day: NaiveDate) -> Option<(usize, usize)> {
        let offset = usize::try_from((day - self.first).num_days()).ok()?;
        (offset < self.weeks * 7).then_some((offset / 7, offset % 7))
    }

    /// Whether a day lies in the month itself.
    pub fn in_month(&self, day: NaiveDate) -> bool {
        day.year() == self.month.year() && day.month() == self.month.month()
    }
}

/// Returns the 1st of the day's month.
pub fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Returns the last day of the day's month.
pub fn last_of_month(day: NaiveDate) -> NaiveDate {
    first_of_month(day)
        .checked_add_months(Months::new(1))
        .and_then(|next| next.pred_opt())
        .unwrap_or(day)
}

/// Returns the first day of the day's week.
pub fn week_of(day: NaiveDate, week_start: Weekday) -> NaiveDate {
    let offset = (7 + day.weekday().num_days_from_monday() - week_start.num_days_from_monday()) % 7;
    plus_days(day, -i64::from(offset))
}

/// Moves a day; at the ends of the calendar it stays.
pub fn plus_days(day: NaiveDate, days: i64) -> NaiveDate {
    let step = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(step)
    } else {
        day.checked_add_days(step)
    }
    .unwrap_or(day)
}

/// Moves a day by months, to the last day of a shorter month.
pub fn plus_months(day: NaiveDate, months: i32) -> NaiveDate {
    let step = Months::new(months.unsigned_abs());
    if months < 0 {
        day.checked_sub_months(step)
    } else {
        day.checked_add_months(step)
    }
    .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    #[test]
    fn november_2026_starts_on_26_october_and_has_six_weeks() {
        let grid = MonthGrid::of(day(2026, 11, 10), Weekday::Mon, 0);
        assert_eq!(
            (grid.first(), grid.last(), grid.weeks()),
            (day(2026, 10, 26), day(2026, 12, 6), 6)
        );
        assert_eq!(grid.position(day(2026, 11, 10)), Some((2, 1)));
        assert_eq!(grid.position(day(2026, 12, 7)), None);
    }

    #[test]
    fn a_february_that_starts_on_monday_has_four_weeks() {
        let grid = MonthGrid::of(day(2027, 2, 14), Weekday::Mon, 0);
        assert_eq!((grid.first(), grid.weeks()), (day(2027, 2, 1), 4));
    }

    #[test]
    fn weeks_can_start_on_sunday() {
        assert_eq!(week_of(day(2026, 11, 10), Weekday::Sun), day(2026, 11, 8));
    }
}
