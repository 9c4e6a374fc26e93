//! The IntelliVue driver from the outside: bytes in, findings and polls out.

use chairside_model::{Measured, Metric, Numeric, Reading, Unavailable, Value};
use chairside_protocol::philips_mib::INFO;
use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    Attribute, Float, MeasurementState, Message, MonitorEvent, MonitorNames, ObjectWriter,
    ObservedNumber, PollResult, class, group,
};
use chairside_protocol::{Discard, DriverEvent, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "philips_mib/alarms.rs"]
mod alarms;
#[path = "philips_mib/conversation.rs"]
mod conversation;
#[path = "philips_mib/cuff.rs"]
mod cuff;
#[path = "philips_mib/curves.rs"]
mod curves;
#[path = "philips_mib/shared_files.rs"]
mod shared_files;

const OK: MeasurementState = MeasurementState::NONE;

impl Bench {
    fn listening() -> Self {
        Self::with(&INFO)
    }

    /// Gives these bytes and returns what follows from them, without the frames.
    fn findings(&mut self, bytes: &[u8]) -> Vec<Finding> {
        self.input(LineInput::Received(bytes))
            .into_iter()
            .map(|event| event.finding)
            .filter(|finding| *finding != Finding::Frame)
            .collect()
    }

    /// Gives an answer with one object of these attributes.
    fn object(&mut self, class: u16, attributes: &[Attribute<'_>]) -> Vec<Finding> {
        self.findings(&answer(class, 8000, attributes))
    }

    /// Gives one number and returns its value.
    fn value(&mut self, number: &ObservedNumber) -> Option<(Metric, Measured)> {
        let mut value = Vec::new();
        number.emit(&mut value);
        let findings = self.object(class::NUMERICS, &[attribute(id::NUMERIC, &value)]);
        assert!(findings.len() <= 1, "{findings:?}");
        findings.into_iter().next().map(|finding| match finding {
            Finding::Reading(Reading::Numeric(numeric)) => {
                assert_eq!(numeric.taken, self.now);
                (numeric.metric, numeric.measured)
            }
            other => unreachable!("{other:?}"),
        })
    }
}

fn attribute(id: u16, value: &[u8]) -> Attribute<'_> {
    Attribute { id, value }
}

fn emitted(message: &Message<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.emit(&mut bytes);
    bytes
}

/// Returns the frame of an answer with one object.
fn answer(class: u16, relative_time: u32, attributes: &[Attribute<'_>]) -> Vec<u8> {
    let mut writer = ObjectWriter::default();
    writer.context(1);
    writer.object(0x8272, attributes);
    emitted(&Message::Poll(
        None,
        PollResult {
            invoke: 1,
            number: 1,
            sequence: Some(1),
            relative_time,
            date_time: None,
            class,
            group: group::ALL,
            objects: writer.objects(),
        },
    ))
}

/// Returns the frame in which the monitor says that it is there, at this time on its clock and
/// these ticks.
fn event(date_time: [u8; 8], relative_time: u32) -> Vec<u8> {
    let names = MonitorNames {
        manufacturer: b"Philips\0",
        model: b"M8000\0",
        number: &[0x00, 0x09, 0xFB, 0x01, 0x02, 0x03],
    };
    let attributes = [
        (id::SYSTEM_ID, names.number_attribute()),
        (id::MODEL, names.model_attribute()),
        (id::DATE_TIME, date_time.to_vec()),
        (id::RELATIVE_TIME, relative_time.to_be_bytes().to_vec()),
    ];
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(id, value)| attribute(*id, value))
        .collect();
    let mut frame = Vec::new();
    MonitorEvent::emit_with(1, relative_time, &attributes, &mut frame);
    frame
}

fn number(kind: u16, unit: u16, value: f64) -> ObservedNumber {
    ObservedNumber {
        kind,
        state: OK,
        unit,
        number: Float::with_decimals(value, 1),
    }
}

fn valid(number: f64) -> Measured {
    Measured::Valid(Value::finite(number).expect("the tests' numbers are finite"))
}

const NO_READING: Measured = Measured::Unavailable(Unavailable::NoReading);

fn spo2() -> ObservedNumber {
    number(kind::SPO2, unit::PERCENT, 97.0)
}

#[test]
fn each_number_is_its_own_metric_in_its_own_unit() {
    let mut bench = Bench::listening();
    for (kind, unit, sent, metric, expected) in [
        (
            kind::HEART_RATE,
            unit::BEATS_PER_MINUTE,
            60.0,
            Metric::HeartRate,
            60.0,
        ),
        (
            kind::PULSE_RATE,
            unit::BEATS_PER_MINUTE,
            61.0,
            Metric::PulseRate,
            61.0,
        ),
        (kind::SPO2, unit::PERCENT, 97.0, Metric::SpO2, 97.0),
        (
            kind::PERFUSION,
            unit::NONE,
            2.5,
            Metric::PerfusionIndex,
            2.5,
        ),
        (
            kind::EFFORT_RATE,
            unit::BREATHS_PER_MINUTE,
            14.0,
            Metric::EffortRate,
            14.0,
        ),
        (
            kind::RESPIRATION_RATE,
            unit::BREATHS_PER_MINUTE,
            15.0,
            Metric::RespirationRate,
            15.0,
        ),
        (
            kind::ETCO2,
            unit::MILLIMETRE_OF_MERCURY,
            38.0,
            Metric::EtCO2,
            38.0,
        ),
        (kind::ETCO2, unit::KILOPASCAL, 5.1, Metric::EtCO2, 38.25),
        (
            kind::FICO2,
            unit::MILLIMETRE_OF_MERCURY,
            0.0,
            Metric::FiCO2,
            0.0,
        ),
        (
            kind::TEMPERATURE,
            unit::DEGREE_CELSIUS,
            36.9,
            Metric::Temperature,
            36.9,
        ),
    ] {
        let value = bench.value(&number(kind, unit, sent));
        assert_eq!(value, Some((metric, valid(expected))), "{kind:04X}");
    }
}

#[test]
fn what_has_no_metric_or_no_certain_source_is_not_published() {
    let mut bench = Bench::listening();
    // A "system pulse" of any source, premature beats, and an ST segment.
    for kind in [0x480A, 0x4261, 0x0301] {
        assert_eq!(
            bench.value(&number(kind, unit::BEATS_PER_MINUTE, 60.0)),
            None,
            "{kind:04X}"
        );
    }
}

#[test]
fn no_value_is_never_a_number() {
    let mut bench = Bench::listening();
    for state in [
        MeasurementState::INVALID,
        MeasurementState::UNAVAILABLE,
        MeasurementState::TEST,
        MeasurementState::DEMONSTRATION,
        MeasurementState::INVALID | MeasurementState::ALARMS_OFF,
    ] {
        let value = bench.value(&ObservedNumber { state, ..spo2() });
        assert_eq!(value, Some((Metric::SpO2, NO_READING)), "{state:?}");
    }
    for bits in [0x007F_FFFF, 0x0080_0000, 0x007F_FFFE, 0x0080_0002] {
        let number = Float::from_bits(bits);
        let value = bench.value(&ObservedNumber { number, ..spo2() });
        assert_eq!(value, Some((Metric::SpO2, NO_READING)), "{bits:08X}");
    }
    let state = MeasurementState::CALIBRATING | MeasurementState::INVALID;
    let value = bench.value(&ObservedNumber { state, ..spo2() });
    let calibrating = Measured::Unavailable(Unavailable::Calibrating);
    assert_eq!(value, Some((Metric::SpO2, calibrating)));
}

#[test]
fn a_unit_that_is_not_the_metrics_is_no_value() {
    let mut bench = Bench::listening();
    for (kind, unit, metric) in [
        (kind::ETCO2, unit::PERCENT, Metric::EtCO2),
        (kind::SPO2, unit::NONE, Metric::SpO2),
        // Degrees Fahrenheit, as IEEE 11073 counts them.
        (kind::TEMPERATURE, 0x1140, Metric::Temperature),
    ] {
        let value = bench.value(&number(kind, unit, 40.0));
        assert_eq!(value, Some((metric, NO_READING)), "{kind:04X}");
    }
}

#[test]
fn a_doubtful_value_is_marked_and_an_alarm_is_no_doubt() {
    let mut bench = Bench::listening();
    for state in [MeasurementState::QUESTIONABLE, MeasurementState::EARLY] {
        let value = bench.value(&ObservedNumber { state, ..spo2() });
        let doubted = Measured::Questionable(Value::whole(97));
        assert_eq!(value, Some((Metric::SpO2, doubted)), "{state:?}");
    }
    for state in [
        MeasurementState::IN_ALARM,
        MeasurementState::ALARMS_OFF,
        MeasurementState::VALIDATED,
    ] {
        let value = bench.value(&ObservedNumber { state, ..spo2() });
        assert_eq!(value, Some((Metric::SpO2, valid(97.0))), "{state:?}");
    }
}

#[test]
fn a_value_the_metric_cannot_have_is_out_of_range() {
    let mut bench = Bench::listening();
    let value = bench.value(&number(kind::SPO2, unit::PERCENT, 101.0));
    let out_of_range = Measured::Unavailable(Unavailable::OutOfRange);
    assert_eq!(value, Some((Metric::SpO2, out_of_range)));
}

#[test]
fn a_frame_comes_before_its_readings_and_all_end_where_it_ends() {
    let mut bench = Bench::listening();
    let mut value = Vec::new();
    ObservedNumber::emit_compound(
        &[
            spo2(),
            number(kind::PULSE_RATE, unit::BEATS_PER_MINUTE, 72.0),
        ],
        &mut value,
    );
    let frame = answer(
        class::NUMERICS,
        0,
        &[attribute(id::COMPOUND_NUMERIC, &value)],
    );
    let offset = frame.len() as u64;
    let now = bench.now;
    let mut expected = vec![DriverEvent {
        offset,
        finding: Finding::Frame,
    }];
    for (metric, value) in [(Metric::SpO2, 97.0), (Metric::PulseRate, 72.0)] {
        let numeric = Numeric {
            metric,
            measured: valid(value),
            taken: now,
        };
        let finding = Finding::Reading(Reading::Numeric(numeric));
        expected.push(DriverEvent { offset, finding });
    }
    assert_eq!(bench.input(LineInput::Received(&frame)), expected);
}

#[test]
fn the_monitor_says_who_it_is() {
    let mut bench = Bench::listening();
    let frame = event([0x20, 0x26, 0x11, 0x26, 0x12, 0x00, 0x00, 0x00], 80_000);
    let identity = Finding::Identity("Philips M8000 0009FB010203".into());
    assert_eq!(bench.findings(&frame), [identity]);
}

#[test]
fn our_own_messages_echoed_are_not_taken_for_the_monitors() {
    let mut bench = Bench::listening();
    bench.input(LineInput::Opened);
    // The abort, the request, and the same again when neither is answered.
    for _ in 0..4 {
        let sent = std::mem::take(&mut bench.out.transmit);
        let echoed: Vec<_> = bench
            .input(LineInput::Received(&sent))
            .into_iter()
            .map(|event| event.finding)
            .collect();
        let (bytes, why) = (sent.len(), Discard::Unknown);
        assert_eq!(echoed, [Finding::Discarded { bytes, why }]);
        bench.wait();
    }
}
