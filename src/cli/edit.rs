//! `masthead edit`: changes a post's text and fields, unless somebody changed it meanwhile.

use super::fields::{Fields, not_empty, stdin_text};
use super::house::House;
use super::{Done, Globals, approve, cards, json};
use clap::ArgMatches;
use std::io::{IsTerminal, Write};

/// Change a post; a new text is read from stdin where that is no terminal.
#[derive(Debug, clap::Args)]
pub(super) struct Edit {
    /// The post
    id: i64,
    /// Refuse when the post is no longer at this revision
    #[arg(long, value_name = "N")]
    revision: Option<i64>,
    #[command(flatten)]
    fields: Fields,
}

impl Edit {
    pub(super) fn run(
        self,
        globals: &Globals,
        own: &ArgMatches,
        out: &mut impl Write,
    ) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let view = house.post(self.id)?;
        let mut content = view.post.content.clone();
        if !std::io::stdin().is_terminal() {
            let text = stdin_text()?;
            // Nothing on stdin is how a script says that the text stays.
            if !text.is_empty() {
                content.text = text;
            }
        }
        self.fields.apply(&house, own, &mut content)?;
        not_empty(&content)?;
        if self.fields.has_link() {
            cards::pin(&house, &mut content)?;
        }
        let author = self.fields.author(&house);
        let base = self.revision.unwrap_or(view.post.revision);
        let (id, by, now) = (view.post.id, author.clone(), house.now());
        let post = house
            .store
            .wait(move |db| db.save_post(&by, id, base, &content, "edited", now))?;
        if self.fields.approve {
            approve::approve(&house, &author, post.id)?;
        }
        if globals.json {
            json::line(out, &json::view(&house.post(self.id)?, house.zone))?;
        } else {
            writeln!(out, "saved {} as revision {}", post.id, post.revision)?;
        }
        Ok(Done::Whole)
    }
}
