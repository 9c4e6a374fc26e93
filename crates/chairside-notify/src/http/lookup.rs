//! Asking for the addresses of a name.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::watch;

/// Names that are looked up at once at most; beyond them a name counts as unknown. Far more than
/// there are receivers: it bounds the threads that hang while no name server answers.
const AT_ONCE: usize = 32;

/// A name that is being looked up.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// What knows the addresses of names.
pub trait Lookup: fmt::Debug + Send + Sync {
    /// Looks a name up. An error and an empty list are the same: there is no such name, or nobody
    /// could be asked.
    fn lookup(&self, name: &str) -> LookingUp;
}

/// The system's own: its files, and its name server.
///
/// The system cannot be told to stop, and while no name server answers it takes half a minute for
/// each name. So each name is asked for on a thread of its own, which nobody waits for: a name
/// that hangs holds up no other one, nor the end of the process. Whoever asks for it meanwhile
/// waits for the same answer.
#[derive(Clone)]
pub struct SystemLookup {
    ask: Arc<Ask>,
    under_way: Arc<Mutex<UnderWay>>,
}

type UnderWay = HashMap<String, Waiting>;

type Ask = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// The answer when it comes: the addresses, of which there are none in an error.
type Waiting = watch::Receiver<Option<Vec<IpAddr>>>;

impl Default for SystemLookup {
    fn default() -> Self {
        Self::asking(|name| {
            let found = (name, 0).to_socket_addrs()?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

impl SystemLookup {
    fn asking(ask: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self {
            ask: Arc::new(ask),
            under_way: Arc::default(),
        }
    }

    /// Returns the answer that a name waits for already, or asks for it.
    fn ask(&self, name: &str) -> io::Result<Waiting> {
        let (tell, waiting) = watch::channel(None);
        {
            let mut under_way = lock(&self.under_way);
            if let Some(waiting) = under_way.get(name) {
                return Ok(waiting.clone());
            }
            if under_way.len() >= AT_ONCE {
                return Err(io::Error::other("too many names are being looked up"));
            }
            under_way.insert(name.to_owned(), waiting.clone());
        }
        // It is dropped also when there is no thread to be had.
        let entry = Entry(self.clone(), name.to_owned());
        let asking = move || {
            let found = (entry.0.ask)(&entry.1).unwrap_or_default();
            // Whoever asks from now on asks anew.
            drop(entry);
            tell.send_replace(Some(found));
        };
        thread::Builder::new().name("lookup".into()).spawn(asking)?;
        Ok(waiting)
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> LookingUp {
        let asked = self.ask(name);
        Box::pin(async move {
            let mut waiting = asked?;
            let found = waiting.wait_for(Option::is_some).await;
            let found = found.map_err(io::Error::other)?;
            Ok(found.clone().unwrap_or_default())
        })
    }
}

impl fmt::Debug for SystemLookup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SystemLookup")
    }
}

/// A name's place among those that are being looked up, for as long as it is.
struct Entry(SystemLookup, String);

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.0.under_way).remove(&self.1);
    }
}

/// A panic elsewhere leaves the map whole.
fn lock(under_way: &Mutex<UnderWay>) -> MutexGuard<'_, UnderWay> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::task::JoinSet;
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    /// A system that knows `known.test`, panics at `panic.test`, and hangs at every other name
    /// until the sender is dropped.
    fn hanging() -> (SystemLookup, mpsc::Sender<()>, Arc<AtomicUsize>) {
        let (release, released) = mpsc::channel::<()>();
        let (released, asked) = (Mutex::new(released), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        let lookup = SystemLookup::asking(move |name| {
            count.fetch_add(1, Ordering::SeqCst);
            match name {
                "known.test" => Ok(vec![[192, 0, 2, 1].into()]),
                "panic.test" => panic!("as told"),
                _ => {
                    let released = released.lock().unwrap_or_else(PoisonError::into_inner);
                    let _ = released.recv();
                    Ok(vec![[192, 0, 2, 2].into()])
                }
            }
        });
        (lookup, release, asked)
    }

    #[tokio::test]
    async fn a_name_that_hangs_holds_up_no_other_and_is_asked_for_once() {
        let (lookup, release, asked) = hanging();
        let mut waiting = JoinSet::new();
        for _ in 0..100 {
            waiting.spawn(lookup.lookup("hanging.test"));
        }
        for _ in 0..3 {
            let known = timeout(LONG, lookup.lookup("known.test")).await.unwrap();
            assert_eq!(known.unwrap(), [IpAddr::from([192, 0, 2, 1])]);
        }
        drop(release);
        while let Some(found) = timeout(LONG, waiting.join_next()).await.unwrap() {
            assert_eq!(found.unwrap().unwrap(), [IpAddr::from([192, 0, 2, 2])]);
        }
        // Once for all who waited, and each time for those who came after an answer.
        assert_eq!(asked.load(Ordering::SeqCst), 4);
        let again = timeout(LONG, lookup.lookup("hanging.test")).await.unwrap();
        again.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 5);
    }

    #[tokio::test]
    async fn names_that_hang_have_an_end() {
        let (lookup, release, _) = hanging();
        let hanging: Vec<_> = (0..AT_ONCE)
            .map(|place| lookup.lookup(&format!("{place}.test")))
            .collect();
        assert!(lookup.lookup("known.test").await.is_err());
        drop(release);
        for name in hanging {
            timeout(LONG, name).await.unwrap().unwrap();
        }
        assert!(lookup.lookup("known.test").await.is_ok());
    }

    #[tokio::test]
    async fn a_lookup_that_panics_is_a_name_that_is_not_known() {
        let (lookup, _release, _) = hanging();
        for _ in 0..2 * AT_ONCE {
            let found = timeout(LONG, lookup.lookup("panic.test")).await.unwrap();
            assert!(found.is_err());
        }
    }
}
