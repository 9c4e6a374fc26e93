//! What the end-to-end tests and the benchmarks share.
//!
//! Two ways to run the system: in virtual time, where a [`conversation`] joins a driver and a
//! simulated device without a line, and for real, where a [`clinic`] is the whole service with
//! simulated devices on pseudo-terminals and [`client`]s that follow it.

#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what tests share fails as tests do"
)]

pub mod capture;
pub mod chance;
pub mod client;
pub mod clinic;
pub mod conversation;
pub mod decoding;
pub mod devices;
pub mod disk;
pub mod http;
pub mod led;
pub mod log;
pub mod postbox;
pub mod process;
pub mod program;
pub mod receiver;
pub mod story;
pub mod terminal_server;
pub mod world;
