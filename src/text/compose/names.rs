//! What a platform is told about those whom a part names, and what is said where it would not read a name as a mention.
//!
//! Pure. The forms themselves are `text/naming.rs`.

use super::super::naming::Named;
use super::Composer;
use crate::domain::{Facet, PartKind};

impl Composer<'_> {
    /// Says who is named in a part in which nobody is tagged.
    pub(super) fn says_who_is_not_tagged(&mut self, kind: PartKind, named: &[Named]) {
        if kind == PartKind::Comment {
            let label = self.platform.label();
            self.notes.extend(named.iter().map(|one| {
                format!(
                    "In a comment on {label} nobody is tagged from here: {} is plain text",
                    one.name
                )
            }));
        }
    }

    /// Returns the spans that the platform is told, and says who is named where nobody is told of it.
    pub(super) fn facets(&mut self, plain: &str, named: &[Named]) -> Vec<Facet> {
        if let Some(naming) = self.rules.naming() {
            for one in named {
                if !naming.is_read(plain, one.range.clone()) {
                    let (label, key) = (self.platform.label(), &one.key);
                    self.notes.push(format!(
                        "{label} does not read @@{key} as a mention where it stands: put blanks around it"
                    ));
                }
            }
        }
        if self.facts.by_hand {
            return Vec::new();
        }
        let mut facets = self.rules.facets(plain, self.facts);
        self.rules
            .facets_naming(named, self.facts, &mut facets, &mut self.notes);
        facets
    }
}
