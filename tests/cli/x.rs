//! The real binary on a strict X: from four keys or a browser to a permalink, and what is wrong in one line.

use super::Desk;
use crate::x_server::{CLIENT, Server};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

fn desk(server: &Server, more: &str) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.x]\nplatform = \"x\"\nurl = \"{url}\"\n{more}"
    ))
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 12, |x, y| image::Rgb([seed, x as u8 * 9, y as u8 * 9]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// The four keys, a line each, as a person answers.
fn typed(server: &Server) -> String {
    server.site().first().keys().replace(' ', "\n") + "\n"
}

/// Logs in by a browser; `meddle` gets the address that the browser is sent to.
fn browser_login(desk: &Desk, server: &Server, meddle: impl Fn(String) -> String) -> Output {
    let mut child = desk.command(&["login", "x"]).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut address = String::new();
    while !address.starts_with("http") {
        address.clear();
        assert_ne!(said.read_line(&mut address).unwrap(), 0, "it ended");
    }
    let back = meddle(server.allow(address.trim()));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{back}\n").as_bytes()).unwrap();
    drop(stdin);
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut said, &mut rest).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stderr = rest;
    output
}

/// Plans a post with two pictures, lets it go, and holds what is there against what `compose` showed.
fn publishes_as_composed(desk: &Desk, server: &Server) {
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["ok"], true, "{checked}");
    assert_eq!(checked[0]["account"], "@example100");
    let may = checked[0]["permission"]["may"].as_str().unwrap();
    assert!(
        may == "keys that may read and write" || may.contains("tweet.write"),
        "{may}"
    );
    for number in [1, 2] {
        std::fs::write(desk.path(&format!("{number}.png")), png(number)).unwrap();
    }
    let id = desk.add(
        "We are open & glad: https://example.org/a?b=1&c=2 (see example.org)",
        &[
            "--channel",
            "x",
            "--at",
            "2030-12-01 09:00",
            "--attach",
            "1.png",
            "--alt",
            "the “front” door",
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
    let posts = server.posts();
    assert_eq!(posts.len(), 1);
    let there = &posts[0];
    let link = format!("https://x.com/example100/status/{}", there.id);
    assert_eq!(delivery["permalink"], link);
    assert_eq!(delivery["remote_ids"], serde_json::json!([there.id]));

    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    assert_eq!(part["text"], there.text);
    let media = part["media"].as_array().unwrap();
    assert_eq!(media.len(), there.media.len());
    for (shown, id) in media.iter().zip(&there.media) {
        let there = server.site().media[id].clone();
        assert_eq!(shown["alt"], there.alt);
        assert_eq!(shown["mime"], there.mime);
        assert_eq!(shown["size"], there.total);
    }
    // It is there once, however often it is asked for.
    desk.run(&["daemon", "--once"], "").good();
    assert_eq!(server.posts().len(), 1);
}

#[test]
fn from_four_keys_to_a_permalink_and_what_is_there_is_what_compose_showed() {
    let server = Server::start();
    let desk = desk(&server, "");
    let unknown = desk.run(&["channels", "--check"], "");
    assert_eq!(unknown.status(), 3, "{}", unknown.stdout());
    assert!(unknown.stdout().contains("run `masthead login x`"));
    let said = desk.run(&["login", "x"], &typed(&server)).good();
    assert_eq!(said, "x is connected as @example100\n");
    let stored = std::fs::metadata(desk.path("data/secrets/x.json")).unwrap();
    assert_eq!(stored.permissions().mode() & 0o777, 0o600);
    publishes_as_composed(&desk, &server);
}

#[test]
fn from_a_browser_to_a_permalink_with_a_token_that_renews_itself() {
    let server = Server::start();
    let desk = desk(&server, &format!("client_id = \"{CLIENT}\"\n"));
    let run = browser_login(&desk, &server, |back| back);
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(said, "x is connected as @example100\n", "{run:?}");
    assert!(String::from_utf8_lossy(&run.stderr).contains("within 30 seconds"));
    server.site().grants[0].expired = true;
    publishes_as_composed(&desk, &server);
    assert_eq!(server.site().grants.len(), 1);
}

#[test]
fn an_address_with_another_state_is_refused_and_may_be_pasted_again() {
    let server = Server::start();
    let desk = desk(&server, &format!("client_id = \"{CLIENT}\"\n"));
    let run = browser_login(&desk, &server, |back| {
        format!("{}\n{back}", back.replace("state=", "state=0"))
    });
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains("The page is of another login"), "{said}");
    assert!(run.status.success(), "{said}");
}

#[test]
fn another_account_and_keys_from_the_configuration_are_one_line() {
    let server = Server::start();
    let desk = desk(&server, "token_file = \"keys\"\n");
    let write = |keys: &str| {
        let path = desk.path("keys");
        std::fs::write(&path, keys).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write(&server.site().first().keys());
    let said = desk.run(&["login", "x"], "").good();
    assert_eq!(said, "x is connected as @example100\n");
    assert!(!desk.path("data/secrets/x.json").exists());
    let other = server.site().add_user();
    write(&other.keys());
    let refused = desk.run(&["login", "x"], "").refused();
    assert!(refused.contains("@example101"), "{refused}");
    let run = desk.run(&["channels", "--check"], "");
    assert_eq!(run.status(), 3, "{}", run.stdout());
    assert!(run.stdout().contains("@example101"), "{}", run.stdout());
    write("three keys only");
    let refused = desk.run(&["login", "x"], "").refused();
    assert!(refused.contains("does not give four keys"), "{refused}");
    assert!(!refused.contains("three keys"), "{refused}");
}
