//! The tabs of a post: the master text, then each of its channels with `=` inherits, `*` own, `~` stale, `!` does not fit.
//!
//! The chosen one stands in brackets. Shared by the editor and the pane that shows a post.

use super::pen::Line;
use super::theme::Role;
use crate::app::wrap::shown_width;
use crate::app::{App, Tab};
use crate::domain::{ChannelName, Composed, Content, Variant};
use std::collections::BTreeSet;

/// Returns how a variant stands to the master text, as one sign.
pub fn mode_sign(variant: &Variant, stale: &BTreeSet<ChannelName>) -> &'static str {
    match (variant.is_own(), stale.contains(&variant.channel)) {
        (false, _) => "=",
        (true, false) => "*",
        (true, true) => "~",
    }
}

/// Returns whose text it is, in a word.
pub fn mode_word(variant: &Variant) -> &'static str {
    if variant.is_own() { "own" } else { "inherits" }
}

/// Returns what a channel makes of the post.
pub fn composed_for<'c>(
    composed: &'c [(ChannelName, Composed)],
    channel: &ChannelName,
) -> Option<&'c Composed> {
    composed
        .iter()
        .find(|(name, _)| name == channel)
        .map(|(_, composed)| composed)
}

/// The post whose tabs are written.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'p> {
    /// What it holds.
    pub content: &'p Content,
    /// What each channel makes of it.
    pub composed: &'p [(ChannelName, Composed)],
    /// The channels whose own text is older than the master text.
    pub stale: &'p BTreeSet<ChannelName>,
}

/// How much a tab says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Mark and name.
    Named,
    /// The mark alone.
    Marked,
}

/// How the tabs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// How much each says, where there is room.
    pub form: Form,
    /// Columns between them.
    pub between: u16,
    /// The role of the chosen one.
    pub chosen: Role,
}

/// Writes the tabs; closer and shorter when they do not fit, and the chosen one always.
pub fn write(line: &mut Line<'_, '_>, app: &App, post: Shown<'_>, chosen: &Tab, style: Style) {
    if line.signs().are_words() {
        return say(line, post, chosen);
    }
    let room = line.room();
    let attempts = [
        (style.form, style.between),
        (style.form, 2),
        (Form::Marked, 2),
        (Form::Marked, 1),
    ];
    let mut labels = Vec::new();
    let mut gap = style.between;
    for (form, between) in attempts {
        labels = tab_labels(app, post, chosen, form);
        gap = between;
        let taken: usize = labels
            .iter()
            .map(|(label, _)| shown_width(label) + usize::from(between))
            .sum();
        if taken.saturating_sub(usize::from(between)) <= room {
            break;
        }
    }
    // Tabs before the chosen one fall away until it is seen.
    let mut first = 0;
    while labels[first..]
        .iter()
        .scan(0, |at, (label, is_chosen)| {
            *at += shown_width(label) + usize::from(gap);
            Some((*at, *is_chosen))
        })
        .any(|(end, is_chosen)| is_chosen && end > room + usize::from(gap))
        && first + 1 < labels.len()
        && !labels[first].1
    {
        first += 1;
    }
    for (label, is_chosen) in &labels[first..] {
        let role = if *is_chosen { style.chosen } else { Role::Text };
        line.cut(label, role).skip(gap);
    }
}

/// Writes them in words, the chosen one named as such.
fn say(line: &mut Line<'_, '_>, post: Shown<'_>, chosen: &Tab) {
    let is_chosen = |is_chosen: bool| if is_chosen { "chosen: " } else { "" };
    let mut all = vec![format!("{}master", is_chosen(*chosen == Tab::Master))];
    all.extend(post.content.variants.iter().map(|variant| {
        let channel = &variant.channel;
        let this = matches!(chosen, Tab::Channel(name) if name == channel);
        let mut words = format!("{}{channel} {}", is_chosen(this), mode_word(variant));
        if post.stale.contains(channel) {
            words.push_str(" and is stale");
        }
        if composed_for(post.composed, channel).is_some_and(|it| !it.can_leave()) {
            words.push_str(" and cannot leave");
        }
        words
    }));
    line.put(&all.join(", "), Role::Text);
}

fn tab_labels(app: &App, post: Shown<'_>, chosen: &Tab, form: Form) -> Vec<(String, bool)> {
    let bracket = |label: String, is_chosen: bool| {
        if is_chosen {
            (format!("[{label}]"), true)
        } else {
            (label, false)
        }
    };
    let master = bracket("master".to_owned(), *chosen == Tab::Master);
    let channels = post.content.variants.iter().map(|variant| {
        let is_chosen = matches!(chosen, Tab::Channel(name) if *name == variant.channel);
        let mut label = match form == Form::Named {
            true => app.mark_and_name(&variant.channel),
            false => app.mark(&variant.channel),
        };
        label.push(' ');
        label.push_str(mode_sign(variant, post.stale));
        if composed_for(post.composed, &variant.channel).is_some_and(|it| !it.can_leave()) {
            label.push('!');
        }
        bracket(label, is_chosen)
    });
    std::iter::once(master).chain(channels).collect()
}
