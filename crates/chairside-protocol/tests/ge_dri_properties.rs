//! The DRI driver on any bytes at all: records made up, damaged, cut and drowned in noise.

use chairside_model::{Measured, Metric, Reading};
use chairside_protocol::ge_dri::INFO;
use chairside_protocol::ge_dri::framing::{Found, Framer, LINE_LENGTH_MAX, RECORD_LENGTH_MAX};
use chairside_protocol::ge_dri::message::{
    Alarm, AlarmStatus, Co2Group, Co2Status, Colour, Displayed, EcgGroup, EcgLabel, EcgStatus,
    Field, GroupStatus, Header, Message, NibpGroup, NibpLabel, OximeterGroup, Request, Samples,
    TemperatureGroup, WaveKind, WaveList, WaveStatus, emit_waves,
};
use chairside_protocol::{DriverEvent, Finding};
use proptest::prelude::*;
use proptest::sample::Index;

#[path = "support/stream.rs"]
mod stream;
use stream::{assert_cutting_changes_nothing, events_of};

/// A header, a byte, the sum and a flag: it may share the other one.
const LINE_LENGTH_MIN: usize = 40 + 1 + 1 + 1;

proptest! {
    #[test]
    fn what_is_written_is_read_again(sent in any_sent()) {
        let frame = sent.emitted();
        prop_assert!(!frame[1..frame.len() - 1].contains(&0x7E));
        let record = record_of(&frame).expect("one frame");
        let message = Message::parse(&record).expect("sound");
        match (&sent, message) {
            (Sent::Displayed(sent), Message::Displayed(read)) => prop_assert_eq!(*sent, read),
            (Sent::Alarms(sent), Message::Alarms(read)) => prop_assert_eq!(**sent, read),
            (Sent::Waves(header, waves), Message::Waves(read)) => {
                prop_assert_eq!(*header, read.header());
                let read: Vec<_> = read
                    .waves()
                    .map(|wave| {
                        let samples = wave.samples().map(|sample| sample.unwrap_or(i16::MIN));
                        (wave.kind, wave.status, samples.collect::<Vec<_>>())
                    })
                    .collect();
                let codes_alike = |sample: &i16| if *sample <= -32000 { i16::MIN } else { *sample };
                let sent: Vec<_> = waves
                    .iter()
                    .map(|(kind, status, samples)| {
                        (*kind, *status, samples.iter().map(codes_alike).collect())
                    })
                    .collect();
                prop_assert_eq!(read, sent);
            }
            (sent, read) => prop_assert!(false, "{sent:?} became {read:?}"),
        }
    }

    #[test]
    fn what_is_asked_is_read_again(request in any_request(), level in any::<u8>()) {
        let mut frame = Vec::new();
        request.emit(level, &mut frame);
        let record = record_of(&frame).expect("one frame");
        let read = Request::parse(&record).map(|(header, request)| (header.level, request));
        prop_assert_eq!(read, Ok((level, request)));
        prop_assert!(Message::parse(&record).is_err(), "a request is nothing a monitor says");
    }

    #[test]
    fn any_record_is_a_message_or_is_refused(
        mut record in proptest::collection::vec(any_byte(), 0..=RECORD_LENGTH_MAX),
        main_type in 0..6_u8,
    ) {
        let _ = Request::parse(&record);
        let _ = Message::parse(&record).map(drop);
        // The same with a header that is more likely to be believed.
        if record.len() > 60 {
            let length = u16::try_from(record.len()).expect("a record is short");
            record[..2].copy_from_slice(&length.to_le_bytes());
            record[14..16].copy_from_slice(&[main_type, 0]);
            record[16..22].copy_from_slice(&[0, 0, 1, 0, 0, 0xFF]);
            let _ = Request::parse(&record);
            if let Ok(Message::Waves(waves)) = Message::parse(&record) {
                prop_assert!(waves.waves().map(|wave| wave.samples().len()).sum::<usize>() < 750);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_give_an_impossible_value(
        stream in proptest::collection::vec(any_byte(), 0..2000),
    ) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn a_bad_line_loses_no_byte_unreported(stream in any_stream()) {
        assert_sound(&events_of(&INFO, &stream, &[]), stream.len());
    }

    #[test]
    fn cutting_the_stream_anywhere_changes_nothing(
        stream in any_stream(),
        cuts in proptest::collection::vec(any::<Index>(), 0..20),
    ) {
        assert_cutting_changes_nothing(&INFO, &stream, &cuts);
    }

    #[test]
    fn a_good_record_behind_garbage_is_found(
        garbage in proptest::collection::vec(any_byte(), 0..3500),
        sent in any_sent(),
    ) {
        let events = events_of(&INFO, &[garbage, sent.emitted()].concat(), &[]);
        let last = events.iter().rfind(|event| event.finding == Finding::Frame);
        let total = events.last().map(|event| event.offset);
        prop_assert_eq!(last.map(|event| event.offset), total);
    }

    #[test]
    fn damage_costs_two_records_at_most(
        sent in proptest::collection::vec(any_sent(), 3..8),
        position in any::<Index>(),
        damage in proptest::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut stream: Vec<u8> = sent.iter().flat_map(Sent::emitted).collect();
        // One byte is replaced by none, one or two others.
        let position = position.index(stream.len());
        stream.splice(position..=position, damage.iter().copied());
        let events = events_of(&INFO, &stream, &[]);
        let found = events.iter().filter(|event| event.finding == Finding::Frame).count();
        prop_assert!(found + 2 >= sent.len(), "{} of {}", found, sent.len());
    }
}

/// What a monitor may send.
#[derive(Clone, Debug)]
enum Sent {
    Displayed(Displayed),
    Waves(Header, Vec<(WaveKind, WaveStatus, Vec<i16>)>),
    Alarms(Box<AlarmStatus>),
}

impl Sent {
    fn emitted(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Displayed(displayed) => displayed.emit(&mut bytes),
            Self::Waves(header, waves) => {
                let waves: Vec<_> = waves
                    .iter()
                    .map(|(kind, status, samples)| Samples {
                        kind: *kind,
                        status: *status,
                        samples,
                    })
                    .collect();
                emit_waves(*header, &waves, &mut bytes);
            }
            Self::Alarms(status) => status.emit(&mut bytes),
        }
        bytes
    }
}

/// Returns the record of the one frame that these bytes are.
fn record_of(frame: &[u8]) -> Option<Vec<u8>> {
    let mut records = Vec::new();
    Framer::default().push(frame, |offset, found| {
        if let Found::Frame { record, length } = found
            && (offset, length) == (frame.len() as u64, frame.len())
        {
            records.push(record.to_vec());
        }
    });
    records.pop().filter(|_| records.is_empty())
}

fn any_byte() -> impl Strategy<Value = u8> {
    // The two that mean something on the line, often.
    prop_oneof![8 => any::<u8>(), 1 => Just(0x7D), 1 => Just(0x7E)]
}

fn any_field() -> impl Strategy<Value = Field> {
    let code = prop_oneof![Just(-32767_i16), -32767..-32000_i16];
    prop_oneof![3 => -10..15_000_i16, 1 => code, 1 => any::<i16>()].prop_map(Field::new)
}

fn any_header() -> impl Strategy<Value = Header> {
    (any_byte(), 2..=255_u8, any::<u16>(), any::<u32>()).prop_map(
        |(number, level, plug, time_s)| Header {
            number,
            level,
            plug,
            time_s,
        },
    )
}

/// A status whose module is there, mostly.
fn any_status() -> impl Strategy<Value = u32> {
    prop_oneof![4 => any::<u32>().prop_map(|bits| bits | 3), 1 => any::<u32>()]
}

fn any_displayed() -> impl Strategy<Value = Sent> {
    let fields = proptest::collection::vec(any_field(), 17);
    let statuses = proptest::array::uniform8(any_status());
    let labels = proptest::array::uniform7(any::<u16>());
    (any_header(), any::<u32>(), fields, statuses, labels).prop_map(
        |(header, time_s, fields, statuses, labels)| {
            let temperature = |place: usize| TemperatureGroup {
                status: GroupStatus::from_bits(statuses[4 + place]),
                label: labels[3 + place],
                temperature: fields[13 + place],
            };
            Sent::Displayed(Displayed {
                header,
                time_s,
                ecg: EcgGroup {
                    status: EcgStatus::from_bits(statuses[0]),
                    label: EcgLabel::from_bits(labels[0]),
                    heart_rate: fields[0],
                    impedance_rate: fields[1],
                },
                nibp: NibpGroup {
                    status: GroupStatus::from_bits(statuses[1]),
                    label: NibpLabel::from_bits(labels[1]),
                    pressures: [fields[2], fields[3], fields[4]],
                    pulse_rate: fields[5],
                },
                temperatures: [0, 1, 2, 3].map(temperature),
                oximeter: OximeterGroup {
                    status: GroupStatus::from_bits(statuses[2]),
                    saturation: fields[6],
                    pulse_rate: fields[7],
                    modulation: fields[8],
                },
                co2: Co2Group {
                    status: Co2Status::from_bits(statuses[3]),
                    label: labels[2],
                    end_tidal: fields[9],
                    inspired: fields[10],
                    respiration_rate: fields[11],
                    ambient_pressure: fields[12],
                },
            })
        },
    )
}

fn any_waves() -> impl Strategy<Value = Sent> {
    let kind = prop_oneof![
        4 => prop_oneof![Just(1_u8), Just(2), Just(8), Just(9), Just(15), Just(39)],
        1 => (1..=254_u8).prop_filter("twelve leads have another form", |kind| *kind != 22),
    ];
    let sample = prop_oneof![8 => -2000..2000_i16, 1 => any::<i16>(), 1 => Just(-32000_i16)];
    let samples = proptest::collection::vec(sample, 0..30);
    let wave = (kind, any::<u16>(), samples).prop_map(|(kind, status, samples)| {
        (WaveKind::new(kind), WaveStatus::from_bits(status), samples)
    });
    (any_header(), proptest::collection::vec(wave, 1..=4))
        .prop_map(|(header, waves)| Sent::Waves(header, waves))
}

fn any_alarms() -> impl Strategy<Value = Sent> {
    let colour = prop_oneof![
        Just(Colour::None),
        Just(Colour::White),
        Just(Colour::Yellow),
        Just(Colour::Red),
    ];
    let alarm = ("[ -~]{0,80}", colour).prop_map(|(text, colour)| Alarm::new(&text, colour));
    let alarms = proptest::collection::vec(alarm, 5);
    (any_header(), any::<bool>(), 0..8_u16, alarms).prop_map(
        |(header, sound_on, silence, alarms)| {
            Sent::Alarms(Box::new(AlarmStatus {
                header,
                sound_on,
                silence,
                alarms: alarms.try_into().expect("there are five"),
            }))
        },
    )
}

// Boxed, for a stream of messages by value outgrows a test thread's stack.
fn any_sent() -> BoxedStrategy<Sent> {
    prop_oneof![3 => any_displayed(), 3 => any_waves(), 1 => any_alarms()].boxed()
}

fn any_request() -> impl Strategy<Value = Request> {
    let waves = proptest::collection::vec(0..255_u8, 0..=8).prop_map(|kinds| {
        let kinds: Vec<_> = kinds.into_iter().map(WaveKind::new).collect();
        Request::Waves(WaveList::new(&kinds).expect("no more than eight"))
    });
    prop_oneof![
        any::<i16>().prop_map(|interval_s| Request::Displayed { interval_s }),
        waves,
        Just(Request::StopWaves),
        Just(Request::AlarmStatus),
        Just(Request::AlarmChanges),
        Just(Request::StopAlarms),
    ]
}

/// A stream as a bad line gives it: records, damaged and cut ones, some that share a flag, and
/// noise of the bytes that mean something here.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        proptest::sample::select([0x7E, 0x7D, 0x5E, 0x5D, 0x00, 0xFF].as_slice()),
    ];
    let damaged = (any_sent(), any::<Index>(), any_byte()).prop_map(|(sent, position, byte)| {
        let mut bytes = sent.emitted();
        let position = position.index(bytes.len());
        bytes[position] = byte;
        bytes
    });
    let cut = (any_sent(), any::<Index>()).prop_map(|(sent, length)| {
        let mut bytes = sent.emitted();
        bytes.truncate(length.index(bytes.len()));
        bytes
    });
    let sharing = (any_sent(), any_sent()).prop_map(|(first, second)| {
        let mut bytes = first.emitted();
        bytes.pop();
        bytes.extend(second.emitted());
        bytes
    });
    let piece = prop_oneof![
        3 => any_sent().prop_map(|sent| sent.emitted()),
        1 => sharing,
        1 => damaged,
        1 => cut,
        1 => proptest::collection::vec(noise, 0..400),
        1 => Just(vec![0x55; 1600]),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Checks what every driver promises, and that no value is impossible.
fn assert_sound(events: &[DriverEvent], received: usize) {
    stream::assert_sound(events, received, &(LINE_LENGTH_MIN..=LINE_LENGTH_MAX));
    for event in events {
        match &event.finding {
            Finding::Reading(reading) => assert_plausible(reading),
            Finding::DeviceAlarm { text, .. } => {
                assert!((1..=80).contains(&text.chars().count()), "{text}");
            }
            Finding::Identity(text) => unreachable!("{text}"),
            Finding::Frame | Finding::Discarded { .. } => {}
        }
    }
}

fn assert_plausible(reading: &Reading) {
    match reading {
        Reading::Numeric(numeric) => {
            if let Measured::Valid(value) | Measured::Questionable(value) = numeric.measured {
                let zero_is_none = matches!(numeric.metric, Metric::SpO2 | Metric::PulseRate);
                assert!(!zero_is_none || value.number() > 0.5, "{numeric:?}");
            }
        }
        Reading::Waveform(run) => {
            assert!(run.samples.len() <= RECORD_LENGTH_MAX / 2);
            assert!(run.samples.iter().all(|&sample| sample > -32000));
        }
        Reading::Cuff(_) => {}
    }
}
