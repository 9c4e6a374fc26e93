//! Simulated data and a patient's session never meet.

use std::collections::BTreeMap;

use chairside_alarm::{Act, AlarmProfile, OperatorAction, Refusal, Role};
use chairside_model::{BedId, DeviceId, MonoTime, Patient, SessionId};
use chairside_protocol::{LineInput, driver_named};
use chairside_station::{
    BedPlan, DevicePlan, Entry, LinkState, Station, StationInput, StationOutput,
};

mod support;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const SESSION: SessionId = SessionId(7);

struct Clinic {
    station: Station,
    out: StationOutput,
}

impl Clinic {
    fn new() -> Self {
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: vec![DevicePlan::on_line(
                OXIMETER,
                driver_named("nonin").expect("there is one"),
            )],
            profile: AlarmProfile::new(support::parts()).expect("it is valid"),
        };
        let plan = BTreeMap::from([(BED, plan)]);
        Self {
            station: Station::new(plan, MonoTime::ZERO).expect("each device is planned once"),
            out: StationOutput::default(),
        }
    }

    fn takes(&mut self, input: StationInput<'_>) {
        self.station.handle(MonoTime::ZERO, input, &mut self.out);
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
        let done = self.station.act(MonoTime::ZERO, BED, &act, &mut self.out);
        assert_eq!(checked, done, "what is checked is what is done");
        done
    }

    fn opens(&mut self) -> Result<(), Refusal> {
        self.acts(OperatorAction::OpenSession(SESSION, Patient::default()))
    }

    /// What was said of it since the last look: what is simulated, and the links.
    fn told(&mut self) -> Vec<String> {
        let records = self.out.records.drain(..);
        let told = records.filter_map(|record| match record.entry {
            Entry::Simulated {
                simulated: true, ..
            } => Some("simulated".to_owned()),
            Entry::Simulated { .. } => Some("real".to_owned()),
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
    assert!(clinic.told().is_empty());
}

#[test]
fn a_simulator_that_comes_in_a_session_is_listened_to_when_it_is_over() {
    let mut clinic = Clinic::new();
    assert_eq!(clinic.opens(), Ok(()));
    clinic.line_opens(true);
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert!(clinic.told().is_empty(), "nobody hears it");
    assert_eq!(clinic.acts(OperatorAction::CloseSession(SESSION)), Ok(()));
    clinic.takes(StationInput::Line(OXIMETER, LineInput::Received(b"...")));
    assert_eq!(clinic.told(), ["simulated", "connecting"]);
    assert_eq!(clinic.opens(), Err(Refusal::Simulated));
}

#[test]
fn a_bed_for_training_is_simulated_from_the_start_and_has_sessions() {
    let mut clinic = Clinic::new();
    clinic.takes(StationInput::Training(BED));
    assert_eq!(clinic.told(), ["simulated"]);
    clinic.line_opens(true);
    assert_eq!(clinic.told(), ["connecting"]);
    assert_eq!(clinic.opens(), Ok(()));
    assert_eq!(clinic.acts(OperatorAction::CloseSession(SESSION)), Ok(()));
    assert!(clinic.told().is_empty(), "it stays simulated");
}
