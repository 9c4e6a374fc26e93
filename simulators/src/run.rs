//! A simulated device in real time: a simulator, a patient and a line, joined by one task.
//!
//! The task sleeps until the device has something to send or the host has sent something. A
//! device that sends often is let sleep a little longer and then catches up frame by frame,
//! each with the patient of its own moment.

use std::borrow::Cow;
use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chairside_protocol::LineSettings;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep_until;
use tracing::{debug, info, warn};

use crate::clock::Clock;
use crate::device::Simulator;
use crate::fault::{Faults, FaultyLine};
use crate::line::{DeviceEnd, Host, Link, leads_nowhere};
use crate::network::NetworkEnd;
use crate::pace::{Pace, Speed};
use crate::patient::Patient;
use crate::uart;

/// Devices send by themselves at multiples of this only: those that share a clock wake together,
/// and 75 frames a second are 25 wake-ups.
const BATCH: Duration = Duration::from_millis(40);

/// How often a line without a host is looked at; nothing else tells that one has come.
const HOST_CHECK: Duration = Duration::from_millis(50);

/// How often it is looked whether somebody has removed the link; a multiple of [`BATCH`].
const LINK_CHECK: Duration = Duration::from_millis(240);

/// A device that woke up later than this (a stopped process) does not send what it missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// Orders that may wait; each is answered before the next is given.
const COMMANDS_MAX: usize = 4;

/// Bytes of a host taken at once; a request has a few.
const RECEIVE_BUFFER: usize = 256;

/// Everything a simulated device is made of.
#[derive(Debug)]
pub struct DevicePlan {
    /// How it speaks.
    pub simulator: Box<dyn Simulator>,
    /// Whom it is connected to.
    pub patient: Arc<dyn Patient>,
    /// How fast the patient's story runs.
    pub speed: Speed,
    /// What the line does to its bytes.
    pub faults: Faults,
    /// Where the line's chance begins.
    pub seed: u64,
    /// Where the host finds it.
    pub place: Place,
    /// The time it lives in. Devices of one patient share a clock.
    pub clock: Clock,
}

/// Where a host finds a simulated device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A pseudo-terminal behind a symbolic link at this path.
    Link(PathBuf),
    /// The device waits at this address for the host to connect; port 0 takes a free one.
    Listens(SocketAddr),
    /// The device connects to the host at this address, over and over.
    Connects(SocketAddr),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(path) => path.display().fmt(f),
            Self::Listens(address) => write!(f, "{address}, where it waits"),
            Self::Connects(address) => write!(f, "{address}, to which it connects"),
        }
    }
}

/// A running simulated device. It ends, and its link goes, when this is dropped.
///
/// The cable can be pulled from outside of the program too: by removing the link. A link that
/// leads nowhere, put in its place, plugs it in again.
#[derive(Debug)]
pub struct SimulatedDevice {
    place: Place,
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
enum Command {
    Unplug(oneshot::Sender<()>),
    Replug(oneshot::Sender<io::Result<()>>),
    Spoil(Faults, oneshot::Sender<()>),
    SetLine(Option<LineSettings>, oneshot::Sender<()>),
}

impl SimulatedDevice {
    /// Plugs a device in and switches it on. Needs a running tokio runtime; when this returns,
    /// the link is there.
    ///
    /// # Errors
    ///
    /// When no pseudo-terminal can be had, the link cannot be made, or the address is taken.
    pub fn start(plan: DevicePlan) -> io::Result<Self> {
        let runner = Runner::new(plan)?;
        let (commands, orders) = mpsc::channel(COMMANDS_MAX);
        Ok(Self {
            place: runner.place.clone(),
            commands,
            task: tokio::spawn(runner.run(orders)),
        })
    }

    /// Returns where the host finds it, with the port that was taken.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Pulls the cable: the pseudo-terminal goes, and its link. The device itself goes on.
    pub async fn unplug(&self) {
        let (done, told) = oneshot::channel();
        // An ended task is as unplugged as can be.
        let _ = self.commands.send(Command::Unplug(done)).await;
        let _ = told.await;
    }

    /// Plugs the cable in again: another pseudo-terminal behind the same link. A cable that is
    /// plugged in is pulled first.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn replug(&self) -> io::Result<()> {
        let ended = || io::Error::other("the simulated device has ended");
        let (done, told) = oneshot::channel();
        self.commands
            .send(Command::Replug(done))
            .await
            .map_err(|_unsent| ended())?;
        told.await.map_err(|_ended| ended())?
    }

    /// Makes the line as good or bad as this from now on.
    pub async fn spoil(&self, faults: Faults) {
        let (done, told) = oneshot::channel();
        let _ = self.commands.send(Command::Spoil(faults, done)).await;
        let _ = told.await;
    }

    /// Sets the device's end of the line: where the host's end is set otherwise, either side hears
    /// what a receiver makes of it. Without settings the device has those of the host, as it has
    /// from the start.
    pub async fn set_line(&self, settings: Option<LineSettings>) {
        let (done, told) = oneshot::channel();
        let _ = self.commands.send(Command::SetLine(settings, done)).await;
        let _ = told.await;
    }

    /// Switches the device off and waits until its link is gone.
    pub async fn stop(self) {
        drop(self.commands);
        // A task that panicked has ended as well, and dropped its link.
        let _ = self.task.await;
    }
}

#[derive(Debug)]
struct Runner {
    simulator: Box<dyn Simulator>,
    patient: Arc<dyn Patient>,
    pace: Pace,
    line: FaultyLine,
    /// How the device's end of the line is set, when it is not as the host's.
    settings: Option<LineSettings>,
    clock: Clock,
    place: Place,
    cable: Cable,
    /// When the link is looked at next.
    link_check: Duration,
    /// When the device last had its turn.
    last_turn: Duration,
    sent: Vec<u8>,
    wire: Vec<u8>,
}

#[derive(Debug)]
enum Cable {
    In(Plug),
    /// Pulled by an order, and plugged in again by one.
    Out,
    /// Pulled by removing the link.
    PulledByHand,
}

impl Cable {
    fn plug(&mut self) -> Option<&mut Plug> {
        match self {
            Self::In(plug) => Some(plug),
            Self::Out | Self::PulledByHand => None,
        }
    }
}

/// A cable that is plugged in. The link goes first, then what it points to.
#[derive(Debug)]
enum Plug {
    Terminal { link: Link, end: DeviceEnd },
    Network(NetworkEnd),
}

impl Plug {
    fn new(place: &Place) -> io::Result<Self> {
        Ok(match place {
            Place::Link(path) => {
                let end = DeviceEnd::open()?;
                Self::Terminal {
                    link: Link::create(path, end.path())?,
                    end,
                }
            }
            Place::Listens(address) => Self::Network(NetworkEnd::listen(*address)?),
            Place::Connects(address) => Self::Network(NetworkEnd::connect(*address)),
        })
    }

    /// Tells whether somebody has removed the link that there was.
    fn is_pulled(&self) -> bool {
        match self {
            Self::Terminal { link, .. } => !link.is_there(),
            Self::Network(_) => false,
        }
    }

    fn has_host(&self) -> bool {
        match self {
            Self::Terminal { end, .. } => end.has_host(),
            Self::Network(end) => end.has_host(),
        }
    }

    fn look(&mut self, buffer: &mut [u8]) -> Host {
        match self {
            Self::Terminal { end, .. } => end.look(buffer),
            Self::Network(end) => end.look(),
        }
    }

    async fn receive(&mut self, buffer: &mut [u8]) -> Host {
        match self {
            Self::Terminal { end, .. } => end.receive(buffer).await,
            Self::Network(end) => end.receive(buffer).await,
        }
    }

    fn send(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::Terminal { end, .. } => end.send(bytes),
            Self::Network(end) => end.send(bytes),
        }
    }
}

/// Why the task woke up.
enum Woken {
    Ended,
    Ordered(Command),
    Received(usize),
    HostGone,
    Due,
}

impl Runner {
    fn new(plan: DevicePlan) -> io::Result<Self> {
        let now = plan.clock.now();
        let plug = Plug::new(&plan.place)?;
        let place = match &plug {
            Plug::Network(end) => end.place()?,
            Plug::Terminal { .. } => plan.place,
        };
        debug!(%place, seed = plan.seed, "Simulated device plugged in.");
        Ok(Self {
            cable: Cable::In(plug),
            simulator: plan.simulator,
            patient: plan.patient,
            pace: Pace::new(plan.speed),
            line: FaultyLine::new(plan.faults, plan.seed),
            settings: None,
            clock: plan.clock,
            place,
            link_check: next_multiple(now + LINK_CHECK, LINK_CHECK),
            last_turn: now,
            sent: Vec::new(),
            wire: Vec::new(),
        })
    }

    async fn run(mut self, mut orders: mpsc::Receiver<Command>) {
        let mut buffer = [0; RECEIVE_BUFFER];
        loop {
            match self.wait(&mut orders, &mut buffer).await {
                Woken::Ended => return,
                Woken::Ordered(command) => self.obey(command),
                Woken::Received(bytes) => self.turn(&buffer[..bytes]),
                Woken::HostGone => {
                    debug!(place = %self.place, "The host has closed the line.");
                }
                Woken::Due => {
                    self.look_after_link();
                    let bytes = self.look_for_host(&mut buffer);
                    self.turn(&buffer[..bytes]);
                }
            }
        }
    }

    async fn wait(&mut self, orders: &mut mpsc::Receiver<Command>, buffer: &mut [u8]) -> Woken {
        let due = self.clock.timer(self.next_turn());
        let received = async {
            match self.cable.plug() {
                Some(plug) => plug.receive(buffer).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            order = orders.recv() => order.map_or(Woken::Ended, Woken::Ordered),
            host = received => match host {
                Host::Present(bytes) => Woken::Received(bytes),
                Host::Absent => Woken::HostGone,
            },
            () = sleep_until(due) => Woken::Due,
        }
    }

    fn next_turn(&self) -> Duration {
        let frames = self
            .simulator
            .next_deadline()
            .map(|deadline| next_multiple(deadline, BATCH));
        let host = match &self.cable {
            Cable::In(plug) if !plug.has_host() => Some(self.last_turn + HOST_CHECK),
            Cable::In(_) | Cable::Out | Cable::PulledByHand => None,
        };
        let line = self.line.next_deadline(self.last_turn);
        let others = [frames, host, line].into_iter().flatten();
        others.fold(self.link_check, Duration::min)
    }

    fn obey(&mut self, command: Command) {
        // Whoever gave the order may have gone.
        match command {
            Command::Unplug(done) => {
                self.cable = Cable::Out;
                info!(place = %self.place, "Simulated device unplugged.");
                let _ = done.send(());
            }
            Command::Replug(done) => {
                // The old link must not be dropped after the new one is there.
                self.cable = Cable::Out;
                let _ = done.send(self.plug_in());
            }
            Command::Spoil(faults, done) => {
                self.line.change(faults, self.clock.now());
                let _ = done.send(());
            }
            Command::SetLine(settings, done) => {
                self.settings = settings;
                let _ = done.send(());
            }
        }
    }

    fn plug_in(&mut self) -> io::Result<()> {
        self.cable = Cable::In(Plug::new(&self.place)?);
        info!(place = %self.place, "Simulated device plugged in again.");
        Ok(())
    }

    /// Notices that somebody has pulled the cable by removing the link, or plugged it in again.
    fn look_after_link(&mut self) {
        let now = self.clock.now();
        if now < self.link_check {
            return;
        }
        self.link_check = next_multiple(now + LINK_CHECK, LINK_CHECK);
        match &self.cable {
            Cable::In(plug) if plug.is_pulled() => {
                info!(place = %self.place, "Link removed: simulated device unplugged.");
                self.cable = Cable::PulledByHand;
            }
            Cable::PulledByHand if matches!(&self.place, Place::Link(path) if leads_nowhere(path)) => {
                if let Err(error) = self.plug_in() {
                    warn!(place = %self.place, %error, "Cannot be plugged in.");
                }
            }
            Cable::In(_) | Cable::Out | Cable::PulledByHand => {}
        }
    }

    /// Looks whether a host has come, and returns how many bytes it has sent.
    fn look_for_host(&mut self, buffer: &mut [u8]) -> usize {
        let Some(plug) = self.cable.plug().filter(|plug| !plug.has_host()) else {
            return 0;
        };
        match plug.look(buffer) {
            Host::Absent => 0,
            Host::Present(bytes) => {
                debug!(place = %self.place, "A host has opened the line.");
                bytes
            }
        }
    }

    /// Lets the device send what is due and answer what was received.
    fn turn(&mut self, received: &[u8]) {
        let now = self.clock.now().max(self.last_turn);
        self.sent.clear();
        self.send_due(now);
        let link_down = self.patient.link_down(self.pace.story_time(now));
        // The device's end of the line and the host's, where they differ.
        let ends = self.settings.zip(self.host_settings());
        let ends = ends.filter(|(device, host)| !uart::fits(*device, *host));
        let received = ends.map_or(Cow::Borrowed(received), |(device, host)| {
            uart::received(received, host, device).into()
        });
        if !received.is_empty() && !link_down {
            let vitals = self.pace.vitals(self.patient.as_ref(), now);
            self.simulator
                .handle(now, &received, &vitals, &mut self.sent);
        }
        if link_down {
            self.sent.clear();
        }
        self.wire.clear();
        self.line.handle(now, &self.sent, &mut self.wire);
        if let Some((device, host)) = ends {
            self.wire = uart::received(&self.wire, device, host);
        }
        self.last_turn = now;
        if let Some(plug) = self.cable.plug().filter(|plug| plug.has_host()) {
            let sent = plug.send(&self.wire);
            if sent < self.wire.len() {
                let lost = self.wire.len() - sent;
                debug!(place = %self.place, lost, "The host does not read.");
            }
        }
    }

    fn host_settings(&mut self) -> Option<LineSettings> {
        match self.cable.plug()? {
            Plug::Terminal { end, .. } if end.has_host() => end.host_settings().ok(),
            // A network has no rate.
            Plug::Terminal { .. } | Plug::Network(_) => None,
        }
    }

    fn send_due(&mut self, now: Duration) {
        while let Some(due) = self.simulator.next_deadline().filter(|due| *due <= now) {
            // A deadline can be older than the last answer to a host; time never falls.
            let at = due.max(self.last_turn);
            let vitals = self.pace.vitals(self.patient.as_ref(), at);
            self.simulator.handle(at, &[], &vitals, &mut self.sent);
            if due + CATCH_UP_MAX < now {
                self.sent.clear();
            }
            assert!(
                self.simulator.next_deadline() != Some(due),
                "a simulator that had its turn wants the next one later"
            );
        }
    }
}

/// Returns the first multiple of a step that is not before a moment.
fn next_multiple(at: Duration, step: Duration) -> Duration {
    let steps = at.as_nanos().div_ceil(step.as_nanos());
    step.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}
