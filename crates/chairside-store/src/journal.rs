//! The journal: what clients are told of is given to the kernel here first.
//!
//! One file that only grows until the database has everything in it, and then begins again. It
//! is never synced: it is there for a process that is killed, not for a machine that loses
//! power. The file is eight bytes of mark and version, a frame that names the run, and a frame
//! for each record; a frame is the payload's length and CRC-32, four bytes each, and the payload.
//! Reading ends, without an error, where a frame is not whole: that is where the process died.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use chairside_station::Record;

use crate::bytes::{Reader, Writer, read_row, write_row};
use crate::error::StoreError;
use crate::facts::Run;
use crate::row::{Names, Row};

/// The journal's file in the folder of the record.
pub(crate) const JOURNAL: &str = "journal";

/// Its mark, and the version of its form in the last byte.
const MARK: [u8; 8] = *b"chsjrnl\x01";

/// The journal takes no more beyond this, bytes: hours of alarms that the database could not
/// take.
const LENGTH_MAX: u64 = 64 * 1024 * 1024;

/// It is begun again when the database has everything in it and it is longer than this, bytes.
const TRIM_ABOVE: u64 = 256 * 1024;

/// The longest frame, bytes; what claims to be longer is where the file is torn.
const FRAME_MAX: usize = 1024 * 1024;

/// The open journal of a run.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    header: Vec<u8>,
    length: u64,
    /// Bytes of a write that failed half-way lie behind `length`.
    torn: bool,
    /// The greatest record number in it.
    last: u64,
    buffer: Vec<u8>,
}

/// What was found in a journal.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) run: Run,
    pub(crate) rows: Vec<Row<'static>>,
    /// Bytes behind the last whole frame.
    pub(crate) torn: usize,
}

impl Journal {
    /// Begins the journal of a run; what was in the file is gone.
    pub(crate) fn begin(path: &Path, run: &Run) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        let mut header = MARK.to_vec();
        let mut payload = Vec::new();
        let mut out = Writer(&mut payload);
        for text in [&run.boot, &run.site, &run.program] {
            out.text(text);
        }
        out.i64(run.clock_zero_ns);
        frame(&payload, &mut header);
        let mut journal = Self {
            file,
            header,
            length: 0,
            torn: false,
            last: 0,
            buffer: Vec::new(),
        };
        journal.begin_again()?;
        Ok(journal)
    }

    /// Gives records to the kernel.
    pub(crate) fn write(&mut self, records: &[Record], names: &Names) -> Result<(), StoreError> {
        self.repair().map_err(StoreError::Journal)?;
        self.buffer.clear();
        let mut payload = Vec::new();
        for record in records {
            payload.clear();
            write_row(&Row::of(record, names), &mut payload);
            if payload.len() > FRAME_MAX {
                return Err(StoreError::Journal(io::ErrorKind::FileTooLarge.into()));
            }
            frame(&payload, &mut self.buffer);
        }
        let length = self.length + self.buffer.len() as u64;
        if length > LENGTH_MAX {
            return Err(StoreError::JournalFull);
        }
        // One call, so that a process that is killed leaves whole frames or one torn one.
        if let Err(error) = self.file.write_all(&self.buffer) {
            self.torn = true;
            return Err(StoreError::Journal(error));
        }
        self.length = length;
        let numbers = records.iter().map(|record| record.sequence);
        self.last = numbers.fold(self.last, u64::max);
        Ok(())
    }

    /// Begins again when it has grown and the database has every record up to `durable`.
    pub(crate) fn trim(&mut self, durable: u64) -> io::Result<()> {
        if self.length > TRIM_ABOVE && self.last <= durable {
            self.begin_again()?;
        }
        Ok(())
    }

    /// Tells whether it is long enough to be trimmed.
    pub(crate) const fn has_grown(&self) -> bool {
        self.length > TRIM_ABOVE
    }

    /// Removes what a write that failed has left behind.
    fn repair(&mut self) -> io::Result<()> {
        if self.length < self.header.len() as u64 {
            return self.begin_again();
        }
        if self.torn {
            self.file.set_len(self.length)?;
            self.torn = false;
        }
        Ok(())
    }

    fn begin_again(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.length = 0;
        self.last = 0;
        self.file.write_all(&self.header)?;
        self.length = self.header.len() as u64;
        self.torn = false;
        Ok(())
    }
}

/// Reads a journal; nothing when the bytes are not one, or end before the run is named.
pub(crate) fn read(bytes: &[u8]) -> Option<Found> {
    let mut from = Reader(bytes.strip_prefix(&MARK)?);
    let header = next_frame(&mut from)?;
    let mut named = Reader(header);
    let run = Run {
        boot: named.text()?.into_owned(),
        site: named.text()?.into_owned(),
        program: named.text()?.into_owned(),
        clock_zero_ns: named.i64()?,
    };
    let mut rows = Vec::new();
    loop {
        let rest = from.0.len();
        match next_frame(&mut from).and_then(read_row) {
            Some(row) => rows.push(row),
            None => {
                return Some(Found {
                    run,
                    rows,
                    torn: rest,
                });
            }
        }
    }
}

fn frame(payload: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&crc32(payload).to_le_bytes());
    out.extend_from_slice(payload);
}

fn next_frame<'a>(from: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = usize::try_from(from.u32()?).ok()?;
    let stated = from.u32()?;
    if length > FRAME_MAX {
        return None;
    }
    let (payload, rest) = from.0.split_at_checked(length)?;
    from.0 = rest;
    (crc32(payload) == stated).then_some(payload)
}

/// CRC-32 as in IEEE 802.3 and zip: reflected, polynomial `EDB88320`.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        crc = CRC_TABLE[(crc & 0xff) as usize] ^ (crc >> 8);
    }
    !crc
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 {
            let carry = crc & 1;
            crc >>= 1;
            if carry == 1 {
                crc ^= 0xedb8_8320;
            }
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::testing::{alarm, names, numeric, run, waveform};

    fn numbers(found: &Found) -> Vec<u64> {
        found.rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn the_checksum_is_the_one_of_zip() {
        // The check value that the catalogue of CRCs gives for CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_journal_torn_at_any_byte_gives_every_record_before_the_tear() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let mut journal = Journal::begin(&path, &run("a")).unwrap();
        let header = usize::try_from(journal.length).unwrap();
        let mut ends = vec![header];
        for record in [alarm(1), numeric(2), waveform(3), alarm(4)] {
            journal.write(&[record], &names()).unwrap();
            ends.push(usize::try_from(journal.length).unwrap());
        }
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes.len(), *ends.last().unwrap());
        for cut in 0..=bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count();
            let found = read(&bytes[..cut]);
            if whole == 0 {
                assert!(found.is_none(), "cut at {cut}");
                continue;
            }
            let found = found.unwrap();
            assert_eq!(found.run, run("a"));
            assert_eq!(
                numbers(&found),
                (1..whole as u64).collect::<Vec<_>>(),
                "cut at {cut}"
            );
            assert_eq!(found.torn, cut - ends[whole - 1]);
        }
    }

    #[test]
    fn a_journal_with_a_changed_byte_gives_only_records_that_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let mut journal = Journal::begin(&path, &run("a")).unwrap();
        let records = [alarm(1), numeric(2), waveform(3)];
        journal.write(&records, &names()).unwrap();
        let bytes = fs::read(&path).unwrap();
        let names = names();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            let Some(found) = read(&changed) else {
                continue;
            };
            assert!(found.rows.len() < records.len());
            for (row, record) in found.rows.iter().zip(&records) {
                assert_eq!(*row, Row::of(record, &names), "byte {at}");
            }
        }
    }

    #[test]
    fn what_a_failed_write_left_behind_is_removed_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let mut journal = Journal::begin(&path, &run("a")).unwrap();
        journal.write(&[alarm(1)], &names()).unwrap();
        journal.file.write_all(b"half a fra").unwrap();
        journal.torn = true;
        journal.write(&[alarm(2)], &names()).unwrap();
        let found = read(&fs::read(&path).unwrap()).unwrap();
        assert_eq!((numbers(&found), found.torn), (vec![1, 2], 0));
    }

    #[test]
    fn it_begins_again_only_when_the_database_has_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let mut journal = Journal::begin(&path, &run("a")).unwrap();
        let mut number = 0;
        while !journal.has_grown() {
            number += 1;
            journal.write(&[alarm(number)], &names()).unwrap();
        }
        let length = journal.length;
        journal.trim(number - 1).unwrap();
        assert_eq!(journal.length, length);
        journal.trim(number).unwrap();
        journal.write(&[alarm(number + 1)], &names()).unwrap();
        let found = read(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(numbers(&found), [number + 1]);
    }

    #[test]
    fn a_full_journal_takes_no_more_and_stays_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL);
        let mut journal = Journal::begin(&path, &run("a")).unwrap();
        journal.write(&[alarm(1)], &names()).unwrap();
        let length = journal.length;
        journal.length = LENGTH_MAX;
        assert!(matches!(
            journal.write(&[alarm(2)], &names()),
            Err(StoreError::JournalFull)
        ));
        journal.length = length;
        journal.write(&[alarm(3)], &names()).unwrap();
        let found = read(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(numbers(&found), [1, 3]);
    }
}
