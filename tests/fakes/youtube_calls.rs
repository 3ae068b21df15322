//! What each call of the strict YouTube does: the login's endpoints, uploads, videos.

use super::{
    CLIENT, CLIENT_SECRET, FORCE_SSL, OWN, REFRESH, Session, State, Video, WIDE, captions,
};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Instant;

const UNIT: usize = 256 * 1024;

pub fn answer(state: &mut State, request: &Request, address: SocketAddr) -> Option<Reply> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    match (method, path) {
        ("POST", "/device/code") => return Some(device(request, address)),
        ("POST", "/token") => return Some(token(state, request)),
        _ => {}
    }
    let bearer = request.bearer();
    if !bearer.is_some_and(|token| state.access.iter().any(|known| known == token)) {
        return Some(refused(401, "authError", "Invalid Credentials"));
    }
    if let Some((status, reason)) = state.refuse_all {
        return Some(refused(status, reason, "No."));
    }
    if let Some(id) = path.strip_prefix("/upload/session/") {
        return piece(state, request, id);
    }
    if let Some(reply) = captions::answer(state, request, address) {
        return Some(reply);
    }
    Some(match (method, path) {
        ("POST", "/upload/youtube/v3/videos") => begin(state, request, address),
        ("POST", "/upload/youtube/v3/thumbnails/set") => thumbnail(state, request),
        ("GET", "/youtube/v3/channels") => channels(state, request),
        ("GET", "/youtube/v3/videos") => videos(state, request),
        ("GET", "/youtube/v3/playlistItems") => playlist(state, request),
        ("PUT", "/youtube/v3/videos") => update(state, request),
        ("DELETE", "/youtube/v3/videos") => delete(state, request),
        _ => refused(404, "notFound", "Not Found"),
    })
}

pub fn refused(status: u16, reason: &str, message: &str) -> Reply {
    let error = json!({"error": {"code": status, "message": message,
        "errors": [{"domain": "youtube", "reason": reason, "message": message}]}});
    Reply::said(status, error)
}

fn device(request: &Request, address: SocketAddr) -> Reply {
    let form = request.form();
    let error = |error: &str| Reply::said(400, json!({"error": error, "error_description": "No."}));
    if form.get("client_id").map(String::as_str) != Some(CLIENT) {
        return error("invalid_client");
    }
    // Devices get a few scopes only.
    if form.get("scope").map(String::as_str) != Some(WIDE) {
        return error("invalid_scope");
    }
    let page = format!("http://{address}/device");
    Reply::said(
        200,
        json!({"device_code": "device-1", "user_code": "ABCD-EFGH", "verification_url": page,
            "expires_in": 1800, "interval": 0}),
    )
}

fn token(state: &mut State, request: &Request) -> Reply {
    let form = request.form();
    let is = |name: &str, value: &str| form.get(name).map(String::as_str) == Some(value);
    let error = |status, error: &str| {
        Reply::said(status, json!({"error": error, "error_description": "No."}))
    };
    if !is("client_id", CLIENT) || !is("client_secret", CLIENT_SECRET) {
        return error(401, "invalid_client");
    }
    let mut granted = json!({"token_type": "Bearer", "expires_in": 3600,
        "scope": state.scopes});
    match form.get("grant_type").map(String::as_str) {
        Some("urn:ietf:params:oauth:grant-type:device_code") => {
            if !is("device_code", "device-1") {
                return error(400, "invalid_grant");
            }
            if state.pending > 0 {
                state.pending -= 1;
                return error(428, "authorization_pending");
            }
            granted["refresh_token"] = json!(REFRESH);
        }
        Some("authorization_code") => {
            let verifier = form.get("code_verifier").map_or("", String::as_str);
            let allowed = state.allowed.take().is_some_and(|(proof, redirect)| {
                proof == challenge(verifier) && is("redirect_uri", &redirect)
            });
            if !is("code", "c0de") || !allowed {
                return error(400, "invalid_grant");
            }
            granted["refresh_token"] = json!(REFRESH);
        }
        Some("refresh_token") if is("refresh_token", REFRESH) && !state.revoked => {}
        Some("refresh_token") => return error(400, "invalid_grant"),
        _ => return error(400, "unsupported_grant_type"),
    }
    if state.testing && granted.get("refresh_token").is_some() {
        granted["refresh_token_expires_in"] = json!(604_800);
    }
    let access = format!("access-{}", state.next);
    state.next += 1;
    granted["access_token"] = json!(access);
    state.access.push(access);
    Reply::said(200, granted)
}

fn challenge(verifier: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    let digest = sha2::Sha256::digest(verifier.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
}

/// The page of a login in a browser, and a person who allows it.
pub fn allow(state: &mut State, address: &str) -> String {
    let url = url::Url::parse(address).unwrap();
    assert_eq!(url.path(), "/o/oauth2/v2/auth");
    let query: std::collections::BTreeMap<String, String> =
        url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        // Without these two there is no refresh token.
        ("access_type", "offline"),
        ("prompt", "consent"),
    ] {
        assert_eq!(query[name], value, "{name}");
    }
    let known = |scope: &str| [WIDE, FORCE_SSL].contains(&scope);
    assert!(query["scope"].split(' ').all(known), "{}", query["scope"]);
    state.scopes.clone_from(&query["scope"]);
    let redirect = query["redirect_uri"].clone();
    state.allowed = Some((query["code_challenge"].clone(), redirect.clone()));
    format!("{redirect}?state={}&code=c0de&scope=x", query["state"])
}

/// Checks a value against a schema of the discovery document: unknown fields and wrong types are refused.
pub fn check(schemas: &Value, name: &str, value: &Value) -> Result<(), String> {
    let properties = &schemas[name]["properties"];
    if !properties.is_object() {
        return Ok(());
    }
    let Some(fields) = value.as_object() else {
        return Err(format!("{name} is no object"));
    };
    for (field, value) in fields {
        // The document at hand may be older than this field (October 2024).
        if field == "containsSyntheticMedia" {
            continue;
        }
        let property = &properties[field];
        if property.is_null() {
            return Err(format!("Unknown name \"{field}\" at {name}"));
        }
        if let Some(inner) = property["$ref"].as_str() {
            check(schemas, inner, value)?;
            continue;
        }
        let fits = match property["type"].as_str() {
            Some("string") => {
                let allowed = property["enum"].as_array();
                value.is_string() && allowed.is_none_or(|allowed| allowed.contains(value))
            }
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            _ => true,
        };
        if !fits {
            return Err(format!("Invalid value at {name}.{field}"));
        }
    }
    Ok(())
}

fn begin(state: &mut State, request: &Request, address: SocketAddr) -> Reply {
    if let Some((status, reason)) = state.refuse {
        return refused(status, reason, "No.");
    }
    if request.asks("uploadType") != "resumable" || request.asks("part") != "snippet,status" {
        return refused(400, "badRequest", "No resumable upload");
    }
    let Ok(resource) = serde_json::from_slice::<Value>(&request.body) else {
        return refused(400, "parseError", "Parse Error");
    };
    if let Some(schemas) = &state.schemas
        && let Err(why) = check(schemas, "Video", &resource)
    {
        return refused(400, "badRequest", &why);
    }
    if let Some(answer) = refuse_snippet(&resource["snippet"]) {
        return answer;
    }
    let privacy = resource["status"]["privacyStatus"].as_str().unwrap_or("");
    if !["public", "unlisted", "private"].contains(&privacy)
        || !resource["status"]["selfDeclaredMadeForKids"].is_boolean()
    {
        return refused(400, "invalidVideoMetadata", "No status");
    }
    let total: u64 = request
        .header("x-upload-content-length")
        .parse()
        .unwrap_or(0);
    let mime = request.header("x-upload-content-type").to_owned();
    if total == 0 || !mime.starts_with("video/") {
        return refused(400, "mediaBodyRequired", "No media");
    }
    // One that was forgotten is never named again.
    let id = format!("s{}", state.next);
    state.next += 1;
    let session = Session {
        total,
        mime,
        bytes: Vec::new(),
        resource,
        video: None,
    };
    state.sessions.insert(id.clone(), session);
    let mut answer = Reply::empty(200);
    // Where it was reached, which may be a proxy before it.
    let host = match request.header("host") {
        "" => address.to_string(),
        host => host.to_owned(),
    };
    let location = format!("http://{host}/upload/session/{id}?upload_id=x");
    answer.headers.push(("location", location));
    answer
}

fn refuse_snippet(snippet: &Value) -> Option<Reply> {
    let title = snippet["title"].as_str().unwrap_or("");
    let description = snippet["description"].as_str().unwrap_or("");
    let angles = |text: &str| text.contains(['<', '>']);
    if title.trim().is_empty() || title.chars().count() > 100 || angles(title) {
        return Some(refused(400, "invalidTitle", "The title is invalid"));
    }
    if description.len() > 5000 || angles(description) {
        return Some(refused(
            400,
            "invalidDescription",
            "The description is invalid",
        ));
    }
    let category = snippet["categoryId"].as_str().unwrap_or("");
    let known = ["22", "24", "27", "28"];
    (!known.contains(&category))
        .then(|| refused(400, "invalidCategoryId", "The category is invalid"))
}

/// A piece, or the question how far it is.
fn piece(state: &mut State, request: &Request, id: &str) -> Option<Reply> {
    if request.method != "PUT" {
        return Some(refused(400, "badRequest", "Only PUT"));
    }
    let Some(session) = state.sessions.get_mut(id) else {
        return Some(Reply::empty(404));
    };
    if let Some(video) = session.video.clone() {
        return Some(finished(state, &video));
    }
    let range = request.header("content-range");
    let Some((span, total)) = range
        .strip_prefix("bytes ")
        .and_then(|range| range.split_once('/'))
    else {
        return Some(refused(400, "badContent", "No range"));
    };
    if total.parse() != Ok(session.total) {
        return Some(refused(400, "badContent", "Another length"));
    }
    if span != "*" {
        let (from, to) = span.split_once('-')?;
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        let is_last = to as u64 + 1 == session.total;
        if std::mem::take(&mut state.overtaken) {
            session.bytes.extend_from_slice(&request.body);
        }
        if from != session.bytes.len() || to + 1 - from != request.body.len() {
            return Some(refused(400, "badContent", "Out of order"));
        }
        if !is_last && !request.body.len().is_multiple_of(UNIT) {
            return Some(refused(400, "badContent", "No multiple of 256 KiB"));
        }
        session.bytes.extend_from_slice(&request.body);
        if is_last {
            let video = publish(state, id);
            if state.lose > 0 {
                state.lose -= 1;
                return None;
            }
            if state.backend_errors > 0 {
                state.backend_errors -= 1;
                return Some(refused(503, "backendError", "Backend Error"));
            }
            return Some(finished(state, &video));
        }
    }
    let mut answer = Reply::empty(308);
    let stored = state.sessions[id].bytes.len();
    if stored > 0 {
        answer
            .headers
            .push(("range", format!("bytes=0-{}", stored - 1)));
    }
    Some(answer)
}

fn publish(state: &mut State, session: &str) -> String {
    let id = format!("video{:06}", state.videos.len() + 1);
    let (audited, processing) = (state.audited, state.processing);
    let session = state.sessions.get_mut(session).unwrap();
    session.video = Some(id.clone());
    let mut resource = session.resource.clone();
    if !audited {
        resource["status"]["privacyStatus"] = json!("private");
    }
    let video = Video {
        id: id.clone(),
        resource,
        bytes: session.bytes.clone(),
        at: now(),
        ready_at: Instant::now() + processing,
        thumbnail: None,
        captions: Vec::new(),
    };
    state.videos.push(video);
    id
}

#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
fn now() -> String {
    chrono::Utc::now().to_rfc3339()
}

fn finished(state: &State, id: &str) -> Reply {
    let video = state.videos.iter().find(|video| video.id == id);
    match video {
        Some(video) => Reply::said(201, shown(state, video)),
        None => Reply::empty(404),
    }
}

/// A video as it is read: what was sent, with what the server assigns.
fn shown(state: &State, video: &Video) -> Value {
    let mut shown = video.resource.clone();
    shown["id"] = json!(video.id);
    shown["snippet"]["publishedAt"] = json!(video.at);
    shown["snippet"]["channelId"] = json!(OWN);
    let is_ready = Instant::now() >= video.ready_at;
    let status = match (is_ready, state.failure) {
        (false, _) => "uploaded",
        (true, None) => "processed",
        (true, Some(reason)) => {
            shown["status"]["failureReason"] = json!(reason);
            "failed"
        }
    };
    shown["status"]["uploadStatus"] = json!(status);
    shown
}

fn channels(state: &State, request: &Request) -> Reply {
    if request.asks("mine") != "true" {
        return refused(400, "missingRequiredParameter", "No filter");
    }
    let own = json!({"id": state.own, "snippet": {"title": "Example", "customUrl": "@example"},
        "contentDetails": {"relatedPlaylists": {"uploads": "UUabc"}}});
    // An account without a channel gets no list at all.
    match state.has_channel {
        true => Reply::said(200, json!({"items": [own]})),
        false => Reply::said(200, json!({"pageInfo": {"totalResults": 0}})),
    }
}

fn videos(state: &State, request: &Request) -> Reply {
    let found = state
        .videos
        .iter()
        .filter(|video| video.id == request.asks("id"));
    let items: Vec<Value> = found.map(|video| shown(state, video)).collect();
    Reply::said(200, json!({ "items": items }))
}

fn playlist(state: &State, request: &Request) -> Reply {
    if request.asks("playlistId") != "UUabc" {
        return refused(404, "playlistNotFound", "No such list");
    }
    let items: Vec<Value> = state
        .videos
        .iter()
        .rev()
        .map(|video| {
            json!({"snippet": {"title": video.resource["snippet"]["title"], "publishedAt": video.at,
                "resourceId": {"kind": "youtube#video", "videoId": video.id}}})
        })
        .collect();
    Reply::said(200, json!({ "items": items }))
}

/// Replaces whole parts, as the real one does: what is left out is gone.
fn update(state: &mut State, request: &Request) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refused(400, "parseError", "Parse Error");
    };
    if let Some(answer) = refuse_snippet(&body["snippet"]) {
        return answer;
    }
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    let Some(video) = state.videos.iter_mut().find(|video| video.id == id) else {
        return refused(404, "videoNotFound", "No such video");
    };
    for part in request.asks("part").split(',') {
        video.resource[part] = body[part].clone();
    }
    finished(state, &id)
}

fn delete(state: &mut State, request: &Request) -> Reply {
    let before = state.videos.len();
    state.videos.retain(|video| video.id != request.asks("id"));
    if state.videos.len() == before {
        return refused(404, "videoNotFound", "No such video");
    }
    Reply::empty(204)
}

fn thumbnail(state: &mut State, request: &Request) -> Reply {
    let id = request.asks("videoId").to_owned();
    let mime = request.header("content-type");
    if !["image/jpeg", "image/png"].contains(&mime) {
        return refused(400, "invalidImage", "No picture");
    }
    if state.thumbnail_errors > 0 {
        state.thumbnail_errors -= 1;
        return refused(503, "backendError", "Backend Error");
    }
    match state.videos.iter_mut().find(|video| video.id == id) {
        Some(video) => {
            video.thumbnail = Some(request.body.clone());
            Reply::said(200, json!({"items": []}))
        }
        None => refused(404, "videoNotFound", "No such video"),
    }
}
