//! Handles as people write them, platform by platform.

use super::naming::{handle, platforms};
use crate::domain::PlatformId;
use crate::domain::PlatformId::{Bluesky, LinkedIn, Mastodon, Sandbox, X, YouTube, Zulip};

fn kept(platform: PlatformId, written: &str) -> String {
    handle(platform, written).unwrap_or_else(|why| format!("refused: {why}"))
}

#[test]
fn a_handle_is_taken_as_people_write_it_or_copy_it_from_the_address_bar() {
    for (platform, written, expected) in [
        (Mastodon, "@ada@fosstodon.org", "ada@fosstodon.org"),
        (Mastodon, "https://fosstodon.org/@ada", "ada@fosstodon.org"),
        (Bluesky, "@Ada.bsky.social", "ada.bsky.social"),
        (Bluesky, "https://bsky.app/profile/numpy.org", "numpy.org"),
        (
            LinkedIn,
            "urn:li:organization:123",
            "urn:li:organization:123",
        ),
        (
            LinkedIn,
            "urn:li:person:a-B_9  Ada L.",
            "urn:li:person:a-B_9 Ada L.",
        ),
        (X, "https://x.com/ada_l/", "ada_l"),
        (X, "@ada_l", "ada_l"),
        (Zulip, "@**Ada Løv|7**", "Ada Løv|7"),
        (Zulip, "Ada [RSE] (Oslo)", "Ada [RSE] (Oslo)"),
        (YouTube, "https://www.youtube.com/@ada.l", "ada.l"),
    ] {
        assert_eq!(kept(platform, written), expected);
    }
}

#[test]
fn a_handle_that_would_name_nobody_or_everybody_is_refused_with_its_form() {
    for (platform, written, says) in [
        (Mastodon, "ada", "with its server"),
        (Mastodon, "ada@localhost", "with its server"),
        (Mastodon, "ada@example.org bo", "with its server"),
        (Mastodon, "a[b]@example.org", "with its server"),
        (Bluesky, "ada", "in full"),
        (Bluesky, "ada.invalid-ending", "in full"),
        (
            LinkedIn,
            "https://linkedin.com/company/x",
            "urn:li:organization:123",
        ),
        (
            LinkedIn,
            "urn:li:organization:1)(2",
            "urn:li:organization:123",
        ),
        (
            LinkedIn,
            "urn:li:organization:abc",
            "urn:li:organization:123",
        ),
        (X, "ada lovelace", "up to 15"),
        (X, "abcdefghijklmnop", "up to 15"),
        (Zulip, "Ada **L**", "full name"),
        (Zulip, "Ada|x", "full name"),
        (Zulip, "all", "calls everybody"),
        (Zulip, "a\u{1b}[2Jb", "full name"),
        (YouTube, "ad", "3 to 30"),
        (Sandbox, "ada", "Nobody has a handle on Sandbox"),
    ] {
        let said = kept(platform, written);
        assert!(said.starts_with("refused") && said.contains(says), "{said}");
    }
}

#[test]
fn every_platform_with_a_server_has_handles() {
    let local = |platform: &PlatformId| platform.is_local();
    assert_eq!(
        platforms().count(),
        PlatformId::ALL.iter().filter(|it| !local(it)).count()
    );
    assert!(!platforms().any(|platform| local(&platform)));
}
