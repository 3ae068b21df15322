//! A command of the user's own that a text can be sent through: a spelling checker, a formatter, a language model.
//!
//! Plain data from the configuration. Running it is `runtime/pipe.rs`; what becomes of its answer is `app/pipe.rs`.

use std::fmt;
use std::time::Duration;

/// A command that takes a text and gives one back.
#[derive(Clone, PartialEq, Eq)]
pub struct TextFilter {
    /// What the user calls it.
    pub name: String,
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
    /// How long it may take.
    pub limit: Duration,
}

impl TextFilter {
    /// How long a command may take whose section does not say it.
    pub const LIMIT: Duration = Duration::from_secs(60);

    /// Returns the program, without its arguments, which may hold a secret.
    pub fn program(&self) -> &str {
        self.command.first().map_or("", String::as_str)
    }
}

impl fmt::Debug for TextFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextFilter")
            .field("name", &self.name)
            .field("program", &self.program())
            .finish_non_exhaustive()
    }
}
