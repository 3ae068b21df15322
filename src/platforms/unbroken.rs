//! Work that is not broken off once it has begun: who asked for it may go away, and the end of the program waits for it.
//!
//! A refresh token is good once: between the call that uses it up and the file that has the next one there is no place to
//! stop. Uploads and look-ups may be dropped at any await, so what they begin of this kind runs in a task of its own. What it
//! does is in `NAME_session.rs` and `x_access.rs`; who waits at the end, in `cli/house.rs`.

use super::CallError;
use std::sync::Arc;
use tokio::sync::watch;

/// Runs such work and counts what is under way; clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Unbroken(Arc<watch::Sender<usize>>);

/// One piece of work under way.
struct UnderWay(Unbroken);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

impl Unbroken {
    /// Does work to its end, whether or not the caller stays for it.
    ///
    /// # Errors
    ///
    /// The work's own, or `Unavailable` when it stumbled.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, CallError>> + Send + 'static,
    ) -> Result<T, CallError> {
        self.0.send_modify(|count| *count += 1);
        let under_way = UnderWay(self.clone());
        let task = tokio::spawn(async move {
            let _under_way = under_way;
            work.await
        });
        task.await.unwrap_or_else(|_| {
            Err(CallError::Unavailable(
                "Renewing the login ended early".to_owned(),
            ))
        })
    }

    /// Returns once nothing is under way.
    pub async fn ended(&self) {
        let mut count = self.0.subscribe();
        // It fails when the sender is gone, which we hold.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;
    use tokio::time::{sleep, timeout};

    #[tokio::test(start_paused = true)]
    async fn work_whose_caller_is_gone_comes_to_its_end_and_is_waited_for() {
        let (unbroken, done) = (Unbroken::default(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&done);
        let work = unbroken.run(async move {
            sleep(Duration::from_secs(5)).await;
            told.store(true, Ordering::SeqCst);
            Ok(())
        });
        assert!(timeout(Duration::from_secs(1), work).await.is_err());
        assert!(!done.load(Ordering::SeqCst));
        unbroken.clone().ended().await;
        assert!(done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn work_that_stumbles_is_an_error_and_nobody_waits_for_ever() {
        let unbroken = Unbroken::default();
        let work = async { panic!("stumbled") };
        let ended: Result<(), CallError> = unbroken.run(work).await;
        assert!(matches!(ended, Err(CallError::Unavailable(_))), "{ended:?}");
        unbroken.ended().await;
    }
}
