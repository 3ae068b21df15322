//! Walks a parsed file with the place of every key and value, and collects what is wrong.
//!
//! Knows how to ask a table for a word, a number or a yes or no; what the keys mean is in `mod.rs` and
//! `channels.rs`.

use super::nearest::nearest;
use super::{Config, ConfigError, Pictures, channels, filters, hashtags, keys, theme};
use crate::domain::pixels::Protocol;
use crate::domain::{HashtagGroups, ReviewRule};
use chrono::{Duration, Weekday};
use chrono_tz::Tz;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The file being read, and what was found wrong in it so far.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    file: &'t str,
    errors: Vec<ConfigError>,
}

impl Reader<'_> {
    /// Returns the line, from 1, in which a place stands.
    pub(super) fn line(&self, at: &Range<usize>) -> usize {
        line_of(self.text.as_bytes(), at.start)
    }

    pub(super) fn wrong(&mut self, at: &Range<usize>, message: String) {
        self.errors.push(ConfigError {
            file: self.file.to_owned(),
            line: Some(self.line(at)),
            message,
        });
    }
}

/// Returns the number of the line, from 1, in which a byte stands.
pub(super) fn line_of(text: &[u8], at: usize) -> usize {
    1 + text[..at.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// One key of a table with its value and their places.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a, 't> {
    pub(super) key: &'a str,
    pub(super) key_at: Range<usize>,
    pub(super) value: &'a DeValue<'t>,
    pub(super) at: Range<usize>,
}

/// A table whose unknown keys were reported.
#[derive(Debug)]
pub(super) struct Section<'a, 't> {
    /// How messages name it: ` in [late]`, or nothing at the top.
    pub(super) place: String,
    /// Where its head stands.
    pub(super) head_at: Range<usize>,
    entries: Vec<Entry<'a, 't>>,
}

/// Returns the entries of a table in the order of the file.
pub(super) fn entries<'a, 't>(table: &'a DeTable<'t>) -> Vec<Entry<'a, 't>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().as_ref(),
            key_at: key.span(),
            value: value.get_ref(),
            at: value.span(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at.start);
    entries
}

impl<'a, 't> Section<'a, 't> {
    pub(super) fn new(
        reader: &mut Reader<'_>,
        place: String,
        head_at: Range<usize>,
        table: &'a DeTable<'t>,
        known: &[&str],
    ) -> Self {
        let (entries, strangers): (Vec<_>, Vec<_>) = entries(table)
            .into_iter()
            .partition(|entry| known.contains(&entry.key));
        for stranger in strangers {
            let end = match nearest(stranger.key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("allowed: {}", known.join(", ")),
            };
            let key = crate::domain::text_safety::visible(stranger.key);
            reader.wrong(
                &stranger.key_at,
                format!("unknown key `{key}`{place}; {end}"),
            );
        }
        Self {
            place,
            head_at,
            entries,
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a, 't>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Says that a key's value is not what it may be.
    pub(super) fn refuse(&self, reader: &mut Reader<'_>, entry: &Entry<'_, '_>, allowed: &str) {
        reader.wrong(
            &entry.at,
            format!("`{}`{} must be {allowed}", entry.key, self.place),
        );
    }

    pub(super) fn text(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        allowed: &str,
    ) -> Option<&'a str> {
        let entry = self.entry(key)?;
        match entry.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.as_ref()),
            _ => {
                self.refuse(reader, entry, allowed);
                None
            }
        }
    }

    /// Reads a word out of a short list.
    pub(super) fn choice<T: Copy>(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let entry = self.entry(key)?;
        if let DeValue::String(word) = entry.value
            && let Some((_, choice)) = choices.iter().find(|(name, _)| name == word)
        {
            return Some(*choice);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.refuse(reader, entry, &format!("one of: {}", words.join(", ")));
        None
    }

    pub(super) fn yes_or_no(&self, reader: &mut Reader<'_>, key: &str) -> Option<bool> {
        let entry = self.entry(key)?;
        if let DeValue::Boolean(value) = entry.value {
            return Some(*value);
        }
        self.refuse(reader, entry, "true or false");
        None
    }

    /// Reads a program with its arguments: a list, or a line that is split on white space. May be empty.
    pub(super) fn command(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        allowed: &str,
    ) -> Option<Vec<String>> {
        let entry = self.entry(key)?;
        let words = match entry.value {
            DeValue::String(line) => Some(line.split_whitespace().map(str::to_owned).collect()),
            DeValue::Array(list) => list
                .iter()
                .map(|word| match word.get_ref() {
                    DeValue::String(word) => Some(word.clone().into_owned()),
                    _ => None,
                })
                .collect::<Option<Vec<String>>>(),
            _ => None,
        };
        if words.is_none() {
            self.refuse(reader, entry, allowed);
        }
        words
    }

    pub(super) fn number(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        allowed: Range<u32>,
    ) -> Option<u32> {
        let entry = self.entry(key)?;
        if let DeValue::Integer(number) = entry.value
            && let Ok(number) = u32::from_str_radix(number.as_str(), number.radix())
            && allowed.contains(&number)
        {
            return Some(number);
        }
        let words = format!(
            "a whole number from {} to {}",
            allowed.start,
            allowed.end - 1
        );
        self.refuse(reader, entry, &words);
        None
    }

    /// Reads a time zone; `unset` is the word that stands for none.
    fn zone(&self, reader: &mut Reader<'_>, key: &str, unset: &str) -> Option<Tz> {
        let name = self.text(
            reader,
            key,
            &format!("a time zone such as \"Europe/Oslo\", or \"{unset}\""),
        )?;
        if name == unset {
            return None;
        }
        let found = name.parse().ok();
        if found.is_none()
            && let Some(entry) = self.entry(key)
        {
            let hint = nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()))
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_else(|| {
                    format!("; allowed: a name such as `Europe/Oslo`, or `{unset}`")
                });
            let name = crate::domain::text_safety::visible(name);
            reader.wrong(
                &entry.at,
                format!("`{key}`: there is no time zone `{name}`{hint}"),
            );
        }
        found
    }
}

const TOP: &[&str] = &[
    "timezone",
    "second_zone",
    "week_start",
    "theme",
    "mouse",
    "pictures",
    "ascii",
    "clock",
    "notify_command",
    "login_notice_days",
    "cards",
    "late",
    "review",
    "authors",
    "keys",
    "filters",
    "hashtags",
    "channels",
];

/// Half a century: beyond any grace that somebody means.
const MOST_MINUTES: u32 = 50 * 365 * 24 * 60;

pub(super) fn parse(text: &str, file: &str) -> Result<Config, Vec<ConfigError>> {
    let mut reader = Reader {
        text,
        file,
        errors: Vec::new(),
    };
    let config = match DeTable::parse(text) {
        Ok(table) => read_all(&mut reader, table.get_ref()),
        Err(error) => {
            let said = error.message().lines().collect::<Vec<_>>().join(", ");
            let at = error.span().unwrap_or_default();
            reader.wrong(&at, format!("this is not TOML: {said}"));
            Config::default()
        }
    };
    if reader.errors.is_empty() {
        return Ok(config);
    }
    reader.errors.sort_by_key(|error| error.line);
    Err(reader.errors)
}

fn read_all(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Config {
    let default = Config::default();
    let top = Section::new(reader, String::new(), 0..0, table, TOP);
    let zone = top.zone(reader, "timezone", "system");
    let second_zone = top.zone(reader, "second_zone", "none");
    let week_start = top.choice(
        reader,
        "week_start",
        &[
            ("monday", Weekday::Mon),
            ("saturday", Weekday::Sat),
            ("sunday", Weekday::Sun),
        ],
    );
    let (theme, looks) = theme::read(reader, &top);
    let mouse = top.yes_or_no(reader, "mouse");
    let pictures = top.choice(
        reader,
        "pictures",
        &[
            ("auto", Pictures::Auto),
            ("kitty", Pictures::By(Protocol::Kitty)),
            ("iterm2", Pictures::By(Protocol::Iterm2)),
            ("sixel", Pictures::By(Protocol::Sixel)),
            ("blocks", Pictures::Blocks),
            ("off", Pictures::Off),
        ],
    );
    let ascii = top.yes_or_no(reader, "ascii");
    let clock = top.yes_or_no(reader, "clock");
    let notify_command = top.command(
        reader,
        "notify_command",
        "a command such as \"mail -s Masthead team@example.org\", a list of its words, or [] for none",
    );

    let login_notice_days = top.number(reader, "login_notice_days", 0..366);

    let cards = top.choice(reader, "cards", &[("on", true), ("off", false)]);

    let mut late = default.late;
    if let Some(table) = sub_table(reader, &top, "late", "[late]") {
        let (entry, table) = table;
        let known = ["ad_hoc_minutes", "evergreen_minutes"];
        let section = Section::new(
            reader,
            " in [late]".to_owned(),
            entry.key_at.clone(),
            table,
            &known,
        );
        let mut minutes = |key| {
            let number = section.number(reader, key, 1..MOST_MINUTES + 1)?;
            Some(Duration::minutes(i64::from(number)))
        };
        late.ad_hoc = minutes(known[0]).unwrap_or(late.ad_hoc);
        late.evergreen = minutes(known[1]).unwrap_or(late.evergreen);
    }

    let mut review = default.review;
    if let Some((entry, table)) = sub_table(reader, &top, "review", "[review]") {
        let head = entry.key_at.clone();
        let section = Section::new(
            reader,
            " in [review]".to_owned(),
            head,
            table,
            &["required"],
        );
        if section.yes_or_no(reader, "required") == Some(true) {
            review = ReviewRule::Required;
        }
    }

    let mut authors = default.authors;
    if let Some((_, table)) = sub_table(reader, &top, "authors", "[authors]") {
        for entry in entries(table) {
            match entry.value {
                DeValue::String(name) if !name.trim().is_empty() => {
                    authors.insert(entry.key.to_owned(), name.trim().to_owned());
                }
                _ => reader.wrong(
                    &entry.at,
                    format!("`{}` in [authors] must be a name in quotes", entry.key),
                ),
            }
        }
    }

    let keys = match sub_table(reader, &top, "keys", "[keys]") {
        Some((_, table)) => keys::read(reader, table),
        None => Vec::new(),
    };
    let filters = match top.entry("filters") {
        Some(entry) => filters::read(reader, entry),
        None => Vec::new(),
    };
    let channels = match sub_table(reader, &top, "channels", "[channels.NAME]") {
        Some((_, table)) => channels::read(reader, table),
        None => Vec::new(),
    };
    let hashtags = match sub_table(reader, &top, "hashtags", "[hashtags]") {
        Some((_, table)) => {
            let names = channels.iter().map(|it| it.channel.name.clone());
            hashtags::read(reader, table, &names.collect::<Vec<_>>())
        }
        None => HashtagGroups::default(),
    };
    Config {
        zone,
        second_zone,
        week_start: week_start.unwrap_or(default.week_start),
        theme,
        looks,
        mouse: mouse.unwrap_or_default(),
        pictures: pictures.unwrap_or_default(),
        ascii: ascii.unwrap_or_default(),
        clock: clock.unwrap_or(default.clock),
        notify_command: notify_command.unwrap_or_default(),
        login_notice_days: login_notice_days.unwrap_or(default.login_notice_days),
        cards: cards.unwrap_or(default.cards),
        late,
        review,
        authors,
        keys,
        filters,
        hashtags,
        channels,
    }
}

fn sub_table<'s, 'a, 't>(
    reader: &mut Reader<'_>,
    section: &'s Section<'a, 't>,
    key: &str,
    example: &str,
) -> Option<(&'s Entry<'a, 't>, &'a DeTable<'t>)> {
    let entry = section.entry(key)?;
    if let DeValue::Table(table) = entry.value {
        return Some((entry, table));
    }
    section.refuse(reader, entry, &format!("a section, for example: {example}"));
    None
}
