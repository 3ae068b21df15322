//! `masthead` alone: the screen on the embedded database.

use super::house::{self, Found, House};
use super::pictures::{self, has_exact_colours};
use super::{Done, Globals, cards, keys, words};
use crate::app::theme::{Paints, Wish};
use crate::app::{App, Appearance, Colours, Keymap, Note, Rank, Run, ShownNote};
use crate::config::{Config, ConfigError, Locations, Missing, Theme};
use crate::domain::{ChannelName, ScreenName};
use crate::publisher::Setup;
use crate::runtime::background::Launch;
use crate::runtime::clock::RealClock;
use crate::runtime::connections;
use crate::runtime::editor::Desk;
use crate::runtime::logins;
use crate::runtime::screen::{self, Options};
use crate::runtime::terminal::{Background, Manner};
use crate::store;
use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use std::ffi::OsString;
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
    manner(globals)?;
    let (house, found) = House::open_or_make(globals)?;
    open(globals, house, Occasion::Plan, found)
}

/// Decides whether the screen is drawn or told here.
///
/// # Errors
/// Says why it can be neither, and what to do instead.
pub(super) fn manner(globals: &Globals) -> anyhow::Result<Manner> {
    let is_terminal = stdin().is_terminal() && stdout().is_terminal();
    fit(globals.plain, is_terminal, variable("TERM").as_deref()).map_err(|reason| anyhow!(reason))
}

fn fit(plain: bool, is_terminal: bool, term: Option<&str>) -> Result<Manner, &'static str> {
    let is_dumb = term == Some("dumb");
    match (plain || is_dumb && is_terminal, is_terminal, term) {
        (true, ..) => Ok(Manner::Plain {
            marks_pastes: is_terminal && !is_dumb && term.is_some(),
        }),
        (false, false, _) => Err(
            "the screen needs a terminal; `masthead --plain` tells it in sentences without one, `masthead list` prints the plan",
        ),
        (false, true, None) => Err(
            "TERM is not set, so nobody knows what the terminal can do; `TERM=xterm-256color masthead` tries it, \
             `masthead --plain` needs no more than lines, `masthead list` prints the plan",
        ),
        (false, true, Some(_)) => Ok(Manner::Screen { mouse: false }),
    }
}

/// Says why the screen cannot be drawn on a terminal of this name, and what happens instead.
pub(super) fn unfit(term: Option<&str>) -> Option<&'static str> {
    match term {
        Some("dumb") => Some(
            "TERM is `dumb`, a terminal that cannot move its cursor: the screen is told in sentences, as with `masthead --plain`",
        ),
        term => fit(false, true, term).err(),
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
    let mut manner = manner(globals)?;
    if let Manner::Screen { mouse } = &mut manner {
        *mouse = house.config.mouse;
    }
    let mut app = App::new(house.now(), house.zone, (80, 24));
    app.second_zone = house.config.second_zone;
    app.week_start = house.config.week_start;
    app.text_filters = house.config.filters.clone();
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
    app.look.in_words = matches!(manner, Manner::Plain { .. });
    if let Manner::Screen { .. } = manner {
        let shown = pictures::shown(house.config.pictures, app.look, variable);
        (app.thumbs.showing, app.thumbs.way) = (shown.cells, shown.way);
    }
    app.look.paints = match (paints(&house.config, &house.locations), occasion) {
        (Ok(paints), _) => paints,
        (Err(_), Occasion::Demo) => Paints::default(),
        (Err(errors), Occasion::Plan) => return Err(house::first_of(&errors)),
    };
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
    let asking = (occasion == Occasion::Plan)
        .then(|| cards::of(&house))
        .flatten();
    app.asks_pages = asking.is_some();
    app.run = match occasion {
        Occasion::Demo => Run::Demo,
        Occasion::Plan if house.plan_clock.is_set() => Run::ClockSet,
        Occasion::Plan => Run::Normal,
    };
    let name = screen_name(house.real_now());
    // Without it others do not see this screen. It has its name all the same: the keys of its drafts are made from that, and
    // those of two screens without one would be the same.
    let presence = name
        .as_ref()
        .and_then(|name| store::enter(&house.locations.db, name).ok());
    app.screen = name.unwrap_or_default();
    let house = Arc::new(house);
    let (connecting, adding, telling) =
        (Arc::clone(&house), Arc::clone(&house), Arc::clone(&house));
    let options = Options {
        app,
        manner,
        background: background(&house.config),
        store: house.store.clone(),
        connect: Arc::new(move || connect(&connecting, occasion).map_err(|error| words(&error))),
        add_sandbox: Arc::new(move || add_sandbox(&adding).map_err(|error| words(&error))),
        assemble: Arc::new(move |outlets, seen, now| {
            let config = present_config(&telling, occasion).map_err(|error| words(&error))?;
            Ok(connections::known(
                &config,
                &telling.locations,
                outlets,
                seen,
                now,
            ))
        }),
        media: house.locations.media(),
        home: std::env::home_dir(),
        desk: Desk {
            folder: house.locations.data.join("editing"),
            editor: Desk::editor_of(variable),
        },
        daemon: daemon(&house),
        hidden: house.config.token_variables(),
        duties: (occasion == Occasion::Plan).then(|| house.duties()),
        cards: asking,
        late: house.config.late,
        plan_clock: Arc::new(house.plan_clock),
        real_clock: Arc::new(RealClock),
    };
    let tasks = house.tasks_beside_a_screen()?;
    let ended = screen::run(options, tasks.handle());
    drop(presence);
    tasks.leave();
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

/// Reads the configuration again: a channel may have come since the start.
fn present_config(house: &House, occasion: Occasion) -> anyhow::Result<Config> {
    match occasion {
        Occasion::Demo => Ok(house.config.clone()),
        Occasion::Plan => house::configuration(&house.locations),
    }
}

fn connect(house: &House, occasion: Occasion) -> anyhow::Result<Setup> {
    let config = present_config(house, occasion)?;
    let channels = config.domain_channels();
    house.store.wait(move |db| db.sync_channels(&channels))?;
    house.setup_with(&config, &holder())
}

/// Returns the login that ends first, if that is soon: its channel's mark, and when.
fn login_end(house: &House) -> Option<(String, DateTime<Utc>)> {
    let (now, days) = (house.real_now(), house.config.login_notice_days);
    let end = logins::ends(&house.config, &house.locations)
        .into_iter()
        .filter(|end| end.what == logins::Ending::Login && end.is_near(now, days))
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

/// Returns how the daemon of this very plan is started.
fn daemon(house: &House) -> Launch {
    let places = &house.locations;
    let mut arguments: Vec<OsString> = vec!["daemon".into(), "--detached".into()];
    for (name, path) in [("--db", &places.db), ("--data-dir", &places.data)] {
        arguments.extend([name.into(), path.into()]);
    }
    if places.config_named {
        arguments.extend(["--config".into(), (&places.config).into()]);
    }
    Launch {
        // Where the system does not tell, the name is looked for.
        program: std::env::current_exe().unwrap_or_else(|_| "masthead".into()),
        arguments,
        log: places.data.join("daemon.log"),
    }
}

/// Returns a name that no other screen has: the process, and when it began.
fn screen_name(now: DateTime<Utc>) -> Option<ScreenName> {
    let began = now.timestamp_nanos_opt().unwrap_or_default();
    ScreenName::new(&format!("{}-{began:x}", std::process::id()))
}

/// Returns a variable of the environment, unless it is empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the looks of roles that the user chose.
///
/// # Errors
/// Every line of the configuration that cannot be granted.
pub(super) fn paints(config: &Config, locations: &Locations) -> Result<Paints, Vec<ConfigError>> {
    let wishes: Vec<Wish<'_>> = config
        .looks
        .iter()
        .map(|it| Wish {
            role: &it.role,
            look: &it.look,
        })
        .collect();
    Paints::with(&wishes).map_err(|refused| {
        let errors = refused.iter().map(|refused| ConfigError {
            file: locations.config.display().to_string(),
            line: config.looks.get(refused.wish).map(|look| look.line),
            message: refused.to_string(),
        });
        errors.collect()
    })
}

/// Returns how the screen looks on this terminal, before the user's own looks of roles.
pub(super) fn look(config: &Config, ascii: bool) -> Appearance {
    let colours = match config.theme {
        _ if variable("NO_COLOR").is_some() => Colours::Mono,
        Theme::Dark if has_exact_colours(variable) => Colours::Dark,
        Theme::Light if has_exact_colours(variable) => Colours::Light,
        _ => Colours::Sixteen,
    };
    let plain = variable("TERM").as_deref() == Some("linux") || !speaks_utf8();
    Appearance {
        colours,
        ascii: ascii || config.ascii || plain,
        hide_clock: !config.clock,
        paints: Paints::default(),
        in_words: false,
    }
}

/// Only exact colours that were not set depend on the terminal's background.
fn background(config: &Config) -> Background {
    let is_open = variable("NO_COLOR").is_none() && has_exact_colours(variable);
    match config.theme {
        Theme::Exact if is_open => Background::Matters,
        _ => Background::Unasked,
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
    fn a_terminal_that_cannot_move_its_cursor_is_told_and_one_without_a_name_is_refused() {
        let told = |marks_pastes| Ok(Manner::Plain { marks_pastes });
        assert_eq!(
            fit(false, true, Some("xterm")),
            Ok(Manner::Screen { mouse: false })
        );
        assert_eq!(fit(false, true, Some("dumb")), told(false));
        assert_eq!(fit(true, true, Some("xterm")), told(true));
        assert_eq!(fit(true, true, None), told(false));
        assert_eq!(fit(true, false, Some("xterm")), told(false));
        for (is_terminal, term) in [(true, None), (false, Some("xterm")), (false, Some("dumb"))] {
            let reason = fit(false, is_terminal, term).unwrap_err();
            assert!(reason.contains("masthead --plain"), "{term:?}: {reason}");
        }
    }

    #[test]
    fn a_locale_is_utf8_however_it_is_spelt() {
        assert!(is_utf8("C.UTF-8") && is_utf8("nb_NO.utf8"));
        assert!(!is_utf8("C") && !is_utf8("de_DE.ISO-8859-1"));
    }
}
