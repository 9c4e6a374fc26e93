//! Where a channel may send to.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::address::not_public;

/// Characters of an address at most; longer ones are nobody's.
const URL_MAX: usize = 2_048;

/// A host that the owner listed: it may be of the clinic's own network, and be spoken to without
/// TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedHost {
    host: Host,
    /// `None`: every port.
    port: Option<u16>,
}

/// Where to send to: an address that was parsed, and may be called.
#[derive(Clone)]
pub struct Target {
    url: Url,
    host: String,
    listed: bool,
}

/// Why an address is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is none.
    #[error("it is not an address of the web (`https://host/path`)")]
    NotAnAddress,
    /// Neither `https` nor `http`.
    #[error("it must begin with `https://`")]
    Scheme,
    /// It has a user's name or a password in it.
    #[error("a user's name or a password may not be part of the address")]
    UserInfo,
    /// `http`, to a host that is not listed.
    #[error("{host} is not listed, so it must begin with `https://`")]
    Plain {
        /// The host.
        host: String,
    },
    /// The host is an address that is not of the internet, and not listed.
    #[error("{host} is an address {what}, and not listed")]
    NotPublic {
        /// The host.
        host: String,
        /// What it is: "of a private network".
        what: &'static str,
    },
}

impl ListedHost {
    /// Returns the host that a text names: `pager.clinic`, `10.0.0.5:8443`, `[fd00::5]`. Without a
    /// port, every port of it is listed.
    ///
    /// # Errors
    ///
    /// In words when it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let none = || format!("{text:?} is not a host, nor a host with its port");
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().map_err(|_not_a_port| none())?))
            }
            _ => (text, None),
        };
        let host = plain(Host::parse(host).map_err(|_not_a_host| none())?).ok_or_else(none)?;
        Ok(Self { host, port })
    }

    pub(crate) fn covers(&self, host: &Host, port: u16) -> bool {
        self.host == *host && self.port.is_none_or(|listed| listed == port)
    }
}

impl Target {
    /// Parses an address, once, and judges what can be judged without looking up a name.
    pub(super) fn parse(text: &str, listed: &[ListedHost]) -> Result<Self, AddressError> {
        // A parser of the web drops line ends and tabs, and takes `\` for `/`: an address that has
        // such in it looks like another one than it is.
        let odd = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\\';
        if text.len() > URL_MAX || text.contains(odd) {
            return Err(AddressError::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_not_one| AddressError::NotAnAddress)?;
        if !["https", "http"].contains(&url.scheme()) {
            return Err(AddressError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::UserInfo);
        }
        let host = url.host().map(|host| host.to_owned()).and_then(plain);
        let (Some(host), Some(port)) = (host, url.port_or_known_default()) else {
            return Err(AddressError::NotAnAddress);
        };
        let listed = listed.iter().any(|entry| entry.covers(&host, port));
        let name = host.to_string();
        if url.scheme() == "http" && !listed {
            return Err(AddressError::Plain { host: name });
        }
        let address: Option<IpAddr> = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        };
        match address.filter(|_| !listed).and_then(not_public) {
            Some(what) => Err(AddressError::NotPublic { host: name, what }),
            None => Ok(Self {
                url,
                host: name,
                listed,
            }),
        }
    }

    /// Returns the host, which may be shown; the rest of the address may not.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns where it is without its path: what a token for it is made out for
    /// (`https://push.example`).
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Returns whether it is a host alone, without a path.
    pub(crate) fn is_root(&self) -> bool {
        self.url.path() == "/" && self.url.query().is_none()
    }

    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    pub(super) const fn is_listed(&self) -> bool {
        self.listed
    }
}

/// Shows the host alone: a path may be what lets anybody write to a person.
impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Target").field(&self.host).finish()
    }
}

/// Returns a host in the one form in which hosts are compared: a name without its last dot. `None`
/// when it is a name that no machine has: what the parsers of the web let pass in a name and the
/// domain name system does not is where they part ways.
fn plain(host: Host) -> Option<Host> {
    let Host::Domain(name) = host else {
        return Some(host);
    };
    let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(letter);
    (name.len() <= 253 && name.split('.').all(label)).then_some(Host::Domain(name))
}
