//! The text that is being typed: one text area per tab, a cursor that moves by clusters, and what each channel makes of it.
//!
//! The only file of the core that knows the text-area library, which keeps text and undo steps. It never saves: leaving the
//! editor yields an effect. Next: `update/typing.rs`.

mod replace;

pub use super::step::{Kept, Step};
pub use super::tab::{Tab, next_tab, tabs};
use super::wrap::{self, WrapRow};
use crate::domain::text_safety::clean_input;
use crate::domain::{ChannelName, Composed, Content, DraftKey, EditorDraft, PostId, Variant};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;

const UNDO_STEPS: usize = 10_000;
/// How many characters the cursor is walked where it cannot jump: a few shown rows.
const WALKED: usize = 400;

/// The editor while a text is typed.
#[derive(Clone, Debug)]
pub struct Editor {
    /// What tells this sitting's draft from every other.
    pub key: DraftKey,
    /// The draft of an earlier sitting that this one goes on with.
    pub goes_on: Option<DraftKey>,
    /// The post; `None` for one that was never saved.
    pub post: Option<PostId>,
    /// The revision that it is based on; 0 for a new post.
    pub base_revision: i64,
    /// The content as it is now, texts included.
    pub content: Content,
    /// The content as the post has it, to tell whether anything changed.
    pub original: Content,
    /// Which text is typed.
    pub tab: Tab,
    /// What each channel makes of it, in the order of the variants.
    pub composed: Vec<(ChannelName, Composed)>,
    /// The channels whose own text is older than the master text; found once a change, not once a frame.
    pub stale: BTreeSet<ChannelName>,
    /// Whether what is typed is safe.
    pub kept: Kept,
    /// Whether something was changed that no draft was made of yet.
    pub unkept: bool,
    /// First shown row.
    pub scroll: usize,
    /// Width to which the text is wrapped, in columns.
    pub width: usize,
    area: TextArea<'static>,
    /// The texts of the other tabs as they were left, each with its undo steps.
    left: BTreeMap<Tab, TextArea<'static>>,
    /// Channels whose text became their own by a change of it; undoing that change lets them inherit again.
    became_own: BTreeSet<ChannelName>,
    /// Texts that were put in place of others whole: the one before and the one after.
    replaced: Vec<(String, String)>,
    text: String,
    goal_column: Option<usize>,
}

impl PartialEq for Editor {
    fn eq(&self, other: &Self) -> bool {
        self.post == other.post
            && self.content == other.content
            && self.tab == other.tab
            && self.cursor() == other.cursor()
            && self.kept == other.kept
    }
}

impl Editor {
    /// Opens a content for typing, the cursor at the end of the master text.
    pub fn open(post: Option<PostId>, base_revision: i64, content: Content) -> Self {
        let mut editor = Self {
            key: DraftKey::default(),
            goes_on: None,
            post,
            base_revision,
            original: content.clone(),
            stale: content.stale(),
            content,
            tab: Tab::Master,
            composed: Vec::new(),
            kept: Kept::Saved,
            unkept: false,
            scroll: 0,
            width: 72,
            area: TextArea::default(),
            left: BTreeMap::new(),
            became_own: BTreeSet::new(),
            replaced: Vec::new(),
            text: String::new(),
            goal_column: None,
        };
        editor.load(usize::MAX);
        editor
    }

    /// Opens what a draft kept, the cursor where it was.
    pub fn from_draft(draft: &EditorDraft, original: Content) -> Self {
        let mut editor = Self::open(draft.post, draft.base_revision, draft.content.clone());
        editor.original = original;
        editor.goes_on = Some(draft.key.clone());
        editor.kept = Kept::Drafted;
        if let Some(channel) = &draft.channel
            && editor.content.variant(channel).is_some()
        {
            editor.tab = Tab::Channel(channel.clone());
        }
        editor.load(draft.cursor);
        editor
    }

    /// Returns what a draft keeps of this moment.
    pub fn draft(&self, at: DateTime<Utc>) -> EditorDraft {
        EditorDraft {
            key: self.key.clone(),
            goes_on: self.goes_on.clone(),
            post: self.post,
            channel: match &self.tab {
                Tab::Master => None,
                Tab::Channel(channel) => Some(channel.clone()),
            },
            base_revision: self.base_revision,
            content: self.content.clone(),
            cursor: self.cursor(),
            at,
        }
    }

    /// Returns the text of the present tab.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the cursor, as a byte offset into `text`.
    pub fn cursor(&self) -> usize {
        let (row, column) = self.area.cursor();
        let lines = self.area.lines();
        let before: usize = lines.iter().take(row).map(|line| line.len() + 1).sum();
        let line = lines.get(row).map_or("", String::as_str);
        before
            + line
                .char_indices()
                .nth(column)
                .map_or(line.len(), |(at, _)| at)
    }

    /// Whether anything differs from what the post has.
    pub fn is_changed(&self) -> bool {
        self.content != self.original
    }

    /// Whether the text of the present tab can be typed into: the master, or an own text.
    pub fn is_own(&self) -> bool {
        match &self.tab {
            Tab::Master => true,
            Tab::Channel(channel) => self.content.variant(channel).is_some_and(Variant::is_own),
        }
    }

    /// Returns the rows on which the text is shown.
    pub fn rows(&self) -> Vec<WrapRow> {
        wrap::wrap(&self.text, self.width)
    }

    /// Types text at the cursor; control characters are dropped. One undo step.
    pub fn insert(&mut self, text: &str) {
        let clean = clean_input(text);
        if clean.is_empty() {
            return;
        }
        self.own();
        self.goal_column = None;
        match clean.as_str() {
            "\n" => self.area.insert_newline(),
            _ => {
                self.area.insert_str(&clean);
            }
        }
        self.changed();
    }

    /// Deletes the cluster before the cursor.
    pub fn delete_back(&mut self) {
        let cursor = self.cursor();
        let Some(cluster) = self.text[..cursor].graphemes(true).next_back() else {
            return;
        };
        let (chars, bytes) = (cluster.chars().count(), cluster.len());
        self.own();
        self.move_to(cursor - bytes);
        self.area.delete_str(chars);
        self.changed();
    }

    /// Deletes the cluster after the cursor.
    pub fn delete_forward(&mut self) {
        let cursor = self.cursor();
        let Some(cluster) = self.text[cursor..].graphemes(true).next() else {
            return;
        };
        let chars = cluster.chars().count();
        self.own();
        self.area.delete_str(chars);
        self.changed();
    }

    /// Takes the last typing back; returns whether there was any.
    pub fn undo(&mut self) -> bool {
        let mut undone = self.area.undo();
        if undone && self.is_half_replaced(&self.text) {
            undone |= self.area.undo();
        }
        if undone {
            self.changed();
            self.inherit_again();
        }
        undone
    }

    /// Types it again.
    pub fn redo(&mut self) -> bool {
        let mut redone = self.area.redo();
        if redone && self.is_half_replaced(&self.text) {
            redone |= self.area.redo();
        }
        if redone {
            self.changed();
        }
        redone
    }

    /// A text that became the channel's own by what was undone is the master's again.
    fn inherit_again(&mut self) {
        let Tab::Channel(channel) = &self.tab else {
            return;
        };
        if self.text == self.content.text
            && self.became_own.contains(channel)
            && let Some(variant) = self.content.variant_mut(channel)
        {
            variant.inherit();
            self.touch();
        }
    }

    /// Moves the cursor; `page` is how many rows are shown.
    pub fn step(&mut self, step: Step, page: usize) {
        let cursor = self.cursor();
        let vertical = |rows: isize| -> (usize, Option<usize>) {
            let all = self.rows();
            let row = wrap::row_of(&all, cursor);
            let column = self
                .goal_column
                .unwrap_or_else(|| wrap::column_of(&self.text, all[row], cursor));
            match row.checked_add_signed(rows) {
                None => (0, Some(column)),
                Some(wanted) if wanted >= all.len() => (self.text.len(), Some(column)),
                Some(wanted) => (wrap::byte_at(&self.text, all[wanted], column), Some(column)),
            }
        };
        let page = isize::try_from(page.max(1)).unwrap_or(1);
        let (target, goal) = match step {
            Step::Left => {
                let before = self.text[..cursor].graphemes(true).next_back();
                (cursor - before.map_or(0, str::len), None)
            }
            Step::Right => {
                let after = self.text[cursor..].graphemes(true).next();
                (cursor + after.map_or(0, str::len), None)
            }
            Step::Up => vertical(-1),
            Step::Down => vertical(1),
            Step::PageUp => vertical(-page),
            Step::PageDown => vertical(page),
            Step::Home | Step::End => {
                let rows = self.rows();
                let row = rows[wrap::row_of(&rows, cursor)];
                (
                    if step == Step::Home {
                        row.start
                    } else {
                        row.end
                    },
                    None,
                )
            }
        };
        self.goal_column = goal;
        self.move_to(target);
    }

    /// Goes to another tab: as it was left, else the cursor at the end of its text.
    pub fn show(&mut self, tab: Tab) {
        let area = std::mem::take(&mut self.area);
        self.left
            .insert(std::mem::replace(&mut self.tab, tab), area);
        let text = self.current_text();
        match self.left.remove(&self.tab) {
            Some(area) if area.lines().iter().map(String::as_str).eq(text.split('\n')) => {
                self.area = area;
                self.text = text;
                self.scroll = 0;
                self.goal_column = None;
            }
            _ => self.load(usize::MAX),
        }
    }

    /// Goes some tabs on or back, around the ends.
    pub fn turn(&mut self, step: isize) {
        let next = next_tab(tabs(&self.content), &self.tab, step);
        self.show(next);
    }

    /// Gives the present channel its own text (a copy of the master), or takes it away again.
    pub fn toggle_own(&mut self) {
        let Tab::Channel(channel) = self.tab.clone() else {
            return;
        };
        if self.is_own() {
            if let Some(variant) = self.content.variant_mut(&channel) {
                variant.inherit();
            }
            self.load(usize::MAX);
            self.touch();
        } else {
            self.own();
            // It was asked for by itself, so no undo of typing takes it away.
            self.became_own.remove(&channel);
        }
    }

    /// Takes over a content that was changed outside the text (details, attachments).
    pub fn set_content(&mut self, content: Content) {
        let cursor = self.cursor();
        self.content = content;
        if let Tab::Channel(channel) = &self.tab
            && self.content.variant(channel).is_none()
        {
            self.tab = Tab::Master;
        }
        let text = self.current_text();
        if text != self.text {
            self.load(cursor);
        }
        self.touch();
    }

    /// Scrolls so that the cursor stands within `height` rows, and no row stays empty while text is hidden above.
    pub fn scroll_to_cursor(&mut self, height: usize) {
        let rows = self.rows();
        let row = wrap::row_of(&rows, self.cursor());
        let height = height.max(1);
        if row < self.scroll {
            self.scroll = row;
        } else if row >= self.scroll + height {
            self.scroll = row + 1 - height;
        }
        self.scroll = self.scroll.min(rows.len().saturating_sub(height));
    }

    /// An inherited text becomes the channel's own at the first keystroke.
    fn own(&mut self) {
        let Tab::Channel(channel) = &self.tab else {
            return;
        };
        let master = self.content.text.clone();
        if let Some(variant) = self.content.variant_mut(channel)
            && !variant.is_own()
        {
            variant.set_own(master.clone(), &master);
            self.became_own.insert(channel.clone());
            self.touch();
        }
    }

    fn changed(&mut self) {
        self.text = self.area.lines().join("\n");
        let text = self.text.clone();
        match &self.tab {
            Tab::Master => self.content.text = text,
            Tab::Channel(channel) => {
                let master = self.content.text.clone();
                if let Some(variant) = self.content.variant_mut(channel) {
                    variant.set_own(text, &master);
                }
            }
        }
        self.touch();
    }

    fn touch(&mut self) {
        self.unkept = true;
        self.stale = self.content.stale();
        // A draft follows each change at once, so what was kept a moment ago still counts as kept.
        if self.kept == Kept::Saved {
            self.kept = Kept::Typed;
        }
    }

    fn current_text(&self) -> String {
        match &self.tab {
            Tab::Master => self.content.text.clone(),
            Tab::Channel(channel) => self.content.text_for(channel).to_owned(),
        }
    }

    fn load(&mut self, cursor: usize) {
        self.text = self.current_text();
        let mut area = TextArea::new(self.text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(UNDO_STEPS);
        area.set_undo_coalescing(true);
        self.area = area;
        self.scroll = 0;
        self.goal_column = None;
        self.move_to(cursor.min(self.text.len()));
    }

    fn move_to(&mut self, byte: usize) {
        let byte = self.text.floor_char_boundary(byte);
        let before = &self.text[..byte];
        let row = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count());
        if let (Ok(row), Ok(column)) = (u16::try_from(row), u16::try_from(column)) {
            self.area.move_cursor(CursorMove::Jump(row, column));
            return;
        }
        // The library's jump is 16 bits wide. Beyond it a short way is walked; a long one costs the undo steps of typing.
        let (from_row, from_column) = self.area.cursor();
        let distance = column.abs_diff(from_column);
        if row == from_row && distance <= WALKED {
            let step = if column < from_column {
                CursorMove::Back
            } else {
                CursorMove::Forward
            };
            for _ in 0..distance {
                self.area.move_cursor(step);
            }
        } else {
            let lines = self.text.split('\n').map(str::to_owned).collect();
            self.area.set_lines(lines, (row, column));
        }
    }
}

#[cfg(test)]
mod tests;
