//! WebP: keeps the chunks of picture, animation and colour profile, and tells the header that the others are gone.
//!
//! Layout: "WebP Container Specification", developers.google.com/speed/webp/docs/riff_container.

use super::Broken;

const KEPT: &[&[u8; 4]] = &[
    b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
];
const KEPT_IN_FRAME: &[&[u8; 4]] = &[b"VP8 ", b"VP8L", b"ALPH"];

/// Bits of the first byte of `VP8X`.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
const IS_ANIMATED: u8 = 0x02;

/// Bytes of a frame before its own chunks.
const FRAME_HEAD: usize = 16;

/// A chunk without its length and padding.
struct Chunk<'a> {
    kind: &'a [u8; 4],
    contents: &'a [u8],
}

/// Copies a WebP without EXIF, XMP, unknown chunks and whatever follows its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut body = b"WEBP".to_vec();
    for Chunk { kind, contents } in chunks(riff(bytes)?)? {
        match kind {
            b"VP8X" => {
                let mut flags = contents.to_vec();
                if let Some(first) = flags.first_mut() {
                    *first &= !(HAS_EXIF | HAS_XMP);
                }
                push(&mut body, kind, &flags)?;
            }
            b"ANMF" => push(&mut body, kind, &strip_frame(contents)?)?,
            kind if KEPT.contains(&kind) => push(&mut body, kind, contents)?,
            _ => {}
        }
    }
    let mut out = Vec::with_capacity(body.len() + 8);
    push(&mut out, b"RIFF", &body)?;
    Ok(out)
}

/// Whether it is an animation.
pub(super) fn is_animated(bytes: &[u8]) -> bool {
    let animated = |chunk: &Chunk<'_>| {
        let flags = chunk.contents.first().copied().unwrap_or(0);
        chunk.kind == b"VP8X" && flags & IS_ANIMATED != 0
    };
    riff(bytes)
        .and_then(chunks)
        .is_ok_and(|chunks| chunks.iter().any(animated))
}

fn strip_frame(frame: &[u8]) -> Result<Vec<u8>, Broken> {
    let (head, rest) = frame
        .split_at_checked(FRAME_HEAD)
        .ok_or("a frame is cut off")?;
    let mut out = head.to_vec();
    for Chunk { kind, contents } in chunks(rest)? {
        if KEPT_IN_FRAME.contains(&kind) {
            push(&mut out, kind, contents)?;
        }
    }
    Ok(out)
}

/// Returns the chunks' bytes: what the container's own length covers, behind its name.
fn riff(bytes: &[u8]) -> Result<&[u8], Broken> {
    let (container, _) = split_chunk(bytes)?;
    container.contents.get(4..).ok_or("it is cut off")
}

fn chunks(mut bytes: &[u8]) -> Result<Vec<Chunk<'_>>, Broken> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (chunk, rest) = split_chunk(bytes)?;
        found.push(chunk);
        bytes = rest;
    }
    Ok(found)
}

/// Splits the first chunk off from what follows its padding.
fn split_chunk(bytes: &[u8]) -> Result<(Chunk<'_>, &[u8]), Broken> {
    let (kind, after) = bytes.split_first_chunk::<4>().ok_or("it is cut off")?;
    let (length, after) = after.split_first_chunk::<4>().ok_or("it is cut off")?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| "it is cut off")?;
    let (contents, rest) = after.split_at_checked(length).ok_or("it is cut off")?;
    // A chunk of odd length is followed by one byte that counts nowhere; at the very end some writers leave it out.
    let rest = rest.get(length % 2..).unwrap_or_default();
    Ok((Chunk { kind, contents }, rest))
}

fn push(out: &mut Vec<u8>, kind: &[u8; 4], contents: &[u8]) -> Result<(), Broken> {
    let length = u32::try_from(contents.len()).map_err(|_| "it is too long")?;
    out.extend(kind);
    out.extend(length.to_le_bytes());
    out.extend(contents);
    if contents.len() % 2 == 1 {
        out.push(0);
    }
    Ok(())
}
