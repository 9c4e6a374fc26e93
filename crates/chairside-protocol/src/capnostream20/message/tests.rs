use super::*;
use crate::capnostream20::framing::{Found, Framer};

/// Returns the body of the one frame that these bytes are.
fn body_of(frame: &[u8]) -> Vec<u8> {
    let mut bodies = Vec::new();
    Framer::default().push(frame, |offset, found| {
        let Found::Frame { body, length } = found else {
            panic!("{found:?}");
        };
        assert_eq!((offset, length), (frame.len() as u64, frame.len()));
        bodies.push(body.to_vec());
    });
    assert_eq!(bodies.len(), 1, "{frame:02X?}");
    bodies.remove(0)
}

/// Holds one message to its bytes, both ways.
fn check(frame: &[u8], message: &Message) {
    assert_eq!(Message::parse(&body_of(frame)).as_ref(), Ok(message));
    let mut line = Vec::new();
    message.emit(&mut line);
    assert_eq!(line, frame, "{line:02X?}");
}

fn check_command(frame: &[u8], command: Command) {
    assert_eq!(Command::parse(&body_of(frame)), Ok(command));
    let mut line = Vec::new();
    command.emit(&mut line);
    assert_eq!(line, frame, "{line:02X?}");
}

#[rustfmt::skip]
const NUMERICS: [u8; 32] = [
    0x85, // start
    0x1C, // code and 27 bytes
    0x01, // numerics
    0x65, 0x5E, 0x6B, 0x80, 0x00, // 0x655E6B80 s, its last byte sent as a pair
    0x26, // EtCO2 38
    0x00, // FiCO2 0
    0x0E, // respiration rate 14
    0x61, // SpO2 97
    0x55, // pulse rate 85
    0x00, // slow status
    0x00, 0x00, 0x00, // not known
    0x00, // CO2 alarms
    0x00, // SpO2 alarms
    0x00, // seconds without breath
    0x3C, 0x0F, // EtCO2 high 60, low 15
    0x1E, 0x06, // respiration rate high 30, low 6
    0x08, // FiCO2 high 8
    0x64, 0x58, // SpO2 high 100, low 88
    0x8C, 0x32, // pulse rate high 140, low 50
    0x01, // mmHg
    0x00, // extended status
    0x71, // check
];

fn numerics() -> Numerics {
    Numerics {
        device_time_s: 0x655E_6B80,
        etco2: Some(38),
        fico2: Some(0),
        respiration_rate: Some(14),
        spo2: Some(97),
        pulse_rate: Some(85),
        slow_status: SlowStatus::NONE,
        undecoded: [0; 3],
        co2_alarms: Co2Alarms::NONE,
        spo2_alarms: SpO2Alarms::NONE,
        without_breath_s: 0,
        limits: AlarmLimits {
            etco2_high: Some(60),
            etco2_low: Some(15),
            respiration_rate_high: Some(30),
            respiration_rate_low: Some(6),
            fico2_high: Some(8),
            spo2_high: Some(100),
            spo2_low: Some(88),
            pulse_rate_high: Some(140),
            pulse_rate_low: Some(50),
        },
        unit: Co2Unit::MillimetreOfMercury,
        extended_status: ExtendedStatus::NONE,
    }
}

#[test]
fn the_numerics_are_read_and_written() {
    check(&NUMERICS, &Message::Numerics(numerics()));
}

#[test]
fn a_sample_is_read_and_written() {
    check(
        &[
            0x85, // start
            0x05, // code and four bytes
            0x00, // CO2 wave
            0x07, // message 7
            0x26, 0x80, 0x00, // 38 + 0x80 / 256 mmHg, the 0x80 sent as a pair
            0x08, // breath end
            0xAC, // check
        ],
        &Message::Wave(Co2Sample {
            number: 7,
            pressure: 38 * 256 + 128,
            status: FastStatus::END_OF_BREATH,
        }),
    );
}

#[test]
fn a_device_identity_is_read_and_written() {
    let text = "V45.67 02/24/2008 B355987654  ";
    let device = DeviceId::new(text).unwrap();
    assert_eq!(device.software_version(), Some("45.67"));
    assert_eq!(device.released(), Some("02/24/2008"));
    assert_eq!(device.serial_number(), Some("B355987654"));
    assert_eq!(device.oximeter(), Some(Oximeter::Masimo));
    let mut frame = vec![0x85, 0x1F, 0x04]; // start, code and 30 characters, device identity
    frame.extend_from_slice(text.as_bytes());
    // The characters' exclusive or is 0x06; 0x06 ^ 0x1F ^ 0x04 is the check.
    frame.push(0x06 ^ 0x1F ^ 0x04);
    check(&frame, &Message::DeviceId(device));
}

#[test]
fn a_device_identity_of_another_form_is_taken_whole() {
    for text in [
        "V45.67",
        "V45.67 02/24/2008 B35598765   ",
        "capnograph 02/24/2008 987654  ",
    ] {
        let device = DeviceId::new(text).unwrap();
        assert_eq!(device.serial_number(), None, "{text}");
        assert_eq!(device.oximeter(), None);
        assert_eq!(device.text(), text);
    }
    assert_eq!(DeviceId::new(""), None);
    assert_eq!(DeviceId::new("µ"), None);
    assert_eq!(DeviceId::new(&" ".repeat(255)), None);
}

#[test]
fn every_command_is_written_as_in_the_sheet_and_read_again() {
    let [enable, disable, start, stop, link_active, revision] = [
        Command::Enable,
        Command::Disable,
        Command::StartRealTime,
        Command::StopRealTime,
        Command::LinkActive,
        Command::ProtocolRevision,
    ];
    check_command(&[0x85, 0x01, 0x01, 0x00], enable);
    check_command(&[0x85, 0x01, 0x02, 0x03], disable);
    check_command(&[0x85, 0x01, 0x04, 0x05], start);
    check_command(&[0x85, 0x01, 0x05, 0x04], stop);
    check_command(&[0x85, 0x01, 0x06, 0x07], link_active);
    check_command(&[0x85, 0x01, 0x09, 0x08], revision);
    // Item 4 (what is shown when the communication is lost) to 2.
    let setup = Command::Setup { item: 4, value: 2 };
    check_command(&[0x85, 0x03, 0x3C, 0x04, 0x02, 0x39], setup);
    let enquire = Command::Enquire(NumericItem::EtCO2);
    check_command(&[0x85, 0x02, 0x03, 0x01, 0x00], enquire);
    let host = HostId::new("VITALS-01").unwrap();
    assert_eq!(host.name(), "VITALS-01");
    let mut frame = vec![0x85, 0x12, 0x07]; // start, code and 17 characters, host identity
    frame.extend_from_slice(b"VITALS-01        ");
    frame.push(0x2C); // check
    check_command(&frame, Command::HostId(host));
}

#[test]
fn a_host_name_that_does_not_fit_is_none() {
    assert_eq!(HostId::new("eighteen character"), None);
    assert_eq!(HostId::new("bed\t1"), None);
    assert!(HostId::new("").is_some());
}

#[test]
fn no_other_length_is_a_message() {
    for length in 0..=4 {
        let body = &[0x00, 0x07, 0x26, 0x80, 0x08, 0x00][..length];
        assert_eq!(Message::parse(body), Err(Discard::Malformed), "{length}");
    }
    let longer = &[0x00, 0x07, 0x26, 0x80, 0x08, 0x00];
    assert_eq!(Message::parse(longer), Err(Discard::Malformed));
    let body = body_of(&NUMERICS);
    for length in 1..body.len() {
        assert_eq!(
            Message::parse(&body[..length]),
            Err(Discard::Malformed),
            "{length}"
        );
    }
    assert_eq!(Message::parse(&[0x04]), Err(Discard::Malformed));
    assert_eq!(Message::parse(&[]), Err(Discard::Malformed));
}

#[test]
fn numerics_may_be_longer_than_is_known() {
    let mut body = body_of(&NUMERICS);
    body.extend_from_slice(&[0x12, 0x34]);
    assert_eq!(Message::parse(&body), Ok(Message::Numerics(numerics())));
}

#[test]
fn a_message_of_another_kind_is_unknown() {
    for code in [0x02, 0x03, 0x09, 0x0A, 0x3C, 0xFF] {
        assert_eq!(Message::parse(&[code, 0x00]), Err(Discard::Unknown));
    }
    assert_eq!(Command::parse(&[0x0B]), Err(Discard::Unknown));
}

#[test]
fn a_command_with_a_payload_it_cannot_have_is_malformed() {
    for body in [
        [0x01, 0x00].as_slice(), // enable needs none
        &[0x03],                 // enquire what?
        &[0x03, 0x06],           // no such item
        &[0x07, b'a'],           // a host name is 17 long
        &[0x3C, 0x04],           // set to what?
    ] {
        assert_eq!(Command::parse(body), Err(Discard::Malformed), "{body:02X?}");
    }
}

#[test]
fn our_own_orders_echoed_are_no_messages() {
    for command in [Command::Enable, Command::StartRealTime, Command::LinkActive] {
        let mut frame = Vec::new();
        command.emit(&mut frame);
        assert!(Message::parse(&body_of(&frame)).is_err(), "{command:?}");
    }
}

#[test]
fn numerics_shifted_by_a_byte_are_malformed() {
    let body = body_of(&NUMERICS);
    for position in 1..=6 {
        // One byte too many before the respiration rate moves it to the place of the saturation.
        let mut shifted = body.clone();
        shifted.insert(position, 0x00);
        assert_eq!(shifted[8], 0x0E);
        assert_eq!(Message::parse(&shifted), Err(Discard::Malformed));
    }
}

#[test]
fn a_unit_that_is_none_is_malformed() {
    for (code, known) in [(0, false), (1, true), (2, true), (3, true), (4, false)] {
        let mut body = body_of(&NUMERICS);
        body[26] = code;
        assert_eq!(Message::parse(&body).is_ok(), known, "{code}");
    }
}

#[test]
fn limits_that_contradict_each_other_are_malformed_and_missing_ones_are_not() {
    for (position, byte, known) in [
        (17, 14, false),  // EtCO2 high 14 below low 15
        (19, 5, false),   // respiration rate high 5 below low 6
        (22, 87, false),  // SpO2 high 87 below low 88
        (24, 49, false),  // pulse rate high 49 below low 50
        (17, 15, true),   // both the same
        (17, 0xFF, true), // none
        (18, 0xFF, true), // none
        (17, 0, true),    // perhaps none
    ] {
        let mut body = body_of(&NUMERICS);
        body[position] = byte;
        assert_eq!(Message::parse(&body).is_ok(), known, "{position}: {byte}");
    }
}
