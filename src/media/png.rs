//! PNG: keeps the chunks that are needed to show it, animation and colour profile included.
//!
//! Chunks are copied with their checksums (W3C PNG, third edition); text, time, EXIF and unknown ones are left out.

use super::Broken;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A list of what is kept, so that private chunks of cameras and editors go as well.
const KEPT: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// A chunk: the whole of it, length and checksum included, and its type.
struct Chunk<'a> {
    whole: &'a [u8],
    kind: &'a [u8; 4],
}

/// Copies a PNG without metadata and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(SIGNATURE);
    let mut rest = bytes.get(SIGNATURE.len()..).ok_or("it is cut off")?;
    loop {
        let (chunk, after) = split_chunk(rest)?;
        rest = after;
        if chunk.kind == b"IEND" {
            out.extend(chunk.whole);
            return Ok(out);
        }
        if KEPT.contains(&chunk.kind) {
            out.extend(chunk.whole);
        }
    }
}

/// Whether it is an animation.
pub(super) fn is_animated(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    while let Ok((chunk, after)) = split_chunk(rest) {
        match chunk.kind {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => rest = after,
        }
    }
    false
}

/// Splits the first chunk off from what follows.
fn split_chunk(bytes: &[u8]) -> Result<(Chunk<'_>, &[u8]), Broken> {
    let (length, after) = bytes.split_first_chunk::<4>().ok_or("it is cut off")?;
    let (kind, _) = after.split_first_chunk::<4>().ok_or("it is cut off")?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| "it is cut off")?;
    let length = length.checked_add(12).ok_or("it is cut off")?;
    let (whole, rest) = bytes.split_at_checked(length).ok_or("it is cut off")?;
    Ok((Chunk { whole, kind }, rest))
}
