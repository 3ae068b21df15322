//! The outbox: every delivery with what names its post, in the order in which a person reads them.
//!
//! Plain data; `store` fills it, `app` says it in words. A dry run's calls are `dry_run.rs`.

use super::{Attempt, Delivery, Glyph, Kind, Look, Outcome, Review, Upload};

/// Which deliveries are shown. A post's deliveries stay together: what needs a person is read beside what became of the
/// same post elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Section {
    /// Each of the others, in their order; of what comes next only the first.
    #[default]
    All,
    /// Posts that are unknown, failed or missed somewhere, the worst first.
    NeedsYou,
    /// Posts that are being sent.
    InFlight,
    /// Posts that have not left, by time.
    Next,
    /// Posts that are out or shall not go, the latest first.
    Done,
}

impl Section {
    /// Every section, in the order in which a key goes through them.
    pub const ALL: [Self; 5] = [
        Self::All,
        Self::NeedsYou,
        Self::InFlight,
        Self::Next,
        Self::Done,
    ];

    /// Returns what the head of the page says.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::NeedsYou => "needs you",
            Self::InFlight => "being sent",
            Self::Next => "next",
            Self::Done => "done",
        }
    }

    /// Returns the section after this one; after the last comes the first.
    pub fn following(self) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

/// How far the sending of a delivery has come, as far as it can still be called back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// Nothing of it has begun to leave.
    #[default]
    NotBegun,
    /// An attempt is on record whose end is not: it is leaving, or has left.
    Begun,
}

/// One delivery with what names its post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The delivery.
    pub delivery: Delivery,
    /// What names its post.
    pub title: String,
    /// Evergreen or ad hoc.
    pub kind: Kind,
    /// Whether the post is held back: a draft, or planned without the approval that it needs.
    pub held: bool,
    /// Where it stands with its reviewers.
    pub review: Review,
    /// Whether it can still be called back.
    pub sending: Sending,
    /// How many pictures of its post have no alt text.
    pub without_alt: usize,
    /// How its last attempt ended, as the word of the outcome; `None` before the first and while one is open.
    pub last_outcome: Option<String>,
    /// How far its upload has come, while it is being sent.
    pub upload: Option<Upload>,
}

impl OutboxRow {
    /// Whether alt text is missing that can still be written before it leaves.
    pub fn lacks_alt(&self) -> bool {
        self.without_alt > 0 && !matches!(self.glyph(), Glyph::Published | Glyph::Skipped)
    }

    /// Returns the sign for its state.
    pub fn glyph(&self) -> Glyph {
        Glyph::of([self.delivery.state], self.held, self.review)
    }
}

/// How many deliveries have which sign: what is held back as a draft or by its reviewers is not among those that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(Vec<(Glyph, usize)>);

impl Tally {
    /// Counts from pairs of a sign and a number; numbers of one sign add up.
    pub fn new(counts: impl IntoIterator<Item = (Glyph, usize)>) -> Self {
        let mut tally = Self::default();
        for (sign, count) in counts {
            match tally.0.iter_mut().find(|(one, _)| *one == sign) {
                Some((_, all)) => *all += count,
                None => tally.0.push((sign, count)),
            }
        }
        tally
    }

    /// Returns how many have a sign.
    pub fn of(&self, sign: Glyph) -> usize {
        let found = self.0.iter().find(|(one, _)| *one == sign);
        found.map_or(0, |(_, count)| *count)
    }
}

/// The deliveries of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// The section.
    pub section: Section,
    /// Its deliveries, those of one post together.
    pub rows: Vec<OutboxRow>,
    /// Whether the section goes on beyond these.
    pub more: bool,
    /// How many deliveries stand where, over all sections.
    pub tally: Tally,
}

/// Everything that was tried at a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Every attempt, by part and number.
    pub attempts: Vec<Attempt>,
    /// Every look at the platform, the oldest first.
    pub looks: Vec<Look>,
    /// Where a person can look at the account: an address, or a folder; `None` while no account is known.
    pub page: Option<String>,
}

impl Tries {
    /// Returns the attempt whose answer was lost: the first part that is undecided.
    pub fn lost(&self) -> Option<&Attempt> {
        let is_lost = |one: &&Attempt| one.outcome.as_ref().is_none_or(Outcome::is_open);
        self.attempts.iter().find(is_lost)
    }

    /// Returns the looks at an attempt.
    pub fn looks_at(&self, attempt: &Attempt) -> impl Iterator<Item = &Look> {
        let id = attempt.id;
        self.looks.iter().filter(move |look| look.attempt == id)
    }
}
