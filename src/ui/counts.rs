//! Lengths against limits as words: `268/500`, `137 + 315/300`, `part 2 is 15 over`.
//!
//! Reads `Composed` and nothing else, so that what is shown is what is sent.

use crate::domain::{Composed, Cost, CostKind, Measure, Part, PartKind};

const LISTED_PARTS: usize = 3;
/// A mention's address is cut to so many columns.
const LONGEST_NAME: usize = 24;

/// Returns the length of each part against the limit: `268/500`, `137 + 315/300`; comments have a limit of their own:
/// `268/3000 + 40/1250`.
pub fn total(composed: &Composed) -> String {
    if let (PartKind::Comment, [post, comments @ ..]) =
        (composed.later_parts(), composed.parts.as_slice())
    {
        return with_comments(post, comments);
    }
    let limit = composed
        .parts
        .first()
        .and_then(|part| part.count.text.limit);
    let limit = limit.map_or_else(String::new, |limit| format!("/{limit}"));
    format!("{}{limit}", used(composed))
}

/// Returns the length of each part: `268`, `137 + 315`.
///
/// A single one is three columns wide, so that what stands behind it keeps its place while a text grows.
pub fn used(composed: &Composed) -> String {
    if let [only] = composed.parts.as_slice() {
        return format!("{:>3}", only.count.text.used);
    }
    let mut used = composed.parts.iter().map(|part| part.count.text.used);
    if composed.parts.len() > LISTED_PARTS {
        return format!("at most {}", used.max().unwrap_or(0));
    }
    let first = used.next().map_or_else(String::new, |it| it.to_string());
    used.fold(first, |line, it| format!("{line} + {it}"))
}

fn with_comments(post: &Part, comments: &[Part]) -> String {
    let all = std::iter::once(post).chain(comments).map(of_part);
    if comments.len() < LISTED_PARTS {
        return all.collect::<Vec<_>>().join(" + ");
    }
    let longest = comments.iter().max_by_key(|part| part.count.text.used);
    let longest = longest.map_or_else(String::new, of_part);
    format!("{} + at most {longest}", of_part(post))
}

/// Returns one part's length: `137/300`.
pub fn of_part(part: &Part) -> String {
    let Measure { used, limit } = part.count.text;
    limit.map_or_else(|| used.to_string(), |limit| format!("{used}/{limit}"))
}

/// Returns what costs much, dearest first: `link counts 23`, `2 links count 23 each`, `each 日 counts 2`.
pub fn costs(composed: &Composed) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for cost in composed.parts.iter().flat_map(|part| &part.costs) {
        let Cost { used, times, .. } = *cost;
        let many = |name: &str| format!("{times} {name} count {used} each");
        let words = match cost.kind {
            CostKind::Link | CostKind::LinkForCard if times > 1 => many("links"),
            CostKind::Link => format!("link counts {used}"),
            CostKind::LinkForCard => {
                format!("link counts {used}, or 0 as the card's link")
            }
            CostKind::Mention if times > 1 => many("mentions"),
            CostKind::Mention => {
                let name = super::text::cut_middle(&cost.text, LONGEST_NAME, "~");
                format!("{name} counts {used}")
            }
            CostKind::Cluster if times == 1 => format!("{} counts {used}", cost.text),
            CostKind::Cluster | CostKind::Letter => format!("each {} counts {used}", cost.text),
        };
        if !told.contains(&words) {
            told.push(words);
        }
    }
    told
}

/// Returns what the author may want to know: notes first, then what costs much.
pub fn remarks(composed: &Composed) -> String {
    let mut all = composed.notes.clone();
    all.extend(costs(composed));
    all.join(", ")
}

/// Returns what stops it in a few words: `part 2 is 15 over`; `None` when nothing does.
pub fn trouble(composed: &Composed) -> Option<String> {
    match composed.worst_over() {
        Some((part, over)) if composed.parts.len() > 1 => {
            Some(format!("{} is {over} over", composed.part_name(part)))
        }
        Some((_, over)) => Some(format!("{over} over")),
        None => composed.problems.first().map(|it| it.message.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Count, PlatformId};

    fn composed(used: &[usize]) -> Composed {
        let part = |used: &usize| Part {
            count: Count {
                text: Measure::new(*used, Some(300)),
                fits: *used <= 300,
                ..Count::default()
            },
            ..Part::default()
        };
        Composed {
            platform: PlatformId::Bluesky,
            parts: used.iter().map(part).collect(),
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_thread_lists_its_parts_and_says_which_is_over() {
        assert_eq!(total(&composed(&[268])), "268/300");
        assert_eq!(total(&composed(&[137, 315])), "137 + 315/300");
        assert_eq!(total(&composed(&[1, 2, 3, 4])), "at most 4/300");
        let over = composed(&[137, 315]);
        assert_eq!(trouble(&over).as_deref(), Some("part 2 is 15 over"));
        assert_eq!(trouble(&composed(&[300])), None);
        assert_eq!(trouble(&composed(&[301])).as_deref(), Some("1 over"));
    }

    #[test]
    fn comments_are_counted_against_their_own_limit() {
        let with = |used: &[usize]| {
            let mut composed = composed(used);
            composed.platform = PlatformId::LinkedIn;
            for part in composed.parts.iter_mut().skip(1) {
                part.kind = PartKind::Comment;
                part.count.text.limit = Some(125);
            }
            composed
        };
        assert_eq!(total(&with(&[268, 40])), "268/300 + 40/125");
        assert_eq!(
            total(&with(&[268, 40, 126, 7])),
            "268/300 + at most 126/125"
        );
        let over = with(&[268, 126]);
        assert_eq!(trouble(&over).as_deref(), Some("comment is 1 over"));
    }
}
