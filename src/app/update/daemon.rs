//! Starting the daemon where nothing publishes, from the alarm that says so.
//!
//! The process is started by `runtime/background.rs`; who publishes then is told by the publisher as always.

use super::{ask, say, stale};
use crate::app::msg::Rank;
use crate::app::{Action, App, Effect, Place, Publishing};

/// Returns why there is no daemon to be started now; `None` where one helps.
pub fn needless(app: &App) -> Option<String> {
    Some(match &app.publishing {
        Publishing::Nobody => return None,
        // It lives and waits for the same thing; one more would wait beside it.
        Publishing::Cannot(_) => return app.memory.daemon.clone(),
        Publishing::Here => "This screen publishes; a daemon takes over when it ends".to_owned(),
        Publishing::Daemon => "The daemon publishes already".to_owned(),
        Publishing::Session(name) => format!("Session {name} publishes"),
        Publishing::Silent { who, .. } => {
            format!(
                "A daemon would wait for {who}, which holds the lead and does not move: end that process"
            )
        }
        Publishing::Unknown => "It is not known yet who publishes".to_owned(),
    })
}

/// Returns the action whose key starts the daemon here, from the alarm that says that nobody publishes.
pub fn key(app: &App) -> Option<Action> {
    match app.here() {
        here if Place::Plan.reaches(here) => Some(Action::StartDaemon),
        Place::EditorPane if !stale::is_shown(app) && needless(app).is_none() => {
            Some(Action::StaleText)
        }
        _ => None,
    }
}

/// Starts the daemon, unless somebody publishes.
pub fn start(app: &mut App) -> Vec<Effect> {
    if let Some(why) = needless(app) {
        say(app, Rank::News, why);
        return Vec::new();
    }
    say(app, Rank::News, "Starting the daemon".into());
    vec![Effect::StartDaemon(ask(app))]
}

/// Says what became of it, and looks again who publishes.
pub fn started(app: &mut App, result: Result<String, String>) -> Vec<Effect> {
    app.note = None;
    match result {
        Ok(words) => {
            app.memory.daemon = Some(words.clone());
            say(app, Rank::News, words);
            vec![Effect::Reconnect]
        }
        Err(why) => {
            let key = app.keymap.label(Action::StartDaemon);
            say(app, Rank::Bad, format!("{why}. {key} tries again"));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, filled, press};
    use super::*;
    use crate::app::{Pane, Reply};

    fn note(app: &App) -> String {
        app.note
            .as_ref()
            .map_or_else(String::new, |it| it.note.text.clone())
    }

    #[test]
    fn from_its_alarm_the_daemon_is_started_and_who_publishes_is_looked_at_again() {
        for pane in [Pane::Calendar, Pane::Queue, Pane::Editor] {
            let mut app = filled();
            app.focus = pane;
            app.publishing = Publishing::Nobody;
            let effects = press(&mut app, "D");
            let [Effect::StartDaemon(request)] = effects[..] else {
                panic!("{effects:?}")
            };
            let done = Reply::Daemon(Ok("The daemon runs".to_owned()));
            assert_eq!(answer(&mut app, request, done), [Effect::Reconnect]);
            assert_eq!(note(&app), "The daemon runs");
        }
    }

    #[test]
    fn a_daemon_that_dies_at_once_says_why_and_can_be_started_again() {
        let mut app = filled();
        app.publishing = Publishing::Cannot("the configuration is broken".to_owned());
        press(&mut app, "D");
        let died = Reply::Daemon(Err("The daemon ended at once: config.toml:3: no".to_owned()));
        assert_eq!(answer(&mut app, 0, died), []);
        assert_eq!(
            note(&app),
            "The daemon ended at once: config.toml:3: no. D tries again"
        );
        assert!(matches!(
            press(&mut app, "<esc> D")[..],
            [Effect::StartDaemon(_)]
        ));
    }

    #[test]
    fn one_daemon_is_enough_where_it_cannot_publish_either() {
        let mut app = filled();
        app.publishing = Publishing::Cannot("the lock cannot be taken".to_owned());
        let [Effect::StartDaemon(request)] = press(&mut app, "D")[..] else {
            panic!("nothing was started")
        };
        let runs = "The daemon runs (process 7)";
        answer(&mut app, request, Reply::Daemon(Ok(runs.to_owned())));
        assert_eq!(press(&mut app, "D"), []);
        assert_eq!(note(&app), runs);
        app.publishing = Publishing::Nobody;
        assert!(matches!(press(&mut app, "D")[..], [Effect::StartDaemon(_)]));
    }

    #[test]
    fn where_somebody_publishes_no_second_one_is_started() {
        for publishing in [
            Publishing::Here,
            Publishing::Daemon,
            Publishing::Session("pts/4".to_owned()),
            Publishing::Unknown,
        ] {
            let mut app = filled();
            app.publishing = publishing;
            assert_eq!(press(&mut app, "D"), []);
            assert!(note(&app).contains("publishes"), "{}", note(&app));
        }
    }
}
