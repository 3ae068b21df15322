//! `masthead channels`: what is configured, and with `--check` whether each of them works.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::connection::{Check, ConnectionStatus, LastSuccess, Quota, QuotaOf};
use crate::domain::text_safety::visible;
use crate::domain::{Channel, ChannelName, Limits, LocalTime, Price, Spent};
use crate::runtime::{connections, outlets};
use crate::text::price::spent;
use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
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
    dormant: bool,
    month_to_date: Option<&'a Spent>,
    login_ends_at: Option<String>,
    api_version: Option<&'a str>,
    api_ends_at: Option<String>,
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
            house
                .tasks()?
                .block_on(connections::check(&house.store, &outlets, &mut all));
        }
        let months = months(&house)?;
        if globals.json {
            let rows = all.iter().map(|one| row(one, months.get(&one.channel)));
            json::line(out, &rows.collect::<Vec<_>>())?;
        } else {
            print(out, &all, &months, self.check.then_some(&house), now)?;
        }
        let fails = |one: &ConnectionStatus| matches!(one.check, Check::Fails(_));
        Ok(if self.check && all.iter().any(fails) {
            Done::InPart
        } else {
            Done::Whole
        })
    }
}

fn row<'a>(one: &'a ConnectionStatus, month: Option<&'a Month>) -> Row<'a> {
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
            Check::NotAsked | Check::Works | Check::Sleeps => "",
        },
        limits: one.limits.as_ref(),
        dormant: one.check == Check::Sleeps,
        month_to_date: month.map(|month| &month.spent),
        login_ends_at: ends("login").map(|end| json::utc(end.at)),
        api_version: ends("api").and_then(|end| end.version.as_deref()),
        api_ends_at: ends("api").map(|end| json::utc(end.at)),
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

/// What the posts of this month came to on a channel, and by which prices.
struct Month {
    spent: Spent,
    price: Price,
}

/// Returns that for every channel whose platform takes money.
fn months(house: &House) -> anyhow::Result<BTreeMap<ChannelName, Month>> {
    let mut months = BTreeMap::new();
    for configured in &house.config.channels {
        if let Some(month) = this_month(house, &configured.channel)? {
            months.insert(configured.channel.name.clone(), month);
        }
    }
    Ok(months)
}

/// Returns what the posts of this month came to, where the platform takes money; months begin where the plan's days do.
fn this_month(house: &House, channel: &Channel) -> anyhow::Result<Option<Month>> {
    let Some(price) = channel.price else {
        return Ok(None);
    };
    let today = LocalTime::from_instant(house.real_now(), house.zone)
        .local
        .date();
    let first = today.with_day(1).unwrap_or(today);
    let since = LocalTime::new(first.and_time(chrono::NaiveTime::MIN), house.zone).instant();
    let name = channel.name.clone();
    let sent = house.store.wait(move |db| db.sent_since(&name, since))?;
    let texts: Vec<String> = sent.requests.iter().map(|request| request.text()).collect();
    let texts = texts.iter().map(String::as_str);
    Ok(Some(Month {
        spent: spent(&price, texts, sent.looks),
        price,
    }))
}

/// Says it in one line.
fn spent_words(Month { spent, price }: &Month) -> String {
    let mut words = format!(
        "about {} this month: {}",
        spent.money,
        several(spent.posts, "post")
    );
    if spent.with_link > 0 {
        words.push_str(&format!(", {} with a link", spent.with_link));
    }
    if spent.looks > 0 {
        words.push_str(&format!(", {}", several(spent.looks, "look-up")));
    }
    format!("{words} (prices of {})", price.as_of)
}

fn several(count: u32, one: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {one}{end}")
}

/// Prints one line for each channel, and below it what ends; where it was checked, what was published last and the quota too.
fn print(
    out: &mut impl Write,
    all: &[ConnectionStatus],
    months: &BTreeMap<ChannelName, Month>,
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
            Check::Sleeps => "dormant",
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
        if let Some(month) = months
            .get(&one.channel)
            .filter(|_| one.check != Check::Sleeps)
        {
            writeln!(out, "    {}", spent_words(month))?;
        }
        // A login's days are always told, a version's when there is something to do.
        let told = (one.ends.iter()).filter(|end| end.what == "login" || end.is_near);
        for end in told {
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
