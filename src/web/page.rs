//! Reads a page: its encoding, and what its head says of it.
//!
//! Pure. The page is foreign: a browser's own tokenizer finds the tags, scripts are text that nobody reads, and what is taken is
//! one line of visible characters each.

use crate::domain::text_safety::is_unsafe;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

/// The longest title that is kept, in code points: what platforms show of one is shorter.
const LONGEST_TITLE: usize = 200;
/// The longest description that is kept, in code points.
const LONGEST_DESCRIPTION: usize = 400;
/// A page names its encoding within its first bytes (html.spec.whatwg.org, 4.2.5.4).
const ENCODING_WITHIN: usize = 1024;

/// What a page's head says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) description: String,
    /// Where its picture is; whether that may be asked is for the caller to check.
    pub(super) picture: Option<Url>,
}

/// Reads a page that came from `url`, in the encoding that its server named, if any.
pub(super) fn read(bytes: &[u8], charset: Option<&str>, url: &Url) -> Head {
    let text = decoded(bytes, charset);
    let mut found = Found::default();
    found.read(&text);
    let base = found.base.as_deref().and_then(|base| url.join(base).ok());
    let picture = first(&[&found.picture, &found.card_picture, &found.old_picture])
        .and_then(|address| base.as_ref().unwrap_or(url).join(address.trim()).ok())
        .filter(|address| matches!(address.scheme(), "http" | "https"));
    Head {
        title: line(
            first(&[&found.og_title, &found.card_title, &found.title]),
            LONGEST_TITLE,
        ),
        description: line(
            first(&[
                &found.og_description,
                &found.card_description,
                &found.description,
            ]),
            LONGEST_DESCRIPTION,
        ),
        picture,
    }
}

/// What was met, the first of each kind.
#[derive(Default)]
struct Found {
    base: Option<String>,
    title: Option<String>,
    og_title: Option<String>,
    card_title: Option<String>,
    description: Option<String>,
    og_description: Option<String>,
    card_description: Option<String>,
    picture: Option<String>,
    card_picture: Option<String>,
    old_picture: Option<String>,
}

impl Found {
    fn read(&mut self, text: &str) {
        let mut emitter = DefaultEmitter::default();
        // Scripts, styles and titles end only with their own tag.
        emitter.naively_switch_states(true);
        let mut in_title = false;
        for token in Tokenizer::new_with_emitter(text, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    in_title = tag.name.as_slice() == b"title" && self.title.is_none();
                    match tag.name.as_slice() {
                        b"meta" => self.meta(&tag),
                        b"link" => self.link(&tag),
                        b"base" => keep(&mut self.base, attribute(&tag, b"href")),
                        // A drawing has titles too.
                        b"svg" => {
                            self.title.get_or_insert_default();
                        }
                        _ => {}
                    }
                }
                Token::String(words) if in_title => {
                    let title = self.title.get_or_insert_default();
                    title.push_str(&String::from_utf8_lossy(&words.value.0));
                }
                Token::EndTag(_) => in_title = false,
                _ => {}
            }
        }
    }

    fn meta(&mut self, tag: &StartTag<()>) {
        let Some(name) = attribute(tag, b"property").or_else(|| attribute(tag, b"name")) else {
            return;
        };
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "og:title" => &mut self.og_title,
            "twitter:title" => &mut self.card_title,
            "og:description" => &mut self.og_description,
            "twitter:description" => &mut self.card_description,
            "description" => &mut self.description,
            "og:image" | "og:image:url" | "og:image:secure_url" => &mut self.picture,
            "twitter:image" | "twitter:image:src" => &mut self.card_picture,
            _ => return,
        };
        keep(place, attribute(tag, b"content"));
    }

    fn link(&mut self, tag: &StartTag<()>) {
        let rel = attribute(tag, b"rel").unwrap_or_default();
        if rel.eq_ignore_ascii_case("image_src") {
            keep(&mut self.old_picture, attribute(tag, b"href"));
        }
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value = tag.attributes.get(name)?;
    Some(String::from_utf8_lossy(&value.value.0).into_owned())
}

fn keep(place: &mut Option<String>, value: Option<String>) {
    if let Some(value) = value.filter(|value| place.is_none() && !value.trim().is_empty()) {
        *place = Some(value);
    }
}

fn first<'a>(choices: &[&'a Option<String>]) -> Option<&'a str> {
    let mut said = choices.iter().filter_map(|choice| choice.as_deref());
    said.find(|text| text.contains(|c: char| !c.is_whitespace() && !is_unsafe(c)))
}

/// Returns foreign words as one line: what steers a terminal is dropped, white space is one blank, the end is cut.
fn line(text: Option<&str>, longest: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.unwrap_or_default().split_whitespace() {
        let word = word.chars().filter(|c| !is_unsafe(*c));
        for (at, c) in word.enumerate() {
            if at == 0 && !line.is_empty() {
                line.push(' ');
                length += 1;
            }
            if length + 1 >= longest {
                line.truncate(line.trim_end().len());
                line.push('…');
                return line;
            }
            line.push(c);
            length += 1;
        }
    }
    line
}

/// Returns the text of a page: by its mark, else as its server says, else as it says itself, else as UTF-8 where it is that.
fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let named = |label: &str| Encoding::for_label(label.trim().as_bytes());
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| charset.and_then(named))
        .or_else(|| own_charset(bytes).as_deref().and_then(named))
        .unwrap_or_else(|| {
            let is_utf8 = match std::str::from_utf8(bytes) {
                Ok(_) => true,
                // A page that was cut off may end within a character.
                Err(error) => error.error_len().is_none(),
            };
            if is_utf8 { UTF_8 } else { WINDOWS_1252 }
        });
    encoding.decode(bytes).0.into_owned()
}

/// Returns the encoding that a page names in its first bytes.
fn own_charset(bytes: &[u8]) -> Option<String> {
    let beginning = &bytes[..bytes.len().min(ENCODING_WITHIN)];
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let (_, after) = beginning.split_once("charset")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let after = after.trim_start_matches(['"', '\'']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
    let label = &after[..end.unwrap_or(after.len())];
    // What can be read as ASCII is not UTF-16, whatever it says (html.spec.whatwg.org, 13.2.3.2).
    Some(
        if label.starts_with("utf-16") {
            "utf-8"
        } else {
            label
        }
        .to_owned(),
    )
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
