//! The V100 driver from the outside: bytes in, findings and requests out.

use std::time::Duration;

use chairside_model::{
    Cuff, CuffFailure, CuffReading, Measured, Metric, MonoTime, Numeric, Reading, Unavailable,
    Value,
};
use chairside_protocol::ge_v100::INFO;
use chairside_protocol::ge_v100::message::{
    CuffCommandReply, NibpAge, NibpMode, NibpReply, NibpStatus, OximeterReply, OximeterStatus,
    PatientType, RateReply, RateSource, Reply, TemperatureAge, TemperatureMode, TemperatureReply,
    TemperatureStatus, TemperatureUnit,
};
use chairside_protocol::{Discard, DriverEvent, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "ge_v100/conversation.rs"]
mod conversation;
#[path = "ge_v100/orders.rs"]
mod orders;

/// 118/76 (92) mmHg, 45 s old: S = 399 = 6 * 64 + 15.
const CUFF: &[u8] = b" NA1100045118076092&/\r";
/// Busy, no value.
const CUFF_BUSY: &[u8] = b" NA0109999000000000&'\r";
/// Failed, 12 s ago.
const CUFF_FAILED: &[u8] = b" NA3100012000000000%I\r";
/// 97 %, signal strength 5, averaged over 12 s.
const SATURATION: &[u8] = b" OA1097512#C\r";
/// Sensor unplugged.
const UNPLUGGED: &[u8] = b" OA6000000#0\r";
/// 72/min, counted by the oximeter.
const RATE: &[u8] = b" RA2072\"E\r";
/// 98.6 degrees Fahrenheit, 30 s old, counter `!`.
const TEMPERATURE: &[u8] = b" TC00!0003009860%\"\r";

impl Bench {
    fn listening() -> Self {
        Self::with(&INFO)
    }

    fn opened() -> Self {
        let mut bench = Self::listening();
        bench.input(LineInput::Opened);
        bench
    }

    fn findings(&mut self, bytes: &[u8]) -> Vec<Finding> {
        self.input(LineInput::Received(bytes))
            .into_iter()
            .map(|event| event.finding)
            .collect()
    }

    fn readings(&mut self, bytes: &[u8]) -> Vec<Reading> {
        self.findings(bytes)
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(reading) => Some(reading),
                _ => None,
            })
            .collect()
    }

    /// Gives one reply and returns the one reading that follows from it, if one does.
    fn reading(&mut self, reply: Reply) -> Option<Reading> {
        let mut readings = self.readings(&emitted(&reply));
        assert!(readings.len() <= 1, "{readings:?}");
        readings.pop()
    }

    fn asked(&self) -> String {
        self.out.transmit.escape_ascii().to_string()
    }

    fn ago(&self, seconds: u64) -> MonoTime {
        self.now.saturating_sub(Duration::from_secs(seconds))
    }
}

fn emitted(reply: &Reply) -> Vec<u8> {
    let mut bytes = Vec::new();
    reply.emit(&mut bytes);
    bytes
}

fn numeric(metric: Metric, value: f64, taken: MonoTime) -> Reading {
    let measured = Measured::Valid(Value::finite(value).expect("the tests' numbers are finite"));
    Reading::Numeric(Numeric {
        metric,
        measured,
        taken,
    })
}

fn unavailable(metric: Metric, why: Unavailable, taken: MonoTime) -> Reading {
    Reading::Numeric(Numeric {
        metric,
        measured: Measured::Unavailable(why),
        taken,
    })
}

fn completed(systolic: i32, diastolic: i32, mean: i32, taken: MonoTime) -> Reading {
    let [systolic, diastolic, mean] =
        [systolic, diastolic, mean].map(|mmhg| Some(Value::whole(mmhg)));
    Reading::Cuff(Cuff::Completed(CuffReading {
        systolic,
        diastolic,
        mean,
        taken,
    }))
}

fn cuff(status: NibpStatus, age_s: u64) -> Reply {
    Reply::Nibp(NibpReply {
        status,
        patient: PatientType::Adult,
        mode: NibpMode::Normal,
        age: NibpAge::whole_seconds(Duration::from_secs(age_s)),
        systolic: Some(118),
        diastolic: Some(76),
        mean: Some(92),
    })
}

fn cuff_rate(rate: u16) -> Reply {
    Reply::Rate(RateReply {
        source: RateSource::Cuff,
        rate: Some(rate),
    })
}

fn temperature(status: TemperatureStatus, counter: u8, age_s: u64) -> Reply {
    Reply::Temperature(TemperatureReply {
        status,
        mode: TemperatureMode::Predictive,
        counter,
        age: TemperatureAge::whole_seconds(Duration::from_secs(age_s)),
        tenths_fahrenheit: Some(1004),
        display: TemperatureUnit::Celsius,
    })
}

#[test]
fn the_worked_replies_give_their_readings_in_any_order() {
    let mut bench = Bench::listening();
    let now = bench.now;
    assert_eq!(
        bench.readings(RATE),
        [numeric(Metric::PulseRate, 72.0, now)]
    );
    assert_eq!(
        bench.readings(TEMPERATURE),
        [numeric(Metric::Temperature, 37.0, bench.ago(30))]
    );
    assert_eq!(
        bench.readings(CUFF),
        [completed(118, 76, 92, bench.ago(45))]
    );
    assert_eq!(
        bench.readings(SATURATION),
        [numeric(Metric::SpO2, 97.0, now)]
    );
    assert_eq!(
        bench.readings(UNPLUGGED),
        [unavailable(Metric::SpO2, Unavailable::NoSensor, now)]
    );
    assert_eq!(bench.readings(CUFF_BUSY), [Reading::Cuff(Cuff::Measuring)]);
    let failed = Reading::Cuff(Cuff::Failed(CuffFailure::NoDetermination));
    assert_eq!(bench.readings(CUFF_FAILED), [failed]);
}

#[test]
fn a_frame_comes_before_its_reading_and_both_end_where_it_ends() {
    let mut bench = Bench::listening();
    let events = bench.input(LineInput::Received(SATURATION));
    assert_eq!(
        events.iter().map(|event| event.offset).collect::<Vec<_>>(),
        [13, 13]
    );
    assert_eq!(events[0].finding, Finding::Frame);
}

#[test]
fn a_cuff_reading_is_published_once() {
    let mut bench = Bench::listening();
    assert!(bench.reading(cuff(NibpStatus::Done, 45)).is_some());
    for second in 1..60 {
        bench.now = bench.now + Duration::from_secs(1);
        assert_eq!(
            bench.reading(cuff(NibpStatus::Done, 45 + second)),
            None,
            "{second} s later"
        );
    }
    assert_eq!(
        bench.reading(cuff(NibpStatus::Done, 2)),
        Some(completed(118, 76, 92, bench.ago(2)))
    );
}

#[test]
fn a_cuff_reading_is_not_published_again_when_the_line_was_closed_for_a_while() {
    let mut bench = Bench::opened();
    assert!(bench.reading(cuff(NibpStatus::Done, 45)).is_some());
    bench.input(LineInput::Closed);
    bench.now = bench.now + Duration::from_mins(10);
    bench.input(LineInput::Opened);
    assert_eq!(bench.reading(cuff(NibpStatus::Done, 645)), None);
}

#[test]
fn a_cuff_reading_taken_while_the_line_was_closed_is_published() {
    let mut bench = Bench::opened();
    assert!(bench.reading(cuff(NibpStatus::Done, 45)).is_some());
    bench.input(LineInput::Closed);
    bench.now = bench.now + Duration::from_mins(10);
    bench.input(LineInput::Opened);
    // Older than the last age seen, and still younger than the reading of then would be.
    let taken = bench.ago(120);
    assert_eq!(
        bench.reading(cuff(NibpStatus::Done, 120)),
        Some(completed(118, 76, 92, taken))
    );
}

#[test]
fn a_reading_from_long_before_the_line_was_opened_is_as_old_as_the_monitor_says() {
    let mut bench = Bench::opened();
    let taken = bench.ago(2700);
    assert_eq!(
        bench.reading(cuff(NibpStatus::Done, 2700)),
        Some(completed(118, 76, 92, taken))
    );
}

#[test]
fn the_cuffs_pulse_rate_belongs_to_its_determination() {
    let mut bench = Bench::listening();
    let taken = bench.ago(45);
    bench.reading(cuff(NibpStatus::Done, 45));
    let rate = Some(numeric(Metric::NibpPulseRate, 64.0, taken));
    assert_eq!(bench.reading(cuff_rate(64)), rate);
    bench.now = bench.now + Duration::from_secs(1);
    assert_eq!(bench.reading(cuff_rate(64)), None);
    bench.now = bench.now + Duration::from_mins(1);
    let taken = bench.ago(1);
    bench.reading(cuff(NibpStatus::Done, 1));
    let rate = Some(numeric(Metric::NibpPulseRate, 64.0, taken));
    assert_eq!(
        bench.reading(cuff_rate(64)),
        rate,
        "the same rate of another determination"
    );
}

#[test]
fn no_rate_is_never_a_number() {
    let mut bench = Bench::listening();
    let none = Some(unavailable(
        Metric::PulseRate,
        Unavailable::NoReading,
        bench.now,
    ));
    for source in [RateSource::Oximeter, RateSource::Cuff, RateSource::Other(0)] {
        assert_eq!(
            bench.reading(Reply::Rate(RateReply { source, rate: None })),
            none
        );
    }
    let unlabelled = RateReply {
        source: RateSource::Other(1),
        rate: Some(72),
    };
    assert_eq!(bench.reading(Reply::Rate(unlabelled)), none);
}

#[test]
fn the_saturation_counts_only_while_the_oximeter_operates() {
    let mut bench = Bench::listening();
    let mut check = |status, saturation, expected| {
        let reply = OximeterReply {
            status,
            saturation,
            strength: 5,
            averaging_s: 12,
        };
        let none = unavailable(Metric::SpO2, expected, bench.now);
        assert_eq!(bench.reading(Reply::Oximeter(reply)), Some(none));
    };
    check(OximeterStatus::Standby, Some(97), Unavailable::NoReading);
    check(OximeterStatus::NoData, Some(97), Unavailable::NoReading);
    check(OximeterStatus::Unplugged, Some(97), Unavailable::NoSensor);
    check(OximeterStatus::Operating, None, Unavailable::NoReading);
    check(
        OximeterStatus::Operating,
        Some(101),
        Unavailable::OutOfRange,
    );
}

#[test]
fn a_temperature_is_published_once_for_each_determination() {
    let mut bench = Bench::listening();
    let idle = TemperatureStatus::Idle;
    let taken = bench.ago(30);
    let reading = Some(numeric(Metric::Temperature, 38.0, taken));
    assert_eq!(bench.reading(temperature(idle, b'!', 30)), reading);
    bench.now = bench.now + Duration::from_secs(10);
    assert_eq!(bench.reading(temperature(idle, b'!', 40)), None);
    assert_eq!(
        bench.reading(temperature(TemperatureStatus::InProgress, b'"', 40)),
        None
    );
    bench.now = bench.now + Duration::from_secs(10);
    let taken = bench.ago(2);
    let reading = Some(numeric(Metric::Temperature, 38.0, taken));
    assert_eq!(bench.reading(temperature(idle, b'"', 2)), reading);
}

#[test]
fn no_temperature_is_said_once() {
    let mut bench = Bench::listening();
    let none = Some(unavailable(
        Metric::Temperature,
        Unavailable::NoReading,
        bench.now,
    ));
    assert_eq!(
        bench.reading(temperature(TemperatureStatus::Idle, b' ', 99_999)),
        none
    );
    assert_eq!(
        bench.reading(temperature(TemperatureStatus::Idle, b' ', 99_999)),
        None
    );
}

#[test]
fn the_answer_to_an_order_is_a_frame_without_a_reading() {
    let mut bench = Bench::listening();
    let reply = Reply::CuffCommand(CuffCommandReply::Start(NibpStatus::Busy));
    assert_eq!(bench.findings(&emitted(&reply)), [Finding::Frame]);
}

#[test]
fn half_a_reply_is_void_when_the_line_closes_or_opens() {
    for input in [LineInput::Opened, LineInput::Closed] {
        let mut bench = Bench::opened();
        assert_eq!(bench.findings(&CUFF[..9]), []);
        let finding = Finding::Discarded {
            bytes: 9,
            why: Discard::BeforeStart,
        };
        assert_eq!(bench.input(input), [DriverEvent { offset: 9, finding }]);
        assert_eq!(bench.input(input), []);
    }
}

mod shared_files {
    use chairside_protocol::Discard;
    use chairside_protocol::ge_v100::message::Command;
    use chairside_shared_files::find;

    #[test]
    fn the_published_commands_are_the_ones_we_send() {
        let Some(commands) = find("devices/captures/ge-v100-dinamap/commands.txt") else {
            return;
        };
        let listed = std::fs::read_to_string(commands).expect("the commands can be read");
        let mut compared = Vec::new();
        for line in listed.lines().filter(|line| line.starts_with('"')) {
            let text = line
                .split('"')
                .nth(1)
                .expect("a command stands between quotes");
            match Command::parse(format!("{text}\r").as_bytes()) {
                Ok(command) => compared.push(command),
                Err(why) => assert_eq!((text, why), (" RC!8", Discard::Unknown)),
            }
        }
        assert!(
            compared.contains(&Command::ReadNibp) && compared.len() >= 5,
            "{compared:?}"
        );
    }
}
