//! Who is who: people, packages and institutions, each with its handle per platform, and how a text names them.
//!
//! Pure. How a handle is written is each platform's rule (`text/naming.rs`), what becomes of a name in a text is
//! `text/flow.rs`. The database keeps entries (`store/people.rs`), `exchange/people.rs` reads and writes them as CSV.

use super::PlatformId;
use super::nearest::nearest;
use super::text_safety::is_unsafe;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest key, in characters.
const LONGEST_KEY: usize = 40;
/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// What stands after `@@` in a text: lower-case ASCII letters, digits, and `-`, `_` or `.` between them.
///
/// ASCII alone, so that a text without blanks goes on after it: `@@adaさん`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Returns the key as it is written after its sign.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a key of a name: `Ada Lovelace` becomes `ada-lovelace`. `None` where no letter of it is left in ASCII.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut key = String::new();
        for c in folded(name).chars() {
            if c.is_ascii_alphanumeric() {
                key.push(c);
            } else if !key.is_empty() && !key.ends_with('-') {
                key.push('-');
            }
        }
        key.truncate(LONGEST_KEY);
        key.trim_end_matches('-').parse().ok()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::borrow::Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = DirectoryError;

    fn from_str(word: &str) -> Result<Self, DirectoryError> {
        let key = word.trim().trim_start_matches('@').to_ascii_lowercase();
        let ends_well = key.starts_with(|c: char| c.is_ascii_alphanumeric())
            && key.ends_with(|c: char| c.is_ascii_alphanumeric());
        if ends_well && key.chars().all(in_key) && key.len() <= LONGEST_KEY {
            return Ok(Self(key));
        }
        Err(DirectoryError::Key(word.trim().to_owned()))
    }
}

fn in_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// What somebody in the directory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A person.
    #[default]
    Person,
    /// A package.
    Package,
    /// An institution, a project, an event.
    Institution,
}

impl EntryKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Person, Self::Package, Self::Institution];

    /// Returns the word used in the database, in CSV and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Package => "package",
            Self::Institution => "institution",
        }
    }
}

impl FromStr for EntryKind {
    type Err = DirectoryError;

    fn from_str(word: &str) -> Result<Self, DirectoryError> {
        let wanted = word.trim().to_lowercase();
        let found = Self::ALL.into_iter().find(|kind| kind.word() == wanted);
        found.ok_or_else(|| DirectoryError::Kind(word.trim().to_owned()))
    }
}

/// Somebody or something that posts name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What stands after `@@`.
    pub key: Key,
    /// The name that people read.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its handle on each platform that it has one on, as that platform's rule writes it.
    pub handles: BTreeMap<PlatformId, String>,
}

impl Entry {
    /// Creates an entry without handles.
    ///
    /// # Errors
    /// When the name is empty, too long, of several lines, or would itself be taken for a handle.
    pub fn new(key: Key, name: &str, kind: EntryKind) -> Result<Self, DirectoryError> {
        Ok(Self {
            key,
            name: checked_name(name)?,
            kind,
            handles: BTreeMap::new(),
        })
    }
}

/// Returns a name as it is kept.
///
/// # Errors
/// As [`Entry::new`].
pub fn checked_name(name: &str) -> Result<String, DirectoryError> {
    let name = name.trim();
    let refused = |why| Err(DirectoryError::Name(name.to_owned(), why));
    if name.is_empty() {
        return refused("it is empty: write what people read");
    }
    if name.chars().any(|c| is_unsafe(c) || c.is_control()) {
        return refused("it holds a line end or a control character: write it in one plain line");
    }
    if name.starts_with(['@', '#', '＠', '＃']) {
        return refused("it begins like a handle or a hashtag: write the name without the sign");
    }
    if name.chars().count() > LONGEST_NAME {
        return refused("it has more than 100 characters: shorten it");
    }
    Ok(name.to_owned())
}

/// Why something cannot stand in the directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// A key with other characters, or too long.
    #[error(
        "`{0}` cannot stand after @@: take up to 40 letters a to z and digits, with - _ or . between them"
    )]
    Key(String),
    /// A name that cannot be sent.
    #[error("The name `{0}` cannot be taken: {1}")]
    Name(String, &'static str),
    /// A word that is no kind.
    #[error("`{0}` is no kind: write person, package or institution")]
    Kind(String),
}

/// Everybody who is known, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    entries: BTreeMap<Key, Entry>,
}

impl Directory {
    /// Returns an entry by its key, capitals aside.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key.to_ascii_lowercase().as_str())
    }

    /// Returns all entries, by key.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the key that somebody probably meant.
    pub fn nearest(&self, key: &str) -> Option<&str> {
        let keys = || self.entries.keys().map(Key::as_str);
        // Half a name is no slip of the fingers, but it says as clearly who is meant.
        let begun = |it: &&str| key.len() > 1 && it.starts_with(&key.to_lowercase());
        nearest(key, keys()).or_else(|| keys().find(begun))
    }
}

impl FromIterator<Entry> for Directory {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|entry| (entry.key.clone(), entry));
        Self {
            entries: entries.collect(),
        }
    }
}

/// What changing the directory did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Who is new.
    pub added: Vec<Key>,
    /// Who is otherwise now.
    pub changed: Vec<Key>,
    /// Who is gone.
    pub removed: Vec<Key>,
    /// Planned posts that name somebody who is otherwise now or gone.
    pub naming: Vec<super::PostId>,
    /// Those of them that were approved and have to be approved anew.
    pub unapproved: Vec<super::PostId>,
}

/// Which of the two signs a reference has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `@@`: somebody in the directory.
    Entry,
    /// `##`: a group of hashtags.
    Group,
}

impl Sign {
    /// Returns the sign as it is typed.
    pub fn text(self) -> &'static str {
        match self {
            Self::Entry => "@@",
            Self::Group => "##",
        }
    }
}

/// A place in a text that names somebody, or a group of hashtags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// All of it, sign included, in bytes.
    pub range: Range<usize>,
    /// Its sign.
    pub sign: Sign,
    /// What stands after the sign, in lower case.
    pub key: String,
}

/// Returns the references of a text in order; those in code, between back quotes, are none.
pub fn references(text: &str) -> Vec<Reference> {
    if !text.contains("@@") && !text.contains("##") {
        return Vec::new();
    }
    let code = code(text);
    let mut found = Vec::new();
    let mut taken = 0;
    for sign in [Sign::Entry, Sign::Group] {
        for (at, _) in text.match_indices(sign.text()) {
            let Some(end) = reference_at(text, at) else {
                continue;
            };
            if is_within(&code, at) {
                continue;
            }
            found.push(Reference {
                range: at..end,
                sign,
                key: text[at + 2..end].to_ascii_lowercase(),
            });
        }
    }
    found.sort_by_key(|reference| reference.range.start);
    found.retain(|reference| {
        let free = reference.range.start >= taken;
        if free {
            taken = reference.range.end;
        }
        free
    });
    found
}

/// Returns where the reference ends whose sign stands at `at`; `None` where there is none.
fn reference_at(text: &str, at: usize) -> Option<usize> {
    if !may_begin(text, at) {
        return None;
    }
    let rest = &text[at + 2..];
    let run = rest.find(|c| !in_key(c)).map_or(rest, |end| &rest[..end]);
    // A full stop, a dash or an underscore at the end belongs to the sentence.
    let key = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let starts = key.starts_with(|c: char| c.is_ascii_alphanumeric());
    (starts && key.len() <= LONGEST_KEY).then_some(at + 2 + key.len())
}

/// Whether a sign at `at` may begin a reference: not in a word, an address or a longer row of signs.
fn may_begin(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    before.is_none_or(|c| !matches!(c, '@' | '#' | '/' | '=' | '&' | '_') && !is_joined(c))
}

/// Letters of scripts that are written with blanks between their words.
fn is_joined(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphanumeric() && (c as u32) < 0x2e80)
}

/// Returns the sign and the letters that stand right before `cursor`, while a reference is typed there.
pub fn begun(text: &str, cursor: usize) -> Option<(Sign, usize)> {
    let before = text.get(..cursor)?;
    let typed = before.trim_end_matches(|c: char| in_key(c) || is_name_letter(c));
    let sign = match typed {
        typed if typed.ends_with("@@") => Sign::Entry,
        typed if typed.ends_with("##") => Sign::Group,
        _ => return None,
    };
    let at = typed.len() - 2;
    let free = may_begin(text, at) && !is_within(&code(text), at);
    free.then_some((sign, at))
}

/// Whether a byte lies in one of several spans that stand in order.
fn is_within(spans: &[Range<usize>], at: usize) -> bool {
    let next = spans.partition_point(|span| span.end <= at);
    spans.get(next).is_some_and(|span| span.start <= at)
}

/// A letter of a name that cannot stand in a key: it still finds who is meant.
fn is_name_letter(c: char) -> bool {
    !c.is_ascii() && (c.is_alphanumeric() || is_combining_mark(c))
}

/// Returns the spans of a text between back quotes: fences of three and more, and code within a line.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    if !text.contains('`') {
        return spans;
    }
    let mut fence: Option<(usize, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let indent = line.len() - line.trim_start().len();
        let row = line[indent..].bytes().take_while(|b| *b == b'`').count();
        match fence {
            Some((begun, length)) if row >= length => {
                spans.push(begun..at);
                fence = None;
            }
            Some(_) => {}
            None if row >= 3 => fence = Some((start, row)),
            None => inline_code(line, start, &mut spans),
        }
    }
    spans.extend(fence.map(|(begun, _)| begun..text.len()));
    spans
}

fn inline_code(line: &str, start: usize, spans: &mut Vec<Range<usize>>) {
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(found) = line[at..].find('`') {
        let begin = at + found;
        let row = line[begin..].bytes().take_while(|b| *b == b'`').count();
        at = begin + row;
        match open {
            Some((from, length)) if length == row => {
                spans.push(start + from..start + at);
                open = None;
            }
            Some(_) => {}
            None => open = Some((begin, row)),
        }
    }
}

/// Returns a text for comparing: without accents and capitals.
pub fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ø' => 'o',
            'æ' => 'a',
            'ł' => 'l',
            'đ' | 'ð' => 'd',
            'ı' => 'i',
            other => other,
        })
        .collect()
}
