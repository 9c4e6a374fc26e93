//! Messages made up, and lines as bad as can be.

use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    AlarmEntry, AlarmInfo, AlarmState, Association, Attribute, DateTime, Float, HostMessage,
    MeasurementState, Message, MonitorEvent, MonitorEventResult, MonitorNames, ObjectWriter,
    ObservedNumber, ObservedSamples, Part, PollKind, PollProfile, PollRequest, PollResult,
    SampleFormat, SampleScale, class, group,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

pub(crate) fn any_byte() -> impl Strategy<Value = u8> {
    // Those that are sent as pairs, often.
    prop_oneof![4 => any::<u8>(), 1 => select([0x7D, 0xC0, 0xC1].as_slice())]
}

pub(crate) fn any_state() -> impl Strategy<Value = MeasurementState> {
    let bits = prop_oneof![4 => Just(0), 1 => Just(0x0020), 1 => Just(0x8000), 1 => any::<u16>()];
    bits.prop_map(MeasurementState::from_bits)
}

pub(crate) fn any_float() -> impl Strategy<Value = Float> {
    let usual = (0..3000_u32).prop_map(|tenths| Float::with_decimals(f64::from(tenths) / 10.0, 1));
    prop_oneof![3 => usual, 1 => Just(Float::NAN), 1 => any::<u32>().prop_map(Float::from_bits)]
}

pub(crate) fn any_number() -> impl Strategy<Value = ObservedNumber> {
    let kind = select(
        [
            kind::HEART_RATE,
            kind::PULSE_RATE,
            kind::SPO2,
            kind::PERFUSION,
            kind::EFFORT_RATE,
            kind::RESPIRATION_RATE,
            kind::ETCO2,
            kind::FICO2,
            kind::TEMPERATURE,
            kind::CUFF_SYSTOLIC,
            kind::CUFF_DIASTOLIC,
            kind::CUFF_MEAN,
            kind::CUFF_PULSE_RATE,
            0x480A,
        ]
        .as_slice(),
    );
    let unit = select(
        [
            unit::NONE,
            unit::PERCENT,
            unit::BEATS_PER_MINUTE,
            unit::BREATHS_PER_MINUTE,
            unit::KILOPASCAL,
            unit::MILLIMETRE_OF_MERCURY,
            unit::DEGREE_CELSIUS,
        ]
        .as_slice(),
    );
    (kind, any_state(), unit, any_float()).prop_map(|(kind, state, unit, number)| ObservedNumber {
        kind,
        state,
        unit,
        number,
    })
}

type OwnedAttribute = (u16, Vec<u8>);

pub(crate) fn any_attribute() -> BoxedStrategy<OwnedAttribute> {
    let number = any_number().prop_map(|number| {
        let mut value = Vec::new();
        number.emit(&mut value);
        (id::NUMERIC, value)
    });
    let compound = proptest::collection::vec(any_number(), 0..4).prop_map(|numbers| {
        let mut value = Vec::new();
        ObservedNumber::emit_compound(&numbers, &mut value);
        (id::COMPOUND_NUMERIC, value)
    });
    let time = (0..60_u8, 0..60_u8).prop_map(|(minute, second)| {
        let digits = |pair: u8| pair / 10 * 16 + pair % 10;
        (
            id::MEASURED_AT,
            vec![
                0x20,
                0x26,
                0x11,
                0x26,
                0x12,
                digits(minute),
                digits(second),
                0,
            ],
        )
    });
    let other = (any::<u16>(), proptest::collection::vec(any_byte(), 0..20));
    prop_oneof![2 => number, 2 => compound, 1 => time, 2 => any_curve(), 2 => any_alarms(), 1 => other]
        .boxed()
}

pub(crate) fn any_curve() -> impl Strategy<Value = OwnedAttribute> {
    let kind = select(
        [
            kind::PLETH,
            kind::CO2,
            kind::ECG_I,
            kind::ECG_II,
            kind::RESP,
            0x013E,
        ]
        .as_slice(),
    );
    let samples = (
        kind,
        any_state(),
        proptest::collection::vec(any_byte(), 0..40),
        any::<bool>(),
    );
    let samples = samples.prop_map(|(kind, state, bytes, single)| {
        let samples = ObservedSamples {
            kind,
            state,
            bytes: &bytes,
        };
        let mut value = Vec::new();
        if single {
            samples.emit(&mut value);
            (id::SAMPLES, value)
        } else {
            ObservedSamples::emit_compound(&[samples; 2], &mut value);
            (id::COMPOUND_SAMPLES, value)
        }
    });
    let format = (0..=20_u8, 0..=20_u8).prop_map(|(bits, significant_bits)| {
        let (run, flags) = (32, 0x3000);
        let mut value = Vec::new();
        SampleFormat {
            run,
            bits,
            significant_bits,
            flags,
        }
        .emit(&mut value);
        (id::SAMPLE_FORMAT, value)
    });
    let format =
        prop_oneof![1 => format, 2 => Just((id::SAMPLE_FORMAT, vec![0, 32, 16, 12, 0x30, 0]))];
    let scale = (any_float(), any_float(), any::<u16>(), any::<u16>());
    let scale = scale.prop_map(|(low, high, low_sample, high_sample)| {
        let mut value = Vec::new();
        SampleScale {
            low,
            high,
            low_sample,
            high_sample,
        }
        .emit(&mut value);
        (id::SCALE, value)
    });
    let period = any::<u32>().prop_map(|ticks| (id::SAMPLE_PERIOD, ticks.to_be_bytes().to_vec()));
    let unit = select(
        [
            unit::MILLIVOLT,
            unit::KILOPASCAL,
            unit::MILLIMETRE_OF_MERCURY,
            0,
        ]
        .as_slice(),
    );
    let unit = unit.prop_map(|unit| (id::UNIT, unit.to_be_bytes().to_vec()));
    prop_oneof![3 => samples, 1 => format, 1 => scale, 1 => period, 1 => unit]
}

pub(crate) fn any_alarms() -> impl Strategy<Value = OwnedAttribute> {
    let entry = (
        any::<[u16; 3]>(),
        any::<[u8; 6]>(),
        any::<bool>(),
        0..12_usize,
    );
    let entries = proptest::collection::vec(entry, 0..4);
    let list = select([id::PATIENT_ALARMS, id::TECHNICAL_ALARMS].as_slice());
    let text = proptest::collection::vec(any_byte(), 12);
    (list, entries, text).prop_map(|(list, entries, text)| {
        let entries: Vec<_> = entries
            .iter()
            .map(
                |([source, alarm_type, state], object, has_info, length)| AlarmEntry {
                    source: *source,
                    code: 2,
                    alarm_type: *alarm_type,
                    state: AlarmState::from_bits(*state),
                    object: *object,
                    info: has_info.then_some(AlarmInfo {
                        instance: 1,
                        text_number: 2,
                        priority: 3,
                        flags: 4,
                        text: (*length < 10).then_some(&text[..*length]),
                    }),
                },
            )
            .collect();
        let mut value = Vec::new();
        AlarmEntry::emit_list(&entries, &mut value);
        (list, value)
    })
}

fn borrowed(attributes: &[OwnedAttribute]) -> Vec<Attribute<'_>> {
    attributes
        .iter()
        .map(|(id, value)| Attribute { id: *id, value })
        .collect()
}

pub(crate) fn any_answer() -> impl Strategy<Value = Vec<u8>> {
    let object = (0..3_u16, proptest::collection::vec(any_attribute(), 0..5));
    let class = select(
        [
            class::NUMERICS,
            class::CURVES,
            class::ALARMS,
            class::MONITOR,
        ]
        .as_slice(),
    );
    let objects = proptest::collection::vec(object, 0..4);
    let head = (
        any::<[u16; 3]>(),
        any::<bool>(),
        any::<u32>(),
        any::<bool>(),
    );
    let part = proptest::option::of((1..=3_u8, any::<u8>()));
    (head, part, class, objects).prop_map(|(head, part, class, objects)| {
        let ([invoke, number, sequence], extended, relative_time, dated) = head;
        let mut writer = ObjectWriter::default();
        for (handle, attributes) in &objects {
            writer.context(1);
            writer.object(*handle, &borrowed(attributes));
        }
        let result = PollResult {
            invoke,
            number,
            sequence: extended.then_some(sequence),
            relative_time,
            date_time: DateTime::from_bytes([0x20, 0x26, 0x11, 0x26, 0x12, 0, 0, 0])
                .filter(|_| dated),
            class,
            group: group::ALL,
            objects: writer.objects(),
        };
        let part = part.map(|(place, count)| Part { place, count });
        let mut frame = Vec::new();
        Message::Poll(part, result).emit(&mut frame);
        frame
    })
}

pub(crate) fn any_event() -> impl Strategy<Value = Vec<u8>> {
    let text = || proptest::collection::vec(any_byte(), 0..10);
    (any::<u16>(), any::<u32>(), text(), text(), text()).prop_map(
        |(invoke, relative_time, manufacturer, model, number)| {
            let (manufacturer, model, number) = (&manufacturer[..], &model[..], &number[..]);
            let names = MonitorNames {
                manufacturer,
                model,
                number,
            };
            let attributes = [
                (id::MODEL, names.model_attribute()),
                (id::SYSTEM_ID, names.number_attribute()),
                (
                    id::DATE_TIME,
                    vec![0x20, 0x26, 0x11, 0x26, 0x12, 0x30, 0, 0],
                ),
                (id::RELATIVE_TIME, relative_time.to_be_bytes().to_vec()),
            ];
            let mut frame = Vec::new();
            MonitorEvent::emit_with(invoke, relative_time, &borrowed(&attributes), &mut frame);
            frame
        },
    )
}

pub(crate) fn any_profile() -> impl Strategy<Value = PollProfile> {
    any::<[u32; 5]>().prop_map(|fields| {
        let [period, receive_max, transmit_max, options, extensions] = fields;
        PollProfile {
            period,
            receive_max,
            transmit_max,
            options,
            extensions,
        }
    })
}

pub(crate) fn any_association() -> impl Strategy<Value = Association> {
    prop_oneof![
        any_profile().prop_map(|profile| Association::Accept(Some(profile))),
        Just(Association::Accept(None)),
        Just(Association::Refuse),
        Just(Association::Release),
        Just(Association::Released),
        Just(Association::Abort),
    ]
}

pub(crate) fn any_message() -> BoxedStrategy<Vec<u8>> {
    let others = prop_oneof![
        any_association().prop_map(Message::Association),
        (any::<u16>(), 3..=5_u16).prop_map(|(invoke, command)| Message::Done { invoke, command }),
        (any::<u16>(), any::<u16>()).prop_map(|(invoke, why)| Message::Refused { invoke, why }),
    ];
    let others = others.prop_map(|message| {
        let mut frame = Vec::new();
        message.emit(&mut frame);
        frame
    });
    prop_oneof![5 => any_answer(), 1 => any_event(), 1 => others].boxed()
}

pub(crate) fn any_host_message() -> impl Strategy<Value = HostMessage> {
    let kind = prop_oneof![
        Just(PollKind::Single),
        Just(PollKind::ExtendedOnce),
        any::<u32>().prop_map(PollKind::ExtendedFor),
    ];
    prop_oneof![
        any_profile().prop_map(|profile| HostMessage::Association(Association::Request(profile))),
        Just(HostMessage::Association(Association::Release)),
        Just(HostMessage::Association(Association::Abort)),
        (any::<u16>(), any::<u32>()).prop_map(|(invoke, relative_time)| {
            HostMessage::EventResult(MonitorEventResult {
                invoke,
                relative_time,
            })
        }),
        (any::<[u16; 4]>(), kind).prop_map(|([invoke, number, class, group], kind)| {
            HostMessage::Poll(PollRequest {
                invoke,
                number,
                class,
                group,
                kind,
            })
        }),
    ]
}

/// A stream as a bad line gives it: messages, damaged and cut messages, and noise of the bytes
/// that mean something here.
pub(crate) fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop_oneof![
        any::<u8>(),
        select([0xC0, 0xC1, 0x7D, 0x11, 0x01, 0x00].as_slice()),
    ];
    let damaged =
        (any_message(), any::<Index>(), any_byte()).prop_map(|(mut bytes, position, byte)| {
            let position = position.index(bytes.len());
            bytes[position] = byte;
            bytes
        });
    let cut = (any_message(), any::<Index>()).prop_map(|(mut bytes, length)| {
        bytes.truncate(length.index(bytes.len()));
        bytes
    });
    let piece = prop_oneof![
        4 => any_message(),
        1 => damaged,
        1 => cut,
        1 => proptest::collection::vec(noise, 0..300),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}
