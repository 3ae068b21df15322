//! The directory as CSV: one line for each entry, one column for each platform.
//!
//! Only the form is read here. Keys, names and handles are checked by whoever takes the lines in (`cli/people.rs`).

use crate::domain::nearest::nearest;
use crate::domain::text_safety::visible;
use crate::domain::{Entry, PlatformId};

/// The columns before those of the platforms.
const FIRST: [&str; 3] = ["key", "name", "kind"];

/// One line of a file. What a file has no column for is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The key; empty where it is to be made of the name.
    pub key: String,
    /// The name.
    pub name: Option<String>,
    /// The kind.
    pub kind: Option<String>,
    /// The handles; an empty one takes away what there is.
    pub handles: Vec<(PlatformId, String)>,
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A column that means nothing here.
    #[error("line 1: unknown column `{0}`; {1}")]
    Column(String, String),
    /// Neither keys nor names.
    #[error(
        "line 1: there is neither a column `key` nor `name`; the first line names the columns: {0}"
    )]
    NoKey(String),
    /// A line that is not CSV.
    #[error("line {line}: {why}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
}

fn columns() -> Vec<&'static str> {
    let platforms = PlatformId::ALL.iter().filter(|it| !it.is_local());
    let words = platforms.map(|platform| platform.word());
    FIRST.into_iter().chain(words).collect()
}

/// Reads a file. Its first line names the columns, in any order; commas or semicolons part them.
///
/// # Errors
/// For a column that is not known and a line that is not CSV, with its number.
pub fn read(text: &str) -> Result<Vec<Row>, CsvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = &text.replace("\r\n", "\n");
    let head = text.lines().next().unwrap_or_default();
    // Spreadsheets write semicolons where a comma stands before decimals.
    let delimiter = if head.contains(';') && !head.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(str::to_lowercase).collect(),
        Err(error) => return Err(wrong(&error)),
    };
    let known = columns();
    for name in &names {
        if !known.contains(&name.as_str()) {
            let advice = nearest(name, known.iter().copied()).map_or_else(
                || format!("there are: {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(CsvError::Column(visible(name), advice));
        }
    }
    if !names.iter().any(|name| FIRST[..2].contains(&name.as_str())) {
        return Err(CsvError::NoKey(known.join(", ")));
    }
    let mut rows = Vec::new();
    let mut lines = Lines {
        text,
        at: 0,
        line: 1,
    };
    for record in reader.records() {
        let record = record.map_err(|error| wrong(&error))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let mut row = Row {
            line: record.position().map_or(0, |it| lines.line_of(it.byte())),
            ..Row::default()
        };
        for (name, cell) in names.iter().zip(&record) {
            let cell = unguarded(cell).to_owned();
            match name.as_str() {
                "key" => row.key = cell,
                "name" => row.name = Some(cell),
                "kind" => row.kind = Some(cell),
                word => row.handles.extend(word.parse().ok().map(|it| (it, cell))),
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Counts lines along with the records; blank ones belong to none.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let blank = self.text.as_bytes()[byte..]
            .iter()
            .take_while(|it| **it == b'\n');
        let start = byte + blank.count();
        let passed = &self.text.as_bytes()[self.at..start];
        self.line += passed.iter().filter(|it| **it == b'\n').count() as u64;
        self.at = start;
        self.line
    }
}

fn wrong(error: &csv::Error) -> CsvError {
    let line = error.position().map_or(1, csv::Position::line);
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!(
            "{len} cells where the first line names {expected_len}: put a cell that holds a comma in quotes"
        ),
        other => visible(&format!("{other:?}")),
    };
    CsvError::Line { line, why }
}

/// Writes entries, a line that names the columns first.
pub fn write<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let columns = columns();
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut lines = vec![
        columns
            .iter()
            .map(|it| (*it).to_owned())
            .collect::<Vec<_>>(),
    ];
    for entry in entries {
        let cell = |column: &&str| match *column {
            "key" => entry.key.to_string(),
            "name" => guarded(&entry.name),
            "kind" => entry.kind.word().to_owned(),
            word => {
                let handle = word
                    .parse()
                    .ok()
                    .and_then(|it: PlatformId| entry.handles.get(&it));
                handle.map_or_else(String::new, |handle| guarded(handle))
            }
        };
        lines.push(columns.iter().map(cell).collect());
    }
    for line in lines {
        // Memory takes what is written to it.
        let _ = writer.write_record(line);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// What a spreadsheet would take for a formula.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn guarded(cell: &str) -> String {
    if is_formula(cell) || cell.strip_prefix('\'').is_some_and(is_formula) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) || rest.strip_prefix('\'').is_some_and(is_formula) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EntryKind;

    fn entry(key: &str, name: &str, handles: &[(PlatformId, &str)]) -> Entry {
        let mut entry = Entry::new(key.parse().unwrap(), name, EntryKind::Package).unwrap();
        let handles = handles
            .iter()
            .map(|(it, handle)| (*it, (*handle).to_owned()));
        entry.handles.extend(handles);
        entry
    }

    #[test]
    fn what_was_written_is_read_back_as_it_was() {
        let entries = [
            entry(
                "a",
                "=SUM(A1), \"quoted\" [x]",
                &[(PlatformId::Mastodon, "a@b.org")],
            ),
            entry("b", "'-dash", &[]),
            entry(
                "c",
                "'plain'",
                &[(PlatformId::LinkedIn, "urn:li:organization:1 Name; B")],
            ),
        ];
        let text = write(&entries);
        assert!(text.contains("\"'=SUM(A1), \"\"quoted\"\" [x]\""), "{text}");
        let rows = read(&text).unwrap();
        for (row, entry) in rows.iter().zip(&entries) {
            assert_eq!(row.name.as_deref(), Some(entry.name.as_str()));
            for (platform, handle) in &row.handles {
                let expected = entry.handles.get(platform).map_or("", String::as_str);
                assert_eq!(handle, expected);
            }
        }
        assert_eq!(
            rows.iter().map(|row| row.line).collect::<Vec<_>>(),
            [2, 3, 4]
        );
    }

    #[test]
    fn columns_in_any_order_and_semicolons_are_read() {
        let rows = read("\u{feff}Name;x\r\nAda ; ada_l\r\n;\r\n\r\nBo;\r\n").unwrap();
        assert_eq!(rows[0].name.as_deref(), Some("Ada"));
        assert_eq!(rows[0].handles, [(PlatformId::X, "ada_l".to_owned())]);
        assert_eq!(rows.len(), 2, "a line of nothing is passed over");
        assert_eq!(rows[1].line, 5);
    }

    #[test]
    fn what_is_no_directory_is_refused_with_its_line() {
        for (text, says) in [
            (
                "key,mastodn\n",
                "line 1: unknown column `mastodn`; did you mean `mastodon`?",
            ),
            (
                "kind,x\n",
                "line 1: there is neither a column `key` nor `name`",
            ),
            ("", "line 1: there is neither"),
            (
                "key,name\na,b\nc,d,e\n",
                "line 3: 3 cells where the first line names 2",
            ),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(says), "{said}");
        }
    }
}
