//! Pictures over the cells: which of them the terminal shows, and the sequences that put one there and take it away.
//!
//! Nothing answers and nothing is waited for. A picture is put onto its miniature in half blocks, which stays where the
//! terminal does not know the sequence. When that is sent is `runtime/terminal.rs`.

use super::shown::Frames;
use crate::domain::pixels::{Pixels, Protocol};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::{Position, Rect};

/// Base64 of a kitty picture comes in pieces of at most so many bytes (kitty, "Terminal graphics protocol", "Remote client",
/// read 2026-11).
const PIECE: usize = 4096;
/// Takes every picture off the screen and out of the terminal's memory.
pub const ALL_KITTY_OFF: &str = "\x1b_Ga=d,d=A,q=2\x1b\\";

/// A picture where a frame has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture<'p> {
    /// What it is known by.
    pub name: &'p str,
    /// The cells that it takes.
    pub area: Rect,
    /// The picture.
    pub pixels: &'p Pixels,
}

/// What a painter leaves besides the cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Painted<'p> {
    /// Where the cursor stands, if it is to be seen.
    pub cursor: Option<Position>,
    /// The pictures over the cells.
    pub pictures: Vec<Picture<'p>>,
}

impl From<Option<Position>> for Painted<'_> {
    fn from(cursor: Option<Position>) -> Self {
        Self {
            cursor,
            pictures: Vec::new(),
        }
    }
}

/// A picture that the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    id: u32,
    protocol: Protocol,
    /// Where it stands; `None` while the terminal only keeps it.
    area: Option<Rect>,
}

/// The pictures that the terminal has, and those that the last frame wanted.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    held: Vec<Held>,
    wanted: Vec<(u32, Rect)>,
    /// Whether the last frame wanted others than the one before.
    moved: bool,
}

impl Pictures {
    /// Whether a picture stands on the terminal, or shall: rows are not scrolled then, since terminals disagree on what becomes
    /// of the pictures.
    pub(super) fn are_there(&self) -> bool {
        !self.held.is_empty() || !self.wanted.is_empty()
    }

    /// Whether one that the last frame wanted is not on the terminal yet.
    pub(super) fn wait(&self) -> bool {
        self.wanted.iter().any(|wanted| !self.stands(*wanted))
    }

    /// Whether the last frame wanted others than the one before.
    pub(super) fn moved(&self) -> bool {
        self.moved
    }

    fn stands(&self, (id, area): (u32, Rect)) -> bool {
        let mut held = self.held.iter();
        held.any(|it| it.id == id && it.area == Some(area))
    }

    /// Takes every picture away: the terminal was cleared, or something else wrote onto it.
    pub(super) fn clear(&mut self, out: &mut Vec<u8>) {
        for held in self.held.drain(..) {
            if held.protocol == Protocol::Kitty {
                out.extend_from_slice(forgotten(held.id).as_bytes());
            }
        }
    }

    /// Notes what a frame wants, and takes away what stands elsewhere; cells under sixels and iTerm2's pictures are sent anew,
    /// which removes them.
    pub(super) fn take_off(
        &mut self,
        pictures: &[Picture<'_>],
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) {
        let wanted: Vec<(u32, Rect)> = (pictures.iter().enumerate())
            .map(|(at, it)| (id(it.name, nth(pictures, at)), it.area))
            .collect();
        self.moved = wanted != self.wanted;
        self.wanted = wanted;
        if !self.moved {
            return;
        }
        let wanted = &self.wanted;
        self.held.retain_mut(|held| {
            let is_wanted = |it: &&(u32, Rect)| it.0 == held.id;
            let place = wanted.iter().find(is_wanted).map(|it| it.1);
            if place.is_some() && place == held.area {
                return true;
            }
            match (held.protocol, place) {
                (Protocol::Kitty, Some(_)) => {
                    out.extend_from_slice(lifted(held.id).as_bytes());
                    held.area = None;
                    true
                }
                (Protocol::Kitty, None) => {
                    out.extend_from_slice(forgotten(held.id).as_bytes());
                    false
                }
                (Protocol::Iterm2 | Protocol::Sixel, _) => {
                    if let Some(area) = held.area {
                        frames.doubt(area);
                    }
                    false
                }
            }
        });
    }

    /// Returns the next picture that is wanted and not there, with the sequence that puts it at the cursor, and notes that it is.
    pub(super) fn put_next(&mut self, pictures: &[Picture<'_>]) -> Option<(Position, Vec<u8>)> {
        let at = self.wanted.iter().position(|it| !self.stands(*it))?;
        let ((id, area), picture) = (self.wanted[at], pictures.get(at)?);
        let protocol = picture.pixels.protocol;
        let kept = self.held.iter().position(|it| it.id == id);
        let sequence = match (protocol, kept) {
            (Protocol::Kitty, Some(_)) => placed(id, area).into_bytes(),
            (Protocol::Kitty, None) => kitty(id, area, &picture.pixels.bytes).into_bytes(),
            (Protocol::Iterm2, _) => iterm2(area, &picture.pixels.bytes).into_bytes(),
            (Protocol::Sixel, _) => sixel(&picture.pixels.bytes),
        };
        let held = Held {
            id,
            protocol,
            area: Some(area),
        };
        match kept {
            Some(at) => self.held[at] = held,
            None => self.held.push(held),
        }
        Some((area.as_position(), sequence))
    }
}

/// How many of the pictures before this one are the same.
fn nth(pictures: &[Picture<'_>], at: usize) -> usize {
    let before = pictures[..at].iter();
    before.filter(|it| it.name == pictures[at].name).count()
}

/// Returns a number for a picture that no other program on the terminal is likely to use (FNV-1a); never 0.
fn id(name: &str, nth: usize) -> u32 {
    let count = u8::try_from(nth).unwrap_or(u8::MAX);
    let bytes = name.bytes().chain([count]);
    let mixed = bytes.fold(0x811c_9dc5_u32, |mixed, byte| {
        (mixed ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    mixed.max(1)
}

/// `C=1` leaves the cursor where it is, `q=2` asks for no answer, which would come among the keys.
fn kitty_place(id: u32, area: Rect) -> String {
    format!("i={id},p=1,c={},r={},C=1,q=2", area.width, area.height)
}

/// Hands a picture over and shows it.
fn kitty(id: u32, area: Rect, png: &[u8]) -> String {
    let encoded = STANDARD.encode(png);
    let mut sequence = format!("\x1b_Ga=T,f=100,{}", kitty_place(id, area));
    let mut rest = encoded.as_str();
    while rest.len() > PIECE {
        let (piece, after) = rest.split_at(PIECE);
        sequence.push_str(&format!(",m=1;{piece}\x1b\\\x1b_Gq=2"));
        rest = after;
    }
    sequence.push_str(&format!(",m=0;{rest}\x1b\\"));
    sequence
}

/// Shows a picture that the terminal keeps.
fn placed(id: u32, area: Rect) -> String {
    format!("\x1b_Ga=p,{}\x1b\\", kitty_place(id, area))
}

/// Takes a picture off the screen; the terminal keeps it.
fn lifted(id: u32) -> String {
    format!("\x1b_Ga=d,d=i,i={id},q=2\x1b\\")
}

/// Takes a picture off the screen and out of the terminal's memory.
fn forgotten(id: u32) -> String {
    format!("\x1b_Ga=d,d=I,i={id},q=2\x1b\\")
}

/// iTerm2, "Images", <https://iterm2.com/documentation-images.html>, read 2026-11; `doNotMoveCursor` is WezTerm's and keeps it
/// from scrolling.
fn iterm2(area: Rect, file: &[u8]) -> String {
    let (size, columns, rows) = (file.len(), area.width, area.height);
    let encoded = STANDARD.encode(file);
    format!(
        "\x1b]1337;File=inline=1;size={size};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1:{encoded}\x07"
    )
}

/// Pixels that no colour is given keep what is there.
fn sixel(sixels: &[u8]) -> Vec<u8> {
    [b"\x1bP0;1;0q", sixels, b"\x1b\\"].concat()
}

#[cfg(test)]
mod tests;
