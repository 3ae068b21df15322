//! One action on several posts: what it makes of each, or why it leaves one as it is.
//!
//! Pure. `store` does all of it in one transaction with one undo entry; which posts are meant is `app/marks.rs`.

use super::{Content, LocalTime, Plan, PostView};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

/// An action on several posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Several {
    /// Move each by so many days; it keeps its clock time.
    MoveDays(i64),
    /// Move each by so many minutes.
    MoveMinutes(i64),
    /// Put each into the trash.
    Trash,
    /// Let the first leave at this time and the others as much later as they are planned after it; `Shelf` takes
    /// the time away from all. (`Queued` lets each take a free slot.)
    Schedule(Plan),
    /// Move them so that the first is on this day.
    MoveTo(NaiveDate, Tz),
    /// Copy them as drafts, so that the first copy is on this day.
    CopyTo(NaiveDate, Tz),
}

/// What an action makes of one post.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The post has this content from now on.
    Revise(Content),
    /// A new post with this content is made from it.
    Copy(Content),
}

impl Several {
    /// Returns what it makes of each post, in their order; the error says why one is left alone. `now` is the plan's.
    pub fn apply(&self, views: &[PostView], now: DateTime<Utc>) -> Vec<Result<Step, String>> {
        let planned = |view: &PostView| view.post.content.plan.at();
        let first = views.iter().filter_map(planned).min_by_key(|at| at.local);
        views
            .iter()
            .map(|view| self.apply_to(view, first, now))
            .collect()
    }

    fn apply_to(
        &self,
        view: &PostView,
        first: Option<LocalTime>,
        now: DateTime<Utc>,
    ) -> Result<Step, String> {
        let content = &view.post.content;
        if content.trashed {
            return Err("is in the trash".to_owned());
        }
        let onto = |day: NaiveDate, at: LocalTime| {
            let days = (day - first.map_or(day, |it| it.local.date())).num_days();
            at.plus_days(days)
        };
        match *self {
            Self::Trash => Ok(Step::Revise(Content {
                trashed: true,
                ..content.clone()
            })),
            Self::MoveDays(days) => moved(view, timed(content)?.plus_days(days), now),
            Self::MoveMinutes(minutes) => moved(view, timed(content)?.plus_minutes(minutes), now),
            Self::MoveTo(day, _) => moved(view, onto(day, timed(content)?), now),
            Self::CopyTo(day, zone) => {
                let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
                let at = content.plan.at();
                let at = at.map_or(LocalTime::new(day.and_time(nine), zone), |at| onto(day, at));
                // A copy is a draft: nothing leaves twice because a key was pressed twice.
                Ok(Step::Copy(Content {
                    plan: Plan::At(at),
                    scheduled: false,
                    ..content.clone()
                }))
            }
            Self::Schedule(plan) => schedule(view, plan, first, now),
        }
    }

    /// Says in words what it did to so many posts: `moved 3 posts a day on`.
    pub fn label(&self, count: usize) -> String {
        let posts = if count == 1 {
            "1 post".to_owned()
        } else {
            format!("{count} posts")
        };
        let by = |amount: i64, unit: &str, way: [&str; 2]| {
            let way = way[usize::from(amount >= 0)];
            match amount.abs() {
                1 => format!("a {unit} {way}"),
                many => format!("{many} {unit}s {way}"),
            }
        };
        let time = |at: LocalTime| at.local.format("%a %-d %b %H:%M").to_string();
        let day = |day: NaiveDate| day.format("%a %-d %b").to_string();
        match *self {
            Self::MoveDays(days) => format!("moved {posts} {}", by(days, "day", ["back", "on"])),
            Self::MoveMinutes(minutes) => {
                format!(
                    "moved {posts} {}",
                    by(minutes, "minute", ["earlier", "later"])
                )
            }
            Self::Trash => format!("trashed {posts}"),
            Self::Schedule(Plan::At(at)) => format!("scheduled {posts} from {}", time(at)),
            Self::Schedule(Plan::Shelf) => format!("put {posts} on the shelf"),
            Self::Schedule(Plan::Queued) => format!("queued {posts}"),
            Self::MoveTo(to, _) => format!("moved {posts} to {} and after", day(to)),
            Self::CopyTo(to, _) => format!("pasted {posts} on {} and after", day(to)),
        }
    }
}

fn timed(content: &Content) -> Result<LocalTime, String> {
    content
        .plan
        .at()
        .ok_or_else(|| "has no time yet".to_owned())
}

fn moved(view: &PostView, at: LocalTime, now: DateTime<Utc>) -> Result<Step, String> {
    let content = &view.post.content;
    planned(view, Plan::At(at), content.scheduled, now)
}

fn schedule(
    view: &PostView,
    plan: Plan,
    first: Option<LocalTime>,
    now: DateTime<Utc>,
) -> Result<Step, String> {
    let content = &view.post.content;
    let scheduled = plan != Plan::Shelf;
    if scheduled && content.variants.is_empty() {
        return Err("goes to no channel yet".to_owned());
    }
    let plan = match (plan, content.plan.at(), first) {
        (Plan::At(to), Some(own), Some(first)) => Plan::At(LocalTime {
            local: to.local + (own.local - first.local),
            zone: to.zone,
        }),
        (plan, _, _) => plan,
    };
    planned(view, plan, scheduled, now)
}

fn planned(
    view: &PostView,
    plan: Plan,
    scheduled: bool,
    now: DateTime<Utc>,
) -> Result<Step, String> {
    let deliveries = &view.deliveries;
    if !deliveries.is_empty() && !deliveries.iter().any(|it| it.state.is_open()) {
        return Err("has left and stays where it was".to_owned());
    }
    if scheduled && plan.at().is_some_and(|at| at.instant() <= now) {
        return Err("would be in the past, and would leave at once".to_owned());
    }
    Ok(Step::Revise(Content {
        plan,
        scheduled,
        ..view.post.content.clone()
    }))
}
