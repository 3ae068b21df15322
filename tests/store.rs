//! The database as the program uses it: real files, several handles on one file.
//!
//! What needs the inside of the store (a full disk, a short wait for a lock, query plans) is tested beside its code.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "store/world.rs"]
mod world;

#[path = "store/by_hand.rs"]
mod by_hand;
#[path = "store/cards.rs"]
mod cards;
#[path = "store/corrections.rs"]
mod corrections;
#[path = "store/freezing.rs"]
mod freezing;
#[path = "store/health.rs"]
mod health;
#[path = "store/leading.rs"]
mod leading;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/looks.rs"]
mod looks;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/people.rs"]
mod people;
#[path = "store/posts.rs"]
mod posts;
#[path = "store/publishing.rs"]
mod publishing;
#[path = "store/review.rs"]
mod review;
#[path = "store/screens.rs"]
mod screens;
#[path = "store/search.rs"]
mod search;
#[path = "store/set_back.rs"]
mod set_back;
#[path = "store/undo.rs"]
mod undo;
#[path = "store/uploads.rs"]
mod uploads;
