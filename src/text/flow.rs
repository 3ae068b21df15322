//! The text of a post on one channel before it is split: names and hashtag groups in the channel's own form, and the way
//! back to what the author wrote.
//!
//! Pure and linear. What `@@key` and `##name` become counts like any other text, and is never cut. The forms are
//! `naming.rs`; `compose.rs` works on the result.

use super::links::{self, Dialect};
use super::naming::{Named, Naming};
use crate::domain::directory::{Reference, Sign, references};
use crate::domain::{Entry, Facts, PlatformId};
use std::ops::Range;

/// The authored text in the channel's own form, with the link as its last line where that is needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// All of it.
    pub text: String,
    /// How much of it the author wrote, names and groups included.
    pub own: usize,
    /// What is wrong with names and groups.
    pub problems: Vec<String>,
    /// What the author may want to know of them.
    pub notes: Vec<String>,
    spans: Vec<Span>,
    authored: usize,
}

/// A piece that stands for something else in the authored text.
#[derive(Clone, Debug)]
struct Span {
    range: Range<usize>,
    source: Range<usize>,
    named: Option<Named>,
}

/// Which end of a piece a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Start,
    End,
}

impl Flow {
    /// Puts names and hashtag groups into the form of a channel.
    pub fn new(
        platform: PlatformId,
        naming: Option<&dyn Naming>,
        authored: &str,
        facts: &Facts,
    ) -> Self {
        let mut flow = Self {
            authored: authored.len(),
            ..Self::default()
        };
        let mut at = 0;
        for reference in outside_links(authored, references(authored)) {
            flow.text.push_str(&authored[at..reference.range.start]);
            at = reference.range.end;
            match reference.sign {
                Sign::Entry => flow.name(platform, naming, authored, reference, facts),
                Sign::Group => flow.group(authored, reference, facts),
            }
        }
        flow.text.push_str(&authored[at..]);
        flow.own = flow.text.len();
        flow
    }

    fn name(
        &mut self,
        platform: PlatformId,
        naming: Option<&dyn Naming>,
        authored: &str,
        reference: Reference,
        facts: &Facts,
    ) {
        let Some(entry) = facts.directory.entry(&reference.key) else {
            let near = facts.directory.nearest(&reference.key);
            let written = &authored[reference.range.clone()];
            self.problems.push(match near {
                Some(near) => {
                    format!("Nobody in the directory is {written}: did you mean @@{near}?")
                }
                None => format!(
                    "Nobody in the directory is {written}: `masthead people add` takes them in"
                ),
            });
            return self.text.push_str(written);
        };
        let handle = entry.handles.get(&platform);
        match naming.zip(handle) {
            Some((naming, handle)) => self.known(naming, entry, handle, reference, facts),
            None => {
                if naming.is_some() {
                    let (label, name) = (platform.label(), &entry.name);
                    let note = format!("{label} has no handle for {name}: the name is sent");
                    self.notes.push(note);
                }
                self.put(&entry.name, reference.range, None);
            }
        }
    }

    fn known(
        &mut self,
        naming: &dyn Naming,
        entry: &Entry,
        handle: &str,
        reference: Reference,
        facts: &Facts,
    ) {
        let mention = naming.mention(&entry.name, handle);
        if facts.by_hand && naming.is_lost_in_pasting() {
            self.notes.push(format!(
                "Pasting tags nobody: put an @ before {mention} and choose who is offered"
            ));
        }
        let named = Named {
            range: 0..0,
            key: reference.key,
            name: entry.name.clone(),
            handle: handle.to_owned(),
        };
        self.put(&mention, reference.range, Some(named));
    }

    fn group(&mut self, authored: &str, reference: Reference, facts: &Facts) {
        let Some(tags) = facts.hashtags.get(&reference.key) else {
            let names = facts.hashtags.keys().map(String::as_str);
            let near = crate::domain::nearest::nearest(&reference.key, names);
            let written = &authored[reference.range.clone()];
            self.problems.push(match near {
                Some(near) => {
                    format!("No group of hashtags is called {written}: did you mean ##{near}?")
                }
                None => format!(
                    "No group of hashtags is called {written}: [hashtags] in the configuration names them"
                ),
            });
            return self.text.push_str(written);
        };
        let mut source = reference.range;
        if tags.is_empty() && self.text.ends_with(' ') {
            // An empty set leaves no blank behind.
            self.text.pop();
            source.start -= 1;
        }
        self.put(tags, source, None);
    }

    fn put(&mut self, text: &str, source: Range<usize>, named: Option<Named>) {
        let start = self.text.len();
        self.text.push_str(text);
        self.spans.push(Span {
            range: start..self.text.len(),
            source,
            named,
        });
    }

    /// Returns what the author wrote, names and groups in the channel's form.
    pub fn own(&self) -> &str {
        &self.text[..self.own]
    }

    /// Returns the pieces that are never cut, in order.
    pub fn wholes(&self) -> Vec<Range<usize>> {
        let ranges = self.spans.iter().map(|span| span.range.clone());
        ranges.filter(|range| !range.is_empty()).collect()
    }

    /// Returns whom a piece of the text names, each with where it stands in the whole text.
    pub fn named_in(&self, piece: &Range<usize>) -> impl Iterator<Item = Named> {
        let first = self
            .spans
            .partition_point(|it| it.range.start < piece.start);
        let inside = self.spans[first..].iter();
        let inside = inside.take_while(|span| span.range.end <= piece.end);
        inside.filter_map(|span| {
            let named = span.named.clone()?;
            Some(Named {
                range: span.range.clone(),
                ..named
            })
        })
    }

    /// Returns where a byte of the text stands in the authored text; what is not the author's own is at its end.
    pub fn source_of(&self, at: usize, edge: Edge) -> usize {
        if at >= self.own {
            return self.authored;
        }
        let before = self.spans.partition_point(|span| span.range.start <= at);
        let Some(span) = before.checked_sub(1).and_then(|last| self.spans.get(last)) else {
            return at;
        };
        if at == span.range.start {
            return span.source.start;
        }
        if at < span.range.end {
            return match edge {
                Edge::Start => span.source.start,
                Edge::End => span.source.end,
            };
        }
        (span.source.end + (at - span.range.end)).min(self.authored)
    }
}

/// Leaves out the references that stand in a link.
fn outside_links(text: &str, references: Vec<Reference>) -> Vec<Reference> {
    if references.is_empty() || !text.contains("://") {
        return references;
    }
    let links = links::find(text, Dialect::X);
    let is_in_link = |at: usize| {
        let next = links.partition_point(|link| link.end <= at);
        links.get(next).is_some_and(|link| link.start < at)
    };
    let outside = references.into_iter();
    outside
        .filter(|reference| !is_in_link(reference.range.start))
        .collect()
}
