//! A strict YouTube on loopback: it refuses what the real one refuses, and remembers what it published.
//!
//! Facts from developers.google.com/youtube/v3 and /identity (read 2026-11). Bodies are checked against the API's discovery
//! document where `MASTHEAD_YOUTUBE_DISCOVERY` or `MASTHEAD_VECTORS` names it. What each call does is in
//! `youtube_calls.rs`, HTTP in `wire.rs`.
#![allow(dead_code)] // each suite uses its own part of this

#[path = "youtube_calls.rs"]
mod calls;
#[path = "youtube_captions.rs"]
pub mod captions;

use crate::fake_wire::{Reply, Request, Served};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

pub const CLIENT: &str = "client-1.apps.test";
pub const CLIENT_SECRET: &str = "client-s3cret";
pub const REFRESH: &str = "refresh-t0ken";
/// What a device may be granted, and what captions want.
pub const WIDE: &str = "https://www.googleapis.com/auth/youtube";
pub const FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
pub const OWN: &str = "UCabcdefghijklmnopqrstuv";

/// An upload that has begun.
#[derive(Clone, Debug)]
pub struct Session {
    pub total: u64,
    pub mime: String,
    pub bytes: Vec<u8>,
    pub resource: Value,
    /// The video that it became.
    pub video: Option<String>,
}

/// A video.
#[derive(Clone, Debug)]
pub struct Video {
    pub id: String,
    pub resource: Value,
    pub bytes: Vec<u8>,
    pub at: String,
    pub ready_at: Instant,
    pub thumbnail: Option<Vec<u8>>,
    pub captions: Vec<captions::Track>,
}

/// What the service is like, and what happened there.
#[derive(Debug)]
pub struct State {
    pub access: Vec<String>,
    pub next: u64,
    pub sessions: BTreeMap<String, Session>,
    pub videos: Vec<Video>,
    /// Method and path of every request.
    pub asked: Vec<String>,
    /// Whether the person has allowed the device; how often it is asked before.
    pub pending: u32,
    pub testing: bool,
    pub audited: bool,
    pub has_channel: bool,
    pub revoked: bool,
    pub failure: Option<&'static str>,
    pub processing: Duration,
    /// How long each piece takes.
    pub slow: Duration,
    /// Before the next piece the same one arrives that an earlier run had on its way.
    pub overtaken: bool,
    /// Refuses the next calls to begin with this reason.
    pub refuse: Option<(u16, &'static str)>,
    /// Refuses every other call with it.
    pub refuse_all: Option<(u16, &'static str)>,
    /// Whose login it is.
    pub own: &'static str,
    /// What a browser was sent to allow: the challenge, and where it is sent back to.
    pub allowed: Option<(String, String)>,
    /// What logins were granted.
    pub scopes: String,
    /// Captions that have begun.
    pub caption_sessions: BTreeMap<String, Value>,
    /// So many captions are answered with 503, before and after they were taken.
    pub caption_errors: u32,
    pub lose_captions: u32,
    /// So many thumbnails are answered with 503.
    pub thumbnail_errors: u32,
    /// The answers to so many last pieces are lost.
    pub lose: u32,
    /// So many last pieces are answered with 503 after they were taken.
    pub backend_errors: u32,
    schemas: Option<Value>,
}

/// The server.
#[derive(Clone)]
pub struct Server(Served<State>);

/// Returns the discovery document's schemas, where it is at hand.
fn schemas() -> Option<Value> {
    let named = std::env::var_os("MASTHEAD_YOUTUBE_DISCOVERY").map(PathBuf::from);
    let path = named.or_else(|| {
        let folder = std::env::var_os("MASTHEAD_VECTORS").map(PathBuf::from)?;
        Some(folder.join("youtube/discovery-youtube-v3-subset.json"))
    });
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    let Some(text) = text else {
        eprintln!(
            "skipped: bodies are not checked against YouTube's discovery document (MASTHEAD_YOUTUBE_DISCOVERY)"
        );
        return None;
    };
    let mut document: Value = serde_json::from_str(&text).unwrap();
    Some(document["schemas"].take()).filter(Value::is_object)
}

impl Server {
    pub fn start() -> Self {
        let state = State {
            access: Vec::new(),
            next: 1,
            sessions: BTreeMap::new(),
            videos: Vec::new(),
            asked: Vec::new(),
            pending: 1,
            testing: false,
            audited: true,
            has_channel: true,
            revoked: false,
            failure: None,
            processing: Duration::from_millis(200),
            slow: Duration::ZERO,
            refuse: None,
            refuse_all: None,
            own: OWN,
            allowed: None,
            scopes: WIDE.to_owned(),
            caption_sessions: BTreeMap::new(),
            caption_errors: 0,
            lose_captions: 0,
            thumbnail_errors: 0,
            lose: 0,
            backend_errors: 0,
            overtaken: false,
            schemas: schemas(),
        };
        Self(Served::start(state, answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Looks at the service, or changes it.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.state()
    }

    /// Does what a person does who opens the address of a login in a browser and allows it; returns where the browser ends.
    pub fn allow(&self, address: &str) -> String {
        calls::allow(&mut self.state(), address)
    }

    pub fn videos(&self) -> Vec<Video> {
        self.state().videos.clone()
    }

    /// How often something was asked whose method and path begin so.
    pub fn asked(&self, begin: &str) -> usize {
        let state = self.state();
        state
            .asked
            .iter()
            .filter(|it| it.starts_with(begin))
            .count()
    }

    /// How many bytes have arrived, in all uploads.
    pub fn arrived(&self) -> usize {
        self.state()
            .sessions
            .values()
            .map(|it| it.bytes.len())
            .sum()
    }
}

fn answer(server: &Served<State>, request: &Request) -> Option<Reply> {
    let slow = {
        let mut state = server.state();
        state.asked.push(request.call());
        state.slow
    };
    if request.method == "PUT" && !request.body.is_empty() {
        std::thread::sleep(slow);
    }
    calls::answer(&mut server.state(), request, server.address())
}
