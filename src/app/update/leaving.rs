//! Letting a post leave now, after a question that names the accounts, and letting it stay.
//!
//! What has left, is leaving or may be out is not touched; the database has the last word on that.

use super::posts::{left, no_channel, short, unknown_words};
use super::{ask, say};
use crate::app::msg::Rank;
use crate::app::sheet::{PublishRow, PublishSheet, Sheet};
use crate::app::{Action, App, Effect, Input};
use crate::domain::{ChannelName, Composed, DeliveryState, Post};

/// Lets a post not go where it has not left; one that is about to is called back.
pub fn skip(app: &mut App, post: &Post) -> Vec<Effect> {
    let deliveries = app.detail.as_ref().map(|it| it.view.deliveries.as_slice());
    let states: Vec<DeliveryState> = deliveries
        .unwrap_or_default()
        .iter()
        .map(|it| it.state)
        .collect();
    let may_stay = |state: &DeliveryState| {
        *state == DeliveryState::Publishing || state.is_open() && *state != DeliveryState::Skipped
    };
    if states.iter().any(may_stay) {
        return vec![Effect::Skip(ask(app), post.id, Vec::new())];
    }
    let words = match DeliveryState::worst(states) {
        Some(DeliveryState::Unknown) => unknown_words(app),
        None => "It goes to no channel: there is nothing to skip".to_owned(),
        _ => "Nothing of it is left to skip".to_owned(),
    };
    say(app, Rank::Warn, words);
    Vec::new()
}

/// Asks before a post is published now: names every account and wants a typed word.
pub fn ask_publish(app: &mut App, post: &Post) -> Vec<Effect> {
    let only = app.memory.publish_only.take();
    let only = only.filter(|(id, _)| *id == post.id);
    let Some(detail) = &app.detail else {
        return Vec::new();
    };
    let is_open = |channel: &ChannelName| {
        if only.as_ref().is_some_and(|(_, one)| one != channel) {
            return false;
        }
        let delivery = detail
            .view
            .deliveries
            .iter()
            .find(|it| it.channel == *channel);
        delivery.is_none_or(|it| it.state.is_open())
    };
    let accounts: Vec<PublishRow> = detail
        .composed
        .iter()
        .filter(|(channel, _)| is_open(channel))
        .map(|(channel, composed)| {
            let account = app.channel(channel).and_then(|it| it.account.as_ref());
            PublishRow {
                channel: channel.clone(),
                mark: app.mark_beside_name(channel),
                account: account.map_or_else(|| channel.to_string(), |it| it.handle.clone()),
                detail: describe(composed),
                can_leave: composed.can_leave(),
            }
        })
        .collect();
    if let Some(freeze) = &app.frozen {
        let key = app.keymap.label(Action::Freeze);
        let text = format!("Nothing leaves: {}. {key} thaws", freeze.words());
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    if accounts.is_empty() {
        let text = match left(app) {
            Some(DeliveryState::Unknown) => unknown_words(app),
            _ if detail.view.deliveries.is_empty() => no_channel(app),
            _ => {
                let copy = app.key_for(Action::Copy);
                format!("Nothing of it is left to publish; {copy} copies it")
            }
        };
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    app.sheet = Some(Sheet::PublishNow(PublishSheet {
        post: post.id,
        title: short(post),
        accounts,
        planned: post.content.plan.at(),
        input: Input::default(),
    }));
    Vec::new()
}

fn describe(composed: &Composed) -> String {
    if let Some(problem) = composed.problems.first() {
        return problem.message.clone();
    }
    let counts: Vec<String> = composed
        .parts
        .iter()
        .map(|part| match (part.count.text.limit, composed.parts.len()) {
            (Some(limit), 1) => format!("{}/{limit}", part.count.text.used),
            _ => part.count.text.used.to_string(),
        })
        .collect();
    let words = composed.parts_in_words();
    format!("{words:<9}  {}", counts.join(" + "))
}
