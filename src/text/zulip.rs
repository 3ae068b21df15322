//! Zulip: code points of what the server keeps; too long a text would be cut silently, so it is a problem here.
//!
//! Pure. Source: Zulip `zerver/lib/message.py` and `zerver/openapi/zulip.yaml` (feature level 247); the
//! server's own limits in `Facts` win. Its markup is in `zulip_marks.rs`, how it is sent in `platforms/zulip.rs`.

use super::naming::Naming;
use super::options::{OptionKind, OptionSpec, PLACE, TOPIC};
use super::places;
use super::rules::{Atom, Enclosed, Extras, Film, Offers, Rules, WarningStyle, walk_clusters};
use super::zulip_marks::{self, Time};
use crate::domain::{Count, Facet, Facts, Feature, Measure, PartMedia, Unit};
use std::ops::Range;

/// Zulip's rule.
#[derive(Debug)]
pub(super) struct Zulip;

/// Default of `max_message_length`.
const MAX_CONTENT: u32 = 10_000;
/// Default of `max_topic_length`.
const MAX_TOPIC: u32 = 60;

/// By how many characters an address of the server's may be longer than [`placeholder`]: the realm's number, 24 random
/// characters, two more in older versions, and the slashes (`zerver/lib/upload/base.py`, read 2026-11).
pub const LONGER_ADDRESS: usize = 40;

/// Files of every kind are uploaded alike.
static FILE: Film = Film {
    max_bytes: Some(25 * 1024 * 1024),
    as_pictures: true,
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::Spoiler,
    threads: true,
    replies: false,
    language: false,
    visibility: false,
    card: false,
    topic: true,
    title: false,
    tags: false,
    needs_text: true,
    max_media: None,
    max_alt: None,
    // `max_file_upload_size_mib`, 25 by default.
    max_image_bytes: Some(25 * 1024 * 1024),
    mime_types: &[],
    video: Some(&FILE),
    document: Some(&FILE),
    mixes: true,
    needs_video: false,
};

/// How long a topic may be is the server's to say; `measure_extras` counts it.
const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: PLACE,
        about: "the channel on the server, in place of the configured one",
        kind: OptionKind::Text(places::check),
    },
    OptionSpec {
        name: TOPIC,
        about: "the topic in this channel, in place of the post's",
        kind: OptionKind::Text(one_line),
    },
];

fn one_line(topic: &str) -> Result<(), String> {
    if topic.contains(char::is_control) {
        return Err(
            "Zulip refuses a topic with a line end or a control character: write it in one line"
                .to_owned(),
        );
    }
    Ok(())
}

/// Returns the name under which a picture is uploaded: the author's own file names are nobody's business.
pub fn upload_name(media: &PartMedia) -> String {
    let ending = match media.mime.as_str() {
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "application/pdf" => "pdf",
        _ => "png",
    };
    let stem: String = media.hash.chars().take(16).collect();
    format!("{stem}.{ending}")
}

/// Returns what stands in the text for the address that the server gives a picture.
pub fn placeholder(media: &PartMedia) -> String {
    format!("/user_uploads/{}", upload_name(media))
}

/// Puts the server's addresses, in the order of the pictures, where their placeholders are.
pub fn with_addresses(text: &str, media: &[PartMedia], addresses: &[String]) -> String {
    let mut text = text.to_owned();
    // From the end, where the pictures are: the author may have written such an address too.
    let mut before = text.len();
    for (media, address) in media.iter().zip(addresses).rev() {
        let wanted = format!("]({})", placeholder(media));
        let Some(at) = text[..before].rfind(&wanted) else {
            continue;
        };
        text.replace_range(at..at + wanted.len(), &format!("]({address})"));
        before = at;
    }
    text
}

/// Returns what the server keeps of a text: no white space at its end, no line ends before it.
pub fn kept(text: &str) -> &str {
    &text[Zulip.kept(text)]
}

/// Longest full name (`zerver/models/users.py`, read 2026-11).
const LONGEST_FULL_NAME: usize = 100;
/// What no full name holds (`NAME_INVALID_CHARS`, same file).
const NOT_IN_NAMES: &str = "*`\\>\"@";

impl Naming for Zulip {
    fn handle(&self, written: &str) -> Result<String, String> {
        let bare = written
            .strip_prefix("@**")
            .and_then(|rest| rest.strip_suffix("**"));
        let handle = bare.unwrap_or(written).trim();
        let (name, number) = handle.split_once('|').unwrap_or((handle, "0"));
        let fits = |c: char| !c.is_control() && !NOT_IN_NAMES.contains(c);
        let is_name = !name.trim().is_empty() && name.chars().all(fits);
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if !is_name || !is_number || name.chars().count() > LONGEST_FULL_NAME {
            return Err(format!(
                "`{written}` is no name on Zulip: write the full name as the server shows it, like Ada Lovelace (or Ada \
                 Lovelace|42, with the account's number)"
            ));
        }
        if zulip_marks::is_wildcard(name) {
            return Err(format!(
                "`{written}` is nobody on Zulip: @**{name}** calls everybody; write a person's full name"
            ));
        }
        Ok(handle.to_owned())
    }

    fn example(&self) -> &'static str {
        "the full name as the server shows it, like Ada Lovelace"
    }

    fn mention(&self, _name: &str, handle: &str) -> String {
        format!("@**{handle}**")
    }

    fn is_read(&self, plain: &str, range: Range<usize>) -> bool {
        let mut found = zulip_marks::mentions(plain).into_iter();
        found.any(|mention| mention.range == range)
    }
}

impl Rules for Zulip {
    fn unit(&self) -> Unit {
        Unit::CodePoints
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn options(&self) -> &'static [OptionSpec] {
        OPTIONS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_CONTENT)
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&Zulip)
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, |cluster| cluster.chars().count(), each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        text.chars().count()
    }

    fn kept(&self, text: &str) -> Range<usize> {
        // Python's `isspace` takes the four information separators too.
        let end = text
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
            .len();
        let start = text[..end].len() - text[..end].trim_start_matches('\n').len();
        start..end
    }

    fn refusal(&self, text: &str) -> Option<String> {
        text.contains('\0')
            .then(|| "Zulip refuses a text with a NUL character: remove it".to_owned())
    }

    fn refused_extra(&self, extras: &Extras<'_>) -> Option<String> {
        extras.topic.and_then(|topic| one_line(topic).err())
    }

    fn enclose(&self, media: &[PartMedia]) -> Enclosed {
        let lines: Vec<String> = media
            .iter()
            .map(|media| {
                let words = zulip_marks::link_words(&media.alt);
                format!("[{words}]({})", placeholder(media))
            })
            .collect();
        let text = lines.join("\n");
        // A blank line stands before them.
        let used = match media.len() {
            0 => 0,
            many => text.chars().count() + many * LONGER_ADDRESS + 2,
        };
        Enclosed { text, used }
    }

    fn facets(&self, plain: &str, facts: &Facts) -> Vec<Facet> {
        let people = zulip_marks::mentions(plain)
            .into_iter()
            .filter(|mention| !mention.is_wildcard());
        people
            .map(|mention| Facet {
                byte_start: mention.range.start,
                byte_end: mention.range.end,
                feature: Feature::Mention {
                    handle: mention.name.to_owned(),
                    did: facts.handles.get(mention.name).cloned().flatten(),
                },
            })
            .collect()
    }

    fn remark(&self, plain: &str, _count: &Count, facts: &Facts, notes: &mut Vec<String>) {
        for mention in zulip_marks::mentions(plain) {
            let name = mention.name;
            if mention.is_wildcard() && !mention.silent {
                notes.push(format!(
                    "@**{name}** notifies everybody who follows the channel or the topic"
                ));
            } else if facts.handles.get(name) == Some(&None) {
                notes.push(format!(
                    "Nobody is called {name} on this server: @**{name}** stays plain text"
                ));
            }
        }
        for written in zulip_marks::times(plain) {
            let advice = "write it like <time:2026-12-01T09:00+01:00>";
            match zulip_marks::time(written) {
                Time::Exact => {}
                Time::WithoutZone => notes.push(format!(
                    "<time:{written}> names no zone, so Zulip takes it as UTC: {advice}"
                )),
                Time::Unread => notes.push(format!(
                    "<time:{written}> may be no time that Zulip can read: {advice}"
                )),
            }
        }
    }

    fn measure_extras(&self, extras: &Extras<'_>, facts: &Facts, count: &mut Count) {
        let told = facts.limits.as_ref().and_then(|limits| limits.max_topic);
        count.topic = extras
            .topic
            .map(|topic| Measure::new(topic.chars().count(), Some(told.unwrap_or(MAX_TOPIC))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attachment, Composed, Content, Limits, PlatformId, Variant};
    use crate::text::compose;

    fn picture(hash: &str, alt: &str) -> Attachment {
        Attachment {
            hash: hash.repeat(32),
            name: "cat.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 3,
            pixels: None,
            duration_ms: None,
            alt: alt.to_owned(),
            ..Attachment::default()
        }
    }

    fn composed(content: &Content, facts: &Facts) -> Composed {
        compose(PlatformId::Zulip, content, &Variant::inherits("a"), facts)
    }

    #[test]
    fn trailing_space_and_leading_line_ends_are_not_kept() {
        let text = "\n\n  a\n \u{1f}\n";
        assert_eq!(&text[Zulip.kept(text)], "  a");
        assert_eq!(Zulip.kept("\n \n"), 0..0);
    }

    #[test]
    fn pictures_are_links_in_the_text_and_count_with_the_longest_address_they_may_get() {
        let content = Content {
            text: "Look:".to_owned(),
            topic: Some("news".to_owned()),
            attachments: vec![picture("ab", "a [big] cat"), picture("cd", "")],
            ..Content::default()
        };
        let composed = composed(&content, &Facts::default());
        let part = &composed.parts[0];
        assert_eq!(part.plain, "Look:");
        assert_eq!(
            part.text,
            "Look:\n\n[a (big) cat](/user_uploads/abababababababab.png)\n[picture](/user_uploads/cdcdcdcdcdcdcdcd.png)"
        );
        let used = part.text.chars().count() + 2 * LONGER_ADDRESS;
        assert_eq!(part.count.text.used as usize, used);
        let longest = "x".repeat(LONGER_ADDRESS);
        let addresses =
            ["ab", "cd"].map(|hash| format!("/user_uploads/{longest}{}.png", hash.repeat(8)));
        let sent = with_addresses(&part.text, &part.media, &addresses);
        assert_eq!(sent.chars().count(), used);
        assert!(addresses.iter().all(|address| sent.contains(address)));
    }

    #[test]
    fn the_author_may_write_a_placeholder_too() {
        let content = Content {
            text: "see [x](/user_uploads/abababababababab.png)".to_owned(),
            attachments: vec![picture("ab", "a cat"), picture("ab", "again")],
            ..Content::default()
        };
        let composed = composed(&content, &Facts::default());
        let part = &composed.parts[0];
        let sent = with_addresses(
            &part.text,
            &part.media,
            &["/user_uploads/1".to_owned(), "/user_uploads/2".to_owned()],
        );
        assert_eq!(
            sent,
            "see [x](/user_uploads/abababababababab.png)\n\n[a cat](/user_uploads/1)\n[again](/user_uploads/2)"
        );
    }

    #[test]
    fn who_posts_by_hand_attaches_the_pictures_by_hand() {
        let content = Content {
            text: "Look".to_owned(),
            attachments: vec![picture("ab", "a cat")],
            ..Content::default()
        };
        let facts = Facts {
            by_hand: true,
            ..Facts::default()
        };
        let part = composed(&content, &facts).parts.remove(0);
        assert_eq!((part.text.as_str(), part.count.text.used), ("Look", 4));
    }

    #[test]
    fn a_warning_folds_the_pictures_away_with_the_text_and_alone_with_them() {
        let mut content = Content {
            text: "Look".to_owned(),
            warning: Some("food".to_owned()),
            attachments: vec![picture("ab", "soup")],
            ..Content::default()
        };
        let link = "[soup](/user_uploads/abababababababab.png)";
        let text = |content: &Content| composed(content, &Facts::default()).parts[0].text.clone();
        assert_eq!(
            text(&content),
            format!("```spoiler food\nLook\n\n{link}\n```")
        );
        content.text = String::new();
        assert_eq!(text(&content), format!("```spoiler food\n{link}\n```"));
        content.warning = None;
        assert_eq!(text(&content), link);
    }

    #[test]
    fn a_text_that_only_its_pictures_make_too_long_is_a_problem_and_says_where() {
        let facts = Facts {
            limits: Some(Limits {
                max_characters: Some(200),
                ..Limits::default()
            }),
            ..Facts::default()
        };
        let mut content = Content {
            text: "a".repeat(199),
            topic: Some("news".to_owned()),
            ..Content::default()
        };
        assert!(composed(&content, &facts).can_leave());
        content.attachments = vec![picture("ab", "a cat")];
        let composed = composed(&content, &facts);
        assert!(!composed.can_leave());
        let over = composed.parts[0].count.text.over() as usize;
        assert_eq!(composed.parts[0].over, Some(199 - over));
    }

    #[test]
    fn a_server_that_wants_a_topic_makes_a_missing_one_a_problem() {
        let facts = Facts {
            limits: Some(Limits {
                needs_topic: true,
                ..Limits::default()
            }),
            ..Facts::default()
        };
        let mut content = Content {
            text: "Hello".to_owned(),
            ..Content::default()
        };
        let problems = composed(&content, &facts).problems;
        assert!(
            problems[0].message.contains("wants a topic"),
            "{problems:?}"
        );
        content.topic = Some("two\nlines".to_owned());
        let problems = composed(&content, &facts).problems;
        assert!(problems[0].message.contains("in one line"), "{problems:?}");
        content.topic = Some("news".to_owned());
        assert!(composed(&content, &facts).can_leave());
    }

    #[test]
    fn wildcards_strangers_and_times_without_a_zone_are_said() {
        let facts = Facts {
            handles: [
                ("No Body".to_owned(), None),
                ("Ada L".to_owned(), Some("7".to_owned())),
            ]
            .into(),
            ..Facts::default()
        };
        let content = Content {
            text: "@**all** @_**everyone** @**Ada L** (@**No Body**) at <time:2026-12-01 09:00>, \
                   <time:2026-12-01T09:00+01:00>, <time:tomorrow>"
                .to_owned(),
            topic: Some("news".to_owned()),
            ..Content::default()
        };
        let composed = composed(&content, &facts);
        assert!(composed.can_leave());
        let notes = composed.notes.join("\n");
        for said in [
            "@**all** notifies everybody",
            "Nobody is called No Body",
            "<time:2026-12-01 09:00> names no zone",
            "<time:tomorrow> may be no time",
        ] {
            assert!(notes.contains(said), "{said}: {notes}");
        }
        assert_eq!(composed.notes.len(), 4, "{notes}");
        let named: Vec<_> = composed.parts[0]
            .facets
            .iter()
            .map(|facet| &composed.parts[0].text[facet.byte_start..facet.byte_end])
            .collect();
        assert_eq!(named, ["@**Ada L**", "@**No Body**"]);
    }
}
