//! The sections of keys: which texts stand for which action, in all panes or in one.
//!
//! Only the form is checked here: what actions and keys there are is known to `app`, which this folder may not import.

use super::read::{Entry, Reader, entries};
use crate::domain::text_safety::visible;
use toml::de::{DeTable, DeValue};

/// One line of `[keys]` or `[keys.PANE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBinding {
    /// The pane; `None` for all of them.
    pub section: Option<String>,
    /// The action's name, as it stands there.
    pub action: String,
    /// The texts of its keys; none leaves it without a key.
    pub keys: Vec<String>,
    /// The line of the file, from 1.
    pub line: usize,
}

const ALLOWED: &str = "a key such as \"s\", \"gd\" or \"ctrl-r\", a list of keys, or [] for none";

/// Reads the sections, in the order of the file.
pub(super) fn read(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<KeyBinding> {
    let mut bindings = Vec::new();
    for entry in entries(table) {
        match entry.value {
            DeValue::Table(pane) => {
                for line in entries(pane) {
                    binding(reader, Some(entry.key), &line, &mut bindings);
                }
            }
            _ => binding(reader, None, &entry, &mut bindings),
        }
    }
    bindings
}

fn binding(
    reader: &mut Reader<'_>,
    section: Option<&str>,
    entry: &Entry<'_, '_>,
    bindings: &mut Vec<KeyBinding>,
) {
    let keys = match entry.value {
        DeValue::String(key) => Some(vec![key.clone().into_owned()]),
        DeValue::Array(list) => list
            .iter()
            .map(|key| match key.get_ref() {
                DeValue::String(key) => Some(key.clone().into_owned()),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    match keys {
        Some(keys) => bindings.push(KeyBinding {
            section: section.map(str::to_owned),
            action: entry.key.to_owned(),
            keys,
            line: reader.line(&entry.key_at),
        }),
        None => {
            let place = section.map_or("keys".to_owned(), |name| format!("keys.{name}"));
            let (key, place) = (visible(entry.key), visible(&place));
            reader.wrong(&entry.at, format!("`{key}` in [{place}] must be {ALLOWED}"));
        }
    }
}
