//! A post as one sentence: its states and its kind as words, its title, and where it goes.
//!
//! Pure; the agenda and the plain view say posts with it, so they agree to the letter.

use super::text_safety::visible;
use super::{ChannelState, DeliveryState, Glyph, Kind, Summary};

/// Cuts a title to what a message has room for, and shows what would steer a terminal.
pub fn short_title(title: &str) -> String {
    const MOST: usize = 40;
    let title = visible(title);
    if title.chars().count() <= MOST {
        return title;
    }
    let cut: String = title.chars().take(MOST - 1).collect();
    format!("{}…", cut.trim_end())
}

/// A sentence about a post, in pieces, so that a title can be shortened and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// `waiting, evergreen: `
    pub before: String,
    /// What names the post.
    pub title: String,
    /// `. On linkedin, fosstodon.`
    pub after: String,
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.before, self.title, self.after)
    }
}

/// Returns the sentence about a post: `waiting, evergreen: Package showcase: xclim. On linkedin, fosstodon.`
pub fn sentence(post: &Summary) -> Sentence {
    let title = visible(&post.title);
    let stop = if title.ends_with(['.', '!', '?', '…']) {
        ""
    } else {
        "."
    };
    let kind = match post.kind {
        Kind::Evergreen => ", evergreen",
        Kind::AdHoc => "",
    };
    let words: Vec<&str> = post.channels.iter().map(|it| word(post, it)).collect();
    let (before, after) = match words.as_slice() {
        [] => (
            format!("{}{kind}: ", post.glyph().word()),
            format!("{stop} On no channel yet."),
        ),
        [first, rest @ ..] if rest.iter().all(|word| word == first) => {
            let channels: Vec<&str> = post.channels.iter().map(|it| it.channel.as_str()).collect();
            (
                format!("{first}{kind}: "),
                format!("{stop} On {}.", channels.join(", ")),
            )
        }
        each => {
            let pairs = each.iter().zip(&post.channels);
            let each: Vec<String> = pairs
                .map(|(word, it)| format!("{word} on {}", it.channel))
                .collect();
            (format!("{}{kind}: ", each.join(", ")), stop.to_owned())
        }
    };
    let alt = match post.without_alt {
        0 => String::new(),
        1 => " A picture has no alt text.".to_owned(),
        more => format!(" {more} pictures have no alt text."),
    };
    Sentence {
        before,
        title,
        after: after + &alt,
    }
}

/// Why a waiting post is held says more than that it waits.
fn word(post: &Summary, channel: &ChannelState) -> &'static str {
    match channel.state {
        DeliveryState::Waiting if channel.is_asked_by_hand() => "to be posted by hand",
        DeliveryState::Waiting => {
            Glyph::of([DeliveryState::Waiting], post.held, post.review).word()
        }
        state => state.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, PostId, Review, Waits};

    fn post(kind: Kind, held: bool, channels: &[(&str, DeliveryState)]) -> Summary {
        Summary {
            id: PostId(1),
            title: "What you will learn".to_owned(),
            kind,
            due_at: None,
            held,
            review: Review::Draft,
            campaign: None,
            author: Author::default(),
            tags: Vec::new(),
            without_alt: 0,
            channels: channels
                .iter()
                .map(|(name, state)| ChannelState {
                    channel: (*name).into(),
                    state: *state,
                    reason: String::new(),
                    waits: Waits::default(),
                })
                .collect(),
        }
    }

    #[test]
    fn one_state_is_said_once_and_several_with_their_channels() {
        use DeliveryState::{Published, Unknown, Waiting};
        let both = [("linkedin", Waiting), ("fosstodon", Waiting)];
        let said = |post: &Summary| sentence(post).to_string();
        assert_eq!(
            said(&post(Kind::Evergreen, false, &both)),
            "waiting, evergreen: What you will learn. On linkedin, fosstodon."
        );
        assert_eq!(
            said(&post(Kind::AdHoc, true, &both)),
            "draft: What you will learn. On linkedin, fosstodon."
        );
        let mixed = [("linkedin", Unknown), ("bluesky", Published)];
        assert_eq!(
            said(&post(Kind::AdHoc, false, &mixed)),
            "unknown on linkedin, published on bluesky: What you will learn."
        );
        assert_eq!(
            said(&post(Kind::AdHoc, true, &[])),
            "draft: What you will learn. On no channel yet."
        );
    }

    #[test]
    fn a_title_that_ends_like_a_sentence_gets_no_second_stop() {
        let mut asked = post(Kind::AdHoc, false, &[("x", DeliveryState::Missed)]);
        asked.title = "Ready?\u{1b}[2J".to_owned();
        assert_eq!(sentence(&asked).to_string(), "missed: Ready?<1b>[2J. On x.");
        asked.title = "Ready?".to_owned();
        assert_eq!(sentence(&asked).to_string(), "missed: Ready? On x.");
    }
}
