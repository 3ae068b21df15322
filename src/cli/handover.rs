//! `masthead handover`: a page for the next volunteer, as Markdown: accounts, where each secret comes from, what ends, what is
//! planned, what needs a person, and how to take over.
//!
//! Asks no platform and holds no secret: only where each of them comes from.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::connection::{Check, ConnectionStatus, Login};
use crate::domain::text_safety::visible;
use crate::domain::{DeliveryState, ReviewRule};
use crate::runtime::{connections, outlets};
use crate::store::{Ailing, Health, PostView, Wanted};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// So many posts are listed at the most.
const MOST: usize = 1_000;

/// Print a page for whoever takes over: accounts, what ends, what is planned, what needs a person.
#[derive(Debug, clap::Args)]
pub(super) struct Handover {
    /// What is planned within so many weeks
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=520))]
    weeks: u16,
}

/// The page, as JSON has it.
#[derive(Debug, Serialize)]
struct Page {
    written_at: String,
    by: String,
    places: Places,
    publishes: Option<Publishes>,
    frozen: Option<String>,
    channels: Vec<ChannelRow>,
    people: People,
    planned: Vec<Planned>,
    needs_a_person: Vec<Needs>,
}

#[derive(Debug, Serialize)]
struct Places {
    database: String,
    data: String,
    configuration: String,
    backups: String,
}

#[derive(Debug, Serialize)]
struct Publishes {
    holder: String,
    running: bool,
    last_tick: String,
}

#[derive(Debug, Serialize)]
struct ChannelRow {
    channel: String,
    platform: String,
    account: Option<String>,
    /// Where it comes from; null where none is needed.
    secret: Option<String>,
    #[serde(skip)]
    login: String,
    ends: Vec<Ending>,
    lacks: Vec<String>,
    trouble: Option<String>,
    last_success: Option<String>,
}

#[derive(Debug, Serialize)]
struct Ending {
    what: &'static str,
    at: String,
    soon: bool,
    words: String,
}

#[derive(Debug, Serialize)]
struct People {
    configured: Vec<String>,
    authors: Vec<String>,
    review_required: bool,
}

#[derive(Debug, Serialize)]
struct Planned {
    post: i64,
    title: String,
    at: Option<String>,
    #[serde(skip)]
    when: String,
    channels: Vec<String>,
    author: String,
    state: &'static str,
}

#[derive(Debug, Serialize)]
struct Needs {
    post: i64,
    title: String,
    channel: Option<String>,
    what: &'static str,
    reason: String,
}

impl Handover {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open(globals)?;
        let page = page(&house, self.weeks)?;
        if globals.json {
            json::line(out, &page)?;
        } else {
            print(&house, &page, self.weeks, out)?;
        }
        Ok(Done::Whole)
    }
}

fn page(house: &House, weeks: u16) -> anyhow::Result<Page> {
    let (now, real) = (house.now(), house.real_now());
    let known = house.known_channels()?;
    let outlets = outlets::connect_all(&house.config, &house.locations, &known, &house.http());
    let wanted = Wanted {
        from: Some(now),
        to: Some(now + TimeDelta::weeks(i64::from(weeks))),
        limit: MOST,
        ..Wanted::default()
    };
    let author = house.author.clone();
    let (paid, zone) = (connections::paid(&outlets), house.zone);
    let (seen, health, posts, queue, offered) = house.store.wait(move |db| {
        let seen = connections::seen(db, &paid, real, zone)?;
        let health = db.health(now)?;
        let posts = db.find(&wanted)?;
        Ok((seen, health, posts, db.queue(MOST)?, db.choices(&author)?))
    })?;
    let all = connections::known(&house.config, &house.locations, &outlets, &seen, real);
    let shown = |path: &std::path::Path| path.display().to_string();
    let undated = queue.next.iter().filter(|post| post.due_at.is_none());
    let mut planned: Vec<Planned> = posts.iter().map(|view| dated(house, view)).collect();
    planned.extend(undated.map(|post| {
        Planned {
            post: post.id.0,
            title: post.title.clone(),
            at: None,
            when: "without a time".to_owned(),
            channels: post
                .channels
                .iter()
                .map(|it| it.channel.to_string())
                .collect(),
            author: post.author.to_string(),
            state: post.glyph().word(),
        }
    }));
    let configured: BTreeSet<String> = house.config.authors.values().cloned().collect();
    let reviewers = queue.review.iter().map(|post| Needs {
        post: post.id.0,
        title: post.title.clone(),
        channel: None,
        what: "to review",
        reason: if post.held {
            "it is planned and not approved: without an approval it does not leave".to_owned()
        } else {
            "somebody asked for a second pair of eyes".to_owned()
        },
    });
    let ailing = health.ailing.iter().map(|one| needs(one, word(one.state)));
    let overdue = health.overdue.iter().map(|one| needs(one, "overdue"));
    Ok(Page {
        written_at: json::utc(now),
        by: house.author.to_string(),
        places: Places {
            database: shown(&house.locations.db),
            data: shown(&house.locations.data),
            configuration: shown(&house.locations.config),
            backups: shown(&house.locations.backups()),
        },
        publishes: publishes(&health, real),
        frozen: health
            .frozen
            .as_ref()
            .map(|freeze| match freeze.reason.as_str() {
                "" => format!("by {}", freeze.by),
                reason => format!("by {}: {reason}", freeze.by),
            }),
        channels: all.iter().map(|one| channel(house, one)).collect(),
        people: People {
            configured: configured.into_iter().collect(),
            authors: offered.authors.iter().map(ToString::to_string).collect(),
            review_required: house.config.review == ReviewRule::Required,
        },
        planned,
        needs_a_person: ailing.chain(overdue).chain(reviewers).collect(),
    })
}

fn dated(house: &House, view: &PostView) -> Planned {
    let content = &view.post.content;
    let due = view.deliveries.iter().filter_map(|one| one.due_at).min();
    let due = due.or(content.plan.at().map(|at| at.instant()));
    Planned {
        post: view.post.id.0,
        title: content.display_title(),
        at: due.map(json::utc),
        when: due.map_or_else(|| "without a time".to_owned(), |at| local(house, at)),
        channels: content
            .variants
            .iter()
            .map(|it| it.channel.to_string())
            .collect(),
        author: view.post.author.to_string(),
        state: super::list::state(view, house.config.review),
    }
}

fn publishes(health: &Health, real: DateTime<Utc>) -> Option<Publishes> {
    let leader = health.leader.as_ref()?;
    Some(Publishes {
        holder: leader.holder.clone(),
        running: leader.alive && real - leader.tick_at < TimeDelta::minutes(3),
        last_tick: json::utc(leader.tick_at),
    })
}

fn channel(house: &House, one: &ConnectionStatus) -> ChannelRow {
    let like = one
        .like
        .map_or_else(String::new, |like| format!(" like {like}"));
    ChannelRow {
        channel: one.channel.to_string(),
        platform: format!("{}{like}", one.platform),
        account: one.account.clone(),
        secret: one.login.source().map(str::to_owned),
        login: match &one.login {
            Login::From(source) => source.clone(),
            Login::NoneNeeded(why) => format!("none; {why}"),
        },
        ends: one
            .ends
            .iter()
            .map(|end| Ending {
                what: end.what,
                at: json::utc(end.at),
                soon: end.is_near,
                words: end.words.clone(),
            })
            .collect(),
        lacks: (one.permission.iter())
            .flat_map(|it| &it.lacks)
            .map(|lack| lack.words.clone())
            .collect(),
        trouble: match &one.check {
            Check::Fails(reason) => Some(reason.clone()),
            Check::NotAsked | Check::Works | Check::Sleeps => None,
        },
        last_success: one.last_success.as_ref().map(|last| local(house, last.at)),
    }
}

fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "to post by hand",
        other => other.word(),
    }
}

fn needs(one: &Ailing, what: &'static str) -> Needs {
    Needs {
        post: one.post.0,
        title: one.title.clone(),
        channel: Some(one.channel.to_string()),
        what,
        reason: one.reason.clone(),
    }
}

fn local(house: &House, at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&house.zone);
    at.format("%a %-d %b %Y %H:%M").to_string()
}

/// What stands in a cell of a table: one line that ends no cell and steers no terminal.
fn cell(text: &str) -> String {
    visible(text).replace('|', "\\|")
}

fn print(house: &House, page: &Page, weeks: u16, out: &mut impl Write) -> std::io::Result<()> {
    let at = local(house, house.now());
    writeln!(out, "# Masthead: handover\n")?;
    writeln!(
        out,
        "Written {at} by {}; times are of {}.",
        cell(&page.by),
        house.zone.name()
    )?;
    writeln!(
        out,
        "No secret is on this page: only where each of them comes from."
    )?;
    places(page, out)?;
    accounts(page, out)?;
    people(page, out)?;
    writeln!(out, "\n## Planned in the next {weeks} weeks\n")?;
    if page.planned.is_empty() {
        writeln!(out, "Nothing.")?;
    } else {
        writeln!(
            out,
            "| when | post | channels | by | state |\n| --- | --- | --- | --- | --- |"
        )?;
        for one in &page.planned {
            writeln!(
                out,
                "| {} | {} {} | {} | {} | {} |",
                one.when,
                one.post,
                cell(&one.title),
                cell(&one.channels.join(", ")),
                cell(&one.author),
                one.state
            )?;
        }
    }
    writeln!(out, "\n## What needs a person\n")?;
    if page.needs_a_person.is_empty() {
        writeln!(out, "Nothing.")?;
    }
    for one in &page.needs_a_person {
        let on = one
            .channel
            .as_ref()
            .map_or_else(String::new, |channel| format!(" on {channel}"));
        let why = match one.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let line = format!("- {}: post {} “{}”{on}{why}", one.what, one.post, one.title);
        writeln!(out, "{}", visible(&line))?;
    }
    take_over(page, out)
}

fn places(page: &Page, out: &mut impl Write) -> std::io::Result<()> {
    let places = &page.places;
    writeln!(out, "\n## Where everything is\n")?;
    for (name, path) in [
        ("database", &places.database),
        ("configuration", &places.configuration),
        ("pictures, stored logins, log", &places.data),
        ("copies of the database", &places.backups),
    ] {
        writeln!(out, "- {name}: `{}`", visible(path))?;
    }
    let line = match &page.publishes {
        Some(one) if one.running => format!("{} publishes now", one.holder),
        Some(one) => format!(
            "nobody publishes now; the last one was {} at {}",
            one.holder, one.last_tick
        ),
        None => "nobody has published from here yet".to_owned(),
    };
    writeln!(out, "- {}", visible(&line))?;
    if let Some(frozen) = &page.frozen {
        writeln!(
            out,
            "- {}",
            visible(&format!("FROZEN {frozen}; `masthead thaw` ends it"))
        )?;
    }
    Ok(())
}

fn accounts(page: &Page, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "\n## Accounts\n")?;
    if page.channels.is_empty() {
        return writeln!(out, "No channel is configured.");
    }
    writeln!(
        out,
        "| channel | platform | account | its secret comes from | published last |\n| --- | --- | --- | --- | --- |"
    )?;
    for one in &page.channels {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            cell(&one.channel),
            one.platform,
            cell(match (&one.account, &one.secret) {
                (Some(account), _) => account,
                (None, Some(_)) => "not connected yet",
                (None, None) => "no account",
            }),
            cell(&one.login),
            one.last_success.as_deref().unwrap_or("never")
        )?;
    }
    let ends = page.channels.iter().flat_map(|one| &one.ends);
    let ends = ends.map(|end| (end.words.clone(), if end.soon { "**soon** " } else { "" }));
    let troubles = page.channels.iter().filter_map(|one| {
        let trouble = one.trouble.as_ref()?;
        Some((format!("{}: {trouble}", one.channel), "**now** "))
    });
    let lacks = page.channels.iter().flat_map(|one| {
        let lacks = one.lacks.iter();
        lacks.map(|lack| (format!("{}: {lack}", one.channel), "**soon** "))
    });
    for (at, (line, mark)) in ends.chain(lacks).chain(troubles).enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        writeln!(out, "- {mark}{}", visible(&line))?;
    }
    Ok(())
}

fn people(page: &Page, out: &mut impl Write) -> std::io::Result<()> {
    let listed = |names: &[String]| match names {
        [] => "nobody yet".to_owned(),
        names => visible(&names.join(", ")),
    };
    let people = &page.people;
    writeln!(out, "\n## People\n")?;
    writeln!(
        out,
        "- named in `[authors]`: {}",
        listed(&people.configured)
    )?;
    writeln!(out, "- have written posts: {}", listed(&people.authors))?;
    let rule = if people.review_required {
        "nothing leaves without the approval of somebody other than its author"
    } else {
        "a post may leave without an approval"
    };
    writeln!(out, "- review: {rule}")?;
    writeln!(
        out,
        "- who may use an account itself is kept by its platform: ask there for a role of your own before the others leave"
    )
}

fn take_over(page: &Page, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "\n## How to take over\n")?;
    let steps = [
        "`masthead doctor` says what is wrong with the setup, `masthead channels --check` whether each account works.",
        "`masthead login CHANNEL` connects an account with your own login; a channel refuses another account than its own.",
        "`masthead status` names what needs a person; `masthead` shows it (*needs you* in the queue, the outbox, the review page).",
        "`masthead daemon` publishes without a screen; one at a time does, the others wait.",
        "`masthead freeze` stops everything that leaves while you look around, `masthead thaw` lets it go again.",
        "`masthead backup FILE` copies the plan; `masthead restore FILE` brings it back and sends nothing twice.",
    ];
    for (at, step) in steps.iter().enumerate() {
        writeln!(out, "{}. {step}", at + 1)?;
    }
    if page
        .channels
        .iter()
        .filter_map(|one| one.secret.as_ref())
        .any(|source| source.starts_with("token_env"))
    {
        writeln!(
            out,
            "\nSecrets of `token_env` live in the environment of whoever starts Masthead: hand them over by your own way, never on this page."
        )?;
    }
    Ok(())
}
