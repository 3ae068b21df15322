//! The configuration file: what may stand in it, what each key means when it is left out, and the one
//! line that is said about everything that is wrong.
//!
//! Reads a file, never a secret: a channel only names where its secret is. `read.rs` walks the file,
//! `channels.rs` has the rules of a channel's section, `apps.rs` those for an application of one's own, `filters.rs` reads
//! the commands for texts, `hashtags.rs` the groups of hashtags, `keys.rs` the user's own keys, `theme.rs` their colours,
//! `locations.rs` says where files live.

mod apps;
mod channels;
mod filters;
mod hashtags;
mod keys;
pub mod locations;
pub use crate::domain::nearest;
mod price;
mod read;
mod servers;
mod theme;
pub mod who;
pub mod zone;

pub use channels::ChannelConfig;
pub use keys::KeyBinding;
pub use locations::Locations;
pub use theme::{RoleLook, Theme};
pub use zone::{ZoneSource, zone_for};

use crate::domain::fault_words::in_words;
use crate::domain::pixels::Protocol;
use crate::domain::schedule::LatePolicy;
use crate::domain::{Channel, ChannelName, HashtagGroups, ReviewRule, TextFilter};
use chrono::Weekday;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::path::Path;

/// How pictures are shown on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// In the way that the terminal is known to have, else in half blocks.
    #[default]
    Auto,
    /// By a protocol that the user knows their terminal to have.
    By(Protocol),
    /// In half blocks, where the terminal has 256 colours.
    Blocks,
    /// Not at all: words are.
    Off,
}

/// Everything that the configuration file says, with the built-in value where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The zone of local times; `None` takes `TZ`, else the system's.
    pub zone: Option<Tz>,
    /// A second zone shown beside the clock.
    pub second_zone: Option<Tz>,
    /// The day on which a week starts.
    pub week_start: Weekday,
    /// Which colours are used.
    pub theme: Theme,
    /// Looks of single roles, in the order of the file; only their form was checked.
    pub looks: Vec<RoleLook>,
    /// Whether the mouse is listened to, which takes the terminal's own selection away.
    pub mouse: bool,
    /// How pictures are shown on the screen.
    pub pictures: Pictures,
    /// Whether everything that Masthead itself draws is plain ASCII.
    pub ascii: bool,
    /// Whether the top bar shows the clock, which costs one small write a minute.
    pub clock: bool,
    /// The program and arguments that are run when something needs a person; empty for none.
    pub notify_command: Vec<String>,
    /// From how many days before a login ends it is told; 0 tells nothing.
    pub login_notice_days: u32,
    /// Whether the pages of links are asked what they say of themselves, for link cards.
    pub cards: bool,
    /// How late a delivery may still leave.
    pub late: LatePolicy,
    /// Whether what leaves needs an approval.
    pub review: ReviewRule,
    /// Login name to author's name.
    pub authors: BTreeMap<String, String>,
    /// The user's own keys, in the order of the file; only their form was checked.
    pub keys: Vec<KeyBinding>,
    /// The commands that a text can be piped through, in the order of the file.
    pub filters: Vec<TextFilter>,
    /// The groups of hashtags.
    pub hashtags: HashtagGroups,
    /// The channels, in the order of the file.
    pub channels: Vec<ChannelConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            zone: None,
            second_zone: None,
            week_start: Weekday::Mon,
            theme: Theme::default(),
            looks: Vec::new(),
            mouse: false,
            pictures: Pictures::default(),
            ascii: false,
            clock: true,
            notify_command: Vec::new(),
            login_notice_days: 15,
            cards: true,
            late: LatePolicy::default(),
            review: ReviewRule::default(),
            authors: BTreeMap::new(),
            keys: Vec::new(),
            filters: Vec::new(),
            hashtags: HashtagGroups::default(),
            channels: Vec::new(),
        }
    }
}

/// One thing that is wrong in a configuration file, as one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1; `None` when the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong, what is allowed, and the nearest name.
    pub message: String,
}

/// Whether a missing file is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The built-in values are used.
    IsFine,
    /// Somebody named it, so it has to be there.
    IsWrong,
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// Everything that is wrong with it, by line; a caller that shows one line takes the first.
    pub fn load(path: &Path, missing: Missing) -> Result<Self, Vec<ConfigError>> {
        let file = path.display().to_string();
        let whole = |message: String| {
            vec![ConfigError {
                file: file.clone(),
                line: None,
                message,
            }]
        };
        match std::fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Self::parse(&text, &file),
                Err(error) => {
                    let good = error.utf8_error().valid_up_to();
                    let line = read::line_of(error.as_bytes(), good);
                    Err(vec![ConfigError {
                        file,
                        line: Some(line),
                        message: "this is not UTF-8; save the file as UTF-8".to_owned(),
                    }])
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => match missing {
                Missing::IsFine => Ok(Self::default()),
                Missing::IsWrong => Err(whole("there is no such file".to_owned())),
            },
            Err(error) => Err(whole(format!("cannot be read: {}", in_words(&error)))),
        }
    }

    /// Reads the text of a configuration file; `file` is how errors name it.
    ///
    /// # Errors
    /// Everything that is wrong with it, by line.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<ConfigError>> {
        read::parse(text, file)
    }

    /// Returns the variables that hold tokens; what this program starts does not inherit them.
    pub fn token_variables(&self) -> Vec<String> {
        let all = self.channels.iter();
        all.flat_map(|configured| [&configured.secret, &configured.app.client_secret])
            .flatten()
            .filter_map(|source| source.variable().map(str::to_owned))
            .collect()
    }

    /// Returns the channels as the rest of the program knows them, in the order of the file.
    pub fn domain_channels(&self) -> Vec<Channel> {
        self.channels
            .iter()
            .map(|configured| configured.channel.clone())
            .collect()
    }

    /// Returns a channel's section.
    pub fn channel(&self, name: &ChannelName) -> Option<&ChannelConfig> {
        self.channels
            .iter()
            .find(|configured| configured.channel.name == *name)
    }

    /// Says that there is no such channel: names the nearest and lists those there are.
    pub fn no_such_channel(&self, name: &str) -> String {
        let names: Vec<&str> = self
            .channels
            .iter()
            .map(|configured| configured.channel.name.as_str())
            .collect();
        if names.is_empty() {
            return format!(
                "there is no channel `{name}`: none is configured; add a [channels.{name}] section"
            );
        }
        let hint = nearest::nearest(name, names.iter().copied())
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        format!(
            "there is no channel `{name}`{hint} (configured: {})",
            names.join(", ")
        )
    }
}

#[cfg(test)]
mod tests;
