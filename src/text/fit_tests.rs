//! What each platform makes of pictures that it does not take as they are.

use crate::domain::{Attachment, Content, Facts, Fit, FitType, Limits, PlatformId, Seen, Variant};
use crate::text::{Suit, compose, suit};

fn picture(mime: &str, pixels: (u32, u32), size: u64) -> Attachment {
    Attachment {
        name: format!("hall.{}", mime.trim_start_matches("image/")),
        mime: mime.to_owned(),
        size,
        pixels: Some(pixels),
        alt: "A hall".to_owned(),
        seen: Some(Seen::default()),
        ..Attachment::default()
    }
}

fn moving(mime: &str, pixels: (u32, u32), size: u64) -> Attachment {
    Attachment {
        seen: Some(Seen {
            animated: true,
            transparent: false,
        }),
        ..picture(mime, pixels, size)
    }
}

fn clear(mime: &str, pixels: (u32, u32), size: u64) -> Attachment {
    Attachment {
        seen: Some(Seen {
            animated: false,
            transparent: true,
        }),
        ..picture(mime, pixels, size)
    }
}

fn on(platform: PlatformId, picture: &Attachment) -> Suit {
    suit(platform, 1, picture, &Facts::default())
}

fn fitted(platform: PlatformId, picture: &Attachment) -> Fit {
    match on(platform, picture) {
        Suit::Fitted(fit) => fit,
        other => panic!("{platform}: {other:?}"),
    }
}

fn refused(platform: PlatformId, picture: &Attachment) -> String {
    match on(platform, picture) {
        Suit::Refused(sentence) => sentence,
        other => panic!("{platform}: {other:?}"),
    }
}

const CAMERA: (u32, u32) = (6000, 4000);

#[test]
fn a_picture_within_every_limit_is_sent_as_it_is() {
    let small = picture("image/png", (1200, 675), 214_000);
    for &platform in PlatformId::ALL {
        assert_eq!(on(platform, &small), Suit::AsItIs, "{platform}");
    }
}

#[test]
fn bluesky_gets_a_jpeg_of_less_than_a_million_bytes() {
    let fit = fitted(
        PlatformId::Bluesky,
        &picture("image/jpeg", CAMERA, 9_000_000),
    );
    assert_eq!(fit.kind, FitType::Jpeg);
    assert_eq!((fit.width, fit.height), (1936, 1290));
    assert_eq!(fit.max_bytes, Some(1_000_000));
    assert!(!fit.on_white);
    // A small one that was saved without care keeps its size.
    let fit = fitted(
        PlatformId::Bluesky,
        &picture("image/png", (1000, 800), 2_400_000),
    );
    assert_eq!((fit.width, fit.height), (1000, 800));
}

#[test]
fn mastodon_goes_by_the_bytes_and_pixels_that_its_server_tells() {
    let camera = picture("image/jpeg", CAMERA, 12_000_000);
    let told = |bytes, pixels| Facts {
        limits: Some(Limits {
            max_image_bytes: Some(bytes),
            max_image_pixels: Some(pixels),
            ..Limits::default()
        }),
        ..Facts::default()
    };
    let suits = |facts: &Facts| suit(PlatformId::Mastodon, 1, &camera, facts);
    assert_eq!(suits(&told(16_777_216, 33_177_600)), Suit::AsItIs);
    for facts in [Facts::default(), told(16_777_216, 16_777_216)] {
        let Suit::Fitted(fit) = suits(&facts) else {
            panic!("it has more pixels than that server takes");
        };
        assert!(u64::from(fit.width) * u64::from(fit.height) <= 16_777_216);
        assert!(fit.width > 5000, "{fit:?}");
    }
    let Suit::Fitted(fit) = suits(&told(8_000_000, 33_177_600)) else {
        panic!("it has more bytes than that server takes");
    };
    assert_eq!(fit.max_bytes, Some(8_000_000));
}

#[test]
fn linkedin_gets_no_webp_and_no_more_pixels_than_it_takes() {
    let photograph = picture("image/webp", CAMERA, 3_000_000);
    let fit = fitted(PlatformId::LinkedIn, &photograph);
    assert_eq!(
        (fit.kind, fit.width, fit.height),
        (FitType::Jpeg, 6000, 4000)
    );
    let logo = clear("image/webp", (800, 800), 40_000);
    let fit = fitted(PlatformId::LinkedIn, &logo);
    assert_eq!((fit.kind, fit.on_white), (FitType::Png, false));
    let huge = picture("image/jpeg", (8000, 6000), 20_000_000);
    let fit = fitted(PlatformId::LinkedIn, &huge);
    assert!(u64::from(fit.width) * u64::from(fit.height) < 36_152_320);
    assert!(fit.width > 6900, "{fit:?}");
}

#[test]
fn x_takes_five_megabytes_and_one_animation_alone() {
    let fit = fitted(PlatformId::X, &picture("image/png", CAMERA, 30_000_000));
    assert_eq!((fit.kind, fit.max_bytes), (FitType::Jpeg, Some(5_000_000)));
    let large = moving("image/gif", (1000, 1000), 14_000_000);
    assert_eq!(on(PlatformId::X, &large), Suit::AsItIs);
    let wide = moving("image/gif", (1400, 700), 1_000_000);
    assert_eq!(
        refused(PlatformId::X, &wide),
        "Picture 1 (hall.gif) is an animation of 1400x700, at most 1280x1080 on X: make it smaller, or attach a still picture"
    );
    let content = Content {
        text: "Look".to_owned(),
        attachments: vec![large, picture("image/png", (10, 10), 100)],
        ..Content::default()
    };
    let composed = compose(
        PlatformId::X,
        &content,
        &Variant::inherits("a"),
        &Facts::default(),
    );
    assert_eq!(
        composed.problems[0].message,
        "X takes a GIF alone: remove it, or the other pictures"
    );
}

#[test]
fn zulip_takes_what_its_server_takes() {
    let large = picture("image/jpeg", (9000, 6000), 30_000_000);
    let fit = fitted(PlatformId::Zulip, &large);
    assert_eq!(fit.max_bytes, Some(25 * 1024 * 1024));
    assert_eq!((fit.width, fit.height), (8192, 5461));
}

#[test]
fn an_animation_is_never_made_a_still_picture() {
    let large = moving("image/gif", (1400, 800), 3_000_000);
    for platform in [PlatformId::Mastodon, PlatformId::Bluesky] {
        assert!(
            refused(platform, &large).contains("still picture"),
            "{platform}"
        );
    }
    let webp = moving("image/webp", (100, 100), 3_000);
    assert!(refused(PlatformId::LinkedIn, &webp).contains("attach a GIF"));
    // Nobody looked at it when it was attached.
    let old = Attachment {
        seen: None,
        ..large
    };
    assert!(refused(PlatformId::Bluesky, &old).contains("animation"));
    let still = picture("image/gif", (1400, 800), 300_000);
    let fit = fitted(PlatformId::Mastodon, &still);
    assert_eq!((fit.width, fit.height), (1400, 800));
}

#[test]
fn what_is_transparent_stays_so_where_there_is_room_and_becomes_white_elsewhere() {
    let large = clear("image/png", (4000, 3000), 8_000_000);
    let fit = fitted(PlatformId::Bluesky, &large);
    assert_eq!((fit.kind, fit.on_white), (FitType::Jpeg, true));
    let opaque = picture("image/png", (4000, 3000), 8_000_000);
    assert!(!fitted(PlatformId::Bluesky, &opaque).on_white);
}

#[test]
fn proportions_are_kept_and_no_side_vanishes() {
    for pixels in [(30_000, 30_000), (30_000, 40), (40, 30_000), (1, 30_000)] {
        let picture = picture("image/png", pixels, 50_000_000);
        for platform in [PlatformId::Bluesky, PlatformId::X, PlatformId::Zulip] {
            let fit = fitted(platform, &picture);
            assert!(fit.width >= 1 && fit.height >= 1 && fit.width.max(fit.height) <= 8192);
            let (before, after) = (
                f64::from(pixels.0) / f64::from(pixels.1),
                f64::from(fit.width) / f64::from(fit.height),
            );
            let is_thin = fit.width.min(fit.height) < 50;
            assert!(is_thin || (before / after - 1.0).abs() < 0.02, "{fit:?}");
        }
    }
}

#[test]
fn what_goes_is_what_composing_says() {
    let content = Content {
        text: "Look".to_owned(),
        attachments: vec![picture("image/jpeg", CAMERA, 9_000_000)],
        ..Content::default()
    };
    let compose = |facts: &Facts| {
        let variant = Variant::inherits("a");
        compose(PlatformId::Bluesky, &content, &variant, facts)
    };
    let composed = compose(&Facts::default());
    let sent = &composed.parts[0].media[0];
    assert_eq!(
        (sent.mime.as_str(), sent.pixels),
        ("image/jpeg", Some((1936, 1290)))
    );
    assert_eq!(sent.size, sent.fit.expect("fitted").about());
    assert!(composed.can_leave());
    assert_eq!(
        composed.notes,
        ["Picture 1 (hall.jpeg) will be sent to Bluesky as JPEG 1936x1290, about 900 KB"]
    );
    // Whoever posts by hand attaches the file as it is.
    let by_hand = compose(&Facts {
        by_hand: true,
        ..Facts::default()
    });
    assert!(!by_hand.can_leave() && by_hand.parts[0].media[0].fit.is_none());
}
