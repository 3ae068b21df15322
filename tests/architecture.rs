//! Holds the house rules against the code: who may import whom, which crate is used where, what the pure
//! folders must not touch, and the shape of a file.
//!
//! The tables here are the rules. `ARCHITECTURE.md` prints the first of them and a test keeps the two equal;
//! `architecture/source.rs` reads the files; the violations in `architecture/planted.rs` prove that each rule can fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/source.rs"]
mod source;

use masthead::domain::PlatformId;
use source::Source;
use std::fs;
use std::path::Path;

/// Folders (or single files) of `src`, and what of ours they may import. Later rows may import earlier ones, never
/// the other way round: there is no cycle.
const IMPORTS: &[(&[&str], &[&str])] = &[
    (&["domain", "secrets", "logging"], &[]),
    (&["text", "store", "media", "exchange"], &["domain"]),
    (&["app"], &["domain", "text"]),
    (&["platforms", "web"], &["domain", "text", "secrets"]),
    (&["config"], &["domain", "secrets"]),
    (&["ui"], &["app", "domain", "text"]),
    (&["publisher"], &["domain", "text", "store", "platforms"]),
    (&["runtime"], ALL_ABOVE),
    (&["cli"], ALL_ABOVE),
    (&["main"], &["cli"]),
];
const ALL_ABOVE: &[&str] = &["all of the above"];

/// Crates, or parts of them, and the modules that may name them. The longest match counts.
const CRATES: &[(&[&str], &[&str])] = &[
    (&["crossterm"], &["runtime"]),
    (&["ratatui", "crossterm"], &["runtime"]),
    (&["ratatui", "layout"], &["app::layout", "ui", "runtime"]),
    (&["ratatui"], &["ui", "runtime"]),
    (&["tui_textarea"], &["app::editor", "ui"]),
    (&["rusqlite"], &["store"]),
    (&["reqwest"], &["platforms", "web"]),
    (&["html5gum"], &["web"]),
    (&["encoding_rs"], &["web"]),
    (&["clap"], &["cli"]),
    (&["clap_complete"], &["cli"]),
    (&["anyhow"], &["cli", "main"]),
];

/// Folders that see no clock, file, network or environment, and the paths by which one would.
const PURE: &[&str] = &["domain", "text", "app"];
const OUTSIDE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "env"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["chrono", "Local"],
    &["Utc", "now"],
    &["Uuid", "new_v4"],
    &["Uuid", "now_v7"],
    &["tokio"],
    &["iana_time_zone"],
    &["etcetera"],
];

/// Files over the cap, each with its reason. A longer file is split by meaning first.
const LONGER_THAN_CAP: &[(&str, &str)] = &[];
const CAP: usize = 500;

/// Where one platform is named outside its own files and the registries: file, how often at most, and why.
const PLATFORM_NAMED: &[(&str, usize, &str)] = &[];
const REGISTRIES: &[&str] = &[
    "domain/platform.rs",
    "text/mod.rs",
    "platforms/mod.rs",
    "cli/login.rs",
];

fn may_import(folder: &str) -> Option<Vec<&'static str>> {
    let row = (IMPORTS.iter()).position(|(folders, _)| folders.contains(&folder))?;
    let allowed = IMPORTS[row].1;
    Some(if allowed == ALL_ABOVE {
        IMPORTS[..row]
            .iter()
            .flat_map(|(f, _)| *f)
            .copied()
            .collect()
    } else {
        allowed.to_vec()
    })
}

fn import_violations(source: &Source) -> Vec<String> {
    let folder = source.folder();
    if folder == "lib" {
        return Vec::new();
    }
    let Some(allowed) = may_import(folder) else {
        return vec![format!(
            "src/{} is in no folder of the import table",
            source.file
        )];
    };
    (source.paths.iter())
        .filter(|path| path[0] == "crate")
        .filter(|path| {
            !path
                .get(1)
                .is_some_and(|to| to == folder || allowed.contains(&to.as_str()))
        })
        .map(|path| {
            format!(
                "src/{} names {}; `{folder}` may import {}",
                source.file,
                path.join("::"),
                if allowed.is_empty() {
                    "nothing of ours".to_owned()
                } else {
                    allowed.join(", ")
                },
            )
        })
        .collect()
}

fn crate_violations(source: &Source) -> Vec<String> {
    let module = source.module.join("::");
    let inside = |place: &&str| module == **place || module.starts_with(&format!("{place}::"));
    (source.paths.iter())
        .filter_map(|path| {
            let (_, places) = (CRATES.iter())
                .filter(|(name, _)| path.len() >= name.len() && name.iter().eq(&path[..name.len()]))
                .max_by_key(|(name, _)| name.len())?;
            (!places.iter().any(inside)).then(|| {
                let path = path.join("::");
                format!(
                    "src/{} names {path}; only {} may",
                    source.file,
                    places.join(", ")
                )
            })
        })
        .collect()
}

fn purity_violations(source: &Source) -> Vec<String> {
    if !PURE.contains(&source.folder()) {
        return Vec::new();
    }
    // `use std::*` binds every forbidden name below it, without naming one.
    let reaches_outside = |path: &[String]| {
        OUTSIDE.iter().any(|outside| match path {
            [above @ .., glob] if glob == "*" && outside.len() > above.len() => {
                above.iter().eq(&outside[..above.len()])
            }
            _ if outside.len() == 1 => path[0] == outside[0],
            _ => (path.windows(outside.len())).any(|part| part.iter().eq(*outside)),
        })
    };
    (source.paths.iter())
        .filter(|path| reaches_outside(path))
        .map(|path| {
            let path = path.join("::");
            format!(
                "src/{} names {path}; pass the value in: this folder is pure",
                source.file
            )
        })
        .collect()
}

fn shape_violations(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let file = &source.file;
    if !source.text.starts_with("//!") {
        found.push(format!(
            "src/{file} does not open with `//!`: what it owns, what it must not do, where to go next"
        ));
    }
    let lines = lines_without_tests(&source.text);
    if lines > CAP && !LONGER_THAN_CAP.iter().any(|(longer, _)| longer == file) {
        found.push(format!(
            "src/{file} has {lines} lines, the cap is {CAP}: split it by meaning"
        ));
    }
    if source.folder() == "ui" {
        if source.has_async {
            found.push(format!("src/{file} has async code; `ui` only draws"));
        }
        for lock in ["Mutex", "RwLock", "RefCell"] {
            if source.paths.iter().flatten().any(|segment| segment == lock) {
                found.push(format!(
                    "src/{file} names {lock}; `ui` draws `&App` and changes nothing"
                ));
            }
        }
    }
    found
}

fn lines_without_tests(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    let mut after_cfg_test = false;
    while let Some(line) = lines.next() {
        if after_cfg_test && line.starts_with("mod ") && line.ends_with('{') {
            lines.by_ref().find(|line| *line == "}");
        } else {
            count += 1;
        }
        after_cfg_test = line == "#[cfg(test)]";
    }
    count
}

fn foreign_platform_names(source: &Source) -> usize {
    if REGISTRIES.contains(&source.file.as_str()) {
        return 0;
    }
    let own = |platform: PlatformId| {
        let stem = source.module.get(1).map_or("", String::as_str);
        let word = platform.word();
        ["text", "platforms"].contains(&source.folder())
            && (stem == word || stem.starts_with(&format!("{word}_")))
    };
    let foreign: Vec<(String, &str)> = (PlatformId::ALL.iter())
        .filter(|platform| !own(**platform))
        .map(|platform| (format!("{platform:?}"), platform.word()))
        .collect();
    let names_one = |path: &[String]| {
        let variant = path.windows(2).any(|pair| {
            pair[0] == "PlatformId"
                && (pair[1] == "*" || foreign.iter().any(|(id, _)| *id == pair[1]))
        });
        let file = path.len() > 2
            && path[0] == "crate"
            && (path[1] == "text" || path[1] == "platforms")
            && foreign.iter().any(|(_, word)| *word == path[2]);
        variant || file
    };
    source.paths.iter().filter(|path| names_one(path)).count()
}

fn platform_violations(source: &Source) -> Vec<String> {
    let named = foreign_platform_names(source);
    let allowed = (PLATFORM_NAMED.iter())
        .find(|(file, ..)| *file == source.file)
        .map_or(0, |(_, allowed, _)| *allowed);
    if named <= allowed {
        return Vec::new();
    }
    vec![format!(
        "src/{} names single platforms {named} times, allowed are {allowed}. Ask the platform instead (a fact in its \
         text/ or platforms/ file, a column of the table in domain/platform.rs); where that is impossible, add the \
         file with its reason to PLATFORM_NAMED in tests/architecture.rs",
        source.file
    )]
}

fn all_sources() -> Vec<Source> {
    fn below(folder: &Path, root: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                below(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path
                    .strip_prefix(root)
                    .expect("it is below src")
                    .to_string_lossy();
                let text = fs::read_to_string(&path).expect("a source file is text");
                found.push(Source::parse(&file.replace('\\', "/"), &text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    below(&root, &root, &mut found);
    found.sort_by(|a, b| a.file.cmp(&b.file));
    without_test_files(found)
}

fn without_test_files(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<_> = (sources.iter())
        .flat_map(|source| source.test_modules.clone())
        .collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    sources
}

#[track_caller]
fn assert_none(violations: impl Fn(&Source) -> Vec<String>) {
    let mut found: Vec<String> = all_sources().iter().flat_map(violations).collect();
    found.dedup();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn folders_import_only_what_the_table_allows() {
    assert_none(import_violations);
}

#[test]
fn crates_stay_in_their_folders() {
    assert_none(crate_violations);
}

#[test]
fn domain_text_and_app_see_no_clock_file_network_or_environment() {
    assert_none(purity_violations);
}

#[test]
fn files_open_with_their_purpose_and_stay_short_and_the_screen_only_draws() {
    assert_none(shape_violations);
}

#[test]
fn platforms_are_named_only_in_their_own_files() {
    assert_none(platform_violations);
}

#[test]
fn the_import_table_has_no_cycle() {
    for (row, (_, allowed)) in IMPORTS.iter().enumerate() {
        let earlier: Vec<_> = IMPORTS[..row]
            .iter()
            .flat_map(|(folders, _)| *folders)
            .collect();
        assert!(*allowed == ALL_ABOVE || allowed.iter().all(|folder| earlier.contains(&folder)));
    }
}

#[test]
fn the_architecture_document_prints_the_import_table() {
    let ticked = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let rows = IMPORTS.iter().map(|(folders, allowed)| match *allowed {
        [] => format!("| {} | nothing of ours |\n", ticked(folders)),
        ALL_ABOVE => format!("| {} | {} |\n", ticked(folders), ALL_ABOVE[0]),
        _ => format!("| {} | {} |\n", ticked(folders), ticked(allowed)),
    });
    let wanted = format!(
        "| folder | may import |\n| --- | --- |\n{}",
        rows.collect::<String>()
    );
    let printed = document("ARCHITECTURE.md");
    assert!(
        printed.contains(&wanted),
        "ARCHITECTURE.md lacks this table:\n\n{wanted}"
    );
}

#[test]
fn every_top_folder_is_in_the_map_and_in_the_library() {
    let library = document("src/lib.rs");
    let map = document("ARCHITECTURE.md");
    for source in all_sources() {
        let folder = source.folder();
        if ["lib", "main"].contains(&folder) {
            continue;
        }
        let declared = library
            .lines()
            .any(|line| line.ends_with(&format!("mod {folder};")));
        assert!(declared, "src/lib.rs does not name `{folder}`");
        let mapped =
            map.contains(&format!("`{folder}/`")) || map.contains(&format!("`{folder}.rs`"));
        assert!(
            mapped,
            "the code map of ARCHITECTURE.md does not name `{folder}`"
        );
    }
}

#[test]
fn the_changelog_has_a_place_for_the_next_change_and_the_readme_a_row_for_each_platform() {
    assert!(document("CHANGELOG.md").contains("\n## [Unreleased]\n"));
    let readme = document("README.md");
    for platform in PlatformId::ALL {
        let row = format!("| {} |", platform.label());
        assert!(
            readme.lines().any(|line| line.starts_with(&row)),
            "README.md has no row {row}"
        );
    }
}
