//! `masthead doctor`: looks at everything and says all that is wrong, not only the first.

use super::house::{self, make_folder};
use super::screen::{look, paints, speaks_utf8, unfit, variable};
use super::{Done, Globals, json, keys, pictures, words};
use crate::config::{Config, Locations, zone_for};
use crate::domain::Clock;
use crate::domain::clock::clock_off;
use crate::domain::text_safety::visible;
use crate::runtime::clock::{PlanClock, RealClock};
use crate::runtime::terminal::cell_of_window;
use crate::runtime::{logins, outlets};
use crate::secrets::SecretError;
use crate::store::Store;
use serde::Serialize;
use std::io::Write;

/// Say everything that is wrong.
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Note,
    Wrong,
}

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn push(&mut self, what: &'static str, verdict: Verdict, detail: impl Into<String>) {
        self.0.push(Finding {
            what,
            verdict,
            detail: detail.into(),
        });
    }
}

impl Doctor {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let mut found = Findings::default();
        let locations = house::locations(globals)?;
        let config = configuration(&mut found, &locations);
        own_keys(&mut found, &locations, &config);
        own_looks(&mut found, &locations, &config);
        clock(&mut found, &config);
        database(&mut found, &locations);
        secrets(&mut found, &locations, &config);
        ends(&mut found, &locations, &config);
        terminal(&mut found, &config);
        let wrong = found
            .0
            .iter()
            .any(|finding| finding.verdict == Verdict::Wrong);
        if globals.json {
            json::line(out, &found.0)?;
        } else {
            for finding in &found.0 {
                let sign = match finding.verdict {
                    Verdict::Ok => "ok",
                    Verdict::Note => "note",
                    Verdict::Wrong => "WRONG",
                };
                writeln!(
                    out,
                    "{sign:<5}  {:<14}  {}",
                    finding.what,
                    visible(&finding.detail)
                )?;
            }
        }
        Ok(if wrong { Done::InPart } else { Done::Whole })
    }
}

fn configuration(found: &mut Findings, locations: &Locations) -> Config {
    let path = locations.config.display();
    match house::load(locations) {
        Ok(config) if locations.config.exists() => {
            let channels = config.channels.len();
            found.push(
                "configuration",
                Verdict::Ok,
                format!(
                    "{path}, {channels} channel{}",
                    if channels == 1 { "" } else { "s" }
                ),
            );
            config
        }
        Ok(config) => {
            found.push(
                "configuration",
                Verdict::Note,
                format!("{path} does not exist: the built-in values hold, there is no channel"),
            );
            config
        }
        Err(errors) => {
            for error in errors {
                found.push("configuration", Verdict::Wrong, error.to_string());
            }
            Config::default()
        }
    }
}

fn own_looks(found: &mut Findings, locations: &Locations, config: &Config) {
    for error in paints(config, locations).err().into_iter().flatten() {
        found.push("theme", Verdict::Wrong, error.to_string());
    }
}

fn own_keys(found: &mut Findings, locations: &Locations, config: &Config) {
    match keys::keymap(config, locations) {
        Ok(_) if config.keys.is_empty() => {}
        Ok(_) => found.push(
            "keys",
            Verdict::Ok,
            format!(
                "{} of your own; `masthead keys` lists all",
                config.keys.len()
            ),
        ),
        Err(errors) => {
            for error in errors {
                found.push("keys", Verdict::Wrong, error.to_string());
            }
        }
    }
}

fn clock(found: &mut Findings, config: &Config) {
    let (zone, source) = zone_for(config);
    found.push(
        "time zone",
        Verdict::Ok,
        format!(
            "{zone}, {}; zone data {}",
            source.words(),
            chrono_tz::IANA_TZDB_VERSION
        ),
    );
    match house::plan_clock() {
        Ok(PlanClock::Real) => found.push(
            "clock",
            Verdict::Ok,
            format!("{} UTC", RealClock.now().format("%Y-%m-%d %H:%M:%S")),
        ),
        Ok(set) => found.push(
            "clock",
            Verdict::Note,
            format!(
                "MASTHEAD_NOW sets it to {} UTC: only what stays on this machine leaves",
                set.now().format("%Y-%m-%d %H:%M:%S")
            ),
        ),
        Err(error) => found.push("clock", Verdict::Wrong, error.to_string()),
    }
}

fn database(found: &mut Findings, locations: &Locations) {
    let path = &locations.db;
    if let Err(error) = make_folder(&locations.data) {
        found.push("data folder", Verdict::Wrong, words(&error));
    } else {
        found.push(
            "data folder",
            Verdict::Ok,
            locations.data.display().to_string(),
        );
    }
    if let Err(error) = house::refuse_network_file_system(path) {
        found.push("database", Verdict::Wrong, error.to_string());
        return;
    }
    if locations.db_named && !path.exists() {
        let missing = house::no_database(path);
        found.push("database", Verdict::Wrong, missing.to_string());
        return;
    }
    let store = match Store::open(path, RealClock.now()) {
        Ok(store) => store,
        Err(error) => {
            found.push("database", Verdict::Wrong, error.to_string());
            return;
        }
    };
    let read = store.wait(|db| {
        db.check()?;
        Ok((db.leader()?, db.frozen()?, db.clock_ahead()?))
    });
    match read {
        Ok((leader, frozen, ahead)) => {
            found.push("database", Verdict::Ok, path.display().to_string());
            if let Some(off) = ahead.and_then(clock_off) {
                let words = format!(
                    "{off} of what servers said when they last answered: set it, for example with `timedatectl set-ntp true`"
                );
                found.push("clock", Verdict::Wrong, words);
            }
            if let Some(freeze) = frozen {
                let since = freeze.since.format("%Y-%m-%d %H:%M:%S");
                let words = format!(
                    "everything is {}, since {since} UTC: nothing leaves until `masthead thaw`",
                    freeze.words()
                );
                found.push("freeze", Verdict::Note, words);
            }
            match leader {
                Some(leader) if leader.alive => found.push(
                    "publisher",
                    Verdict::Ok,
                    format!(
                        "{} publishes; it last said so at {} UTC",
                        leader.holder,
                        leader.tick_at.format("%Y-%m-%d %H:%M:%S")
                    ),
                ),
                _ => found.push(
                    "publisher",
                    Verdict::Note,
                    "nothing publishes at the moment: open `masthead`, or run `masthead daemon`",
                ),
            }
        }
        Err(error) => found.push("database", Verdict::Wrong, error.to_string()),
    }
}

fn secrets(found: &mut Findings, locations: &Locations, config: &Config) {
    for configured in &config.channels {
        if configured.channel.platform.is_local() || configured.channel.dormant {
            continue;
        }
        let source = outlets::source(configured, locations);
        let name = &configured.channel.name;
        match source.resolve() {
            Ok(_) => found.push("secret", Verdict::Ok, format!("{name}: {source}")),
            Err(SecretError::Missing(_)) if configured.secret.is_none() => found.push(
                "secret",
                Verdict::Wrong,
                format!("{name}: nobody has logged in yet: run `masthead login {name}`"),
            ),
            Err(error) => found.push("secret", Verdict::Wrong, format!("{name}: {error}")),
        }
    }
}

/// What ends by itself: a note while there is time, and what has ended is wrong, unless its end was only expected.
fn ends(found: &mut Findings, locations: &Locations, config: &Config) {
    let now = RealClock.now();
    for end in logins::ends(config, locations) {
        if !end.is_near(now, config.login_notice_days.max(1)) {
            continue;
        }
        let certain = match &end.what {
            logins::Ending::Login => true,
            logins::Ending::Api(end) => end.is_announced,
        };
        let verdict = if certain && end.days(now) < 0 {
            Verdict::Wrong
        } else {
            Verdict::Note
        };
        found.push("end", verdict, end.words(now));
    }
}

fn terminal(found: &mut Findings, config: &Config) {
    let term = variable("TERM").unwrap_or_else(|| "not set".to_owned());
    let colours = match (variable("NO_COLOR"), variable("COLORTERM")) {
        (Some(_), _) => "no colours (NO_COLOR)".to_owned(),
        (None, Some(kind)) => format!("COLORTERM {kind}"),
        (None, None) => "16 colours".to_owned(),
    };
    let utf8 = speaks_utf8();
    let letters = if utf8 {
        "UTF-8"
    } else {
        "the locale is not UTF-8: the screen draws plain ASCII"
    };
    let verdict = if utf8 { Verdict::Ok } else { Verdict::Note };
    if let Some(reason) = unfit(variable("TERM").as_deref()) {
        found.push("terminal", Verdict::Note, reason);
    }
    found.push(
        "terminal",
        verdict,
        format!("TERM {term}, {colours}, {letters}"),
    );
    let (look, cell) = (look(config, false), cell_of_window());
    let shown = pictures::words(config.pictures, look, variable, cell);
    found.push("pictures", Verdict::Ok, shown);
}
