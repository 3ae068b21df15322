//! What of the plan is shown and how: the view, the filter, the search.
//!
//! Plain data and what can be read off it; keys are `update/{search,filter,views}.rs`. A filter hides posts from calendar
//! and lists, never what needs a person: the queue's first section and all counts of it stay those of everything.

use super::input::Input;
use super::{App, Pane, Request};
use crate::domain::calendar::week_of;
use crate::domain::queue::Queue;
use crate::domain::{Chip, Dimension, Filter, Glyph, Hit, Kind, Offered, PostId, Summary};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// How the calendar pane shows days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Weeks of day cells.
    #[default]
    Month,
    /// The hours of one week.
    Week,
    /// One row a post, day by day.
    List,
}

/// What of the plan is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// How the calendar pane shows days.
    pub view: View,
    /// First shown row of the list view.
    pub list_scroll: usize,
    /// What calendar, queue and lists let through.
    pub filter: Filter,
    /// What a filter can ask for, once it was read.
    pub choices: Offered,
    /// The search that `n` and `N` go on with.
    pub search: Search,
    /// Everything that was read, while a filter shows a part of it.
    pub whole: Whole,
    /// The open request for the queue within the filter.
    pub matching: Request,
}

/// What was read, while a filter shows a part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    /// The posts of the loaded days.
    pub posts: Option<Vec<Summary>>,
    /// The queue.
    pub queue: Option<Queue>,
}

/// A search: its words, what they found, and where the person came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// What `hits` were found for; empty before the first search.
    pub typed: String,
    /// The posts, by time, undated last.
    pub hits: Vec<Hit>,
    /// The hit that was gone to.
    pub at: Option<usize>,
    /// The request on its way, with its words and what follows its answer.
    pub asked: Option<Asked>,
    /// Whether posts changed since `hits` were found.
    pub is_stale: bool,
    /// The place to go back to, while the sheet is open.
    pub came_from: Option<CameFrom>,
}

/// A search on its way to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The request's number.
    pub request: Request,
    /// The words that were asked for.
    pub typed: String,
    /// What follows the answer.
    pub then: Then,
}

/// What follows the answer to a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Show the first hit from where the person came from on.
    Show,
    /// The same, and say which of how many it is: Enter was pressed before the answer came.
    ShowAndSay,
    /// Go on to the next hit.
    Next,
    /// Go back to the previous one.
    Previous,
}

/// Where a person was before a search moved the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameFrom {
    /// The selected day.
    pub day: NaiveDate,
    /// The selected post.
    pub selected: Option<PostId>,
    /// The focused pane.
    pub focus: Pane,
}

impl Search {
    /// Whether a post is the hit that was gone to; it stays selected though no list may show it.
    pub fn is_at(&self, id: PostId) -> bool {
        self.at
            .and_then(|at| self.hits.get(at))
            .is_some_and(|hit| hit.post == id)
    }

    /// Returns `3 of 17`; `None` while there is nothing to count.
    pub fn position(&self) -> Option<String> {
        let at = self.at?;
        Some(format!("{} of {}", at + 1, self.hits.len()))
    }
}

/// The filter sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSheet {
    /// The chosen row.
    pub row: usize,
    /// The chosen chip of it.
    pub chip: usize,
    /// The filter to go back to.
    pub before: Filter,
    /// The name to save it under, while that is typed.
    pub name: Option<Input>,
}

/// One row of the filter sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipRow {
    /// What stands before the chips.
    pub name: &'static str,
    /// The chips.
    pub chips: Vec<Offer>,
}

/// Something to choose in the filter sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A chip.
    Chip(Chip),
    /// A saved filter, by its place among the saved ones.
    Saved(usize),
}

impl Finding {
    /// Returns the saved filter that an offer names.
    pub fn saved(&self, offer: &Offer) -> Option<&crate::domain::SavedFilter> {
        match offer {
            Offer::Saved(at) => self.choices.saved.get(*at),
            Offer::Chip(_) => None,
        }
    }

    /// Whether an offer is what is chosen at present.
    pub fn is_chosen(&self, offer: &Offer) -> bool {
        match offer {
            Offer::Chip(chip) => self.filter.has(chip),
            Offer::Saved(_) => self
                .saved(offer)
                .is_some_and(|saved| saved.filter == self.filter),
        }
    }
}

impl App {
    /// Returns the rows of the filter sheet: what can be chosen, and what is chosen though it is not there any more.
    pub fn filter_rows(&self) -> Vec<ChipRow> {
        let choices = &self.finding.choices;
        let rows = Dimension::ALL.into_iter().map(|dimension| {
            let mut chips: Vec<Chip> = match dimension {
                Dimension::Channel => {
                    let names = self.channels.iter().map(|it| it.name.clone());
                    names.map(Chip::Channel).collect()
                }
                Dimension::State => Glyph::ALL.map(Chip::State).to_vec(),
                Dimension::Kind => [Kind::Evergreen, Kind::AdHoc].map(Chip::Kind).to_vec(),
                Dimension::Campaign => choices
                    .campaigns
                    .iter()
                    .cloned()
                    .map(Chip::Campaign)
                    .collect(),
                Dimension::Tag => choices.tags.iter().cloned().map(Chip::Tag).collect(),
                Dimension::Author => choices.authors.iter().cloned().map(Chip::Author).collect(),
            };
            for chosen in self.finding.filter.chips(dimension) {
                if !chips.contains(chosen) {
                    chips.push(chosen.clone());
                }
            }
            ChipRow {
                name: dimension.word(),
                chips: chips.into_iter().map(Offer::Chip).collect(),
            }
        });
        let saved = ChipRow {
            name: "saved",
            chips: (0..choices.saved.len()).map(Offer::Saved).collect(),
        };
        rows.chain([saved])
            .filter(|row| !row.chips.is_empty())
            .collect()
    }

    /// Returns the filter in words; `None` while everything is shown.
    pub fn filter_words(&self) -> Option<String> {
        let filter = &self.finding.filter;
        (!filter.is_empty()).then(|| filter.words(|channel| self.mark(channel)))
    }

    /// Returns what is said where no post stands: nothing is planned, or nothing that the filter lets through.
    pub fn nothing_words(&self) -> &'static str {
        if self.finding.filter.is_empty() {
            "nothing planned"
        } else {
            "nothing matches"
        }
    }

    /// Counts the posts of the shown month or week that the filter lets through, and all of them.
    pub fn filter_count(&self) -> Option<(usize, usize)> {
        let all = self.finding.whole.posts.as_ref()?;
        let week = week_of(self.day, self.week_start);
        let is_shown = |day: NaiveDate| match self.finding.view {
            View::Week => week_of(day, self.week_start) == week,
            View::Month | View::List => {
                (day.year(), day.month()) == (self.day.year(), self.day.month())
            }
        };
        let count = |posts: &[Summary]| {
            let days = posts.iter().filter_map(|post| self.day_of(post));
            days.filter(|day| is_shown(*day)).count()
        };
        Some((count(&self.posts), count(all)))
    }

    /// Returns the queue as it is without the filter: what an alarm counts.
    pub fn whole_queue(&self) -> &Queue {
        self.finding.whole.queue.as_ref().unwrap_or(&self.queue)
    }

    /// Returns the day on which something at an instant stands.
    pub fn day_at(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}
