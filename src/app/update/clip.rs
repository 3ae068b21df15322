//! Copying, cutting and pasting: a post, or all that were marked, onto the selected day.
//!
//! A copy is a draft of its own; what was cut is moved. Several at once are `several.rs`.

use super::posts::{day_words, default_clock, move_to, on_post, save, short};
use super::{say, several};
use crate::app::msg::Rank;
use crate::app::{Action, AfterSave, App, Clip, Effect};
use crate::domain::{LocalTime, Plan, Post};

/// Copies or cuts a post.
pub fn take(app: &mut App, post: &Post, clip: Clip) -> Vec<Effect> {
    let what = match clip {
        Clip::Copied(_) | Clip::CopiedAll(_) => "Copied",
        Clip::Cut(_) | Clip::CutAll(_) => "Cut",
    };
    app.clip = Some(clip);
    let text = format!("{what} “{}”: p pastes it on a day", short(post));
    say(app, Rank::News, text);
    Vec::new()
}

/// Pastes what was copied or cut onto the selected day.
pub fn paste(app: &mut App) -> Vec<Effect> {
    match app.clip.clone() {
        Some(Clip::Copied(id) | Clip::Cut(id)) => on_post(app, id, Action::Paste),
        Some(several) => several::paste(app, several),
        None => {
            let (copy, cut) = (app.key_for(Action::Copy), app.key_for(Action::Cut));
            let text = format!("Nothing to paste: {copy} copies a post, {cut} cuts one");
            say(app, Rank::News, text);
            Vec::new()
        }
    }
}

/// Pastes the post that was copied or cut, once it is at hand.
pub fn paste_post(app: &mut App, post: &Post) -> Vec<Effect> {
    let clock = post.content.plan.at().map(|at| at.local.time());
    let zone = post.content.plan.at().map_or(app.zone, |at| at.zone);
    let clock = clock.unwrap_or_else(|| default_clock(app, app.day));
    let at = LocalTime::new(app.day.and_time(clock), zone);
    match app.clip {
        Some(Clip::Cut(_)) => {
            app.clip = None;
            move_to(app, post, at)
        }
        _ => {
            let mut content = post.content.clone();
            content.plan = Plan::At(at);
            // A copy is a draft: nothing leaves twice because a key was pressed twice.
            content.scheduled = false;
            content.trashed = false;
            let label = format!("pasted a copy of “{}”", short(post));
            let (time, undo) = (app.key_for(Action::Schedule), app.key_for(Action::Undo));
            let day = day_words(at);
            let text = format!("Pasted as a draft on {day}. {time} schedules it, {undo} undoes");
            say(app, Rank::News, text);
            save(app, None, 0, Some(post.id), content, label, AfterSave::Show)
        }
    }
}
