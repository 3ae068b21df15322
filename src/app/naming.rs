//! How channels are called on the screen: by a mark, by mark and name, or by the name alone where the screen is told in
//! sentences.
//!
//! Which marks there are is `config`'s; how many of them a row has room for is `ui/pen.rs`.

use super::App;
use crate::domain::ChannelName;

impl App {
    /// Returns a channel's mark and its name: `Li linkedin`; where the screen is told in sentences the name alone.
    pub fn mark_and_name(&self, name: &ChannelName) -> String {
        format!("{} {name}", self.mark_beside_name(name))
            .trim_start()
            .to_owned()
    }

    /// Returns the mark that stands before a channel's name; none where the screen is told in sentences.
    pub fn mark_beside_name(&self, name: &ChannelName) -> String {
        match self.look.in_words {
            true => String::new(),
            false => self.mark(name),
        }
    }

    /// Returns a channel's mark; its name's first two letters when it is no longer configured, and all of its name where
    /// the screen is told in sentences.
    pub fn mark(&self, name: &ChannelName) -> String {
        if self.look.in_words {
            return name.to_string();
        }
        self.channel(name).map_or_else(
            || {
                name.as_str()
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .take(2)
                    .collect()
            },
            |channel| channel.mark.clone(),
        )
    }
}
