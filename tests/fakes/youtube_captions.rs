//! Captions on the strict YouTube: which scope they want, what an insert must say, and that a track is there once.

use super::calls::{check, refused};
use super::{FORCE_SSL, State};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Captions of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    pub language: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Answers what is asked about captions; `None` where it is about something else.
pub fn answer(state: &mut State, request: &Request, address: SocketAddr) -> Option<Reply> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    let session = path.strip_prefix("/upload/captions/");
    let is_about_them = session.is_some() || path.ends_with("/youtube/v3/captions");
    if !is_about_them {
        return None;
    }
    if !state.scopes.split(' ').any(|scope| scope == FORCE_SSL) {
        let words = "Request had insufficient authentication scopes.";
        return Some(refused(403, "insufficientPermissions", words));
    }
    Some(match (method, session) {
        ("PUT", Some(session)) => bytes(state, request, session),
        ("POST", None) => begin(state, request, address),
        ("GET", None) => list(state, request),
        _ => refused(404, "notFound", "Not Found"),
    })
}

fn begin(state: &mut State, request: &Request, address: SocketAddr) -> Reply {
    if request.asks("uploadType") != "resumable" || request.asks("part") != "snippet" {
        return refused(400, "badRequest", "No resumable upload");
    }
    let Ok(caption) = serde_json::from_slice::<Value>(&request.body) else {
        return refused(400, "parseError", "Parse Error");
    };
    if let Some(schemas) = &state.schemas
        && let Err(why) = check(schemas, "Caption", &caption)
    {
        return refused(400, "badRequest", &why);
    }
    let text = |field: &str| caption["snippet"][field].as_str().unwrap_or_default();
    let (video, language, name) = (text("videoId"), text("language"), text("name"));
    if language.is_empty() || name.is_empty() || name.chars().count() > 150 {
        return refused(400, "invalidMetadata", "The caption is invalid");
    }
    let Some(video) = state.videos.iter().find(|one| one.id == video) else {
        return refused(404, "videoNotFound", "No such video");
    };
    let mut tracks = video.captions.iter();
    if tracks.any(|track| track.language == language && track.name == name) {
        return refused(409, "captionExists", "There is such a track");
    }
    let id = format!("c{}", state.next);
    state.next += 1;
    let host = match request.header("host") {
        "" => address.to_string(),
        host => host.to_owned(),
    };
    let location = format!("http://{host}/upload/captions/{id}");
    state.caption_sessions.insert(id, caption);
    let mut answer = Reply::empty(200);
    answer.headers.push(("location", location));
    answer
}

fn bytes(state: &mut State, request: &Request, session: &str) -> Reply {
    let Some(caption) = state.caption_sessions.get(session).cloned() else {
        return Reply::empty(404);
    };
    if request.body.is_empty() {
        return refused(400, "contentRequired", "No content");
    }
    if state.caption_errors > 0 {
        state.caption_errors -= 1;
        return refused(503, "backendError", "Backend Error");
    }
    let text = |field: &str| caption["snippet"][field].as_str().unwrap_or_default();
    let track = Track {
        language: text("language").to_owned(),
        name: text("name").to_owned(),
        bytes: request.body.clone(),
    };
    let video = state
        .videos
        .iter_mut()
        .find(|one| one.id == text("videoId"));
    let Some(video) = video else {
        return refused(404, "videoNotFound", "No such video");
    };
    video.captions.push(track);
    state.caption_sessions.remove(session);
    if state.lose_captions > 0 {
        state.lose_captions -= 1;
        return refused(503, "backendError", "Backend Error");
    }
    Reply::said(
        200,
        json!({"kind": "youtube#caption", "id": "caption-1", "snippet": caption["snippet"]}),
    )
}

fn list(state: &State, request: &Request) -> Reply {
    let video = state
        .videos
        .iter()
        .find(|one| one.id == request.asks("videoId"));
    let Some(video) = video else {
        return refused(404, "videoNotFound", "No such video");
    };
    let own = video.captions.iter().map(|track| {
        json!({"snippet": {"language": track.language, "name": track.name, "trackKind": "standard"}})
    });
    // What it makes by listening is there, too.
    let heard = json!({"snippet": {"language": "en", "name": "", "trackKind": "ASR"}});
    let items: Vec<Value> = own.chain([heard]).collect();
    Reply::said(200, json!({ "items": items }))
}
