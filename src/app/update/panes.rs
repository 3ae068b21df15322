//! Moving about while nothing is typed: days, weeks, months, posts, rows, panes; and the welcome.

use super::{act, ask, leave, load_selected, moved, palette, reflow, say, views};
use crate::app::editor::{next_tab, tabs};
use crate::app::keymap::Lookup;
use crate::app::layout::Room;
use crate::app::msg::Rank;
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Key, Pane, Place, Tab, WelcomeChoice, layout};
use crate::domain::PostId;
use crate::domain::calendar::{first_of_month, last_of_month, plus_days, plus_months, week_of};
use crate::domain::queue::QueueRow;
use chrono::NaiveDate;

/// Takes a key while a pane has the focus.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    match app.keymap.look_up(&[key], app.focus) {
        Lookup::Action(action) => act(app, action),
        Lookup::Prefix => {
            app.memory.prefix = Some(key);
            app.sheet = Some(Sheet::Prefix(key));
            Vec::new()
        }
        Lookup::Nothing => Vec::new(),
    }
}

/// Takes the second key of a sequence.
pub fn press_second(app: &mut App, key: Key) -> Vec<Effect> {
    app.sheet = None;
    let Some(first) = app.memory.prefix.take() else {
        return Vec::new();
    };
    match app.keymap.look_up_in(&[first, key], app.here()) {
        Lookup::Action(action) => act(app, action),
        Lookup::Prefix | Lookup::Nothing => Vec::new(),
    }
}

/// Does what an action of moving asks for.
pub fn go(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::NextPane => focus(app, next_pane(app.focus)),
        Action::PreviousPane => focus(app, next_pane(next_pane(app.focus))),
        Action::PaneCalendar => focus(app, Pane::Calendar),
        Action::PaneQueue => focus(app, Pane::Queue),
        Action::PaneEditor => focus(app, Pane::Editor),
        Action::Today => to_day(app, app.today()),
        Action::PreviousMonth => to_day(app, views::page(app, -1)),
        Action::NextMonth => to_day(app, views::page(app, 1)),
        Action::NextPost => step_post(app, 1),
        Action::PreviousPost => step_post(app, -1),
        other => match app.focus {
            Pane::Calendar => go_in_calendar(app, other),
            Pane::Queue => go_in_queue(app, other),
            Pane::Editor => go_in_post(app, other),
        },
    }
}

fn next_pane(pane: Pane) -> Pane {
    match pane {
        Pane::Calendar => Pane::Queue,
        Pane::Queue => Pane::Editor,
        Pane::Editor => Pane::Calendar,
    }
}

fn focus(app: &mut App, pane: Pane) -> Vec<Effect> {
    let mut effects = Vec::new();
    if app.focus != pane && layout::room(app.size) == Room::Wide {
        app.hinted.get_or_insert(app.focus);
        app.memory.hints = ask(app);
        effects.push(Effect::Settle(app.memory.hints));
    }
    app.focus = pane;
    let in_queue = app
        .selected
        .is_some_and(|id| app.queue.posts().any(|post| post.id == id));
    if pane == Pane::Queue && !in_queue {
        let first = app.queue.posts().next().map(|post| post.id);
        effects.extend(first.map_or_else(Vec::new, |id| select(app, id)));
        return effects;
    }
    reflow(app);
    if layout::shows_post(app) && app.selected_detail().is_none() {
        effects.extend(load_selected(app));
    }
    effects
}

fn go_in_calendar(app: &mut App, action: Action) -> Vec<Effect> {
    if let Some(effects) = views::go(app, action) {
        return effects;
    }
    let day = app.day;
    let week = week_of(day, app.week_start);
    let target = match action {
        Action::Left => plus_days(day, -1),
        Action::Right => plus_days(day, 1),
        Action::Up => plus_days(day, -7),
        Action::Down => plus_days(day, 7),
        Action::WeekStart => week,
        Action::WeekEnd => plus_days(week, 6),
        Action::First => first_of_month(day),
        Action::Last => last_of_month(day),
        _ => return Vec::new(),
    };
    to_day(app, target)
}

fn go_in_queue(app: &mut App, action: Action) -> Vec<Effect> {
    let ids: Vec<PostId> = app.queue.posts().map(|post| post.id).collect();
    let Some(last) = ids.len().checked_sub(1) else {
        return Vec::new();
    };
    let at = ids.iter().position(|id| Some(*id) == app.selected);
    let target = match (action, at) {
        (Action::Down, Some(at)) => (at + 1).min(last),
        (Action::Up, Some(at)) => at.saturating_sub(1),
        (Action::First, _) | (Action::Down | Action::Up, None) => 0,
        (Action::Last, _) => last,
        _ => return Vec::new(),
    };
    select(app, ids[target])
}

fn go_in_post(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Down => app.detail_scroll += 1,
        Action::Up => app.detail_scroll = app.detail_scroll.saturating_sub(1),
        Action::First => app.detail_scroll = 0,
        Action::Left => turn_detail_tab(app, -1),
        Action::Right => turn_detail_tab(app, 1),
        _ => {}
    }
    Vec::new()
}

fn turn_detail_tab(app: &mut App, step: isize) {
    let Some(detail) = app.selected_detail() else {
        return;
    };
    let tabs = tabs(&detail.view.post.content);
    app.detail_tab = next_tab(tabs, &app.detail_tab, step);
    app.detail_scroll = 0;
}

/// Shows the master text of whatever is selected next.
fn forget_detail_place(app: &mut App) {
    app.detail_scroll = 0;
    app.detail_tab = Tab::Master;
}

/// Selects a day, and on it the first post.
pub fn to_day(app: &mut App, day: NaiveDate) -> Vec<Effect> {
    if day != app.day {
        app.day = day;
        forget_detail_place(app);
        app.selected = app.posts_on(day).first().map(|post| post.id);
    }
    moved(app)
}

/// Returns the post after one in the queue, or before it where it is the last.
pub fn beside_in_queue(app: &App, id: PostId) -> Option<PostId> {
    let ids: Vec<PostId> = app.queue.posts().map(|post| post.id).collect();
    let at = ids.iter().position(|other| *other == id)?;
    let beside = ids.get(at + 1).or_else(|| ids.get(at.checked_sub(1)?));
    beside.copied()
}

/// Selects a post, and the day on which it stands.
pub fn select(app: &mut App, id: PostId) -> Vec<Effect> {
    if app.selected != Some(id) {
        app.selected = Some(id);
        forget_detail_place(app);
    }
    let on_calendar = app.posts.iter().find(|post| post.id == id);
    let summary = on_calendar.or_else(|| app.queue.posts().find(|post| post.id == id));
    if let Some(day) = summary.and_then(|post| app.day_of(post)) {
        app.day = day;
    }
    scroll_queue(app);
    moved(app)
}

fn step_post(app: &mut App, step: isize) -> Vec<Effect> {
    if app.focus == Pane::Queue {
        return go_in_queue(app, if step > 0 { Action::Down } else { Action::Up });
    }
    let selected = app.selected.and_then(|id| {
        app.posts
            .iter()
            .position(|post| post.id == id && app.day_of(post) == Some(app.day))
    });
    let target = match selected {
        Some(at) => at.checked_add_signed(step),
        // No post on this day: the nearest one in that direction.
        None => {
            let after = app
                .posts
                .partition_point(|post| app.day_of(post).is_none_or(|it| it <= app.day));
            if step > 0 {
                Some(after)
            } else {
                after.checked_sub(1)
            }
        }
    };
    match target.and_then(|at| app.posts.get(at)) {
        Some(post) => {
            let id = post.id;
            select(app, id)
        }
        None => {
            let edge = plus_months(app.day, if step > 0 { 1 } else { -1 });
            let edge = if step > 0 {
                first_of_month(edge)
            } else {
                last_of_month(edge)
            };
            to_day(app, edge)
        }
    }
}

/// Scrolls the queue so that the selected row and two around it are shown; past them by half its height.
pub fn scroll_queue(app: &mut App) {
    let rows = app.queue.rows(app.zone);
    let is_selected =
        |row: &QueueRow<'_>| matches!(row, QueueRow::Post(post) if Some(post.id) == app.selected);
    let tall = layout::queue_is_tall(app);
    let lines = |row: &QueueRow<'_>| {
        if tall && matches!(row, QueueRow::Post(_)) {
            2
        } else {
            1
        }
    };
    let height = layout::queue_height(app);
    let mut room = height;
    let last_page = rows.iter().rev().take_while(|row| {
        let fits = lines(row) <= room;
        room = room.saturating_sub(lines(row));
        fits
    });
    let lowest = rows.len() - last_page.count();
    let Some(at) = rows.iter().position(is_selected) else {
        app.queue_scroll = app.queue_scroll.min(lowest);
        return;
    };
    let context = 2.min(height / 4);
    let top = app.queue_scroll.min(rows.len() - 1);
    let shown_until = |top: usize| {
        let mut used = 0;
        let fits = rows[top..].iter().take_while(|row| {
            used += lines(row);
            used <= height
        });
        top + fits.count()
    };
    let inside = (top + context <= at || top == 0)
        && top <= at
        && (at + context < shown_until(top) || shown_until(top) == rows.len() && at < rows.len());
    if !inside {
        let mut first = at;
        let mut used = lines(&rows[at]);
        while first > 0 && used + lines(&rows[first - 1]) <= height.div_ceil(2) {
            first -= 1;
            used += lines(&rows[first]);
        }
        app.queue_scroll = first.min(lowest);
    } else {
        app.queue_scroll = top.min(lowest);
    }
}

/// Takes a key while the welcome is shown.
pub fn press_welcome(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(welcome) = &mut app.welcome else {
        return Vec::new();
    };
    let last = WelcomeChoice::ALL.len() - 1;
    match key {
        Key::Down | Key::Char('j') => welcome.selected = (welcome.selected + 1).min(last),
        Key::Up | Key::Char('k') => welcome.selected = welcome.selected.saturating_sub(1),
        Key::Char('A') => app.look.ascii = !app.look.ascii,
        Key::Char('?') | Key::F(1) => return palette::open_help(app, Place::Calendar),
        Key::Char('q') => return leave(app),
        Key::Ctrl('c') => return leave(app),
        Key::Enter => {
            let choice = WelcomeChoice::ALL[welcome.selected].0;
            return choose_welcome(app, choice);
        }
        Key::Char(digit) => {
            let number = digit
                .to_digit(10)
                .and_then(|number| usize::try_from(number).ok());
            if let Some(choice) =
                number.and_then(|number| WelcomeChoice::ALL.get(number.wrapping_sub(1)))
            {
                return choose_welcome(app, choice.0);
            }
        }
        Key::Esc => return choose_welcome(app, WelcomeChoice::Calendar),
        _ => {}
    }
    Vec::new()
}

fn choose_welcome(app: &mut App, choice: WelcomeChoice) -> Vec<Effect> {
    match choice {
        WelcomeChoice::Sandbox => {
            app.welcome = None;
            app.memory.then_add = true;
            vec![Effect::Welcomed, Effect::AddSandbox(ask(app))]
        }
        WelcomeChoice::Calendar => {
            app.welcome = None;
            vec![Effect::Welcomed]
        }
        WelcomeChoice::Connect => {
            let quit = app.key_for(Action::Quit);
            let text = "name the channel in config.toml as in config.example.toml, then: masthead login NAME";
            say(app, Rank::News, format!("Quit with {quit}, {text}"));
            Vec::new()
        }
        WelcomeChoice::Demo => {
            let quit = app.key_for(Action::Quit);
            say(
                app,
                Rank::News,
                format!("Quit with {quit}, then: masthead demo"),
            );
            Vec::new()
        }
    }
}
