//! The thread that gives records to the kernel.
//!
//! A thread of its own: a write that hangs holds up neither the loop that brings alarms nor the
//! thread that waits for the disk, and is told from one that is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use chairside_station::Record;

use crate::journal::Journal;
use crate::row::Names;
use crate::{Done, StoreError};

/// Hand-overs that may wait for the kernel. One more is answered at once, as not taken.
const WAITING_MAX: usize = 256;

enum Message {
    Write(Arc<[Record]>, Done),
    Trim(u64),
    End,
}

/// The journal's thread.
pub(crate) struct HandOver {
    sender: Sender,
    thread: Option<JoinHandle<()>>,
}

/// Tells the journal's thread that records are durable elsewhere.
#[derive(Clone)]
pub(crate) struct Sender {
    messages: SyncSender<Message>,
    has_grown: Arc<AtomicBool>,
}

impl HandOver {
    pub(crate) fn start(journal: Journal, names: Arc<Names>) -> std::io::Result<Self> {
        let (messages, received) = sync_channel(WAITING_MAX);
        let has_grown = Arc::new(AtomicBool::new(false));
        let sender = Sender {
            messages,
            has_grown: Arc::clone(&has_grown),
        };
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || keep(journal, &names, &received, &has_grown))?;
        Ok(Self {
            sender,
            thread: Some(thread),
        })
    }

    pub(crate) fn sender(&self) -> Sender {
        self.sender.clone()
    }

    pub(crate) fn write(&self, records: Arc<[Record]>, done: Done) {
        let message = Message::Write(records, done);
        let (message, error) = match self.sender.messages.try_send(message) {
            Ok(()) => return,
            Err(TrySendError::Full(message)) => (message, StoreError::Busy),
            Err(TrySendError::Disconnected(message)) => (message, StoreError::Ended),
        };
        if let Message::Write(_, done) = message {
            done(Err(error));
        }
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn close(&mut self) {
        // A thread that has ended by itself wants no message.
        let _ = self.sender.messages.send(Message::End);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The journal had failed.");
        }
    }
}

impl Sender {
    /// Says that every record up to `number` is durable in the database.
    pub(crate) fn durable(&self, number: u64) {
        if self.has_grown.load(Ordering::Relaxed) {
            // When there is no room now, the next commit says it again.
            let _ = self.messages.try_send(Message::Trim(number));
        }
    }
}

fn keep(mut journal: Journal, names: &Names, received: &Receiver<Message>, has_grown: &AtomicBool) {
    for message in received {
        match message {
            Message::Write(records, done) => {
                let result = journal.write(&records, names);
                if let Err(error) = &result {
                    tracing::error!(%error, "Records were not given to the kernel.");
                }
                done(result);
            }
            Message::Trim(durable) => {
                if let Err(error) = journal.trim(durable) {
                    tracing::error!(%error, "The journal cannot begin again.");
                }
            }
            Message::End => return,
        }
        has_grown.store(journal.has_grown(), Ordering::Relaxed);
    }
}
