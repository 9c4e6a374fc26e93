//! Looking up a host's name, once for each connection, by us: a name that is looked up to be
//! judged, and again to be connected to, can lead somewhere else the second time (rebinding).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::lookup::Lookup;

/// What an address is when it may not be connected to.
pub(super) type Judge = fn(IpAddr) -> Option<&'static str>;

/// Looks names up for the HTTP client, and hands it only what may be connected to.
pub(super) struct Resolver {
    pub(super) lookup: Arc<dyn Lookup>,
    /// `None` for hosts that the owner listed.
    pub(super) judge: Option<Judge>,
}

/// Why a name gave no address to connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("is at an address {0}, and not listed")]
    NotPublic(&'static str),
    #[error("is a name without a known address")]
    Unknown,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (looking, judge) = (self.lookup.lookup(name.as_str()), self.judge);
        Box::pin(async move {
            let found = looking.await.unwrap_or_default();
            if found.is_empty() {
                return Err(NoAddress::Unknown.into());
            }
            // One of them is enough: a name of the internet has no address at home.
            let refused = judge.and_then(|judge| found.iter().find_map(|address| judge(*address)));
            if let Some(what) = refused {
                return Err(NoAddress::NotPublic(what).into());
            }
            // The port is put in by the client.
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            let addresses: Addrs = Box::new(addresses);
            Ok(addresses)
        })
    }
}
