//! `masthead login`: connects an account, pins it, and keeps what it obtained in the data folder.

use super::house::House;
use super::{Done, Globals, json};
use crate::config::ChannelConfig;
use crate::domain::text_safety::visible;
use crate::domain::{Account, PlatformId};
use crate::platforms::linkedin_login::{self, LinkedInLogin};
use crate::platforms::login::{self, MastodonLogin};
use crate::platforms::x_login::{self, XLogin};
use crate::platforms::youtube_login::{self, YouTubeLogin};
use crate::platforms::{CallError, Connection, zulip};
use crate::runtime::prompt::secret_line;
use crate::secrets::{Secret, SecretFile, StoredSecret};
use anyhow::{Context, anyhow, bail};
use std::io::{BufRead, IsTerminal, Write};

/// How often a code may be pasted, until it is one.
const TRIES: usize = 3;

/// What is asked for where nothing listens at the address to which a browser is sent back.
const LAST_PAGE: &str = "The browser then ends at a page that cannot be shown: copy its whole address and paste it here.";

/// Connect an account.
#[derive(Debug, clap::Args)]
pub(super) struct Login {
    /// The channel, as the configuration names it
    channel: String,
}

impl Login {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open_and_say(globals)?;
        let name = house.channels(&[self.channel])?.remove(0);
        let configured = house
            .config
            .channel(&name)
            .ok_or_else(|| anyhow!(house.config.no_such_channel(name.as_str())))?;
        let tasks = house.tasks()?;
        let (secret, account) = match configured.channel.platform {
            PlatformId::Mastodon => to_keep(tasks.block_on(mastodon(&house, configured))?),
            PlatformId::Bluesky => to_keep(tasks.block_on(bluesky(&house, configured))?),
            PlatformId::Zulip => tasks.block_on(zulip(&house, configured))?,
            PlatformId::LinkedIn => tasks.block_on(linkedin(&house, configured))?,
            PlatformId::X => tasks.block_on(x(&house, configured))?,
            PlatformId::YouTube => tasks.block_on(youtube(&house, configured))?,
            PlatformId::Sandbox => bail!("{name} is a sandbox: it needs no login"),
            PlatformId::ByHand => bail!("{name} is served by hand: it needs no login"),
        };
        // Before anything is stored: another account than the pinned one is refused here.
        let (pinned, whose) = (name.clone(), account.clone());
        house
            .store
            .wait(move |db| db.pin_account(&pinned, &whose))?;
        if let Some(secret) = secret {
            let file = SecretFile::new(house.locations.stored_secret(name.as_str()));
            login::store(&file, &secret)?;
            // With an application's id it is the application's own secret, which the login needs.
            if let Some(source) = configured
                .secret
                .as_ref()
                .filter(|_| configured.client_id.is_none())
            {
                ask(&format!(
                    "note: the configuration's {source} wins over this login; remove it there to use the login"
                ));
            }
        }
        if globals.json {
            json::line(
                out,
                &serde_json::json!({ "channel": name, "account": account.handle, "id": account.id }),
            )?;
        } else {
            writeln!(out, "{name} is connected as {}", visible(&account.handle))?;
        }
        Ok(Done::Whole)
    }
}

fn to_keep((secret, account): (StoredSecret, Account)) -> (Option<StoredSecret>, Account) {
    (Some(secret), account)
}

async fn mastodon(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(StoredSecret, Account)> {
    let url = configured.url.as_deref().unwrap_or_default();
    let http = house.http();
    let (login, address) = MastodonLogin::begin(url, &configured.channel, &http).await?;
    ask("Open this address in a browser, allow Masthead, and copy the code:");
    ask(&address);
    let code = pasted("Code: ", |line| login.code(line))?;
    Ok(login.finish(code).await?)
}

async fn bluesky(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(StoredSecret, Account)> {
    let handle = configured.handle.as_deref().unwrap_or_default();
    let url = configured.url.as_deref();
    let http = house.http();
    ask(&format!(
        "App password of @{handle} (Settings, Privacy and security, App passwords; never the account's own):"
    ));
    let password = Secret::new(line("App password: ", Shown::No)?);
    Ok(login::bluesky_login(url, handle, password, &configured.channel, &http).await?)
}

async fn zulip(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(Option<StoredSecret>, Account)> {
    let http = house.http();
    let mut connection = Connection {
        url: configured.url.clone(),
        email: configured.email.clone(),
        to: configured.to.clone(),
        ..Connection::default()
    };
    // Keys do not end and need no login: what the configuration refers to is checked, pinned and kept as it is.
    if let Some(source) = &configured.secret {
        connection.secret = Some(source.resolve()?);
        connection.secret_from = Some(source.clone());
    } else {
        let email = configured.email.as_deref().unwrap_or_default();
        ask(&format!(
            "API key of {email} (Zulip's settings: Bots, or Account & privacy for a person's own):"
        ));
        connection.secret = Some(Secret::new(line("API key: ", Shown::No)?));
    }
    let (secret, account) = zulip::login(&configured.channel, connection, &http).await?;
    Ok((
        Some(secret).filter(|_| configured.secret.is_none()),
        account,
    ))
}

async fn linkedin(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(Option<StoredSecret>, Account)> {
    let (channel, http) = (&configured.channel, house.http());
    let mut connection = Connection {
        url: configured.url.clone(),
        client_id: configured.client_id.clone(),
        redirect: configured.redirect.clone(),
        organization: configured.organization.clone(),
        api_version: configured.api_version.clone(),
        app: configured.app.clone(),
        stored: house.locations.stored_secret(channel.name.as_str()),
        ..Connection::default()
    };
    // A token of LinkedIn's own generator, kept elsewhere, is checked and pinned.
    if let Some(source) = &configured.secret {
        connection.secret = Some(source.resolve()?);
        connection.secret_from = Some(source.clone());
        let account = linkedin_login::check(channel, connection, &http).await?;
        return Ok((None, account));
    }
    for words in linkedin_login::who_is_granted(channel, &connection) {
        ask(&words);
    }
    let secret = client_secret(configured, " (its page, Auth)")?;
    let (login, address) = LinkedInLogin::begin(channel, connection, secret, &http)?;
    ask("Open this address in a browser and allow access:");
    ask(&address);
    ask(LAST_PAGE);
    let code = pasted("Address: ", |line| login.code(line))?;
    let (secret, account) = login.finish(code).await?;
    Ok((Some(secret), account))
}

/// Connects by the four keys of the user's own application, or by a browser where the channel names an application.
async fn x(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(Option<StoredSecret>, Account)> {
    let http = house.http();
    let channel = &configured.channel;
    let mut connection = Connection {
        url: configured.url.clone(),
        client_id: configured.client_id.clone(),
        redirect: configured.redirect.clone(),
        secret_from: configured.secret.clone(),
        ..Connection::default()
    };
    if let Some(source) = &configured.secret {
        connection.secret = Some(source.resolve()?);
    }
    if connection.client_id.is_some() {
        let (login, address) = XLogin::begin(channel, connection, &http)?;
        ask("Open this address in a browser and allow the app:");
        ask(&address);
        ask(
            "The browser is then sent to a page that does not open: copy its whole address and paste it here within 30 \
             seconds, which is how long X takes it.",
        );
        let code = pasted("Address: ", |line| login.code(line))?;
        return Ok(to_keep(login.finish(code).await?));
    }
    if configured.secret.is_some() {
        // Keys do not end and need no login: what the configuration refers to is checked, pinned and kept as it is.
        let (_, account) = x_login::keys(channel, connection, &http).await?;
        return Ok((None, account));
    }
    ask(
        "The four keys of an app of your own (console.x.com: set it to Read and write first, then Keys and tokens):",
    );
    let mut keys = Vec::new();
    for prompt in [
        "API key: ",
        "API key secret: ",
        "Access token: ",
        "Access token secret: ",
    ] {
        keys.push(line(prompt, Shown::No)?);
    }
    connection.secret = Some(Secret::new(keys.join(" ")));
    Ok(to_keep(x_login::keys(channel, connection, &http).await?))
}

async fn youtube(
    house: &House,
    configured: &ChannelConfig,
) -> anyhow::Result<(Option<StoredSecret>, Account)> {
    let (channel, http) = (&configured.channel, house.http());
    let mut connection = Connection {
        url: configured.url.clone(),
        client_id: configured.client_id.clone(),
        app: configured.app.clone(),
        stored: house.locations.stored_secret(channel.name.as_str()),
        ..Connection::default()
    };
    if let Some(source) = &configured.secret {
        connection.secret = Some(source.resolve()?);
        connection.secret_from = Some(source.clone());
        let account = youtube_login::check(channel, connection, &http).await?;
        return Ok((None, account));
    }
    ask(
        "YouTube keeps every video private that comes from an application of after July 2020 which Google has not audited.",
    );
    let secret = client_secret(configured, "")?;
    let login = YouTubeLogin::new(channel, connection, secret, &http)?;
    let (secret, account) = match &configured.redirect {
        None => {
            let code = login.device().await?;
            ask("Open this address on any device, and type the code there:");
            ask(&code.page);
            ask(&code.code);
            login.wait(code).await?
        }
        Some(redirect) => {
            let browser = login.browser(redirect);
            ask("Open this address in a browser and allow access:");
            ask(&browser.page);
            ask(LAST_PAGE);
            let code = pasted("Address: ", |line| browser.code(line))?;
            login.finish(&browser, code).await?
        }
    };
    if let Some(ends) = secret.ends_at() {
        ask(&format!(
            "note: this login ends on {}: the consent screen is in “Testing”; publish it in Google's console and log in again",
            ends.format("%Y-%m-%d")
        ));
    }
    Ok((Some(secret), account))
}

/// Returns the secret of the user's own application; `whereabouts` says where it is found.
fn client_secret(configured: &ChannelConfig, whereabouts: &str) -> anyhow::Result<Secret> {
    match (&configured.client_id, &configured.app.client_secret) {
        (_, Some(source)) => Ok(source.resolve()?),
        // Without an id the login says so at once.
        (None, None) => Ok(Secret::new("")),
        (Some(id), None) => {
            ask(&format!(
                "Client secret of the application {id}{whereabouts}:"
            ));
            Ok(Secret::new(line("Client secret: ", Shown::No)?))
        }
    }
}

/// Asks for a code, a few times where what was pasted is none.
fn pasted(
    prompt: &str,
    read: impl Fn(&str) -> Result<Secret, CallError>,
) -> anyhow::Result<Secret> {
    for _ in 1..TRIES {
        match read(&line(prompt, Shown::Yes)?) {
            Err(CallError::Rejected(reason)) => ask(&reason),
            other => return Ok(other?),
        }
    }
    Ok(read(&line(prompt, Shown::Yes)?)?)
}

/// Says something to the person; stdout is for the result.
fn ask(words: &str) {
    let _ = writeln!(std::io::stderr(), "{}", visible(words));
}

/// Whether what is typed may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
}

/// Reads one line of the person's.
fn line(prompt: &str, shown: Shown) -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let _ = write!(std::io::stderr(), "{prompt}");
        let _ = std::io::stderr().flush();
    }
    let line = match shown {
        Shown::No => secret_line().context("stdin cannot be read")?,
        Shown::Yes => {
            let mut line = String::new();
            stdin
                .lock()
                .read_line(&mut line)
                .context("stdin cannot be read")?;
            line
        }
    };
    let line = line.trim();
    if line.is_empty() {
        bail!("nothing was entered: the login is given up");
    }
    Ok(line.to_owned())
}
