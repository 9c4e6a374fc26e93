use chairside_model::BedId;
use proptest::prelude::*;

use super::*;
use crate::testing::{any_records, names};

proptest! {
    #[test]
    fn a_record_comes_back_from_its_row_as_it_was(records in any_records()) {
        let names = names();
        let numbers = Numbers::of(&names);
        for record in records {
            let row = Row::of(&record, &names);
            let back = numbers.record(&row, Shift { nanoseconds: 0 });
            let is_unknown = record.entry.bed() == Some(BedId(900))
                || matches!(record.entry, Entry::DeviceAlarm { .. })
                || format!("{:?}", record.entry).contains("DeviceId(901)");
            prop_assert_eq!(back, (!is_unknown).then_some(record));
        }
    }
}

#[test]
fn what_was_before_the_zero_of_the_new_clock_becomes_its_zero() {
    let shift = Shift {
        nanoseconds: -5_000_000_000,
    };
    assert_eq!(shift.apply(MonoTime::from_secs(7)), MonoTime::from_secs(2));
    assert_eq!(shift.apply(MonoTime::from_secs(3)), MonoTime::ZERO);
}
