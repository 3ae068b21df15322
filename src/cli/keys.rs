//! `masthead keys`: every action with its keys, in the form of the configuration; and the user's own keys checked for the screen.
//!
//! The configuration hands over texts, `app` knows what they mean; here the two meet, and an error gets its file and line.

use super::{Done, Globals, house, json};
use crate::app::Keymap;
use crate::app::action::{ACTIONS, Place, Row};
use crate::app::bindings::Wish;
use crate::app::keymap::{Sequence, text};
use crate::config::{Config, ConfigError, Locations};
use serde::Serialize;
use std::io::Write;

/// List every action with its keys.
#[derive(Debug, clap::Args)]
pub(super) struct Keys {}

/// Returns the keys of the screen: the defaults, with the user's own in their place.
///
/// # Errors
/// Every line of the configuration that cannot be granted.
pub(super) fn keymap(config: &Config, locations: &Locations) -> Result<Keymap, Vec<ConfigError>> {
    let wishes: Vec<Wish<'_>> = config
        .keys
        .iter()
        .map(|binding| Wish {
            section: binding.section.as_deref(),
            action: &binding.action,
            keys: &binding.keys,
        })
        .collect();
    Keymap::with(&wishes).map_err(|refused| {
        let errors = refused.iter().map(|refused| ConfigError {
            file: locations.config.display().to_string(),
            line: config.keys.get(refused.wish).map(|binding| binding.line),
            message: refused.to_string(),
        });
        errors.collect()
    })
}

#[derive(Debug, Serialize)]
struct Line {
    /// `None` for all panes.
    pane: Option<&'static str>,
    action: String,
    keys: Vec<String>,
    does: &'static str,
}

impl Keys {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let locations = house::locations(globals)?;
        let config = house::configuration(&locations)?;
        let keymap = keymap(&config, &locations).map_err(|errors| house::first_of(&errors))?;
        let lines = lines(&keymap);
        if globals.json {
            json::line(out, &lines)?;
        } else {
            write!(out, "{}", toml(&lines))?;
        }
        Ok(Done::Whole)
    }
}

/// Returns the lines of all sections, those that hold in every pane first.
fn lines(keymap: &Keymap) -> Vec<Line> {
    let line = |row: &'static Row, place: Place| Line {
        pane: (!matches!(place, Place::Everywhere | Place::Plan)).then(|| place.word()),
        action: row.name(),
        keys: texts(keymap.keys_in(row.action, place)),
        does: row.text,
    };
    let everywhere = ACTIONS
        .iter()
        .filter(|row| matches!(row.place, Place::Everywhere | Place::Plan));
    let mut lines: Vec<Line> = everywhere.map(|row| line(row, Place::Everywhere)).collect();
    for place in Place::ALL {
        let differs = |row: &&Row| {
            let general = keymap.keys_in(row.action, Place::Everywhere);
            row.place.reaches(place) && keymap.keys_in(row.action, place) != general
        };
        let rows = ACTIONS
            .iter()
            .filter(|row| row.place == place || differs(row));
        lines.extend(rows.map(|row| line(row, place)));
    }
    lines
}

fn texts(keys: &[Sequence]) -> Vec<String> {
    keys.iter().map(|keys| text(keys)).collect()
}

fn toml(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut section = None;
    for line in lines {
        if section != Some(line.pane) {
            let gap = if section.is_none() { "" } else { "\n" };
            let head = line
                .pane
                .map_or("[keys]".to_owned(), |pane| format!("[keys.{pane}]"));
            text.push_str(&format!("{gap}{head}\n"));
            section = Some(line.pane);
        }
        let keys: Vec<String> = line.keys.iter().map(|key| quoted(key)).collect();
        let keys = match &keys[..] {
            [one] => one.clone(),
            more => format!("[{}]", more.join(", ")),
        };
        let binding = format!("{} = {keys}", line.action);
        text.push_str(&format!("{binding:<36}  # {}\n", line.does));
    }
    text
}

/// A key holds at most one kind of quote or backslash, so one of TOML's two kinds of strings always fits.
fn quoted(key: &str) -> String {
    if key.contains(['"', '\\']) && !key.contains('\'') {
        format!("'{key}'")
    } else {
        format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn here() -> Locations {
        let mut locations = Locations::within(Path::new("/nowhere"));
        locations.config = PathBuf::from("keys.toml");
        locations
    }

    fn read(text: &str) -> Result<Keymap, Vec<ConfigError>> {
        keymap(&Config::parse(text, "keys.toml").unwrap(), &here())
    }

    #[test]
    fn what_is_printed_can_be_put_into_the_configuration_and_changes_nothing() {
        let own =
            "[keys]\nundo = ['\"', '\\', \"g'\"]\npublish-now = []\n[keys.queue]\ntrash = \"Y\"\n";
        for text in ["", own] {
            let keymap = read(text).unwrap();
            let printed = toml(&lines(&keymap));
            let again = read(&printed).unwrap_or_else(|errors| panic!("{errors:?}\n{printed}"));
            assert_eq!(toml(&lines(&again)), printed);
        }
    }

    #[test]
    fn every_binding_that_cannot_be_granted_is_said_with_its_line() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/configs/bindings/refused"
        );
        let text = std::fs::read_to_string(format!("{path}.toml")).unwrap();
        let said: String = read(&text)
            .unwrap_err()
            .iter()
            .map(|error| format!("{error}\n"))
            .collect();
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(format!("{path}.txt"), &said).unwrap();
        }
        assert_eq!(
            said,
            std::fs::read_to_string(format!("{path}.txt")).unwrap()
        );
    }
}
