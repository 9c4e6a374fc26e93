// @ts-check
// What the service says in English, phrase by phrase, for the languages into which it is put: why
// an alarm calls, and why an action was refused. No DOM.

import { title } from "../alarms.js";
import { in_english, t } from "../language.js";
import { composed, fixed, NUMBER, numbers, phrase } from "../phrases.js";
import { term, time_of_day } from "../words.js";

/** @typedef {import("../phrases.js").Phrase} Phrase */

const SPAN = "\\d+ (?:s|min)";
/** How long, or since when. */
const LASTED = `(?:for|since) (${SPAN}|\\d\\d:\\d\\d(?::\\d\\d)?)`;
const CHANGE = `(?:${NUMBER}|--)(?:→${NUMBER})?`;
const DEVICE = "(?:device \\d+|[\\w.-]+)";
const UNIT = "(?:/min| ?%| mmHg| °C)";
/** What a display calls itself: anything. */
const DISPLAY = "[^;]+?";
const ID = "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+";
/** A program of the clinic, by its name and its port. */
const PROGRAM = "[^;, ]+:\\d+";

/** The numbers and signals that the service names. @type {Record<string, string>} */
const NAMES = in_english({
  SpO2: "SpO₂",
  HR: "HR",
  pulse: "pulse",
  RR: "RR",
  "RR by chest movement (no CO2)": "RR by chest movement (no CO₂)",
  EtCO2: "EtCO₂",
  FiCO2: "FiCO₂",
  CO2: "CO₂",
  "CO2 curve": "CO₂ curve",
  "CO2 numbers": "CO₂ numbers",
  "chest effort": "chest effort",
  "perfusion index": "perfusion index",
  Temperature: "Temp",
  systolic: "systolic",
  diastolic: "diastolic",
  mean: "mean",
  none: "none",
});

/** Phrases in which nothing changes. @type {Record<string, string>} */
const FIXED = in_english({
  "no chest effort": "no chest effort",
  "chest effort not measured": "chest effort not measured",
  "Chest effort not measured": "Chest effort not measured",
  "Apnoea, or sampling line off": "Apnoea, or sampling line off",
  "Obstruction, laryngospasm, or sampling line off": "Obstruction, laryngospasm, or sampling line off",
  "Obstruction, apnoea, or sampling line off": "Obstruction, apnoea, or sampling line off",
  "Obstruction, apnoea, or probe problem": "Obstruction, apnoea, or probe problem",
  "Partial obstruction, or sampling line loose": "Partial obstruction, or sampling line loose",
  "No CO2 monitor": "No CO₂ monitor",
  "CO2 not measured now": "CO₂ not measured now",
  "No CO2 breath": "No CO₂ breath",
  "(not falling yet)": "(not falling yet)",
  "no device is heard": "no device is heard",
  "no dose known": "no dose known",
  "no valid SpO2": "no valid SpO₂",
  "no valid CO2": "no valid CO₂",
  "searching for the pulse": "searching for the pulse",
  searching: "searching",
  calibrating: "calibrating",
  "warming up or calibrating": "warming up or calibrating",
  "the number is out of range": "the number is out of range",
  "no sampling line": "no sampling line",
  "no SpO2 probe plugged in": "no SpO₂ probe plugged in",
  "SpO2 probe off the patient": "SpO₂ probe off the patient",
  "cuff and probe on one limb": "cuff and probe on one limb",
  "cuff cycle without a reading": "cuff cycle without a reading",
  "no reading found": "no reading found",
  "cuff could not be pumped up": "cuff could not be pumped up",
  "took too long": "took too long",
  "overpressure or air left in the cuff": "overpressure or air left in the cuff",
  "the monitor does not say why": "the monitor does not say why",
  "bytes arrive and no frame is valid": "bytes arrive and no frame is valid",
  "wrong speed or protocol": "wrong speed or protocol",
  "record not written": "record not written",
  "session open and no display that can be heard": "session open and no display that can be heard",
  "no display is connected": "no display is connected",
  "an alarm has not been delivered": "an alarm has not been delivered",
  "not reached: there is nobody to call": "not reached: there is nobody to call",
  alarm_manager: "alarm_manager",
  mqtt: "mqtt",
  loudspeaker: "loudspeaker",
  "it cannot be opened": "it cannot be opened",
  "it takes no sound": "it takes no sound",
  "this program was built without it": "this program was built without it",
  "entity not found": "entity not found",
  "permission denied": "permission denied",
  "resource busy": "resource busy",
  "its part of the service has failed": "its part of the service has failed",
  "the receiver hung up": "the receiver hung up",
  "it speaks another version of MQTT": "it speaks another version of MQTT",
  "it does not take our name": "it does not take our name",
  "it is not ready": "it is not ready",
  "it does not take the user or the password": "it does not take the user or the password",
  "it does not let us in": "it does not let us in",
  "it says no": "it says no",
  "connection refused": "connection refused",
  "connection reset": "connection reset",
  "connection aborted": "connection aborted",
  "host unreachable": "host unreachable",
  "network unreachable": "network unreachable",
  "network down": "network down",
  "timed out": "timed out",
  "broken pipe": "broken pipe",
  "unexpected end of file": "unexpected end of file",
  "invalid data": "invalid data",
  "uncategorized error": "uncategorized error",
  "the patient asks for somebody": "the patient asks for somebody",
  "nothing has been read since the restart": "nothing has been read since the restart",
  "this bed's part of the program failed and began anew; it judges nothing until a device is heard":
    "this bed's part of the program failed and began anew; it judges nothing until a device is heard",
  "this bed's part of the program fails again and again; it is tried again from time to time and judges nothing meanwhile":
    "this bed's part of the program fails again and again; it is tried again from time to time and judges nothing meanwhile",
  "this bed's part of the program cannot be made anew; it is tried again from time to time and judges nothing meanwhile":
    "this bed's part of the program cannot be made anew; it is tried again from time to time and judges nothing meanwhile",
});

/**
 * How the service refuses an action where nothing in it changes. @type {Record<string, string>}
 */
const REFUSED = in_english({
  "there is no such bed": "there is no such bed",
  "nothing was sent": "nothing was sent",
  "the cuff at this bed cannot be started or stopped from here": "the cuff at this bed cannot be started or stopped from here",
  "the device is not connected": "the device is not connected",
  "another device answers than before": "another device answers than before",
  "confirm first that it belongs to this bed": "confirm first that it belongs to this bed",
  "a determination is under way": "a determination is under way",
  "the order before this one is not answered yet": "the order before this one is not answered yet",
  "the device answered, and did not do it within 5 s": "the device answered, and did not do it within 5 s",
  "the order was sent and the device gave no answer within 5 s": "the order was sent and the device gave no answer within 5 s",
  "it may do it all the same": "it may do it all the same",
  "look at the device": "look at the device",
  "the device does not answer just now": "the device does not answer just now",
  "the order to stop came first": "the order to stop came first",
  "the order to stop came before the device had answered this one": "the order to stop came before the device had answered this one",
  "the line was lost before the device answered": "the line was lost before the device answered",
  "that alarm is over or was acknowledged already; nothing was changed":
    "that alarm is over or was acknowledged already; nothing was changed",
  "the bed has had no such alarm": "the bed has had no such alarm",
  "that alarm has called again since you read it, and something worse may have joined; nothing was changed":
    "that alarm has called again since you read it, and something worse may have joined; nothing was changed",
  "the bed has not called that often": "the bed has not called that often",
  "that alarm is paused and calls nobody": "that alarm is paused and calls nobody",
  "this bed's part of the program failed meanwhile; look at what holds now and do it again":
    "this bed's part of the program failed meanwhile; look at what holds now and do it again",
  "it is closed first": "it is closed first",
  "it ends when the patient is discharged or transferred, or it is aborted":
    "it ends when the patient is discharged or transferred, or it is aborted",
  "no alarm of that bed stands any more": "no alarm of that bed stands any more",
  "that session is not open any more; nothing was changed": "that session is not open any more; nothing was changed",
  "initials are one to four letters with dots, hyphens and spaces, and no name":
    "initials are one to four letters with dots, hyphens and spaces, and no name",
  "a patient's number is at most 16 letters, digits, dots, hyphens and slashes":
    "a patient's number is at most 16 letters, digits, dots, hyphens and slashes",
  "that alarm is not about another device": "that alarm is not about another device",
  "nothing is paused or off there": "nothing is paused or off there",
  "a simulated device feeds this bed, which is not for training": "a simulated device feeds this bed, which is not for training",
  "no session of a patient opens on it": "no session of a patient opens on it",
  "that takes a reason": "that takes a reason",
  "that takes the name of a station": "that takes the name of a station",
  "too many stations have paused the sound of this bed": "too many stations have paused the sound of this bed",
  "only a clinician may change it": "only a clinician may change it",
  "a saturation limit below 85 % calls nobody in time": "a saturation limit below 85 % calls nobody in time",
  "a rate limit above 180/min hardly ever calls": "a rate limit above 180/min hardly ever calls",
});

const SOME_NAME = Object.keys(NAMES)
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()]/g, "\\$&"))
  .join("|");

/** @param {string} name */
function named(name) {
  return t(NAMES[name]);
}

/** @param {string} names */
function listed(names) {
  return names.split(", ").map(named).join(", ");
}

/** @param {string} text a person and a channel */
function way(text) {
  const [person, channel] = text.split(/ by (?!.* by )/);
  return t("{person} by {channel}", { person, channel });
}

/** @type {Phrase[]} */
const EVIDENCE = [
  phrase(`No CO2 breath ${LASTED}`, ([time]) => t("No CO₂ breath for {time}", { time })),
  phrase(`no valid (SpO2|CO2) ${LASTED}`, ([name, time]) => t("no valid {name} for {time}", { name: named(name), time })),
  phrase(`(${SOME_NAME}) (${NUMBER}${UNIT}) (below|above) (${NUMBER}${UNIT})`, ([name, value, side, limit]) => {
    const blanks = { name: named(name), value: numbers(value), limit: numbers(limit) };
    return side === "below" ? t("{name} {value} below {limit}", blanks) : t("{name} {value} above {limit}", blanks);
  }),
  phrase(`${LASTED}`, ([time]) => t("for {time}", { time })),
  phrase(`NIBP ((?:\\d+|--)/(?:\\d+|--)) mmHg`, ([pressures]) => t("NIBP {pressures} mmHg", { pressures })),
  phrase(`baseline (\\d+/\\d+)`, ([pressures]) => t("baseline {pressures}", { pressures })),
  phrase(`limit (${NUMBER}(?:/${NUMBER})?) above it`, ([limit]) => t("limit {limit} above it", { limit: numbers(limit) })),
  phrase(`limit (${NUMBER}(?:/${NUMBER})?)`, ([limit]) => t("limit {limit}", { limit: numbers(limit) })),
  phrase(`mean (${NUMBER})`, ([value]) => t("mean {value}", { value: numbers(value) })),
  phrase(`no NIBP reading ${LASTED}`, ([time]) => t("no NIBP reading for {time}", { time })),
  phrase(`one is expected every (${SPAN})`, ([time]) => t("one is expected every {time}", { time })),
  phrase(`pulse lost at the probe during (\\d+) cuff cycles in a row`, ([count]) =>
    t("pulse lost at the probe during {count} cuff cycles in a row", { count }),
  ),
  phrase(`nothing from (${DEVICE}) ${LASTED}`, ([device, time]) => t("nothing from {device} for {time}", { device, time })),
  phrase(`nothing readable from (${DEVICE}) ${LASTED}`, ([device, time]) => t("nothing readable from {device} for {time}", { device, time })),
  phrase(`from (${DEVICE}) ${LASTED}`, ([device, time]) => t("from {device} for {time}", { device, time })),
  phrase(`(${DEVICE}(?:, ${DEVICE})*) and (${DEVICE}) are back`, ([devices, last]) => t("{devices} and {last} are back", { devices, last })),
  phrase(`(${DEVICE}) is back`, ([device]) => t("{device} is back", { device })),
  phrase(`but not yet for (${SPAN})`, ([time]) => t("but not yet for {time}", { time })),
  phrase(`(${DEVICE}) says it is ([^,;]+), and was ([^,;]+) in this session`, ([device, other, known]) =>
    t("{device} says it is {other}, and was {known} in this session", { device, other, known }),
  ),
  phrase(`Weak pulse signal \\(perfusion index (${NUMBER}) %\\)`, ([value]) =>
    t("Weak pulse signal (perfusion index {value} %)", { value: numbers(value) }),
  ),
  phrase(`Used: ((?:${SOME_NAME})(?:, (?:${SOME_NAME}))*)`, ([names]) => t("Used: {names}", { names: listed(names) })),
  phrase(`missing: ((?:${SOME_NAME})(?:, (?:${SOME_NAME}))*)`, ([names]) => t("missing: {names}", { names: listed(names) })),
  phrase(`data up to (${SPAN}) old`, ([time]) => t("data up to {time} old", { time })),
  phrase(`dose began (${SPAN}) ago`, ([time]) => t("dose began {time} ago", { time })),
  phrase(`dose ended (${SPAN}) ago`, ([time]) => t("dose ended {time} ago", { time })),
  phrase(`in (\\d+) s \\((${NUMBER}) %/min\\)`, ([seconds, slope]) => t("in {seconds} s ({slope} %/min)", { seconds, slope: numbers(slope) })),
  phrase(`in (\\d+) s`, ([seconds]) => t("in {seconds} s", { seconds })),
  phrase(`\\((${NUMBER}) %/min\\)`, ([slope]) => t("({slope} %/min)", { slope: numbers(slope) })),
  // A number and what it is now, after all that begin with a name as well.
  ...fixed(FIXED),
  phrase(`(${SOME_NAME}) (${CHANGE}${UNIT}?)`, ([name, change]) => `${named(name)} ${numbers(change)}`),
  phrase(`(${DEVICE}) ${LASTED}`, ([device, time]) => t("{device} for {time}", { device, time })),
  phrase(`(${PROGRAM}) cannot be reached`, ([program]) => t("{program} cannot be reached", { program })),
  phrase(`(${PROGRAM}) does not answer`, ([program]) => t("{program} does not answer", { program })),
  phrase(`(${PROGRAM}) went away`, ([program]) => t("{program} went away", { program })),
  phrase(`(${PROGRAM}) refuses the connection`, ([program]) => t("{program} refuses the connection", { program })),
  phrase(`(${PROGRAM}) did not answer within ([\\d.]+m?s)`, ([program, time]) => t("{program} did not answer within {time}", { program, time })),
  phrase("the receiver did not answer within ([\\d.]+m?s)", ([time]) => t("the receiver did not answer within {time}", { time })),
  // The number of a refusal, after its reason.
  phrase("(\\(\\d+\\))", ([code]) => code),
  phrase("([A-Z][A-Z0-9_]*) is not taken there", ([id]) => t("{title} is not taken there", { title: title(id) })),
  phrase("([A-Z][A-Z0-9_]*) could not be read there", ([id]) => t("{title} could not be read there", { title: title(id) })),
  phrase("nobody has received the drill of (\\d\\d:\\d\\d) by ([^;,]+)", ([time, channel]) => t("nobody has received the drill of {time} by {channel}", { time, channel })),
  // A name may be anything: last.
  phrase("and (\\d+) more", ([count]) => t("and {count} more", { count })),
  phrase(`nobody has confirmed the sound of (${DISPLAY})(?=;|$)`, ([display]) => t("nobody has confirmed the sound of {display}", { display })),
  phrase(`(${DISPLAY}) is muted`, ([display]) => t("{display} is muted", { display })),
  phrase(`(${DISPLAY}) plays nothing`, ([display]) => t("{display} plays nothing", { display })),
  phrase(`(${DISPLAY}) is hidden`, ([display]) => t("{display} is hidden", { display })),
  phrase(`(${DISPLAY}) has drawn nothing ${LASTED}`, ([display, time]) => t("{display} has drawn nothing for {time}", { display, time })),
  phrase(`(${DISPLAY}) has drawn nothing`, ([display]) => t("{display} has drawn nothing", { display })),
  phrase(`(${DISPLAY}) has said nothing ${LASTED}`, ([display, time]) => t("{display} has said nothing for {time}", { display, time })),
  phrase(`(${DISPLAY}) has been gone ${LASTED}`, ([display, time]) => t("{display} has been gone for {time}", { display, time })),
  phrase("not reached: ((?:[^;,]+ by [^;,]+)(?:, [^;,]+ by [^;,]+)*)", ([ways]) => t("not reached: {ways}", { ways: ways.split(", ").map(way).join(", ") })),
  phrase(`(${DISPLAY}) has not confirmed it`, ([display]) => t("{display} has not confirmed it", { display })),
  phrase(`(${DISPLAY}) have not confirmed it`, ([displays]) => t("{displays} have not confirmed it", { displays })),
];

/** Where a treatment session stands. @type {Record<string, string>} */
const STAGES = in_english({
  scheduled: "scheduled",
  screening: "screening",
  baseline: "baseline",
  ready: "ready",
  dosing: "dosing",
  peak: "peak",
  recovery: "recovery",
});

/** @type {Phrase[]} */
const REFUSAL = [
  ...fixed(REFUSED),
  phrase("a session that ([\\w.-]+) opened is open here", ([by]) => t("a session that {by} opened is open here", { by })),
  phrase("a treatment session is at (\\w+) here, and its own steps lead on", ([stage]) => t("a treatment session is at {stage} here, and its own steps lead on", { stage: t(STAGES[stage] ?? stage) })),
  phrase("since (\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z)", ([at]) => t("since {time}", { time: time_of_day(Date.parse(at)) })),
  phrase("that takes the role (\\w+)", ([role]) => t("that takes the role {role}", { role: term(role) })),
  phrase(`(${ID}) is not judged at this bed`, ([id]) => t("{title} is not judged at this bed", { title: title(id) })),
  phrase(`(${ID}) is off in this profile`, ([id]) => t("{title} is off in this profile", { title: title(id) })),
  phrase(`(${ID}) can be of high priority and is never paused or switched off`, ([id]) =>
    t("{title} can be of high priority and is never paused or switched off", { title: title(id) }),
  ),
  phrase(`(${ID}) is somebody's call: it is answered, and never paused or switched off`, ([id]) =>
    t("{title} is somebody's call: it is answered, and never paused or switched off", { title: title(id) }),
  ),
  phrase(`(${ID}) cannot be switched off`, ([id]) => t("{title} cannot be switched off", { title: title(id) })),
  phrase(`(${ID}) is switched off`, ([id]) => t("{title} is switched off", { title: title(id) })),
  phrase("a name is longer than (\\d+) bytes", ([most]) => t("a name is longer than {most} bytes", { most })),
  phrase("that is for 1 to (\\d+) seconds", ([most]) => t("that is for 1 to {most} seconds", { most })),
  phrase(`it is (${NUMBER}) by now and not (${NUMBER})`, ([is, was]) =>
    t("it is {is} by now and not {was}", { is: numbers(is), was: numbers(was) }),
  ),
  phrase(`it is (${NUMBER}) already`, ([is]) => t("it is {is} already", { is: numbers(is) })),
  phrase(`(${NUMBER}) is not within (${NUMBER}) to (${NUMBER}): a clinician may`, ([value, least, most]) =>
    t("{value} is not within {least} to {most}: a clinician may", { value: numbers(value), least: numbers(least), most: numbers(most) }),
  ),
  phrase(`(${NUMBER}) is not (above|below) (${ID}), (${NUMBER})`, ([value, side, id, other]) => {
    const blanks = { value: numbers(value), title: title(id), other: numbers(other) };
    return side === "above" ? t("{value} is not above {title}, {other}", blanks) : t("{value} is not below {title}, {other}", blanks);
  }),
];

/**
 * Returns why an alarm calls, put together from the phrases that are known; null when a part of it
 * is not.
 * @param {string} text as the service says it
 */
export function evidence_composed(text) {
  return composed(text, EVIDENCE);
}

/**
 * Returns why an action was refused, the same way.
 * @param {string} text as the service says it
 */
export function refusal_composed(text) {
  return composed(text, REFUSAL);
}
