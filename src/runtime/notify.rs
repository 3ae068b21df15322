//! Tells the service manager how the daemon is: started, alive, ending.
//!
//! The protocol of `sd_notify` by hand: one datagram to `$NOTIFY_SOCKET` for each state (sd_notify(3) and
//! sd_watchdog_enabled(3), systemd 257). Without a service manager nothing happens.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The service manager that started this process.
#[derive(Debug)]
pub struct ServiceManager {
    socket: UnixDatagram,
    address: SocketAddr,
}

impl ServiceManager {
    /// Finds the one that the environment names; `None` when nobody listens.
    pub fn from_environment() -> Option<Self> {
        let name = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty())?;
        match Self::at(&name) {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::warn!(%error, "NOTIFY_SOCKET cannot be used");
                None
            }
        }
    }

    /// Prepares to write to a socket: a path, or with a leading `@` an abstract name (Linux).
    ///
    /// # Errors
    /// When the name is no address of a socket.
    pub fn at(name: &OsStr) -> io::Result<Self> {
        let address = match name.as_bytes() {
            [b'@', rest @ ..] => abstract_name(rest)?,
            _ => SocketAddr::from_pathname(name)?,
        };
        Ok(Self {
            socket: UnixDatagram::unbound()?,
            address,
        })
    }

    /// Says one thing: `READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=…`.
    pub fn tell(&self, state: &str) {
        if let Err(error) = self.socket.send_to_addr(state.as_bytes(), &self.address) {
            tracing::warn!(%error, "the service manager cannot be told");
        }
    }

    /// Feeds the watchdog every `every`, for ever, as long as `turns` gives another number each time.
    pub async fn feed(&self, every: Duration, turns: impl Fn() -> u64) {
        let mut before = turns();
        loop {
            tokio::time::sleep(every).await;
            let now = turns();
            if now != before {
                self.tell("WATCHDOG=1");
                before = now;
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn abstract_name(name: &[u8]) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn abstract_name(_name: &[u8]) -> io::Result<SocketAddr> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// Returns how often the watchdog is to be fed; `None` when the service manager keeps none for this process.
pub fn watchdog_from_environment() -> Option<Duration> {
    watchdog(
        std::env::var("WATCHDOG_USEC").ok().as_deref(),
        std::env::var("WATCHDOG_PID").ok().as_deref(),
        std::process::id(),
    )
}

/// A third of the time that is allowed, so that one late turn costs nothing.
fn watchdog(microseconds: Option<&str>, process: Option<&str>, own: u32) -> Option<Duration> {
    if process.is_some_and(|process| process.parse() != Ok(own)) {
        return None;
    }
    let allowed: u64 = microseconds?.parse().ok().filter(|allowed| *allowed > 0)?;
    Some(Duration::from_micros((allowed / 3).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn heard(socket: &UnixDatagram) -> Option<String> {
        socket.set_nonblocking(true).expect("set");
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    #[test]
    fn a_state_arrives_at_a_socket_with_a_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).expect("binds");
        let manager = ServiceManager::at(path.as_os_str()).expect("an address");
        manager.tell("READY=1");
        assert_eq!(heard(&listening).as_deref(), Some("READY=1"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_state_arrives_at_an_abstract_socket() {
        let name = format!("masthead-test-{}", std::process::id());
        let address = abstract_name(name.as_bytes()).expect("an address");
        let listening = UnixDatagram::bind_addr(&address).expect("binds");
        let manager = ServiceManager::at(OsStr::new(&format!("@{name}"))).expect("an address");
        manager.tell("STOPPING=1");
        assert_eq!(heard(&listening).as_deref(), Some("STOPPING=1"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_does_not_turn_lets_the_watchdog_starve() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).expect("binds");
        let manager = ServiceManager::at(path.as_os_str()).expect("an address");
        let turns = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&turns);
        let feeding = tokio::spawn(async move {
            let every = Duration::from_secs(10);
            manager
                .feed(every, || counted.load(Ordering::Relaxed))
                .await;
        });
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert_eq!(heard(&listening), None);
        turns.store(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(heard(&listening).as_deref(), Some("WATCHDOG=1"));
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(heard(&listening), None);
        feeding.abort();
    }

    #[test]
    fn the_watchdog_is_fed_three_times_in_its_time_and_only_by_the_process_that_it_watches() {
        let second = Some(Duration::from_secs(1));
        assert_eq!(watchdog(Some("3000000"), None, 7), second);
        assert_eq!(watchdog(Some("3000000"), Some("7"), 7), second);
        assert_eq!(watchdog(Some("3000000"), Some("8"), 7), None);
        assert_eq!(watchdog(Some("0"), None, 7), None);
        assert_eq!(watchdog(None, None, 7), None);
    }
}
