//! The theme: one word for all colours, or a section with looks of single roles.
//!
//! Only the form is checked here: which roles and looks there are is known to `app`, which this folder may not import.

use super::read::{Reader, Section, entries};
use crate::domain::text_safety::visible;
use std::collections::BTreeSet;
use toml::de::DeValue;

/// Which colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's own 16 colours, light or dark.
    #[default]
    Auto,
    /// Truecolour, for the background that the terminal says it has.
    Exact,
    /// Truecolour for a dark background.
    Dark,
    /// Truecolour for a light background.
    Light,
}

/// How one role shall look, as the file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleLook {
    /// The role's name.
    pub role: String,
    /// Its look.
    pub look: String,
    /// The line of the file, from 1.
    pub line: usize,
}

const COLOURS: &[(&str, Theme)] = &[
    ("auto", Theme::Auto),
    ("exact", Theme::Exact),
    ("dark", Theme::Dark),
    ("light", Theme::Light),
];

/// Reads the theme: `theme = "dark"`, or a section whose `colours` says the same beside the looks of roles.
pub(super) fn read(reader: &mut Reader<'_>, top: &Section<'_, '_>) -> (Theme, Vec<RoleLook>) {
    let Some(entry) = top.entry("theme") else {
        return (Theme::default(), Vec::new());
    };
    let DeValue::Table(table) = entry.value else {
        return (
            top.choice(reader, "theme", COLOURS).unwrap_or_default(),
            Vec::new(),
        );
    };
    // Every key is known: what is no role is refused where roles are.
    let lines = entries(table);
    let known: BTreeSet<&str> = lines.iter().map(|line| line.key).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let place = " in [theme]".to_owned();
    let section = Section::new(reader, place, entry.key_at.clone(), table, &known);
    let colours = section.choice(reader, "colours", COLOURS);
    let mut looks = Vec::new();
    for line in lines.iter().filter(|line| line.key != "colours") {
        match line.value {
            DeValue::String(look) => looks.push(RoleLook {
                role: line.key.to_owned(),
                look: look.clone().into_owned(),
                line: reader.line(&line.key_at),
            }),
            _ => {
                let role = visible(line.key);
                let allowed = "a look such as \"#7fc4ff bold\", \"black on cyan\" or \"dim\"";
                reader.wrong(&line.at, format!("`{role}` in [theme] must be {allowed}"));
            }
        }
    }
    (colours.unwrap_or_default(), looks)
}
