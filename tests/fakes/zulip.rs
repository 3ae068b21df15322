//! A strict Zulip server on loopback: it refuses what the real one refuses, cuts silently what the real one cuts, and
//! remembers what it published.
//!
//! Facts from zulip.com/api and the server's code, read 2026-11. It knows no idempotency: a second send is a second
//! message. One request for each connection, answered by a thread of its own; what each call does is in `zulip_calls.rs`.
#![allow(dead_code)] // each suite uses its own part of this

#[path = "zulip_calls.rs"]
mod calls;

use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The server; its thread ends with the process.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    realm: Arc<Mutex<Realm>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            realm: Arc::new(Mutex::new(Realm::new())),
        };
        let realm = Arc::clone(&server.realm);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let realm = Arc::clone(&realm);
                std::thread::spawn(move || {
                    // Whoever is gone before the answer came does not hear it.
                    let _ = serve(stream, &realm);
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at the organization, or changes it.
    pub fn realm(&self) -> MutexGuard<'_, Realm> {
        self.realm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns every message, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.realm().messages.clone()
    }
}

/// A request, taken apart.
struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns what was sent as a form; JSON is none, as on the real server.
    fn form(&self) -> BTreeMap<String, String> {
        let is_form = self
            .header("content-type")
            .starts_with("application/x-www-form-urlencoded");
        match is_form {
            true => url::form_urlencoded::parse(&self.body)
                .into_owned()
                .collect(),
            false => BTreeMap::new(),
        }
    }

    /// Returns name and password of HTTP Basic.
    fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization").strip_prefix("Basic ")?;
        let plain = base64::engine::general_purpose::STANDARD
            .decode(encoded)
            .ok()?;
        let plain = String::from_utf8(plain).ok()?;
        let (name, password) = plain.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }
}

/// An answer: status, what is said, further headers.
struct Reply {
    status: u16,
    body: Value,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn success(mut body: Value) -> Self {
        body["result"] = json!("success");
        body["msg"] = json!("");
        Self {
            status: 200,
            body,
            headers: Vec::new(),
        }
    }

    fn error(status: u16, code: &str, words: &str) -> Self {
        Self {
            status,
            body: json!({"result": "error", "msg": words, "code": code}),
            headers: Vec::new(),
        }
    }

    fn bad(words: &str) -> Self {
        Self::error(400, "BAD_REQUEST", words)
    }
}

fn now() -> i64 {
    let (seconds, _) = uuid::Uuid::now_v7().get_timestamp().unwrap().to_unix();
    i64::try_from(seconds).unwrap()
}

fn serve(stream: TcpStream, realm: &Mutex<Realm>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
            None => break,
        }
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let url = url::Url::parse(&format!("http://zulip.test{target}")).unwrap();
    let request = Request {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers,
        body,
    };
    let reply = {
        let mut realm = realm.lock().unwrap_or_else(PoisonError::into_inner);
        realm
            .asked
            .push(format!("{} {}", request.method, request.path));
        calls::answer(&mut realm, &request)
    };
    let text = reply.body.to_string();
    let mut head = format!(
        "HTTP/1.1 {} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n",
        reply.status,
        text.len()
    );
    if !reply
        .headers
        .iter()
        .any(|(name, _)| name.starts_with("X-RateLimit"))
    {
        let reset = now() + 60;
        head.push_str(&format!(
            "X-RateLimit-Limit: 200\r\nX-RateLimit-Remaining: 187\r\nX-RateLimit-Reset: {reset}\r\n"
        ));
    }
    for (name, value) in reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n{text}").as_bytes())
}
