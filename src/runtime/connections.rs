//! How the channels are connected: put together from configuration, database and stored logins, and asked of the platforms.
//!
//! `known` asks nobody; `check` asks every platform at the same time. The words are `domain::connection`.

use super::clock::RealClock;
use super::logins::{self, Ending};
use super::outlets;
use crate::config::{ChannelConfig, Config, Locations};
use crate::domain::connection::{Check, ConnectionStatus, Ends, Login, Month};
use crate::domain::{Account, Channel, ChannelName, Clock, Limits, LocalTime, Permission};
use crate::platforms::Platform;
use crate::publisher::Outlet;
use crate::secrets::SecretSource;
use crate::store::{Db, Seen, Store, StoreError};
use crate::text::price::spent;
use chrono::{DateTime, Datelike, NaiveTime, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Reads what is stored of the connections; the month of what was spent begins where the plan's days do.
///
/// # Errors
/// When the database cannot be read.
pub fn seen(
    db: &mut Db,
    paid: &[ChannelName],
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Seen, StoreError> {
    let today = LocalTime::from_instant(now, zone).local.date();
    let first = today.with_day(1).unwrap_or(today);
    let month = LocalTime::new(first.and_time(NaiveTime::MIN), zone).instant();
    db.connections_seen(paid, month)
}

/// Returns the channels whose platform takes money.
pub fn paid(outlets: &BTreeMap<ChannelName, Outlet>) -> Vec<ChannelName> {
    let paid = outlets.values().filter(|it| it.channel.price.is_some());
    paid.map(|outlet| outlet.channel.name.clone()).collect()
}

/// Returns what is known of every channel without asking anybody, in the order of the configuration.
pub fn known(
    config: &Config,
    locations: &Locations,
    outlets: &BTreeMap<ChannelName, Outlet>,
    seen: &Seen,
    now: DateTime<Utc>,
) -> Vec<ConnectionStatus> {
    let ends = logins::ends(config, locations);
    let days = config.login_notice_days;
    let each = config.channels.iter().filter_map(|configured| {
        let name = &configured.channel.name;
        let outlet = outlets.get(name)?;
        let ours = ends.iter().filter(|end| end.channel == *name);
        let live = outlet.platform.as_ref().map(|platform| platform.quota());
        let live = live.unwrap_or_default();
        Some(ConnectionStatus {
            channel: name.clone(),
            mark: outlet.channel.mark.clone(),
            platform: outlet.channel.platform,
            like: outlet.channel.like,
            account: account(&outlet.channel),
            login: login(configured, locations),
            check: match &outlet.platform {
                _ if configured.channel.dormant => Check::Sleeps,
                Ok(_) => Check::NotAsked,
                Err(reason) => Check::Fails(reason.clone()),
            },
            permission: seen.permissions.get(name).cloned(),
            limits: seen.facts.get(name).and_then(|facts| facts.limits.clone()),
            ends: ours
                .map(|end| Ends {
                    what: end.what.word(),
                    at: end.at,
                    is_near: end.is_near(now, days),
                    words: end.words(now),
                    version: match &end.what {
                        Ending::Api(end) => Some(end.version.clone()),
                        Ending::Login => None,
                    },
                })
                .collect(),
            last_success: seen.last.get(name).cloned(),
            quota: if live.is_empty() {
                seen.quotas.get(name).cloned().unwrap_or_default()
            } else {
                live
            },
            month: month(&outlet.channel, seen),
        })
    });
    each.collect()
}

fn account(channel: &Channel) -> Option<String> {
    if channel.platform.is_by_hand() {
        let page = channel.page.clone();
        return Some(page.unwrap_or_else(|| "no page named".to_owned()));
    }
    let account = channel.account.as_ref();
    let account = account.filter(|_| !channel.platform.is_local());
    account.map(|account| account.handle.clone())
}

fn month(channel: &Channel, seen: &Seen) -> Option<Month> {
    let (price, sent) = (channel.price?, seen.sent.get(&channel.name)?);
    let texts: Vec<String> = sent.requests.iter().map(|request| request.text()).collect();
    Some(Month {
        spent: spent(&price, texts.iter().map(String::as_str), sent.looks),
        as_of: price.as_of,
    })
}

/// Returns where a channel's secret comes from, or why it has none.
fn login(configured: &ChannelConfig, locations: &Locations) -> Login {
    let channel = &configured.channel;
    if channel.platform.is_by_hand() {
        let why = "posted by hand: whoever posts logs in there, with a role of their own";
        return Login::NoneNeeded(why.to_owned());
    }
    if channel.platform.is_local() {
        let folder = configured.outbox.clone();
        let folder = folder.unwrap_or_else(|| locations.outbox(channel.name.as_str()));
        let folder = folder.display();
        return Login::NoneNeeded(format!("nothing leaves this machine: files in {folder}"));
    }
    match outlets::source(configured, locations) {
        SecretSource::Stored(path) if channel.dormant && !path.exists() => {
            let name = &channel.name;
            Login::NoneNeeded(format!(
                "no login is kept; once it is awake, `masthead login {name}` connects it"
            ))
        }
        source => Login::From(source.to_string()),
    }
}

/// Asks every platform, all at the same time, whose account it is, what its login may do, and for its limits.
pub async fn check(
    store: &Store,
    outlets: &BTreeMap<ChannelName, Outlet>,
    all: &mut [ConnectionStatus],
) {
    let mut asked = tokio::task::JoinSet::new();
    for outlet in outlets.values().filter(|one| !one.channel.dormant) {
        let (store, outlet) = (store.clone(), outlet.clone());
        asked.spawn(async move {
            let name = outlet.channel.name.clone();
            let platform = outlet.platform.clone().ok();
            let answer = ask(&store, outlet).await;
            let permission = match &platform {
                Some(platform) => may(&store, &name, platform.as_ref()).await,
                None => None,
            };
            let quota = platform.map(|platform| platform.quota());
            (name, answer, permission, quota.unwrap_or_default())
        });
    }
    while let Some(answer) = asked.join_next().await {
        let Ok((name, answer, permission, quota)) = answer else {
            continue;
        };
        let Some(one) = all.iter_mut().find(|one| one.channel == name) else {
            continue;
        };
        if !quota.is_empty() {
            one.quota = quota;
        }
        one.permission = permission.or(one.permission.take());
        match answer {
            Ok((account, limits)) => {
                // A sandbox has none: its folder stands in place of the login.
                let has_account = one.platform.is_by_hand() || !one.platform.is_local();
                one.account = has_account.then_some(account.handle);
                one.limits = Some(limits);
                one.check = Check::Works;
            }
            Err(reason) => one.check = Check::Fails(reason),
        }
    }
}

/// Asks what a login may do and keeps it; `None` where nobody answers.
async fn may(store: &Store, name: &ChannelName, platform: &dyn Platform) -> Option<Permission> {
    let told = match platform.permission().await {
        Ok(told) => told?,
        Err(error) => {
            tracing::info!(channel = %name, %error, "permission not told");
            return None;
        }
    };
    let (channel, kept) = (name.clone(), told.clone());
    let saved = store.call(move |db| db.save_permission(&channel, &kept));
    if let Err(error) = saved.await {
        tracing::warn!(channel = %name, %error, "permission not kept");
    }
    Some(told)
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
        fetched_at: Some(RealClock.now()),
        ..limits
    };
    let (name, fetched, quota) = (outlet.channel.name, limits.clone(), platform.quota());
    store
        .call(move |db| {
            db.save_limits(&name, &fetched)?;
            db.save_quota(&name, &quota)
        })
        .await
        .map_err(|error| error.to_string())?;
    Ok((account, limits))
}
