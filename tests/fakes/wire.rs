//! HTTP as every strict server of our own speaks it on loopback: one request for each connection, taken apart, and its
//! answer, by a thread of its own.
//!
//! What a call does, whom it is refused to and which faults are played is each server's own; this knows no platform.
#![allow(dead_code)] // each suite uses its own part of this

use base64::Engine as _;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The machine's time.
pub fn now() -> DateTime<Utc> {
    let (seconds, nanos) = uuid::Uuid::now_v7().get_timestamp().unwrap().to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).unwrap(), nanos).unwrap()
}

/// A server with what it is like and what happened there; its thread ends with the process.
#[derive(Debug)]
pub struct Served<T> {
    address: SocketAddr,
    state: Arc<Mutex<T>>,
}

impl<T> Clone for Served<T> {
    fn clone(&self) -> Self {
        Self {
            address: self.address,
            state: Arc::clone(&self.state),
        }
    }
}

impl<T: Send + 'static> Served<T> {
    /// Starts it; where there is no answer the connection breaks off.
    pub fn start(state: T, answer: fn(&Self, &Request) -> Option<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let served = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::new(Mutex::new(state)),
        };
        let server = served.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || {
                    // Whoever is gone before the answer came does not hear it.
                    let _ = Request::read(&stream).and_then(|request| {
                        answer(&server, &request).map_or(Ok(()), |reply| reply.write(&stream))
                    });
                });
            }
        });
        served
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at what it is like, or changes it.
    pub fn state(&self) -> MutexGuard<'_, T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds an answer back while this is so: whoever waits for it can be killed meanwhile.
    pub fn hold_while(&self, is_so: impl Fn(&T) -> bool) {
        while is_so(&self.state()) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A request, taken apart.
pub struct Request {
    pub method: String,
    /// As it was sent: names in it must be encoded.
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// A part of a form that has several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormPart {
    /// The file's name, where it is one.
    pub file: Option<String>,
    pub mime: String,
    pub content: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> std::io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let length = headers
            .get("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let url = url::Url::parse(&format!("http://server.test{target}")).unwrap();
        Ok(Self {
            method,
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers,
            body,
        })
    }

    /// Returns method and path, as a server remembers what it was asked.
    pub fn call(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn asks(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization").strip_prefix("Bearer ")
    }

    /// Returns name and password of HTTP Basic.
    pub fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization").strip_prefix("Basic ")?;
        let plain = base64::engine::general_purpose::STANDARD
            .decode(encoded)
            .ok()?;
        let plain = String::from_utf8(plain).ok()?;
        let (name, password) = plain.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    pub fn is(&self, kind: &str) -> bool {
        self.header("content-type").starts_with(kind)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Returns the fields of a form; what says to be anything else is none.
    pub fn form(&self) -> BTreeMap<String, String> {
        if !self.is("application/x-www-form-urlencoded") {
            return BTreeMap::new();
        }
        url::form_urlencoded::parse(&self.body)
            .into_owned()
            .collect()
    }

    /// Returns the parts of a form by their names.
    pub fn parts(&self) -> BTreeMap<String, FormPart> {
        let mut parts = BTreeMap::new();
        let kind = self.header("content-type");
        let Some((_, boundary)) = kind.split_once("boundary=") else {
            return parts;
        };
        let line = format!("--{boundary}");
        let mut rest = self.body.as_slice();
        while let Some(start) = find(rest, line.as_bytes()) {
            rest = &rest[start + line.len()..];
            let (Some(head), Some(end)) = (find(rest, b"\r\n\r\n"), find(rest, line.as_bytes()))
            else {
                break;
            };
            let words = String::from_utf8_lossy(&rest[..head]).into_owned();
            let quoted = |key: &str| {
                let (_, rest) = words.split_once(&format!("; {key}=\""))?;
                rest.split('"').next().map(str::to_owned)
            };
            let mime = words.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-type").then_some(value)
            });
            let part = FormPart {
                file: quoted("filename"),
                mime: mime.unwrap_or_default().to_owned(),
                // The line end before the next boundary is not part of it.
                content: rest[head + 4..end - 2].to_vec(),
            };
            parts.insert(quoted("name").unwrap_or_default(), part);
            rest = &rest[end..];
        }
        parts
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

/// An answer: status, what is said, further headers. Each server adds the refusals that are its own.
pub struct Reply {
    pub status: u16,
    /// `Null` says nothing.
    pub body: Value,
    pub headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub fn said(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            headers: Vec::new(),
        }
    }

    pub fn empty(status: u16) -> Self {
        Self::said(status, Value::Null)
    }

    fn write(self, mut stream: &TcpStream) -> std::io::Result<()> {
        let text = match &self.body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut head = format!(
            "HTTP/1.1 {} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n",
            self.status,
            text.len()
        );
        for (name, value) in self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{text}").as_bytes())
    }
}
