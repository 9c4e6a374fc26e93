//! The end-to-end tests: one program, so that it links once and its tests run beside each other.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail as its tests do"
)]

mod alarms;
mod answers;
mod bad_port;
mod broker;
mod bundled;
mod calling_page;
mod calls;
mod checks;
mod cuff;
mod displays;
mod drills;
mod every_device;
mod every_line;
mod failing;
mod flood;
mod followers;
mod guard;
mod identify;
mod ladder;
mod loudspeaker;
mod names;
mod network;
mod outside;
mod people;
mod pty;
mod push;
mod reconnect;
mod recording;
mod recordings;
mod replay_bytes;
mod report;
mod sessions;
mod simulated;
mod simulation;
mod slow_client;
mod supervision;
mod swapped;
mod training;

use std::time::Duration;

/// What comes at once comes in this time, on a machine that runs many tests beside each other.
const AT_ONCE: Duration = Duration::from_secs(5);

/// What the patient's story says in its first seconds is there by then.
const SOON: Duration = Duration::from_secs(20);
