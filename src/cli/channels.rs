//! `masthead channels`: what is configured, and with `--check` whether each of them works.

use super::house::{House, tasks};
use super::{Done, Globals, json};
use crate::domain::text_safety::visible;
use crate::domain::{Account, Channel, Limits, LocalTime, Price, Spent};
use crate::publisher::Outlet;
use crate::runtime::{logins, outlets};
use crate::store::Store;
use crate::text::price::spent;
use chrono::Datelike;
use serde::Serialize;
use std::io::Write;

/// List the channels.
#[derive(Debug, clap::Args)]
pub(super) struct Channels {
    /// Ask each platform whose account it is, and for its limits
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    channel: String,
    platform: &'static str,
    like: Option<&'static str>,
    mark: String,
    account: Option<String>,
    secret: String,
    ok: bool,
    reason: String,
    limits: Option<Limits>,
    dormant: bool,
    month_to_date: Option<Spent>,
    #[serde(skip)]
    price: Option<Price>,
    login_ends_at: Option<String>,
    #[serde(skip)]
    login: Option<String>,
}

impl Channels {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let known = house.known_channels()?;
        let outlets = outlets::connect_all(&house.config, &house.locations, &known, &house.http());
        let facts = house.store.wait(|db| db.facts())?;
        let (ends, now) = (
            logins::ends(&house.config, &house.locations),
            house.real_now(),
        );
        let mut rows: Vec<Row> = Vec::new();
        for configured in &house.config.channels {
            let name = &configured.channel.name;
            let Some(outlet) = outlets.get(name) else {
                continue;
            };
            let end = ends.iter().find(|end| end.channel == *name);
            rows.push(Row {
                login_ends_at: end.map(|end| json::utc(end.at)),
                login: end.map(|end| end.words(now)),
                channel: name.to_string(),
                platform: outlet.channel.platform.word(),
                like: outlet.channel.like.map(|like| like.word()),
                mark: outlet.channel.mark.clone(),
                account: account(&outlet.channel),
                secret: secret(&house, configured),
                // Nobody is asked to mend what sleeps.
                ok: outlet.platform.is_ok() || configured.channel.dormant,
                reason: outlet.platform.as_ref().err().cloned().unwrap_or_default(),
                limits: facts.get(name).and_then(|facts| facts.limits.clone()),
                dormant: configured.channel.dormant,
                month_to_date: this_month(&house, &configured.channel)?,
                price: configured.channel.price,
            });
        }
        if self.check {
            tasks()?.block_on(check(&house.store, &outlets, &mut rows));
        }
        if globals.json {
            json::line(out, &rows)?;
        } else {
            print(out, &rows, self.check)?;
        }
        Ok(if self.check && rows.iter().any(|row| !row.ok) {
            Done::InPart
        } else {
            Done::Whole
        })
    }
}

fn account(channel: &Channel) -> Option<String> {
    if channel.platform.is_by_hand() {
        let page = channel.page.clone();
        return Some(page.unwrap_or_else(|| "no page named".to_owned()));
    }
    channel
        .account
        .as_ref()
        .map(|account| account.handle.clone())
}

fn secret(house: &House, configured: &crate::config::ChannelConfig) -> String {
    if configured.channel.platform.is_by_hand() {
        return "posted by hand".to_owned();
    }
    if configured.channel.platform.is_local() {
        return "none needed".to_owned();
    }
    outlets::source(configured, &house.locations).to_string()
}

/// Returns what the posts of this month came to, where the platform takes money; months begin where the plan's days do.
fn this_month(house: &House, channel: &Channel) -> anyhow::Result<Option<Spent>> {
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
    Ok(Some(spent(&price, texts, sent.looks)))
}

/// Says it in one line.
fn spent_words(spent: &Spent, price: &Price) -> String {
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

/// Asks every platform, all at the same time.
async fn check(
    store: &Store,
    outlets: &std::collections::BTreeMap<crate::domain::ChannelName, Outlet>,
    rows: &mut [Row],
) {
    let mut asked = tokio::task::JoinSet::new();
    for outlet in outlets.values().filter(|outlet| !outlet.channel.dormant) {
        let (store, outlet) = (store.clone(), outlet.clone());
        asked.spawn(async move {
            let name = outlet.channel.name.to_string();
            (name, ask(&store, outlet).await)
        });
    }
    while let Some(answer) = asked.join_next().await {
        let Ok((name, answer)) = answer else { continue };
        let Some(row) = rows.iter_mut().find(|row| row.channel == name) else {
            continue;
        };
        match answer {
            Ok((account, limits)) => {
                row.account = Some(account.handle);
                row.limits = Some(limits);
                row.ok = true;
            }
            Err(reason) => {
                row.ok = false;
                row.reason = reason;
            }
        }
    }
}

async fn ask(store: &Store, outlet: Outlet) -> Result<(Account, Limits), String> {
    let platform = outlet.platform?;
    let account = platform.verify().await.map_err(|error| error.to_string())?;
    let (name, whose) = (outlet.channel.name.clone(), account.clone());
    store
        .call(move |db| db.pin_account(&name, &whose))
        .await
        .map_err(|error| error.to_string())?;
    let limits = platform.limits().await.map_err(|error| error.to_string())?;
    let limits = Limits {
        fetched_at: Some(crate::domain::Clock::now(&crate::runtime::clock::RealClock)),
        ..limits
    };
    let (name, fetched) = (outlet.channel.name, limits.clone());
    store
        .call(move |db| db.save_limits(&name, &fetched))
        .await
        .map_err(|error| error.to_string())?;
    Ok((account, limits))
}

fn print(out: &mut impl Write, rows: &[Row], checked: bool) -> std::io::Result<()> {
    if rows.is_empty() {
        writeln!(
            out,
            "no channel is configured: config.example.toml shows how; a sandbox needs no account"
        )?;
    }
    for row in rows {
        let like = row
            .like
            .map_or_else(String::new, |like| format!(" like {like}"));
        let state = match (row.ok, checked) {
            _ if row.dormant => "dormant".to_owned(),
            (true, true) => "works".to_owned(),
            (true, false) => row.secret.clone(),
            (false, _) => row.reason.clone(),
        };
        let mut line = format!(
            "{:<2}  {:<16}  {:<21}  {}  {}",
            row.mark,
            row.channel,
            format!("{}{like}", row.platform),
            visible(row.account.as_deref().unwrap_or("not connected yet")),
            visible(&state)
        );
        if let Some(most) = row.limits.as_ref().and_then(|limits| limits.max_characters) {
            line.push_str(&format!("  {most} characters"));
        }
        writeln!(out, "{line}")?;
        if let (Some(spent), Some(price)) = (&row.month_to_date, &row.price)
            && !row.dormant
        {
            writeln!(out, "    {}", spent_words(spent, price))?;
        }
        if let Some(login) = &row.login {
            writeln!(out, "    {}", visible(login))?;
        }
    }
    Ok(())
}
