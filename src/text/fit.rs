//! Whether a channel takes a picture as it is, and what is made of it where not.
//!
//! Pure: it knows the limits and what is stored about the picture, never its pixels. `media/fit.rs` obeys it when the
//! picture is sent, so what is decided here is what people see.

use super::rules::Rules;
use crate::domain::fit::bytes_in_words;
use crate::domain::{Attachment, Facts, Fit, FitType, Limits};

/// What a platform takes of pictures, beside number, bytes and types.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounds {
    /// Most pixels, width times height.
    pub pixels: Option<u64>,
    /// What an animation may be.
    pub animation: Animation,
}

/// What a platform takes of pictures that move. A bound is `None` where it is that of other pictures.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Animation {
    /// Most bytes.
    pub bytes: Option<u64>,
    /// Most pixels of a GIF, whether it moves or not.
    pub gif_pixels: Option<u64>,
    /// Widest and highest.
    pub sides: Option<(u32, u32)>,
}

/// Whether a channel takes a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suit {
    /// As it is.
    AsItIs,
    /// Encoded anew.
    Fitted(Fit),
    /// Not at all; the sentence, without its full stop, says why and what to do.
    Refused(String),
}

/// Bytes that a picture has for each pixel at a quality that nobody minds: a JPEG has 0.4.
const PIXELS_OF_BYTES: (u64, u64) = (5, 2);

/// A transparent picture is kept so up to this size; a larger one would be a photograph, and far too large.
const MOST_PNG_BYTES: u64 = 25 * 1024 * 1024;

/// Longest side of what is encoded anew: browsers and phones show no more.
const LONGEST_SIDE: u32 = 8192;

/// The types that are decoded here.
const READ: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

/// What is wrong with a picture as it is.
enum Wrong {
    Bytes(u64),
    Pixels(u64),
    Type,
}

/// Tells whether a channel takes the picture with this number (from 1).
pub(super) fn suit(
    label: &str,
    rules: &dyn Rules,
    number: usize,
    picture: &Attachment,
    facts: &Facts,
) -> Suit {
    // Videos and documents are not ours to change.
    if !picture.is_picture() {
        return Suit::AsItIs;
    }
    let bounds = Taken::new(rules, facts);
    let is_animated = picture
        .seen
        .map_or(picture.mime == "image/gif", |seen| seen.animated);
    if is_animated {
        return animation(label, &bounds, number, picture);
    }
    let Some(wrong) = bounds.wrong(picture) else {
        return Suit::AsItIs;
    };
    let fit = picture
        .pixels
        .filter(|_| !facts.by_hand && READ.contains(&picture.mime.as_str()))
        .and_then(|pixels| bounds.fit(picture, pixels));
    match fit {
        Some(fit) => Suit::Fitted(fit),
        None => Suit::Refused(refusal(label, number, picture, &wrong)),
    }
}

/// What a channel takes: as its server says, else as its platform does.
struct Taken<'a> {
    bytes: Option<u64>,
    bounds: Bounds,
    told: &'a [String],
    known: &'static [&'static str],
}

impl<'a> Taken<'a> {
    fn new(rules: &dyn Rules, facts: &'a Facts) -> Self {
        let (offers, bounds) = (rules.offers(), rules.picture_bounds());
        let told = facts.limits.as_ref();
        let says = |what: fn(&Limits) -> Option<u64>| told.and_then(what);
        Self {
            bytes: says(|it| it.max_image_bytes).or(offers.max_image_bytes),
            bounds: Bounds {
                pixels: says(|it| it.max_image_pixels).or(bounds.pixels),
                ..bounds
            },
            told: told.map_or(&[], |limits| limits.mime_types.as_slice()),
            known: offers.mime_types,
        }
    }

    fn takes(&self, mime: &str) -> bool {
        match self.told {
            [] => self.known.is_empty() || self.known.contains(&mime),
            told => told.iter().any(|it| it == mime),
        }
    }

    fn most_pixels(&self, mime: &str) -> Option<u64> {
        let gif = self.bounds.animation.gif_pixels;
        gif.filter(|_| mime == "image/gif").or(self.bounds.pixels)
    }

    fn wrong(&self, picture: &Attachment) -> Option<Wrong> {
        if !self.takes(&picture.mime) {
            return Some(Wrong::Type);
        }
        if let Some(most) = self.bytes.filter(|most| picture.size > *most) {
            return Some(Wrong::Bytes(most));
        }
        self.most_pixels(&picture.mime)
            .filter(|most| area(picture).is_some_and(|pixels| pixels > *most))
            .map(Wrong::Pixels)
    }

    /// Returns what the channel takes of it, with its proportions kept; `None` where it takes no type that is written here.
    fn fit(&self, picture: &Attachment, (width, height): (u32, u32)) -> Option<Fit> {
        let may_be_transparent =
            picture.mime != "image/jpeg" && picture.seen.is_none_or(|seen| seen.transparent);
        let fit = |kind: FitType, (width, height), on_white| Fit {
            kind,
            width,
            height,
            max_bytes: self.bytes,
            on_white,
        };
        let most = self.bounds.pixels.unwrap_or(u64::MAX);
        let png = shrunk((width, height), most);
        let png_fits = png_bytes(png) <= self.bytes.unwrap_or(MOST_PNG_BYTES).min(MOST_PNG_BYTES);
        let takes_jpeg = self.takes(FitType::Jpeg.mime());
        if self.takes(FitType::Png.mime()) && png_fits && (may_be_transparent || !takes_jpeg) {
            return Some(fit(FitType::Png, png, false));
        }
        let (times, by) = PIXELS_OF_BYTES;
        let of_bytes = self
            .bytes
            .map_or(u64::MAX, |bytes| (bytes / by).saturating_mul(times));
        let jpeg = shrunk((width, height), most.min(of_bytes));
        takes_jpeg.then(|| fit(FitType::Jpeg, jpeg, may_be_transparent))
    }
}

fn area(picture: &Attachment) -> Option<u64> {
    picture
        .pixels
        .map(|(width, height)| u64::from(width) * u64::from(height))
}

/// Most bytes that a PNG of this size can have: its pixels as they are, and a little for each row.
fn png_bytes((width, height): (u32, u32)) -> u64 {
    let row = u64::from(width) * 4 + 1;
    let raw = row * u64::from(height);
    raw + raw / 100 + 4096
}

/// Returns the largest size of the same proportions with at most so many pixels.
fn shrunk((width, height): (u32, u32), most: u64) -> (u32, u32) {
    let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let by_area = (most as f64 / (w * h)).sqrt();
    let by_side = f64::from(LONGEST_SIDE) / w.max(h);
    let scale = by_area.min(by_side);
    if scale >= 1.0 {
        return (width.max(1), height.max(1));
    }
    // Never more than before, never nothing.
    let side = |length: f64| ((length * scale).floor() as u32).max(1);
    (side(w), side(h))
}

fn refusal(label: &str, number: usize, picture: &Attachment, wrong: &Wrong) -> String {
    let (name, mime) = (&picture.name, &picture.mime);
    match wrong {
        Wrong::Type => {
            format!("{label} does not take {mime} (picture {number}, {name}): use JPEG or PNG")
        }
        Wrong::Bytes(most) => format!(
            "Picture {number} ({name}) has {}, at most {} on {label}: make it smaller",
            bytes_in_words(picture.size),
            bytes_in_words(*most)
        ),
        Wrong::Pixels(most) => format!(
            "Picture {number} ({name}) has {} pixels, at most {most} on {label}: make it smaller",
            area(picture).unwrap_or(0)
        ),
    }
}

/// Animations are sent as they are or not at all: what is left of one that is encoded anew is a still picture.
fn animation(label: &str, bounds: &Taken<'_>, number: usize, picture: &Attachment) -> Suit {
    let (name, mime) = (&picture.name, &picture.mime);
    let refused = |has: String, most: String| {
        Suit::Refused(format!(
            "Picture {number} ({name}) is an animation of {has}, at most {most} on {label}: make it smaller, or attach a still picture"
        ))
    };
    if !bounds.takes(mime) {
        return Suit::Refused(format!(
            "{label} does not take {mime}, and picture {number} ({name}) is an animation: attach a GIF or a still picture"
        ));
    }
    let moving = bounds.bounds.animation;
    if let Some(most) = moving
        .bytes
        .or(bounds.bytes)
        .filter(|most| picture.size > *most)
    {
        return refused(bytes_in_words(picture.size), bytes_in_words(most));
    }
    let Some((width, height)) = picture.pixels else {
        return Suit::AsItIs;
    };
    if let Some((widest, highest)) = moving
        .sides
        .filter(|(widest, highest)| width > *widest || height > *highest)
    {
        return refused(format!("{width}x{height}"), format!("{widest}x{highest}"));
    }
    let pixels = u64::from(width) * u64::from(height);
    match bounds.most_pixels(mime).filter(|most| pixels > *most) {
        Some(most) => refused(format!("{width}x{height}"), format!("{most} pixels")),
        None => Suit::AsItIs,
    }
}
