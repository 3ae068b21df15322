//! GIF: keeps frames, their timing, repetition and colour profile; leaves comments and other application data out.
//!
//! A walk over the blocks of GIF89a (CompuServe, 1990), which are copied as they are.

use super::Broken;

const IMAGE: u8 = 0x2c;
const EXTENSION: u8 = 0x21;
const TRAILER: u8 = 0x3b;
const COMMENT: u8 = 0xfe;
const APPLICATION: u8 = 0xff;

/// Applications whose blocks belong to the picture: repetition (two names for one thing) and colours.
const KEPT: &[&[u8]] = &[b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

/// Copies a GIF without comments, XMP and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let packed = *bytes.get(10).ok_or("it is cut off")?;
    let mut at = 13 + colours(packed);
    let mut out = bytes.get(..at).ok_or("it is cut off")?.to_vec();
    loop {
        let start = at;
        let keep = match *bytes.get(at).ok_or("it is cut off")? {
            TRAILER => {
                out.push(TRAILER);
                return Ok(out);
            }
            IMAGE => {
                let packed = *bytes.get(at + 9).ok_or("it is cut off")?;
                // Descriptor, local colours, and the one byte before the data.
                at = end_of_blocks(bytes, at + 10 + colours(packed) + 1)?;
                true
            }
            EXTENSION => {
                let label = *bytes.get(at + 1).ok_or("it is cut off")?;
                let body = at + 2;
                at = end_of_blocks(bytes, body)?;
                match label {
                    COMMENT => false,
                    APPLICATION => bytes
                        .get(body + 1..body + 12)
                        .is_some_and(|name| KEPT.contains(&name)),
                    _ => true,
                }
            }
            _ => return Err("its blocks do not follow each other"),
        };
        if keep {
            out.extend(bytes.get(start..at).ok_or("it is cut off")?);
        }
    }
}

/// Whether it has more than one picture; what cannot be walked through has none.
pub(super) fn is_animated(bytes: &[u8]) -> bool {
    pictures(bytes).is_some_and(|count| count > 1)
}

/// Counts pictures, up to two.
fn pictures(bytes: &[u8]) -> Option<usize> {
    let mut at = 13 + colours(*bytes.get(10)?);
    let mut count = 0;
    while count < 2 {
        at = match *bytes.get(at)? {
            IMAGE => {
                count += 1;
                let packed = *bytes.get(at + 9)?;
                end_of_blocks(bytes, at + 10 + colours(packed) + 1).ok()?
            }
            EXTENSION => end_of_blocks(bytes, at + 2).ok()?,
            _ => break,
        };
    }
    Some(count)
}

/// Returns how many bytes the colour table takes that a packed field announces.
fn colours(packed: u8) -> usize {
    if packed & 0x80 == 0 {
        return 0;
    }
    3 << ((packed & 0x07) + 1)
}

/// Skips sub-blocks, each with its length before it, to behind the empty one that ends them.
fn end_of_blocks(bytes: &[u8], mut at: usize) -> Result<usize, Broken> {
    loop {
        let length = *bytes.get(at).ok_or("it is cut off")?;
        at += 1 + usize::from(length);
        if length == 0 {
            return Ok(at);
        }
    }
}
