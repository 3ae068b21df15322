//! The captions of a post against what a platform takes: only beside a video, one file, in a language that is said.
//!
//! Pure. Where a platform takes none they are left out, and a note says so: the video is worth more than no post.

use super::rules::Rules;
use crate::domain::{Content, Problem};

/// Adds what is wrong with the captions, and what the author may want to know.
pub(super) fn check(
    label: &str,
    rules: &dyn Rules,
    content: &Content,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) {
    let all: Vec<_> = (content.attachments.iter())
        .filter(|one| one.is_captions())
        .collect();
    let Some(first) = all.first() else { return };
    if !rules.takes_captions() {
        notes.push(format!(
            "{label} takes no captions from here: {} is left out there",
            first.name
        ));
        return;
    }
    let mut problem = |message: String| {
        problems.push(Problem {
            part: Some(0),
            message,
            splitting_helps: false,
        });
    };
    let offers = rules.offers();
    // Where anything goes, captions do.
    if offers.mixes {
        return;
    }
    if all.len() > 1 {
        let (have, more) = (all.len(), all.len() - 1);
        problem(format!(
            "{have} files of captions, at most 1 on {label}: remove {more}"
        ));
    }
    let is_said = |language: &String| !language.trim().is_empty();
    if offers.language && !content.language.as_ref().is_some_and(is_said) {
        problem(format!(
            "{label} must be told the language of the captions {}: say the post's language",
            first.name
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::medium::WEBVTT;
    use crate::domain::{Attachment, Content, Facts, PlatformId, Variant};
    use crate::text;

    fn attached(name: &str, mime: &str) -> Attachment {
        Attachment {
            hash: name.to_owned(),
            name: name.to_owned(),
            mime: mime.to_owned(),
            size: 1_000_000,
            ..Attachment::default()
        }
    }

    fn content(names: &[&str]) -> Content {
        let film = attached("talk.mp4", "video/mp4");
        let captions = names.iter().map(|name| attached(name, WEBVTT));
        Content {
            title: "A talk".to_owned(),
            text: "About it.".to_owned(),
            language: Some("en".to_owned()),
            attachments: [film].into_iter().chain(captions).collect(),
            ..Content::default()
        }
    }

    fn composed(platform: PlatformId, content: &Content) -> crate::domain::Composed {
        text::compose(
            platform,
            content,
            &Variant::inherits("there"),
            &Facts::default(),
        )
    }

    #[test]
    fn captions_go_with_their_video_where_they_are_taken_and_are_left_out_elsewhere() {
        let content = content(&["talk.vtt"]);
        let there = composed(PlatformId::YouTube, &content);
        assert!(there.can_leave(), "{:?}", there.problems);
        assert_eq!(there.parts[0].media.len(), 2);
        assert!(there.parts[0].media[1].is_captions());
        let elsewhere = composed(PlatformId::X, &content);
        assert!(elsewhere.can_leave(), "{:?}", elsewhere.problems);
        assert_eq!(elsewhere.parts[0].media.len(), 1);
        let said = "X takes no captions from here: talk.vtt is left out there";
        assert!(elsewhere.notes.iter().any(|it| it == said));
    }

    #[test]
    fn captions_alone_leave_a_link_its_card_and_a_post_its_emptiness() {
        let mut content = content(&["talk.vtt"]);
        content.attachments.remove(0);
        content.link = Some(crate::domain::LinkCard {
            url: "https://example.org/".to_owned(),
            ..Default::default()
        });
        let there = composed(PlatformId::Bluesky, &content);
        assert!(there.parts[0].card.is_some());
        let there = composed(PlatformId::YouTube, &content);
        assert_eq!(
            there.problems[0].message,
            "YouTube needs a video: attach one"
        );
    }

    #[test]
    fn two_files_and_an_unknown_language_are_told_when_they_are_attached() {
        let mut content = content(&["talk.en.vtt", "talk.nb.vtt"]);
        content.language = None;
        let facts = Facts::default();
        assert_eq!(
            text::attached_problems(PlatformId::YouTube, &content, &facts),
            [
                "2 files of captions, at most 1 on YouTube: remove 1",
                "YouTube must be told the language of the captions talk.en.vtt: say the post's language"
            ]
        );
        let none: [&str; 0] = [];
        assert_eq!(
            text::attached_problems(PlatformId::Sandbox, &content, &facts),
            none
        );
    }
}
