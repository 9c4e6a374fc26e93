//! Entries of treatment sessions with anything in them.

use chairside_care::{
    Again, Amendment, CareAction, CareEntry, CareEvent, Check, DischargeItem, Dose, DoseEntry,
    Drug, EventKind, ItemAnswer, Route, Said, ScoreEntry, ScoreId, Stage, Text,
};
use chairside_model::{PatientName, SessionId};
use proptest::prelude::*;

use super::{any_patient, any_time, any_value, said};

pub(super) fn any_care() -> impl Strategy<Value = CareEntry> {
    let passed_over = proptest::collection::vec(".{0,40}".prop_map(Box::from), 0..4);
    let texts = (".{1,40}", said(), said(), passed_over, said());
    (any::<u64>(), 1..=u32::MAX, any_action(), texts).prop_map(
        |(session, number, action, (by, station, reason, passed_over, request))| CareEntry {
            session: SessionId(session),
            number,
            action,
            by: by.into(),
            station,
            reason,
            passed_over,
            request,
        },
    )
}

pub(crate) fn any_action() -> impl Strategy<Value = CareAction> {
    let one_of_checks = prop_oneof![
        select(&ScoreId::ALL).prop_map(Check::Score),
        Just(Check::Look),
        Just(Check::IvSite),
    ];
    prop_oneof![
        (any_patient(), any_name(), any_text()).prop_map(|(patient, name, protocol)| {
            CareAction::Schedule {
                patient,
                name,
                protocol,
            }
        }),
        select(&Stage::ALL).prop_map(|to| CareAction::Step { to }),
        (any_text(), any_answer()).prop_map(|(item, answer)| CareAction::Screen { item, answer }),
        any_value().prop_map(|weight| CareAction::Weigh { weight }),
        Just(CareAction::TakeBaseline),
        any_dose().prop_map(CareAction::Dose),
        any_score().prop_map(CareAction::Score),
        one_of_checks.prop_map(|check| CareAction::Check { check }),
        any_event().prop_map(CareAction::Event),
        (select(&DischargeItem::ALL), any_answer())
            .prop_map(|(item, answer)| CareAction::Discharge { item, answer }),
        (any::<u32>(), any_amendment())
            .prop_map(|(entry, amendment)| CareAction::Amend { entry, amendment }),
    ]
}

fn any_amendment() -> impl Strategy<Value = Amendment> {
    prop_oneof![
        Just(Amendment::Withdrawn),
        any_dose().prop_map(Amendment::Dose),
        any_score().prop_map(Amendment::Score),
        any_event().prop_map(Amendment::Event),
    ]
}

fn any_dose() -> impl Strategy<Value = DoseEntry> {
    let maybe = || proptest::option::of(any_value());
    let bolus = (
        select(&Drug::ALL),
        select(&Route::ALL),
        any_value(),
        maybe(),
    );
    let start = (select(&Drug::ALL), any_value(), maybe(), maybe());
    let dose = prop_oneof![
        bolus.prop_map(|(drug, route, amount, concentration)| Dose::Bolus {
            drug,
            route,
            amount,
            concentration,
        }),
        start.prop_map(|(drug, rate, concentration, planned)| Dose::Start {
            drug,
            rate,
            concentration,
            planned,
        }),
        any_value().prop_map(|rate| Dose::Rate { rate }),
        Just(Dose::Pause),
        Just(Dose::Resume),
        Just(Dose::Stop),
    ];
    let again = proptest::collection::vec(any_value(), 0..4).prop_map(Again::new);
    (any_time(), dose, again).prop_map(|(at, dose, again)| DoseEntry { at, dose, again })
}

fn any_score() -> impl Strategy<Value = ScoreEntry> {
    let items = proptest::collection::vec(any::<Option<i16>>(), 0..24);
    let variant = proptest::option::of(any_text());
    let score = (any_time(), select(&ScoreId::ALL), items, variant);
    score.prop_map(|(at, id, items, variant)| ScoreEntry {
        at,
        id,
        items,
        variant,
    })
}

fn any_event() -> impl Strategy<Value = CareEvent> {
    let note = proptest::option::of(any_text());
    let event = (any_time(), select(&EventKind::ALL), note);
    event.prop_map(|(at, kind, note)| CareEvent { at, kind, note })
}

fn any_answer() -> impl Strategy<Value = ItemAnswer> {
    let note = proptest::option::of(any_text());
    (select(&Said::ALL), note).prop_map(|(said, note)| ItemAnswer { said, note })
}

fn any_name() -> impl Strategy<Value = Option<PatientName>> {
    "\\PC{0,20}".prop_map(|text| PatientName::said(Some(&text)).expect("it is short"))
}

fn any_text() -> impl Strategy<Value = Text> {
    "\\PC{1,60}".prop_filter_map("says something", |text| Text::new(&text).ok())
}

fn select<T: Copy + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(all.to_vec())
}
