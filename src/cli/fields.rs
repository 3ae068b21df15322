//! The flags that `add` and `edit` share, and how they change a post's content.

use super::house::House;
use super::{WrongUsage, attach, options, times};
use crate::config::Config;
use crate::domain::text_safety::{clean_input, visible};
use crate::domain::{
    ChannelName, Content, Kind, LinkCard, Plan, ReplyTo, Threading, Variant, Visibility,
    is_language_tag,
};
use anyhow::{Context, anyhow, bail};
use clap::ArgMatches;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// More than this is no post, in bytes.
const MOST_TEXT: u64 = 1_000_000;

/// A shorter word is no platform's own id of a post.
const SHORTEST_REMOTE_ID: usize = 10;

/// What can be said about a post.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// What names it in lists
    #[arg(long)]
    title: Option<String>,
    /// evergreen or ad-hoc
    #[arg(long)]
    kind: Option<Kind>,
    /// Channels it goes to, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    channel: Option<Vec<String>>,
    /// When it leaves: "2026-12-01 09:00", "next fri 14:00", "in 2 h"
    #[arg(long, value_name = "WHEN", conflicts_with = "queue")]
    at: Option<String>,
    /// Zone of its times, such as Europe/Oslo
    #[arg(long)]
    zone: Option<String>,
    /// Put it into the next free slot
    #[arg(long)]
    queue: bool,
    /// It does not leave before this time
    #[arg(long, value_name = "WHEN")]
    not_before: Option<String>,
    /// It never leaves past this time
    #[arg(long, value_name = "WHEN")]
    not_after: Option<String>,
    /// Campaign it belongs to
    #[arg(long)]
    campaign: Option<String>,
    /// Tags, separated by commas
    #[arg(long, value_delimiter = ',')]
    tag: Option<Vec<String>>,
    /// Picture; an --alt that follows describes it
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// Alt text of the picture before it
    #[arg(long, value_name = "TEXT")]
    alt: Vec<String>,
    /// Content warning
    #[arg(long)]
    cw: Option<String>,
    /// Language, such as en
    #[arg(long)]
    lang: Option<String>,
    /// public, unlisted, private or direct
    #[arg(long)]
    visibility: Option<Visibility>,
    /// Link shown as a card
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Title of the card
    #[arg(long, value_name = "TITLE")]
    link_title: Option<String>,
    /// Topic (Zulip)
    #[arg(long)]
    topic: Option<String>,
    /// Split an over-long text: on, numbered or off
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "on", value_name = "HOW")]
    thread: Option<ThreadingWord>,
    /// What it answers: an address, or the id of another post
    #[arg(long, value_name = "URL-or-ID")]
    reply_to: Option<String>,
    /// Who wrote it
    #[arg(long)]
    author: Option<String>,
    /// Approve it as it is
    #[arg(long)]
    pub(super) approve: bool,
    /// Own text of a channel, from a file
    #[arg(long, value_name = "CHANNEL=FILE")]
    variant: Vec<String>,
    /// Option of a channel, such as announce.topic=news; empty takes it away
    #[arg(long, value_name = "CHANNEL.NAME=VALUE")]
    option: Vec<String>,
}

/// Whether an over-long text may become several parts.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ThreadingWord {
    On,
    Numbered,
    Off,
}

impl From<ThreadingWord> for Threading {
    fn from(word: ThreadingWord) -> Self {
        match word {
            ThreadingWord::On => Self::On,
            ThreadingWord::Numbered => Self::Numbered,
            ThreadingWord::Off => Self::Off,
        }
    }
}

impl Fields {
    /// Returns who makes the change.
    pub(super) fn author(&self, house: &House) -> crate::domain::Author {
        self.author
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map_or_else(|| house.author.clone(), crate::domain::Author::from)
    }

    /// Whether a link is named, so that its page is asked for the card.
    pub(super) fn has_link(&self) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| !link.trim().is_empty())
    }

    /// Changes `content` as the flags say; `own` tells which alt text follows which picture.
    pub(super) fn apply(
        &self,
        house: &House,
        own: &ArgMatches,
        content: &mut Content,
    ) -> anyhow::Result<()> {
        let line = |text: &String| {
            clean_input(text)
                .replace(['\n', '\t'], " ")
                .trim()
                .to_owned()
        };
        let unless_empty = |text: &String| Some(line(text)).filter(|text| !text.is_empty());
        if let Some(title) = &self.title {
            content.title = line(title);
        }
        if let Some(kind) = self.kind {
            content.kind = kind;
        }
        if let Some(names) = &self.channel {
            self.choose_channels(house, names, content)?;
        }
        self.plan(house, content)?;
        if let Some(campaign) = &self.campaign {
            content.campaign = unless_empty(campaign);
        }
        if let Some(tags) = &self.tag {
            content.tags = tags
                .iter()
                .map(|tag| line(tag).trim_start_matches('#').to_owned())
                .filter(|tag| !tag.is_empty())
                .collect();
        }
        if let Some(warning) = &self.cw {
            content.warning = unless_empty(warning);
        }
        if let Some(language) = &self.lang {
            let language = unless_empty(language);
            if let Some(tag) = &language
                && !is_language_tag(tag)
            {
                bail!("--lang: `{tag}` is no language tag; write for example en or pt-BR");
            }
            content.language = language;
        }
        if let Some(visibility) = self.visibility {
            content.visibility = visibility;
        }
        if let Some(topic) = &self.topic {
            content.topic = unless_empty(topic);
        }
        if let Some(threading) = self.thread {
            content.threading = threading.into();
        }
        self.set_link(content, unless_empty)?;
        if let Some(reply) = &self.reply_to {
            content.reply_to = ReplyTo::parse(reply);
            if let Some(ReplyTo::Url(address)) = &content.reply_to
                && !address.contains("://")
                && address.len() < SHORTEST_REMOTE_ID
            {
                bail!(
                    "--reply-to: `{}` is neither the number of a post nor an address; write 12, or https://…",
                    visible(address)
                );
            }
            if let Some(ReplyTo::Post(id)) = content.reply_to {
                house.post(id.0).with_context(|| "--reply-to".to_owned())?;
            }
        }
        self.attach(house, own, content)?;
        self.set_variants(house, content)?;
        options::set(house, &self.option, content)
    }

    fn choose_channels(
        &self,
        house: &House,
        names: &[String],
        content: &mut Content,
    ) -> anyhow::Result<()> {
        let given: Vec<String> = names
            .iter()
            .filter(|name| !name.trim().is_empty())
            .cloned()
            .collect();
        let chosen = house.channels(&given)?;
        content.variants = chosen
            .iter()
            .map(|name| {
                content
                    .variant(name)
                    .cloned()
                    .unwrap_or_else(|| Variant::inherits(name.as_str()))
            })
            .collect();
        if content.language.is_none() {
            content.language = common_language(&house.config, &chosen);
        }
        Ok(())
    }

    fn plan(&self, house: &House, content: &mut Content) -> anyhow::Result<()> {
        let zone = match (&self.zone, content.plan.at()) {
            (None, Some(present)) => present.zone,
            (name, _) => times::zone(house, name.as_deref())?,
        };
        if let Some(words) = &self.at {
            let time = times::moment(house, "--at", words, zone)?;
            times::not_past(house, "--at", time)?;
            content.plan = Plan::At(time);
            content.scheduled = true;
        } else if self.zone.is_some()
            && let Plan::At(time) = &mut content.plan
        {
            // Another zone for the same clock time is another instant.
            time.zone = zone;
            *time = times::said(*time);
            times::not_past(house, "--zone", *time)?;
        }
        if self.queue {
            content.plan = Plan::Queued;
            content.scheduled = true;
        }
        let limit = |flag: &str, words: &Option<String>| match words.as_deref().map(str::trim) {
            None => Ok(None),
            Some("") => Ok(Some(None)),
            Some(words) => times::moment(house, flag, words, zone).map(|time| Some(Some(time))),
        };
        if let Some(changed) = limit("--not-before", &self.not_before)? {
            content.not_before = changed;
        }
        if let Some(changed) = limit("--not-after", &self.not_after)? {
            content.not_after = changed;
        }
        let (before, after) = (content.not_before, content.not_after);
        if let Some(after) = after {
            times::not_past(house, "--not-after", after)?;
            if before.is_some_and(|before| before.instant() >= after.instant()) {
                bail!("--not-before is not before --not-after: it could never leave");
            }
            if content
                .plan
                .at()
                .is_some_and(|at| at.instant() > after.instant())
            {
                bail!(
                    "--not-after ({}) comes before its time: it could never leave",
                    times::shown(after)
                );
            }
        }
        Ok(())
    }

    fn set_link(
        &self,
        content: &mut Content,
        unless_empty: impl Fn(&String) -> Option<String>,
    ) -> anyhow::Result<()> {
        if let Some(link) = &self.link {
            content.link = match unless_empty(link) {
                None => None,
                Some(address) => {
                    let valid = url::Url::parse(&address)
                        .is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
                    if !valid {
                        bail!("--link: `{address}` is no address; write https://…");
                    }
                    Some(LinkCard {
                        url: address,
                        ..content.link.take().unwrap_or_default()
                    })
                }
            };
        }
        if let Some(title) = &self.link_title {
            let Some(link) = &mut content.link else {
                return Err(WrongUsage("--link-title needs a --link".to_owned()).into());
            };
            link.title = unless_empty(title).unwrap_or_default();
        }
        Ok(())
    }

    fn attach(&self, house: &House, own: &ArgMatches, content: &mut Content) -> anyhow::Result<()> {
        let before = content.attachments.len();
        let alts = pair(own, &self.alt)?;
        for (path, alt) in self.attach.iter().zip(alts) {
            let alt = clean_input(&alt);
            let picture = attach::import(&house.locations.media(), path, alt.trim())?;
            let (noted, now) = (picture.clone(), house.now());
            house.store.wait(move |db| db.save_media(&noted, now))?;
            content.attachments.push(picture);
        }
        attach::say(house, content, before)
    }

    fn set_variants(&self, house: &House, content: &mut Content) -> anyhow::Result<()> {
        let master = content.text.clone();
        for pair in &self.variant {
            let Some((name, file)) = pair.split_once('=') else {
                return Err(WrongUsage(format!("--variant: `{pair}` is not CHANNEL=FILE")).into());
            };
            let chosen = house.channels(&[name.to_owned()])?;
            let text = read_text(Path::new(file))
                .with_context(|| format!("--variant {name}: {file} cannot be read"))?;
            let variant = chosen.first().and_then(|name| content.variant_mut(name));
            let Some(variant) = variant else {
                bail!("--variant {name}: the post does not go to {name}; name it in --channel too");
            };
            variant.set_own(text, &master);
        }
        Ok(())
    }
}

/// Returns the alt text of each picture, in order: the one that follows it on the command line.
fn pair(own: &ArgMatches, alts: &[String]) -> anyhow::Result<Vec<String>> {
    let places = |flag: &str| -> Vec<usize> {
        own.indices_of(flag)
            .map(Iterator::collect)
            .unwrap_or_default()
    };
    let pictures = places("attach");
    let mut paired: Vec<Option<String>> = vec![None; pictures.len()];
    for (alt, place) in alts.iter().zip(places("alt")) {
        let before = pictures.iter().rposition(|picture| *picture < place);
        let Some(slot) = before.and_then(|index| paired.get_mut(index)) else {
            return Err(WrongUsage("--alt needs an --attach before it".to_owned()).into());
        };
        if slot.replace(alt.clone()).is_some() {
            return Err(WrongUsage("two --alt follow the same --attach".to_owned()).into());
        }
    }
    Ok(paired.into_iter().map(Option::unwrap_or_default).collect())
}

/// Returns the language that all these channels have in common.
fn common_language(config: &Config, channels: &[ChannelName]) -> Option<String> {
    let mut languages = channels.iter().map(|name| {
        config
            .channel(name)
            .and_then(|found| found.language.clone())
    });
    let first = languages.next().flatten()?;
    languages
        .all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path)?;
    read_all(file)
}

/// Reads the text on stdin; a person at a terminal is told how to end it.
pub(super) fn stdin_text() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let _ = writeln!(
            std::io::stderr(),
            "Type the text, then Ctrl-D on an empty line."
        );
    }
    read_all(stdin.lock()).context("the text on stdin")
}

fn read_all(input: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    input.take(MOST_TEXT + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_TEXT {
        bail!("it is longer than a million bytes");
    }
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8"))?;
    Ok(clean_input(&text).trim_end_matches('\n').to_owned())
}

/// Refuses a post with nothing in it to send.
pub(super) fn not_empty(content: &Content) -> anyhow::Result<()> {
    let blank = |text: &str| text.trim().is_empty();
    let nothing = |variant: &Variant| variant.text.as_deref().is_none_or(blank);
    if blank(&content.text)
        && content.attachments.is_empty()
        && content.variants.iter().all(nothing)
    {
        bail!("there is nothing to post: the text is empty and no picture is attached");
    }
    Ok(())
}
