//! Simulated data and a patient's session never meet.

use std::cell::Cell;
use std::collections::BTreeMap;

use chairside_alarm::{Act, AlarmProfile, OperatorAction, Refusal, Role};
use chairside_model::{BedId, DeviceId, MonoTime, Patient, SessionId};
use chairside_protocol::{DriverInfo, LineInput, driver_named};
use chairside_station::{
    BedPlan, DevicePlan, Entry, LinkState, Station, StationInput, StationOutput,
};

#[path = "support/fragile.rs"]
mod fragile;
mod support;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const THERMOMETER: DeviceId = DeviceId(2);
const SESSION: SessionId = SessionId(7);

thread_local! {
    /// Whether the thermometer's driver cannot be made.
    static FAILS: Cell<bool> = const { Cell::new(false) };
}

/// Fails with the first byte, and then takes its bed along for as long as it cannot be made.
const FRAGILE: DriverInfo = DriverInfo {
    build: || {
        assert!(!FAILS.get(), "the driver cannot be made");
        (fragile::FRAGILE.build)()
    },
    ..fragile::FRAGILE
};

struct Clinic {
    station: Station,
    out: StationOutput,
    now: MonoTime,
}

impl Clinic {
    fn new() -> Self {
        let nonin = driver_named("nonin").expect("there is one");
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: vec![
                DevicePlan::on_line(OXIMETER, nonin),
                DevicePlan::on_line(THERMOMETER, &FRAGILE),
            ],
            profile: AlarmProfile::new(support::parts()).expect("it is valid"),
        };
        let plan = BTreeMap::from([(BED, plan)]);
        let now = MonoTime::ZERO;
        Self {
            station: Station::new(plan, now).expect("each device is planned once"),
            out: StationOutput::default(),
            now,
        }
    }

    fn takes(&mut self, input: StationInput<'_>) {
        self.station.handle(self.now, input, &mut self.out);
    }

    fn line_opens(&mut self, simulated: bool) {
        self.takes(StationInput::Simulated(OXIMETER, simulated));
        self.takes(StationInput::Line(OXIMETER, LineInput::Opened));
    }

    fn acts(&mut self, action: OperatorAction) -> Result<(), Refusal> {
        let act = Act {
            action,
            by: "mn",
            station: None,
            reason: None,
            call: None,
        };
        let checked = self.station.check(BED, &act, Role::Nurse);
        let done = self.station.act(self.now, BED, &act, &mut self.out);
        assert_eq!(checked, done, "what is checked is what is done");
        done
    }

    fn closes(&mut self) {
        assert_eq!(self.acts(OperatorAction::CloseSession(SESSION)), Ok(()));
    }

    fn opens(&mut self) -> Result<(), Refusal> {
        self.acts(OperatorAction::OpenSession(SESSION, Patient::default()))
    }

    /// What was said of it since the last look: what is simulated, the links, and who came.
    fn told(&mut self) -> Vec<String> {
        let records = self.out.records.drain(..);
        let told = records.filter_map(|record| match record.entry {
            Entry::Simulated {
                simulated: true, ..
            } => Some("simulated".to_owned()),
            Entry::Simulated { .. } => Some("real".to_owned()),
            Entry::Operator {
                action: OperatorAction::OpenSession(..),
                ..
            } => Some("a patient came".to_owned()),
            Entry::Link { state, .. } if state != LinkState::Disconnected => {
                Some(state.name().to_owned())
            }
            _ => None,
        });
        told.collect()
    }
}

#[test]
fn no_session_opens_while_a_simulator_feeds_the_bed() {
    let mut clinic = Clinic::new();
    clinic.line_opens(true);
    assert_eq!(clinic.told(), ["simulated", "connecting"]);
    assert_eq!(clinic.opens(), Err(Refusal::Simulated));
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Closed));
    assert!(clinic.told().is_empty(), "its last values may be shown");
    clinic.line_opens(false);
    assert_eq!(clinic.told(), ["real", "connecting"]);
    assert_eq!(clinic.opens(), Ok(()));
    assert_eq!(clinic.told(), ["a patient came"]);
}

#[test]
fn what_a_simulator_said_that_went_is_over_before_the_patient_is_there() {
    let mut clinic = Clinic::new();
    clinic.line_opens(true);
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Closed));
    assert_eq!(clinic.told(), ["simulated", "connecting"]);
    assert_eq!(clinic.opens(), Ok(()));
    assert_eq!(clinic.told(), ["real", "a patient came"]);
}

#[test]
fn a_simulator_that_comes_in_a_session_is_listened_to_when_it_is_over() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.opens(), Ok(()));
    clinic.line_opens(true);
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert_eq!(clinic.told(), ["a patient came"], "nobody hears it");
    clinic.closes();
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert_eq!(clinic.told(), ["simulated", "connecting"]);
    assert_eq!(clinic.opens(), Err(Refusal::Simulated));
}

#[test]
fn a_simulator_that_was_never_listened_to_goes_without_a_word() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.opens(), Ok(()));
    clinic.line_opens(true);
    clinic.closes();
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Closed));
    assert_eq!(clinic.told(), ["a patient came"]);
    assert_eq!(clinic.opens(), Ok(()));
    clinic.line_opens(true);
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Closed));
    assert_eq!(clinic.told(), ["a patient came"], "also in the session");
}

#[test]
fn a_simulator_is_not_listened_to_either_while_the_bed_of_a_patient_has_failed() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.opens(), Ok(()));
    FAILS.set(true);
    clinic.takes(StationInput::Line(THERMOMETER, LineInput::Received(b".")));
    assert!(clinic.station.care(BED).is_none(), "nothing runs the bed");
    clinic.line_opens(true);
    FAILS.set(false);
    clinic.now = clinic.station.next_deadline().expect("it is tried again");
    clinic.takes(StationInput::Tick);
    assert!(clinic.station.care(BED).is_some());
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert_eq!(clinic.told(), ["a patient came"]);
    clinic.closes();
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert_eq!(clinic.told(), ["simulated", "connecting"]);
}

#[test]
fn a_bed_for_training_is_simulated_from_the_start_and_has_sessions() {
    let mut clinic = Clinic::new();
    clinic.takes(StationInput::Training(BED));
    assert_eq!(clinic.told(), ["simulated"]);
    clinic.line_opens(true);
    assert_eq!(clinic.told(), ["connecting"]);
    assert_eq!(clinic.opens(), Ok(()));
    clinic.closes();
    assert_eq!(clinic.told(), ["a patient came"], "it stays simulated");
}

#[test]
fn what_a_trainer_does_is_on_record_only_of_a_bed_for_training() {
    let mut clinic = Clinic::new();
    let trained = StationInput::Trained {
        bed: BED,
        by: "ak",
        did: "close_airway",
    };
    clinic.takes(trained);
    assert_eq!(clinic.out.records, []);
    clinic.takes(StationInput::Training(BED));
    clinic.takes(trained);
    let entry = clinic.out.records.last().map(|record| &record.entry);
    let expected = Entry::Trained {
        bed: BED,
        by: "ak".into(),
        did: "close_airway".into(),
    };
    assert_eq!(entry, Some(&expected));
}
