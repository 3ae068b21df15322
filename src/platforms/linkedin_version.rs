//! The versions of LinkedIn's API by their months, and when each of them ends.
//!
//! Source: learn.microsoft.com, LinkedIn "versioning" and "migrations" (views to li-lms-2026-07, read 2026-11): one version
//! a month, each supported for about a year. A call names its version; after its end every call is answered 426.

use super::ApiEnd;
use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};

/// The version that the calls of this program were written for.
pub(super) const DEFAULT: &str = "202607";

/// The ends that LinkedIn named. There was no 202512.
const ENDS: [(&str, (i32, u32, u32)); 4] = [
    ("202511", (2026, 11, 16)),
    ("202601", (2027, 1, 15)),
    ("202602", (2027, 2, 15)),
    ("202603", (2027, 3, 16)),
];

/// The day of the month around which versions were ended so far.
const USUAL_DAY: u32 = 15;

/// Returns when a version ends; one without a date of its own is expected to live for a year. `None` for what is none.
pub(super) fn end(version: &str) -> Option<ApiEnd> {
    let known = ENDS.iter().find(|(name, _)| *name == version);
    let date = match known {
        Some((_, (year, month, day))) => NaiveDate::from_ymd_opt(*year, *month, *day)?,
        None => {
            let year = version.get(..4)?.parse().ok()?;
            let month = version.get(4..)?.parse().ok()?;
            NaiveDate::from_ymd_opt(year, month, USUAL_DAY)?.checked_add_months(Months::new(12))?
        }
    };
    Some(ApiEnd {
        version: version.to_owned(),
        at: DateTime::<Utc>::from_naive_utc_and_offset(date.and_time(NaiveTime::MIN), Utc),
        is_announced: known.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_ends_when_it_was_said_or_else_about_a_year_on() {
        let said =
            |version| end(version).map(|end| (end.at.date_naive().to_string(), end.is_announced));
        let day = |text: &str, announced| Some((text.to_owned(), announced));
        assert_eq!(said("202601"), day("2027-01-15", true));
        assert_eq!(said("202511"), day("2026-11-16", true));
        assert_eq!(said(DEFAULT), day("2027-07-15", false));
        for none in ["", "2026", "202613", "2026-7", "latest", "20é607"] {
            assert_eq!(said(none), None, "{none}");
        }
    }
}
