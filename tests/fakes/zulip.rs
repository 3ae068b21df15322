//! A strict Zulip server on loopback: it refuses what the real one refuses, cuts silently what the real one cuts, and
//! remembers what it published.
//!
//! Facts from zulip.com/api and the server's code, read 2026-11. It knows no idempotency: a second send is a second
//! message. What each call does is in `zulip_calls.rs`, HTTP in `wire.rs`.
#![allow(dead_code)] // each suite uses its own part of this

#[path = "zulip_calls.rs"]
mod calls;

use crate::fake_wire::{self as wire, Reply, Request, Served};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::MutexGuard;

/// The bot that is there from the beginning, and its key.
pub const BOT: &str = "herald-bot@zulip.test";
pub const KEY: &str = "bot-k3y";

/// A person or a bot.
#[derive(Clone, Debug)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub key: String,
    /// 100 owner, 200 administrator, 400 member.
    pub role: u32,
    pub owner: Option<u64>,
    pub active: bool,
    /// May only send.
    pub webhook: bool,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Stream {
    pub id: u64,
    pub name: String,
    pub archived: bool,
    /// Who sees it; `None` is everybody.
    pub subscribers: Option<Vec<u64>>,
    /// Who may post; `None` is everybody.
    pub posters: Option<Vec<u64>>,
}

/// A message that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: u64,
    pub sender: u64,
    pub stream: u64,
    pub topic: String,
    pub content: String,
    pub timestamp: i64,
    pub edited: Option<i64>,
}

/// What the organization is like, and what happened there.
#[derive(Debug)]
pub struct Realm {
    pub level: u32,
    pub max_content: usize,
    pub max_topic: usize,
    pub max_upload: usize,
    pub mandatory_topics: bool,
    pub wildcards_allowed: bool,
    pub edits_allowed: bool,
    pub deletions_allowed: bool,
    /// How many more requests are answered before it is too many; `None` counts none.
    pub patience: Option<u32>,
    pub users: Vec<User>,
    pub streams: Vec<Stream>,
    pub messages: Vec<Message>,
    /// By address.
    pub uploads: BTreeMap<String, Vec<u8>>,
    /// Open queues of events.
    pub queues: Vec<String>,
    /// Method and path of every request.
    pub asked: Vec<String>,
}

impl Realm {
    fn new() -> Self {
        let user = |id, name: &str, email: &str, key: &str, role, owner| User {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            key: key.to_owned(),
            role,
            owner,
            active: true,
            webhook: false,
        };
        let stream = |id, name: &str| Stream {
            id,
            name: name.to_owned(),
            archived: false,
            subscribers: None,
            posters: None,
        };
        Self {
            level: 400,
            max_content: 10_000,
            max_topic: 60,
            max_upload: 25 * 1024 * 1024,
            mandatory_topics: false,
            wildcards_allowed: true,
            edits_allowed: true,
            deletions_allowed: true,
            patience: None,
            users: vec![
                user(7, "Ada Løvelace", "ada@zulip.test", "ada-k3y", 400, None),
                user(8, "Herald", BOT, KEY, 400, Some(7)),
                user(9, "Otto", "otto@zulip.test", "otto-k3y", 200, None),
            ],
            streams: vec![stream(41, "general"), stream(42, "big announce")],
            messages: Vec::new(),
            uploads: BTreeMap::new(),
            queues: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Makes another bot of Ada's.
    pub fn add_bot(&mut self) -> User {
        let id = 1000 + self.users.len() as u64;
        let bot = User {
            id,
            name: format!("Bot {id}"),
            email: format!("bot{id}@zulip.test"),
            key: format!("key-of-{id}"),
            role: 400,
            owner: Some(7),
            active: true,
            webhook: false,
        };
        self.users.push(bot.clone());
        bot
    }

    /// Returns the channel that tests post to.
    pub fn announce(&mut self) -> &mut Stream {
        &mut self.streams[1]
    }
}

/// The server.
#[derive(Clone)]
pub struct Server(Served<Realm>);

impl Server {
    pub fn start() -> Self {
        Self(Served::start(Realm::new(), answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Looks at the organization, or changes it.
    pub fn realm(&self) -> MutexGuard<'_, Realm> {
        self.0.state()
    }

    /// Returns every message, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.realm().messages.clone()
    }
}

fn answer(server: &Served<Realm>, request: &Request) -> Option<Reply> {
    let mut realm = server.state();
    realm.asked.push(request.call());
    let mut reply = calls::answer(&mut realm, request);
    let is_told = |(name, _): &(&str, String)| name.starts_with("X-RateLimit");
    if !reply.headers.iter().any(is_told) {
        reply.headers.extend([
            ("X-RateLimit-Limit", "200".to_owned()),
            ("X-RateLimit-Remaining", "187".to_owned()),
            ("X-RateLimit-Reset", (now() + 60).to_string()),
        ]);
    }
    Some(reply)
}

/// Answers as Zulip words them.
impl Reply {
    fn success(mut body: Value) -> Self {
        body["result"] = json!("success");
        body["msg"] = json!("");
        Self::said(200, body)
    }

    fn error(status: u16, code: &str, words: &str) -> Self {
        Self::said(
            status,
            json!({"result": "error", "msg": words, "code": code}),
        )
    }

    fn bad(words: &str) -> Self {
        Self::error(400, "BAD_REQUEST", words)
    }
}

/// Epoch seconds.
fn now() -> i64 {
    wire::now().timestamp()
}
