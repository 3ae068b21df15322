//! A server on loopback that speaks as much of Mastodon as the publisher needs, and misbehaves as it is told.
//!
//! It ignores the idempotency key, as some servers do, so that a second send is a second post. What it has can be
//! counted past the code under test. One request for each connection.

use super::proxy::read_request;
use chrono::{DateTime, SecondsFormat, Utc};
use masthead::domain::Clock;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A post on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub id: u64,
    /// What follows `token-` in the token that made it.
    pub account: String,
    pub text: String,
    pub answers: Option<String>,
    /// The request's idempotency key.
    pub key: String,
    pub created_at: DateTime<Utc>,
}

/// How a create call is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The post is made and the answer given.
    Well,
    /// The post is made, and the connection closed without a word.
    AnswerLost,
    /// The post is made, and the answer breaks off in the middle.
    AnswerCut,
    /// The connection is closed, and nothing was made.
    RequestLost,
    /// The post is made, and the answer is this status.
    MadeBut(u16),
    /// Nothing is made, and the answer is this status.
    Refused(u16),
}

type Manners = Box<dyn FnMut(&Status) -> Manner + Send>;

struct Shared {
    all: Mutex<Vec<Status>>,
    manners: Mutex<Manners>,
    clock: Arc<dyn Clock>,
}

/// The server; it is gone when this is dropped.
pub struct Statuses {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Statuses {
    /// Starts a server that has these posts already; `manners` is asked about each post that would be made.
    pub async fn start(
        there: Vec<Status>,
        clock: Arc<dyn Clock>,
        manners: impl FnMut(&Status) -> Manner + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            shared: Arc::new(Shared {
                all: Mutex::new(there),
                manners: Mutex::new(Box::new(manners)),
                clock,
            }),
            task: Mutex::default(),
        };
        server.serve(listener);
        server
    }

    /// Refuses every connection from now on.
    pub fn go_away(&self) {
        if let Some(task) = self.task.lock().unwrap().take() {
            task.abort();
        }
    }

    /// Accepts connections again.
    pub async fn come_back(&self) {
        loop {
            // The listener goes with its task, which ends a moment after it was told to.
            match TcpListener::bind(self.address).await {
                Ok(listener) => return self.serve(listener),
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
            }
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns every post, the oldest first.
    pub fn all(&self) -> Vec<Status> {
        self.shared.all.lock().unwrap().clone()
    }

    fn serve(&self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = answer(stream, &shared).await;
                });
            }
        });
        *self.task.lock().unwrap() = Some(task);
    }
}

impl Drop for Statuses {
    fn drop(&mut self) {
        self.go_away();
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let (head, body) = read_request(&mut stream).await?;
    let line = head.lines().next().unwrap_or_default();
    let account = header(&head, "authorization")
        .and_then(|value| value.strip_prefix("Bearer token-").map(str::to_owned))
        .unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    if line.starts_with("POST /api/v1/statuses ") {
        return create(stream, shared, &head, &body, account).await;
    }
    let (status, answer) = if path == "/api/v1/accounts/verify_credentials" {
        (200, json!({"id": account, "acct": account}))
    } else if path == "/api/v2/instance" {
        (200, json!({}))
    } else if path.starts_with(&format!("/api/v1/accounts/{account}/statuses")) {
        let before = path
            .split_once("max_id=")
            .and_then(|(_, id)| id.split('&').next()?.parse().ok())
            .unwrap_or(u64::MAX);
        let all = shared.all.lock().unwrap();
        let newest = all.iter().rev();
        let page: Vec<Value> = newest
            .filter(|status| status.account == account && status.id < before)
            .take(40)
            .map(shown)
            .collect();
        (200, page.into())
    } else {
        (404, json!({"error": "Record not found"}))
    };
    say(&mut stream, status, &answer.to_string(), usize::MAX).await
}

async fn create(
    mut stream: TcpStream,
    shared: &Shared,
    head: &str,
    body: &[u8],
    account: String,
) -> std::io::Result<()> {
    let asked: Value = serde_json::from_slice(body).unwrap();
    let (status, manner) = {
        let mut all = shared.all.lock().unwrap();
        let status = Status {
            id: all.last().map_or(1, |last| last.id + 1),
            account,
            text: asked["status"].as_str().unwrap().to_owned(),
            answers: asked["in_reply_to_id"].as_str().map(str::to_owned),
            key: header(head, "idempotency-key").unwrap_or_default(),
            created_at: shared.clock.now(),
        };
        let manner = shared.manners.lock().unwrap()(&status);
        if !matches!(manner, Manner::RequestLost | Manner::Refused(_)) {
            all.push(status.clone());
        }
        (status, manner)
    };
    let words = shown(&status).to_string();
    match manner {
        Manner::Well => say(&mut stream, 200, &words, usize::MAX).await,
        Manner::AnswerCut => say(&mut stream, 200, &words, 20).await,
        Manner::AnswerLost | Manner::RequestLost => Ok(()),
        Manner::MadeBut(code) | Manner::Refused(code) => {
            say(&mut stream, code, r#"{"error":"not now"}"#, usize::MAX).await
        }
    }
}

fn shown(status: &Status) -> Value {
    json!({
        "id": status.id.to_string(),
        "url": format!("https://fake.example/@{}/{}", status.account, status.id),
        "visibility": "public",
        "created_at": status.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "in_reply_to_id": status.answers,
        "spoiler_text": "",
        "content": format!("<p>{}</p>", status.text),
        "media_attachments": [],
    })
}

async fn say(stream: &mut TcpStream, status: u16, body: &str, most: usize) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\nretry-after: 20\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream
        .write_all(&body.as_bytes()[..body.len().min(most)])
        .await?;
    stream.shutdown().await
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}
