//! What a post will cost stands beside the time that is chosen for it.

use super::{app, text};
use masthead::app::sheet::ScheduleSheet;
use masthead::app::{Input, Sheet};
use masthead::domain::PlatformId;

#[test]
fn a_time_is_chosen_beside_what_the_post_will_cost() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut app = app(width, height);
        let detail = app.detail.clone().unwrap();
        app.sheet = Some(Sheet::Schedule(ScheduleSheet {
            post: detail.view.post.id,
            title: detail.view.post.content.title.clone(),
            input: Input::new("fri 9"),
        }));
        assert!(!text(&app).contains("costs about"));
        let channel = detail.composed[0].0.clone();
        app.facts.entry(channel).or_default().price = PlatformId::X.listed_price();
        assert!(text(&app).contains("costs about $0."), "{}", text(&app));
    }
}
