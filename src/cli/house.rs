//! Opens what a command works with: configuration, clocks, data folder, log, database.
//!
//! Says in one line what is wrong with any of them.

use super::Globals;
use crate::config::{Config, ConfigError, Locations, Missing, who, zone_for};
use crate::domain::text_safety::visible;
use crate::domain::{Author, Channel, ChannelName, Clock, LocalTime, PostId};
use crate::logging;
use crate::platforms::{Http, Timeouts};
use crate::publisher::{ClockState, Setup};
use crate::runtime::caretaker::Duties;
use crate::runtime::clock::{PlanClock, RealClock};
use crate::runtime::logins;
use crate::runtime::outlets;
use crate::store::{PostView, Store, on_network_file_system};
use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle, Runtime};

/// What a command works with.
#[derive(Debug)]
pub(super) struct House {
    pub(super) locations: Locations,
    pub(super) config: Config,
    pub(super) zone: Tz,
    pub(super) author: Author,
    pub(super) plan_clock: PlanClock,
    pub(super) store: Store,
    /// The one client, so that the end of a command knows what is under way.
    http: Http,
}

/// Returns where everything is.
pub(super) fn locations(globals: &Globals) -> anyhow::Result<Locations> {
    Ok(Locations::new(
        globals.config.clone(),
        globals.data_dir.clone(),
        globals.db.clone(),
    )?)
}

/// Reads the configuration; the error is its first line, with the number of the others.
pub(super) fn configuration(locations: &Locations) -> anyhow::Result<Config> {
    load(locations).map_err(|errors| first_of(&errors))
}

/// Says the first of the errors, with the number of the others.
pub(super) fn first_of(errors: &[ConfigError]) -> anyhow::Error {
    let others = errors.len().saturating_sub(1);
    let first = errors
        .first()
        .map_or_else(String::new, ConfigError::to_string);
    match others {
        0 => anyhow!("{first}"),
        1 => anyhow!("{first} (and 1 more; `masthead doctor` lists them)"),
        many => anyhow!("{first} (and {many} more; `masthead doctor` lists them)"),
    }
}

/// Reads the configuration with all that is wrong with it.
pub(super) fn load(locations: &Locations) -> Result<Config, Vec<ConfigError>> {
    let missing = if locations.config_named {
        Missing::IsWrong
    } else {
        Missing::IsFine
    };
    Config::load(&locations.config, missing)
}

/// Reads `MASTHEAD_NOW`.
pub(super) fn plan_clock() -> anyhow::Result<PlanClock> {
    let setting = std::env::var("MASTHEAD_NOW").ok();
    Ok(PlanClock::from_setting(
        setting.as_deref(),
        RealClock.now(),
    )?)
}

/// What there is to say of the database before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It was there, or it is the usual one, which is made at the first start.
    There,
    /// Somebody named it, and there was none: it was made.
    Made,
}

impl House {
    /// Opens everything at the places that were named, for a command that works with posts that are there: a database that
    /// was named and is not there is refused, and not made.
    pub(super) fn open(globals: &Globals) -> anyhow::Result<Self> {
        let locations = locations(globals)?;
        if locations.db_named && !locations.db.exists() {
            return Err(no_database(&locations.db));
        }
        let config = configuration(&locations)?;
        refuse_network_file_system(&locations.db)?;
        Self::with(locations, config)
    }

    /// Opens everything at the places that were named, for a command that a plan may begin with.
    pub(super) fn open_or_make(globals: &Globals) -> anyhow::Result<(Self, Found)> {
        let locations = locations(globals)?;
        let found = if locations.db_named && !locations.db.exists() {
            Found::Made
        } else {
            Found::There
        };
        let config = configuration(&locations)?;
        refuse_network_file_system(&locations.db)?;
        Ok((Self::with(locations, config)?, found))
    }

    /// Opens like `open_or_make`, and says on stderr that a database was made.
    pub(super) fn open_and_say(globals: &Globals) -> anyhow::Result<Self> {
        let (house, found) = Self::open_or_make(globals)?;
        if found == Found::Made {
            let line = visible(&made(&house.locations.db));
            // Nobody may be listening any more.
            let _ = writeln!(std::io::stderr(), "masthead: {line}");
        }
        Ok(house)
    }

    /// Opens everything with a configuration that was read, or made.
    pub(super) fn with(locations: Locations, config: Config) -> anyhow::Result<Self> {
        let plan_clock = plan_clock()?;
        make_folder(&locations.data)?;
        // Without a log there is still everything that matters: outcomes are in the database.
        let _ = logging::start(&locations.log());
        let store = Store::open(&locations.db, RealClock.now())?;
        let channels = config.domain_channels();
        let (review, hashtags) = (config.review, config.hashtags.clone());
        store.wait(move |db| {
            db.set_review_rule(review);
            db.set_hashtags(hashtags);
            db.sync_channels(&channels)
        })?;
        let (zone, _) = zone_for(&config);
        Ok(Self {
            author: who::author(&config),
            locations,
            config,
            zone,
            plan_clock,
            store,
            http: Http::new(timeouts(), Arc::new(RealClock)),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.plan_clock.now()
    }

    /// Returns the machine's own time, whatever the plan's clock was set to.
    pub(super) fn real_now(&self) -> DateTime<Utc> {
        RealClock.now()
    }

    /// Returns the present wall time in a zone.
    pub(super) fn local_now(&self, zone: Tz) -> LocalTime {
        LocalTime::from_instant(self.now(), zone)
    }

    pub(super) fn post(&self, id: i64) -> anyhow::Result<PostView> {
        Ok(self.store.wait(move |db| db.post(PostId(id)))?)
    }

    /// Checks that channels are configured; the error names the nearest and lists them.
    pub(super) fn channels(&self, names: &[String]) -> anyhow::Result<Vec<ChannelName>> {
        let mut chosen = Vec::with_capacity(names.len());
        for name in names {
            let name = ChannelName::new(name.trim());
            if self.config.channel(&name).is_none() {
                return Err(anyhow!(self.config.no_such_channel(name.as_str())));
            }
            if !chosen.contains(&name) {
                chosen.push(name);
            }
        }
        let order = |name: &ChannelName| {
            self.config
                .channels
                .iter()
                .position(|configured| configured.channel.name == *name)
        };
        chosen.sort_by_key(order);
        Ok(chosen)
    }

    /// Returns the configured channels with their pinned accounts.
    pub(super) fn known_channels(&self) -> anyhow::Result<Vec<Channel>> {
        Ok(self.store.wait(|db| db.channels())?)
    }

    /// Returns what the publisher works with; fetches the secrets.
    pub(super) fn publisher_setup(&self, holder: &str) -> anyhow::Result<Setup> {
        self.setup_with(&self.config, holder)
    }

    /// Returns what the publisher works with by a configuration that was read again.
    pub(super) fn setup_with(&self, config: &Config, holder: &str) -> anyhow::Result<Setup> {
        let http = self.http();
        let known = self.known_channels()?;
        let media = self.locations.media();
        Ok(Setup {
            store: self.store.clone(),
            outlets: outlets::connect_all(config, &self.locations, &known, &http),
            late: config.late,
            plan_clock: Arc::new(self.plan_clock),
            clock_state: if self.plan_clock.is_set() {
                ClockState::Set
            } else {
                ClockState::Real
            },
            real_clock: Arc::new(RealClock),
            read_media: Arc::new(move |picture| super::attach::read(&media, picture)),
            holder: holder.to_owned(),
        })
    }

    /// Returns what whoever publishes cares for beside that.
    pub(super) fn duties(&self) -> Duties {
        let command = &self.config.notify_command;
        let (config, locations) = (self.config.clone(), self.locations.clone());
        Duties {
            store: self.store.clone(),
            real_clock: Arc::new(RealClock),
            notify_command: Some(command.clone()).filter(|command| !command.is_empty()),
            hidden: self.config.token_variables(),
            logins: Arc::new(move || logins::ends(&config, &locations)),
            login_notice_days: self.config.login_notice_days,
            backups: self.locations.backups(),
        }
    }

    pub(super) fn http(&self) -> Http {
        self.http.clone()
    }

    /// Makes what network calls and the publisher run in.
    pub(super) fn tasks(&self) -> anyhow::Result<Tasks> {
        self.tasks_on(2)
    }

    /// Makes it beside a screen, which has a thread of its own: a second one here would only wake the first.
    pub(super) fn tasks_beside_a_screen(&self) -> anyhow::Result<Tasks> {
        self.tasks_on(1)
    }

    fn tasks_on(&self, threads: usize) -> anyhow::Result<Tasks> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
            .context("the program cannot start its tasks")?;
        Ok(Tasks {
            runtime,
            http: self.http(),
        })
    }
}

fn timeouts() -> Timeouts {
    #[cfg(debug_assertions)]
    let timeouts = crate::runtime::planted::timeouts();
    #[cfg(not(debug_assertions))]
    let timeouts = Timeouts::default();
    timeouts
}

/// What network calls and the publisher run in. A login that is being renewed is awaited before it ends.
pub(super) struct Tasks {
    runtime: Runtime,
    http: Http,
}

impl Tasks {
    /// Does work to its end, and what it began that must not be broken off.
    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            let done = work.await;
            self.http.settled().await;
            done
        })
    }

    pub(super) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Ends without waiting for a secret's command, which may still run for seconds.
    pub(super) fn leave(self) {
        self.block_on(async {});
        self.runtime.shutdown_background();
    }
}

/// Says that a database that was named was made just now.
pub(super) fn made(db: &Path) -> String {
    format!("there was no database {}: a new one was made", db.display())
}

/// Says that there is no database where one is needed.
pub(super) fn no_database(db: &Path) -> anyhow::Error {
    anyhow!(
        "there is no database {}: open `masthead` once, or name it with --db",
        db.display()
    )
}

/// Makes a folder that only its owner can enter.
pub(super) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// Refuses a database where two machines could each take the lead.
pub(super) fn refuse_network_file_system(db: &Path) -> anyhow::Result<()> {
    if on_network_file_system(db) {
        bail!(
            "{} is on a network file system, whose locks cannot be trusted: put it on a local disk (--db)",
            db.display()
        );
    }
    Ok(())
}
