//! The `[channels.NAME]` sections: which keys each kind of platform takes, and what they may hold.
//!
//! Says where a secret is to be found, never what it is.

use super::apps;
use super::nearest::nearest;
use super::price;
use super::read::{Entry, Reader, Section, entries};
use super::servers;
use crate::domain::address::is_loopback;
use crate::domain::channel::assign_marks;
use crate::domain::text_safety::visible;
use crate::domain::{Channel, Permalink, PlatformId, Target, is_language_tag};
use crate::secrets::{OwnApp, SecretSource};
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

/// One `[channels.NAME]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelConfig {
    /// What the rest of the program knows of it.
    pub channel: Channel,
    /// Base address of the server, without a slash at its end.
    pub url: Option<String>,
    /// The account's handle, without `@`.
    pub handle: Option<String>,
    /// The account's e-mail address.
    pub email: Option<String>,
    /// The channel on the server that it posts to: its name, or its number.
    pub to: Option<Target>,
    /// The application of the user's own that the account grants access.
    pub client_id: Option<String>,
    /// Where the browser is sent after that; `None` takes the platform's own default.
    pub redirect: Option<String>,
    /// Where its secret is; `None` takes what `masthead login` stored.
    pub secret: Option<SecretSource>,
    /// The application of one's own that a login goes through.
    pub app: OwnApp,
    /// The page that it posts as, as the platform names it; `None` posts as the person who logged in.
    pub organization: Option<String>,
    /// The version of the API that is spoken; `None` takes the one that this program was written for.
    pub api_version: Option<String>,
    /// Where videos go first; `None` takes the platform's own service, `none` there is not.
    pub video_service: Option<String>,
    /// Folder of a sandbox; `None` takes `<data>/outbox/<channel>`.
    pub outbox: Option<PathBuf>,
    /// Language of posts that name none, as a BCP 47 tag.
    pub language: Option<String>,
}

impl ChannelConfig {
    /// Creates a channel without options.
    pub fn new(channel: Channel) -> Self {
        Self {
            channel,
            url: None,
            handle: None,
            email: None,
            to: None,
            client_id: None,
            redirect: None,
            secret: None,
            app: OwnApp::default(),
            organization: None,
            api_version: None,
            video_service: None,
            outbox: None,
            language: None,
        }
    }

    /// Whether nothing that it publishes leaves this machine: a sandbox, or a server on loopback.
    pub fn is_local(&self) -> bool {
        let url = self.url.as_deref();
        self.channel.platform.is_local()
            || url.is_some_and(servers::is_here)
                && servers::video(self.video_service.as_deref()).is_none_or(servers::is_here)
    }
}

const SECRET_KEYS: [&str; 4] = ["token_env", "token_command", "token_file", "zuliprc"];
const EVERY_KEY: &[&str] = &[
    "platform",
    "like",
    "url",
    "handle",
    "email",
    "to",
    "client_id",
    "redirect",
    "token_env",
    "token_command",
    "token_file",
    "zuliprc",
    "organization",
    "api_version",
    "video_service",
    "client_secret_env",
    "client_secret_command",
    "client_secret_file",
    "scopes",
    "mark",
    "limit",
    "price",
    "dormant",
    "topic",
    "outbox",
    "language",
];

/// Returns the keys that a section of this kind may hold.
fn allowed_keys(platform: PlatformId) -> Vec<&'static str> {
    let means_something = |key: &&str| match *key {
        "like" => platform.is_local(),
        "outbox" => platform.is_local() && !platform.is_by_hand(),
        "topic" => platform.is_local() || platform.posts_to_a_topic(),
        "handle" => platform.logs_in_by_handle(),
        "email" | "to" => platform.posts_to_a_topic(),
        "client_id" | "redirect" => platform.logs_in_by_application(),
        "price" => platform.listed_price().is_some(),
        "zuliprc" => platform.account_file() == Some("zuliprc"),
        "organization" => platform.posts_as_a_page(),
        "api_version" => platform.has_dated_api(),
        "video_service" => platform.has_video_service(),
        key if apps::KEYS.contains(&key) => platform.has_application_secret(),
        key if SECRET_KEYS.contains(&key) => !platform.is_local(),
        _ => true,
    };
    EVERY_KEY.iter().copied().filter(means_something).collect()
}

/// Returns the keys that a section of this kind must hold, each with an example. A file of the account's stands for its
/// address and name.
fn required_keys(
    platform: PlatformId,
    section: &Section<'_, '_>,
) -> Vec<(&'static str, &'static str)> {
    let mut required = Vec::new();
    let file = platform.account_file();
    let has_file = file.is_some_and(|key| section.entry(key).is_some());
    if !platform.is_local() && !platform.has_one_server() && !has_file {
        required.push(("url", "https://example.social"));
    }
    if platform.posts_to_a_topic() {
        if !has_file {
            required.push(("email", "bot@example.org"));
        }
        required.push(("to", "announce"));
    }
    if platform.logs_in_by_handle() {
        required.push(("handle", "example.org"));
    }
    required
}

pub(super) fn read(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<ChannelConfig> {
    let mut channels = Vec::new();
    let mut wanted: Vec<Option<String>> = Vec::new();
    for entry in entries(table) {
        if !is_name(entry.key) {
            reader.wrong(
                &entry.key_at,
                format!(
                    "a channel cannot be called `{}`; allowed: letters, digits, `-` and `_`, at most 40",
                    visible(entry.key)
                ),
            );
            continue;
        }
        let DeValue::Table(section) = entry.value else {
            let message = format!(
                "`{0}` in [channels] must be a section: [channels.{0}]",
                entry.key
            );
            reader.wrong(&entry.key_at, message);
            continue;
        };
        if let Some((channel, mark)) = read_one(reader, &entry, section, &wanted) {
            channels.push(channel);
            wanted.push(mark);
        }
    }
    let mut plain: Vec<Channel> = channels
        .iter()
        .map(|configured: &ChannelConfig| configured.channel.clone())
        .collect();
    assign_marks(&mut plain, &wanted);
    for (configured, marked) in channels.iter_mut().zip(plain) {
        configured.channel = marked;
    }
    channels
}

fn read_one(
    reader: &mut Reader<'_>,
    head: &Entry<'_, '_>,
    table: &DeTable<'_>,
    marks: &[Option<String>],
) -> Option<(ChannelConfig, Option<String>)> {
    let place = format!(" in [channels.{}]", head.key);
    let section = Section::new(reader, place.clone(), head.key_at.clone(), table, EVERY_KEY);
    let platform = read_platform(reader, &section)?;
    let allowed = allowed_keys(platform);
    for entry in entries(table) {
        if EVERY_KEY.contains(&entry.key) && !allowed.contains(&entry.key) {
            reader.wrong(
                &entry.key_at,
                format!(
                    "`{}`{place} means nothing to a {platform} channel; allowed: {}",
                    entry.key,
                    allowed.join(", ")
                ),
            );
        }
    }
    for (key, example) in required_keys(platform, &section) {
        if section.entry(key).is_none() {
            reader.wrong(
                &section.head_at,
                format!("`{key}` is missing{place}; a {platform} channel needs it, for example: {key} = \"{example}\""),
            );
        }
    }

    let mut configured = ChannelConfig::new(Channel::new(head.key, platform));
    let words: Vec<(&str, PlatformId)> = PlatformId::ALL
        .iter()
        .filter(|like| !like.is_local())
        .map(|like| (like.word(), *like))
        .collect();
    configured.channel.like = section.choice(reader, "like", &words);
    configured.channel.limit = section.number(reader, "limit", 1..1_000_001);
    configured.channel.price = price::read(reader, &section, platform.listed_price());
    configured.channel.dormant = section.yes_or_no(reader, "dormant").unwrap_or_default();
    configured.channel.topic = section
        .text(reader, "topic", "a topic in quotes")
        .map(str::to_owned);
    if platform.is_by_hand() {
        configured.channel.page = read_page(reader, &section);
    } else {
        configured.url = servers::read_url(reader, &section);
    }
    configured.handle = section
        .text(reader, "handle", "a handle such as \"example.org\"")
        .map(|handle| handle.trim().trim_start_matches('@').to_owned());
    configured.email = section
        .text(reader, "email", "an e-mail address in quotes")
        .map(|email| email.trim().to_owned());
    configured.channel.to = read_target(reader, &section);
    configured.to = configured.channel.to.clone();
    configured.client_id = section
        .text(reader, "client_id", "the application's id in quotes")
        .map(|id| id.trim().to_owned());
    configured.redirect = read_redirect(reader, &section);
    configured.outbox = section
        .text(reader, "outbox", "a folder in quotes")
        .map(home_path);
    configured.language = read_language(reader, &section);
    configured.secret = read_reference(reader, &section, &SECRET_KEYS);
    configured.app = apps::read(reader, &section);
    configured.organization = read_organization(reader, &section);
    configured.api_version = read_version(reader, &section);
    configured.video_service = servers::read_video_service(reader, &section);
    let mark = read_mark(reader, &section, marks);
    Some((configured, mark))
}

fn read_platform(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<PlatformId> {
    let allowed = PlatformId::PUBLISHES.map(PlatformId::word).join(", ");
    let Some(entry) = section.entry("platform") else {
        reader.wrong(
            &section.head_at,
            format!("`platform` is missing{}; allowed: {allowed}", section.place),
        );
        return None;
    };
    let word = section.text(reader, "platform", &format!("one of: {allowed}"))?;
    match word.parse::<PlatformId>() {
        Ok(platform) if PlatformId::PUBLISHES.contains(&platform) => return Some(platform),
        Ok(platform) => reader.wrong(
            &entry.at,
            format!(
                "`platform`{}: this version does not publish to {platform}; allowed: {allowed} (a sandbox counts like it with like = \"{platform}\")",
                section.place
            ),
        ),
        Err(_) => {
            let hint = nearest(word, PlatformId::ALL.iter().map(|platform| platform.word()))
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            reader.wrong(
                &entry.at,
                format!(
                    "`platform`{}: there is no platform `{}`{hint} (allowed: {allowed})",
                    section.place,
                    visible(word)
                ),
            );
        }
    }
    None
}

/// Reads the address that the application names for the way back from the browser, character by character.
fn read_redirect(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed = "an address such as \"http://127.0.0.1:8765/callback\"";
    let text = section.text(reader, "redirect", allowed)?;
    let url = url::Url::parse(text).ok();
    let fits = url.is_some_and(|url| {
        url.host().is_some()
            && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
    });
    if !fits && let Some(entry) = section.entry("redirect") {
        section.refuse(reader, entry, allowed);
    }
    fits.then(|| text.to_owned())
}

/// Reads the channel on the server: a name in quotes, or a number.
fn read_target(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<Target> {
    if let DeValue::Integer(_) = section.entry("to")?.value {
        let number = section.number(reader, "to", 1..u32::MAX);
        return number.map(Target::Numbered);
    }
    section
        .text(reader, "to", "a channel's name in quotes, or its number")
        .map(Target::read)
}

/// Reads the address at which a person posts: any page, as a browser shows it.
fn read_page(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed =
        "the page on which it is posted, such as \"https://www.linkedin.com/company/example\"";
    let text = section.text(reader, "url", allowed)?;
    match Permalink::read(text) {
        Ok(page) => Some(page.as_str().to_owned()),
        Err(error) => {
            if let Some(entry) = section.entry("url") {
                let message = format!("`url`{}: {error}", section.place);
                reader.wrong(&entry.at, message);
            }
            None
        }
    }
}

fn read_language(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed = "a language tag such as \"en\" or \"pt-BR\"";
    let tag = section.text(reader, "language", allowed)?;
    if is_language_tag(tag) {
        return Some(tag.to_owned());
    }
    if let Some(entry) = section.entry("language") {
        section.refuse(reader, entry, allowed);
    }
    None
}

fn read_mark(
    reader: &mut Reader<'_>,
    section: &Section<'_, '_>,
    marks: &[Option<String>],
) -> Option<String> {
    let allowed = "one or two ASCII letters or digits";
    let mark = section.text(reader, "mark", allowed)?;
    let entry = section.entry("mark")?;
    if mark.len() > 2 || !mark.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        section.refuse(reader, entry, allowed);
        return None;
    }
    if marks.iter().flatten().any(|taken| taken == mark) {
        let message = format!(
            "`mark`{}: `{mark}` is another channel's mark",
            section.place
        );
        reader.wrong(&entry.at, message);
        return None;
    }
    Some(mark.to_owned())
}

/// Reads where a secret is: one of these keys, which end in `_env`, `_command` and `_file`, or a file of the account's.
pub(super) fn read_reference(
    reader: &mut Reader<'_>,
    section: &Section<'_, '_>,
    keys: &[&str],
) -> Option<SecretSource> {
    let given: Vec<&Entry<'_, '_>> = keys.iter().filter_map(|key| section.entry(key)).collect();
    if let [first, second, ..] = given[..] {
        let message = format!(
            "`{}` and `{}`{} both say where the secret is; keep one",
            first.key, second.key, section.place
        );
        reader.wrong(&second.key_at.clone(), message);
        return None;
    }
    let entry = *given.first()?;
    let (_, kind) = entry.key.rsplit_once('_').unwrap_or(("", entry.key));
    match kind {
        "env" => {
            let allowed = "the name of an environment variable";
            let name = section.text(reader, entry.key, allowed)?;
            if name.contains(['=', '\0']) || name.contains(char::is_whitespace) {
                section.refuse(reader, entry, allowed);
                return None;
            }
            Some(SecretSource::Env(name.to_owned()))
        }
        "file" => section
            .text(reader, entry.key, "a file in quotes")
            .map(|path| SecretSource::File(home_path(path))),
        "zuliprc" => section
            .text(reader, entry.key, "a file in quotes")
            .map(|path| SecretSource::Whole {
                key: "zuliprc",
                path: home_path(path),
            }),
        _ => {
            let allowed = "a command such as \"pass show mastodon\", or a list [\"pass\", \"show\", \"mastodon\"]";
            let words = section.command(reader, entry.key, allowed)?;
            if words.first().is_none_or(String::is_empty) {
                section.refuse(reader, entry, allowed);
                return None;
            }
            Some(SecretSource::Command(words))
        }
    }
}

/// Reads the page that is posted as: its number, or the platform's whole name for it, which ends in the number.
fn read_organization(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let entry = section.entry("organization")?;
    let digits = match entry.value {
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::String(text) => {
            let text = text.trim();
            let urn = text.strip_prefix("urn:li:organization:");
            Some(urn.unwrap_or(text).to_owned())
        }
        _ => None,
    };
    let number = digits
        .filter(|digits| (1..=19).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if number.is_none() {
        let allowed = "the page's number, such as 5515715, or \"urn:li:organization:5515715\"";
        section.refuse(reader, entry, allowed);
    }
    number.map(|number| format!("urn:li:organization:{number}"))
}

fn read_version(reader: &mut Reader<'_>, section: &Section<'_, '_>) -> Option<String> {
    let allowed = "a year and month in quotes, such as \"202607\"";
    let version = section.text(reader, "api_version", allowed)?;
    let month = version.get(4..).and_then(|month| month.parse::<u32>().ok());
    let is_one = version.len() == 6
        && version.bytes().all(|byte| byte.is_ascii_digit())
        && month.is_some_and(|month| (1..=12).contains(&month));
    if !is_one && let Some(entry) = section.entry("api_version") {
        section.refuse(reader, entry, allowed);
    }
    is_one.then(|| version.to_owned())
}

/// A channel's name is a file name and part of a comma-separated list.
fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn home_path(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
