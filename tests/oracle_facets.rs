//! Writes what facets we find, for the comparison with Bluesky's library in `tests/oracle`.
//!
//! Reads texts as JSON lines from `MASTHEAD_ORACLE_TEXTS` and writes to `MASTHEAD_ORACLE_OUT`; skipped
//! without them. It compares nothing itself.

use masthead::domain::{Facet, Feature};
use masthead::text::bluesky;
use serde_json::{Value, json};
use std::io::Write;

#[test]
fn facets_are_written_for_the_comparison() {
    let (Some(texts), Some(out)) = (
        std::env::var_os("MASTHEAD_ORACLE_TEXTS"),
        std::env::var_os("MASTHEAD_ORACLE_OUT"),
    ) else {
        println!("skipped: MASTHEAD_ORACLE_TEXTS and MASTHEAD_ORACLE_OUT are not set");
        return;
    };
    let texts = std::fs::read_to_string(texts).expect("a file of texts");
    let mut out = std::io::BufWriter::new(std::fs::File::create(out).expect("a file to write"));
    for line in texts.lines() {
        let text: String = serde_json::from_str(line).expect("a JSON string");
        let facets: Vec<Value> = bluesky::detect(&text).iter().map(flat).collect();
        writeln!(out, "{}", Value::from(facets)).expect("room on the disk");
    }
    out.flush().expect("room on the disk");
}

/// The fields in the order in which the other side writes them.
fn flat(facet: &Facet) -> Value {
    let (name, value) = match &facet.feature {
        Feature::Link { uri } => ("uri", uri),
        Feature::Mention { handle, .. } => ("handle", handle),
        Feature::Tag { tag } => ("tag", tag),
    };
    json!({ "start": facet.byte_start, "end": facet.byte_end, name: value })
}
