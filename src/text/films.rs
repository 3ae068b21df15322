//! The videos and documents of a post against what a platform takes: number, size, length, type, and what goes with what.
//!
//! Pure. Pictures are `media.rs`, captions `captions.rs`; `compose.rs` puts the result on part 1.

use super::media;
use super::rules::{Film, Firm, Offers, Rules};
use crate::domain::upload::bytes;
use crate::domain::{Attachment, Facts, Medium, Problem};

/// Adds what is wrong with everything that is attached, and what the author may want to know.
pub(super) fn check_all(
    label: &str,
    rules: &dyn Rules,
    attachments: &[Attachment],
    facts: &Facts,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) {
    check(label, rules.offers(), attachments, facts, problems, notes);
    let pictures = attachments.iter().filter(|one| one.is_picture());
    let pictures: Vec<Attachment> = pictures.cloned().collect();
    media::check(label, rules, &pictures, facts, problems, notes);
}

/// Adds what is wrong with videos and documents, and with what goes with what.
fn check(
    label: &str,
    offers: &Offers,
    attachments: &[Attachment],
    facts: &Facts,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) {
    let mut problem = |message: String| {
        problems.push(Problem {
            part: Some(0),
            message,
            splitting_helps: false,
        });
    };
    let mut remarks = Vec::new();
    let count = |medium| {
        let these = attachments.iter().filter(|one| one.medium() == medium);
        these.count()
    };
    let (pictures, videos, documents) = (
        count(Medium::Picture),
        count(Medium::Video),
        count(Medium::Document),
    );
    // What a person posts by hand may be another kind of post there.
    if offers.needs_video && !facts.by_hand {
        if videos == 0 {
            problem(format!("{label} needs a video: attach one"));
        }
        if pictures == 1 && videos == 1 {
            remarks.push(format!("On {label} the picture becomes the thumbnail"));
        }
    }
    notes.append(&mut remarks);
    let kinds = [pictures, videos, documents].map(|count| usize::from(count > 0));
    if kinds.iter().sum::<usize>() > 1 && !offers.mixes && !offers.needs_video {
        problem(format!(
            "{label} does not take pictures, a video and a document together: keep one kind"
        ));
    }
    for (medium, have) in [(Medium::Video, videos), (Medium::Document, documents)] {
        let offer = match medium {
            Medium::Video => offers.video,
            _ => offers.document,
        };
        let Some(film) = offer else {
            if have > 0 {
                problem(format!(
                    "A {medium} cannot be sent to {label} from here: take it away"
                ));
            }
            continue;
        };
        if let Some(most) = film.most.filter(|most| have > *most as usize) {
            let more = have - most as usize;
            problem(format!(
                "{have} {medium}s, at most {most} on {label}: remove {more}"
            ));
        }
        let these = attachments.iter().filter(|one| one.medium() == medium);
        for one in these {
            let about = format!("The {medium} {}", one.name);
            for excess in excesses(label, film, one, facts) {
                let is_firm = match film.firm {
                    Firm::Always => true,
                    Firm::UnlessPaidFor => facts.account_limit.is_none(),
                    Firm::Hearsay => false,
                };
                if is_firm {
                    problem(format!("{about} {excess}"));
                } else {
                    notes.push(format!("{about} {excess}, or it may be refused"));
                }
            }
            if !film.mime_types.is_empty() && !film.mime_types.contains(&one.mime.as_str()) {
                let mime = &one.mime;
                problem(format!(
                    "{about} is {mime}, which {label} does not take: use MP4"
                ));
            }
        }
    }
}

/// Returns in which ways it is too much or too little, each with the remedy.
fn excesses(label: &str, film: &Film, one: &Attachment, facts: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    let told = facts.limits.as_ref();
    let max_bytes = told
        .and_then(|limits| match film.as_pictures {
            true => limits.max_image_bytes,
            false => limits.max_video_bytes,
        })
        .or(film.max_bytes);
    if let Some(limit) = max_bytes.filter(|limit| one.size > *limit) {
        let (size, limit) = (bytes(one.size), bytes(limit));
        found.push(format!(
            "has {size}, at most {limit} on {label}: make it smaller"
        ));
    }
    if let Some(limit) = film.min_bytes.filter(|limit| one.size < *limit) {
        let (size, limit) = (bytes(one.size), bytes(limit));
        found.push(format!("has {size}, at least {limit} on {label}"));
    }
    if let Some(length) = one.duration_ms {
        if let Some(limit) = film.max_ms.filter(|limit| length > *limit) {
            let (length, limit) = (clock(length), clock(limit));
            found.push(format!(
                "plays {length}, at most {limit} on {label}: cut it"
            ));
        }
        if let Some(limit) = film.min_ms.filter(|limit| length < *limit) {
            let (length, limit) = (clock(length), clock(limit));
            found.push(format!("plays {length}, at least {limit} on {label}"));
        }
    }
    found
}

/// Returns a length as people say it.
pub fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..10 => format!("{seconds}.{} s", milliseconds % 1000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Attachment, Content, Facts, PlatformId, Variant};
    use crate::text;

    fn film(change: impl FnOnce(&mut Attachment)) -> Attachment {
        let mut film = Attachment {
            hash: "f".repeat(64),
            name: "talk.mp4".to_owned(),
            mime: "video/mp4".to_owned(),
            size: 40_000_000,
            pixels: Some((1280, 720)),
            duration_ms: Some(60_000),
            alt: String::new(),
            ..Attachment::default()
        };
        change(&mut film);
        film
    }

    fn composed(platform: PlatformId, attachments: Vec<Attachment>) -> (Vec<String>, Vec<String>) {
        let content = Content {
            title: "A talk".to_owned(),
            text: "About it.".to_owned(),
            attachments,
            ..Content::default()
        };
        let variant = Variant::inherits("there");
        let composed = text::compose(platform, &content, &variant, &Facts::default());
        let problems = composed.problems.into_iter().map(|it| it.message);
        (problems.collect(), composed.notes)
    }

    #[test]
    fn a_video_goes_where_videos_go_and_nowhere_else() {
        let none: Vec<String> = Vec::new();
        for platform in [PlatformId::YouTube, PlatformId::X, PlatformId::LinkedIn] {
            assert_eq!(composed(platform, vec![film(|_| ())]).0, none, "{platform}");
        }
        assert_eq!(
            composed(PlatformId::Bluesky, vec![film(|_| ())]).0,
            ["A video cannot be sent to Bluesky from here: take it away"]
        );
        assert_eq!(
            composed(PlatformId::YouTube, Vec::new()).0,
            ["YouTube needs a video: attach one"]
        );
    }

    #[test]
    fn what_is_too_long_or_too_large_is_told_when_it_is_attached() {
        let long = film(|film| film.duration_ms = Some(200_000));
        assert_eq!(
            composed(PlatformId::X, vec![long]).0,
            ["The video talk.mp4 plays 3 min 20 s, at most 2 min 20 s on X: cut it"]
        );
        let large = film(|film| film.size = 600_000_000);
        let (problems, notes) = composed(PlatformId::LinkedIn, vec![large]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            notes,
            [
                "The video talk.mp4 has 600 MB, at most 500 MB on LinkedIn: make it smaller, or it may be refused"
            ]
        );
        let webm = film(|film| film.mime = "video/webm".to_owned());
        assert_eq!(
            composed(PlatformId::LinkedIn, vec![webm]).0,
            ["The video talk.mp4 is video/webm, which LinkedIn does not take: use MP4"]
        );
    }

    #[test]
    fn pictures_and_a_video_do_not_go_together() {
        let picture = film(|film| film.mime = "image/png".to_owned());
        let mixed = || vec![film(|_| ()), picture.clone()];
        assert!(
            composed(PlatformId::X, mixed()).0[0].contains("together"),
            "{:?}",
            composed(PlatformId::X, mixed())
        );
        let (problems, notes) = composed(PlatformId::YouTube, mixed());
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(notes[0], "On YouTube the picture becomes the thumbnail");
        let two = vec![film(|_| ()), film(|film| film.hash = "e".repeat(64))];
        assert_eq!(
            composed(PlatformId::X, two).0,
            ["2 videos, at most 1 on X: remove 1"]
        );
    }
}
