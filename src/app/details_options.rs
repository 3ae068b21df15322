//! Options of the post's channels as fields of the details form.
//!
//! What there is and what a value may be is declared by each platform (`text::options`); the other fields are `details.rs`.

use crate::domain::{Channel, ChannelName, Content, PlatformId};
use crate::text::{OptionSpec, check_option, option, options};

/// An option of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelOption {
    /// The channel.
    pub channel: ChannelName,
    /// The platform whose rules hold there.
    pub rules: PlatformId,
    /// The option's name.
    pub name: String,
}

impl ChannelOption {
    /// Returns the options of the channels that a post goes to, and those that it has and its channel does not know.
    pub fn all(content: &Content, channels: &[Channel]) -> Vec<Self> {
        let mut all = Vec::new();
        for variant in &content.variants {
            let channel = channels.iter().find(|it| it.name == variant.channel);
            let rules = channel.map_or_else(PlatformId::default, Channel::rules);
            let known = options(rules).iter().map(|spec| spec.name);
            let strange = variant.options.keys().map(String::as_str);
            let strange = strange.filter(|name| option(rules, name).is_none());
            all.extend(known.chain(strange).map(|name| Self {
                channel: variant.channel.clone(),
                rules,
                name: name.to_owned(),
            }));
        }
        all
    }

    /// Returns what the platform says of it; `None` where it has no such option.
    pub fn spec(&self) -> Option<&'static OptionSpec> {
        option(self.rules, &self.name)
    }

    /// Returns the words to choose from; none where a text is typed.
    pub fn choices(&self) -> &'static [&'static str] {
        self.spec().map_or(&[], |spec| spec.kind.choices())
    }

    /// Returns its value; empty when it is not set.
    pub fn value(&self, content: &Content) -> String {
        let variant = content.variant(&self.channel);
        let value = variant.and_then(|variant| variant.options.get(&self.name));
        value.cloned().unwrap_or_default()
    }

    /// Sets it to what was typed; nothing takes it away.
    ///
    /// # Errors
    /// What is wrong with the value, and what it may be.
    pub fn write(&self, typed: &str, content: &mut Content) -> Result<(), String> {
        let value = match typed {
            "" => String::new(),
            typed => {
                check_option(self.rules, &self.name, typed).map_err(|error| error.to_string())?
            }
        };
        self.set(value, content);
        Ok(())
    }

    /// Goes to the next (or previous) choice; not set is one of them.
    pub fn turn(&self, content: &mut Content, forward: bool) {
        let words = self.choices();
        let count = words.len() + 1;
        let now = self.value(content);
        let at = words
            .iter()
            .position(|word| *word == now)
            .map_or(0, |it| it + 1);
        let next = (at + if forward { 1 } else { count - 1 }) % count;
        let word = next
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .unwrap_or(&"");
        self.set((*word).to_owned(), content);
    }

    fn set(&self, value: String, content: &mut Content) {
        let Some(variant) = content.variant_mut(&self.channel) else {
            return;
        };
        if value.is_empty() {
            variant.options.remove(&self.name);
        } else {
            variant.options.insert(self.name.clone(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variant;

    #[test]
    fn only_channels_that_the_post_goes_to_show_their_options() {
        let channels = [
            Channel::new("announce", PlatformId::Zulip),
            Channel::new("fosstodon", PlatformId::Mastodon),
        ];
        let mut content = Content::default();
        assert!(ChannelOption::all(&content, &channels).is_empty());
        content.variants = ["announce", "fosstodon"].map(Variant::inherits).to_vec();
        let all = ChannelOption::all(&content, &channels);
        let names: Vec<_> = all
            .iter()
            .map(|it| (it.channel.as_str(), it.name.as_str()))
            .collect();
        assert_eq!(names, [("announce", "to"), ("announce", "topic")]);
    }

    #[test]
    fn an_option_that_the_channel_does_not_know_is_shown_so_that_it_can_be_taken_away() {
        let channels = [Channel::new("announce", PlatformId::Zulip)];
        let mut variant = Variant::inherits("announce");
        variant
            .options
            .insert("category".to_owned(), "music".to_owned());
        let mut content = Content {
            variants: vec![variant],
            ..Content::default()
        };
        let strange = ChannelOption::all(&content, &channels).pop().unwrap();
        assert_eq!(strange.name, "category");
        assert!(strange.write("film", &mut content).is_err());
        assert_eq!(strange.value(&content), "music");
        assert_eq!(strange.write("", &mut content), Ok(()));
        assert!(content.variants[0].options.is_empty());
    }
}
