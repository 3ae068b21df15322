//! A proxy before a real server that plays faults on the wire: it loses, cuts, holds back or replaces answers and requests.
//!
//! Plain HTTP/1.1 on loopback, one request for each connection. Judges nothing; says when a marked request has arrived
//! and when the server is done with everything.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a held connection lasts when the client does not give it up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens on the wire to a marked request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Nothing: it is passed on and answered.
    None,
    /// Nobody listens. Played by whoever owns the proxy, with `refuse` and `listen`.
    Refused,
    /// The connection closes and the server never hears of it.
    RequestLost,
    /// The server did it; the connection closes without an answer.
    AnswerLost,
    /// The server did it; only the head of its answer arrives.
    CutAfterHead,
    /// The server did it; half of its answer's body arrives.
    CutInBody,
    /// The server did it; its answer comes late, but in time.
    Late,
    /// The server did it; nothing is heard until the client gives up.
    Silent,
    /// The server did it; the connection is reset.
    Reset,
    /// Too many requests: not passed on.
    TooMany,
    /// `503`, not passed on.
    FailedBefore,
    /// The server did it; `500`.
    FailedAfter,
    /// Sent on to another host: not passed on.
    Redirect,
    /// A page in place of an answer, with `200`; not passed on, as by a hotel's network.
    PageForAnswer,
    /// The server did it; a page in place of its answer, with `502`.
    PageForError,
    /// The server did it; an answer without end.
    Endless,
    /// The first request arrives only with the second, which is answered `500`, as Mastodon 4.6 does with a repeated key.
    RepeatedKey,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::None,
        Self::Refused,
        Self::RequestLost,
        Self::AnswerLost,
        Self::CutAfterHead,
        Self::CutInBody,
        Self::Late,
        Self::Silent,
        Self::Reset,
        Self::TooMany,
        Self::FailedBefore,
        Self::FailedAfter,
        Self::Redirect,
        Self::PageForAnswer,
        Self::PageForError,
        Self::Endless,
        Self::RepeatedKey,
    ];

    /// Says what it is.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Refused => "connection refused",
            Self::RequestLost => "request lost",
            Self::AnswerLost => "answer lost",
            Self::CutAfterHead => "answer cut after head",
            Self::CutInBody => "answer cut in body",
            Self::Late => "answer late",
            Self::Silent => "no answer in time",
            Self::Reset => "connection reset",
            Self::TooMany => "429",
            Self::FailedBefore => "503 before it is made",
            Self::FailedAfter => "500 after it was made",
            Self::Redirect => "redirect",
            Self::PageForAnswer => "page with 200",
            Self::PageForError => "page with 502",
            Self::Endless => "endless answer",
            Self::RepeatedKey => "500 on a repeated key",
        }
    }
}

/// Which requests a fault strikes, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What happens.
    pub fault: Fault,
    /// How many of the marked requests it happens to; the first ones.
    pub times: usize,
    /// A marked request's head contains this…
    pub head: String,
    /// … and its body this.
    pub body: String,
    /// The headers of a `429`.
    pub too_many: Vec<(&'static str, String)>,
    /// Where a redirect leads.
    pub elsewhere: String,
}

impl Plan {
    /// A plan for the first requests whose head contains these words.
    pub fn new(fault: Fault, times: usize, head: &str) -> Self {
        Self {
            fault,
            times,
            head: head.to_owned(),
            body: String::new(),
            too_many: Vec::new(),
            elsewhere: String::new(),
        }
    }
}

/// Where a proxy stands.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// How many marked requests arrived.
    marked: usize,
    /// How many requests the server has not answered yet.
    busy: usize,
}

/// A running proxy; it ends with this.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Wire {
    target: String,
    plan: Plan,
    progress: watch::Sender<Progress>,
    /// The request that arrives later.
    kept: Mutex<Option<Vec<u8>>>,
}

impl FaultProxy {
    /// Starts a proxy to `target`.
    pub async fn start(target: &str, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            wire: Arc::new(Wire {
                target: target.trim_start_matches("http://").to_owned(),
                plan,
                progress: watch::Sender::default(),
                kept: Mutex::default(),
            }),
            listening: Mutex::default(),
        };
        proxy.accept(listener);
        proxy
    }

    fn accept(&self, listener: TcpListener) {
        let wire = Arc::clone(&self.wire);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let wire = Arc::clone(&wire);
                tokio::spawn(async move {
                    // A client that is gone, a server that closes: what becomes of it is judged elsewhere.
                    let _ = wire.pass_on(stream).await;
                });
            }
        });
        *self.listening() = Some(task);
    }

    fn listening(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns its base address.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Refuses connections from now on.
    pub async fn refuse(&self) {
        let task = self.listening().take();
        if let Some(task) = task {
            task.abort();
            // The socket is closed once the task is gone.
            let _ = task.await;
        }
    }

    /// Takes connections again, at the same address.
    pub async fn listen(&self) {
        if self.listening().is_none() {
            let listener = TcpListener::bind(self.address).await.unwrap();
            self.accept(listener);
        }
    }

    /// Waits until a marked request has arrived.
    pub async fn arrived(&self) {
        let mut progress = self.wire.progress.subscribe();
        let _ = progress.wait_for(|now| now.marked > 0).await;
    }

    /// Waits until the server has answered all that arrived.
    pub async fn settled(&self) {
        let mut progress = self.wire.progress.subscribe();
        let _ = progress.wait_for(|now| now.busy == 0).await;
    }

    /// Returns how many marked requests arrived.
    pub fn marked(&self) -> usize {
        self.wire.progress.borrow().marked
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        if let Some(task) = self.listening().take() {
            task.abort();
        }
    }
}

/// What a proxy loses.
#[derive(Clone, Copy)]
pub enum Loss {
    /// The server did it, and its answer does not arrive.
    Answer,
    /// The server never hears of it.
    Request,
}

/// Starts a proxy to `target` that loses the first `losses` answers to requests whose head contains `marker`.
pub async fn losing_proxy(target: &str, marker: &'static str, losses: usize) -> String {
    proxy_that_loses(Loss::Answer, target, marker, losses).await
}

/// Starts a proxy to `target` that loses that of the first `losses` requests whose head contains `marker`.
pub async fn proxy_that_loses(
    loss: Loss,
    target: &str,
    marker: &'static str,
    losses: usize,
) -> String {
    let fault = match loss {
        Loss::Answer => Fault::AnswerLost,
        Loss::Request => Fault::RequestLost,
    };
    let proxy = FaultProxy::start(target, Plan::new(fault, losses, marker)).await;
    let address = proxy.address();
    // It runs as long as the test's runtime does.
    std::mem::forget(proxy);
    address
}

impl Wire {
    async fn pass_on(&self, mut client: TcpStream) -> std::io::Result<()> {
        let (head, body) = read_request(&mut client).await?;
        let plan = &self.plan;
        let marked = head.contains(&plan.head)
            && (plan.body.is_empty() || String::from_utf8_lossy(&body).contains(&plan.body));
        let mut fault = Fault::None;
        self.progress.send_modify(|progress| {
            progress.busy += 1;
            if marked {
                progress.marked += 1;
                if progress.marked <= plan.times {
                    fault = plan.fault;
                }
            }
        });
        // So that the end of the answer can be told without reading it.
        let asked = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        let whole = [asked.as_bytes(), &body].concat();
        let answer = self.ask(fault, whole).await;
        self.progress.send_modify(|progress| progress.busy -= 1);
        self.play(fault, client, &answer?).await
    }

    /// Has the server do what of the request arrives there; returns its answer, empty where nothing arrived.
    async fn ask(&self, fault: Fault, request: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let request = match fault {
            Fault::RequestLost
            | Fault::Refused
            | Fault::TooMany
            | Fault::FailedBefore
            | Fault::Redirect
            | Fault::PageForAnswer => return Ok(Vec::new()),
            Fault::RepeatedKey => {
                let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                match kept.take() {
                    Some(first) => first,
                    None => {
                        *kept = Some(request);
                        return Ok(Vec::new());
                    }
                }
            }
            _ => request,
        };
        let mut server = TcpStream::connect(&self.target).await?;
        server.write_all(&request).await?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await?;
        Ok(answer)
    }

    /// Gives the client what it gets to hear.
    async fn play(
        &self,
        fault: Fault,
        mut client: TcpStream,
        answer: &[u8],
    ) -> std::io::Result<()> {
        let head = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(answer.len(), |end| end + 4);
        let page = "<!DOCTYPE html><title>Welcome</title><p>Accept our terms to go on";
        match fault {
            Fault::None => client.write_all(answer).await,
            Fault::RequestLost | Fault::Refused | Fault::AnswerLost => Ok(()),
            Fault::CutAfterHead => client.write_all(&answer[..head]).await,
            Fault::CutInBody => {
                let half = head + (answer.len() - head) / 2;
                client.write_all(&answer[..half]).await
            }
            Fault::Late => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                client.write_all(answer).await
            }
            Fault::Silent => {
                let mut nothing = [0; 1];
                let _ = tokio::time::timeout(PATIENCE, client.read(&mut nothing)).await;
                Ok(())
            }
            Fault::Reset => client.set_zero_linger(),
            Fault::TooMany => {
                let headers: String = (self.plan.too_many.iter())
                    .map(|(name, value)| format!("{name}: {value}\r\n"))
                    .collect();
                let words = r#"{"error":"RateLimitExceeded","message":"Too many requests"}"#;
                say(&mut client, "429 Too Many Requests", &headers, words).await
            }
            Fault::FailedBefore => {
                let words = r#"{"error":"Service unavailable"}"#;
                say(&mut client, "503 Service Unavailable", "", words).await
            }
            // The first request of a repeated key was lost on its way, as far as the client can tell.
            Fault::RepeatedKey if answer.is_empty() => Ok(()),
            Fault::FailedAfter | Fault::RepeatedKey => {
                let words = r#"{"error":"Internal server error"}"#;
                say(&mut client, "500 Internal Server Error", "", words).await
            }
            Fault::Redirect => {
                let to = format!("location: {}\r\n", self.plan.elsewhere);
                say(&mut client, "307 Temporary Redirect", &to, "").await
            }
            Fault::PageForAnswer => say(&mut client, "200 OK", "", page).await,
            Fault::PageForError => say(&mut client, "502 Bad Gateway", "", page).await,
            Fault::Endless => {
                let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
                client.write_all(head).await?;
                loop {
                    client.write_all(&[b' '; 16 * 1024]).await?;
                }
            }
        }
    }
}

async fn say(
    client: &mut TcpStream,
    status: &str,
    headers: &str,
    body: &str,
) -> std::io::Result<()> {
    let kind = if body.starts_with('<') {
        "text/html"
    } else {
        "application/json"
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    client.write_all(answer.as_bytes()).await
}

/// Reads one request; returns its head (with the empty line) and its body.
pub async fn read_request(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
        let length: usize = head
            .to_lowercase()
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Ok((head, bytes.split_off(end + 4)));
        }
    }
}
