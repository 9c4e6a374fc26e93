//! The DRI driver from the outside: bytes in, findings and requests out.

use std::time::Duration;

use chairside_model::{Cuff, Measured, Metric, Reading, Unavailable, Value};
use chairside_protocol::ge_dri::INFO;
use chairside_protocol::ge_dri::message::{
    Alarm, AlarmStatus, Co2Group, Co2Status, Colour, Displayed, EcgGroup, EcgLabel, EcgStatus,
    Field, GroupStatus, Header, NibpGroup, NibpLabel, OximeterGroup, Samples, TemperatureGroup,
    WaveKind, WaveStatus, emit_waves,
};
use chairside_protocol::{DeviceAlarmPriority, Discard, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;
use bench::Bench;

#[path = "ge_dri/alarms.rs"]
mod alarms;
#[path = "ge_dri/conversation.rs"]
mod conversation;
#[path = "ge_dri/shared_files.rs"]
mod shared_files;
#[path = "ge_dri/waves.rs"]
mod waves;

const HEADER: Header = Header {
    number: 7,
    level: 10,
    plug: 0,
    time_s: 0x5B59_FF7E,
};

impl Bench {
    fn listening() -> Self {
        Self::with(&INFO)
    }

    fn opened() -> Self {
        let mut bench = Self::listening();
        bench.input(LineInput::Opened);
        bench
    }

    /// Gives these bytes and returns what follows from them, without the frames.
    fn findings(&mut self, bytes: &[u8]) -> Vec<Finding> {
        self.input(LineInput::Received(bytes))
            .into_iter()
            .map(|event| event.finding)
            .filter(|finding| *finding != Finding::Frame)
            .collect()
    }

    fn send(&mut self, displayed: &Displayed) -> Vec<Finding> {
        self.findings(&emitted(displayed))
    }

    /// Gives displayed values and returns the numerics.
    fn values(&mut self, displayed: &Displayed) -> Vec<(Metric, Measured)> {
        self.send(displayed)
            .into_iter()
            .filter_map(|finding| match finding {
                Finding::Reading(Reading::Numeric(numeric)) => {
                    Some((numeric.metric, numeric.measured))
                }
                _ => None,
            })
            .collect()
    }
}

fn emitted(displayed: &Displayed) -> Vec<u8> {
    let mut bytes = Vec::new();
    displayed.emit(&mut bytes);
    bytes
}

fn waves_of(waves: &[Samples<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    emit_waves(HEADER, waves, &mut bytes);
    bytes
}

fn there() -> GroupStatus {
    GroupStatus::EXISTS | GroupStatus::ACTIVE
}

/// A patient with everything on, whose cuff pressures are old.
fn well() -> Displayed {
    let ecg = EcgStatus::EXISTS | EcgStatus::ACTIVE;
    Displayed {
        header: HEADER,
        time_s: HEADER.time_s,
        ecg: EcgGroup {
            status: ecg.with_source(1),
            label: EcgLabel::from_bits(0x1200),
            heart_rate: Field::new(80),
            impedance_rate: Field::new(15),
        },
        nibp: NibpGroup {
            status: there(),
            label: NibpLabel::OLD,
            pressures: [9300, 4800, 6900].map(Field::new),
            pulse_rate: Field::INVALID,
        },
        temperatures: [
            TemperatureGroup {
                status: there(),
                label: 7,
                temperature: Field::new(3310),
            },
            TemperatureGroup {
                status: there(),
                label: 1,
                temperature: Field::new(3690),
            },
            TemperatureGroup::default(),
            TemperatureGroup::default(),
        ],
        oximeter: OximeterGroup {
            status: there(),
            saturation: Field::new(9665),
            pulse_rate: Field::new(83),
            modulation: Field::new(377),
        },
        co2: Co2Group {
            status: Co2Status::EXISTS | Co2Status::ACTIVE,
            label: 9,
            end_tidal: Field::new(487),
            inspired: Field::new(26),
            respiration_rate: Field::new(16),
            ambient_pressure: Field::new(7598),
        },
    }
}

fn valid(number: f64) -> Measured {
    Measured::Valid(Value::finite(number).expect("the tests' numbers are finite"))
}

fn none(why: Unavailable) -> Measured {
    Measured::Unavailable(why)
}

fn of(values: &[(Metric, Measured)], metric: Metric) -> Option<Measured> {
    let found = values.iter().find(|(known, _)| *known == metric);
    found.map(|(_, measured)| *measured)
}

const ALL: [(Metric, f64); 9] = [
    (Metric::HeartRate, 80.0),
    (Metric::EffortRate, 15.0),
    (Metric::Temperature, 36.9),
    (Metric::SpO2, 96.65),
    (Metric::PulseRate, 83.0),
    (Metric::PerfusionIndex, 3.77),
    (Metric::EtCO2, 37.0),
    (Metric::FiCO2, 2.0),
    (Metric::RespirationRate, 16.0),
];

#[test]
fn every_value_comes_in_its_unit() {
    let values = Bench::listening().values(&well());
    assert_eq!(values, ALL.map(|(metric, number)| (metric, valid(number))));
}

#[test]
fn a_frame_comes_before_its_readings_and_all_end_where_it_ends() {
    let bytes = emitted(&well());
    let events = Bench::listening().input(LineInput::Received(&bytes));
    assert_eq!(events[0].finding, Finding::Frame);
    assert!(
        events
            .iter()
            .all(|event| event.offset == bytes.len() as u64)
    );
}

#[test]
fn a_code_is_never_a_number() {
    for (code, why) in [
        (Field::INVALID, Unavailable::NoReading),
        (Field::NOT_UPDATED, Unavailable::NoReading),
        (Field::new(-32001), Unavailable::NoReading),
        (Field::UNDER_RANGE, Unavailable::OutOfRange),
        (Field::OVER_RANGE, Unavailable::OutOfRange),
        (Field::NOT_CALIBRATED, Unavailable::Calibrating),
    ] {
        let mut bench = Bench::listening();
        bench.send(&well());
        let mut displayed = well();
        displayed.ecg.impedance_rate = code;
        displayed.oximeter.saturation = code;
        displayed.oximeter.pulse_rate = code;
        displayed.oximeter.modulation = code;
        displayed.co2.end_tidal = code;
        displayed.co2.inspired = code;
        displayed.co2.respiration_rate = code;
        displayed.temperatures[1].temperature = code;
        displayed.ecg.heart_rate = code;
        for (metric, measured) in bench.values(&displayed) {
            let expected = match metric {
                Metric::HeartRate | Metric::Temperature => none(Unavailable::NoReading),
                _ => none(why),
            };
            assert_eq!(measured, expected, "{metric} {code:?}");
        }
    }
}

#[test]
fn a_value_the_metric_cannot_have_is_out_of_range() {
    let mut displayed = well();
    displayed.oximeter.saturation = Field::new(10_001);
    displayed.ecg.heart_rate = Field::new(351);
    displayed.co2.end_tidal = Field::new(-1000);
    let values = Bench::listening().values(&displayed);
    for metric in [Metric::SpO2, Metric::HeartRate, Metric::EtCO2] {
        let measured = of(&values, metric);
        assert_eq!(measured, Some(none(Unavailable::OutOfRange)), "{metric}");
    }
}

#[test]
fn a_module_that_never_was_there_gives_nothing_and_one_that_went_is_missed() {
    let mut absent = well();
    absent.oximeter.status = GroupStatus::NONE;
    absent.co2.status = Co2Status::EXISTS;
    absent.ecg.status = EcgStatus::NONE;
    absent.temperatures = [TemperatureGroup::default(); 4];
    let mut bench = Bench::listening();
    assert_eq!(bench.values(&absent), []);
    bench.send(&well());
    let values = bench.values(&absent);
    for (metric, why) in [
        (Metric::SpO2, Unavailable::NoSensor),
        (Metric::PulseRate, Unavailable::NoSensor),
        (Metric::HeartRate, Unavailable::NoSensor),
        (Metric::EffortRate, Unavailable::NoSensor),
        (Metric::EtCO2, Unavailable::NoReading),
        (Metric::Temperature, Unavailable::NoReading),
    ] {
        assert_eq!(of(&values, metric), Some(none(why)), "{metric}");
    }
    bench.input(LineInput::Closed);
    assert_eq!(bench.values(&absent), [], "it may be another monitor");
}

#[test]
fn a_heart_rate_keeps_its_source() {
    for (source, heart_rate, pulse_rate) in [
        (1, Some(80.0), None),
        (9, Some(80.0), None),
        (6, None, Some(80.0)),
        (12, None, Some(80.0)),
        (2, None, None),
        (0, None, None),
    ] {
        let mut displayed = well();
        displayed.ecg.status = displayed.ecg.status.with_source(source);
        displayed.oximeter.pulse_rate = Field::INVALID;
        let values = Bench::listening().values(&displayed);
        let expected = |rate: Option<f64>| rate.map_or(none(Unavailable::NoReading), valid);
        let rate = of(&values, Metric::HeartRate);
        assert_eq!(rate, Some(expected(heart_rate)), "{source}");
        let rate = of(&values, Metric::PulseRate);
        assert_eq!(rate, Some(expected(pulse_rate)), "{source}");
    }
}

#[test]
fn no_pulse_is_not_a_pulse_of_zero_and_a_heart_that_stands_still_is() {
    let mut displayed = well();
    displayed.ecg.heart_rate = Field::new(0);
    displayed.oximeter.pulse_rate = Field::new(0);
    displayed.oximeter.saturation = Field::new(100);
    let no_reading = Some(none(Unavailable::NoReading));
    let values = Bench::listening().values(&displayed);
    for metric in [Metric::HeartRate, Metric::PulseRate, Metric::SpO2] {
        assert_eq!(of(&values, metric), no_reading, "{metric}");
    }
    displayed.ecg.status = displayed.ecg.status | EcgStatus::ASYSTOLE;
    let values = Bench::listening().values(&displayed);
    assert_eq!(of(&values, Metric::HeartRate), Some(valid(0.0)));
}

#[test]
fn what_the_ecg_says_of_itself_is_heeded() {
    for status in [EcgStatus::NOISE, EcgStatus::ARTEFACT, EcgStatus::LEARNING] {
        let mut displayed = well();
        displayed.ecg.status = displayed.ecg.status | status;
        let values = Bench::listening().values(&displayed);
        let doubted = Measured::Questionable(Value::whole(80));
        assert_eq!(of(&values, Metric::HeartRate), Some(doubted));
    }
    for (status, why) in [
        (EcgStatus::CHANNEL_1_OFF, Unavailable::SensorOff),
        (EcgStatus::LEARNING, Unavailable::Searching),
    ] {
        let mut displayed = well();
        displayed.ecg.status = displayed.ecg.status | status;
        displayed.ecg.heart_rate = Field::INVALID;
        let values = Bench::listening().values(&displayed);
        assert_eq!(of(&values, Metric::HeartRate), Some(none(why)));
    }
}

#[test]
fn what_the_capnograph_says_of_itself_is_heeded() {
    const GAS: [Metric; 3] = [Metric::EtCO2, Metric::FiCO2, Metric::RespirationRate];
    for (status, why) in [
        (Co2Status::CALIBRATING, Unavailable::Calibrating),
        (Co2Status::ZEROING, Unavailable::Calibrating),
        (Co2Status::OCCLUSION, Unavailable::NoReading),
    ] {
        let mut displayed = well();
        displayed.co2.status = displayed.co2.status | status;
        let values = Bench::listening().values(&displayed);
        for metric in GAS {
            assert_eq!(of(&values, metric), Some(none(why)), "{metric}");
        }
    }
    for status in [Co2Status::AIR_LEAK, Co2Status::WET] {
        let mut displayed = well();
        displayed.co2.status = displayed.co2.status | status;
        let values = Bench::listening().values(&displayed);
        let doubted = Measured::Questionable(Value::whole(37));
        assert_eq!(of(&values, Metric::EtCO2), Some(doubted));
    }
}

#[test]
fn a_share_of_gas_is_no_pressure_without_the_ambient_one() {
    for ambient in [Field::INVALID, Field::new(0), Field::new(9001)] {
        let mut displayed = well();
        displayed.co2.ambient_pressure = ambient;
        let values = Bench::listening().values(&displayed);
        for metric in [Metric::EtCO2, Metric::FiCO2] {
            let measured = of(&values, metric);
            assert_eq!(measured, Some(none(Unavailable::NoReading)), "{metric}");
        }
        let rate = of(&values, Metric::RespirationRate);
        assert_eq!(rate, Some(valid(16.0)));
    }
}

#[test]
fn an_older_monitors_breaths_are_counted_on_the_capnogram_or_not_given() {
    for (level, label, expected) in [
        (7, 1, valid(16.0)),
        (7, 2, none(Unavailable::NoReading)),
        (7, 0, none(Unavailable::NoReading)),
        (8, 2, valid(16.0)),
    ] {
        let mut displayed = well();
        displayed.header.level = level;
        displayed.co2.label = label;
        let values = Bench::listening().values(&displayed);
        let rate = of(&values, Metric::RespirationRate);
        assert_eq!(rate, Some(expected), "level {level}, label {label}");
    }
}

#[test]
fn a_determination_is_given_once_with_its_pulse_rate_and_its_time() {
    let mut bench = Bench::listening();
    let mut displayed = well();
    displayed.nibp.label = NibpLabel::MEASURING;
    let measuring = Finding::Reading(Reading::Cuff(Cuff::Measuring));
    assert!(bench.send(&displayed).contains(&measuring));
    let before = bench.now;
    bench.now = bench.now + Duration::from_secs(1);
    displayed.nibp.label = NibpLabel::NONE;
    displayed.nibp.pulse_rate = Field::new(78);
    let is_cuff = |finding: &Finding| matches!(finding, Finding::Reading(Reading::Cuff(_)));
    let found = bench.send(&displayed);
    let at = found.iter().position(is_cuff).expect("a determination");
    let Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) = &found[at] else {
        panic!("{found:?}");
    };
    let pressures = [reading.systolic, reading.diastolic, reading.mean];
    assert_eq!(pressures, [93, 48, 69].map(|mmhg| Some(Value::whole(mmhg))));
    assert_eq!(reading.taken, before);
    let rate = Reading::numeric(Metric::NibpPulseRate, valid(78.0), before);
    assert_eq!(found[at + 1], Finding::Reading(rate));
    for _ in 0..3 {
        bench.now = bench.now + Duration::from_secs(1);
        assert!(!bench.send(&displayed).iter().any(is_cuff));
    }
    displayed.nibp.status = GroupStatus::NONE;
    displayed.nibp.pressures = [10_000, 6_000, 8_000].map(Field::new);
    assert!(!bench.send(&displayed).iter().any(is_cuff), "no cuff");
}

#[test]
fn the_first_values_after_a_request_are_left_over_and_not_given() {
    let mut bench = Bench::opened();
    bench.now = bench.now + Duration::from_secs(1);
    assert_eq!(bench.send(&well()), []);
    assert_eq!(bench.values(&well()).len(), ALL.len());
    // In a recorded file the clock stands still, and each record counts.
    assert_eq!(Bench::opened().values(&well()).len(), ALL.len());
}

#[test]
fn a_request_that_comes_back_is_no_frame() {
    let mut bench = Bench::opened();
    let echo = bench.out.transmit.clone();
    let found = bench.findings(&echo);
    let (bytes, why) = (echo.len() / 2, Discard::Unknown);
    assert_eq!(found, [(); 2].map(|()| Finding::Discarded { bytes, why }));
}
