//! From a post to what is sent to one channel: text, parts, facets, media, card, options, problems.
//!
//! Pure. What differs between platforms is in `rules::Offers` and the files behind `rules::Rules`; splitting is
//! in `thread.rs`, pictures in `media.rs`, videos in `films.rs`. Public entrance: `text::compose`.

use super::card::{self, with_scheme};
use super::draft::Draft;
use super::flow::{Edge, Flow};
use super::options::{Chosen, NO_TOPIC};
use super::rules::{self, Enclosed, Extras, Offers, Place, Rules, WarningStyle};
use super::thread::{self, Numbering, Room, Rooms};
use super::{captions, clusters, costs, films, media};
use crate::domain::{
    CardUse, Composed, Content, Count, Facts, LinkCard, Measure, Part, PartKind, PartMedia,
    PlatformId, Problem, Threading, Variant, Visibility,
};
use std::collections::HashSet;
use std::ops::Range;

pub(super) fn compose(
    platform: PlatformId,
    rules: &dyn Rules,
    content: &Content,
    variant: &Variant,
    facts: &Facts,
) -> Composed {
    Composer::new(platform, rules, content, variant, facts).compose()
}

mod lengths;
mod names;
mod reshare;

pub use reshare::RESHARES;

struct Composer<'a> {
    platform: PlatformId,
    rules: &'a dyn Rules,
    offers: &'static Offers,
    content: &'a Content,
    facts: &'a Facts,
    authored: &'a str,
    warning: Option<&'a str>,
    link: Option<LinkCard>,
    media: Vec<PartMedia>,
    enclosed: Enclosed,
    options: Chosen,
    /// The address of the post there that it reshares.
    reshares: Option<String>,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

impl<'a> Composer<'a> {
    fn new(
        platform: PlatformId,
        rules: &'a dyn Rules,
        content: &'a Content,
        variant: &'a Variant,
        facts: &'a Facts,
    ) -> Self {
        let media = media::all(platform.label(), rules, &content.attachments, facts);
        let mut composer = Self {
            platform,
            rules,
            offers: rules.offers(),
            content,
            facts,
            authored: variant.text.as_deref().unwrap_or(&content.text),
            warning: content
                .warning
                .as_deref()
                .filter(|warning| !warning.trim().is_empty()),
            link: content.link.as_ref().and_then(with_scheme),
            // Whoever posts by hand attaches them by hand.
            enclosed: if facts.by_hand {
                Enclosed::default()
            } else {
                rules.enclose(&media)
            },
            media,
            options: Chosen::of(platform, variant),
            reshares: None,
            problems: Vec::new(),
            notes: Vec::new(),
        };
        composer.find_reshare();
        composer
    }

    fn compose(mut self) -> Composed {
        let mut flow = self.flow();
        self.check_emptiness(flow.own());
        let unknown = std::mem::take(&mut flow.problems).into_iter();
        self.problems
            .extend(unknown.map(|message| problem(None, message)));
        self.notes.append(&mut flow.notes);
        let drafts = self.drafts(&flow);
        let count = drafts.len();
        let mut parts: Vec<Part> = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.iter().enumerate() {
            let part = self.part(index, draft, &flow);
            self.check_length(index, count, &part.count);
            parts.push(part);
        }
        self.check_options();
        // Parts of a thread repeat what holds for each of them.
        let mut seen = HashSet::new();
        self.notes.retain(|note| seen.insert(note.clone()));
        Composed {
            platform: self.platform,
            parts,
            problems: self.problems,
            notes: self.notes,
        }
    }

    fn has_media(&self) -> bool {
        self.content.shows_media()
    }

    /// Whether a link goes as a card: the platform has them, and pictures take the place of one. Nobody pastes a card.
    fn sends_card(&self) -> bool {
        let wanted = self.content.card == CardUse::Shown;
        let taken = self.has_media() || self.reshares.is_some();
        wanted && self.offers.card && !taken && !self.facts.by_hand
    }

    /// Returns the authored text in the channel's own form, with the link as its last line where it would be lost otherwise.
    fn flow(&self) -> Flow {
        let mut flow = Flow::new(
            self.platform,
            self.rules.naming(),
            self.authored,
            self.facts,
        );
        if let Some(link) = &self.link
            && !self.sends_card()
            && self.reshares.is_none()
            && !self.mentions_link(&link.url)
        {
            if !flow.text.is_empty() && !flow.text.ends_with('\n') {
                flow.text.push('\n');
            }
            flow.text.push_str(&link.url);
        }
        flow
    }

    fn mentions_link(&self, url: &str) -> bool {
        let typed = self
            .content
            .link
            .as_ref()
            .map_or(url, |link| link.url.trim());
        // A bare `example.org` in the text is no link everywhere; the complete address is.
        self.authored
            .contains(if typed.contains("://") { typed } else { url })
    }

    fn drafts(&self, flow: &Flow) -> Vec<Draft> {
        let text = flow.text.as_str();
        let (before, after) = self.wrap(text);
        let draft = |pieces| Draft {
            before: before.clone(),
            pieces,
            after: after.clone(),
        };
        let chunks = match self.content.threading {
            Threading::Off => Vec::new(),
            Threading::On | Threading::Numbered => thread::chunks(text),
        };
        if chunks.is_empty() {
            return vec![draft(vec![self.rules.kept(text)])];
        }
        if !self.offers.threads {
            return vec![draft(chunks)];
        }
        let numbering = match self.content.threading {
            Threading::Numbered => Numbering::On,
            Threading::On | Threading::Off => Numbering::Off,
        };
        let rooms = Rooms {
            first: self.room(Place::First, &before, &after),
            later: self.room(Place::Later, &before, &after),
        };
        let wholes = flow.wholes();
        let whole = thread::Whole {
            text,
            wholes: &wholes,
        };
        let parts = thread::split(self.rules, whole, rooms, numbering, self.facts);
        let count = parts.len();
        let numbered = |(index, part): (usize, Range<usize>)| {
            let mut draft = draft(vec![part]);
            if numbering == Numbering::On && count > 1 {
                draft.after.insert_str(0, &thread::number(index, count));
            }
            draft
        };
        parts.into_iter().enumerate().map(numbered).collect()
    }

    /// Returns what a warning puts before and after the text of each part.
    fn wrap(&self, flow: &str) -> (String, String) {
        let Some(warning) = self.warning else {
            return Default::default();
        };
        match self.offers.warning {
            WarningStyle::CountedField | WarningStyle::Field => Default::default(),
            WarningStyle::Prefix => (format!("CW: {warning}\n\n"), String::new()),
            WarningStyle::Spoiler => {
                // A fence must be longer than any inside.
                let fence = "`".repeat(longest_row(flow, '`').max(2) + 1);
                let title = warning.replace('\n', " ");
                (format!("{fence}spoiler {title}\n"), format!("\n{fence}"))
            }
        }
    }

    /// Returns what is left for a part's own text.
    fn room(&self, place: Place, before: &str, after: &str) -> Room {
        let around = |text| self.rules.used(text, "", self.facts);
        let fixed = around(before) + around(after) + self.counted_warning() + self.enclosed.used;
        let less = |limit: u32, fixed: usize| (limit as usize).saturating_sub(fixed) as u32;
        Room {
            used: rules::limit_at(self.rules, place, self.facts).map(|limit| less(limit, fixed)),
            bytes: self
                .rules
                .byte_limit()
                .map(|limit| less(limit, before.len() + after.len())),
        }
    }

    /// Returns what the warning adds where it counts in a field of its own.
    fn counted_warning(&self) -> usize {
        match self.offers.warning {
            WarningStyle::CountedField => clusters::of(self.warning.unwrap_or_default()).count(),
            WarningStyle::Field | WarningStyle::Prefix | WarningStyle::Spoiler => 0,
        }
    }

    fn part(&mut self, index: usize, draft: &Draft, flow: &Flow) -> Part {
        let plain = draft.text(&flow.text);
        let named = draft.named(flow);
        let first = index == 0;
        let follow_up = self.rules.follow_up().filter(|_| !first);
        let kind = follow_up.map_or(PartKind::Post, |follow_up| follow_up.kind);
        let title = (self.offers.title && first).then(|| self.content.title.trim().to_owned());
        let topic = (self.offers.topic).then(|| self.options.topic(self.content, self.facts));
        let to = self.options.place(self.facts).filter(|_| self.offers.topic);
        let tags = if self.offers.tags && first {
            self.content.tags.clone()
        } else {
            Vec::new()
        };
        let extras = Extras {
            title: title.as_deref(),
            topic: topic.as_deref(),
            tags: &tags,
            enclosed: if first { self.enclosed.used } else { 0 },
            follow_up,
        };
        let own_field = matches!(
            self.offers.warning,
            WarningStyle::CountedField | WarningStyle::Field
        );
        let warning = self.warning.filter(|_| own_field);
        let counted = warning.unwrap_or_default();
        let has_media = first && self.has_media();
        let count = rules::measure(self.rules, &plain, counted, &extras, has_media, self.facts);
        for refusal in [
            self.rules.refusal(&plain),
            self.rules.refused_extra(&extras),
        ] {
            self.problems
                .extend(refusal.map(|message| problem(Some(index), message)));
        }
        self.rules
            .remark(&plain, &count, self.facts, &mut self.notes);
        let can_be_card = self.sends_card() && self.link.is_none();
        let limit = count.text.limit;
        let costs = costs::of(self.rules, &plain, self.facts, limit, can_be_card);
        let source = draft
            .pieces
            .first()
            .map_or(0, |piece| flow.source_of(piece.start, Edge::Start))
            ..draft
                .pieces
                .last()
                .map_or(0, |piece| flow.source_of(piece.end, Edge::End));
        let facets = self.facets(&plain, &named);
        if follow_up.is_some() {
            self.says_who_is_not_tagged(kind, &named);
        }
        let (media, sent) = if first {
            let sent = draft.enclosing(&self.enclosed.text, &flow.text);
            (self.media.clone(), sent)
        } else {
            (Vec::new(), plain.clone())
        };
        let has_card = first && self.sends_card();
        let card = has_card
            .then(|| card::of(self.content, self.authored))
            .flatten();
        Part {
            kind,
            over: self.over(draft, flow, &count, extras.enclosed),
            text: if self.facts.by_hand || follow_up.is_some() {
                plain.clone()
            } else {
                self.rules.encode_naming(&sent, &named)
            },
            facets,
            plain,
            source,
            media,
            card,
            warning: warning.map(str::to_owned),
            language: self
                .content
                .language
                .clone()
                .filter(|_| self.offers.language),
            visibility: (self.offers.visibility && follow_up.is_none())
                .then_some(self.content.visibility),
            title,
            to,
            topic,
            tags,
            options: if first {
                self.beside()
            } else {
                Default::default()
            },
            reply_to: self
                .content
                .reply_to
                .clone()
                .filter(|_| first && self.offers.replies),
            count,
            costs,
        }
    }

    /// Returns where in the authored text the limit is passed.
    fn over(&self, draft: &Draft, flow: &Flow, count: &Count, enclosed: usize) -> Option<usize> {
        let bytes = count.bytes.unwrap_or_default();
        if count.text.fits() && bytes.fits() {
            return None;
        }
        let most = |measure: Measure| measure.limit.map_or(usize::MAX, |limit| limit as usize);
        let room = most(count.text).saturating_sub(self.counted_warning() + enclosed);
        let byte_room = most(bytes);
        let mut starts = None;
        let (mut used, mut previous) = (0_usize, None);
        let plain = draft.text(&flow.text);
        self.rules.walk(&plain, self.facts, &mut |atom| {
            // What came before reaches to here, and may be the piece that crosses the limit of bytes.
            if starts.is_none() && atom.start > byte_room {
                starts = previous;
            }
            used += atom.used as usize;
            if starts.is_none() && used > room {
                starts = Some(atom.start);
            }
            previous = Some(atom.start);
        });
        let past = starts.or(previous).unwrap_or(0);
        Some(flow.source_of(draft.flow_of(past), Edge::Start))
    }

    fn check_emptiness(&mut self, own: &str) {
        if !own.trim().is_empty() && !self.only_dividers(own) {
            return;
        }
        let own_field = self.offers.warning == WarningStyle::CountedField;
        if own_field && self.warning.is_some() && (self.link.is_none() || self.sends_card()) {
            let label = self.platform.label();
            self.problems.push(problem(
                None,
                format!("{label} makes a text of a content warning that stands alone: write a text or remove it"),
            ));
        } else if !self.has_media() && self.link.is_none() {
            let message = "The post is empty: write something or attach a picture".to_owned();
            self.problems.push(problem(None, message));
        }
    }

    /// Whether nothing is left once the dividers of a thread are taken out.
    fn only_dividers(&self, own: &str) -> bool {
        self.content.threading != Threading::Off && thread::chunks(own).is_empty()
    }

    fn check_options(&mut self) {
        self.problems.append(&mut self.options.problems);
        let unknown = self.options.unknown_place(self.facts);
        (self.problems).extend(unknown.map(|message| problem(None, message)));
        let label = self.platform.label();
        films::check_all(
            label,
            self.rules,
            &self.content.attachments,
            self.facts,
            &mut self.problems,
            &mut self.notes,
        );
        captions::check(
            label,
            self.rules,
            self.content,
            &mut self.problems,
            &mut self.notes,
        );
        if let Some(message) = self.rules.refused_visibility(self.content.visibility) {
            self.problems.push(problem(None, message));
        }
        if !self.offers.visibility
            && matches!(
                self.content.visibility,
                Visibility::Private | Visibility::Direct
            )
        {
            let word = self.content.visibility.word();
            self.notes
                .push(format!("{label} has no `{word}`: this is public there"));
        }
        if !self.offers.replies && self.content.reply_to.is_some() {
            self.notes.push(format!(
                "{label} cannot answer a post: this stands on its own there"
            ));
        }
        self.say_what_gives_way();
        if self.offers.topic && self.options.topic(self.content, self.facts) == NO_TOPIC {
            let limits = self.facts.limits.as_ref();
            if limits.is_some_and(|limits| limits.needs_topic) {
                let message =
                    "This server wants a topic: give the post one, or its channel a `topic`";
                self.problems.push(problem(Some(0), message.to_owned()));
                return;
            }
            self.notes.push(format!(
                "The post has no topic: on {label} it goes to “(no topic)”"
            ));
        }
    }
}

fn problem(part: Option<usize>, message: String) -> Problem {
    Problem {
        part,
        message,
        splitting_helps: false,
    }
}

/// Returns how many of a character stand in a row at the most.
fn longest_row(text: &str, wanted: char) -> usize {
    let (mut longest, mut row) = (0, 0);
    for c in text.chars() {
        row = if c == wanted { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    longest
}
