//! The pen: writes text in a role into the frame, never past an edge and never half a wide character.
//!
//! Everything in `ui` draws through it, so foreign text, `--ascii` and the theme are settled in one place. Pictures are drawn by
//! `pen/placed.rs`.

mod placed;

pub use placed::{Painted, Placed};

use super::glyph::{self, Signs};
use super::plain::said::Said;
use super::text::{self, Kept};
use super::theme::{Role, Theme};
use crate::app::wrap::{shown, shown_width};
use crate::app::{App, Appearance};
use crate::domain::Glyph;
use crate::domain::text_safety::is_unsafe;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// What a pen writes onto.
#[derive(Debug)]
enum Paper<'a> {
    /// The cells of a frame.
    Cells(&'a mut Buffer),
    /// Rows of words, for the plain view.
    Said(&'a mut Said),
}

/// Writes into one frame.
#[derive(Debug)]
pub struct Pen<'a> {
    paper: Paper<'a>,
    theme: Theme,
    /// The signs in the form that this terminal shows.
    pub signs: Signs,
    /// Where the terminal's cursor shall stand.
    pub cursor: Option<Position>,
    /// The pictures that the terminal may show itself, and where.
    placed: Vec<Placed>,
}

impl<'a> Pen<'a> {
    /// Creates a pen for a frame.
    pub fn new(buffer: &'a mut Buffer, look: Appearance) -> Self {
        Self {
            paper: Paper::Cells(buffer),
            theme: Theme::new(look),
            signs: Signs::new(look.ascii),
            cursor: None,
            placed: Vec::new(),
        }
    }

    /// Creates a pen whose words are taken down instead of being drawn, with words in place of signs.
    pub fn saying(said: &'a mut Said, look: Appearance) -> Self {
        Self {
            paper: Paper::Said(said),
            theme: Theme::new(look),
            signs: Signs::words(look.ascii),
            cursor: None,
            placed: Vec::new(),
        }
    }

    /// Starts a line in a row of an area; rows below the area take nothing.
    pub fn line<'p>(&'p mut self, area: Rect, row: u16) -> Line<'p, 'a> {
        let right = if row < area.height {
            area.right()
        } else {
            area.x
        };
        Line {
            pen: self,
            x: area.x,
            left: area.x,
            y: area.y.saturating_add(row),
            right,
        }
    }

    /// Draws a hairline under a row of an area. Text that is written there later keeps it.
    pub fn rule(&mut self, area: Rect, row: u16) {
        if row < area.height {
            let style = self.theme.word(Role::Rule);
            let place = Rect {
                y: area.y + row,
                height: 1,
                ..area
            };
            self.each(place, |cell| {
                cell.fg = style.fg.unwrap_or(cell.fg);
                cell.bg = style.bg.unwrap_or(cell.bg);
                cell.modifier |= style.add_modifier;
            });
        }
    }

    /// Fills an area with blanks in a role.
    pub fn fill(&mut self, area: Rect, role: Role) {
        let style = self.theme.word(role);
        self.each(area, |cell| {
            cell.reset();
            cell.set_style(style);
        });
    }

    /// Draws the line between two panes.
    pub fn edge(&mut self, area: Rect) {
        let sign = self.signs.edge();
        for row in 0..area.height {
            self.line(area, row).put(sign, Role::Edge);
        }
    }

    /// Lets the terminal's cursor stand in a cell.
    pub fn set_cursor(&mut self, x: u16, y: u16) {
        self.cursor = Some(Position { x, y });
    }

    fn each(&mut self, area: Rect, mut change: impl FnMut(&mut Cell)) {
        let Paper::Cells(buffer) = &mut self.paper else {
            return;
        };
        let area = area.intersection(buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                change(&mut buffer[(x, y)]);
            }
        }
    }

    /// Takes a sign, words and where they stand down, or draws them; returns the column after them.
    fn write(&mut self, x: u16, y: u16, right: u16, text: &str, stroke: Stroke) -> u16 {
        let style = match stroke {
            Stroke::Word(role) => self.theme.word(role),
            Stroke::Sign(role) => self.theme.sign(role),
        };
        let buffer = match &mut self.paper {
            Paper::Cells(buffer) => buffer,
            Paper::Said(said) => return said.write(x, y, right, text, stroke),
        };
        let right = right.min(buffer.area.right());
        if y >= buffer.area.bottom() {
            return x;
        }
        let mut x = x;
        let (plain, rest) = text.split_at(plain_beginning(text));
        let fits = plain.len().min(usize::from(right.saturating_sub(x)));
        if fits > 0 {
            let start = buffer.index_of(x, y);
            let cells = &mut buffer.content[start..start + fits];
            for (at, cell) in cells.iter_mut().enumerate() {
                set(cell, &plain[at..=at], style);
            }
            x += u16::try_from(fits).unwrap_or(0);
        }
        if is_narrow(rest) {
            if x < right {
                set(&mut buffer[(x, y)], rest, style);
                x += 1;
            }
            return x;
        }
        for cluster in rest.graphemes(true) {
            let (drawn, width) = shown(cluster);
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            if x.saturating_add(width) > right {
                // What is left of the row stays blank, so no edge cuts a character in two.
                while x < right {
                    set(&mut buffer[(x, y)], " ", style);
                    x += 1;
                }
                break;
            }
            if drawn.len() > 1 && drawn.is_ascii() {
                for (at, _) in drawn.char_indices() {
                    set(&mut buffer[(x, y)], &drawn[at..=at], style);
                    x += 1;
                }
                continue;
            }
            let symbol = match drawn.as_ref() {
                "\n" | "\r\n" => " ",
                other => other,
            };
            set(&mut buffer[(x, y)], symbol, style);
            for covered in x + 1..x + width {
                set(&mut buffer[(covered, y)], " ", style);
            }
            x += width;
        }
        x
    }
}

/// What is written, and the role that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Words.
    Word(Role),
    /// A sign.
    Sign(Role),
}

/// How many bytes of a text are a character each: letters of one byte are the rule. Its last one may carry a mark that follows.
fn plain_beginning(text: &str) -> usize {
    let is_letter = |byte: &u8| matches!(byte, b' '..=b'~');
    let plain = text.bytes().take_while(is_letter).count();
    if plain == text.len() {
        plain
    } else {
        plain.saturating_sub(1)
    }
}

/// Whether a text is one character of one column, as all signs are: nothing in it is to be parted or replaced.
fn is_narrow(text: &str) -> bool {
    let mut letters = text.chars();
    let narrow = letters
        .next()
        .is_some_and(|it| !is_unsafe(it) && it.width() == Some(1));
    narrow && letters.next().is_none()
}

/// A hairline under the row stays, whatever is written onto it.
fn set(cell: &mut Cell, symbol: &str, style: Style) {
    cell.set_symbol(symbol);
    cell.fg = style.fg.unwrap_or(Color::Reset);
    cell.bg = style.bg.unwrap_or(Color::Reset);
    cell.modifier = style.add_modifier | (cell.modifier & Modifier::UNDERLINED);
}

/// One row that is being written, from left to right, with what stands at its right end taken off first.
#[derive(Debug)]
pub struct Line<'p, 'a> {
    pen: &'p mut Pen<'a>,
    x: u16,
    left: u16,
    y: u16,
    right: u16,
}

impl Line<'_, '_> {
    /// Returns the signs in the form that this terminal shows.
    pub fn signs(&self) -> Signs {
        self.pen.signs
    }

    /// Returns how many columns are left.
    pub fn room(&self) -> usize {
        usize::from(self.right.saturating_sub(self.x))
    }

    /// Goes on at a column of the area; text that already reaches it is not overwritten.
    pub fn to(&mut self, column: u16) -> &mut Self {
        self.x = self.x.max(self.left.saturating_add(column));
        if let Paper::Said(said) = &mut self.pen.paper {
            said.part();
        }
        self
    }

    /// Leaves columns blank.
    pub fn skip(&mut self, columns: u16) -> &mut Self {
        self.x = self.x.saturating_add(columns);
        self
    }

    /// Ends the line before its right edge, leaving columns blank there.
    pub fn shorten(&mut self, columns: u16) -> &mut Self {
        self.right = self.right.saturating_sub(columns).max(self.left);
        self
    }

    /// Writes text; what does not fit is not drawn.
    pub fn put(&mut self, text: &str, role: Role) -> &mut Self {
        let stroke = Stroke::Word(role);
        self.x = self.pen.write(self.x, self.y, self.right, text, stroke);
        self
    }

    /// Writes a sign.
    pub fn sign(&mut self, sign: &str, role: Role) -> &mut Self {
        let stroke = Stroke::Sign(role);
        self.x = self.pen.write(self.x, self.y, self.right, sign, stroke);
        self
    }

    /// Writes the sign of a state.
    pub fn state(&mut self, state: Glyph) -> &mut Self {
        let sign = self.pen.signs.state(state);
        self.sign(sign, glyph::role(state))
    }

    /// Writes what stands left of a post: the marker of the selected one, the sign of a marked one, or a blank.
    pub fn standing(&mut self, selected: bool, marked: bool) -> &mut Self {
        let signs = self.signs();
        let sign = match (selected, marked) {
            (true, true) => signs.selected_and_marked(),
            (true, false) => signs.marker(),
            (false, true) => signs.marked(),
            (false, false) => return self.skip(1),
        };
        self.sign(sign, Role::Accent)
    }

    /// Writes text, cut to what is left.
    pub fn cut(&mut self, text: &str, role: Role) -> &mut Self {
        self.cut_to(text, self.room(), role)
    }

    /// Writes text, cut to `width` columns or to what is left.
    pub fn cut_to(&mut self, text: &str, width: usize, role: Role) -> &mut Self {
        let text = text::one_line(text);
        match text::kept(&text, width.min(self.room())) {
            Kept::All => self.put(&text, role),
            Kept::Beginning(end) => {
                let mark = self.pen.signs.cut();
                self.put(&text[..end], role).put(mark, role)
            }
            Kept::Nothing => self,
        }
    }

    /// Writes an address, cut in the middle to what is left.
    pub fn address(&mut self, address: &str, role: Role) -> &mut Self {
        let fitted = text::cut_middle(address, self.room(), self.pen.signs.cut());
        self.put(&fitted, role)
    }

    /// Writes text at the right end and ends the line before it; nothing when there is no room.
    pub fn at_right(&mut self, text: &str, role: Role) -> &mut Self {
        let width = u16::try_from(shown_width(text)).unwrap_or(u16::MAX);
        if usize::from(width) <= self.room() && width > 0 {
            let start = self.right - width;
            let stroke = Stroke::Word(role);
            self.pen.write(start, self.y, self.right, text, stroke);
            self.right = start;
        }
        self
    }

    /// Lets the terminal's cursor stand where the next text will.
    pub fn cursor_here(&mut self) -> &mut Self {
        let last = self.right.saturating_sub(1).max(self.left);
        self.pen.set_cursor(self.x.min(last), self.y);
        self
    }

    /// Says that a field begins here.
    pub fn field_here(&mut self) -> &mut Self {
        if let Paper::Said(said) = &mut self.pen.paper {
            said.field_at(self.x, self.y);
        }
        self
    }

    /// Lets the terminal's cursor stand where the next text will, which is where it is typed.
    pub fn typed_here(&mut self) -> &mut Self {
        if let Paper::Said(said) = &mut self.pen.paper {
            said.typed_at(self.x);
        }
        self.cursor_here()
    }
}

/// Returns the marks of channels: joined in cells, spaced in lists; what does not fit becomes a count, `LiMa+2`. Where the
/// screen is told in sentences every channel is named.
pub fn marks<'c>(
    app: &App,
    channels: impl ExactSizeIterator<Item = &'c crate::domain::ChannelName>,
    between: &str,
    width: usize,
) -> String {
    let all = channels.len();
    let marks: Vec<String> = channels.map(|channel| app.mark(channel)).collect();
    if app.look.in_words {
        return marks.join(", ");
    }
    (0..=all)
        .rev()
        .map(|shown| {
            let mut line = marks[..shown].join(between);
            if shown < all {
                line.push_str(&format!("+{}", all - shown));
            }
            line
        })
        .find(|line| shown_width(line) <= width)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Colours;
    use crate::domain::{Channel, PlatformId};

    fn row(buffer: &Buffer) -> String {
        buffer.content().iter().map(Cell::symbol).collect()
    }

    #[test]
    fn a_wide_character_that_would_straddle_the_edge_becomes_a_blank() {
        let area = Rect::new(0, 0, 6, 1);
        let mut buffer = Buffer::filled(area, Cell::new("x"));
        let mut pen = Pen::new(&mut buffer, Appearance::default());
        pen.line(Rect { width: 5, ..area }, 0)
            .put("国国国", Role::Text);
        // The covered half of each wide character holds a blank.
        assert_eq!(row(&buffer), "国 国  x");
    }

    #[test]
    fn a_mark_stays_on_the_letter_before_it() {
        let area = Rect::new(0, 0, 6, 1);
        let mut buffer = Buffer::empty(area);
        Pen::new(&mut buffer, Appearance::default())
            .line(area, 0)
            .put("cafe\u{301}s", Role::Text);
        assert_eq!(row(&buffer), "cafe\u{301}s ");
        assert_eq!(buffer[(3, 0)].symbol(), "e\u{301}");
    }

    #[test]
    fn escape_bytes_are_written_as_letters() {
        let area = Rect::new(0, 0, 8, 1);
        let mut buffer = Buffer::empty(area);
        Pen::new(&mut buffer, Appearance::default())
            .line(area, 0)
            .put("a\u{1b}b", Role::Text);
        assert_eq!(row(&buffer), "a<1b>b  ");
    }

    #[test]
    fn text_keeps_the_hairline_of_its_row_and_nothing_else() {
        let area = Rect::new(0, 0, 2, 1);
        let mut buffer = Buffer::empty(area);
        let look = Appearance {
            colours: Colours::Dark,
            ..Appearance::default()
        };
        let mut pen = Pen::new(&mut buffer, look);
        pen.rule(area, 0);
        pen.line(area, 0).put("a", Role::Text);
        assert_eq!(buffer[(0, 0)].modifier, Modifier::UNDERLINED);
        assert_eq!(buffer[(0, 0)].fg, Color::Reset);
    }

    #[test]
    fn channels_that_do_not_fit_become_a_count() {
        let day = chrono::DateTime::UNIX_EPOCH;
        let mut app = App::new(day, chrono_tz::UTC, (80, 24));
        let platforms = [
            PlatformId::LinkedIn,
            PlatformId::Mastodon,
            PlatformId::Bluesky,
            PlatformId::Zulip,
        ];
        app.channels = platforms.map(|it| Channel::new(it.word(), it)).to_vec();
        let names: Vec<_> = app.channels.iter().map(|it| it.name.clone()).collect();
        assert_eq!(marks(&app, names.iter(), "", 8), "LiMaBsZu");
        assert_eq!(marks(&app, names.iter(), "", 7), "LiMa+2");
        assert_eq!(marks(&app, names.iter(), " ", 8), "Li Ma+2");
        assert_eq!(marks(&app, names.iter(), "", 2), "+4");
        assert_eq!(marks(&app, names.iter(), "", 1), "");
    }
}
