//! A treatment session at a bed: what a step makes of the session, the limits and the cuff, at once
//! and on record; and that all of it goes on after a restart.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Act, AlarmProfile, LimitCause, LimitKey, OperatorAction, Phase, Priority, Refusal, Role,
};
use chairside_care::{
    Blocks, CareAct, CareAction, CareRefusal, CuffPlan, DischargeNeed, DischargePlan, Dose,
    DoseEntry, Drug, GatePlan, PromptPlan, Protocol, ProtocolParts, Route, ScoreEntry, ScoreId,
    ScreeningItem, Stage, Standing, Text, weight_default,
};
use chairside_model::{
    BedId, Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Patient, Reading,
    SessionId, Value,
};
use chairside_protocol::LineInput;
use chairside_station::{
    BedPlan, CareDenied, DevicePlan, Entry, Feed, LastNumbers, Station, StationInput, StationOutput,
};

mod support;

#[path = "support/fragile.rs"]
mod fragile;
#[path = "support/kept.rs"]
mod kept;

const BED: BedId = BedId(1);
const MONITOR: DeviceId = DeviceId(1);
const SESSION: SessionId = SessionId(7);
const SPO2_LOW: LimitKey = LimitKey::Trip(chairside_alarm::AlarmId::Spo2Low);

fn text(text: &str) -> Text {
    Text::new(text).expect("it says something")
}

/// While the dose acts, saturation calls at 93 % and not at 92 %.
fn protocol() -> Protocol {
    Protocol::new(ProtocolParts {
        name: text("iv"),
        title: text("Ketamine"),
        drug: Some(Drug::Ketamine),
        route: Some(Route::Intravenous),
        cuff: CuffPlan::default(),
        limits: BTreeMap::from([(
            Phase::Dosing,
            BTreeMap::from([(SPO2_LOW, Value::whole(93))]),
        )]),
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
    })
    .expect("it is valid")
}

fn plan() -> BTreeMap<BedId, BedPlan> {
    let mut parts = support::parts();
    parts.nibp.overdue = Some(Priority::Medium);
    let bed = BedPlan {
        protocols: vec![protocol()],
        devices: vec![DevicePlan {
            id: MONITOR,
            feed: Feed::HandedIn {
                gives: vec![Metric::SpO2, Metric::NibpSystolic, Metric::NibpDiastolic],
                nominal_period: Duration::from_secs(1),
            },
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
    fn new() -> Self {
        Self {
            station: Station::new(plan(), MonoTime::ZERO).expect("each device is planned once"),
            out: StationOutput::default(),
            second: 0,
        }
    }

    const fn now(&self) -> MonoTime {
        MonoTime::from_secs(self.second)
    }

    fn reading(&mut self, reading: Reading) {
        let observation = Observation {
            device: MONITOR,
            received: self.now(),
            reading,
        };
        let input = StationInput::Observed(BED, &observation);
        self.station.handle(self.now(), input, &mut self.out);
    }

    /// Goes on for so many seconds with that saturation.
    fn wait(&mut self, seconds: u64, spo2: i32) {
        for _ in 0..seconds {
            self.second += 1;
            let measured = Measured::Valid(Value::whole(spo2));
            self.reading(Reading::numeric(Metric::SpO2, measured, self.now()));
            let due = self.station.next_deadline();
            if due.is_some_and(|due| due <= self.now()) {
                self.station
                    .handle(self.now(), StationInput::Tick, &mut self.out);
            }
        }
    }

    fn cuff(&mut self, systolic: i32, diastolic: i32) {
        self.reading(Reading::Cuff(Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(systolic)),
            diastolic: Some(Value::whole(diastolic)),
            mean: None,
            taken: self.now(),
        })));
    }

    fn act(&mut self, action: &CareAction, role: Role, reason: Option<&str>) -> Result<(), String> {
        let act = CareAct {
            session: SESSION,
            action,
            by: "mn",
            station: Some("desk"),
            role,
            reason,
            pass_over: reason.is_some(),
            request: None,
        };
        let done = self.station.treat(self.now(), BED, &act, &mut self.out);
        done.map_err(|why| why.to_string())
    }

    fn nurse(&mut self, action: &CareAction) {
        self.act(action, Role::Nurse, None).expect("it can be done");
    }

    /// A clinician passes over what is not met.
    fn step(&mut self, to: Stage) {
        let step = CareAction::Step { to };
        self.act(&step, Role::Clinician, Some("she is well"))
            .expect("it can be done");
    }

    /// Somebody acknowledges all that calls.
    fn see_all(&mut self) {
        let standing = self.station.standing();
        let standing: Vec<_> = standing.map(|(_, alarm)| alarm.occurrence).collect();
        for occurrence in standing {
            let act = Act {
                action: OperatorAction::Acknowledge(occurrence),
                by: "mn",
                station: None,
                reason: None,
                call: None,
            };
            self.station
                .act(self.now(), BED, &act, &mut self.out)
                .expect("it stands");
        }
    }

    fn schedule(&mut self) {
        self.nurse(&CareAction::Schedule {
            patient: Patient::new(Some("M. K."), None).expect("initials"),
            name: None,
            protocol: text("iv"),
        });
    }

    fn go_to_dosing(&mut self) {
        self.schedule();
        self.open();
    }

    /// The patient comes, and it goes on to the dose.
    fn open(&mut self) {
        self.step(Stage::Screening);
        self.step(Stage::Baseline);
        self.wait(30, 97);
        self.cuff(128, 76);
        self.wait(301, 97);
        self.cuff(124, 72);
        self.nurse(&CareAction::TakeBaseline);
        self.step(Stage::Ready);
        self.step(Stage::Dosing);
    }

    fn limit(&self, key: LimitKey) -> Value {
        let limits = self.station.limits(BED).expect("the bed is there");
        limits.value(key).expect("its rule is on")
    }

    fn stage(&self) -> Option<Stage> {
        let care = self.station.care(BED).expect("the bed is there");
        care.treatment().map(chairside_care::Treatment::stage)
    }

    /// Kills everything, and goes on so many seconds later from what the store keeps.
    fn restart(&mut self, away: u64) {
        let earlier = kept::earlier(&self.out.records, self.now());
        self.second += away;
        let last = BTreeMap::from([(BED, LastNumbers::NONE)]);
        let (now, out) = (self.now(), &mut self.out);
        let station = Station::resume(plan(), &[], &earlier, &last, now, out);
        self.station = station.expect("each device is planned once");
    }
}

/// What a record says, in a word, where it is about the session and its limits.
fn word(entry: &Entry) -> Option<String> {
    Some(match entry {
        Entry::Care { entry, .. } => format!("care {}", entry.number),
        Entry::Session { open, .. } => format!("session {open}"),
        Entry::Phase { phase, .. } => format!("phase {}", phase.name()),
        Entry::Dosing { running, .. } => format!("dosing {running}"),
        Entry::Baseline { .. } => "baseline".to_owned(),
        Entry::Limit { change, .. } => {
            let (key, cause) = (change.key.name(), change.cause.name());
            format!("{key} {} -> {} by {cause}", change.old, change.new)
        }
        _ => return None,
    })
}

fn since(clinic: &Clinic, before: usize) -> Vec<String> {
    let records = clinic.out.records[before..].iter();
    records.filter_map(|record| word(&record.entry)).collect()
}

#[test]
fn a_step_changes_the_limits_and_the_cuff_at_once_and_is_on_record_first() {
    let mut clinic = Clinic::new();
    clinic.schedule();
    let before = clinic.out.records.len();
    clinic.step(Stage::Screening);
    assert_eq!(
        since(&clinic, before),
        [
            "care 2",
            "session true",
            "nibp.interval_s 600 -> 300 by protocol"
        ]
    );
    let mut clinic = Clinic::new();
    clinic.go_to_dosing();
    let before = clinic.out.records.len();
    assert_eq!(clinic.limit(LimitKey::CuffInterval), Value::whole(600));
    assert_eq!(clinic.limit(SPO2_LOW), Value::whole(93));
    let told = since(&clinic, 0);
    let dosing = told
        .iter()
        .rposition(|one| one.starts_with("care"))
        .unwrap();
    assert_eq!(
        told[dosing + 1..],
        [
            "phase dosing",
            "threshold.SPO2_LOW.trip 92 -> 93 by phase",
            "dosing true",
            "nibp.interval_s 300 -> 600 by protocol",
        ]
    );
    // 92 % is low now, which it was not before.
    clinic.wait(12, 92);
    let alarms = clinic.out.records[before..].iter();
    let mut alarms = alarms.filter(|record| matches!(record.entry, Entry::Alarm { .. }));
    assert!(alarms.next().is_some());
    clinic.step(Stage::Peak);
    clinic.step(Stage::Recovery);
    assert_eq!(clinic.limit(SPO2_LOW), Value::whole(92));
    let before = clinic.out.records.len();
    clinic.step(Stage::Discharged);
    let told = since(&clinic, before);
    assert_eq!(told[1], "session false");
    assert_eq!(clinic.station.limits(BED).unwrap().phase(), Phase::Baseline);
    assert_eq!(clinic.stage(), None);
}

#[test]
fn the_baseline_is_the_sessions_own_and_draws_the_personal_limits() {
    let mut clinic = Clinic::new();
    clinic.cuff(180, 100);
    clinic.wait(400, 97);
    clinic.cuff(182, 100);
    clinic.go_to_dosing();
    let told = clinic.out.records.iter();
    let baselines: Vec<_> = told
        .filter_map(|record| match &record.entry {
            Entry::Baseline { baseline, .. } => baseline.pressure,
            _ => None,
        })
        .collect();
    assert_eq!(baselines.len(), 1);
    assert_eq!(baselines[0].systolic, Value::whole(126));
}

#[test]
fn somebody_who_is_sedated_has_the_cuff_at_once_more_often() {
    let mut clinic = Clinic::new();
    clinic.go_to_dosing();
    let before = clinic.out.records.len();
    clinic.nurse(&CareAction::Score(ScoreEntry {
        at: clinic.now(),
        id: ScoreId::Moaas,
        items: vec![Some(3)],
        variant: None,
    }));
    assert_eq!(
        since(&clinic, before)[1..],
        ["nibp.interval_s 600 -> 300 by protocol"]
    );
}

#[test]
fn a_high_alarm_brings_the_cuff_sooner_for_an_hour() {
    let mut clinic = Clinic::new();
    clinic.go_to_dosing();
    clinic.wait(30, 86);
    assert_eq!(clinic.limit(LimitKey::CuffInterval), Value::whole(300));
    clinic.wait(60, 97);
    clinic.restart(7);
    clinic.wait(1500, 97);
    // Nothing of the alarm is in the last minutes that are read as a whole.
    clinic.restart(7);
    clinic.wait(2000, 97);
    assert_eq!(clinic.limit(LimitKey::CuffInterval), Value::whole(300));
    clinic.wait(200, 97);
    assert_eq!(clinic.limit(LimitKey::CuffInterval), Value::whole(600));
}

/// The discharge's line of the alarms, where the session stands at the recovery.
fn quiet(clinic: &Clinic) -> Standing {
    let care = clinic.station.care(BED).expect("the bed is there");
    let treatment = care.treatment().expect("a session is open");
    let discharge = treatment.discharge(clinic.now()).expect("she is here");
    let lines = discharge.lines.iter();
    let mut lines = lines.filter(|line| line.need == DischargeNeed::Quiet);
    lines.next().expect("each list has it").standing
}

#[test]
fn a_restart_makes_nobody_quiet_any_sooner() {
    let mut clinic = Clinic::new();
    clinic.go_to_dosing();
    clinic.step(Stage::Peak);
    clinic.step(Stage::Recovery);
    clinic.wait(1800, 97);
    assert_eq!(quiet(&clinic), Standing::Met, "there was none");
    clinic.wait(30, 86);
    assert_eq!(quiet(&clinic), Standing::NotMet);
    clinic.wait(100, 97);
    // That somebody saw it later is not when it was over, and both are longer ago than the window.
    clinic.see_all();
    clinic.wait(1100, 97);
    clinic.restart(7);
    assert_eq!(quiet(&clinic), Standing::NotMet, "not for 30 min");
    clinic.wait(640, 97);
    assert_eq!(quiet(&clinic), Standing::Met);
}

/// On this line comes what makes the bed's machine fail.
const THERMOMETER: DeviceId = DeviceId(2);

/// A clinic whose machine can [`fail`](fails).
fn fragile() -> Clinic {
    let mut plan = plan();
    let bed = plan.get_mut(&BED).expect("it is planned");
    bed.devices
        .push(DevicePlan::on_line(THERMOMETER, &fragile::FRAGILE));
    let station = Station::new(plan, MonoTime::ZERO).expect("each device is planned once");
    Clinic {
        station,
        ..Clinic::new()
    }
}

fn fails(clinic: &mut Clinic) {
    for input in [LineInput::Opened, LineInput::Received(b"!")] {
        let input = StationInput::Line(THERMOMETER, input);
        clinic.station.handle(clinic.now(), input, &mut clinic.out);
    }
}

/// Of what the machine knew only the last of each thing is left to the next one.
#[test]
fn a_bed_that_is_made_anew_makes_nobody_quiet_any_sooner_and_takes_late_entries() {
    let mut clinic = fragile();
    clinic.go_to_dosing();
    clinic.step(Stage::Peak);
    clinic.step(Stage::Recovery);
    clinic.wait(1800, 97);
    clinic.wait(30, 86);
    clinic.wait(1000, 97);
    clinic.see_all();
    clinic.wait(200, 97);
    fails(&mut clinic);
    assert_eq!(quiet(&clinic), Standing::NotMet, "not for 30 min");
    clinic.wait(700, 97);
    assert_eq!(quiet(&clinic), Standing::Met);
    clinic.step(Stage::Discharged);
    let rated = ScoreEntry {
        at: clinic.now(),
        id: ScoreId::Ponv,
        items: vec![Some(0)],
        variant: None,
    };
    clinic.wait(60, 97);
    fails(&mut clinic);
    clinic.nurse(&CareAction::Score(rated));
}

#[test]
fn a_session_that_was_planned_days_ago_goes_on_after_a_restart() {
    let mut clinic = Clinic::new();
    clinic.schedule();
    clinic.second += 5 * 24 * 3600;
    clinic.restart(7);
    clinic.open();
    clinic.restart(7);
    assert_eq!(clinic.stage(), Some(Stage::Dosing));
    assert!(clinic.station.care(BED).unwrap().treatment().is_some());
}

#[test]
fn a_treatment_leads_its_session_and_its_phase_alone() {
    let mut clinic = Clinic::new();
    clinic.go_to_dosing();
    for action in [
        OperatorAction::CloseSession(SESSION),
        OperatorAction::EnterPhase(Phase::Recovery),
    ] {
        let act = Act {
            action,
            by: "mn",
            station: None,
            reason: None,
            call: None,
        };
        let refused = clinic.station.check(BED, &act, Role::Clinician);
        assert_eq!(refused, Err(Refusal::InTreatment { stage: "dosing" }));
    }
    // One that somebody opened by hand is closed by hand first.
    let mut clinic = Clinic::new();
    let by_hand = OperatorAction::OpenSession(SessionId(9), Patient::default());
    let act = Act {
        action: by_hand,
        by: "mn",
        station: None,
        reason: None,
        call: None,
    };
    let now = clinic.now();
    clinic.station.act(now, BED, &act, &mut clinic.out).unwrap();
    clinic.schedule();
    let step = CareAction::Step {
        to: Stage::Screening,
    };
    let wanted = CareAct {
        session: SESSION,
        action: &step,
        by: "mn",
        station: None,
        role: Role::Nurse,
        reason: None,
        pass_over: false,
        request: None,
    };
    let refused = clinic.station.check_care(now, BED, &wanted);
    let other = CareDenied::Refused(CareRefusal::OtherOpen(SessionId(9)));
    assert_eq!(refused, Err(other));
}

#[test]
fn what_is_refused_leaves_nothing_on_record() {
    let mut clinic = Clinic::new();
    clinic.schedule();
    clinic.step(Stage::Screening);
    clinic.step(Stage::Baseline);
    let before = clinic.out.records.len();
    let ready = CareAction::Step { to: Stage::Ready };
    let why = clinic.act(&ready, Role::Nurse, None).unwrap_err();
    assert!(
        why.contains("not everything is as the protocol requires"),
        "{why}"
    );
    let why = clinic.act(&ready, Role::Nurse, Some("go")).unwrap_err();
    assert!(why.contains("only a clinician"), "{why}");
    assert_eq!(clinic.out.records.len(), before);
    assert_eq!(clinic.stage(), Some(Stage::Baseline));
}

fn infusion(clinic: &Clinic, dose: Dose) -> CareAction {
    CareAction::Dose(DoseEntry {
        at: clinic.now(),
        dose,
        again: None,
    })
}

/// A clinic in the middle of an infusion.
fn infusing(mut clinic: Clinic) -> Clinic {
    clinic.go_to_dosing();
    let start = Dose::Start {
        drug: Drug::Ketamine,
        rate: Value::whole(1),
        concentration: None,
        planned: None,
    };
    let start = infusion(&clinic, start);
    let done = clinic.act(&start, Role::Clinician, Some("as planned"));
    assert_eq!(done, Ok(()));
    clinic.wait(60, 97);
    clinic
}

/// What of a session, as of that moment, must be the same after a restart of the service, or of the
/// bed's machine.
fn stands(clinic: &Clinic, at: MonoTime) -> impl PartialEq + std::fmt::Debug + use<> {
    let treatment = clinic.station.care(BED).and_then(|care| care.treatment());
    let (Some(treatment), Some(limits)) = (treatment, clinic.station.limits(BED)) else {
        unreachable!("the bed is there and treats somebody");
    };
    (
        (treatment.stages().to_vec(), treatment.log().to_vec()),
        (treatment.baseline().copied(), treatment.opened()),
        treatment.dose_log().infusions(at),
        treatment.cuff_interval(at),
        (limits.phase(), limits.all().collect::<Vec<_>>()),
    )
}

/// It goes on: nothing leaves the dose while the infusion runs, and then the next stage is there.
fn goes_on(clinic: &mut Clinic) {
    let peak = CareAction::Step { to: Stage::Peak };
    clinic
        .act(&peak, Role::Nurse, None)
        .expect_err("the infusion runs");
    clinic.nurse(&infusion(clinic, Dose::Stop));
    clinic.step(Stage::Peak);
    assert_eq!(clinic.stage(), Some(Stage::Peak));
}

#[test]
fn a_restart_keeps_the_treatment_with_its_limits_and_its_doses() {
    let mut clinic = infusing(Clinic::new());
    let (told, at) = (clinic.out.records.len(), clinic.now());
    let before = stands(&clinic, at);
    clinic.restart(90);
    assert_eq!(clinic.out.records.len(), told, "nothing new is told");
    assert_eq!(stands(&clinic, at), before);
    assert_eq!(clinic.limit(SPO2_LOW), Value::whole(93));
    assert_eq!(clinic.limit(LimitKey::CuffInterval), Value::whole(600));
    let limits = clinic.station.limits(BED).unwrap();
    let cause = limits.all().find(|limit| limit.key == SPO2_LOW).unwrap();
    assert_eq!(cause.cause, Some(LimitCause::Protocol));
    goes_on(&mut clinic);
}

#[test]
fn a_bed_that_fails_in_the_middle_of_the_dose_stands_as_before_also_while_it_rests() {
    let mut clinic = infusing(fragile());
    // The sixth within a minute finds it resting: its lines are not read, and its session goes on.
    for _ in 0..7 {
        clinic.wait(2, 97);
        still_stands(&mut clinic);
    }
    goes_on(&mut clinic);
    clinic.wait(40, 97);
    still_stands(&mut clinic);
}

fn still_stands(clinic: &mut Clinic) {
    let at = clinic.now();
    let before = stands(clinic, at);
    fails(clinic);
    assert_eq!(stands(clinic, at), before);
}
