//! A picture as a terminal's own way of showing pictures takes it: encoded, within a bound of bytes.
//!
//! Plain data. `media` encodes it, `app` keeps it, `runtime/backend` writes it.

/// Most bytes that a picture may take on its way to a terminal on this machine, its control sequence included.
pub const MOST_SENT: usize = 64 * 1024;
/// The same over SSH, where whatever is typed meanwhile waits behind it: a line of 1 Mbit/s carries them in a fifth of a second.
pub const MOST_SENT_FAR: usize = 24 * 1024;

/// A way in which terminals take pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's graphics protocol: kitty, Ghostty, Konsole.
    Kitty,
    /// iTerm2's inline images: iTerm2, WezTerm.
    Iterm2,
    /// DEC's sixels: foot, mlterm, xterm where it was asked to.
    Sixel,
}

/// How large a cell of the terminal is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellSize {
    /// Its width.
    pub width: u16,
    /// Its height.
    pub height: u16,
}

impl CellSize {
    /// Finds it from a window of so many cells and pixels; `None` where the terminal does not tell its pixels, or tells what
    /// cannot be.
    pub fn of((columns, rows): (u16, u16), (width, height): (u16, u16)) -> Option<Self> {
        let cell = Self {
            width: width.checked_div(columns)?,
            height: height.checked_div(rows)?,
        };
        let possible = 3..=128;
        (possible.contains(&cell.width) && possible.contains(&cell.height)).then_some(cell)
    }
}

impl Default for CellSize {
    /// Returns a cell as most are: twice as high as wide.
    fn default() -> Self {
        Self {
            width: 8,
            height: 16,
        }
    }
}

/// How a terminal is given pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// By which protocol.
    pub protocol: Protocol,
    /// Most bytes of one, its control sequence included.
    pub most_bytes: usize,
}

/// What is wanted of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The cells that it is shown in.
    pub cell: CellSize,
    /// How its pixels are sent; `None` where half blocks are all that is shown.
    pub way: Option<Way>,
}

/// The pixels of a picture, as its protocol takes them.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// For which protocol they are.
    pub protocol: Protocol,
    /// A PNG or JPEG file; for sixels what stands between the introducer and the end of the control string.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({:?}, {} bytes)", self.protocol, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_known_where_the_terminal_tells_its_pixels() {
        let cell = |pixels| CellSize::of((80, 24), pixels).map(|it| (it.width, it.height));
        assert_eq!(cell((720, 432)), Some((9, 18)));
        assert_eq!(cell((727, 440)), Some((9, 18)));
        assert_eq!(cell((0, 0)), None);
        assert_eq!(cell((80, 24)), None, "one pixel a cell");
        assert_eq!(CellSize::of((0, 0), (720, 432)), None);
    }
}
