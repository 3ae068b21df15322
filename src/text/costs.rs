//! What of a text costs much: links, mentions, emoji families and letters that count otherwise than they look.
//!
//! Pure and linear. No rule of its own: it asks the platform's `walk` what each piece counts. The words are `ui/counts.rs`.

use super::links::{self, Dialect};
use super::rules::{Atom, Rules};
use super::{clusters, mentions};
use crate::domain::{Cost, CostKind, Facts};
use std::collections::BTreeMap;
use std::ops::Range;

/// A piece that takes a tenth of the limit is worth a word, however it is counted.
const SHARE: u32 = 10;
/// One character that counts so much looks like far less: a family of four is 7 code points, 11 UTF-16 units, 25 bytes.
const DEAR_CLUSTER: u32 = 7;
/// So many are told; what costs less is beside the point.
const MOST: usize = 3;

/// Returns what costs much of a text against a limit, the dearest first; nothing where there is no limit.
pub(super) fn of(
    rules: &dyn Rules,
    plain: &str,
    facts: &Facts,
    limit: Option<u32>,
    can_be_card: bool,
) -> Vec<Cost> {
    let Some(limit) = limit else {
        return Vec::new();
    };
    // Nothing in it can count otherwise than it looks, nor be long without a blank.
    if plain.is_ascii() && !plain.contains(['.', '@']) {
        return Vec::new();
    }
    let mut atoms: Vec<Atom> = Vec::new();
    rules.walk(plain, facts, &mut |atom| atoms.push(atom));
    let sums = Sums::new(&atoms);
    let mut costs = Costs::default();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let card = if can_be_card {
        CostKind::LinkForCard
    } else {
        CostKind::Link
    };
    let found = links::find(plain, Dialect::X)
        .into_iter()
        .map(|range| (card, range));
    let mentions = mentions::find(plain).into_iter();
    let mentions = mentions.map(|mention| (CostKind::Mention, mention.range));
    for (kind, range) in found.chain(mentions) {
        let used = sums.over(&range);
        let looks = clusters::of(&plain[range.clone()]).count();
        let is_dear = used.saturating_mul(SHARE) >= limit;
        if is_dear || looks != used as usize {
            let kind = if is_dear || kind != CostKind::LinkForCard {
                kind
            } else {
                CostKind::Link
            };
            costs.add(kind, &plain[range.clone()], used);
        }
        taken.push(range);
    }
    taken.sort_by_key(|range| range.start);
    characters(plain, &atoms, &taken, limit, &mut costs);
    costs.dearest()
}

/// What was found so far; pieces that count the same are told together.
#[derive(Default)]
struct Costs<'a>(BTreeMap<(CostKind, u32, &'a str), Cost>);

impl<'a> Costs<'a> {
    fn add(&mut self, kind: CostKind, text: &'a str, used: u32) {
        let same = match kind {
            CostKind::Cluster => text,
            _ => "",
        };
        let cost = self.0.entry((kind, used, same)).or_insert_with(|| Cost {
            kind,
            text: text.to_owned(),
            used,
            times: 0,
        });
        cost.times = cost.times.saturating_add(1);
    }

    fn dearest(self) -> Vec<Cost> {
        let mut costs: Vec<Cost> = self.0.into_values().collect();
        costs.sort_by_key(|cost| std::cmp::Reverse(u64::from(cost.used) * u64::from(cost.times)));
        costs.truncate(MOST);
        costs
    }
}

/// What single characters cost outside of what is told already: dear clusters, and letters that add up.
fn characters<'a>(
    plain: &'a str,
    atoms: &[Atom],
    taken: &[Range<usize>],
    limit: u32,
    costs: &mut Costs<'a>,
) {
    let mut taken = taken.iter().peekable();
    let mut surplus = 0_u32;
    let mut dearest: Option<Atom> = None;
    for (index, atom) in atoms.iter().enumerate() {
        while taken.next_if(|range| range.end <= atom.start).is_some() {}
        let is_taken = taken.peek().is_some_and(|range| range.start <= atom.start);
        if is_taken || atom.used < 2 {
            continue;
        }
        let end = atoms.get(index + 1).map_or(plain.len(), |next| next.start);
        let cluster = &plain[atom.start..end];
        if atom.used >= DEAR_CLUSTER {
            costs.add(CostKind::Cluster, cluster, atom.used);
        } else if cluster.chars().any(char::is_alphabetic) {
            surplus = surplus.saturating_add(atom.used - 1);
            if dearest.is_none_or(|dearest| dearest.used < atom.used) {
                dearest = Some(*atom);
            }
        }
    }
    if let Some(dearest) = dearest.filter(|_| surplus.saturating_mul(SHARE) >= limit) {
        let rest = &plain[dearest.start..];
        let letter = clusters::of(rest).next().map_or("", |range| &rest[range]);
        costs.add(CostKind::Letter, letter, dearest.used);
    }
}

/// What every span of a text counts, without adding it up anew.
struct Sums<'a> {
    atoms: &'a [Atom],
    before: Vec<u32>,
}

impl<'a> Sums<'a> {
    fn new(atoms: &'a [Atom]) -> Self {
        let mut sum = 0_u32;
        let mut before = vec![0];
        for atom in atoms {
            sum = sum.saturating_add(atom.used);
            before.push(sum);
        }
        Self { atoms, before }
    }

    fn over(&self, range: &Range<usize>) -> u32 {
        let place = |byte: usize| self.atoms.partition_point(|atom| atom.start < byte);
        self.before[place(range.end)] - self.before[place(range.start)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Content, LinkCard, PlatformId, Variant};
    use crate::text::compose;

    fn costs(platform: PlatformId, text: &str) -> Vec<(CostKind, String, u32)> {
        let content = Content {
            text: text.to_owned(),
            ..Content::default()
        };
        costs_of(platform, &content)
    }

    fn costs_of(platform: PlatformId, content: &Content) -> Vec<(CostKind, String, u32)> {
        let variant = Variant::inherits("channel");
        let composed = compose(platform, content, &variant, &Facts::default());
        let costs = composed.parts.into_iter().flat_map(|part| part.costs);
        costs
            .map(|cost| (cost.kind, cost.text, cost.used))
            .collect()
    }

    #[test]
    fn a_long_link_is_dear_where_it_counts_in_full_and_23_elsewhere() {
        let link = "https://example.org/reviews/58?from=the-newsletter";
        let text = format!("Read {link} today");
        let told = |kind, used| vec![(kind, link.to_owned(), used)];
        let bluesky = costs(PlatformId::Bluesky, &text);
        assert_eq!(bluesky, told(CostKind::LinkForCard, 50));
        for platform in [PlatformId::Mastodon, PlatformId::X] {
            assert_eq!(costs(platform, &text), told(CostKind::Link, 23));
        }
        assert_eq!(costs(PlatformId::LinkedIn, &text), []);
        assert_eq!(costs(PlatformId::Sandbox, &text), []);
    }

    #[test]
    fn a_short_link_that_counts_more_than_it_looks_is_told() {
        let x = costs(PlatformId::X, "see a.co now");
        assert_eq!(x, [(CostKind::Link, "a.co".to_owned(), 23)]);
        assert_eq!(costs(PlatformId::Mastodon, "see a.co now"), []);
        assert_eq!(costs(PlatformId::Bluesky, "see a.co now"), []);
    }

    #[test]
    fn a_link_is_only_offered_to_a_card_that_is_free() {
        let link = "https://example.org/reviews/58?from=the-newsletter";
        let content = Content {
            text: format!("Read {link}"),
            link: Some(LinkCard {
                url: "https://example.org".to_owned(),
                ..LinkCard::default()
            }),
            ..Content::default()
        };
        let told = costs_of(PlatformId::Bluesky, &content);
        assert_eq!(told, [(CostKind::Link, link.to_owned(), 50)]);
    }

    #[test]
    fn a_mention_counts_its_local_part_or_its_full_address() {
        let text = "thanks @ada@a-very-long-name.example.org";
        let mention = "@ada@a-very-long-name.example.org".to_owned();
        assert_eq!(
            costs(PlatformId::Mastodon, text),
            [(CostKind::Mention, mention.clone(), 4)]
        );
        assert_eq!(
            costs(PlatformId::Bluesky, text)[0],
            (CostKind::Mention, mention, 33)
        );
    }

    #[test]
    fn links_that_count_the_same_are_told_together() {
        let text = "https://example.org/a and https://example.org/bcdefgh";
        let content = Content {
            text: text.to_owned(),
            ..Content::default()
        };
        let variant = Variant::inherits("channel");
        let facts = Facts::default();
        let composed = compose(PlatformId::Mastodon, &content, &variant, &facts);
        let [cost] = &composed.parts[0].costs[..] else {
            panic!("{:?}", composed.parts[0].costs);
        };
        assert_eq!((cost.used, cost.times), (23, 2));
    }

    #[test]
    fn an_emoji_family_is_dear_where_its_parts_are_counted() {
        let text = "Welcome 👨‍👩‍👧‍👦 and 👨‍👩‍👧‍👦";
        let family = |used| vec![(CostKind::Cluster, "👨‍👩‍👧‍👦".to_owned(), used)];
        assert_eq!(costs(PlatformId::LinkedIn, text), family(11));
        assert_eq!(costs(PlatformId::YouTube, text), family(25));
        assert_eq!(costs(PlatformId::Zulip, text), family(7));
        assert_eq!(costs(PlatformId::X, text), []);
        assert_eq!(costs(PlatformId::Bluesky, text), []);
        assert_eq!(costs(PlatformId::YouTube, "Welcome 😀"), []);
    }

    #[test]
    fn letters_that_count_twice_are_told_once_they_add_up() {
        assert_eq!(costs(PlatformId::X, "日本語"), []);
        let told = costs(PlatformId::X, &"日本語".repeat(10));
        assert_eq!(told, [(CostKind::Letter, "日".to_owned(), 2)]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for pattern in ["@a", "a.co ", "@a@b.co ", "国", "👨‍👩‍👧‍👦", "\u{301}", "http://"]
        {
            let started = std::time::Instant::now();
            for platform in PlatformId::ALL {
                costs(*platform, &pattern.repeat(10_000));
            }
            assert!(started.elapsed().as_secs() < 20, "{pattern}");
        }
    }
}
