//! Captions as they are attached: what is taken, and one line for each thing that is wrong.

use super::*;
use crate::domain::medium::{Medium, SUBRIP, WEBVTT};

const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:04.000 align:start\nHello and welcome.\n";
const SRT: &str = "1\r\n00:00:01,000 --> 00:00:04,000\r\nHei og velkommen.\r\n";

fn take(name: &str, bytes: impl AsRef<[u8]>) -> Result<(Attachment, Vec<u8>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let kept = folder.path().join("media");
    let attachment = import(&path, &kept).map_err(|error| {
        let folder = format!("{}/", folder.path().display());
        error.to_string().replace(&folder, "")
    })?;
    let bytes = read(&kept, &attachment.hash).unwrap();
    Ok((attachment, bytes))
}

#[test]
fn webvtt_and_subrip_are_told_by_what_is_in_them_and_kept_as_they_are() {
    let marked = format!("\u{feff}{VTT}");
    for (name, text, mime) in [
        ("talk.vtt", VTT, WEBVTT),
        ("talk.txt", VTT, WEBVTT),
        ("talk.en.vtt", marked.as_str(), WEBVTT),
        ("TALK.SRT", SRT, SUBRIP),
        // What is WebVTT inside is WebVTT.
        ("talk.srt", VTT, WEBVTT),
    ] {
        let (attachment, bytes) = take(name, text).unwrap();
        assert_eq!(
            (attachment.mime.as_str(), attachment.name.as_str()),
            (mime, name)
        );
        assert_eq!(attachment.medium(), Medium::Captions);
        assert_eq!(attachment.size, text.len() as u64);
        assert!(!attachment.lacks_alt());
        assert_eq!(bytes, text.as_bytes());
    }
}

#[test]
fn what_is_meant_as_captions_and_is_none_is_told_in_one_line() {
    let latin = [
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nfj".as_slice(),
        b"\xf8rd\n",
    ]
    .concat();
    for (name, bytes, said) in [
        (
            "talk.vtt",
            SRT.as_bytes(),
            "talk.vtt is damaged: its first line must be WEBVTT",
        ),
        (
            "talk.vtt",
            latin.as_slice(),
            "talk.vtt is damaged: captions must be UTF-8: save it so",
        ),
        (
            "talk.vtt",
            b"WEBVTT\n\nHello\n",
            "talk.vtt is damaged: it has no line of times such as 00:00:01.000 --> 00:00:04.000",
        ),
        (
            "talk.srt",
            b"1\nHello --> there\n",
            "talk.srt is damaged: it has no line of times such as 00:00:01,000 --> 00:00:04,000",
        ),
        (
            "talk.vtt",
            b"WEBVTTT\n",
            "talk.vtt is damaged: its first line must be WEBVTT",
        ),
        (
            "talk.vtt",
            b"",
            "talk.vtt is empty: save or copy the file again, then attach it",
        ),
    ] {
        assert_eq!(take(name, bytes).unwrap_err(), said);
    }
    // A text is no captions because an arrow stands in it.
    let error = take("notes.txt", "1\n00:00:01,000 --> 00:00:04,000\n").unwrap_err();
    assert!(error.contains("is a text file"), "{error}");
}
