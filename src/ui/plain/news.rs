//! What of the facts is told: everything at the start, then only what is new, as lines that are appended and never changed.
//!
//! Pure; it knows no terminal and reads no clock. Which facts there are is `plain/mod.rs`; `runtime/outlet.rs` writes the lines.

use super::{Fact, Kind, Scene, Telling};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Whether the keys rest: what a typed letter changed beside the text is told then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// A key was pressed a moment ago.
    Busy,
    /// None was for a while.
    Resting,
}

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    scene: Option<Scene>,
    standing: BTreeMap<&'static str, String>,
    note: Option<(Duration, String)>,
    body: Vec<String>,
    focus: Option<Fact>,
    keys: BTreeSet<String>,
    /// The last line, at whose end the cursor stands; `None` before the first.
    last: Option<String>,
    waits: bool,
}

impl Teller {
    /// Returns what is to be appended to what stands there; empty when there is nothing new.
    pub fn tell(&mut self, telling: &Telling, rest: Rest) -> String {
        let enters = self.scene.as_ref() != Some(&telling.scene);
        let is_start = self.scene.is_none();
        let focus = telling.focus();
        let is_typing = focus.is_some_and(|it| it.kind.is_typed());
        let has_keys = telling.facts.last().is_some_and(|it| it.kind == Kind::Keys);
        let is_prompted = is_start && !is_typing && has_keys;
        let holds_back = is_typing && !enters && rest == Rest::Busy;
        let mut lines: Vec<(u8, String)> = Vec::new();
        let mut body = Vec::new();
        let mut has_body_changed = false;
        for fact in &telling.facts {
            let is_new = match &fact.kind {
                Kind::Standing(name) => {
                    let before = self.standing.insert(name, fact.words.clone());
                    before.as_ref() != Some(&fact.words)
                }
                Kind::Note(since) => {
                    let note = Some((*since, fact.words.clone()));
                    let is_new = self.note != note;
                    self.note = note;
                    is_new
                }
                Kind::Once => enters,
                Kind::Body => {
                    // A row whose words changed under the cursor is told as that.
                    let is_focus = focus.is_some_and(|it| it.words == fact.words);
                    let is_new = enters || !is_focus && !self.body.contains(&fact.words);
                    body.push(fact.words.clone());
                    has_body_changed |= is_new;
                    is_new && !holds_back
                }
                Kind::Keys => self.keys.insert(fact.words.clone()),
                // It comes last, so that the cursor stands on it; at the start the keys do.
                Kind::Focus { .. } => is_prompted,
            };
            if is_new && !fact.words.is_empty() {
                append(&mut lines, fact);
            }
        }
        if let Some((_, keys)) = lines.last_mut().filter(|_| is_prompted) {
            keys.push_str(" > ");
        }
        self.waits = holds_back && has_body_changed;
        if !self.waits {
            self.body = body;
        }
        self.scene = Some(telling.scene.clone());
        let before = std::mem::replace(&mut self.focus, focus.cloned());
        if let Some(focus) = focus.filter(|_| !is_prompted) {
            let is_same = before.as_ref() == Some(focus) && !enters;
            if lines.is_empty() && !enters && is_typing {
                let grown = before.as_ref().and_then(|it| focus.grown_from(it));
                if let Some(letters) = grown.filter(|_| self.last == before.map(|it| it.words)) {
                    self.last = Some(focus.words.clone());
                    return letters.to_owned();
                }
            }
            if !is_same || is_typing && !lines.is_empty() {
                if let Some(after) = focus.kind.after().filter(|it| !it.trim().is_empty()) {
                    lines.push((0, format!("after the cursor: {}", after.trim())));
                }
                lines.push((0, focus.words.clone()));
            }
        }
        self.append(&lines)
    }

    /// Whether something is held back until the keys rest.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Tells a line that no fact stands behind.
    pub fn say(&mut self, line: &str) -> String {
        self.append(&[(0, line.to_owned())])
    }

    /// Tells everything anew.
    pub fn forget(&mut self) {
        let last = self.last.take();
        *self = Self {
            last,
            ..Self::default()
        };
    }

    fn append(&mut self, lines: &[(u8, String)]) -> String {
        let mut text = String::new();
        for (_, line) in lines {
            if self.last.is_some() {
                text.push('\n');
            }
            text.push_str(line);
            self.last = Some(line.clone());
        }
        text
    }
}

fn append(lines: &mut Vec<(u8, String)>, fact: &Fact) {
    match lines.last_mut() {
        Some((line, words)) if *line == fact.line && fact.line > 0 => {
            words.push(' ');
            words.push_str(&fact.words);
        }
        before => {
            // The keys stand apart from what they act on.
            if fact.kind == Kind::Keys && before.is_some() {
                lines.push((0, String::new()));
            }
            lines.push((fact.line, fact.words.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(kind: Kind, words: &str) -> Fact {
        Fact {
            kind,
            line: 0,
            words: words.to_owned(),
        }
    }

    fn row(words: &str, at: i64) -> Fact {
        fact(Kind::Focus { at, after: None }, words)
    }

    fn typed(words: &str, after: &str) -> Fact {
        let after = Some(after.to_owned());
        fact(Kind::Focus { at: 0, after }, words)
    }

    fn telling(scene: Scene, facts: &[Fact]) -> Telling {
        Telling {
            scene,
            facts: facts.to_vec(),
        }
    }

    #[test]
    fn after_the_start_only_what_changed_is_told_and_the_focus_last() {
        let mut teller = Teller::default();
        let mut facts = vec![
            fact(Kind::Standing("publishing"), "Publishing here."),
            fact(Kind::Body, "Tuesday."),
            row("09:00 waiting: One.", 1),
            fact(Kind::Keys, "keys: ? help"),
        ];
        let scene = Scene::Calendar;
        let told = teller.tell(&telling(scene.clone(), &facts), Rest::Busy);
        assert_eq!(
            told,
            "Publishing here.\nTuesday.\n09:00 waiting: One.\n\nkeys: ? help > "
        );
        assert_eq!(teller.tell(&telling(scene.clone(), &facts), Rest::Busy), "");
        facts[1].words = "Wednesday.".to_owned();
        facts[2] = row("09:00 waiting: Two.", 2);
        let told = teller.tell(&telling(scene.clone(), &facts), Rest::Busy);
        assert_eq!(told, "\nWednesday.\n09:00 waiting: Two.");
        facts[0].words = "NOT PUBLISHING: disk is full.".to_owned();
        let told = teller.tell(&telling(scene, &facts), Rest::Busy);
        assert_eq!(told, "\nNOT PUBLISHING: disk is full.");
    }

    #[test]
    fn a_typed_letter_is_echoed_alone_and_what_it_changed_follows_when_the_keys_rest() {
        let mut teller = Teller::default();
        let scene = Scene::Sheet("schedule");
        let facts = |typed: Fact, meaning: &str| [typed, fact(Kind::Body, meaning)];
        teller.tell(
            &telling(scene.clone(), &facts(typed("when: ", ""), "type a time")),
            Rest::Busy,
        );
        let tell = |teller: &mut Teller, typed: Fact, meaning: &str, rest| {
            teller.tell(&telling(scene.clone(), &facts(typed, meaning)), rest)
        };
        let told = tell(
            &mut teller,
            typed("when: f", ""),
            "`f` is no time yet",
            Rest::Busy,
        );
        assert_eq!(told, "f");
        assert!(teller.waits());
        let told = tell(
            &mut teller,
            typed("when: fri", ""),
            "Fri 13 Nov",
            Rest::Busy,
        );
        assert_eq!(told, "ri");
        let told = tell(
            &mut teller,
            typed("when: fri", ""),
            "Fri 13 Nov",
            Rest::Resting,
        );
        assert_eq!(told, "\nFri 13 Nov\nwhen: fri");
        assert!(!teller.waits());
        let told = tell(&mut teller, typed("when: fr", ""), "Fri 13 Nov", Rest::Busy);
        assert_eq!(told, "\nwhen: fr", "what was taken away cannot be unsaid");
        let told = tell(&mut teller, typed("when: f", "r"), "Fri 13 Nov", Rest::Busy);
        assert_eq!(told, "\nafter the cursor: r\nwhen: f");
    }

    #[test]
    fn a_scene_that_is_entered_again_is_told_again_but_its_keys_are_not() {
        let mut teller = Teller::default();
        let calendar = telling(
            Scene::Calendar,
            &[
                fact(Kind::Body, "Tuesday."),
                row("One.", 1),
                fact(Kind::Keys, "keys: ? help"),
            ],
        );
        let sheet = telling(
            Scene::Sheet("freeze"),
            &[fact(Kind::Body, "Freeze"), typed("reason: ", "")],
        );
        teller.tell(&calendar, Rest::Busy);
        assert_eq!(teller.tell(&sheet, Rest::Busy), "\nFreeze\nreason: ");
        assert_eq!(teller.tell(&calendar, Rest::Busy), "\nTuesday.\nOne.");
        teller.forget();
        assert_eq!(
            teller.tell(&calendar, Rest::Busy),
            "\nTuesday.\nOne.\n\nkeys: ? help > "
        );
    }

    #[test]
    fn a_message_is_told_again_when_it_is_said_again() {
        let mut teller = Teller::default();
        let note = |seconds| {
            let kind = Kind::Note(Duration::from_secs(seconds));
            telling(Scene::Calendar, &[row("One.", 1), fact(kind, "Moved.")])
        };
        teller.tell(&note(1), Rest::Busy);
        assert_eq!(teller.tell(&note(1), Rest::Busy), "");
        assert_eq!(teller.tell(&note(2), Rest::Busy), "\nMoved.");
    }
}
