//! A Mastodon of a few lines that counts what arrives: plain HTTP on loopback, one request for each connection.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it takes to make a post: long enough for a kill to hit a call in flight.
const WORKS: Duration = Duration::from_millis(40);

/// The texts that arrived, with when; whether answers are held back.
#[derive(Clone, Default)]
pub struct Posts(Arc<Mutex<Vec<(String, String)>>>, Arc<AtomicBool>);

impl Posts {
    /// How often each text arrived.
    pub fn count(&self) -> BTreeMap<String, usize> {
        let mut count = BTreeMap::new();
        for (text, _) in self.0.lock().unwrap().iter() {
            *count.entry(text.clone()).or_default() += 1;
        }
        count
    }

    /// Keeps every answer to a create call back.
    pub fn hold(&self) {
        self.1.store(true, Ordering::SeqCst);
    }

    /// Gives the answers that were kept back.
    pub fn let_go(&self) {
        self.1.store(false, Ordering::SeqCst);
    }
}

/// Starts it at an address (port 0: any) and returns where it listens and what it was given.
pub fn start(at: &str) -> (SocketAddr, Posts) {
    let listener = TcpListener::bind(at).unwrap();
    let address = listener.local_addr().unwrap();
    let posts = Posts::default();
    let kept = posts.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let posts = kept.clone();
            std::thread::spawn(move || {
                // Whoever is killed does not wait for its answer.
                let _ = answer(stream, &posts);
            });
        }
    });
    (address, posts)
}

fn answer(stream: TcpStream, posts: &Posts) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, said) = say(&first, &body, posts);
    let said = said.to_string();
    let date = now().format("%a, %d %b %Y %H:%M:%S GMT");
    write!(
        &stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ndate: {date}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{said}",
        said.len()
    )
}

fn say(first: &str, body: &[u8], posts: &Posts) -> (u16, Value) {
    let account = json!({"id": "1", "username": "example", "acct": "example", "url": "http://localhost/@example"});
    let path = first.split([' ', '?']).nth(1).unwrap_or_default();
    match path {
        "/api/v1/accounts/verify_credentials" => (200, account),
        "/api/v1/statuses" if first.starts_with("POST") => {
            let asked: Value = serde_json::from_slice(body).unwrap_or_default();
            let text = asked["status"].as_str().unwrap_or_default().to_owned();
            let made = now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            let number = {
                let mut posts = posts.0.lock().unwrap();
                posts.push((text.clone(), made.clone()));
                posts.len()
            };
            std::thread::sleep(WORKS);
            while posts.1.load(Ordering::SeqCst) {
                std::thread::sleep(WORKS);
            }
            (200, status(number, &text, &made, &account))
        }
        "/api/v1/accounts/1/statuses" => {
            let all = posts.0.lock().unwrap();
            let numbered = all.iter().enumerate().rev();
            let found: Vec<Value> = numbered
                .map(|(index, (text, made))| status(index + 1, text, made, &account))
                .filter(|_| !first.contains("max_id"))
                .collect();
            (200, json!(found))
        }
        _ => (404, json!({"error": "not found"})),
    }
}

fn status(number: usize, text: &str, made: &str, account: &Value) -> Value {
    let id = number.to_string();
    json!({
        "id": id, "created_at": made, "content": format!("<p>{text}</p>"), "account": account, "visibility": "public",
        "url": format!("http://localhost/@example/{id}"), "uri": format!("http://localhost/s/{id}"),
        "sensitive": false, "spoiler_text": "", "media_attachments": [], "mentions": [], "tags": [],
        "in_reply_to_id": null, "reblog": null
    })
}

#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
