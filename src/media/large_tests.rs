//! Videos and documents as they come: whole, cut off, and other files under their names.

use super::*;
use crate::domain::Medium;

/// Puts a box together.
fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).expect("a small box");
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

fn mvhd(scale: u32, units: u32) -> Vec<u8> {
    let mut body = vec![0; 100];
    body[12..16].copy_from_slice(&scale.to_be_bytes());
    body[16..20].copy_from_slice(&units.to_be_bytes());
    atom(b"mvhd", &body)
}

fn trak(handler: &[u8; 4], width: u32, height: u32, turned: bool) -> Vec<u8> {
    let mut tkhd = vec![0; 84];
    let (first, second) = if turned { (44, 52) } else { (40, 56) };
    tkhd[first..first + 4].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    tkhd[second..second + 4].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    tkhd[76..80].copy_from_slice(&(width << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(height << 16).to_be_bytes());
    let mut hdlr = vec![0; 24];
    hdlr[8..12].copy_from_slice(handler);
    let mdia = atom(b"mdia", &atom(b"hdlr", &hdlr));
    atom(b"trak", &[atom(b"tkhd", &tkhd), mdia].concat())
}

/// A film of 12.5 s with a sound track, 640x360, that tells where it was taken.
fn mp4(turned: bool) -> Vec<u8> {
    let place = atom(b"udta", &atom(b"\xa9xyz", b"\0\x12\0\0+59.9139+010.7522/"));
    let moov = [
        mvhd(1000, 12_500),
        trak(b"soun", 0, 0, false),
        trak(b"vide", 640, 360, turned),
        place,
    ]
    .concat();
    [
        atom(b"ftyp", b"isom\0\0\x02\0isommp41"),
        atom(b"moov", &moov),
        atom(b"mdat", &[7; 4000]),
    ]
    .concat()
}

fn webm() -> Vec<u8> {
    let element = |id: &[u8], body: &[u8]| {
        let size = u8::try_from(body.len()).expect("a small element") | 0x80;
        [id, &[size], body].concat()
    };
    let info = element(
        b"\x15\x49\xa9\x66",
        &element(b"\x44\x89", &2500_f32.to_be_bytes()),
    );
    let video = element(
        b"\xe0",
        &[element(b"\xb0", b"\x05\0"), element(b"\xba", b"\x02\xd0")].concat(),
    );
    let track = element(b"\xae", &[element(b"\x83", b"\x01"), video].concat());
    let tracks = element(b"\x16\x54\xae\x6b", &track);
    let cluster = element(b"\x1f\x43\xb6\x75", &[0; 20]);
    [
        element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm")),
        element(b"\x18\x53\x80\x67", &[info, tracks, cluster].concat()),
    ]
    .concat()
}

fn take(name: &str, bytes: &[u8]) -> (Result<Attachment, MediaError>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    let kept = folder.path().join("media");
    let taken = import(&path, &kept);
    let bytes = match &taken {
        Ok(it) => {
            check(&kept, &it.hash).expect("as it was kept");
            fs::read(kept.join(&it.hash)).expect("kept")
        }
        Err(error) => {
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
            let left = fs::read_dir(&kept).map_or(0, Iterator::count);
            assert_eq!(left, 0, "nothing is kept");
            Vec::new()
        }
    };
    (taken, bytes)
}

#[test]
fn length_and_pixels_of_a_video_are_read_without_decoding_it() {
    let film = take("talk.mp4", &mp4(false)).0.expect("taken");
    assert_eq!(film.mime, "video/mp4");
    assert_eq!(
        (film.pixels, film.duration_ms),
        (Some((640, 360)), Some(12_500))
    );
    assert_eq!(film.medium(), Medium::Video);
    let upright = take("phone.mov", &mp4(true)).0.expect("taken");
    assert_eq!(upright.pixels, Some((360, 640)));
    let film = take("talk.webm", &webm()).0.expect("taken");
    assert_eq!(film.mime, "video/webm");
    assert_eq!(
        (film.pixels, film.duration_ms),
        (Some((1280, 720)), Some(2500))
    );
}

#[test]
fn where_a_video_was_taken_is_blanked_and_everything_else_stays_in_its_place() {
    let before = mp4(false);
    let (taken, after) = take("talk.mp4", &before);
    assert_eq!(taken.expect("taken").size, before.len() as u64);
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|it| it == what);
    assert!(find(&before, b"+59.9139").is_some());
    assert_eq!(find(&after, b"+59.9139"), None);
    assert_eq!(find(&after, b"udta"), None);
    assert_eq!(find(&before, b"mdat"), find(&after, b"mdat"));
    assert_eq!(before.len(), after.len());
}

#[test]
fn a_video_that_is_empty_cut_off_or_a_text_is_refused_in_one_line() {
    let told = |name: &str, bytes: &[u8]| take(name, bytes).0.expect_err("refused").to_string();
    assert!(told("talk.mp4", b"").contains("talk.mp4 is empty"));
    assert!(told("talk.mp4", b"These are only words.").contains("talk.mp4 is a text file"));
    let whole = mp4(false);
    for length in (32..whole.len()).step_by(97) {
        let words = told("talk.mp4", &whole[..length]);
        assert!(
            words.contains("cut off") || words.contains("damaged"),
            "{words}"
        );
    }
    let whole = webm();
    for length in 20..whole.len() {
        assert!(told("talk.webm", &whole[..length]).contains("talk.webm"));
    }
    let sound = [atom(b"ftyp", b"M4A \0\0\0\0"), atom(b"moov", &mvhd(1, 1))].concat();
    assert!(told("talk.m4a", &sound).contains("a sound file"));
}

#[test]
fn garbled_videos_are_told_and_never_a_panic() {
    for (name, whole) in [("talk.mp4", mp4(false)), ("talk.webm", webm())] {
        for at in 0..whole.len().min(900) {
            for value in [0, 0xff, whole[at] ^ 0x80] {
                let mut garbled = whole.clone();
                garbled[at] = value;
                take(name, &garbled).0.ok();
            }
        }
    }
}

#[test]
fn a_document_is_taken_when_it_has_its_end() {
    let document = take("poster.pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n")
        .0
        .expect("taken");
    assert_eq!(document.medium(), Medium::Document);
    let cut = take("poster.pdf", b"%PDF-1.7\n1 0 obj")
        .0
        .expect_err("refused");
    assert!(cut.to_string().contains("cut off"));
}

#[test]
fn a_kept_file_is_read_in_ranges_and_one_that_was_changed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("talk.mp4");
    fs::write(&path, mp4(false)).expect("written");
    let film = import(&path, folder.path()).expect("taken");
    let whole = fs::read(folder.path().join(&film.hash)).expect("kept");
    let piece = |at, length| range(folder.path(), &film.hash, at, length).expect("read");
    assert_eq!(piece(8, 100), whole[8..108]);
    assert_eq!(piece(film.size - 10, 100), whole[whole.len() - 10..]);
    fs::write(folder.path().join(&film.hash), b"something else").expect("written");
    assert_eq!(
        check(folder.path(), &film.hash),
        Err(MediaError::Altered(film.hash))
    );
}
