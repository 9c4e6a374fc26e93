//! What alarms are called on screen: the same words as on the dashboard, in both languages.

use chairside_alarm::AlarmId;

/// Returns the title of an alarm in English.
pub(super) const fn title(id: AlarmId) -> &'static str {
    match id {
        AlarmId::HrHigh => "HR high",
        AlarmId::HrVeryHigh => "HR very high",
        AlarmId::HrLow => "HR low",
        AlarmId::HrVeryLow => "HR very low",
        AlarmId::Spo2Low => "SpO₂ low",
        AlarmId::Spo2VeryLow => "SpO₂ very low",
        AlarmId::Spo2Fall => "SpO₂ falling",
        AlarmId::RrLow => "RR low",
        AlarmId::RrHigh => "RR high",
        AlarmId::Etco2High => "EtCO₂ high",
        AlarmId::Apnea => "No breath",
        AlarmId::AirwayObstruction => "Check airway: obstruction signs",
        AlarmId::AirwayPartial => "Airway partly closed signs",
        AlarmId::NibpHigh => "NIBP high",
        AlarmId::NibpVeryHigh => "NIBP very high",
        AlarmId::NibpRise => "NIBP risen",
        AlarmId::NibpLow => "NIBP low",
        AlarmId::NibpVeryLow => "NIBP very low",
        AlarmId::NibpFailed => "Cuff failed",
        AlarmId::NibpOverdue => "Cuff overdue",
        AlarmId::Spo2ProbeOff => "SpO₂ probe off",
        AlarmId::Spo2NoData => "No SpO₂",
        AlarmId::Spo2LowPerfusion => "SpO₂ signal weak",
        AlarmId::Spo2CuffSameLimb => "Cuff and probe on one arm",
        AlarmId::Co2NoData => "No CO₂",
        AlarmId::DeviceLinkLost => "No signal",
        AlarmId::LineGarbled => "Line garbled",
        AlarmId::DeviceSwapped => "Other device",
        AlarmId::BedFailed => "Bed failed",
        AlarmId::RecordingStopped => "Not recording",
        AlarmId::NoStation => "Nobody listens",
        AlarmId::DeliveryFailed => "Not delivered",
        AlarmId::PatientCall => "The patient calls",
        AlarmId::HelpWanted => "Help wanted",
    }
}

/// Each title, and the German one.
pub(super) const ALARMS: &[(&str, &str)] = &[
    ("HR high", "HF hoch"),
    ("HR very high", "HF sehr hoch"),
    ("HR low", "HF tief"),
    ("HR very low", "HF sehr tief"),
    ("SpO₂ low", "SpO₂ tief"),
    ("SpO₂ very low", "SpO₂ sehr tief"),
    ("SpO₂ falling", "SpO₂ fällt"),
    ("RR low", "AF tief"),
    ("RR high", "AF hoch"),
    ("EtCO₂ high", "etCO₂ hoch"),
    ("No breath", "Keine Atmung"),
    (
        "Check airway: obstruction signs",
        "Atemweg prüfen: Zeichen einer Verlegung",
    ),
    ("Airway partly closed signs", "Zeichen einer Teilverlegung"),
    ("NIBP high", "NIBP hoch"),
    ("NIBP very high", "NIBP sehr hoch"),
    ("NIBP risen", "NIBP gestiegen"),
    ("NIBP low", "NIBP tief"),
    ("NIBP very low", "NIBP sehr tief"),
    ("Cuff failed", "NIBP-Messung fehlgeschlagen"),
    ("Cuff overdue", "NIBP überfällig"),
    ("SpO₂ probe off", "SpO₂-Sensor ab"),
    ("No SpO₂", "Kein SpO₂"),
    ("SpO₂ signal weak", "SpO₂-Signal schwach"),
    (
        "Cuff and probe on one arm",
        "Manschette und Sensor an einem Arm",
    ),
    ("No CO₂", "Kein CO₂"),
    ("No signal", "Kein Signal"),
    ("Line garbled", "Leitung gestört"),
    ("Other device", "Anderes Gerät"),
    ("Bed failed", "Bettüberwachung ausgefallen"),
    ("Not recording", "Keine Aufzeichnung"),
    ("Nobody listens", "Niemand hört zu"),
    ("Not delivered", "Nicht zugestellt"),
    ("The patient calls", "Der Patient ruft"),
    ("Help wanted", "Hilfe gerufen"),
];

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;

    const DASHBOARD: &str = include_str!("../../../dashboard/alarms.js");
    const GERMAN: &[&str] = &[
        include_str!("../../../dashboard/languages/de.js"),
        include_str!("../../../dashboard/languages/de-pages.js"),
        include_str!("../../../dashboard/languages/de-service.js"),
    ];

    #[test]
    fn every_alarm_is_called_as_on_the_dashboard_in_both_languages() {
        assert_eq!(ALARMS.len(), AlarmId::ALL.len());
        for id in AlarmId::ALL.iter().copied() {
            let (english, german) = (Lang::English.alarm(id), Lang::German.alarm(id));
            let there = format!("  {}: \"{english}\",\n", id.name());
            assert!(DASHBOARD.contains(&there), "{there}");
            let there = format!("  \"{english}\": \"{german}\",\n");
            assert!(GERMAN.iter().any(|one| one.contains(&there)), "{there}");
        }
    }
}
