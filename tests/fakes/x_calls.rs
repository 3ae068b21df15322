//! What each call does on the strict X, and what it is refused for.

use super::entry::{Caller, authorize, caller, token};
use super::{Post, Site, uploads};
use crate::fake_wire::{Reply, Request};
use chrono::DateTime;
use masthead::text::links::{self, Dialect};
use masthead::text::x::{V3, as_compared, length};
use serde::Deserialize;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(default)]
    text: String,
    media: Option<NewMedia>,
    reply: Option<NewReply>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMedia {
    media_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReply {
    in_reply_to_tweet_id: String,
}

pub fn answer(site: &mut Site, request: &Request) -> Reply {
    let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["i", "oauth2", "authorize"]) => return authorize(site, request),
        ("POST", ["2", "oauth2", "token"]) => return token(site, request),
        _ => {}
    }
    let caller = match caller(site, request) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    if let Some(refused) = spent(site) {
        return refused;
    }
    let mut reply = match (request.method.as_str(), path.as_slice()) {
        ("GET", ["2", "users", "me"]) if caller.may("users.read") => Reply::data(
            200,
            json!({"id": caller.user.id, "name": "Example", "username": caller.user.username}),
        ),
        ("POST", ["2", "tweets"]) => create(site, request, &caller),
        ("DELETE", ["2", "tweets", id]) => delete(site, id, &caller),
        ("GET", ["2", "users", id, "tweets"]) if *id == caller.user.id => {
            timeline(site, request, &caller)
        }
        (_, ["2", "media", rest @ ..]) => uploads::answer(site, request, rest, &caller),
        _ => Reply::problem(404, "Not Found Error", "Could not find it"),
    };
    reply.headers.extend(
        caller
            .level
            .map(|level| ("x-access-level", level.to_owned())),
    );
    reply
}

fn spent(site: &mut Site) -> Option<Reply> {
    if let Some(left) = &mut site.credits {
        if *left == 0 {
            return Some(Reply::problem(
                402,
                "CreditsDepleted",
                "Your enrolled account does not have any credits to fulfill this request.",
            ));
        }
        *left -= 1;
    }
    let left = site.patience.as_mut()?;
    if *left > 0 {
        *left -= 1;
        return None;
    }
    let mut reply = Reply::problem(429, "Too Many Requests", "Too Many Requests");
    reply.headers = vec![
        ("x-rate-limit-limit", "100".to_owned()),
        ("x-rate-limit-remaining", "0".to_owned()),
        ("x-rate-limit-reset", (site.now() + 600).to_string()),
    ];
    Some(reply)
}

fn create(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    if !caller.may("tweet.write") {
        return Reply::forbidden(
            "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        );
    }
    let new: New = match serde_json::from_slice(&request.body) {
        Ok(new) if request.is("application/json") => new,
        Ok(_) => return Reply::invalid("Content-Type must be application/json"),
        Err(error) => return Reply::invalid(&error.to_string()),
    };
    let text: String = new.text.nfc().collect();
    let media = new.media.map_or_else(Vec::new, |media| media.media_ids);
    if text.trim().is_empty() && media.is_empty() {
        return Reply::invalid("Missing or invalid text");
    }
    if length(&text, &V3) > caller.user.limit {
        return Reply::forbidden("You are not permitted to perform this action.");
    }
    if let Some(refused) = refused_media(site, &media, caller) {
        return refused;
    }
    let answers = new.reply.map(|reply| reply.in_reply_to_tweet_id);
    if let Some(answered) = &answers {
        if !site.posts.iter().any(|post| post.id == *answered) {
            return Reply::forbidden(
                "You attempted to reply to a Tweet that is deleted or not visible to you.",
            );
        }
        if !site.replies_allowed {
            return Reply::forbidden(
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
            );
        }
    }
    let same = as_compared(&text);
    let again = site.posts.iter().any(|post| {
        post.author == caller.user.id && !same.is_empty() && as_compared(&post.text) == same
    });
    if again {
        return Reply::forbidden("You are not allowed to create a Tweet with duplicate content.");
    }
    let post = Post {
        id: site.number().to_string(),
        author: caller.user.id.clone(),
        text: text.trim().to_owned(),
        media,
        answers,
        at: site.now(),
    };
    site.posts.push(post.clone());
    Reply::data(
        201,
        json!({"id": post.id, "text": shown(site, &post)["text"], "edit_history_tweet_ids": [post.id]}),
    )
}

fn refused_media(site: &Site, ids: &[String], caller: &Caller) -> Option<Reply> {
    if ids.len() > 4 {
        return Some(Reply::invalid("media_ids: at most 4"));
    }
    for id in ids {
        let media = site
            .media
            .get(id)
            .filter(|media| media.owner == caller.user.id);
        let Some(media) = media else {
            return Some(Reply::invalid("Your media IDs are invalid."));
        };
        if !media.finalized || media.checks_left > 0 {
            return Some(Reply::invalid("The media is not ready yet."));
        }
        if media.category != "tweet_image" && ids.len() > 1 {
            return Some(Reply::invalid("A GIF or a video goes alone."));
        }
    }
    None
}

fn delete(site: &mut Site, id: &str, caller: &Caller) -> Reply {
    let Some(at) = site.posts.iter().position(|post| post.id == id) else {
        return Reply::problem(404, "Not Found Error", "Could not find tweet with id");
    };
    if site.posts[at].author != caller.user.id {
        return Reply::forbidden("You are not allowed to delete this Tweet.");
    }
    site.posts.remove(at);
    Reply::data(200, json!({"deleted": true}))
}

/// The account's own posts, the newest first.
fn timeline(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    let allowed = [
        "max_results",
        "start_time",
        "end_time",
        "exclude",
        "tweet.fields",
        "pagination_token",
    ];
    if let Some(unknown) = request
        .query
        .keys()
        .find(|name| !allowed.contains(&name.as_str()))
    {
        return Reply::invalid(&format!(
            "The query parameter [{unknown}] is not one of them"
        ));
    }
    let query = |name: &str| request.query.get(name).map(String::as_str);
    let most = query("max_results").and_then(|most| most.parse::<usize>().ok());
    let Some(most) = most.filter(|most| (5..=100).contains(most)) else {
        return Reply::invalid("The `max_results` query parameter value is not between 5 and 100");
    };
    let (mut since, mut until) = (0, i64::MAX);
    for (name, bound) in [("start_time", &mut since), ("end_time", &mut until)] {
        if let Some(text) = query(name) {
            let time = DateTime::parse_from_rfc3339(text)
                .ok()
                .filter(|_| text.ends_with('Z'));
            match time.map(|time| time.timestamp()) {
                Some(time) if time <= site.now() - 10 => *bound = time,
                _ => {
                    return Reply::invalid(&format!(
                        "'{name}' must be a minimum of 10 seconds prior to the request time"
                    ));
                }
            }
        }
    }
    let from =
        query("pagination_token").map_or(Some(0), |token| token.strip_prefix("next")?.parse().ok());
    let Some(from) = from else {
        return Reply::invalid("pagination_token");
    };
    let own: Vec<&Post> = (site.posts.iter().rev())
        .filter(|post| post.author == caller.user.id && (since..until).contains(&post.at))
        .collect();
    let size = most.min(site.page);
    let page: Vec<Value> = own
        .iter()
        .skip(from)
        .take(size)
        .map(|post| shown(site, post))
        .collect();
    let mut meta = json!({"result_count": page.len()});
    if from + page.len() < own.len() {
        meta["next_token"] = json!(format!("next{}", from + page.len()));
    }
    site.read += page.len();
    let mut body = json!({ "meta": meta });
    // Where there is nothing there is no list either.
    if !page.is_empty() {
        body["data"] = json!(page);
    }
    Reply::said(200, body)
}

/// A post as X shows it: links are wrapped, some characters are entities, pictures add a link, a long text is cut.
fn shown(site: &Site, post: &Post) -> Value {
    let (mut text, mut urls, mut at) = (String::new(), Vec::new(), 0);
    for (number, link) in links::find(&post.text, Dialect::X).into_iter().enumerate() {
        text.push_str(&escaped(&post.text[at..link.start]));
        let short = format!("https://t.co/{}{number:04}", &post.id[15..]);
        let written = &post.text[link.clone()];
        let expanded = match written.contains("://") {
            true => written.to_owned(),
            false => format!("http://{written}"),
        };
        urls.push(json!({"start": text.chars().count(), "end": 0, "url": short, "expanded_url": expanded}));
        text.push_str(&short);
        at = link.end;
    }
    text.push_str(&escaped(&post.text[at..]));
    let mut keys = Vec::new();
    for (number, id) in post.media.iter().enumerate() {
        let short = format!("https://t.co/{}pic", &post.id[15..]);
        let kind = if site.media[id].category == "tweet_video" {
            "video"
        } else {
            "photo"
        };
        let page = format!("https://x.com/{}/status/{}/{kind}/1", post.author, post.id);
        let key = format!("3_{id}");
        if number == 0 {
            text.push_str(&format!(
                "{}{short}",
                if text.is_empty() { "" } else { " " }
            ));
        }
        urls.push(json!({"url": short, "expanded_url": page, "media_key": key}));
        keys.push(key);
    }
    let created = DateTime::from_timestamp(post.at, 0).unwrap();
    let mut shown = json!({
        "id": post.id, "text": text, "created_at": created.format("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "edit_history_tweet_ids": [post.id],
    });
    if length(&post.text, &V3) > 280 {
        shown["note_tweet"] = json!({"text": text, "entities": {"urls": urls}});
        shown["text"] = json!(format!("{}…", text.chars().take(270).collect::<String>()));
    } else if !urls.is_empty() {
        shown["entities"] = json!({"urls": urls});
    }
    if !keys.is_empty() {
        shown["attachments"] = json!({"media_keys": keys});
    }
    if let Some(answered) = &post.answers {
        shown["referenced_tweets"] = json!([{"type": "replied_to", "id": answered}]);
    }
    shown
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
