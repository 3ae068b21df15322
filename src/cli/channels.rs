//! `masthead channels`: what is configured, and with `--check` whether each of them works.

use super::house::{House, tasks};
use super::{Done, Globals, json};
use crate::domain::Limits;
use crate::domain::connection::{Check, ConnectionStatus, LastSuccess, Quota, QuotaOf};
use crate::domain::text_safety::visible;
use crate::runtime::{connections, outlets};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::Write;

/// List the channels.
#[derive(Debug, clap::Args)]
pub(super) struct Channels {
    /// Ask each platform whose account it is, whether it may publish, and for its limits
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
    secret: &'a str,
    ok: bool,
    reason: &'a str,
    limits: Option<&'a Limits>,
    login_ends_at: Option<String>,
    last_success: Option<Published<'a>>,
    quota: Vec<Left>,
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
        let seen = house.store.wait(|db| db.connections_seen())?;
        let now = house.real_now();
        let mut all = connections::known(&house.config, &house.locations, &outlets, &seen, now);
        if self.check {
            tasks()?.block_on(connections::check(&house.store, &outlets, &mut all));
        }
        if globals.json {
            let rows: Vec<Row<'_>> = all.iter().map(row).collect();
            json::line(out, &rows)?;
        } else {
            print(out, &all, self.check.then_some(&house), now)?;
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
        secret: &one.secret,
        ok: !matches!(one.check, Check::Fails(_)),
        reason: match &one.check {
            Check::Fails(reason) => reason,
            Check::NotAsked | Check::Works => "",
        },
        limits: one.limits.as_ref(),
        login_ends_at: ends("login").map(|end| json::utc(end.at)),
        last_success: one.last_success.as_ref().map(published),
        quota: one.quota.iter().map(left).collect(),
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

/// Prints one line for each channel, and below it what ends; where it was checked, what was published last and the quota too.
fn print(
    out: &mut impl Write,
    all: &[ConnectionStatus],
    checked: Option<&House>,
    now: DateTime<Utc>,
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
        let state = match &one.check {
            Check::Works => "works",
            Check::NotAsked => &one.secret,
            Check::Fails(reason) => reason,
        };
        let mut line = format!(
            "{:<2}  {:<16}  {:<21}  {}  {}",
            one.mark,
            one.channel,
            format!("{}{like}", one.platform),
            visible(one.account.as_deref().unwrap_or("not connected yet")),
            visible(state)
        );
        if let Some(most) = one.limits.as_ref().and_then(|limits| limits.max_characters) {
            line.push_str(&format!("  {most} characters"));
        }
        writeln!(out, "{line}")?;
        for end in &one.ends {
            writeln!(out, "    {}", visible(&end.words))?;
        }
        if let Some(house) = checked {
            for (_, line) in one.activity(now, house.zone) {
                writeln!(out, "    {}", visible(&line))?;
            }
        }
    }
    Ok(())
}
