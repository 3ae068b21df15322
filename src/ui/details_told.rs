//! What the details form says below its fields: what an option is for where its own row has no room, and what stops the post.
//!
//! Where these rows stand is `details.rs`.

use super::counts;
use super::details::{TROUBLE_COLUMN, VALUE_COLUMN};
use crate::app::App;
use crate::app::details::{Details, Field};
use crate::app::stops::together;
use crate::app::wrap::{shown_width, wrap};
use crate::domain::Content;

/// Blanks around the value of an option that has none, and the column that stays free at the right.
const AROUND_VALUE: usize = 6;

/// Returns what the selected option is for, in rows; none where it stands whole beside it, or has a value.
pub fn about(app: &App, form: &Details, content: &Content, width: u16) -> Vec<String> {
    let Field::Option(option) = form.field() else {
        return Vec::new();
    };
    let about = option.spec().map_or("", |spec| spec.about);
    let label = shown_width(&app.mark(&option.channel)) + 1 + shown_width(&option.name);
    let room = usize::from(width.saturating_sub(VALUE_COLUMN));
    if !option.value(content).is_empty() || label + AROUND_VALUE + shown_width(about) <= room {
        return Vec::new();
    }
    lines(about, room.saturating_sub(1))
}

/// Returns what stops the post, each problem whole and once: its channels, which stand on its first row only, and a row of it.
pub fn troubles(app: &App, width: u16) -> Vec<(String, String)> {
    let composed = app.editor.iter().flat_map(|editor| &editor.composed);
    let stops = together(composed.filter_map(|(channel, composed)| {
        let trouble = counts::trouble(composed)?;
        Some((channel.clone(), format!("! {trouble}")))
    }));
    let room = usize::from(width.saturating_sub(TROUBLE_COLUMN + 1));
    let mut rows = Vec::new();
    for stop in stops {
        let mut channels = stop.channels(app);
        // Several names are wider than the column of one.
        if shown_width(&channels) + 2 >= usize::from(TROUBLE_COLUMN) {
            rows.push((std::mem::take(&mut channels), String::new()));
        }
        for line in lines(&stop.message, room) {
            rows.push((std::mem::take(&mut channels), line));
        }
    }
    rows
}

fn lines(text: &str, room: usize) -> Vec<String> {
    let rows = wrap(text, room).into_iter();
    rows.map(|row| text[row.start..row.end].trim_end().to_owned())
        .collect()
}
