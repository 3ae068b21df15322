//! The commands that a text can be piped through: one `[[filters]]` section for each.
//!
//! Nothing is looked for or run here; a program that is not there is said when it is asked for.

use super::read::{Entry, Reader, Section};
use crate::domain::TextFilter;
use crate::domain::text_safety::visible;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// Columns that a name may take in the list.
const LONGEST_NAME: usize = 24;
/// Seconds that a command may be given.
const MOST_SECONDS: u32 = 600;

/// Reads the sections, in the order of the file.
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Vec<TextFilter> {
    let DeValue::Array(list) = entry.value else {
        let message = "`filters` must be sections, each begun with: [[filters]]".to_owned();
        reader.wrong(&entry.at, message);
        return Vec::new();
    };
    let mut filters: Vec<TextFilter> = Vec::new();
    for one in list {
        let DeValue::Table(table) = one.get_ref() else {
            let message = "`filters` must be sections, each begun with: [[filters]]".to_owned();
            reader.wrong(&one.span(), message);
            continue;
        };
        let head = Entry {
            at: one.span(),
            key_at: one.span(),
            ..entry.clone()
        };
        if let Some(filter) = read_one(reader, &head, table, &filters) {
            filters.push(filter);
        }
    }
    filters
}

fn read_one(
    reader: &mut Reader<'_>,
    head: &Entry<'_, '_>,
    table: &DeTable<'_>,
    others: &[TextFilter],
) -> Option<TextFilter> {
    let place = " in [[filters]]".to_owned();
    let known = ["name", "command", "seconds"];
    let section = Section::new(reader, place, head.key_at.clone(), table, &known);
    for (key, example) in [("name", "spelling"), ("command", "my-spell --fix")] {
        if section.entry(key).is_none() {
            let message =
                format!("`{key}` is missing in [[filters]]; for example: {key} = \"{example}\"");
            reader.wrong(&section.head_at, message);
        }
    }
    let allowed = format!("a name in quotes, at most {LONGEST_NAME} letters");
    let name = section.text(reader, "name", &allowed)?.trim().to_owned();
    if let Some(entry) = section.entry("name") {
        if name.chars().count() > LONGEST_NAME || visible(&name) != name {
            section.refuse(reader, entry, &allowed);
            return None;
        }
        if others.iter().any(|other| other.name == name) {
            let message = format!("there are two [[filters]] called `{name}`; rename one");
            reader.wrong(&entry.at, message);
            return None;
        }
    }
    let allowed = "a command such as \"my-spell --fix\", or a list of its words";
    let command = section.command(reader, "command", allowed)?;
    if command.first().is_none_or(String::is_empty) {
        if let Some(entry) = section.entry("command") {
            section.refuse(reader, entry, allowed);
        }
        return None;
    }
    let seconds = section.number(reader, "seconds", 1..MOST_SECONDS + 1);
    let limit = seconds.map_or(TextFilter::LIMIT, |it| Duration::from_secs(u64::from(it)));
    Some(TextFilter {
        name,
        command,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use std::time::Duration;

    fn errors(text: &str) -> String {
        let errors = Config::parse(text, "config.toml").expect_err("something is wrong");
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn a_filter_is_a_name_and_a_command_with_a_minute_unless_said_otherwise() {
        let text = "[[filters]]\nname = \"spelling\"\ncommand = \"my-spell --fix\"\n\
                    [[filters]]\nname = \"shorter\"\ncommand = [\"llm\", \"make it shorter\"]\nseconds = 120\n";
        let filters = Config::parse(text, "config.toml")
            .expect("it parses")
            .filters;
        assert_eq!(filters[0].command, ["my-spell", "--fix"]);
        assert_eq!(filters[0].limit, Duration::from_secs(60));
        assert_eq!(filters[1].command, ["llm", "make it shorter"]);
        assert_eq!(filters[1].limit, Duration::from_secs(120));
        let printed = format!("{:?}", filters[1]);
        assert!(!printed.contains("make it"), "{printed}");
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_said_with_its_line() {
        for (text, says) in [
            ("filters = 3", "config.toml:1: `filters` must be sections"),
            ("[[filters]]\nname = \"a\"", "`command` is missing"),
            ("[[filters]]\ncommand = \"a\"", "`name` is missing"),
            (
                "[[filters]]\nname = \"a\"\ncommand = []",
                "config.toml:3: `command` in [[filters]] must be",
            ),
            (
                "[[filters]]\nname = \"a\"\ncomand = \"b\"",
                "did you mean `command`?",
            ),
            (
                "[[filters]]\nname = \"a\"\ncommand = \"b\"\nseconds = 0",
                "`seconds` in [[filters]] must be a whole number from 1 to 600",
            ),
            (
                "[[filters]]\nname = \"a\"\ncommand = \"b\"\n[[filters]]\nname = \"a\"\ncommand = \"c\"",
                "config.toml:5: there are two [[filters]] called `a`",
            ),
            (
                "[[filters]]\nname = \"a\\u001b[2J\"\ncommand = \"b\"",
                "`name` in [[filters]] must be",
            ),
        ] {
            let said = errors(text);
            assert!(said.contains(says), "{said}");
        }
    }
}
