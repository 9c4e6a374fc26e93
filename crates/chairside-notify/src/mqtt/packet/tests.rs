//! What is written is read by a library that is not ours, and what that writes is read.

use rumqttc::mqttbytes::v4::{ConnAck, ConnectReturnCode, LastWill, Login, Packet, PubAck};
use rumqttc::mqttbytes::{Protocol, QoS};

use super::*;

fn read(packet: &[u8]) -> Packet {
    let mut bytes = bytes::BytesMut::from(packet);
    let read = Packet::read(&mut bytes, 1 << 20).unwrap();
    assert!(bytes.is_empty());
    read
}

fn written(packet: &Packet) -> Vec<u8> {
    let mut bytes = bytes::BytesMut::new();
    packet.write(&mut bytes, 1 << 20).unwrap();
    bytes.to_vec()
}

const WILL: Publish<'_> = Publish {
    topic: "v1/clinic-a/node/health",
    retain: true,
    number: None,
    text: b"offline",
};

#[test]
fn a_connection_begins_as_another_library_reads_it() {
    for login in [None, Some(("alarm", "hunter2"))] {
        let connect = Connect {
            client: "chairside-clinic-a",
            keep_alive: 30,
            will: WILL,
            login,
        };
        let Packet::Connect(read) = read(&connect.packet().unwrap()) else {
            panic!("it is no CONNECT")
        };
        assert_eq!(read.protocol, Protocol::V4);
        assert_eq!(
            (read.client_id.as_str(), read.keep_alive),
            ("chairside-clinic-a", 30)
        );
        assert!(read.clean_session);
        let will = LastWill::new(WILL.topic, WILL.text, QoS::AtLeastOnce, true);
        assert_eq!(read.last_will, Some(will));
        assert_eq!(
            read.login,
            login.map(|(user, password)| Login::new(user, password))
        );
    }
}

#[test]
fn a_message_is_read_as_it_was_meant_at_every_length() {
    for length in [0, 1, 100, 127, 128, 16_383, 16_384, 70_000] {
        let text = vec![b'x'; length];
        for (retain, number) in [(true, Some(7)), (false, None), (false, Some(u16::MAX))] {
            let publish = Publish {
                topic: "v1/clinic-a/3/alarm",
                retain,
                number,
                text: &text,
            };
            let Packet::Publish(read) = read(&publish.packet().unwrap()) else {
                panic!("it is no PUBLISH")
            };
            assert_eq!(read.topic, "v1/clinic-a/3/alarm");
            assert_eq!(
                (read.retain, read.dup, read.pkid),
                (retain, false, number.unwrap_or(0))
            );
            assert_eq!(read.qos == QoS::AtLeastOnce, number.is_some());
            assert_eq!(read.payload, text);
        }
    }
}

#[test]
fn what_is_too_long_is_not_sent_cut() {
    let long = "x".repeat(65_536);
    let publish = Publish {
        topic: &long,
        ..WILL
    };
    assert_eq!(publish.packet(), Err(TooLong));
    let connect = Connect {
        client: "c",
        keep_alive: 30,
        will: WILL,
        login: Some(("alarm", &long)),
    };
    assert_eq!(connect.packet(), Err(TooLong));
}

#[test]
fn what_a_broker_says_is_read_wherever_it_was_cut() {
    let said = [
        Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false)),
        Packet::PubAck(PubAck::new(513)),
        Packet::PingResp,
        Packet::Publish(rumqttc::mqttbytes::v4::Publish::new(
            "a",
            QoS::AtMostOnce,
            [0; 200],
        )),
        Packet::PubAck(PubAck::new(1)),
    ];
    let stream: Vec<u8> = said.iter().flat_map(written).collect();
    let expected = [
        Said::Connected(5),
        Said::Confirmed(513),
        Said::Other,
        Said::Other,
        Said::Confirmed(1),
    ];
    for step in 1..stream.len() {
        let (mut came, mut read) = (Vec::new(), Vec::new());
        for piece in stream.chunks(step) {
            came.extend_from_slice(piece);
            while let Some(said) = take(&mut came).unwrap() {
                read.push(said);
            }
        }
        assert_eq!(read, expected);
        assert!(came.is_empty());
    }
}

#[test]
fn what_is_not_mqtt_is_seen_to_be() {
    for stream in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
        &[0x20, 3, 0, 0, 0],
        &[0x40, 1, 0],
        &[0x30, 0xFF, 0xFF, 0xFF, 0x7F],
        &[0x30, 0x80, 0x80, 0x80, 0x80],
    ] {
        let mut came = stream.to_vec();
        let read = std::iter::from_fn(|| match take(&mut came) {
            Ok(None) => None,
            said => Some(said),
        });
        assert!(read.take(20).any(|said| said == Err(NotMqtt)), "{stream:?}");
    }
}
