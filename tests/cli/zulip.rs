//! The real binary on a strict Zulip server: from a key to a permalink, and what is wrong in one line.

use super::Desk;
use crate::zulip_server::{BOT, KEY, Server, Stream};
use std::os::unix::fs::PermissionsExt;

fn desk(server: &Server, more: &str) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.announce]\nplatform = \"zulip\"\nurl = \"{url}\"\nemail = \"{BOT}\"\n\
         to = \"big announce\"\ntopic = \"news\"\n{more}"
    ))
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 12, |x, y| image::Rgb([seed, x as u8 * 9, y as u8 * 9]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn from_login_to_a_permalink_with_two_pictures_and_what_is_there_is_what_compose_showed() {
    let server = Server::start();
    let desk = desk(&server, "");
    let unknown = desk.run(&["channels", "--check"], "");
    assert_eq!(unknown.status(), 3, "{}", unknown.stdout());
    assert!(unknown.stdout().contains("run `masthead login announce`"));
    let said = desk.run(&["login", "announce"], &format!("{KEY}\n")).good();
    assert_eq!(
        said,
        format!("announce is connected as {BOT} in #big announce\n")
    );
    let stored = std::fs::metadata(desk.path("data/secrets/announce.json")).unwrap();
    assert_eq!(stored.permissions().mode() & 0o777, 0o600);
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["ok"], true);
    assert_eq!(checked[0]["account"], format!("{BOT} in #big announce"));
    assert_eq!(checked[0]["limits"]["max_characters"], 10_000);

    for number in [1, 2] {
        std::fs::write(desk.path(&format!("{number}.png")), png(number)).unwrap();
    }
    let id = desk.add(
        "We are open, @**Ada Løvelace**: <time:2030-12-01T09:00+01:00>",
        &[
            "--channel",
            "announce",
            "--at",
            "2030-12-01 09:00",
            "--cw",
            "good news",
            "--attach",
            "1.png",
            "--alt",
            "the [front] door",
            "--attach",
            "2.png",
            "--alt",
            "a cake",
        ],
    );
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen");
    let run = desk.run_with(command, b"");
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    let link = format!(
        "{}/#narrow/channel/42-big-announce/topic/news/near/1",
        server.url()
    );
    assert_eq!(delivery["permalink"], link);
    assert_eq!(delivery["remote_ids"], serde_json::json!(["1"]));

    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    let mut content = messages[0].content.clone();
    // The server assigned what stands before the names of the pictures.
    let addresses: Vec<String> = server.realm().uploads.keys().cloned().collect();
    assert_eq!(addresses.len(), 2);
    for address in addresses {
        let name = address.rsplit('/').next().unwrap();
        content = content.replace(&address, &format!("/user_uploads/{name}"));
    }
    assert_eq!(part["text"], content);
    assert_eq!(part["topic"], messages[0].topic);
    assert!(
        content.starts_with("```spoiler good news\nWe are open"),
        "{content}"
    );
    assert!(content.contains("[the (front) door]("), "{content}");
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["last_success"]["permalink"], link);
    assert_eq!(checked[0]["quota"][0]["of"], "reading");
    assert_eq!(checked[0]["quota"][0]["left"], 187);
    let told = desk.run(&["channels", "--check"], "").good();
    assert!(told.contains("last published "), "{told}");
    let may =
        "permission: a bot with the rights of a member; may post to #big announce (42) (asked ";
    assert!(told.contains(may), "{told}");
    assert!(told.contains("187 of 200 calls left until "), "{told}");
    // It was kept with the limits, so that who asks nobody knows it too.
    let known = desk.run(&["channels", "--json"], "").json();
    assert_eq!(known[0]["quota"][0]["limit"], 200);
    assert_eq!(known[0]["permission"]["lacks"], serde_json::json!([]));
    // It is there once, however often it is asked for.
    desk.run(&["daemon", "--once"], "").good();
    assert_eq!(server.messages().len(), 1);
}

#[test]
fn a_zuliprc_file_is_enough_and_is_never_shown() {
    let server = Server::start();
    let desk = Desk::with(
        "[channels.announce]\nplatform = \"zulip\"\nzuliprc = \"zuliprc\"\nto = 42\ntopic = \"news\"\n",
    );
    let file = desk.path("zuliprc");
    let text = format!("[api]\nemail={BOT}\nkey={KEY}\nsite={}\n", server.url());
    std::fs::write(&file, text).unwrap();
    let mode = |mode| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o644);
    let run = desk.run(&["channels", "--check"], "");
    assert_eq!(run.status(), 3);
    assert!(run.stdout().contains("chmod 600"), "{}", run.stdout());
    mode(0o600);
    let said = desk.run(&["login", "announce"], "").good();
    assert!(said.contains("is connected as"), "{said}");
    assert!(!desk.path("data/secrets/announce.json").exists());
    desk.run(&["channels", "--check"], "").good();
    let doctor = desk.run(&["doctor", "--json"], "").stdout();
    assert!(doctor.contains("announce: zuliprc "), "{doctor}");
    assert!(!doctor.contains(KEY), "{doctor}");
    // Another account's file is refused: the channel remembers whose it is.
    let text = format!(
        "[api]\nemail=ada@zulip.test\nkey=ada-k3y\nsite={}\n",
        server.url()
    );
    std::fs::write(&file, text).unwrap();
    let run = desk.run(&["channels", "--check"], "");
    assert_eq!(run.status(), 3, "{}", run.stdout());
    assert!(run.stdout().contains("ada@zulip.test"), "{}", run.stdout());
    let refused = desk.run(&["login", "announce"], "").refused();
    assert!(refused.contains(BOT), "{refused}");
}

#[test]
fn a_wrong_key_and_a_wrong_channel_are_one_line_at_login() {
    let server = Server::start();
    let desk = desk(&server, "");
    let refused = |key: &str| {
        let run = desk.run(&["login", "announce"], &format!("{key}\n"));
        assert_eq!(run.status(), 1, "{}", run.stdout());
        // The first line says what is asked for.
        let said: Vec<String> = run.stderr().lines().map(str::to_owned).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(!said[1].contains(key), "{said:?}");
        said[1].clone()
    };
    let said = refused("n0pe");
    assert!(
        said.contains("Invalid API key: copy the key again"),
        "{said}"
    );
    server.realm().announce().posters = Some(vec![9]);
    let said = refused(KEY);
    assert!(said.contains("may not post to #big announce"), "{said}");
    server.realm().announce().name = "announcements".to_owned();
    let said = refused(KEY);
    assert!(said.contains("sees no channel #big announce"), "{said}");
    assert!(!desk.path("data/secrets/announce.json").exists());
}

#[test]
fn a_post_goes_to_a_channel_of_its_own_and_an_unknown_one_is_a_sentence_before_anything_is_sent() {
    let server = Server::start();
    let desk = desk(&server, "");
    desk.run(&["login", "announce"], &format!("{KEY}\n")).good();
    let at = ["--channel", "announce", "--at", "2030-12-01 09:00"];
    let add = |text: &str, to: &str| {
        let option = format!("announce.to={to}");
        desk.add(text, &[&at[..], &["--option", &option]].concat())
    };
    let there = add("For everybody", "general");
    let numbered = add("By its number", "#general|41");
    let nowhere = add("For nobody", "generl");
    let shown = desk.run(&["compose", &there], "").good();
    assert!(shown.contains("to: #general"), "{shown}");
    let composed = desk.run(&["compose", &numbered, "--json"], "").json();
    assert_eq!(composed[0]["parts"][0]["to"], "general|41");
    let once = || {
        let mut command = desk.command(&["daemon", "--once"]);
        command.env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen");
        desk.run_with(command, b"")
    };
    once();
    let state = |id: &str| desk.show(id)["deliveries"][0].clone();
    assert_eq!(state(&there)["state"], "published", "{}", state(&there));
    assert_eq!(state(&numbered)["state"], "published");
    let refused = state(&nowhere);
    assert_eq!(refused["state"], "failed", "{refused}");
    let reason = refused["reason"].as_str().unwrap();
    assert!(
        reason.contains("sees no channel #generl there (did you mean `general`?)"),
        "{reason}"
    );
    let streams: Vec<u64> = server.messages().iter().map(|it| it.stream).collect();
    assert_eq!(streams, [41, 41]);
    // It was asked for by then, and is said before anything is due.
    let again = add("Once more", "generl");
    let shown = desk.run(&["compose", &again], "").good();
    assert!(
        shown.contains("problem: The login sees no channel #generl"),
        "{shown}"
    );
    server.realm().streams.push(Stream {
        id: 43,
        name: "board".to_owned(),
        archived: false,
        subscribers: Some(vec![9]),
        posters: None,
    });
    let private = add("For a few", "board");
    once();
    let reason = state(&private)["reason"].to_string();
    assert!(reason.contains("it has to be subscribed"), "{reason}");
    assert_eq!(server.messages().len(), 2);
}
