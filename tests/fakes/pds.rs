//! A strict Bluesky server on loopback for what is attached: it gives tokens for others, takes blobs, and writes only records
//! whose blobs it has. Posting without media is tried with the real one.
//!
//! Facts from the lexicons and the reference PDS of bluesky-social/atproto, read 2026-11. HTTP is in `wire.rs`.
#![allow(dead_code)] // each suite uses its own part of this

use crate::fake_wire::{Reply, Request, Served, now};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::MutexGuard;

pub const DID: &str = "did:plc:ada";
pub const HANDLE: &str = "ada.test";
pub const PASSWORD: &str = "app-pass";
const ACCESS: &str = "acc3ss";

/// What is there, and what happened.
#[derive(Debug)]
pub struct Repo {
    /// The largest blob.
    pub most: usize,
    /// Whether it gives tokens for others.
    pub grants: bool,
    /// By content id: type and bytes.
    pub blobs: BTreeMap<String, (String, Vec<u8>)>,
    /// By record key.
    pub records: BTreeMap<String, Value>,
    pub asked: Vec<String>,
}

/// The server.
#[derive(Clone, Debug)]
pub struct Server(Served<Repo>);

impl Server {
    pub fn start() -> Self {
        let repo = Repo {
            most: 100_000_000,
            grants: true,
            blobs: BTreeMap::new(),
            records: BTreeMap::new(),
            asked: Vec::new(),
        };
        Self(Served::start(repo, answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// How it calls itself.
    pub fn did(&self) -> String {
        format!("did:web:127.0.0.1%3A{}", self.0.address().port())
    }

    pub fn repo(&self) -> MutexGuard<'_, Repo> {
        self.0.state()
    }

    /// How often a whole blob came.
    pub fn uploads(&self) -> usize {
        let repo = self.repo();
        let asked = repo.asked.iter();
        asked.filter(|call| call.contains("uploadBlob")).count()
    }
}

fn refused(status: u16, name: &str, words: &str) -> Reply {
    Reply::said(status, json!({"error": name, "message": words}))
}

fn answer(server: &Served<Repo>, request: &Request) -> Option<Reply> {
    let own = format!("did:web:127.0.0.1%3A{}", server.address().port());
    let mut repo = server.state();
    repo.asked.push(request.call());
    Some(repo.answer(request, &own))
}

fn encoded(value: &Value) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Reads what a token of ours says; nothing where it is none.
fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap_or_default();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
    serde_json::from_slice(&claims.unwrap_or_default()).unwrap_or(Value::Null)
}

impl Repo {
    fn answer(&mut self, request: &Request, own: &str) -> Reply {
        let method = request.path.strip_prefix("/xrpc/com.atproto.");
        match (request.method.as_str(), method) {
            ("POST", Some("server.createSession")) => {
                let asked = request.json();
                if asked["identifier"] != HANDLE || asked["password"] != PASSWORD {
                    return refused(
                        401,
                        "AuthenticationRequired",
                        "Invalid identifier or password",
                    );
                }
                Reply::said(
                    200,
                    json!({
                        "accessJwt": ACCESS, "refreshJwt": "r3fresh", "did": DID, "handle": HANDLE,
                    }),
                )
            }
            ("GET", Some("server.describeServer")) => {
                Reply::said(200, json!({"did": own, "blobUploadLimit": self.most}))
            }
            ("POST", Some("repo.uploadBlob")) => self.upload(request, own),
            _ if request.bearer() != Some(ACCESS) => {
                refused(401, "AuthMissing", "Authentication Required")
            }
            ("GET", Some("server.getSession")) => {
                Reply::said(200, json!({"did": DID, "handle": HANDLE}))
            }
            ("GET", Some("server.getServiceAuth")) if self.grants => grant(request),
            ("POST", Some("repo.putRecord")) => self.put(request),
            _ => refused(501, "MethodNotImplemented", "Method Not Implemented"),
        }
    }

    fn upload(&mut self, request: &Request, own: &str) -> Reply {
        let token = request.bearer().unwrap_or_default();
        let said = claims(token);
        let is_granted = said["aud"] == own
            && said["lxm"] == "com.atproto.repo.uploadBlob"
            && said["exp"].as_i64().unwrap_or(0) > now().timestamp();
        if token != ACCESS && !is_granted {
            return refused(
                401,
                "BadJwtAudience",
                "jwt audience does not match service did",
            );
        }
        if request.body.len() > self.most {
            return refused(413, "PayloadTooLarge", "request entity too large");
        }
        let mime = request.header("content-type").to_owned();
        let id = format!("bafkrei{}", self.blobs.len() + 1);
        self.blobs
            .insert(id.clone(), (mime.clone(), request.body.clone()));
        Reply::said(
            200,
            json!({"blob": {
                "$type": "blob", "ref": {"$link": id}, "mimeType": mime, "size": request.body.len(),
            }}),
        )
    }

    fn put(&mut self, request: &Request) -> Reply {
        let body = request.json();
        let (record, key) = (&body["record"], body["rkey"].as_str().unwrap_or_default());
        let wrong = |words: &str| refused(400, "InvalidRequest", words);
        if body["repo"] != DID || body["collection"] != "app.bsky.feed.post" || key.len() != 13 {
            return wrong("Invalid repo, collection or record key");
        }
        let embed = &record["embed"];
        if embed["$type"] == "app.bsky.embed.video" {
            let known = ["$type", "video", "alt", "aspectRatio", "captions"];
            let fields: Vec<&String> = embed.as_object().unwrap().keys().collect();
            if fields.iter().any(|field| !known.contains(&field.as_str())) {
                return wrong("unknown field at $.record.embed");
            }
            let blob = &embed["video"];
            if blob["mimeType"] != "video/mp4" || blob["size"].as_u64().unwrap_or(0) > 300_000_000 {
                return wrong("blob too big, or of a wrong type, at $.record.embed.video");
            }
            let id = blob["ref"]["$link"].as_str().unwrap_or_default();
            if !self.blobs.contains_key(id) {
                return refused(400, "BlobNotFound", "Could not find blob");
            }
        }
        let uri = format!("at://{DID}/app.bsky.feed.post/{key}");
        match self.records.get(key) {
            Some(there) if there != record => {
                return refused(400, "InvalidSwap", "Record was at another CID");
            }
            _ => self.records.insert(key.to_owned(), record.clone()),
        };
        Reply::said(
            200,
            json!({"uri": uri, "cid": "bafyreia", "validationStatus": "valid"}),
        )
    }
}

/// Gives a token for a method of somebody else, for an hour at most.
fn grant(request: &Request) -> Reply {
    let (audience, method) = (request.asks("aud"), request.asks("lxm"));
    let ends: i64 = request.asks("exp").parse().unwrap_or(0);
    let left = ends - now().timestamp();
    if !audience.starts_with("did:") || method.is_empty() {
        return refused(400, "InvalidRequest", "aud must be a DID, lxm a method");
    }
    if !(0..=3600).contains(&left) {
        return refused(
            400,
            "BadExpiration",
            "cannot request a token with such an expiration",
        );
    }
    let claims = json!({"iss": DID, "aud": audience, "lxm": method, "exp": ends});
    let token = format!(
        "{}.{}.c2ln",
        encoded(&json!({"alg": "none"})),
        encoded(&claims)
    );
    Reply::said(200, json!({"token": token}))
}
