//! Options of a variant: what a platform's own file declares, and the check that every value passes.
//!
//! Pure. Details form, command line, Markdown and `compose` all ask here; no other file names an option but the one that declares
//! it and the one that sends it. How one is added: `CONTRIBUTING.md`.

use super::places;
use super::rules::Offers;
use crate::domain::nearest::nearest;
use crate::domain::text_safety::{clean_input, visible};
use crate::domain::{Content, Facts, PlatformId, Problem, Target, Variant};
use std::collections::BTreeMap;

/// The option that stands for a post's topic on one channel, where the platform has topics; it is sent in a field of its own.
pub const TOPIC: &str = "topic";

/// The option that stands for the channel on the server, where an account posts into several; it is sent in a field of its own.
pub const PLACE: &str = "to";

/// What is sent where nobody names a topic.
pub(super) const NO_TOPIC: &str = "(no topic)";

/// One option that a platform offers for each variant.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name: lower-case words with `-` between.
    pub name: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// What a value may be.
    pub kind: OptionKind,
}

/// What the value of an option may be.
#[derive(Clone, Copy, Debug)]
pub enum OptionKind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `yes` or `no`.
    YesNo,
    /// A text that passes the platform's own check: the reason of a refusal is one line and says what to write instead.
    Text(fn(&str) -> Result<(), String>),
}

impl OptionKind {
    /// Returns the words to choose from; none where a text is typed.
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Choice(words) => words,
            Self::YesNo => &["yes", "no"],
            Self::Text(_) => &[],
        }
    }
}

/// Why an option or its value is refused, with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No platform has it.
    #[error("`{name}` is no option of {platform}; {}", meant(.near.as_deref(), .all))]
    Unknown {
        /// What was written.
        name: String,
        /// The platform's name.
        platform: &'static str,
        /// The option that was probably meant.
        near: Option<String>,
        /// The options that there are.
        all: String,
    },
    /// Another platform has it.
    #[error("`{name}` is an option of {of}, not of {platform}; {}", meant(None, .all))]
    OfAnother {
        /// The option.
        name: String,
        /// The platform that has it.
        of: &'static str,
        /// The platform of the channel.
        platform: &'static str,
        /// The options that there are.
        all: String,
    },
    /// The value is none of the words to choose from.
    #[error("{name} cannot be `{value}`; {}", meant(.near.as_deref(), .all))]
    NoChoice {
        /// The option.
        name: &'static str,
        /// What was written.
        value: String,
        /// The word that was probably meant.
        near: Option<String>,
        /// The words that there are.
        all: String,
    },
    /// The platform's own check refuses the text.
    #[error("{name}: {why}")]
    Refused {
        /// The option.
        name: &'static str,
        /// What is wrong, and what to write instead.
        why: String,
    },
}

fn meant(near: Option<&str>, all: &str) -> String {
    match (near, all) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, "") => "it has none: leave it out".to_owned(),
        (None, all) => format!("there are: {all}"),
    }
}

/// Returns the options that a platform offers for each variant.
pub fn options(platform: PlatformId) -> &'static [OptionSpec] {
    super::rules_of(platform).options()
}

/// Returns one of a platform's options.
pub fn option(platform: PlatformId, name: &str) -> Option<&'static OptionSpec> {
    options(platform).iter().find(|spec| spec.name == name)
}

/// Returns the value as it is kept, without what could steer a terminal and without blanks around it.
///
/// # Errors
/// An option that the platform does not have, with the nearest name; a value that it does not take, with what it takes.
pub fn check_option(platform: PlatformId, name: &str, value: &str) -> Result<String, OptionError> {
    let Some(spec) = option(platform, name) else {
        return Err(unknown(platform, name));
    };
    let value = clean_input(value).trim().to_owned();
    match spec.kind {
        OptionKind::Text(check) => {
            check(&value).map_err(|why| OptionError::Refused {
                name: spec.name,
                why,
            })?;
            Ok(value)
        }
        kind => {
            let words = kind.choices();
            let chosen = words.iter().find(|word| word.eq_ignore_ascii_case(&value));
            chosen
                .map(|word| (*word).to_owned())
                .ok_or_else(|| OptionError::NoChoice {
                    name: spec.name,
                    value: visible(&value),
                    near: nearest(&value, words.iter().copied()).map(str::to_owned),
                    all: words.join(", "),
                })
        }
    }
}

fn unknown(platform: PlatformId, name: &str) -> OptionError {
    let names = || options(platform).iter().map(|spec| spec.name);
    let all = names().collect::<Vec<_>>().join(", ");
    let shown = visible(name);
    let other = PlatformId::ALL
        .iter()
        .find(|it| option(**it, name).is_some());
    match other {
        Some(other) => OptionError::OfAnother {
            name: shown,
            of: other.label(),
            platform: platform.label(),
            all,
        },
        None => OptionError::Unknown {
            name: shown,
            platform: platform.label(),
            near: nearest(name, names()).map(str::to_owned),
            all,
        },
    }
}

/// The options of one variant as they were checked, and what is wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    values: BTreeMap<String, String>,
    pub problems: Vec<Problem>,
}

impl Chosen {
    /// Checks the options of a variant.
    pub fn of(platform: PlatformId, variant: &Variant) -> Self {
        let mut chosen = Self::default();
        for (name, value) in &variant.options {
            match check_option(platform, name, value) {
                Ok(value) if value.is_empty() => {}
                Ok(value) => {
                    chosen.values.insert(name.clone(), value);
                }
                Err(error) => chosen.problems.push(Problem {
                    part: None,
                    message: error.to_string(),
                    splitting_helps: false,
                }),
            }
        }
        chosen
    }

    /// Returns the topic: the variant's own, else the post's, else the channel's.
    pub fn topic(&self, content: &Content, facts: &Facts) -> String {
        let own = self.values.get(TOPIC).or(content.topic.as_ref());
        own.or(facts.default_topic.as_ref())
            .map(|topic| topic.trim())
            .filter(|topic| !topic.is_empty())
            .unwrap_or(NO_TOPIC)
            .to_owned()
    }

    /// Returns the channel on the server: the variant's own, else the configured one.
    pub fn place(&self, facts: &Facts) -> Option<Target> {
        self.own_place().or_else(|| facts.default_to.clone())
    }

    /// Says that the channel which the variant names is not there, as far as that was asked.
    pub fn unknown_place(&self, facts: &Facts) -> Option<String> {
        places::unknown(&self.own_place()?, facts)
    }

    fn own_place(&self) -> Option<Target> {
        places::own(&self.values)
    }

    /// Returns what is sent beside the text and has no field of its own.
    pub fn beside(&self, offers: &Offers) -> BTreeMap<String, String> {
        let mut beside = self.values.clone();
        if offers.topic {
            beside.remove(TOPIC);
            beside.remove(PLACE);
        }
        beside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZULIP: PlatformId = PlatformId::Zulip;

    #[test]
    fn every_option_is_named_in_small_words_and_explained_in_one_line() {
        for platform in PlatformId::ALL {
            let mut names: Vec<&str> = options(*platform).iter().map(|it| it.name).collect();
            for spec in options(*platform) {
                let is_plain = |c: char| c.is_ascii_lowercase() || c == '-';
                assert!(spec.name.chars().all(is_plain), "{}", spec.name);
                assert!(!spec.about.is_empty() && !spec.about.contains('\n'));
                let words = spec.kind.choices();
                assert!(
                    words
                        .iter()
                        .all(|word| check_option(*platform, spec.name, word).is_ok()),
                    "{} takes its own choices",
                    spec.name
                );
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), options(*platform).len(), "{platform}");
        }
    }

    #[test]
    fn a_strange_option_is_refused_with_the_nearest_name_or_the_platform_that_has_it() {
        let said = |platform, name| check_option(platform, name, "x").unwrap_err().to_string();
        assert_eq!(
            said(ZULIP, "topik"),
            "`topik` is no option of Zulip; did you mean `topic`?"
        );
        assert_eq!(
            said(PlatformId::Mastodon, "topic"),
            "`topic` is an option of Zulip, not of Mastodon; it has none: leave it out"
        );
        assert_eq!(
            said(ZULIP, "volume\u{1b}[2J"),
            "`volume<1b>[2J` is no option of Zulip; there are: to, topic"
        );
    }

    #[test]
    fn a_value_is_checked_by_the_platform_and_kept_clean() {
        assert_eq!(
            check_option(ZULIP, TOPIC, "  release\u{1b} notes ").as_deref(),
            Ok("release notes")
        );
        let error = check_option(ZULIP, TOPIC, "two\nlines").unwrap_err();
        assert!(error.to_string().contains("in one line"), "{error}");
    }

    #[test]
    fn a_variants_topic_goes_before_the_posts_and_that_before_the_channels() {
        let facts = Facts {
            default_topic: Some("of the channel".to_owned()),
            ..Facts::default()
        };
        let mut content = Content::default();
        let mut variant = Variant::inherits("announce");
        let topic = |content: &Content, variant: &Variant| {
            let composed = crate::text::compose(ZULIP, content, variant, &facts);
            (composed.parts[0].topic.clone().unwrap(), composed.hash())
        };
        let channels = topic(&content, &variant);
        content.topic = Some("of the post".to_owned());
        let posts = topic(&content, &variant);
        variant.options.insert(TOPIC.to_owned(), "own".to_owned());
        let own = topic(&content, &variant);
        assert_eq!(
            [&channels.0, &posts.0, &own.0],
            ["of the channel", "of the post", "own"]
        );
        assert_ne!(posts.1, own.1, "an approver saw another topic");
    }

    #[test]
    fn a_wrong_option_stops_the_post_and_says_why() {
        let mut variant = Variant::inherits("announce");
        variant.options.insert("volume".to_owned(), "11".to_owned());
        let content = Content {
            text: "Hello".to_owned(),
            ..Content::default()
        };
        let composed =
            crate::text::compose(PlatformId::Mastodon, &content, &variant, &Facts::default());
        assert!(!composed.can_leave());
        assert!(
            composed.problems[0]
                .message
                .contains("no option of Mastodon")
        );
        assert!(
            composed.parts[0].options.is_empty(),
            "what is wrong is never sent"
        );
    }
}
