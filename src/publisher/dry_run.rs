//! A dry run: each call that would be made until a time, in order, and what would stop it.
//!
//! Nothing is sent, asked of a server or written: composing and deciding are the publisher's own.

use super::{ClockState, Outlet, Reach, foresee};
use crate::domain::review::APPROVED_OTHERWISE;
use crate::domain::schedule::LatePolicy;
use crate::domain::{Call, ChannelName, Composed, DeliveryId, Fate, Foreseen, Post, ReviewRule};
use crate::store::{Db, Due, StoreError};
use crate::text;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

/// Works out every call from `now` until `until` through the given channels.
///
/// # Errors
/// When the database cannot be read.
pub fn calls(
    db: &mut Db,
    outlets: &BTreeMap<ChannelName, Outlet>,
    clock: ClockState,
    policy: &LatePolicy,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Call>, StoreError> {
    let planned = db.planned(until, foresee::MOST)?;
    let (last_left, frozen, facts) = (db.last_left()?, db.frozen()?, db.facts()?);
    // An account may have been pinned since the outlets were made.
    let channels = db.channels()?;
    let foreseen = foresee::foresee(&planned, policy, last_left, now, until);
    let by_id: HashMap<DeliveryId, &Due> =
        planned.iter().map(|due| (due.delivery.id, due)).collect();
    let mut calls = Vec::with_capacity(foreseen.len());
    for one in foreseen {
        let Some(due) = by_id.get(&one.delivery) else {
            continue;
        };
        let outlet = outlets.get(&one.channel);
        let composed = outlet.and_then(|outlet| {
            let variant = due.post.content.variant(&one.channel)?;
            let facts = facts.get(&one.channel).cloned().unwrap_or_default();
            let rules = outlet.channel.rules();
            Some(text::compose(rules, &due.post.content, variant, &facts))
        });
        let mut problems = Vec::new();
        problems.extend(frozen.as_ref().map(|freeze| freeze.words()));
        problems.extend(not_now(&one, &due.post));
        if let Some(composed) = composed.as_ref().filter(|_| !due.unapproved) {
            problems.extend(approved_otherwise(db, due, composed)?);
        }
        problems.extend(unusable(outlet, clock, one.channel.as_str()));
        if let Some(composed) = &composed {
            let told = composed.problems.iter();
            problems.extend(told.map(|problem| problem.message.clone()));
        }
        calls.push(Call {
            at: one.at,
            post: one.post,
            title: one.title,
            account: (channels.iter())
                .find(|channel| channel.name == one.channel)
                .and_then(|channel| channel.account.as_ref())
                .map(|account| account.handle.clone()),
            channel: one.channel,
            composed,
            problems,
        });
    }
    Ok(calls)
}

/// Why a delivery does not leave at its turn.
fn not_now(one: &Foreseen, post: &Post) -> Option<String> {
    match &one.fate {
        Fate::Leaves { .. } | Fate::LeftOut => None,
        Fate::Stays(_) if !post.content.scheduled => {
            Some("it is a draft and held back: `masthead move` or s schedules it".to_owned())
        }
        Fate::Stays(reason) => Some(reason.clone()),
        Fate::Missed(reason) => Some(format!("too late: {reason}")),
        Fate::Failed(reason) => Some(reason.clone()),
    }
}

/// Says that what would be sent is not what was approved, where an approval is needed.
pub(super) fn approved_otherwise(
    db: &mut Db,
    due: &Due,
    composed: &Composed,
) -> Result<Option<String>, StoreError> {
    if db.review_rule() == ReviewRule::Optional {
        return Ok(None);
    }
    let approvals = db.approvals(due.post.id)?;
    let same = approvals
        .get(&due.delivery.channel)
        .is_some_and(|approval| approval.hash == composed.hash());
    Ok((!same).then(|| APPROVED_OTHERWISE.to_owned()))
}

/// Why this process could not use a channel.
fn unusable(outlet: Option<&Outlet>, clock: ClockState, channel: &str) -> Option<String> {
    let Some(outlet) = outlet else {
        return Some(format!("{channel} is not in the configuration any more"));
    };
    if clock == ClockState::Set && outlet.reach == Reach::Network {
        return Some("the clock is set (MASTHEAD_NOW): only what stays here leaves".to_owned());
    }
    outlet.platform.as_ref().err().cloned()
}
