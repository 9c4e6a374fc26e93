use super::super::framing::{Found, Framer};
use super::*;

/// Returns the record of the one frame that these bytes are.
fn record_of(line: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    Framer::default().push(line, |_, found| match found {
        Found::Frame { record, .. } => records.push(record.to_vec()),
        Found::Discarded { .. } => panic!("{found:?}"),
    });
    assert_eq!(records.len(), 1);
    records.remove(0)
}

/// Checks that the request is sent as these bytes: where they lie in the frame, and the rest 0.
fn check_request(request: Request, level: u8, length: usize, bytes: &[(usize, u8)], tail: &[u8]) {
    let mut line = Vec::new();
    request.emit(level, &mut line);
    let mut expected = vec![0; length];
    expected[0] = 0x7E;
    for &(at, byte) in bytes {
        expected[at] = byte;
    }
    expected.extend_from_slice(tail);
    assert_eq!(line, expected, "{request:?}");
    let (header, again) = Request::parse(&record_of(&line)).unwrap();
    assert_eq!((header.level, again), (level, request));
}

// The length, the end of the list of subrecords, and what is asked for; then sum and flag.
// Source: the worked examples of the Computer Interface Specification, appendix A, and the sheet.

#[test]
fn displayed_values_are_asked_for_as_in_the_vendors_examples() {
    let displayed = |interval_s| Request::Displayed { interval_s };
    let bytes = |interval| [(1, 0x31), (22, 0xFF), (41, 0x01), (42, interval)];
    check_request(displayed(5), 0, 50, &bytes(5), &[0x36, 0x7E]);
    check_request(displayed(0), 0, 50, &bytes(0), &[0x31, 0x7E]);
    let with_level = [&bytes(5)[..], &[(4, 9)]].concat();
    check_request(displayed(5), 9, 50, &with_level, &[0x3F, 0x7E]);
}

#[test]
fn waves_are_asked_for_as_in_the_vendors_examples() {
    let list = |waves: &[WaveKind]| Request::Waves(WaveList::new(waves).unwrap());
    let begin = [(1, 0x48), (15, 0x01), (22, 0xFF)];
    let ecg = [&begin[..], &[(45, 0x01), (46, 0xFF)]].concat();
    check_request(list(&[WaveKind::ECG_1]), 0, 73, &ecg, &[0x48, 0x7E]);
    let two = [&begin[..], &[(45, 0x08), (46, 0x09), (47, 0xFF)]].concat();
    check_request(
        list(&[WaveKind::PLETH, WaveKind::CO2]),
        0,
        73,
        &two,
        &[0x58, 0x7E],
    );
    let stop = [&begin[..], &[(41, 0x01), (45, 0xFF)]].concat();
    check_request(Request::StopWaves, 0, 73, &stop, &[0x48, 0x7E]);
    let eight = [WaveKind::RESP; WAVES_MAX];
    assert!(WaveList::new(&eight).is_some());
    assert_eq!(WaveList::new(&[WaveKind::RESP; WAVES_MAX + 1]), None);
}

#[test]
fn alarms_are_asked_for_with_the_sheets_sums() {
    let begin = [(1, 0x34), (15, 0x04), (22, 0xFF)];
    check_request(Request::AlarmStatus, 0, 53, &begin, &[0x37, 0x7E]);
    let changes = [&begin[..], &[(41, 0x02)]].concat();
    check_request(Request::AlarmChanges, 0, 53, &changes, &[0x39, 0x7E]);
}

#[test]
fn eight_waves_are_read_again() {
    let waves: Vec<_> = (1..9).map(WaveKind::new).collect();
    let request = Request::Waves(WaveList::new(&waves).unwrap());
    let mut line = Vec::new();
    request.emit(0, &mut line);
    let (_, again) = Request::parse(&record_of(&line)).unwrap();
    assert_eq!(again, request);
}

/// A record of level 10 with one subrecord, by hand.
fn record(main_type: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut record = vec![0; 40];
    let length = u16::try_from(40 + body.len()).unwrap();
    record[..2].copy_from_slice(&length.to_le_bytes());
    record[3] = 10;
    record[14] = main_type;
    record[18] = kind;
    record[21] = 0xFF;
    record.extend_from_slice(body);
    record
}

#[test]
fn displayed_values_are_read_where_the_specification_has_them() {
    let mut body = [0; 278];
    let mut put = |at: usize, values: &[i16]| {
        for (place, value) in values.iter().enumerate() {
            body[at + 2 * place..at + 2 * place + 2].copy_from_slice(&value.to_le_bytes());
        }
    };
    put(0, &[0x2345, 0x5B5A]);
    put(4, &[75, 0, 0x1200, 80, 1, 2, 3, 15]);
    put(76, &[3, 0, 11, 9300, 4800, 6900, -32767]);
    put(90, &[3, 0, 1, 3690]);
    put(114, &[3, 0, 7, 3310]);
    put(122, &[3, 0, 0, 9665, 83, 377, -32767]);
    put(136, &[263, 0, 9, 487, 26, 16, 7598]);
    put(274, &[0, 0x00A1]);
    let record = record(0, 1, &body);
    let Ok(Message::Displayed(displayed)) = Message::parse(&record) else {
        panic!("{:?}", Message::parse(&record));
    };
    assert_eq!(displayed.time_s, 0x5B5A_2345);
    let ecg = displayed.ecg;
    assert_eq!(ecg.status.source(), HeartRateSource::Ecg);
    assert_eq!(
        ecg.label.leads(),
        [EcgLead::II, EcgLead::Other, EcgLead::Other]
    );
    assert_eq!(ecg.heart_rate, Field::new(80));
    assert_eq!(ecg.impedance_rate, Field::new(15));
    let nibp = displayed.nibp;
    assert!(nibp.label.contains(NibpLabel::AUTO));
    assert_eq!(nibp.pressures, [9300, 4800, 6900].map(Field::new));
    assert_eq!(nibp.pulse_rate.number(), None);
    let [first, .., last] = displayed.temperatures;
    assert_eq!((first.label, first.temperature), (1, Field::new(3690)));
    assert_eq!((last.label, last.temperature), (7, Field::new(3310)));
    let oximeter = displayed.oximeter;
    let values = [
        oximeter.saturation,
        oximeter.pulse_rate,
        oximeter.modulation,
    ];
    assert_eq!(values, [9665, 83, 377].map(Field::new));
    let co2 = displayed.co2;
    assert!(
        co2.status
            .contains(Co2Status::APNOEA | Co2Status::APNOEA_OFF)
    );
    let values = [co2.end_tidal, co2.inspired, co2.respiration_rate];
    assert_eq!(values, [487, 26, 16].map(Field::new));
    assert_eq!(co2.ambient_pressure, Field::new(7598));
}

#[test]
fn only_the_basic_class_of_displayed_values_is_read() {
    for (kind, class, why) in [
        (1, 0x01_A1, Discard::Unknown),
        (2, 0x00_A2, Discard::Unknown),
        (3, 0x00_A3, Discard::Unknown),
    ] {
        let mut body = [0; 278];
        body[276..].copy_from_slice(&u16::to_le_bytes(class));
        let parsed = Message::parse(&record(0, kind, &body)).map(drop);
        assert_eq!(parsed, Err(why), "{kind} {class:X}");
    }
}

#[test]
fn a_wave_is_read_up_to_its_count() {
    let body = [3, 0, 0x53, 0x06, 0, 0, 0x66, 0xFF, 1, 0, 0x00, 0x83];
    let record = record(1, 8, &body);
    let Ok(Message::Waves(waves)) = Message::parse(&record) else {
        panic!("{:?}", Message::parse(&record));
    };
    let waves: Vec<_> = waves.waves().collect();
    assert_eq!(waves[0].kind, WaveKind::PLETH);
    assert_eq!(waves[0].status, WaveStatus::from_bits(0x653));
    assert!(waves[0].status.contains(WaveStatus::GAP));
    let samples: Vec<_> = waves[0].samples().collect();
    assert_eq!(samples, [Some(-154), Some(1), None], "-32000 is a code");
}

#[test]
fn a_record_that_contradicts_itself_is_malformed() {
    let good = record(1, 8, &[1, 0, 0, 0, 0, 0, 5, 0]);
    assert!(Message::parse(&good).is_ok());
    let spoil = |at: usize, byte: u8| {
        let mut bad = good.clone();
        bad[at] = byte;
        Message::parse(&bad).map(drop)
    };
    for (at, byte, what) in [
        (0, 47, "another length"),
        (3, 1, "a level that is not described"),
        (16, 1, "a first subrecord that is not the first"),
        (21, 8, "two subrecords at one place"),
        (18, 0xFF, "no subrecord"),
        (40, 2, "more samples than there are"),
        (41, 0xFF, "a negative count"),
    ] {
        assert_eq!(spoil(at, byte), Err(Discard::Malformed), "{what}");
    }
    assert_eq!(spoil(14, 5), Err(Discard::Unknown), "network");
    assert_eq!(spoil(18, 0), Err(Discard::Unknown), "a host's request");
    assert_eq!(
        Message::parse(&good[..39]).map(drop),
        Err(Discard::Malformed)
    );
}

#[test]
fn a_damaged_length_of_displayed_values_is_malformed() {
    let parsed = Message::parse(&record(0, 1, &[0; 277])).map(drop);
    assert_eq!(parsed, Err(Discard::Malformed));
    let parsed = Message::parse(&record(4, 1, &[0; 509])).map(drop);
    assert_eq!(parsed, Err(Discard::Malformed));
}

#[test]
fn alarms_are_read_where_the_specification_has_them() {
    let mut body = [0; 510];
    body[2] = 1;
    body[8] = 5;
    body[10..16].copy_from_slice(b"HR LOW");
    body[92] = 3;
    body[108..112].copy_from_slice(b"Leak");
    body[190] = 1;
    let record = record(4, 1, &body);
    let Ok(Message::Alarms(status)) = Message::parse(&record) else {
        panic!("{:?}", Message::parse(&record));
    };
    assert!(status.sound_on);
    assert_eq!(status.silence, 5);
    assert_eq!(status.alarms[0], Alarm::new("HR LOW", Colour::Red));
    assert_eq!(status.alarms[1].text(), b"Leak");
    assert_eq!(status.alarms[1].colour, Colour::White);
    assert_eq!(status.alarms[2..], [Alarm::NONE; 3]);
    body[92] = 4;
    let parsed = Message::parse(&self::record(4, 1, &body)).map(drop);
    assert_eq!(parsed, Err(Discard::Malformed), "a colour there is not");
}
