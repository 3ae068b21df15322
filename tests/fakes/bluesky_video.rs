//! A strict video service of Bluesky on loopback: it takes a video only with a token of the account's server for its own
//! `uploadBlob`, brings it there after a while, and remembers what it was asked.
//!
//! Facts from bluesky-social/bsky-docs (tutorials/video.mdx) and the lexicons `app.bsky.video.*`, read 2026-11. The account's
//! server is another process: the real PDS, or one of a suite's own.
#![allow(dead_code)] // each suite uses its own part of this

use crate::fake_wire::{Reply, Request, Served};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::MutexGuard;

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    pub did: String,
    pub name: String,
    pub bytes: Vec<u8>,
    /// The token that it brings the video to the account's server with.
    pass: String,
    /// How often it is still worked on when it is asked for.
    pub rounds: u32,
    pub blob: Option<Value>,
}

/// What the service is like, and what happened there.
#[derive(Debug)]
pub struct Studio {
    /// Where videos are brought to, and the identity of that server.
    pds: String,
    audience: String,
    /// What it is called itself, where that is not its address.
    pub own: Option<String>,
    pub rounds: u32,
    /// Why the next jobs fail, as the lexicon names it.
    pub fails: Option<&'static str>,
    /// What is said of the quota; `canUpload` and so on.
    pub room: Value,
    /// Whether a job is told bare, as deployed code has done.
    pub bare: bool,
    /// While this is so nobody is told how far a job is.
    pub works_on: bool,
    pub jobs: BTreeMap<String, Job>,
    pub asked: Vec<String>,
}

/// The service.
#[derive(Clone, Debug)]
pub struct Server(Served<Studio>);

impl Server {
    /// Starts a service for the accounts of one server, which calls itself `audience`.
    pub fn start(pds: &str, audience: &str) -> Self {
        let studio = Studio {
            pds: pds.to_owned(),
            audience: audience.to_owned(),
            own: None,
            rounds: 2,
            fails: None,
            room: json!({"canUpload": true, "remainingDailyVideos": 25, "remainingDailyBytes": 10_000_000_000_u64}),
            bare: false,
            works_on: false,
            jobs: BTreeMap::new(),
            asked: Vec::new(),
        };
        Self(Served::start(studio, answer))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    pub fn studio(&self) -> MutexGuard<'_, Studio> {
        self.0.state()
    }

    /// How often a whole video came.
    pub fn uploads(&self) -> usize {
        let studio = self.studio();
        let asked = studio.asked.iter();
        asked.filter(|call| call.contains("uploadVideo")).count()
    }
}

fn refused(status: u16, name: &str, words: &str) -> Reply {
    Reply::said(status, json!({"error": name, "message": words}))
}

fn answer(server: &Served<Studio>, request: &Request) -> Option<Reply> {
    if request.path.ends_with("getJobStatus") {
        server.hold_while(|studio| studio.works_on);
    }
    let own = format!("did:web:127.0.0.1%3A{}", server.address().port());
    let mut studio = server.state();
    studio.asked.push(request.call());
    let own = studio.own.clone().unwrap_or(own);
    Some(studio.answer(request, &own))
}

impl Studio {
    fn answer(&mut self, request: &Request, own: &str) -> Reply {
        let method = request.path.strip_prefix("/xrpc/app.bsky.video.");
        match (request.method.as_str(), method) {
            ("GET", Some("getUploadLimits")) => {
                match self.pass(request, own, "app.bsky.video.getUploadLimits") {
                    Ok(_) => Reply::said(200, self.room.clone()),
                    Err(refusal) => refusal,
                }
            }
            ("POST", Some("uploadVideo")) => {
                let audience = self.audience.clone();
                match self.pass(request, &audience, "com.atproto.repo.uploadBlob") {
                    Ok(did) => self.upload(request, &did),
                    Err(refusal) => refusal,
                }
            }
            ("GET", Some("getJobStatus")) => self.progress(request.asks("jobId")),
            _ => refused(501, "MethodNotImplemented", "Method Not Implemented"),
        }
    }

    /// Reads a token: of whom it is, where it is for this audience and method and lives long enough.
    fn pass(&self, request: &Request, audience: &str, method: &str) -> Result<String, Reply> {
        let no = |words: &str| refused(401, "AuthMissing", words);
        let token = request.bearer().ok_or_else(|| no("no token"))?;
        let claims = token.split('.').nth(1).unwrap_or_default();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(claims)
            .map_err(|_| no("no token of a server"))?;
        let claims: Value = serde_json::from_slice(&claims).map_err(|_| no("no claims"))?;
        if claims["aud"] != audience {
            return Err(refused(
                401,
                "BadJwtAudience",
                &format!("for {}, not {audience}", claims["aud"]),
            ));
        }
        if claims["lxm"] != method {
            return Err(refused(
                401,
                "BadJwtLexiconMethod",
                &format!("for {}", claims["lxm"]),
            ));
        }
        let left = claims["exp"].as_i64().unwrap_or(0) - crate::fake_wire::now().timestamp();
        // It is used again when the video is ready.
        if method == "com.atproto.repo.uploadBlob" && left < 1500 {
            return Err(refused(401, "JwtExpired", "lives too short"));
        }
        let did = claims["iss"].as_str().unwrap_or_default();
        match did.starts_with("did:") {
            true => Ok(did.to_owned()),
            false => Err(no("of nobody")),
        }
    }

    fn upload(&mut self, request: &Request, did: &str) -> Reply {
        let name = request.asks("name").to_owned();
        if request.asks("did") != did {
            return refused(400, "InvalidRequest", "did is of somebody else");
        }
        if !name.ends_with(".mp4") || self.jobs.values().any(|job| job.name == name) {
            return refused(400, "InvalidRequest", "name must be new, and end in .mp4");
        }
        if request.header("content-type") != "video/mp4"
            || request.header("content-length") != request.body.len().to_string()
        {
            return refused(
                400,
                "InvalidRequest",
                "Content-Type or Content-Length is wrong",
            );
        }
        if request.body.get(4..8) != Some(b"ftyp") {
            return refused(400, "InvalidRequest", "not a video");
        }
        if self.room["canUpload"] != true {
            return refused(
                400,
                "daily_vid_limit_exceeded",
                "You have hit your daily limit",
            );
        }
        let known = self.jobs.iter().find(|(_, job)| job.bytes == request.body);
        if let Some((id, job)) = known.filter(|(_, job)| job.blob.is_some()) {
            return Reply::said(
                409,
                json!({
                    "jobId": id, "did": did, "state": "JOB_STATE_COMPLETED", "blob": job.blob,
                    "error": "already_exists", "message": "Video already processed",
                }),
            );
        }
        let id = format!("job{}", self.jobs.len() + 1);
        let job = Job {
            did: did.to_owned(),
            name,
            bytes: request.body.clone(),
            pass: request.bearer().unwrap_or_default().to_owned(),
            rounds: self.rounds,
            blob: None,
        };
        self.jobs.insert(id.clone(), job);
        self.told(json!({"jobId": id, "did": did, "state": "JOB_STATE_CREATED", "progress": 0}))
    }

    fn progress(&mut self, id: &str) -> Reply {
        let fails = self.fails;
        let (pds, Some(job)) = (self.pds.clone(), self.jobs.get_mut(id)) else {
            return refused(400, "InvalidRequest", "Job not found");
        };
        let did = job.did.clone();
        let status = if let Some(left) = job.rounds.checked_sub(1) {
            job.rounds = left;
            json!({"jobId": id, "did": did, "state": "JOB_STATE_ENCODING", "progress": 50})
        } else if let Some(code) = fails {
            json!({
                "jobId": id, "did": did, "state": "JOB_STATE_FAILED", "failureCode": code,
                "error": code, "message": "Video could not be processed",
            })
        } else {
            if job.blob.is_none() {
                job.blob = Some(bring(&pds, &job.pass, &job.bytes));
            }
            json!({"jobId": id, "did": did, "state": "JOB_STATE_COMPLETED", "blob": job.blob})
        };
        self.told(status)
    }

    fn told(&self, status: Value) -> Reply {
        match self.bare {
            true => Reply::said(200, status),
            false => Reply::said(200, json!({"jobStatus": status})),
        }
    }
}

/// Brings a video to the account's server; returns its blob.
fn bring(pds: &str, pass: &str, bytes: &[u8]) -> Value {
    let host = pds.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /xrpc/com.atproto.repo.uploadBlob HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {pass}\r\n\
         content-type: video/mp4\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer
        .find('{')
        .map(|at| &answer[at..=answer.rfind('}').unwrap()]);
    let said: Value = serde_json::from_str(body.unwrap_or_default()).unwrap_or(Value::Null);
    assert!(said["blob"].is_object(), "the server refused it: {answer}");
    said["blob"].clone()
}
