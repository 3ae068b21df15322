//! What a login may do, read from the scopes that were granted: which of those that are needed are missing, and what that costs.
//!
//! Pure. What each platform needs, and where it tells what it granted, is in its own `…_permission.rs`.

use super::http::quote;
use crate::domain::{Costs, Lack, Permission};
use chrono::{DateTime, Utc};

/// So many scopes are shown at the most: what a server tells is not ours to bound.
const MOST: usize = 24;

/// Something that a login should be able to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    /// The scopes, each of which is enough; the one to ask for is the first.
    pub any_of: &'static [&'static str],
    /// What happens without: "pictures are refused".
    pub without: &'static str,
    /// What that costs.
    pub costs: Costs,
}

/// Reads granted scopes, separated by blanks or commas.
pub(super) fn of_scopes(
    granted: &str,
    needs: &[Need],
    remedy: &str,
    told_at: DateTime<Utc>,
) -> Permission {
    let granted: Vec<&str> = granted
        .split([' ', ','])
        .filter(|scope| !scope.is_empty())
        .collect();
    let lacks = needs.iter().filter(|need| {
        let mut enough = need.any_of.iter();
        !enough.any(|scope| granted.contains(scope))
    });
    let lacks = lacks.map(|need| {
        let scope = short(need.any_of.first().copied().unwrap_or_default());
        Lack {
            words: format!(
                "it lacks `{scope}`, without which {}: {remedy}",
                need.without
            ),
            costs: need.costs,
        }
    });
    let shown: Vec<String> = (granted.iter().take(MOST))
        .map(|scope| quote(short(scope)))
        .collect();
    let more = match granted.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Permission {
        may: match shown.as_slice() {
            [] => "no scopes at all".to_owned(),
            shown => format!("scopes {}{more}", shown.join(" ")),
        },
        lacks: lacks.collect(),
        told_at,
    }
}

/// What is said where a platform does not say what a login may do.
pub(super) fn untold(who: &str, told_at: DateTime<Utc>) -> Permission {
    Permission {
        may: format!("{who} does not say what the login may do"),
        lacks: Vec::new(),
        told_at,
    }
}

/// Returns the last piece of a scope that is an address, as Google's are.
fn short(scope: &str) -> &str {
    match scope.strip_prefix("https://") {
        Some(address) => address.rsplit('/').next().unwrap_or(scope),
        None => scope,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: [Need; 2] = [
        Need {
            any_of: &["write:statuses", "write"],
            without: "posts are refused",
            costs: Costs::Publishing,
        },
        Need {
            any_of: &["https://www.googleapis.com/auth/youtube.readonly"],
            without: "nothing is looked up",
            costs: Costs::Something,
        },
    ];

    fn read(granted: &str) -> Permission {
        of_scopes(granted, &NEEDS, "log in again", DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_wider_scope_is_enough_and_what_is_missing_is_named_with_what_it_costs() {
        let wide = read("read write");
        assert_eq!(wide.may, "scopes read write");
        assert_eq!(
            wide.lacks,
            [Lack {
                words:
                    "it lacks `youtube.readonly`, without which nothing is looked up: log in again"
                        .to_owned(),
                costs: Costs::Something,
            }]
        );
        let narrow = read("https://www.googleapis.com/auth/youtube.readonly,writes");
        assert_eq!(narrow.may, "scopes youtube.readonly writes");
        assert_eq!(narrow.lacks[0].costs, Costs::Publishing);
    }

    #[test]
    fn what_a_server_tells_is_shown_clean_and_not_without_end() {
        assert_eq!(read(" ").may, "no scopes at all");
        assert_eq!(read("a\u{1b}[2J").may, "scopes a<1b>[2J");
        let many = vec!["s"; 30].join(" ");
        assert!(read(&many).may.ends_with("s and 6 more"));
    }
}
