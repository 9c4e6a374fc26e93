use proptest::prelude::*;

use std::time::Duration;

use super::*;

const BEGAN: MonoTime = MonoTime::from_secs(100);
const NOW: MonoTime = MonoTime::from_secs(1000);

fn rated(id: ScoreId, items: &[Option<i16>]) -> ScoreEntry {
    ScoreEntry {
        at: MonoTime::from_secs(500),
        id,
        items: items.to_vec(),
        variant: None,
    }
}

fn one(id: ScoreId, rating: i16) -> ScoreEntry {
    rated(id, &[Some(rating)])
}

fn words(entry: &ScoreEntry) -> String {
    match entry.check((BEGAN, NOW)) {
        Ok(()) => "taken".to_owned(),
        Err(why) => why.to_string(),
    }
}

#[test]
fn each_instrument_has_its_items_and_its_total() {
    for (id, items, total) in [
        (ScoreId::Moaas, 1, 0..=5),
        (ScoreId::Rass, 1, -5..=4),
        (ScoreId::AldreteMod, 5, 0..=10),
        (ScoreId::Padss, 5, 0..=10),
        (ScoreId::Cadss23, 23, 0..=92),
        (ScoreId::Cadss6, 6, 0..=24),
        (ScoreId::Cssrs, 1, 0..=1),
        (ScoreId::Phq9, 9, 0..=27),
        (ScoreId::Gad7, 7, 0..=21),
        (ScoreId::Ponv, 1, 0..=3),
        (ScoreId::VasPain, 1, 0..=100),
        (ScoreId::VasAnxiety, 1, 0..=100),
        (ScoreId::VasDrugEffect, 1, 0..=100),
    ] {
        assert_eq!(id.item_numbers().len(), items, "{}", id.title());
        assert_eq!(id.total_range(), total, "{}", id.title());
    }
}

#[test]
fn a_rating_out_of_range_names_the_item_and_the_range() {
    let mut items = [Some(2); 6];
    items[4] = Some(5);
    assert_eq!(
        words(&rated(ScoreId::Cadss6, &items)),
        "CADSS-6, item 15: 5 is not within 0 to 4"
    );
    assert_eq!(
        words(&one(ScoreId::Rass, -6)),
        "RASS, item 1: -6 is not within -5 to 4"
    );
    assert_eq!(
        words(&rated(ScoreId::Phq9, &[Some(1); 8])),
        "PHQ-9: it has 9 items and not 8"
    );
    assert_eq!(
        words(&rated(ScoreId::Gad7, &[None; 7])),
        "GAD-7: nothing was rated: say that it was not done"
    );
}

#[test]
fn what_was_not_done_is_taken_and_has_no_total() {
    let not_done = rated(ScoreId::AldreteMod, &[]);
    assert_eq!(words(&not_done), "taken");
    assert!(not_done.is_not_done());
    assert_eq!(not_done.total(), None);
}

#[test]
fn a_rating_is_neither_before_the_session_nor_in_the_future() {
    let mut entry = one(ScoreId::Moaas, 5);
    for (at, expected) in [
        (
            BEGAN.saturating_sub(Duration::from_secs(1)),
            Err(ScoreRefusal::BeforeSession),
        ),
        (BEGAN, Ok(())),
        (NOW, Ok(())),
        (NOW + Duration::from_secs(1), Err(ScoreRefusal::Future)),
    ] {
        entry.at = at;
        assert_eq!(entry.check((BEGAN, NOW)), expected);
    }
}

#[test]
fn sedation_reminds_of_a_second_look_and_of_the_prescriber() {
    let look = Consequence::Due(Check::Look);
    for (rating, expected) in [
        (5, vec![]),
        (4, vec![]),
        (3, vec![look]),
        (2, vec![look, Consequence::CallPrescriber]),
        (0, vec![look, Consequence::CallPrescriber]),
    ] {
        assert_eq!(one(ScoreId::Moaas, rating).consequences(), expected);
    }
    assert_eq!(rated(ScoreId::Moaas, &[]).consequences(), []);
}

#[test]
fn the_ninth_item_of_the_phq_asks_about_suicide_whatever_else_was_rated() {
    let ask = [Consequence::Due(Check::Score(ScoreId::Cssrs))];
    let mut items = [None; 9];
    items[8] = Some(1);
    let entry = rated(ScoreId::Phq9, &items);
    assert_eq!(entry.total(), None);
    assert_eq!(entry.consequences(), ask);
    items = [Some(3); 9];
    items[8] = Some(0);
    assert_eq!(rated(ScoreId::Phq9, &items).consequences(), []);
    items[8] = None;
    assert_eq!(rated(ScoreId::Phq9, &items).consequences(), []);
}

#[test]
fn vomiting_reminds_of_a_look_and_nausea_does_not() {
    let look = [Consequence::Due(Check::Look)];
    assert_eq!(one(ScoreId::Ponv, 3).consequences(), look);
    assert_eq!(one(ScoreId::Ponv, 2).consequences(), []);
}

#[test]
fn the_latest_is_by_when_it_was_rated_and_not_by_when_it_was_entered() {
    let at = |seconds, items: &[Option<i16>]| ScoreEntry {
        at: MonoTime::from_secs(seconds),
        ..rated(ScoreId::Moaas, items)
    };
    let early_entered_late = at(200, &[Some(2)]);
    let entries = [at(300, &[Some(4)]), at(400, &[]), early_entered_late];
    let latest = |now| {
        let numbered = (1..).zip(&entries);
        ScoreEntry::latest(numbered, ScoreId::Moaas, MonoTime::from_secs(now))
    };
    assert_eq!(latest(500), Some(&entries[0]));
    assert_eq!(latest(250), Some(&entries[2]));
    assert_eq!(latest(100), None);
    let others = (1..).zip(&entries);
    assert_eq!(ScoreEntry::latest(others, ScoreId::Rass, NOW), None);
}

#[test]
fn the_anchors_of_an_item_cover_its_range_and_protected_items_have_none() {
    let variant = AldreteVariant::default();
    for id in ScoreId::ALL {
        for place in 0..id.item_numbers().len() {
            let anchors = id.anchors(place, variant);
            let mut ratings: Vec<i16> = anchors.iter().map(|(rating, _)| *rating).collect();
            ratings.sort_unstable();
            let all: Vec<i16> = id.range().collect();
            let protected = matches!(
                id,
                ScoreId::Cadss23 | ScoreId::Cadss6 | ScoreId::Phq9 | ScoreId::Gad7
            );
            let scale = id.range() == (0..=100);
            assert_eq!(ratings.is_empty(), protected || scale, "{}", id.title());
            assert!(ratings.is_empty() || ratings == all, "{}", id.title());
            assert!(!protected || id.item_label(place).is_none());
        }
        assert!(id.anchors(id.item_numbers().len(), variant).is_empty());
    }
}

#[test]
fn the_record_says_which_aldrete_it_was() {
    let ours = AldreteVariant::default();
    let text = "pressure within 20 %, SpO2 above 92 % on air, pass mark 9";
    assert_eq!(ScoreId::AldreteMod.variant(ours), text);
    let other = AldreteVariant {
        circulation: Circulation::MillimetreOfMercury,
        spo2_above: 90,
        pass: 8,
    };
    assert!(other.is_printed());
    assert!(!AldreteVariant { pass: 7, ..ours }.is_printed());
    let text = "pressure within 20 mmHg, SpO2 above 90 % on air, pass mark 8";
    assert_eq!(ScoreId::AldreteMod.variant(other), text);
    let anchor = |variant, place| ScoreId::AldreteMod.anchors(place, variant)[0].1;
    assert_eq!(anchor(ours, 2), "pressure within 20 % of the baseline");
    assert_eq!(anchor(other, 2), "pressure within 20 mmHg of the baseline");
    assert_eq!(anchor(other, 4), "SpO2 above 90 % on air");
}

fn any_entry() -> impl Strategy<Value = ScoreEntry> {
    proptest::sample::select(&ScoreId::ALL[..]).prop_flat_map(|id| {
        proptest::collection::vec(id.range(), id.item_numbers().len()).prop_map(move |items| {
            let items: Vec<_> = items.into_iter().map(Some).collect();
            rated(id, &items)
        })
    })
}

proptest! {
    #[test]
    fn a_complete_rating_is_taken_and_its_total_is_the_sum(entry in any_entry()) {
        prop_assert_eq!(entry.check((BEGAN, NOW)), Ok(()));
        let total = entry.total().unwrap();
        prop_assert_eq!(total, entry.items.iter().flatten().sum::<i16>());
        prop_assert!(entry.id.total_range().contains(&total));
    }

    #[test]
    fn no_total_with_an_absent_item(entry in any_entry(), absent in any::<proptest::sample::Index>()) {
        let mut entry = entry;
        let place = absent.index(entry.items.len());
        entry.items[place] = None;
        prop_assert_eq!(entry.total(), None);
    }

    #[test]
    fn no_total_of_any_other_numbers(
        entry in any_entry(),
        items in proptest::collection::vec(any::<Option<i16>>(), 0..30),
    ) {
        let entry = ScoreEntry { items, ..entry };
        let fits = entry.items.iter().all(Option::is_some)
            && !entry.is_not_done()
            && entry.check((BEGAN, NOW)).is_ok();
        prop_assert_eq!(entry.total().is_some(), fits);
    }
}
