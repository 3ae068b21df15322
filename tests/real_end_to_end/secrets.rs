//! A secret that is missing, wrong, of another account or open to others: one clear line, nothing sent, nothing lost.

use crate::desk::{Desk, delivery};
use crate::servers::{Servers, bluesky_channel, mastodon_channel, sandbox_channel, shared};
use std::os::unix::fs::PermissionsExt;

/// Whether `doctor`, which asks no server, can tell.
#[derive(Clone, Copy, PartialEq)]
enum Doctor {
    Tells,
    CannotTell,
}

/// Returns the one line about a channel.
fn line_of(said: &str, channel: &str) -> String {
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| {
            line.contains(&format!(" {channel} ")) || line.contains(&format!("{channel}:"))
        })
        .collect();
    let [line] = lines[..] else {
        panic!("not one line about {channel}: {said}")
    };
    line.to_owned()
}

/// Checks that a channel's trouble is told in one line everywhere, that the others publish, and that the post is kept.
fn check_trouble(desk: &Desk, channel: &str, what: &str, words: &[&str], doctor: Doctor) -> String {
    let clear = |line: &str| {
        assert!(
            words.iter().all(|word| line.contains(word)),
            "{what}: {line}"
        );
        assert!(!line.contains("not-the-secret"), "{what}: {line}");
    };
    let checked = desk.run(&["channels", "--check"], "").in_part();
    clear(&line_of(&checked, channel));
    println!("{what}, channels --check: {}", line_of(&checked, channel));

    let looked = desk.run(&["doctor"], "");
    let wrong: Vec<String> = looked
        .stdout()
        .lines()
        .filter(|line| line.starts_with("WRONG"))
        .map(str::to_owned)
        .collect();
    match doctor {
        Doctor::Tells => {
            assert_eq!(looked.status(), 3, "{what}: {}", looked.stdout());
            let [line] = &wrong[..] else {
                panic!("{what}: {wrong:?}")
            };
            clear(line);
            println!("{what}, doctor: {line}");
        }
        Doctor::CannotTell => assert!(wrong.is_empty(), "{what}: {wrong:?}"),
    }

    let id = desk.add(
        "Kept whatever happens",
        &["--channel", &format!("box,{channel}")],
    );
    let said = desk.run(&["publish", &id], "").in_part();
    clear(&line_of(&said, channel));
    println!("{what}, publish: {}", line_of(&said, channel));
    let shown = desk.show(&id);
    assert_eq!(shown["text"], "Kept whatever happens");
    assert_eq!(delivery(&shown, "box")["state"], "published");
    let troubled = delivery(&shown, channel);
    assert!(
        ["waiting", "failed"].contains(&troubled["state"].as_str().unwrap()),
        "{troubled}"
    );
    assert_eq!(troubled["attempts"], 0, "{what}: {troubled}");
    assert!(troubled["remote_ids"].as_array().unwrap().is_empty());
    id
}

#[test]
fn every_bad_secret_of_mastodon_is_one_line_and_the_post_goes_once_it_is_mended() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (tooter, stranger) = (servers.tooter(), servers.tooter());
    let mut desk = Desk::new(&[sandbox_channel("box"), servers.mock_channel()]);
    let mut kept = Vec::new();
    let mut check = |desk: &Desk, what: &str, words: &[&str], doctor| {
        kept.push(check_trouble(desk, "mock", what, words, doctor));
    };
    check(
        &desk,
        "missing",
        &["token_env `MOCK_TOKEN` is not set"],
        Doctor::Tells,
    );
    desk.export("MOCK_TOKEN", "not-the-secret");
    check(
        &desk,
        "wrong",
        &["localhost", "authenticated user", "MOCK_TOKEN"],
        Doctor::CannotTell,
    );
    desk.export("MOCK_TOKEN", &tooter.token);
    desk.run(&["channels", "--check"], "").good();
    desk.export("MOCK_TOKEN", &stranger.token);
    check(
        &desk,
        "of another account",
        &["belongs to", &tooter.name, &stranger.name],
        Doctor::CannotTell,
    );

    let file = desk.file("token", format!("{}\n", tooter.token).as_bytes());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let section = mastodon_channel("mock", &servers.mock, &format!("token_file = \"{file}\""));
    desk.configure(&[sandbox_channel("box"), section]);
    check(
        &desk,
        "open to others",
        &["mode 644", &format!("chmod 600 {file}")],
        Doctor::Tells,
    );
    std::fs::remove_file(&file).unwrap();
    check(
        &desk,
        "missing file",
        &[&file, "does not exist"],
        Doctor::Tells,
    );

    desk.configure(&[
        sandbox_channel("box"),
        mastodon_channel("mock", &servers.mock, ""),
    ]);
    check(
        &desk,
        "never logged in",
        &["masthead login mock"],
        Doctor::Tells,
    );
    assert!(servers.all_on_mock(&tooter).is_empty() && servers.all_on_mock(&stranger).is_empty());

    desk.log_in("mock", |address| servers.mock_code(address, &tooter))
        .good();
    for id in &kept {
        desk.run(&["publish", id], "").good();
    }
    assert_eq!(servers.all_on_mock(&tooter).len(), kept.len());
}

#[test]
fn every_bad_secret_of_bluesky_is_one_line_and_the_post_goes_once_it_is_mended() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (skyer, stranger) = (servers.skyer(), servers.skyer());
    let mut desk = Desk::new(&[sandbox_channel("box"), servers.sky_channel(&skyer)]);
    let mut kept = Vec::new();
    let mut check = |desk: &Desk, what: &str, words: &[&str], doctor| {
        kept.push(check_trouble(desk, "sky", what, words, doctor));
    };
    check(
        &desk,
        "missing",
        &["token_env `SKY_PASSWORD` is not set"],
        Doctor::Tells,
    );
    desk.export("SKY_PASSWORD", "not-the-secret");
    check(
        &desk,
        "wrong",
        &[
            "does not accept the app password",
            &skyer.handle,
            "SKY_PASSWORD",
        ],
        Doctor::CannotTell,
    );
    desk.export("SKY_PASSWORD", &skyer.password);
    desk.run(&["channels", "--check"], "").good();
    desk.configure(&[sandbox_channel("box"), servers.sky_channel(&stranger)]);
    desk.export("SKY_PASSWORD", &stranger.password);
    check(
        &desk,
        "of another account",
        &["belongs to", &skyer.handle, &stranger.handle],
        Doctor::CannotTell,
    );

    desk.configure(&[
        sandbox_channel("box"),
        bluesky_channel(&servers.pds, &skyer.handle, ""),
    ]);
    std::fs::remove_file(desk.stored("sky")).unwrap();
    check(
        &desk,
        "never logged in",
        &["masthead login sky"],
        Doctor::Tells,
    );
    desk.run(&["login", "sky"], &format!("{}\n", skyer.password))
        .good();
    let stored = desk.stored("sky");
    std::fs::set_permissions(&stored, std::fs::Permissions::from_mode(0o640)).unwrap();
    check(
        &desk,
        "open to others",
        &["mode 640", "chmod 600"],
        Doctor::Tells,
    );
    assert!(servers.all_on_pds(&skyer).is_empty() && servers.all_on_pds(&stranger).is_empty());

    std::fs::set_permissions(&stored, std::fs::Permissions::from_mode(0o600)).unwrap();
    for id in &kept {
        desk.run(&["publish", id], "").good();
    }
    assert_eq!(servers.all_on_pds(&skyer).len(), kept.len());
}

#[test]
fn a_wrong_token_of_snac_is_one_line() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let section = mastodon_channel("snac", &servers.snac, "token_env = \"SNAC_TOKEN\"");
    let mut desk = Desk::new(&[sandbox_channel("box"), section]);
    desk.export("SNAC_TOKEN", "not-the-secret");
    check_trouble(
        &desk,
        "snac",
        "wrong",
        &["localhost", "SNAC_TOKEN"],
        Doctor::CannotTell,
    );
}

#[test]
fn one_channels_failure_holds_nothing_else_up() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (mut desk, tooter, skyer) = servers.desk();
    desk.export("MOCK_TOKEN", "not-the-secret");
    let id = desk.add("To three", &["--channel", "mock,snac,sky"]);
    let run = desk.run(&["publish", &id, "--json"], "");
    assert_eq!(run.status(), 3);
    let shown: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    let states = |shown: &serde_json::Value| {
        ["mock", "snac", "sky"].map(|channel| {
            delivery(shown, channel)["state"]
                .as_str()
                .unwrap()
                .to_owned()
        })
    };
    assert_eq!(states(&shown), ["failed", "published", "published"]);
    println!("exit 3: {:?}", states(&shown));

    desk.export("MOCK_TOKEN", &tooter.token);
    desk.run(&["publish", &id], "").good();
    let after = desk.show(&id);
    assert_eq!(states(&after), ["published", "published", "published"]);
    for channel in ["snac", "sky"] {
        assert_eq!(
            delivery(&after, channel)["remote_ids"],
            delivery(&shown, channel)["remote_ids"]
        );
    }
    assert_eq!(servers.all_on_mock(&tooter).len(), 1);
    assert_eq!(servers.all_on_pds(&skyer).len(), 1);
}
