//! What a post on X costs, before it leaves and month to date; and a channel that sleeps.

use super::Desk;
use crate::x_server::Server;

fn desk(server: &Server, more: &str) -> Desk {
    let url = server.url();
    let keys = server.site().first().keys();
    let desk = Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.x]\nplatform = \"x\"\nurl = \"{url}\"\ntoken_command = \"cat keys\"\n{more}"
    ));
    std::fs::write(desk.path("keys"), keys).unwrap();
    desk
}

fn publish(desk: &Desk, text: &str) {
    let id = desk.add(text, &["--channel", "x"]);
    desk.run(&["publish", &id], "").good();
}

#[test]
fn a_post_says_what_it_costs_before_it_leaves_and_the_channel_what_the_month_came_to() {
    let server = Server::start();
    let desk = desk(&server, "");
    let id = desk.add("Hello example.org", &["--channel", "x"]);
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let note = "costs about $0.20, without a link $0.015 (prices of 2026-08-22)";
    assert_eq!(composed[0]["notes"], serde_json::json!([note]));
    let before = desk.run(&["channels"], "").good();
    assert!(
        before.contains("about $0.00 this month: 0 posts"),
        "{before}"
    );
    desk.run(&["publish", &id], "").good();
    publish(&desk, "Hello again");
    publish(&desk, "And again");
    let after = desk.run(&["channels"], "").good();
    let words = "about $0.23 this month: 3 posts, 1 with a link (prices of 2026-08-22)";
    assert!(after.contains(words), "{after}");
    let row = desk.run(&["channels", "--json"], "").json()[0]["month_to_date"].clone();
    assert_eq!(
        row,
        serde_json::json!({"posts": 3, "with_link": 1, "looks": 0, "usd": 0.23})
    );
}

#[test]
fn prices_are_a_setting_with_their_day() {
    let server = Server::start();
    let desk = desk(
        &server,
        "price = { post = 0.5, with_link = 2, as_of = \"2027-01-01\" }\n",
    );
    let id = desk.add("Hello\n---\nexample.org", &["--channel", "x", "--thread"]);
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    let note = "its 2 posts cost about $2.50, 1 with a link (prices of 2027-01-01)";
    assert_eq!(composed[0]["notes"], serde_json::json!([note]));
}

#[test]
fn a_channel_that_sleeps_is_listed_as_dormant_and_never_asks_for_a_login() {
    let server = Server::start();
    let desk = desk(&server, "");
    publish(&desk, "From before");
    let url = server.url();
    let config = format!(
        "timezone = \"Europe/Oslo\"\n[channels.x]\nplatform = \"x\"\nurl = \"{url}\"\ndormant = true\n"
    );
    std::fs::write(desk.path("config.toml"), config).unwrap();
    let list = desk.run(&["channels"], "").good();
    assert!(list.contains("@example100  dormant"), "{list}");
    assert!(!list.contains("login"), "{list}");
    let asked = server.site().asked.len();
    let checked = desk.run(&["channels", "--check", "--json"], "").json();
    assert_eq!(checked[0]["dormant"], true);
    assert_eq!(checked[0]["ok"], true);
    assert_eq!(server.site().asked.len(), asked, "nobody is asked");
    let doctor = desk.run(&["doctor"], "").stdout();
    assert!(!doctor.contains("masthead login"), "{doctor}");
    let status = desk.run(&["status"], "").stdout();
    assert!(!status.contains("logged in"), "{status}");
    let daemon = desk.run(&["daemon", "--once"], "");
    assert!(!daemon.stderr().contains("login"), "{}", daemon.stderr());
    // Its history stays.
    assert_eq!(desk.show("1")["deliveries"][0]["state"], "published");
}
