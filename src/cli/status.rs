//! `masthead status`: whether all is well, for a person, for cron and for monitoring.
//!
//! Status 0: all is well; 3: something needs a person; 1: it cannot be told. Creates no database and calls no platform.

use super::house::{self, plan_clock};
use super::{Done, Globals, json};
use crate::config::{Config, Locations, zone_for};
use crate::domain::text_safety::visible;
use crate::domain::{Clock, DeliveryState};
use crate::runtime::clock::RealClock;
use crate::runtime::{logins, outlets};
use crate::secrets::{SecretError, SecretSource};
use crate::store::{Ailing, Db, Health, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use std::io::{self, Write};

/// Something that is waiting this long after its time is overdue.
const OVERDUE: TimeDelta = TimeDelta::minutes(2);
/// A leader writes its tick once a minute; one that is silent for this long hangs.
const SILENT: TimeDelta = TimeDelta::minutes(5);
/// How many rows of each kind are printed for a person; JSON has all.
const MOST_ROWS: usize = 10;

/// Say whether all is well; exit status 3 when something needs a person.
#[derive(Debug, clap::Args)]
pub(super) struct Status {}

#[derive(Debug, Serialize)]
struct Shown {
    needs_you: bool,
    leader: Option<ShownLeader>,
    frozen: Option<ShownFreeze>,
    next: Option<ShownNext>,
    unknown: usize,
    failed: usize,
    missed: usize,
    by_hand: usize,
    overdue: usize,
    deliveries: Vec<Row>,
    uploads: Vec<Uploading>,
    secrets: Vec<Unread>,
    tokens: Vec<Token>,
    database: Database,
}

/// A login, or a version of an API, that ends by itself.
#[derive(Debug, Serialize)]
struct Token {
    channel: String,
    what: &'static str,
    ends_at: String,
    days: i64,
    needs_you: bool,
    #[serde(skip)]
    words: String,
}

/// Nothing leaves, on purpose.
#[derive(Debug, Serialize)]
struct ShownFreeze {
    by: String,
    reason: String,
    since: String,
}

#[derive(Debug, Serialize)]
struct ShownLeader {
    holder: String,
    alive: bool,
    last_tick: String,
    silent: bool,
}

#[derive(Debug, Serialize)]
struct ShownNext {
    at: String,
    post: i64,
    title: String,
    channels: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    post: i64,
    title: String,
    channel: String,
    state: &'static str,
    overdue: bool,
    due_at: Option<String>,
    reason: String,
}

/// A large file on its way.
#[derive(Debug, Serialize)]
struct Uploading {
    post: i64,
    channel: String,
    percent: u64,
    sent: u64,
    total: u64,
    bytes_per_second: Option<u64>,
    seconds_left: Option<u64>,
    #[serde(skip)]
    words: String,
}

/// A channel whose secret this process cannot read.
#[derive(Debug, Serialize)]
struct Unread {
    channel: String,
    reason: String,
    /// Whether it is a variable of an environment that a running publisher may have.
    environment: bool,
}

#[derive(Debug, Serialize)]
struct Database {
    file: String,
    bytes: u64,
    schema: i64,
}

impl Status {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let locations = house::locations(globals)?;
        let config = house::configuration(&locations)?;
        let now = plan_clock()?.now();
        if !locations.db.exists() {
            return Err(house::no_database(&locations.db));
        }
        house::refuse_network_file_system(&locations.db)?;
        let store = Store::open(&locations.db, RealClock.now())?;
        let health = store.wait(move |db| db.health(now - OVERDUE))?;
        let unread = unread(&config, &locations);
        let file = store.path().display().to_string();
        let real = RealClock.now();
        let tokens = logins::ends(&config, &locations)
            .iter()
            .map(|end| Token {
                channel: end.channel.to_string(),
                what: end.what.word(),
                ends_at: json::utc(end.at),
                days: end.days(real),
                needs_you: end.is_near(real, config.login_notice_days),
                words: end.words(real),
            })
            .collect();
        let shown = Shown {
            uploads: store.wait(uploads)?,
            ..shown(&health, (unread, tokens), file, real)
        };
        if globals.json {
            json::line(out, &shown)?;
        } else {
            let (zone, _) = zone_for(&config);
            print(out, &shown, &health, zone)?;
        }
        Ok(if shown.needs_you {
            Done::InPart
        } else {
            Done::Whole
        })
    }
}

fn shown(
    health: &Health,
    (secrets, tokens): (Vec<Unread>, Vec<Token>),
    file: String,
    real: DateTime<Utc>,
) -> Shown {
    let count = |state| {
        health
            .ailing
            .iter()
            .filter(|one| one.state == state)
            .count()
    };
    let leader = health.leader.as_ref().map(|leader| ShownLeader {
        holder: leader.holder.clone(),
        alive: leader.alive,
        last_tick: json::utc(leader.tick_at),
        silent: leader.alive && real - leader.tick_at > SILENT,
    });
    let led = leader
        .as_ref()
        .is_some_and(|leader| leader.alive && !leader.silent);
    // What is late while somebody publishes is tried again, or leaves one by one, by itself.
    let stuck = !led && !health.overdue.is_empty();
    let silent = leader.as_ref().is_some_and(|leader| leader.silent);
    let unreadable = secrets.iter().any(|one| !(one.environment && led));
    let ending = tokens.iter().any(|token| token.needs_you);
    Shown {
        needs_you: !health.ailing.is_empty() || stuck || silent || unreadable || ending,
        leader,
        frozen: health.frozen.as_ref().map(|freeze| ShownFreeze {
            by: freeze.by.to_string(),
            reason: freeze.reason.clone(),
            since: json::utc(freeze.since),
        }),
        next: health.next.as_ref().map(|next| ShownNext {
            at: json::utc(next.at),
            post: next.post.0,
            title: next.title.clone(),
            channels: next.channels.iter().map(ToString::to_string).collect(),
        }),
        unknown: count(DeliveryState::Unknown),
        failed: count(DeliveryState::Failed),
        missed: count(DeliveryState::Missed),
        by_hand: count(DeliveryState::Waiting),
        overdue: health.overdue.len(),
        deliveries: health
            .ailing
            .iter()
            .map(|one| row(one, false))
            .chain(health.overdue.iter().map(|one| row(one, true)))
            .collect(),
        uploads: Vec::new(),
        secrets,
        tokens,
        database: Database {
            file,
            bytes: health.bytes,
            schema: health.layout,
        },
    }
}

fn uploads(db: &mut Db) -> Result<Vec<Uploading>, StoreError> {
    let running = db.uploads_running()?;
    let named = running.into_iter().map(|upload| {
        let delivery = db.delivery(upload.delivery)?;
        Ok(Uploading {
            post: delivery.post.0,
            channel: delivery.channel.to_string(),
            percent: upload.percent(),
            sent: upload.sent,
            total: upload.total,
            bytes_per_second: upload.rate(),
            seconds_left: upload.seconds_left(),
            words: upload.words(),
        })
    });
    named.collect()
}

fn row(one: &Ailing, overdue: bool) -> Row {
    Row {
        post: one.post.0,
        title: one.title.clone(),
        channel: one.channel.to_string(),
        state: one.state.word(),
        overdue,
        due_at: one.due_at.map(json::utc),
        reason: one.reason.clone(),
    }
}

/// Asks for every secret, all at the same time: a command may take seconds.
fn unread(config: &Config, locations: &Locations) -> Vec<Unread> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = config
            .channels
            .iter()
            .filter(|configured| {
                let channel = &configured.channel;
                !channel.platform.is_local() && !channel.dormant
            })
            .map(|configured| {
                let source = outlets::source(configured, locations);
                scope.spawn(move || {
                    let error = source.resolve().err()?;
                    let name = &configured.channel.name;
                    let reason = match error {
                        SecretError::Missing(_) if configured.secret.is_none() => {
                            format!("nobody has logged in yet: run `masthead login {name}`")
                        }
                        error => error.to_string(),
                    };
                    Some(Unread {
                        channel: name.to_string(),
                        reason,
                        environment: matches!(source, SecretSource::Env(_)),
                    })
                })
            })
            .collect();
        asked
            .into_iter()
            .filter_map(|thread| thread.join().ok().flatten())
            .collect()
    })
}

fn print(out: &mut impl Write, shown: &Shown, health: &Health, zone: Tz) -> io::Result<()> {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M");
    let publishing = match &health.leader {
        None => {
            "nothing publishes, and nothing ever did: run `masthead` or `masthead daemon`".into()
        }
        Some(leader) if !leader.alive => format!(
            "nothing publishes; {} did, last at {}",
            leader.holder,
            local(leader.tick_at)
        ),
        Some(leader) if shown.leader.as_ref().is_some_and(|one| one.silent) => format!(
            "{} leads but has been silent since {}: restart it",
            leader.holder,
            local(leader.tick_at)
        ),
        Some(leader) => format!(
            "{} publishes, last tick {}",
            leader.holder,
            local(leader.tick_at)
        ),
    };
    writeln!(out, "{}", visible(&publishing))?;
    if let Some(freeze) = &health.frozen {
        let line = format!(
            "nothing leaves: {} since {}; `masthead thaw` ends it",
            freeze.words(),
            local(freeze.since)
        );
        writeln!(out, "{}", visible(&line))?;
    }
    match &health.next {
        None => writeln!(out, "nothing is waiting")?,
        Some(next) => {
            let channels: Vec<&str> = next.channels.iter().map(|name| name.as_str()).collect();
            let line = format!(
                "next {}: post {} on {}: {}",
                local(next.at),
                next.post,
                channels.join(", "),
                next.title
            );
            writeln!(out, "{}", visible(&line))?;
        }
    }
    writeln!(
        out,
        "{} unknown, {} failed, {} missed, {} overdue, {} to post by hand",
        shown.unknown, shown.failed, shown.missed, shown.overdue, shown.by_hand
    )?;
    for list in [&health.ailing, &health.overdue] {
        for one in list.iter().take(MOST_ROWS) {
            let due = one
                .due_at
                .map_or_else(String::new, |at| format!(", due {}", local(at)));
            let line = format!(
                "  {} on {}: {}{due}: {} {}",
                one.post,
                one.channel,
                one.state.word(),
                one.title,
                one.reason
            );
            writeln!(out, "{}", visible(line.trim_end()))?;
        }
        if list.len() > MOST_ROWS {
            writeln!(out, "  and {} more", list.len() - MOST_ROWS)?;
        }
    }
    for one in &shown.uploads {
        let line = format!("  {} on {}: {}", one.post, one.channel, one.words);
        writeln!(out, "{}", visible(&line))?;
    }
    for one in &shown.secrets {
        writeln!(
            out,
            "{}",
            visible(&format!("{}: {}", one.channel, one.reason))
        )?;
    }
    for token in shown.tokens.iter().filter(|token| token.needs_you) {
        writeln!(out, "{}", visible(&token.words))?;
    }
    let database = format!(
        "{}, {} KiB, layout {}",
        shown.database.file,
        shown.database.bytes.div_ceil(1024),
        shown.database.schema
    );
    writeln!(out, "{}", visible(&database))?;
    writeln!(
        out,
        "{}",
        if shown.needs_you {
            "something needs you"
        } else {
            "all is well"
        }
    )
}
