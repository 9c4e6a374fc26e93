//! A disk that is full, for real: a file system in memory with one megabyte, later more.
#![expect(clippy::unwrap_used, reason = "a failing test, also in its helpers")]

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use chairside_model::MonoTime;
use chairside_store::{Kind, Reader, Recorder, StoreError};

use disk::SmallDisk;
use support::{acknowledge, alarm, plan, waveform};

#[expect(dead_code, reason = "shared with the other tests and the benchmark")]
mod support;

#[expect(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests of the whole service"
)]
#[path = "../../../tests/harness/disk.rs"]
mod disk;

/// Far more than anything here takes.
const SOON: Duration = Duration::from_mins(1);

#[test]
fn a_full_disk_holds_nobody_up_and_what_was_kept_is_written_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path(), "1m") else {
        return;
    };
    let (recorder, opened) = Recorder::open(plan(folder.path(), 1)).unwrap();
    let mut number = 0;
    let mut next = || {
        number += 1;
        // Slowly enough that the disk is not found to be behind.
        (number, MonoTime::from_millis(number / 100))
    };
    // An alarm among so many waveforms that the disk is soon full.
    let mut requests = 0;
    let refused = loop {
        let records = (0..200).map(|nth| {
            let (number, at) = next();
            if nth == 0 {
                alarm(number, 1, at)
            } else {
                waveform(number, 1, at)
            }
        });
        recorder.append(records.collect());
        requests += 1;
        if let Err(error) = act(&recorder, requests) {
            break error;
        }
    };
    assert!(refused.to_string().contains("full"), "{refused}");
    let status = recorder.status();
    assert!(!status.running);
    assert!(status.last_error.unwrap().contains("full"));
    // People and alarms go on.
    requests += 1;
    assert!(act(&recorder, requests).is_err());
    let (number, at) = next();
    let records = Arc::from([alarm(number, 1, at)]);
    // There may or may not be room for these few bytes in the journal; there is an answer.
    let _ = hand_over(&recorder, &records);
    recorder.append(records);

    disk.grow("256m");
    // It tries again each second.
    let goes_on = (0..3000).any(|_| {
        thread::sleep(Duration::from_millis(20));
        recorder.status().running
    });
    assert!(goes_on, "{:?}", recorder.status());
    requests += 1;
    act(&recorder, requests).unwrap();
    let (last, at) = next();
    let records = Arc::from([alarm(last, 1, at)]);
    hand_over(&recorder, &records).unwrap();
    recorder.append(records);
    recorder.close();

    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let run = &reader.runs().unwrap()[0];
    assert_eq!(run.boot, opened.epoch);
    let alarms: Vec<u64> = reader
        .rows(run, Kind::Alarm)
        .unwrap()
        .iter()
        .map(|row| row.number)
        .collect();
    let mut raised: Vec<u64> = (0..(last - 2) / 200).map(|batch| batch * 200 + 1).collect();
    raised.extend([last - 1, last]);
    assert_eq!(alarms, raised, "an alarm was given up");
    let intents = reader.intents(run).unwrap();
    let wanted: Vec<String> = (1..=requests).map(|request| request.to_string()).collect();
    let stored: Vec<String> = intents.into_iter().map(|one| one.request).collect();
    assert_eq!(stored, wanted);
    assert_eq!(reader.gaps(run).unwrap(), []);
}

fn act(recorder: &Recorder, request: u64) -> Result<(), StoreError> {
    let (done, told) = channel();
    recorder.commit_action(acknowledge(request), move |result| {
        done.send(result).unwrap();
    });
    told.recv_timeout(SOON).unwrap()
}

fn hand_over(
    recorder: &Recorder,
    records: &Arc<[chairside_station::Record]>,
) -> Result<(), StoreError> {
    let (done, told) = channel();
    recorder.hand_over(Arc::clone(records), move |result| {
        done.send(result).unwrap();
    });
    told.recv_timeout(SOON).unwrap()
}
