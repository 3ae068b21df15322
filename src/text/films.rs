//! The videos and documents of a post against what a platform takes: number, size, length, type, and what goes with what.
//!
//! Pure. Pictures are `media.rs`, captions `captions.rs`; `compose.rs` puts the result on part 1.

use super::clusters;
use super::media;
use super::rules::{Film, FilmAlt, Firm, Offers, Rules};
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
    check(label, rules, attachments, facts, problems, notes);
    let pictures = attachments.iter().filter(|one| one.is_picture());
    let pictures: Vec<Attachment> = pictures.cloned().collect();
    media::check(label, rules, &pictures, facts, problems, notes);
}

/// Adds what is wrong with videos and documents, and with what goes with what.
fn check(
    label: &str,
    rules: &dyn Rules,
    attachments: &[Attachment],
    facts: &Facts,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) {
    let offers: &Offers = rules.offers();
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
            for (of, excess) in excesses(label, film, one, facts) {
                let is_firm = match film.firm {
                    Firm::Always => true,
                    Firm::UnlessPaidFor => facts.account_limit.is_none(),
                    Firm::Hearsay => false,
                    Firm::InBytes => of == Of::Bytes,
                };
                if is_firm {
                    problem(format!("{about} {excess}"));
                } else {
                    notes.push(format!("{about} {excess}, or it may be refused"));
                }
            }
            if !takes(film, medium, one, facts) {
                let mime = &one.mime;
                problem(format!(
                    "{about} is {mime}, which {label} does not take: use MP4"
                ));
            }
            if film.alt != FilmAlt::NotAsked && one.alt.trim().is_empty() {
                notes.push(format!("{about} has no alt text"));
            }
            if let Some(over) = too_much_alt(film.alt, rules, one, facts) {
                problem(format!(
                    "The alt text of the {medium} is {over}: shorten it"
                ));
            }
        }
    }
}

/// What a number is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Bytes,
    Time,
    Frames,
}

/// Whether its type is taken: as the server says, else as the platform does.
fn takes(film: &Film, medium: Medium, one: &Attachment, facts: &Facts) -> bool {
    let told = facts.limits.as_ref().filter(|_| medium == Medium::Video);
    match told.map(|limits| limits.video_types.as_slice()) {
        Some(told @ [_, ..]) => told.contains(&one.mime),
        _ => film.mime_types.is_empty() || film.mime_types.contains(&one.mime.as_str()),
    }
}

/// Returns the longest alt text of a video, where it is another than that of a picture.
pub(super) fn max_alt(rules: &dyn Rules) -> Option<u32> {
    match rules.offers().video?.alt {
        FilmAlt::UpTo(clusters, _) => u32::try_from(clusters).ok(),
        FilmAlt::NotAsked | FilmAlt::AsPictures => None,
    }
}

/// Says by how much the alt text of a video is too long.
fn too_much_alt(
    alt: FilmAlt,
    rules: &dyn Rules,
    one: &Attachment,
    facts: &Facts,
) -> Option<String> {
    let over = |have: usize, limit: usize| {
        let over = have.checked_sub(limit).filter(|over| *over > 0)?;
        Some(format!("{over} over the limit of {limit}"))
    };
    match alt {
        FilmAlt::NotAsked => None,
        FilmAlt::AsPictures => {
            let limit = media::max_alt(rules, facts)?;
            over(one.alt.chars().count(), limit as usize)
        }
        FilmAlt::UpTo(clusters, bytes) => over(clusters::of(&one.alt).count(), clusters)
            .or_else(|| over(one.alt.len(), bytes).map(|over| format!("{over} bytes"))),
    }
}

/// Returns in which ways it is too much or too little, each with the remedy.
fn excesses(label: &str, film: &Film, one: &Attachment, facts: &Facts) -> Vec<(Of, String)> {
    let mut found = Vec::new();
    let told = facts.limits.as_ref();
    let max_bytes = told
        .and_then(|limits| match film.as_pictures {
            true => limits.max_image_bytes,
            false => limits.max_video_bytes,
        })
        .or(film.max_bytes);
    let mut add = |of, words: String| found.push((of, words));
    if let Some(limit) = max_bytes.filter(|limit| one.size > *limit) {
        let (size, limit) = (bytes(one.size), bytes(limit));
        let words = format!("has {size}, at most {limit} on {label}: make it smaller");
        add(Of::Bytes, words);
    }
    if let Some(limit) = film.min_bytes.filter(|limit| one.size < *limit) {
        let (size, limit) = (bytes(one.size), bytes(limit));
        add(
            Of::Bytes,
            format!("has {size}, at least {limit} on {label}"),
        );
    }
    if let Some(length) = one.duration_ms {
        if let Some(limit) = film.max_ms.filter(|limit| length > *limit) {
            let (length, limit) = (clock(length), clock(limit));
            add(
                Of::Time,
                format!("plays {length}, at most {limit} on {label}: cut it"),
            );
        }
        if let Some(limit) = film.min_ms.filter(|limit| length < *limit) {
            let (length, limit) = (clock(length), clock(limit));
            add(
                Of::Time,
                format!("plays {length}, at least {limit} on {label}"),
            );
        }
    }
    let most = told.and_then(|limits| limits.max_video_pixels);
    if let (Some((width, height)), Some(most)) = (one.pixels, most.or(film.max_pixels))
        && u64::from(width) * u64::from(height) > most
    {
        let (whole, tenth) = (most / 1_000_000, most % 1_000_000 / 100_000);
        add(
            Of::Frames,
            format!(
                "has {width}x{height} pixels, at most {whole}.{tenth} million on {label}: make it smaller"
            ),
        );
    }
    let most = told.and_then(|limits| limits.max_video_rate);
    if let (Some(rate), Some(most)) = (one.rate, most.or(film.max_rate))
        && rate > most
    {
        add(
            Of::Frames,
            format!("shows {rate} frames a second, at most {most} on {label}: make it slower"),
        );
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
    fn a_video_goes_where_videos_go() {
        let none: Vec<String> = Vec::new();
        for platform in [
            PlatformId::YouTube,
            PlatformId::X,
            PlatformId::LinkedIn,
            PlatformId::Mastodon,
            PlatformId::Bluesky,
        ] {
            assert_eq!(composed(platform, vec![film(|_| ())]).0, none, "{platform}");
        }
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
    fn what_the_server_says_of_videos_wins() {
        let limits = crate::domain::Limits {
            max_video_bytes: Some(30_000_000),
            max_video_pixels: Some(500_000),
            max_video_rate: Some(60),
            max_alt: Some(5),
            video_types: vec!["video/mp4".to_owned()],
            ..crate::domain::Limits::default()
        };
        let facts = Facts {
            limits: Some(limits),
            ..Facts::default()
        };
        let attached = film(|film| {
            film.alt = "a talk".to_owned();
            film.rate = Some(61);
            film.mime = "video/webm".to_owned();
        });
        let content = Content {
            attachments: vec![attached],
            ..Content::default()
        };
        assert_eq!(
            text::attached_problems(PlatformId::Mastodon, &content, &facts),
            [
                "The video talk.mp4 has 40 MB, at most 30 MB on Mastodon: make it smaller",
                "The video talk.mp4 has 1280x720 pixels, at most 0.5 million on Mastodon: make it smaller",
                "The video talk.mp4 shows 61 frames a second, at most 60 on Mastodon: make it slower",
                "The video talk.mp4 is video/webm, which Mastodon does not take: use MP4",
                "The alt text of the video is 1 over the limit of 5: shorten it",
            ]
        );
    }

    #[test]
    fn on_bluesky_bytes_and_alt_text_are_firm_and_the_length_is_a_note() {
        let attached = film(|film| {
            film.size = 301_000_000;
            film.duration_ms = Some(200_000);
            film.alt = "é".repeat(1002);
        });
        let (problems, notes) = composed(PlatformId::Bluesky, vec![attached]);
        assert_eq!(
            problems,
            [
                "The video talk.mp4 has 301 MB, at most 300 MB on Bluesky: make it smaller",
                "The alt text of the video is 2 over the limit of 1000: shorten it",
            ]
        );
        assert_eq!(
            notes,
            [
                "The video talk.mp4 plays 3 min 20 s, at most 3 min 0 s on Bluesky: cut it, or it may be refused"
            ]
        );
        let (problems, notes) = composed(PlatformId::Bluesky, vec![film(|_| ())]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(notes, ["The video talk.mp4 has no alt text"]);
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
