use super::*;
use crate::patient::Patient;
use crate::stories;

fn vitals(at: Duration) -> VitalSigns {
    stories::built_in()[0].at(at)
}

/// Lets a device run until then, and returns what it sent.
fn sent(device: &mut ContecCms50, until: Duration) -> Vec<u8> {
    let mut line = Vec::new();
    while let Some(due) = device.next_deadline().filter(|due| *due <= until) {
        device.handle(due, &[], &vitals(due), &mut line);
    }
    line
}

fn tell(device: &mut ContecCms50, at: Duration, command: Command) {
    let mut bytes = Vec::new();
    command.emit(&mut bytes);
    let mut line = Vec::new();
    // In two pieces, as any line may cut them.
    device.handle(at, &bytes[..4], &vitals(at), &mut line);
    device.handle(at, &bytes[4..], &vitals(at), &mut line);
}

#[test]
fn the_old_one_sends_sixty_times_a_second_from_the_start() {
    let line = sent(&mut ContecCms50::old(), Duration::from_millis(9_999));
    assert_eq!(line.len(), 10 * 60 * Generation::Old.length());
    for frame in line.chunks(Generation::Old.length()) {
        let sample = Sample::parse(Generation::Old, frame).unwrap();
        assert_eq!((sample.saturation, sample.rate.is_some()), (Some(98), true));
        assert_eq!(sample.perfusion_index, None);
    }
}

#[test]
fn that_of_v7_sends_when_it_is_told_to_and_while_there_is_somebody() {
    let mut device = ContecCms50::v7();
    assert_eq!(device.next_deadline(), None);
    tell(
        &mut device,
        Duration::from_millis(1_001),
        Command::StartRealTime,
    );
    tell(
        &mut device,
        Duration::from_millis(1_001),
        Command::KeepAlive,
    );
    let line = sent(&mut device, Duration::from_mins(1));
    assert_eq!(line.len(), 15 * 60 * Generation::V7.length(), "gives up");
    tell(
        &mut device,
        Duration::from_millis(70_001),
        Command::KeepAlive,
    );
    assert_eq!(device.next_deadline(), None, "it is not asked to begin");

    tell(
        &mut device,
        Duration::from_millis(80_001),
        Command::StartRealTime,
    );
    tell(
        &mut device,
        Duration::from_millis(90_001),
        Command::KeepAlive,
    );
    let line = sent(&mut device, Duration::from_secs(200));
    assert_eq!(
        line.len(),
        15 * 60 * Generation::V7.length(),
        "from 90 s on"
    );
    tell(
        &mut device,
        Duration::from_secs(210),
        Command::StartRealTime,
    );
    tell(
        &mut device,
        Duration::from_millis(211_001),
        Command::StopRealTime,
    );
    assert_eq!(device.next_deadline(), None);
}

#[test]
fn a_finger_that_is_out_has_no_numbers_and_a_flat_curve() {
    let mut vitals = vitals(Duration::ZERO);
    vitals.spo2 = Signal::Missing(Missing::ProbeOff);
    vitals.pulse_rate = vitals.spo2;
    let sample = sample(Generation::V7, &vitals);
    assert!(sample.probe_error);
    assert_eq!((sample.saturation, sample.rate), (None, None));
    assert_eq!((sample.pleth, sample.perfusion_index), (FLAT, None));
}
