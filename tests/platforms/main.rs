//! Platforms against fake servers that refuse and break as real ones do: which outcome is told, and how often is sent.
//!
//! `wire.rs` breaks connections, `mastodon.rs`, `bluesky.rs`, `x.rs`, `zulip.rs`, `linkedin.rs` and `login.rs` speak the protocols.
//! Real servers: `tests/real_*.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "../common/mod.rs"]
mod common;

mod bluesky;
mod bluesky_video;
#[path = "../fakes/bluesky_video.rs"]
mod bluesky_video_server;
mod correct;
mod dropped;
#[path = "../fakes/wire.rs"]
mod fake_wire;
mod hostile;
mod linkedin;
mod linkedin_comments;
mod linkedin_look;
mod linkedin_media;
mod linkedin_renewal;
mod linkedin_reshare;
#[path = "../fakes/linkedin.rs"]
mod linkedin_server;
mod login;
mod look_up;
mod mastodon;
#[path = "../fakes/mastodon.rs"]
mod mastodon_server;
mod mastodon_video;
#[path = "../fakes/pds.rs"]
mod pds_server;
mod pieces;
mod wire;
mod x;
mod x_grant;
mod x_pieces;
#[path = "../fakes/x.rs"]
mod x_server;
mod youtube;
mod youtube_after;
mod youtube_captions;
#[path = "../fakes/youtube.rs"]
mod youtube_server;
mod zulip;
mod zulip_places;
#[path = "../fakes/zulip.rs"]
mod zulip_server;
