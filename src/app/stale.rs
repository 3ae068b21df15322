//! The sheet about a stale text: what was changed in the master text since the channel's own text was written.
//!
//! Pure: what it says, line by line; keys are `update/stale.rs`, looks `ui/sheets/prose.rs`.

use super::App;
use super::difference::marked;
use super::outbox::moment;
use super::prose::{Line, Tone};
use crate::domain::{ChannelName, PostId, SeenMaster};

/// A text of a channel's own, beside the master that it no longer follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleSheet {
    /// The post.
    pub post: PostId,
    /// The channel whose own text is stale.
    pub channel: ChannelName,
    /// What was changed, and the channel's own text: compared once, not for each frame.
    pub lines: Vec<Line>,
    /// First shown row.
    pub scroll: usize,
}

impl StaleSheet {
    /// Opens the sheet about a channel's text of the shown post.
    pub fn open(app: &App, post: PostId, channel: ChannelName) -> Self {
        Self {
            lines: lines(app, post, &channel),
            post,
            channel,
            scroll: 0,
        }
    }
}

/// Returns what the master was when a channel's text of the shown post was written, where that is known.
pub fn seen<'a>(app: &'a App, post: PostId, channel: &ChannelName) -> Option<&'a SeenMaster> {
    let detail = app.detail.as_ref()?;
    let seen = detail.view.seen_masters.iter();
    seen.filter(|_| detail.view.post.id == post)
        .find(|seen| seen.channel == *channel)
}

/// Says since when a text is stale: `master changed Mon 17:20`.
pub fn since(app: &App, post: Option<PostId>, channel: &ChannelName) -> String {
    match post.and_then(|post| seen(app, post, channel)) {
        Some(seen) => {
            let local = seen.changed_at.with_timezone(&app.zone);
            let days = (app.today() - local.date_naive()).num_days();
            // A weekday alone says which day while it is not that of today a week ago.
            let when = match days {
                1..=6 => local.format("%a %H:%M").to_string(),
                _ => moment(app, seen.changed_at),
            };
            format!("master changed {when}")
        }
        None => "master changed since".to_owned(),
    }
}

/// Says what was changed in the master text, and what the channel's own text is.
pub fn lines(app: &App, post: PostId, channel: &ChannelName) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some(detail) = app.detail.as_ref() else {
        return lines;
    };
    let content = &detail.view.post.content;
    let words = match seen(app, post, channel) {
        Some(seen) => {
            lines.push(Line::new(
                Tone::Strong,
                1,
                "the master, with what was changed",
            ));
            marked(&seen.text, &content.text)
        }
        None => {
            let words = "the master as it is now; what it was then is not kept";
            lines.push(Line::new(Tone::Strong, 1, words));
            content.text.clone()
        }
    };
    lines.push(Line::new(Tone::Text, 3, words));
    lines.push(Line::blank());
    let head = format!("the text of {channel}");
    lines.push(Line::new(Tone::Strong, 1, head));
    let own = content.text_for(channel);
    lines.push(Line::new(Tone::Text, 3, own));
    lines
}
