//! A post as Markdown with TOML front matter, and back; what is not in the form (a picture's bytes, the trash) is kept.
//!
//! Between two lines `+++` stand the fields; then the master text; then, each after a line `+++ channel`, the texts that
//! channels have of their own. A line of a text that begins so is written with a backslash before it.

use super::variants::{set_options, variants};
use crate::domain::text_safety::clean_input;
use crate::domain::{
    ChannelName, Content, Kind, LinkCard, LocalTime, Plan, ReplyTo, Threading, Visibility,
};
use chrono::{NaiveDateTime, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use super::variants::Check;

const FENCE: &str = "+++";
/// How much of a picture's hash names it.
const HASH: usize = 12;

const HELP: &str = "\
# plan: shelf, queued, or a time as 2026-12-01 09:00 (a zone may follow)   kind: ad-hoc, evergreen
# also: not-before, not-after, campaign, language, warning, visibility, topic, thread, reply-to, link, [options.CHANNEL]
# A channel has a text of its own after a line:  +++ channel
";

/// Why a text is no post: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkdownError {
    /// The first line is no `+++`.
    #[error("line 1: the file must begin with a line +++, then the fields, then a line +++")]
    NoFrontMatter,
    /// The second `+++` is missing.
    #[error("the front matter has no end: put a line +++ before the text")]
    NoEnd,
    /// A field cannot be read.
    #[error("line {line}: {why}")]
    Field {
        /// The line in the file, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A text stands for a channel that the post does not go to, or twice for one.
    #[error("line {line}: {why}")]
    Section {
        /// The line in the file, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Front {
    title: String,
    kind: String,
    plan: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    channels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pictures: Vec<Picture>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Link {
    url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Picture {
    name: String,
    id: String,
    alt: String,
}

/// Writes a post.
pub fn write(content: &Content) -> String {
    let mut text = format!("{FENCE}\n{HELP}");
    // The form holds words and lists of words alone, which can always be written.
    text.push_str(&toml::to_string(&front(content)).unwrap_or_default());
    let _ = write!(text, "{FENCE}\n\n{}\n", guard(&content.text));
    for variant in &content.variants {
        if let Some(own) = &variant.text {
            let _ = write!(text, "\n{FENCE} {}\n\n{}\n", variant.channel, guard(own));
        }
    }
    text
}

fn front(content: &Content) -> Front {
    Front {
        title: content.title.clone(),
        kind: content.kind.word().to_owned(),
        plan: match content.plan {
            Plan::At(at) => time_words(at),
            other => other.word().to_owned(),
        },
        scheduled: Some(content.scheduled),
        not_before: content.not_before.map(time_words),
        not_after: content.not_after.map(time_words),
        channels: content
            .variants
            .iter()
            .map(|it| it.channel.to_string())
            .collect(),
        tags: content.tags.clone(),
        campaign: content.campaign.clone(),
        language: content.language.clone(),
        warning: content.warning.clone(),
        visibility: (content.visibility != Visibility::default())
            .then(|| content.visibility.word().to_owned()),
        topic: content.topic.clone(),
        thread: match content.threading {
            Threading::Off => None,
            Threading::On => Some("on".to_owned()),
            Threading::Numbered => Some("numbered".to_owned()),
        },
        reply_to: content.reply_to.as_ref().map(|reply| match reply {
            ReplyTo::Post(id) => id.to_string(),
            ReplyTo::Url(url) => url.clone(),
        }),
        link: content.link.as_ref().map(|link| Link {
            url: link.url.clone(),
            title: link.title.clone(),
            description: link.description.clone(),
        }),
        options: (content.variants.iter())
            .filter(|variant| !variant.options.is_empty())
            .map(|variant| (variant.channel.to_string(), variant.options.clone()))
            .collect(),
        pictures: content
            .attachments
            .iter()
            .map(|picture| Picture {
                name: picture.name.clone(),
                id: short(&picture.hash).to_owned(),
                alt: picture.alt.clone(),
            })
            .collect(),
    }
}

fn short(hash: &str) -> &str {
    hash.get(..HASH).unwrap_or(hash)
}

fn time_words(at: LocalTime) -> String {
    let seconds = if at.local.second() == 0 && at.local.nanosecond() == 0 {
        ""
    } else {
        ":%S%.f"
    };
    let clock = at
        .local
        .format(&format!("%Y-%m-%d %H:%M{seconds}"))
        .to_string();
    format!("{clock} {}", at.zone.name())
}

fn is_guarded(line: &str) -> bool {
    line.trim_start_matches('\\').starts_with(FENCE)
}

/// A line of a text that looks like the beginning of the next one gets a backslash.
fn guard(text: &str) -> String {
    let line = |line: &str| match is_guarded(line) {
        true => format!("\\{line}"),
        false => line.to_owned(),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn unguard(lines: &[&str]) -> String {
    let line = |line: &&str| match is_guarded(line) {
        true => line.strip_prefix('\\').unwrap_or(line).to_owned(),
        false => (*line).to_owned(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads a post; what the form does not say is taken from `base`, times without a zone are in `zone`.
///
/// `channels` are those that there are; `check` says what is kept of an option's value on one of them, or what is wrong with it.
///
/// # Errors
/// One for each way in which the text can be wrong, with its line.
pub fn read(
    text: &str,
    base: &Content,
    channels: &[ChannelName],
    zone: Tz,
    check: Check<'_>,
) -> Result<Content, MarkdownError> {
    let text = clean_input(text.strip_prefix('\u{feff}').unwrap_or(text));
    let lines: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(&text)
        .split('\n')
        .collect();
    let (head, body) = divide(&lines)?;
    let front: Front = toml::from_str(&head.join("\n")).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = head.join("\n");
        let line = 2 + before.get(..at).map_or(0, |it| it.matches('\n').count());
        MarkdownError::Field {
            line,
            why: error.message().replace('\n', " "),
        }
    })?;
    let field = |name: &str, why: String| MarkdownError::Field {
        line: line_of(head, name),
        why,
    };
    let mut content = take(&front, base, channels, zone, &field)?;
    set_options(front.options, &mut content, check, &field)?;
    let sections = sections(body, head.len() + 3);
    let mut sections = sections.into_iter();
    if let Some((_, _, master)) = sections.next() {
        content.text = master;
    }
    let mut own = Vec::new();
    for (line, name, text) in sections {
        let channel = ChannelName::new(name);
        let why = if content.variant(&channel).is_none() {
            format!("there is a text for `{channel}`, which is not among the channels of the post")
        } else if own.contains(&channel) {
            format!("there is a second text for `{channel}`")
        } else {
            let master = content.text.clone();
            if let Some(variant) = content.variant_mut(&channel)
                && variant.text.as_deref() != Some(&text)
            {
                variant.set_own(text, &master);
            }
            own.push(channel);
            continue;
        };
        return Err(MarkdownError::Section { line, why });
    }
    for variant in &mut content.variants {
        if !own.contains(&variant.channel) {
            variant.inherit();
        }
    }
    Ok(content)
}

/// Returns as much as can be kept of a text that is no post: all after the front matter, where that has an end.
pub fn rescue(text: &str, base: &Content) -> Content {
    let text = clean_input(text);
    let lines: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(&text)
        .split('\n')
        .collect();
    let body = divide(&lines).map_or(&lines[..], |(_, body)| body);
    let kept = body.join("\n");
    Content {
        text: kept.strip_prefix('\n').unwrap_or(&kept).to_owned(),
        ..base.clone()
    }
}

/// Parts the fields from the texts.
fn divide<'l, 't>(lines: &'l [&'t str]) -> Result<(&'l [&'t str], &'l [&'t str]), MarkdownError> {
    let is_fence = |line: &&str| line.trim_end() == FENCE;
    if !lines.first().is_some_and(&is_fence) {
        return Err(MarkdownError::NoFrontMatter);
    }
    let end = lines[1..].iter().position(is_fence);
    let end = end.ok_or(MarkdownError::NoEnd)?;
    Ok((&lines[1..=end], &lines[end + 2..]))
}

/// Returns the texts, each with its line and its channel; the first is the master's and has none.
fn sections<'t>(body: &[&'t str], first_line: usize) -> Vec<(usize, &'t str, String)> {
    let mut starts = vec![(first_line, "", 0)];
    for (at, line) in body.iter().enumerate() {
        if let Some(name) = line.strip_prefix(FENCE) {
            starts.push((first_line + at, name.trim(), at + 1));
        }
    }
    let ends = starts.iter().skip(1).map(|(_, _, start)| start - 1);
    let ends: Vec<usize> = ends.chain([body.len()]).collect();
    let is_last = |index: usize| index + 1 == ends.len();
    let text = |index: usize, start: usize| {
        let mut lines = &body[start..ends[index]];
        // The blank line after a head, and the one before the next, are the form's.
        if let [first, rest @ ..] = lines
            && first.is_empty()
        {
            lines = rest;
        }
        if let [rest @ .., last] = lines
            && last.is_empty()
            && !is_last(index)
        {
            lines = rest;
        }
        unguard(lines)
    };
    let each = starts.iter().enumerate();
    each.map(|(index, (line, name, start))| (*line, *name, text(index, *start)))
        .collect()
}

/// Returns the line of the file on which a field stands.
fn line_of(head: &[&str], name: &str) -> usize {
    let is_field = |line: &&str| {
        let rest = line.trim_start().strip_prefix(name);
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    2 + head.iter().position(is_field).unwrap_or(0)
}

fn take(
    front: &Front,
    base: &Content,
    known: &[ChannelName],
    zone: Tz,
    field: &impl Fn(&str, String) -> MarkdownError,
) -> Result<Content, MarkdownError> {
    let kind: Kind = match front.kind.trim() {
        "" => base.kind,
        word => word.parse().map_err(|why| field("kind", why))?,
    };
    let time = |name: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => read_time(text, zone)
            .map(Some)
            .map_err(|why| field(name, why)),
    };
    let plan = match front.plan.trim() {
        "" => base.plan,
        "shelf" => Plan::Shelf,
        "queued" => Plan::Queued,
        text => Plan::At(read_time(text, zone).map_err(|why| field("plan", why))?),
    };
    let visibility = match front.visibility.as_deref() {
        None => Visibility::default(),
        Some(word) => word.parse().map_err(|why| field("visibility", why))?,
    };
    let threading = match front.thread.as_deref() {
        None | Some("off" | "") => Threading::Off,
        Some("on") => Threading::On,
        Some("numbered") => Threading::Numbered,
        Some(other) => {
            let why = format!("`{other}` is no way to split; there are: off, on, numbered");
            return Err(field("thread", why));
        }
    };
    let mut attachments = Vec::new();
    let mut left = base.attachments.clone();
    for picture in &front.pictures {
        let at = left.iter().position(|it| short(&it.hash) == picture.id);
        let Some(at) = at else {
            let why = format!(
                "picture `{}` is not attached to this post: attach it while its text is typed",
                picture.name
            );
            return Err(field("id", why));
        };
        let mut picture_kept = left.remove(at);
        picture_kept.alt.clone_from(&picture.alt);
        attachments.push(picture_kept);
    }
    Ok(Content {
        title: front.title.clone(),
        text: String::new(),
        kind,
        plan,
        scheduled: front.scheduled.unwrap_or(base.scheduled),
        not_before: time("not-before", &front.not_before)?,
        not_after: time("not-after", &front.not_after)?,
        campaign: front.campaign.clone(),
        tags: front.tags.clone(),
        language: front.language.clone(),
        warning: front.warning.clone(),
        visibility,
        topic: front.topic.clone(),
        link: front.link.as_ref().map(|link| LinkCard {
            url: link.url.clone(),
            title: link.title.clone(),
            description: link.description.clone(),
        }),
        threading,
        reply_to: front.reply_to.as_deref().and_then(ReplyTo::parse),
        attachments,
        pages: base.pages.clone(),
        card: base.card,
        variants: variants(&front.channels, base, known, field)?,
        trashed: base.trashed,
    })
}

/// Reads `2026-12-01 09:00`, with or without a zone after it.
fn read_time(text: &str, zone: Tz) -> Result<LocalTime, String> {
    let wrong = || format!("`{text}` is no time; write it as 2026-12-01 09:00, a zone may follow");
    let mut words = text.split_whitespace();
    let (Some(day), Some(clock)) = (words.next(), words.next()) else {
        return Err(wrong());
    };
    let zone = match words.next() {
        None => zone,
        Some(name) => name
            .parse()
            .map_err(|_| format!("`{name}` is no time zone; write it as Europe/Oslo"))?,
    };
    let local = format!("{day} {clock}");
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&local, form).ok());
    match (local, words.next()) {
        (Some(local), None) => Ok(LocalTime::new(local, zone)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
