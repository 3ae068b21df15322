//! Names and hashtag groups in a composed text: forms, counts, and the way back to the authored text.

use crate::domain::PlatformId::{Bluesky, LinkedIn, Mastodon, Sandbox, X, YouTube, Zulip};
use crate::domain::{
    Composed, Content, Directory, Entry, EntryKind, Facts, Feature, PlatformId, Threading, Variant,
};
use crate::text::{compose, naming};
use std::sync::Arc;

fn entry(key: &str, name: &str, handles: &[(PlatformId, &str)]) -> Entry {
    let mut entry = Entry::new(key.parse().unwrap(), name, EntryKind::Institution).unwrap();
    for (platform, written) in handles {
        let kept = naming::handle(*platform, written).unwrap();
        entry.handles.insert(*platform, kept);
    }
    entry
}

pub(super) fn facts() -> Facts {
    let all = [
        (Mastodon, "coderefinery@fosstodon.org"),
        (Bluesky, "coderefinery.bsky.social"),
        (LinkedIn, "urn:li:organization:11"),
        (X, "coderefine"),
        (Zulip, "CodeRefinery Bot"),
        (YouTube, "coderefinery"),
    ];
    let directory: Directory = [
        entry("cr", "CodeRefinery [NeIC] (*|*)", &all),
        entry("ada", "Ada Lovelace", &[(Mastodon, "ada@example.org")]),
    ]
    .into_iter()
    .collect();
    Facts {
        directory: Arc::new(directory),
        hashtags: [
            ("rse".to_owned(), "#RSEng #ResearchSoftware".to_owned()),
            ("none".to_owned(), String::new()),
        ]
        .into(),
        ..Facts::default()
    }
}

fn made(platform: PlatformId, text: &str) -> Composed {
    made_with(platform, text, &facts(), Threading::Off)
}

fn made_with(platform: PlatformId, text: &str, facts: &Facts, threading: Threading) -> Composed {
    let content = Content {
        text: text.to_owned(),
        title: "Title".to_owned(),
        threading,
        ..Content::default()
    };
    compose(platform, &content, &Variant::inherits("channel"), facts)
}

fn sent(platform: PlatformId, text: &str) -> String {
    made(platform, text).parts.remove(0).text
}

#[test]
fn every_platform_gets_its_own_form_of_a_name() {
    let text = "With @@cr.";
    assert_eq!(sent(Mastodon, text), "With @coderefinery@fosstodon.org.");
    assert_eq!(sent(Bluesky, text), "With @coderefinery.bsky.social.");
    assert_eq!(
        sent(LinkedIn, text),
        "With @[CodeRefinery \\[NeIC\\] \\(\\*\\|\\*\\)](urn:li:organization:11)."
    );
    assert_eq!(sent(X, text), "With @coderefine.");
    assert_eq!(sent(Zulip, text), "With @**CodeRefinery Bot**.");
    assert_eq!(sent(YouTube, text), "With @coderefinery.");
    assert_eq!(sent(Sandbox, text), "With CodeRefinery [NeIC] (*|*).");
}

#[test]
fn a_name_counts_as_it_is_sent() {
    let used = |platform, text: &str| made(platform, text).parts[0].count.text.used;
    // Mastodon counts the local part, LinkedIn what people read.
    assert_eq!(used(Mastodon, "@@cr"), 13);
    assert_eq!(used(Bluesky, "@@cr"), 25);
    assert_eq!(used(LinkedIn, "@@cr"), 25);
    assert_eq!(used(X, "@@cr"), 11);
    assert_eq!(used(Zulip, "@@cr"), 21);
    assert_eq!(used(YouTube, "@@cr"), 13);
}

#[test]
fn a_platform_without_a_handle_gets_the_name_and_says_so() {
    let composed = made(LinkedIn, "With @@ada");
    assert_eq!(composed.parts[0].text, "With Ada Lovelace");
    assert_eq!(
        composed.notes,
        ["LinkedIn has no handle for Ada Lovelace: the name is sent"]
    );
    assert!(composed.can_leave());
}

#[test]
fn an_unknown_name_or_group_is_a_problem_that_names_the_nearest() {
    for (text, says) in [
        (
            "@@adda",
            "Nobody in the directory is @@adda: did you mean @@ada?",
        ),
        ("@@zzzzzz", "`masthead people add` takes them in"),
        (
            "##rsee",
            "No group of hashtags is called ##rsee: did you mean ##rse?",
        ),
        ("##zzzzzz", "[hashtags] in the configuration names them"),
    ] {
        let composed = made(Mastodon, text);
        assert!(!composed.can_leave());
        assert!(composed.problems[0].message.contains(says), "{composed:?}");
    }
}

#[test]
fn a_group_becomes_its_hashtags_and_an_empty_one_leaves_no_blank() {
    assert_eq!(
        sent(Mastodon, "New: ##RSE!"),
        "New: #RSEng #ResearchSoftware!"
    );
    assert_eq!(
        sent(LinkedIn, "##rse"),
        "{hashtag|\\#|RSEng} {hashtag|\\#|ResearchSoftware}"
    );
    assert_eq!(sent(Zulip, "New ##none."), "New.");
    let nothing = made(Mastodon, "##none");
    assert!(nothing.problems[0].message.starts_with("The post is empty"));
}

#[test]
fn links_and_code_are_left_alone() {
    let text = "`@@cr` https://example.org/?a=1,@@cr `##rse`";
    assert_eq!(sent(Mastodon, text), text);
}

#[test]
fn bluesky_is_told_of_a_name_wherever_it_stands() {
    let mut facts = facts();
    let did = Some("did:plc:cr".to_owned());
    facts
        .handles
        .insert("coderefinery.bsky.social".to_owned(), did.clone());
    let composed = made_with(
        Bluesky,
        "“@@cr”, https://example.org",
        &facts,
        Threading::Off,
    );
    let part = &composed.parts[0];
    let facet = &part.facets[0];
    assert_eq!(
        &part.text[facet.byte_start..facet.byte_end],
        "@coderefinery.bsky.social"
    );
    let handle = "coderefinery.bsky.social".to_owned();
    assert_eq!(facet.feature, Feature::Mention { handle, did });
    assert_eq!(part.facets.len(), 2);
    facts
        .handles
        .insert("coderefinery.bsky.social".to_owned(), None);
    let composed = made_with(Bluesky, "“@@cr” @@cr", &facts, Threading::Off);
    assert_eq!(
        composed.notes,
        ["@coderefinery.bsky.social is not on Bluesky and stays plain text"]
    );
}

#[test]
fn where_a_name_would_not_be_read_as_a_mention_it_is_said() {
    for (platform, text) in [(Mastodon, "@@crさん"), (Zulip, "東京@@cr"), (X, "!@@cr")] {
        let composed = made(platform, text);
        assert!(
            composed.notes[0].contains("does not read @@cr as a mention"),
            "{composed:?}"
        );
    }
    assert_eq!(made(Mastodon, "(@@cr)").notes, [""; 0]);
}

#[test]
fn whoever_pastes_gets_the_name_and_is_told_to_tag_by_hand() {
    let facts = Facts {
        by_hand: true,
        ..facts()
    };
    let composed = made_with(LinkedIn, "With @@cr", &facts, Threading::Off);
    assert_eq!(composed.parts[0].text, "With CodeRefinery [NeIC] (*|*)");
    assert!(composed.notes[0].starts_with("Pasting tags nobody: put an @ before CodeRefinery"));
}

#[test]
fn what_is_past_the_limit_is_found_in_the_authored_text() {
    // 295 letters, a blank, and a name that becomes 25 letters.
    let text = format!("{} @@cr and more", "a".repeat(295));
    let composed = made(Bluesky, &text);
    assert_eq!(composed.parts[0].over, Some(296), "the name falls as one");
    assert_eq!(composed.parts[0].source, 0..text.len());
    let text = format!("@@cr {} end", "a".repeat(280));
    let composed = made(Bluesky, &text);
    let over = composed.parts[0].over.unwrap();
    // 25 + 1 + 280 letters: the 301st is the 275th `a`, which stands at 5 + 274 in the authored text.
    assert_eq!(over, 279);
}

#[test]
fn a_name_is_never_cut_between_the_parts_of_a_thread() {
    let facts = facts();
    for filler in 0..40 {
        let text = format!(
            "{} @@cr {}",
            "word ".repeat(50 + filler),
            "more ".repeat(30)
        );
        for platform in [Zulip, LinkedIn, Mastodon, Bluesky, X] {
            let mut facts = facts.clone();
            facts.account_limit = Some(120);
            let composed = made_with(platform, &text, &facts, Threading::On);
            let whole = naming::mention(platform, facts.directory.entry("cr").unwrap());
            let holds = composed
                .parts
                .iter()
                .filter(|part| part.plain.contains(&whole));
            assert_eq!(holds.count(), 1, "{platform} {filler}");
            for pair in composed.parts.windows(2) {
                let between = pair[0].source.end..pair[1].source.start;
                assert_eq!(text[between].trim(), "", "{platform} {filler}");
            }
        }
    }
}

#[test]
fn a_changed_handle_changes_the_hash_of_what_is_sent() {
    let before = made(LinkedIn, "With @@cr").hash();
    let mut facts = facts();
    let changed = entry(
        "cr",
        "CodeRefinery [NeIC] (*|*)",
        &[(LinkedIn, "urn:li:organization:12")],
    );
    facts.directory = Arc::new([changed].into_iter().collect());
    let after = made_with(LinkedIn, "With @@cr", &facts, Threading::Off).hash();
    assert_ne!(before, after);
}

#[test]
fn a_warning_before_the_text_moves_the_mention_along() {
    let content = Content {
        text: "a @@cr".to_owned(),
        warning: Some("[!]".to_owned()),
        ..Content::default()
    };
    let composed = compose(LinkedIn, &content, &Variant::inherits("c"), &facts());
    assert_eq!(
        composed.parts[0].text,
        "CW: \\[!\\]\n\na @[CodeRefinery \\[NeIC\\] \\(\\*\\|\\*\\)](urn:li:organization:11)"
    );
}
