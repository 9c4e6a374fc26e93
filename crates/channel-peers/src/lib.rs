//! Other sides of the channels, for the tests of each channel and for those of the whole service.
//!
//! They are written with libraries that are not those of the channels, so that what both sides
//! understand is the standard and not each other: p256 for the curve of Web Push, rumqttc and
//! Debian's mosquitto for MQTT. Nothing of this is a part of the service.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's other side panics wherever what it gets is not as the standard says"
)]

mod browser;
mod mosquitto;

pub use browser::{Browser, claims};
pub use mosquitto::{Mosquitto, Subscriber, program};
