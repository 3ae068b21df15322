//! The command line: one file per command, each a thin layer over the rest.
//!
//! What a command does that does not need the command line is a function of its own, so that tests call it.

pub mod count;
