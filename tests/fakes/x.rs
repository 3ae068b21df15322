//! A strict X on loopback: it refuses what the real one refuses, changes texts on their way back as the real one does, and
//! remembers what it published and what it was asked.
//!
//! Facts from docs.x.com and its openapi.json, read 2026-08 to 2026-11. Who may call is in `x_entry.rs`, what each call does
//! in `x_calls.rs`, uploads in `x_uploads.rs`, HTTP in `wire.rs`.
#![allow(dead_code)] // each suite uses its own part of this

#[path = "x_calls.rs"]
mod calls;
#[path = "x_entry.rs"]
mod entry;
#[path = "x_uploads.rs"]
mod uploads;

use crate::fake_wire::{self as wire, Reply, Request, Served};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::MutexGuard;

/// The application's own keys.
pub const API_KEY: &str = "app-k3y";
pub const API_SECRET: &str = "app-s3cret";

/// The application as OAuth 2 knows it, and where its browser is sent.
pub const CLIENT: &str = "cl1ent";
pub const REDIRECT: &str = "http://127.0.0.1:8765/callback";

/// An account.
#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub username: String,
    pub token: String,
    pub token_secret: String,
    /// Whether the keys may write.
    pub writes: bool,
    /// Longest post, weighted.
    pub limit: u32,
}

impl User {
    /// The four keys as a configuration's secret gives them.
    pub fn keys(&self) -> String {
        format!(
            "{API_KEY} {API_SECRET} {} {}",
            self.token, self.token_secret
        )
    }
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: String,
    pub author: String,
    pub text: String,
    pub media: Vec<String>,
    pub answers: Option<String>,
    /// Epoch seconds.
    pub at: i64,
}

/// Something that was uploaded.
#[derive(Clone, Debug)]
pub struct Media {
    pub owner: String,
    pub category: String,
    pub mime: String,
    pub total: usize,
    pub bytes: Vec<u8>,
    /// The piece that is wanted next.
    pub next: usize,
    /// Where the last piece begins.
    pub last: usize,
    pub finalized: bool,
    /// How often it is still "in progress".
    pub checks_left: u32,
    pub alt: String,
}

/// A code that a browser was sent back with.
#[derive(Clone, Debug)]
pub struct Code {
    pub user: String,
    pub challenge: String,
    pub redirect: String,
    pub scope: String,
    pub at: i64,
}

/// What an account granted.
#[derive(Clone, Debug)]
pub struct Grant {
    pub user: String,
    pub access: String,
    pub refresh: String,
    pub scope: String,
    pub expired: bool,
}

/// What X is like, and what happened there.
#[derive(Debug)]
pub struct Site {
    /// Seconds by which its clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// Whether an application may answer a post, its own included.
    pub replies_allowed: bool,
    /// How many more calls are paid for; `None` counts none.
    pub credits: Option<u32>,
    /// How many more calls are answered before it is too many; `None` counts none.
    pub patience: Option<u32>,
    /// How often an upload in pieces is "in progress" once it is there.
    pub rounds: u32,
    /// Whether an upload fails while it is processed.
    pub media_fails: bool,
    /// Whether a piece may come twice.
    pub takes_pieces_again: bool,
    /// No answer is given to the piece of this number, which has arrived: whoever waits can be killed meanwhile.
    pub stuck_at: Option<usize>,
    /// The application's secret, where it is a confidential one.
    pub client_secret: Option<String>,
    /// What a person grants.
    pub scopes: String,
    /// Whose browser it is.
    pub browser: String,
    /// The most that a page of posts holds.
    pub page: usize,
    /// How many posts were read, which costs.
    pub read: usize,
    pub users: Vec<User>,
    pub posts: Vec<Post>,
    pub media: BTreeMap<String, Media>,
    pub nonces: BTreeSet<String>,
    pub codes: BTreeMap<String, Code>,
    pub grants: Vec<Grant>,
    /// Method and path of every request.
    pub asked: Vec<String>,
    last: u64,
}

impl Site {
    fn new() -> Self {
        let mut site = Self {
            clock_ahead: 0,
            replies_allowed: true,
            credits: None,
            patience: None,
            rounds: 2,
            media_fails: false,
            takes_pieces_again: true,
            stuck_at: None,
            client_secret: None,
            scopes: "tweet.read tweet.write users.read media.write offline.access".to_owned(),
            browser: "100".to_owned(),
            page: 100,
            read: 0,
            users: Vec::new(),
            posts: Vec::new(),
            media: BTreeMap::new(),
            nonces: BTreeSet::new(),
            codes: BTreeMap::new(),
            grants: Vec::new(),
            asked: Vec::new(),
            last: 0,
        };
        site.add_user();
        site
    }

    /// Makes another account.
    pub fn add_user(&mut self) -> User {
        let id = 100 + self.users.len();
        let user = User {
            id: id.to_string(),
            username: format!("example{id}"),
            token: format!("{id}-t0ken"),
            token_secret: format!("t0ken-s3cret-of-{id}"),
            writes: true,
            limit: 280,
        };
        self.users.push(user.clone());
        user
    }

    /// The account that is there from the beginning.
    pub fn first(&mut self) -> &mut User {
        &mut self.users[0]
    }

    /// What an application got of an account, past the browser.
    pub fn grant(&mut self, user: &str) -> Grant {
        let scope = self.scopes.clone();
        self.granted(user, &scope)
    }

    fn granted(&mut self, user: &str, scope: &str) -> Grant {
        let number = self.number();
        let grant = Grant {
            user: user.to_owned(),
            access: format!("acc-t0ken-{number}"),
            refresh: format!("ref-t0ken-{number}"),
            scope: scope.to_owned(),
            expired: false,
        };
        self.grants.push(grant.clone());
        grant
    }

    /// Returns the next number, of 19 digits: a JavaScript number would lose some.
    fn number(&mut self) -> u64 {
        self.last += 1;
        1_800_000_000_000_000_000 + self.last
    }

    fn now(&self) -> i64 {
        now() + self.clock_ahead
    }
}

/// The server.
#[derive(Clone)]
pub struct Server(Served<Site>);

impl Server {
    pub fn start() -> Self {
        Self(Served::start(Site::new(), answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Looks at the site, or changes it.
    pub fn site(&self) -> MutexGuard<'_, Site> {
        self.0.state()
    }

    /// Returns every post, the oldest first.
    pub fn posts(&self) -> Vec<Post> {
        self.site().posts.clone()
    }

    /// Opens an address as a person's browser does who allows everything; returns where it is sent.
    pub fn allow(&self, address: &str) -> String {
        let url = url::Url::parse(address).unwrap();
        let mut stream = TcpStream::connect(self.0.address()).unwrap();
        let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let head = format!(
            "GET {target} HTTP/1.1\r\nhost: {}\r\n\r\n",
            self.0.address()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let location = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        location.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

fn answer(server: &Served<Site>, request: &Request) -> Option<Reply> {
    let (mut reply, time) = {
        let mut site = server.state();
        site.asked.push(request.call());
        (calls::answer(&mut site, request), site.now())
    };
    if request.path.ends_with("/append") {
        server.hold_while(|site| {
            let arrived = site.media.values().map(|media| media.next).max();
            site.stuck_at.is_some_and(|stuck| arrived >= Some(stuck))
        });
    }
    let date = chrono::DateTime::from_timestamp(time, 0).unwrap();
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    reply.headers.push(("date", date));
    Some(reply)
}

/// Answers as X words them.
impl Reply {
    fn data(status: u16, data: Value) -> Self {
        Self::said(status, json!({ "data": data }))
    }

    fn problem(status: u16, title: &str, detail: &str) -> Self {
        let body = json!({
            "title": title, "detail": detail, "type": "about:blank", "status": status,
        });
        Self::said(status, body)
    }

    fn invalid(detail: &str) -> Self {
        let mut reply = Self::problem(
            400,
            "Invalid Request",
            "One or more parameters to your request was invalid.",
        );
        reply.body["errors"] = json!([{ "message": detail }]);
        reply.body["detail"] = json!(detail);
        reply
    }

    fn forbidden(detail: &str) -> Self {
        Self::problem(403, "Forbidden", detail)
    }

    fn unauthorized() -> Self {
        Self::problem(401, "Unauthorized", "Unauthorized")
    }
}

/// The machine's time, in epoch seconds.
pub fn now() -> i64 {
    wire::now().timestamp()
}
