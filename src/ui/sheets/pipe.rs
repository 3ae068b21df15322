//! The text through a command of the user's own: which one, that it runs, and the difference to accept.
//!
//! What is said comes from `app::pipe`; nothing here decides.

use super::{keys, prose, title};
use crate::app::App;
use crate::app::pipe::{PipeSheet, PipeStep, lines, running_words, whose};
use crate::app::prose as words;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Where the program stands beside the name of its filter.
const PROGRAM: u16 = 32;

/// Draws the sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &PipeSheet, area: Rect) {
    let filter = app.text_filters.get(sheet.chosen);
    let name = filter.map_or("", |it| it.name.as_str());
    let mut line = title(pen, area, "Pipe");
    let tab = match (&sheet.step, &app.editor) {
        (PipeStep::Running { tab, .. } | PipeStep::Came { tab, .. }, _) => Some(tab),
        (PipeStep::Choosing(_), editor) => editor.as_ref().map(|it| &it.tab),
    };
    if let Some(tab) = tab {
        line.at_right(&whose(app, tab), Role::Sheet).shorten(2);
    }
    match &sheet.step {
        PipeStep::Choosing(_) => {
            line.cut(
                "the text goes to a command, what it makes of it comes back",
                Role::Sheet,
            );
            choices(pen, app, sheet, area);
            let hints = [
                Hint::new("j k", "choose"),
                Hint::new("Enter", "run it"),
                Hint::new("Esc", "back"),
            ];
            keys(pen, area, &hints);
        }
        PipeStep::Running { seconds, .. } => {
            line.cut(name, Role::Sheet);
            let program = filter.map_or("", |it| it.program());
            let mut line = pen.line(area, 1);
            line.skip(1).shorten(1);
            line.at_right(&running_words(*seconds), Role::Text)
                .shorten(2);
            line.cut(program, Role::Muted);
            keys(pen, area, &[Hint::new("Esc", "stop it")]);
        }
        PipeStep::Came { scroll, .. } => {
            line.cut(name, Role::Sheet);
            let lines = lines(sheet);
            let scrolls = prose::body(pen, app, Some(&lines), *scroll, area);
            let mut hints = vec![Hint::new("Enter", "take it over")];
            if scrolls {
                hints.push(Hint::new("j k", "scroll"));
            }
            hints.push(Hint::new("Esc", "leave the text as it is"));
            keys(pen, area, &hints);
        }
    }
}

fn choices(pen: &mut Pen<'_>, app: &App, sheet: &PipeSheet, area: Rect) {
    // What is said under the list stays in sight, however many filters there are.
    let said = words::rows(&lines(sheet), area.width.saturating_sub(1));
    let height = usize::from(area.height.saturating_sub(2)).saturating_sub(said.len());
    let first = (sheet.chosen + 1).saturating_sub(height.max(1));
    let shown = app.text_filters.iter().enumerate().skip(first);
    let mut row = 1;
    for (at, filter) in shown.take(height) {
        let mut line = pen.line(area, row);
        line.skip(1).shorten(1);
        if at == sheet.chosen {
            let marker = line.signs().marker();
            line.sign(marker, Role::Accent);
        } else {
            line.skip(1);
        }
        if at < 9 {
            line.put(&(at + 1).to_string(), Role::Key);
        }
        line.to(5).cut(&filter.name, Role::Text);
        line.to(PROGRAM).cut(filter.program(), Role::Muted);
        row += 1;
    }
    let rest = Rect {
        y: area.y + row - 1,
        height: area.height.saturating_sub(row - 1),
        ..area
    };
    prose::body(pen, app, Some(&lines(sheet)), 0, rest);
}
