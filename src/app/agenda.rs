//! The rows of the list view: one for each post of the shown weeks, and one for each day without any.
//!
//! Pure, so that keys move through exactly the rows that are drawn.

use super::App;
use crate::domain::calendar::plus_days;
use crate::domain::{PostId, Summary};
use chrono::NaiveDate;

/// One row of the list view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgendaRow<'a> {
    /// The day.
    pub day: NaiveDate,
    /// The post; `None` on a day without any.
    pub post: Option<&'a Summary>,
    /// Whether it is the day's first row, which names it.
    pub is_first: bool,
}

impl AgendaRow<'_> {
    /// Whether the selection stands on this row.
    pub fn is_selected(&self, day: NaiveDate, selected: Option<PostId>) -> bool {
        self.day == day
            && match self.post {
                None => true,
                Some(post) => Some(post.id) == selected,
            }
    }
}

/// Returns the rows of the weeks that the month shows.
pub fn rows(app: &App) -> Vec<AgendaRow<'_>> {
    let grid = app.grid();
    let days = i64::try_from(grid.weeks() * 7).unwrap_or(42);
    let days = (0..days).map(|offset| plus_days(grid.first(), offset));
    days.flat_map(|day| {
        let posts = app.posts_on(day);
        let empty = posts.is_empty().then_some(AgendaRow {
            day,
            post: None,
            is_first: true,
        });
        let rows = posts.iter().enumerate().map(move |(at, post)| AgendaRow {
            day,
            post: Some(post),
            is_first: at == 0,
        });
        empty.into_iter().chain(rows)
    })
    .collect()
}

/// Returns the row of the selection; a day's first row where no post of it is selected.
pub fn selected(app: &App, rows: &[AgendaRow<'_>]) -> Option<usize> {
    let exact = rows
        .iter()
        .position(|row| row.is_selected(app.day, app.selected));
    exact.or_else(|| rows.iter().position(|row| row.day == app.day))
}

/// Returns the first row to show: the present one while the selection and two rows around it are seen, else so that a move
/// past the edge jumps by half the height.
pub fn scrolled(top: usize, at: usize, count: usize, height: usize) -> usize {
    let height = height.max(1);
    let last = count.saturating_sub(height);
    let top = top.min(last);
    let context = 2.min((height - 1) / 2);
    let is_seen = (at >= top + context || top == 0 && at >= top)
        && (at + context < top + height || top == last && at < top + height);
    if is_seen {
        return top;
    }
    at.saturating_sub(height / 2).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_stands_still_until_the_selection_nears_its_edge_then_jumps_by_half() {
        assert_eq!(scrolled(0, 0, 40, 10), 0);
        assert_eq!(scrolled(0, 7, 40, 10), 0);
        assert_eq!(scrolled(0, 8, 40, 10), 3);
        assert_eq!(scrolled(20, 21, 40, 10), 16);
        assert_eq!(scrolled(0, 39, 40, 10), 30);
        assert_eq!(scrolled(30, 39, 40, 10), 30);
        assert_eq!(scrolled(5, 2, 4, 10), 0);
        assert_eq!(scrolled(0, 3, 40, 1), 3);
    }
}
