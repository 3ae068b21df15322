//! The kinds of service, one line each: the word used in configuration, database and JSON, the name
//! people know, and the mark a calendar cell has room for.
//!
//! What a platform counts is in `text/<platform>.rs`, how it is talked to in `platforms/<platform>.rs`.

use super::{Money, Price};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! platforms {
    ($($(#[$doc:meta])* $id:ident $word:literal $label:literal $mark:literal;)*) => {
        /// A kind of service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum PlatformId {
            $($(#[$doc])* #[serde(rename = $word)] $id,)*
        }

        impl PlatformId {
            /// Every platform, in the order in which counts are shown.
            pub const ALL: &[Self] = &[$(Self::$id,)*];

            /// Returns the word used in configuration, database and JSON.
            pub fn word(self) -> &'static str {
                match self { $(Self::$id => $word,)* }
            }

            /// Returns the name that people know it by.
            pub fn label(self) -> &'static str {
                match self { $(Self::$id => $label,)* }
            }

            /// Returns the default channel mark, one or two ASCII letters.
            pub fn mark(self) -> &'static str {
                match self { $(Self::$id => $mark,)* }
            }
        }
    };
}

platforms! {
    Mastodon "mastodon" "Mastodon" "Ma";
    Bluesky "bluesky" "Bluesky" "Bs";
    LinkedIn "linkedin" "LinkedIn" "Li";
    X "x" "X" "X";
    Zulip "zulip" "Zulip" "Zu";
    YouTube "youtube" "YouTube" "Yt";
    /// A folder on this machine: each part becomes a file.
    Sandbox "sandbox" "Sandbox" "Sb";
    /// A person: at its time a post is a task, which somebody copies, posts and marks as published.
    ByHand "byhand" "By hand" "Bh";
}

impl PlatformId {
    /// The platforms that this version publishes to; the others are counted and composed for.
    pub const PUBLISHES: [Self; 8] = [
        Self::Sandbox,
        Self::ByHand,
        Self::Mastodon,
        Self::Bluesky,
        Self::Zulip,
        Self::LinkedIn,
        Self::X,
        Self::YouTube,
    ];

    /// Whether nothing of it leaves this machine by itself: it has no server, login or secret.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Sandbox | Self::ByHand)
    }

    /// Whether a person posts what is planned for it.
    pub fn is_by_hand(self) -> bool {
        self == Self::ByHand
    }

    /// Returns where everyone sees an account's posts, by its handle: an address, or a sandbox's folder. `None` where the
    /// handle does not say it.
    ///
    /// Mastodon's web pages are at `https://SERVER/@NAME`, Bluesky's app has `https://bsky.app/profile/HANDLE`, X
    /// `https://x.com/NAME`.
    pub fn account_page(self, handle: &str) -> Option<String> {
        match self {
            Self::ByHand => (handle.starts_with("https://")).then(|| handle.to_owned()),
            Self::Sandbox => Some(handle.to_owned()),
            Self::Mastodon => {
                let (name, server) = handle.trim_start_matches('@').rsplit_once('@')?;
                Some(format!("https://{server}/@{name}"))
            }
            Self::Bluesky => {
                let handle = handle.trim_start_matches('@');
                Some(format!("https://bsky.app/profile/{handle}"))
            }
            // A page's handle ends in its address, `(linkedin.com/company/NAME)`; a person's is a name.
            Self::LinkedIn => {
                let (_, page) = handle.strip_suffix(')')?.rsplit_once('(')?;
                (page.starts_with("linkedin.com/company/")).then(|| format!("https://www.{page}"))
            }
            Self::X => {
                let name = handle.strip_prefix('@')?;
                Some(format!("https://x.com/{name}"))
            }
            Self::YouTube => {
                let name = handle.strip_prefix('@')?;
                Some(format!("https://www.youtube.com/@{name}"))
            }
            Self::Zulip => None,
        }
    }

    /// Whether a login names the account by its e-mail address, and a message goes to a channel of the server and a topic.
    pub fn posts_to_a_topic(self) -> bool {
        self == Self::Zulip
    }

    /// Returns the configuration's key for a file that holds address, account and secret alike, where there is such a form.
    pub fn account_file(self) -> Option<&'static str> {
        (self == Self::Zulip).then_some("zuliprc")
    }

    /// Returns the hosts at which its posts are read; empty where every server has its own.
    pub fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::LinkedIn => &["linkedin.com", "lnkd.in"],
            Self::X => &["x.com", "twitter.com"],
            Self::YouTube => &["youtube.com", "youtu.be"],
            Self::Bluesky => &["bsky.app"],
            Self::Mastodon | Self::Zulip | Self::Sandbox | Self::ByHand => &[],
        }
    }

    /// Returns what it takes for a post, as it was listed on the day that is named; `None` where it takes nothing.
    ///
    /// X: pay per use since 2026-02-06, one's own posts are cheaper to read than others' (docs.x.com/x-api/getting-started/pricing).
    pub fn listed_price(self) -> Option<Price> {
        (self == Self::X).then_some(Price {
            post: Money::millionths(15_000),
            with_link: Money::millionths(200_000),
            read: Money::millionths(1_000),
            as_of: NaiveDate::from_ymd_opt(2026, 8, 22).unwrap_or_default(),
        })
    }

    /// Whether it is one service for everybody, so that a channel need not say where its server is.
    pub fn has_one_server(self) -> bool {
        matches!(self, Self::LinkedIn | Self::X | Self::YouTube)
    }

    /// Whether an account may log in by a browser, at an application of the user's own.
    pub fn logs_in_by_application(self) -> bool {
        matches!(self, Self::LinkedIn | Self::X | Self::YouTube)
    }

    /// Whether that application has a secret beside the account's own, and is asked for by scopes.
    pub fn has_application_secret(self) -> bool {
        matches!(self, Self::LinkedIn | Self::YouTube)
    }

    /// Whether an account may post as a page, by the page's number.
    pub fn posts_as_a_page(self) -> bool {
        self == Self::LinkedIn
    }

    /// Whether every call names a version of the API by its month, and each version ends.
    pub fn has_dated_api(self) -> bool {
        self == Self::LinkedIn
    }

    /// Whether videos are made ready by a service beside the account's own server.
    pub fn has_video_service(self) -> bool {
        self == Self::Bluesky
    }

    /// Whether a login names the account by its handle.
    pub fn logs_in_by_handle(self) -> bool {
        self == Self::Bluesky
    }
}

/// What a channel follows that is not configured any more: no limit, plain text.
impl Default for PlatformId {
    fn default() -> Self {
        Self::Sandbox
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word names no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "No platform is called `{0}`; there are: mastodon, bluesky, linkedin, x, zulip, youtube, sandbox, byhand"
)]
pub struct UnknownPlatform(pub String);

impl FromStr for PlatformId {
    type Err = UnknownPlatform;

    fn from_str(word: &str) -> Result<Self, UnknownPlatform> {
        Self::ALL
            .iter()
            .copied()
            .find(|platform| platform.word() == word)
            .ok_or_else(|| UnknownPlatform(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accounts_page_is_known_from_its_handle() {
        let page = |platform: PlatformId, handle| platform.account_page(handle);
        assert_eq!(
            page(PlatformId::Mastodon, "@example@fosstodon.org").as_deref(),
            Some("https://fosstodon.org/@example")
        );
        assert_eq!(
            page(PlatformId::Bluesky, "@example.org").as_deref(),
            Some("https://bsky.app/profile/example.org")
        );
        assert_eq!(
            page(PlatformId::Sandbox, "/srv/outbox").as_deref(),
            Some("/srv/outbox")
        );
        assert_eq!(
            page(PlatformId::X, "@example").as_deref(),
            Some("https://x.com/example")
        );
        assert_eq!(page(PlatformId::Mastodon, "example"), None);
        assert_eq!(
            page(
                PlatformId::LinkedIn,
                "Research (Software) (linkedin.com/company/rso)"
            )
            .as_deref(),
            Some("https://www.linkedin.com/company/rso")
        );
        assert_eq!(page(PlatformId::LinkedIn, "Ada"), None);
    }
}
