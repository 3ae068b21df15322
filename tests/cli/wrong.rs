//! Wrong input, usage, configuration and clocks: one clear line each, and the status that says so.

use super::*;

#[test]
fn bad_input_gets_one_clear_line() {
    let desk = Desk::new();
    let refused = |arguments: &[&str], stdin: &str| {
        let mut all = vec!["add"];
        all.extend(arguments);
        desk.run(&all, stdin).refused()
    };
    assert_eq!(
        refused(&["--channel", "outbx"], "Hello"),
        "there is no channel `outbx`; did you mean `outbox`? (configured: outbox, sky)"
    );
    assert_eq!(
        refused(&["--channel", "outbox"], " \n"),
        "there is nothing to post: the text is empty and no picture is attached"
    );
    assert_eq!(
        refused(&["--channel", "outbox", "--reply-to", "xx"], "Hello"),
        "--reply-to: `xx` is neither the number of a post nor an address; write 12, or https://…"
    );
    assert_eq!(
        refused(&["--approve"], "Hello"),
        "--approve needs --channel: without one there is nothing to approve"
    );
    let missing = refused(
        &["--channel", "outbox", "--attach", "/nowhere/a.png"],
        "Hello",
    );
    assert!(missing.contains("/nowhere/a.png"), "{missing}");
    let text = desk.path("text.png");
    std::fs::write(&text, "this is no picture").unwrap();
    let odd = refused(&["--attach", &text.display().to_string()], "Hello");
    assert!(odd.contains("text.png"), "{odd}");
    assert_eq!(
        refused(
            &["--channel", "outbox", "--at", "2020-01-01 09:00"],
            "Hello"
        ),
        "--at: 2020-01-01 09:00 Europe/Oslo is in the past"
    );
    assert!(refused(&["--channel", "outbox", "--at", "whenever"], "Hello").contains("`whenever`"));
    assert_eq!(
        refused(
            &["--zone", "Europe/Olso", "--at", "2030-01-01 09:00"],
            "Hello"
        ),
        "--zone: there is no time zone `Europe/Olso`; did you mean `Europe/Oslo`?"
    );
    assert_eq!(
        refused(&["--at", "2030-01-01 09:00"], "Hello"),
        "it has a time but no channel: name one with --channel (configured: outbox, sky)"
    );
    assert!(refused(&["--link", "not an address"], "Hello").contains("--link"));
    assert!(refused(&["--lang", "x!"], "Hello").contains("--lang"));
    assert!(refused(&["--reply-to", "99"], "Hello").contains("99"));
    assert!(desk.run(&["show", "7"], "").refused().contains('7'));
    let not_utf8 = desk.run_with(desk.command(&["add"]), b"\xff\xfe");
    assert!(not_utf8.refused().contains("UTF-8"));
    assert_eq!(
        desk.run(&["list", "--json"], "").json(),
        serde_json::json!([])
    );
}

#[test]
fn wrong_usage_is_status_two() {
    let desk = Desk::new();
    for arguments in [
        &["add", "--alt", "a graph"][..],
        &["add", "--kind", "sometimes"],
        &["add", "--at", "2030-01-01 09:00", "--queue"],
        &["show"],
        &["frobnicate"],
    ] {
        assert_eq!(desk.run(arguments, "Hello").status(), 2, "{arguments:?}");
    }
}

#[test]
fn an_invalid_configuration_names_file_line_key_and_what_was_meant() {
    let desk = Desk::with("timezone = \"Europe/Oslo\"\n[channels.a]\nplatfrom = \"sandbox\"\n");
    let said = desk.run(&["list"], "").refused();
    assert!(
        said.ends_with("(and 1 more; `masthead doctor` lists them)"),
        "{said}"
    );
    let doctor = desk.run(&["doctor"], "");
    assert_eq!(doctor.status(), 3);
    assert!(
        doctor.stdout().contains(
            "config.toml:3: unknown key `platfrom` in [channels.a]; did you mean `platform`?"
        ),
        "{}",
        doctor.stdout()
    );
    let mut missing = desk.command(&["list"]);
    missing.env("MASTHEAD_CONFIG", desk.path("nowhere.toml"));
    let said = desk.run_with(missing, b"").refused();
    assert!(
        said.ends_with("nowhere.toml: there is no such file"),
        "{said}"
    );
}

#[test]
fn escape_bytes_never_reach_the_terminal_and_controls_are_not_kept() {
    let desk = Desk::new();
    let id = desk.add(
        "a\u{1b}[31mred\u{0} \u{202e}turned e\u{301}\u{301}\r\nsecond\u{7}",
        &["--title", "t\u{1b}]0;x\u{7}", "--channel", "outbox"],
    );
    assert_eq!(
        desk.show(&id)["text"],
        "a[31mred \u{202e}turned e\u{301}\u{301}\nsecond"
    );
    for arguments in [&["show", id.as_str()][..], &["list"], &["compose", &id]] {
        let shown = desk.run(arguments, "").good();
        assert!(
            !shown.chars().any(masthead::domain::text_safety::is_unsafe),
            "{arguments:?}: {shown:?}"
        );
    }
    let error = desk
        .run(&["add", "--channel", "x\u{1b}[2J"], "Hello")
        .refused();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

#[test]
fn a_wrong_masthead_now_is_one_line() {
    let desk = Desk::new();
    let mut command = desk.command(&["list"]);
    command.env("MASTHEAD_NOW", "yesterday");
    assert!(
        desk.run_with(command, b"")
            .refused()
            .starts_with("MASTHEAD_NOW")
    );
}
