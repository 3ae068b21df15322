//! Panics planted on request, so that a test of the real program can see what becomes of the terminal. Not in release builds.

use std::time::Duration;

/// Panics where `MASTHEAD_PLANTED_PANIC` says: in the `background` after a moment, or at once on the `screen`.
pub fn panic_if_asked() {
    match std::env::var("MASTHEAD_PLANTED_PANIC").as_deref() {
        Ok("background") => {
            tokio::spawn(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                panic!("planted in the background");
            });
        }
        Ok("screen") => panic!("planted on the screen"),
        _ => {}
    }
}
