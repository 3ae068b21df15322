//! Whether an address leads to this very machine: the one rule for where a token may go unencrypted, and for what
//! counts as staying here.
//!
//! Pure: names are not looked up. Which addresses may be called at all is in `platforms`.

use url::{Host, Url};

/// Whether an address leads to this very machine: 127.0.0.0/8, `::1`, `localhost` and names under it.
pub fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
