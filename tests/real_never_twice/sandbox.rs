//! The rows of the sandbox: a folder on this machine.

use crate::common::{channel, http};
use crate::registered::{Account, Made, Registered, Wire};
use async_trait::async_trait;
use masthead::domain::PlatformId;
use masthead::platforms::{Connection, Platform, connect};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The sandbox.
pub struct Outbox;

#[async_trait]
impl Registered for Outbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn platform(&self) -> PlatformId {
        PlatformId::Sandbox
    }

    fn wire(&self) -> Option<Wire> {
        None
    }

    async fn account(&self, _number: usize) -> Box<dyn Account> {
        Box::new(Folder)
    }
}

struct Folder;

#[async_trait]
impl Account for Folder {
    fn section(&self, _url: &str) -> String {
        "platform = \"sandbox\"\n".to_owned()
    }

    fn connect(&self, _url: &str, data: &Path, patience: Duration) -> Arc<dyn Platform> {
        let connection = Connection {
            outbox: data.join("outbox/test"),
            ..Connection::default()
        };
        connect(&channel(PlatformId::Sandbox), connection, &http(patience)).unwrap()
    }

    async fn posts(&self, data: &Path) -> Vec<Made> {
        let Ok(files) = std::fs::read_dir(data.join("outbox/test")) else {
            return Vec::new();
        };
        files
            .map(|file| file.unwrap())
            // A letter that was being written when the process was killed has not been sent.
            .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
            .map(|file| {
                let letter: Value =
                    serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
                Made {
                    id: file.file_name().into_string().unwrap(),
                    text: letter["text"].as_str().unwrap().to_owned(),
                    answers: letter["reply"]["id"].as_str().map(str::to_owned),
                    pictures: letter["media"].as_array().map_or(0, Vec::len),
                }
            })
            .collect()
    }
}
