//! Holds what is on a server against what the database says of it.
//!
//! Pure; panics where a promise is broken.

use crate::registered::Made;
use masthead::domain::{Delivery, DeliveryState};

/// Returns how many parts are there; `words` are those of each part, which nothing else has.
pub fn judge(words: &[String], pictures: usize, delivery: &Delivery, posts: &[Made]) -> usize {
    let said = format!("{:?} “{}”", delivery.state, delivery.reason);
    let parts: Vec<Vec<&Made>> = (words.iter())
        .map(|words| {
            posts
                .iter()
                .filter(|post| post.text.contains(words))
                .collect()
        })
        .collect();
    let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
    assert!(
        counts.iter().all(|count| *count <= 1),
        "doubled: {counts:?}, {said}"
    );
    let made: Vec<&Made> = parts.iter().flatten().copied().collect();
    assert!(
        counts.iter().take(made.len()).all(|count| *count == 1),
        "a part is missing before another: {counts:?}, {said}"
    );
    for pair in made.windows(2) {
        assert_eq!(
            pair[1].answers.as_deref(),
            Some(pair[0].id.as_str()),
            "out of order, {said}"
        );
    }
    if let Some(first) = made.first() {
        assert_eq!(first.answers, None, "the first part answers something");
        assert_eq!(first.pictures, pictures, "pictures, {said}");
    }
    let ids: Vec<&str> = made.iter().map(|post| post.id.as_str()).collect();
    let known: Vec<&str> = delivery.remote_ids.iter().map(String::as_str).collect();
    match delivery.state {
        DeliveryState::Published => {
            assert_eq!(made.len(), words.len(), "published, but not there: {said}");
            assert_eq!(ids, known);
        }
        DeliveryState::Unknown => {
            assert!(ids.starts_with(&known), "{ids:?}, {known:?}");
            assert!(ids.len() <= known.len() + 1, "{ids:?}, {known:?}");
        }
        DeliveryState::Failed | DeliveryState::Missed => {
            assert_eq!(ids, known, "there, but not known to be: {said}");
        }
        other => panic!("not settled: {other:?}"),
    }
    made.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::now;
    use masthead::domain::{DeliveryId, PlatformId, PostId};

    fn made(id: &str, answers: Option<&str>) -> Made {
        Made {
            id: id.to_owned(),
            text: format!("<p>words of {id}</p>"),
            answers: answers.map(str::to_owned),
            pictures: 0,
        }
    }

    /// Judges a thread of two parts, `1` and `2`.
    fn of_two(state: DeliveryState, known: &[&str], posts: &[Made]) -> usize {
        let delivery = Delivery {
            id: DeliveryId(1),
            post: PostId(1),
            channel: "test".into(),
            platform: PlatformId::Sandbox,
            state,
            due_at: None,
            reason: String::new(),
            permalink: None,
            remote_ids: known.iter().map(|id| (*id).to_owned()).collect(),
            attempts: 0,
            next_try: None,
            waits: masthead::domain::Waits::default(),
            changed_at: now(),
        };
        let words = ["words of 1".to_owned(), "words of 2".to_owned()];
        judge(&words, 0, &delivery, posts)
    }

    #[test]
    fn what_is_as_promised_is_counted() {
        let both = [made("2", Some("1")), made("1", None)];
        assert_eq!(of_two(DeliveryState::Published, &["1", "2"], &both), 2);
        assert_eq!(of_two(DeliveryState::Unknown, &["1"], &both), 2);
        assert_eq!(of_two(DeliveryState::Unknown, &["1"], &both[1..]), 1);
        assert_eq!(of_two(DeliveryState::Failed, &["1"], &both[1..]), 1);
        assert_eq!(of_two(DeliveryState::Missed, &[], &[]), 0);
    }

    #[test]
    #[should_panic(expected = "doubled: [2, 0]")]
    fn a_doubled_part_is_seen() {
        let twice = [made("1", None), made("1", None)];
        of_two(DeliveryState::Unknown, &["1"], &twice);
    }

    #[test]
    #[should_panic(expected = "published, but not there")]
    fn a_part_that_was_silently_not_published_is_seen() {
        of_two(DeliveryState::Published, &["1", "2"], &[made("1", None)]);
    }

    #[test]
    #[should_panic(expected = "there, but not known to be")]
    fn a_failed_post_that_is_public_is_seen() {
        of_two(DeliveryState::Failed, &[], &[made("1", None)]);
    }

    #[test]
    #[should_panic(expected = "out of order")]
    fn a_thread_out_of_order_is_seen() {
        let both = [made("1", None), made("2", None)];
        of_two(DeliveryState::Published, &["1", "2"], &both);
    }
}
