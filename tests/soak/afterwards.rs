//! Counts what is there after the soak: each part once and in order, nothing that needs a person, no file left behind.

use super::*;
use std::process::Command;

impl Soak {
    /// Holds every delivery against what is really there. Returns how many parts there are.
    pub(super) fn count(&self) -> usize {
        let mut there: HashMap<(String, String), Vec<Status>> = HashMap::new();
        for status in self.server.all() {
            let key = (status.account.clone(), status.text.clone());
            there.entry(key).or_default().push(status);
        }
        let all = self
            .store
            .wait(|db| db.list(None, None, true, 100_000))
            .unwrap();
        let mut parts = 0;
        for view in &all {
            for delivery in &view.deliveries {
                assert_eq!(delivery.state, DeliveryState::Published, "{delivery:?}");
                let channel = delivery.channel.as_str();
                let mut before = None;
                for (index, part) in view.post.content.text.split("\n---\n").enumerate() {
                    parts += 1;
                    if BOXES.contains(&channel) {
                        let name = format!("outbox/{channel}/{}-{}.json", delivery.id, index + 1);
                        let letter = std::fs::read_to_string(self.data().join(name)).unwrap();
                        assert!(letter.contains(part), "{letter}");
                        continue;
                    }
                    let key = (channel.to_owned(), part.to_owned());
                    let found = there.remove(&key).unwrap_or_default();
                    assert_eq!(found.len(), 1, "“{part}” on {channel}: {found:?}");
                    assert_eq!(found[0].answers, before, "“{part}” on {channel}");
                    before = Some(found[0].id.to_string());
                }
            }
        }
        assert!(there.is_empty(), "nobody asked for these: {there:?}");
        parts
    }
}

/// Returns the names in a folder, and whether each is one that may be there.
fn files(folder: &Path, may: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !may(name)).collect()
}

/// Closes everything; then the program says that all is well, and there is no file that nobody needs.
pub(super) fn nothing_is_left(soak: Soak) {
    let (folder, data, now) = (soak.folder.path(), soak.data(), soak.clock.now());
    let mut status = Command::new(env!("CARGO_BIN_EXE_masthead"));
    status
        .args(["status", "--json"])
        .env("MASTHEAD_CONFIG", folder.join("config.toml"))
        .env("MASTHEAD_DATA_DIR", &data)
        .env("MASTHEAD_NOW", format!("{};frozen", now.to_rfc3339()));
    for name in ACCOUNTS {
        status.env(format!("TOKEN_{name}"), format!("token-{name}"));
    }
    let status = status.output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(
        [
            &said["unknown"],
            &said["failed"],
            &said["missed"],
            &said["overdue"]
        ],
        [0, 0, 0, 0],
        "{said}"
    );
    assert_eq!(status.status.code(), Some(0), "{said}");
    drop(soak.store);
    let known = [
        "plan.db",
        "plan.db.lock",
        "masthead.log",
        "outbox",
        "backups",
    ];
    assert_eq!(
        files(&data, |name| known.contains(&name)),
        Vec::<String>::new()
    );
    let copy = |name: &str| name.starts_with("plan-") && name.ends_with(".db");
    assert_eq!(files(&data.join("backups"), copy), Vec::<String>::new());
    for name in BOXES {
        let outbox = data.join("outbox").join(name);
        assert_eq!(
            files(&outbox, |name| name.ends_with(".json")),
            Vec::<String>::new()
        );
    }
}
