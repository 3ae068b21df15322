//! Uploads in pieces: kept before the first byte, gone on with after a crash and after a stop, called back on the way.

use super::*;
use masthead::domain::{Attachment, Upload};
use masthead::platforms::UploadLog;
use std::sync::atomic::{AtomicBool, AtomicUsize};

const PIECES: u64 = 4;
const SIZE: u64 = 4_000;

/// A platform that takes videos in four pieces and waits before each.
#[derive(Debug, Default)]
struct Slow {
    fake: Fake,
    /// What was done, in order.
    steps: Mutex<Vec<String>>,
    /// How many pieces it takes before it waits for ever; 0 takes all.
    stuck_after: AtomicUsize,
    /// Whether it waits for ever.
    is_stuck: AtomicBool,
    /// Whether its uploads begin with the post's words, and make it.
    makes_post: AtomicBool,
    /// The database, read while the first byte goes.
    database: Mutex<Option<PathBuf>>,
}

impl Slow {
    fn step(&self, words: impl Into<String>) {
        self.steps.lock().unwrap().push(words.into());
    }

    fn steps(&self) -> Vec<String> {
        self.steps.lock().unwrap().clone()
    }
}

#[async_trait]
impl Platform for Slow {
    async fn verify(&self) -> Result<Account, CallError> {
        self.fake.verify().await
    }

    async fn limits(&self) -> Result<Limits, CallError> {
        Ok(Limits::default())
    }

    async fn find_post(&self, _address: &str) -> Result<Option<RemoteRef>, CallError> {
        Ok(None)
    }

    async fn upload(&self, media: &PartMedia, bytes: Vec<u8>) -> Result<String, CallError> {
        self.fake.upload(media, bytes).await
    }

    fn in_pieces(&self, media: &PartMedia) -> bool {
        media.is_video()
    }

    async fn upload_in_pieces(
        &self,
        _part: &Part,
        media: &PartMedia,
        log: &dyn UploadLog,
    ) -> Result<String, CallError> {
        let mut sent = match log.earlier() {
            Some(begun) => {
                self.step(format!("go on with {} at {}", begun.session, begun.sent));
                begun.sent
            }
            None => {
                log.keep("session 1", 0).await?;
                self.step("begin");
                0
            }
        };
        if let Some(database) = &*self.database.lock().unwrap() {
            let other = Store::open(database, RealTime.now()).unwrap();
            let kept = other.wait(|db| db.uploads_running()).unwrap();
            assert_eq!(kept[0].session, "session 1", "kept before the first byte");
        }
        let mut done = 0;
        while sent < media.size {
            let stuck = self.stuck_after.load(Ordering::SeqCst);
            if stuck > 0 && done == stuck {
                self.is_stuck.store(true, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            sent += SIZE / PIECES;
            done += 1;
            self.step(format!("piece to {sent}"));
            log.keep("session 1", sent).await?;
        }
        Ok("upload 1".to_owned())
    }

    fn asks_uploads_again(&self) -> bool {
        self.makes_post.load(Ordering::SeqCst)
    }

    fn request(&self, part: &Part, context: &PartContext<'_>) -> AttemptRequest {
        self.fake.request(part, context)
    }

    async fn publish(&self, request: &AttemptRequest) -> Outcome {
        self.step(format!("publish {:?}", request.media_refs));
        self.fake.publish(request).await
    }
}

fn film(content: &mut Content) {
    content.attachments = vec![Attachment {
        hash: "f".repeat(64),
        name: "talk.mp4".to_owned(),
        mime: "video/mp4".to_owned(),
        size: SIZE,
        ..Attachment::default()
    }];
}

/// A room whose channel takes videos.
fn room() -> (Room, Arc<Slow>) {
    let slow = Arc::new(Slow::default());
    let mut room = Room::new(&[("a", Fake::following([]))]);
    let outlet = room.outlet("a");
    outlet.platform = Ok(Arc::clone(&slow) as Arc<dyn Platform>);
    outlet.channel.like = None;
    (room, slow)
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let waited = timeout(Wait::from_secs(60), async {
        while !holds() {
            tokio::time::sleep(Wait::from_millis(10)).await;
        }
    });
    waited
        .await
        .unwrap_or_else(|_| panic!("not in time: {what}"));
}

fn running(room: &Room) -> Vec<Upload> {
    room.store.wait(|db| db.uploads_running()).unwrap()
}

#[tokio::test]
async fn an_upload_that_died_with_its_process_goes_on_where_it_was() {
    let (room, slow) = room();
    *slow.database.lock().unwrap() = Some(room.database());
    slow.stuck_after.store(2, Ordering::SeqCst);
    let post = room.add(&["a"], film);
    let setup = room.setup();
    let (events, _heard) = mpsc::unbounded_channel();
    let (_stop, stopped) = watch::channel(false);
    let killed = tokio::spawn(publisher::once(setup, Scope::Everything, events, stopped));
    until("half way", || slow.is_stuck.load(Ordering::SeqCst)).await;
    killed.abort();
    let _ = killed.await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Publishing);
    assert_eq!(running(&room)[0].percent(), 50);
    slow.stuck_after.store(0, Ordering::SeqCst);
    room.clock.forward(Duration::seconds(20));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(
        slow.steps(),
        [
            "begin",
            "piece to 1000",
            "piece to 2000",
            "go on with session 1 at 2000",
            "piece to 3000",
            "piece to 4000",
            "publish [\"upload 1\"]",
        ]
    );
}

#[tokio::test]
async fn an_upload_does_not_hold_up_the_end_of_the_program_and_costs_no_try() {
    let (room, slow) = room();
    slow.stuck_after.store(1, Ordering::SeqCst);
    let post = room.add(&["a"], film);
    let (publisher, _events) = publisher::start(room.setup());
    until("a piece is there", || slow.steps().len() == 2).await;
    let stopped = timeout(Wait::from_secs(20), publisher.stop()).await;
    stopped.expect("the upload is dropped");
    let delivery = room.delivery(&post);
    assert_eq!(delivery.state, DeliveryState::Waiting);
    assert!(delivery.reason.contains("goes on where it was"));
    assert_eq!((delivery.next_try, delivery.attempts), (None, 0));
    slow.stuck_after.store(0, Ordering::SeqCst);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    assert_eq!(slow.steps()[2], "go on with session 1 at 1000");
}

#[tokio::test]
async fn a_delivery_that_is_called_back_while_it_uploads_stops_and_nothing_is_published() {
    let (room, slow) = room();
    slow.stuck_after.store(1, Ordering::SeqCst);
    let post = room.add(&["a"], film);
    let (publisher, _events) = publisher::start(room.setup());
    until("a piece is there", || slow.steps().len() == 2).await;
    let (id, now) = (post.id, room.clock.now());
    room.store
        .wait(move |db| db.skip(&Author::from("tester"), id, &["a".into()], now))
        .unwrap();
    timeout(Wait::from_secs(20), publisher.stop())
        .await
        .expect("ended");
    assert_eq!(room.delivery(&post).state, DeliveryState::Skipped);
    slow.stuck_after.store(0, Ordering::SeqCst);
    room.once().await;
    assert!(slow.steps().iter().all(|step| !step.starts_with("publish")));
}

#[tokio::test]
async fn what_is_all_there_is_not_uploaded_again_when_the_create_call_did_not_leave() {
    let (room, slow) = room();
    *slow.fake.script.lock().unwrap() = VecDeque::from([not_sent(), Act::Publish]);
    let post = room.add(&["a"], film);
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Waiting);
    room.clock.forward(Duration::seconds(30));
    room.once().await;
    assert_eq!(room.delivery(&post).state, DeliveryState::Published);
    let begun = slow.steps().iter().filter(|step| *step == "begin").count();
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn an_upload_that_began_with_other_words_or_another_alt_text_begins_anew() {
    type Change = fn(&mut Content);
    let words: Change = |content| content.text = "Another description".to_owned();
    let alt: Change = |content| content.attachments[0].alt = "a talk".to_owned();
    for (makes_post, change, begun) in [(false, words, 1), (true, words, 2), (false, alt, 2)] {
        let (room, slow) = room();
        slow.makes_post.store(makes_post, Ordering::SeqCst);
        *slow.fake.script.lock().unwrap() = VecDeque::from([not_sent(), Act::Publish]);
        let post = room.add(&["a"], film);
        room.once().await;
        room.change(&post, change);
        room.clock.forward(Duration::seconds(30));
        room.once().await;
        assert_eq!(room.delivery(&post).state, DeliveryState::Published);
        let steps = slow.steps();
        let begins = steps.iter().filter(|step| *step == "begin").count();
        assert_eq!(begins, begun, "{steps:?}");
    }
}
