//! Posts on the strict LinkedIn: what is required of one, what is cut off it, what counts as a duplicate, finding and changing.

use super::calls::{bad, may_act, may_read, not_enough, only};
use super::{Post, Token, World, now};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};

const REQUIRED: [&str; 6] = [
    "author",
    "commentary",
    "visibility",
    "distribution",
    "lifecycleState",
    "isReshareDisabledByAuthor",
];

fn unfit(words: &str) -> Reply {
    Reply::refused(422, "UNPROCESSABLE_ENTITY", words)
}

pub fn create(world: &mut World, request: &Request, token: &Token) -> Reply {
    let body = request.json();
    match check(world, &body, token) {
        Err(refused) => refused,
        Ok(()) => publish(world, body),
    }
}

fn check(world: &World, body: &Value, token: &Token) -> Result<(), Reply> {
    let missing: Vec<String> = (REQUIRED.iter())
        .filter(|name| body.get(**name).is_none())
        .map(|name| format!("/{name} :: field is required but not found and has no default value"))
        .collect();
    if !missing.is_empty() {
        return Err(unfit(&format!("ERROR :: {}", missing.join("\n"))));
    }
    let mut known = REQUIRED.to_vec();
    known.push("content");
    only(body, &known)?;
    let author = body["author"].as_str().unwrap_or_default();
    may_act(world, token, author, "posts.CREATE")?;
    let distribution = &body["distribution"];
    only(
        distribution,
        &[
            "feedDistribution",
            "targetEntities",
            "thirdPartyDistributionChannels",
        ],
    )?;
    let is_usual = distribution["feedDistribution"] == "MAIN_FEED"
        && body["lifecycleState"] == "PUBLISHED"
        && body["isReshareDisabledByAuthor"].is_boolean();
    let visibilities = match author.starts_with("urn:li:person:") {
        true => &["PUBLIC", "CONNECTIONS", "LOGGED_IN"][..],
        false => &["PUBLIC", "LOGGED_IN"],
    };
    let visibility = body["visibility"].as_str().unwrap_or_default();
    if !is_usual || !visibilities.contains(&visibility) {
        return Err(unfit("ERROR :: a field has a value that is not allowed"));
    }
    let commentary = body["commentary"].as_str().unwrap_or_default();
    if shown(commentary).encode_utf16().count() > 3000 {
        return Err(unfit("ERROR :: /commentary :: length exceeds 3000"));
    }
    if let Some(content) = body.get("content") {
        check_content(world, author, content)?;
    } else if commentary.is_empty() {
        return Err(unfit("ERROR :: a post without text and content"));
    }
    Ok(())
}

fn check_content(world: &World, author: &str, content: &Value) -> Result<(), Reply> {
    let Some(fields) = content.as_object().filter(|fields| fields.len() == 1) else {
        return Err(unfit(
            "ERROR :: /content :: must be exactly one of its kinds",
        ));
    };
    for (kind, value) in fields {
        match kind.as_str() {
            "media" => {
                only(value, &["id", "altText", "title"])?;
                let is_document = is_of_kind(value, "document");
                if is_document && value["title"].as_str().is_none_or(str::is_empty) {
                    return Err(unfit("ERROR :: /content/media/title :: a document has one"));
                }
                check_media(world, author, value)?;
            }
            "multiImage" => {
                only(value, &["images"])?;
                let images = value["images"].as_array().cloned().unwrap_or_default();
                if !(2..=20).contains(&images.len()) {
                    return Err(unfit("ERROR :: /content/multiImage/images :: 2 to 20"));
                }
                for image in &images {
                    only(image, &["id", "altText"])?;
                    if !is_of_kind(image, "image") {
                        return Err(unfit("ERROR :: /content/multiImage/images :: no image"));
                    }
                    check_media(world, author, image)?;
                }
            }
            "article" => {
                only(value, &["source", "title", "description", "thumbnail"])?;
                for needed in ["source", "title"] {
                    if value[needed].as_str().is_none_or(str::is_empty) {
                        return Err(unfit(&format!("ERROR :: /content/article/{needed}")));
                    }
                }
                if let Some(thumbnail) = value.get("thumbnail") {
                    check_media(world, author, &json!({ "id": thumbnail }))?;
                }
            }
            _ => return Err(unfit("ERROR :: /content :: unrecognized")),
        }
    }
    Ok(())
}

fn is_of_kind(media: &Value, kind: &str) -> bool {
    let id = media["id"].as_str().unwrap_or_default();
    id.starts_with(&format!("urn:li:{kind}:"))
}

fn check_media(world: &World, author: &str, media: &Value) -> Result<(), Reply> {
    let alt = media["altText"].as_str().unwrap_or_default();
    if alt.chars().count() > 4086 {
        return Err(unfit("ERROR :: altText :: too long"));
    }
    match media["id"].as_str().and_then(|urn| world.assets.get(urn)) {
        None => Err(unfit("ERROR :: /content :: no such asset")),
        Some(asset) if asset.owner != author => {
            Err(unfit("ERROR :: /content :: its owner is not the author"))
        }
        Some(asset) if !asset.is_available() => Err(Reply::refused(
            400,
            "MEDIA_ASSET_PROCESSING",
            "The asset is not AVAILABLE yet",
        )),
        Some(_) => Ok(()),
    }
}

fn publish(world: &mut World, body: Value) -> Reply {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (author, commentary) = (text("author"), text("commentary"));
    let twin = |post: &&Post| post.author == author && post.commentary == kept(&commentary);
    let named = match world.posts.iter().find(twin) {
        Some(twin) if !commentary.is_empty() => Some(twin.urn.clone()),
        _ if world
            .remembered
            .contains(&(author.clone(), commentary.clone())) =>
        {
            Some(format!("urn:li:share:{}", world.fresh()))
        }
        _ => None,
    };
    if let Some(urn) = named {
        return Reply::said(
            422,
            json!({
                "status": 422, "code": "UNPROCESSABLE_ENTITY",
                "message": format!("Content is a duplicate of {urn}"),
                "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST", "description": "Duplicate"}]},
            }),
        );
    }
    let urn = format!("urn:li:share:{}", world.fresh());
    world.posts.push(Post {
        urn: urn.clone(),
        author,
        shown: shown(&commentary),
        commentary: kept(&commentary),
        body,
        created: now(),
        modified: now(),
        state: "PUBLISHED".to_owned(),
    });
    let mut reply = Reply::empty(201);
    if world.names_posts {
        reply.headers.push(("x-linkedin-id", urn.clone()));
        reply.headers.push(("x-restli-id", urn));
    }
    reply
}

/// Returns what people see: escapes and templates read, and nothing of what follows an unescaped reserved character.
pub fn shown(commentary: &str) -> String {
    let (mut out, mut rest) = (String::new(), commentary);
    while let Some((words, length)) = element(rest) {
        out.push_str(&words);
        rest = &rest[length..];
    }
    out
}

/// Returns what is kept of a text.
fn kept(commentary: &str) -> String {
    let mut rest = commentary;
    while let Some((_, length)) = element(rest) {
        rest = &rest[length..];
    }
    commentary[..commentary.len() - rest.len()].to_owned()
}

/// Reads the first element of a text: its words, and how long it is; `None` at the end, or where the text is cut.
fn element(text: &str) -> Option<(String, usize)> {
    const RESERVED: &str = "\\|{}@[]()<>#*_~";
    let first = text.chars().next()?;
    if first == '\\' {
        let escaped = text[1..].chars().next().filter(|c| RESERVED.contains(*c))?;
        return Some((escaped.to_string(), 2));
    }
    if let Some(rest) = text.strip_prefix("{hashtag|") {
        let (sign, rest) = rest.split_once('|')?;
        let (word, length) = until(rest, '}')?;
        let sign = sign.trim_start_matches('\\');
        let is_sign = sign == "#" || sign == "＃";
        let used = text.len() - rest.len() + length;
        return is_sign.then(|| (format!("#{word}"), used));
    }
    if let Some(rest) = text.strip_prefix("@[") {
        let (name, length) = until(rest, ']')?;
        let after = rest[length..].strip_prefix('(')?;
        let (urn, _) = after.split_once(')')?;
        let fits = urn.starts_with("urn:li:organization:") || urn.starts_with("urn:li:person:");
        return fits.then(|| (name, 2 + length + urn.len() + 2));
    }
    if first == '#' {
        let word = text[1..].chars().next().is_some_and(char::is_alphanumeric);
        return word.then(|| ("#".to_owned(), 1));
    }
    (!RESERVED.contains(first)).then(|| (first.to_string(), first.len_utf8()))
}

/// Reads escaped text up to an end; returns it and how long it is with its end.
fn until(text: &str, end: char) -> Option<(String, usize)> {
    let (mut out, mut at) = (String::new(), 0);
    loop {
        let rest = &text[at..];
        if rest.starts_with(end) {
            return Some((out, at + end.len_utf8()));
        }
        let (words, length) = element(rest)?;
        out.push_str(&words);
        at += length;
    }
}

fn described(post: &Post) -> Value {
    let mut described = json!({
        "id": post.urn, "author": post.author, "commentary": post.commentary, "lifecycleState": post.state,
        "createdAt": post.created, "publishedAt": post.created, "lastModifiedAt": post.modified,
        "visibility": post.body["visibility"],
    });
    if let Some(content) = post.body.get("content") {
        described["content"] = content.clone();
    }
    described
}

pub fn by_author(world: &World, request: &Request, token: &Token) -> Reply {
    if request.header("x-restli-method") != "FINDER" || request.asks("q") != "author" {
        return bad("Unknown finder");
    }
    let author = request.asks("author");
    if !may_read(world, token, author) {
        return not_enough("posts.FINDER-author");
    }
    let start: usize = request.asks("start").parse().unwrap_or(0);
    let count: usize = request.asks("count").parse().unwrap_or(10);
    if count > 100 {
        return bad("count must be at most 100");
    }
    let mut own: Vec<&Post> = (world.posts.iter())
        .filter(|post| post.author == author)
        .collect();
    match request.asks("sortBy") {
        "LAST_MODIFIED" => own.sort_by_key(|post| std::cmp::Reverse(post.modified)),
        _ => own.sort_by_key(|post| std::cmp::Reverse(post.created)),
    }
    let elements: Vec<Value> = (own.into_iter().skip(start).take(count))
        .map(described)
        .collect();
    Reply::said(
        200,
        json!({"elements": elements, "paging": {"start": start, "count": count, "links": []}}),
    )
}

/// One post, by its name: reading, deleting, changing its text.
pub fn one(world: &mut World, request: &Request, token: &Token, urn: &str) -> Reply {
    let at = world.posts.iter().position(|post| post.urn == urn);
    let method = request.header("x-restli-method").to_owned();
    match (request.method.as_str(), at) {
        ("GET", None) => Reply::refused(404, "RESOURCE_NOT_FOUND", "Could not find entity"),
        ("GET", Some(at)) => match may_read(world, token, &world.posts[at].author) {
            true => Reply::said(200, described(&world.posts[at])),
            false => not_enough("posts.GET"),
        },
        ("DELETE", _) if method != "DELETE" => bad("X-RestLi-Method must be DELETE"),
        ("DELETE", None) => Reply::empty(204),
        ("DELETE", Some(at)) => {
            let author = world.posts[at].author.clone();
            if let Err(refused) = may_act(world, token, &author, "posts.DELETE") {
                return refused;
            }
            let gone = world.posts.remove(at);
            world.remembered.push((gone.author, gone.commentary));
            Reply::empty(204)
        }
        ("POST", _) if method != "PARTIAL_UPDATE" => bad("X-RestLi-Method must be PARTIAL_UPDATE"),
        ("POST", None) => Reply::refused(404, "RESOURCE_NOT_FOUND", "Could not find entity"),
        ("POST", Some(at)) => {
            let author = world.posts[at].author.clone();
            if let Err(refused) = may_act(world, token, &author, "posts.PARTIAL_UPDATE") {
                return refused;
            }
            let body = request.json();
            let set = &body["patch"]["$set"];
            if let Err(refused) = only(&body, &["patch"])
                .and_then(|()| only(&body["patch"], &["$set"]))
                .and_then(|()| only(set, &["commentary"]))
            {
                return refused;
            }
            let commentary = set["commentary"].as_str().unwrap_or_default();
            let post = &mut world.posts[at];
            post.shown = shown(commentary);
            post.commentary = kept(commentary);
            post.modified = now();
            Reply::empty(204)
        }
        _ => bad("Unknown method"),
    }
}
