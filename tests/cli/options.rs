//! Options of a channel on the command line: set, shown, sent, taken away, and what is wrong with them in one line.

use super::Desk;
use crate::zulip_server::{BOT, KEY, Server};

const CONFIG: &str = r#"
timezone = "Europe/Oslo"

[channels.announce]
platform = "sandbox"
like = "zulip"
topic = "news"

[channels.quiet]
platform = "sandbox"
like = "zulip"
topic = "news"

[channels.fosstodon]
platform = "sandbox"
like = "mastodon"
"#;

#[test]
fn a_topic_of_one_channel_goes_there_alone() {
    let desk = Desk::with(CONFIG);
    let id = desk.add(
        "We are open",
        &[
            "--channel",
            "announce,quiet",
            "--topic",
            "of the post",
            "--option",
            "quiet.topic=release = notes",
        ],
    );
    assert_eq!(
        desk.show(&id)["options"],
        serde_json::json!({"quiet": {"topic": "release = notes"}})
    );
    let shown = desk.run(&["show", &id], "").good();
    assert!(shown.contains("quiet.topic = release = notes"), "{shown}");
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let topic = |at: usize| composed[at]["parts"][0]["topic"].clone();
    assert_eq!([topic(0), topic(1)], ["of the post", "release = notes"]);
    desk.run(&["edit", &id, "--option", "quiet.topic="], "")
        .good();
    assert!(desk.show(&id).get("options").is_none());
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    assert_eq!(composed[1]["parts"][0]["topic"], "of the post");
}

#[test]
fn an_option_changed_after_the_approval_takes_it_back() {
    let desk = Desk::with(CONFIG);
    let at = [
        "--channel",
        "announce",
        "--at",
        "2030-12-01 09:00",
        "--approve",
    ];
    let id = desk.add("We are open", &at);
    assert_eq!(desk.show(&id)["review"], "approved");
    desk.run(&["edit", &id, "--option", "announce.topic=other"], "")
        .good();
    assert_ne!(desk.show(&id)["review"], "approved");
}

#[test]
fn a_wrong_option_is_one_line_with_what_was_meant() {
    let desk = Desk::with(CONFIG);
    let refused = |option: &str| {
        let channels = ["add", "--channel", "announce,fosstodon", "--option", option];
        desk.run(&channels, "Hello").refused()
    };
    for (option, said) in [
        ("announce.topik=x", "did you mean `topic`?"),
        (
            "fosstodon.topic=x",
            "`topic` is an option of Zulip, not of Mastodon",
        ),
        (
            "quiet.topic=x",
            "the post does not go to quiet; name it in --channel too",
        ),
        ("anounce.topic=x", "announce"),
        ("announce.topic=two\nlines", "write it in one line"),
    ] {
        let line = refused(option);
        assert!(line.contains(said), "{option}: {line}");
    }
    let usage = desk.run(
        &["add", "--channel", "announce", "--option", "topic=x"],
        "Hello",
    );
    assert_eq!(usage.status(), 2);
    assert!(usage.stderr().contains("is not CHANNEL.NAME=VALUE"));
}

#[test]
fn a_zulip_server_gets_the_variants_own_topic() {
    let server = Server::start();
    let url = server.url();
    let desk = Desk::with(&format!(
        "[channels.announce]\nplatform = \"zulip\"\nurl = \"{url}\"\nemail = \"{BOT}\"\nto = 42\ntopic = \"news\"\n"
    ));
    desk.run(&["login", "announce"], &format!("{KEY}\n")).good();
    let id = desk.add(
        "Out now",
        &[
            "--channel",
            "announce",
            "--option",
            "announce.topic=releases",
        ],
    );
    desk.run(&["publish", &id], "").good();
    assert_eq!(server.messages()[0].topic, "releases");
    let link = desk.show(&id)["deliveries"][0]["permalink"].to_string();
    assert!(link.contains("/topic/releases/"), "{link}");
}
