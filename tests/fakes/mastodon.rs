//! A strict Mastodon on loopback for what is attached: it works on a video before it may be posted (202, 206, 200 or 422),
//! refuses what the real one refuses, and remembers what it published.
//!
//! Facts from docs.joinmastodon.org/methods/{media,statuses} and the server's code (media_attachment.rb, attachmentable.rb),
//! read 2026-11. HTTP is in `wire.rs`; posting without media is tried with real servers.
#![allow(dead_code)] // each suite uses its own part of this

use crate::fake_wire::{FormPart, Reply, Request, Served, now};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::MutexGuard;

/// The token of an account; with more behind it, of another.
pub const TOKEN: &str = "t0ken-of-masto";

/// A video of more bytes is refused.
pub const MOST: usize = 45_000_000;

/// Something that was uploaded.
#[derive(Clone, Debug, Default)]
pub struct Media {
    pub mime: String,
    pub name: String,
    pub alt: String,
    pub bytes: Vec<u8>,
    /// How often it is still being worked on when it is asked for.
    pub rounds: u32,
    pub fails: bool,
    pub used: bool,
}

impl Media {
    fn is_video(&self) -> bool {
        self.mime.starts_with("video/")
    }
}

/// A post.
#[derive(Clone, Debug)]
pub struct Post {
    pub id: String,
    pub text: String,
    pub media: Vec<String>,
    pub answers: Option<String>,
    at: String,
    token: String,
    key: String,
}

/// What is there, and what happened.
#[derive(Debug)]
pub struct Site {
    /// How often a fresh video is asked for before it is ready, and whether it then is not.
    pub rounds: u32,
    pub fails: bool,
    /// While this is so nobody is told how far a video is.
    pub works_on: bool,
    pub media: BTreeMap<String, Media>,
    pub posts: Vec<Post>,
    pub asked: Vec<String>,
    next: u64,
}

/// The server.
#[derive(Clone, Debug)]
pub struct Server(Served<Site>);

impl Server {
    pub fn start() -> Self {
        let site = Site {
            rounds: 2,
            fails: false,
            works_on: false,
            media: BTreeMap::new(),
            posts: Vec::new(),
            asked: Vec::new(),
            next: 113,
        };
        Self(Served::start(site, answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    pub fn site(&self) -> MutexGuard<'_, Site> {
        self.0.state()
    }
}

fn refused(status: u16, words: &str) -> Reply {
    Reply::said(status, json!({"error": words}))
}

fn answer(server: &Served<Site>, request: &Request) -> Option<Reply> {
    if request.path.starts_with("/api/v1/media/") {
        server.hold_while(|site| site.works_on);
    }
    let mut site = server.state();
    site.asked.push(request.call());
    Some(site.answer(request, &server.url()))
}

impl Site {
    fn answer(&mut self, request: &Request, base: &str) -> Reply {
        let path = request.path.as_str();
        if (request.method.as_str(), path) == ("GET", "/api/v2/instance") {
            return Reply::said(200, instance());
        }
        let token = request.bearer().filter(|token| token.starts_with(TOKEN));
        let Some(token) = token.map(str::to_owned) else {
            return refused(401, "The access token is invalid");
        };
        match (request.method.as_str(), path) {
            ("GET", "/api/v1/accounts/verify_credentials") => {
                Reply::said(200, json!({"id": "1", "acct": "ada"}))
            }
            ("GET", "/api/v1/accounts/1/statuses") => {
                let before: u64 = request.asks("max_id").parse().unwrap_or(u64::MAX);
                let limit: usize = request.asks("limit").parse().unwrap_or(20).min(40);
                let older = |post: &&Post| post.id.parse::<u64>().unwrap() < before;
                let own = self.posts.iter().rev().filter(|post| post.token == token);
                let posts = own.filter(older).take(limit);
                Reply::said(200, posts.map(|post| self.shown(post, base)).collect())
            }
            ("POST", "/api/v2/media") => self.upload(request),
            ("GET", path) if path.starts_with("/api/v1/media/") => {
                self.progress(path.rsplit('/').next().unwrap_or_default())
            }
            ("POST", "/api/v1/statuses") => self.post(request, base, token),
            _ => refused(404, "Record not found"),
        }
    }

    fn upload(&mut self, request: &Request) -> Reply {
        if !request.is("multipart/form-data") {
            return refused(422, "Validation failed: File can't be blank");
        }
        let mut parts = request.parts();
        let Some(FormPart {
            file: Some(name),
            mime,
            content,
        }) = parts.remove("file")
        else {
            return refused(422, "Validation failed: File can't be blank");
        };
        let alt = parts.remove("description").unwrap_or_default().content;
        if !parts.is_empty() {
            return refused(422, "Unknown field");
        }
        let alt = String::from_utf8(alt).unwrap();
        if alt.chars().count() > 1500 {
            return refused(422, "Validation failed: Description is too long");
        }
        let is_film = content.get(4..8) == Some(b"ftyp");
        if content.is_empty() || (mime == "video/mp4") != is_film {
            return refused(
                422,
                "Validation failed: File has contents that are not what they are reported to be",
            );
        }
        if content.len() > MOST {
            return refused(422, "Validation failed: File size must be less than 45 MB");
        }
        self.next += 1;
        let id = self.next.to_string();
        let media = Media {
            rounds: if is_film { self.rounds } else { 0 },
            fails: is_film && self.fails,
            used: false,
            bytes: content,
            mime,
            name,
            alt,
        };
        // Pictures are worked on at once, anything else after the answer.
        let (status, url) = match media.is_video() {
            true => (202, Value::Null),
            false => (200, json!("https://files.test/a")),
        };
        self.media.insert(id.clone(), media);
        Reply::said(status, json!({"id": id, "type": "video", "url": url}))
    }

    fn progress(&mut self, id: &str) -> Reply {
        let Some(media) = self.media.get_mut(id).filter(|media| !media.used) else {
            return refused(404, "Record not found");
        };
        let said = json!({"id": id, "type": "video", "url": null});
        match media.rounds.checked_sub(1) {
            Some(left) => {
                media.rounds = left;
                Reply::said(206, said)
            }
            None if media.fails => refused(422, "Error processing thumbnail for uploaded media"),
            None => Reply::said(200, said),
        }
    }

    fn post(&mut self, request: &Request, base: &str, token: String) -> Reply {
        let body = request.json();
        let known = [
            "status",
            "media_ids",
            "in_reply_to_id",
            "sensitive",
            "spoiler_text",
            "visibility",
            "language",
        ];
        let Some(fields) = body.as_object() else {
            return refused(400, "Not JSON");
        };
        if let Some(field) = fields.keys().find(|field| !known.contains(&field.as_str())) {
            return refused(422, &format!("Unknown field {field}"));
        }
        let key = request.header("idempotency-key").to_owned();
        if let Some(post) = self.posts.iter().find(|post| post.key == key) {
            return Reply::said(200, self.shown(post, base));
        }
        let ids: Vec<String> = (body["media_ids"].as_array().into_iter().flatten())
            .map(|id| id.as_str().unwrap_or_default().to_owned())
            .collect();
        let media: Vec<&Media> = ids.iter().filter_map(|id| self.media.get(id)).collect();
        if media.len() < ids.len() || media.iter().any(|media| media.used) {
            return refused(422, "Validation failed: Media could not be found");
        }
        if media.iter().any(|media| media.rounds > 0 || media.fails) {
            return refused(
                422,
                "Cannot attach files that have not finished processing. Try again in a moment!",
            );
        }
        if media.len() > 4 {
            return refused(422, "Cannot attach more than 4 files");
        }
        if media.len() > 1 && media.iter().any(|media| media.is_video()) {
            return refused(
                422,
                "Cannot attach a video to a post that already contains images",
            );
        }
        let text = body["status"].as_str().unwrap_or_default();
        if text.is_empty() && ids.is_empty() {
            return refused(422, "Validation failed: Text can't be blank");
        }
        for id in &ids {
            self.media.get_mut(id).unwrap().used = true;
        }
        self.next += 1;
        let post = Post {
            id: self.next.to_string(),
            text: text.to_owned(),
            media: ids,
            answers: body["in_reply_to_id"].as_str().map(str::to_owned),
            at: now().to_rfc3339(),
            token,
            key,
        };
        let shown = self.shown(&post, base);
        self.posts.push(post);
        Reply::said(200, shown)
    }

    fn shown(&self, post: &Post, base: &str) -> Value {
        let media: Vec<Value> = (post.media.iter())
            .map(|id| json!({"id": id, "type": "video", "description": self.media[id].alt}))
            .collect();
        json!({
            "id": post.id, "url": format!("{base}/@ada/{}", post.id), "visibility": "public",
            "created_at": post.at, "content": format!("<p>{}</p>", post.text),
            "in_reply_to_id": post.answers, "media_attachments": media, "spoiler_text": "",
        })
    }
}

fn instance() -> Value {
    json!({"domain": "masto.test", "configuration": {
        "statuses": {"max_characters": 500, "characters_reserved_per_url": 23, "max_media_attachments": 4},
        "media_attachments": {
            "supported_mime_types": ["image/jpeg", "image/png", "image/gif", "image/webp", "video/webm", "video/mp4"],
            "description_limit": 1500, "image_size_limit": 16_777_216, "image_matrix_limit": 33_177_600,
            "video_size_limit": MOST, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400,
        },
    }})
}
