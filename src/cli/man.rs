//! `masthead man`: the manual page, made of the same words as `--help`; or all pages, one for each command, into a folder.
//!
//! What the page says beyond the options is in `help.rs`.

use super::{Cli, Done, help};
use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};
use std::io::Write;
use std::path::PathBuf;

/// Print the manual page.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Write all pages there instead, one for each command; read one with `man -l FILE`
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self, out: &mut impl Write) -> anyhow::Result<Done> {
        // The page's own section has them, line by line.
        let command = Cli::command().after_help("");
        let page = page(&command)?;
        let Some(dir) = self.dir else {
            out.write_all(&page)?;
            return Ok(Done::Whole);
        };
        let failed = || format!("the pages cannot be written to {}", dir.display());
        std::fs::create_dir_all(&dir).with_context(failed)?;
        clap_mangen::generate_to(command, &dir).with_context(failed)?;
        std::fs::write(dir.join("masthead.1"), page).with_context(failed)?;
        Ok(Done::Whole)
    }
}

/// The page of the program itself.
fn page(command: &clap::Command) -> std::io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    let mut more = Roff::new();
    preformatted(&mut more, "FIRST STEPS", help::FIRST_STEPS);
    more.to_writer(&mut out)?;
    page.render_options_section(&mut out)?;
    page.render_subcommands_section(&mut out)?;
    let mut more = Roff::new();
    preformatted(&mut more, "CONFIGURATION", help::SANDBOX);
    terms(&mut more, "FILES", help::FILES);
    terms(&mut more, "ENVIRONMENT", help::ENVIRONMENT);
    terms(&mut more, "EXIT STATUS", help::EXIT_STATUS);
    more.to_writer(&mut out)?;
    page.render_version_section(&mut out)?;
    Ok(out)
}

fn preformatted(page: &mut Roff, head: &str, lines: &str) {
    page.control("SH", [head]).control("nf", []);
    for line in lines.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
}

fn terms(page: &mut Roff, head: &str, terms: &[(&str, &str)]) {
    page.control("SH", [head]);
    for (term, meaning) in terms {
        page.control("TP", [])
            .text([bold(*term)])
            .text([roman(*meaning)]);
    }
}
