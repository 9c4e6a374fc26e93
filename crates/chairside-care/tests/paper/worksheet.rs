//! What of the worksheet is blank, and why.

use chairside_care::{Fact, RemsFound, RemsItem, RemsWorksheet};

use crate::clinic::{ENDED, OFF, minute, session, spo2, valid};

const SATURATIONS: [RemsItem; 4] = [
    RemsItem::SaturationBefore,
    RemsItem::Saturation40,
    RemsItem::SaturationLeaving,
    RemsItem::SaturationLowest,
];

fn saturations(more: Vec<Fact>) -> [RemsFound; 4] {
    let sheet = RemsWorksheet::of(&session(more));
    let found = |item| {
        let mut lines = sheet.lines.iter();
        lines.find(|line| line.item == item).unwrap().found
    };
    SATURATIONS.map(found)
}

#[test]
fn without_a_valid_saturation_after_the_dose_the_lowest_is_blank_and_says_so() {
    // The dose was at 15 minutes: a value counted then, and after it the probe was off.
    let mut more = vec![spo2(minute(15), valid(97))];
    more.extend((16..=ENDED).map(|at| spo2(minute(at), OFF)));
    let [before, at_40, leaving, lowest] = saturations(more);
    assert!(matches!(before, RemsFound::Measured(_)), "{before:?}");
    for blank in [at_40, leaving] {
        assert_eq!(blank, RemsFound::Blank("no valid saturation at that time"));
    }
    assert!(
        matches!(lowest, RemsFound::Measured(one) if one.taken == minute(15)),
        "what was measured at the dose is the lowest from it on: {lowest:?}"
    );

    let mut more = vec![spo2(minute(14), valid(97))];
    more.extend((15..=ENDED).map(|at| spo2(minute(at), OFF)));
    let blank = saturations(more).map(|found| match found {
        RemsFound::Blank(why) => why,
        other => panic!("{other:?}"),
    });
    assert_eq!(
        blank,
        [
            "no valid saturation at that time",
            "no valid saturation at that time",
            "no valid saturation at that time",
            "no valid saturation after the dose",
        ]
    );
}
