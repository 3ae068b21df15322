//! Is one of these statuses ours? Compares what an account shows with a recorded request.
//!
//! Pure. Only what is certain counts as ours or as not ours; anything that resembles the text is left to a person,
//! since servers rewrite what they show (Markdown, links, mentions). Who asks the server is in `mastodon.rs`.

use super::mastodon_api::Status;
use crate::domain::AttemptRequest;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::HashSet;

/// A status with what it is recognised by (docs.joinmastodon.org/entities/Status).
#[derive(Debug, Deserialize)]
pub(super) struct Posted {
    #[serde(flatten)]
    pub status: Status,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub in_reply_to_id: Option<String>,
    #[serde(default)]
    pub spoiler_text: Option<String>,
    /// HTML.
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default)]
    pub media_attachments: Vec<Attached>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Attached {
    #[serde(deserialize_with = "super::address::id")]
    pub id: String,
}

/// `GET /api/v1/statuses/:id/source`: the text as it was sent.
#[derive(Deserialize)]
pub(super) struct Source {
    pub text: String,
    #[serde(default)]
    pub spoiler_text: String,
}

/// What was sent, read back from the recorded request.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    status: String,
    #[serde(default)]
    media_ids: Vec<String>,
    #[serde(default)]
    in_reply_to_id: Option<String>,
    #[serde(default)]
    spoiler_text: String,
    #[serde(default)]
    pub visibility: String,
}

/// How much a status is like what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It is the same post.
    Same,
    /// It could be.
    Alike,
    /// It is another post.
    Other,
}

impl Wanted {
    /// Reads a recorded request; `None` when it is damaged.
    pub fn read(request: &AttemptRequest) -> Option<Self> {
        serde_json::from_str(&request.body).ok()
    }

    /// Compares a status, by its source where the server gave it.
    pub fn likeness(&self, posted: &Posted, source: Option<&Source>) -> Likeness {
        let (text, warning) = match source {
            Some(source) => (plain(&source.text), plain(&source.spoiler_text)),
            None => (
                plain(&text_of_html(posted.content.as_deref().unwrap_or_default())),
                plain(posted.spoiler_text.as_deref().unwrap_or_default()),
            ),
        };
        let mut sent = (plain(&self.status), plain(&self.spoiler_text));
        if sent.0.is_empty() && !sent.1.is_empty() {
            // Mastodon makes a warning without a text the text (its post_status_service.rb).
            sent = (sent.1, String::new());
        }
        let ids: Vec<&str> = posted
            .media_attachments
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        let same_media = ids == self.media_ids
            // Some servers number what is attached anew.
            || (ids.len() == self.media_ids.len() && !sent.0.is_empty());
        let answers = |id: &Option<String>| id.clone().filter(|id| !id.is_empty());
        let same_parent = answers(&posted.in_reply_to_id) == answers(&self.in_reply_to_id);
        if text == sent.0 && warning == sent.1 && same_media && same_parent {
            Likeness::Same
        } else if resemble(&text, &sent.0) {
            Likeness::Alike
        } else {
            Likeness::Other
        }
    }
}

/// Returns the text that HTML shows, links in full: servers hide parts of an address, but do not leave them out.
fn text_of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find(['<', '&']) {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(tag) = rest.strip_prefix('<') {
            let end = tag.find('>').map_or(tag.len(), |end| end + 1);
            let name = tag[..end].trim_start_matches('/').to_ascii_lowercase();
            if ["br", "p", "div", "li", "ul", "ol", "pre", "blockquote", "h"]
                .iter()
                .any(|block| name.starts_with(block))
            {
                text.push('\n');
            }
            rest = &tag[end..];
        } else {
            let end = rest.find(';').filter(|end| *end <= 10);
            let character = end.and_then(|end| entity(&rest[1..end]));
            match (character, end) {
                (Some(character), Some(end)) => {
                    text.push(character);
                    rest = &rest[end + 1..];
                }
                _ => {
                    text.push('&');
                    rest = &rest[1..];
                }
            }
        }
    }
    text.push_str(rest);
    text
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Returns text as it is compared: runs of white space are one space, and a mention is without its server, which is
/// shown for people of other servers only.
fn plain(text: &str) -> String {
    text.split_whitespace()
        .map(without_server)
        .collect::<Vec<_>>()
        .join(" ")
}

fn without_server(word: &str) -> String {
    let mut shown = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find('@') {
        let name_end = end_of(&rest[at + 1..], "_.-").map_or(rest.len(), |end| at + 1 + end);
        shown.push_str(&rest[..name_end]);
        rest = &rest[name_end..];
        if name_end > at + 1 && rest.starts_with('@') {
            let server_end = end_of(&rest[1..], ".-:").map_or(rest.len(), |end| 1 + end);
            // A dot or a colon at the end belongs to the sentence.
            let server = rest[..server_end].trim_end_matches(['.', '-', ':']);
            rest = &rest[server.len()..];
            if server.is_empty() {
                break;
            }
        }
    }
    shown.push_str(rest);
    shown
}

fn end_of(text: &str, also: &str) -> Option<usize> {
    text.find(|c: char| !(c.is_alphanumeric() || also.contains(c)))
}

/// Whether a good part of the words that were sent is there, whatever stands between them.
fn resemble(shown: &str, sent: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (shown, sent) = (words(shown), words(sent));
    if sent.is_empty() {
        return shown.is_empty();
    }
    2 * sent.intersection(&shown).count() >= sent.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn wanted(body: Value) -> Wanted {
        Wanted::read(&AttemptRequest {
            body: body.to_string(),
            ..AttemptRequest::default()
        })
        .unwrap()
    }

    fn posted(content: &str, more: Value) -> Posted {
        let mut status =
            json!({"id": "1", "created_at": "2026-11-22T03:00:00.000Z", "content": content});
        for (key, value) in more.as_object().unwrap() {
            status[key] = value.clone();
        }
        serde_json::from_value(status).unwrap()
    }

    #[test]
    fn hidden_parts_of_an_address_count_and_paragraphs_are_space() {
        let html = "<p>Read<br />this: <a href=\"https://example.org/a/b?c=1&amp;d=2\"><span class=\"invisible\">https://\
            </span><span class=\"ellipsis\">example.org/a/b</span><span class=\"invisible\">?c=1&amp;d=2</span></a></p>\
            <p>&#39;Tis &lt;all&gt; &#x1F389; AT&T</p>";
        let sent = "Read\nthis: https://example.org/a/b?c=1&d=2\n\n'Tis <all> 🎉 AT&T";
        assert_eq!(plain(&text_of_html(html)), plain(sent));
    }

    #[test]
    fn a_mention_is_the_same_with_and_without_its_server() {
        let html = r#"<p>with <span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@<span>bob</span></a></span>, @al@c.example.</p>"#;
        let body = wanted(
            json!({"status": "with @bob@b.example, @al@c.example.", "visibility": "public"}),
        );
        assert_eq!(
            body.likeness(&posted(html, json!({})), None),
            Likeness::Same
        );
        assert_eq!(plain("mail a@b.example now"), "mail a@b.example now");
        assert_eq!(plain("@a@localhost:8080: x"), "@a: x");
    }

    #[test]
    fn warning_parent_and_pictures_make_it_the_same_or_only_alike() {
        let body = wanted(json!({
            "status": "the second part", "spoiler_text": "a & b", "in_reply_to_id": "7", "media_ids": ["3"],
        }));
        let full = json!({
            "spoiler_text": "a & b", "in_reply_to_id": "7", "media_attachments": [{"id": "3"}],
        });
        let same =
            |more: &Value| body.likeness(&posted("<p>the second part</p>", more.clone()), None);
        assert_eq!(same(&full), Likeness::Same);
        for (key, value) in [
            ("spoiler_text", json!("a")),
            ("in_reply_to_id", json!(null)),
            ("media_attachments", json!([])),
        ] {
            let mut other = full.clone();
            other[key] = value;
            assert_eq!(same(&other), Likeness::Alike, "{key}");
        }
    }

    #[test]
    fn rewritten_text_is_alike_and_its_source_settles_it() {
        let body = wanted(json!({"status": "It is *very* good, `really`"}));
        let shown = posted("It is <i>very</i> good, <code>really</code><br>", json!({}));
        assert_eq!(body.likeness(&shown, None), Likeness::Alike);
        let source = |text: &str| Source {
            text: text.to_owned(),
            spoiler_text: String::new(),
        };
        assert_eq!(
            body.likeness(&shown, Some(&source("It is *very* good, `really` "))),
            Likeness::Same
        );
        assert_eq!(
            body.likeness(&shown, Some(&source("Something else"))),
            Likeness::Other
        );
    }

    #[test]
    fn another_post_is_another_post() {
        let body = wanted(json!({"status": "Our release 2.1 is out"}));
        assert_eq!(
            body.likeness(&posted("<p>Join the call at noon</p>", json!({})), None),
            Likeness::Other
        );
        let empty = wanted(json!({"status": "", "media_ids": ["4"]}));
        let picture = json!({"media_attachments": [{"id": "4"}]});
        assert_eq!(empty.likeness(&posted("", picture), None), Likeness::Same);
        let another = json!({"media_attachments": [{"id": "5"}]});
        assert_eq!(empty.likeness(&posted("", another), None), Likeness::Alike);
    }

    #[test]
    fn a_warning_without_text_became_the_text() {
        let body = wanted(json!({"status": "", "spoiler_text": "look", "media_ids": ["4"]}));
        let shown = posted("<p>look</p>", json!({"media_attachments": [{"id": "4"}]}));
        assert_eq!(body.likeness(&shown, None), Likeness::Same);
    }

    #[test]
    fn broken_html_ends() {
        for html in [
            "<",
            "<a href=",
            "&",
            "&#;",
            "&#xFFFFFFFF;",
            "a & b &&amp",
            "<<>>",
        ] {
            let _ = text_of_html(html);
        }
        assert_eq!(text_of_html("a & b <i>c"), "a & b c");
    }
}
