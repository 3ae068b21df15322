//! What each call does on the strict Zulip server, and what it is refused for.

use super::{Message, Realm, Stream, User, now};
use crate::fake_wire::{Reply, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn answer(realm: &mut Realm, request: &Request) -> Reply {
    let path = request.path.strip_prefix("/api/v1/").unwrap_or_default();
    let pieces: Vec<&str> = path.split('/').collect();
    if pieces == ["server_settings"] {
        return Reply::success(json!({"zulip_feature_level": realm.level, "zulip_version": "x"}));
    }
    let me = match account(realm, request) {
        Ok(me) => me,
        Err(refused) => return refused,
    };
    if let Some(left) = &mut realm.patience {
        if *left == 0 {
            return too_many();
        }
        *left -= 1;
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    match (request.method.as_str(), pieces.as_slice()) {
        ("POST", ["messages"]) => create(realm, request, &me),
        _ if me.webhook => Reply::error(
            401,
            "UNAUTHORIZED",
            "This API is not available to incoming webhook bots.",
        ),
        ("GET", ["users", "me"]) => Reply::success(user(&me)),
        ("GET", ["users"]) => {
            let members: Vec<Value> = realm.users.iter().map(user).collect();
            Reply::success(json!({ "members": members }))
        }
        ("GET", ["users", "me", id, "topics"]) => match stream_numbered(realm, number(id), &me) {
            Some(stream) => {
                let of = stream.id;
                let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
                for message in realm.messages.iter().filter(|one| one.stream == of) {
                    newest.insert(&message.topic, message.id);
                }
                let mut topics: Vec<_> = newest.into_iter().collect();
                topics.sort_by_key(|(_, id)| std::cmp::Reverse(*id));
                let topics: Vec<Value> = (topics.iter())
                    .map(|(name, id)| json!({"name": name, "max_id": id}))
                    .collect();
                Reply::success(json!({ "topics": topics }))
            }
            None => Reply::bad("Invalid channel ID"),
        },
        ("GET", ["users", id]) => match realm.users.iter().find(|one| one.id == number(id)) {
            Some(one) => Reply::success(json!({"user": user(one)})),
            None => Reply::bad("No such user"),
        },
        ("GET", ["get_stream_id"]) => {
            let name = request.query.get("stream").map_or("", String::as_str);
            match stream_named(realm, name, &me) {
                Some(stream) => Reply::success(json!({"stream_id": stream.id})),
                None => Reply::bad(&format!("Invalid channel name '{name}'")),
            }
        }
        ("GET", ["streams"]) => {
            let streams: Vec<Value> = (realm.streams.iter())
                .filter(|stream| sees(stream, &me) && !stream.archived)
                .map(|stream| described(realm, stream))
                .collect();
            Reply::success(json!({ "streams": streams }))
        }
        ("GET", ["streams", id]) => match stream_numbered(realm, number(id), &me) {
            Some(stream) => Reply::success(json!({"stream": described(realm, stream)})),
            None => Reply::bad("Invalid channel ID"),
        },
        ("GET", ["user_groups", group, "members", id]) => {
            // A channel's own group has its number.
            let stream = realm.streams.iter().find(|one| one.id == number(group));
            let is_in = stream.is_some_and(|one| may(one, number(id)));
            Reply::success(json!({"is_user_group_member": is_in}))
        }
        ("POST", ["register"]) => register(realm, request),
        ("DELETE", ["events"]) => {
            let queue = request.query.get("queue_id").cloned().unwrap_or_default();
            match realm.queues.iter().position(|open| *open == queue) {
                Some(at) => {
                    realm.queues.remove(at);
                    Reply::success(json!({}))
                }
                None => Reply::error(400, "BAD_EVENT_QUEUE_ID", "Bad event queue ID"),
            }
        }
        ("POST", ["user_uploads"]) => upload(realm, request),
        ("GET", ["messages"]) => list(realm, request, &me),
        ("GET", ["messages", id]) => match visible(realm, number(id), &me) {
            Some(at) => Reply::success(json!({"message": shown(&realm.messages[at])})),
            None => Reply::bad("Invalid message(s)"),
        },
        ("PATCH", ["messages", id]) => edit(realm, request, number(id), &me),
        ("DELETE", ["messages", id]) => match visible(realm, number(id), &me) {
            Some(_) if !realm.deletions_allowed => {
                Reply::bad("You don't have permission to delete this message")
            }
            Some(at) => {
                realm.messages.remove(at);
                Reply::success(json!({}))
            }
            None => Reply::bad("Invalid message(s)"),
        },
        _ => Reply::error(404, "BAD_REQUEST", "Not found"),
    }
}

fn account(realm: &Realm, request: &Request) -> Result<User, Reply> {
    let refused = |code, words| Err(Reply::error(401, code, words));
    let Some((email, key)) = request.basic() else {
        return refused(
            "UNAUTHORIZED",
            "Missing authorization header for basic auth",
        );
    };
    if request.header("user-agent").is_empty() {
        return Err(Reply::bad("User-Agent header missing from request"));
    }
    match realm.users.iter().find(|user| user.email == email) {
        Some(user) if user.key != key => refused("INVALID_API_KEY", "Invalid API key"),
        Some(user) if !user.active => refused("USER_DEACTIVATED", "Account is deactivated"),
        Some(user) => Ok(user.clone()),
        None => refused("INVALID_API_KEY", "Invalid API key"),
    }
}

fn too_many() -> Reply {
    let mut reply = Reply::error(429, "RATE_LIMIT_HIT", "API usage exceeded rate limit");
    reply.body["retry-after"] = json!(28.706);
    reply.headers = vec![
        ("Retry-After", "28.706".to_owned()),
        ("X-RateLimit-Limit", "200".to_owned()),
        ("X-RateLimit-Remaining", "0".to_owned()),
        ("X-RateLimit-Reset", (now() + 29).to_string()),
    ];
    reply
}

fn user(user: &User) -> Value {
    json!({
        "user_id": user.id, "full_name": user.name, "email": user.email, "role": user.role,
        "is_bot": user.owner.is_some(), "bot_owner_id": user.owner, "is_active": user.active,
    })
}

fn sees(stream: &Stream, me: &User) -> bool {
    let subscribers = stream.subscribers.as_ref();
    subscribers.is_none_or(|all| all.contains(&me.id))
}

fn may(stream: &Stream, user: u64) -> bool {
    stream
        .posters
        .as_ref()
        .is_none_or(|all| all.contains(&user))
}

fn stream_named<'r>(realm: &'r Realm, name: &str, me: &User) -> Option<&'r Stream> {
    (realm.streams.iter())
        .find(|stream| stream.name.to_lowercase() == name.to_lowercase() && sees(stream, me))
}

fn stream_numbered<'r>(realm: &'r Realm, id: u64, me: &User) -> Option<&'r Stream> {
    (realm.streams.iter()).find(|stream| stream.id == id && sees(stream, me))
}

fn described(realm: &Realm, stream: &Stream) -> Value {
    let mut described = json!({
        "stream_id": stream.id, "name": stream.name, "is_archived": stream.archived,
        "invite_only": stream.subscribers.is_some(),
        "stream_post_policy": if stream.posters.is_none() { 1 } else { 2 },
    });
    if realm.level >= 333 {
        described["can_send_message_group"] = json!(stream.id);
    }
    described
}

fn register(realm: &mut Realm, request: &Request) -> Reply {
    let form = request.form();
    for list in ["event_types", "fetch_event_types"] {
        let given = form
            .get(list)
            .map(|text| serde_json::from_str::<Vec<String>>(text));
        if !matches!(given, Some(Ok(_))) {
            return Reply::bad(&format!("{list} is not a list"));
        }
    }
    let queue = format!("1795000000:{}", realm.queues.len());
    realm.queues.push(queue.clone());
    let mut told = json!({
        "queue_id": queue, "last_event_id": -1, "zulip_feature_level": realm.level,
        "max_message_length": realm.max_content, "max_topic_length": realm.max_topic,
        "max_file_upload_size_mib": realm.max_upload / 1024 / 1024,
        "realm_mandatory_topics": realm.mandatory_topics,
    });
    if realm.level >= 392 {
        told["realm_topics_policy"] = json!(match realm.mandatory_topics {
            true => "disable_empty_topic",
            false => "allow_empty_topic",
        });
    }
    Reply::success(told)
}

/// Takes one file out of a form with parts.
fn upload(realm: &mut Realm, request: &Request) -> Reply {
    let part = request.parts().remove("filename");
    let Some((name, bytes)) = part.and_then(|part| Some((part.file?, part.content))) else {
        return Reply::bad("You must specify a file to upload");
    };
    if bytes.len() > realm.max_upload {
        let mib = realm.max_upload / 1024 / 1024;
        return Reply::bad(&format!(
            "File is larger than this server's configured maximum upload size ({mib} MiB)."
        ));
    }
    let random = format!("{:0>24}", realm.uploads.len());
    let address = format!("/user_uploads/2/{random}/{name}");
    realm.uploads.insert(address.clone(), bytes);
    let mut told = json!({"uri": address});
    if realm.level >= 272 {
        told["url"] = json!(address);
        told["filename"] = json!(name);
    }
    Reply::success(told)
}

fn create(realm: &mut Realm, request: &Request, me: &User) -> Reply {
    let form = request.form();
    let missing = |name: &str| {
        let words = format!("Missing '{name}' argument");
        Reply::error(400, "REQUEST_VARIABLE_MISSING", &words)
    };
    let Some(kind) = form.get("type") else {
        return missing("type");
    };
    let is_channel = kind == "stream" || (kind == "channel" && realm.level >= 248);
    if !is_channel {
        return Reply::bad("Invalid type");
    }
    let (Some(to), Some(content)) = (form.get("to"), form.get("content")) else {
        return missing(if form.contains_key("to") {
            "content"
        } else {
            "to"
        });
    };
    let Some(topic) = form.get("topic") else {
        return missing("topic");
    };
    let stream = match serde_json::from_str(to) {
        Ok(Value::Number(id)) => stream_numbered(realm, id.as_u64().unwrap_or(0), me),
        Ok(Value::String(name)) => stream_named(realm, &name, me),
        Ok(_) => return Reply::bad("Invalid data type for channel"),
        Err(_) => stream_named(realm, to, me),
    };
    let Some(stream) = stream.cloned() else {
        let words = format!("Channel {to} does not exist");
        return Reply::error(400, "STREAM_DOES_NOT_EXIST", &words);
    };
    let permitted = may(&stream, me.id) || me.owner.is_some_and(|owner| may(&stream, owner));
    if stream.archived || !permitted {
        return Reply::bad(&format!(
            "Not authorized to send to channel '{}'",
            stream.name
        ));
    }
    if content.contains('\0') {
        return Reply::bad("Message must not contain null bytes");
    }
    let content = content.trim_end().trim_start_matches('\n');
    if content.is_empty() {
        return Reply::bad("Message must not be empty");
    }
    let topic = topic.trim();
    if let Some(at) = topic.chars().position(char::is_control) {
        return Reply::bad(&format!(
            "Invalid character in topic, at position {}!",
            at + 1
        ));
    }
    let no_topic = topic.is_empty() || topic == "(no topic)";
    if no_topic && realm.mandatory_topics {
        return Reply::bad("Topics are required in this organization");
    }
    let everybody = ["@**all**", "@**everyone**", "@**channel**", "@**stream**"];
    if !realm.wildcards_allowed && everybody.iter().any(|name| content.contains(name)) {
        return Reply::error(
            400,
            "STREAM_WILDCARD_MENTION_NOT_ALLOWED",
            "You do not have permission to use channel wildcard mentions in this channel.",
        );
    }
    let topic = match no_topic && realm.level >= 334 {
        true => String::new(),
        false if topic.is_empty() => "(no topic)".to_owned(),
        false => cut(topic, realm.max_topic, "..."),
    };
    let message = Message {
        id: realm.messages.last().map_or(1, |last| last.id + 1),
        sender: me.id,
        stream: stream.id,
        topic,
        content: cut(content, realm.max_content, "\n[message truncated]"),
        timestamp: now(),
        edited: None,
    };
    let id = message.id;
    realm.messages.push(message);
    let known = [
        "type",
        "to",
        "topic",
        "content",
        "queue_id",
        "local_id",
        "read_by_sender",
    ];
    let unknown: Vec<&String> = form
        .keys()
        .filter(|key| !known.contains(&key.as_str()))
        .collect();
    let mut told = json!({ "id": id });
    if !unknown.is_empty() {
        told["ignored_parameters_unsupported"] = json!(unknown);
    }
    Reply::success(told)
}

/// Cuts what is too long, without a word.
fn cut(text: &str, most: usize, end: &str) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - end.chars().count()).collect();
    format!("{kept}{end}")
}

fn shown(message: &Message) -> Value {
    let mut shown = json!({
        "id": message.id, "sender_id": message.sender, "stream_id": message.stream, "type": "stream",
        "subject": message.topic, "content": message.content, "timestamp": message.timestamp,
    });
    if let Some(at) = message.edited {
        shown["last_edit_timestamp"] = json!(at);
    }
    shown
}

/// Returns where a message is that the account can see.
fn visible(realm: &Realm, id: u64, me: &User) -> Option<usize> {
    let at = realm.messages.iter().position(|message| message.id == id)?;
    stream_numbered(realm, realm.messages[at].stream, me).map(|_| at)
}

fn list(realm: &Realm, request: &Request, me: &User) -> Reply {
    let query = &request.query;
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
    let (Some(before), Some(_)) = (number("num_before"), number("num_after")) else {
        return Reply::error(
            400,
            "REQUEST_VARIABLE_MISSING",
            "Missing 'num_before' argument",
        );
    };
    if before > 5000 {
        return Reply::bad("Too many messages requested (maximum 5000).");
    }
    let newest = query.get("anchor").is_some_and(|anchor| anchor == "newest");
    let Some(anchor) = number("anchor").or(newest.then_some(u64::MAX)) else {
        return Reply::bad("Invalid anchor");
    };
    let narrow = query.get("narrow").map_or("[]", String::as_str);
    let Ok(terms) = serde_json::from_str::<Vec<BTreeMap<String, Value>>>(narrow) else {
        return Reply::bad("narrow is not valid JSON");
    };
    let mut found: Vec<&Message> = realm.messages.iter().collect();
    for term in &terms {
        let (operator, operand) = (term["operator"].as_str().unwrap_or(""), &term["operand"]);
        match operator {
            "channel" if realm.level < 250 => {
                return Reply::bad("Invalid narrow operator: unknown operator");
            }
            "stream" | "channel" => {
                let stream = stream_numbered(realm, operand.as_u64().unwrap_or(0), me);
                let Some(stream) = stream else {
                    return Reply::error(
                        400,
                        "BAD_NARROW",
                        "Invalid narrow operator: unknown channel",
                    );
                };
                found.retain(|message| message.stream == stream.id);
            }
            "sender" => found.retain(|message| Some(message.sender) == operand.as_u64()),
            "topic" => found.retain(|message| Some(message.topic.as_str()) == operand.as_str()),
            _ => {
                return Reply::error(
                    400,
                    "BAD_NARROW",
                    "Invalid narrow operator: unknown operator",
                );
            }
        }
    }
    // Everybody may see what is in no channel of theirs only if they say which.
    if terms.is_empty() {
        found.retain(|message| message.sender == me.id);
    }
    found.retain(|message| message.id <= anchor);
    let most = usize::try_from(before).unwrap() + usize::from(anchor != u64::MAX);
    let start = found.len().saturating_sub(most);
    let raw = query
        .get("apply_markdown")
        .is_some_and(|text| text == "false");
    let messages: Vec<Value> = (found[start..].iter())
        .map(|message| {
            let mut shown = shown(message);
            if message.topic.is_empty() && !query.contains_key("allow_empty_topic_name") {
                shown["subject"] = json!("general chat");
            }
            if !raw {
                shown["content"] = json!(format!("<p>{}</p>", message.content));
            }
            shown
        })
        .collect();
    Reply::success(json!({
        "messages": messages, "found_oldest": start == 0, "found_newest": true, "history_limited": false,
    }))
}

fn edit(realm: &mut Realm, request: &Request, id: u64, me: &User) -> Reply {
    let Some(at) = visible(realm, id, me) else {
        return Reply::bad("Invalid message(s)");
    };
    let Some(content) = request.form().get("content").cloned() else {
        return Reply::bad("Nothing to change");
    };
    if realm.messages[at].sender != me.id {
        return Reply::bad("You don't have permission to edit this message");
    }
    if !realm.edits_allowed {
        return Reply::bad("The time limit for editing this message has passed");
    }
    let content = content.trim_end().trim_start_matches('\n').to_owned();
    let most = realm.max_content;
    let message = &mut realm.messages[at];
    message.content = cut(&content, most, "\n[message truncated]");
    message.edited = Some(now());
    Reply::success(json!({}))
}
