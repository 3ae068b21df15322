//! The text being edited: what a paste may bring in, channels and their own texts, and the way back.

use super::*;

pub(super) fn editor(text: &str) -> Editor {
    let content = Content {
        text: text.to_owned(),
        variants: vec![Variant::inherits("fosstodon")],
        ..Content::default()
    };
    Editor::open(None, 0, content)
}

#[test]
fn backspace_takes_a_whole_cluster() {
    let mut it = editor("hi 👨‍👩‍👧 e\u{301}");
    it.delete_back();
    assert_eq!(it.text(), "hi 👨‍👩‍👧 ");
    it.delete_back();
    it.delete_back();
    assert_eq!(it.text(), "hi ");
    assert!(it.undo());
    assert!(it.text().starts_with("hi 👨"));
}

#[test]
fn a_large_paste_is_one_undo_step_and_loses_its_control_characters() {
    let mut it = editor("");
    it.insert(&"a\u{7}bc\r\n".repeat(20_000));
    assert_eq!(it.text(), "abc\n".repeat(20_000));
    assert_eq!(it.cursor(), 80_000);
    assert!(it.undo());
    assert_eq!(it.text(), "");
}

#[test]
fn typing_on_a_channel_tab_gives_it_its_own_text_and_leaves_the_master() {
    let mut it = editor("master");
    it.show(Tab::Channel("fosstodon".into()));
    it.insert("!");
    assert_eq!(it.content.text, "master");
    assert_eq!(it.content.text_for(&"fosstodon".into()), "master!");
    it.toggle_own();
    assert_eq!(it.content.text_for(&"fosstodon".into()), "master");
}

#[test]
fn each_tab_keeps_its_own_undo_steps_while_others_are_typed() {
    let mut it = editor("master");
    it.insert("!");
    it.show(Tab::Channel("fosstodon".into()));
    it.insert("?");
    it.show(Tab::Master);
    assert_eq!(it.text(), "master!");
    assert!(it.undo());
    assert_eq!(it.text(), "master");
    it.show(Tab::Channel("fosstodon".into()));
    assert!(it.undo());
    assert_eq!(it.text(), "master!");
    assert!(it.redo());
    assert_eq!(it.content.text_for(&"fosstodon".into()), "master!?");
}

#[test]
fn up_and_down_keep_the_column_over_a_short_row() {
    let mut it = editor("abcdef\nab\nabcdef");
    it.step(Step::Up, 1);
    assert_eq!(it.cursor(), 9);
    it.step(Step::Up, 1);
    assert_eq!(it.cursor(), 6);
    it.step(Step::Down, 1);
    it.step(Step::Down, 1);
    assert_eq!(it.cursor(), 16);
}

#[test]
fn the_cursor_can_stand_beyond_column_65535() {
    let mut it = editor(&"x".repeat(70_000));
    it.insert("y");
    it.step(Step::Left, 1);
    assert_eq!(it.cursor(), 70_000);
    it.delete_forward();
    assert_eq!(it.text().len(), 70_000);
}

#[test]
fn a_draft_brings_text_tab_and_cursor_back() {
    let mut it = editor("master");
    it.show(Tab::Channel("fosstodon".into()));
    it.insert(" and more");
    it.step(Step::Left, 1);
    let back = Editor::from_draft(&it.draft(DateTime::UNIX_EPOCH), it.original.clone());
    assert_eq!(
        (back.text(), back.cursor(), &back.tab),
        (it.text(), it.cursor(), &it.tab)
    );
}

#[test]
fn no_row_stays_empty_below_while_text_is_hidden_above() {
    let mut it = editor(&"row\n".repeat(9));
    it.step(Step::PageDown, 20);
    it.scroll_to_cursor(4);
    assert_eq!(it.scroll, 6);
    it.scroll_to_cursor(8);
    assert_eq!(it.scroll, 2);
    it.scroll_to_cursor(40);
    assert_eq!(it.scroll, 0);
}
