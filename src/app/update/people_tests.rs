//! The sheet of people: listed, added, changed, taken out and taken back.

use super::people::load;
use crate::app::people::PeopleSheet;
use crate::app::sheet::Sheet;
use crate::app::update::tests::{answer, app, press, type_text};
use crate::app::{Action, Reply, Request};
use crate::app::{App, Effect};
use crate::domain::{Channel, DirectoryChange, EntryKind, Facts, PlatformId, PostId};
use crate::domain::{Directory, Entry};

fn entry(key: &str) -> Entry {
    Entry::new(key.parse().unwrap(), key, EntryKind::Person).unwrap()
}

fn opened(keys: &[&str]) -> App {
    let mut app = app();
    app.channels = vec![Channel::new("sky", PlatformId::Bluesky)];
    app.facts = [("sky".into(), Facts::default())].into();
    let request = asked(&crate::app::update::act(&mut app, Action::People));
    let directory = keys.iter().map(|key| entry(key)).collect();
    answer(&mut app, request, Reply::People(directory));
    app
}

fn asked(effects: &[Effect]) -> Request {
    match effects {
        [Effect::LoadPeople(request), ..] => *request,
        other => panic!("{other:?}"),
    }
}

fn sheet(app: &App) -> &PeopleSheet {
    match &app.sheet {
        Some(Sheet::People(sheet)) => sheet,
        other => panic!("{other:?}"),
    }
}

#[test]
fn somebody_new_is_filled_in_and_checked_before_anything_is_written() {
    let mut app = opened(&["ada"]);
    press(&mut app, "a");
    type_text(&mut app, "Åse [NTNU]");
    press(&mut app, "<tab> <tab> <space> <tab>");
    type_text(&mut app, "ase");
    assert_eq!(press(&mut app, "<enter>"), []);
    let wrong = sheet(&app).form.as_ref().unwrap().wrong.clone().unwrap();
    assert!(wrong.contains("with its server"), "{wrong}");
    type_text(&mut app, "@example.org");
    let effects = press(&mut app, "<enter>");
    let [Effect::ChangePeople(_, put, remove)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (put[0].key.as_str(), put[0].kind),
        ("ase-ntnu", EntryKind::Package)
    );
    assert_eq!(put[0].handles[&PlatformId::Mastodon], "ase@example.org");
    assert!(remove.is_empty() && sheet(&app).form.is_none());
}

#[test]
fn a_key_that_is_taken_is_refused_with_who_has_it() {
    let mut app = opened(&["ada"]);
    press(&mut app, "a");
    type_text(&mut app, "Ada");
    press(&mut app, "<enter>");
    let wrong = sheet(&app).form.as_ref().unwrap().wrong.clone().unwrap();
    assert_eq!(wrong, "@@ada is ada already: write another key");
    press(&mut app, "<esc> <esc>");
    assert!(app.sheet.is_none());
}

#[test]
fn who_was_taken_out_comes_back_and_what_follows_is_said() {
    let mut app = opened(&["ada", "bo"]);
    let effects = press(&mut app, "j d");
    let [Effect::ChangePeople(request, put, remove)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert!(put.is_empty() && remove[0].as_str() == "bo");
    let change = DirectoryChange {
        removed: remove.clone(),
        naming: vec![PostId(4), PostId(7)],
        unapproved: vec![PostId(7)],
        ..DirectoryChange::default()
    };
    let effects = answer(&mut app, *request, Reply::PeopleChanged(change));
    assert_eq!(
        app.note.as_ref().unwrap().note.text,
        "Taken out: @@bo. Planned posts that name them: 2, to be approved anew: 1"
    );
    let request = asked(&effects);
    answer(
        &mut app,
        request,
        Reply::People([entry("ada")].into_iter().collect()),
    );
    assert_eq!(sheet(&app).chosen, 0);
    let effects = press(&mut app, "u");
    let [Effect::ChangePeople(_, put, remove)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((put[..].to_vec(), remove.len()), (vec![entry("bo")], 0));
    assert_eq!(press(&mut app, "u"), []);
}

#[test]
fn a_changed_directory_is_composed_with_at_once_and_an_equal_one_changes_nothing() {
    let mut app = opened(&["ada"]);
    assert!(app.directory().is_some_and(|it| it.entry("ada").is_some()));
    let request = asked(&[load(&mut app)]);
    let same = app.directory().cloned().unwrap();
    assert_eq!(answer(&mut app, request, Reply::People(same)), []);
    let stale = request;
    let request = asked(&[load(&mut app)]);
    assert_eq!(
        answer(&mut app, stale, Reply::People(Directory::default())),
        []
    );
    assert_eq!(app.directory().map(Directory::len), Some(1));
    answer(&mut app, request, Reply::People(Directory::default()));
    assert_eq!(app.directory().map(Directory::len), Some(0));
}

#[test]
fn what_was_typed_about_somebody_outlives_esc_and_a_failed_write_until_it_is_taken() {
    let mut app = opened(&["ada", "bo"]);
    let name = |app: &App| {
        let form = sheet(app).form.as_ref().expect("the form");
        form.fields[0].1.text().to_owned()
    };
    press(&mut app, "<enter>");
    type_text(&mut app, " Lovelace");
    press(&mut app, "<esc> <esc>");
    assert!(app.sheet.is_none());
    crate::app::update::act(&mut app, Action::People);
    press(&mut app, "<enter>");
    assert_eq!(name(&app), "ada Lovelace");
    let said = &app.note.as_ref().unwrap().note.text;
    assert_eq!(said, "What was typed here is here again: C-g lets it go");
    let effects = press(&mut app, "<enter>");
    let [Effect::ChangePeople(request, put, _)] = &effects[..] else {
        panic!("{effects:?}")
    };
    answer(&mut app, *request, Reply::Failed("the disk is full".into()));
    press(&mut app, "<enter>");
    assert_eq!(name(&app), "ada Lovelace");
    let effects = press(&mut app, "<enter>");
    let request = match &effects[..] {
        [Effect::ChangePeople(request, ..)] => *request,
        other => panic!("{other:?}"),
    };
    let change = DirectoryChange {
        changed: vec![put[0].key.clone()],
        ..DirectoryChange::default()
    };
    answer(&mut app, request, Reply::PeopleChanged(change));
    press(&mut app, "<enter>");
    assert_eq!(name(&app), "ada", "what was taken is not offered again");
}

#[test]
fn what_was_typed_about_somebody_is_let_go_by_a_key_and_kept_apart_from_others() {
    let mut app = opened(&["ada", "bo"]);
    press(&mut app, "<enter>");
    type_text(&mut app, "!");
    press(&mut app, "<esc> j <enter>");
    let name = |app: &App| {
        sheet(app).form.as_ref().unwrap().fields[0]
            .1
            .text()
            .to_owned()
    };
    assert_eq!(name(&app), "bo");
    type_text(&mut app, "b");
    press(&mut app, "ctrl-g");
    assert_eq!(name(&app), "bo");
    press(&mut app, "<esc> k <enter>");
    assert_eq!(name(&app), "ada!");
}
