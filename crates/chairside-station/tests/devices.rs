//! Another device at the bed of a treatment session: what it says is nobody's until a person has
//! confirmed it, and the gate says so.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Act, AlarmId, AlarmProfile, OperatorAction, Priority, Role};
use chairside_care::{
    Blocks, CareAct, CareAction, CuffPlan, DischargePlan, GateItem, GatePlan, PromptPlan, Protocol,
    ProtocolParts, ScreeningItem, Stage, Standing, Text, Treatment, weight_default,
};
use chairside_model::{
    BedId, DeviceId, Measured, Metric, MonoTime, Patient, Reading, SessionId, Value,
};
use chairside_protocol::{
    Begins, Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings, Maturity,
};
use chairside_station::{
    BedPlan, DevicePlan, Earlier, Feed, LastNumbers, Station, StationInput, StationOutput,
};

mod support;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const SESSION: SessionId = SessionId(7);

/// A capital is the device's identity, a point is a saturation of 97 %.
#[derive(Debug)]
struct Named;

impl Driver for Named {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        let LineInput::Received(bytes) = input else {
            return;
        };
        for byte in bytes {
            out.push(1, Finding::Frame);
            if byte.is_ascii_uppercase() {
                out.push(1, Finding::Identity(char::from(*byte).to_string().into()));
            } else {
                let measured = Measured::Valid(Value::whole(97));
                let reading = Reading::numeric(Metric::SpO2, measured, now);
                out.push(1, Finding::Reading(reading));
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

const NAMED: DriverInfo = DriverInfo {
    name: "named",
    family: "test",
    gives: &[Metric::SpO2],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(Named),
};

fn text(text: &str) -> Text {
    Text::new(text).expect("it says something")
}

fn plan() -> BTreeMap<BedId, BedPlan> {
    let mut parts = support::parts();
    parts.technical.device_swapped = Some(Priority::High);
    let protocol = Protocol::new(ProtocolParts {
        name: text("iv"),
        title: text("Ketamine"),
        drug: None,
        route: None,
        cuff: CuffPlan::default(),
        limits: BTreeMap::new(),
        screening: vec![ScreeningItem {
            name: text("oxygen"),
            label: text("Oxygen"),
            blocks_on: Some(Blocks::No),
            kit: true,
        }],
        gate: GatePlan::default(),
        doses: Vec::new(),
        prompts: PromptPlan::default(),
        discharge: DischargePlan::default(),
        weight: weight_default(),
    });
    let bed = BedPlan {
        protocols: vec![protocol.expect("it is valid")],
        devices: vec![DevicePlan {
            id: OXIMETER,
            feed: Feed::Line(&NAMED),
            metrics: None,
        }],
        profile: AlarmProfile::new(parts).expect("limits do not contradict each other"),
    };
    BTreeMap::from([(BED, bed)])
}

struct Clinic {
    station: Station,
    out: StationOutput,
    second: u64,
}

impl Clinic {
    /// A patient is here, and the oximeter `A` is on.
    fn open() -> Self {
        let mut clinic = Self {
            station: Station::new(plan(), MonoTime::ZERO).expect("each device is planned once"),
            out: StationOutput::default(),
            second: 1,
        };
        clinic.act(&CareAction::Schedule {
            patient: Patient::new(Some("M. K."), None).expect("initials"),
            name: None,
            protocol: text("iv"),
        });
        clinic.line(LineInput::Opened);
        clinic.says(b"A....");
        clinic.act(&CareAction::Step {
            to: Stage::Screening,
        });
        clinic.says(b"A....");
        clinic
    }

    const fn now(&self) -> MonoTime {
        MonoTime::from_secs(self.second)
    }

    fn act(&mut self, action: &CareAction) {
        let act = CareAct {
            session: SESSION,
            action,
            by: "mn",
            station: None,
            role: Role::Nurse,
            reason: None,
            pass_over: false,
            request: None,
        };
        let done = self.station.treat(self.now(), BED, &act, &mut self.out);
        done.expect("it can be done");
    }

    fn line(&mut self, input: LineInput<'_>) {
        let input = StationInput::Line(OXIMETER, input);
        self.station.handle(self.now(), input, &mut self.out);
    }

    /// Each byte in a second of its own.
    fn says(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.second += 1;
            self.line(LineInput::Received(&[*byte]));
            let tick = StationInput::Tick;
            self.station.handle(self.now(), tick, &mut self.out);
        }
    }

    fn confirm(&mut self) {
        let mut standing = self.station.standing();
        let swapped = standing.find(|(_, told)| told.id == AlarmId::DeviceSwapped);
        let (_, swapped) = swapped.expect("DEVICE_SWAPPED stands");
        let act = Act {
            action: OperatorAction::ConfirmDevice(swapped.occurrence),
            by: "mn",
            station: None,
            reason: None,
            call: None,
        };
        drop(standing);
        let done = self.station.act(self.now(), BED, &act, &mut self.out);
        done.expect("it can be confirmed");
    }

    fn restart(&mut self) {
        let earlier = Earlier {
            began: MonoTime::ZERO,
            from: MonoTime::ZERO,
            ended: self.now(),
            records: self.out.records.clone(),
        };
        self.second += 5;
        let last = BTreeMap::from([(BED, LastNumbers::NONE)]);
        let (now, out) = (self.now(), &mut self.out);
        let station = Station::resume(plan(), &[], &earlier, &last, now, out);
        self.station = station.expect("each device is planned once");
        self.line(LineInput::Opened);
    }

    fn treatment(&self) -> &Treatment {
        let care = self.station.care(BED).expect("the bed is there");
        care.treatment().expect("a session is open")
    }

    /// Tells whether a saturation counts for the session, and how the gate finds the devices.
    fn found(&self) -> (bool, Standing) {
        let chart = self.treatment().chart().expect("the patient is here");
        let spo2 = chart.numeric(self.now(), Metric::SpO2);
        let gate = self.treatment().gate(self.now()).expect("it is open");
        let mut lines = gate.lines.iter();
        let link = lines.find(|line| line.item == GateItem::Link);
        (spo2.is_some(), link.expect("it is looked at").standing)
    }
}

#[test]
fn what_another_device_says_counts_for_nothing_until_a_person_has_confirmed_it() {
    let mut clinic = Clinic::open();
    assert_eq!(clinic.found(), (true, Standing::Met));
    clinic.says(b"B");
    assert_eq!(clinic.found().1, Standing::NotMet);
    // What `A` said last is too old by then, and what `B` says is nobody's.
    clinic.says(b"............");
    assert_eq!(clinic.found(), (false, Standing::NotMet));
    clinic.confirm();
    assert_eq!(clinic.found(), (false, Standing::Met), "it was before");
    clinic.says(b".");
    assert_eq!(clinic.found(), (true, Standing::Met));
}

#[test]
fn the_device_of_before_is_the_sessions_again_by_itself() {
    let mut clinic = Clinic::open();
    clinic.says(b"B...");
    assert_eq!(clinic.found().1, Standing::NotMet);
    clinic.says(b"A.");
    assert_eq!(clinic.found(), (true, Standing::Met));
}

#[test]
fn a_restart_does_not_make_another_device_the_sessions() {
    let mut clinic = Clinic::open();
    clinic.says(b"B..");
    clinic.restart();
    clinic.says(b"B..............");
    assert_eq!(clinic.found(), (false, Standing::NotMet));
    clinic.confirm();
    clinic.restart();
    clinic.says(b"B....");
    assert_eq!(clinic.found(), (true, Standing::Met));
}
