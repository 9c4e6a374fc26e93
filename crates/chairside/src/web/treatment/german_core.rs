//! What the core says of the gate and of the checklist, in German. `{}` stands for a figure, or for
//! something that is itself in one of the tables.

/// Each English text of the core, and the German one.
pub(super) const CORE: &[(&str, &str)] = &[
    // The gate
    ("not answered", "nicht beantwortet"),
    ("nobody knows", "niemand weiß es"),
    (
        "two cuff readings, {} min apart",
        "zwei Manschettenmessungen, {} min auseinander",
    ),
    (
        "two cuff readings {} min apart are needed; {} so far",
        "zwei Manschettenmessungen im Abstand von {} min sind nötig; bisher {}",
    ),
    (
        "no cuff reading that counts",
        "keine Manschettenmessung, die zählt",
    ),
    (
        "the last cuff reading is {} mmHg",
        "die letzte Manschettenmessung ist {} mmHg",
    ),
    (
        "the last cuff reading is {} mmHg: from {} on it blocks",
        "die letzte Manschettenmessung ist {} mmHg: ab {} steht sie im Weg",
    ),
    (
        "the last cuff reading is {} mmHg: from {} on a clinician's note is needed",
        "die letzte Manschettenmessung ist {} mmHg: ab {} ist eine ärztliche Notiz nötig",
    ),
    ("no heart rate now", "jetzt keine Herzfrequenz"),
    ("the devices are connected", "die Geräte sind verbunden"),
    (
        "a device is not connected, or is another one",
        "ein Gerät ist nicht verbunden, oder es ist ein anderes",
    ),
    (
        "the test sound was heard today",
        "der Testton wurde heute gehört",
    ),
    (
        "nobody said today that the test sound is heard",
        "niemand hat heute gesagt, dass der Testton zu hören ist",
    ),
    ("no SpO2 now", "jetzt kein SpO2"),
    ("SpO2 {} %", "SpO2 {} %"),
    (
        "SpO2 {} % is below {} %, and the patient's own is {} %: a clinician's note is needed",
        "SpO2 {} % liegt unter {} %, und der eigene Wert ist {} %: eine ärztliche Notiz ist nötig",
    ),
    ("SpO2 {} % is below {} %", "SpO2 {} % liegt unter {} %"),
    ("breaths are not measured", "die Atmung wird nicht gemessen"),
    (
        "breaths {}/min is not within {} to {}",
        "Atemfrequenz {}/min liegt nicht zwischen {} und {}",
    ),
    ("breaths {}/min", "Atemfrequenz {}/min"),
    (
        "heart rate {}/min is not within {} to {}",
        "Herzfrequenz {}/min liegt nicht zwischen {} und {}",
    ),
    ("heart rate {}/min", "Herzfrequenz {}/min"),
    ("the baseline was taken", "die Ausgangswerte sind genommen"),
    (
        "the baseline was not taken",
        "die Ausgangswerte sind nicht genommen",
    ),
    (
        "the probe gives no valid SpO2",
        "der Sensor gibt kein gültiges SpO2",
    ),
    (
        "the probe has been valid for {} s, of {} s",
        "der Sensor ist seit {} s gültig, von {} s",
    ),
    (
        "two cuff readings {} min apart are not there",
        "zwei Manschettenmessungen im Abstand von {} min sind nicht da",
    ),
    // The checklist
    (
        "{} or more, activity and consciousness as before the dose",
        "{} oder mehr, Bewegung und Bewusstsein wie vor der Gabe",
    ),
    (
        "{}, and activity or consciousness is less than before the dose",
        "{}, und Bewegung oder Bewusstsein ist weniger als vor der Gabe",
    ),
    ("{} or less of 3", "{} oder weniger von 3"),
    (
        "CADSS-6 at most {} above that before the dose, or \"back to myself\"",
        "CADSS-6 höchstens {} über dem vor der Gabe, oder „wieder ich selbst“",
    ),
    ("\"back to myself\": yes", "„wieder ich selbst“: ja"),
    ("\"back to myself\": no", "„wieder ich selbst“: nein"),
    (
        "CADSS-6 not rated, and the patient was not asked",
        "CADSS-6 nicht bewertet, und es wurde nicht gefragt",
    ),
    (
        "CADSS-6 not rated since the dose, and the patient was not asked",
        "CADSS-6 seit der Gabe nicht bewertet, und es wurde nicht gefragt",
    ),
    (
        "CADSS-6 rated too long ago, and the patient was not asked",
        "CADSS-6 vor zu langer Zeit bewertet, und es wurde nicht gefragt",
    ),
    (
        "CADSS-6 is {}, and was not rated before the dose",
        "CADSS-6 ist {} und wurde vor der Gabe nicht bewertet",
    ),
    (
        "CADSS-6 is {}, and was {} before the dose",
        "CADSS-6 ist {} und war {} vor der Gabe",
    ),
    ("asked since the dose", "seit der Gabe gefragt"),
    ("not rated", "nicht bewertet"),
    ("not rated since the dose", "seit der Gabe nicht bewertet"),
    ("rated too long ago", "vor zu langer Zeit bewertet"),
    ("not rated in each item", "nicht in jeder Frage bewertet"),
    ("within {} % of {}/min", "bis {} % von {}/min"),
    ("within {} % of the baseline", "bis {} % vom Ausgangswert"),
    ("no valid value now", "jetzt kein gültiger Wert"),
    (
        "{}/min, and there is no baseline",
        "{}/min, und es gibt keine Ausgangswerte",
    ),
    (
        "within {} % of the baseline, below {} mmHg, and falling",
        "bis {} % vom Ausgangswert, unter {} mmHg, und fallend",
    ),
    (
        "within {} % of {} mmHg, below {} mmHg, and falling",
        "bis {} % von {} mmHg, unter {} mmHg, und fallend",
    ),
    (
        "no cuff reading that counts since the dose",
        "seit der Gabe keine Manschettenmessung, die zählt",
    ),
    (
        "{} mmHg, and there is no baseline",
        "{} mmHg, und es gibt keine Ausgangswerte",
    ),
    (
        "{} mmHg, and no reading before it that counts",
        "{} mmHg, und keine Messung davor, die zählt",
    ),
    ("{} mmHg after {} mmHg", "{} mmHg nach {} mmHg"),
    (
        "{} % or more, {} min without oxygen",
        "{} % oder mehr, {} min ohne Sauerstoff",
    ),
    ("{} % with oxygen", "{} % mit Sauerstoff"),
    (
        "{} %, {} min without oxygen",
        "{} %, {} min ohne Sauerstoff",
    ),
    ("a high alarm stands", "ein hoher Alarm steht"),
    (
        "a dose that is logged, and its time",
        "eine eingetragene Gabe, und ihre Zeit",
    ),
    ("no dose is logged", "keine Gabe ist eingetragen"),
    (
        "an infusion is not logged as stopped",
        "eine Infusion ist nicht als beendet eingetragen",
    ),
    ("{} min after {}, {}", "{} min nach {}, {}"),
    ("intravenous", "intravenös"),
    ("intramuscular", "intramuskulär"),
    ("intranasal", "als Spray"),
    ("oral", "geschluckt"),
    ("sublingual", "unter die Zunge"),
    (
        "not answered since the dose",
        "seit der Gabe nicht beantwortet",
    ),
];
