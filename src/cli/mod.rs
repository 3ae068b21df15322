//! The command line: one file for each command, one line for each error, and the exit status.
//!
//! 0 done; 1 a clear error on stderr; 2 wrong usage; 3 done in part (some channel failed or is unknown).
//! `house.rs` opens what a command works with.

mod add;
mod agenda;
mod approve;
mod attach;
mod backup;
mod cards;
mod channels;
mod chosen;
mod comment;
mod completions;
mod compose;
mod correct;
pub mod count;
mod daemon;
mod demo;
mod demo_posts;
mod doctor;
mod edit;
mod fields;
mod freeze;
mod handover;
mod help;
mod house;
mod json;
mod keys;
mod list;
mod login;
mod man;
mod mark;
mod options;
mod people;
mod pictures;
mod publish;
mod redo;
mod relocate;
mod request_changes;
mod review;
mod screen;
mod show;
mod simulate;
mod skip;
mod status;
mod tasks;
mod times;
mod trash;
mod undo;

use crate::domain::fault_words::in_words;
use crate::domain::text_safety::visible;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// A full-screen terminal editorial calendar: plan, count, review and publish from the keyboard.
#[derive(Debug, Parser)]
#[command(name = "masthead", version, about, disable_help_subcommand = true, after_help = help::FIRST_STEPS)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command takes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Globals {
    /// Database file [default: plan.db in the data folder]
    #[arg(long, global = true, value_name = "FILE", env = "MASTHEAD_DB")]
    db: Option<PathBuf>,
    /// Configuration file [default: ~/.config/masthead/config.toml]
    #[arg(long, global = true, value_name = "FILE", env = "MASTHEAD_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of pictures, sandboxes, secrets and the log [default: ~/.local/share/masthead]
    #[arg(long, global = true, value_name = "DIR", env = "MASTHEAD_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// Draw the screen in plain ASCII
    #[arg(long, global = true)]
    ascii: bool,
    /// Tell the screen in sentences, one a line, for screen readers and dumb terminals
    #[arg(long, global = true)]
    plain: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open a sample month in a throw-away folder; nothing leaves the machine
    Demo(demo::Demo),
    /// Count the text on stdin for every platform
    Count(count_args::Count),
    /// Add a post; its text is read from stdin
    Add(add::Add),
    /// Change a post; a new text is read from stdin where that is no terminal
    Edit(edit::Edit),
    /// Move a post: a time, "+1d", "-2h", "shelf"
    Move(relocate::Move),
    /// Say that a post shall not go
    Skip(skip::Skip),
    /// Say what became of an unknown post, or of one posted by hand
    Mark(mark::Mark),
    /// List what is to be posted by hand
    Tasks(tasks::Tasks),
    /// Delete a published post on its platform
    Delete(correct::Delete),
    /// Edit a published post on its platform
    Update(correct::Update),
    /// Put a post into the trash
    Trash(trash::Trash),
    /// Take your last change back
    Undo(undo::Undo),
    /// Do again what you undid last
    Redo(redo::Redo),
    /// List what waits for a review, or ask for one
    Review(review::Review),
    /// Say something about a post
    Comment(comment::Comment),
    /// Say what has to change before a post may go
    RequestChanges(request_changes::RequestChanges),
    /// Approve a post as it is now
    Approve(approve::Approve),
    /// List posts by time
    List(list::List),
    /// Print the coming days, one post a line
    Agenda(agenda::Agenda),
    /// Show a post and its deliveries
    Show(show::Show),
    /// Show exactly what would be sent
    Compose(compose::Compose),
    /// Send a post now and wait for the outcome
    Publish(publish::Publish),
    /// Publish in the background, without a screen
    Daemon(daemon::Daemon),
    /// Let nothing leave, on purpose
    Freeze(freeze::Freezing),
    /// Let things leave again; what is too late becomes missed
    Thaw(freeze::Thaw),
    /// Show each call that would be made until a time, and what would stop it
    Simulate(simulate::Simulate),
    /// Connect an account
    Login(login::Login),
    /// List the channels
    Channels(channels::Channels),
    /// Print a page for whoever takes over
    Handover(handover::Handover),
    /// List who is who, or change it: whom posts name by @@key
    People(people::People),
    /// List every action with its keys, as the configuration writes them
    Keys(keys::Keys),
    /// Say everything that is wrong
    Doctor(doctor::Doctor),
    /// Say whether all is well, for cron and monitoring
    Status(status::Status),
    /// Copy the database to a new file
    Backup(backup::Backup),
    /// Put a copy in the place of the database
    Restore(backup::Restore),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man(man::Man),
}

/// Arguments of `count`, whose work is in `count.rs`.
mod count_args {
    /// Count the text on stdin for every platform.
    #[derive(Debug, clap::Args)]
    pub(super) struct Count {
        /// One JSON string or object on each line of stdin, one JSON object on each line of stdout
        #[arg(long)]
        pub(super) jsonl: bool,
    }
}

/// How a command ended, beside its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// All of it.
    Whole,
    /// Some channel failed or is unknown.
    InPart,
}

/// Runs the program and returns its exit status.
pub fn run() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            say(&error);
            // clap knows which status belongs to which.
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            say(&error);
            return ExitCode::from(2);
        }
    };
    match perform(cli, &matches) {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::InPart) => ExitCode::from(3),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let line = visible(&words(&error));
            let _ = writeln!(io::stderr(), "masthead: {line}");
            ExitCode::from(if error.is::<WrongUsage>() { 2 } else { 1 })
        }
    }
}

/// Writes help to stdout, and errors to stderr: they repeat what was typed, which may steer a terminal.
fn say(error: &clap::Error) {
    if !error.use_stderr() {
        let _ = error.print();
        return;
    }
    let words = error.render().to_string();
    let lines: Vec<String> = words.trim_end().lines().map(visible).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// The arguments make no sense together; exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUsage(String);

/// An error and what led to it in one line, as people read it.
fn words(error: &anyhow::Error) -> String {
    in_words(&format_args!("{error:#}"))
}

/// Whoever read our output has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

fn perform(cli: Cli, matches: &ArgMatches) -> anyhow::Result<Done> {
    let globals = &cli.globals;
    let Some(command) = cli.command else {
        return screen::run(globals);
    };
    let own = matches
        .subcommand()
        .map(|(_, own)| own.clone())
        .unwrap_or_default();
    // Locked once: a million lines of `count` would pay for it a million times.
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = match command {
        Command::Demo(demo) => demo.run(globals),
        Command::Count(count) => {
            let stdin = io::stdin().lock();
            if count.jsonl {
                let lines = count::count_lines(stdin, &mut out)?;
                Ok(if lines.malformed > 0 {
                    Done::InPart
                } else {
                    Done::Whole
                })
            } else {
                let format = if globals.json {
                    count::Format::Json
                } else {
                    count::Format::Table
                };
                count::count_text(stdin, format, &mut out)?;
                Ok(Done::Whole)
            }
        }
        Command::Add(add) => add.run(globals, &own, &mut out),
        Command::Edit(edit) => edit.run(globals, &own, &mut out),
        Command::Move(relocate) => relocate.run(globals, &mut out),
        Command::Skip(skip) => skip.run(globals, &mut out),
        Command::Mark(mark) => mark.run(globals, &mut out),
        Command::Tasks(tasks) => tasks.run(globals, &mut out),
        Command::Delete(delete) => delete.run(globals, &mut out),
        Command::Update(update) => update.run(globals, &mut out),
        Command::Trash(trash) => trash.run(globals, &mut out),
        Command::Undo(undo) => undo.run(globals, &mut out),
        Command::Redo(redo) => redo.run(globals, &mut out),
        Command::Review(review) => review.run(globals, &mut out),
        Command::Comment(comment) => comment.run(globals, &mut out),
        Command::RequestChanges(request) => request.run(globals, &mut out),
        Command::Approve(approve) => approve.run(globals, &mut out),
        Command::List(list) => list.run(globals, &mut out),
        Command::Agenda(agenda) => agenda.run(globals, &mut out),
        Command::Show(show) => show.run(globals, &mut out),
        Command::Compose(compose) => compose.run(globals, &mut out),
        Command::Publish(publish) => publish.run(globals, &mut out),
        Command::Daemon(daemon) => daemon.run(globals),
        Command::Freeze(freeze) => freeze.run(globals, &mut out),
        Command::Thaw(thaw) => thaw.run(globals, &mut out),
        Command::Simulate(simulate) => simulate.run(globals, &mut out),
        Command::Login(login) => login.run(globals, &mut out),
        Command::Channels(channels) => channels.run(globals, &mut out),
        Command::Handover(handover) => handover.run(globals, &mut out),
        Command::People(people) => people.run(globals, &mut out),
        Command::Keys(keys) => keys.run(globals, &mut out),
        Command::Doctor(doctor) => doctor.run(globals, &mut out),
        Command::Status(status) => status.run(globals, &mut out),
        Command::Backup(backup) => backup.run(globals, &mut out),
        Command::Restore(restore) => restore.run(globals, &mut out),
        Command::Completions(completions) => completions.run(&mut out),
        Command::Man(man) => man.run(&mut out),
    };
    out.flush()?;
    done
}
