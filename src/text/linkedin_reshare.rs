//! The post on LinkedIn that another one reshares: its address, and the name that LinkedIn takes.
//!
//! Pure. learn.microsoft.com, "Posts API", `reshareContext` (li-lms-2026-05): the parent is a share or a "UGC post". Composed by
//! `compose/reshare.rs`, sent by `platforms/linkedin_api.rs`.

/// Kinds that may be reshared. LinkedIn refuses an activity in words: "Allowed URN types are groupPost, share, ugcPost" (as a
/// working client found, read 2026-11).
const KINDS: [&str; 3] = ["share", "ugcPost", "groupPost"];

/// The entry in somebody's feed, with a number that is not the post's.
const ENTRY: &str = "activity";

/// Returns the name of the post to which an address on LinkedIn leads; `None` where it leads to none, or elsewhere.
///
/// # Errors
/// One line for an entry of the feed, which has another name than its post: how that is found.
pub fn reshared(address: &str) -> Option<Result<String, String>> {
    let address = address.replace("%3A", ":").replace("%3a", ":");
    let (_, rest) = address.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    if host.strip_prefix("www.").unwrap_or(host) != "linkedin.com" {
        return None;
    }
    // What follows is about whoever came here.
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let (kind, number) = urn_in(path).or_else(|| tail_in(path))?;
    if kind == ENTRY {
        return Some(Err(
            "LinkedIn shows this link as a card: it names an entry of the feed, and a post is reshared by its own name, which is in \
             the address that “Embed this post” in its menu there gives"
                .to_owned(),
        ));
    }
    KINDS
        .contains(&kind)
        .then(|| Ok(format!("urn:li:{kind}:{number}")))
}

/// Finds a whole name.
fn urn_in(path: &str) -> Option<(&str, &str)> {
    let (_, rest) = path.split_once("urn:li:")?;
    let (kind, rest) = rest.split_once(':')?;
    Some((kind, number_at(rest)?))
}

/// Finds the end of a readable address: `…-share-123-AbCd`.
fn tail_in(path: &str) -> Option<(&str, &str)> {
    let slug = path.strip_prefix("posts/")?;
    let kinds = KINDS.into_iter().chain([ENTRY]);
    kinds.into_iter().find_map(|kind| {
        let (_, rest) = slug.rsplit_once(&format!("-{kind}-"))?;
        Some((kind, number_at(rest)?))
    })
}

fn number_at(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (1..=20).contains(&end).then(|| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_known_by_every_address_that_has_its_own_name() {
        for (address, name) in [
            (
                "https://www.linkedin.com/feed/update/urn:li:share:7/",
                "urn:li:share:7",
            ),
            (
                "https://linkedin.com/feed/update/urn%3Ali%3Ashare%3A7?utm=1",
                "urn:li:share:7",
            ),
            (
                "https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:8",
                "urn:li:ugcPost:8",
            ),
            (
                "https://www.linkedin.com/posts/ada-activity-club_hello-share-7-AbCd",
                "urn:li:share:7",
            ),
            (
                "https://www.linkedin.com/posts/ada_hi-ugcPost-9-x?rcm=-activity-2",
                "urn:li:ugcPost:9",
            ),
        ] {
            assert_eq!(reshared(address), Some(Ok(name.to_owned())), "{address}");
        }
    }

    #[test]
    fn an_entry_of_the_feed_stays_a_card_and_says_how_its_post_is_named() {
        for address in [
            "https://www.linkedin.com/posts/ada_hello-activity-99-AbCd",
            "https://www.linkedin.com/feed/update/urn:li:activity:99/",
        ] {
            let said = reshared(address).unwrap().unwrap_err();
            assert!(said.contains("Embed this post"), "{address}: {said}");
        }
        for address in [
            "https://example.org/feed/update/urn:li:share:7",
            "https://linkedin.com.example.org/feed/update/urn:li:share:7",
            "https://www.linkedin.com/in/ada-share-7",
            "https://www.linkedin.com/feed/update/urn:li:share:x",
            "https://www.linkedin.com/company/rso?u=urn:li:share:7",
            "linkedin.com",
            "",
        ] {
            assert_eq!(reshared(address), None, "{address}");
        }
    }
}
