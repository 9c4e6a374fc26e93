//! A broker on loopback that does what a test says with each packet, which a library that is not
//! ours reads and answers.

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{ConnAck, Connect, ConnectReturnCode, Packet, PubAck};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::{HOST, PATIENCE};

/// What is done with a packet.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Let in, or confirmed.
    Answer,
    Bytes(Vec<u8>),
    Silence,
    HangUp,
}

/// What came.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Connect(Connect),
    Published(Published),
}

#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) topic: String,
    pub(crate) retain: bool,
    /// Whether it is to be confirmed.
    pub(crate) confirmed: bool,
    pub(crate) json: serde_json::Value,
}

/// A running broker.
#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) port: u16,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl Broker {
    pub(crate) async fn start(mut act: impl FnMut(&Heard) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind((HOST, 0)).await.expect("loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            // One after the other: there is one publisher.
            while let Ok((stream, _)) = listener.accept().await {
                // That a publisher goes is what many tests are about.
                let _ = speak(stream, &mut act, &tell).await;
            }
        });
        Self { port, heard }
    }

    pub(crate) async fn hear(&mut self) -> Heard {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        next.expect("a packet comes").expect("the broker runs")
    }

    /// Waits for the next message.
    pub(crate) async fn published(&mut self) -> Published {
        loop {
            if let Heard::Published(published) = self.hear().await {
                return published;
            }
        }
    }

    pub(crate) fn heard_already(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }
}

async fn speak(
    mut stream: TcpStream,
    act: &mut impl FnMut(&Heard) -> Act,
    tell: &mpsc::UnboundedSender<Heard>,
) -> Option<()> {
    let mut came = BytesMut::new();
    loop {
        let Ok(packet) = Packet::read(&mut came, 1 << 20) else {
            if stream.read_buf(&mut came).await.ok()? == 0 {
                return None;
            }
            continue;
        };
        let (heard, answer) = match packet {
            Packet::Connect(connect) => {
                let answer = ConnAck::new(ConnectReturnCode::Success, false);
                (Heard::Connect(connect), Some(Packet::ConnAck(answer)))
            }
            Packet::Publish(publish) => {
                let confirmed = publish.qos == QoS::AtLeastOnce;
                let answer = confirmed.then(|| Packet::PubAck(PubAck::new(publish.pkid)));
                let published = Published {
                    topic: publish.topic,
                    retain: publish.retain,
                    confirmed,
                    json: serde_json::from_slice(&publish.payload).expect("it is JSON"),
                };
                (Heard::Published(published), answer)
            }
            other => panic!("a publisher says {other:?}"),
        };
        let act = act(&heard);
        tell.send(heard).ok()?;
        let mut out = BytesMut::new();
        match act {
            Act::Answer => {
                if let Some(answer) = answer {
                    answer.write(&mut out, 1 << 20).expect("it is short");
                }
            }
            Act::Bytes(bytes) => out.extend_from_slice(&bytes),
            Act::Silence => {}
            Act::HangUp => return None,
        }
        stream.write_all(&out).await.ok()?;
    }
}
