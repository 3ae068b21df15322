//! `masthead count`: how long a text is on every platform.
//!
//! Reads and writes what it is handed; counting itself is `text::count`. The JSON of `--jsonl` is a contract,
//! so its fields are written out here and nowhere else.

use crate::domain::{Count, Facts, PlatformId, Unit};
use crate::text::{Counted, count};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::io::{self, BufRead, BufWriter, ErrorKind, Read, Write};

/// Returns the platforms that are counted for, in the order of columns and fields.
fn counted_for() -> impl Iterator<Item = PlatformId> {
    // A folder on this machine has no length of its own.
    PlatformId::ALL
        .iter()
        .copied()
        .filter(|platform| !platform.is_local())
}

/// What `count_lines` did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinesCounted {
    /// Lines read.
    pub lines: u64,
    /// Lines that were not understood; any makes the exit status 3.
    pub malformed: u64,
}

/// How `count_text` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    Table,
    /// One JSON object, as for a line of `--jsonl`.
    Json,
}

/// Counts one text, the whole of `input`, for every platform.
///
/// Errors with `InvalidData` and a plain sentence when the text is not UTF-8.
pub fn count_text(mut input: impl Read, format: Format, mut out: impl Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        let message = format!(
            "The text is not valid UTF-8 (byte {at}); convert it first, for example with iconv"
        );
        io::Error::new(ErrorKind::InvalidData, message)
    })?;
    let counted = Counted {
        text: &text,
        ..Counted::default()
    };
    match format {
        Format::Table => write_table(&counted, &mut out)?,
        Format::Json => writeln!(out, "{}", answer(&counted))?,
    }
    out.flush()
}

/// Counts one JSON text or object per line, one answer per line, in the memory of one line.
pub fn count_lines(mut input: impl BufRead, out: impl Write) -> io::Result<LinesCounted> {
    let mut out = BufWriter::new(out);
    let mut done = LinesCounted::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        done.lines += 1;
        let answered = match serde_json::from_slice::<Request<'_>>(trimmed(&line)) {
            Ok(request) => answer(&request.counted()),
            Err(error) => {
                done.malformed += 1;
                json!({ "error": format!("line {}: {}", done.lines, reason(&line, &error)) })
            }
        };
        serde_json::to_writer(&mut out, &answered)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(done)
}

/// What a line holds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Request<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Fields(#[serde(borrow)] Fields<'a>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(default, borrow)]
    cw: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    topic: Option<Cow<'a, str>>,
}

impl Request<'_> {
    fn counted(&self) -> Counted<'_> {
        match self {
            Self::Text(text) => Counted {
                text,
                ..Counted::default()
            },
            Self::Fields(fields) => Counted {
                text: &fields.text,
                warning: fields.cw.as_deref().unwrap_or_default(),
                title: fields.title.as_deref(),
                topic: fields.topic.as_deref(),
            },
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn reason(line: &[u8], error: &serde_json::Error) -> String {
    if trimmed(line).trim_ascii().is_empty() {
        return "it is empty; write a JSON string, or an object with `text`".to_owned();
    }
    if std::str::from_utf8(line).is_err() {
        return "it is not valid UTF-8".to_owned();
    }
    if error.is_data() {
        return "it is no JSON string and no object with `text` and perhaps `cw`, `title`, `topic`"
            .to_owned();
    }
    format!("it is no JSON: {error}")
}

fn answer(counted: &Counted<'_>) -> Value {
    let facts = Facts::default();
    let all = counted_for().map(|platform| {
        let count = count(platform, counted, &facts);
        (platform.word().to_owned(), Value::Object(fields(&count)))
    });
    Value::Object(all.collect())
}

fn fields(count: &Count) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("used".to_owned(), count.text.used.into());
    fields.insert("limit".to_owned(), count.text.limit.into());
    if let Some(bytes) = count.bytes {
        fields.insert("bytes".to_owned(), bytes.used.into());
        fields.insert("byte_limit".to_owned(), bytes.limit.into());
    }
    for (name, measure) in [("title_used", count.title), ("topic_used", count.topic)] {
        if let Some(measure) = measure {
            fields.insert(name.to_owned(), measure.used.into());
        }
    }
    fields.insert("fits".to_owned(), count.fits.into());
    fields
}

fn write_table(counted: &Counted<'_>, out: &mut impl Write) -> io::Result<()> {
    let facts = Facts::default();
    writeln!(out, "{:<10}{:>7} / {:<6} unit", "", "used", "limit")?;
    for platform in counted_for() {
        let count = count(platform, counted, &facts);
        let limit = count
            .text
            .limit
            .map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        let unit = unit_name(count.unit);
        let used = count.text.used;
        let verdict = verdict(&count);
        writeln!(
            out,
            "{:<10}{used:>7} / {limit:<6} {unit:<20} {verdict}",
            platform.label()
        )?;
        if let Some(bytes) = count.bytes {
            let limit = bytes.limit.unwrap_or_default();
            let verdict = if bytes.fits() {
                "fits".to_owned()
            } else {
                format!("{} over", bytes.over())
            };
            writeln!(
                out,
                "{:<10}{:>7} / {limit:<6} {:<20} {verdict}",
                "", bytes.used, "bytes"
            )?;
        }
    }
    Ok(())
}

fn verdict(count: &Count) -> String {
    match (
        count.text.over(),
        count.fits || count.bytes.is_some_and(|bytes| !bytes.fits()),
    ) {
        (0, true) => "fits".to_owned(),
        (0, false) if count.text.used == 0 => "empty".to_owned(),
        (0, false) => "refused: a character".to_owned(),
        (over, _) => format!("{over} over"),
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Clusters => "characters",
        Unit::Weighted => "weighted characters",
        Unit::Utf16 => "UTF-16 units",
        Unit::CodePoints => "code points",
        Unit::Bytes => "bytes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> (Vec<Value>, LinesCounted) {
        let mut out = Vec::new();
        let done = count_lines(input, &mut out).expect("memory takes everything");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        (
            text.lines()
                .map(|line| serde_json::from_str(line).expect("JSON"))
                .collect(),
            done,
        )
    }

    #[test]
    fn a_line_is_answered_with_the_fields_of_the_contract() {
        let (answers, done) = lines("\"hi 👩‍👩‍👧\"\n".as_bytes());
        assert_eq!(
            done,
            LinesCounted {
                lines: 1,
                malformed: 0
            }
        );
        assert_eq!(
            answers[0],
            json!({
                "mastodon": {"used": 4, "limit": 500, "fits": true},
                "bluesky": {"used": 4, "limit": 300, "bytes": 21, "byte_limit": 3000, "fits": true},
                "linkedin": {"used": 11, "limit": 3000, "fits": true},
                "x": {"used": 5, "limit": 280, "fits": true},
                "zulip": {"used": 8, "limit": 10000, "fits": true},
                "youtube": {"used": 21, "limit": 5000, "fits": true},
            })
        );
    }

    #[test]
    fn the_warning_counts_on_mastodon_only_and_title_and_topic_are_added() {
        let (answers, _) = lines(br#"{"text":"abc","cw":"de","title":"t1","topic":"top"}"#);
        assert_eq!(answers[0]["mastodon"]["used"], 5);
        assert_eq!(answers[0]["bluesky"]["used"], 3);
        assert_eq!(answers[0]["youtube"]["title_used"], 2);
        assert_eq!(answers[0]["zulip"]["topic_used"], 3);
        assert_eq!(answers[0]["x"].get("title_used"), None);
    }

    #[test]
    fn a_malformed_line_is_answered_in_its_place_and_the_rest_goes_on() {
        let (answers, done) = lines(b"\"a\"\n\n{\"txt\":1}\n\"\xff\"\n[1]\n\"b\"");
        assert_eq!(
            done,
            LinesCounted {
                lines: 6,
                malformed: 4
            }
        );
        let failed: Vec<bool> = answers
            .iter()
            .map(|answer| answer.get("error").is_some())
            .collect();
        assert_eq!(failed, [false, true, true, true, true, false]);
    }

    #[test]
    fn a_text_that_is_not_utf8_is_one_clear_error() {
        let error = count_text(&b"ab\xff"[..], Format::Table, Vec::new()).expect_err("not UTF-8");
        assert!(error.to_string().contains("not valid UTF-8 (byte 3)"));
    }

    #[test]
    fn the_table_says_what_fits_and_what_is_over() {
        let mut out = Vec::new();
        count_text("a".repeat(301).as_bytes(), Format::Table, &mut out)
            .expect("memory takes everything");
        let table = String::from_utf8(out).expect("UTF-8");
        let wanted = [
            "             used / limit  unit",
            "Mastodon      301 / 500    characters           fits",
            "Bluesky       301 / 300    characters           1 over",
            "              301 / 3000   bytes                fits",
            "LinkedIn      301 / 3000   UTF-16 units         fits",
            "X             301 / 280    weighted characters  21 over",
            "Zulip         301 / 10000  code points          fits",
            "YouTube       301 / 5000   bytes                fits",
        ];
        assert_eq!(table.lines().collect::<Vec<_>>(), wanted);
    }
}
