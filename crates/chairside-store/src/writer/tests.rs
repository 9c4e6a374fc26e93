use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use chairside_model::MonoTime;
use chairside_station::Record;

use super::*;
use crate::Reader;
use crate::facts::{GapCause, Intent};
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
        alarm: None,
        seconds: None,
        reason: None,
        limit: None,
        session: None,
        call: None,
        care: None,
        by: "mn".to_owned(),
        station: Some("desk".to_owned()),
        request: request.to_string(),
    };
    writer.want(
        Deed::Intent(Box::new(intent)),
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
