//! The real binary on a strict LinkedIn: from a login by a pasted redirect to a permalink, and what is wrong in one line.

use super::Desk;
use crate::linkedin_server::{ADA, APP, APP_SECRET, PAGE, Server};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;

const DUE: &str = "2030-12-01T08:00:05Z;frozen";

fn desk(server: &Server, more: &str) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.page]\nplatform = \"linkedin\"\nurl = \"{url}\"\nclient_id = \"{APP}\"\n{more}"
    ))
}

fn page_desk(server: &Server) -> Desk {
    desk(server, &format!("organization = {PAGE}\n"))
}

/// What a login said: its result, and the lines that were told on the way.
struct Said {
    status: i32,
    stdout: String,
    told: Vec<String>,
}

impl Said {
    fn last(&self) -> &str {
        self.told.last().map_or("", String::as_str)
    }
}

/// Logs in as a person does: types the secret, opens the address that is shown, pastes what `paste` makes of where the
/// browser ends.
fn log_in(desk: &Desk, server: &Server, paste: impl Fn(&str) -> String) -> Said {
    let mut child = desk.command(&["login", "page"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{APP_SECRET}").unwrap();
    let mut told = Vec::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("http") {
            let back = server.allow(&line, ADA);
            // A login that ended already reads no more.
            let _ = stdin.write_all(paste(&back).as_bytes());
        }
        told.push(line);
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Said {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        told,
    }
}

fn pasted(back: &str) -> String {
    format!("{back}\n")
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 12, |x, y| image::Rgb([seed, x as u8 * 9, y as u8 * 9]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn publish(desk: &Desk) {
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", DUE);
    let run = desk.run_with(command, b"");
    assert_eq!(run.status(), 0, "{}", run.stderr());
}

#[test]
fn from_login_to_a_permalink_with_two_pictures_and_what_is_there_is_what_compose_showed() {
    let server = Server::start();
    let desk = page_desk(&server);
    let unknown = desk.run(&["channels", "--check"], "");
    assert_eq!(unknown.status(), 3, "{}", unknown.stdout());
    assert!(unknown.stdout().contains("run `masthead login page`"));
    let said = log_in(&desk, &server, pasted);
    assert_eq!(said.status, 0, "{:?}", said.told);
    assert_eq!(
        said.stdout,
        "page is connected as Research Software (linkedin.com/company/rso)\n"
    );
    // Before it begins it says who is granted this, and what serves everybody else.
    assert!(
        said.told[0].contains("Community Management API"),
        "{:?}",
        said.told
    );
    assert!(
        said.told[1].contains("platform = \"byhand\""),
        "{:?}",
        said.told
    );
    let stored = std::fs::metadata(desk.path("data/secrets/page.json")).unwrap();
    assert_eq!(stored.permissions().mode() & 0o777, 0o600);
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["ok"], true);
    assert_eq!(checked[0]["api_version"], "202607");
    assert!(checked[0]["login_ends_at"].is_string());
    let may = &checked[0]["permission"];
    assert_eq!(
        may["may"],
        "administrator of the page; scopes w_organization_social r_organization_social rw_organization_admin"
    );
    assert_eq!(may["lacks"], serde_json::json!([]));
    let listed = desk.run(&["channels"], "").good();
    assert!(
        listed.contains("the login of page ends in 59 days"),
        "{listed}"
    );

    for number in [1, 2] {
        std::fs::write(desk.path(&format!("{number}.png")), png(number)).unwrap();
    }
    let id = desk.add(
        "We are open (at last)! https://example.org/a_(b) #open_science",
        &[
            "--channel",
            "page",
            "--at",
            "2030-12-01 09:00",
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
    publish(&desk);
    let delivery = desk.show(&id)["deliveries"][0].clone();
    assert_eq!(delivery["state"], "published", "{delivery}");
    let post = server.posts().remove(0);
    let link = format!("https://www.linkedin.com/feed/update/{}/", post.urn);
    assert_eq!(delivery["permalink"], link);
    assert_eq!(delivery["remote_ids"], json!([post.urn]));

    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let part = &composed[0]["parts"][0];
    // The server assigned the names of the pictures.
    let mut body = post.body.clone();
    for image in body["content"]["multiImage"]["images"]
        .as_array_mut()
        .unwrap()
    {
        assert!(
            image["id"]
                .take()
                .as_str()
                .unwrap()
                .starts_with("urn:li:image:")
        );
    }
    assert_eq!(
        body,
        json!({
            "author": format!("urn:li:organization:{PAGE}"),
            "commentary": part["text"],
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": false,
            "content": {"multiImage": {"images": [
                {"id": null, "altText": part["media"][0]["alt"]},
                {"id": null, "altText": part["media"][1]["alt"]},
            ]}},
        })
    );
    assert_eq!(post.shown, part["plain"]);
    // It is there once, however often it is asked for.
    desk.run(&["daemon", "--once"], "").good();
    assert_eq!(server.posts().len(), 1);
}

#[test]
fn a_member_posts_every_reserved_character_an_address_and_hashtags_in_japanese() {
    let server = Server::start();
    let desk = desk(&server, "");
    let said = log_in(&desk, &server, pasted);
    assert_eq!(said.status, 0, "{:?}", said.told);
    assert_eq!(said.stdout, "page is connected as Ada Løvelace\n");
    assert!(
        said.told[0].contains("Share on LinkedIn"),
        "{:?}",
        said.told
    );
    let whole = "all of \\|{}@[]()<>#*_~ https://example.org/a_(b)_c?x=[1]#top\n#研究ソフトウェア と #オープンサイエンス、 (end) ~fin~";
    let id = desk.add(whole, &["--channel", "page", "--at", "2030-12-01 09:00"]);
    publish(&desk);
    let post = server.posts().remove(0);
    assert_eq!(post.shown, whole);
    assert_eq!(post.author, format!("urn:li:person:{ADA}"));
    for tag in ["研究ソフトウェア", "オープンサイエンス"] {
        let template = format!("{{hashtag|\\#|{tag}}}");
        assert!(post.commentary.contains(&template), "{}", post.commentary);
    }
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    assert_eq!(composed[0]["parts"][0]["text"], post.commentary);
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
}

#[test]
fn a_redirect_of_another_login_or_half_of_one_may_be_pasted_again() {
    let server = Server::start();
    let desk = page_desk(&server);
    let said = log_in(&desk, &server, |back| {
        let other = back.replace("state=", "state=x");
        let bare = back.split("code=").nth(1).unwrap();
        format!("{other}\n{bare}\n{back}\n")
    });
    assert_eq!(said.status, 0, "{:?}", said.told);
    let about: Vec<&String> = said
        .told
        .iter()
        .filter(|line| line.contains("`state`"))
        .collect();
    assert_eq!(about.len(), 1, "{:?}", said.told);
    assert!(about[0].contains("of another login"), "{about:?}");
    assert!(
        said.told
            .iter()
            .any(|line| line.contains("no whole address")),
        "{:?}",
        said.told
    );
}

#[test]
fn what_is_wrong_with_a_login_is_one_line_and_nothing_is_stored() {
    let server = Server::start();
    let desk = page_desk(&server);
    let refused = |why: &str| {
        let said = log_in(&desk, &server, pasted);
        assert_eq!(said.status, 1, "{:?}", said.told);
        assert!(said.last().starts_with("masthead: "), "{:?}", said.told);
        assert!(said.last().contains(why), "{}", said.last());
        assert!(!said.last().contains(APP_SECRET), "{}", said.last());
        assert!(!desk.path("data/secrets/page.json").exists());
    };
    // No role on the page.
    server.world().roles[0].1 = 99;
    refused(&format!("has no role on page {PAGE} (it may post as 99)"));
    server.world().roles[0].1 = PAGE;
    // The application lacks the product.
    let all = server.world().products.clone();
    server.world().products.remove("w_organization_social");
    refused("the application lacks the product for that: the product “Community Management API”");
    server.world().products = all;
    // The version of the API has ended.
    server.world().oldest_version = 202_612;
    refused("add a line api_version = \"YYYYMM\" to [channels.page]");
    server.world().oldest_version = 202_601;
    // Another account than before.
    let said = log_in(&desk, &server, pasted);
    assert_eq!(said.status, 0, "{:?}", said.told);
    let config = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    let config = config.replace(&format!("organization = {PAGE}\n"), "");
    std::fs::write(desk.path("config.toml"), config).unwrap();
    let said = log_in(&desk, &server, pasted);
    assert_eq!(said.status, 1, "{:?}", said.told);
    assert!(said.last().contains("Research Software"), "{}", said.last());
    // A page's token on a person's channel.
    let checked = desk.run(&["channels", "--check"], "");
    assert_eq!(checked.status(), 3, "{}", checked.stdout());
}

#[test]
fn an_ended_version_stops_this_channel_only_and_an_application_without_an_id_is_asked_for() {
    let server = Server::start();
    let desk = desk(
        &server,
        &format!(
            "organization = {PAGE}\napi_version = \"202511\"\ntoken_env = \"LI\"\n[channels.outbox]\nplatform = \"sandbox\"\n"
        ),
    );
    let id = desk.add(
        "Hello",
        &["--channel", "page,outbox", "--at", "2030-12-01 09:00"],
    );
    let mut command = desk.command(&["daemon", "--once"]);
    command
        .env("MASTHEAD_NOW", DUE)
        .env("LI", crate::linkedin_server::TOKEN);
    desk.run_with(command, b"");
    let deliveries = desk.show(&id)["deliveries"].clone();
    let of = |channel: &str| {
        let all = deliveries.as_array().unwrap();
        all.iter()
            .find(|one| one["channel"] == channel)
            .unwrap()
            .clone()
    };
    assert_eq!(of("outbox")["state"], "published", "{deliveries}");
    assert_eq!(of("page")["state"], "failed", "{deliveries}");
    let reason = of("page")["reason"].as_str().unwrap().to_owned();
    assert!(
        reason.contains("change the line api_version = \"202511\" in [channels.page]"),
        "{reason}"
    );
    let status = desk.run(&["status", "--json"], "");
    assert!(
        status.stdout().contains("\"what\":\"api\""),
        "{}",
        status.stdout()
    );
    let doctor = desk.run(&["doctor"], "").stdout();
    assert!(
        doctor.contains("version 202511 of the API that page speaks ended on 2026-11-16"),
        "{doctor}"
    );

    let nameless = Desk::with("[channels.page]\nplatform = \"linkedin\"\n");
    let run = nameless.run(&["login", "page"], "");
    assert_eq!(run.status(), 1);
    let last = run.stderr().lines().last().unwrap().to_owned();
    assert!(last.contains("has no `client_id`"), "{last}");
}
