//! Delete there, update there: the account, the address and what follows, before a typed word does it.
//!
//! It never offers a default that changes anything; Esc leaves all as it is.

use super::{input, keys, title};
use crate::app::App;
use crate::app::sheet::CorrectSheet;
use crate::domain::CorrectionKind;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Draws the question.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &CorrectSheet, area: Rect) {
    let (head, does, follows) = match sheet.kind {
        CorrectionKind::Delete => (
            "Delete there",
            "This is deleted for everybody, and cannot be brought back:",
            "The post stays in the calendar, and is not sent again there.",
        ),
        CorrectionKind::Edit => (
            "Update there",
            "This becomes what the post says now, for everybody:",
            "Who has seen it may be told by the platform that it changed.",
        ),
    };
    let mut line = title(pen, area, head);
    line.at_right("not undoable", Role::Sheet).shorten(2);
    line.cut(&sheet.title, Role::Sheet);
    pen.line(area, 1).skip(1).cut(does, Role::Strong);
    let channel = app.channels.iter().find(|one| one.name == sheet.channel);
    let account = channel.and_then(|one| one.account.as_ref());
    let account = account.map_or(sheet.channel.as_str(), |account| &account.handle);
    let parts = match sheet.parts {
        1 => "1 part".to_owned(),
        more => format!("{more} parts"),
    };
    let mut line = pen.line(area, 3);
    line.to(3)
        .put(&app.mark(&sheet.channel), Role::Text)
        .skip(2);
    line.put(account, Role::Text)
        .skip(2)
        .put(&parts, Role::Text);
    if let Some(permalink) = &sheet.permalink {
        line.skip(2).shorten(1).address(permalink, Role::Muted);
    }
    pen.line(area, 4).skip(1).cut(follows, Role::Muted);
    pen.rule(area, 5);
    let mut line = pen.line(area, 6);
    line.skip(1).put("Type  ", Role::Text);
    line.put(sheet.word(), Role::Key)
        .put("  and press Enter  > ", Role::Text);
    input(&mut line, &sheet.input, Role::Input);
    keys(pen, area, &[Hint::new("Esc", "leave it as it is")]);
}
