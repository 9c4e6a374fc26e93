//! What the pages across sessions say in German (`web::across`).

/// Each English text of those pages, and the German one.
pub(super) const ACROSS: &[(&str, &str)] = &[
    // Around each page
    ("Back to the beds", "Zurück zu den Betten"),
    ("Patients' courses", "Verläufe der Patienten"),
    ("Safety ledger", "Sicherheitsbuch"),
    ("Print", "Drucken"),
    (
        "{}, drawn up from the record on {}.",
        "{}, aus der Aufzeichnung erstellt am {}.",
    ),
    (
        "Research and demonstration software. Not a medical device, not cleared or approved. Chairside tells what is on record, and judges nobody's treatment by it.",
        "Forschungs- und Vorführsoftware. Kein Medizinprodukt, nicht zugelassen. Chairside sagt, was aufgezeichnet ist, und beurteilt danach niemandes Behandlung.",
    ),
    (
        "The record is asked for too much at once: try again in a moment.",
        "Die Aufzeichnung wird gerade zu viel gefragt: gleich noch einmal versuchen.",
    ),
    (
        "That takes too long: ask for a shorter time.",
        "Das dauert zu lange: nach einer kürzeren Zeit fragen.",
    ),
    // Finding a patient
    (
        "This patient's sessions",
        "Die Behandlungen dieses Patienten",
    ),
    ("Number or initials", "Nummer oder Initialen"),
    ("Find", "Suchen"),
    ("Patient", "Patient/in"),
    ("Sessions", "Behandlungen"),
    ("Last session", "Letzte Behandlung"),
    (
        "The record has no such patient.",
        "In der Aufzeichnung ist niemand so bekannt.",
    ),
    (
        "The record has no session of a patient with the number {}.",
        "In der Aufzeichnung ist keine Behandlung zur Nummer {}.",
    ),
    (
        "And {} more: type a number or initials.",
        "Und {} weitere: Nummer oder Initialen eingeben.",
    ),
    (
        "Listed are the patients of the newest {} sessions: find others by their whole number.",
        "Aufgeführt sind die Patienten der letzten {} Behandlungen: andere mit ihrer ganzen Nummer suchen.",
    ),
    (
        "Sessions without a number: {}. They are in no course: initials are shared by many.",
        "Behandlungen ohne Nummer: {}. Sie stehen in keinem Verlauf: Initialen haben viele gemeinsam.",
    ),
    // A course
    ("Course of {}", "Verlauf von {}"),
    (
        "Sessions with this number have different initials. A number is one patient's: look at each of them.",
        "Behandlungen mit dieser Nummer haben verschiedene Initialen. Eine Nummer gehört einem Menschen: jede einzeln ansehen.",
    ),
    (
        "Older sessions that are not among these: {}.",
        "Ältere Behandlungen, die nicht dabei sind: {}.",
    ),
    (
        "Sessions at a bed that is not configured any more: {}. They are left out: nobody knows which of its devices was read for what. Their reports are there.",
        "Behandlungen an einem Bett, das nicht mehr eingerichtet ist: {}. Sie fehlen hier: niemand weiß, welches seiner Geräte wofür gelesen wurde. Ihre Berichte gibt es.",
    ),
    (
        "What was measured counts as in the session itself: nothing of before it, after it, or of another patient. Ratings, the saturation and the highest pressures are of after the first dose; those before it are the last before it. – is what was not measured, entered or rated, with the reason: it is never a number.",
        "Gemessenes zählt wie in der Behandlung selbst: nichts von davor, danach oder von jemand anderem. Bewertungen, die Sättigung und die höchsten Drücke sind von nach der ersten Gabe, der Druck davor ist der letzte davor. – steht für das, was nicht gemessen, eingetragen oder bewertet wurde, mit dem Grund: nie steht dort eine Zahl.",
    ),
    ("Sessions of this patient", "Behandlungen dieses Patienten"),
    ("Session", "Behandlung"),
    ("Given", "Gegeben"),
    ("Before the dose, mmHg", "Vor der Gabe, mmHg"),
    ("Highest after it, mmHg", "Höchster danach, mmHg"),
    ("Rise, mmHg", "Anstieg, mmHg"),
    ("Lowest SpO2", "Niedrigste SpO2"),
    ("Worst rating after it", "Schlechteste Bewertung danach"),
    ("Alarms and events", "Alarme und Ereignisse"),
    (
        "From the last dose to discharge",
        "Letzte Gabe bis Entlassung",
    ),
    ("without a protocol", "ohne Protokoll"),
    ("none", "keine"),
    ("nothing is logged as given", "keine Gabe eingetragen"),
    (
        "– mg/kg: no weight was entered",
        "– mg/kg: kein Gewicht eingetragen",
    ),
    (
        "no cuff reading before the dose",
        "keine Manschettenmessung vor der Gabe",
    ),
    (
        "no cuff reading after the dose",
        "keine Manschettenmessung nach der Gabe",
    ),
    ("one of the two is missing", "einer der beiden Drücke fehlt"),
    (
        "no valid saturation after the dose",
        "keine gültige Sättigung nach der Gabe",
    ),
    ("not rated", "nicht bewertet"),
    ("the patient was transferred", "die Person wurde verlegt"),
    (
        "the session was aborted",
        "die Behandlung wurde abgebrochen",
    ),
    ("the session is open", "die Behandlung ist offen"),
    ("it went by no protocol", "sie ging nach keinem Protokoll"),
    (
        "Pressure in each session, mmHg: a line from the last before the dose up to the highest after it, at the dot. Below stand the numbers of the sessions; one without a dot has no reading after the dose. Simulated sessions are not drawn among a patient's.",
        "Blutdruck in jeder Behandlung, mmHg: eine Linie vom letzten vor der Gabe zum höchsten danach, beim Punkt. Unten stehen die Nummern der Behandlungen; eine ohne Punkt hat keine Messung nach der Gabe. Simulierte Behandlungen sind unter denen eines Patienten nicht gezeichnet.",
    ),
    // The ledger
    ("First day", "Erster Tag"),
    ("Last day", "Letzter Tag"),
    (
        "Training and simulated sessions instead",
        "Stattdessen Übungen und Simuliertes",
    ),
    ("Show", "Zeigen"),
    (
        "A day is written as 2026-01-31.",
        "Ein Tag wird so geschrieben: 2026-01-31.",
    ),
    (
        "The first day is after the last one.",
        "Der erste Tag liegt nach dem letzten.",
    ),
    ("simulated: true or false.", "simulated: true oder false."),
    ("Sessions counted: {}", "Gezählte Behandlungen: {}"),
    (
        "of all that is on record.",
        "aus allem, was aufgezeichnet ist.",
    ),
    (
        "of those opened on {} or later: older ones are not looked at.",
        "von denen, die am {} oder später begonnen wurden: ältere werden nicht angesehen.",
    ),
    ("opened on {} or later.", "begonnen am {} oder später."),
    ("opened on {} or before.", "begonnen am {} oder früher."),
    ("opened from {} to {}.", "begonnen von {} bis {}."),
    (
        "No session counts in this time, so nothing is known of any rate.",
        "In dieser Zeit zählt keine Behandlung, also ist über keine Häufigkeit etwas bekannt.",
    ),
    ("How often", "Wie oft"),
    (
        "A rate of few sessions says little. So each stands between its exact bounds: if the true rate lay outside of them, a count that far from it would be seen in fewer than 5 of 100 such clinics. “At most” has all of the 5 on its one side.",
        "Eine Häufigkeit aus wenigen Behandlungen sagt wenig. Darum steht jede zwischen ihren genauen Grenzen: läge die wahre außerhalb, käme eine so weit entfernte Zahl in weniger als 5 von 100 solchen Praxen vor. „Höchstens“ hat alle 5 auf einer Seite.",
    ),
    ("What happened", "Was geschah"),
    ("Sessions with it", "In Behandlungen"),
    ("In 1,000 sessions", "Auf 1000 Behandlungen"),
    (
        "95 % bounds, both sides, in 1,000",
        "95-%-Grenzen, beidseitig, auf 1000",
    ),
    ("What that says", "Was das sagt"),
    ("How the session ended", "Wie die Behandlung endete"),
    ("What a person entered", "Was Menschen eintrugen"),
    (
        "Alarms of high and medium priority that called",
        "Alarme hoher und mittlerer Priorität, die riefen",
    ),
    ("Transferred", "Verlegt"),
    ("Aborted", "Abgebrochen"),
    ("Another drug given", "Anderes Medikament gegeben"),
    ("no session", "keine Behandlung"),
    (
        "{} in {} sessions: at most {} in 1,000 (one side)",
        "{} in {} Behandlungen: höchstens {} auf 1000 (einseitig)",
    ),
    (
        "{} in {} sessions: between {} and {} in 1,000",
        "{} in {} Behandlungen: zwischen {} und {} auf 1000",
    ),
    ("{} to {}", "{} bis {}"),
    ("Time to an intervention", "Zeit bis zu einem Eingreifen"),
    ("Interventions", "Eingreifen"),
    ("Half of them within", "Die Hälfte innerhalb von"),
    ("Soonest", "Frühestens"),
    ("Latest", "Spätestens"),
    (
        "no intervention while an alarm stood",
        "kein Eingreifen, während ein Alarm stand",
    ),
    (
        "From the first call of the alarms that stood until somebody entered oxygen on, a drug, a position, an airway manoeuvre or another intervention. Entered while no alarm stood, so without such a time: {}.",
        "Vom ersten Ruf der Alarme, die standen, bis jemand Sauerstoff, ein Medikament, eine Lagerung, einen Handgriff am Atemweg oder ein anderes Eingreifen eintrug. Eingetragen, während kein Alarm stand, also ohne eine solche Zeit: {}.",
    ),
    ("What is left out", "Was nicht mitzählt"),
    (
        "sessions with simulated data, on beds for training above all",
        "Behandlungen mit simulierten Daten, vor allem an Betten zur Übung",
    ),
    ("sessions of patients", "Behandlungen von Patienten"),
    ("sessions that are open", "offene Behandlungen"),
    (
        "sessions in which nothing is logged as given",
        "Behandlungen, in denen keine Gabe eingetragen ist",
    ),
    (
        "sessions at a bed that is not configured any more",
        "Behandlungen an einem Bett, das nicht mehr eingerichtet ist",
    ),
    (
        "The record has more sessions than are looked at. Those opened before {} are not among these: ask for a later first day to have whole times.",
        "Die Aufzeichnung hat mehr Behandlungen, als angesehen werden. Die vor dem {} begonnenen sind nicht dabei: mit einem späteren ersten Tag ist die Zeit vollständig.",
    ),
    ("What counts", "Was zählt"),
    (
        "A session in which something was given and which has ended, each once for each thing that happened in it, however often.",
        "Eine Behandlung, in der etwas gegeben wurde und die zu Ende ist, je einmal für alles, was in ihr geschah, wie oft auch immer.",
    ),
    (
        "How it ended, and what happened: as people entered it on the session's page, by the entries that hold after corrections. What nobody entered is not here.",
        "Wie sie endete und was geschah: wie Menschen es auf der Seite der Behandlung eintrugen, nach den Einträgen, die nach Korrekturen gelten. Was niemand eintrug, ist nicht dabei.",
    ),
    (
        "Alarms: those of high and medium priority that called people in the session, as the record has them, also technical ones.",
        "Alarme: die hoher und mittlerer Priorität, die in der Behandlung riefen, wie sie aufgezeichnet sind, auch technische.",
    ),
    (
        "The bounds are exact (Clopper and Pearson 1934, Biometrika 26:404): of 95 %, with 2.5 % on each side; “at most” with 5 % above it.",
        "Die Grenzen sind exakt (Clopper und Pearson 1934, Biometrika 26:404): zu 95 %, mit 2,5 % auf jeder Seite; „höchstens“ mit 5 % darüber.",
    ),
    (
        "To compare: no event in 1985 sessions of two clinics (doi 10.1177/25160435261466115) is at most 1.51 in 1,000 by the same bound.",
        "Zum Vergleich: kein Ereignis in 1985 Behandlungen zweier Praxen (doi 10.1177/25160435261466115) ist nach derselben Grenze höchstens 1,51 auf 1000.",
    ),
];
