//! How the channels are connected: put together from configuration, database and stored logins, and asked of the platforms.
//!
//! `known` asks nobody; `check` asks every platform at the same time. The words are `domain::connection`.

use super::clock::RealClock;
use super::logins::{self, Ending};
use super::outlets;
use crate::config::{ChannelConfig, Config, Locations};
use crate::domain::connection::{Check, ConnectionStatus, Ends};
use crate::domain::{Account, Channel, ChannelName, Clock, Limits};
use crate::publisher::Outlet;
use crate::store::{Seen, Store};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

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
            secret: secret(configured, locations),
            check: match &outlet.platform {
                _ if configured.channel.dormant => Check::Sleeps,
                Ok(_) => Check::NotAsked,
                Err(reason) => Check::Fails(reason.clone()),
            },
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
    account.map(|account| account.handle.clone())
}

fn secret(configured: &ChannelConfig, locations: &Locations) -> String {
    if configured.channel.platform.is_by_hand() {
        return "posted by hand".to_owned();
    }
    if configured.channel.platform.is_local() {
        return "none needed".to_owned();
    }
    outlets::source(configured, locations).to_string()
}

/// Asks every platform, all at the same time, whose account it is, whether it may publish, and for its limits.
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
            let platform = outlet.platform.clone();
            let answer = ask(&store, outlet).await;
            let quota = platform.map(|platform| platform.quota());
            (name, answer, quota.unwrap_or_default())
        });
    }
    while let Some(answer) = asked.join_next().await {
        let Ok((name, answer, quota)) = answer else {
            continue;
        };
        let Some(one) = all.iter_mut().find(|one| one.channel == name) else {
            continue;
        };
        if !quota.is_empty() {
            one.quota = quota;
        }
        match answer {
            Ok((account, limits)) => {
                one.account = Some(account.handle);
                one.limits = Some(limits);
                one.check = Check::Works;
            }
            Err(reason) => one.check = Check::Fails(reason),
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
