//! What a model of a terminal shows after the bytes of a frame is what was drawn, whatever stood there before.

use super::*;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

const WIDTH: u16 = 24;
const HEIGHT: u16 = 9;

struct Wire {
    terminal: WireBackend<Vec<u8>>,
    model: vt100::Parser,
    read: usize,
}

impl Wire {
    fn new(width: u16, height: u16) -> Self {
        Self {
            terminal: WireBackend::with_size(Vec::new(), Size { width, height }),
            model: vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0),
            read: 0,
        }
    }

    /// Draws a frame and returns what was sent for it.
    fn draw(&mut self, frame: &Buffer) -> Vec<u8> {
        self.terminal
            .draw(|canvas| {
                canvas.content.clone_from(&frame.content);
                None
            })
            .unwrap();
        let sent = self.terminal.out()[self.read..].to_vec();
        self.read += sent.len();
        self.model.process(&sent);
        sent
    }

    /// The first cell that the model of the terminal shows otherwise than it was drawn.
    fn difference(&self, frame: &Buffer) -> Option<String> {
        let area = frame.area;
        let mut covered = 0;
        for (y, x) in (0..area.height).flat_map(|y| (0..area.width).map(move |x| (y, x))) {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let wanted = &frame[(x, y)];
            covered = wanted.symbol().width().saturating_sub(1);
            let shown = self.model.screen().cell(y, x)?;
            let blank = wanted.symbol() == " ";
            let text = if shown.has_contents() {
                shown.contents()
            } else {
                " "
            };
            let has = |modifier| wanted.modifier.contains(modifier);
            let right = text == wanted.symbol()
                && shown.bgcolor() == colour(wanted.bg)
                && shown.inverse() == has(Modifier::REVERSED)
                && shown.underline() == has(Modifier::UNDERLINED)
                && (blank
                    || (shown.fgcolor() == colour(wanted.fg)
                        && shown.bold() == has(Modifier::BOLD)));
            if !right {
                return Some(format!("{x},{y}: {wanted:?} is shown as {shown:?}"));
            }
        }
        None
    }
}

fn colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::Green => vt100::Color::Idx(2),
        _ => vt100::Color::Default,
    }
}

fn page(rows: &[&str]) -> Buffer {
    Buffer::with_lines(rows.iter().map(|row| format!("{row:<24}")))
}

/// What may be done to a frame to make the next.
#[derive(Clone, Debug)]
enum Change {
    Text(u16, u16, String, u8),
    Blank(u16, u16, u16),
    Fill(u16, u8),
    Move {
        first: u16,
        last: u16,
        up: bool,
        by: u16,
    },
}

fn style(number: u8) -> Style {
    match number % 6 {
        0 | 1 => Style::new(),
        2 => Style::new().add_modifier(Modifier::BOLD),
        3 => Style::new().fg(Color::Red),
        4 => Style::new()
            .bg(Color::Green)
            .add_modifier(Modifier::REVERSED),
        _ => Style::new().add_modifier(Modifier::UNDERLINED),
    }
}

fn change() -> impl Strategy<Value = Change> {
    let text = prop_oneof!["[a-z ]{1,24}", "[a-c国é ]{1,8}", " {1,20}"];
    prop_oneof![
        4 => (0..WIDTH, 0..HEIGHT, text, 0..6u8).prop_map(|(x, y, text, pen)| Change::Text(x, y, text, pen)),
        1 => (0..WIDTH, 0..HEIGHT, 1..WIDTH).prop_map(|(x, y, n)| Change::Blank(x, y, n)),
        1 => (0..HEIGHT, 0..6u8).prop_map(|(y, pen)| Change::Fill(y, pen)),
        2 => (0..HEIGHT, 0..HEIGHT, any::<bool>(), 1..4u16).prop_map(|(one, other, up, by)| Change::Move {
            first: one.min(other),
            last: one.max(other),
            up,
            by,
        }),
    ]
}

fn apply(frame: &mut Buffer, change: &Change) {
    let area = frame.area;
    match change {
        Change::Text(x, y, text, pen) => {
            frame.set_stringn(*x, *y, text, usize::from(area.width - x), style(*pen));
        }
        Change::Blank(x, y, n) => {
            let count = usize::from((*n).min(area.width - x));
            frame.set_stringn(*x, *y, " ".repeat(count), count, Style::reset());
        }
        Change::Fill(y, pen) => {
            for x in 0..area.width {
                frame[(x, *y)].reset();
                frame[(x, *y)].set_style(style(*pen));
            }
        }
        Change::Move {
            first,
            last,
            up,
            by,
        } => {
            let before = frame.clone();
            for y in *first..=*last {
                let from = if *up { y + by } else { y.wrapping_sub(*by) };
                for x in 0..area.width {
                    frame[(x, y)] = match from {
                        from if (*first..=*last).contains(&from) => before[(x, from)].clone(),
                        _ => Cell::default(),
                    };
                }
            }
        }
    }
    // A wide character that lost its second half is a blank, as `ui` draws it.
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let wide = u16::try_from(frame[(x, y)].symbol().width())
                .unwrap()
                .max(1);
            let whole =
                x + wide <= area.width && (1..wide).all(|n| frame[(x + n, y)].symbol() == " ");
            if !whole {
                frame[(x, y)].set_symbol(" ");
            }
            // Nothing is hidden behind its first half either.
            for covered in 1..if whole { wide } else { 1 } {
                frame[(x + covered, y)].reset();
            }
            x += if whole { wide } else { 1 };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_frame_after_any_other_is_shown_as_it_was_drawn(
        frames in prop::collection::vec(prop::collection::vec(change(), 1..12), 1..8)
    ) {
        let mut wire = Wire::new(WIDTH, HEIGHT);
        let mut frame = Buffer::empty(ratatui::layout::Rect::new(0, 0, WIDTH, HEIGHT));
        for changes in &frames {
            for change in changes {
                apply(&mut frame, change);
            }
            let sent = wire.draw(&frame);
            prop_assert_eq!(wire.difference(&frame), None, "after {:?}", String::from_utf8_lossy(&sent));
        }
    }
}

#[test]
fn a_frame_without_a_change_sends_nothing() {
    let mut wire = Wire::new(WIDTH, 2);
    let frame = page(&["a", "b"]);
    wire.draw(&frame);
    assert_eq!(wire.draw(&frame), b"");
}

#[test]
fn a_list_that_moved_by_a_row_is_scrolled_and_not_sent_again() {
    let rows: Vec<String> = (0..9)
        .map(|n| format!("{n} a row with some text"))
        .collect();
    let mut lines: Vec<&str> = rows.iter().map(String::as_str).collect();
    let mut wire = Wire::new(WIDTH, HEIGHT);
    wire.draw(&page(&lines));
    lines.remove(2);
    lines.insert(7, "a new row");
    let sent = wire.draw(&page(&lines));
    assert_eq!(wire.difference(&page(&lines)), None);
    let sent = String::from_utf8(sent).unwrap();
    assert!(sent.starts_with("\x1b[3;8r\x1b[S\x1b[r"), "{sent:?}");
    assert!(sent.len() < 40, "{sent:?}");
}

#[test]
fn what_is_blank_to_the_end_of_a_row_is_erased_and_not_sent() {
    let mut wire = Wire::new(WIDTH, 2);
    wire.draw(&page(&["some text in a row", "b"]));
    let sent = wire.draw(&page(&["so", "b"]));
    assert_eq!(
        sent.strip_suffix(b"\x1b[?25l").unwrap_or(&sent),
        b"\x1b[1;3H\x1b[K"
    );
}

#[test]
fn a_letter_between_two_changes_is_cheaper_than_a_move() {
    let mut wire = Wire::new(WIDTH, 2);
    wire.draw(&page(&["count 17/300", "b"]));
    let sent = wire.draw(&page(&["count 28/301", "b"]));
    assert_eq!(String::from_utf8(sent).unwrap(), "\x1b[1;7H28/301");
}

#[test]
fn a_joined_emoji_leaves_the_rest_of_its_row_where_it_was_drawn() {
    let mut wire = Wire::new(WIDTH, 2);
    wire.draw(&page(&["x 👩‍🚀 one", "b"]));
    let sent = wire.draw(&page(&["x 👩‍🚀 two", "b"]));
    let sent = String::from_utf8(sent).unwrap();
    assert!(sent.contains("\x1b[1;6H"), "{sent:?}");
}

#[test]
fn a_question_follows_a_frame_only_where_it_is_allowed_and_the_frame_is_no_mere_letter() {
    let mut wire = Wire::new(WIDTH, HEIGHT);
    let long = page(&[
        "a row of letters, to be",
        "another row of letters",
        "and a third of them",
        "",
        "",
        "",
        "",
        "",
        "",
    ]);
    wire.terminal.allow_question(true);
    assert!(wire.draw(&long).ends_with(QUESTION.as_bytes()));
    assert!(wire.terminal.take_asked().is_some());
    assert!(
        !wire
            .draw(&page(&["", "", "", "", "", "", "", "", ""]))
            .ends_with(QUESTION.as_bytes())
    );
    wire.terminal.allow_question(true);
    let mut typed = page(&["", "", "", "", "", "", "", "", ""]);
    typed[(0, 0)].set_symbol("a");
    assert!(!wire.draw(&typed).ends_with(QUESTION.as_bytes()));
    assert_eq!(wire.terminal.take_asked(), None);
}
