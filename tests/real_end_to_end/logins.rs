//! `masthead login` as a person does it, and the session that it leaves behind.

use crate::common::jwt::expired;
use crate::desk::{Desk, is_private};
use crate::servers::{Servers, bluesky_channel, mastodon_channel, shared};
use serde_json::{Value, json};

fn stored(desk: &Desk, channel: &str) -> Value {
    serde_json::from_slice(&std::fs::read(desk.stored(channel)).unwrap()).unwrap()
}

#[test]
fn a_person_logs_in_to_mastodon_servers_with_a_code() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let tooter = servers.tooter();
    let desk = Desk::new(&[
        servers.snac_channel(),
        mastodon_channel("mock", &servers.mock, ""),
    ]);
    let wrong = desk.log_in("snac", |_| "no-such-code".to_owned());
    println!("wrong code: {}", wrong.stderr().lines().last().unwrap());
    assert_eq!(wrong.status(), 1);
    let said = wrong.stderr();
    assert!(
        said.lines()
            .last()
            .unwrap()
            .contains("does not accept the code"),
        "{said}"
    );
    assert!(!desk.stored("snac").exists());

    let run = desk.log_in("snac", |address| servers.snac_code(address));
    println!("snac: {}", run.good().trim());
    assert!(
        run.stdout()
            .starts_with("snac is connected as @alice@localhost:")
    );
    let run = desk.log_in("mock", |address| servers.mock_code(address, &tooter));
    println!("mock: {}", run.good().trim());
    assert!(
        run.stdout()
            .starts_with(&format!("mock is connected as @{}@", tooter.name))
    );
    for channel in ["snac", "mock"] {
        assert!(is_private(&desk.stored(channel)));
        let token = stored(&desk, channel)["token"].as_str().unwrap().to_owned();
        assert!(!run.stdout().contains(&token) && !run.stderr().contains(&token));
    }
    desk.run(&["channels", "--check"], "").good();
    desk.publish("Logged in", &["--channel", "snac,mock"]);
}

#[test]
fn a_login_of_another_account_changes_nothing() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let (first, second) = (servers.tooter(), servers.tooter());
    let desk = Desk::new(&[mastodon_channel("mock", &servers.mock, "")]);
    desk.log_in("mock", |address| servers.mock_code(address, &first))
        .good();
    let before = stored(&desk, "mock");
    let run = desk.log_in("mock", |address| servers.mock_code(address, &second));
    println!("{}", run.stderr().lines().last().unwrap());
    assert_eq!(run.status(), 1);
    let said = run.stderr();
    assert!(
        said.contains("belongs to") && said.contains(&second.name),
        "{said}"
    );
    assert_eq!(stored(&desk, "mock"), before);
}

#[test]
fn a_bluesky_login_takes_an_app_password_and_its_expired_session_is_refreshed() {
    let _shared = shared();
    let Some(servers) = Servers::running() else {
        return;
    };
    let skyer = servers.skyer();
    let desk = Desk::new(&[bluesky_channel(&servers.pds, &skyer.handle, "")]);
    let refused = desk.run(&["login", "sky"], "not-the-password\n");
    assert_eq!(refused.status(), 1);
    assert!(!refused.stderr().contains("not-the-password"));
    assert!(
        refused
            .stderr()
            .contains("does not accept the app password")
    );
    let given_up = desk.run(&["login", "sky"], "\n");
    assert_eq!(given_up.status(), 1);
    assert!(!desk.stored("sky").exists());

    let run = desk.run(&["login", "sky"], &format!("{}\n", skyer.password));
    assert_eq!(
        run.good().trim(),
        format!("sky is connected as @{}", skyer.handle)
    );
    assert!(is_private(&desk.stored("sky")));
    desk.publish("With a fresh session", &["--channel", "sky"]);

    // Without the password only the refresh token can help.
    let mut session = stored(&desk, "sky");
    let access = session["access"].as_str().unwrap();
    session["access"] = json!(expired(access, &servers.jwt_secret));
    session.as_object_mut().unwrap().remove("password");
    std::fs::write(desk.stored("sky"), session.to_string()).unwrap();
    desk.publish("After the session expired", &["--channel", "sky"]);
    let after = stored(&desk, "sky");
    for token in ["access", "refresh"] {
        assert_ne!(after[token], session[token], "{token}");
    }
    assert!(is_private(&desk.stored("sky")));
    desk.publish("With the refreshed session", &["--channel", "sky"]);

    // Both tokens dead, and a password at hand.
    let mut session = stored(&desk, "sky");
    for token in ["access", "refresh"] {
        let dead = expired(session[token].as_str().unwrap(), &servers.jwt_secret);
        session[token] = json!(dead);
    }
    session["password"] = json!(skyer.password);
    std::fs::write(desk.stored("sky"), session.to_string()).unwrap();
    desk.publish("After a new login", &["--channel", "sky"]);
    assert_eq!(servers.all_on_pds(&skyer).len(), 4);
}
