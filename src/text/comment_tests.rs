//! What follows a post where that is a comment: how long, in which form, by which name.

use super::compose_tests::{composed, messages, post, texts};
use super::flow_tests::facts;
use crate::domain::{Facts, PartKind, PlatformId, Threading, Variant, Visibility};

const LINKEDIN: PlatformId = PlatformId::LinkedIn;

#[test]
fn what_follows_is_plain_text_with_a_limit_of_its_own() {
    let mut content = post("Open (now)! #rse\n---\nThe (address) #rse");
    content.threading = Threading::On;
    content.visibility = Visibility::Public;
    let composed = composed(LINKEDIN, &content);
    assert!(composed.can_leave(), "{:?}", messages(&composed));
    let (first, second) = (&composed.parts[0], &composed.parts[1]);
    assert_eq!(
        [first.kind, second.kind],
        [PartKind::Post, PartKind::Comment]
    );
    assert_eq!(first.text, "Open \\(now\\)! {hashtag|\\#|rse}");
    assert_eq!(second.text, "The (address) #rse");
    assert_eq!(first.count.text.limit, Some(3000));
    assert_eq!(second.count.text.limit, Some(1250));
    assert_eq!(second.visibility, None);
    assert_eq!(composed.parts_in_words(), "post + comment");
}

#[test]
fn an_over_long_text_goes_on_in_comments_that_each_fit() {
    let mut content = post(&"word ".repeat(900));
    content.threading = Threading::On;
    let long = composed(LINKEDIN, &content);
    assert!(long.can_leave(), "{:?}", messages(&long));
    let lengths: Vec<usize> = long.parts.iter().map(|part| part.plain.len()).collect();
    assert_eq!(lengths, [2999, 1249, 249]);
    content.threading = Threading::Off;
    let whole = composed(LINKEDIN, &content);
    assert!(messages(&whole)[0].ends_with("split it, and what follows is a comment"));
    assert!(whole.problems[0].splitting_helps);
    // A word without an end cannot be split, and is told as what it is.
    content.threading = Threading::On;
    content.text = format!("Short.\n---\n{}", "x".repeat(1251));
    let over = composed(LINKEDIN, &content);
    let said = messages(&over).concat();
    assert!(
        said.starts_with("comment: 1 over the limit of 1250"),
        "{said}"
    );
    content.text = format!("Short.\n---\n{}", "x".repeat(1240));
    let close = composed(LINKEDIN, &content);
    assert!(close.can_leave());
    assert!(
        close.notes[0].contains("how long a comment may be"),
        "{:?}",
        close.notes
    );
}

#[test]
fn a_channels_own_lower_limit_holds_for_comments_too() {
    let mut content = post("Short.\n---\nThis is longer than forty characters are.");
    content.threading = Threading::On;
    let facts = Facts {
        account_limit: Some(40),
        ..Facts::default()
    };
    let variant = Variant::inherits("test");
    let composed = super::compose(LINKEDIN, &content, &variant, &facts);
    assert_eq!(texts(&composed).len(), 3, "{:?}", texts(&composed));
}

#[test]
fn whom_a_comment_names_is_plain_text_there_and_a_note_says_so() {
    let mut content = post("With @@cr.\n---\nThanks, @@cr!");
    content.threading = Threading::On;
    let variant = Variant::inherits("test");
    let composed = super::compose(LINKEDIN, &content, &variant, &facts());
    let first = &composed.parts[0].text;
    assert!(first.contains("(urn:li:organization:11)"), "{first}");
    assert_eq!(composed.parts[1].text, "Thanks, CodeRefinery [NeIC] (*|*)!");
    assert_eq!(
        composed.notes,
        [
            "In a comment on LinkedIn nobody is tagged from here: CodeRefinery [NeIC] (*|*) is plain text"
        ]
    );
}
