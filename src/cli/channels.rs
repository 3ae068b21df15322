//! `masthead channels`: what is configured, and with `--check` whether each of them works.

use super::house::{House, tasks};
use super::{Done, Globals, json};
use crate::domain::text_safety::visible;
use crate::domain::{Account, Channel, Limits};
use crate::publisher::Outlet;
use crate::runtime::logins::{self, Ending};
use crate::runtime::outlets;
use crate::store::Store;
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
    login_ends_at: Option<String>,
    api_version: Option<String>,
    api_ends_at: Option<String>,
    /// What ends by itself, in words.
    #[serde(skip)]
    ends: Vec<String>,
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
            let ours = || ends.iter().filter(|end| end.channel == *name);
            let login = ours().find(|end| end.what == Ending::Login);
            let api = ours().find(|end| end.what != Ending::Login);
            let days = house.config.login_notice_days;
            rows.push(Row {
                login_ends_at: login.map(|end| json::utc(end.at)),
                api_version: api.and_then(|end| match &end.what {
                    Ending::Api(end) => Some(end.version.clone()),
                    Ending::Login => None,
                }),
                api_ends_at: api.map(|end| json::utc(end.at)),
                // A login's days are always told, a version's when there is something to do.
                ends: ours()
                    .filter(|end| end.what == Ending::Login || end.is_near(now, days))
                    .map(|end| end.words(now))
                    .collect(),
                channel: name.to_string(),
                platform: outlet.channel.platform.word(),
                like: outlet.channel.like.map(|like| like.word()),
                mark: outlet.channel.mark.clone(),
                account: account(&outlet.channel),
                secret: secret(&house, configured),
                ok: outlet.platform.is_ok(),
                reason: outlet.platform.as_ref().err().cloned().unwrap_or_default(),
                limits: facts.get(name).and_then(|facts| facts.limits.clone()),
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

/// Asks every platform, all at the same time.
async fn check(
    store: &Store,
    outlets: &std::collections::BTreeMap<crate::domain::ChannelName, Outlet>,
    rows: &mut [Row],
) {
    let mut asked = tokio::task::JoinSet::new();
    for outlet in outlets.values() {
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
        for end in &row.ends {
            writeln!(out, "    {}", visible(end))?;
        }
    }
    Ok(())
}
