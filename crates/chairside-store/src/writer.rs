//! The thread that writes to the disk, and the queue in front of it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::facts::Intent;
use crate::ledger::Disk;
use crate::queue::{Queue, Wanted, Work};
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

    pub(crate) fn want(&self, intent: Intent, done: Done) {
        let wanted = Wanted {
            intent,
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
        loop {
            let Err(why) = self.disk.write(work) else {
                self.shared.lock().written();
                for done in answers {
                    done(Ok(()));
                }
                (self.after_commit)(self.disk.number());
                return true;
            };
            tracing::error!(why, "The record cannot be written; trying again.");
            let mut queue = self.shared.lock();
            answers.extend(queue.failed(&why));
            let closing = queue.is_closing();
            drop(queue);
            // Nobody waits for a disk that fails: the answer is that it is not on record yet.
            for done in answers.drain(..) {
                done(Err(StoreError::Database(why.clone())));
            }
            if is_last_attempt {
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
mod tests {
    use std::path::Path;
    use std::sync::mpsc::{Receiver, channel};

    use chairside_model::MonoTime;
    use chairside_station::Record;

    use super::*;
    use crate::Reader;
    use crate::facts::GapCause;
    use crate::ledger::Ledger;
    use crate::queue::BUDGET;
    use crate::testing::{alarm, ledger, numeric, run, waveform};

    /// Retries at once, and never commits only because time has passed.
    const PATIENT: Timing = Timing {
        gather: Duration::from_hours(1),
        retry: Duration::from_millis(1),
    };

    /// Far more than anything here takes; a test that fails says so instead of hanging.
    const SOON: Duration = Duration::from_mins(1);

    /// A disk that fails when the test says so.
    struct Faulty {
        disk: Ledger,
        attempts: u64,
        fails: Box<dyn FnMut(u64) -> bool + Send>,
    }

    impl Disk for Faulty {
        fn write(&mut self, work: &Work) -> Result<(), String> {
            self.attempts += 1;
            if (self.fails)(self.attempts) {
                return Err("no space".to_owned());
            }
            self.disk.write(work)
        }

        fn number(&self) -> u64 {
            self.disk.number()
        }

        fn close(self: Box<Self>) {
            Box::new(self.disk).close();
        }
    }

    fn start(
        directory: &Path,
        budget: usize,
        fails: impl FnMut(u64) -> bool + Send + 'static,
    ) -> (Writer, Receiver<u64>) {
        let (commits, committed) = channel();
        let disk = Faulty {
            disk: ledger(directory),
            attempts: 0,
            fails: Box::new(fails),
        };
        let after = move |number| {
            // Nobody looks any more at the end of a test.
            let _ = commits.send(number);
        };
        let writer = Writer::start(Box::new(disk), budget, PATIENT, after).unwrap();
        (writer, committed)
    }

    fn append(writer: &Writer, records: impl IntoIterator<Item = Record>) {
        writer.with_queue(|queue| queue.append(records.into_iter().collect()));
    }

    fn want(writer: &Writer, request: u64) -> Receiver<Result<(), StoreError>> {
        let (sender, answer) = channel();
        let intent = Intent {
            at: MonoTime::from_secs(request),
            bed: "1".to_owned(),
            action: "acknowledge".to_owned(),
            occurrence: request,
            by: "mn".to_owned(),
            station: Some("desk".to_owned()),
            request: request.to_string(),
        };
        writer.want(
            intent,
            Box::new(move |result| {
                let _ = sender.send(result);
            }),
        );
        answer
    }

    fn stored(directory: &Path) -> Vec<u64> {
        let reader = Reader::open(directory).unwrap();
        assert_eq!(reader.check().unwrap(), Vec::<String>::new());
        let rows = reader.records(&run("a")).unwrap();
        rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn readings_wait_for_company_and_an_alarm_takes_them_along_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, committed) = start(folder.path(), BUDGET, |_| false);
        append(&writer, [numeric(1)]);
        append(&writer, [numeric(2)]);
        assert_eq!(stored(folder.path()), Vec::<u64>::new());
        append(&writer, [alarm(3)]);
        assert_eq!(committed.recv_timeout(SOON), Ok(3));
        assert_eq!(stored(folder.path()), [1, 2, 3]);
    }

    #[test]
    fn five_hundred_rows_are_company_enough() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, committed) = start(folder.path(), BUDGET, |_| false);
        append(&writer, (1..500).map(numeric));
        assert_eq!(stored(folder.path()).len(), 0);
        append(&writer, [numeric(500)]);
        assert_eq!(committed.recv_timeout(SOON), Ok(500));
        assert_eq!(stored(folder.path()).len(), 500);
    }

    #[test]
    fn an_action_is_durable_when_its_answer_comes() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, _) = start(folder.path(), BUDGET, |_| false);
        append(&writer, [numeric(1)]);
        for request in 1..20 {
            want(&writer, request).recv_timeout(SOON).unwrap().unwrap();
            let intents = Reader::open(folder.path())
                .unwrap()
                .intents(&run("a"))
                .unwrap();
            assert_eq!(intents.last().unwrap().request, request.to_string());
        }
    }

    #[test]
    fn whatever_write_fails_once_everything_is_stored_in_the_end() {
        for nth in 1..=8 {
            let folder = tempfile::tempdir().unwrap();
            let (mut writer, _) = start(folder.path(), BUDGET, move |attempt| attempt == nth);
            let mut answers = Vec::new();
            for turn in 0..8 {
                append(&writer, [numeric(turn * 2 + 1), alarm(turn * 2 + 2)]);
                answers.push(want(&writer, turn));
            }
            for answer in answers {
                // Told or not told, but never left without an answer.
                let _ = answer.recv_timeout(SOON).unwrap();
            }
            writer.close();
            assert_eq!(
                stored(folder.path()),
                (1..=16).collect::<Vec<_>>(),
                "write {nth}"
            );
            let intents = Reader::open(folder.path())
                .unwrap()
                .intents(&run("a"))
                .unwrap();
            assert_eq!(intents.len(), 8, "write {nth}");
        }
    }

    #[test]
    fn while_the_disk_fails_people_are_answered_and_then_everything_kept_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, works) = channel::<()>();
        let (failed, has_failed) = channel();
        let mut mended = false;
        // A message mends it; each failed attempt is told.
        let (mut writer, committed) = start(folder.path(), 20_000, move |_| {
            mended |= works.try_recv().is_ok();
            if !mended {
                let _ = failed.send(());
            }
            !mended
        });
        let answer = want(&writer, 1);
        assert!(answer.recv_timeout(SOON).unwrap().is_err());
        assert!(writer.trouble().unwrap().contains("no space"));
        // Once it is known to fail, nobody waits for the next attempt.
        assert!(want(&writer, 2).recv_timeout(SOON).unwrap().is_err());
        for number in (1..=600).step_by(3) {
            append(&writer, [numeric(number), waveform(number + 1)]);
            if number % 100 == 1 {
                append(&writer, [alarm(number + 2)]);
            } else {
                append(&writer, [numeric(number + 2)]);
            }
        }
        has_failed.recv_timeout(SOON).unwrap();
        sender.send(()).unwrap();
        while committed.recv_timeout(SOON) != Ok(600) {}
        assert_eq!(writer.trouble(), None);
        writer.close();

        let kept = stored(folder.path());
        for number in [1, 301].map(|number| number + 2) {
            assert!(kept.contains(&number), "alarm {number} was given up");
        }
        let reader = Reader::open(folder.path()).unwrap();
        let gaps = reader.gaps(&run("a")).unwrap();
        let lost: u64 = gaps.iter().map(|gap| gap.lost).sum();
        assert_eq!(lost + kept.len() as u64, 600);
        assert!(gaps.iter().all(|gap| gap.cause == GapCause::StorageFailed));
        assert_eq!(reader.intents(&run("a")).unwrap().len(), 2);
    }

    #[test]
    fn closing_a_disk_that_fails_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, _) = start(folder.path(), BUDGET, |_| true);
        append(&writer, [alarm(1)]);
        let answer = want(&writer, 1);
        writer.close();
        assert!(answer.recv_timeout(SOON).unwrap().is_err());
        assert!(want(&writer, 2).recv_timeout(SOON).unwrap().is_err());
        assert_eq!(stored(folder.path()), Vec::<u64>::new());
    }

    #[test]
    fn a_recorder_that_panicked_is_not_running() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, told) = channel();
        let (writer, _) = start(folder.path(), BUDGET, move |_| {
            let _ = sender.send(());
            panic!("a bug in the recorder, for a test");
        });
        append(&writer, [alarm(1)]);
        told.recv_timeout(SOON).unwrap();
        let has_failed = (0..60_000).any(|_| {
            thread::sleep(Duration::from_millis(1));
            let trouble = writer.trouble();
            trouble.is_some_and(|why| why.contains("has failed"))
        });
        assert!(has_failed);
        append(&writer, [alarm(2)]);
        let answer = want(&writer, 1).recv_timeout(SOON).unwrap();
        assert!(matches!(answer, Err(StoreError::Ended)));
    }
}
