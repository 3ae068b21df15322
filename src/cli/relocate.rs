//! `masthead move`: another time for a post, or none.

use super::house::House;
use super::{Done, Globals, json, times};
use crate::domain::when::When;
use crate::domain::{LocalTime, Plan};
use anyhow::bail;
use std::io::Write;

/// Move a post.
#[derive(Debug, clap::Args)]
pub(super) struct Move {
    /// The post
    id: i64,
    /// A time ("2026-12-01 09:00", "next fri"), a step ("+1d", "-2h", "+15m"), "queue" or "shelf"
    #[arg(required = true, allow_hyphen_values = true, num_args = 1..)]
    when: Vec<String>,
    /// Zone of the time
    #[arg(long)]
    zone: Option<String>,
}

impl Move {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let view = house.post(self.id)?;
        let mut content = view.post.content.clone();
        let words = self.when.join(" ");
        let words = words.trim();
        let zone = match (&self.zone, content.plan.at()) {
            (None, Some(present)) => present.zone,
            (name, _) => times::zone(&house, name.as_deref())?,
        };
        content.plan = match (words, content.plan.at()) {
            ("queue" | "queued", _) => Plan::Queued,
            (words, present) => match (step(words), present) {
                (Some(step), Some(present)) => Plan::At(times::said(step.from(present))),
                (Some(_), None) => bail!("post {} has no time to move from", self.id),
                (None, present) => match times::plan(&house, "move", words, zone)? {
                    When::Shelf => Plan::Shelf,
                    When::At {
                        time,
                        has_time: true,
                    } => Plan::At(times::said(time)),
                    // A day alone keeps the clock time that the post has.
                    When::At { time, .. } => match present {
                        Some(present) => Plan::At(times::said(LocalTime::new(
                            time.local.date().and_time(present.local.time()),
                            zone,
                        ))),
                        None => {
                            bail!("move: `{words}` has no clock time; add one: `{words} 09:00`")
                        }
                    },
                },
            },
        };
        if let Plan::At(time) = content.plan {
            times::not_past(&house, "move", time)?;
            content.scheduled = true;
        }
        let label = match content.plan {
            Plan::Shelf => "moved to the shelf".to_owned(),
            Plan::Queued => "moved to the queue".to_owned(),
            Plan::At(time) => format!("moved to {}", times::shown(time)),
        };
        let (id, base) = (view.post.id, view.post.revision);
        let (author, now, said) = (house.author.clone(), house.now(), label.clone());
        house
            .store
            .wait(move |db| db.save_post(&author, id, base, &content, &said, now))?;
        if globals.json {
            json::line(out, &json::view(&house.post(self.id)?, house.zone))?;
        } else {
            writeln!(out, "{label}")?;
        }
        Ok(Done::Whole)
    }
}

/// A step from the present time of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Days(i64),
    Minutes(i64),
}

impl Step {
    fn from(self, time: LocalTime) -> LocalTime {
        match self {
            Self::Days(days) => time.plus_days(days),
            Self::Minutes(minutes) => time.plus_minutes(minutes),
        }
    }
}

/// Reads `+1d`, `-2h`, `+15m`, `+1w`.
fn step(words: &str) -> Option<Step> {
    let sign = match words.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let rest = words[1..].trim();
    let unit = rest.chars().last()?;
    let number: i64 = rest[..rest.len() - unit.len_utf8()].trim().parse().ok()?;
    let number = sign * i64::from(i32::try_from(number).ok()?);
    Some(match unit {
        'w' => Step::Days(number * 7),
        'd' => Step::Days(number),
        'h' => Step::Minutes(number * 60),
        'm' => Step::Minutes(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_days_weeks_hours_and_minutes() {
        assert_eq!(step("+1d"), Some(Step::Days(1)));
        assert_eq!(step("-2w"), Some(Step::Days(-14)));
        assert_eq!(step("-2h"), Some(Step::Minutes(-120)));
        assert_eq!(step("+ 15 m"), Some(Step::Minutes(15)));
        for words in ["1d", "+d", "+1y", "+", "", "next fri"] {
            assert_eq!(step(words), None, "{words}");
        }
    }
}
