//! The words that `--help` and the man page end with: how to begin, where files are, what an exit status means.
//!
//! Words only. What each option does stands at the option; the page is put together in `man.rs`.

/// What `masthead --help` ends with.
pub(super) const FIRST_STEPS: &str = "\
First steps:
  masthead demo             look around in a sample month; nothing leaves the machine
  masthead                  your own plan; the welcome leads to a first post in a sandbox
  masthead login CHANNEL    connect an account that the configuration names
  masthead daemon           publish what is due, also when no screen is open
  masthead doctor           everything that is wrong, and where the files are

On the screen the bottom row names the keys, ? lists them all, : finds a command by a few
letters of its name. Each command has its own help: masthead add --help

Exit status: 0 done, 1 an error in one line, 2 wrong usage, 3 done in part.";

/// The configuration that a first step needs, as the man page shows it.
pub(super) const SANDBOX: &str = "\
[channels.outbox]
platform = \"sandbox\"     # publishes into a folder, needs no account

[channels.fosstodon]
platform = \"mastodon\"
url = \"https://fosstodon.org\"";

/// Files, each with what it holds.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "~/.config/masthead/config.toml",
        "Channels, time zone, keys, colours. The example that comes with the program has every setting with its default.",
    ),
    (
        "~/.local/share/masthead/plan.db",
        "The plan: posts, what became of them, drafts. One SQLite database; keep it on a local disk.",
    ),
    (
        "~/.local/share/masthead/",
        "Pictures, sandbox folders, backups, the log, and secrets that login obtained, readable to you alone.",
    ),
];

/// Variables of the environment, each with what it does.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "MASTHEAD_DB, MASTHEAD_CONFIG, MASTHEAD_DATA_DIR",
        "As the options --db, --config and --data-dir.",
    ),
    (
        "MASTHEAD_AUTHOR",
        "Whose name stands on what is written; for a team on one account, set in authorized_keys.",
    ),
    (
        "NO_COLOR",
        "No colours, where it is set and not empty; every state keeps its sign and its word.",
    ),
    ("TZ", "The time zone, where the configuration names none."),
];

/// Exit statuses, each with what it means.
pub(super) const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "Done."),
    ("1", "An error, said in one line."),
    ("2", "Wrong usage."),
    (
        "3",
        "Done in part: a channel failed, an outcome is unknown, or something needs a person.",
    ),
];
