use super::*;

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).expect("the tests' bytes are hexadecimal"))
        .collect()
}

/// Returns the user data of the one frame that this is.
fn data_of(frame: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    framing::Framer::default().push(frame, |_, found| match found {
        framing::Found::Frame { data, .. } => all.push(data.to_vec()),
        framing::Found::Discarded { .. } => panic!("{found:?}"),
    });
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn check_host(message: HostMessage, data: &str) {
    let data = hex(data);
    let mut frame = Vec::new();
    message.emit(&mut frame);
    assert_eq!(data_of(&frame), data, "{message:?}");
    assert_eq!(HostMessage::parse(&data), Ok(message));
}

#[test]
fn the_association_is_asked_for_as_public_programs_do() {
    let request = HostMessage::Association(Association::Request(PollProfile::ASKED));
    check_host(
        request,
        "0d ec 05 08 13 01 00 16 01 02 80 00 14 02 00 02 c1 dc 31 80 a0 80 80 01 01 00 00 a2 80 a0 03 00 \
         00 01 a4 80 30 80 02 01 01 06 04 52 01 00 01 30 80 06 02 51 01 00 00 00 00 30 80 02 01 02 06 0c \
         2a 86 48 ce 14 02 01 00 00 00 01 01 30 80 06 0c 2a 86 48 ce 14 02 01 00 00 00 02 01 00 00 00 00 \
         00 00 61 80 30 80 02 01 01 a0 80 60 80 a1 80 06 0c 2a 86 48 ce 14 02 01 00 00 00 03 01 00 00 be \
         80 28 80 06 0c 2a 86 48 ce 14 02 01 00 00 00 01 01 02 01 02 81 48 80 00 00 00 40 00 00 00 00 00 \
         00 00 80 00 00 00 20 00 00 00 00 00 00 00 00 01 00 2c 00 01 00 28 80 00 00 00 00 00 03 e8 00 00 \
         09 c4 00 00 03 e8 ff ff ff ff 60 00 00 00 00 01 00 0c f0 01 00 08 8c 00 00 00 00 00 00 00 00 00 \
         00 00 00 00 00 00 00 00 00 00 00 00 00 00",
    );
    let mut frame = Vec::new();
    request.emit(&mut frame);
    assert_eq!(frame[..5], [0xC0, 0x11, 0x01, 0x00, 0xEE]);
    assert_eq!(frame[frame.len() - 3..], [0x81, 0xE3, 0xC1]);
}

#[test]
fn it_is_ended_as_public_programs_do() {
    check_host(
        HostMessage::Association(Association::Release),
        "09 18 c1 16 61 80 30 80 02 01 01 a0 80 62 80 80 01 00 00 00 00 00 00 00 00 00",
    );
    check_host(
        HostMessage::Association(Association::Abort),
        "19 2e 11 01 03 c1 29 a0 80 a0 80 30 80 02 01 01 06 02 51 01 00 00 00 00 61 80 30 80 02 01 01 a0 \
         80 64 80 80 01 01 00 00 00 00 00 00 00 00 00 00",
    );
}

#[test]
fn the_monitors_event_is_confirmed_as_public_programs_do() {
    check_host(
        HostMessage::EventResult(MonitorEventResult {
            invoke: 1,
            relative_time: 0x000A_BD00,
        }),
        "e1 00 00 02 00 02 00 14 00 01 00 01 00 0e 00 21 00 00 00 00 00 0a bd 00 0d 06 00 00",
    );
}

#[test]
fn polls_are_asked_as_public_programs_do() {
    let request = PollRequest {
        invoke: 1,
        number: 1,
        class: class::NUMERICS,
        group: group::ALL,
        kind: PollKind::ExtendedFor(0x0003_A980),
    };
    check_host(
        HostMessage::Poll(request),
        "e1 00 00 02 00 01 00 28 00 01 00 07 00 22 00 21 00 00 00 00 00 00 00 00 f1 3b 00 14 00 01 00 01 \
         00 06 00 00 00 01 00 08 f1 3e 00 04 00 03 a9 80",
    );
    check_host(
        HostMessage::Poll(PollRequest {
            kind: PollKind::ExtendedOnce,
            ..request
        }),
        "e1 00 00 02 00 01 00 20 00 01 00 07 00 1a 00 21 00 00 00 00 00 00 00 00 f1 3b 00 0c 00 01 00 01 \
         00 06 00 00 00 00 00 00",
    );
    check_host(
        HostMessage::Poll(PollRequest {
            invoke: 0,
            kind: PollKind::Single,
            ..request
        }),
        "e1 00 00 02 00 01 00 1c 00 00 00 07 00 16 00 21 00 00 00 00 00 00 00 00 0c 16 00 08 00 01 00 01 \
         00 06 00 00",
    );
}

#[test]
fn a_number_is_read_and_written() {
    let value = hex("41 82 00 00 0a a0 00 00 00 3c");
    let heart_rate = ObservedNumber {
        kind: 0x4182,
        state: MeasurementState::NONE,
        unit: 0x0AA0,
        number: Float::from_bits(60),
    };
    assert_eq!(ObservedNumber::parse(&value), Ok(heart_rate));
    let mut again = Vec::new();
    heart_rate.emit(&mut again);
    assert_eq!(again, value);
    assert_eq!(ObservedNumber::parse(&value[1..]), Err(Discard::Malformed));
}

#[test]
fn one_side_does_not_take_its_own_messages_for_the_others() {
    for host in [
        HostMessage::Association(Association::Request(PollProfile::ASKED)),
        HostMessage::EventResult(MonitorEventResult {
            invoke: 1,
            relative_time: 0,
        }),
        HostMessage::Poll(PollRequest {
            invoke: 1,
            number: 1,
            class: class::CURVES,
            group: group::ALL,
            kind: PollKind::Single,
        }),
    ] {
        let mut frame = Vec::new();
        host.emit(&mut frame);
        assert_eq!(
            Message::parse(&data_of(&frame)),
            Err(Discard::Unknown),
            "{host:?}"
        );
    }
    for monitor in [
        Association::Accept(Some(PollProfile::ASKED)),
        Association::Refuse,
    ] {
        let mut frame = Vec::new();
        Message::Association(monitor).emit(&mut frame);
        assert_eq!(
            HostMessage::parse(&data_of(&frame)),
            Err(Discard::Unknown),
            "{monitor:?}"
        );
    }
}

#[test]
fn objects_are_found_in_every_context() {
    let mut writer = ObjectWriter::default();
    let handle = [Attribute {
        id: attribute::id::HANDLE,
        value: &[0x86, 0x00],
    }];
    writer.context(0);
    writer.context(1);
    writer.object(0x8600, &handle);
    writer.object(0x8619, &[]);
    writer.context(7);
    writer.object(0x8600, &[]);
    let objects = writer.objects();
    let places: Vec<_> = objects
        .iter()
        .map(|object| (object.context, object.handle))
        .collect();
    assert_eq!(places, [(1, 0x8600), (1, 0x8619), (7, 0x8600)]);
    let attributes: Vec<_> = objects
        .iter()
        .flat_map(|object| object.attributes)
        .collect();
    assert_eq!(attributes, handle);
}

#[test]
fn a_count_or_a_length_that_does_not_fit_is_malformed() {
    let mut writer = ObjectWriter::default();
    writer.context(1);
    writer.object(
        0x8600,
        &[Attribute {
            id: 0x0921,
            value: &[0x86, 0x00],
        }],
    );
    let result = PollResult {
        invoke: 1,
        number: 1,
        sequence: Some(3),
        relative_time: 8000,
        date_time: None,
        class: class::NUMERICS,
        group: group::ALL,
        objects: writer.objects(),
    };
    let mut frame = Vec::new();
    Message::Poll(None, result).emit(&mut frame);
    let data = data_of(&frame);
    assert_eq!(Message::parse(&data), Ok(Message::Poll(None, result)));
    // Each count and each length, counted from the end: the attribute's length, the attributes'
    // length and count, the objects' length and count, the contexts' length and count.
    for from_end in [3, 7, 9, 13, 15, 19, 21] {
        let at = data.len() - from_end;
        for change in [1, 0xFF] {
            let mut wrong = data.clone();
            wrong[at] = wrong[at].wrapping_add(change);
            assert_eq!(
                Message::parse(&wrong),
                Err(Discard::Malformed),
                "{from_end} from the end"
            );
        }
    }
    for length in 0..data.len() {
        assert!(Message::parse(&data[..length]).is_err(), "{length} bytes");
    }
}
