//! The connection to the receiver: one message at a time, each with its answer.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use chairside_protocol::hl7::framing::{Found, Framer};
use chairside_protocol::hl7::message::{Acknowledgement, Answer, Message, emit_block};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::message::{Envelope, encode};
use super::queue::{Blame, Made, Queue, UnderWay};
use super::{Hl7Settings, Shared};
use crate::WallClock;
use crate::back_off::BackOff;

/// The half of an alarm sender that has the connection; [`run`](Self::run) it.
#[derive(Debug)]
pub struct Hl7Connection {
    settings: Hl7Settings,
    clock: WallClock,
    shared: Arc<Shared>,
    last_number: i64,
    back_off: BackOff,
}

impl Hl7Connection {
    pub(super) const fn new(
        settings: Hl7Settings,
        clock: WallClock,
        shared: Arc<Shared>,
        back_off: BackOff,
    ) -> Self {
        Self {
            settings,
            clock,
            shared,
            last_number: 0,
            back_off,
        }
    }

    /// Connects and tells, for as long as it is polled.
    pub async fn run(mut self) -> Infallible {
        let mut round = interval(self.settings.continue_every);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let why = match self.connect().await {
                Ok(stream) => {
                    self.shared.change(|queue| queue.link(None));
                    self.serve(stream, &mut round).await
                }
                Err(why) => why,
            };
            self.shared.change(|queue| queue.link(Some(why)));
            self.back_off.pause(&self.shared.changed).await;
        }
    }

    async fn connect(&self) -> Result<TcpStream, String> {
        let (host, port) = (self.settings.host.as_str(), self.settings.port);
        match timeout(self.settings.answer_max, TcpStream::connect((host, port))).await {
            Ok(Ok(stream)) => {
                // A message is small and waits for nothing.
                let _ = stream.set_nodelay(true);
                Ok(stream)
            }
            Ok(Err(error)) => Err(format!("{host}:{port} cannot be reached: {}", error.kind())),
            Err(_elapsed) => Err(format!("{host}:{port} does not answer")),
        }
    }

    /// Tells what waits until the connection is of no more use, and returns why.
    async fn serve(&mut self, stream: TcpStream, round: &mut Interval) -> String {
        let mut line = Line::new(stream);
        loop {
            let Some(message) = self.next() else {
                if let Some(why) = self.idle(&mut line, round).await {
                    return why;
                }
                continue;
            };
            let exchange = line.exchange(&message.made);
            let answered = timeout(self.settings.answer_max, exchange).await;
            let failed = |blame| self.shared.change(|queue| queue.failed(&message, blame));
            match answered {
                Ok(Ok(Final::Taken)) => self.shared.change(|queue| queue.delivered(message)),
                Ok(Ok(Final::Unreadable)) => self.shared.change(|queue| queue.parked(&message)),
                Ok(Ok(Final::NotNow)) => {
                    failed(Blame::Refused);
                    self.back_off.pause(&self.shared.changed).await;
                    continue;
                }
                Ok(Err(error)) => {
                    failed(Blame::NoAnswer);
                    return format!("the receiver hung up: {}", error.kind());
                }
                Err(_elapsed) => {
                    failed(Blame::NoAnswer);
                    let limit = self.settings.answer_max;
                    return format!("the receiver did not answer within {limit:?}");
                }
            }
            self.back_off.reset();
        }
    }

    /// Waits until there may be something to tell. Returns why when the connection is over.
    async fn idle(&self, line: &mut Line, round: &mut Interval) -> Option<String> {
        tokio::select! {
            () = self.shared.changed.notified() => None,
            _ = round.tick() => {
                self.shared.change(Queue::repeat);
                None
            }
            // What comes unasked is no answer to anything.
            read = line.read() => match read {
                Ok(_) => None,
                Err(error) => Some(format!("the receiver hung up: {}", error.kind())),
            },
        }
    }

    fn next(&mut self) -> Option<UnderWay> {
        let at = self.clock.now();
        // Rising over restarts as well, and short enough for MSH-10.
        let number = at.timestamp_millis().max(self.last_number + 1);
        let settings = &self.settings;
        let mut made = false;
        let next = self.shared.lock().next(|state, phase| {
            made = true;
            let envelope = Envelope {
                application: &settings.application,
                eui64: settings.eui64.as_deref(),
                site: &settings.site,
                receiver: &settings.receiver,
                receiver_facility: &settings.receiver_facility,
                number,
                at,
            };
            Made {
                number,
                text: encode(state, phase, &envelope),
            }
        });
        if made {
            self.last_number = number;
        }
        next
    }
}

/// What a receiver says to a message in the end.
#[derive(Clone, Copy, Debug)]
enum Final {
    Taken,
    Unreadable,
    NotNow,
}

/// One connection.
struct Line {
    stream: TcpStream,
    framer: Framer,
}

impl Line {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            framer: Framer::default(),
        }
    }

    /// Sends a message, and waits for what is said to it in the end.
    async fn exchange(&mut self, message: &Made) -> io::Result<Final> {
        let mut block = Vec::with_capacity(message.text.len() + 3);
        emit_block(|block| block.extend_from_slice(&message.text), &mut block);
        self.stream.write_all(&block).await?;
        let number = message.number.to_string();
        loop {
            let answers = self.read().await?;
            let ours = |(given, _): &&(Vec<u8>, Answer)| given == number.as_bytes();
            for (_, answer) in answers.iter().filter(ours) {
                match answer {
                    // That it has arrived is not that it was read.
                    Answer::Arrived => {}
                    Answer::Read => return Ok(Final::Taken),
                    Answer::Broken | Answer::ArrivedBroken => return Ok(Final::Unreadable),
                    Answer::Refused | Answer::ArrivedInVain => return Ok(Final::NotNow),
                }
            }
        }
    }

    /// Reads what comes next: the answers in it, each with the number that it is to. An end of the
    /// connection is an error.
    async fn read(&mut self) -> io::Result<Vec<(Vec<u8>, Answer)>> {
        let mut bytes = [0; 1024];
        let length = self.stream.read(&mut bytes).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut answers = Vec::new();
        self.framer.push(&bytes[..length], |_, found| {
            let Found::Message(text) = found else { return };
            let answer = Message::parse(text).and_then(|message| Acknowledgement::parse(&message));
            if let Some(Acknowledgement { answer, number }) = answer {
                answers.push((number.to_vec(), answer));
            }
        });
        Ok(answers)
    }
}
