//! Which link of a post becomes a card, and what the card says.
//!
//! Pure. What the author typed wins over what the page said of itself; a page that said nothing, or was not asked, makes a
//! lesser card, never a problem. `compose.rs` puts it on part 1; asking pages is `crate::web`.

use crate::domain::{Card, CardUse, Content, LinkCard, PageCard};
use url::Url;

/// Returns the link with a scheme; `None` when there is no address.
pub(super) fn with_scheme(link: &LinkCard) -> Option<LinkCard> {
    let url = link.url.trim();
    let url = match url {
        "" => return None,
        url if url.contains("://") => url.to_owned(),
        url => format!("https://{url}"),
    };
    Some(LinkCard {
        url,
        ..link.clone()
    })
}

/// Returns the address that a text's card would lead to: the link field's, else the text's first link.
pub(super) fn address(content: &Content, authored: &str) -> Option<String> {
    if content.card == CardUse::Off || content.shows_media() {
        return None;
    }
    match content.link.as_ref().and_then(with_scheme) {
        Some(link) => Some(link.url),
        None => first_link(authored).map(str::to_owned),
    }
}

/// Returns what the page of the master text's card said of itself.
pub fn page(content: &Content) -> Option<&PageCard> {
    content.page(&address(content, &content.text)?)
}

/// Returns the card of a text, where its platform lets us build one. The first link of the text is one only once its page was
/// asked: as long as nobody knows what is there, it is a link.
pub(super) fn of(content: &Content, authored: &str) -> Option<Card> {
    let url = address(content, authored)?;
    let page = content.page(&url);
    let link = content.link.as_ref().and_then(with_scheme);
    if link.is_none() && page.is_none() {
        return None;
    }
    let link = link.unwrap_or_default();
    let typed = |text: &String| {
        Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let said = |text: fn(&PageCard) -> &String| page.and_then(|page| typed(text(page)));
    Some(Card {
        title: typed(&link.title)
            .or_else(|| said(|page| &page.title))
            .unwrap_or_else(|| host(&url)),
        description: typed(&link.description)
            .or_else(|| said(|page| &page.description))
            .unwrap_or_default(),
        picture: page.and_then(|page| page.picture.clone()),
        url,
    })
}

/// Returns the first link of a text that names its scheme, as the platforms that take cards find it.
pub fn first_link(text: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|at| from + at) {
        from = at + 4;
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !"(<[\"'“«".contains(c)) {
            continue;
        }
        let end = text[at..].find(|c: char| c.is_whitespace() || "<>\"".contains(c));
        let mut link = &text[at..end.map_or(text.len(), |end| at + end)];
        link = link
            .strip_suffix(['.', ',', ';', ':', '!', '?'])
            .unwrap_or(link);
        for (open, close) in [('(', ')'), ('[', ']')] {
            if !link.contains(open) {
                link = link.strip_suffix(close).unwrap_or(link);
            }
        }
        let is_page = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if Url::parse(link).is_ok_and(is_page) {
            return Some(link);
        }
    }
    None
}

/// Returns the name of an address's host.
fn host(url: &str) -> String {
    let host = Url::parse(url)
        .ok()
        .and_then(|url| Some(url.host_str()?.to_owned()));
    host.unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CardPicture;

    const URL: &str = "https://example.org/a";

    fn page() -> PageCard {
        PageCard {
            url: URL.to_owned(),
            title: "The page".to_owned(),
            description: "Its words".to_owned(),
            picture: Some(CardPicture {
                hash: "ab".repeat(32),
                mime: "image/jpeg".to_owned(),
                size: 5,
                pixels: (4, 3),
            }),
            fetched_at: None,
        }
    }

    #[test]
    fn what_the_author_typed_wins_and_an_empty_field_is_the_pages() {
        let mut content = Content {
            link: Some(LinkCard {
                url: URL.to_owned(),
                title: "Mine".to_owned(),
                description: "  ".to_owned(),
            }),
            pages: vec![page()],
            ..Content::default()
        };
        let card = of(&content, "text").unwrap();
        assert_eq!(card.title, "Mine");
        assert_eq!(card.description, "Its words");
        assert_eq!(card.picture, page().picture);
        content.link = Some(LinkCard {
            url: URL.to_owned(),
            ..LinkCard::default()
        });
        assert_eq!(of(&content, "").unwrap().title, "The page");
        content.card = CardUse::Off;
        assert_eq!(of(&content, ""), None);
    }

    #[test]
    fn a_page_that_says_nothing_makes_a_card_with_the_name_of_its_host() {
        let mut content = Content {
            link: Some(LinkCard {
                url: "example.org/a".to_owned(),
                ..LinkCard::default()
            }),
            ..Content::default()
        };
        let lesser = of(&content, "").unwrap();
        assert_eq!(
            (lesser.title.as_str(), lesser.picture),
            ("example.org", None)
        );
        content.pages.push(PageCard {
            url: URL.to_owned(),
            ..PageCard::default()
        });
        assert_eq!(of(&content, "").unwrap().title, "example.org");
    }

    #[test]
    fn the_first_link_of_a_text_is_a_card_once_its_page_was_asked() {
        let text = "Read (https://example.org/a) and https://example.org/b.";
        let mut content = Content::default();
        assert_eq!(address(&content, text).as_deref(), Some(URL));
        assert_eq!(of(&content, text), None);
        content.pages.push(page());
        assert_eq!(of(&content, text).unwrap().url, URL);
        // The page of a link that is no longer the first makes nothing.
        assert_eq!(of(&content, "https://example.org/b first"), None);
    }

    #[test]
    fn links_are_found_where_people_write_them() {
        for (text, link) in [
            ("https://example.org/a, and", Some("https://example.org/a")),
            (
                "See: https://example.org/a_(b).",
                Some("https://example.org/a_(b)"),
            ),
            ("(https://example.org/a)", Some("https://example.org/a")),
            ("<https://example.org/a>", Some("https://example.org/a")),
            (
                "HTTP and http:// and http://[ then http://localhost:80/x",
                Some("http://localhost:80/x"),
            ),
            ("xhttps://example.org", None),
            ("example.org", None),
            ("ftp://example.org", None),
            ("", None),
        ] {
            assert_eq!(first_link(text), link, "{text}");
        }
    }
}
