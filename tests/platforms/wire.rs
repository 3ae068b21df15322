//! A server that breaks off at every point of a create call.

use crate::common::proxy::read_request;
use crate::common::{http, mastodon, say};
use masthead::domain::{Channel, Outcome, PlatformId, Target};
use masthead::platforms::{CallError, Connection, connect};
use masthead::secrets::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SHORT: Duration = Duration::from_millis(400);

/// What the server does once it has the whole request.
#[derive(Clone, Copy)]
enum Fault {
    /// Says nothing.
    Silence,
    /// Closes the connection.
    Close,
    /// Promises more than it sends.
    HalfAnswer,
    /// Sends for ever.
    Endless,
    /// Sends a byte now and then, so that only the limit of the whole call ends it.
    Drip,
    /// Says something that is not HTTP.
    Garbage,
    /// Answers, then closes the connection, without having said so, when the next request comes in on it.
    OneRequest,
}

const ANSWER: &str = r#"{"id":"113","url":"http://localhost/@a/113","visibility":"public"}"#;

/// Starts such a server; returns its address and the number of requests that it got.
async fn broken_server(fault: Fault) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                let _ = misbehave(stream, fault, &seen).await;
            });
        }
    });
    (address, requests)
}

async fn misbehave(mut stream: TcpStream, fault: Fault, seen: &AtomicUsize) -> std::io::Result<()> {
    read_request(&mut stream).await?;
    seen.fetch_add(1, Ordering::SeqCst);
    match fault {
        Fault::Silence => tokio::time::sleep(Duration::from_secs(60)).await,
        Fault::Close => {}
        Fault::HalfAnswer => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":\"113\"")
                .await?;
        }
        Fault::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
        Fault::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Fault::Garbage => stream.write_all(b"220 smtp.example ready\r\n").await?,
        Fault::OneRequest => {
            let length = ANSWER.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{ANSWER}");
            stream.write_all(answer.as_bytes()).await?;
            let _ = stream.read(&mut [0; 4096]).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn whatever_breaks_after_the_request_is_unknown_and_nothing_is_sent_again() {
    for fault in [
        Fault::Silence,
        Fault::Close,
        Fault::HalfAnswer,
        Fault::Endless,
        Fault::Drip,
        Fault::Garbage,
    ] {
        let (address, requests) = broken_server(fault).await;
        let started = tokio::time::Instant::now();
        let outcome = say(&*mastodon(&address, "s3cret", SHORT), "hello").await;
        let Outcome::Unknown { reason } = &outcome else {
            panic!("{outcome:?}");
        };
        assert!(reason.contains("127.0.0.1:"), "{reason}");
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(requests.load(Ordering::SeqCst), 1, "{reason}");
    }
}

#[tokio::test]
async fn a_server_that_closes_without_saying_so_does_not_harm_the_next_post() {
    let (address, requests) = broken_server(Fault::OneRequest).await;
    let platform = mastodon(&address, "s3cret", Duration::from_secs(10));
    for _ in 0..5 {
        let outcome = say(&*platform, "hello").await;
        assert!(matches!(outcome, Outcome::Published(_)), "{outcome:?}");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let platform = mastodon(&address, "s3cret", SHORT);
    let outcome = say(&*platform, "hello").await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(matches!(
        platform.verify().await,
        Err(CallError::Unavailable(_))
    ));
}

#[tokio::test]
async fn a_failed_tls_handshake_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 64];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let outcome = say(
        &*mastodon(&address, "s3cret", Duration::from_secs(5)),
        "hello",
    )
    .await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_token_is_never_sent_in_the_clear_to_another_machine() {
    for url in [
        "http://fosstodon.org",
        "http://192.0.2.1",
        "http://127.0.0.1.example.org",
    ] {
        for platform in [
            PlatformId::Mastodon,
            PlatformId::Bluesky,
            PlatformId::Zulip,
            PlatformId::LinkedIn,
        ] {
            let connection = Connection {
                url: Some(url.to_owned()),
                email: Some("bot@example.org".to_owned()),
                to: Some(Target::Named("announce".to_owned())),
                secret: Some(Secret::new("s3cret")),
                ..Connection::default()
            };
            let error =
                connect(&Channel::new("a", platform), connection, &http(SHORT)).unwrap_err();
            assert!(
                matches!(&error, CallError::Rejected(reason) if reason.contains("https://")),
                "{error:?}"
            );
        }
    }
}
