//! `masthead` alone: the screen on the embedded database.

use super::house::{self, Found, House, tasks};
use super::{Done, Globals, keys};
use crate::app::{App, Appearance, Colours, Keymap, Note, Rank, Run, ShownNote};
use crate::config::{Config, Missing, Theme};
use crate::domain::ChannelName;
use crate::publisher::Setup;
use crate::runtime::clock::RealClock;
use crate::runtime::editor::Desk;
use crate::runtime::logins;
use crate::runtime::screen::{self, Options};
use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Utc};
use std::io::{IsTerminal, Write, stdin, stdout};
use std::sync::Arc;

/// What the screen is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The user's own plan.
    Plan,
    /// A sample month; nothing leaves the machine.
    Demo,
}

/// Opens the screen on the user's own plan.
pub(super) fn run(globals: &Globals) -> anyhow::Result<Done> {
    fit_terminal()?;
    let (house, found) = House::open_or_make(globals)?;
    open(globals, house, Occasion::Plan, found)
}

/// Says why the screen cannot be drawn here.
pub(super) fn fit_terminal() -> anyhow::Result<()> {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        bail!("the screen needs a terminal; `masthead list` prints the plan without one");
    }
    match unfit(variable("TERM").as_deref()) {
        Some(reason) => bail!("{reason}"),
        None => Ok(()),
    }
}

/// Says why no screen can be drawn on a terminal of this name, and what to do instead.
pub(super) fn unfit(term: Option<&str>) -> Option<&'static str> {
    match term {
        Some("dumb") => Some(
            "the screen needs a terminal that can move its cursor, and TERM is `dumb`; `masthead list` prints the plan",
        ),
        None => Some(
            "TERM is not set, so nobody knows what the terminal can do; `TERM=xterm-256color masthead` tries it, `masthead list` \
             prints the plan",
        ),
        Some(_) => None,
    }
}

/// Says, in a line for the screen, that plain ASCII is drawn because the locale is not UTF-8.
fn locale_note() -> Option<Note> {
    let said = locale();
    if said.as_ref().is_some_and(|(_, locale)| is_utf8(locale)) {
        return None;
    }
    let locale = said.map_or_else(
        || "LANG is not set".to_owned(),
        |(name, locale)| format!("{name}={locale} is not UTF-8"),
    );
    Some(Note {
        rank: Rank::Warn,
        text: format!("{locale}: plain ASCII is drawn. LANG=C.UTF-8 shows the rest"),
    })
}

/// Opens the screen.
pub(super) fn open(
    globals: &Globals,
    house: House,
    occasion: Occasion,
    found: Found,
) -> anyhow::Result<Done> {
    let mut app = App::new(house.now(), house.zone, (80, 24));
    app.second_zone = house.config.second_zone;
    app.week_start = house.config.week_start;
    app.login_end = login_end(&house);
    app.author = house.author.clone();
    app.plan_file = short_path(&house.locations.db);
    app.keymap = match (keys::keymap(&house.config, &house.locations), occasion) {
        (Ok(keymap), _) => keymap,
        // The demo is there to look at; what is wrong with the user's own file is said where that counts.
        (Err(_), Occasion::Demo) => Keymap::default(),
        (Err(errors), Occasion::Plan) => return Err(house::first_of(&errors)),
    };
    app.look = look(&house.config, globals.ascii);
    if !globals.ascii && !house.config.ascii {
        let since = app.memory.uptime;
        app.note = locale_note().map(|note| ShownNote { note, since });
    }
    if found == Found::Made {
        let text = house::made(&house.locations.db);
        let note = Note {
            rank: Rank::Warn,
            text,
        };
        let since = app.memory.uptime;
        app.note = Some(ShownNote { note, since });
    }
    app.run = match occasion {
        Occasion::Demo => Run::Demo,
        Occasion::Plan if house.plan_clock.is_set() => Run::ClockSet,
        Occasion::Plan => Run::Normal,
    };
    let house = Arc::new(house);
    let (connecting, adding) = (Arc::clone(&house), Arc::clone(&house));
    let options = Options {
        app,
        store: house.store.clone(),
        connect: Arc::new(move || {
            connect(&connecting, occasion).map_err(|error| format!("{error:#}"))
        }),
        add_sandbox: Arc::new(move || add_sandbox(&adding).map_err(|error| format!("{error:#}"))),
        media: house.locations.media(),
        home: std::env::home_dir(),
        desk: Desk {
            folder: house.locations.data.join("editing"),
            editor: Desk::editor_of(variable),
        },
        duties: (occasion == Occasion::Plan).then(|| house.duties()),
        late: house.config.late,
        plan_clock: Arc::new(house.plan_clock),
        real_clock: Arc::new(RealClock),
    };
    let tasks = tasks()?;
    let ended = tasks.block_on(screen::run(options));
    // A secret's command may still run for seconds; nothing waits for it.
    tasks.shutdown_background();
    ended.context("the terminal cannot be used")?;
    Ok(Done::Whole)
}

/// Returns a path as a person would write it: `~/plan.db`.
fn short_path(path: &std::path::Path) -> String {
    let home = std::env::home_dir();
    let within = home
        .as_deref()
        .and_then(|home| path.strip_prefix(home).ok());
    let short = match within {
        Some(rest) => std::path::Path::new("~").join(rest),
        None => path.to_owned(),
    };
    crate::domain::text_safety::visible(&short.display().to_string())
}

fn connect(house: &House, occasion: Occasion) -> anyhow::Result<Setup> {
    let config = match occasion {
        Occasion::Demo => house.config.clone(),
        Occasion::Plan => house::configuration(&house.locations)?,
    };
    let channels = config.domain_channels();
    house.store.wait(move |db| db.sync_channels(&channels))?;
    house.setup_with(&config, &holder())
}

/// Returns the login that ends first, if that is soon: its channel's mark, and when.
fn login_end(house: &House) -> Option<(String, DateTime<Utc>)> {
    let (now, days) = (house.real_now(), house.config.login_notice_days);
    let end = logins::ends(&house.config, &house.locations)
        .into_iter()
        .filter(|end| end.is_near(now, days))
        .min_by_key(|end| end.at)?;
    let configured = house.config.channel(&end.channel)?;
    Some((configured.channel.mark.clone(), end.at))
}

/// Returns how this screen is called while it publishes: `session pts/4`.
fn holder() -> String {
    let terminal = std::fs::read_link("/proc/self/fd/0").ok();
    let name =
        terminal.and_then(|path| Some(path.strip_prefix("/dev").ok()?.display().to_string()));
    format!(
        "session {}",
        name.unwrap_or_else(|| std::process::id().to_string())
    )
}

/// Returns a variable of the environment, unless it is empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn look(config: &Config, ascii: bool) -> Appearance {
    let exact = variable("COLORTERM").is_some_and(|it| it == "truecolor" || it == "24bit");
    let colours = match config.theme {
        _ if variable("NO_COLOR").is_some() => Colours::Mono,
        Theme::Dark if exact => Colours::Dark,
        Theme::Light if exact => Colours::Light,
        _ => Colours::Sixteen,
    };
    let plain = variable("TERM").as_deref() == Some("linux") || !speaks_utf8();
    Appearance {
        colours,
        ascii: ascii || config.ascii || plain,
        hide_clock: !config.clock,
    }
}

/// Whether the locale says that the terminal takes more than ASCII.
pub(super) fn speaks_utf8() -> bool {
    locale().is_some_and(|(_, locale)| is_utf8(&locale))
}

/// Returns the variable that decides about letters, and what it says.
fn locale() -> Option<(&'static str, String)> {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| Some((name, variable(name)?)))
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Writes a sandbox channel at the end of the configuration, which is made where there is none.
fn add_sandbox(house: &House) -> anyhow::Result<ChannelName> {
    let name = ChannelName::from("sandbox");
    let path = &house.locations.config;
    let config = Config::load(path, Missing::IsFine)
        .map_err(|errors| anyhow!(errors.first().map_or_else(String::new, ToString::to_string)))?;
    if config.channel(&name).is_some() {
        return Ok(name);
    }
    if let Some(folder) = path.parent() {
        house::make_folder(folder)?;
    }
    let section = "\n# A folder on this machine: each part of a post becomes a file in it.\n[channels.sandbox]\nplatform = \"sandbox\"\nlike = \"mastodon\"\n";
    let written = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(section.as_bytes())
                .and_then(|()| file.sync_all())
        });
    written.with_context(|| format!("{} cannot be written", path.display()))?;
    let channels = house::configuration(&house.locations)?.domain_channels();
    house.store.wait(move |db| db.sync_channels(&channels))?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_without_a_name_or_without_a_cursor_is_refused_with_what_to_use_instead() {
        for term in [None, Some("dumb")] {
            let reason = unfit(term).unwrap_or_default();
            assert!(reason.contains("masthead list"), "{term:?}: {reason}");
        }
        assert_eq!(unfit(Some("xterm")), None);
        assert_eq!(unfit(Some("linux")), None);
    }

    #[test]
    fn a_locale_is_utf8_however_it_is_spelt() {
        assert!(is_utf8("C.UTF-8") && is_utf8("nb_NO.utf8"));
        assert!(!is_utf8("C") && !is_utf8("de_DE.ISO-8859-1"));
    }
}
