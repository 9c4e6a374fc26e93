//! An alarm manager on loopback: reads each message with a parser that is not ours, and does what
//! the test says.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A test that waits for longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is done with a message.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answered with this code (MSA-1).
    Answer(&'static str),
    /// Answered with these bytes, byte by byte; `{}` is the message's number.
    Bytes(&'static str),
    /// Not answered; the connection stays.
    Silence,
    /// The connection is closed.
    HangUp,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Counted from 1, over all connections.
    pub(crate) connection: usize,
    pub(crate) number: String,
    pub(crate) episode: String,
    pub(crate) phase: String,
    pub(crate) state: String,
    pub(crate) inactivation: String,
    pub(crate) text: String,
}

/// A running alarm manager.
#[derive(Debug)]
pub(crate) struct Sink {
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl Sink {
    /// Starts one at a listener; `act` is asked for each message, with how many came before.
    pub(crate) fn start(
        listener: TcpListener,
        mut act: impl FnMut(usize, &Heard) -> Act + Send + 'static,
    ) -> Self {
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut before = 0;
            for connection in 1.. {
                let Ok((mut stream, _)) = listener.accept().await else {
                    return;
                };
                // One after the other: there is one sender.
                while let Some(text) = block(&mut stream).await {
                    let heard = parse(connection, &text);
                    let act = act(before, &heard);
                    before += 1;
                    let number = heard.number.clone();
                    if tell.send(heard).is_err() {
                        return;
                    }
                    match act {
                        Act::Answer(code) => answer(&mut stream, code, &number).await,
                        Act::Bytes(bytes) => {
                            for byte in bytes.replace("{}", &number).into_bytes() {
                                let _ = stream.write_all(&[byte]).await;
                            }
                        }
                        Act::Silence => {}
                        Act::HangUp => break,
                    }
                }
            }
        });
        Self { heard }
    }

    /// Returns the next message.
    pub(crate) async fn hear(&mut self) -> Heard {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        next.expect("a message comes").expect("the sink runs")
    }

    /// Returns how many messages came of which nobody has heard yet.
    pub(crate) fn unheard(&self) -> usize {
        self.heard.len()
    }
}

/// Reads what stands between `0B` and `1C 0D`; nothing when the other side is gone.
async fn block(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        bytes.push(stream.read_u8().await.ok()?);
        if bytes.ends_with(b"\x1c\r") {
            let text = bytes.strip_prefix(b"\x0b").expect("a block has a start");
            let text = text.strip_suffix(b"\x1c\r").expect("and an end");
            return Some(String::from_utf8(text.to_vec()).expect("it is UTF-8"));
        }
    }
}

fn parse(connection: usize, text: &str) -> Heard {
    let message = hl7_parser::Message::parse(text).expect("it is HL7");
    let get = |what: &str| {
        let found = message.query(what);
        found.map_or_else(String::new, |found| found.raw_value().to_owned())
    };
    assert_eq!(get("MSH.9"), "ORU^R40^ORU_R40");
    assert_eq!(get("PID.3"), "");
    assert_eq!(get("PID.5"), "");
    assert_eq!(get("OBX[3].3"), "68481^MDC_ATTR_EVENT_PHASE^MDC");
    Heard {
        connection,
        number: get("MSH.10"),
        episode: get("OBR.3"),
        phase: get("OBX[3].5"),
        state: get("OBX[4].5"),
        inactivation: get("OBX[5].5"),
        text: get("OBX[1].5"),
    }
}

async fn answer(stream: &mut TcpStream, code: &str, number: &str) {
    let answer = format!(
        "\x0bMSH|^~\\&|ALARMMGR|X|Chairside|clinic-a|20261123101503||ACK^R40^ACK|E1|P|2.6\r\
         MSA|{code}|{number}\r\x1c\r"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}
