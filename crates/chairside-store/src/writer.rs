//! The thread that writes to the disk, and the queue in front of it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ledger::Disk;
use crate::queue::{Deed, Queue, Wanted, Work};
use crate::{Done, StoreError};

/// Rows of one transaction when there is a backlog, so that a person's action is never behind
/// more than this.
const ROWS_MAX: usize = 2000;

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// How long records wait for company. With the commit this stays below the 250 ms of
    /// readings that a killed process may forget.
    pub(crate) gather: Duration,
    /// From one attempt at a disk that fails to the next.
    pub(crate) retry: Duration,
}

impl Timing {
    pub(crate) const REAL: Self = Self {
        gather: Duration::from_millis(200),
        retry: Duration::from_secs(1),
    };
}

/// The queue, seen from both sides.
pub(crate) struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// The writing thread.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `after_commit` is called in it after every commit, with the number up
    /// to which every record is durable.
    pub(crate) fn start(
        disk: Box<dyn Disk>,
        budget: usize,
        timing: Timing,
        after_commit: impl Fn(u64) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue::new(budget)),
            wake: Condvar::new(),
        });
        let mut loop_ = Loop {
            shared: Arc::clone(&shared),
            disk,
            timing,
            after_commit: Box::new(after_commit),
        };
        let thread = thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || {
                let _at_the_end = AtTheEnd(Arc::clone(&loop_.shared));
                while loop_.turn() {}
                loop_.disk.close();
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Changes what waits, and wakes the thread if that made something due.
    pub(crate) fn with_queue<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.shared.lock();
        let (was_empty, was_due) = (queue.is_empty(), queue.is_due());
        let result = change(&mut queue);
        let wake = (was_empty && !queue.is_empty()) || (!was_due && queue.is_due());
        drop(queue);
        if wake {
            self.shared.wake.notify_one();
        }
        result
    }

    pub(crate) fn want(&self, deed: Deed, done: Done) {
        let wanted = Wanted {
            deed,
            done: Some(done),
        };
        if let Some((done, error)) = self.with_queue(|queue| queue.want(wanted)) {
            done(Err(error));
        }
    }

    /// Returns why records do not reach the disk; nothing when they do.
    pub(crate) fn trouble(&self) -> Option<String> {
        if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            return Some("the recorder has failed".to_owned());
        }
        self.shared.lock().trouble()
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn close(&mut self) {
        self.shared.lock().close();
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The recorder had failed.");
        }
    }
}

impl Shared {
    /// A panic elsewhere leaves the queue as usable as it was.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &self,
        queue: MutexGuard<'a, Queue>,
        condition: impl Fn(&mut Queue) -> bool,
    ) -> MutexGuard<'a, Queue> {
        self.wake
            .wait_while(queue, condition)
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while_at_most<'a>(
        &self,
        queue: MutexGuard<'a, Queue>,
        at_most: Duration,
        condition: impl Fn(&mut Queue) -> bool,
    ) -> MutexGuard<'a, Queue> {
        self.wake
            .wait_timeout_while(queue, at_most, condition)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

/// What runs in the thread.
struct Loop {
    shared: Arc<Shared>,
    disk: Box<dyn Disk>,
    timing: Timing,
    after_commit: Box<dyn Fn(u64) + Send>,
}

/// Marks the end of the thread, by a panic too.
struct AtTheEnd(Arc<Shared>);

impl Drop for AtTheEnd {
    /// However the thread ends: what is brought from now on is answered at once, and who waits
    /// for an answer finds that nobody will give it.
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.close();
        let unanswered = queue.failed("the recorder has ended");
        drop(queue);
        drop(unanswered);
    }
}

impl Loop {
    /// Waits for work and does it; false when there will be no more.
    fn turn(&mut self) -> bool {
        let shared = Arc::clone(&self.shared);
        let queue = shared.wait_while(shared.lock(), |queue| {
            queue.is_empty() && !queue.is_closing()
        });
        let mut queue =
            shared.wait_while_at_most(queue, self.timing.gather, |queue| !queue.is_due());
        let (work, answers) = queue.take(ROWS_MAX);
        let closing = queue.is_closing();
        drop(queue);
        if work.is_empty() {
            return !closing;
        }
        self.write(&work, answers)
    }

    /// Writes the work, however long that takes; false when the disk does not take it and there
    /// is no time left.
    fn write(&mut self, work: &Work, mut answers: Vec<Done>) -> bool {
        let mut is_last_attempt = false;
        let mut known = None;
        loop {
            let Err(why) = self.disk.write(work) else {
                self.shared.lock().written();
                if known.is_some() {
                    tracing::info!("The record is written again.");
                }
                for done in answers {
                    done(Ok(()));
                }
                (self.after_commit)(self.disk.number());
                return true;
            };
            // Not the same words each second for as long as the disk fails.
            if known.as_ref() != Some(&why) {
                tracing::error!(why, "The record cannot be written; trying again.");
                known = Some(why.clone());
            }
            let mut queue = self.shared.lock();
            answers.extend(queue.failed(&why));
            let closing = queue.is_closing();
            drop(queue);
            // Nobody waits for a disk that fails: the answer is that it is not on record yet.
            for done in answers.drain(..) {
                done(Err(StoreError::Database(why.clone())));
            }
            if is_last_attempt {
                tracing::error!("The record ends without its last records.");
                return false;
            }
            is_last_attempt = closing;
            let queue = self.shared.lock();
            drop(
                self.shared
                    .wait_while_at_most(queue, self.timing.retry, |queue| !queue.is_closing()),
            );
        }
    }
}

#[cfg(test)]
mod tests;
