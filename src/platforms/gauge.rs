//! What platforms say of an account's quota with every answer, kept in memory: the last word about reading, and about writing.
//!
//! Nothing is asked for it and nothing is written; who wants it on disk writes it with something else.

use super::answer::read_instant;
use crate::domain::connection::{Quota, QuotaOf};
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// The names of the headers before `limit`, `remaining` and `reset`: Mastodon and Zulip (docs.joinmastodon.org/api/rate-limits,
/// zulip.com/api/rest-error-handling), Bluesky (docs.bsky.app/docs/advanced-guides/rate-limits), X
/// (docs.x.com/x-api/fundamentals/rate-limits), read 2026-11.
const FAMILIES: [&str; 3] = ["x-ratelimit-", "ratelimit-", "x-rate-limit-"];

/// The last words about a quota; all copies read the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge(Arc<Mutex<Vec<Quota>>>);

impl Gauge {
    /// Reads the headers of an answer; one that says nothing of a quota changes nothing.
    pub fn read<'h>(
        &self,
        of: QuotaOf,
        header: impl Fn(&str) -> Option<&'h str>,
        now: DateTime<Utc>,
    ) {
        let Some(told) = told(of, header, now) else {
            return;
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|quota| quota.of != of);
        all.push(told);
        all.sort_by_key(|quota| quota.of);
    }

    /// Returns what was said last.
    pub fn told(&self) -> Vec<Quota> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }
}

fn told<'h>(
    of: QuotaOf,
    header: impl Fn(&str) -> Option<&'h str>,
    now: DateTime<Utc>,
) -> Option<Quota> {
    FAMILIES.iter().find_map(|family| {
        let named = |name: &str| header(&format!("{family}{name}")).map(str::trim);
        Some(Quota {
            of,
            left: named("remaining")?.parse().ok()?,
            limit: named("limit").and_then(|limit| limit.parse().ok()),
            resets_at: named("reset").and_then(|reset| read_instant(reset, now)),
            told_at: now,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_of_headers_is_read_and_anything_else_is_no_quota() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let reset: DateTime<Utc> = "2026-11-22T12:05:00Z".parse().unwrap();
        let epoch = reset.timestamp().to_string();
        for (family, written) in [
            ("x-ratelimit-", "2026-11-22T12:05:00.000000Z"),
            ("ratelimit-", epoch.as_str()),
            ("x-rate-limit-", epoch.as_str()),
        ] {
            let gauge = Gauge::default();
            let header = |name: &str| match name.strip_prefix(family)? {
                "limit" => Some("300"),
                "remaining" => Some("287"),
                "reset" => Some(written),
                _ => None,
            };
            gauge.read(QuotaOf::Writing, header, now);
            gauge.read(QuotaOf::Reading, |_| Some("soon"), now);
            let told = gauge.told();
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(
                (told[0].left, told[0].limit, told[0].resets_at),
                (287, Some(300), Some(reset))
            );
        }
    }
}
