//! Planted violations: source texts that break one rule each, and must be found; and near misses that must not.

use super::*;

#[track_caller]
fn finds(violations: impl Fn(&Source) -> Vec<String>, file: &str, text: &str, wanted: &str) {
    let found = violations(&Source::parse(file, text));
    let hit = found.iter().any(|violation| violation.contains(wanted));
    assert!(
        hit,
        "{text:?} in src/{file} should be found as {wanted:?}, got {found:?}"
    );
}

#[test]
fn forbidden_imports_are_found_however_they_are_written() {
    let in_ui = |text, wanted| finds(import_violations, "ui/month.rs", text, wanted);
    in_ui(
        "use crate::{domain::Post, store::{Db, Store}};",
        "crate::store::Store",
    );
    in_ui("use super::super::store::Db;", "crate::store::Db");
    in_ui(
        "fn f() { super::super::store::open(); }",
        "crate::store::open",
    );
    in_ui(
        "mod deep { use super::super::super::store::Db; }",
        "crate::store::Db",
    );
    in_ui(
        "fn f() { format!(\"{}\", crate::store::PATH); }",
        "crate::store::PATH",
    );
    in_ui(
        "macro_rules! m { () => { use $crate::{app::App, store::Db}; } }",
        "crate::store::Db",
    );
    in_ui(
        "use super::super as root; fn f(db: root::store::Db) {}",
        "crate::store::Db",
    );
    in_ui(
        "use crate as root; use root::store; fn f(db: store::Db) {}",
        "crate::store::Db",
    );
    in_ui("use crate::*;", "crate::*");
    in_ui(
        "struct S { #[serde(with = \"crate::store::text\")] s: u8 }",
        "crate::store::text",
    );
    in_ui(
        "fn f(x: Vec<crate::runtime::Clock>) {}",
        "crate::runtime::Clock",
    );
    finds(
        import_violations,
        "domain/post.rs",
        "use crate::text::count;",
        "nothing of ours",
    );
    finds(
        import_violations,
        "main.rs",
        "use masthead::store::Store;",
        "crate::store::Store",
    );
    finds(
        import_violations,
        "utils/mod.rs",
        "",
        "no folder of the import table",
    );
}

#[test]
fn allowed_imports_and_tests_are_left_alone() {
    let fine = "
        //! Draws.
        use crate::app::{self, App};
        use crate::{domain::Post, text};
        use super::theme;
        pub(in crate::ui) fn f(a: &App) { theme::role(); app::areas(); text::count(); }
        #[cfg(test)] use crate::store::Db;
        #[cfg(test)] mod tests { use crate::store::Db; fn f() { crate::runtime::go(); } }
        #[cfg(all(test, unix))] fn g() { crate::store::open(); }
        impl S { #[cfg(test)] fn h() { std::fs::read(\"x\"); crossterm::event::read(); } }
        /// Not an import: crate::store::Db
        struct Documented;
        fn text() { println!(\"crate::store::Db\"); }
    ";
    let source = Source::parse("ui/month.rs", fine);
    assert_eq!(import_violations(&source), Vec::<String>::new());
    assert_eq!(crate_violations(&source), Vec::<String>::new());
    finds(
        import_violations,
        "ui/a.rs",
        "#[cfg(not(test))] use crate::store::Db;",
        "crate::store",
    );
}

#[test]
fn a_file_that_only_tests_compile_is_left_alone() {
    let parent = "//! Settings. \n#[cfg(test)] mod tests; mod testsuite;";
    let sources = [
        "config/mod.rs",
        "config/tests.rs",
        "config/tests/deep.rs",
        "config/testsuite.rs",
    ]
    .map(|file| Source::parse(file, if file == "config/mod.rs" { parent } else { "" }));
    let kept = without_test_files(sources.into());
    let files: Vec<_> = kept.iter().map(|source| source.file.as_str()).collect();
    assert_eq!(files, ["config/mod.rs", "config/testsuite.rs"]);
}

#[test]
fn crates_outside_their_folders_are_found() {
    finds(
        crate_violations,
        "ui/mod.rs",
        "use crossterm::event::Event;",
        "only runtime",
    );
    finds(
        crate_violations,
        "ui/mod.rs",
        "use ratatui::crossterm::event;",
        "only runtime",
    );
    finds(
        crate_violations,
        "app/layout.rs",
        "use ratatui::{layout::Rect, style::Style};",
        "style::Style",
    );
    finds(
        crate_violations,
        "app/mod.rs",
        "use ratatui::layout::Rect;",
        "only app::layout",
    );
    finds(
        crate_violations,
        "app/update/mod.rs",
        "use tui_textarea::TextArea;",
        "app::editor, ui",
    );
    finds(
        crate_violations,
        "publisher/run.rs",
        "fn f(e: rusqlite::Error) {}",
        "only store",
    );
    finds(
        crate_violations,
        "media/mod.rs",
        "use reqwest as net;",
        "only platforms",
    );
    finds(
        crate_violations,
        "config/mod.rs",
        "#[derive(clap::Parser)] struct A;",
        "only cli",
    );
    let layout = Source::parse("app/layout.rs", "use ratatui::layout::{Constraint, Rect};");
    assert_eq!(crate_violations(&layout), Vec::<String>::new());
}

#[test]
fn a_pure_folder_that_reaches_outside_is_found() {
    let in_text = |text, wanted| finds(purity_violations, "text/x.rs", text, wanted);
    in_text("use std::{collections::BTreeMap, fs};", "std::fs");
    in_text("use std::time::{Duration, Instant};", "std::time::Instant");
    in_text(
        "use std::time; fn f() { time::SystemTime::now(); }",
        "std::time::SystemTime",
    );
    in_text("use std::time::*;", "std::time::*");
    in_text(
        "use chrono::Utc; fn f() { Utc::now(); }",
        "chrono::Utc::now",
    );
    in_text("use super::*; fn f() { vec![Utc::now()]; }", "Utc::now");
    in_text(
        "fn f() { println!(\"{:?}\", std::env::var(\"HOME\")); }",
        "std::env::var",
    );
    in_text("#[tokio::main] async fn f() {}", "tokio::main");
    let fine = Source::parse(
        "text/x.rs",
        "use std::time::Duration; use chrono::{DateTime, Utc};",
    );
    assert_eq!(purity_violations(&fine), Vec::<String>::new());
}

#[test]
fn misshapen_files_are_found() {
    finds(
        shape_violations,
        "cli/mod.rs",
        "use std::fs;",
        "does not open with",
    );
    let long = format!("//! Long.\n{}", "const _: u8 = 0;\n".repeat(CAP));
    finds(shape_violations, "cli/mod.rs", &long, "has 501 lines");
    let tested = format!(
        "//! Long.\n#[cfg(test)]\nmod tests {{\n{}}}\n",
        "const _: u8 = 0;\n".repeat(CAP)
    );
    assert_eq!(
        shape_violations(&Source::parse("cli/mod.rs", &tested)),
        Vec::<String>::new()
    );
    finds(
        shape_violations,
        "ui/mod.rs",
        "//! Draws.\nasync fn f() {}",
        "async",
    );
    finds(
        shape_violations,
        "ui/mod.rs",
        "//! Draws.\nuse std::cell::{Cell, RefCell};",
        "RefCell",
    );
}

#[test]
fn platform_names_in_foreign_files_are_counted() {
    let named = |file, text| foreign_platform_names(&Source::parse(file, text));
    let text = "use crate::domain::PlatformId; fn f(p: PlatformId) { matches!(p, PlatformId::X); }";
    assert_eq!(named("publisher/run.rs", text), 1);
    assert_eq!(named("text/x.rs", text), 0);
    assert_eq!(named("text/mastodon.rs", text), 1);
    assert_eq!(
        named("publisher/run.rs", "use crate::domain::PlatformId::*;"),
        1
    );
    assert_eq!(
        named(
            "publisher/run.rs",
            "fn f() { crate::platforms::bluesky::tid(); }"
        ),
        1
    );
    assert_eq!(
        named(
            "platforms/bluesky_login.rs",
            "use crate::text::bluesky::facets;"
        ),
        0
    );
    assert_eq!(
        named("cli/login.rs", "use crate::platforms::mastodon::register;"),
        0
    );
}
