//! Mastodon: grapheme clusters, a link counts 23, a remote mention as its local part, the warning counts too.
//!
//! Pure. Source: `app/validators/status_length_validator.rb` (4.7, August 2026) and `entities/Instance` of
//! its documentation; a server's own figures in `Facts` win. How it is sent: `platforms/mastodon.rs`.

use super::fit::{Animation, Bounds};
use super::links::{self, Dialect};
use super::naming::{self, Naming};
use super::rules::{Atom, Film, FilmAlt, Offers, Rules, WarningStyle};
use super::{clusters, mentions};
use crate::domain::{Facts, Unit};
use std::ops::Range;

/// Mastodon's rule.
#[derive(Debug)]
pub(super) struct Mastodon;

/// Default of `configuration.statuses.max_characters`.
const MAX_CHARACTERS: u32 = 500;
/// Default of `configuration.media_attachments.image_matrix_limit` before 4.2, which takes about twice as much.
const MAX_PIXELS: u64 = 16_777_216;
/// 1280x720 (media_attachment.rb): a larger GIF is refused, whatever the server tells.
const MAX_GIF_PIXELS: u64 = 921_600;
/// Default of `configuration.statuses.characters_reserved_per_url`.
const CHARACTERS_PER_URL: u32 = 23;

/// One and nothing beside it (attachmentable.rb); `video_size_limit`, `video_matrix_limit` and `video_frame_rate_limit` of
/// `configuration.media_attachments` where the server does not tell them.
static VIDEO: Film = Film {
    most: Some(1),
    max_bytes: Some(103_809_024),
    max_pixels: Some(8_294_400),
    max_rate: Some(120),
    mime_types: &["video/mp4", "video/quicktime", "video/webm"],
    alt: FilmAlt::AsPictures,
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::CountedField,
    threads: true,
    replies: true,
    language: true,
    visibility: true,
    card: false,
    topic: false,
    title: false,
    tags: false,
    needs_text: false,
    max_media: Some(4),
    // `description_limit`; servers before 4.4 do not tell it.
    max_alt: Some(1500),
    // `configuration.media_attachments.image_size_limit`.
    max_image_bytes: Some(16_777_216),
    mime_types: &[],
    video: Some(&VIDEO),
    document: None,
    mixes: false,
    needs_video: false,
};

impl Rules for Mastodon {
    fn unit(&self) -> Unit {
        Unit::Clusters
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_CHARACTERS)
    }

    fn picture_bounds(&self) -> Bounds {
        Bounds {
            pixels: Some(MAX_PIXELS),
            animation: Animation {
                gif_pixels: Some(MAX_GIF_PIXELS),
                ..Animation::default()
            },
        }
    }

    fn walk(&self, text: &str, facts: &Facts, each: &mut dyn FnMut(Atom)) {
        if text.trim().is_empty() {
            return;
        }
        let rewritten = Rewritten::new(text, facts);
        let mut pending: Option<Atom> = None;
        let mut segment = 0;
        for cluster in clusters::of(&rewritten.text) {
            let start = rewritten.source_of(cluster.start, &mut segment);
            match &mut pending {
                Some(atom) if atom.start == start => atom.used += 1,
                _ => pending
                    .replace(Atom { start, used: 1 })
                    .into_iter()
                    .for_each(&mut *each),
            }
        }
        pending.into_iter().for_each(each);
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&Mastodon)
    }

    fn used(&self, text: &str, warning: &str, facts: &Facts) -> usize {
        // Joined before counting: a mark at the start of the text belongs to the warning's last cluster.
        let mut joined = warning.to_owned();
        if !text.trim().is_empty() {
            joined.push_str(&Rewritten::new(text, facts).text);
        }
        clusters::of(&joined).count()
    }
}

impl Naming for Mastodon {
    fn handle(&self, written: &str) -> Result<String, String> {
        let page = written.strip_prefix("https://").and_then(|page| {
            let (host, name) = page.trim_end_matches('/').split_once("/@")?;
            Some(format!("{name}@{host}"))
        });
        let handle = page.unwrap_or_else(|| naming::bare(written, &[]).to_owned());
        let mention = format!("@{handle}");
        let found = mentions::find(&mention);
        let is_whole = found.len() == 1 && found[0].range == (0..mention.len());
        let has_server = handle
            .split_once('@')
            .is_some_and(|(_, server)| server.contains('.'));
        if is_whole && has_server && handle.is_ascii() {
            return Ok(handle);
        }
        Err(format!(
            "`{written}` is no Mastodon address: write it with its server, like ada@example.org"
        ))
    }

    fn example(&self) -> &'static str {
        "the address with its server, like ada@example.org"
    }

    fn mention(&self, _name: &str, handle: &str) -> String {
        format!("@{handle}")
    }

    fn is_read(&self, plain: &str, range: Range<usize>) -> bool {
        mentions::find(plain).iter().any(|one| one.range == range)
    }
}

/// The text as it is counted, with the way back.
struct Rewritten {
    text: String,
    /// Where each segment starts here and in the source, and whether it is the same text in both.
    segments: Vec<(usize, usize, bool)>,
}

impl Rewritten {
    fn new(text: &str, facts: &Facts) -> Self {
        let per_url = facts
            .limits
            .as_ref()
            .and_then(|limits| limits.characters_per_url)
            .unwrap_or(CHARACTERS_PER_URL);
        let placeholder = "x".repeat(per_url.min(10_000) as usize);
        let mut rewritten = Self {
            text: String::with_capacity(text.len()),
            segments: Vec::new(),
        };
        let mut at = 0;
        for (range, shown) in entities(text) {
            rewritten.push(&text[at..range.start], at, true);
            rewritten.push(shown.unwrap_or(&placeholder), range.start, false);
            at = range.end;
        }
        rewritten.push(&text[at..], at, true);
        rewritten
    }

    fn push(&mut self, piece: &str, source: usize, same: bool) {
        if !piece.is_empty() {
            self.segments.push((self.text.len(), source, same));
            self.text.push_str(piece);
        }
    }

    /// Returns the byte in the source; `segment` is where the last call left off.
    fn source_of(&self, at: usize, segment: &mut usize) -> usize {
        while self
            .segments
            .get(*segment + 1)
            .is_some_and(|next| next.0 <= at)
        {
            *segment += 1;
        }
        self.segments.get(*segment).map_or(
            at,
            |&(here, source, same)| {
                if same { source + (at - here) } else { source }
            },
        )
    }
}

/// Returns links (`None`) and mentions (as they are counted), in order, the earlier one where two overlap.
fn entities(text: &str) -> Vec<(Range<usize>, Option<&str>)> {
    let mut found: Vec<(Range<usize>, Option<&str>)> = Vec::new();
    if text.contains("://") {
        found.extend(
            links::find(text, Dialect::Mastodon)
                .into_iter()
                .map(|range| (range, None)),
        );
    }
    if text.contains('@') {
        found.extend(mentions::find(text).into_iter().map(|mention| {
            let shown = &text[mention.range.start..mention.local_end];
            (mention.range, Some(shown))
        }));
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    found.retain(|(range, _)| {
        let free = range.start >= end;
        if free {
            end = range.end;
        }
        free
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Limits;

    fn length(text: &str, warning: &str) -> usize {
        Mastodon.used(text, warning, &Facts::default())
    }

    #[test]
    fn a_link_counts_23_and_a_remote_mention_its_local_part() {
        assert_eq!(length("http://t.co", ""), 23);
        assert_eq!(length("(https://example.com/a)", ""), 25);
        assert_eq!(length("see example.com now", ""), 19);
        assert_eq!(length("@alice@example.com hi", ""), 9);
    }

    #[test]
    fn the_warning_counts_and_blank_text_does_not() {
        assert_eq!(length("hello", "cw!"), 8);
        assert_eq!(length(" \n\u{3000}", "cw"), 2);
        assert_eq!(
            length("x", "https://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            51
        );
    }

    #[test]
    fn the_servers_figure_for_a_link_wins() {
        let limits = Limits {
            characters_per_url: Some(10),
            ..Limits::default()
        };
        let facts = Facts {
            limits: Some(limits),
            ..Facts::default()
        };
        assert_eq!(Mastodon.used("https://example.com/long", "", &facts), 10);
    }

    #[test]
    fn a_link_is_one_piece_that_starts_where_it_starts() {
        let mut atoms = Vec::new();
        Mastodon.walk("é https://example.com b", &Facts::default(), &mut |atom| {
            atoms.push(atom)
        });
        let seen: Vec<(usize, u32)> = atoms.iter().map(|atom| (atom.start, atom.used)).collect();
        assert_eq!(seen, [(0, 1), (2, 1), (3, 23), (22, 1), (23, 1)]);
    }
}
