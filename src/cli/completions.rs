//! `masthead completions`: what a shell needs to complete the commands.

use super::{Cli, Done};
use clap::CommandFactory;
use std::io::Write;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self, out: &mut impl Write) -> anyhow::Result<Done> {
        // Into memory first: clap_complete panics when the reader has gone.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "masthead", &mut script);
        out.write_all(&script)?;
        Ok(Done::Whole)
    }
}
