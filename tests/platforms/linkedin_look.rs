//! A LinkedIn post whose answer was lost, on a strict server: what a look-up proves, and what LinkedIn calls a duplicate.

use crate::common::lost::{look, look_for, lost};
use crate::common::{now, published};
use crate::linkedin::{member, page, says, sent, there};
use crate::linkedin_server::{Post, Server};
use masthead::domain::{Attempt, Corrected, Outcome};
use masthead::platforms::LookUp;

#[tokio::test]
async fn a_lost_post_is_found_among_the_pages_and_another_is_not_taken_for_it() {
    let server = Server::start();
    let platform = page(&server);
    let request = sent(&*platform, &says("hello (all) #open"));
    assert_eq!(look(&*platform, &request, &[]).await, LookUp::Absent);
    let made = published(platform.publish(&request).await);
    match look(&*platform, &request, &[]).await {
        LookUp::Found(found) => assert_eq!(
            (found.id, found.permalink),
            (made.id.clone(), made.permalink)
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        look(&*platform, &request, &[&made.id]).await,
        LookUp::Absent
    );
    // The same words of an hour ago are another post.
    server.world().posts[0].created -= 3_600_000;
    server.world().posts[0].modified -= 3_600_000;
    assert_eq!(look(&*platform, &request, &[]).await, LookUp::Absent);
}

#[tokio::test]
async fn an_edited_or_failed_post_asks_a_person_and_old_pages_are_read_through() {
    let server = Server::start();
    let platform = page(&server);
    let request = sent(&*platform, &says("hello there"));
    published(platform.publish(&request).await);
    server.world().posts[0].state = "PUBLISH_FAILED".to_owned();
    let looked = look(&*platform, &request, &[]).await;
    assert!(
        matches!(&looked, LookUp::CannotTell { reason } if reason.contains("feed/update")),
        "{looked:?}"
    );
    server.world().posts[0].state = "PUBLISHED".to_owned();
    let first = server.posts().remove(0);
    for number in 0..35 {
        let urn = format!("urn:li:share:{number}");
        let commentary = format!("chatter {number}");
        let modified = first.modified + 1000;
        server.world().posts.push(Post {
            urn,
            commentary,
            modified,
            ..first.clone()
        });
    }
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::Found(_)), "{looked:?}");
    server.world().posts[0].commentary = "hello".to_owned();
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
}

#[tokio::test]
async fn a_members_lost_post_always_asks() {
    let server = Server::start();
    let platform = member(&server);
    platform.verify().await.unwrap();
    let request = sent(&*platform, &says("hello"));
    published(platform.publish(&request).await);
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
    // Nor can what LinkedIn calls a duplicate be proved.
    let outcome = platform.publish(&request).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert!(
        outcome.reason().contains("feed/update/urn:li:share:"),
        "{outcome:?}"
    );
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn a_duplicate_is_the_post_an_older_one_or_one_that_is_gone() {
    let server = Server::start();
    let platform = page(&server);
    let request = sent(&*platform, &says("hello"));
    let made = published(platform.publish(&request).await);
    // Its own answer was lost: what is there is it.
    let again = published(platform.publish(&request).await);
    assert_eq!(again.id, made.id);
    // One of last week is meant to be there already: nothing was made, and the text has to change.
    server.world().posts[0].created -= 7 * 86_400_000;
    let outcome = platform.publish(&request).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    assert!(outcome.reason().contains("change the text"), "{outcome:?}");
    // A deleted one is remembered for a while, under a name that leads nowhere.
    let post = server.posts().remove(0);
    assert_eq!(platform.delete(&there(&post)).await, Corrected::Done);
    let outcome = platform.publish(&request).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert!(outcome.reason().contains("is not there"), "{outcome:?}");
    // It is not sent again by itself, which would be refused in the same way.
    let refused = Attempt {
        outcome: Some(outcome),
        ..lost(&request, now())
    };
    let looked = look_for(&*platform, &refused, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
    assert!(server.posts().is_empty());
}
