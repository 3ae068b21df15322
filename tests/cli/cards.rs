//! `--link` asks the page for its card, and a page that cannot be asked never stops a post.

use super::{CONFIG, Desk};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

/// A server on this machine that gives every path its page or picture, and counts.
fn server(page: &'static str, picture: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..length]).into_owned();
            let (status, mime, body) = match asked.split(' ').nth(1) {
                Some("/page") => ("200 OK", "text/html; charset=utf-8", page.as_bytes()),
                Some("/p.png") => ("200 OK", "image/png", picture.as_slice()),
                _ => ("404 Not Found", "text/plain", b"none".as_slice()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(body);
        }
    });
    address
}

const PAGE: &str = "<title>Plain</title><meta property=og:title content='Review 58: sourmash'>\
    <meta name=description content='Small\u{1b}[2J sketches'><meta property=og:image content=/p.png>";

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(60, 30)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn card(desk: &Desk, id: &str, channel: &str) -> Value {
    let shown = desk.run(&["compose", id, "--channel", channel, "--json"], "");
    shown.json()[0]["parts"][0]["card"].take()
}

#[test]
fn a_link_has_the_title_words_and_picture_of_its_page() {
    let desk = Desk::new();
    let link = format!("{}/page", server(PAGE, picture()));
    let id = desk.add("Read this", &["--channel", "sky,outbox", "--link", &link]);
    let told = card(&desk, &id, "sky");
    assert_eq!(told["title"], "Review 58: sourmash");
    assert_eq!(told["description"], "Small[2J sketches");
    assert_eq!(told["url"], link);
    assert_eq!(told["picture"]["pixels"], json!([60, 30]));
    let hash = told["picture"]["hash"].as_str().unwrap();
    assert!(desk.path("data").join("media").join(hash).exists());
    // Mastodon builds its own.
    assert_eq!(card(&desk, &id, "outbox"), Value::Null);
    let shown = desk.run(&["show", &id], "").good();
    assert!(shown.contains("link card: Review 58: sourmash"), "{shown}");
    let composed = desk.run(&["compose", &id, "--channel", "sky"], "").good();
    assert!(composed.contains("[picture 60x30]"), "{composed}");
}

#[test]
fn what_is_typed_wins_and_what_is_not_is_the_pages() {
    let desk = Desk::new();
    let link = format!("{}/page", server(PAGE, picture()));
    let arguments = ["--channel", "sky", "--link", &link, "--link-title", "Mine"];
    let id = desk.add("Read this", &arguments);
    let told = card(&desk, &id, "sky");
    assert_eq!(
        (&told["title"], &told["description"]),
        (&json!("Mine"), &json!("Small[2J sketches"))
    );
    desk.run(&["edit", &id, "--link-title", ""], "").good();
    assert_eq!(card(&desk, &id, "sky")["title"], "Review 58: sourmash");
}

#[test]
fn a_page_that_cannot_be_asked_is_said_and_the_post_is_there() {
    let desk = Desk::new();
    let dead = format!("{}/gone", server(PAGE, picture()));
    for (link, why) in [
        (dead.as_str(), "answered 404"),
        ("http://10.0.0.1/", "10.0.0.1 is not a public address"),
        (
            "http://169.254.169.254/latest/meta-data",
            "not a public address",
        ),
        ("http://127.0.0.1:9/", "cannot be reached"),
    ] {
        let added = desk.run(&["add", "--channel", "sky", "--link", link], "Read this");
        let id = added.good();
        assert!(added.stderr().contains(why), "{link}: {}", added.stderr());
        assert_eq!(added.stderr().lines().count(), 1);
        let told = card(&desk, id.trim(), "sky");
        assert_eq!(told["url"], link);
        assert_ne!(told["title"], "");
    }
}

#[test]
fn this_machine_is_asked_only_while_nothing_can_leave_it_and_nobody_where_cards_are_off() {
    let link = format!("{}/page", server(PAGE, picture()));
    let far = "\n[channels.far]\nplatform = \"mastodon\"\nurl = \"https://mastodon.example\"\ntoken_env = \"FAR_TOKEN\"\n";
    let desk = Desk::with(&format!("{CONFIG}{far}"));
    let added = desk.run(&["add", "--channel", "sky", "--link", &link], "Read this");
    assert_eq!(added.good().trim(), "1");
    let said = added.stderr();
    assert!(said.contains("127.0.0.1 is not a public address"), "{said}");

    let desk = Desk::with(&format!("cards = \"off\"\n{CONFIG}"));
    let added = desk.run(&["add", "--channel", "sky", "--link", &link], "Read this");
    assert_eq!((added.good().trim(), added.stderr().as_str()), ("1", ""));
    assert_eq!(card(&desk, "1", "sky")["title"], "127.0.0.1");
}
