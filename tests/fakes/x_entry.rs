//! Who may call the strict X: signatures, tokens, and the way by which an application gets a token.

use super::{API_KEY, API_SECRET, CLIENT, Code, REDIRECT, Site, User};
use crate::fake_wire::{Reply, Request};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Seconds by which a signature's time may differ.
const TOLERANCE: i64 = 300;

/// Seconds for which a code is good.
const CODE_LASTS: i64 = 30;

/// Whoever calls, and what they may.
pub struct Caller {
    pub user: User,
    pub scope: String,
    /// What a signed answer says of the keys.
    pub level: Option<&'static str>,
}

impl Caller {
    pub fn may(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|granted| granted == scope)
    }
}

/// Returns who calls.
pub fn caller(site: &mut Site, request: &Request) -> Result<Caller, Reply> {
    let header = request.header("authorization").to_owned();
    if let Some(fields) = header.strip_prefix("OAuth ") {
        return signed(site, request, fields);
    }
    let Some(token) = header.strip_prefix("Bearer ") else {
        return Err(Reply::unauthorized());
    };
    let grant = site.grants.iter().find(|grant| grant.access == token);
    let Some(grant) = grant.filter(|grant| !grant.expired).cloned() else {
        return Err(Reply::unauthorized());
    };
    let user = site.users.iter().find(|user| user.id == grant.user);
    Ok(Caller {
        user: user.ok_or_else(Reply::unauthorized)?.clone(),
        scope: grant.scope,
        level: None,
    })
}

fn signed(site: &mut Site, request: &Request, fields: &str) -> Result<Caller, Reply> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for field in fields.split(", ") {
        let (name, value) = field.split_once('=').ok_or_else(Reply::unauthorized)?;
        let value = value.trim_matches('"');
        if given.insert(name.to_owned(), decoded(value)).is_some() {
            return Err(Reply::unauthorized());
        }
    }
    let signature = given.remove("oauth_signature").unwrap_or_default();
    let names: Vec<&str> = given.keys().map(String::as_str).collect();
    let wanted = [
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_token",
        "oauth_version",
    ];
    let is_fresh = given.get("oauth_timestamp").is_some_and(|stamp| {
        let stamp: i64 = stamp.parse().unwrap_or(0);
        (stamp - site.now()).abs() <= TOLERANCE
    });
    if names != wanted
        || given["oauth_consumer_key"] != API_KEY
        || given["oauth_signature_method"] != "HMAC-SHA1"
        || !is_fresh
        || !site.nonces.insert(given["oauth_nonce"].clone())
    {
        return Err(Reply::unauthorized());
    }
    let user = site
        .users
        .iter()
        .find(|user| user.token == given["oauth_token"]);
    let user = user.ok_or_else(Reply::unauthorized)?.clone();
    // JSON and forms with parts do not count; a plain form would.
    let form = request.form();
    let mut pairs: Vec<String> = given
        .iter()
        .chain(&request.query)
        .chain(&form)
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let base = format!(
        "{}&{}&{}",
        request.method,
        encoded(&format!(
            "http://{}{}",
            request.header("host"),
            request.path
        )),
        encoded(&pairs.join("&"))
    );
    let key = format!("{}&{}", encoded(API_SECRET), encoded(&user.token_secret));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    if STANDARD.encode(mac.finalize().into_bytes()) != signature {
        return Err(Reply::unauthorized());
    }
    let level = if user.writes { "read-write" } else { "read" };
    let scope = if user.writes {
        "tweet.read tweet.write users.read media.write"
    } else {
        "tweet.read users.read"
    };
    Ok(Caller {
        user,
        scope: scope.to_owned(),
        level: Some(level),
    })
}

fn encoded(text: &str) -> String {
    let mut all = String::new();
    for c in text.bytes() {
        if c.is_ascii_alphanumeric() || b"-._~".contains(&c) {
            all.push(c as char);
        } else {
            all.push_str(&format!("%{c:02X}"));
        }
    }
    all
}

fn decoded(text: &str) -> String {
    // The name keeps `=` and `&` in the value from being taken for more.
    let pair = format!("a={}", text.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The page on which a person allows an application.
pub fn authorize(site: &mut Site, request: &Request) -> Reply {
    let asked = |name: &str| {
        request
            .query
            .get(name)
            .map_or("", String::as_str)
            .to_owned()
    };
    let right = asked("response_type") == "code"
        && asked("client_id") == CLIENT
        && asked("redirect_uri") == REDIRECT
        && !asked("state").is_empty()
        && !asked("scope").is_empty()
        && asked("code_challenge").len() == 43
        && asked("code_challenge_method") == "S256"
        && request.query.len() == 7;
    if !right {
        return Reply::invalid("Something went wrong. You weren't able to give access to the App.");
    }
    let code = format!("c0de-{}", site.number());
    let granted = Code {
        user: site.browser.clone(),
        challenge: asked("code_challenge"),
        redirect: asked("redirect_uri"),
        scope: site.scopes.clone(),
        at: site.now(),
    };
    site.codes.insert(code.clone(), granted);
    let mut reply = Reply::said(302, serde_json::Value::Null);
    let location = format!("{REDIRECT}?state={}&code={code}", asked("state"));
    reply.headers.push(("location", location));
    reply
}

/// `POST /2/oauth2/token`.
pub fn token(site: &mut Site, request: &Request) -> Reply {
    let form = request.form();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let refused = |error: &str, words: &str| {
        Reply::said(400, json!({"error": error, "error_description": words}))
    };
    let known = match &site.client_secret {
        None => field("client_id") == CLIENT && request.header("authorization").is_empty(),
        Some(secret) => {
            let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
            request.header("authorization") == basic
        }
    };
    if !known {
        let words = json!({"error": "unauthorized_client", "error_description": "Missing valid authorization header"});
        return Reply::said(401, words);
    }
    let grant = match field("grant_type") {
        "authorization_code" => {
            let invalid = refused(
                "invalid_request",
                "Value passed for the authorization code was invalid.",
            );
            // Good once, whatever becomes of it.
            let Some(code) = site.codes.remove(field("code")) else {
                return invalid;
            };
            let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
            if site.now() - code.at > CODE_LASTS
                || code.redirect != field("redirect_uri")
                || code.challenge != proof
            {
                return invalid;
            }
            site.granted(&code.user, &code.scope)
        }
        "refresh_token" => {
            let found = site
                .grants
                .iter()
                .position(|grant| grant.refresh == field("refresh_token"));
            let Some(at) = found else {
                return refused("invalid_request", "Value passed for the token was invalid.");
            };
            let old = site.grants.remove(at);
            site.granted(&old.user, &old.scope)
        }
        _ => return refused("unsupported_grant_type", "Unsupported grant type"),
    };
    let mut body = json!({
        "token_type": "bearer", "expires_in": 7200, "access_token": grant.access, "scope": grant.scope,
    });
    if grant.scope.contains("offline.access") {
        body["refresh_token"] = json!(grant.refresh);
    }
    Reply::said(200, body)
}
