//! Publish now: names every account, says what it would send to each, and wants a typed word.
//!
//! It never offers a default that sends; Esc leaves everything as it was.

use super::{input, keys, title};
use crate::app::App;
use crate::app::sheet::{PublishRow, PublishSheet};
use crate::app::wrap::shown_width;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::text::one_line;
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

const NAME_COLUMN: u16 = 7;
const ACCOUNT_COLUMN: u16 = 19;
const DETAIL_COLUMN: u16 = 59;
/// Below this width the account alone names a channel: it is never cut, and its detail needs the room.
const WITH_NAMES: u16 = 80;

/// Draws the question.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &PublishSheet, area: Rect) {
    let mut line = title(pen, area, "Publish now");
    line.at_right("not undoable", Role::Sheet).shorten(2);
    line.cut(&sheet.title, Role::Sheet);
    let leaving = sheet.accounts.iter().filter(|it| it.can_leave).count();
    let words = match leaving {
        0 => "Nothing can leave now:".to_owned(),
        1 => "This leaves the machine at once, to 1 account:".to_owned(),
        more => format!("This leaves the machine at once, to {more} accounts:"),
    };
    pen.line(area, 1).skip(1).put(&words, Role::Strong);
    let last = area.height.saturating_sub(1);
    // Where the window is low, the accounts keep their rows and the blank ones give way.
    let below = 4;
    let accounts = u16::try_from(sheet.accounts.len()).unwrap_or(u16::MAX);
    let first = if 3 + accounts + below <= last { 3 } else { 2 };
    let shown = last.saturating_sub(first + below.min(2)).min(accounts);
    let detail = detail_column(sheet, area.width);
    for (at, account) in sheet.accounts.iter().take(usize::from(shown)).enumerate() {
        let row = first + u16::try_from(at).unwrap_or(0);
        account_row(pen, account, area, row, detail);
    }
    if last > first + shown + 3
        && let Some(planned) = sheet.planned
    {
        let when = times::date_and_clock(planned.instant(), app.zone, app.today());
        let mut line = pen.line(area, last - 3);
        line.skip(1);
        let whole = format!("It was planned for {when} and then leaves the queue.");
        if whole.len() <= line.room() {
            line.put(&whole, Role::Text);
        } else {
            line.cut(
                &format!("Planned for {when}; leaves the queue."),
                Role::Text,
            );
        }
    }
    pen.rule(area, last - 2);
    let mut line = pen.line(area, last - 1);
    line.skip(1).put("Type  ", Role::Text);
    line.put("now", Role::Key)
        .put("  and press Enter  > ", Role::Text);
    input(&mut line, &sheet.input, Role::Input);
    let mut hints = Vec::new();
    if sheet.input.text().is_empty() {
        hints.push(Hint::new("v", "preview"));
    }
    hints.push(Hint::new("Esc", "leave it as it was"));
    keys(pen, area, &hints);
}

/// Details stand in one column, right of the longest account: account names are never cut.
fn detail_column(sheet: &PublishSheet, width: u16) -> u16 {
    let longest = sheet
        .accounts
        .iter()
        .map(|it| shown_width(&one_line(&it.account)));
    let longest = u16::try_from(longest.max().unwrap_or(0)).unwrap_or(u16::MAX);
    if width < WITH_NAMES {
        NAME_COLUMN.saturating_add(longest).saturating_add(2)
    } else {
        let column = ACCOUNT_COLUMN.saturating_add(longest).saturating_add(2);
        column.max(DETAIL_COLUMN)
    }
}

fn account_row(pen: &mut Pen<'_>, account: &PublishRow, area: Rect, row: u16, detail: u16) {
    let role = if account.can_leave {
        Role::Text
    } else {
        Role::Muted
    };
    let mut line = pen.line(area, row);
    line.to(3).put(&account.mark, role).to(NAME_COLUMN);
    if area.width >= WITH_NAMES {
        line.cut_to(account.channel.as_str(), 11, role);
        line.to(ACCOUNT_COLUMN);
    }
    line.put(&account.account, role);
    line.skip(1).to(detail);
    if account.can_leave {
        line.cut(&account.detail, Role::Text);
    } else {
        let words = line.signs().sentence(&account.detail).into_owned();
        line.cut(&format!("! {words}"), Role::Bad);
    }
}
