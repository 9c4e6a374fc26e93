//! Why the core takes something not, and what it asks about a dose, in German. `{}` stands for a
//! figure, or for something that is itself in one of the tables.

/// Each English text of the core, and the German one.
pub(super) const REFUSALS: &[(&str, &str)] = &[
    // Units and figures
    ("mg", "mg"),
    ("mg/kg", "mg/kg"),
    ("mg/min", "mg/min"),
    ("mg/mL", "mg/mL"),
    ("the amount", "die Menge"),
    ("the rate", "die Rate"),
    ("the planned amount", "die geplante Menge"),
    ("the concentration", "die Konzentration"),
    // What is asked about a dose
    ("is this right?", "Stimmt das?"),
    (
        "the infusion is planned to give {} {}: less than the protocol's least, {} {}; type it a second time: {}",
        "die Infusion soll {} {} geben: weniger als das Mindeste des Protokolls, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "the infusion is planned to give {} {}: less than the protocol's least, {} {}",
        "die Infusion soll {} {} geben: weniger als das Mindeste des Protokolls, {} {}",
    ),
    (
        "the infusion is planned to give {} {}: more than the protocol's most, {} {}; type it a second time: {}",
        "die Infusion soll {} {} geben: mehr als das Höchste des Protokolls, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "the infusion is planned to give {} {}: more than the protocol's most, {} {}",
        "die Infusion soll {} {} geben: mehr als das Höchste des Protokolls, {} {}",
    ),
    (
        "the infusion is planned to give {} {}: ten times or a tenth of what the protocol plans, {} {}; type it a second time: {}",
        "die Infusion soll {} {} geben: das Zehnfache oder ein Zehntel dessen, was das Protokoll plant, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "the infusion is planned to give {} {}: ten times or a tenth of what the protocol plans, {} {}",
        "die Infusion soll {} {} geben: das Zehnfache oder ein Zehntel dessen, was das Protokoll plant, {} {}",
    ),
    (
        "with this the session has {} {}: more than the protocol's most, {} {}; type it a second time: {}",
        "mit diesem hat die Behandlung {} {}: mehr als das Höchste des Protokolls, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "{} {}: less than the protocol's least, {} {}; type it a second time: {}",
        "{} {}: weniger als das Mindeste des Protokolls, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "{} {}: less than the protocol's least, {} {}",
        "{} {}: weniger als das Mindeste des Protokolls, {} {}",
    ),
    (
        "{} {}: more than the protocol's most, {} {}; type it a second time: {}",
        "{} {}: mehr als das Höchste des Protokolls, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "{} {}: more than the protocol's most, {} {}",
        "{} {}: mehr als das Höchste des Protokolls, {} {}",
    ),
    (
        "{} {}: ten times or a tenth of what the protocol plans, {} {}; type it a second time: {}",
        "{} {}: das Zehnfache oder ein Zehntel dessen, was das Protokoll plant, {} {}; ein zweites Mal eintippen: {}",
    ),
    (
        "{} {}: ten times or a tenth of what the protocol plans, {} {}",
        "{} {}: das Zehnfache oder ein Zehntel dessen, was das Protokoll plant, {} {}",
    ),
    (
        "that makes {} mg of {} mg planned: if it ended earlier, say how many minutes ago",
        "das macht {} mg von {} mg geplant: wenn sie früher zu Ende war, sagen, vor wie vielen Minuten",
    ),
    (
        "{}, {}, is not in this protocol",
        "{}, {}, steht nicht in diesem Protokoll",
    ),
    (
        "the weight is not known: mg/kg cannot be checked",
        "das Gewicht ist nicht bekannt: mg/kg lassen sich nicht prüfen",
    ),
    (
        "{} kg is not within {} to {} kg",
        "{} kg liegen nicht zwischen {} und {} kg",
    ),
    // What is not taken
    (
        "not everything is as the protocol requires:",
        "Nicht alles ist so, wie es das Protokoll verlangt:",
    ),
    (
        "only a clinician may pass over this:",
        "Darüber darf nur ein Arzt oder eine Ärztin hinweggehen:",
    ),
    (
        "nobody said who they are",
        "niemand hat gesagt, wer das war",
    ),
    (
        "a simulated device feeds this bed, which is not for training; no session of a patient opens on it",
        "ein simuliertes Gerät speist dieses Bett, das nicht der Übung dient; darauf beginnt keine Behandlung eines Patienten",
    ),
    ("it needs a reason", "das braucht einen Grund"),
    (
        "it needs a note that says what",
        "das braucht eine Notiz, die sagt, was",
    ),
    (
        "that time has not come yet",
        "diese Zeit ist noch nicht gekommen",
    ),
    (
        "it was pressed {} min ago: press again if it is as of now, or say when it was",
        "das wurde vor {} min gedrückt: noch einmal drücken, wenn es jetzt gilt, oder sagen, wann es war",
    ),
    (
        "by the service's clock it has not been pressed yet: press again if it is as of now, or say when it was",
        "nach der Uhr des Dienstes wurde das noch nicht gedrückt: noch einmal drücken, wenn es jetzt gilt, oder sagen, wann es war",
    ),
    (
        "at that time the session was not open",
        "zu dieser Zeit war die Behandlung nicht offen",
    ),
    (
        "at that time the session was over",
        "zu dieser Zeit war die Behandlung vorbei",
    ),
    (
        "an infusion was started and not stopped: log that it was stopped first",
        "eine Infusion wurde begonnen und nicht beendet: zuerst eintragen, dass sie beendet wurde",
    ),
    (
        "start: an infusion was started and not stopped: log its stop first",
        "eine Infusion wurde begonnen und nicht beendet: zuerst ihr Ende eintragen",
    ),
    (
        "an infusion would be running, and the session is at {}: log that it was stopped as well, or go to dosing first",
        "eine Infusion würde laufen, und die Behandlung steht bei {}: auch ihr Ende eintragen, oder zuerst zur Gabe gehen",
    ),
    (
        "resume: the infusion is not held",
        "die Infusion ist nicht angehalten",
    ),
    (
        "it was {} at first and {} the second time",
        "zuerst war es {} und beim zweiten Mal {}",
    ),
    (
        "it has no figure to type a second time",
        "es hat keine Zahl, die man ein zweites Mal eintippen könnte",
    ),
    (
        "{} kg is no weight of a body",
        "{} kg ist kein Körpergewicht",
    ),
    (
        "there are {} already, and no more are taken",
        "es sind schon {}, und mehr werden nicht angenommen",
    ),
    (
        "the session is at {} already",
        "die Behandlung steht schon bei {}",
    ),
    (
        "{}: the session is over ({})",
        "{}: die Behandlung ist vorbei ({})",
    ),
    ("{} is nothing for {}", "{} gehört nicht zu: {}"),
    ("answering the screening", "die Aufnahme beantworten"),
    ("weighing", "wiegen"),
    ("taking the baseline", "die Ausgangswerte nehmen"),
    ("logging a dose", "eine Gabe eintragen"),
    ("rating", "bewerten"),
    ("a check", "eine Kontrolle"),
    ("logging an event", "ein Ereignis eintragen"),
    ("answering the discharge", "die Entlassung beantworten"),
    ("correcting", "berichtigen"),
    ("the gate", "die Freigabe"),
    ("leaving", "gehen"),
    // Predicted concentrations
    (
        "predicted range, 3 published models, not measured",
        "vorhergesagter Bereich, 3 veröffentlichte Modelle, nicht gemessen",
    ),
    (
        "predicted, 1 published model, not measured",
        "vorhergesagt, 1 veröffentlichtes Modell, nicht gemessen",
    ),
    (
        "predicted range of absorption, published studies, not measured",
        "vorhergesagter Bereich der Aufnahme, veröffentlichte Studien, nicht gemessen",
    ),
    (
        "no weight, so no predicted concentration",
        "kein Gewicht, deshalb keine vorhergesagte Konzentration",
    ),
    ("nothing was given", "es wurde nichts gegeben"),
    (
        "{} kg: the models know nobody below {} or above {} kg",
        "{} kg: die Modelle kennen niemanden unter {} oder über {} kg",
    ),
];
