//! Sixels: six rows of pixels at a time, one colour after the other (DEC VT330/VT340 Programmer Reference, volume 2, chapter
//! 14).
//!
//! Pure. The control string around them is written by `runtime/backend`.

use super::terminal::Indexed;
use std::fmt::Write;

/// Rows of pixels in a band.
pub(super) const BAND: usize = 6;
/// A run of so many is shorter as a count.
const RUN: usize = 4;

/// Encodes a picture of few colours.
pub(super) fn encoded(picture: &Indexed) -> Vec<u8> {
    let width = picture.width.max(1);
    let height = picture.indices.len() / width;
    // Pixels as high as wide, and the picture's size.
    let mut out = format!("\"1;1;{width};{height}");
    for (at, colour) in picture.colours.iter().enumerate() {
        let [red, green, blue] = colour.map(|it| (u32::from(it) * 100 + 127) / 255);
        let _ = write!(out, "#{at};2;{red};{green};{blue}");
    }
    for (nth, band) in picture.indices.chunks(width * BAND).enumerate() {
        if nth > 0 {
            out.push('-');
        }
        // Of each colour, which of the six pixels of a column have it.
        let mut columns = vec![None; picture.colours.len()];
        for (row, pixels) in band.chunks(width).enumerate() {
            for (x, colour) in pixels.iter().enumerate() {
                if let Some(columns) = columns.get_mut(usize::from(*colour)) {
                    columns.get_or_insert_with(|| vec![0_u8; width])[x] |= 1 << row;
                }
            }
        }
        let mut used = columns.iter().enumerate();
        let used = used
            .by_ref()
            .filter_map(|(at, it)| Some((at, it.as_ref()?)));
        for (nth, (colour, columns)) in used.enumerate() {
            // Back to the band's beginning.
            let back = if nth > 0 { "$" } else { "" };
            let _ = write!(out, "{back}#{colour}");
            runs(&mut out, columns);
        }
    }
    out.into_bytes()
}

/// Writes columns, those that are alike as a count; what is blank at the end is left out.
fn runs(out: &mut String, columns: &[u8]) {
    let end = columns
        .iter()
        .rposition(|it| *it != 0)
        .map_or(0, |at| at + 1);
    for run in columns[..end].chunk_by(|a, b| a == b) {
        let sign = char::from(b'?' + run[0]);
        if run.len() < RUN {
            out.extend(std::iter::repeat_n(sign, run.len()));
        } else {
            let _ = write!(out, "!{}{sign}", run.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_is_six_rows_of_each_colour() {
        let picture = Indexed {
            width: 5,
            colours: vec![[255, 0, 0], [0, 0, 255]],
            // Seven rows: red with a blue last column, and one row more.
            indices: [[0, 0, 0, 0, 1]; 7].concat(),
        };
        let sixels = String::from_utf8(encoded(&picture)).expect("letters");
        let colours = "#0;2;100;0;0#1;2;0;0;100";
        assert_eq!(
            sixels,
            format!("\"1;1;5;7{colours}#0!4~$#1!4?~-#0!4@$#1!4?@")
        );
    }

    #[test]
    fn colours_that_a_band_lacks_are_not_named_in_it() {
        let picture = Indexed {
            width: 2,
            colours: vec![[0; 3], [255; 3]],
            indices: vec![1; 4],
        };
        let sixels = String::from_utf8(encoded(&picture)).expect("letters");
        assert!(sixels.ends_with("#1;2;100;100;100#1BB"), "{sixels}");
    }
}
