//! The `SunTech` driver from the outside: bytes in, findings and requests out.

use std::time::Duration;

use chairside_model::{Cuff, Measured, Metric, Reading};
use chairside_protocol::suntech::INFO;
use chairside_protocol::suntech::message::{BpData, Reply};
use chairside_protocol::{Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "suntech/conversation.rs"]
mod conversation;
#[path = "suntech/determinations.rs"]
mod determinations;
#[path = "suntech/shared_files.rs"]
mod shared_files;

impl Bench {
    fn opened() -> Self {
        let mut bench = Self::with(&INFO);
        bench.input(LineInput::Opened);
        bench
    }

    /// Gives a reply and returns what follows from it, without the frames.
    fn reply(&mut self, reply: &Reply) -> Vec<String> {
        self.bytes(&emitted(reply))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        self.input(LineInput::Received(bytes))
            .iter()
            .filter(|event| event.finding != Finding::Frame)
            .map(|event| shown(&event.finding))
            .collect()
    }
}

fn emitted(reply: &Reply) -> Vec<u8> {
    let mut packet = Vec::new();
    reply.emit(&mut packet);
    packet
}

fn shown(finding: &Finding) -> String {
    match finding {
        Finding::Frame => "frame".to_owned(),
        Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
            let [systolic, diastolic, mean] = [reading.systolic, reading.diastolic, reading.mean]
                .map(|value| value.map_or("-".to_owned(), |value| value.to_string()));
            format!("{systolic}/{diastolic} ({mean})")
        }
        Finding::Reading(Reading::Cuff(cuff)) => format!("{cuff:?}"),
        Finding::Reading(Reading::Numeric(numeric)) => {
            assert_eq!(numeric.metric, Metric::NibpPulseRate);
            match numeric.measured {
                Measured::Valid(value) => format!("rate {value}"),
                Measured::Questionable(_) | Measured::Unavailable(_) => {
                    format!("{:?}", numeric.measured)
                }
            }
        }
        Finding::Discarded { bytes, why } => format!("{bytes} {why}"),
        Finding::Reading(Reading::Waveform(_))
        | Finding::DeviceAlarm { .. }
        | Finding::Identity(_) => unreachable!("{finding:?}"),
    }
}

/// Data without an error.
fn data(systolic: u16, diastolic: u16, mean: u16, heart_rate: u8) -> Reply {
    Reply::BpData(BpData {
        systolic,
        diastolic,
        beats: 30,
        status: 1,
        test_codes: [0, 0, 0, 0, 0, 0, 0x31, 0x07],
        heart_rate,
        spare: [0; 3],
        mean,
        error: 0,
    })
}
