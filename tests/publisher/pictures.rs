//! What is uploaded is what composing showed: type, pixels and size; and what becomes of a post whose picture is gone.

use super::*;
use masthead::domain::Attachment;
use masthead::{media, text};

/// A camera's picture, as far as its size and weight go.
fn photograph(width: u32, height: u32) -> image::DynamicImage {
    let mut state = 7_u32;
    image::RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = u8::try_from(state >> 28).unwrap();
        let shade = |at: u32, of: u32| u8::try_from(at * 200 / of).unwrap() + grain;
        image::Rgb([shade(x, width), shade(y, height), 60 + grain])
    })
    .into()
}

/// A channel that counts and composes like Bluesky, and pictures in its data folder.
struct Album {
    room: Room,
    fake: Arc<Fake>,
}

impl Album {
    fn new() -> Self {
        let fake = Fake::following([]);
        let mut room = Room::new(&[("sky", Arc::clone(&fake))]);
        let channel = &mut room.outlet("sky").channel;
        channel.like = Some(PlatformId::Bluesky);
        let known = vec![channel.clone()];
        room.store.wait(move |db| db.sync_channels(&known)).unwrap();
        Self { room, fake }
    }

    fn media(&self) -> PathBuf {
        self.room.folder.path().join("media")
    }

    fn attach(&self, image: &image::DynamicImage) -> (PathBuf, Attachment) {
        let path = self.room.folder.path().join("hall.png");
        image.save(&path).unwrap();
        let attached = media::import(&path, &self.media()).unwrap();
        (path, attached)
    }

    async fn publish(&self) {
        let folder = self.media();
        let setup = Setup {
            read_media: Arc::new(move |picture| {
                let bytes = match &picture.fit {
                    Some(fit) => media::fitted(&folder, &picture.hash, fit),
                    None => media::read(&folder, &picture.hash),
                };
                bytes.map_err(|error| error.to_string())
            }),
            ..self.room.setup()
        };
        self.room.once_with(setup).await;
    }
}

#[tokio::test]
async fn what_is_uploaded_is_what_composing_showed() {
    let album = Album::new();
    let (path, attached) = album.attach(&photograph(2000, 1500));
    assert!(attached.size > 2_000_000, "{}", attached.size);
    let post = album.room.add(&["sky"], |content| {
        content.attachments = vec![attached.clone()];
    });
    // What happens to the user's own file after it was attached is nobody's business.
    std::fs::write(&path, b"something else").unwrap();
    let shown = text::compose(
        PlatformId::Bluesky,
        &post.content,
        &post.content.variants[0],
        &masthead::domain::Facts::default(),
    );
    let shown = &shown.parts[0].media[0];
    album.publish().await;
    assert_eq!(album.room.delivery(&post).state, DeliveryState::Published);
    let received = album.fake.received.lock().unwrap();
    let (said, bytes) = &received[0];
    assert_eq!(said, shown);
    let fit = shown.fit.expect("it is too large as it is");
    assert!(
        bytes.len() as u64 <= fit.max_bytes.unwrap(),
        "{}",
        bytes.len()
    );
    let sent = image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .unwrap();
    assert_eq!(sent.format().unwrap().to_mime_type(), shown.mime);
    assert_eq!(Some(sent.into_dimensions().unwrap()), shown.pixels);
}

#[tokio::test]
async fn a_picture_that_fits_is_uploaded_byte_for_byte() {
    let album = Album::new();
    let (_, attached) = album.attach(&photograph(300, 200));
    let post = album.room.add(&["sky"], |content| {
        content.attachments = vec![attached.clone()];
    });
    album.publish().await;
    assert_eq!(album.room.delivery(&post).state, DeliveryState::Published);
    let received = album.fake.received.lock().unwrap();
    let kept = media::read(&album.media(), &attached.hash).unwrap();
    assert_eq!(received[0].1, kept);
    assert_eq!(received[0].0.fit, None);
}

#[tokio::test]
async fn a_picture_that_vanished_or_changed_is_one_clear_line_and_the_post_stays() {
    for change in [None, Some(b"something else".as_slice())] {
        for size in [(300, 200), (2000, 1500)] {
            let album = Album::new();
            let (_, attached) = album.attach(&photograph(size.0, size.1));
            let kept = album.media().join(&attached.hash);
            match change {
                None => std::fs::remove_file(&kept).unwrap(),
                Some(bytes) => std::fs::write(&kept, bytes).unwrap(),
            }
            let post = album.room.add(&["sky"], |content| {
                content.attachments = vec![attached];
            });
            album.publish().await;
            let delivery = album.room.delivery(&post);
            assert_eq!(delivery.state, DeliveryState::Failed);
            assert!(
                delivery.reason.contains("hall.png")
                    && delivery.reason.ends_with("attach it again"),
                "{}",
                delivery.reason
            );
            assert_eq!(delivery.reason.lines().count(), 1);
            assert!(album.fake.bodies().is_empty());
            let id = post.id;
            let view = album.room.store.wait(move |db| db.post(id)).unwrap();
            assert_eq!(view.post.content.text, post.content.text);
            assert_eq!(view.post.content.attachments.len(), 1);
        }
    }
}
