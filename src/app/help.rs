//! The lines of help: which keys stand together, in which order, and the one that is chosen.
//!
//! Pure. Actions that no line names get a line of their own, so that nothing of the table is missing. Drawn by
//! `ui/sheets/help.rs`; keys of the open page are `update/help.rs`.

use super::action::{ACTIONS, Action, Group, Place, Row};
use super::{Input, Keymap};

/// Every key of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct HelpSheet {
    /// Whose keys are shown.
    pub place: Place,
    /// What is searched for; `None` while not searching.
    pub find: Option<Input>,
    /// The chosen action; `None` before one was chosen.
    pub chosen: Option<Action>,
    /// First shown row, while nothing is chosen.
    pub scroll: usize,
}

impl HelpSheet {
    /// Opens the page of a place.
    pub fn new(place: Place) -> Self {
        Self {
            place,
            find: None,
            chosen: None,
            scroll: 0,
        }
    }

    /// Returns the lines that are shown.
    pub fn lines(&self, keymap: &Keymap) -> Vec<HelpLine> {
        match &self.find {
            Some(find) => found(keymap, self.place, find.text()),
            None => lines(keymap, self.place),
        }
    }

    /// Chooses the action `by` places further in the order of reading.
    pub fn choose(&mut self, keymap: &Keymap, by: isize) {
        let lines = self.lines(keymap);
        let all: Vec<Action> = lines.iter().flat_map(HelpLine::actions).collect();
        let Some(last) = all.len().checked_sub(1) else {
            self.chosen = None;
            return;
        };
        let at = all.iter().position(|action| Some(*action) == self.chosen);
        let next = match at {
            Some(at) => at.saturating_add_signed(by).min(last),
            None if by < 0 => last,
            None => 0,
        };
        self.chosen = Some(all[next]);
    }
}

/// One line: the keys of actions that belong together, and what they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// The group under which it stands.
    pub group: Group,
    /// The actions; those of one inner list are shown close together.
    pub together: Vec<Vec<Action>>,
    /// What they do.
    pub text: &'static str,
}

impl HelpLine {
    /// Returns its actions in the order of their keys.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        self.together.iter().flatten().copied()
    }

    /// Returns its keys, each with its action, in pieces that stand apart. Second keys are named where there is room for them:
    /// in a line of one piece.
    pub fn keys(&self, keymap: &Keymap, place: Place) -> Vec<Vec<(String, Action)>> {
        let labels = |action| keymap.labels_in(action, place);
        let first = |action: &Action| labels(*action).into_iter().next().map(|it| (it, *action));
        let mut pieces: Vec<Vec<(String, Action)>> = self
            .together
            .iter()
            .map(|actions| actions.iter().filter_map(first).collect())
            .collect();
        if let [actions] = &self.together[..] {
            let others = actions.iter().flat_map(|action| {
                let others = labels(*action).into_iter().skip(1);
                others.map(|it| (it, *action))
            });
            pieces.push(others.collect());
        }
        pieces.retain(|piece: &Vec<_>| !piece.is_empty());
        if let ([], Some(action)) = (&pieces[..], self.actions().next()) {
            let palette = labels(Action::Palette).into_iter().take(1);
            pieces.extend(palette.map(|key| vec![(key, action)]));
        }
        pieces
    }
}

/// Where a line stands, the actions of each of its pieces, and its text.
type Together = (Option<Place>, &'static [&'static [Action]], &'static str);

/// What is said shorter together than apart. The first line that names an action has it.
const TOGETHER: &[Together] = &[
    (
        Some(Place::Calendar),
        &[&[Action::Left, Action::Right]],
        "a day",
    ),
    (
        Some(Place::Calendar),
        &[&[Action::Down, Action::Up]],
        "a week",
    ),
    (Some(Place::Queue), &[&[Action::Down, Action::Up]], "a row"),
    (
        Some(Place::Outbox),
        &[&[Action::Down, Action::Up]],
        "a delivery",
    ),
    (
        Some(Place::EditorPane),
        &[&[Action::Down, Action::Up]],
        "scroll the text",
    ),
    (
        Some(Place::EditorPane),
        &[&[Action::Left, Action::Right]],
        "a channel's tab",
    ),
    (None, &[&[Action::Left, Action::Right]], "a day, or a tab"),
    (
        None,
        &[&[Action::NextPost, Action::PreviousPost]],
        "next, previous post",
    ),
    (
        None,
        &[&[Action::PreviousMonth, Action::NextMonth]],
        "a month",
    ),
    (
        None,
        &[&[Action::Today], &[Action::GoToDate]],
        "today, a date",
    ),
    (
        Some(Place::Calendar),
        &[
            &[Action::WeekStart, Action::WeekEnd],
            &[Action::First, Action::Last],
        ],
        "week, month ends",
    ),
    (None, &[&[Action::First, Action::Last]], "first, last"),
    (
        None,
        &[&[Action::NextPane, Action::PreviousPane]],
        "next, last pane",
    ),
    (
        None,
        &[&[Action::PaneCalendar, Action::PaneQueue, Action::PaneEditor]],
        "the three panes",
    ),
    (None, &[&[Action::Add]], "add a post on this day"),
    (None, &[&[Action::Open]], "open the day or the post"),
    (
        None,
        &[&[Action::Edit], &[Action::EditOutside]],
        "edit here, in $EDITOR",
    ),
    (
        None,
        &[
            &[Action::DayBack, Action::DayOn],
            &[Action::Earlier, Action::Later],
        ],
        "move a day, 15 minutes",
    ),
    (
        None,
        &[&[Action::Copy, Action::Cut, Action::Paste]],
        "copy, cut, paste",
    ),
    (None, &[&[Action::Schedule]], "schedule at a time"),
    (
        None,
        &[&[Action::Trash], &[Action::Undo, Action::Redo]],
        "trash, undo, redo",
    ),
    (None, &[&[Action::Details]], "details"),
    (None, &[&[Action::Mark]], "mark, for all at once"),
    (None, &[&[Action::AskReview]], "ask for a review"),
    (None, &[&[Action::PublishNow]], "publish now"),
    (None, &[&[Action::Skip]], "skip, or call back"),
    (None, &[&[Action::Freeze]], "freeze or thaw all"),
    (
        None,
        &[&[Action::MonthView, Action::WeekView, Action::ListView]],
        "month, week, list",
    ),
    (
        None,
        &[&[Action::Outbox], &[Action::Review]],
        "outbox, review",
    ),
    (
        None,
        &[
            &[Action::Search, Action::NextMatch, Action::PreviousMatch],
            &[Action::Filter],
        ],
        "find, filter",
    ),
    (None, &[&[Action::History]], "what was done"),
    (None, &[&[Action::Connections]], "connections"),
    (None, &[&[Action::Palette]], "all commands"),
    (None, &[&[Action::Help]], "this page"),
    (None, &[&[Action::Quit], &[Action::Leave]], "quit, back"),
    (
        None,
        &[&[Action::QuitSafely, Action::Suspend, Action::Redraw]],
        "quit, suspend, redraw",
    ),
    (
        Some(Place::Typing),
        &[&[Action::TypeNextTab, Action::TypePrevTab]],
        "next, last channel",
    ),
    (
        Some(Place::Typing),
        &[&[Action::TypeUndo, Action::TypeRedo]],
        "undo, redo typing",
    ),
    (
        Some(Place::Details),
        &[&[Action::FieldNext, Action::FieldPrevious]],
        "next, last field",
    ),
    (
        Some(Place::Details),
        &[&[Action::FieldChoose, Action::FieldBack]],
        "next, last choice",
    ),
];

/// Returns the lines of a place, group by group.
pub fn lines(keymap: &Keymap, place: Place) -> Vec<HelpLine> {
    let mut said: Vec<Action> = Vec::new();
    let mut lines: Vec<HelpLine> = Vec::new();
    for (only, pieces, text) in TOGETHER {
        if only.is_some_and(|only| only != place) {
            continue;
        }
        let is_new = |action: &Action| !said.contains(action) && is_shown(keymap, *action, place);
        let together: Vec<Vec<Action>> = pieces
            .iter()
            .map(|piece| piece.iter().copied().filter(is_new).collect::<Vec<_>>())
            .filter(|piece| !piece.is_empty())
            .collect();
        let named = together.iter().flatten().count();
        if named == 0 || named < pieces.iter().map(|piece| piece.len()).sum() {
            // Words for all of them would be wrong for some.
            continue;
        }
        let group = Row::of(together[0][0]).map_or(Group::Look, |row| row.group);
        said.extend(together.iter().flatten());
        lines.push(HelpLine {
            group,
            together,
            text,
        });
    }
    let own = rows(keymap, place).filter(|row| !said.contains(&row.action));
    lines.extend(own.map(single));
    let order = |line: &HelpLine| Group::ALL.iter().position(|group| *group == line.group);
    lines.sort_by_key(order);
    lines
}

/// Returns the lines that a search finds, an action each.
fn found(keymap: &Keymap, place: Place, find: &str) -> Vec<HelpLine> {
    let find = find.trim().to_lowercase();
    let is_wanted = |row: &&Row| {
        let keys = keymap.labels_in(row.action, place);
        row.text.to_lowercase().contains(&find)
            || row.name().contains(&find)
            || keys.iter().any(|key| key.to_lowercase().contains(&find))
    };
    // What has no key is run by its name: a search finds it too.
    let reached = (ACTIONS.iter()).filter(|row| row.place.reaches(place));
    let mut lines: Vec<HelpLine> = reached.filter(is_wanted).map(single).collect();
    let order = |line: &HelpLine| Group::ALL.iter().position(|group| *group == line.group);
    lines.sort_by_key(order);
    lines
}

fn single(row: &'static Row) -> HelpLine {
    HelpLine {
        group: row.group,
        together: vec![vec![row.action]],
        text: row.text,
    }
}

fn rows(keymap: &Keymap, place: Place) -> impl Iterator<Item = &'static Row> {
    ACTIONS
        .iter()
        .filter(move |row| is_shown(keymap, row.action, place))
}

fn is_shown(keymap: &Keymap, action: Action, place: Place) -> bool {
    let reaches = Row::of(action).is_some_and(|row| row.place.reaches(place));
    reaches && !keymap.labels_in(action, place).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_a_place_that_has_a_key_stands_in_its_help_once() {
        let keymap = Keymap::default();
        for place in Place::ALL {
            let shown: Vec<Action> = lines(&keymap, place)
                .iter()
                .flat_map(|line| line.actions().collect::<Vec<_>>())
                .collect();
            let all: Vec<Action> = rows(&keymap, place).map(|row| row.action).collect();
            assert_eq!(shown.len(), all.len(), "{place:?}");
            assert!(all.iter().all(|action| shown.contains(action)), "{place:?}");
        }
    }

    #[test]
    fn a_search_finds_what_has_no_key_with_the_key_of_the_commands() {
        let keymap = Keymap::default();
        let lines = found(&keymap, Place::Calendar, "people");
        let line = lines
            .iter()
            .find(|line| line.actions().any(|it| it == Action::People));
        let keys = line.unwrap().keys(&keymap, Place::Calendar);
        assert_eq!(keys, [vec![(":".to_owned(), Action::People)]]);
    }

    #[test]
    fn the_users_own_keys_stand_in_place_of_the_defaults() {
        let mut keymap = Keymap::default();
        keymap.bind(Action::Undo, None, vec![vec![super::super::Key::Char('z')]]);
        let lines = lines(&keymap, Place::Calendar);
        let line = lines
            .iter()
            .find(|line| line.actions().any(|it| it == Action::Undo));
        let keys = line.unwrap().keys(&keymap, Place::Calendar);
        let labels: Vec<String> = keys.into_iter().flatten().map(|(label, _)| label).collect();
        assert_eq!(labels, ["d", "z", "C-r"]);
    }

    #[test]
    fn choosing_goes_through_the_found_lines_and_stays_at_their_ends() {
        let keymap = Keymap::default();
        let mut sheet = HelpSheet::new(Place::Calendar);
        sheet.find = Some(Input::new("month"));
        sheet.choose(&keymap, 1);
        let first = sheet.chosen;
        assert_eq!(first, Some(Action::PreviousMonth));
        sheet.choose(&keymap, -1);
        assert_eq!(sheet.chosen, first);
        sheet.choose(&keymap, 1);
        assert_eq!(sheet.chosen, Some(Action::NextMonth));
        sheet.find = Some(Input::new("no such thing"));
        sheet.choose(&keymap, 1);
        assert_eq!(sheet.chosen, None);
    }
}
