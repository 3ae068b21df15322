//! What each call does on the strict LinkedIn but for posts, and what it is refused for.

use super::{Asset, Token, World, posts, videos};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};

pub fn answer(world: &mut World, url: &str, request: &Request) -> Reply {
    let token = match token(world, request) {
        Ok(token) => token,
        Err(refused) => return refused,
    };
    if let Some(left) = &mut world.patience {
        if *left == 0 {
            return Reply::refused(
                429,
                "TOO_MANY_REQUESTS",
                "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.",
            );
        }
        *left -= 1;
    }
    if let Some(place) = request.path.strip_prefix("/uploads/parts/") {
        return videos::put(world, request, place);
    }
    if let Some(place) = request.path.strip_prefix("/uploads/") {
        return put(world, request, place);
    }
    if (request.method.as_str(), request.path.as_str()) == ("GET", "/v2/userinfo") {
        return match token.may("openid") && token.may("profile") {
            true => Reply::said(
                200,
                json!({"sub": token.person, "name": world.people[&token.person]}),
            ),
            false => not_enough("userinfo.GET.NO_VERSION"),
        };
    }
    let Some(path) = request.path.strip_prefix("/rest/") else {
        return Reply::refused(404, "RESOURCE_NOT_FOUND", "No virtual resource found");
    };
    if let Err(refused) = headers(world, request) {
        return refused;
    }
    let pieces: Vec<&str> = path.split('/').collect();
    let named = |text: &str| {
        let is_encoded = text.contains("%3A") && !text.contains(':');
        is_encoded.then(|| text.replace("%3A", ":"))
    };
    match (request.method.as_str(), pieces.as_slice()) {
        ("POST", ["posts"]) => posts::create(world, request, &token),
        ("GET", ["posts"]) => posts::by_author(world, request, &token),
        (_, ["posts", urn]) => match named(urn) {
            Some(urn) => posts::one(world, request, &token, &urn),
            None => bad("Invalid key parameters: encode the URN"),
        },
        ("POST", [kind @ ("images" | "documents")]) => {
            begin_upload(world, url, request, &token, kind)
        }
        ("POST", ["videos"]) => videos::act(world, url, request, &token),
        ("GET", [kind @ ("images" | "documents" | "videos"), urn]) => match named(urn) {
            Some(urn) if !urn.starts_with(&format!("urn:li:{}:", kind.trim_end_matches('s'))) => {
                bad("Invalid key parameters: another kind of asset")
            }
            Some(urn) => progress(world, &token, &urn),
            None => bad("Invalid key parameters: encode the URN"),
        },
        ("GET", ["organizationAcls"]) => roles(world, request, &token),
        ("GET", ["organizations", id]) if token.may("rw_organization_admin") => Reply::said(
            200,
            json!({"id": id.parse::<u64>().unwrap_or(0), "localizedName": "Research Software", "vanityName": "rso"}),
        ),
        _ => not_enough(&format!("{path}.{}", request.method)),
    }
}

pub fn bad(words: &str) -> Reply {
    Reply::refused(400, "ILLEGAL_ARGUMENT", words)
}

pub fn not_enough(what: &str) -> Reply {
    let mut reply = Reply::refused(
        403,
        "ACCESS_DENIED",
        &format!("Not enough permissions to access: {what}"),
    );
    reply.body["serviceErrorCode"] = json!(100);
    reply
}

fn token(world: &World, request: &Request) -> Result<Token, Reply> {
    let refused = |service, code: &str, words: &str| {
        let mut reply = Reply::refused(401, code, words);
        reply.body["serviceErrorCode"] = json!(service);
        Err(reply)
    };
    match request.bearer().and_then(|token| world.tokens.get(token)) {
        None => refused(65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
        Some(token) if token.expired => refused(
            65602,
            "EXPIRED_ACCESS_TOKEN",
            "The token used in the request has expired",
        ),
        Some(token) => Ok(token.clone()),
    }
}

fn headers(world: &World, request: &Request) -> Result<(), Reply> {
    let version = request.header("linkedin-version");
    if version.is_empty() {
        return Err(Reply::refused(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
        ));
    }
    let Ok(number) = version.parse::<u32>() else {
        return Err(bad("Invalid LinkedIn-Version header"));
    };
    if number < world.oldest_version {
        return Err(Reply::refused(
            426,
            "NONEXISTENT_VERSION",
            &format!("Requested version {version}01 is not active"),
        ));
    }
    if request.header("x-restli-protocol-version") != "2.0.0" {
        return Err(bad("X-Restli-Protocol-Version must be 2.0.0"));
    }
    if request.header("content-type") != "application/json" {
        return Err(Reply::refused(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Content-Type must be application/json",
        ));
    }
    Ok(())
}

/// Whether a token may act as an author.
pub fn may_act(world: &World, token: &Token, author: &str, what: &str) -> Result<(), Reply> {
    let forbidden = || {
        Reply::refused(
            403,
            "ACCESS_DENIED",
            "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]",
        )
    };
    if let Some(person) = author.strip_prefix("urn:li:person:") {
        return match (token.may("w_member_social"), person == token.person) {
            (false, _) => Err(not_enough(what)),
            (true, false) => Err(forbidden()),
            (true, true) => Ok(()),
        };
    }
    let page = author
        .strip_prefix("urn:li:organization:")
        .and_then(|number| number.parse().ok());
    match page {
        None => Err(bad("Invalid author")),
        Some(_) if !token.may("w_organization_social") => Err(not_enough(what)),
        Some(page) if !world.may_post_as(&token.person, page) => Err(forbidden()),
        Some(_) => Ok(()),
    }
}

/// Whether a token may read what an author posted.
pub fn may_read(world: &World, token: &Token, author: &str) -> bool {
    let page = author.strip_prefix("urn:li:organization:");
    page.and_then(|number| number.parse().ok())
        .is_some_and(|page| {
            token.may("r_organization_social") && world.may_post_as(&token.person, page)
        })
}

/// Refuses fields that are not known.
pub fn only(value: &Value, known: &[&str]) -> Result<(), Reply> {
    let Value::Object(fields) = value else {
        return Err(bad("Body is not an object"));
    };
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Reply::refused(
            422,
            "UNPROCESSABLE_ENTITY",
            &format!("ERROR :: /{key} :: unrecognized field found but not allowed"),
        )),
        None => Ok(()),
    }
}

fn begin_upload(
    world: &mut World,
    url: &str,
    request: &Request,
    token: &Token,
    kind: &str,
) -> Reply {
    let body = request.json();
    if request.asks("action") != "initializeUpload" {
        return bad("Unknown action");
    }
    if let Err(refused) = only(&body, &["initializeUploadRequest"])
        .and_then(|()| only(&body["initializeUploadRequest"], &["owner"]))
    {
        return refused;
    }
    let owner = body["initializeUploadRequest"]["owner"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if let Err(refused) = may_act(
        world,
        token,
        &owner,
        &format!("{kind}.ACTION-initializeUpload"),
    ) {
        return refused;
    }
    let word = kind.trim_end_matches('s');
    let urn = format!("urn:li:{word}:D4E{}", world.fresh());
    let asset = Asset {
        owner,
        waits: world.processing,
        fails: world.processing_fails,
        ..Asset::default()
    };
    world.assets.insert(urn.clone(), asset);
    Reply::said(
        200,
        json!({"value": {"uploadUrlExpiresAt": super::now() + 86_400_000, "uploadUrl": format!("{url}/uploads/{urn}"), word: urn}}),
    )
}

/// The bytes, all in one request and once.
fn put(world: &mut World, request: &Request, place: &str) -> Reply {
    let urn = place.replace("%3A", ":");
    match world.assets.get_mut(&urn) {
        Some(asset) if request.method == "PUT" && asset.bytes.is_none() => {
            asset.bytes = Some(request.body.clone());
            Reply::empty(201)
        }
        _ => bad("No such upload"),
    }
}

/// How far an upload is. A token for a member alone may not ask.
fn progress(world: &mut World, token: &Token, urn: &str) -> Reply {
    if !token.may("w_organization_social") {
        return not_enough("images.GET");
    }
    let Some(asset) = world.assets.get_mut(urn) else {
        return Reply::refused(404, "RESOURCE_NOT_FOUND", "No such asset");
    };
    let status = match asset {
        Asset { bytes: None, .. } => "WAITING_UPLOAD",
        Asset { waits: 1.., .. } => "PROCESSING",
        Asset { fails: true, .. } => "PROCESSING_FAILED",
        _ => "AVAILABLE",
    };
    if asset.bytes.is_some() {
        asset.waits = asset.waits.saturating_sub(1);
    }
    Reply::said(
        200,
        json!({"id": urn, "owner": asset.owner, "status": status}),
    )
}

fn roles(world: &World, request: &Request, token: &Token) -> Reply {
    if !token.may("rw_organization_admin") {
        return not_enough("organizationAcls.FINDER-roleAssignee");
    }
    if request.header("x-restli-method") != "FINDER" || request.asks("q") != "roleAssignee" {
        return bad("Unknown finder");
    }
    let start: usize = request.asks("start").parse().unwrap_or(0);
    let count: usize = request.asks("count").parse().unwrap_or(10);
    let elements: Vec<Value> = (world.roles.iter())
        .filter(|(person, ..)| *person == token.person)
        .skip(start)
        .take(count)
        .map(|(person, page, role)| {
            json!({
                "roleAssignee": format!("urn:li:person:{person}"), "state": "APPROVED", "role": role,
                "organization": format!("urn:li:organization:{page}"),
            })
        })
        .collect();
    Reply::said(
        200,
        json!({"elements": elements, "paging": {"start": start, "count": count, "links": []}}),
    )
}
