//! The login of the strict LinkedIn: the page that a person allows, codes that are good once, tokens and their renewal.

use super::{APP, APP_SECRET, REDIRECT, Token, World};
use crate::fake_wire::{Reply, Request};
use serde_json::json;
use std::collections::BTreeMap;

/// Allows access; returns where the browser is sent.
pub fn allow(world: &mut World, address: &str, person: &str) -> String {
    let url = url::Url::parse(address).unwrap();
    assert_eq!(url.path(), "/oauth/v2/authorization");
    assert!(!address.contains('+'), "a space is %20: {address}");
    let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let known = [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
    ];
    for key in asked.keys() {
        assert!(known.contains(&key.as_str()), "unknown: {key}");
    }
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], APP);
    assert_eq!(asked["redirect_uri"], REDIRECT);
    let mut back = url::Url::parse(REDIRECT).unwrap();
    let refused = asked["scope"]
        .split(' ')
        .find(|scope| !world.products.contains(*scope));
    if let Some(scope) = refused {
        back.query_pairs_mut()
            .append_pair("error", "unauthorized_scope_error")
            .append_pair(
                "error_description",
                &format!("Scope \"{scope}\" is not authorized for your application"),
            )
            .append_pair("state", &asked["state"]);
        return back.into();
    }
    let code = format!("code-{}", world.fresh());
    world.codes.insert(
        code.clone(),
        (person.to_owned(), asked["scope"].replace(' ', ",")),
    );
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &asked["state"]);
    back.into()
}

/// `POST /oauth/v2/accessToken`.
pub fn token(world: &mut World, request: &Request) -> Reply {
    let refused = |status, error: &str, words: &str| {
        Reply::said(status, json!({"error": error, "error_description": words}))
    };
    let form = request.form();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("client_id") != APP || field("client_secret") != APP_SECRET {
        return refused(401, "invalid_client", "Client authentication failed");
    }
    let granted = match field("grant_type") {
        "authorization_code" if field("redirect_uri") != REDIRECT => {
            return refused(
                400,
                "invalid_redirect_uri",
                "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.",
            );
        }
        "authorization_code" => world.codes.remove(field("code")),
        "refresh_token" => world.refresh_tokens.get(field("refresh_token")).cloned(),
        _ => None,
    };
    let Some((person, scopes)) = granted else {
        return refused(
            400,
            "invalid_request",
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.",
        );
    };
    let token = format!("fresh-{}", world.fresh());
    world
        .tokens
        .insert(token.clone(), Token::of(&person, &scopes));
    let mut told = json!({"access_token": token, "expires_in": 5_184_000, "scope": scopes});
    if world.refreshes {
        let again = format!("again-{}", world.fresh());
        world.refresh_tokens.insert(again.clone(), (person, scopes));
        told["refresh_token"] = json!(again);
        told["refresh_token_expires_in"] = json!(31_536_000);
    }
    Reply::said(200, told)
}
