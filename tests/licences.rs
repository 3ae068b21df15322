//! What is compiled into Masthead may be: every crate has a permissive licence and comes from crates.io.
//!
//! The allowed licences are those of `deny.toml`. `THIRD-PARTY.md` is made from the same data and compared with it;
//! after a dependency changed, `MASTHEAD_BLESS=1 cargo test --test licences` writes it anew. No network is needed.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `THIRD-PARTY.md` is about the build for this system; others compile a few more or fewer crates.
const DOCUMENTED_HOST: &str = "x86_64-unknown-linux-gnu";

/// A crate that is linked into the program or runs to build it.
struct Built {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs cargo without a network; only where a crate was never downloaded, with one.
fn cargo(arguments: &[&str]) -> String {
    let run = |more: &[&str]| {
        Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--locked"])
            .args(more)
            .current_dir(root())
            .output()
            .expect("cargo can be run")
    };
    let mut output = run(&["--offline"]);
    if !output.status.success() {
        output = run(&[]);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn host() -> String {
    let rustc = Command::new(env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()))
        .arg("-vV")
        .output()
        .expect("rustc can be run");
    let text = String::from_utf8(rustc.stdout).expect("rustc prints UTF-8");
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("rustc names its host").to_owned()
}

/// Returns the crates of the normal and build tree. `cargo tree` knows what is really compiled; `cargo metadata` also
/// lists what stands in the lock file only because an optional feature could want it, but knows the folders.
fn built() -> Vec<Built> {
    let tree = cargo(&[
        "tree",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "-f",
        "{p}",
    ]);
    let compiled: BTreeSet<(&str, &str)> = (tree.lines())
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    let host = host();
    let json = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        &host,
    ]);
    let metadata: Value = serde_json::from_str(&json).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("packages is a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut built: Vec<Built> = (packages.iter())
        .map(|package| Built {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: text(&package["license"]),
            folder: Path::new(&text(&package["manifest_path"]))
                .parent()
                .expect("a manifest lies in a folder")
                .to_owned(),
        })
        .filter(|one| one.name != env!("CARGO_PKG_NAME"))
        .filter(|one| compiled.contains(&(&*one.name, &*one.version)))
        .collect();
    built.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    assert_eq!(built.len() + 1, compiled.len(), "tree and metadata agree");
    built
}

fn allowed_licences() -> Vec<String> {
    let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml can be read");
    let deny: toml::Table = text.parse().expect("deny.toml is TOML");
    let allow = deny["licenses"]["allow"]
        .as_array()
        .expect("allow is a list");
    (allow.iter())
        .map(|licence| licence.as_str().expect("a licence is text").to_owned())
        .collect()
}

/// Whether a licence expression can be satisfied with allowed licences only. `/` is an old way to write `OR`.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = (expression.replace('/', " OR "))
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let result = any_of(&mut words, allowed);
    result == Some(true) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut result = all_of(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        result |= all_of(words, allowed)?;
    }
    Some(result)
}

fn all_of(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut result = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words, allowed)?;
    }
    Some(result)
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut licence = words.next()?.to_owned();
    if licence == "(" {
        let inside = any_of(words, allowed)?;
        return (words.next()? == ")").then_some(inside);
    }
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next()?);
    }
    Some(allowed.contains(&licence))
}

/// Returns the lines in which a crate's licence files say whose it is.
fn copyright_lines(folder: &Path) -> Vec<String> {
    let is_notice = |name: &str| {
        let name = name.to_ascii_uppercase();
        ["LICEN", "COPY", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let mut files: Vec<PathBuf> = (fs::read_dir(folder).expect("a crate's folder can be listed"))
        .map(|entry| entry.expect("a crate's folder can be listed").path())
        .filter(|path| path.is_file())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| is_notice(&name.to_string_lossy()))
        })
        .collect();
    files.sort();
    let mut lines: Vec<String> = Vec::new();
    for file in files {
        let bytes = fs::read(file).expect("a licence file can be read");
        for line in String::from_utf8_lossy(&bytes).lines() {
            let line = line
                .trim()
                .trim_start_matches(['/', '*', '#', ' '])
                .trim_end_matches('.');
            let says_whose = line
                .to_lowercase()
                .strip_prefix("copyright")
                .is_some_and(|rest| {
                    let rest = rest.trim_start();
                    rest.starts_with("(c)") || rest.starts_with(['©', '1', '2'])
                });
            let line = line.replace('|', "\\|").replace('<', "&lt;");
            if says_whose && !line.contains("[yyyy]") && !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

fn third_party() -> String {
    let mut text = String::from(
        "# Third-party notices\n\n\
         Masthead is built with the crates below, on Linux x86_64; other systems compile a few more or fewer, under\n\
         the same licences. Each crate's source, with the full text of its licence, is at\n\
         `https://crates.io/crates/NAME/VERSION`. Of licences joined by OR, the permissive one is taken.\n\n\
         `libsqlite3-sys` contains SQLite, which is in the public domain. `ring` contains parts of BoringSSL.\n\n\
         Made by `MASTHEAD_BLESS=1 cargo test --test licences`; not edited by hand.\n\n\
         | crate | version | licence | copyright, where its licence files name one |\n\
         | --- | --- | --- | --- |\n",
    );
    for Built {
        name,
        version,
        licence,
        folder,
    } in built()
    {
        let copyright = copyright_lines(&folder).join("; ");
        writeln!(text, "| {name} | {version} | {licence} | {copyright} |")
            .expect("a string takes all");
    }
    text
}

#[test]
fn every_crate_that_is_compiled_has_an_allowed_licence() {
    let allowed = allowed_licences();
    let refused: Vec<String> = (built().iter())
        .filter(|one| !satisfied(&one.licence, &allowed))
        .map(|one| format!("{} {}: {:?}", one.name, one.version, one.licence))
        .collect();
    assert!(
        refused.is_empty(),
        "not in the list of deny.toml:\n{}",
        refused.join("\n")
    );
}

#[test]
fn every_crate_of_the_lock_file_comes_from_crates_io() {
    let text = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock can be read");
    let lock: toml::Table = text.parse().expect("Cargo.lock is TOML");
    for package in lock["package"].as_array().expect("packages is a list") {
        let name = package["name"].as_str().expect("a name is text");
        let source = package.get("source").and_then(toml::Value::as_str);
        let ours = name == env!("CARGO_PKG_NAME");
        assert!(
            ours || source == Some(CRATES_IO),
            "{name} comes from {source:?}"
        );
    }
}

#[test]
fn third_party_notices_are_up_to_date() {
    let host = host();
    if host != DOCUMENTED_HOST {
        println!("skipped: THIRD-PARTY.md is about {DOCUMENTED_HOST}, this is {host}");
        return;
    }
    let path = root().join("THIRD-PARTY.md");
    let wanted = third_party();
    if env::var_os("MASTHEAD_BLESS").is_some() {
        fs::write(&path, &wanted).expect("THIRD-PARTY.md can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let differing: Vec<String> = (lines(&wanted).symmetric_difference(&lines(&written)))
        .cloned()
        .collect();
    assert!(
        written == wanted,
        "THIRD-PARTY.md is behind; run MASTHEAD_BLESS=1 cargo test --test licences\n{}",
        differing.join("\n")
    );
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed: Vec<String> = ["MIT", "ISC", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
        .map(str::to_owned)
        .to_vec();
    for fine in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "Apache-2.0 AND ISC",
        "(GPL-3.0-only OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception OR WTFPL",
    ] {
        assert!(satisfied(fine, &allowed), "{fine}");
    }
    for refused in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "MIT AND (GPL-3.0-only OR MPL-2.0)",
        "GPL-3.0-only AND MIT OR MPL-2.0",
        "GPL-3.0-only WITH LLVM-exception",
        "MIT OR",
        "(MIT",
        "MIT ISC",
    ] {
        assert!(!satisfied(refused, &allowed), "{refused}");
    }
}
