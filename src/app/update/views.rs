//! Month, week and list: the same days and the same selection, moved through as each shows them.

use super::{panes, reflow};
use crate::app::finding::View;
use crate::app::{Action, App, Effect, Pane, agenda, layout};
use crate::domain::calendar::{plus_days, plus_months, week_of};
use chrono::NaiveDate;

/// Shows the days as a month, a week or a list.
pub fn show(app: &mut App, action: Action) -> Vec<Effect> {
    app.finding.view = match action {
        Action::WeekView => View::Week,
        Action::ListView => View::List,
        _ => View::Month,
    };
    app.focus = Pane::Calendar;
    reflow(app);
    Vec::new()
}

/// Returns the day a page on or back: a week of the week view, else a month.
pub fn page(app: &App, step: i32) -> NaiveDate {
    match app.finding.view {
        View::Week => plus_days(app.day, i64::from(step) * 7),
        View::Month | View::List => plus_months(app.day, step),
    }
}

/// Moves where week and list differ from the month; `None` where they do not.
pub fn go(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    match (app.finding.view, action) {
        (View::Week, Action::Down) => Some(step_on_day(app, 1)),
        (View::Week, Action::Up) => Some(step_on_day(app, -1)),
        (View::Week, Action::First) => {
            let first = week_of(app.day, app.week_start);
            Some(panes::to_day(app, first))
        }
        (View::Week, Action::Last) => {
            let last = plus_days(week_of(app.day, app.week_start), 6);
            Some(panes::to_day(app, last))
        }
        (View::List, Action::Down) => Some(step_row(app, 1)),
        (View::List, Action::Up) => Some(step_row(app, -1)),
        _ => None,
    }
}

/// The next or previous post of the selected day.
fn step_on_day(app: &mut App, step: isize) -> Vec<Effect> {
    let posts = app.posts_on(app.day);
    let at = posts.iter().position(|it| Some(it.id) == app.selected);
    let target = match at {
        Some(at) => at.checked_add_signed(step),
        None => Some(0),
    };
    match target.and_then(|at| posts.get(at)).map(|it| it.id) {
        Some(id) => panes::select(app, id),
        None => Vec::new(),
    }
}

fn step_row(app: &mut App, step: isize) -> Vec<Effect> {
    let rows = agenda::rows(app);
    let target = agenda::selected(app, &rows).and_then(|at| at.checked_add_signed(step));
    let target = target.and_then(|at| rows.get(at));
    let Some((day, post)) = target.map(|row| (row.day, row.post.map(|it| it.id))) else {
        // Past the edge of the shown weeks the next ones are shown.
        let day = plus_days(app.day, if step > 0 { 1 } else { -1 });
        return panes::to_day(app, day);
    };
    if let Some(id) = post {
        app.day = day;
        return panes::select(app, id);
    }
    panes::to_day(app, day)
}

/// Scrolls the list so that the selected row and two around it are shown.
pub fn scroll(app: &mut App) {
    if app.finding.view != View::List {
        return;
    }
    let rows = agenda::rows(app);
    if let Some(at) = agenda::selected(app, &rows) {
        let height = layout::list_height(app);
        app.finding.list_scroll = agenda::scrolled(app.finding.list_scroll, at, rows.len(), height);
    }
}

#[cfg(test)]
mod tests;
