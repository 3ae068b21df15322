//! `masthead agenda`: the coming days in sentences, one post a line, for people, screen readers and mail.

use super::chosen::Chosen;
use super::house::House;
use super::{Done, Globals, freeze, json, times};
use crate::domain::calendar::plus_days;
use crate::domain::{Filter, LocalTime, Summary, sentence};
use crate::store::PostView;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;
use std::io::Write;

/// Print the coming days, one post a line.
#[derive(Debug, clap::Args)]
pub(super) struct Agenda {
    /// The first day [default: today]
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// How many days
    #[arg(long, default_value_t = 14, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Serialize)]
struct ShownDay<'a> {
    date: NaiveDate,
    today: bool,
    posts: Vec<json::Shown<'a>>,
}

/// A day with its posts, by time.
type Day<'a> = (NaiveDate, Vec<(DateTime<Utc>, &'a PostView)>);

impl Agenda {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let today = house.local_now(house.zone).local.date();
        let from = match &self.from {
            None => today,
            Some(words) => {
                let at = times::bound(&house, "--from", words)?.instant();
                at.with_timezone(&house.zone).date_naive()
            }
        };
        let to = plus_days(from, i64::from(self.days));
        let midnight = |day: NaiveDate| LocalTime::new(day.and_time(NaiveTime::MIN), house.zone);
        let mut wanted = self.chosen.wanted(&house)?;
        (wanted.from, wanted.to) = (Some(midnight(from).instant()), Some(midnight(to).instant()));
        let filter = wanted.filter.clone();
        let views = house.store.wait(move |db| db.find(&wanted))?;
        let days = by_day(&house, &views);
        if globals.json {
            let shown: Vec<ShownDay<'_>> = days
                .iter()
                .map(|(date, posts)| ShownDay {
                    date: *date,
                    today: *date == today,
                    posts: posts
                        .iter()
                        .map(|(_, it)| json::view(it, house.zone))
                        .collect(),
                })
                .collect();
            json::line(out, &shown)?;
            return Ok(Done::Whole);
        }
        freeze::remind(&house, globals)?;
        if days.is_empty() {
            let last = plus_days(to, -1);
            writeln!(out, "Nothing from {} to {}.", in_full(from), in_full(last))?;
        }
        for (date, posts) in &days {
            let is_today = if *date == today { ", today" } else { "" };
            writeln!(
                out,
                "{}{is_today}. {}.",
                in_full(*date),
                posts_of(posts.len())
            )?;
            for (at, view) in posts {
                let clock = at.with_timezone(&house.zone).format("%H:%M");
                let mut post = Summary::from(*view);
                post.held = house
                    .config
                    .review
                    .holds(view.post.content.scheduled, view.review);
                writeln!(out, "{clock} {}", sentence(&post))?;
            }
        }
        last_line(&house, &filter, out)?;
        Ok(Done::Whole)
    }
}

fn by_day<'a>(house: &House, views: &'a [PostView]) -> Vec<Day<'a>> {
    let mut days: Vec<Day<'a>> = Vec::new();
    for view in views {
        let due = view.deliveries.iter().filter_map(|it| it.due_at).min();
        let Some(at) = due.or(view.post.content.plan.at().map(|it| it.instant())) else {
            continue;
        };
        let date = at.with_timezone(&house.zone).date_naive();
        match days.last_mut() {
            Some((last, posts)) if *last == date => posts.push((at, view)),
            _ => days.push((date, vec![(at, view)])),
        }
    }
    days
}

/// How many need a person, whatever was asked for, and how many of what was asked for have no time yet.
fn last_line(house: &House, filter: &Filter, out: &mut impl Write) -> anyhow::Result<()> {
    let filter = filter.clone();
    let (queue, next) = house
        .store
        .wait(move |db| Ok((db.queue(0)?, db.next_matching(&filter, usize::MAX)?.0)))?;
    let undated = next.iter().filter(|post| post.due_at.is_none()).count();
    let mut words = vec![format!("Needs you: {}.", queue.needs_you_total)];
    if undated > 0 {
        words.push(format!("Without a time: {undated}."));
    }
    writeln!(out, "{}", words.join(" "))?;
    Ok(())
}

fn in_full(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

fn posts_of(count: usize) -> String {
    match count {
        1 => "1 post".to_owned(),
        more => format!("{more} posts"),
    }
}
