//! What was given besides the treatment's own drug.

use chairside_care::{Amendment, CareAction, CareEvent, EventKind, Fact, LedgerEntry, Text};

use crate::clinic::{Notes, minute, session};

fn given(at: i64, note: &str) -> CareEvent {
    CareEvent {
        at: minute(at),
        kind: EventKind::DrugGiven,
        note: Some(Text::new(note).unwrap()),
    }
}

#[test]
fn another_drug_is_told_as_it_was_written_last_and_in_the_order_of_time() {
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let vomited = CareEvent {
        at: minute(30),
        kind: EventKind::Vomiting,
        note: Some(Text::new("a little").unwrap()),
    };
    let late = notes.note(minute(60), CareAction::Event(given(58, "labetalol 10 mg")));
    let Fact::Care { entry, .. } = &late else {
        unreachable!("it was just noted")
    };
    let amend = |amendment| CareAction::Amend {
        entry: entry.number,
        amendment,
    };
    let entries = vec![
        notes.note(minute(30), CareAction::Event(vomited)),
        // Entered later than the one after it, and corrected after that.
        late.clone(),
        notes.note(minute(61), CareAction::Event(given(40, "ondansetron 4 mg"))),
        notes.note(
            minute(70),
            amend(Amendment::Event(given(58, "labetalol 20 mg"))),
        ),
    ];
    let told = |entries: Vec<Fact>| {
        let drugs = LedgerEntry::of(&session(entries)).drugs.into_iter();
        drugs
            .map(|(at, note)| (at, note.as_str().to_owned()))
            .collect::<Vec<_>>()
    };
    let ondansetron = (minute(40), "ondansetron 4 mg".to_owned());
    let labetalol = (minute(58), "labetalol 20 mg".to_owned());
    assert_eq!(told(entries.clone()), [ondansetron.clone(), labetalol]);

    let withdrawn = notes.note(minute(80), amend(Amendment::Withdrawn));
    let entries = entries.into_iter().chain([withdrawn]).collect();
    assert_eq!(told(entries), [ondansetron]);
    assert_eq!(told(Vec::new()), []);
}
