//! Which addresses are asked at all: public ones, wherever a name or a redirect leads.
//!
//! Names are looked up once, checked, and connected to as they were checked, so that a name that answers otherwise the second
//! time (DNS rebinding) gains nothing. Ranges from the IANA special-purpose registries for IPv4 and IPv6, read 2026-11.

use super::PageError;
use crate::domain::address::is_loopback;
use crate::domain::text_safety::visible;
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// How far a page may be away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet.
    Public,
    /// There, or, where the typed address itself says so, on this very machine. For a plan of which nothing leaves the
    /// machine: a page's words could then not be carried outside.
    OwnMachineToo,
}

/// Looks names up.
#[async_trait]
pub trait Names: Send + Sync + std::fmt::Debug {
    /// Returns the addresses of a name; the port is 0.
    async fn look_up(&self, name: &str) -> io::Result<Vec<SocketAddr>>;
}

/// Asks the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn look_up(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// Where the hops of one request may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Public,
    OwnMachine,
}

impl Zone {
    /// Decides by the typed address.
    pub(super) fn of(reach: Reach, url: &Url) -> Self {
        if reach == Reach::OwnMachineToo && is_loopback(url) {
            Self::OwnMachine
        } else {
            Self::Public
        }
    }

    /// Whether an address may be connected to.
    pub(super) fn allows(self, ip: IpAddr) -> bool {
        match self {
            Self::Public => is_public(ip),
            Self::OwnMachine => ip.is_loopback(),
        }
    }

    /// Checks a typed address or the target of a redirect, as far as that can be told without looking its name up.
    pub(super) fn check(self, url: &Url) -> Result<(), PageError> {
        let shown = || visible(url.host_str().unwrap_or(url.as_str()));
        if !matches!(url.scheme(), "http" | "https")
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(PageError::NoAddress(shown()));
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(PageError::NoAddress(shown())),
        };
        if self.allows(ip) {
            Ok(())
        } else {
            Err(PageError::NotPublic(shown()))
        }
    }
}

/// Says that a name leads to where nobody is asked; found again in the error of a request.
#[derive(Debug, thiserror::Error)]
#[error("the name does not lead to a public address")]
pub(super) struct NotPublicName;

/// What the client asks instead of the system: looks a name up, and gives only addresses that were checked.
#[derive(Debug)]
pub(super) struct CheckedNames {
    pub(super) names: Arc<dyn Names>,
    pub(super) zone: Zone,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, zone) = (Arc::clone(&self.names), self.zone);
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await?;
            // One that leads to both kinds is not what it claims to be.
            if !found.iter().all(|address| zone.allows(address.ip())) {
                return Err(NotPublicName.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match (a, b, c) {
        // This network, private, loopback, link-local (clouds' metadata), private, private.
        (0 | 10 | 127, ..) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true,
        // Behind a provider's own translation.
        (100, 64..=127, _) => true,
        // Protocol assignments, documentation, the way to 6to4, measuring.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) => true,
        (198, 51, 100) | (203, 0, 113) => true,
        // Multicast, reserved, broadcast.
        (224..=255, ..) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    // Translated (RFC 6052): what counts is where it comes out.
    if [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let ([w, x], [y, z]) = (g.to_be_bytes(), h.to_be_bytes());
        return is_public_v4(Ipv4Addr::new(w, x, y, z));
    }
    let is_global = (0x2000..0x4000).contains(&a);
    // Protocol assignments and Teredo, documentation twice, and 6to4, which leads to an IPv4 address inside.
    let special = match a {
        0x2001 => b < 0x200 || b == 0xdb8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    is_global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_addresses_of_the_public_internet_are_asked() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2a00:1450:4001:80e::200e",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip(public)), "{public}");
        }
        for special in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "4000::1",
            "fc00::1",
            "fd12:3456::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip(special)), "{special}");
        }
    }

    #[test]
    fn an_address_is_refused_however_it_is_written() {
        for refused in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://017700000001/",
            "http://[::1]:8080/",
            "http://[::ffff:7f00:1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://10.1/",
        ] {
            let url = Url::parse(refused).unwrap();
            let checked = Zone::of(Reach::Public, &url).check(&url);
            assert!(
                matches!(checked, Err(PageError::NotPublic(_))),
                "{refused}: {checked:?}"
            );
        }
        for refused in [
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org",
            "https://me:secret@example.org/",
        ] {
            let url = Url::parse(refused).unwrap();
            let checked = Zone::of(Reach::OwnMachineToo, &url).check(&url);
            let Err(error @ PageError::NoAddress(_)) = checked else {
                panic!("{refused}: {checked:?}");
            };
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn this_very_machine_is_asked_only_where_the_typed_address_says_so_and_nothing_leaves_it() {
        let zone = |reach, url: &str| Zone::of(reach, &Url::parse(url).unwrap());
        let own = "http://127.0.0.1:8000/";
        assert_eq!(zone(Reach::Public, own), Zone::Public);
        assert_eq!(zone(Reach::OwnMachineToo, own), Zone::OwnMachine);
        assert_eq!(
            zone(Reach::OwnMachineToo, "http://localhost:1/"),
            Zone::OwnMachine
        );
        assert_eq!(
            zone(Reach::OwnMachineToo, "https://example.org/"),
            Zone::Public
        );
        assert!(!Zone::Public.allows(ip("127.0.0.1")) && !Zone::OwnMachine.allows(ip("8.8.8.8")));
        assert!(!Zone::OwnMachine.allows(ip("10.0.0.1")));
    }
}
