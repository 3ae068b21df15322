//! `masthead add`: a new post from the text on stdin.

use super::fields::{Fields, not_empty, stdin_text};
use super::house::House;
use super::{Done, Globals, approve, cards, json};
use crate::domain::{Content, Plan, ReviewRule};
use anyhow::bail;
use clap::ArgMatches;
use std::io::Write;

/// Add a post; its text is read from stdin.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    #[command(flatten)]
    fields: Fields,
}

impl Add {
    pub(super) fn run(
        self,
        globals: &Globals,
        own: &ArgMatches,
        out: &mut impl Write,
    ) -> anyhow::Result<Done> {
        let house = House::open_and_say(globals)?;
        let mut content = Content {
            text: stdin_text()?,
            ..Content::default()
        };
        self.fields.apply(&house, own, &mut content)?;
        not_empty(&content)?;
        if content.plan != Plan::Shelf && content.variants.is_empty() {
            let names: Vec<&str> = house
                .config
                .channels
                .iter()
                .map(|configured| configured.channel.name.as_str())
                .collect();
            match names.as_slice() {
                [] => bail!(
                    "it has a time but no channel, and none is configured: add a [channels.NAME] section"
                ),
                names => bail!(
                    "it has a time but no channel: name one with --channel (configured: {})",
                    names.join(", ")
                ),
            }
        }
        if self.fields.approve && content.variants.is_empty() {
            bail!("--approve needs --channel: without one there is nothing to approve");
        }
        if self.fields.approve && house.config.review == ReviewRule::Required {
            bail!(
                "whoever wrote it cannot approve it ([review] required): add it without --approve, then ask with `masthead review`"
            );
        }
        if self.fields.has_link() {
            cards::pin(&house, &mut content)?;
        }
        let author = self.fields.author(&house);
        let (adding, by, now) = (content, author.clone(), house.now());
        let post = house
            .store
            .wait(move |db| db.add_post(&by, &adding, None, now))?;
        if self.fields.approve {
            approve::approve(&house, &author, post.id)?;
        }
        if globals.json {
            json::line(out, &serde_json::json!({ "id": post.id }))?;
        } else {
            writeln!(out, "{}", post.id)?;
        }
        Ok(Done::Whole)
    }
}
