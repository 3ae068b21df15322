//! Videos on the strict LinkedIn: a place for each part, what each is called, and the end, which needs all names in order.
//!
//! learn.microsoft.com, "Videos API" (li-lms-2026-05, read 2026-11).

use super::calls::{bad, may_act, only};
use super::{Asset, Token, World, now};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};

/// Parts are so large, but for the last.
const PART: usize = 4 * 1024 * 1024;

/// A video on its way.
#[derive(Clone, Debug, Default)]
pub struct Film {
    pub total: usize,
    token: String,
    /// What each part is called, and its bytes.
    pub parts: Vec<Option<(String, Vec<u8>)>>,
    pub ends: i64,
}

impl Film {
    /// How many parts are there.
    pub fn there(&self) -> usize {
        self.parts.iter().flatten().count()
    }
}

pub fn act(world: &mut World, url: &str, request: &Request, token: &Token) -> Reply {
    let done = match request.asks("action") {
        "initializeUpload" => begin(world, url, &request.json(), token),
        "finalizeUpload" => end(world, &request.json(), token),
        _ => Err(bad("Unknown action")),
    };
    done.unwrap_or_else(|refused| refused)
}

fn begin(world: &mut World, url: &str, body: &Value, token: &Token) -> Result<Reply, Reply> {
    only(body, &["initializeUploadRequest"])?;
    let asked = &body["initializeUploadRequest"];
    let known = [
        "owner",
        "fileSizeBytes",
        "uploadCaptions",
        "uploadThumbnail",
    ];
    only(asked, &known)?;
    let owner = asked["owner"].as_str().unwrap_or_default().to_owned();
    may_act(world, token, &owner, "videos.ACTION-initializeUpload")?;
    let total = asked["fileSizeBytes"].as_u64().unwrap_or(0) as usize;
    let is_usual = asked["uploadCaptions"] == false && asked["uploadThumbnail"] == false;
    if !is_usual || !(75 * 1024..=500 * 1024 * 1024).contains(&total) {
        return Err(bad("A video has 75 KB to 500 MB"));
    }
    let id = format!("C5F{}", world.fresh());
    let count = total.div_ceil(PART);
    let film = Film {
        total,
        token: format!("token-of-{id}"),
        parts: vec![None; count],
        ends: now() + world.upload_life,
    };
    let places: Vec<Value> = (0..count)
        .map(|part| {
            let first = part * PART;
            json!({
                "uploadUrl": format!("{url}/uploads/parts/{id}/{part}?sign=a%2Fb"),
                "firstByte": first, "lastByte": (first + PART).min(total) - 1,
            })
        })
        .collect();
    let value = json!({
        "uploadUrlsExpireAt": film.ends, "video": format!("urn:li:video:{id}"),
        "uploadToken": film.token, "uploadInstructions": places,
    });
    let asset = Asset {
        owner,
        waits: world.processing,
        fails: world.processing_fails,
        film: Some(film),
        ..Asset::default()
    };
    world.assets.insert(format!("urn:li:video:{id}"), asset);
    Ok(Reply::said(200, json!({ "value": value })))
}

/// One part, to the place that was named for it; again where its answer was lost.
pub fn put(world: &mut World, request: &Request, place: &str) -> Reply {
    let name = world.fresh();
    let found = place.split_once('/').and_then(|(id, part)| {
        let asset = world.assets.get_mut(&format!("urn:li:video:{id}"))?;
        let has_ended = asset.bytes.is_some();
        let film = asset.film.as_mut().filter(|_| !has_ended)?;
        let part: usize = part.parse().ok()?;
        (part < film.parts.len()).then_some((film, part))
    });
    let Some((film, part)) = found else {
        return bad("No such upload");
    };
    if film.ends <= now() || request.asks("sign") != "a/b" {
        return Reply::refused(403, "FORBIDDEN", "The upload URL has expired");
    }
    let wanted = PART.min(film.total - part * PART);
    let is_fit = request.method == "PUT"
        && request.header("content-type") == "application/octet-stream"
        && request.body.len() == wanted;
    if !is_fit {
        return bad("Not the bytes of this part");
    }
    let etag = format!("/ambry-video/signedId/{name}.bin");
    film.parts[part] = Some((etag.clone(), request.body.clone()));
    let mut reply = Reply::empty(200);
    if world.names_parts {
        reply.headers.push(("etag", etag));
    }
    reply
}

fn end(world: &mut World, body: &Value, token: &Token) -> Result<Reply, Reply> {
    only(body, &["finalizeUploadRequest"])?;
    let asked = &body["finalizeUploadRequest"];
    only(asked, &["video", "uploadToken", "uploadedPartIds"])?;
    let urn = asked["video"].as_str().unwrap_or_default();
    let owner = world.assets.get(urn).map(|asset| asset.owner.clone());
    let owner = owner.ok_or_else(|| bad("No such video"))?;
    may_act(world, token, &owner, "videos.ACTION-finalizeUpload")?;
    let asset = world
        .assets
        .get_mut(urn)
        .ok_or_else(|| bad("No such video"))?;
    let film = asset.film.as_mut().filter(|_| asset.bytes.is_none());
    let film = film.ok_or_else(|| bad("It was finalized already"))?;
    let names: Vec<Value> = (film.parts.iter().flatten())
        .map(|(etag, _)| json!(etag))
        .collect();
    if asked["uploadToken"] != json!(film.token)
        || film.there() != film.parts.len()
        || asked["uploadedPartIds"] != json!(names)
    {
        return Err(bad("uploadedPartIds are not those of all parts, in order"));
    }
    let bytes: Vec<Vec<u8>> = (film.parts.iter_mut())
        .flat_map(|part| part.as_mut().map(|(_, bytes)| std::mem::take(bytes)))
        .collect();
    asset.bytes = Some(bytes.concat());
    Ok(Reply::empty(200))
}
