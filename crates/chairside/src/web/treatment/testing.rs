//! A bed and its people, as the tests of the page have them.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Role, Sources};
use chairside_care::{
    Blocks, Care, CareAct, CareAction, CareRefusal, Check, CuffPlan, DischargeItem, DischargePlan,
    Dose, DoseBounds, DoseEntry, Drug, Expected, GateFacts, GatePlan, ItemAnswer, PromptPlan,
    PromptRule, Protocol, ProtocolParts, Route, Said, ScoreEntry, ScoreId, ScreeningItem, Stage,
    Text, weight_default,
};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Patient, Reading,
    SessionId, Value,
};
use chrono::DateTime;

use super::lang::Lang;
use super::page;
use super::shown::Shown;
use crate::config::Patients;
use crate::web::wire::Person;

const MONITOR: DeviceId = DeviceId(1);
const SESSION: SessionId = SessionId(7);

/// The session's name.
pub(super) const NAMED: &str = "0000000000000007";

pub(super) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(super) fn protocol(label: &str) -> Protocol {
    let item = |name: &str, label: &str, blocks_on, kit| ScreeningItem {
        name: text(name),
        label: text(label),
        blocks_on,
        kit,
    };
    let every = |check, minutes| PromptRule {
        check,
        stages: vec![Stage::Dosing, Stage::Peak, Stage::Recovery],
        first: Duration::ZERO,
        every: Some(Duration::from_mins(minutes)),
    };
    let value = |number| Value::finite(number).unwrap();
    Protocol::new(ProtocolParts {
        name: text("iv-ketamine"),
        title: text(label),
        drug: Some(Drug::Ketamine),
        route: Some(Route::Intravenous),
        cuff: CuffPlan::default(),
        limits: BTreeMap::new(),
        screening: vec![
            item("aneurysm", label, Some(Blocks::Yes), false),
            item("fasted", "Fasted", Some(Blocks::No), false),
            item("oxygen", "Oxygen", Some(Blocks::No), true),
        ],
        gate: GatePlan::default(),
        doses: vec![DoseBounds {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Some(Expected {
                least: value(5.0),
                plan: None,
                most: value(100.0),
            }),
            per_kg: Some(Expected {
                least: value(0.1),
                plan: Some(value(0.5)),
                most: value(2.0),
            }),
            rate: None,
            concentration: None,
            session_max: None,
            session_max_per_kg: None,
        }],
        prompts: PromptPlan {
            rules: vec![
                every(Check::Score(ScoreId::Moaas), 15),
                every(Check::Look, 30),
            ],
            grace: Duration::from_mins(3),
        },
        discharge: DischargePlan::default(),
        weight: weight_default(),
    })
    .unwrap()
}

/// A bed, and what people do at it.
#[derive(Debug)]
pub(super) struct Bed {
    pub(super) care: Care,
    pub(super) now: MonoTime,
    pub(super) staff: Vec<Person>,
    pub(super) predicts: bool,
    pub(super) names: bool,
    pub(super) without_protocol: Option<(Patient, MonoTime)>,
}

impl Bed {
    pub(super) fn new(label: &str) -> Self {
        let read = [
            Metric::SpO2,
            Metric::PulseRate,
            Metric::RespirationRate,
            Metric::NibpSystolic,
            Metric::NibpDiastolic,
        ];
        let sources = Sources {
            devices: BTreeMap::from([(MONITOR, Duration::from_secs(1))]),
            metrics: read.map(|metric| (metric, MONITOR)).into(),
        };
        let mut care = Care::new([protocol(label)], sources);
        care.facts(GateFacts {
            link_live: true,
            sound_heard: true,
        });
        let person = |id: &str, name: &str, role: &str| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
        };
        Self {
            care,
            now: MonoTime::from_secs(100_000),
            staff: vec![
                person("mn", "M. N.", "nurse"),
                person("ak", "A. K.", "clinician"),
            ],
            predicts: false,
            names: false,
            without_protocol: None,
        }
    }

    /// A bed whose session stands at a stage, everything being as it must be.
    pub(super) fn at(stage: Stage) -> Self {
        let mut bed = Self::new("Ketamine, 0.5 mg/kg in 40 min");
        bed.go(stage);
        bed
    }

    pub(super) fn go(&mut self, stage: Stage) {
        self.does(schedule("M. K."));
        let way = [
            Stage::Screening,
            Stage::Baseline,
            Stage::Ready,
            Stage::Dosing,
            Stage::Peak,
            Stage::Recovery,
            Stage::Discharged,
        ];
        for next in way.into_iter().take_while(|next| *next <= stage) {
            self.prepare(next);
            self.does(CareAction::Step { to: next });
        }
    }

    pub(super) fn prepare(&mut self, next: Stage) {
        match next {
            Stage::Baseline => {
                for (item, said) in [
                    ("aneurysm", Said::No),
                    ("fasted", Said::Yes),
                    ("oxygen", Said::Yes),
                ] {
                    self.does(screen(item, said));
                }
                self.does(CareAction::Weigh {
                    weight: Value::whole(70),
                });
            }
            Stage::Ready => {
                self.wait(20);
                self.reading(128, 76);
                self.wait(300);
                self.reading(124, 72);
                self.wait(60);
                self.does(CareAction::TakeBaseline);
            }
            Stage::Peak => self.does(self.push(35)),
            Stage::Discharged => self.leaves(),
            _ => {}
        }
        self.wait(10);
    }

    pub(super) fn leaves(&mut self) {
        self.wait(3600);
        self.reading(130, 78);
        for (id, items) in [
            (ScoreId::AldreteMod, vec![Some(2); 5]),
            (ScoreId::Moaas, vec![Some(5)]),
            (ScoreId::Ponv, vec![Some(0)]),
            (ScoreId::Cssrs, vec![Some(1)]),
        ] {
            let at = self.now;
            self.does(CareAction::Score(ScoreEntry {
                at,
                id,
                items,
                variant: None,
            }));
        }
        for item in DischargeItem::ALL {
            let answer = ItemAnswer {
                said: Said::Yes,
                note: None,
            };
            self.does(CareAction::Discharge { item, answer });
        }
        self.wait(300);
        self.reading(126, 74);
    }

    pub(super) fn push(&self, mg: i32) -> CareAction {
        CareAction::Dose(DoseEntry {
            at: self.now,
            dose: Dose::Bolus {
                drug: Drug::Ketamine,
                route: Route::Intravenous,
                amount: Value::whole(mg),
                concentration: None,
            },
            again: None,
        })
    }

    pub(super) fn infusion(&self) -> CareAction {
        CareAction::Dose(DoseEntry {
            at: self.now,
            dose: Dose::Start {
                drug: Drug::Ketamine,
                rate: Value::whole(1),
                concentration: None,
                planned: Some(Value::whole(35)),
            },
            again: None,
        })
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        while self.now < until {
            self.now = until.min(self.now + Duration::from_secs(5));
            for (metric, number) in [
                (Metric::SpO2, 97.0),
                (Metric::PulseRate, 70.0),
                (Metric::RespirationRate, 14.0),
            ] {
                let measured = Measured::plausible(metric, number);
                self.observe(Reading::numeric(metric, measured, self.now));
            }
        }
    }

    pub(super) fn reading(&mut self, systolic: i32, diastolic: i32) {
        self.observe(Reading::Cuff(Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(systolic)),
            diastolic: Some(Value::whole(diastolic)),
            mean: None,
            taken: self.now,
        })));
    }

    pub(super) fn observe(&mut self, reading: Reading) {
        let observation = Observation {
            device: MONITOR,
            received: self.now,
            reading,
        };
        self.care.observe(self.now, &observation);
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what a test does reads better without a reference each time"
    )]
    pub(super) fn does(&mut self, action: CareAction) {
        self.tries(&action).unwrap();
    }

    pub(super) fn tries(&mut self, action: &CareAction) -> Result<(), CareRefusal> {
        self.acts(action, false)
    }

    /// Does what is asked about, and says that it is right.
    pub(super) fn passes_over(&mut self, action: &CareAction) {
        self.acts(action, true).unwrap();
    }

    fn acts(&mut self, action: &CareAction, pass_over: bool) -> Result<(), CareRefusal> {
        let act = CareAct {
            session: SESSION,
            action,
            by: "ak",
            station: None,
            role: Role::Clinician,
            reason: Some("it is so"),
            pass_over,
            request: None,
        };
        let entry = self.care.check(self.now, &act)?.entry(&act);
        self.care.apply(self.now, &entry);
        Ok(())
    }

    pub(super) fn shown(&self, lang: Lang) -> Shown<'_> {
        Shown {
            bed: "1",
            bed_name: "Room 1",
            simulated: false,
            is_steered: false,
            care: &self.care,
            without_protocol: self.without_protocol,
            staff: &self.staff,
            zero: DateTime::UNIX_EPOCH,
            now: self.now,
            predicts: self.predicts,
            patients: Patients { names: self.names },
            lang,
        }
    }

    pub(super) fn page(&self) -> String {
        page::page(&self.shown(Lang::English))
    }
}

pub(super) fn schedule(initials: &str) -> CareAction {
    CareAction::Schedule {
        patient: Patient::new(Some(initials), Some("1042")).unwrap(),
        name: None,
        protocol: text("iv-ketamine"),
    }
}

pub(super) fn screen(item: &str, said: Said) -> CareAction {
    CareAction::Screen {
        item: text(item),
        answer: ItemAnswer { said, note: None },
    }
}
