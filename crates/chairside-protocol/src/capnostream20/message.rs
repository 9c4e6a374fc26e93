//! The commands and the messages of the data transfer protocol: byte maps, parse and emit.
//!
//! `parse` takes a frame's body, code and payload, as [`Framer`](super::framing::Framer) finds
//! it; `emit` appends the whole frame. Positions are counted from the code, which is 0. Every
//! `parse` fails with [`Discard::Unknown`] when the code is another one, and with
//! [`Discard::Malformed`] when the length or a field cannot be.
//!
//! Source of all byte maps: `OpenICE` `Capnostream.java` (`mdpnp` project), the one public
//! implementation.

mod command;
mod device_id;
mod numerics;
mod status;
mod wave;

pub use command::{Command, HostId, NumericItem};
pub use device_id::{DeviceId, Oximeter};
pub use numerics::{AlarmLimits, Co2Unit, Numerics};
pub use status::{Co2Alarms, ExtendedStatus, FastStatus, SlowStatus, SpO2Alarms};
pub use wave::Co2Sample;

use crate::Discard;

/// What the monitor can send, as far as this driver knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// One sample of the capnogram.
    Wave(Co2Sample),
    /// All numbers, once a second.
    Numerics(Numerics),
    /// Who the monitor is, in reply to [`Command::Enable`].
    DeviceId(DeviceId),
}

impl Message {
    /// Reads a message from its frame's body.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    #[inline]
    pub fn parse(body: &[u8]) -> Result<Self, Discard> {
        match body.first() {
            Some(&Co2Sample::CODE) => Co2Sample::parse(body).map(Self::Wave),
            Some(&Numerics::CODE) => Numerics::parse(body).map(Self::Numerics),
            Some(&DeviceId::CODE) => DeviceId::parse(body).map(Self::DeviceId),
            Some(_) => Err(Discard::Unknown),
            None => Err(Discard::Malformed),
        }
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        match self {
            Self::Wave(message) => message.emit(line),
            Self::Numerics(message) => message.emit(line),
            Self::DeviceId(message) => message.emit(line),
        }
    }
}

#[cfg(test)]
mod tests;
