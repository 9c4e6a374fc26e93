//! What tests of this crate share.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Role, Sources};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Patient, Reading,
    SessionId, Value,
};

use crate::{
    Blocks, Care, CareAct, CareAction, CareEntry, CareEvent, CareRefusal, Check, CuffPlan,
    DischargeItem, DischargePlan, Dose, DoseBounds, DoseEntry, Drug, EntryNumber, EventKind,
    Expected, GateFacts, GatePlan, ItemAnswer, PromptPlan, PromptRule, Protocol, ProtocolParts,
    Route, Said, ScoreEntry, ScoreId, ScreeningItem, Stage, Text, Treatment, weight_default,
};

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// A protocol with the sheet's numbers: two questions, and oxygen of the kit.
pub(crate) fn iv_parts() -> ProtocolParts {
    let item = |name, label, blocks_on, kit| ScreeningItem {
        name: text(name),
        label: text(label),
        blocks_on,
        kit,
    };
    ProtocolParts {
        name: text("iv-ketamine"),
        title: text("Ketamine, 0.5 mg/kg in 40 min"),
        drug: Some(Drug::Ketamine),
        route: Some(Route::Intravenous),
        cuff: CuffPlan::default(),
        limits: BTreeMap::new(),
        screening: vec![
            item("aneurysm", "Aneurysm", Some(Blocks::Yes), false),
            item("fasted", "Fasted", Some(Blocks::No), false),
            item("medication", "Other medication", None, false),
            item("oxygen", "Oxygen", Some(Blocks::No), true),
        ],
        gate: GatePlan::default(),
        doses: vec![DoseBounds {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Some(expected(5, 100)),
            per_kg: None,
            rate: None,
            concentration: None,
            session_max: None,
            session_max_per_kg: None,
        }],
        prompts: PromptPlan {
            rules: vec![PromptRule {
                check: Check::Score(ScoreId::Moaas),
                stages: vec![Stage::Dosing, Stage::Peak, Stage::Recovery],
                first: Duration::ZERO,
                every: Some(Duration::from_mins(15)),
            }],
            grace: Duration::from_mins(3),
        },
        discharge: DischargePlan::default(),
        weight: weight_default(),
    }
}

fn expected(least: i32, most: i32) -> Expected {
    Expected {
        least: Value::whole(least),
        plan: None,
        most: Value::whole(most),
    }
}

/// The monitor of the bed: everything but the ECG.
pub(crate) const MONITOR: DeviceId = DeviceId(1);

/// Another one, that nothing is read from.
pub(crate) const OTHER: DeviceId = DeviceId(2);

pub(crate) const SESSION: SessionId = SessionId(7);

pub(crate) fn sources() -> Sources {
    let read = [
        Metric::SpO2,
        Metric::PulseRate,
        Metric::RespirationRate,
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
    ];
    Sources {
        devices: [MONITOR, OTHER]
            .map(|device| (device, Duration::from_secs(1)))
            .into(),
        metrics: read.map(|metric| (metric, MONITOR)).into(),
    }
}

pub(crate) fn numeric(at: MonoTime, metric: Metric, number: f64) -> Observation {
    Observation {
        device: MONITOR,
        received: at,
        reading: Reading::numeric(metric, Measured::plausible(metric, number), at),
    }
}

pub(crate) fn cuff(at: MonoTime, systolic: i32, diastolic: i32) -> Observation {
    Observation {
        device: MONITOR,
        received: at,
        reading: Reading::Cuff(Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(systolic)),
            diastolic: Some(Value::whole(diastolic)),
            mean: None,
            taken: at,
        })),
    }
}

/// A bed, what people do at it, and the time.
#[derive(Clone, Debug)]
pub(crate) struct Bed {
    pub(crate) care: Care,
    pub(crate) now: MonoTime,
    /// What the monitor gives.
    pub(crate) spo2: f64,
    pub(crate) rate: f64,
    /// An event that was logged.
    pub(crate) event: Option<EntryNumber>,
    /// What was done, for whoever does it again.
    pub(crate) done: Vec<(MonoTime, CareEntry)>,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what is done is written where it is done"
)]
impl Bed {
    pub(crate) fn new() -> Self {
        Self::with(iv_parts())
    }

    pub(crate) fn with(parts: ProtocolParts) -> Self {
        let protocol = Protocol::new(parts).expect("it is valid");
        let mut care = Care::new([protocol], sources());
        care.facts(GateFacts {
            link_live: true,
            sound_heard: true,
        });
        Self {
            care,
            now: MonoTime::from_secs(86_400),
            spo2: 97.0,
            rate: 70.0,
            event: None,
            done: Vec::new(),
        }
    }

    /// A bed whose session stands at a stage, everything being as it must be.
    pub(crate) fn at(stage: Stage) -> Self {
        let mut bed = Self::new();
        bed.go(stage);
        bed
    }

    pub(crate) fn go(&mut self, stage: Stage) {
        self.nurse(schedule()).unwrap();
        if stage == Stage::Scheduled {
            return;
        }
        for next in [
            Stage::Screening,
            Stage::Baseline,
            Stage::Ready,
            Stage::Dosing,
            Stage::Peak,
            Stage::Recovery,
        ] {
            self.prepare(next);
            self.nurse(step(next)).unwrap();
            if next == Stage::Screening {
                let event = self.happened(EventKind::Position);
                self.event = self.nurse(event).ok().map(|entry| entry.number);
            }
            if next == stage {
                return;
            }
        }
        self.prepare(stage);
        self.because("it is enough", step(stage)).unwrap();
    }

    /// Does what a step needs.
    pub(crate) fn prepare(&mut self, next: Stage) {
        match next {
            Stage::Ready => {
                for (item, said) in [
                    ("aneurysm", Said::No),
                    ("fasted", Said::Yes),
                    ("medication", Said::Unknown),
                    ("oxygen", Said::Yes),
                ] {
                    self.nurse(screen(item, said)).unwrap();
                }
                self.weigh(70);
                self.wait(20);
                self.reading(128, 76);
                self.wait(300);
                self.reading(124, 72);
                if self.stage() == Some(Stage::Baseline) {
                    self.nurse(CareAction::TakeBaseline).unwrap();
                }
            }
            Stage::Peak => {
                let dose = self.bolus(35);
                self.nurse(dose).unwrap();
            }
            Stage::Discharged => self.ready_to_leave(),
            _ => {}
        }
        self.wait(60);
    }

    /// Does what the protocol requires before a patient leaves.
    fn ready_to_leave(&mut self) {
        self.wait(3600);
        self.reading(130, 78);
        for (id, items) in [
            (ScoreId::AldreteMod, vec![Some(2); 5]),
            (ScoreId::Moaas, vec![Some(5)]),
            (ScoreId::Ponv, vec![Some(0)]),
            (ScoreId::Cssrs, vec![Some(1)]),
        ] {
            let at = self.now;
            self.nurse(CareAction::Score(ScoreEntry {
                at,
                id,
                items,
                variant: None,
            }))
            .unwrap();
        }
        for item in DischargeItem::ALL {
            self.nurse(answered(item, Said::Yes)).unwrap();
        }
        self.wait(300);
        self.reading(126, 74);
    }

    pub(crate) fn treatment(&self) -> &Treatment {
        self.care.treatment().expect("a session is open")
    }

    pub(crate) fn stage(&self) -> Option<Stage> {
        self.care.find(SESSION).map(Treatment::stage)
    }

    /// Lets time pass, with the monitor's values each five seconds.
    pub(crate) fn wait(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        while self.now < until {
            self.now = until.min(self.now + Duration::from_secs(5));
            for (metric, number) in [
                (Metric::SpO2, self.spo2),
                (Metric::PulseRate, self.rate),
                (Metric::RespirationRate, 14.0),
            ] {
                let reading = numeric(self.now, metric, number);
                self.care.observe(self.now, &reading);
            }
        }
    }

    pub(crate) fn reading(&mut self, systolic: i32, diastolic: i32) {
        let reading = cuff(self.now, systolic, diastolic);
        self.care.observe(self.now, &reading);
    }

    pub(crate) fn weigh(&mut self, kg: i32) {
        let weight = Value::whole(kg);
        self.nurse(CareAction::Weigh { weight }).unwrap();
    }

    pub(crate) fn bolus(&self, mg: i32) -> CareAction {
        CareAction::Dose(self.dose(Dose::Bolus {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Value::whole(mg),
            concentration: None,
        }))
    }

    pub(crate) fn dose(&self, dose: Dose) -> DoseEntry {
        DoseEntry {
            at: self.now,
            dose,
            again: None,
        }
    }

    pub(crate) fn infusion(&self) -> CareAction {
        CareAction::Dose(self.dose(Dose::Start {
            drug: Drug::Ketamine,
            rate: Value::finite(0.875).unwrap(),
            concentration: None,
            planned: None,
        }))
    }

    pub(crate) fn rated(&self, id: ScoreId, rating: i16) -> CareAction {
        CareAction::Score(ScoreEntry {
            at: self.now,
            id,
            items: vec![Some(rating)],
            variant: None,
        })
    }

    pub(crate) fn happened(&self, kind: EventKind) -> CareAction {
        CareAction::Event(CareEvent {
            at: self.now,
            kind,
            note: None,
        })
    }

    pub(crate) fn nurse(&mut self, action: CareAction) -> Result<CareEntry, CareRefusal> {
        self.act(&action, Role::Nurse, None, false)
    }

    /// A nurse, with a reason.
    pub(crate) fn because(
        &mut self,
        reason: &str,
        action: CareAction,
    ) -> Result<CareEntry, CareRefusal> {
        self.act(&action, Role::Nurse, Some(reason), false)
    }

    /// A clinician passes over what is not met.
    pub(crate) fn clinician(
        &mut self,
        reason: Option<&str>,
        action: CareAction,
    ) -> Result<CareEntry, CareRefusal> {
        self.act(&action, Role::Clinician, reason, true)
    }

    pub(crate) fn act(
        &mut self,
        action: &CareAction,
        role: Role,
        reason: Option<&str>,
        pass_over: bool,
    ) -> Result<CareEntry, CareRefusal> {
        let act = CareAct {
            session: SESSION,
            action,
            by: role.name(),
            station: Some("desk"),
            role,
            reason,
            pass_over,
            request: None,
        };
        let entry = self.care.check(self.now, &act)?.entry(&act);
        self.care.apply(self.now, &entry);
        self.done.push((self.now, entry.clone()));
        Ok(entry)
    }
}

pub(crate) fn schedule() -> CareAction {
    CareAction::Schedule {
        patient: Patient::new(Some("M. K."), None).unwrap(),
        name: None,
        protocol: text("iv-ketamine"),
    }
}

pub(crate) const fn step(to: Stage) -> CareAction {
    CareAction::Step { to }
}

pub(crate) fn screen(item: &str, said: Said) -> CareAction {
    CareAction::Screen {
        item: text(item),
        answer: ItemAnswer { said, note: None },
    }
}

pub(crate) const fn answered(item: DischargeItem, said: Said) -> CareAction {
    let answer = ItemAnswer { said, note: None };
    CareAction::Discharge { item, answer }
}
