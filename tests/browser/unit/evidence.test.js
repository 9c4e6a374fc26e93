import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, test } from "node:test";

import { evidence_words, refusal_words, since_when } from "../../../crates/chairside/dashboard/evidence.js";
import { found_words } from "../../../crates/chairside/dashboard/found.js";
import { speak } from "../../../crates/chairside/dashboard/language.js";
import { evidence_composed } from "../../../crates/chairside/dashboard/languages/service.js";
import { spelled, time_of_day } from "../../../crates/chairside/dashboard/words.js";

const ROOT = new URL("../../../", import.meta.url);

afterEach(() => speak("en"));

/** How the texts begin that the service gives as evidence. */
const BEGINNING =
  /^(SpO2 |HR |pulse \d+\/min|pulse lost|NIBP |No CO2|CO2 \d|no valid |nothing (readable )?from device|nothing has been read|cuff cycle|RR |perfusion index \d|no NIBP|bytes arrive.*;|device \d .*(is back|says)|record not|session open|an alarm has|the patient asks|no SpO2|this bed's part)/;

function files_of(folder, ending) {
  // The pages of the protocols have the devices' words and not ours.
  const all = readdirSync(new URL(folder, ROOT), { recursive: true }).filter((name) => name.endsWith(ending) && !name.startsWith("protocols"));
  return all.map((name) => readFileSync(new URL(folder + name, ROOT), "utf8"));
}

/** Every whole text of evidence in the tests of the alarm engine and in the docs. */
function told() {
  const rust = ["crates/chairside-alarm/tests/", "crates/chairside-alarm/src/board/", "crates/chairside-alarm/src/rules/"];
  const literals = rust.flatMap((folder) => files_of(folder, ".rs")).flatMap((text) => text.match(/"(?:[^"\\]|\\.)*"/gs) ?? []);
  const quoted = files_of("docs/", ".md").flatMap((text) => text.match(/`[^`\n]+`|(?<="evidence":)"[^"]*"/g) ?? []);
  const texts = [...literals, ...quoted].map((text) => text.slice(1, -1).replace(/\\\n\s*/g, ""));
  const whole = texts.filter((text) => BEGINNING.test(text) && !/[{…]/.test(text));
  // The start of one that ends elsewhere, an input of a test, or a number alone is no evidence.
  const none = /^(nothing from device \d+|RR 0|SpO2 \d+→\d+|.*\n.*|.*and device 123 .*|RR by chest movement \(no CO2\)|No CO2 breath|no SpO2 probe plugged in)$/s;
  return [...new Set(whole)].filter((text) => !none.test(text));
}

/** What an airway rule says: each part there or not. */
function* airway() {
  const breaths = ["No CO2 breath", "No CO2 breath for 23 s", "No CO2 breath for 3 min"];
  const weak = ["", " Weak pulse signal (perfusion index 0.2 %)."];
  const contexts = [
    " Used: CO2 curve, chest effort, SpO2, HR; missing: none; data up to 1 s old; no dose known.",
    " Used: none; missing: CO2, chest effort, SpO2, pulse; no device is heard; dose began 12 min ago.",
    " Used: CO2 numbers, RR; missing: SpO2; data up to 3 min old; dose ended 40 s ago.",
  ];
  const heads = [
    ...breaths.flatMap((one) => [
      `${one}, no chest effort. Apnoea, or sampling line off.`,
      `${one}, chest effort not measured. Apnoea, or sampling line off.`,
      `${one}, chest effort 21.5/min, SpO2 98→90 %, HR 80→112. Obstruction, laryngospasm, or sampling line off.`,
      `${one}, SpO2 97 % (not falling yet), pulse 80. Chest effort not measured. Obstruction, apnoea, or sampling line off.`,
    ]),
    "SpO2 98→91 % in 40 s (−12 %/min). No CO2 monitor. Obstruction, apnoea, or probe problem.",
    "SpO2 91 %. CO2 not measured now. Obstruction, apnoea, or probe problem.",
    "SpO2 -- % in 40 s. CO2 not measured now. Obstruction, apnoea, or probe problem.",
    "CO2 38→17.5 mmHg, RR 14→8, SpO2 98→96 %. Partial obstruction, or sampling line loose.",
    "CO2 -- mmHg. Partial obstruction, or sampling line loose.",
    "SpO2 98→93 % in 35 s (−9 %/min).",
  ];
  for (const head of heads) for (const pulse of weak) for (const context of contexts) yield head + pulse + context;
}

const OTHERS = [
  "bytes arrive and no frame is valid: nonin-1 for 20 s, v100-2 for 3 min; wrong speed or protocol",
  "session open and no display that can be heard for 15 s",
  "session open and no display that can be heard for 15 s: no display is connected",
  "session open and no display that can be heard for 15 s: no display is connected; desk has been gone for 14 s",
  "session open and no display that can be heard for 3 min: front desk: left is muted; hall plays nothing; wall is hidden; and 2 more",
  "session open and no display that can be heard for 15 s: nobody has confirmed the sound of front desk; wall has drawn nothing",
  "session open and no display that can be heard for 15 s: desk has said nothing for 14 s; wall has drawn nothing for 15 s",
  "an alarm has not been delivered for 10 s",
  "an alarm has not been delivered for 10 s: desk has not confirmed it",
  "an alarm has not been delivered for 10 s: desk, front hall have not confirmed it",
  "an alarm has not been delivered for 10 s: desk has not confirmed it; not reached: A. K. by ntfy, M. N. by sms-gateway",
  "an alarm has not been delivered for 12 s: not reached: A. K. by ntfy",
  "an alarm has not been delivered for 10 s: not reached: there is nobody to call",
  "an alarm has not been delivered for 2 min: nobody has received the drill of 08:30 by phones, nobody has received the drill of 20:15 by sms",
  "an alarm has not been delivered for 10 s: alarm_manager: 127.0.0.1:2575 cannot be reached: connection refused",
  "an alarm has not been delivered for 10 s: alarm_manager: manager.lan:2575 does not answer; mqtt: broker.lan:1883 went away: connection reset",
  "an alarm has not been delivered for 10 s: alarm_manager: the receiver hung up: unexpected end of file; mqtt: broker.lan:1883 did not answer within 5s",
  "an alarm has not been delivered for 10 s: alarm_manager: the receiver did not answer within 5s; mqtt: its part of the service has failed",
  "an alarm has not been delivered for 10 s: loudspeaker: it cannot be opened: entity not found",
  "an alarm has not been delivered for 10 s: loudspeaker: it takes no sound; mqtt: its part of the service has failed",
  "an alarm has not been delivered for 10 s: loudspeaker: this program was built without it",
  "no valid SpO2",
  "no valid SpO2 for 30 s: the number is out of range",
  "nonin-1, capno.2 and v100-3 are back, but not yet for 3 s",
  "nothing from v100-1 for 4 min; nonin-1 is back",
  "nothing from v100-1 for 15 s; nothing readable from nonin-1 for 10 s, from capno.2 for 12 s",
  "cuff cycle without a reading: overpressure or air left in the cuff",
];

test("every evidence of the alarm engine's tests and of the docs is known, phrase by phrase", () => {
  const texts = told();
  assert.ok(texts.length >= 35, texts.join("\n"));
  for (const text of [...texts, ...airway(), ...OTHERS]) assert.equal(evidence_composed(text), spelled(text), text);
});

test("in German nothing of it stands in English", async () => {
  await speak("de");
  const english = /\b(for|below|above|no|not|and|or|limit|mean|pulse|missing|old|ago|reading|device is|back|breath|effort|used)\b/i;
  for (const text of [...told(), ...airway(), ...OTHERS]) {
    const words = evidence_words(text);
    if (english.test(text)) assert.notEqual(words, spelled(text), text);
    assert.doesNotMatch(words.replace(/B\d+/g, ""), english, text);
  }
  assert.equal(evidence_words("SpO2 87 % below 88 % for 5 s"), "SpO₂ 87 % unter 88 %, Alarm nach 5 s");
  assert.equal(evidence_words("perfusion index 0.2 % below 0.3 % for 30 s"), "Perfusionsindex 0,2 % unter 0,3 %, Alarm nach 30 s");
  assert.equal(evidence_words("NIBP 84/-- mmHg, limit 90, mean 55, limit 60"), "NIBP 84/-- mmHg, Grenze 90, Mittel 55, Grenze 60");
});

test("how long a number was beyond its limit is how long the alarm waited, and cannot be read as counting on", () => {
  assert.equal(evidence_words("SpO2 86 % below 88 % for 6 s"), "SpO₂ 86 % below 88 %, alarm after 6 s");
  assert.equal(evidence_words("pulse 135/min above 120/min for 2 min"), "pulse 135/min above 120/min, alarm after 2 min");
  for (const other of ["SpO₂ 86 % below 88 %", "no valid SpO₂ for 30 s", "No CO₂ breath for 23 s, no chest effort. Apnoea, or sampling line off."]) {
    assert.equal(evidence_words(other), other);
  }
});

test("an alarm that a program of the clinic did not take is called as on the page", async () => {
  const refused = "an alarm has not been delivered for 10 s: alarm_manager: APNEA is not taken there; mqtt: not reached: there is nobody to call";
  assert.equal(evidence_composed(refused), refused.replace("APNEA", "No breath"));
  await speak("de");
  const unread = evidence_words("an alarm has not been delivered for 10 s: alarm_manager: SPO2_LOW could not be read there");
  assert.equal(unread, "ein Alarm ist nicht angekommen seit 10 s: Alarmmanager: SpO₂ tief war dort nicht zu lesen");
});

test("why a broker refuses is known, whatever its reason", () => {
  const source = readFileSync(new URL("crates/chairside-notify/src/mqtt/connection.rs", ROOT), "utf8");
  const reasons = [...source.matchAll(/(?:\d|_) => "(it [^"]+)"/g)].map(([, reason]) => reason);
  assert.ok(reasons.length >= 6, reasons.join("\n"));
  for (const reason of reasons) {
    const text = `an alarm has not been delivered for 10 s: mqtt: broker.lan:1883 refuses the connection: ${reason} (5)`;
    assert.equal(evidence_composed(text), text);
  }
});

test("who asks for help is named as on the staff, and what for as an alarm is", async () => {
  const staff = [{ id: "mn", name: "M. Nguyen", role: "nurse" }];
  assert.equal(evidence_words("mn asks for help: SPO2_LOW", staff), "M. Nguyen asks for help: SpO₂ low");
  assert.equal(evidence_words("mn asks for help: APNEA", staff), "M. Nguyen asks for help: No breath");
  assert.equal(evidence_words("j.d-2 asks for help", staff), "j.d-2 asks for help");
  await speak("de");
  assert.equal(evidence_words("mn asks for help: SPO2_LOW", staff), "M. Nguyen bittet um Hilfe: SpO₂ tief");
  assert.equal(evidence_words("the patient asks for somebody"), "der Patient bittet, dass jemand kommt");
  const refused = "PATIENT_CALL is somebody's call: it is answered, and never paused or switched off";
  assert.equal(refusal_words(refused), "Der Patient ruft ist ein Ruf: er wird beantwortet und nie pausiert oder ausgeschaltet");
});

test("what is not known stays whole in English: nothing is guessed", async () => {
  await speak("de");
  for (const text of [
    "SpO2 87 % below 88 % for 5 s on the left hand",
    "the moon is full, SpO2 87 % below 88 %",
    "HR 87 % near 88 %",
    "no valid SpO2 for 30 s: somebody sneezed",
    "Used: SpO2, tea leaves; missing: none; no dose known.",
    "limit",
    "",
  ]) {
    assert.equal(evidence_words(text), spelled(text));
  }
});

test("a refusal names limits and alarms as people do, in either language", async () => {
  const bounds = "threshold.SPO2_LOW.trip: 80 is not within 88 to 95: a clinician may";
  const contradiction = "threshold.HR_HIGH.trip: 49 is not above HR_LOW, 50";
  assert.equal(refusal_words(bounds), "80 is not within 88 to 95: a clinician may");
  assert.equal(refusal_words(contradiction), "49 is not above HR low, 50");
  assert.equal(refusal_words("SPO2_VERY_LOW must be below the rest"), "SpO₂ very low must be below the rest");
  await speak("de");
  assert.equal(refusal_words(bounds), "80 liegt nicht zwischen 88 und 95: ein Arzt darf das");
  assert.equal(refusal_words(contradiction), "49 liegt nicht über HF tief, 50");
  assert.equal(refusal_words("that takes the role clinician"), "dafür braucht es die Rolle Arzt");
});

test("every refusal of the alarm engine is known", async () => {
  const source = readFileSync(new URL("crates/chairside-alarm/src/operator.rs", ROOT), "utf8");
  const display = source.slice(source.indexOf("impl fmt::Display for Refusal"));
  const body = display.slice(0, display.indexOf("\n}\n"));
  const texts = [...body.matchAll(/write(?:_str)?!?\(\s*(?:f,\s*)?("(?:[^"\\]|\\.)*")/gs)].map(([, text]) =>
    text.slice(1, -1).replace(/\\\n\s*/g, "").replace("{id}", "SPO2_LOW").replace("{most}", "120").replace("{}", "clinician").replace("{by}", "mn").replace("{stage}", "dosing"),
  );
  assert.ok(texts.length >= 16, texts.join("\n"));
  await speak("de");
  for (const text of texts) assert.notEqual(refusal_words(text), text);
});

test("what the service finds at a device is said in the page's language, of every number that it names", async () => {
  await speak("de");
  const source = (name) => readFileSync(new URL(`crates/${name}`, ROOT), "utf8");
  const metrics = source("chairside-model/src/metric.rs").matchAll(/Self::(\w+) => "\1"/g);
  const curves = ["Pleth", "EcgI", "EcgII", "EcgV", "Co2", "Resp"];
  const names = [...metrics].map(([, name]) => name).filter((name) => !curves.includes(name));
  assert.ok(names.length >= 13, names.join());
  for (const name of names) assert.doesNotMatch(found_words(`${name} 72.5 %`), new RegExp(`^${name} |\\.5`), name);
  assert.equal(found_words("PulseRate 72 /min, SpO2 97 %"), "Puls 72/min, SpO₂ 97 %");
  const judged = source("chairside/src/web/view/day_check.rs");
  for (const [literal, text, words] of [
    ["the device is {}", "the device is disconnected", "das Gerät: getrennt"],
    ["no valid number", "no valid number", "keine gültige Zahl"],
  ]) {
    assert.ok(judged.includes(`"${literal}"`), literal);
    assert.equal(found_words(text), words);
  }
  assert.equal(found_words("the device is on fire"), "the device is on fire", "nothing is guessed");
});

test("how long something was lost becomes a time, and how long it must be back does not", async () => {
  const at = Date.parse("2026-01-05T12:00:30.000Z");
  const since = time_of_day(at - 10_000);
  const text = "nothing from v100-1 for 10 s; nonin-1 is back, but not yet for 3 s";
  assert.equal(since_when(text, at), `nothing from v100-1 since ${since}; nonin-1 is back, but not yet for 3 s`);
  await speak("de");
  assert.match(evidence_words(since_when("nonin-1 is back, but not yet for 3 s", at)), /aber noch keine 3 s$/);
});
