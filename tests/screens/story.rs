//! The story that every screen is drawn with: a review-and-training community, Tuesday 10 November 2026, 08:12 in Oslo.
//!
//! Plain data, built by hand; no database and no composing, so that a screen's test fails for the screen's sake only.

pub mod writing;

use chrono::{DateTime, Duration, NaiveDateTime};
use chrono_tz::Europe::Oslo;
use chrono_tz::Tz;
use masthead::app::{App, Detail, NextLeaving, Publishing};
use masthead::domain::queue::Queue;
use masthead::domain::{
    Account, Attachment, Author, Channel, ChannelName, ChannelState, Composed, Content, Count,
    Delivery, DeliveryId, DeliveryState, Kind, LocalTime, Measure, Part, Plan, PlatformId, Post,
    PostId, PostView, Review, Summary, Variant,
};
use std::ops::Range;
pub use writing::typing;

/// The selected post at the beginning of the story.
pub const XCLIM: PostId = PostId(10);
/// The post that failed on one channel.
pub const FAILED: PostId = PostId(8);
/// The post that is being written.
pub const SOURMASH: PostId = PostId(27);

/// Reads a wall time in Oslo.
pub fn oslo(text: &str) -> LocalTime {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a wall time");
    LocalTime::new(local, Oslo)
}

/// Returns the story's screen at a size, the calendar focused and today's showcase selected.
pub fn app(width: u16, height: u16) -> App {
    let now = oslo("2026-11-10 08:12").instant();
    let mut app = App::new(now, Oslo, (width, height));
    app.second_zone = Some(Tz::America__New_York);
    app.author = Author::new("tester");
    app.channels = channels();
    app.publishing = Publishing::Here;
    app.next = Some(NextLeaving {
        at: oslo("2026-11-10 09:00").instant(),
        channels: names("Li Ma"),
    });
    app.posts = posts();
    let from = oslo("2026-10-01 00:00").local.date();
    app.loaded = Some((from, from + Duration::days(92)));
    app.queue = queue(&app.posts);
    app.selected = Some(XCLIM);
    app.detail = Some(xclim());
    app.login_end = Some((
        "Li".to_owned(),
        now + Duration::days(11) + Duration::hours(5),
    ));
    app
}

fn channels() -> Vec<Channel> {
    let mut channels = vec![
        Channel::new("linkedin", PlatformId::LinkedIn),
        Channel::new("fosstodon", PlatformId::Mastodon),
        Channel::new("bluesky", PlatformId::Bluesky),
        Channel::new("announce", PlatformId::Zulip),
        Channel::new("youtube", PlatformId::YouTube),
        Channel::new("x", PlatformId::X),
    ];
    let accounts = [
        "page \"Example Community\"",
        "@example@fosstodon.org",
        "@example.org",
        "announce > news",
    ];
    for (channel, handle) in channels.iter_mut().zip(accounts) {
        channel.account = Some(Account {
            id: handle.to_owned(),
            handle: handle.to_owned(),
        });
    }
    channels
}

/// Returns channel names for marks: `Li Ma`.
pub fn names(marks: &str) -> Vec<ChannelName> {
    let name = |mark| match mark {
        "Li" => "linkedin",
        "Ma" => "fosstodon",
        "Bs" => "bluesky",
        "Zu" => "announce",
        "Yt" => "youtube",
        other => panic!("no channel has the mark {other}"),
    };
    marks.split(' ').map(name).map(ChannelName::new).collect()
}

/// Channel marks, each followed by the letter of its state where that differs from the post's.
fn summary(id: i64, at: &str, kind: Kind, title: &str, marks: &str, state: char) -> Summary {
    let delivery = |letter| match letter {
        'p' => DeliveryState::Published,
        'w' | 'd' | 'r' => DeliveryState::Waiting,
        'F' => DeliveryState::Failed,
        'U' => DeliveryState::Unknown,
        'M' => DeliveryState::Missed,
        's' => DeliveryState::Skipped,
        'g' => DeliveryState::Publishing,
        other => panic!("no state has the letter {other}"),
    };
    let channels = marks.split(' ').map(|word| {
        let (mark, own) = word.split_at(2);
        let state = delivery(own.chars().next().unwrap_or(state));
        let reason = match state {
            DeliveryState::Failed => "login refused",
            DeliveryState::Unknown => "unknown since 07:30",
            DeliveryState::Missed => "missed, host was down",
            _ => "",
        };
        ChannelState {
            channel: names(mark).remove(0),
            state,
            reason: reason.to_owned(),
            waits: masthead::domain::Waits::ForItself,
        }
    });
    Summary {
        id: PostId(id),
        title: title.to_owned(),
        kind,
        due_at: Some(oslo(at).instant()),
        held: matches!(state, 'd' | 'r'),
        review: match state {
            'w' => Review::Approved,
            'r' => Review::InReview,
            _ => Review::Draft,
        },
        campaign: None,
        author: Author::new("tester"),
        tags: Vec::new(),
        without_alt: 0,
        channels: channels.collect(),
    }
}

fn posts() -> Vec<Summary> {
    use Kind::{AdHoc, Evergreen};
    let rows = [
        (
            "10-27 09:00",
            Evergreen,
            "Package showcase: verde",
            "Li Ma",
            'p',
        ),
        ("10-29 15:00", AdHoc, "Newsletter 46", "Li", 'p'),
        ("10-30 14:00", Evergreen, "How open review works", "Ma", 'p'),
        (
            "11-02 09:00",
            Evergreen,
            "Package showcase: pandera",
            "Li Ma Bs",
            'p',
        ),
        (
            "11-04 09:00",
            AdHoc,
            "Call for reviewers: climate",
            "Li Ma",
            'p',
        ),
        ("11-05 15:00", AdHoc, "Newsletter 47", "Li", 'p'),
        ("11-06 14:00", AdHoc, "Coworking hour today", "Ma Zu", 'M'),
        (
            "11-09 09:00",
            AdHoc,
            "Workshop: registration opens",
            "Li Ma BsF Zu",
            'p',
        ),
        (
            "11-10 07:30",
            AdHoc,
            "Workshop: what you will learn",
            "LiU Bs",
            'p',
        ),
        (
            "11-10 09:00",
            Evergreen,
            "Package showcase: xclim",
            "Li Ma",
            'w',
        ),
        (
            "11-11 09:00",
            AdHoc,
            "Call for reviewers: geospatial",
            "Li Ma Zu",
            'w',
        ),
        ("11-12 15:00", AdHoc, "Newsletter 48", "Li", 'r'),
        (
            "11-16 09:00",
            Evergreen,
            "Volunteer spotlight: editors",
            "Li Ma",
            'd',
        ),
        (
            "11-17 09:00",
            AdHoc,
            "Workshop: one week left",
            "Li Ma Bs",
            'w',
        ),
        (
            "11-17 16:00",
            AdHoc,
            "Seats left: answer in the topic",
            "Zu",
            'w',
        ),
        ("11-19 15:00", AdHoc, "Newsletter 49", "Li", 'd'),
        ("11-20 14:00", Evergreen, "How open review works", "Ma", 'w'),
        (
            "11-23 09:00",
            AdHoc,
            "Workshop: starts tomorrow",
            "Li Ma Zu",
            'w',
        ),
        ("11-24 08:30", AdHoc, "Workshop day", "Ma Bs Zu", 'w'),
        ("11-24 12:00", AdHoc, "Live: first exercise", "Ma", 'd'),
        ("11-24 13:30", AdHoc, "Live: questions so far", "Ma", 'd'),
        ("11-24 16:00", AdHoc, "Live: thank you, day 1", "Ma", 'd'),
        ("11-26 15:00", AdHoc, "Newsletter 50", "Li", 'd'),
        (
            "11-27 10:00",
            AdHoc,
            "Workshop: recordings and thanks",
            "Li Ma Bs",
            'r',
        ),
        (
            "11-30 09:00",
            Evergreen,
            "Package showcase: sourmash",
            "Li Ma Bs",
            'd',
        ),
        ("12-03 15:00", AdHoc, "Newsletter 51", "Li", 'd'),
    ];
    rows.iter()
        .enumerate()
        .map(|(index, (at, kind, title, marks, state))| {
            // Ids are in no particular order with times in real life; here they are, from 1, and two stand out by name.
            let id = match *title {
                "Package showcase: sourmash" => SOURMASH.0,
                _ => i64::try_from(index).expect("a short story") + 1,
            };
            summary(id, &format!("2026-{at}"), *kind, title, marks, *state)
        })
        .collect()
}

fn queue(posts: &[Summary]) -> Queue {
    let mut needs_you: Vec<Summary> = posts
        .iter()
        .filter(|it| it.glyph().needs_you())
        .cloned()
        .collect();
    needs_you.sort_by_key(Summary::glyph);
    let is_next = |it: &&Summary| it.glyph() == masthead::domain::Glyph::Waiting;
    let next: Vec<Summary> = posts.iter().filter(is_next).cloned().collect();
    let in_review = |it: &&Summary| it.review == Review::InReview;
    let review: Vec<Summary> = posts.iter().filter(in_review).cloned().collect();
    Queue {
        needs_you_total: needs_you.len(),
        next_total: next.len(),
        needs_you,
        next,
        review_total: review.len(),
        review,
        uploads: Vec::new(),
        offline: None,
        clock_ahead: 0,
    }
}

fn post(id: PostId, content: Content) -> Post {
    Post {
        id,
        revision: 3,
        author: Author::new("tester"),
        parent: None,
        created_at: oslo("2026-11-02 10:00").instant(),
        updated_at: oslo("2026-11-09 17:40").instant(),
        content,
    }
}

fn delivery(post: PostId, channel: &str, platform: PlatformId, state: DeliveryState) -> Delivery {
    Delivery {
        id: DeliveryId(post.0 * 10),
        post,
        channel: channel.into(),
        platform,
        state,
        due_at: None,
        reason: String::new(),
        permalink: None,
        remote_ids: Vec::new(),
        attempts: 0,
        next_try: None,
        waits: masthead::domain::Waits::default(),
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// One part with its length against a limit.
pub fn part(text: &str, source: Range<usize>, used: usize, limit: u32) -> Part {
    let text_measure = Measure::new(used, Some(limit));
    Part {
        text: text.to_owned(),
        plain: text.to_owned(),
        source,
        count: Count {
            text: text_measure,
            fits: text_measure.fits(),
            ..Count::default()
        },
        ..Part::default()
    }
}

fn composed(platform: PlatformId, parts: Vec<Part>) -> Composed {
    Composed {
        platform,
        parts,
        problems: Vec::new(),
        notes: Vec::new(),
    }
}

const XCLIM_TEXT: &str = "xclim turns daily weather data into climate indicators: heat waves, growing seasons, dry \
    spells. It checks your units and writes what it did into the metadata.\n\n\
    Reviewed in the open by two volunteers and an editor. Their notes are public, and worth reading before your own first \
    review.\n\n\
    Package: https://example.org/packages/xclim\nReview: https://example.org/reviews/73\n\n\
    #OpenScience #ClimateData #Python";

fn xclim() -> Detail {
    let content = Content {
        title: "Package showcase: xclim".to_owned(),
        text: XCLIM_TEXT.to_owned(),
        kind: Kind::Evergreen,
        plan: Plan::At(oslo("2026-11-10 09:00")),
        scheduled: true,
        variants: vec![Variant::inherits("linkedin"), {
            let mut own = Variant::inherits("fosstodon");
            own.set_own(
                "xclim turns weather data into climate indicators.",
                XCLIM_TEXT,
            );
            own
        }],
        attachments: vec![Attachment {
            hash: "c0ffee".to_owned(),
            name: "cover.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 120_000,
            pixels: Some((1200, 675)),
            duration_ms: None,
            alt: "A map of heat waves".to_owned(),
            ..Attachment::default()
        }],
        ..Content::default()
    };
    let whole = 0..XCLIM_TEXT.len();
    let composed = vec![
        (
            "linkedin".into(),
            composed(
                PlatformId::LinkedIn,
                vec![part(XCLIM_TEXT, whole, 405, 3000)],
            ),
        ),
        (
            "fosstodon".into(),
            composed(PlatformId::Mastodon, vec![part("xclim", 0..49, 249, 500)]),
        ),
    ];
    let waiting = |name, platform| delivery(XCLIM, name, platform, DeliveryState::Waiting);
    let view = PostView {
        open_by: Vec::new(),
        seen_masters: Vec::new(),
        post: post(XCLIM, content),
        deliveries: vec![
            waiting("linkedin", PlatformId::LinkedIn),
            waiting("fosstodon", PlatformId::Mastodon),
        ],
        review: Review::Approved,
    };
    Detail::new(view, composed)
}

/// Returns a post of which one channel failed and another is out, as a detail.
pub fn failed() -> Detail {
    let mut detail = xclim();
    detail.view.post.id = FAILED;
    let content = &mut detail.view.post.content;
    content.title = "Workshop: registration opens".to_owned();
    content.text = "Registration for the autumn workshop is open.".to_owned();
    content.kind = Kind::AdHoc;
    content.plan = Plan::At(oslo("2026-11-09 09:00"));
    let mut bluesky = delivery(
        FAILED,
        "bluesky",
        PlatformId::Bluesky,
        DeliveryState::Failed,
    );
    bluesky.reason = "login refused (401), nothing was sent".to_owned();
    let mut mastodon = delivery(
        FAILED,
        "fosstodon",
        PlatformId::Mastodon,
        DeliveryState::Published,
    );
    mastodon.permalink = Some("https://fosstodon.org/@example/11553".to_owned());
    detail.view.deliveries = vec![mastodon, bluesky];
    content.variants = vec![Variant::inherits("fosstodon"), Variant::inherits("bluesky")];
    let text = content.text.clone();
    let one = |platform, limit| composed(platform, vec![part(&text, 0..text.len(), 45, limit)]);
    detail.composed = vec![
        ("fosstodon".into(), one(PlatformId::Mastodon, 500)),
        ("bluesky".into(), one(PlatformId::Bluesky, 300)),
    ];
    detail
}
