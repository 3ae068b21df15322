//! `masthead channels`: what is configured, and with `--check` whether each of them works.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::connection::{
    Check, ConnectionStatus, LastSuccess, Login, Quota, QuotaOf, Worth,
};
use crate::domain::text_safety::visible;
use crate::domain::{Limits, Permission, Spent};
use crate::runtime::{connections, outlets};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use std::io::Write;

/// List the channels.
#[derive(Debug, clap::Args)]
pub(super) struct Channels {
    /// Ask each platform whose account it is, what its login may do, and for its limits
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    channel: &'a str,
    platform: &'static str,
    like: Option<&'static str>,
    mark: &'a str,
    account: Option<&'a str>,
    /// Where it comes from; null where none is needed.
    secret: Option<&'a str>,
    ok: bool,
    reason: &'a str,
    permission: Option<May<'a>>,
    limits: Option<&'a Limits>,
    dormant: bool,
    month_to_date: Option<&'a Spent>,
    login_ends_at: Option<String>,
    api_version: Option<&'a str>,
    api_ends_at: Option<String>,
    last_success: Option<Published<'a>>,
    quota: Vec<Left>,
}

#[derive(Debug, Serialize)]
struct May<'a> {
    may: &'a str,
    lacks: Vec<&'a str>,
    told_at: String,
}

#[derive(Debug, Serialize)]
struct Published<'a> {
    at: String,
    post: i64,
    permalink: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Left {
    of: QuotaOf,
    left: u32,
    limit: Option<u32>,
    resets_at: Option<String>,
    told_at: String,
}

impl Channels {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let known = house.known_channels()?;
        let outlets = outlets::connect_all(&house.config, &house.locations, &known, &house.http());
        let (paid, now, zone) = (connections::paid(&outlets), house.real_now(), house.zone);
        let seen = (house.store).wait(move |db| connections::seen(db, &paid, now, zone))?;
        let mut all = connections::known(&house.config, &house.locations, &outlets, &seen, now);
        if self.check {
            house
                .tasks()?
                .block_on(connections::check(&house.store, &outlets, &mut all));
        }
        if globals.json {
            let rows = all.iter().map(row);
            json::line(out, &rows.collect::<Vec<_>>())?;
        } else {
            let depth = if self.check {
                Depth::Whole
            } else {
                Depth::Short
            };
            print(out, &all, depth, now, zone)?;
        }
        let fails = |one: &ConnectionStatus| matches!(one.check, Check::Fails(_));
        Ok(if self.check && all.iter().any(fails) {
            Done::InPart
        } else {
            Done::Whole
        })
    }
}

fn row(one: &ConnectionStatus) -> Row<'_> {
    let ends = |what: &str| one.ends.iter().find(|end| end.what == what);
    Row {
        channel: one.channel.as_str(),
        platform: one.platform.word(),
        like: one.like.map(|like| like.word()),
        mark: &one.mark,
        account: one.account.as_deref(),
        secret: one.login.source(),
        ok: !matches!(one.check, Check::Fails(_)),
        reason: match &one.check {
            Check::Fails(reason) => reason,
            Check::NotAsked | Check::Works | Check::Sleeps => "",
        },
        permission: one.permission.as_ref().map(may),
        limits: one.limits.as_ref(),
        dormant: one.check == Check::Sleeps,
        month_to_date: one.month.as_ref().map(|month| &month.spent),
        login_ends_at: ends("login").map(|end| json::utc(end.at)),
        api_version: ends("api").and_then(|end| end.version.as_deref()),
        api_ends_at: ends("api").map(|end| json::utc(end.at)),
        last_success: one.last_success.as_ref().map(published),
        quota: one.quota.iter().map(left).collect(),
    }
}

fn may(permission: &Permission) -> May<'_> {
    let lacks = permission.lacks.iter();
    May {
        may: &permission.may,
        lacks: lacks.map(|lack| lack.words.as_str()).collect(),
        told_at: json::utc(permission.told_at),
    }
}

fn published(last: &LastSuccess) -> Published<'_> {
    Published {
        at: json::utc(last.at),
        post: last.post.0,
        permalink: last.permalink.as_deref(),
    }
}

fn left(quota: &Quota) -> Left {
    Left {
        of: quota.of,
        left: quota.left,
        limit: quota.limit,
        resets_at: quota.resets_at.map(json::utc),
        told_at: json::utc(quota.told_at),
    }
}

/// How much is said of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What it is, and what somebody has to do.
    Short,
    /// All that is known.
    Whole,
}

/// Prints one line for each channel, and below it what ends and what is missing; where it was checked, the rest too.
fn print(
    out: &mut impl Write,
    all: &[ConnectionStatus],
    depth: Depth,
    now: DateTime<Utc>,
    zone: Tz,
) -> std::io::Result<()> {
    if all.is_empty() {
        writeln!(
            out,
            "no channel is configured: config.example.toml shows how; a sandbox needs no account"
        )?;
    }
    for one in all {
        let like = one
            .like
            .map_or_else(String::new, |like| format!(" like {}", like.word()));
        let works = match &one.login {
            Login::From(_) => "works".to_owned(),
            Login::NoneNeeded(why) => format!("works; {why}"),
        };
        let state = match &one.check {
            Check::Works => &works,
            Check::Sleeps => "dormant",
            Check::NotAsked => match &one.login {
                Login::From(from) => from,
                Login::NoneNeeded(why) => why,
            },
            Check::Fails(reason) => reason,
        };
        let whose = match (&one.account, one.login.source()) {
            (Some(account), _) => account,
            (None, Some(_)) => "not connected yet",
            (None, None) => "no account",
        };
        let mut line = format!(
            "{:<2}  {:<16}  {:<21}  {}  {}",
            one.mark,
            one.channel,
            format!("{}{like}", one.platform),
            visible(whose),
            visible(state)
        );
        if let Some(most) = one.limits.as_ref().and_then(|limits| limits.max_characters) {
            line.push_str(&format!("  {most} characters"));
        }
        writeln!(out, "{line}")?;
        if let Some(month) = one.month.filter(|_| one.check != Check::Sleeps) {
            writeln!(out, "    {}", month.words())?;
        }
        // Without asking, only what a person has to do is worth a line.
        for (worth, line) in one.permissions(zone) {
            if depth == Depth::Whole || worth != Worth::Fine {
                writeln!(out, "    {}", visible(&line))?;
            }
        }
        // A login's days are always told, a version's when there is something to do.
        let told = (one.ends.iter()).filter(|end| end.what == "login" || end.is_near);
        for end in told {
            writeln!(out, "    {}", visible(&end.words))?;
        }
        if depth == Depth::Whole {
            for (_, line) in one.activity(now, zone) {
                writeln!(out, "    {}", visible(&line))?;
            }
        }
    }
    Ok(())
}
