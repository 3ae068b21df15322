//! `masthead list`: posts by time, undated last.

use super::chosen::Chosen;
use super::house::House;
use super::{Done, Globals, freeze, json, times};
use crate::domain::text_safety::visible;
use crate::domain::{Glyph, ReviewRule};
use crate::store::{PostView, Wanted};
use std::io::Write;

/// List posts by time.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// From this day or time on
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Before this day or time
    #[arg(long, value_name = "WHEN")]
    to: Option<String>,
    /// The trash too
    #[arg(long)]
    trashed: bool,
    /// At most this many
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    chosen: Chosen,
}

impl List {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let bound = |flag: &str, words: &Option<String>| {
            words
                .as_deref()
                .map(|words| times::bound(&house, flag, words).map(|time| time.instant()))
                .transpose()
        };
        let (from, to) = (bound("--from", &self.from)?, bound("--to", &self.to)?);
        let wanted = Wanted {
            from,
            to,
            trashed: self.trashed,
            limit: self.limit,
            ..self.chosen.wanted(&house)?
        };
        let views = house.store.wait(move |db| db.find(&wanted))?;
        if globals.json {
            let shown: Vec<_> = views
                .iter()
                .map(|view| json::view(view, house.zone))
                .collect();
            json::line(out, &shown)?;
            return Ok(Done::Whole);
        }
        freeze::remind(&house, globals)?;
        for view in &views {
            let due = view.deliveries.iter().filter_map(|one| one.due_at).min();
            let due = due.or(view.post.content.plan.at().map(|time| time.instant()));
            let when = due.map_or_else(
                || view.post.content.plan.word().to_owned(),
                |at| {
                    at.with_timezone(&house.zone)
                        .format("%Y-%m-%d %H:%M")
                        .to_string()
                },
            );
            let channels: Vec<&str> = view
                .post
                .content
                .variants
                .iter()
                .map(|variant| variant.channel.as_str())
                .collect();
            writeln!(
                out,
                "{:>5}  {when:<16}  {:<10}  {:<9}  {:<24}  {}",
                view.post.id,
                state(view, house.config.review),
                view.post.content.kind.word(),
                channels.join(","),
                visible(&view.post.content.display_title())
            )?;
        }
        Ok(Done::Whole)
    }
}

/// Returns the one word for a post's state.
pub(super) fn state(view: &PostView, rule: ReviewRule) -> &'static str {
    if view.post.content.trashed {
        return "trashed";
    }
    let held = rule.holds(view.post.content.scheduled, view.review);
    let states = view.deliveries.iter().map(|one| one.state);
    Glyph::of(states, held, view.review).word()
}
