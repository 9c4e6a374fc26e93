//! Looking up a host's name, once for each connection, by us: a name that is looked up to be
//! judged, and again to be connected to, can lead somewhere else the second time (rebinding).

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

/// Names that are looked up at once at most. The system's resolver cannot be told to stop: a
/// thread of it waits for as long as the system likes, and a name that finds no thread free waits
/// for one until its own time is over.
const AT_ONCE: usize = 8;

/// A name that is being looked up.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// What knows the addresses of names.
pub trait Lookup: fmt::Debug + Send + Sync {
    /// Looks a name up. An error and an empty list are the same: there is no such name, or nobody
    /// could be asked.
    fn lookup(&self, name: &str) -> LookingUp;
}

/// The system's own: its files, and its name server.
#[derive(Clone, Debug)]
pub struct SystemLookup {
    free: Arc<Semaphore>,
}

impl Default for SystemLookup {
    fn default() -> Self {
        Self {
            free: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> LookingUp {
        let (free, name) = (Arc::clone(&self.free), name.to_owned());
        Box::pin(async move {
            let permit = free.acquire_owned().await.map_err(io::Error::other)?;
            // On a thread of its own, which keeps the permit: whoever waits for it may give up.
            let looking = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let found = std::net::ToSocketAddrs::to_socket_addrs(&(name.as_str(), 0))?;
                Ok(found.map(|address| address.ip()).collect())
            });
            looking.await.map_err(io::Error::other)?
        })
    }
}

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
