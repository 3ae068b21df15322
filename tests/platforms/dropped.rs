//! A caller who goes away while a login is renewed: at every await of the call, what is stored is what the server takes.
//!
//! Bluesky's half is in `bluesky/sessions.rs`, beside its server.

use crate::common::{channel, http};
use crate::x::{PATIENCE, by_grant, connected, granted};
use crate::x_grant::stored;
use crate::x_server::Server;
use masthead::domain::PlatformId;
use masthead::platforms::{CallError, connect};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Polls work so many times and drops it when it would be polled once more; whether it came to its end before.
pub async fn goes_away_after(polls: usize, work: impl Future) -> bool {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(context).map(|_| true)
    })
    .await
}

#[tokio::test]
async fn wherever_a_call_to_x_is_dropped_the_stored_login_is_the_one_that_x_takes() {
    let mut went_on = 0;
    for polls in 0.. {
        let server = Server::start();
        let folder = tempfile::tempdir().unwrap();
        drop(granted(&server, folder.path()));
        let (http, before) = (http(PATIENCE), stored(folder.path()));
        let by_grant = || by_grant(&server, folder.path());
        let platform = connect(&channel(PlatformId::X), by_grant(), &http).unwrap();
        server.site().grants[0].expired = true;
        let ended = goes_away_after(polls, platform.verify()).await;
        http.settled().await;
        let kept = stored(folder.path());
        let taken = server.site().grants[0].clone();
        assert_eq!(kept.access.expose(), taken.access, "after {polls} polls");
        assert_eq!(kept.refresh.expose(), taken.refresh, "after {polls} polls");
        platform.verify().await.unwrap();
        connected(by_grant()).verify().await.unwrap();
        if ended {
            break;
        }
        went_on += usize::from(kept != before);
    }
    assert!(went_on > 0, "nobody went away while the login was renewed");
}

#[tokio::test]
async fn a_login_that_could_not_be_stored_is_not_used_up() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let platform = granted(&server, folder.path());
    let before = stored(folder.path());
    server.site().grants[0].expired = true;
    let in_the_way = folder.path().join("secrets/test.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let error = platform.verify().await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable(_)), "{error:?}");
    let asked = server.site().asked.clone();
    assert!(
        !asked.iter().any(|call| call.contains("token")),
        "{asked:?}"
    );
    assert_eq!(stored(folder.path()), before);
    std::fs::remove_dir(&in_the_way).unwrap();
    platform.verify().await.unwrap();
    assert_ne!(stored(folder.path()), before);
}
