//! What can be missing or bad, each by itself.

use super::*;

use DischargeNeed as Need;
use Standing::{Missing, NotMet};

/// The twelve cases, each with one criterion that is missing or bad.
pub(super) const TWELVE: [Bad; 12] = [
    (
        "an Aldrete of 8",
        |case| case.score(ScoreId::AldreteMod).items[1] = Some(1),
        Need::Aldrete,
        NotMet,
        "Modified Aldrete: 8, 10 min old (required: 9 or more",
    ),
    (
        "sleepy",
        |case| case.score(ScoreId::Moaas).items[0] = Some(4),
        Need::Moaas,
        NotMet,
        "Awake (MOAA/S): 4, 10 min old (required: 5)",
    ),
    (
        "still away",
        |case| case.score(ScoreId::Cadss6).items[0] = Some(3),
        Need::Dissociation,
        NotMet,
        "CADSS-6 is 6, and was 1 before the dose",
    ),
    (
        "a fast heart",
        |case| case.heart_rate = Some(taken(85)),
        Need::HeartRate,
        NotMet,
        "Heart rate: 85/min, 0 s old (required: within 20 % of 70/min)",
    ),
    (
        "160 mmHg",
        |case| {
            case.pressure = Some(pressure(122, 160, 88));
            case.pressure_before = Some(pressure(107, 165, 92));
        },
        Need::Pressure,
        NotMet,
        "160/88 mmHg after 165/92 mmHg, 8 min old (required: within 20 % of 138/86 mmHg, below \
         160/100 mmHg, and falling)",
    ),
    (
        "93 %",
        |case| case.spo2 = Some(taken(93)),
        Need::SpO2,
        NotMet,
        "SpO2 on room air: 93 %, 0 s old (required: 94 % or more",
    ),
    (
        "sick",
        |case| case.score(ScoreId::Ponv).items[0] = Some(2),
        Need::Nausea,
        NotMet,
        "Nausea: 2, 10 min old (required: 1 or less of 3)",
    ),
    (
        "a high alarm a while ago",
        |case| case.quiet_since = Some(minute(101)),
        Need::Quiet,
        NotMet,
        "Time since the last high alarm: 29 min (required: 30 min)",
    ),
    (
        "less than an hour after the infusion",
        |case| case.doses[1].at = minute(71),
        Need::TimeSinceDose,
        NotMet,
        "Time since the dose: 59 min (required: 60 min after ketamine, intravenous)",
    ),
    (
        "unsteady",
        |case| case.answers[0].2 = Said::No,
        Need::Answer(DischargeItem::SteadyGait),
        NotMet,
        "Steady on their feet: no, 9 min old (required: yes)",
    ),
    (
        "nobody asked for the escort",
        |case| {
            case.answers.remove(1);
        },
        Need::Answer(DischargeItem::Escort),
        Missing,
        "Escort is here: not answered since the dose",
    ),
    (
        "nobody asked about suicide",
        |case| {
            case.scores.pop();
        },
        Need::SuicideRisk,
        Missing,
        "Suicide risk asked about (C-SSRS): not rated",
    ),
];

/// More ways to miss a criterion.
pub(super) const MORE: [Bad; 26] = [
    (
        "no Aldrete",
        |case| case.scores.retain(|score| score.id != ScoreId::AldreteMod),
        Need::Aldrete,
        Missing,
        "not rated",
    ),
    (
        "an Aldrete without its fifth item",
        |case| case.score(ScoreId::AldreteMod).items[4] = None,
        Need::Aldrete,
        Missing,
        "not rated in each item",
    ),
    (
        "weak legs, and 9 in all",
        |case| {
            let items = [1, 2, 2, 2, 2].map(Some);
            case.score(ScoreId::AldreteMod).items = items.to_vec();
        },
        Need::Aldrete,
        NotMet,
        "9, and activity or consciousness is less than before the dose",
    ),
    (
        "an Aldrete of before the dose",
        |case| case.score(ScoreId::AldreteMod).at = minute(10),
        Need::Aldrete,
        Missing,
        "not rated since the dose",
    ),
    (
        "awake an hour ago",
        |case| case.score(ScoreId::Moaas).at = minute(99),
        Need::Moaas,
        Missing,
        "rated too long ago",
    ),
    (
        "awake before the dose only",
        |case| case.score(ScoreId::Moaas).at = minute(19),
        Need::Moaas,
        Missing,
        "not rated since the dose",
    ),
    (
        "no CADSS-6 before the dose",
        |case| {
            case.scores.remove(0);
        },
        Need::Dissociation,
        Missing,
        "CADSS-6 is 3, and was not rated before the dose",
    ),
    (
        "no CADSS-6 after it",
        |case| {
            case.scores.remove(3);
        },
        Need::Dissociation,
        Missing,
        "CADSS-6 not rated since the dose, and the patient was not asked",
    ),
    (
        "the patient says no",
        |case| {
            let no = (minute(122), DischargeItem::BackToSelf, Said::No);
            case.answers.push(no);
        },
        Need::Dissociation,
        NotMet,
        "\"back to myself\": no",
    ),
    (
        "no heart rate",
        |case| case.heart_rate = None,
        Need::HeartRate,
        Missing,
        "no valid value now",
    ),
    (
        "no heart rate of before",
        |case| case.baseline().heart_rate = None,
        Need::HeartRate,
        Missing,
        "74/min, and there is no baseline",
    ),
    (
        "no pressure",
        |case| case.pressure = None,
        Need::Pressure,
        Missing,
        "no cuff reading that counts since the dose",
    ),
    (
        "a pressure of the dose",
        |case| case.pressure = Some(pressure(59, 140, 86)),
        Need::Pressure,
        Missing,
        "no cuff reading that counts since the dose",
    ),
    (
        "one pressure only",
        |case| case.pressure_before = None,
        Need::Pressure,
        Missing,
        "142/88 mmHg, and no reading before it that counts",
    ),
    (
        "no pressure of before",
        |case| case.baseline().pressure = None,
        Need::Pressure,
        Missing,
        "142/88 mmHg, and there is no baseline",
    ),
    (
        "rising",
        |case| case.pressure_before = Some(pressure(107, 136, 86)),
        Need::Pressure,
        NotMet,
        "142/88 mmHg after 136/86 mmHg",
    ),
    (
        "diastolic 100 mmHg",
        |case| {
            case.pressure = Some(pressure(122, 142, 100));
            case.pressure_before = Some(pressure(107, 150, 102));
        },
        Need::Pressure,
        NotMet,
        "142/100 mmHg",
    ),
    (
        "far below the baseline",
        |case| case.pressure = Some(pressure(122, 110, 80)),
        Need::Pressure,
        NotMet,
        "110/80 mmHg",
    ),
    (
        "no saturation",
        |case| case.spo2 = None,
        Need::SpO2,
        Missing,
        "no valid value now",
    ),
    (
        "with oxygen",
        |case| case.events.push(oxygen(100, EventKind::OxygenOn)),
        Need::SpO2,
        NotMet,
        "97 % with oxygen",
    ),
    (
        "oxygen off a moment ago",
        |case| case.events[1].at = minute(128),
        Need::SpO2,
        NotMet,
        "97 %, 2 min without oxygen",
    ),
    (
        "nobody said that it is without oxygen",
        |case| {
            case.events.clear();
            case.score(ScoreId::AldreteMod).items = [2, 2, 2, 2, 1].map(Some).to_vec();
        },
        Need::SpO2,
        Missing,
        "97 %, and nobody said that it is without oxygen",
    ),
    (
        "the reading before is of the dose",
        |case| case.pressure_before = Some(pressure(59, 150, 92)),
        Need::Pressure,
        Missing,
        "142/88 mmHg, and no reading before it that counts",
    ),
    (
        "a high alarm stands",
        |case| case.quiet_since = None,
        Need::Quiet,
        NotMet,
        "a high alarm stands",
    ),
    (
        "the escort is not here",
        |case| {
            case.answers
                .push((minute(125), DischargeItem::Escort, Said::No));
        },
        Need::Answer(DischargeItem::Escort),
        NotMet,
        "Escort is here: no",
    ),
    (
        "nobody knows about driving",
        |case| case.answers[2].2 = Said::Unknown,
        Need::Answer(DischargeItem::NoDriving),
        NotMet,
        "Told not to drive until the next day: unknown",
    ),
];
