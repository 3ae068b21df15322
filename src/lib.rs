//! Masthead: a full-screen terminal editorial calendar.
//!
//! The library exists so that `tests/` can drive the program; it promises no stable interface.
//! `ARCHITECTURE.md` has the map, and `tests/architecture.rs` holds the import rule against the code.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod exchange;
pub mod logging;
pub mod media;
pub mod platforms;
pub mod publisher;
pub mod runtime;
pub mod secrets;
pub mod store;
pub mod text;
pub mod ui;
pub mod web;
