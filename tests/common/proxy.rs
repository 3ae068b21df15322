//! A proxy before a real server that loses answers (the server did it, and nobody here hears of it) or requests.
//!
//! Plain HTTP/1.1 on loopback, one request for each connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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
    let target = target.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let left = Arc::new(AtomicUsize::new(losses));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (target, left) = (target.clone(), left.clone());
            tokio::spawn(async move {
                let _ = pass_on(stream, loss, &target, marker, &left).await;
            });
        }
    });
    address
}

async fn pass_on(
    mut client: TcpStream,
    loss: Loss,
    target: &str,
    marker: &str,
    left: &AtomicUsize,
) -> std::io::Result<()> {
    let (head, body) = read_request(&mut client).await?;
    let lose = head.contains(marker)
        && left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            .is_ok();
    if lose && matches!(loss, Loss::Request) {
        return Ok(());
    }
    let mut server = TcpStream::connect(target).await?;
    // So that the end of the answer can be told without reading it.
    let asked = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(asked.as_bytes()).await?;
    server.write_all(&body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    if !lose {
        client.write_all(&answer).await?;
    }
    Ok(())
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
