//! The first screen of a new user: what this is, and four ways to begin.
//!
//! The choices are `app::WelcomeChoice`; what they do is `update`'s.

use super::hints::{self, Hint, Keep};
use super::pen::Pen;
use super::theme::Role;
use super::times;
use super::top;
use crate::app::layout::Areas;
use crate::app::wrap::wrap;
use crate::app::{Action, App, Colours, WelcomeChoice};
use crate::domain::Glyph;
use chrono::Weekday;
use ratatui::layout::Rect;

const INTRODUCTION: &str = "A month of posts on one screen. Everything is a key; {help} lists them.\n\
    Nothing leaves this machine until you connect a channel and say so.";
const CHOICE_COLUMN: u16 = 3;
const CONSEQUENCE_COLUMN: u16 = 48;

/// Draws the page.
pub fn draw(pen: &mut Pen<'_>, app: &App, areas: &Areas) {
    let (width, height) = app.size;
    let area = Rect::new(0, 0, width, height);
    pen.line(area, 0).skip(1).put("Masthead", Role::Strong);
    top::draw_alarm(pen, app, areas.top);
    let text = Rect {
        x: CHOICE_COLUMN,
        width: width - CHOICE_COLUMN - 1,
        ..area
    };
    let introduction = INTRODUCTION.replace("{help}", &app.keymap.label(Action::Help));
    // Blank rows give way first where the window is low.
    let gap = u16::from(height >= 20);
    let mut row = 2;
    for span in wrap(&introduction, usize::from(text.width)) {
        pen.line(text, row)
            .put(&introduction[span.start..span.end], Role::Text);
        row += 1;
    }
    row += 1 + gap;
    row = choices(pen, app, area, row);
    row += 1 + gap;
    for line in about(app) {
        if row + 1 < height {
            pen.line(text, row).cut(&line, Role::Muted);
        }
        row += 1;
    }
    if !pen.signs.are_words() {
        marks(pen, text, row + gap, height);
    }
    let mut line = pen.line(area, height - 1);
    line.skip(1);
    let keys = [Action::Down, Action::Up].map(|action| app.keymap.label(action));
    let hints = [
        Hint::new(keys.join(" "), "choose"),
        Hint::new(app.keymap.label(Action::Open), "take it"),
        Hint::new("A", "plain ASCII marks"),
        Hint::new(app.keymap.label(Action::Quit), "quit"),
    ];
    hints::write(&mut line, &hints, 3, Keep::First);
}

fn choices(pen: &mut Pen<'_>, app: &App, area: Rect, row: u16) -> u16 {
    let selected = app.welcome.as_ref().map_or(0, |it| it.selected);
    let marker = pen.signs.marker();
    let mut row = row;
    for (index, (_, says, follows)) in WelcomeChoice::ALL.iter().enumerate() {
        let is_selected = index == selected;
        if is_selected {
            pen.set_cursor(CHOICE_COLUMN - 1, row);
        }
        let mut line = pen.line(area, row);
        line.to(CHOICE_COLUMN - 1);
        if is_selected {
            line.sign(marker, Role::Accent);
        }
        line.to(CHOICE_COLUMN)
            .put(&(index + 1).to_string(), Role::Text)
            .skip(2)
            .put(says, Role::Text);
        line.skip(2).to(CONSEQUENCE_COLUMN.min(area.width / 2));
        if line.room() > follows.len() {
            line.put(follows, Role::Muted);
        }
        row += 1;
    }
    row
}

fn about(app: &App) -> Vec<String> {
    let week = match app.week_start {
        Weekday::Sun => "Sunday",
        Weekday::Sat => "Saturday",
        _ => "Monday",
    };
    let colours = match app.look.colours {
        Colours::Mono => "none",
        Colours::Sixteen => "from your terminal",
        Colours::Dark => "for a dark background",
        Colours::Light => "for a light background",
    };
    vec![
        format!(
            "Your time zone is {} ({} now).",
            app.zone.name(),
            times::clock(app.now, app.zone)
        ),
        format!("A week starts on {week}."),
        format!("Colour: {colours}."),
    ]
}

/// Signs of the kind that some terminals lack, so that a person can see whether this one does.
fn marks(pen: &mut Pen<'_>, area: Rect, row: u16, height: u16) {
    if row + 1 >= height {
        return;
    }
    let mut line = pen.line(area, row);
    line.put("Marks:", Role::Muted);
    for state in [
        Glyph::Published,
        Glyph::Failed,
        Glyph::Missed,
        Glyph::Waiting,
    ] {
        line.skip(1).state(state);
    }
    line.skip(3).cut("if these look wrong press A", Role::Muted);
}
