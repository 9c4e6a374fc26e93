use std::time::Duration;

use super::*;
use crate::testing::{Bed, screen};
use crate::{CareAction, Stage};

/// A bed where everything is as it must be, and then changed.
fn bed(change: impl FnOnce(&mut Bed)) -> Bed {
    let mut bed = Bed::at(Stage::Baseline);
    bed.prepare(Stage::Ready);
    change(&mut bed);
    bed
}

/// What is not met, with how it stands.
fn unmet(change: impl FnOnce(&mut Bed)) -> Vec<(GateItem, Standing)> {
    let bed = bed(change);
    let gate = bed.treatment().gate(bed.now).unwrap();
    assert_eq!(gate.is_ready(), gate.unmet().next().is_none());
    let unmet = gate.unmet();
    unmet
        .map(|line| (line.item.clone(), line.standing))
        .collect()
}

fn asked(name: &str) -> GateItem {
    GateItem::Screening(crate::testing::text(name))
}

#[test]
fn it_is_ready_when_everything_is_as_it_must_be() {
    assert_eq!(unmet(|_| ()), []);
    let bed = bed(|_| ());
    let gate = bed.treatment().gate(bed.now).unwrap();
    let because: Vec<_> = gate.lines.iter().map(|line| &*line.because).collect();
    assert_eq!(
        because,
        [
            "Aneurysm: no",
            "Fasted: yes",
            "Other medication: nobody knows",
            "Oxygen: yes",
            "two cuff readings, 5 min apart",
            "the last cuff reading is 124/72 mmHg",
            "heart rate 70/min",
            "SpO2 97 %",
            "breaths 14/min",
            "the baseline was taken",
            "the devices are connected",
            "the probe has been valid for 435 s, of 60 s",
            "the test sound was heard today",
        ]
    );
}

#[test]
fn each_answer_that_blocks_blocks_and_so_does_one_that_nobody_knows() {
    for (item, said) in [
        ("aneurysm", Said::Yes),
        ("aneurysm", Said::Unknown),
        ("fasted", Said::No),
        ("fasted", Said::Unknown),
        ("oxygen", Said::No),
    ] {
        let found = unmet(|bed| drop(bed.nurse(screen(item, said)).unwrap()));
        assert_eq!(found, [(asked(item), Standing::NotMet)], "{item} {said:?}");
    }
    for said in Said::ALL {
        assert_eq!(
            unmet(|bed| drop(bed.nurse(screen("medication", said)).unwrap())),
            []
        );
    }
    let mut bed = Bed::at(Stage::Baseline);
    bed.wait(60);
    let gate = bed.treatment().gate(bed.now).unwrap();
    let missing = gate.lines.iter().take(4);
    assert!(
        missing
            .into_iter()
            .all(|line| line.standing == Standing::Missing)
    );
}

#[test]
fn the_last_pressure_decides_by_either_of_its_numbers() {
    use Standing::{NotMet, Note};
    for (systolic, diastolic, standing) in [
        (139, 89, None),
        (140, 80, Some(Note)),
        (120, 90, Some(Note)),
        (159, 99, Some(Note)),
        (160, 80, Some(NotMet)),
        (120, 100, Some(NotMet)),
    ] {
        let found = unmet(|bed| bed.reading(systolic, diastolic));
        let expected: Vec<_> = standing
            .map(|how| (GateItem::Pressure, how))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{systolic}/{diastolic}");
    }
}

#[test]
fn rates_and_saturation_are_within_the_protocols_numbers() {
    for (rate, is_good) in [(49.0, false), (50.0, true), (110.0, true), (111.0, false)] {
        let found = unmet(|bed| {
            bed.rate = rate;
            bed.wait(1);
        });
        let expected = [(GateItem::HeartRate, Standing::NotMet)];
        assert_eq!(found, expected[usize::from(is_good)..], "{rate}");
    }
    let spo2 = |spo2, own: bool| {
        unmet(|bed| {
            bed.spo2 = spo2;
            bed.wait(1);
            if own {
                bed.nurse(CareAction::TakeBaseline).unwrap();
            }
        })
    };
    assert_eq!(spo2(94.0, false), []);
    assert_eq!(spo2(93.0, false), [(GateItem::SpO2, Standing::NotMet)]);
    assert_eq!(spo2(93.0, true), [(GateItem::SpO2, Standing::Note)]);
}

#[test]
fn what_is_not_measured_is_missing_and_never_a_number() {
    let found = unmet(|bed| bed.now = bed.now + Duration::from_secs(31));
    assert_eq!(
        found,
        [
            (GateItem::HeartRate, Standing::Missing),
            (GateItem::SpO2, Standing::Missing),
            (GateItem::RespirationRate, Standing::Missing),
            (GateItem::Probe, Standing::Missing),
        ]
    );
    let mut bed = Bed::at(Stage::Baseline);
    bed.wait(60);
    bed.reading(120, 70);
    let gate = bed.treatment().gate(bed.now).unwrap();
    let line = |item| gate.lines.iter().find(|line| line.item == item).unwrap();
    assert_eq!(
        &*line(GateItem::Readings).because,
        "two cuff readings 5 min apart are needed; 1 so far"
    );
    assert_eq!(line(GateItem::Pressure).standing, Standing::Met);
    assert_eq!(line(GateItem::Baseline).standing, Standing::Missing);
}

#[test]
fn breaths_are_asked_of_a_bed_that_measures_them_and_of_no_other() {
    let bed = bed(|bed| bed.now = bed.now + Duration::from_secs(31));
    let gate = bed.treatment().gate(bed.now).unwrap();
    let breaths = |gate: &Gate| {
        let mut lines = gate.lines.iter();
        let line = lines.find(|line| line.item == GateItem::RespirationRate);
        let line = line.unwrap();
        (line.standing, line.because.to_string())
    };
    let missing = (Standing::Missing, "no breaths now".to_owned());
    assert_eq!(breaths(&gate), missing);
    let mut sources = crate::testing::sources();
    sources.metrics.remove(&Metric::RespirationRate);
    let protocol = crate::Protocol::new(crate::testing::iv_parts()).unwrap();
    let mut care = crate::Care::new([protocol], sources);
    for (at, entry) in &bed.done {
        care.apply(*at, entry);
    }
    let gate = care.treatment().unwrap().gate(bed.now).unwrap();
    let met = (Standing::Met, "breaths are not measured".to_owned());
    assert_eq!(breaths(&gate), met);
}

#[test]
fn what_nobody_told_is_not_so() {
    let facts = |link_live, sound_heard| {
        unmet(|bed| {
            bed.care.facts(GateFacts {
                link_live,
                sound_heard,
            });
        })
    };
    assert_eq!(facts(false, true), [(GateItem::Link, Standing::NotMet)]);
    assert_eq!(facts(true, false), [(GateItem::Sound, Standing::NotMet)]);
}
