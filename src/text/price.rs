//! What a composed post will cost where a platform takes money, and what those that left came to.
//!
//! Pure. Prices are facts of the channel (`domain/price.rs`); what counts as a link is X's rule, the only one that is paid by.

use super::links::{self, Dialect};
use crate::domain::{Composed, Price, Spent};

/// Says what a post costs, with the day of the prices.
pub(super) fn note(composed: &Composed, price: &Price) -> Option<String> {
    let spent = cost(composed, price);
    let (money, day) = (spent.money, price.as_of);
    Some(match (spent.posts, spent.with_link) {
        (0, _) => return None,
        (1, 0) => format!("costs about {money} (prices of {day})"),
        (1, _) => {
            let without = price.post;
            format!("costs about {money}, without a link {without} (prices of {day})")
        }
        (posts, 0) => format!("its {posts} posts cost about {money} (prices of {day})"),
        (posts, with) => {
            format!("its {posts} posts cost about {money}, {with} with a link (prices of {day})")
        }
    })
}

/// Returns what a composed post will come to.
pub fn cost(composed: &Composed, price: &Price) -> Spent {
    let texts = composed.parts.iter().map(|part| part.text.as_str());
    spent(price, texts, 0)
}

/// Adds up what posts with these texts, and so many look-ups, come to.
pub fn spent<'t>(price: &Price, texts: impl Iterator<Item = &'t str>, looks: u32) -> Spent {
    let mut spent = Spent {
        looks,
        ..Spent::default()
    };
    for text in texts {
        spent.posts += 1;
        spent.with_link += u32::from(has_link(text));
    }
    spent.money = price.with_link * spent.with_link
        + price.post * (spent.posts - spent.with_link)
        + price.read * looks;
    spent
}

fn has_link(text: &str) -> bool {
    text.contains('.') && !links::find(text, Dialect::X).is_empty()
}

#[cfg(test)]
mod tests {
    use crate::domain::{Content, Facts, PlatformId, Threading, Variant};
    use crate::text::compose;

    fn notes(text: &str) -> Vec<String> {
        let content = Content {
            text: text.to_owned(),
            threading: Threading::On,
            ..Content::default()
        };
        let facts = Facts {
            price: PlatformId::X.listed_price(),
            ..Facts::default()
        };
        compose(PlatformId::X, &content, &Variant::inherits("x"), &facts).notes
    }

    #[test]
    fn a_post_says_what_it_costs_and_that_a_link_makes_it_dearer() {
        assert_eq!(
            notes("Hello"),
            ["costs about $0.015 (prices of 2026-08-22)"]
        );
        assert_eq!(
            notes("Hello example.org"),
            ["costs about $0.20, without a link $0.015 (prices of 2026-08-22)"]
        );
        assert_eq!(
            notes("One\n---\nTwo https://example.org\n---\nThree"),
            ["its 3 posts cost about $0.23, 1 with a link (prices of 2026-08-22)"]
        );
        assert_eq!(
            notes("One\n---\nTwo"),
            ["its 2 posts cost about $0.03 (prices of 2026-08-22)"]
        );
    }

    #[test]
    fn where_no_price_is_known_nothing_is_said() {
        let content = Content {
            text: "Hello example.org".to_owned(),
            ..Content::default()
        };
        let composed = compose(
            PlatformId::X,
            &content,
            &Variant::inherits("x"),
            &Facts::default(),
        );
        assert!(composed.notes.is_empty(), "{:?}", composed.notes);
    }
}
