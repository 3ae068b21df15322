//! JPEG: keeps what a decoder needs and the colour profile, leaves every other application segment out.
//!
//! Segments are copied byte for byte (ITU-T T.81, annex B), so the picture itself does not change.

use super::Broken;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

/// Copies a JPEG without metadata, thumbnails and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend([0xff, START]);
    let mut at = 2;
    loop {
        let marker = marker(bytes, &mut at)?;
        match marker {
            END => break,
            // These stand alone, without a length.
            0x01 | 0xd0..=0xd7 => out.extend([0xff, marker]),
            _ => {
                let contents = segment(bytes, &mut at)?;
                if let Some(kept) = kept(marker, contents) {
                    push(&mut out, marker, &kept);
                }
            }
        }
        if marker == SCAN {
            let start = at;
            at = end_of_scan(bytes, at);
            out.extend(&bytes[start..at]);
            // Cameras that lost power leave the end out; every viewer shows such a file.
            if at == bytes.len() {
                break;
            }
        }
    }
    out.extend([0xff, END]);
    Ok(out)
}

fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, Broken> {
    if bytes.get(*at) != Some(&0xff) {
        return Err("its segments do not follow each other");
    }
    // Any number of fill bytes may stand before a marker.
    while bytes.get(*at) == Some(&0xff) {
        *at += 1;
    }
    let marker = *bytes.get(*at).ok_or("it is cut off")?;
    *at += 1;
    Ok(marker)
}

fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], Broken> {
    let length = match bytes.get(*at..*at + 2) {
        Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
        _ => return Err("it is cut off"),
    };
    let end = *at + length;
    let contents = bytes.get(*at + 2..end).ok_or("it is cut off")?;
    *at = end;
    Ok(contents)
}

/// Returns what is kept of a segment; `None` leaves it out.
fn kept(marker: u8, contents: &[u8]) -> Option<Vec<u8>> {
    let keep = match marker {
        // JFIF without its thumbnail, which would show the picture before it was cropped.
        0xe0 if contents.starts_with(b"JFIF\0") && contents.len() >= 14 => {
            return Some([&contents[..12], &[0, 0]].concat());
        }
        0xe2 => contents.starts_with(b"ICC_PROFILE\0"),
        // Without Adobe's segment the colours of some pictures come out wrong.
        0xee => contents.starts_with(b"Adobe"),
        0xe0..=0xef | COMMENT => false,
        _ => true,
    };
    keep.then(|| contents.to_vec())
}

fn push(out: &mut Vec<u8>, marker: u8, contents: &[u8]) {
    // It came from a segment at least as long, whose length fitted.
    let length = u16::try_from(contents.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend(contents);
}

/// Returns where the next marker begins: within a scan, FF is followed by 00 or a restart number.
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == 0xff) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    bytes.len()
}
