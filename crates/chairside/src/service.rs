//! The loop in which everything meets: ports, people, the clock, the core, the record, the feed.
//!
//! The core decides; this loop carries. What a client is told of has been handed to the kernel
//! first (`docs/adr/0005-alarms-never-wait.md`), unless that takes longer than `PROMISE_WAIT`:
//! then the client is told all the same, and the record says so.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{Act, OperatorAction, Refusal, Role};
use chairside_care::Care;
use chairside_model::{BedId, CuffAnswer, DeviceId, MonoTime};
use chairside_protocol::LineInput;
use chairside_station::{Record, Station, StationInput, StationOutput};
use chairside_store::{ActionRow, DayCheck, Recorder, is_promise};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep_until, timeout};
use tracing::{info, warn};

use crate::clock::Clock;
use crate::notify::{Notify, TestReply};
use crate::port::{PortChange, PortEvent};
use crate::remedy::without_numbers;
use crate::training::Patients;
use crate::web::hub::{HEARTBEAT_PERIOD, Hub};

mod care;
mod orders;
mod reach;
mod sound;
mod training;

pub use self::care::{CareDone, CareOutcome, Cared, WantedCare};
use self::orders::Orders;
use self::reach::{Reach, no_station_stands};
pub use self::sound::Sound;
pub(crate) use self::sound::TONES;
use self::sound::every_tone;
pub use self::training::WantedSteer;

/// An alarm waits no longer than this for the kernel to take it.
const PROMISE_WAIT: Duration = Duration::from_millis(50);

/// A person's action waits no longer than this for its commit; then it is done all the same, and
/// the answer carries a warning: a full disk must not keep a nurse from acknowledging.
const COMMIT_WAIT: Duration = Duration::from_secs(2);

/// A signature holds whenever it comes to be on record; whoever signed is told sooner that it is
/// not there yet.
const SIGN_WAIT: Duration = Duration::from_hours(24);

/// Port events taken in one go before clients are told.
const EVENTS_AT_ONCE: usize = 64;

/// What the loop owns and talks to.
#[derive(Debug)]
pub struct Service {
    /// The core.
    pub station: Station,
    /// Whether a person heard the test sound today.
    pub sound: Sound,
    /// The record on disk.
    pub recorder: Recorder,
    /// The live feed.
    pub hub: Arc<Hub>,
    /// The only clock.
    pub clock: Clock,
    /// What happens on the ports.
    pub ports: mpsc::Receiver<PortEvent>,
    /// What people want.
    pub commands: mpsc::Receiver<Command>,
    /// Bytes for each port.
    pub transmit: BTreeMap<DeviceId, mpsc::Sender<Vec<u8>>>,
    /// Who is called who is not at a screen.
    pub notify: Notify,
    /// The simulated patients whom a trainer can steer.
    pub patients: Patients,
    /// What people had done in treatment sessions before this run.
    pub cared: Cared,
    /// What the core has said already, when it went on where an earlier run ended.
    pub out: StationOutput,
}

/// What is called when something is on record, or cannot be put there.
pub struct OnRecord(pub Box<dyn FnOnce(Result<(), String>) + Send>);

impl fmt::Debug for OnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnRecord").finish_non_exhaustive()
    }
}

/// What people want of the loop.
#[derive(Debug)]
pub enum Command {
    /// Do something to an alarm, or to the sound of a bed at a station.
    Act(Wanted, oneshot::Sender<Outcome>),
    /// Do something in a treatment session.
    Treat(Box<WantedCare>, oneshot::Sender<CareOutcome>),
    /// Tell the treatment sessions of a bed as they stand; nothing while its part of the program
    /// has failed.
    LookAtCare(BedId, oneshot::Sender<Option<Care>>),
    /// Do something to a simulated patient, and answer when it is on record and done.
    Steer(WantedSteer, oneshot::Sender<()>),
    /// Put a day-start check on record that a person signed, and call back when it is there.
    Check(DayCheck, OnRecord),
    /// Send a test by a channel, and say what became of the first attempt.
    Test {
        /// The person, by id.
        person: String,
        /// The channel, by name.
        channel: String,
        /// Who wants to know.
        reply: TestReply,
    },
    /// A person has received a message; answered with whether there is such a one of theirs.
    Received {
        /// Its message's key.
        key: String,
        /// Who says so of a test, by id, where that is said: the right to say it may be the
        /// message's own.
        by: Option<String>,
        /// Who wants to know.
        reply: oneshot::Sender<bool>,
    },
    /// Finish what is under way and end.
    Stop,
}

/// What a person wants done.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The bed.
    pub bed: BedId,
    /// What.
    pub action: OperatorAction,
    /// The person, by id.
    pub by: String,
    /// The person's role.
    pub role: Role,
    /// Where it was done, as the client calls itself.
    pub station: Option<String>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The last call that the person had before their eyes, if the client said.
    pub call: Option<u64>,
    /// The client's name for the request.
    pub request: String,
}

impl Wanted {
    fn act(&self) -> Act<'_> {
        Act {
            action: self.action,
            by: &self.by,
            station: self.station.as_deref(),
            reason: self.reason.as_deref(),
            call: self.call,
        }
    }
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done and in the record.
    Done,
    /// Done, and the record does not have it yet.
    NotRecorded(String),
    /// Not done.
    Refused(Refusal),
    /// The order was given to the device, and this became of it; never [`CuffAnswer::Done`].
    Answered(CuffAnswer),
}

/// An action whose intent is on its way to the disk.
#[derive(Debug)]
struct Pending {
    what: Intended,
    give_up: MonoTime,
}

/// What a person wants, and who wants to know what became of it.
#[derive(Debug)]
enum Intended {
    Act(Wanted, oneshot::Sender<Outcome>),
    Treat(Box<WantedCare>, oneshot::Sender<CareOutcome>),
    Sign(Signed, OnRecord),
}

/// What a day-start check says of the sound.
#[derive(Clone, Copy, Debug)]
struct Signed {
    at: MonoTime,
    /// A person heard every tone.
    heard: bool,
}

/// What the writer said of an intent.
type Committed = (u64, Result<(), String>);

#[derive(Debug)]
struct Running {
    service: Service,
    out: StationOutput,
    /// The station's time never falls, also when a port's stamp is older than the last tick.
    now: MonoTime,
    heartbeat_due: MonoTime,
    /// Whom the alarms reach.
    reach: Reach,
    pending: BTreeMap<u64, Pending>,
    next_pending: u64,
    orders: Orders,
    committed: mpsc::UnboundedSender<Committed>,
    /// A hand-over that was not confirmed in time: nothing waits behind it.
    unconfirmed: Option<oneshot::Receiver<bool>>,
}

impl Service {
    /// Runs until [`Command::Stop`], and gives the recorder back so that it can be closed.
    pub async fn run(mut self) -> Recorder {
        let (committed, mut commits) = mpsc::unbounded_channel();
        let now = self.clock.now();
        let reach = Reach::resume(now, no_station_stands(&self.station));
        if reach.nobody_hears() {
            self.notify.heard(now, false, &self.recorder);
        }
        let mut running = Running {
            out: std::mem::take(&mut self.out),
            service: self,
            now,
            heartbeat_due: now,
            reach,
            pending: BTreeMap::new(),
            next_pending: 0,
            orders: Orders::default(),
            committed,
            unconfirmed: None,
        };
        running.listen();
        running.release().await;
        while running.turn(&mut commits).await {}
        running.service.recorder
    }
}

impl Running {
    /// Waits for one thing, does it and tells of it; false when it was the order to stop.
    async fn turn(&mut self, commits: &mut mpsc::UnboundedReceiver<Committed>) -> bool {
        let wake = self.service.clock.timer(self.next_wake());
        // Taken in turn and not by rank: a flooded port must not keep a nurse waiting.
        tokio::select! {
            Some(event) = self.service.ports.recv() => self.take(&event),
            command = self.service.commands.recv() => match command {
                Some(Command::Act(what, reply)) => self.intend(what, reply),
                Some(Command::Treat(what, reply)) => self.intend_care(what, reply),
                Some(Command::LookAtCare(bed, reply)) => {
                    // Whoever asked may have gone.
                    let _ = reply.send(self.service.station.care(bed).cloned());
                }
                Some(Command::Steer(what, reply)) => self.train(what, reply).await,
                Some(Command::Check(check, done)) => self.sign(check, done),
                Some(Command::Test { person, channel, reply }) => {
                    self.now = self.now.max(self.service.clock.now());
                    let recorder = &self.service.recorder;
                    let way = (&*person, &*channel);
                    self.service.notify.test(self.now, way, reply, recorder);
                }
                Some(Command::Received { key, by, reply }) => {
                    self.now = self.now.max(self.service.clock.now());
                    let recorder = &self.service.recorder;
                    let by = by.as_deref();
                    let known = self.service.notify.received(self.now, &key, by, recorder);
                    // Whoever said so may have gone.
                    let _ = reply.send(known);
                }
                Some(Command::Stop) | None => return false,
            },
            Some((id, result)) = commits.recv() => self.apply(id, result).await,
            tried = self.service.notify.outcome() => {
                self.now = self.now.max(self.service.clock.now());
                self.service.notify.tried(self.now, &tried, &self.service.recorder);
            }
            () = sleep_until(wake) => {}
        }
        // Everything that came before the tick is older than it.
        for _ in 0..EVENTS_AT_ONCE {
            let Ok(event) = self.service.ports.try_recv() else {
                break;
            };
            self.take(&event);
        }
        self.tick().await;
        self.release().await;
        let Service {
            notify, station, ..
        } = &self.service;
        notify.sound(station, self.reach.nobody_hears());
        true
    }

    fn next_wake(&self) -> MonoTime {
        let give_up = self.pending.values().map(|pending| pending.give_up);
        let deadline = self.service.station.next_deadline();
        deadline
            .into_iter()
            .chain(give_up)
            .chain(self.service.notify.next_deadline())
            .chain(self.orders.next_deadline())
            .chain(self.reach.next_deadline())
            .fold(self.heartbeat_due, MonoTime::min)
    }

    fn take(&mut self, event: &PortEvent) {
        self.now = self.now.max(event.at);
        let input = match &event.what {
            PortChange::Opened { simulated } => {
                let simulated = StationInput::Simulated(event.device, *simulated);
                let station = &mut self.service.station;
                station.handle(self.now, simulated, &mut self.out);
                LineInput::Opened
            }
            PortChange::Received(bytes) => LineInput::Received(bytes),
            PortChange::Closed => LineInput::Closed,
        };
        self.service.station.handle(
            self.now,
            StationInput::Line(event.device, input),
            &mut self.out,
        );
    }

    async fn tick(&mut self) {
        self.now = self.now.max(self.service.clock.now());
        if self
            .service
            .station
            .next_deadline()
            .is_some_and(|deadline| deadline <= self.now)
        {
            self.service
                .station
                .handle(self.now, StationInput::Tick, &mut self.out);
        }
        let late: Vec<u64> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.give_up <= self.now)
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.apply(id, Err("the record is slow".to_owned())).await;
        }
        self.orders.give_up(self.now);
        self.service.notify.tick(self.now, &self.service.recorder);
        let Service {
            notify, station, ..
        } = &mut self.service;
        self.reach.called(self.now, notify, station, &mut self.out);
        let heard_by_now = self.reach.next_deadline();
        if heard_by_now.is_some_and(|due| due <= self.now) {
            self.watch_the_displays();
        }
        if self.heartbeat_due <= self.now {
            self.watch_the_record();
            self.watch_the_displays();
            self.listen();
            self.service.notify.look(self.now);
            self.release().await;
            let Service { hub, station, .. } = &self.service;
            hub.checks_due(self.now, station);
            hub.heartbeat(self.now);
            self.heartbeat_due = self.now + HEARTBEAT_PERIOD;
        }
    }

    /// Notices, once a second, that the record stopped or goes on.
    fn watch_the_record(&mut self) {
        let status = self.service.recorder.status();
        let last_error = status.last_error.as_deref().map(without_numbers);
        if self
            .service
            .hub
            .recorder(self.now, status.running, last_error)
        {
            let input = StationInput::Recording(status.running);
            self.service.station.handle(self.now, input, &mut self.out);
        }
    }

    /// Notices who hears, and lets those who are called know: once a second, and when it has been
    /// nobody for so long that nobody is waited for.
    fn watch_the_displays(&mut self) {
        let Service { hub, station, .. } = &mut self.service;
        let turned = self.reach.look(self.now, hub, station, &mut self.out);
        if let Some(heard) = turned {
            let (notify, recorder) = (&mut self.service.notify, &self.service.recorder);
            notify.heard(self.now, heard, recorder);
        }
    }

    /// Puts a person's intent on record; it is applied once it is there.
    fn intend(&mut self, mut what: Wanted, reply: oneshot::Sender<Outcome>) {
        if what.action.is_about_sound() {
            // What calls while the intent goes to the disk was heard by nobody.
            what.call = what
                .call
                .or_else(|| self.service.station.last_call(what.bed));
        }
        if let Err(refusal) = self.check(&what) {
            // Whoever asked may have gone.
            let _ = reply.send(Outcome::Refused(refusal));
            return;
        }
        let row = ActionRow {
            at: self.service.clock.now(),
            bed: what.bed,
            action: what.action.into(),
            by: what.by.clone(),
            station: what.station.clone(),
            reason: what.reason.clone(),
            request: what.request.clone(),
        };
        self.put_on_record(row, Intended::Act(what, reply));
    }

    /// Commits an intent, and keeps it until that is done or has taken too long.
    fn put_on_record(&mut self, row: ActionRow, what: Intended) {
        let (id, committed) = self.pend(what, COMMIT_WAIT);
        self.service.recorder.commit_action(row, move |result| {
            // Nobody listens any more only when the service is ending.
            let _ = committed.send((id, result.map_err(|error| error.to_string())));
        });
    }

    /// Keeps an intent until it is on record or that has taken too long.
    fn pend(&mut self, what: Intended, wait: Duration) -> (u64, mpsc::UnboundedSender<Committed>) {
        let id = self.next_pending;
        self.next_pending += 1;
        let give_up = self.now + wait;
        self.pending.insert(id, Pending { what, give_up });
        (id, self.committed.clone())
    }

    /// Puts a day-start check on record.
    fn sign(&mut self, check: DayCheck, done: OnRecord) {
        let (at, heard) = (check.at, every_tone(&check));
        let (id, committed) = self.pend(Intended::Sign(Signed { at, heard }, done), SIGN_WAIT);
        self.service.recorder.commit_check(check, move |result| {
            // Nobody listens any more only when the service is ending.
            let _ = committed.send((id, result.map_err(|error| error.to_string())));
        });
    }

    /// Goes by a check that is on record, and only then tells the person.
    fn signed(&mut self, signed: Signed, done: OnRecord, committed: Result<(), String>) {
        if committed.is_ok() {
            let at = self.service.clock.wall(signed.at);
            self.service.sound.signed(at, signed.heard);
            self.listen();
        }
        (done.0)(committed);
    }

    /// Lets the core know whether the sound was heard today: it was not, on the next day.
    fn listen(&mut self) {
        let now = self.service.clock.wall(self.now);
        if let Some(heard) = self.service.sound.look(now) {
            self.service.station.sound_heard(heard);
        }
    }

    /// Tells whether it can be done now.
    fn check(&self, what: &Wanted) -> Result<(), Refusal> {
        let Service { station, hub, .. } = &self.service;
        station.check(what.bed, &what.act(), what.role)?;
        // An old message must not put its reader in the place of who has seen more.
        let is_old = |call| hub.with_view(|view| view.others_know_more(what.bed, &what.by, call));
        if what.action.answered_call().is_some_and(is_old) {
            return Err(Refusal::CalledSince);
        }
        Ok(())
    }

    /// Does what a person wanted, tells everybody, and only then the person.
    async fn apply(&mut self, id: u64, committed: Result<(), String>) {
        // A commit that comes after its action was given up finds nothing to do.
        let Some(pending) = self.pending.remove(&id) else {
            return;
        };
        self.now = self.now.max(self.service.clock.now());
        match pending.what {
            Intended::Act(what, reply) => self.act(what, reply, committed).await,
            Intended::Treat(what, reply) => self.treat(*what, reply, committed).await,
            Intended::Sign(signed, done) => self.signed(signed, done, committed),
        }
    }

    async fn act(
        &mut self,
        what: Wanted,
        reply: oneshot::Sender<Outcome>,
        committed: Result<(), String>,
    ) {
        let done = self.check(&what).and_then(|()| {
            let station = &mut self.service.station;
            station.act(self.now, what.bed, &what.act(), &mut self.out)
        });
        let outcome = match (done, committed) {
            (Err(refusal), _) => Outcome::Refused(refusal),
            (Ok(()), Ok(())) => Outcome::Done,
            (Ok(()), Err(why)) => {
                warn!(bed = %what.bed, by = what.by, why, "Action done, not yet on record.");
                Outcome::NotRecorded(without_numbers(&why))
            }
        };
        match (what.action, outcome) {
            (_, refused @ Outcome::Refused(_)) => {
                self.release().await;
                let _ = reply.send(refused);
            }
            (OperatorAction::Cuff(order), done) => {
                // Whoever ordered it is told what the device makes of it.
                self.orders.wait(self.now, (what.bed, order), done, reply);
                self.release().await;
            }
            (_, done) => {
                self.release().await;
                let _ = reply.send(done);
            }
        }
    }

    /// Lets out what the core has given: bytes to the ports, records to the kernel, to the
    /// clients, to the disk; in this order. Tells whether the kernel had what must not be forgotten
    /// before anybody was told of it.
    async fn release(&mut self) -> bool {
        for (device, bytes) in self.out.transmit.drain(..) {
            // A full queue is a port that does not take its bytes: the driver asks again.
            if let Some(port) = self.service.transmit.get(&device) {
                let _ = port.try_send(bytes);
            }
        }
        if self.out.records.is_empty() {
            return true;
        }
        let records: Arc<[Record]> = self.out.records.drain(..).collect();
        let is_promise = records.iter().any(|record| is_promise(&record.entry));
        let handed_over = !is_promise || self.hand_over(&records).await;
        self.service
            .hub
            .publish(self.now, &records, &self.service.station);
        self.orders.take(&records);
        self.service.recorder.append(Arc::clone(&records));
        self.service
            .notify
            .take(self.now, &records, &self.service.recorder);
        handed_over
    }

    /// Gives records to the kernel; false when it does not say in time that it has them.
    async fn hand_over(&mut self, records: &Arc<[Record]>) -> bool {
        if let Some(earlier) = &mut self.unconfirmed {
            match earlier.try_recv() {
                Err(oneshot::error::TryRecvError::Empty) => {}
                Ok(_) | Err(oneshot::error::TryRecvError::Closed) => {
                    self.unconfirmed = None;
                    info!("The kernel takes records in time again.");
                }
            }
        }
        let (done, mut told) = oneshot::channel();
        self.service
            .recorder
            .hand_over(Arc::clone(records), move |result| {
                // Nobody waits any more when it took too long.
                let _ = done.send(result.is_ok());
            });
        if self.unconfirmed.is_none() {
            match timeout(PROMISE_WAIT, &mut told).await {
                Ok(Ok(true)) => return true,
                Ok(Ok(false) | Err(_)) => {}
                Err(_elapsed) => self.unconfirmed = Some(told),
            }
        }
        if let (Some(first), Some(last)) = (records.first(), records.last()) {
            warn!(
                first = first.sequence,
                last = last.sequence,
                "Told before the kernel had it."
            );
            self.service
                .recorder
                .note_late(first.sequence, last.sequence);
        }
        false
    }
}
