//! Limits and what else the session sets: the columns of each table beside those of every record.

use super::Column;
use crate::row::{BaselineFact, LimitFact};

pub(super) fn limit(fact: &LimitFact<'_>) -> Vec<Column> {
    vec![
        ("key", fact.key.clone().into_owned().into()),
        ("old", fact.old.into()),
        ("new", fact.new.into()),
        ("cause", fact.cause.clone().into_owned().into()),
    ]
}

pub(super) fn baseline(fact: &BaselineFact) -> Vec<Column> {
    let (systolic, diastolic) = fact.pressure.unzip();
    vec![
        ("heart_rate", fact.heart_rate.into()),
        ("spo2", fact.spo2.into()),
        ("respiration_rate", fact.respiration_rate.into()),
        ("etco2", fact.etco2.into()),
        ("systolic", systolic.into()),
        ("diastolic", diastolic.into()),
    ]
}
