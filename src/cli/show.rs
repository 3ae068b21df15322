//! `masthead show`: one post and where it stands on each channel.

use super::house::House;
use super::{Done, Globals, cards, freeze, json, list, review, times};
use crate::domain::by_hand::is_asked;
use crate::domain::text_safety::visible;
use crate::domain::{DeliveryState, Plan};
use std::io::Write;

/// Show a post and its deliveries.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The post
    id: i64,
}

impl Show {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let view = house.post(self.id)?;
        if globals.json {
            json::line(out, &json::view(&view, house.zone))?;
            return Ok(Done::Whole);
        }
        let content = &view.post.content;
        let when = match content.plan {
            Plan::At(time) => times::shown(time),
            other => other.word().to_owned(),
        };
        writeln!(
            out,
            "{}  {}\n{} by {}, {when}, {}",
            view.post.id,
            visible(&content.display_title()),
            content.kind.word(),
            visible(view.post.author.as_str()),
            list::state(&view, house.config.review),
        )?;
        writeln!(out)?;
        lines(out, &content.text)?;
        for variant in content.variants.iter().filter(|variant| variant.is_own()) {
            writeln!(out, "\n{} has its own text:", variant.channel)?;
            lines(out, content.text_for(&variant.channel))?;
        }
        cards::show(&house, content, out)?;
        let options = (content.variants.iter())
            .flat_map(|one| one.options.iter().map(|option| (&one.channel, option)));
        for (at, (channel, (name, value))) in options.enumerate() {
            if at == 0 {
                writeln!(out)?;
            }
            writeln!(out, "{}", visible(&format!("{channel}.{name} = {value}")))?;
        }
        if !view.deliveries.is_empty() {
            writeln!(out)?;
        }
        let mut states = view.deliveries.iter().map(|one| one.state);
        if states.any(|state| state == DeliveryState::Waiting) {
            freeze::remind(&house, globals)?;
        }
        for delivery in &view.deliveries {
            let mut said = vec![delivery.state.word().to_owned()];
            said.extend(delivery.permalink.clone());
            if !delivery.reason.is_empty() {
                said.push(delivery.reason.clone());
            }
            if let Some(next) = delivery.next_try {
                let next = next.with_timezone(&house.zone).format("%H:%M:%S");
                let what = if is_asked(delivery) {
                    "until"
                } else {
                    "next try"
                };
                said.push(format!("{what} {next}"));
            }
            writeln!(
                out,
                "{:<16}  {}",
                delivery.channel,
                visible(&said.join("  "))
            )?;
        }
        let (author, id, now) = (house.author.clone(), view.post.id, house.now());
        let one = house.store.wait(move |db| db.reviewed(id, &author, now))?;
        if !one.notes.is_empty() || !one.approvals.is_empty() {
            writeln!(out, "\n{}", view.review.word())?;
            review::notes(&house, &one.notes, out)?;
        }
        for (channel, approval) in &one.approvals {
            let (at, by) = (freeze::local(&house, approval.at), approval.author.as_str());
            writeln!(
                out,
                "  {at}  {}",
                visible(&format!("{by} approved it for {channel}"))
            )?;
        }
        Ok(Done::Whole)
    }
}

/// Writes a text line by line, without what could steer the terminal.
pub(super) fn lines(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    text.split('\n')
        .try_for_each(|line| writeln!(out, "  {}", visible(line)))
}
