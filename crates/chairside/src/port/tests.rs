//! Ports that misbehave, in virtual time; and ports that are real.

mod door;
mod exec;
mod serial;
mod tcp;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::task::{JoinHandle, yield_now};

use super::access::Socket;
use super::*;

fn teller(events: mpsc::Sender<PortEvent>) -> Teller {
    let plan = PortPlan {
        device: DeviceId(1),
        name: "1-ge-v100".to_owned(),
        port: Port::Serial(PathBuf::from("/dev/none")),
        settings: LineSettings::plain(9600),
        period: Duration::from_secs(1),
        lending: Lending::default(),
    };
    Teller {
        plan,
        clock: Clock::start(),
        events,
    }
}

/// A line that a test has already opened.
struct Wire;

impl Way for Wire {
    type Line = DuplexStream;

    async fn open(&mut self) -> Result<DuplexStream, String> {
        Err("it is open".to_owned())
    }

    async fn close(&mut self, _line: DuplexStream) -> Result<(), String> {
        Ok(())
    }

    fn ended(&self) -> &'static str {
        "ended"
    }
}

#[tokio::test(start_paused = true)]
async fn a_polled_port_that_never_answers_is_given_up_after_thirty_seconds() {
    let (events, _ports) = mpsc::channel(8);
    let (poll, mut transmit) = mpsc::channel(8);
    let (mut ours, theirs) = duplex(1 << 16);
    let asking = tokio::spawn(async move {
        loop {
            sleep(Duration::from_secs(1)).await;
            if poll.send(b"?".to_vec()).await.is_err() {
                return;
            }
        }
    });
    let start = timer_now();
    let teller = teller(events);
    let mut way = Wire;
    let end = converse(&teller, &mut transmit, &mut way, &mut ours);
    let end = timeout(SILENT_REOPEN * 4, end).await;
    assert_eq!(end, Ok(Err("silent for 30 s".to_owned())));
    assert_eq!((timer_now() - start).as_secs(), SILENT_REOPEN.as_secs());
    asking.abort();
    drop(theirs);
}

#[tokio::test(start_paused = true)]
async fn a_port_that_answers_now_and_then_is_kept() {
    let (events, mut ports) = mpsc::channel(8);
    let (poll, mut transmit) = mpsc::channel(8);
    let (mut ours, mut theirs) = duplex(1 << 16);
    let answering = tokio::spawn(async move {
        for _ in 0..10 {
            sleep(SILENT_REOPEN * 9 / 10).await;
            theirs.write_all(b"!").await.unwrap();
        }
        drop(poll);
        theirs
    });
    let listening = tokio::spawn(async move { while ports.recv().await.is_some() {} });
    let end = converse(&teller(events), &mut transmit, &mut Wire, &mut ours).await;
    assert_eq!(end, Ok(()), "until nobody wanted more");
    answering.await.unwrap();
    listening.abort();
}

/// What a test's port does when it is opened.
enum Behaviour {
    /// It is there and says nothing.
    Silent,
    /// It ends at once.
    Dead,
    /// Reading it panics.
    Panics,
}

enum Line {
    Silent(DuplexStream),
    Panics,
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Silent(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Panics => panic!("a mistake of ours"),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A port that behaves as it is told, the last behaviour for ever, and can be made to hang.
#[derive(Clone)]
struct Rig {
    behaviours: Arc<Mutex<VecDeque<Behaviour>>>,
    /// The far ends, so that a silent line stays open.
    far: Arc<Mutex<Vec<DuplexStream>>>,
    opened: Arc<AtomicUsize>,
    hangs: Arc<(Mutex<Hang>, Condvar)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Hang {
    Not,
    Opening,
    Closing,
}

impl Rig {
    fn new(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        Self {
            behaviours: Arc::new(Mutex::new(behaviours.into_iter().collect())),
            far: Arc::default(),
            opened: Arc::default(),
            hangs: Arc::new((Mutex::new(Hang::Not), Condvar::new())),
        }
    }

    fn hang(&self, hang: Hang) {
        *self.hangs.0.lock().unwrap() = hang;
        self.hangs.1.notify_all();
    }

    fn wait_while(&self, hang: Hang) {
        let state = self.hangs.0.lock().unwrap();
        drop(self.hangs.1.wait_while(state, |now| *now == hang).unwrap());
    }

    fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    fn start(&self) -> Started {
        start(Access::new(self.clone()))
    }
}

type Started = (
    JoinHandle<()>,
    mpsc::Receiver<PortEvent>,
    mpsc::Sender<Vec<u8>>,
);

/// Keeps a line open: its task, what happens on it, and what is sent there.
fn start(way: impl Way + 'static) -> Started {
    let (events, ports) = mpsc::channel(1024);
    let (poll, transmit) = mpsc::channel(8);
    let task = tokio::spawn(async move { supervise(&teller(events), transmit, way).await });
    (task, ports, poll)
}

impl Socket for Rig {
    type Line = Line;

    fn open(&self) -> Result<Line, String> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.wait_while(Hang::Opening);
        let mut behaviours = self.behaviours.lock().unwrap();
        let behaviour = if behaviours.len() > 1 {
            behaviours.pop_front()
        } else {
            None
        };
        let behaviour = behaviour.as_ref().or_else(|| behaviours.front());
        let (ours, theirs) = duplex(64);
        match behaviour {
            Some(Behaviour::Panics) => return Ok(Line::Panics),
            Some(Behaviour::Dead) | None => {}
            Some(Behaviour::Silent) => self.far.lock().unwrap().push(theirs),
        }
        Ok(Line::Silent(ours))
    }

    fn close(&self, line: Line) {
        self.wait_while(Hang::Closing);
        drop(line);
    }
}

/// Lets virtual time pass in small steps, also while a thread hangs, which stops the automatic
/// advance; each step lets threads that do not hang come to their end.
async fn pass(time: Duration) {
    let step = Duration::from_millis(100);
    for _ in 0..time.as_millis() / step.as_millis() {
        tokio::time::advance(step).await;
        for _ in 0..20 {
            std::thread::yield_now();
            yield_now().await;
        }
    }
}

async fn changes(ports: &mut mpsc::Receiver<PortEvent>, count: usize) -> Vec<PortChange> {
    let mut changes = Vec::new();
    while changes.len() < count {
        changes.push(ports.recv().await.expect("the port goes on").what);
    }
    changes
}

#[tokio::test(start_paused = true)]
async fn a_port_that_dies_at_once_is_opened_about_once_a_second() {
    let rig = Rig::new([Behaviour::Dead]);
    let (task, _ports, _poll) = rig.start();
    sleep(Duration::from_mins(1)).await;
    let opened = rig.opened();
    assert!((50..=90).contains(&opened), "{opened} times in a minute");
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_not_joined_by_a_second_one() {
    let rig = Rig::new([Behaviour::Silent]);
    rig.hang(Hang::Opening);
    let (task, mut ports, _poll) = rig.start();
    pass(Duration::from_mins(1)).await;
    assert_eq!(rig.opened(), 1);
    rig.hang(Hang::Not);
    let first = changes(&mut ports, 1).await;
    assert!(
        matches!(first[..], [PortChange::Opened { .. }]),
        "{first:?}"
    );
    assert_eq!(rig.opened(), 1, "the late one is used");
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_port_is_not_opened_while_the_kernel_holds_the_old_one() {
    let rig = Rig::new([Behaviour::Dead, Behaviour::Silent]);
    rig.hang(Hang::Closing);
    let (task, mut ports, _poll) = rig.start();
    pass(Duration::from_mins(1)).await;
    let told = changes(&mut ports, 2).await;
    assert!(
        matches!(told[..], [PortChange::Opened { .. }, PortChange::Closed]),
        "the loss is told at once: {told:?}"
    );
    assert_eq!(rig.opened(), 1);
    rig.hang(Hang::Not);
    let told = changes(&mut ports, 1).await;
    assert!(matches!(told[..], [PortChange::Opened { .. }]), "{told:?}");
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_ports_task_is_a_lost_port_that_is_opened_again() {
    let rig = Rig::new([Behaviour::Panics, Behaviour::Panics, Behaviour::Silent]);
    let (task, mut ports, _poll) = rig.start();
    let told = changes(&mut ports, 5).await;
    let opened = |change: &PortChange| matches!(change, PortChange::Opened { .. });
    let opened: Vec<bool> = told.iter().map(opened).collect();
    assert_eq!(opened, [true, false, true, false, true], "{told:?}");
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_ports_task_that_always_panics_is_left_alone_for_half_a_minute() {
    let rig = Rig::new([Behaviour::Panics]);
    let (task, _ports, _poll) = rig.start();
    sleep(Duration::from_mins(2)).await;
    let opened = rig.opened();
    assert!((6..=20).contains(&opened), "{opened} times in two minutes");
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_port_ends_when_nobody_wants_its_bytes() {
    let rig = Rig::new([Behaviour::Silent]);
    let (task, mut ports, poll) = rig.start();
    changes(&mut ports, 1).await;
    drop((ports, poll));
    task.await.unwrap();
}
