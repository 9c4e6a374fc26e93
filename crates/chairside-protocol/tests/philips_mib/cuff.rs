//! The cuff's determinations: each once, with its own time.

use std::time::Duration;

use chairside_model::{Cuff, CuffReading, Metric, MonoTime, Numeric, Reading, Value};
use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{ObservedNumber, class};
use chairside_protocol::{Finding, LineInput};

use super::{Bench, answer, attribute, event, number, valid};

const TICKS_PER_SECOND: u32 = 8000;

/// The monitor's clock at 1000 s of its ticks.
const NOON: [u8; 8] = [0x20, 0x26, 0x11, 0x26, 0x12, 0x00, 0x00, 0x00];

fn pressures(pressures: [f64; 3]) -> Vec<u8> {
    let kinds = [kind::CUFF_SYSTOLIC, kind::CUFF_DIASTOLIC, kind::CUFF_MEAN];
    let numbers: Vec<_> = kinds
        .into_iter()
        .zip(pressures)
        .map(|(kind, pressure)| number(kind, unit::MILLIMETRE_OF_MERCURY, pressure))
        .collect();
    let mut value = Vec::new();
    ObservedNumber::emit_compound(&numbers, &mut value);
    value
}

/// Sends the cuff as it is at this second of the monitor's ticks, with the minute and second of
/// the determination's end.
fn send(bench: &mut Bench, second: u32, [minute, ended]: [u8; 2]) -> Vec<Finding> {
    let ended = [0x20, 0x26, 0x11, 0x26, 0x12, minute, ended, 0x00];
    let frame = answer(
        class::NUMERICS,
        second * TICKS_PER_SECOND,
        &[
            attribute(id::MEASURED_AT, &ended),
            attribute(id::COMPOUND_NUMERIC, &pressures([118.0, 76.0, 92.0])),
        ],
    );
    bench.findings(&frame)
}

fn completed(taken: MonoTime) -> Finding {
    let [systolic, diastolic, mean] = [118, 76, 92].map(|mmhg| Some(Value::whole(mmhg)));
    Finding::Reading(Reading::Cuff(Cuff::Completed(CuffReading {
        systolic,
        diastolic,
        mean,
        taken,
    })))
}

#[test]
fn a_determination_is_as_old_as_the_monitors_clock_says() {
    let mut bench = Bench::listening();
    bench.findings(&event(NOON, 1000 * TICKS_PER_SECOND));
    // Two minutes later by its ticks; it ended half a minute after noon.
    let taken = bench.now.saturating_sub(Duration::from_secs(90));
    assert_eq!(send(&mut bench, 1120, [0x00, 0x30]), [completed(taken)]);
    for second in 1121..1200 {
        bench.now = bench.now + Duration::from_secs(1);
        assert_eq!(send(&mut bench, second, [0x00, 0x30]), []);
    }
    bench.now = bench.now + Duration::from_secs(1);
    let now = bench.now;
    let again = send(&mut bench, 1200, [0x03, 0x20]);
    assert_eq!(again, [completed(now)], "the same pressures, another time");
}

#[test]
fn a_determination_of_before_the_line_closed_is_not_told_again() {
    let mut bench = Bench::listening();
    bench.findings(&event(NOON, 0));
    assert_eq!(send(&mut bench, 60, [0x00, 0x30]).len(), 1);
    bench.input(LineInput::Closed);
    bench.input(LineInput::Opened);
    bench.findings(&event(NOON, 0));
    assert_eq!(send(&mut bench, 90, [0x00, 0x30]), []);
}

#[test]
fn without_the_monitors_clock_an_old_determination_is_not_shown_as_a_new_one() {
    let mut bench = Bench::listening();
    assert_eq!(send(&mut bench, 60, [0x00, 0x30]), []);
    bench.now = bench.now + Duration::from_secs(1);
    let now = bench.now;
    assert_eq!(send(&mut bench, 61, [0x01, 0x00]), [completed(now)]);
}

#[test]
fn the_cuffs_pulse_rate_comes_once_and_with_its_determination() {
    let mut bench = Bench::listening();
    let mut value = Vec::new();
    number(kind::CUFF_PULSE_RATE, unit::BEATS_PER_MINUTE, 72.0).emit(&mut value);
    let attributes = [attribute(id::NUMERIC, &value)];
    bench.findings(&event(NOON, 0));
    assert_eq!(bench.object(class::NUMERICS, &attributes), []);
    send(&mut bench, 60, [0x00, 0x30]);
    let taken = bench.now.saturating_sub(Duration::from_secs(30));
    let pulse = Finding::Reading(Reading::Numeric(Numeric {
        metric: Metric::NibpPulseRate,
        measured: valid(72.0),
        taken,
    }));
    assert_eq!(bench.object(class::NUMERICS, &attributes), [pulse]);
    assert_eq!(bench.object(class::NUMERICS, &attributes), []);
}
