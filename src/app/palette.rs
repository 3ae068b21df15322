//! The command palette: which commands there are, how well a few letters name one, and why one cannot be run now.
//!
//! Pure. Keys of the open palette are `update/palette.rs`. A command without a key is a row of the table like any other.

use super::action::{ACTIONS, Action, Place, Row, Subject};
use super::{App, Input};
use crate::domain::DeliveryState;

/// The open palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaletteSheet {
    /// What is typed.
    pub input: Input,
    /// Which of the found commands is chosen, by its place.
    pub chosen: usize,
}

/// Points for a letter at the beginning of a word.
const WORD_START: i32 = 8;
/// Points for a letter right after the one before it.
const RUN: i32 = 8;
/// Points for a word that stands in the explanation only.
const EXPLAINED: i32 = 1;
/// Points for a word that is the command's key.
const IS_KEY: i32 = 40;

/// Returns every command: all but what works only while something is typed or filled in, and the palette itself.
pub fn commands() -> impl Iterator<Item = &'static Row> {
    let belongs = |row: &&Row| {
        !matches!(row.place, Place::Typing | Place::Details) && row.action != Action::Palette
    };
    ACTIONS.iter().filter(belongs)
}

/// Returns the commands that what is typed could mean, the likeliest first; all of them while nothing is typed.
pub fn found(app: &App, typed: &str) -> Vec<&'static Row> {
    let typed = typed.to_lowercase();
    let words: Vec<Vec<char>> = typed
        .split_whitespace()
        .map(|it| it.chars().collect())
        .collect();
    // Longer than any name: nothing is found, and ten kilobytes are not compared letter by letter.
    let letters: usize = words.iter().map(Vec::len).sum();
    let longest = commands().map(|row| row.text.len() + row.more.len()).max();
    if letters > longest.unwrap_or(0) {
        return Vec::new();
    }
    let mut found: Vec<(i32, &Row)> = commands()
        .filter_map(|row| Some((points(app, row, &words)?, row)))
        .collect();
    found.sort_by_key(|(points, row)| (-points, place_in_list(row)));
    found.into_iter().map(|(_, row)| row).collect()
}

/// Where nothing tells commands apart, those that change something come first: moving about is what keys are for.
fn place_in_list(row: &Row) -> usize {
    use super::action::Group;
    match row.group {
        Group::Change => 0,
        Group::Look => 1,
        Group::Move | Group::Type => 2,
    }
}

fn points(app: &App, row: &Row, words: &[Vec<char>]) -> Option<i32> {
    let name: Vec<char> = row.text.to_lowercase().chars().collect();
    let more = row.more.to_lowercase();
    let keys = app.keymap.labels_in(row.action, app.here());
    let mut sum = 0;
    for word in words {
        let text: String = word.iter().collect();
        let in_name = score(word, &name);
        let in_more = (more.contains(&text) || row.subject.word() == text).then_some(EXPLAINED);
        let is_key = keys
            .iter()
            .any(|key| key.to_lowercase() == text)
            .then_some(IS_KEY);
        sum += in_name.max(in_more).max(is_key)?;
    }
    Some(sum)
}

/// Scores how well a word names something: its letters in order, better at word beginnings and in runs; `None` where a
/// letter is missing.
pub(super) fn score(word: &[char], name: &[char]) -> Option<i32> {
    if word.len() > name.len() {
        return None;
    }
    // The best score of the letters so far when the last of them is taken from this place of the name.
    let mut best: Vec<Option<i32>> = vec![None; name.len()];
    for (index, letter) in word.iter().enumerate() {
        let mut next = vec![None; name.len()];
        let mut before = if index == 0 { Some(0) } else { None };
        for at in 0..name.len() {
            if name[at] == *letter {
                let run = at.checked_sub(1).and_then(|last| best[last]);
                let starts = at == 0 || !name[at - 1].is_alphanumeric();
                let own = 1 + if starts { WORD_START } else { 0 };
                next[at] = before.max(run.map(|it| it + RUN)).map(|it| it + own);
            }
            if index > 0 {
                // Each letter left out costs a point, so that letters strewn over a sentence come last.
                before = before.max(best[at]).map(|it| it - 1);
            }
        }
        best = next;
    }
    best.into_iter().flatten().max()
}

/// Returns why a command cannot be run now, and what helps; `None` when it can.
pub fn obstacle(app: &App, row: &Row) -> Option<String> {
    let here = app.here();
    let key = |action| app.keymap.label_in(action, here);
    if !row.place.reaches(here) {
        return Some(match row.place {
            Place::Typing => "This works while a text is typed".to_owned(),
            Place::Details => "This works in the details form".to_owned(),
            Place::Calendar => format!(
                "This works in the calendar; {} goes there",
                key(Action::PaneCalendar)
            ),
            Place::Queue => format!(
                "This works in the queue; {} goes there",
                key(Action::PaneQueue)
            ),
            Place::EditorPane => format!(
                "This works in the editor; {} goes there",
                key(Action::PaneEditor)
            ),
            Place::Outbox => format!(
                "This works in the outbox; {} goes there",
                key(Action::Outbox)
            ),
            Place::Review => format!(
                "This works on the review page; {} goes there",
                key(Action::Review)
            ),
            Place::Plan if app.shown_page().is_some() => {
                format!(
                    "This works in the calendar; {} goes back",
                    key(Action::Quit)
                )
            }
            Place::Plan if here == Place::EditorPane => format!(
                "This works in the calendar; {} goes there",
                key(Action::PaneCalendar)
            ),
            Place::Everywhere | Place::Plan => {
                "This works once what is typed here was left: Esc".to_owned()
            }
        });
    }
    let adds = matches!(row.action, Action::Open | Action::Edit);
    if row.subject == Subject::Post && app.selected.is_none() && !adds {
        let (next, previous) = (key(Action::NextPost), key(Action::PreviousPost));
        return Some(format!(
            "No post is selected: {next} and {previous} go to the next ones"
        ));
    }
    match row.action {
        Action::PublishNow if app.frozen.is_some() => Some(format!(
            "Everything is frozen: {} thaws",
            key(Action::Freeze)
        )),
        Action::StartDaemon => super::update::daemon::needless(app),
        Action::StaleText => super::update::stale::needless(app),
        Action::Paste if app.clip.is_none() => {
            let (copy, cut) = (key(Action::Copy), key(Action::Cut));
            Some(format!(
                "Nothing to paste: {copy} copies a post, {cut} cuts one"
            ))
        }
        Action::DayBack | Action::DayOn | Action::Earlier | Action::Later | Action::Schedule
            if has_left(app) =>
        {
            let copy = key(Action::Copy);
            Some(format!(
                "It has left and stays where it was; {copy} copies it"
            ))
        }
        _ => None,
    }
}

fn has_left(app: &App) -> bool {
    let Some(detail) = app.selected_detail() else {
        return false;
    };
    let mut states = detail.view.deliveries.iter().map(|it| it.state);
    !detail.view.deliveries.is_empty() && !states.any(DeliveryState::is_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App::new(chrono::DateTime::UNIX_EPOCH, chrono_tz::UTC, (80, 24))
    }

    fn first(typed: &str) -> Option<Action> {
        found(&app(), typed).first().map(|row| row.action)
    }

    #[test]
    fn a_few_letters_name_a_command() {
        for (typed, action) in [
            ("sched", Action::Schedule),
            ("trash", Action::Trash),
            ("tra", Action::Trash),
            ("undo", Action::Undo),
            ("gtd", Action::GoToDate),
            ("gd", Action::GoToDate),
            ("pub now", Action::PublishNow),
            ("now pub", Action::PublishNow),
            ("PUBLISH", Action::PublishNow),
            ("frz", Action::Freeze),
            ("thaw", Action::Freeze),
            ("15 on", Action::Later),
            ("!", Action::PublishNow),
            ("today", Action::Today),
        ] {
            assert_eq!(first(typed), Some(action), "{typed}");
        }
    }

    #[test]
    fn word_beginnings_and_runs_come_before_strewn_letters() {
        let points = |word: &str, name: &str| {
            let (word, name): (Vec<char>, Vec<char>) =
                (word.chars().collect(), name.chars().collect());
            score(&word, &name)
        };
        assert!(points("mp", "move post") > points("mp", "amp up"));
        assert!(points("over", "move over") > points("over", "move the river"));
        assert!(points("day", "a day back") > points("day", "date already"));
        assert_eq!(points("xyz", "move"), None);
        assert_eq!(points("evom", "move"), None);
        assert_eq!(points("", "move"), None);
    }

    #[test]
    fn nothing_typed_lists_every_command_and_those_that_change_something_first() {
        let all = found(&app(), "  ");
        assert_eq!(all.len(), commands().count());
        assert_eq!(all[0].action, Action::Add);
    }

    #[test]
    fn ten_kilobytes_find_nothing_at_once() {
        for typed in [
            "a".repeat(10_000),
            "a ".repeat(5_000),
            "\u{1b}[2J".repeat(3_000),
        ] {
            assert_eq!(found(&app(), &typed), Vec::<&Row>::new());
        }
    }

    #[test]
    fn a_command_that_cannot_be_run_says_why_and_what_helps() {
        let mut app = app();
        let why = |app: &App, action| obstacle(app, Row::of(action).unwrap()).unwrap_or_default();
        assert!(why(&app, Action::Trash).starts_with("No post is selected: J and K"));
        assert_eq!(why(&app, Action::Open), "", "it adds one");
        assert!(why(&app, Action::Paste).starts_with("Nothing to paste"));
        app.selected = Some(crate::domain::PostId(1));
        assert_eq!(why(&app, Action::Trash), "");
        app.frozen = Some(crate::domain::Freeze {
            by: crate::domain::Author::new("li"),
            reason: String::new(),
            since: app.now,
        });
        assert_eq!(
            why(&app, Action::PublishNow),
            "Everything is frozen: P thaws"
        );
        app.focus = crate::app::Pane::Queue;
        assert_eq!(
            why(&app, Action::WeekEnd),
            "This works in the calendar; 1 goes there"
        );
    }
}
