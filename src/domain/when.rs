//! Time words as people type them: "next fri 14:00", "in 2 h", "nov 30", "+10", "week 50", "shelf".
//!
//! Pure: the present is an argument. `app` shows the meaning at every keystroke, `cli` uses it for `--at`.
//! What single words mean is in `when_words.rs`.

use super::calendar::{first_of_month, plus_months, week_of};
use super::when_words::{self as words, Span};
use super::{LocalTime, Plan};
use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveTime, Weekday};

/// What typed words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// No date: back to the shelf.
    Shelf,
    /// A day and, where one was typed, a clock time (else `has_time` is false and the time is midnight).
    At {
        /// The wall time and its zone.
        time: LocalTime,
        /// Whether a clock time was typed.
        has_time: bool,
    },
}

/// The clock time of a day that was named without one.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(nine) => nine,
    None => NaiveTime::MIN,
};

impl When {
    /// Returns the plan that it means. A day without a clock time keeps that of `present`, else it is nine in the morning.
    pub fn plan(self, present: Option<LocalTime>) -> Plan {
        match self {
            Self::Shelf => Plan::Shelf,
            Self::At {
                time,
                has_time: true,
            } => Plan::At(time),
            Self::At {
                time,
                has_time: false,
            } => {
                let clock = present.map_or(MORNING, |at| at.local.time());
                Plan::At(LocalTime::new(time.local.date().and_time(clock), time.zone))
            }
        }
    }
}

/// The words mean no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time; try: tomorrow 14:00, next mon 9, nov 30 9:00, in 2 h, 2027-01-12 09:00")]
pub struct WhenError(pub String);

/// Longer input is no time and not worth reading.
const MAX_WORDS: usize = 200;
/// The furthest step that is taken for one, in any unit.
const MAX_STEP: i64 = 100_000;

/// Reads time words relative to `now` (a local time in the zone to assume).
///
/// A weekday is the coming one, never today; `next` takes the one in the next ISO week. A date without a
/// year is the next one, today included. A clock time alone is today if still to come, else tomorrow. A zone
/// name, or the city of one, may end it.
///
/// # Errors
/// When the words, or some of them, mean no time; nothing is guessed.
pub fn parse(words: &str, now: LocalTime) -> Result<When, WhenError> {
    let refused = || WhenError(words.trim().to_owned());
    let typed = words.trim().to_lowercase();
    if typed.len() > MAX_WORDS {
        return Err(refused());
    }
    if matches!(typed.as_str(), "shelf" | "none") {
        return Ok(When::Shelf);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(&typed.to_uppercase().replace(' ', "T")) {
        return Ok(At::exact(LocalTime::from_instant(at.to_utc(), now.zone)));
    }
    let tokens: Vec<&str> = typed
        .split([' ', '\t', ','])
        .filter(|token| !matches!(*token, "" | "at" | "on"))
        .collect();
    // As much as possible is the zone: `new york` before `york`.
    for zone_words in (0..=tokens.len().saturating_sub(1).min(3)).rev() {
        let (rest, zone) = tokens.split_at(tokens.len() - zone_words);
        let now = match words::zone(&zone.join(" ")) {
            Some(zone) => LocalTime::from_instant(now.instant(), zone),
            None if zone_words == 0 => now,
            None => continue,
        };
        if let Some(at) = Reader::new(rest, now).read() {
            return Ok(at);
        }
    }
    Err(refused())
}

/// Builds the answers.
struct At;

impl At {
    fn exact(time: LocalTime) -> When {
        When::At {
            time: to_the_minute(time),
            has_time: true,
        }
    }

    fn day(day: NaiveDate, time: Option<NaiveTime>, now: LocalTime) -> When {
        let local = day.and_time(time.unwrap_or(NaiveTime::MIN));
        When::At {
            time: LocalTime::new(local, now.zone),
            has_time: time.is_some(),
        }
    }
}

/// The clock's face counts: "in 1 min" is the next minute that it shows.
fn to_the_minute(time: LocalTime) -> LocalTime {
    use chrono::Timelike;
    let local = time
        .local
        .with_second(0)
        .and_then(|local| local.with_nanosecond(0));
    LocalTime::new(local.unwrap_or(time.local), time.zone)
}

/// Reads tokens from the left; every one must mean something.
struct Reader<'a> {
    tokens: &'a [&'a str],
    now: LocalTime,
    today: NaiveDate,
    day: Option<NaiveDate>,
    time: Option<NaiveTime>,
    exact: Option<LocalTime>,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [&'a str], now: LocalTime) -> Self {
        Self {
            tokens,
            now,
            today: now.local.date(),
            day: None,
            time: None,
            exact: None,
        }
    }

    fn read(mut self) -> Option<When> {
        if self.tokens.is_empty() {
            return None;
        }
        while let Some((token, rest)) = self.tokens.split_first() {
            self.tokens = rest;
            self.take(token)?;
        }
        if let Some(exact) = self.exact {
            return (self.day.is_none() && self.time.is_none()).then(|| At::exact(exact));
        }
        let day = match (self.day, self.time) {
            (Some(day), _) => day,
            (None, Some(time)) if time > self.now.local.time() => self.today,
            (None, Some(_)) => self.today.succ_opt()?,
            (None, None) => return None,
        };
        (1..=9999)
            .contains(&day.year())
            .then(|| At::day(day, self.time, self.now))
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.first().copied()
    }

    /// Takes the next token when it means something to `read`.
    fn next_if<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let found = read(self.peek()?)?;
        self.tokens = &self.tokens[1..];
        Some(found)
    }

    fn set_day(&mut self, day: NaiveDate) -> Option<()> {
        self.day.is_none().then(|| self.day = Some(day))
    }

    fn set_time(&mut self, time: NaiveTime) -> Option<()> {
        self.time.is_none().then(|| self.time = Some(time))
    }

    fn take(&mut self, token: &str) -> Option<()> {
        match token {
            "today" | "tod" => return self.set_day(self.today),
            "tomorrow" | "tom" | "tmr" => return self.set_day(self.today.succ_opt()?),
            "yesterday" => return self.set_day(self.today.pred_opt()?),
            "noon" => return self.set_time(NaiveTime::from_hms_opt(12, 0, 0)?),
            "midnight" => return self.set_time(NaiveTime::MIN),
            "now" => {
                self.exact = Some(self.now);
                return Some(());
            }
            "in" => return self.take_step(),
            "next" => return self.take_next(),
            "this" => {
                let weekday = self.next_if(words::weekday)?;
                return self.set_day(self.in_week(0, weekday)?);
            }
            "week" => {
                let number = self.next_if(words::number)?;
                return self.take_week(number);
            }
            _ => {}
        }
        if let Some(weekday) = words::weekday(token) {
            let ahead = (7 + weekday.num_days_from_monday()
                - self.today.weekday().num_days_from_monday())
                % 7;
            let ahead = if ahead == 0 { 7 } else { ahead };
            return self.set_day(
                self.today
                    .checked_add_signed(Duration::days(ahead.into()))?,
            );
        }
        if let Some(month) = words::month(token) {
            let day = self.next_if(words::day_of_month);
            return self.take_date(day.unwrap_or(1), month);
        }
        if let Some((sign, rest)) = words::signed(token) {
            return self.take_signed(sign, rest);
        }
        if let Some((day, time)) = words::date(token) {
            self.set_day(day)?;
            return time.map_or(Some(()), |time| self.set_time(time));
        }
        self.take_number(token)
    }

    /// Takes what begins with a number: a day before its month, a day of the month, a clock time.
    fn take_number(&mut self, token: &str) -> Option<()> {
        if let Some(day) = words::day_of_month(token) {
            if let Some(month) = self.next_if(words::month) {
                return self.take_date(day, month);
            }
            if words::number(token).is_none_or(|number| number > 23) {
                return self.set_day(self.next_day_of_month(day)?);
            }
        }
        if let Some(number) = token.strip_prefix('w').and_then(words::number) {
            return self.take_week(number);
        }
        if let Some(half) = self.peek().filter(|word| matches!(*word, "am" | "pm")) {
            self.tokens = &self.tokens[1..];
            return self.set_time(words::clock(&format!("{token}{half}"))?);
        }
        self.set_time(words::clock(token)?)
    }

    /// Takes a day and month with the year that may follow; without one it is the next such day.
    fn take_date(&mut self, day: u32, month: u32) -> Option<()> {
        let year = self.next_if(words::year);
        let date = match year {
            Some(year) => NaiveDate::from_ymd_opt(year, month, day)?,
            None => {
                // 29 February can be eight years away.
                let this = self.today.year();
                (this..=this + 8)
                    .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
                    .find(|&date| date >= self.today)?
            }
        };
        self.set_day(date)
    }

    fn next_day_of_month(&self, day: u32) -> Option<NaiveDate> {
        let month = first_of_month(self.today);
        (0..12)
            .filter_map(|ahead| plus_months(month, ahead).with_day(day))
            .find(|&date| date >= self.today)
    }

    /// Takes the number and unit of `in 2 h`, `in 3 weeks`; after a day they count from there.
    fn take_step(&mut self) -> Option<()> {
        let token = self.peek()?;
        self.tokens = &self.tokens[1..];
        let (count, span) = match words::step(token)? {
            (count, Some(span)) => (count, span),
            (count, None) => (count, self.next_if(words::span)?),
        };
        self.step(count, span)
    }

    fn take_signed(&mut self, sign: i64, rest: &str) -> Option<()> {
        let (count, span) = words::step(rest)?;
        let span = span
            .or_else(|| self.next_if(words::span))
            .unwrap_or(Span::Days);
        self.step(sign * count, span)
    }

    fn step(&mut self, count: i64, span: Span) -> Option<()> {
        if count.abs() > MAX_STEP || self.exact.is_some() {
            return None;
        }
        let from = self.day.unwrap_or(self.today);
        let day = match span {
            Span::Minutes | Span::Hours if self.day.is_some() => return None,
            Span::Minutes | Span::Hours => {
                let minutes = if span == Span::Hours {
                    count * 60
                } else {
                    count
                };
                self.exact = Some(self.now.plus_minutes(minutes));
                return Some(());
            }
            Span::Days => from.checked_add_signed(Duration::days(count))?,
            Span::Weeks => from.checked_add_signed(Duration::weeks(count))?,
            Span::Months => {
                let months = Months::new(u32::try_from(count.abs()).ok()?);
                if count < 0 {
                    from.checked_sub_months(months)?
                } else {
                    from.checked_add_months(months)?
                }
            }
        };
        self.day = Some(day);
        Some(())
    }

    fn take_next(&mut self) -> Option<()> {
        if let Some(weekday) = self.next_if(words::weekday) {
            return self.set_day(self.in_week(1, weekday)?);
        }
        match self.next_if(words::span)? {
            // "wed next week" names the day before the week.
            Span::Weeks => {
                let weekday = self.day.take().map_or(Weekday::Mon, |day| day.weekday());
                self.set_day(self.in_week(1, weekday)?)
            }
            Span::Months => self.set_day(plus_months(first_of_month(self.today), 1)),
            Span::Days => self.set_day(self.today.succ_opt()?),
            Span::Minutes | Span::Hours => None,
        }
    }

    fn in_week(&self, ahead: i64, weekday: Weekday) -> Option<NaiveDate> {
        let days = ahead * 7 + i64::from(weekday.num_days_from_monday());
        week_of(self.today, Weekday::Mon).checked_add_signed(Duration::days(days))
    }

    /// Takes an ISO week, which is its Monday; a year may follow, else it is the present or coming one.
    fn take_week(&mut self, number: u32) -> Option<()> {
        let monday = |year| NaiveDate::from_isoywd_opt(year, number, Weekday::Mon);
        let date = match self.next_if(words::year) {
            Some(year) => monday(year)?,
            None => {
                let this_week = week_of(self.today, Weekday::Mon);
                let this = self.today.iso_week().year();
                // Week 53 comes every five or six years.
                (this..=this + 8)
                    .filter_map(monday)
                    .find(|&date| date >= this_week)?
            }
        };
        self.set_day(date)
    }
}
