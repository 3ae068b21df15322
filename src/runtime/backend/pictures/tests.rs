//! A picture is put once, behind the text, moves with few bytes, and leaves nothing behind.

use super::*;
use crate::runtime::backend::{Moved, WireBackend};
use ratatui::layout::Size;

const AREA: Rect = Rect::new(2, 1, 4, 2);

fn pixels(protocol: Protocol) -> Pixels {
    Pixels {
        protocol,
        bytes: b"picture".to_vec(),
    }
}

struct Terminal {
    wire: WireBackend<Vec<u8>>,
    read: usize,
}

impl Terminal {
    fn new() -> Self {
        let size = Size {
            width: 12,
            height: 6,
        };
        Self {
            wire: WireBackend::with_size(Vec::new(), size),
            read: 0,
        }
    }

    /// Draws a text at the top left and half blocks under pictures; returns what was sent.
    fn draw(&mut self, text: &str, pictures: &[Picture<'_>]) -> String {
        self.wire
            .draw(|canvas| {
                canvas.set_string(0, 0, text, ratatui::style::Style::new());
                for at in pictures.iter().flat_map(|it| it.area.positions()) {
                    canvas[at].set_symbol("▀");
                }
                Painted {
                    cursor: None,
                    pictures: pictures.to_vec(),
                }
            })
            .unwrap();
        let sent = self.wire.out()[self.read..].to_vec();
        self.read += sent.len();
        String::from_utf8(sent).unwrap()
    }

    /// Draws it as often as it takes until the pictures are there, and returns what was sent last.
    fn settle(&mut self, text: &str, pictures: &[Picture<'_>]) -> String {
        self.wire.allow_pictures(false);
        self.draw(text, pictures);
        self.wire.allow_pictures(true);
        let sent = self.draw(text, pictures);
        assert_eq!(self.wire.pictures_wait(), None);
        sent
    }
}

fn picture(pixels: &Pixels, area: Rect) -> Picture<'_> {
    Picture {
        name: "beef",
        area,
        pixels,
    }
}

#[test]
fn kitty_gets_a_picture_once_keeps_it_while_it_moves_and_forgets_it_when_it_goes() {
    let (mut terminal, pixels) = (Terminal::new(), pixels(Protocol::Kitty));
    let id = id("beef", 0);
    let sent = terminal.settle("text", &[picture(&pixels, AREA)]);
    assert_eq!(
        sent,
        format!("\x1b[2;3H\x1b_Ga=T,f=100,i={id},p=1,c=4,r=2,C=1,q=2,m=0;cGljdHVyZQ==\x1b\\")
    );
    assert_eq!(terminal.draw("text", &[picture(&pixels, AREA)]), "");
    let sent = terminal.draw("more", &[picture(&pixels, AREA)]);
    assert_eq!(sent, "\x1b[Hmore", "and nothing of the picture");

    let lower = Rect { y: 3, ..AREA };
    terminal.wire.allow_pictures(false);
    let sent = terminal.draw("more", &[picture(&pixels, lower)]);
    assert!(
        sent.starts_with(&format!("\x1b_Ga=d,d=i,i={id},q=2\x1b\\")),
        "{sent:?}"
    );
    assert_eq!(terminal.wire.pictures_wait(), Some(Moved::JustNow));
    terminal.wire.allow_pictures(true);
    let sent = terminal.draw("more", &[picture(&pixels, lower)]);
    assert_eq!(
        sent,
        format!("\x1b[4;3H\x1b_Ga=p,i={id},p=1,c=4,r=2,C=1,q=2\x1b\\")
    );

    let sent = terminal.draw("more", &[]);
    assert!(
        sent.starts_with(&format!("\x1b_Ga=d,d=I,i={id},q=2\x1b\\")),
        "{sent:?}"
    );
    assert_eq!(terminal.draw("more", &[]), "");
}

#[test]
fn a_large_picture_goes_to_kitty_in_pieces() {
    let png = vec![7; 7_000];
    let sequence = kitty(9, AREA, &png);
    let pieces: Vec<&str> = sequence.split_terminator("\x1b\\").collect();
    assert_eq!(pieces.len(), 3);
    assert!(pieces[0].starts_with("\x1b_Ga=T,f=100,i=9,") && pieces[0].contains(",m=1;"));
    assert!(pieces[1].starts_with("\x1b_Gq=2,m=1;") && pieces[2].starts_with("\x1b_Gq=2,m=0;"));
    let encoded: String = pieces
        .iter()
        .map(|piece| piece.split_once(';').unwrap().1)
        .inspect(|piece| assert!(piece.len() <= PIECE))
        .collect();
    assert_eq!(STANDARD.decode(encoded).unwrap(), png);
}

#[test]
fn sixels_and_iterm2s_pictures_are_overwritten_where_they_stood() {
    for protocol in [Protocol::Sixel, Protocol::Iterm2] {
        let (mut terminal, pixels) = (Terminal::new(), pixels(protocol));
        let sent = terminal.settle("text", &[picture(&pixels, AREA)]);
        let sequence = match protocol {
            Protocol::Sixel => "\x1bP0;1;0qpicture\x1b\\".to_owned(),
            _ => "\x1b]1337;File=inline=1;size=7;width=4;height=2;preserveAspectRatio=0;doNotMoveCursor=1:cGljdHVyZQ==\x07".to_owned(),
        };
        assert_eq!(sent, format!("\x1b[2;3H{sequence}"));
        assert_eq!(terminal.draw("text", &[picture(&pixels, AREA)]), "");

        // The miniature that is left has cells like those below the picture before: they are sent all the same.
        let lower = Rect { y: 2, ..AREA };
        terminal.wire.allow_pictures(false);
        let sent = terminal.draw("text", &[picture(&pixels, lower)]);
        assert_eq!(sent.matches('▀').count(), 8, "{sent:?}");
        terminal.wire.allow_pictures(true);
        let sent = terminal.draw("text", &[picture(&pixels, lower)]);
        assert_eq!(sent, format!("\x1b[3;3H{sequence}"));
        let sent = terminal.draw("text", &[]);
        assert!(!sent.contains("picture") && !sent.contains('▀'), "{sent:?}");
        assert!(
            sent.contains("\x1b[3;3H") && sent.contains("\x1b[K"),
            "{sent:?}"
        );
    }
}

#[test]
fn a_picture_waits_until_it_rests_and_is_put_again_when_the_screen_was_lost() {
    let (mut terminal, pixels) = (Terminal::new(), pixels(Protocol::Kitty));
    terminal.wire.allow_pictures(true);
    for y in 1..4 {
        let sent = terminal.draw("text", &[picture(&pixels, Rect { y, ..AREA })]);
        assert!(!sent.contains("a=T"), "{sent:?}");
        assert_eq!(terminal.wire.pictures_wait(), Some(Moved::JustNow));
    }
    terminal.settle("text", &[picture(&pixels, AREA)]);
    terminal.wire.forget();
    let sent = terminal.draw("text", &[picture(&pixels, AREA)]);
    let (before, after) = sent.split_once("a=d,d=I").expect("it is forgotten");
    assert!(
        before.contains("\x1b[2J") && after.contains("a=T"),
        "{sent:?}"
    );
}

#[test]
fn the_same_picture_twice_is_two() {
    let (mut terminal, pixels) = (Terminal::new(), pixels(Protocol::Kitty));
    let lower = Rect { y: 3, ..AREA };
    let both = [picture(&pixels, AREA), picture(&pixels, lower)];
    let sent = terminal.settle("text", &both);
    assert_eq!(sent.matches("a=T").count(), 2);
    assert!(sent.contains(&format!("i={}", id("beef", 1))));
}
