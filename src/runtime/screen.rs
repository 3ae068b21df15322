//! The loop of the screen: everything that happens becomes a message, everything asked for is performed, and what changed is drawn.
//!
//! One thread owns state and terminal and reads the keys itself, so that a key wakes nobody else; all pending input is taken
//! before a frame, and a frame is one write. What may keep a key waiting runs in the tasks beside it.

mod bare;
mod daemon;
mod outside;
mod pacing;
mod piping;
mod publishing;
mod taking;

use super::background::Launch;
use super::cards::Cards;
use super::caretaker::{Caretaker, Duties};
use super::editor::Desk;
use super::keys::Keys;
use super::pace::Pace;
use super::perform::{self, AddSandbox, Change, Hands};
use super::perform_connections::Assemble;
use super::perform_outbox::Known;
use super::pipe;
use super::signals::Signals;
use super::terminal::{self, Background, Manner, Screen, cell_of_window};
use crate::app::state::{Alarm, Publishing, Run};
use crate::app::update::{history, is_awaited, is_seen, presence, replies, start, update};
use crate::app::{App, Effect, Msg, Outside, Request};
use crate::domain::Clock;
use crate::domain::schedule::LatePolicy;
use crate::publisher::{self, PublisherEvent, Setup};
use crate::store::Store;
use publishing::heard;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

/// A pause after a move before details are read.
const SETTLE: Duration = Duration::from_millis(120);
/// A pause after a move before details are read that nothing shows: keys that go on moving cost no reading.
const AHEAD: Duration = Duration::from_millis(400);
/// A pause after a letter of a link before its page is asked: half an address leads elsewhere.
const LINK_RESTS: Duration = Duration::from_secs(1);
/// A pause before what could not be written is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// Alt may arrive as Esc and, a moment later, a key: such a key is dropped for this long after an Esc that leaves the text.
const AFTER_ESC: Duration = Duration::from_millis(50);
/// The first frame waits this long for what it shall show.
const FIRST_FRAME: Duration = Duration::from_millis(40);
/// Calls in flight end by themselves, each by its own timeout: long before this.
const UNTIL_IT_ENDS: Duration = Duration::from_secs(24 * 60 * 60);
/// The first sentences wait longer: what was told cannot be put right without being told again.
const FIRST_LINES: Duration = Duration::from_secs(1);

/// What a screen is opened with.
pub struct Options {
    /// The state before anything was read: zone, author, look, kind of run.
    pub app: App,
    /// Whether the screen is drawn or told.
    pub manner: Manner,
    /// Whether the terminal is asked for its background.
    pub background: Background,
    /// The database.
    pub store: Store,
    /// Reads the configuration and connects the channels, at the start and when a channel was added.
    pub connect: Arc<dyn Fn() -> Result<Setup, String> + Send + Sync>,
    /// Adds a sandbox channel to the configuration.
    pub add_sandbox: AddSandbox,
    /// Puts together how the channels are connected.
    pub assemble: Assemble,
    /// Folder of the stored pictures.
    pub media: PathBuf,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// Where and with what a post is edited outside.
    pub desk: Desk,
    /// How the daemon is started.
    pub daemon: Launch,
    /// The variables that hold tokens; no text filter inherits them.
    pub hidden: Vec<String>,
    /// What the screen cares for while it publishes; `None` for the demo.
    pub duties: Option<Duties>,
    /// Asks pages for their cards; `None` where none are asked.
    pub cards: Option<Cards>,
    /// How late a delivery may still leave.
    pub late: LatePolicy,
    /// The plan's clock.
    pub plan_clock: Arc<dyn Clock>,
    /// The machine's clock.
    pub real_clock: Arc<dyn Clock>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

/// Runs the screen on the present thread until the user leaves; publishes in `tasks` while it is open, where nobody else does.
///
/// # Errors
/// When the terminal cannot be taken over.
pub fn run(options: Options, tasks: &Handle) -> io::Result<()> {
    let screen = Builder::new_current_thread().enable_all().build()?;
    let ended = screen.block_on(open(options, tasks));
    // An outer editor may still run; nothing waits for it.
    screen.shutdown_background();
    ended
}

async fn open(options: Options, tasks: &Handle) -> io::Result<()> {
    let first_use = is_first_use(&options).await;
    let (panics, panicked) = mpsc::unbounded_channel();
    terminal::watch_panics(panics);
    let signals = Signals::listen()?;
    let (messages, inbox) = mpsc::unbounded_channel();
    let (changes, changed) = mpsc::unbounded_channel();
    let (effects, to_do) = mpsc::unbounded_channel();
    let known = Known::default();
    let hands = Hands {
        store: options.store.clone(),
        zone: options.app.zone,
        author: options.app.author.clone(),
        screen: options.app.screen.clone(),
        media: options.media.clone(),
        home: options.home.clone(),
        add_sandbox: Arc::clone(&options.add_sandbox),
        assemble: Arc::clone(&options.assemble),
        late: options.late,
        cards: options.cards,
        clock: Arc::clone(&options.real_clock),
        plan_clock: Arc::clone(&options.plan_clock),
        known: Arc::clone(&known),
        changed: Arc::new(move |change| {
            let _ = changes.send(change);
        }),
    };
    let worker = tasks.spawn(perform::work(hands, to_do, messages.clone()));
    let (setups, connected) = mpsc::unbounded_channel();

    let mut screen = Screen::take(options.manner)?;
    let keys = Keys::listen()?;
    let caretaker = {
        let _beside = tasks.enter();
        options.duties.map(Caretaker::start)
    };
    let mut running = Loop {
        app: options.app,
        connect: options.connect,
        plan_clock: options.plan_clock,
        started: Instant::now(),
        effects: Some(effects),
        messages,
        tasks: tasks.clone(),
        pauses: Vec::new(),
        setups,
        known,
        publisher: None,
        ending: Vec::new(),
        caretaker,
        role: Publishing::default(),
        left_typing: None,
        outcome: Outcome::Running,
        desk: options.desk,
        daemon: options.daemon,
        hidden: options.hidden,
        piping: None,
        pace: Pace::default(),
        background: options.background,
        stale: true,
    };
    let lines = Lines {
        keys,
        inbox,
        changed,
        panicked,
        connected,
        events: None,
        signals,
    };
    let ended = running.serve(&mut screen, lines, first_use).await;
    if ended.is_err() {
        // Whatever the terminal refused: what is typed is kept.
        let _ = running.message(&mut screen, Msg::Ended);
    }
    // The terminal is given back at once; what is under way is awaited after that.
    drop(screen);
    running.piping = None;
    running.effects = None;
    if let Some(publisher) = &running.publisher {
        publisher.stop_claiming();
    }
    let _ = worker.await;
    running.stop_publishing(Duration::from_millis(300)).await;
    if !running.ending.is_empty() {
        eprintln!("masthead: waiting for what is being sent");
        running.stop_publishing(UNTIL_IT_ENDS).await;
    }
    ended
}

async fn is_first_use(options: &Options) -> bool {
    let nothing = options.store.call(|db| {
        let welcomed = db.setting("welcomed")?.is_some();
        Ok(!welcomed && db.channels()?.is_empty() && db.queue(1)?.posts().next().is_none())
    });
    options.app.run != Run::Demo && nothing.await.unwrap_or(false)
}

#[derive(Debug)]
enum Outcome {
    Running,
    Leave,
    Suspend,
    EditOutside(Request, Box<Outside>),
    ShowBare(String),
}

/// Everything that something can arrive on.
struct Lines {
    keys: Keys,
    inbox: UnboundedReceiver<Msg>,
    changed: UnboundedReceiver<Change>,
    panicked: UnboundedReceiver<()>,
    connected: UnboundedReceiver<Result<Setup, String>>,
    events: Option<UnboundedReceiver<PublisherEvent>>,
    signals: Signals,
}

struct Loop {
    app: App,
    connect: Arc<dyn Fn() -> Result<Setup, String> + Send + Sync>,
    plan_clock: Arc<dyn Clock>,
    started: Instant,
    effects: Option<UnboundedSender<Effect>>,
    messages: UnboundedSender<Msg>,
    /// Where what would keep a key waiting runs.
    tasks: Handle,
    /// What comes back after a pause, and when.
    pauses: Vec<(Instant, Request)>,
    setups: UnboundedSender<Result<Setup, String>>,
    /// The channels as they are connected, for the outbox.
    known: Known,
    publisher: Option<publisher::Handle>,
    /// Publishers that were stopped and still have calls in flight.
    ending: Vec<JoinHandle<()>>,
    caretaker: Option<Caretaker>,
    /// Who publishes, apart from passing troubles.
    role: Publishing,
    left_typing: Option<Instant>,
    outcome: Outcome,
    desk: Desk,
    daemon: Launch,
    /// The variables that hold tokens.
    hidden: Vec<String>,
    /// The text filter that runs; it ends with the screen.
    piping: Option<pipe::Running>,
    pace: Pace,
    /// Whether the terminal's background is still to be learned.
    background: Background,
    /// Whether something happened that is not drawn yet.
    stale: bool,
}

impl Loop {
    async fn serve(
        &mut self,
        screen: &mut Screen,
        mut lines: Lines,
        first_use: bool,
    ) -> io::Result<()> {
        self.tick();
        if let Some(size) = screen.size() {
            self.app.size = size;
        }
        self.app.thumbs.measured(cell_of_window());
        let effects = start(&mut self.app);
        self.perform(screen, effects)?;
        if first_use {
            replies::welcome(&mut self.app);
        }
        if screen.ask(self.background)? {
            self.pace.asked(Instant::now(), 0);
        }
        lines.keys.expect_answer(self.pace.expected_until());
        self.draw_first(screen, &mut lines).await?;
        self.connect();
        #[cfg(debug_assertions)]
        {
            let _beside = self.tasks.enter();
            super::planted::panic_if_asked();
        }
        loop {
            let idle = self.idle(screen);
            tokio::select! {
                biased;
                gone = lines.signals.next() => {
                    self.signal(screen, gone)?;
                }
                input = lines.keys.next() => match input {
                    Some(input) => self.take_input(screen, input, &mut lines)?,
                    None => self.message(screen, Msg::Ended)?,
                },
                Some(msg) = lines.inbox.recv() => self.message(screen, msg)?,
                event = heard(&mut lines.events) => self.published(screen, event)?,
                Some(setup) = lines.connected.recv() => {
                    lines.events = self.publish_with(screen, setup).await?;
                }
                Some(change) = lines.changed.recv() => match change {
                    Change::Channels => self.connect(),
                    Change::Posts => self.publisher.iter().for_each(publisher::Handle::wake),
                },
                Some(()) = lines.panicked.recv() => {
                    let said = "a part of the program stumbled; the log has more, the rest goes on";
                    self.app.alarm = Some(Alarm::Broken(said.to_owned()));
                    self.stale = true;
                }
                () = tokio::time::sleep(idle) => self.time_passed(screen)?,
            }
            // What is already here is taken in before anything is drawn.
            if let Some(input) = lines.keys.at_hand() {
                self.take_input(screen, input, &mut lines)?;
            }
            while let Ok(msg) = lines.inbox.try_recv() {
                self.message(screen, msg)?;
            }
            // Whoever had the terminal meanwhile may have been told to end: then nothing is drawn on what was given back.
            loop {
                match std::mem::replace(&mut self.outcome, Outcome::Running) {
                    Outcome::Leave => {
                        self.await_answer(&mut lines).await;
                        // Nobody may read any more.
                        let _ = screen.tell_last(&self.app);
                        return Ok(());
                    }
                    Outcome::Suspend => {
                        self.await_answer(&mut lines).await;
                        lines.events = None;
                        self.suspend(screen).await?;
                    }
                    Outcome::EditOutside(request, outside) => {
                        self.await_answer(&mut lines).await;
                        self.edit_outside(screen, &mut lines, request, *outside)
                            .await?;
                    }
                    Outcome::ShowBare(text) => {
                        self.await_answer(&mut lines).await;
                        self.show_bare(screen, &mut lines, &text).await?;
                    }
                    Outcome::Running => break,
                }
            }
            if self.draw(screen, &mut lines.keys).is_err() {
                // The terminal is gone: keep the text and leave.
                self.message(screen, Msg::Ended)?;
                return Ok(());
            }
        }
    }

    /// The first frame shows posts, not an empty month, where they can be read at once: of each day what there is room for. Keys
    /// are taken when whole days are here, which follow at once, since they move from post to post.
    async fn draw_first(&mut self, screen: &mut Screen, lines: &mut Lines) -> io::Result<()> {
        let is_plain = screen.is_plain();
        let patience = if is_plain { FIRST_LINES } else { FIRST_FRAME };
        let until = tokio::time::Instant::now() + patience;
        let is_whole = |app: &App| app.loaded.is_some() && !app.channels.is_empty();
        if !is_plain {
            let is_shown = |app: &App| app.unread.is_some() && !app.channels.is_empty();
            self.await_replies(screen, lines, until, |app| is_shown(app) || is_whole(app))
                .await?;
            self.draw(screen, &mut lines.keys)?;
        }
        self.await_replies(screen, lines, until, is_whole).await?;
        self.draw(screen, &mut lines.keys)
    }

    async fn await_replies(
        &mut self,
        screen: &mut Screen,
        lines: &mut Lines,
        until: tokio::time::Instant,
        are_here: impl Fn(&App) -> bool,
    ) -> io::Result<()> {
        while !are_here(&self.app) {
            match tokio::time::timeout_at(until, lines.inbox.recv()).await {
                Ok(Some(msg)) => self.message(screen, msg)?,
                _ => break,
            }
        }
        Ok(())
    }

    fn message(&mut self, screen: &mut Screen, msg: Msg) -> io::Result<()> {
        self.stale |= is_seen(&self.app, &msg);
        let mut effects = update(&mut self.app, msg);
        effects.extend(history::said(&mut self.app));
        effects.extend(presence::told(&mut self.app));
        self.perform(screen, effects)
    }

    fn perform(&mut self, screen: &mut Screen, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit => self.outcome = Outcome::Leave,
                Effect::Suspend => self.outcome = Outcome::Suspend,
                Effect::EditOutside(request, outside) => {
                    self.outcome = Outcome::EditOutside(request, outside);
                }
                Effect::StartDaemon(request) => self.start_daemon(request),
                Effect::Reconnect => self.connect(),
                Effect::Pipe(request, filter, text) => self.pipe(request, &filter, &text),
                Effect::StopPipe => self.piping = None,
                Effect::Redraw => screen.redraw(),
                Effect::CopyText(text) => screen.copy(&text)?,
                Effect::ShowBare(text) => self.outcome = Outcome::ShowBare(text),
                Effect::Settle(request) => self.come_back(request, SETTLE),
                Effect::ReadAhead(request) => self.come_back(request, AHEAD),
                Effect::LinkRests(request) => self.come_back(request, LINK_RESTS),
                Effect::TryAgain(request) => self.come_back(request, TRY_AGAIN),
                other => {
                    if let Some(effects) = &self.effects {
                        let _ = effects.send(other);
                    }
                }
            }
        }
        Ok(())
    }

    fn come_back(&mut self, request: Request, after: Duration) {
        // A pause that nobody waits for any more would wake the program for nothing.
        self.pauses
            .retain(|(_, pause)| is_awaited(&self.app, *pause));
        self.pauses.push((Instant::now() + after, request));
    }

    /// How long nothing happens by itself.
    fn idle(&mut self, screen: &Screen) -> Duration {
        let now = Instant::now();
        // A frame that waits for its turn is drawn when the answer comes, or when it fails to.
        let turn = self.pace.wait(now).filter(|_| self.stale);
        let turn = turn.or_else(|| screen.rest());
        let pauses = self.pauses.iter();
        let pause = pauses.map(|(at, _)| at.saturating_duration_since(now));
        pause.chain(turn).fold(self.to_next_minute(), Duration::min)
    }

    fn time_passed(&mut self, screen: &mut Screen) -> io::Result<()> {
        let minute = |app: &App| app.now.timestamp().div_euclid(60);
        let shown = minute(&self.app);
        self.tick();
        self.stale |= minute(&self.app) != shown;
        let now = Instant::now();
        let over: Vec<_> = self.pauses.extract_if(.., |(at, _)| *at <= now).collect();
        over.into_iter()
            .try_for_each(|(_, request)| self.message(screen, Msg::Settled(request)))
    }

    fn tick(&mut self) {
        let msg = Msg::Tick(self.plan_clock.now(), self.started.elapsed());
        // A tick asks for nothing.
        update(&mut self.app, msg);
    }

    /// Counted from the minute that is shown: counted from now, whatever happens just after its end would skip a minute.
    fn to_next_minute(&self) -> Duration {
        let shown = self.app.now.timestamp();
        let ends = shown - shown.rem_euclid(60) + 60;
        let left = ends * 1_000 - self.plan_clock.now().timestamp_millis();
        Duration::from_millis(u64::try_from(left.clamp(50, 60_000)).unwrap_or(60_000))
    }
}
