//! Uploads to the strict X: at once or in pieces, which come in order; processing; alt text.

use super::entry::Caller;
use super::{Media, Site};
use crate::fake_wire::{FormPart, Reply, Request};
use serde::Deserialize;
use serde_json::{Value, json};

/// The largest piece, and the largest picture, in bytes.
const MOST: usize = 5 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    media_type: String,
    total_bytes: usize,
    media_category: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alt {
    id: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    alt_text: AltText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AltText {
    text: String,
}

pub fn answer(site: &mut Site, request: &Request, path: &[&str], caller: &Caller) -> Reply {
    if !caller.may("media.write") {
        return Reply::forbidden(
            "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        );
    }
    match (request.method.as_str(), path) {
        ("POST", ["upload"]) => at_once(site, request, caller),
        ("POST", ["upload", "initialize"]) => begin(site, request, caller),
        ("POST", ["upload", id, "append"]) => append(site, request, id, caller),
        ("POST", ["upload", id, "finalize"]) => finalize(site, request, id, caller),
        ("GET", ["upload"]) => status(site, request, caller),
        ("POST", ["metadata"]) => metadata(site, request, caller),
        _ => Reply::problem(404, "Not Found", "Not Found"),
    }
}

fn kept(site: &mut Site, media: Media) -> String {
    let id = site.number().to_string();
    site.media.insert(id.clone(), media);
    id
}

fn mine<'s>(site: &'s mut Site, id: &str, caller: &Caller) -> Result<&'s mut Media, Reply> {
    let media = site.media.get_mut(id);
    media
        .filter(|media| media.owner == caller.user.id)
        .ok_or_else(|| Reply::invalid(&format!("media_id [{id}] is invalid")))
}

fn at_once(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    let parts = request.parts();
    let text = |name: &str| {
        let part = parts.get(name).map(|part| part.content.clone());
        String::from_utf8(part.unwrap_or_default()).unwrap_or_default()
    };
    let allowed = ["media", "media_category", "media_type"];
    if let Some(unknown) = parts.keys().find(|name| !allowed.contains(&name.as_str())) {
        return Reply::invalid(&format!("{unknown} is not a field of this request"));
    }
    if text("media_category") != "tweet_image" {
        return Reply::invalid("media_category is required");
    }
    let Some(FormPart { mime, content, .. }) = parts.get("media") else {
        return Reply::invalid("media is required");
    };
    if content.len() > MOST || !is_picture(mime, content) || text("media_type") != *mime {
        return Reply::invalid("media type unrecognized.");
    }
    let media = Media {
        owner: caller.user.id.clone(),
        category: "tweet_image".to_owned(),
        mime: mime.clone(),
        total: content.len(),
        bytes: content.clone(),
        next: 0,
        last: 0,
        finalized: true,
        checks_left: 0,
        alt: String::new(),
    };
    let (id, size) = (kept(site, media), content.len());
    Reply::data(
        200,
        json!({"id": id, "media_key": format!("3_{id}"), "expires_after_secs": 86400, "size": size}),
    )
}

fn is_picture(mime: &str, bytes: &[u8]) -> bool {
    match mime {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => bytes.starts_with(b"\xff\xd8\xff"),
        "image/webp" => bytes.starts_with(b"RIFF"),
        "image/gif" => bytes.starts_with(b"GIF8"),
        _ => false,
    }
}

fn begin(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    let begin = match serde_json::from_slice::<Begin>(&request.body) {
        Ok(begin) if request.is("application/json") => begin,
        Ok(_) => return Reply::invalid("Content-Type must be application/json"),
        Err(error) => return Reply::invalid(&error.to_string()),
    };
    let most = match (begin.media_category.as_str(), begin.media_type.as_str()) {
        ("tweet_gif", "image/gif") => 15 * 1024 * 1024,
        ("tweet_video", "video/mp4" | "video/quicktime") => 512 * 1024 * 1024,
        _ => return Reply::invalid("media_category and media_type do not go together"),
    };
    if begin.total_bytes == 0 || begin.total_bytes > most {
        return Reply::invalid("total_bytes is out of range");
    }
    let id = kept(
        site,
        Media {
            owner: caller.user.id.clone(),
            category: begin.media_category,
            mime: begin.media_type,
            total: begin.total_bytes,
            bytes: Vec::new(),
            next: 0,
            last: 0,
            finalized: false,
            checks_left: 0,
            alt: String::new(),
        },
    );
    Reply::data(
        200,
        json!({"id": id, "media_key": format!("13_{id}"), "expires_after_secs": 86400}),
    )
}

fn append(site: &mut Site, request: &Request, id: &str, caller: &Caller) -> Reply {
    let parts = request.parts();
    if parts
        .keys()
        .map(String::as_str)
        .ne(["media", "segment_index"])
    {
        return Reply::invalid("media and segment_index are required, and nothing else");
    }
    let index = String::from_utf8_lossy(&parts["segment_index"].content).parse::<usize>();
    let piece = &parts["media"].content;
    let again = site.takes_pieces_again;
    let media = match mine(site, id, caller) {
        Ok(media) => media,
        Err(refused) => return refused,
    };
    // The last piece may come again: its answer was lost.
    if again && media.next > 0 && index == Ok(media.next - 1) && !media.finalized {
        media.bytes.truncate(media.last);
        media.next -= 1;
    }
    let fits = index == Ok(media.next)
        && media.next < 1000
        && !media.finalized
        && !piece.is_empty()
        && piece.len() <= MOST
        && media.bytes.len() + piece.len() <= media.total;
    if !fits {
        return Reply::invalid("Segments do not add up to provided total file size.");
    }
    media.last = media.bytes.len();
    media.bytes.extend_from_slice(piece);
    media.next += 1;
    Reply::data(200, json!({"expires_at": 4_000_000_000_u64}))
}

fn finalize(site: &mut Site, request: &Request, id: &str, caller: &Caller) -> Reply {
    let rounds = site.rounds;
    let media = match mine(site, id, caller) {
        Ok(media) => media,
        Err(refused) => return refused,
    };
    if !request.body.is_empty() || media.finalized || media.bytes.len() != media.total {
        return Reply::invalid("Segments do not add up to provided total file size.");
    }
    media.finalized = true;
    media.checks_left = rounds;
    Reply::data(200, described(site, id))
}

fn status(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    let id = request.query.get("media_id").cloned().unwrap_or_default();
    let command = request.query.get("command").map(String::as_str);
    if command != Some("STATUS") || request.query.len() != 2 {
        return Reply::invalid("command is not STATUS");
    }
    match mine(site, &id, caller) {
        Err(refused) => return refused,
        Ok(media) if !media.finalized => return Reply::invalid("not finalized"),
        Ok(media) => media.checks_left = media.checks_left.saturating_sub(1),
    }
    Reply::data(200, described(site, &id))
}

fn described(site: &Site, id: &str) -> Value {
    let media = &site.media[id];
    let state = match media.checks_left {
        0 if site.media_fails => json!({
            "state": "failed",
            "error": {"code": 3, "name": "UnsupportedMedia", "message": "file is currently unsupported"},
        }),
        0 => json!({"state": "succeeded", "progress_percent": 100}),
        _ => json!({"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}),
    };
    json!({
        "id": id, "media_key": format!("13_{id}"), "size": media.total, "expires_after_secs": 86400,
        "processing_info": state,
    })
}

fn metadata(site: &mut Site, request: &Request, caller: &Caller) -> Reply {
    let alt: Alt = match serde_json::from_slice(&request.body) {
        Ok(alt) => alt,
        Err(error) => return Reply::invalid(&error.to_string()),
    };
    let text = alt.metadata.alt_text.text;
    if text.chars().count() > 1000 || text.is_empty() {
        return Reply::invalid("alt_text is longer than 1000 characters");
    }
    match mine(site, &alt.id, caller) {
        Ok(media) => media.alt.clone_from(&text),
        Err(refused) => return refused,
    }
    Reply::data(
        200,
        json!({"id": alt.id, "associated_metadata": {"alt_text": {"text": text}}}),
    )
}
