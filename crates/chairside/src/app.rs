//! The whole service, started and stopped as one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::Occurrence;
use chairside_model::{BedId, DeviceId};
use chairside_station::{
    BedPlan, DevicePlan, Entry, Feed, LastNumbers, PlanError, Record, Station, StationInput,
    StationOutput,
};
use chairside_store::{Found, Opened, Outbox, Recorder, StoreError, StorePlan};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio::time::timeout;
use tracing::{debug, info, warn};

use crate::clock::Clock;
use crate::config::{Bed, Config, Port};
use crate::notify::Notify;
use crate::port::{Lending, PortEvent, PortPlan, keep_open};
use crate::remedy;
use crate::report::Names;
use crate::service::{Cared, Command, Service, Sound};
use crate::training::{Patients, Simulated};
use crate::turned::{self, TurnedBed};
use crate::web::hub::Hub;
use crate::web::listen::{Limits, answer};
use crate::web::view::{BedInfo, DeviceInfo, View};
use crate::web::{Guard, Ports, Questions, Reach, Web, router, wire};

/// Port events that may wait for the loop: seconds of a full clinic. Full, the ports' tasks wait
/// and the kernel keeps the bytes.
const EVENTS_MAX: usize = 1024;

/// Actions of people that may wait for the loop.
const COMMANDS_MAX: usize = 64;

/// Writes that may wait for a port; a driver asks again, so more would only be old questions.
const TRANSMIT_MAX: usize = 8;

/// What is left of the ports and of the answers under way is given up after this time.
const GOODBYE_TIME: Duration = Duration::from_millis(500);

/// Whether the service may be reached from other machines before it has accounts and TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Only from this machine.
    LoopbackOnly,
    /// From anywhere; whoever reaches it sees and acknowledges everything.
    Unprotected,
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can be reached from outside.
    #[error(
        "{0} can be reached from other machines, and this version has neither accounts nor TLS: \
         whoever reaches it sees every patient and can acknowledge every alarm. Listen on \
         127.0.0.1, or say --allow-unprotected if the network itself is protected"
    )]
    Unprotected(SocketAddr),
    /// The address is not ours to take.
    #[error("cannot listen on {0}: {why}", why = remedy::of_address(.1))]
    Listen(SocketAddr, #[source] io::Error),
    /// The record cannot be opened.
    #[error("the record in {0}: {why}", why = remedy::of_record(.0, .1))]
    Record(String, #[source] StoreError),
    /// The beds contradict each other.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A bed became one for training, or is none any more, in the middle of a session.
    #[error(transparent)]
    Turned(#[from] TurnedBed),
    /// A channel cannot be made.
    #[error("channel {0}: {1}")]
    Channel(String, #[source] chairside_notify::SettingsError),
}

/// The running service.
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    commands: mpsc::Sender<Command>,
    stop: watch::Sender<bool>,
    service: JoinHandle<Recorder>,
    ports: JoinSet<()>,
    web: JoinHandle<()>,
    simulated: Simulated,
}

impl App {
    /// Opens the record, begins to read the ports and to answer.
    ///
    /// # Errors
    ///
    /// When the address, the record, or the plan of the beds cannot be used.
    pub async fn start(
        config: &Config,
        clock: Clock,
        exposure: Exposure,
    ) -> Result<Self, StartError> {
        Self::start_with(config, Patients::default(), clock, exposure).await
    }

    /// The same where others simulate patients too, whom a trainer can steer here.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_with(
        config: &Config,
        patients: Patients,
        clock: Clock,
        exposure: Exposure,
    ) -> Result<Self, StartError> {
        let listen = config.service.listen;
        if exposure == Exposure::LoopbackOnly && !listen.ip().is_loopback() {
            return Err(StartError::Unprotected(listen));
        }
        let listener = TcpListener::bind(listen).await;
        let listener = listener.map_err(|error| StartError::Listen(listen, error))?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Listen(listen, error))?;

        let clinic = Clinic::of(config);
        let (recorder, opened) = clinic.open_record(config, clock)?;
        let mut out = StationOutput::default();
        let last = opened.last_numbers.iter();
        let last = last.filter_map(|(bed, last)| Some((*clinic.bed_ids.get(bed)?, *last)));
        let last = last.collect();
        let plan = (clinic.plan, &clinic.training[..]);
        let (station, earlier) = resume(plan, &recorder, &last, clock, &mut out)?;
        let beds = &clinic.bed_ids;
        turned::refuse(config, beds, &station)?;
        let notify = Notify::new(config, beds, opened.epoch.clone(), clock);
        let mut notify = notify.map_err(|(channel, error)| StartError::Channel(channel, error))?;
        let simulated = simulated(&recorder, &earlier);
        let told = (&earlier[..], &simulated);
        notify.resume(clock.now(), told, &outbox(&recorder, clock), &recorder);
        notify.standing(station.standing());
        let mut view = View::new(clock.zero(), clinic.infos);
        view.resume(&earlier, |bed| station.limits(bed));
        view.resume_care(|bed| station.care(bed));
        match recorder.last_complete_check() {
            Ok(Some(last)) => {
                // Nobody is told yet: it is in the first snapshot.
                let _ = view.checked(wire::LastCheck {
                    at: wire::Time(last.at),
                    by: last.check.by,
                });
            }
            Ok(None) => {}
            Err(error) => warn!(%error, "The last day-start check cannot be read."),
        }
        let hub = Hub::new(
            opened.epoch,
            config.site.clone(),
            people(config),
            clock,
            view,
        );
        let hub = Arc::new(hub);

        // Their ports are there before anybody looks for them.
        let simulated = Simulated::plug_in(config, clock.pace());
        let patients = patients.and(&simulated.patients);
        let (events, ports) = mpsc::channel(EVENTS_MAX);
        let opened_ports = OpenPorts::of(clinic.ports, clock, &events);
        let calling = notify.watched().clone();
        let answers = notify.answers().clone();
        let (commands, wanted) = mpsc::channel(COMMANDS_MAX);
        let service = Service {
            station,
            sound: Sound::of(&recorder),
            recorder,
            hub: Arc::clone(&hub),
            clock,
            ports,
            commands: wanted,
            transmit: opened_ports.transmit,
            notify,
            patients: patients.clone(),
            cared: Cared::of(&earlier),
            out,
        };
        let service = tokio::spawn(service.run());

        let reach = match exposure {
            Exposure::LoopbackOnly => Reach::Loopback,
            Exposure::Unprotected => Reach::Network,
        };
        let guard = Guard::new(reach, &config.service.names);
        let (stop, stopping) = watch::channel(false);
        let web = Web::new(
            hub,
            commands.clone(),
            clock,
            guard,
            questions(config),
            (Ports::new(opened_ports.lent), calling, answers),
            stopping.clone(),
        );
        let web = web.training(patients);
        let web = tokio::spawn(answer(listener, router(web), Limits::SERVICE, stopping));
        info!(%address, beds = config.beds.len(), "Listening.");
        Ok(Self {
            address,
            commands,
            stop,
            service,
            ports: opened_ports.tasks,
            web,
            simulated,
        })
    }

    /// Returns the address that is answered on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the service: says good-bye to clients, closes the ports, completes the record.
    pub async fn stop(mut self) {
        // Each of these may have ended already, which is what is wanted.
        let _ = self.stop.send(true);
        let _ = self.commands.send(Command::Stop).await;
        match self.service.await {
            Ok(recorder) => {
                // On a thread of its own, for the disk may keep it waiting, and whoever waits
                // for us has a limit.
                if let Err(error) = spawn_blocking(|| recorder.close()).await {
                    warn!(%error, "Closing the record failed.");
                }
            }
            Err(error) => warn!(%error, "The service had failed."),
        }
        let rest = async {
            while self.ports.join_next().await.is_some() {}
            // However it ended, it has.
            let _ = (&mut self.web).await;
        };
        if timeout(GOODBYE_TIME, rest).await.is_err() {
            debug!("A port or a client did not end in time.");
        }
        self.web.abort();
        self.simulated.stop().await;
    }

    /// Returns when the service has failed by itself; a running one never does.
    pub async fn failed(&mut self) -> String {
        tokio::select! {
            ended = &mut self.service => match ended {
                Ok(_recorder) => "the service's loop ended".to_owned(),
                Err(error) => format!("the service's loop failed: {error}"),
            },
            ended = &mut self.web => format!("answering ended: {ended:?}"),
        }
    }
}

/// The tasks that keep the ports open, and what reaches them.
struct OpenPorts {
    tasks: JoinSet<()>,
    transmit: BTreeMap<DeviceId, mpsc::Sender<Vec<u8>>>,
    lent: BTreeMap<PathBuf, Lending>,
}

impl OpenPorts {
    fn of(ports: Vec<PortPlan>, clock: Clock, events: &mpsc::Sender<PortEvent>) -> Self {
        let mut open = Self {
            tasks: JoinSet::new(),
            transmit: BTreeMap::new(),
            lent: BTreeMap::new(),
        };
        for port in ports {
            if let Some(path) = port.port.serial_path() {
                open.lent.insert(path.to_owned(), port.lending.clone());
            }
            let (sender, receiver) = mpsc::channel(TRANSMIT_MAX);
            open.transmit.insert(port.device, sender);
            let task = keep_open(port, clock, events.clone(), receiver);
            open.tasks.spawn(task);
        }
        open
    }
}

/// Makes the questions to the record, as the clinic wants them answered.
fn questions(config: &Config) -> Questions {
    let questions = Questions::to(config.service.data.clone());
    let questions = questions.predicting(config.predicted_concentration);
    questions.naming(config.patients.names)
}

/// Makes the station, with its beds for training, as an earlier run left it where there is one;
/// gives back its records.
fn resume(
    (plan, training): (BTreeMap<BedId, BedPlan>, &[BedId]),
    recorder: &Recorder,
    last: &BTreeMap<BedId, LastNumbers>,
    clock: Clock,
    out: &mut StationOutput,
) -> Result<(Station, Vec<Record>), PlanError> {
    let found = recorder.earlier(clock.now()).unwrap_or_else(|error| {
        warn!(%error, "What the last run left cannot be read; alarms are found again.");
        None
    });
    let Some(Found {
        earlier,
        clock_went_back,
    }) = found
    else {
        let mut station = Station::new(plan, clock.whole_second())?;
        for bed in training {
            station.handle(clock.now(), StationInput::Training(*bed), out);
        }
        for (bed, last) in last {
            station.number_after(*bed, *last);
        }
        return Ok((station, Vec::new()));
    };
    if clock_went_back {
        warn!("The wall clock went back since the last run; no time is taken to have passed.");
    }
    let now = clock.now();
    let mut station = Station::resume(plan, training, &earlier, last, now, out)?;
    // It was opened again; what was said of it in the earlier run is over.
    station.handle(now, StationInput::Recording(true), out);
    info!(
        away = ?now.saturating_since(earlier.ended),
        standing = station.standing().count(),
        records = earlier.records.len(),
        took = ?clock.now().saturating_since(now),
        "Going on where the last run ended."
    );
    Ok((station, earlier.records))
}

/// Which of the alarms that earlier runs told last are of what was simulated.
fn simulated(recorder: &Recorder, earlier: &[Record]) -> BTreeSet<(BedId, Occurrence)> {
    let mut last = BTreeMap::new();
    for record in earlier {
        if let Entry::Alarm { bed, transition } = &record.entry {
            last.insert((*bed, transition.id), transition.occurrence);
        }
    }
    let last = last.into_iter();
    recorder
        .simulated_episodes(last.map(|((bed, _), occurrence)| (bed, occurrence)))
        .unwrap_or_else(|error| {
            warn!(%error, "Which alarms were simulated cannot be read; none is taken to be.");
            BTreeSet::new()
        })
}

/// What earlier runs left of the messages to people.
fn outbox(recorder: &Recorder, clock: Clock) -> Outbox {
    recorder
        .earlier_outbox(clock.now())
        .unwrap_or_else(|error| {
            warn!(%error, "What the last run sent cannot be read; calls begin anew.");
            Outbox::default()
        })
}

/// Names the beds and the staff of a configuration, as the record speaks of them.
pub(crate) fn names(config: &Config) -> Names {
    let clinic = Clinic::of(config);
    let beds = clinic.infos.iter().map(|(bed, info)| (*bed, info));
    Names::of(beds, &people(config)).of_patients(config.patients.names)
}

fn people(config: &Config) -> Vec<wire::Person> {
    let person = |person: &crate::config::Staff| wire::Person {
        id: person.id.clone(),
        name: person.name.clone(),
        role: person.role.name().to_owned(),
    };
    config.staff.iter().map(person).collect()
}

/// The configuration in the core's terms: beds and devices by number.
#[derive(Debug, Default)]
struct Clinic {
    plan: BTreeMap<BedId, BedPlan>,
    infos: BTreeMap<BedId, BedInfo>,
    bed_ids: BTreeMap<String, BedId>,
    device_names: BTreeMap<DeviceId, String>,
    ports: Vec<PortPlan>,
    /// The beds for training.
    training: Vec<BedId>,
}

impl Clinic {
    fn of(config: &Config) -> Self {
        let mut clinic = Self::default();
        for (id, bed) in (1..).map(BedId).zip(&config.beds) {
            clinic.add(id, bed);
        }
        clinic
    }

    fn add(&mut self, id: BedId, bed: &Bed) {
        let first = u16::try_from(self.device_names.len())
            .unwrap_or(u16::MAX)
            .saturating_add(1);
        let mut plans = Vec::new();
        let mut infos = BTreeMap::new();
        for (device, configured) in (first..).map(DeviceId).zip(&bed.devices) {
            let driver = configured.driver;
            plans.push(DevicePlan {
                id: device,
                feed: Feed::Line(driver),
                metrics: configured.metrics.clone(),
            });
            infos.insert(
                device,
                DeviceInfo {
                    name: configured.name.clone(),
                    driver,
                    port: configured.port.to_string(),
                    baud: match configured.port {
                        Port::Serial(_) => Some(configured.settings().baud),
                        Port::Tcp { .. } | Port::TcpListen { .. } | Port::Program(_) => None,
                    },
                },
            );
            self.device_names.insert(device, configured.name.clone());
            self.ports.push(PortPlan {
                device,
                name: configured.name.clone(),
                port: configured.port.clone(),
                settings: configured.settings(),
                period: driver.nominal_period,
                lending: Lending::default(),
            });
        }
        let plan = BedPlan {
            protocols: bed.protocols.clone(),
            devices: plans,
            profile: bed.profile.clone(),
        };
        let mut info = BedInfo::new(bed.id.clone(), bed.name.clone(), infos, &plan);
        info.training = bed.training;
        if bed.training {
            self.training.push(id);
        }
        self.plan.insert(id, plan);
        self.infos.insert(id, info);
        self.bed_ids.insert(bed.id.clone(), id);
    }

    fn open_record(&self, config: &Config, clock: Clock) -> Result<(Recorder, Opened), StartError> {
        let directory = config.service.data.clone();
        let shown = directory.display().to_string();
        let beds = self
            .bed_ids
            .iter()
            .map(|(name, id)| (*id, name.clone()))
            .collect();
        let plan = StorePlan {
            directory,
            site: config.site.clone(),
            beds,
            devices: self.device_names.clone(),
            clock_zero: clock.zero(),
        };
        let (recorder, opened) =
            Recorder::open(plan).map_err(|error| StartError::Record(shown, error))?;
        if opened.recovered > 0 {
            info!(
                records = opened.recovered,
                "Records of the last run completed from the journal."
            );
        }
        if let Some(aside) = &opened.set_aside {
            warn!(path = %aside.display(), "The record was damaged; it is kept there, a new one begun.");
        }
        Ok((recorder, opened))
    }
}
