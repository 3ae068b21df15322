//! A line to a server that stands still once so much went over it, until it is let go: whoever sends can be killed meanwhile.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The line; its threads end with the process.
#[derive(Clone)]
pub struct StuckLine {
    address: SocketAddr,
    through: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl StuckLine {
    /// Leads to the server at `url`; stands still after `most` bytes.
    pub fn to(url: &str, most: usize) -> Self {
        let server: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            address: listener.local_addr().unwrap(),
            through: Arc::default(),
            most: Arc::new(AtomicUsize::new(most)),
        };
        let end = line.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (line, there) = (end.clone(), TcpStream::connect(server).unwrap());
                let (answers, back) = (there.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || carry(answers, back, |_| ()));
                std::thread::spawn(move || carry(client, there, |bytes| line.pass(bytes)));
            }
        });
        line
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The identity of a server at this address (did:web).
    pub fn did(&self) -> String {
        format!("did:web:127.0.0.1%3A{}", self.address.port())
    }

    /// How many bytes have gone over it towards the server.
    pub fn through(&self) -> usize {
        self.through.load(Ordering::Relaxed)
    }

    /// Lets everything through from now on.
    pub fn let_go(&self) {
        self.most.store(usize::MAX, Ordering::Relaxed);
    }

    fn pass(&self, bytes: usize) {
        self.through.fetch_add(bytes, Ordering::Relaxed);
        while self.through() >= self.most.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut each: impl FnMut(usize)) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut bytes) {
        if length == 0 || to.write_all(&bytes[..length]).is_err() {
            break;
        }
        each(length);
    }
    let _ = to.shutdown(Shutdown::Write);
}
