//! The channels by which an alarm reaches a person who is not at a screen.
//!
//! A channel is handed one [`Message`] and one address, tries once, and says what became of it.
//! When to try, how often, and whom to try next, is decided elsewhere
//! (`docs/adr/0024-being-heard.md`). No message has a patient in it: the types have no place for
//! one.

mod alarm_state;
pub mod answer;
mod back_off;
mod channel;
pub mod gateway;
pub mod hl7;
pub mod http;
pub mod mail;
mod message;
pub mod mqtt;
pub mod ntfy;
mod private_file;
pub mod push;
mod settings;
pub mod webhook;

#[cfg(test)]
mod http_channels_tests;
#[cfg(test)]
mod receiver;

pub use alarm_state::AlarmState;
pub use channel::{ATTEMPT_MAX, Channel, Delivery, Failure, Retry};
pub use message::{Message, Part, Purpose, SHORT_MAX};
pub use settings::{Secret, SettingsError, WallClock};
