//! Random programs of people, readings and time: the record gives the same session again.

use chairside_alarm::Role;
use chairside_model::Observation;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::testing::{iv_parts, numeric};
use crate::{EntryNumber, ScoreId};
use chairside_model::Metric;

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    Wait(u64),
    Step(Stage),
    Act(usize),
    Amend(EntryNumber),
    Cuff(i32),
    Numbers(u32),
    Device(bool),
    HighAlarm(bool),
    Facts(bool),
}

/// What goes into a care besides what people ask for: what a restart gives it again.
#[derive(Clone, Debug)]
enum Input {
    Entry(CareEntry),
    Observed(Observation),
    Device(bool),
    HighAlarm(bool),
    Facts(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    let forward = Stage::ALL.to_vec();
    prop_oneof![
        2 => (1..900_u64).prop_map(Happening::Wait),
        4 => select(forward).prop_map(Happening::Step),
        6 => (0..14_usize).prop_map(Happening::Act),
        1 => (1..30_u32).prop_map(Happening::Amend),
        3 => (100..170_i32).prop_map(Happening::Cuff),
        2 => (50..100_u32).prop_map(Happening::Numbers),
        1 => any::<bool>().prop_map(Happening::Device),
        1 => any::<bool>().prop_map(Happening::HighAlarm),
        1 => any::<bool>().prop_map(Happening::Facts),
    ]
}

/// The bed of a program, and what went into it.
struct Run {
    bed: Bed,
    inputs: Vec<(MonoTime, Input)>,
}

fn empty() -> Care {
    let protocol = Protocol::new(iv_parts()).expect("it is valid");
    Care::new([protocol], sources())
}

fn put(care: &mut Care, now: MonoTime, input: &Input) {
    match input {
        Input::Entry(entry) => care.apply(now, entry),
        Input::Observed(observation) => care.observe(now, observation),
        Input::Device(belongs) => care.device(now, MONITOR, *belongs),
        Input::HighAlarm(stands) => care.high_alarm(now, *stands),
        Input::Facts(are_good) => care.facts(GateFacts {
            link_live: *are_good,
            sound_heard: *are_good,
        }),
    }
}

impl Run {
    fn put(&mut self, input: Input) {
        put(&mut self.bed.care, self.bed.now, &input);
        self.inputs.push((self.bed.now, input));
    }

    /// A person asks for it; what is refused changes nothing.
    fn act(&mut self, action: &CareAction, role: Role, reason: Option<&str>) {
        let before = self.bed.care.clone();
        let act = CareAct {
            session: SESSION,
            action,
            by: role.name(),
            station: None,
            role,
            reason,
            pass_over: true,
            request: None,
        };
        match self.bed.care.check(self.bed.now, &act) {
            Ok(checked) => self.put(Input::Entry(checked.entry(&act))),
            Err(_) => assert_eq!(before, self.bed.care),
        }
    }

    fn happen(&mut self, happening: &Happening) {
        let now = self.bed.now;
        let reason = Some("a reason");
        match happening {
            Happening::Wait(seconds) => self.bed.now = now + Duration::from_secs(*seconds),
            Happening::Step(to) => self.act(&step(*to), Role::Clinician, reason),
            Happening::Act(which) => {
                let action = action(&self.bed, *which);
                self.act(&action, Role::Nurse, reason);
            }
            Happening::Amend(entry) => {
                let withdrawn = CareAction::Amend {
                    entry: *entry,
                    amendment: Amendment::Withdrawn,
                };
                self.act(&withdrawn, Role::Nurse, reason);
            }
            Happening::Cuff(systolic) => {
                self.put(Input::Observed(cuff(now, *systolic, systolic / 2)));
            }
            Happening::Numbers(spo2) => {
                let spo2 = numeric(now, Metric::SpO2, f64::from(*spo2));
                self.put(Input::Observed(spo2));
            }
            Happening::Device(belongs) => self.put(Input::Device(*belongs)),
            Happening::HighAlarm(stands) => self.put(Input::HighAlarm(*stands)),
            Happening::Facts(are_good) => self.put(Input::Facts(*are_good)),
        }
    }

    fn hold(&self) {
        let Some(treatment) = self.bed.care.find(SESSION) else {
            return;
        };
        let numbers = treatment.log().iter().map(|logged| logged.entry.number);
        assert!(
            numbers.eq(1..treatment.next_number()),
            "no number is left out"
        );
        let named = |logged: &crate::Logged| !logged.entry.by.is_empty();
        assert!(treatment.log().iter().all(named));
        let stepped = treatment
            .log()
            .iter()
            .filter_map(|logged| match logged.entry.action {
                CareAction::Step { to } => Some((logged.at, to)),
                _ => None,
            });
        let stages = treatment.stages().iter().skip(1).copied();
        assert!(stepped.eq(stages), "each stage is a person's step");
        let runs = treatment.dose_log().infusion(self.bed.now).is_some();
        assert!(!runs || treatment.stage() == Stage::Dosing);
        assert_eq!(treatment.dose_log().stray(), [], "every dose makes sense");
        let next = treatment.next_deadline(self.bed.now);
        assert!(next.is_none_or(|next| next > self.bed.now));
    }
}

/// An entry of a session that is planned beside the one of the program.
fn of_another(action: CareAction) -> CareEntry {
    CareEntry {
        session: SessionId(8),
        number: if matches!(action, CareAction::Schedule { .. }) {
            1
        } else {
            2
        },
        action,
        by: "mn".into(),
        station: None,
        reason: None,
        passed_over: Vec::new(),
        request: None,
    }
}

fn action(bed: &Bed, which: usize) -> CareAction {
    match which {
        0 => schedule(),
        1 => screen("aneurysm", Said::No),
        2 => screen("fasted", Said::Unknown),
        3 => CareAction::Weigh {
            weight: Value::whole(70),
        },
        4 => CareAction::TakeBaseline,
        5 => bed.bolus(20),
        6 => bed.infusion(),
        7 => CareAction::Dose(bed.dose(Dose::Pause)),
        8 => CareAction::Dose(bed.dose(Dose::Resume)),
        9 => CareAction::Dose(bed.dose(Dose::Stop)),
        10 => bed.rated(ScoreId::Moaas, 3),
        11 => CareAction::Check { check: Check::Look },
        12 => bed.happened(EventKind::OxygenOn),
        _ => CareAction::Discharge {
            item: DischargeItem::Escort,
            answer: ItemAnswer {
                said: Said::Yes,
                note: None,
            },
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn the_record_gives_the_same_session_again(
        begins in 0..7_usize,
        program in proptest::collection::vec(happening(), 1..120),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bed = Bed::new();
        bed.care = empty();
        let mut run = Run { bed, inputs: Vec::new() };
        // Most programs would never come to a dose by chance.
        run.act(&schedule(), Role::Nurse, None);
        for stage in &Stage::ALL[1..=begins.max(1)] {
            run.bed.now = run.bed.now + Duration::from_mins(1);
            run.act(&step(*stage), Role::Clinician, Some("a reason"));
        }
        for happening in &program {
            run.happen(happening);
            run.hold();
        }
        // The record has each entry once, and may be read twice; readings of before the opening
        // are read or not; and other sessions were planned and called off meanwhile.
        let mut again = empty();
        let opened = run.bed.care.find(SESSION).and_then(Treatment::opened);
        let part = cut.index(run.inputs.len());
        for (place, (at, input)) in run.inputs.iter().enumerate() {
            let is_of_before = matches!(input, Input::Observed(_))
                && opened.is_none_or(|opened| *at < opened);
            if is_of_before {
                continue;
            }
            put(&mut again, *at, input);
            if place == part {
                for (at, input) in &run.inputs[..=part] {
                    if matches!(input, Input::Entry(_)) {
                        put(&mut again, *at, input);
                    }
                }
                for action in [schedule(), step(Stage::Aborted)] {
                    put(&mut again, *at, &Input::Entry(of_another(action)));
                }
            }
        }
        prop_assert_eq!(again.find(SESSION), run.bed.care.find(SESSION));
    }
}
