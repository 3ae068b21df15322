//! The real binary on a strict LinkedIn: a post with a comment, one whose comment is forbidden, and a reshare.

use super::{Desk, Run};
use crate::linkedin_server::{ADA, PAGE, Server, TOKEN, Token};
use serde_json::{Value, json};

const DUE: &str = "2030-12-01T08:00:05Z;frozen";

fn desk(server: &Server) -> Desk {
    let url = server.url();
    Desk::with(&format!(
        "timezone = \"Europe/Oslo\"\n[channels.page]\nplatform = \"linkedin\"\nurl = \"{url}\"\norganization = {PAGE}\ntoken_env = \"LI\"\n"
    ))
}

fn publish(desk: &Desk, token: &str) -> Run {
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", DUE).env("LI", token);
    desk.run_with(command, b"")
}

fn add(desk: &Desk, text: &str, more: &[&str]) -> String {
    let mut all = vec!["--channel", "page", "--at", "2030-12-01 09:00"];
    all.extend(more);
    desk.add(text, &all)
}

fn delivery(desk: &Desk, id: &str) -> Value {
    desk.show(id)["deliveries"][0].clone()
}

#[test]
fn a_post_with_a_comment_is_what_compose_showed_and_both_are_deleted() {
    let server = Server::start();
    let desk = desk(&server);
    let text = "We are open (at last)! #open_science\n---\nThe address: https://example.org/a_(b)";
    let id = add(&desk, text, &["--thread"]);
    let shown = desk.run(&["compose", &id], "").good();
    assert!(shown.contains("page post  36/3000\n"), "{shown}");
    assert!(shown.contains("page comment  38/1250\n"), "{shown}");
    assert_eq!(publish(&desk, TOKEN).status(), 0);
    let (post, comment) = (server.posts().remove(0), server.comments().remove(0));
    let there = delivery(&desk, &id);
    assert_eq!(there["state"], "published", "{there}");
    let named = format!("urn:li:comment:({},{})", post.urn, comment.number);
    assert_eq!(there["remote_ids"], json!([post.urn, named]));
    let link = format!("https://www.linkedin.com/feed/update/{}/", post.urn);
    assert_eq!(there["permalink"], link);
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    assert_eq!(composed[0]["parts"][1]["kind"], "comment");
    assert_eq!(composed[0]["parts"][1]["text"], comment.text);
    assert_eq!(
        comment.body,
        json!({
            "actor": format!("urn:li:organization:{PAGE}"),
            "object": post.urn,
            "message": {"text": composed[0]["parts"][1]["text"]},
        })
    );
    let mut delete = desk.command(&["delete", &id, "--channel", "page", "--yes"]);
    delete.env("LI", TOKEN).env("MASTHEAD_NOW", DUE);
    let deleted = desk.run_with(delete, b"");
    assert_eq!(
        deleted.status(),
        0,
        "{}{}",
        deleted.stdout(),
        deleted.stderr()
    );
    assert!(server.posts().is_empty() && server.comments().is_empty());
    let order: Vec<String> = server
        .world()
        .asked
        .iter()
        .filter(|line| line.starts_with("DELETE"))
        .cloned()
        .collect();
    assert!(
        order[0].contains("/comments/"),
        "the comment first: {order:?}"
    );
}

#[test]
fn a_forbidden_comment_keeps_the_post_and_is_sent_once_the_token_may() {
    let server = Server::start();
    let desk = desk(&server);
    let old = Token::of(
        ADA,
        "w_organization_social,r_organization_social,rw_organization_admin",
    );
    server.world().tokens.insert("old".to_owned(), old);
    let id = add(&desk, "Hello\n---\nMore of it\n---\nThe end", &["--thread"]);
    assert_eq!(publish(&desk, "old").status(), 3);
    let there = delivery(&desk, &id);
    assert_eq!(there["state"], "failed", "{there}");
    let reason = there["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("comment 1 of 2: LinkedIn says: "),
        "{reason}"
    );
    assert!(reason.contains("the post is out without it"), "{reason}");
    assert_eq!(server.posts().len(), 1);
    assert!(server.comments().is_empty());
    // The post is not sent again.
    let mut again = desk.command(&["publish", &id]);
    again.env("MASTHEAD_NOW", DUE).env("LI", TOKEN);
    desk.run_with(again, b"").good();
    assert_eq!(delivery(&desk, &id)["state"], "published");
    assert_eq!(server.posts().len(), 1);
    let texts: Vec<String> = server.comments().into_iter().map(|it| it.text).collect();
    assert_eq!(texts, ["More of it", "The end"]);
}

#[test]
fn a_link_to_a_post_there_is_reshared_and_shown_beforehand() {
    let server = Server::start();
    let desk = desk(&server);
    server.world().others.insert("urn:li:share:42".to_owned());
    let address = "https://www.linkedin.com/feed/update/urn:li:share:42/";
    let id = add(&desk, "Look (here)", &["--link", address]);
    let shown = desk.run(&["compose", &id], "").good();
    assert!(
        shown.contains(&format!("  reshares: {address}\n")),
        "{shown}"
    );
    assert_eq!(publish(&desk, TOKEN).status(), 0);
    let post = server.posts().remove(0);
    assert_eq!(
        post.body["reshareContext"],
        json!({"parent": "urn:li:share:42"})
    );
    assert_eq!(post.shown, "Look (here)");
    assert_eq!(delivery(&desk, &id)["state"], "published");
}
