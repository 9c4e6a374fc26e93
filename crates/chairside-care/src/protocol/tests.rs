use super::*;
use crate::testing::{iv_parts, text};

fn refused(change: impl FnOnce(&mut ProtocolParts)) -> Vec<String> {
    let mut parts = iv_parts();
    change(&mut parts);
    let mistakes = Protocol::new(parts).expect_err("it is a mistake");
    let told = mistakes.into_iter();
    told.map(|mistake| format!("{}: {}", mistake.key, mistake.why))
        .collect()
}

#[test]
fn the_defaults_of_the_sheet_are_a_protocol() {
    let protocol = Protocol::new(iv_parts()).expect("it is valid");
    assert_eq!(protocol.name(), "iv-ketamine");
    assert!(protocol.item(&text("oxygen")).is_some_and(|item| item.kit));
    assert!(protocol.item(&text("nothing")).is_none());
}

#[test]
fn every_mistake_is_told_at_once_with_its_key_and_its_numbers() {
    let told = refused(|parts| {
        parts.name = text("IV Ketamine");
        parts.gate.systolic_note = Value::whole(170);
        parts.gate.readings_apart = Duration::from_mins(31);
        parts.cuff.close = Duration::from_mins(11);
        parts.cuff.close_moaas = 6;
        parts.weight.least = Value::whole(400);
    });
    assert_eq!(
        told,
        [
            "name: \"IV Ketamine\" is no name: at most 32 letters (a-z), digits, '-', '_' and '.'",
            "cuff.close_moaas: 6 is not within 0 to 5",
            "cuff.close_s: 660 s is longer than the 600 s of a patient who is well",
            "gate.readings_apart_s: 1860 s is not within 60 to 1200 s",
            "gate.systolic_note: 170 is not below gate.systolic_block 160",
            "weight: 400 is not below 300",
        ]
    );
}

#[test]
fn a_screening_has_a_kit_and_no_name_twice() {
    let told = refused(|parts| {
        parts.screening.retain(|item| !item.kit);
        let again = parts.screening[0].clone();
        parts.screening.push(again);
    });
    let name = iv_parts().screening[0].name.as_str().to_owned();
    assert_eq!(
        told,
        [
            "screening: no item is of the emergency kit".to_owned(),
            format!("screening.{name}: two items have this name"),
        ]
    );
    let told = refused(|parts| {
        let kit = parts.screening.iter_mut().find(|item| item.kit);
        kit.unwrap().blocks_on = None;
    });
    assert_eq!(
        told,
        ["screening.oxygen.blocks_on: an item of the emergency kit must be there: it blocks on no"]
    );
}
