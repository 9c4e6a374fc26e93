//! What every channel is.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::Message;

/// An attempt under way.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// A way to reach people.
pub trait Channel: fmt::Debug + Send + Sync {
    /// Tries once to bring a message to an address of this channel: a telephone number, a mailbox,
    /// a topic; what it is, the channel knows. `Ok` says that the other side has taken it, and not
    /// that a person has seen it.
    ///
    /// It ends by itself within [`ATTEMPT_MAX`], however the other side behaves. Dropped half-way,
    /// the message may have been delivered or not.
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a>;

    /// Returns our public key, with which whoever is to be reached says who may write to them
    /// (`applicationServerKey` of a browser); nothing where a channel needs none.
    fn public_key(&self) -> Option<String> {
        None
    }
}

/// An attempt takes no longer than this.
pub const ATTEMPT_MAX: Duration = Duration::from_secs(5);

/// Why an attempt came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Failure {
    /// Whether it can be tried again.
    pub retry: Retry,
    /// What went wrong and where, in words for the clinic's owner. No secret is in it, no token
    /// and no part of an address beyond its host.
    pub why: String,
}

/// Whether the same message can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Yes; not before so long, if the other side said so.
    After(Option<Duration>),
    /// No: it will never be taken as it is.
    Never,
}

impl Failure {
    /// A failure that may pass.
    #[must_use]
    pub fn passing(why: impl Into<String>) -> Self {
        Self {
            retry: Retry::After(None),
            why: why.into(),
        }
    }

    /// A failure that will not pass.
    #[must_use]
    pub fn lasting(why: impl Into<String>) -> Self {
        Self {
            retry: Retry::Never,
            why: why.into(),
        }
    }
}
