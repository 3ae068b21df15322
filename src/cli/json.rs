//! The JSON of `show` and `list`: a contract that scripts depend on.

use crate::domain::text_safety::is_unsafe;
use crate::domain::{ChannelName, Delivery, Plan};
use crate::store::PostView;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A post as `show --json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct Shown<'a> {
    id: i64,
    title: &'a str,
    kind: &'static str,
    review: &'static str,
    plan: ShownPlan,
    text: &'a str,
    channels: Vec<&'a ChannelName>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<&'a ChannelName, &'a BTreeMap<String, String>>,
    deliveries: Vec<ShownDelivery<'a>>,
}

#[derive(Debug, Serialize)]
struct ShownPlan {
    r#type: &'static str,
    local: Option<NaiveDateTime>,
    zone: Option<Tz>,
    due_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownDelivery<'a> {
    channel: &'a ChannelName,
    platform: &'static str,
    state: &'static str,
    due_at: Option<String>,
    local: Option<NaiveDateTime>,
    zone: Option<Tz>,
    permalink: Option<&'a str>,
    remote_ids: &'a [String],
    reason: &'a str,
    attempts: u32,
    next_try: Option<String>,
}

/// Returns a post as JSON; `zone` is for deliveries whose post has no time of its own.
pub(super) fn view(view: &PostView, zone: Tz) -> Shown<'_> {
    let content = &view.post.content;
    let at = content.plan.at();
    let zone = at.map_or(zone, |time| time.zone);
    Shown {
        id: view.post.id.0,
        title: &content.title,
        kind: content.kind.word(),
        review: view.review.word(),
        plan: ShownPlan {
            r#type: Plan::word(&content.plan),
            local: at.map(|time| time.local),
            zone: at.map(|time| time.zone),
            due_at: at.map(|time| utc(time.instant())),
        },
        text: &content.text,
        channels: content
            .variants
            .iter()
            .map(|variant| &variant.channel)
            .collect(),
        options: (content.variants.iter())
            .filter(|variant| !variant.options.is_empty())
            .map(|variant| (&variant.channel, &variant.options))
            .collect(),
        deliveries: view
            .deliveries
            .iter()
            .map(|delivery| shown_delivery(delivery, zone))
            .collect(),
    }
}

fn shown_delivery(delivery: &Delivery, zone: Tz) -> ShownDelivery<'_> {
    ShownDelivery {
        channel: &delivery.channel,
        platform: delivery.platform.word(),
        state: delivery.state.word(),
        due_at: delivery.due_at.map(utc),
        local: delivery
            .due_at
            .map(|at| at.with_timezone(&zone).naive_local()),
        zone: delivery.due_at.map(|_| zone),
        permalink: delivery.permalink.as_deref(),
        remote_ids: &delivery.remote_ids,
        reason: &delivery.reason,
        attempts: delivery.attempts,
        next_try: delivery.next_try.map(utc),
    }
}

/// Writes an instant as RFC 3339 in UTC.
pub(super) fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Writes one line of JSON; what could steer a terminal stands in it as `\u009b`, which means the same.
pub(super) fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    if text.contains(is_unsafe) {
        let mut escaped = String::with_capacity(text.len() + 32);
        for c in text.chars() {
            // All of them are of the first plane, and stand inside strings only.
            if is_unsafe(c) {
                escaped.push_str(&format!("\\u{:04x}", c as u32));
            } else {
                escaped.push(c);
            }
        }
        return writeln!(out, "{escaped}");
    }
    writeln!(out, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_means_the_same_and_steers_no_terminal() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}2J\u{202e}b\u{2028}\u{7}\n\t👨‍👩‍👧";
        let mut out = Vec::new();
        line(&mut out, &text).unwrap();
        let printed = String::from_utf8(out).unwrap();
        assert!(!printed.contains(is_unsafe), "{printed:?}");
        assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), text);
    }
}
