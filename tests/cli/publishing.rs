//! `publish`, `daemon` and `mark`: what leaves, what is refused, and what a person settles.

use super::*;

#[test]
fn publish_sends_what_compose_shows_and_says_where_it_is() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox,sky"]);
    assert_eq!(desk.show(&id)["deliveries"][0]["due_at"], Value::Null);
    let said = desk.run(&["publish", &id], "").good();
    assert_eq!(said.lines().count(), 2, "{said}");
    let shown = desk.show(&id);
    for delivery in shown["deliveries"].as_array().unwrap() {
        assert_eq!(delivery["state"], "published");
        assert_eq!(delivery["attempts"], 1);
        let permalink = delivery["permalink"].as_str().unwrap();
        let file = Path::new(permalink.trim_start_matches("file://"));
        let letter: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(letter["text"], "Hello");
    }
    assert_eq!(
        desk.run(&["publish", &id], "").refused(),
        format!("post {id} has left already")
    );
}

#[test]
fn publish_refuses_what_is_past_its_not_after() {
    let desk = Desk::new();
    let id = desk.add(
        "Hello",
        &["--channel", "outbox", "--not-after", "2030-01-01 09:00"],
    );
    let mut command = desk.command(&["publish", &id]);
    command.env("MASTHEAD_NOW", "2030-01-01T09:00:00Z");
    let said = desk.run_with(command, b"").refused();
    assert!(
        said.contains("“not after” time (2030-01-01 09:00 Europe/Oslo) has passed"),
        "{said}"
    );
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "waiting");
}

#[test]
fn what_cannot_leave_is_status_three_with_the_reason() {
    let desk = Desk::new();
    let id = desk.add(&"x".repeat(400), &["--channel", "outbox,sky"]);
    let run = desk.run(&["publish", &id, "--json"], "");
    assert_eq!(run.status(), 3);
    let shown: Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(shown["deliveries"][0]["state"], "published");
    assert_eq!(shown["deliveries"][1]["state"], "failed");
    assert_ne!(shown["deliveries"][1]["reason"], "");
}

#[test]
fn the_daemon_sends_what_is_due_once_and_leaves_the_rest() {
    let desk = Desk::new();
    let due = desk.add("Due", &["--channel", "outbox", "--at", "2030-12-01 09:00"]);
    let later = desk.add(
        "Later",
        &["--channel", "outbox", "--at", "2030-12-01 10:00"],
    );
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", "2030-12-01T08:00:05Z;frozen");
    let run = desk.run_with(command, b"");
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert!(
        run.stderr().contains("post 1 on outbox: published file://"),
        "{}",
        run.stderr()
    );
    assert_eq!(desk.show(&due)["deliveries"][0]["state"], "published");
    assert_eq!(desk.show(&later)["deliveries"][0]["state"], "waiting");
}

#[test]
fn a_post_that_nobody_sent_in_time_is_missed_and_says_so() {
    let desk = Desk::new();
    let id = desk.add("Late", &["--channel", "outbox", "--at", "2030-12-01 09:00"]);
    let mut command = desk.command(&["daemon", "--once"]);
    command.env("MASTHEAD_NOW", "2030-12-01T08:16:00Z;frozen");
    desk.run_with(command, b"").good();
    let delivery = &desk.show(&id)["deliveries"][0];
    assert_eq!(delivery["state"], "missed");
    assert_eq!(
        delivery["reason"],
        "nothing was publishing at its time; the grace was 15 min"
    );
}

#[test]
fn a_running_daemon_sends_for_publish_and_ends_on_a_signal() {
    let desk = Desk::new();
    let id = desk.add("Hello", &["--channel", "outbox"]);
    let mut daemon = desk.command(&["daemon"]).spawn().unwrap();
    let leads = |desk: &Desk| {
        let found = desk.run(&["doctor", "--json"], "");
        found.stdout().contains("daemon publishes")
    };
    let end = Instant::now() + Duration::from_secs(20);
    while !leads(&desk) {
        assert!(Instant::now() < end, "the daemon does not lead");
        std::thread::sleep(Duration::from_millis(50));
    }
    let second = desk.run(&["daemon", "--once"], "");
    assert!(
        second
            .stderr()
            .contains("daemon publishes from this database")
    );
    desk.run(&["publish", &id], "").good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
    let killed = Command::new("kill")
        .args(["-TERM", &daemon.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
    let end = daemon.stderr.take().map(|mut stderr| {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
        said
    });
    assert!(end.unwrap().contains("post 1 on outbox: published"));
}

/// Leaves a due post as a publisher does that lost the answer, so long ago that it cannot arrive any more.
fn lose_the_answer(desk: &Desk, id: &str) {
    let now = chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
    let store = masthead::store::Store::open(&desk.path("data/plan.db"), now).unwrap();
    let lease = store.try_lead("lost", now).unwrap().unwrap();
    let (fence, post) = (lease.fence, masthead::domain::PostId(id.parse().unwrap()));
    store
        .wait(move |db| {
            let delivery = db.post(post)?.deliveries[0].id;
            assert!(db.claim(fence, delivery, now)?);
            let request = masthead::domain::AttemptRequest::default();
            let attempt = db.begin_attempt(fence, delivery, 0, &request, now, now)?;
            let lost = masthead::domain::Outcome::Unknown {
                reason: "the answer was lost".to_owned(),
            };
            db.finish_attempt(attempt, &lost, now)?;
            let change = masthead::store::DeliveryChange {
                state: masthead::domain::DeliveryState::Unknown,
                reason: "the answer was lost".to_owned(),
                next_try: None,
                permalink: None,
                tries: 0,
                waits: masthead::domain::Waits::ForItself,
            };
            db.change_delivery(fence, delivery, &change, now)
        })
        .unwrap();
}

#[test]
fn a_person_settles_an_unknown_outcome() {
    let desk = Desk::new();
    let due = ["--channel", "outbox", "--at", "2030-01-01 09:00"];
    let id = desk.add("hello", &due);
    let mark = ["mark", &id, "--channel", "outbox"];
    let with = |said: &[&str]| desk.run(&[&mark[..], said].concat(), "");
    assert_eq!(with(&[]).0.status.code(), Some(2));
    assert_eq!(with(&["--there", "--not-there"]).0.status.code(), Some(2));
    let early = with(&["--there"]);
    assert_eq!(early.0.status.code(), Some(1));
    assert!(
        early.stderr().contains("is waiting on outbox"),
        "{}",
        early.stderr()
    );

    lose_the_answer(&desk, &id);
    with(&["--there", "https://example.org/1"]).good();
    let delivery = &desk.show(&id)["deliveries"][0];
    assert_eq!(delivery["state"], "published");
    assert_eq!(delivery["permalink"], "https://example.org/1");
    assert_eq!(delivery["reason"], "tester says that it is there");

    let id = desk.add("again", &due);
    lose_the_answer(&desk, &id);
    desk.run(&["mark", &id, "--channel", "outbox", "--not-there"], "")
        .good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "waiting");
    desk.run(&["daemon", "--once"], "").good();
    assert_eq!(desk.show(&id)["deliveries"][0]["state"], "published");
}

#[test]
fn a_mastodon_server_on_this_machine_gets_the_thread_and_its_limits_are_kept() {
    use wiremock::matchers::{header, method, path};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};
    let tasks = tokio::runtime::Runtime::new().unwrap();
    let server = tasks.block_on(async {
        let server = MockServer::start().await;
        let json = |value: Value| ResponseTemplate::new(200).set_body_json(value);
        let answers = |verb: &str, at: &str| {
            Mock::given(method(verb))
                .and(path(at))
                .and(header("authorization", "Bearer very-secret"))
        };
        answers("GET", "/api/v1/accounts/verify_credentials")
            .respond_with(json(serde_json::json!({
                "id": "7", "username": "ana", "acct": "ana", "url": "https://example.social/@ana"
            })))
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path("/api/v2/instance"))
            .respond_with(json(serde_json::json!({
                "configuration": { "statuses": {
                    "max_characters": 40, "max_media_attachments": 4, "characters_reserved_per_url": 23
                } }
            })))
            .mount(&server)
            .await;
        answers("POST", "/api/v1/statuses")
            .respond_with(|request: &Request| {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let text = body["status"].as_str().unwrap();
                let id = text.len().to_string();
                ResponseTemplate::new(200).set_body_json(serde_json::json!({
                    "id": id, "url": format!("https://example.social/@ana/{id}"), "visibility": "public"
                }))
            })
            .mount(&server)
            .await;
        server
    });
    let desk = Desk::with(&format!(
        "[channels.far]\nplatform = \"mastodon\"\nurl = \"{}\"\ntoken_env = \"FAR_TOKEN\"\n",
        server.uri()
    ));
    let id = desk.add(
        "First part\n---\nThe second",
        &["--channel", "far", "--thread"],
    );
    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("FAR_TOKEN", "very-secret");
        desk.run_with(command, b"")
    };
    let said = run(&["publish", &id]).good();
    assert_eq!(said.trim(), "far: published https://example.social/@ana/10");
    assert_eq!(
        desk.show(&id)["deliveries"][0]["remote_ids"],
        serde_json::json!(["10", "10"])
    );
    let sent: Vec<Value> = tasks
        .block_on(server.received_requests())
        .unwrap()
        .iter()
        .filter(|request| request.method.as_str() == "POST")
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(sent[0]["status"], "First part");
    assert_eq!(sent[1]["in_reply_to_id"], "10");
    let composed = desk.run(&["compose", &id, "--json"], "").json();
    assert_eq!(composed[0]["parts"][0]["count"]["text"]["limit"], 40);
    let row = &desk.run(&["channels", "--json"], "").json()[0];
    assert_eq!(
        row["account"].as_str().map(|it| it.starts_with("@ana")),
        Some(true)
    );
    // Nothing that was written down holds the secret.
    let log = std::fs::read_to_string(desk.path("data/masthead.log")).unwrap();
    assert!(!log.contains("very-secret"));
}
