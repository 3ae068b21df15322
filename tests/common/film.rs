//! Films that carry what is read of a video (seconds, pixels) and nothing that plays, as long as a test wants them.

/// A film of 12 seconds, 640x360, with these bytes where its frames would be.
pub fn film_of(frames: &[u8]) -> Vec<u8> {
    [head(), atom(b"mdat", frames)].concat()
}

/// The same, as long as this in bytes; a piece of it in another's place is seen.
pub fn film(length: usize) -> Vec<u8> {
    let frames: Vec<u8> = (0..length - head().len() - 8)
        .map(|at| (at / 7 % 251) as u8)
        .collect();
    film_of(&frames)
}

fn head() -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&12_000_u32.to_be_bytes());
    let mut tkhd = vec![0; 84];
    // It lies as it is seen: the first and the fifth number of the matrix are 1.
    for at in [40, 56] {
        tkhd[at..at + 4].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    }
    tkhd[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
    let mut hdlr = vec![0; 24];
    hdlr[8..12].copy_from_slice(b"vide");
    let mdia = atom(b"mdia", &atom(b"hdlr", &hdlr));
    let trak = atom(b"trak", &[atom(b"tkhd", &tkhd), mdia].concat());
    [
        atom(b"ftyp", b"isom\0\0\x02\0isommp41"),
        atom(b"moov", &[atom(b"mvhd", &mvhd), trak].concat()),
    ]
    .concat()
}

fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}
