//! `masthead people`: the directory of people, packages and institutions that posts name by `@@key`.
//!
//! How a handle is written is each platform's rule (`text::naming`); lines of CSV are read by `exchange::people`.

use super::house::House;
use super::{Done, Globals, json};
use crate::domain::directory::{DirectoryError, EntryKind, Key, checked_name};
use crate::domain::text_safety::visible;
use crate::domain::{Directory, DirectoryChange, Entry, PlatformId, PostId};
use crate::exchange::people::{Row, read, write};
use crate::text::naming;
use anyhow::{Context, anyhow, bail};
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// More than this is no directory, in bytes.
const MOST_CSV: u64 = 10_000_000;
/// So many wrong lines are told at the most.
const MOST_TOLD: usize = 20;

/// List who is who, or change it.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct People {
    #[command(subcommand)]
    command: Option<Change>,
}

#[derive(Debug, clap::Subcommand)]
enum Change {
    /// Take somebody in
    Add(Add),
    /// Change what is named, and leave the rest
    Edit(Edit),
    /// Take somebody out
    Remove(Remove),
    /// Take in a CSV file: its lines are added or changed, who is not in it stays
    Import(Import),
    /// Print everybody as CSV
    Export,
}

/// Take somebody in.
#[derive(Debug, clap::Args)]
struct Add {
    /// The name that people read
    name: String,
    /// What stands after @@ in a text [default: made of the name]
    #[arg(long)]
    key: Option<Key>,
    /// person, package or institution
    #[arg(long, default_value = "person")]
    kind: EntryKind,
    #[command(flatten)]
    handles: Handles,
}

/// Change what is named.
#[derive(Debug, clap::Args)]
struct Edit {
    /// What stands after @@ in a text
    key: Key,
    /// The name that people read
    #[arg(long)]
    name: Option<String>,
    /// person, package or institution
    #[arg(long)]
    kind: Option<EntryKind>,
    #[command(flatten)]
    handles: Handles,
}

/// Take somebody out.
#[derive(Debug, clap::Args)]
struct Remove {
    /// What stands after @@ in a text
    #[arg(required = true)]
    keys: Vec<Key>,
}

/// Take in a CSV file.
#[derive(Debug, clap::Args)]
struct Import {
    /// The file; - reads stdin
    file: PathBuf,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
}

/// One flag for each platform on which people have handles; an empty handle takes away what there is.
#[derive(Clone, Debug, Default)]
struct Handles(Vec<(PlatformId, String)>);

impl clap::FromArgMatches for Handles {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut handles = Self::default();
        handles.update_from_arg_matches(matches)?;
        Ok(handles)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let given = naming::platforms().filter_map(|platform| {
            let handle = matches.get_one::<String>(platform.word())?;
            Some((platform, handle.clone()))
        });
        self.0 = given.collect();
        Ok(())
    }
}

impl clap::Args for Handles {
    fn augment_args(command: Command) -> Command {
        naming::platforms().fold(command, |command, platform| {
            command.arg(
                Arg::new(platform.word())
                    .long(platform.word())
                    .value_name("HANDLE")
                    .help(format!("Handle on {}", platform.label())),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    key: &'a str,
    name: &'a str,
    kind: &'static str,
    handles: BTreeMap<&'static str, &'a str>,
}

impl People {
    pub(super) fn run(self, globals: &Globals, out: &mut impl Write) -> anyhow::Result<Done> {
        let house = House::open_and_say(globals)?;
        let known = house.store.wait(|db| db.directory())?;
        match self.command {
            None => {
                list(globals, &known, out)?;
                return Ok(Done::Whole);
            }
            Some(Change::Export) => {
                out.write_all(write(known.entries()).as_bytes())?;
                return Ok(Done::Whole);
            }
            Some(Change::Add(add)) => {
                let entry = add.entry(&known)?;
                change(&house, globals, vec![entry], Vec::new(), out)?;
            }
            Some(Change::Edit(edit)) => {
                let entry = edit.entry(&known)?;
                change(&house, globals, vec![entry], Vec::new(), out)?;
            }
            Some(Change::Remove(remove)) => {
                for key in &remove.keys {
                    find(&known, key)?;
                }
                change(&house, globals, Vec::new(), remove.keys, out)?;
            }
            Some(Change::Import(import)) => import.run(&house, globals, &known, out)?,
        }
        Ok(Done::Whole)
    }
}

impl Add {
    fn entry(self, known: &Directory) -> anyhow::Result<Entry> {
        let made = || {
            Key::of_name(&self.name).ok_or_else(|| {
                anyhow!(
                    "no letter of `{}` can stand after @@: give it a --key",
                    self.name
                )
            })
        };
        let key = self.key.clone().map_or_else(made, Ok)?;
        if let Some(there) = known.entry(key.as_str()) {
            bail!(
                "@@{key} is {} already: `masthead people edit {key}` changes it, --key takes another one",
                there.name
            );
        }
        let mut entry = Entry::new(key, &self.name, self.kind)?;
        set_handles(&mut entry, &self.handles.0).map_err(|why| anyhow!(why))?;
        Ok(entry)
    }
}

impl Edit {
    fn entry(self, known: &Directory) -> anyhow::Result<Entry> {
        let mut entry = find(known, &self.key)?.clone();
        if let Some(name) = &self.name {
            entry.name = checked_name(name)?;
        }
        entry.kind = self.kind.unwrap_or(entry.kind);
        set_handles(&mut entry, &self.handles.0).map_err(|why| anyhow!(why))?;
        Ok(entry)
    }
}

fn find<'a>(known: &'a Directory, key: &Key) -> anyhow::Result<&'a Entry> {
    known.entry(key.as_str()).ok_or_else(|| {
        let near = known.nearest(key.as_str());
        let near = near.map_or_else(String::new, |near| format!(": did you mean @@{near}?"));
        anyhow!("nobody in the directory is @@{key}{near}")
    })
}

fn set_handles(entry: &mut Entry, handles: &[(PlatformId, String)]) -> Result<(), String> {
    for (platform, written) in handles {
        if written.trim().is_empty() {
            entry.handles.remove(platform);
        } else {
            let kept = naming::handle(*platform, written)?;
            entry.handles.insert(*platform, kept);
        }
    }
    Ok(())
}

impl Import {
    fn run(
        self,
        house: &House,
        globals: &Globals,
        known: &Directory,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let text = text_of(&self.file)?;
        let rows = read(&text).map_err(|why| anyhow!("{}: {why}", self.file.display()))?;
        let mut put: Vec<Entry> = Vec::new();
        let mut wrong = Vec::new();
        for row in rows {
            match taken_in(&row, known, &put) {
                Ok(entry) => put.push(entry),
                Err(why) => wrong.push(format!("line {}: {why}", row.line)),
            }
        }
        refuse(&self.file, &wrong)?;
        if self.dry_run {
            let change = house.store.wait(move |db| db.would_change(&put, &[]))?;
            return report(globals, &change, "would be ", out);
        }
        change(house, globals, put, Vec::new(), out)
    }
}

/// Says every line that is wrong; one alone is the error itself.
fn refuse(file: &Path, wrong: &[String]) -> anyhow::Result<()> {
    let file = file.display();
    match wrong {
        [] => Ok(()),
        [only] => bail!("{file}: {only} (nothing was imported)"),
        many => {
            for line in many.iter().take(MOST_TOLD) {
                let line = visible(&format!("{file}: {line}"));
                writeln!(std::io::stderr(), "masthead: {line}")?;
            }
            bail!(
                "{file}: {} lines are wrong, nothing was imported",
                many.len()
            )
        }
    }
}

/// Makes an entry of a line, on top of what is known.
fn taken_in(row: &Row, known: &Directory, before: &[Entry]) -> Result<Entry, String> {
    let told = |why: DirectoryError| why.to_string();
    let name = row.name.as_deref().unwrap_or_default();
    let key: Key = match row.key.as_str() {
        "" => Key::of_name(name)
            .ok_or_else(|| format!("no letter of `{name}` can stand after @@: give it a key"))?,
        key => key.parse().map_err(told)?,
    };
    if before.iter().any(|entry| entry.key == key) {
        return Err(format!("@@{key} stands in the file twice: leave one out"));
    }
    let kind = row.kind.as_deref().filter(|kind| !kind.is_empty());
    let kind = kind.map(str::parse).transpose().map_err(told)?;
    let mut entry = match known.entry(key.as_str()) {
        Some(entry) => entry.clone(),
        None => Entry::new(key, name, EntryKind::default()).map_err(told)?,
    };
    if row.name.is_some() {
        entry.name = checked_name(name).map_err(told)?;
    }
    entry.kind = kind.unwrap_or(entry.kind);
    set_handles(&mut entry, &row.handles)?;
    Ok(entry)
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(MOST_CSV + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MOST_CSV + 1).read_to_end(&mut bytes))
    };
    let read = read.with_context(|| format!("{} cannot be read", file.display()))?;
    if read as u64 > MOST_CSV {
        bail!(
            "{} is larger than 10 MB: that is no directory",
            file.display()
        );
    }
    String::from_utf8(bytes)
        .map_err(|_| anyhow!("{} is not UTF-8: save it as CSV in UTF-8", file.display()))
}

fn change(
    house: &House,
    globals: &Globals,
    put: Vec<Entry>,
    remove: Vec<Key>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (author, now) = (house.author.clone(), house.now());
    let change = house
        .store
        .wait(move |db| db.change_directory(&author, &put, &remove, now))?;
    report(globals, &change, "", out)
}

fn report(
    globals: &Globals,
    change: &DirectoryChange,
    would: &str,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let keys = |keys: &[Key]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    let posts = |posts: &[PostId]| posts.iter().map(|id| id.0).collect::<Vec<_>>();
    if globals.json {
        let told = serde_json::json!({
            "added": keys(&change.added),
            "changed": keys(&change.changed),
            "removed": keys(&change.removed),
            "naming": posts(&change.naming),
            "unapproved": posts(&change.unapproved),
        });
        json::line(out, &told)?;
        return Ok(());
    }
    let said = [
        ("added", &change.added),
        ("changed", &change.changed),
        ("removed", &change.removed),
    ];
    if said.iter().all(|(_, keys)| keys.is_empty()) {
        writeln!(out, "nothing {would}changed")?;
    }
    for (word, all) in said.into_iter().filter(|(_, keys)| !keys.is_empty()) {
        writeln!(out, "{would}{word}: @@{}", keys(all).join(", @@"))?;
    }
    let numbers = |all: &[PostId]| {
        all.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !change.naming.is_empty() {
        writeln!(out, "named in planned posts: {}", numbers(&change.naming))?;
    }
    if !change.unapproved.is_empty() {
        let numbers = numbers(&change.unapproved);
        writeln!(
            out,
            "to be approved anew, since something else is sent: {numbers}"
        )?;
    }
    Ok(())
}

fn list(globals: &Globals, known: &Directory, out: &mut impl Write) -> anyhow::Result<()> {
    if globals.json {
        let all: Vec<Shown<'_>> = known.entries().map(shown).collect();
        json::line(out, &all)?;
        return Ok(());
    }
    if known.is_empty() {
        writeln!(
            out,
            "nobody is in the directory: `masthead people add` takes somebody in"
        )?;
    }
    for entry in known.entries() {
        let head = format!("@@{}  {}, {}", entry.key, entry.name, entry.kind.word());
        writeln!(out, "{}", visible(&head))?;
        for (platform, handle) in &entry.handles {
            writeln!(out, "  {platform:<9} {}", visible(handle))?;
        }
    }
    Ok(())
}

fn shown(entry: &Entry) -> Shown<'_> {
    let handles = entry.handles.iter();
    Shown {
        key: entry.key.as_str(),
        name: &entry.name,
        kind: entry.kind.word(),
        handles: handles
            .map(|(it, handle)| (it.word(), handle.as_str()))
            .collect(),
    }
}
