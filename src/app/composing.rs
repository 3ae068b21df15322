//! What each channel makes of the text that is being edited, counted as it is sent.
//!
//! The rules are `text`'s; here it is only said for which channels, and which of them can wait until the keys rest.

use super::editor::{Editor, Tab};
use crate::domain::{Channel, ChannelName, Composed, Content, Facts, PlatformId, Variant};
use crate::text;
use std::collections::BTreeMap;

/// What a change of the text left uncounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// Every count is right.
    Nothing,
    /// The channels that are not shown first.
    Others,
}

impl Editor {
    /// Composes every channel of the post anew.
    pub fn compose(&mut self, channels: &[Channel], facts: &BTreeMap<ChannelName, Facts>) {
        self.composed = compose_all(&self.content, channels, facts);
    }

    /// Composes the channel whose count is shown first anew, and tells whether others are left.
    pub fn compose_shown(
        &mut self,
        channels: &[Channel],
        facts: &BTreeMap<ChannelName, Facts>,
    ) -> Uncounted {
        let chosen = match &self.tab {
            Tab::Master => 0,
            Tab::Channel(name) => self
                .content
                .variants
                .iter()
                .position(|variant| variant.channel == *name)
                .unwrap_or(0),
        };
        let names = self.content.variants.iter().map(|it| &it.channel);
        if self.composed.len() < 2 || !names.eq(self.composed.iter().map(|(name, _)| name)) {
            self.compose(channels, facts);
            return Uncounted::Nothing;
        }
        let variant = &self.content.variants[chosen];
        self.composed[chosen].1 = compose_one(&self.content, variant, channels, facts);
        Uncounted::Others
    }

    /// Returns what the gutter speaks of: the chosen channel; for the master, the inheriting channel that runs out of room
    /// first.
    pub fn marked_composed(&self) -> Option<&(ChannelName, Composed)> {
        match &self.tab {
            Tab::Channel(channel) => self.composed.iter().find(|(name, _)| name == channel),
            Tab::Master => {
                let inherits = |name: &ChannelName| {
                    let variant = self.content.variant(name);
                    variant.is_some_and(|variant| !variant.is_own())
                };
                let inheriting = self.composed.iter().filter(|(name, _)| inherits(name));
                inheriting.min_by_key(|(_, composed)| {
                    let over = composed.parts.iter().filter_map(|part| part.over).min();
                    over.unwrap_or(usize::MAX)
                })
            }
        }
    }

    /// Returns what the present tab's channel makes of it; for the master, the first channel's.
    pub fn shown_composed(&self) -> Option<&(ChannelName, Composed)> {
        match &self.tab {
            Tab::Master => self.composed.first(),
            Tab::Channel(channel) => self.composed.iter().find(|(name, _)| name == channel),
        }
    }
}

/// Returns what each of the post's channels makes of a content, in the order of its variants.
pub fn compose_all(
    content: &Content,
    channels: &[Channel],
    facts: &BTreeMap<ChannelName, Facts>,
) -> Vec<(ChannelName, Composed)> {
    content
        .variants
        .iter()
        .map(|variant| {
            let composed = compose_one(content, variant, channels, facts);
            (variant.channel.clone(), composed)
        })
        .collect()
}

/// Returns what a channel would make of a content with another text.
pub fn compose_text(
    content: &Content,
    channel: &ChannelName,
    text: &str,
    channels: &[Channel],
    facts: &BTreeMap<ChannelName, Facts>,
) -> Composed {
    let mut variant = content
        .variant(channel)
        .cloned()
        .unwrap_or_else(|| Variant::inherits(channel.clone()));
    variant.text = Some(text.to_owned());
    compose_one(content, &variant, channels, facts)
}

fn compose_one(
    content: &Content,
    variant: &Variant,
    channels: &[Channel],
    facts: &BTreeMap<ChannelName, Facts>,
) -> Composed {
    let channel = channels.iter().find(|it| it.name == variant.channel);
    let platform = channel.map_or_else(PlatformId::default, Channel::rules);
    let none = Facts::default();
    let facts = facts.get(&variant.channel).unwrap_or(&none);
    text::compose(platform, content, variant, facts)
}
