//! A strict LinkedIn on loopback: it refuses what the real one refuses, cuts silently what the real one cuts, and remembers
//! what it published.
//!
//! Facts from learn.microsoft.com (li-lms-2026-05) and from working clients, read 2026-11. What the calls do is in
//! `linkedin_calls.rs` (reading, uploads, who may), `linkedin_videos.rs` and `linkedin_posts.rs` (posts), the login in
//! `linkedin_login.rs`.
#![allow(dead_code)] // each suite uses its own part of this

#[path = "linkedin_calls.rs"]
mod calls;
#[path = "linkedin_login.rs"]
mod login;
#[path = "linkedin_posts.rs"]
mod posts;
#[path = "linkedin_videos.rs"]
mod videos;

use crate::fake_wire::{self as wire, Reply, Request, Served};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::MutexGuard;
use std::time::Duration;

/// The application that is registered, and its secret.
pub const APP: &str = "app-78x";
pub const APP_SECRET: &str = "app-s3cret";
/// Where it lets browsers be sent back to.
pub const REDIRECT: &str = "http://localhost:8765/callback";
/// The person who is there from the beginning.
pub const ADA: &str = "AdaL-1";
/// The page on which Ada has a role.
pub const PAGE: u64 = 5_515_715;
/// A token of Ada's for everything.
pub const TOKEN: &str = "t0ken-of-ada";

/// All that a page needs, and all that a member needs.
pub const PAGE_SCOPES: &str = "w_organization_social,r_organization_social,rw_organization_admin";
pub const MEMBER_SCOPES: &str = "openid,profile,w_member_social";

/// What a token is good for.
#[derive(Clone, Debug)]
pub struct Token {
    pub person: String,
    pub scopes: BTreeSet<String>,
    pub expired: bool,
}

impl Token {
    pub fn of(person: &str, scopes: &str) -> Self {
        Self {
            person: person.to_owned(),
            scopes: scopes.split(',').map(str::to_owned).collect(),
            expired: false,
        }
    }

    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }
}

/// Something uploaded.
#[derive(Clone, Debug, Default)]
pub struct Asset {
    pub owner: String,
    pub bytes: Option<Vec<u8>>,
    /// How often it is asked for before it is ready.
    pub waits: u32,
    pub fails: bool,
    /// Its parts, where it is a video.
    pub film: Option<videos::Film>,
}

impl Asset {
    pub fn is_available(&self) -> bool {
        self.bytes.is_some() && self.waits == 0 && !self.fails
    }
}

/// A post that was published.
#[derive(Clone, Debug)]
pub struct Post {
    pub urn: String,
    pub author: String,
    /// As people see it: what follows an unescaped reserved character is gone.
    pub shown: String,
    pub commentary: String,
    /// The whole body that made it.
    pub body: Value,
    pub created: i64,
    pub modified: i64,
    pub state: String,
}

/// What is there, and what happened.
#[derive(Debug)]
pub struct World {
    /// Versions before it have ended.
    pub oldest_version: u32,
    /// Whether the application was given a refresh token.
    pub refreshes: bool,
    /// Scopes of the products that the application has.
    pub products: BTreeSet<String>,
    pub people: BTreeMap<String, String>,
    /// Person, page, role.
    pub roles: Vec<(String, u64, String)>,
    pub tokens: BTreeMap<String, Token>,
    /// Code: person and scopes. Good once.
    pub codes: BTreeMap<String, (String, String)>,
    pub refresh_tokens: BTreeMap<String, (String, String)>,
    pub assets: BTreeMap<String, Asset>,
    /// How often a fresh upload is asked for before it is ready, and whether it then is.
    pub processing: u32,
    pub processing_fails: bool,
    /// How long the places of a video can be used, in milliseconds.
    pub upload_life: i64,
    /// Whether the answer to a part names it.
    pub names_parts: bool,
    /// Parts of a video from this one on are not answered while this is so.
    pub stuck_at: Option<usize>,
    /// How long each part of a video takes.
    pub slow: Duration,
    pub posts: Vec<Post>,
    /// Author and text of what was deleted: it is called a duplicate for a day or two.
    pub remembered: Vec<(String, String)>,
    /// How many more requests are answered before it is too many; `None` counts none.
    pub patience: Option<u32>,
    /// Whether a fresh post is named in the answer.
    pub names_posts: bool,
    pub asked: Vec<String>,
    next: u64,
}

impl World {
    fn new() -> Self {
        let words = |text: &str| text.split(',').map(str::to_owned).collect();
        let all = format!("{PAGE_SCOPES},{MEMBER_SCOPES}");
        Self {
            oldest_version: 202_601,
            refreshes: false,
            products: words(&all),
            people: [(ADA.to_owned(), "Ada Løvelace".to_owned())].into(),
            roles: vec![(ADA.to_owned(), PAGE, "ADMINISTRATOR".to_owned())],
            tokens: [(TOKEN.to_owned(), Token::of(ADA, &all))].into(),
            codes: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            assets: BTreeMap::new(),
            processing: 1,
            processing_fails: false,
            upload_life: 86_400_000,
            names_parts: true,
            stuck_at: None,
            slow: Duration::ZERO,
            posts: Vec::new(),
            remembered: Vec::new(),
            patience: None,
            names_posts: true,
            asked: Vec::new(),
            next: 7_000_000_000,
        }
    }

    /// Makes a number that was never used.
    pub fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Makes another person with a page and a token for it.
    pub fn add_page(&mut self) -> (u64, String) {
        let page = self.fresh();
        let person = format!("P{page}");
        let token = format!("token-{page}");
        self.people.insert(person.clone(), format!("Person {page}"));
        self.roles
            .push((person.clone(), page, "CONTENT_ADMIN".to_owned()));
        self.tokens
            .insert(token.clone(), Token::of(&person, PAGE_SCOPES));
        (page, token)
    }

    /// Makes another person with a token of their own.
    pub fn add_member(&mut self) -> (String, String) {
        let person = format!("M{}", self.fresh());
        let token = format!("token-{person}");
        self.people.insert(person.clone(), person.clone());
        self.tokens
            .insert(token.clone(), Token::of(&person, MEMBER_SCOPES));
        (person, token)
    }

    pub fn may_post_as(&self, person: &str, page: u64) -> bool {
        let roles = [
            "ADMINISTRATOR",
            "CONTENT_ADMIN",
            "DIRECT_SPONSORED_CONTENT_POSTER",
        ];
        self.roles.iter().any(|(who, where_, role)| {
            who == person && *where_ == page && roles.contains(&role.as_str())
        })
    }
}

/// The server.
#[derive(Clone)]
pub struct Server(Served<World>);

impl Server {
    pub fn start() -> Self {
        Self(Served::start(World::new(), answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Looks at the world, or changes it.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0.state()
    }

    /// Returns every post, the oldest first.
    pub fn posts(&self) -> Vec<Post> {
        self.world().posts.clone()
    }

    /// Does what a person does who opens the address of a login in a browser and allows it; returns where the browser ends.
    pub fn allow(&self, address: &str, person: &str) -> String {
        login::allow(&mut self.world(), address, person)
    }
}

/// Holds a part of a video back as the world says.
fn hold_back(server: &Served<World>, request: &Request) {
    let Some(part) = (request.path.strip_prefix("/uploads/parts/"))
        .and_then(|place| place.split_once('/'))
        .and_then(|(_, part)| part.parse::<usize>().ok())
    else {
        return;
    };
    let slow = server.state().slow;
    std::thread::sleep(slow);
    server.hold_while(|world| world.stuck_at.is_some_and(|stuck| part >= stuck));
}

fn answer(server: &Served<World>, request: &Request) -> Option<Reply> {
    hold_back(server, request);
    let mut world = server.state();
    world.asked.push(request.call());
    let mut reply = match request.path.as_str() {
        "/oauth/v2/accessToken" => login::token(&mut world, request),
        _ => calls::answer(&mut world, &server.url(), request),
    };
    reply.headers.push(("x-li-uuid", "AAY".to_owned()));
    Some(reply)
}

impl Reply {
    /// A refusal as LinkedIn words it.
    fn refused(status: u16, code: &str, words: &str) -> Self {
        Self::said(
            status,
            json!({"status": status, "code": code, "message": words}),
        )
    }
}

/// Epoch milliseconds.
pub fn now() -> i64 {
    wire::now().timestamp_millis()
}
