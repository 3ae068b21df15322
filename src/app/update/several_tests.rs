//! Marks, undo and redo, the history and the outer editor, key by key.

use super::tests::{answer, filled, press, saves, type_text};
use super::*;
use crate::app::msg::Reply;
use crate::app::outside::{Came, NotTaken, Returned};
use crate::app::sheet::{HistoryList, Sheet};
use crate::app::{Clip, Turn};
use crate::domain::{Author, Content, Deed, History, Plan, PostId, Several, Standing};
use std::path::PathBuf;

fn said(app: &App) -> &str {
    app.note.as_ref().map_or("", |shown| &shown.note.text)
}

/// Both posts are marked.
fn marked() -> App {
    let mut app = filled();
    press(&mut app, "m J <space>");
    assert_eq!(app.marks.posts(), [PostId(1), PostId(2)]);
    app
}

#[test]
fn an_action_is_done_to_all_marked_posts_in_one_go() {
    let both = vec![PostId(1), PostId(2)];
    for (key, action) in [
        (">", Several::MoveDays(1)),
        ("<", Several::MoveDays(-1)),
        ("+", Several::MoveMinutes(15)),
        ("-", Several::MoveMinutes(-15)),
        ("d", Several::Trash),
    ] {
        let mut app = marked();
        let effects = press(&mut app, key);
        let request = app.memory.last_request;
        assert_eq!(
            effects,
            [Effect::ChangeSeveral(request, both.clone(), action)]
        );
    }
}

#[test]
fn marks_stay_for_the_next_move_and_go_with_the_trash_and_with_esc() {
    let mut app = marked();
    let reply = |action| Reply::ChangedSeveral {
        action,
        posts: vec![PostId(1), PostId(2)],
        label: "did it to 2 posts".to_owned(),
        stayed: Vec::new(),
    };
    answer(&mut app, 0, reply(Several::MoveDays(1)));
    assert_eq!(
        (app.marks.len(), said(&app)),
        (2, "Did it to 2 posts. u undoes")
    );
    answer(&mut app, 0, reply(Several::Trash));
    assert!(app.marks.is_empty() && app.selected.is_none());
    let mut app = marked();
    press(&mut app, "<esc>");
    assert!(app.marks.is_empty());
}

#[test]
fn what_cannot_be_done_to_one_of_them_is_named() {
    let mut app = marked();
    let reply = Reply::ChangedSeveral {
        action: Several::MoveDays(1),
        posts: vec![PostId(1)],
        label: "moved 1 post a day on".to_owned(),
        stayed: vec!["Post 2 “b” has left and stays where it was".to_owned()],
    };
    answer(&mut app, 0, reply);
    assert!(said(&app).contains("Post 2 “b” has left"), "{}", said(&app));
}

#[test]
fn marked_posts_are_scheduled_by_words_and_pasted_onto_the_selected_day() {
    let mut app = marked();
    press(&mut app, "s");
    type_text(&mut app, "20 nov 10:00");
    let effects = press(&mut app, "<enter>");
    let [Effect::ChangeSeveral(_, _, Several::Schedule(Plan::At(at)))] = effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(at.local.to_string(), "2026-11-20 10:00:00");
    let mut app = marked();
    press(&mut app, "x");
    assert_eq!(app.clip, Some(Clip::CutAll(vec![PostId(1), PostId(2)])));
    let effects = press(&mut app, "l p");
    let action = Several::MoveTo(app.day, app.zone);
    assert!(effects.contains(&Effect::ChangeSeveral(
        app.memory.last_request,
        vec![PostId(1), PostId(2)],
        action
    )));
    assert_eq!(app.clip, None);
}

#[test]
fn what_stands_in_the_way_of_an_undo_is_named_and_passed_over_until_something_changes() {
    let mut app = filled();
    press(&mut app, "u");
    let reply = Reply::Stuck {
        turn: Turn::Undo,
        posts: vec![PostId(7)],
        why: "Post 7 “Release” has left since".to_owned(),
    };
    answer(&mut app, 0, reply);
    let wanted = "Post 7 “Release” has left since. u again takes back what was done before it";
    assert_eq!(said(&app), wanted);
    let effects = press(&mut app, "u");
    assert_eq!(
        effects,
        [Effect::Turn(
            app.memory.last_request,
            Turn::Undo,
            vec![PostId(7)]
        )]
    );
    history::changed(&mut app);
    let effects = press(&mut app, "ctrl-r");
    assert_eq!(
        effects,
        [Effect::Turn(
            app.memory.last_request,
            Turn::Redo,
            Vec::new()
        )]
    );
}

fn deed(id: i64, who: &str, standing: Standing) -> Deed {
    Deed {
        id,
        author: Author::from(who),
        post: PostId(2),
        title: "post 2".to_owned(),
        posts: 1,
        label: "edited".to_owned(),
        at: chrono::DateTime::UNIX_EPOCH,
        standing,
    }
}

#[test]
fn the_history_goes_to_a_post_and_takes_back_only_ones_own() {
    let mut app = filled();
    let effects = press(&mut app, "g h");
    assert_eq!(effects, [Effect::LoadHistory(app.memory.history)]);
    let deeds = vec![
        deed(9, "grace", Standing::Done),
        deed(8, "li", Standing::Undone),
        deed(7, "li", Standing::Done),
    ];
    let read = Reply::History(History {
        deeds,
        messages: Vec::new(),
    });
    let request = app.memory.history;
    answer(&mut app, request, read);
    assert_eq!(press(&mut app, "u"), []);
    assert!(said(&app).contains("only grace"));
    assert_eq!(press(&mut app, "j u"), []);
    assert!(said(&app).contains("undone already"));
    let effects = press(&mut app, "j j u");
    assert_eq!(effects, [Effect::UndoTo(app.memory.last_request, 7)]);
    press(&mut app, "<enter>");
    assert_eq!((app.sheet.is_none(), app.selected), (true, Some(PostId(2))));
    press(&mut app, "g h <tab>");
    assert!(matches!(&app.sheet, Some(Sheet::History(it)) if it.list == HistoryList::Messages));
}

#[test]
fn every_message_is_handed_over_once_to_be_kept() {
    let mut app = filled();
    history::said(&mut app);
    press(&mut app, "y");
    let kept = history::said(&mut app);
    assert!(
        matches!(&kept, Some(Effect::KeepMessages(all)) if all.len() == 1 && all[0].text.starts_with("Copied"))
    );
    assert_eq!(history::said(&mut app), None);
}

/// The post was handed to the outer editor, and this came back.
fn came_back(
    app: &mut App,
    result: impl FnOnce(&Content) -> Result<Came, NotTaken>,
) -> Vec<Effect> {
    let effects = press(app, "E");
    let [Effect::EditOutside(request, outside)] = &effects[..] else {
        panic!("{effects:?}")
    };
    let result = result(&outside.content);
    let returned = Returned {
        outside: outside.as_ref().clone(),
        result,
    };
    answer(app, *request, Reply::Outside(Box::new(returned)))
}

fn edited(content: &Content) -> Box<Content> {
    Box::new(Content {
        text: "another text".to_owned(),
        ..content.clone()
    })
}

#[test]
fn what_was_edited_outside_is_kept_then_saved_on_the_revision_it_was_based_on() {
    let mut app = filled();
    let file = PathBuf::from("post-1.md");
    let effects = came_back(&mut app, |it| Ok(Came::Changed(edited(it), file.clone())));
    assert!(matches!(effects[0], Effect::KeepDraft(..)), "{effects:?}");
    assert_eq!(effects[1], Effect::ForgetFile(file));
    let saves = saves(&effects);
    assert_eq!(
        (saves[0].base_revision, saves[0].content.text.as_str()),
        (3, "another text")
    );
}

#[test]
fn a_colleagues_save_meanwhile_is_shown_beside_what_was_edited_outside() {
    let mut app = filled();
    let theirs = app.detail.as_ref().unwrap().view.post.clone();
    came_back(&mut app, |it| {
        Ok(Came::Changed(edited(it), PathBuf::from("a")))
    });
    let request = app.memory.save.as_ref().unwrap().0;
    answer(&mut app, request, Reply::Conflict(theirs));
    assert!(
        matches!(&app.sheet, Some(Sheet::Conflict(it)) if it.mine.content.text == "another text")
    );
}

#[test]
fn what_cannot_be_read_back_is_a_draft_and_the_next_try_goes_on_with_its_file() {
    let mut app = filled();
    let file = PathBuf::from("/data/editing/post-1.md");
    let kept = file.clone();
    let effects = came_back(&mut app, |it| {
        Err(NotTaken::Kept {
            draft: edited(it),
            file: kept,
            why: "line 6: `forever` is no kind".to_owned(),
        })
    });
    assert!(
        matches!(&effects[..], [Effect::KeepDraft(_, draft)] if draft.content.text == "another text")
    );
    let words = said(&app);
    assert!(
        words.contains("line 6") && words.contains("E opens it again"),
        "{words}"
    );
    assert!(words.contains("/data/editing/post-1.md"), "{words}");
    let effects = press(&mut app, "<esc> E");
    assert!(
        matches!(&effects[..], [Effect::EditOutside(_, it)] if it.file.as_ref() == Some(&file))
    );
}

#[test]
fn an_unchanged_file_changes_nothing_and_a_failed_editor_says_why() {
    let mut app = filled();
    assert_eq!(came_back(&mut app, |_| Ok(Came::Unchanged)), []);
    assert_eq!(said(&app), "Nothing was changed");
    let why = "The editor `x` could not be started".to_owned();
    assert_eq!(came_back(&mut app, |_| Err(NotTaken::Nothing(why))), []);
    assert!(said(&app).contains("could not be started"));
}
