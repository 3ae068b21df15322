//! Comments on the strict LinkedIn: who may write and read them, on what, in which form.
//!
//! learn.microsoft.com, "Comments API" (li-lms, read 2026-11); that a fresh post may take none, and what a person's token lacks,
//! is from working clients.

use super::calls::{bad, not_enough, only};
use super::{Comment, Token, World, now};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};

/// The longest comment, in UTF-16 units.
const LONGEST: usize = 1250;

pub fn answer(
    world: &mut World,
    request: &Request,
    token: &Token,
    urn: &str,
    number: Option<&str>,
) -> Reply {
    let kinds = ["urn:li:share:", "urn:li:ugcPost:", "urn:li:activity:"];
    if !kinds.iter().any(|kind| urn.starts_with(kind)) {
        return bad("Invalid key parameters: not a URN that can be commented");
    }
    match (request.method.as_str(), number) {
        ("POST", None) => create(world, request, token, urn),
        ("GET", None) => all(world, request, token, urn),
        ("DELETE", Some(number)) => delete(world, request, token, urn, number),
        _ => bad("Resource method could not be resolved from request parameters."),
    }
}

/// Whether a token may act in somebody's name with comments.
fn may_act(world: &World, token: &Token, actor: &str, what: &str) -> Result<(), Reply> {
    let forbidden = || {
        Reply::refused(
            403,
            "ACCESS_DENIED",
            "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/actor]",
        )
    };
    if let Some(person) = actor.strip_prefix("urn:li:person:") {
        return match (token.may("w_member_social_feed"), person == token.person) {
            (false, _) => Err(not_enough(what)),
            (true, false) => Err(forbidden()),
            (true, true) => Ok(()),
        };
    }
    let page = actor.strip_prefix("urn:li:organization:");
    match page.and_then(|number| number.parse().ok()) {
        None => Err(bad("Invalid actor")),
        Some(_) if !token.may("w_organization_social_feed") => Err(not_enough(what)),
        Some(page) if !world.may_post_as(&token.person, page) => Err(forbidden()),
        Some(_) => Ok(()),
    }
}

fn is_there(world: &World, urn: &str) -> bool {
    world.posts.iter().any(|post| post.urn == urn)
}

fn gone() -> Reply {
    Reply::refused(404, "RESOURCE_NOT_FOUND", "Could not find entity")
}

fn create(world: &mut World, request: &Request, token: &Token, urn: &str) -> Reply {
    let body = request.json();
    if let Err(refused) = only(&body, &["actor", "object", "message"])
        .and_then(|()| only(&body["message"], &["text", "attributes"]))
    {
        return refused;
    }
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (actor, text) = (words(&body["actor"]), words(&body["message"]["text"]));
    if let Err(refused) = may_act(
        world,
        token,
        &actor,
        "partnerApiSocialActions.CREATE.20260701",
    ) {
        return refused;
    }
    if body["object"] != urn {
        return bad("object is not what the path names");
    }
    if !is_there(world, urn) {
        return gone();
    }
    if world.settling > 0 {
        world.settling -= 1;
        return gone();
    }
    if text.trim().is_empty() || text.encode_utf16().count() > LONGEST {
        return Reply::refused(
            422,
            "UNPROCESSABLE_ENTITY",
            "ERROR :: /message/text :: length is not within 1 and 1250",
        );
    }
    let comment = Comment {
        number: world.fresh(),
        object: urn.to_owned(),
        actor,
        text,
        body,
        created: now(),
    };
    let mut reply = Reply::said(201, described(&comment));
    reply
        .headers
        .push(("x-restli-id", comment.number.to_string()));
    world.comments.push(comment);
    reply
}

/// The entry of a post in the feed has a number of its own.
fn activity(urn: &str) -> String {
    let number = urn.rsplit(':').next().unwrap_or_default();
    format!("urn:li:activity:9{number}")
}

fn described(comment: &Comment) -> Value {
    let activity = activity(&comment.object);
    json!({
        "id": comment.number.to_string(), "actor": comment.actor, "object": activity,
        "commentUrn": format!("urn:li:comment:({activity},{})", comment.number),
        "created": {"actor": comment.actor, "time": comment.created},
        "lastModified": {"actor": comment.actor, "time": comment.created},
        "message": {"attributes": [], "text": comment.text},
    })
}

fn all(world: &World, request: &Request, token: &Token, urn: &str) -> Reply {
    let author = world.posts.iter().find(|post| post.urn == urn);
    let page = author.and_then(|post| post.author.strip_prefix("urn:li:organization:"));
    let may = token.may("r_organization_social_feed")
        && page
            .and_then(|number| number.parse().ok())
            .is_some_and(|page| world.may_post_as(&token.person, page));
    match author {
        None => return gone(),
        Some(_) if !may => return not_enough("partnerApiSocialActions.GET_ALL.20260701"),
        Some(_) => {}
    }
    let start: usize = request.asks("start").parse().unwrap_or(0);
    let count: usize = request.asks("count").parse().unwrap_or(10);
    let on_it = || world.comments.iter().filter(|one| one.object == urn);
    // What is hidden from the asker leaves a page shorter than it was asked for.
    let page = on_it().skip(start).take(count);
    let shown = page.filter(|one| !one.text.starts_with("(hidden)"));
    let elements: Vec<Value> = shown.map(described).collect();
    Reply::said(
        200,
        json!({"elements": elements, "paging": {"start": start, "count": count, "total": on_it().count(), "links": []}}),
    )
}

fn delete(world: &mut World, request: &Request, token: &Token, urn: &str, number: &str) -> Reply {
    let actor = request.asks("actor").to_owned();
    if let Err(refused) = may_act(
        world,
        token,
        &actor,
        "partnerApiSocialActions.DELETE.20260701",
    ) {
        return refused;
    }
    let is_it = |one: &Comment| {
        one.number.to_string() == number
            && (one.object == urn || activity(&one.object) == urn)
            && one.actor == actor
    };
    match world.comments.iter().position(is_it) {
        Some(at) => {
            world.comments.remove(at);
            Reply::empty(204)
        }
        None => gone(),
    }
}
