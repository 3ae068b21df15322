//! Videos: length and pixels read from an MP4, MOV or WebM file without decoding it, and where it tells a place.
//!
//! Reads only the boxes that say it, wherever they stand; a file of gigabytes is never read whole. Sources: ISO/IEC
//! 14496-12 (boxes), Apple's QuickTime File Format (`©xyz`, `mdta` keys), RFC 9559 (Matroska).

use super::Broken;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// What a video says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Film {
    pub mime: &'static str,
    /// Width and height as it is shown, turned if it says so.
    pub pixels: Option<(u32, u32)>,
    /// In milliseconds.
    pub duration_ms: Option<u64>,
    /// Frames in a second, rounded down.
    pub rate: Option<u32>,
    /// Boxes with the place, the device and other words about how it was taken, from their type to their end.
    pub tells: Vec<Range<u64>>,
}

/// Why a video is not taken.
#[derive(Debug)]
pub(super) enum Unread {
    /// The file itself could not be read.
    Io(io::Error),
    /// Its bytes make no sense.
    Broken(Broken),
    /// It is something else.
    Other(&'static str),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Broken(CUT_OFF),
            _ => Self::Io(error),
        }
    }
}

const CUT_OFF: Broken = "it is cut off";

/// A file of more boxes than this makes no sense.
const MOST_BOXES: u32 = 100_000;

/// Whether a file begins like an MP4 or a QuickTime film.
pub(super) fn is_mp4(head: &[u8]) -> bool {
    let pictures: [&[u8]; 6] = [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"];
    match (head.get(4..8), head.get(8..12)) {
        (Some(b"ftyp"), Some(brand)) => !pictures.contains(&brand),
        // QuickTime films of old have no `ftyp`.
        (Some(b"moov" | b"mdat" | b"wide"), _) => true,
        _ => false,
    }
}

/// Whether a file begins like a WebM or Matroska film.
pub(super) fn is_webm(head: &[u8]) -> bool {
    head.starts_with(b"\x1a\x45\xdf\xa3")
}

/// A box: its type, and where what it holds lies.
struct Atom {
    kind: [u8; 4],
    /// Of its first byte.
    start: u64,
    body: Range<u64>,
}

struct Mp4<R> {
    file: R,
    boxes: u32,
}

impl<R: Read + Seek> Mp4<R> {
    fn bytes<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Unread> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self, at: u64) -> Result<u32, Unread> {
        Ok(u32::from_be_bytes(self.bytes(at)?))
    }

    /// Reads the head of the box at `at`; `None` at the end of what it lies in.
    fn atom(&mut self, at: u64, end: u64) -> Result<Option<Atom>, Unread> {
        // QuickTime ends some lists with four zero bytes.
        if at + 8 > end {
            return Ok(None);
        }
        self.boxes += 1;
        if self.boxes > MOST_BOXES {
            return Err(Unread::Broken("it has too many boxes"));
        }
        let kind = self.bytes(at + 4)?;
        let (head, size) = match u64::from(self.number(at)?) {
            0 => (8, end - at),
            1 => (16, u64::from_be_bytes(self.bytes(at + 8)?)),
            size => (8, size),
        };
        let close = at.checked_add(size).filter(|_| size >= head);
        let close = close.ok_or(Unread::Broken("a box of it has no sensible size"))?;
        if close > end {
            return Err(Unread::Broken(CUT_OFF));
        }
        Ok(Some(Atom {
            kind,
            start: at,
            body: at + head..close,
        }))
    }

    /// Calls `each` with every box in a range.
    fn walk(
        &mut self,
        within: Range<u64>,
        each: &mut dyn FnMut(&mut Self, &Atom) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let mut at = within.start;
        while let Some(atom) = self.atom(at, within.end)? {
            each(self, &atom)?;
            at = atom.body.end;
        }
        Ok(())
    }

    fn read(&mut self, length: u64) -> Result<Film, Unread> {
        let mut film = Film {
            mime: "video/mp4",
            ..Film::default()
        };
        let (mut has_index, mut has_frames) = (false, false);
        let mut tracks = Tracks::default();
        self.walk(0..length, &mut |this, atom| {
            match &atom.kind {
                b"ftyp" => {
                    let brand: [u8; 4] = this.bytes(atom.body.start)?;
                    match &brand {
                        b"qt  " => film.mime = "video/quicktime",
                        b"M4A " | b"M4B " => return Err(Unread::Other("a sound file")),
                        _ => {}
                    }
                }
                b"moov" => {
                    has_index = true;
                    this.index(atom, &mut film, &mut tracks)?;
                }
                b"mdat" => has_frames = true,
                // XMP.
                b"uuid" => film.tells.push(atom.start + 4..atom.body.end),
                _ => {}
            }
            Ok(())
        })?;
        match (has_index, has_frames) {
            (false, _) => Err(Unread::Broken(
                "it has no index (moov): it is cut off, or was still being written",
            )),
            (true, false) => Err(Unread::Broken("it holds no pictures (mdat)")),
            (true, true) if !tracks.video => Err(Unread::Other("a film without a picture track")),
            (true, true) => {
                film.pixels = tracks.pixels;
                film.rate = tracks.rate;
                Ok(film)
            }
        }
    }

    fn index(&mut self, moov: &Atom, film: &mut Film, tracks: &mut Tracks) -> Result<(), Unread> {
        self.walk(moov.body.clone(), &mut |this, atom| {
            match &atom.kind {
                b"mvhd" => film.duration_ms = this.duration(atom)?,
                b"trak" => this.track(atom, film, tracks)?,
                b"udta" | b"meta" => film.tells.push(atom.start + 4..atom.body.end),
                _ => {}
            }
            Ok(())
        })
    }

    /// Reads how many frames a track has (stsz); one that is in fragments says 0.
    fn samples(&mut self, minf: &Atom) -> Result<Option<u32>, Unread> {
        let mut count = None;
        self.walk(minf.body.clone(), &mut |this, atom| {
            if &atom.kind == b"stbl" {
                this.walk(atom.body.clone(), &mut |this, inner| {
                    if &inner.kind == b"stsz" {
                        count = Some(this.number(inner.body.start + 8)?);
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(count.filter(|count| *count > 0))
    }

    /// Reads the length of the film or of a track (mvhd, mdhd, version 0 or 1); one that is streamed says 0.
    fn duration(&mut self, header: &Atom) -> Result<Option<u64>, Unread> {
        let at = header.body.start;
        let [version] = self.bytes(at)?;
        let (scale, units) = if version == 1 {
            let units = u64::from_be_bytes(self.bytes(at + 24)?);
            (self.number(at + 20)?, units)
        } else {
            (self.number(at + 12)?, self.number(at + 16)?.into())
        };
        let unknown = scale == 0 || units == 0 || units == u64::MAX || units == 0xffff_ffff;
        Ok((!unknown).then(|| units.saturating_mul(1000) / u64::from(scale)))
    }

    fn track(&mut self, trak: &Atom, film: &mut Film, tracks: &mut Tracks) -> Result<(), Unread> {
        let (mut pixels, mut is_video, mut rate) = (None, false, None);
        let tells = &mut film.tells;
        self.walk(trak.body.clone(), &mut |this, atom| {
            match &atom.kind {
                b"tkhd" => pixels = this.shown(atom)?,
                b"mdia" => {
                    let (mut length, mut frames) = (None, None);
                    this.walk(atom.body.clone(), &mut |this, inner| {
                        match &inner.kind {
                            b"hdlr" => {
                                is_video |= &this.bytes::<4>(inner.body.start + 8)? == b"vide";
                            }
                            b"mdhd" => length = this.duration(inner)?,
                            b"minf" => frames = this.samples(inner)?,
                            _ => {}
                        }
                        Ok(())
                    })?;
                    rate = per_second(frames, length);
                }
                b"udta" | b"meta" => tells.push(atom.start + 4..atom.body.end),
                _ => {}
            }
            Ok(())
        })?;
        if is_video && !tracks.video {
            *tracks = Tracks {
                video: true,
                pixels,
                rate,
            };
        }
        Ok(())
    }

    /// Reads width and height as they are shown (tkhd): the matrix may turn them.
    fn shown(&mut self, tkhd: &Atom) -> Result<Option<(u32, u32)>, Unread> {
        let [version] = self.bytes(tkhd.body.start)?;
        let matrix = tkhd.body.start + if version == 1 { 52 } else { 40 };
        let is_turned = self.number(matrix)? == 0 && self.number(matrix + 4)? != 0;
        // Fixed point, 16.16.
        let (width, height) = (
            self.number(matrix + 36)? >> 16,
            self.number(matrix + 40)? >> 16,
        );
        let known = width > 0 && height > 0;
        Ok(known.then_some(if is_turned {
            (height, width)
        } else {
            (width, height)
        }))
    }
}

#[derive(Default)]
struct Tracks {
    video: bool,
    pixels: Option<(u32, u32)>,
    rate: Option<u32>,
}

/// Returns how many frames come in a second, rounded down; `length` is in milliseconds.
fn per_second(frames: Option<u32>, length: Option<u64>) -> Option<u32> {
    let (frames, length) = (frames?, length.filter(|length| *length > 0)?);
    u32::try_from(u64::from(frames) * 1000 / length).ok()
}

/// Reads what an MP4 or MOV file of a length says about itself.
pub(super) fn mp4(file: impl Read + Seek, length: u64) -> Result<Film, Unread> {
    Mp4 { file, boxes: 0 }.read(length)
}

/// Matroska's elements that are read (RFC 9559, section 5.1).
mod element {
    pub const EBML: u64 = 0x1a45_dfa3;
    pub const DOC_TYPE: u64 = 0x4282;
    pub const SEGMENT: u64 = 0x1853_8067;
    pub const INFO: u64 = 0x1549_a966;
    pub const SCALE: u64 = 0x2a_d7b1;
    pub const DURATION: u64 = 0x4489;
    pub const TRACKS: u64 = 0x1654_ae6b;
    pub const TRACK: u64 = 0xae;
    pub const KIND: u64 = 0x83;
    /// Nanoseconds that each frame is shown.
    pub const FRAME: u64 = 0x23_e383;
    pub const VIDEO: u64 = 0xe0;
    pub const WIDTH: u64 = 0xb0;
    pub const HEIGHT: u64 = 0xba;
    pub const CLUSTER: u64 = 0x1f43_b675;
}

/// What was read of a WebM file.
#[derive(Default)]
struct Matroska {
    doc_type: Vec<u8>,
    scale: Option<u64>,
    ticks: Option<f64>,
    /// Of the track that is being read.
    kind: u64,
    size: (u32, u32),
    frame: u64,
    pixels: Option<(u32, u32)>,
    rate: Option<u32>,
    has_frames: bool,
    elements: u32,
}

impl Matroska {
    fn read(&mut self, file: &mut (impl Read + Seek), within: Range<u64>) -> Result<(), Unread> {
        let mut at = within.start;
        while at < within.end && !self.has_frames {
            self.elements += 1;
            if self.elements > MOST_BOXES {
                return Err(Unread::Broken("it has too many elements"));
            }
            file.seek(SeekFrom::Start(at))?;
            let (id, id_length) = vint(file, Marker::Kept)?;
            let (size, size_length) = vint(file, Marker::Dropped)?;
            let start = at + id_length + size_length;
            // All ones: it goes on to the end, as in a recording that was streamed.
            let unknown = size == (1_u64 << (7 * size_length)) - 1;
            let end = if unknown {
                within.end
            } else {
                start.saturating_add(size)
            };
            if end > within.end {
                return Err(Unread::Broken(CUT_OFF));
            }
            self.element(file, id, start..end)?;
            at = end;
        }
        Ok(())
    }

    fn element(
        &mut self,
        file: &mut (impl Read + Seek),
        id: u64,
        body: Range<u64>,
    ) -> Result<(), Unread> {
        match id {
            element::EBML | element::SEGMENT | element::INFO | element::TRACKS | element::VIDEO => {
                self.read(file, body)?;
            }
            element::TRACK => {
                (self.kind, self.size, self.frame) = (0, (0, 0), 0);
                self.read(file, body)?;
                if self.kind == 1 && self.pixels.is_none() {
                    self.pixels = Some(self.size);
                    let rate = 1_000_000_000_u64.checked_div(self.frame);
                    self.rate = rate.and_then(|rate| u32::try_from(rate).ok());
                }
            }
            element::CLUSTER => self.has_frames = true,
            element::DOC_TYPE
            | element::SCALE
            | element::DURATION
            | element::KIND
            | element::FRAME
            | element::WIDTH
            | element::HEIGHT => {
                let length = usize::try_from(body.end - body.start).unwrap_or(usize::MAX);
                if length > 32 {
                    return Err(Unread::Broken("an element of it has no sensible size"));
                }
                let mut bytes = vec![0; length];
                file.read_exact(&mut bytes)?;
                let number = bytes
                    .iter()
                    .take(8)
                    .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
                let pixels = u32::try_from(number).unwrap_or(0);
                match id {
                    element::DOC_TYPE => self.doc_type = bytes,
                    element::SCALE => self.scale = Some(number),
                    element::DURATION => {
                        self.ticks = match bytes[..] {
                            [a, b, c, d] => Some(f32::from_be_bytes([a, b, c, d]).into()),
                            [a, b, c, d, e, f, g, h] => {
                                Some(f64::from_be_bytes([a, b, c, d, e, f, g, h]))
                            }
                            _ => None,
                        }
                    }
                    element::KIND => self.kind = number,
                    element::FRAME => self.frame = number,
                    element::WIDTH => self.size.0 = pixels,
                    _ => self.size.1 = pixels,
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Kept,
    Dropped,
}

/// Reads a number of variable length, and how many bytes it took.
fn vint(file: &mut impl Read, marker: Marker) -> Result<(u64, u64), Unread> {
    let mut first = [0];
    file.read_exact(&mut first)?;
    let extra = first[0].leading_zeros();
    if extra > 7 {
        return Err(Unread::Broken("an element of it has no sensible size"));
    }
    let kept = match marker {
        Marker::Kept => first[0],
        Marker::Dropped => first[0] & (0xff_u16 >> (extra + 1)) as u8,
    };
    let mut value = u64::from(kept);
    for _ in 0..extra {
        let mut next = [0];
        file.read_exact(&mut next)?;
        value = (value << 8) | u64::from(next[0]);
    }
    Ok((value, u64::from(extra) + 1))
}

/// Reads what a WebM file of a length says about itself.
pub(super) fn webm(mut file: impl Read + Seek, length: u64) -> Result<Film, Unread> {
    let mut read = Matroska::default();
    read.read(&mut file, 0..length)?;
    if read.doc_type != b"webm" {
        return Err(Unread::Other("a Matroska video"));
    }
    if !read.has_frames {
        return Err(Unread::Broken(CUT_OFF));
    }
    let Some(pixels) = read.pixels else {
        return Err(Unread::Other("a film without a picture track"));
    };
    // Ticks are a million nanoseconds each unless it says otherwise.
    let scale = read.scale.unwrap_or(1_000_000) as f64;
    let length = read.ticks.map(|ticks| ticks * scale / 1_000_000.0);
    Ok(Film {
        mime: "video/webm",
        pixels: Some(pixels).filter(|(width, height)| *width > 0 && *height > 0),
        duration_ms: length
            .filter(|length| length.is_finite() && *length > 0.0)
            .map(|length| length as u64),
        rate: read.rate,
        tells: Vec::new(),
    })
}
