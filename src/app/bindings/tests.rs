//! Own keys: what is taken, and the sentence for each one that is not.

use super::*;
use crate::app::Pane;
use crate::app::keymap::Lookup;

fn said(wishes: &[(Option<&str>, &str, &[&str])]) -> Vec<String> {
    match bind(wishes) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.iter().map(ToString::to_string).collect(),
    }
}

fn bind(wishes: &[(Option<&str>, &str, &[&str])]) -> Result<Keymap, Vec<Refused>> {
    let texts: Vec<Vec<String>> = wishes
        .iter()
        .map(|(_, _, keys)| keys.iter().map(|key| (*key).to_owned()).collect())
        .collect();
    let wishes: Vec<Wish<'_>> = wishes
        .iter()
        .zip(&texts)
        .map(|((section, action, _), keys)| Wish {
            section: *section,
            action,
            keys,
        })
        .collect();
    Keymap::with(&wishes)
}

#[test]
fn no_two_default_keys_clash() {
    let clashes: Vec<_> = clashes(&Keymap::default())
        .iter()
        .map(Clash::error)
        .collect();
    assert_eq!(clashes, []);
}

#[test]
fn a_key_of_ones_own_stands_in_place_of_the_default() {
    let keymap = bind(&[
        (None, "schedule", &["Z", "gs"]),
        (Some("queue"), "trash", &["Y"]),
    ])
    .unwrap();
    let means = |keys: &[char], pane| {
        let keys: Vec<Key> = keys.iter().map(|key| Key::Char(*key)).collect();
        keymap.look_up(&keys, pane)
    };
    assert_eq!(
        means(&['Z'], Pane::Editor),
        Lookup::Action(Action::Schedule)
    );
    assert_eq!(
        means(&['g', 's'], Pane::Queue),
        Lookup::Action(Action::Schedule)
    );
    assert_eq!(means(&['s'], Pane::Queue), Lookup::Nothing);
    assert_eq!(means(&['Y'], Pane::Queue), Lookup::Action(Action::Trash));
    assert_eq!(means(&['d'], Pane::Calendar), Lookup::Action(Action::Trash));
}

#[test]
fn two_actions_on_one_key_are_an_error_that_names_both() {
    assert_eq!(
        said(&[(None, "trash", &["u"])]),
        [
            "`u` is both `trash` and `undo` in every pane: give one of them another key, or none (`undo = []`)"
        ]
    );
    assert_eq!(
        said(&[(Some("calendar"), "trash", &["0"])]),
        [
            "`0` is both `week-start` and `trash` in the calendar: give one of them another key, or none (`trash = []`)"
        ]
    );
    assert_eq!(
        said(&[(None, "trash", &["u"]), (None, "undo", &["z"])]),
        Vec::<String>::new()
    );
}

#[test]
fn a_key_that_hides_a_sequence_is_an_error_that_names_both() {
    let errors = said(&[(None, "trash", &["g"])]);
    assert!(errors.len() > 2, "{errors:?}");
    assert!(
        errors[0].contains("`g`, for `trash`, hides `gd`, for `go-to-date`"),
        "{errors:?}"
    );
    assert!(errors[1].contains("hides `gg`, for `first`"), "{errors:?}");
}

#[test]
fn an_unknown_name_offers_the_nearest() {
    let errors = said(&[(None, "shedule", &["s"]), (Some("queu"), "open", &["o"])]);
    assert!(errors[0].contains("did you mean `schedule`?"), "{errors:?}");
    assert!(errors[1].contains("did you mean `queue`?"), "{errors:?}");
    let long = "x".repeat(10_000);
    assert!(said(&[(None, &long, &["s"])])[0].len() < 200);
}

#[test]
fn nobody_can_be_shut_in() {
    for action in ["quit", "leave", "quit-safely", "type-save", "field-done"] {
        let errors = said(&[(None, action, &[])]);
        assert!(
            errors[0].contains("there must always be a way out"),
            "{errors:?}"
        );
    }
    for key in ["<esc>", "ctrl-c", "g <esc>"] {
        let errors = said(&[(None, "trash", &[key])]);
        assert!(errors[0].contains("is the way out"), "{errors:?}");
    }
    let keymap = bind(&[
        (None, "leave", &["Z"]),
        (Some("typing"), "type-save", &["ctrl-x"]),
    ])
    .unwrap();
    let esc = [Key::Esc];
    assert_eq!(
        keymap.look_up(&esc, Pane::Queue),
        Lookup::Action(Action::Leave)
    );
    assert_eq!(
        keymap.look_up_in(&esc, Place::Typing),
        Lookup::Action(Action::TypeSave)
    );
}

#[test]
fn while_typing_a_letter_is_text_and_no_command() {
    for key in ["d", "<enter>", "<left>", "<backspace>"] {
        let errors = said(&[(None, "type-details", &[key])]);
        assert!(errors[0].contains("while a text is typed"), "{errors:?}");
    }
    let errors = said(&[(Some("typing"), "type-details", &["ctrl-x d"])]);
    assert!(errors[0].contains("take one key"), "{errors:?}");
    assert!(said(&[(Some("typing"), "type-details", &["<f2>"])]).is_empty());
}

#[test]
fn an_action_of_one_place_is_refused_in_another() {
    let errors = said(&[
        (Some("queue"), "week-start", &["^"]),
        (Some("calendar"), "type-save", &["ctrl-x"]),
    ]);
    assert!(
        errors[0].contains("belongs to the calendar; put it under [keys.calendar]"),
        "{errors:?}"
    );
    assert!(
        errors[1].contains("belongs to typing; put it under [keys.typing]"),
        "{errors:?}"
    );
}

#[test]
fn flow_control_is_never_the_only_key() {
    assert!(said(&[(None, "schedule", &["ctrl-s"])])[0].contains("flow control"));
    assert!(said(&[(None, "schedule", &["ctrl-s", "s"])]).is_empty());
}

#[test]
fn an_action_without_a_key_is_asked_for_by_name_alone() {
    let keymap = bind(&[(None, "publish-now", &[])]).unwrap();
    assert_eq!(keymap.label(Action::PublishNow), "");
    assert_eq!(
        keymap.look_up(&[Key::Char('!')], Pane::Queue),
        Lookup::Nothing
    );
}
