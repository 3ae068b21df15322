//! Pages: what takes the room of all three panes, from the top bar to the hints.
//!
//! Data only. Leaving a page shows the panes again as they were. One page is open at a time; a text that is edited lies
//! over it. Keys are `update/` with the page's name.

use super::outbox::OutboxPage;
use super::review::ReviewPage;
use super::{App, Place};

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// Every delivery, what became of it and what helps.
    Outbox(OutboxPage),
    /// What waits for a second pair of eyes.
    Review(ReviewPage),
}

impl Page {
    /// Returns where its own keys stand in the action table.
    pub fn place(&self) -> Place {
        match self {
            Self::Outbox(_) => Place::Outbox,
            Self::Review(_) => Place::Review,
        }
    }
}

impl App {
    /// Returns the page that is shown: the open one, unless a text is edited.
    pub fn shown_page(&self) -> Option<&Page> {
        self.page.as_ref().filter(|_| self.place().is_none())
    }

    /// Returns the outbox, where it is open.
    pub fn outbox(&self) -> Option<&OutboxPage> {
        match &self.page {
            Some(Page::Outbox(page)) => Some(page),
            _ => None,
        }
    }

    /// Returns the outbox to be changed, where it is open.
    pub fn outbox_mut(&mut self) -> Option<&mut OutboxPage> {
        match &mut self.page {
            Some(Page::Outbox(page)) => Some(page),
            _ => None,
        }
    }

    /// Returns the review page, where it is open.
    pub fn review(&self) -> Option<&ReviewPage> {
        match &self.page {
            Some(Page::Review(page)) => Some(page),
            _ => None,
        }
    }

    /// Returns the review page to be changed, where it is open.
    pub fn review_mut(&mut self) -> Option<&mut ReviewPage> {
        match &mut self.page {
            Some(Page::Review(page)) => Some(page),
            _ => None,
        }
    }
}
