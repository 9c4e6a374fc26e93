//! What a time line marks of a treatment session: what was given and what happened, in the few
//! words for which there is room there.

use chairside_care::{Dose, Treatment};
use chairside_model::{MonoTime, Value};

use super::lang::Lang;
use super::said::{dose_words, noted};

/// Returns the doses and the events of a session as they hold, each with when it happened, which
/// may be before it was entered. What was withdrawn is not among them.
pub(in crate::web) fn marks(treatment: &Treatment, lang: Lang) -> Vec<(MonoTime, String)> {
    let held = treatment.in_force();
    let doses = held
        .doses()
        .map(|(_, entry)| (entry.at, few_words(lang, &entry.dose)));
    let events = held.events().map(|(_, event)| {
        let words = noted(lang.event(event.kind), event.note.as_ref());
        (event.at, words)
    });
    doses.chain(events).collect()
}

/// Says what was given without the way, the concentration and the plan: those are in the log.
fn few_words(lang: Lang, dose: &Dose) -> String {
    let number = |value: &Value| lang.number(value.number());
    match dose {
        Dose::Bolus { drug, amount, .. } => format!("{} {} mg", lang.drug(*drug), number(amount)),
        Dose::Start { drug, rate, .. } => format!("{} {} mg/min", lang.drug(*drug), number(rate)),
        Dose::Rate { rate } => format!("{} mg/min", number(rate)),
        Dose::Pause | Dose::Resume | Dose::Stop => dose_words(lang, dose),
    }
}

#[cfg(test)]
mod tests {
    use chairside_care::{Amendment, CareAction, CareEvent, DoseEntry, EventKind, Stage};

    use super::super::testing::{Bed, text};
    use super::*;

    fn words(bed: &Bed, lang: Lang) -> Vec<String> {
        let marks = marks(bed.care.treatment().unwrap(), lang).into_iter();
        marks.map(|(_, words)| words).collect()
    }

    fn event(bed: &Bed, kind: EventKind, note: Option<&str>) -> CareEvent {
        CareEvent {
            at: bed.now,
            kind,
            note: note.map(text),
        }
    }

    #[test]
    fn a_dose_and_an_event_are_few_words_in_the_language_of_the_page() {
        let mut bed = Bed::at(Stage::Dosing);
        bed.does(bed.push(35));
        bed.does(CareAction::Event(event(&bed, EventKind::OxygenOn, None)));
        let noted = event(&bed, EventKind::DrugGiven, Some("ondansetron 4 mg"));
        bed.does(CareAction::Event(noted));
        let english = [
            "ketamine 35 mg",
            "Oxygen on",
            "Drug given (ondansetron 4 mg)",
        ];
        assert_eq!(words(&bed, Lang::English), english);
        assert_eq!(
            words(&bed, Lang::German)[..2],
            ["Ketamin 35 mg", "Sauerstoff an"]
        );
    }

    #[test]
    fn of_an_infusion_its_rate_stands_and_each_change_of_it() {
        let mut bed = Bed::at(Stage::Dosing);
        bed.does(bed.infusion());
        let change = |bed: &Bed, dose| {
            CareAction::Dose(DoseEntry {
                at: bed.now,
                dose,
                again: None,
            })
        };
        for dose in [Dose::Pause, Dose::Resume, Dose::Stop] {
            bed.wait(60);
            bed.does(change(&bed, dose));
        }
        let marked = [
            "ketamine 1 mg/min",
            "infusion held",
            "infusion goes on",
            "infusion stopped",
        ];
        assert_eq!(words(&bed, Lang::English), marked);
    }

    #[test]
    fn a_corrected_entry_stands_as_it_holds_and_when_it_happened_and_a_withdrawn_one_not_at_all() {
        let mut bed = Bed::at(Stage::Dosing);
        let vomited = event(&bed, EventKind::Vomiting, None);
        let happened = bed.now;
        bed.does(CareAction::Event(vomited));
        let entry = bed.care.treatment().unwrap().next_number() - 1;
        bed.wait(120);
        let stridor = CareEvent {
            at: happened,
            ..event(&bed, EventKind::Stridor, None)
        };
        bed.does(CareAction::Amend {
            entry,
            amendment: Amendment::Event(stridor),
        });
        let held = marks(bed.care.treatment().unwrap(), Lang::English);
        assert_eq!(held, [(happened, "Stridor heard".to_owned())]);
        bed.does(CareAction::Amend {
            entry,
            amendment: Amendment::Withdrawn,
        });
        assert_eq!(words(&bed, Lang::English), Vec::<String>::new());
    }
}
