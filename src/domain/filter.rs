//! What a filter lets through: chosen channels, states, kinds, campaigns, tags and authors.
//!
//! Pure matching against a post's summary, and the words that name a filter. Which chips there are to choose comes from
//! the store, choosing them is `app::finding`.

use super::{Author, ChannelName, Glyph, Kind, PostView, Summary};
use serde::{Deserialize, Serialize};

/// One thing that a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chip {
    /// A kind.
    Kind(Kind),
    /// A channel that the post goes to.
    Channel(ChannelName),
    /// A state on one of the chosen channels.
    State(Glyph),
    /// A campaign.
    Campaign(String),
    /// A tag.
    Tag(String),
    /// Who wrote it first.
    Author(Author),
}

/// What a chip is about; chips of one dimension are alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Channels.
    Channel,
    /// States.
    State,
    /// Kinds.
    Kind,
    /// Campaigns.
    Campaign,
    /// Tags.
    Tag,
    /// Authors.
    Author,
}

impl Dimension {
    /// Every dimension, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Channel,
        Self::State,
        Self::Kind,
        Self::Campaign,
        Self::Tag,
        Self::Author,
    ];

    /// Returns its name on screen and as an option of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::State => "state",
            Self::Kind => "kind",
            Self::Campaign => "campaign",
            Self::Tag => "tag",
            Self::Author => "author",
        }
    }
}

impl Chip {
    /// Returns what the chip is about.
    pub fn dimension(&self) -> Dimension {
        match self {
            Self::Kind(_) => Dimension::Kind,
            Self::Channel(_) => Dimension::Channel,
            Self::State(_) => Dimension::State,
            Self::Campaign(_) => Dimension::Campaign,
            Self::Tag(_) => Dimension::Tag,
            Self::Author(_) => Dimension::Author,
        }
    }
}

/// Chips: of each dimension any, over all dimensions every one. Without chips everything matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filter {
    chips: Vec<Chip>,
}

impl FromIterator<Chip> for Filter {
    fn from_iter<I: IntoIterator<Item = Chip>>(chips: I) -> Self {
        let mut filter = Self {
            chips: chips.into_iter().collect(),
        };
        filter.chips.sort();
        filter.chips.dedup();
        filter
    }
}

/// A filter that was kept under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its name, unique for its author.
    pub name: String,
    /// What it lets through.
    pub filter: Filter,
}

/// What can be chosen beside channels, states and kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Campaigns, by name.
    pub campaigns: Vec<String>,
    /// Tags of posts that are not in the trash, by name.
    pub tags: Vec<String>,
    /// Authors of posts that are not in the trash, by name.
    pub authors: Vec<Author>,
    /// The asking author's own saved filters, by name.
    pub saved: Vec<SavedFilter>,
}

impl Filter {
    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.chips.is_empty()
    }

    /// Returns the chosen chips of a dimension.
    pub fn chips(&self, of: Dimension) -> impl Iterator<Item = &Chip> {
        self.chips.iter().filter(move |it| it.dimension() == of)
    }

    /// Returns this filter with the other's chips too.
    pub fn with(self, other: Self) -> Self {
        self.chips.into_iter().chain(other.chips).collect()
    }

    /// Whether a chip is chosen.
    pub fn has(&self, chip: &Chip) -> bool {
        self.chips.contains(chip)
    }

    /// Takes a chip, or leaves it when it was chosen.
    pub fn toggle(&mut self, chip: Chip) {
        match self.chips.binary_search(&chip) {
            Ok(at) => {
                self.chips.remove(at);
            }
            Err(at) => self.chips.insert(at, chip),
        }
    }

    /// Whether a post is let through.
    pub fn matches(&self, post: &Summary) -> bool {
        Dimension::ALL.into_iter().all(|dimension| {
            let mut chosen = self.chips(dimension).peekable();
            chosen.peek().is_none() || chosen.any(|chip| self.holds(chip, post))
        })
    }

    fn holds(&self, chip: &Chip, post: &Summary) -> bool {
        match chip {
            Chip::Kind(kind) => post.kind == *kind,
            Chip::Channel(name) => post.channels.iter().any(|it| it.channel == *name),
            Chip::State(state) => self.stands_at(*state, post),
            Chip::Campaign(name) => post.campaign.as_deref().is_some_and(|it| same(it, name)),
            Chip::Tag(tag) => post.tags.iter().any(|it| same(it, tag)),
            Chip::Author(author) => same(post.author.as_str(), author.as_str()),
        }
    }

    /// A post that is out on one channel and failed on another is found by both; a held one does not wait, it is a draft.
    fn stands_at(&self, state: Glyph, post: &Summary) -> bool {
        let is_chosen = |channel: &ChannelName| {
            let mut chosen = self.chips(Dimension::Channel).peekable();
            chosen.peek().is_none()
                || chosen.any(|it| matches!(it, Chip::Channel(name) if name == channel))
        };
        let of_chosen = || post.channels.iter().filter(|it| is_chosen(&it.channel));
        match state {
            Glyph::Draft | Glyph::InReview | Glyph::ChangesRequested => {
                Glyph::of(of_chosen().map(|it| it.state), post.held, post.review) == state
            }
            Glyph::Waiting if post.held => false,
            state => of_chosen().any(|it| Glyph::from(it.state) == state),
        }
    }

    /// Returns the filter in words: `evergreen Li #Python by ola`. Channels are named by `mark`.
    pub fn words(&self, mark: impl Fn(&ChannelName) -> String) -> String {
        let words = self.chips.iter().map(|chip| match chip {
            Chip::Kind(kind) => kind.word().replace('-', " "),
            Chip::Channel(name) => mark(name),
            Chip::State(state) => state.word().to_owned(),
            Chip::Campaign(name) => format!("@{name}"),
            Chip::Tag(tag) => format!("#{tag}"),
            Chip::Author(author) => format!("by {author}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Names are compared as people say them: capitals do not matter.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Reads the word of a state.
///
/// # Errors
/// One sentence that lists the words there are.
pub fn parse_state(word: &str) -> Result<Glyph, String> {
    let states = Glyph::ALL;
    let found = states
        .into_iter()
        .find(|state| state.word() == word || state.word().replace(' ', "-") == word);
    found.ok_or_else(|| {
        let all = states.map(Glyph::word).join(", ");
        format!("`{word}` is no state; there are: {all}")
    })
}

impl From<&PostView> for Summary {
    /// Makes a list's row of a post in full.
    fn from(view: &PostView) -> Self {
        let content = &view.post.content;
        let due = view.deliveries.iter().filter_map(|it| it.due_at).min();
        Self {
            id: view.post.id,
            title: content.display_title(),
            kind: content.kind,
            due_at: due.or(content.plan.at().map(|it| it.instant())),
            held: !content.scheduled,
            review: view.review,
            campaign: content.campaign.clone(),
            author: view.post.author.clone(),
            tags: content.tags.clone(),
            without_alt: content.without_alt(),
            channels: view
                .deliveries
                .iter()
                .map(|it| super::ChannelState {
                    channel: it.channel.clone(),
                    state: it.state,
                    reason: it.reason.clone(),
                    waits: crate::domain::Waits::ForItself,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelState, DeliveryState, PostId};

    fn post(kind: Kind, held: bool, channels: &[(&str, DeliveryState)]) -> Summary {
        Summary {
            id: PostId(1),
            title: "A post".to_owned(),
            kind,
            due_at: None,
            held,
            review: crate::domain::Review::Draft,
            campaign: Some("Autumn".to_owned()),
            author: Author::from("ola"),
            tags: vec!["OpenScience".to_owned()],
            without_alt: 0,
            channels: channels
                .iter()
                .map(|(name, state)| ChannelState {
                    channel: (*name).into(),
                    state: *state,
                    reason: String::new(),
                    waits: crate::domain::Waits::ForItself,
                })
                .collect(),
        }
    }

    fn filter(chips: &[Chip]) -> Filter {
        chips.iter().cloned().collect()
    }

    #[test]
    fn chips_of_one_dimension_are_alternatives_and_dimensions_add_up() {
        let evergreen = post(Kind::Evergreen, false, &[("li", DeliveryState::Waiting)]);
        let either = filter(&[Chip::Kind(Kind::Evergreen), Chip::Kind(Kind::AdHoc)]);
        assert!(either.matches(&evergreen));
        let both = filter(&[Chip::Kind(Kind::Evergreen), Chip::Channel("ma".into())]);
        assert!(!both.matches(&evergreen));
        assert!(Filter::default().matches(&evergreen));
    }

    #[test]
    fn a_state_is_looked_at_on_the_chosen_channels() {
        use DeliveryState::{Failed, Published};
        let half_out = post(Kind::AdHoc, false, &[("li", Published), ("bs", Failed)]);
        let failed = Chip::State(Glyph::Failed);
        assert!(filter(std::slice::from_ref(&failed)).matches(&half_out));
        assert!(filter(&[Chip::State(Glyph::Published)]).matches(&half_out));
        assert!(filter(&[failed.clone(), Chip::Channel("bs".into())]).matches(&half_out));
        assert!(!filter(&[failed, Chip::Channel("li".into())]).matches(&half_out));
    }

    #[test]
    fn a_held_post_is_a_draft_and_does_not_wait() {
        let draft = post(Kind::AdHoc, true, &[("li", DeliveryState::Waiting)]);
        assert!(filter(&[Chip::State(Glyph::Draft)]).matches(&draft));
        assert!(!filter(&[Chip::State(Glyph::Waiting)]).matches(&draft));
        let nowhere = post(Kind::AdHoc, false, &[]);
        assert!(filter(&[Chip::State(Glyph::Draft)]).matches(&nowhere));
    }

    #[test]
    fn names_match_whatever_their_capitals() {
        let post = post(Kind::AdHoc, false, &[]);
        for chip in [
            Chip::Tag("openscience".to_owned()),
            Chip::Campaign("AUTUMN".to_owned()),
            Chip::Author(Author::from("Ola")),
        ] {
            assert!(
                filter(std::slice::from_ref(&chip)).matches(&post),
                "{chip:?}"
            );
        }
    }

    #[test]
    fn a_chip_is_taken_and_left_by_the_same_key() {
        let mut filter = Filter::default();
        filter.toggle(Chip::Tag("b".to_owned()));
        filter.toggle(Chip::Kind(Kind::Evergreen));
        filter.toggle(Chip::Channel("linkedin".into()));
        let words = filter.words(|name| name.as_str()[..2].to_owned());
        assert_eq!(words, "evergreen li #b");
        filter.toggle(Chip::Tag("b".to_owned()));
        assert!(!filter.has(&Chip::Tag("b".to_owned())));
    }

    #[test]
    fn a_stored_filter_is_read_back() {
        let all = filter(&[
            Chip::Kind(Kind::AdHoc),
            Chip::Channel("fosstodon".into()),
            Chip::State(Glyph::Unknown),
            Chip::Campaign("Autumn".to_owned()),
            Chip::Tag("a\"b".to_owned()),
            Chip::Author(Author::from("ola")),
        ]);
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), all);
    }

    #[test]
    fn an_unknown_state_is_answered_with_the_words_there_are() {
        assert_eq!(parse_state("draft"), Ok(Glyph::Draft));
        assert!(parse_state("done").unwrap_err().contains("published"));
    }
}
