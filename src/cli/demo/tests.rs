//! The sample month: what stands in it, that all of it could leave, and that nothing of it is left behind.

use super::*;
use crate::runtime::clock::PlanClock;
use crate::text;
use chrono::DateTime;

fn globals(folder: &std::path::Path) -> Globals {
    Globals {
        db: None,
        config: Some(folder.join("none.toml")),
        data_dir: Some(folder.to_owned()),
        json: false,
        ascii: false,
        plain: false,
    }
}

#[test]
fn the_month_has_every_state_both_kinds_and_a_post_due_in_a_minute() {
    let folder = Private::new().expect("a folder");
    let mut house = open(&globals(&folder.0), &folder).expect("it opens");
    let noon = DateTime::parse_from_rfc3339("2026-11-10T12:00:00Z")
        .expect("an instant")
        .to_utc();
    house.plan_clock = PlanClock::Stopped(noon);
    fill(&house).expect("it fills");
    let views = house
        .store
        .wait(|db| db.list(None, None, false, 1000))
        .expect("a list");
    assert_eq!(views.len(), demo_posts::SAMPLES.len());
    let count = |state| {
        views
            .iter()
            .flat_map(|view| &view.deliveries)
            .filter(|delivery| delivery.state == state)
            .count()
    };
    assert_eq!(count(DeliveryState::Failed), 1);
    assert_eq!(count(DeliveryState::Unknown), 1);
    assert_eq!(count(DeliveryState::Missed), 2);
    assert_eq!(count(DeliveryState::Publishing), 0);
    assert!(count(DeliveryState::Published) >= 20);
    let next = house
        .store
        .wait(move |db| db.next_due(noon))
        .expect("readable");
    assert_eq!(next, Some(noon + Duration::seconds(60)));
    let is_asked = |view: &PostView| {
        let mut deliveries = view.deliveries.iter();
        deliveries.any(|delivery| delivery.waits == Waits::ForAPerson)
    };
    assert_eq!(views.iter().filter(|view| is_asked(view)).count(), 1);
    for kind in [Kind::Evergreen, Kind::AdHoc] {
        assert!(views.iter().any(|view| view.post.content.kind == kind));
    }
}

#[test]
fn every_sample_could_leave_and_each_channel_names_people_in_its_own_way() {
    let folder = Private::new().expect("a folder");
    let house = open(&globals(&folder.0), &folder).expect("it opens");
    introduce(&house).expect("who is who is written");
    let facts = house.store.wait(|db| db.facts()).expect("readable");
    let mut forms = Vec::new();
    for sample in demo_posts::SAMPLES {
        let content = content(sample, &house);
        for variant in &content.variants {
            let configured = house.config.channel(&variant.channel).expect("configured");
            let rules = configured.channel.rules();
            let composed = text::compose(rules, &content, variant, &facts[&variant.channel]);
            if content.text.contains("@@ada") {
                forms.push(composed.parts[0].plain.clone());
            }
            assert!(
                composed.can_leave(),
                "{} on {}: {:?}",
                sample.title,
                variant.channel,
                composed.problems
            );
            if sample.way == Way::Thread {
                assert_eq!(composed.parts.len(), 3, "{}", sample.title);
            }
        }
    }
    for form in ["Ada Example", "@ada@social.example.org", "@**Ada Example**"] {
        let named = format!("opened by {form}.");
        assert!(forms.iter().any(|text| text.contains(&named)), "{forms:?}");
    }
}

#[test]
fn the_folder_is_private_and_goes_with_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Private::new().expect("a folder");
    let path = folder.0.clone();
    let mode = std::fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    std::fs::write(path.join("x"), "x").expect("writable");
    drop(folder);
    assert!(!path.exists());
}
