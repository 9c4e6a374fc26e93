import assert from "node:assert/strict";
import { test } from "node:test";

import { standing } from "../../../crates/chairside/dashboard/alarms.js";
import { detail, tile } from "../../../crates/chairside/dashboard/present.js";
import { banners, without_signal } from "../../../crates/chairside/dashboard/status.js";
import { alarm, bed, Feed, NOON_MS } from "./feed.js";

/** A time of day in minutes, where the test runs. */
const clock = (at_ms, length = 5) => new Date(at_ms).toTimeString().slice(0, length);

const view = (feed) => tile(feed.model, feed.bed(), feed.now);

test("a fresh value stands with its limits and its source", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.observe("PulseRate", 72.4);
  const { spo2, rate } = view(feed);
  assert.deepEqual([spo2.text, spo2.state, spo2.low, spo2.high], ["97", "fresh", "92", ""]);
  assert.deepEqual([rate.label, rate.source, rate.text, rate.low, rate.high], ["PR", "SpO₂", "72", "50", "120"]);
});

test("an ageing value is dimmed with its age, and an expired one is dashes", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.pass(5_000);
  assert.deepEqual([view(feed).spo2.text, view(feed).spo2.state, view(feed).spo2.note], ["97", "ageing", "5 s old"]);
  feed.pass(5_000);
  assert.deepEqual([view(feed).spo2.text, view(feed).spo2.state, view(feed).spo2.note], ["– –", "none", "no value"]);
});

test("a missing value has its reason in words", () => {
  const words = {
    SensorOff: "probe off",
    NoSensor: "no sensor",
    Searching: "searching",
    Calibrating: "calibrating",
    OutOfRange: "out of range",
    NoReading: "no reading",
  };
  for (const [reason, note] of Object.entries(words)) {
    const feed = new Feed();
    feed.observe("SpO2", null, { reason });
    assert.deepEqual([view(feed).spo2.text, view(feed).spo2.note], ["– –", note]);
  }
});

test("a questionable value is marked as such", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97, { validity: "questionable" });
  assert.deepEqual([view(feed).spo2.questionable, view(feed).spo2.note], [true, "questionable"]);
});

test("the rate of an ECG comes first and the cuff's last, and each says what it is", () => {
  const label = (sources) => {
    const { rate } = view(new Feed({ beds: [bed({ sources })] }));
    return `${rate.label} ${rate.source}`;
  };
  assert.equal(label({ HeartRate: "v100-1", PulseRate: "nonin-1", NibpPulseRate: "v100-1" }), "HR ECG");
  assert.equal(label({ PulseRate: "nonin-1", NibpPulseRate: "v100-1" }), "PR SpO₂");
  assert.equal(label({ NibpPulseRate: "v100-1" }), "PR NIBP");
});

test("a patient without electrodes is shown the pulse, until the ECG gives a rate", () => {
  const feed = new Feed({ beds: [bed({ sources: { HeartRate: "nonin-1", PulseRate: "nonin-1" } })] });
  const shown = () => {
    const { rate } = view(feed);
    return `${rate.label} ${rate.text} ${rate.note}`.trim();
  };
  assert.equal(shown(), "HR – – no value");
  feed.observe("HeartRate", null, { validity: "unavailable", reason: "SensorOff" });
  feed.observe("PulseRate", 74);
  assert.match(shown(), /^PR 74/);
  feed.observe("HeartRate", 0);
  assert.match(shown(), /^HR 0/);
  feed.observe("HeartRate", null, { validity: "unavailable", reason: "SensorOff" });
  feed.observe("PulseRate", null, { validity: "unavailable", reason: "SensorOff" });
  assert.match(shown(), /^HR – –/);
});

test("a lost link is on the tile at once, and what the device gave is dimmed before it expires", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.cuff(128, 82, 97);
  feed.send({ type: "link", bed: "1", device: "nonin-1", state: "disconnected" });
  const seen = view(feed);
  assert.deepEqual(seen.loss, { devices: "nonin-1", state: "disconnected" });
  assert.equal(seen.spo2.state, "ageing");
  assert.equal(seen.nibp.state, "fresh", "the cuff is another device's");
  feed.pass(10_000);
  assert.deepEqual([view(feed).spo2.text, view(feed).spo2.note], ["– –", "disconnected"]);
});

test("the pressure stands with its age and the time to the next", () => {
  const feed = new Feed();
  feed.cuff(128, 82, 97);
  feed.pass(3 * 60_000);
  const { nibp } = view(feed);
  assert.deepEqual([nibp.text, nibp.mean, nibp.note, nibp.next], ["128/82", "(97)", "3 min", `due by ${clock(NOON_MS + feed.now + 7 * 60_000)}`]);
});

test("the next pressure is due by the schedule, whenever the monitor has measured", () => {
  const feed = new Feed();
  feed.cuff(128, 82, 97);
  const next = clock(NOON_MS + feed.now + 10 * 60_000);
  feed.pass(60_000);
  assert.deepEqual([view(feed).nibp.next, view(feed).nibp.due], [`due by ${next}`, false], "it stands still while time passes");
});

test("a pressure that is due is dimmed later, and after one and a half intervals it is gone", () => {
  const feed = new Feed();
  feed.cuff(128, 82, 97);
  feed.pass(12 * 60_000);
  assert.deepEqual([view(feed).nibp.state, view(feed).nibp.next, view(feed).nibp.due], ["ageing", "due since 2 min", true]);
  feed.pass(3 * 60_000);
  const { nibp } = view(feed);
  assert.deepEqual([nibp.text, nibp.mean, nibp.note], ["– –", "", "15 min old: expired"]);
});

test("after a cuff that found nothing the pressure before it is dimmed, and read out with the reason", () => {
  const feed = new Feed();
  feed.cuff(128, 82, 97);
  feed.send({ type: "cuff", bed: "1", device: "v100-1", state: "failed", text: "no reading found" });
  const { nibp, summary } = view(feed);
  assert.deepEqual([nibp.text, nibp.state, nibp.failed, nibp.next], ["128/82", "ageing", true, "failed: no reading found"]);
  assert.match(summary, /blood pressure 128\/82 \(.*\), failed: no reading found/);
  feed.send({ type: "cuff", bed: "1", device: "v100-1", state: "measuring", text: null });
  assert.deepEqual([view(feed).nibp.state, view(feed).nibp.failed], ["fresh", false]);
});

test("what is not heard says since when, by the service's own time, and no second time", () => {
  const feed = new Feed();
  const evidence_at = new Date(NOON_MS + 62_000).toISOString();
  const lost = alarm({ id: "DEVICE_LINK_LOST", kind: "technical", evidence: "nothing from nonin-1 for 62 s", evidence_at });
  feed.send({ type: "alarms", bed: "1", version: 1, active: [lost] });
  assert.equal(view(feed).alarm.detail, `nothing from nonin-1 since ${clock(NOON_MS, 8)}`);
  assert.equal(view(feed).alarm.lasts, "", "how long the alarm has stood is another age of the same thing");
  feed.send({ type: "alarms", bed: "1", version: 2, active: [{ ...lost, id: "PATIENT_CALL", evidence: "the patient asks for somebody", since: feed.wall(14_000) }] });
  assert.equal(view(feed).alarm.lasts, "00:14", "a reason without such a time leaves that to it");
  const overdue = { ...lost, id: "NIBP_OVERDUE", evidence: "no NIBP reading for 12 min; one is expected every 10 min" };
  feed.send({ type: "alarms", bed: "1", version: 3, active: [overdue] });
  assert.equal(view(feed).alarm.detail, `no NIBP reading since ${clock(NOON_MS + 62_000 - 720_000)}; one is expected every 10 min`);
});

test("what the cuff is doing is said", () => {
  const feed = new Feed();
  const cuff = (state, text) => {
    feed.send({ type: "cuff", bed: "1", device: "v100-1", state, text });
    return view(feed).nibp.next;
  };
  assert.equal(cuff("measuring", null), "measuring");
  assert.equal(cuff("failed", "took too long"), "failed: took too long");
  assert.deepEqual([view(feed).nibp.failed, view(feed).nibp.state], [true, "none"]);
  assert.equal(cuff("idle", null), "every 10 min");
});

test("a temperature has its place while there is one", () => {
  const feed = new Feed({ beds: [bed({ sources: { SpO2: "nonin-1", Temperature: "v100-1" } })] });
  assert.equal(view(feed).temperature, null);
  feed.observe("Temperature", 36.6);
  assert.equal(view(feed).temperature.text, "36.6");
  feed.observe("Temperature", null, { validity: "unavailable", reason: "NoReading" });
  assert.equal(view(feed).temperature, null);
});

test("breath and temperature have a place only where the bed measures them", () => {
  const without = view(new Feed());
  assert.deepEqual([without.rr, without.etco2, without.temperature], [null, null, null]);
  assert.equal(view(new Feed({ beds: [bed({ sources: { SpO2: "nonin-1" } })] })).nibp, null);
  const sources = { SpO2: "capno-1", RespirationRate: "capno-1", EtCO2: "capno-1", Co2: "capno-1" };
  const devices = [{ device: "capno-1", driver: "capnostream20", link: "connected", discarded: {} }];
  const feed = new Feed({ beds: [bed({ sources, devices })] });
  feed.observe("RespirationRate", 14);
  assert.equal(view(feed).rr.text, "14");
  assert.equal(view(feed).etco2.note, "no value");
  assert.deepEqual(view(feed).waves, [], "no curve has ever come");
  feed.send({ type: "waveform", bed: "1", device: "capno-1", metric: "Co2", at: feed.wall(), period_us: 50_000, samples: [1] });
  assert.deepEqual(
    view(feed).waves.map(({ metric }) => metric),
    ["Co2"],
  );
});

test("a number that no limit watches says so", () => {
  const feed = new Feed({ beds: [bed({ limits: {} })] });
  assert.equal(view(feed).spo2.unguarded, true);
  assert.equal(view(new Feed()).spo2.unguarded, false);
});

test("at ten seconds without the service every number is dashes", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.observe("PulseRate", 72);
  feed.cuff(128, 82, 97);
  feed.pass(10_000, { silent: true });
  const { spo2, rate, nibp } = view(feed);
  assert.deepEqual([spo2.text, rate.text, nibp.text, nibp.mean, nibp.next], ["– –", "– –", "– –", "", ""]);
});

test("an alarm marks its number and the tile by mark, words and look", () => {
  const feed = new Feed();
  feed.alarms([alarm({ id: "SPO2_VERY_LOW", priority: "high", evidence: "SpO2 86 % below 88 % for 5 s" })]);
  const { alarm: shown, spo2, rate } = view(feed);
  assert.deepEqual([shown.text, shown.title, shown.look], ["***", "SpO₂ very low", "signal"]);
  assert.deepEqual([spo2.mark.priority, spo2.mark.look, rate.mark], ["high", "signal", null]);
});

test("a technical alarm carries a T, an acknowledged one a check and initials, and each its priority", () => {
  const feed = new Feed();
  feed.alarms([alarm({ id: "SPO2_PROBE_OFF", kind: "technical" })]);
  assert.equal(view(feed).alarm.text, "** T");
  feed.alarms([alarm({ signal: "acknowledged", by: "mn" })]);
  assert.deepEqual([view(feed).alarm.text, view(feed).alarm.look], ["✓ MN **", "acknowledged"]);
  feed.alarms([alarm({ id: "SPO2_PROBE_OFF", kind: "technical", signal: "acknowledged", by: "mn" })]);
  assert.equal(view(feed).alarm.text, "✓ MN ** T");
});

test("an alarm that ended unseen says when it ended", () => {
  const feed = new Feed();
  const ended = "2026-01-05T12:03:22.000Z";
  feed.alarms([alarm({ priority: "high", present: false, signal: "latched", ended })]);
  const seen = view(feed).alarm;
  assert.equal(seen.look, "latched");
  assert.match(seen.detail, /^ended \d\d:\d\d:22 · SpO₂ 90 % below .* · at \d\d:\d\d:00$/);
});

test("a tile says in one sentence what it shows", () => {
  const feed = new Feed();
  feed.observe("SpO2", 86);
  feed.observe("PulseRate", null, { reason: "Searching" });
  feed.cuff(128, 82, 97);
  feed.alarms([alarm({ id: "SPO2_VERY_LOW", priority: "high", evidence: "SpO2 86 % below 88 % for 5 s" })]);
  assert.equal(
    view(feed).summary.replace(/at \d\d:\d\d:00/, "at 12:00:00"),
    "Room 1, high alarm, SpO₂ very low, SpO₂ 86 % below 88 %, alarm after 5 s · at 12:00:00, oxygen saturation 86 per cent, " +
      "pulse rate searching, blood pressure 128/82 (0 s)",
  );
});

test("a device's own words are on the tile for a minute and never an alarm", () => {
  const feed = new Feed();
  feed.send({ type: "device_alarm", bed: "1", device: "nonin-1", priority: "low", text: "low battery" });
  assert.equal(view(feed).device_text, "nonin-1 says: low battery");
  assert.equal(view(feed).alarm, null);
  feed.pass(60_000);
  assert.equal(view(feed).device_text, "");
});

test("a tile says first how long its alarm has stood, since when while nothing is heard, and nothing of one that is over", () => {
  const feed = new Feed();
  const low = alarm({ since: feed.wall() });
  feed.alarms([low]);
  const began = clock(NOON_MS + feed.now, 8);
  feed.pass(42_000);
  assert.equal(view(feed).alarm.lasts, "00:42");
  assert.doesNotMatch(view(feed).summary, /00:42/, "what is read out does not change each second");
  feed.pass(7_000, { silent: true });
  assert.equal(view(feed).alarm.lasts, `since ${began}`, "it may be over");
  feed.heartbeat();
  feed.alarms([{ ...low, priority: "high", present: false, signal: "latched", ended: feed.wall() }]);
  assert.equal(view(feed).alarm.lasts, "");
});

test("an alarm's reason stands with its time and the worst number since", () => {
  const feed = new Feed();
  feed.observe("SpO2", 86);
  const low = alarm({ id: "SPO2_VERY_LOW", priority: "high", since: feed.wall(), evidence: "SpO2 86 % below 88 % for 6 s" });
  feed.alarms([low]);
  assert.match(view(feed).alarm.detail, /^SpO₂ 86 % below 88 %, alarm after 6 s · at \d\d:\d\d:01$/);
  for (const value of [84, 85]) feed.observe("SpO2", value);
  feed.observe("SpO2", 40, { validity: "questionable" });
  feed.observe("SpO2", null, { reason: "Searching" });
  assert.match(view(feed).alarm.detail, /^SpO₂ 86 % below .* · lowest 84 % · at \d\d:\d\d:01$/);
  feed.observe("SpO2", 91);
  feed.alarms([{ ...low, present: false, signal: "latched", ended: "2026-01-05T12:29:37.000Z" }]);
  feed.observe("SpO2", 70);
  assert.match(view(feed).alarm.detail, /^ended \d\d:29:37, lowest 84 % · SpO₂/, "what comes after it is over is not its");
});

test("the worst of an alarm that this page did not see from its onset is said to be only what was seen", () => {
  const feed = new Feed();
  feed.pass(60_000);
  feed.observe("SpO2", 84);
  const since = feed.wall(40_000);
  feed.alarms([alarm({ since })]);
  assert.match(view(feed).alarm.detail, / · lowest seen here 84 % · at/);
  const other = new Feed();
  other.observe("SpO2", 90);
  const fresh = alarm({ since: other.wall() });
  other.alarms([fresh]);
  other.observe("SpO2", 87);
  assert.match(view(other).alarm.detail, / · lowest 87 %/);
  other.snapshot({ alarms: [{ bed: "1", version: 1, active: [fresh] }] });
  assert.match(view(other).alarm.detail, / · lowest seen here 87 %/, "a snapshot does not say what came before it");
});

test("a rate's and a pressure's worst is the highest or the lowest, as the alarm is", () => {
  const feed = new Feed();
  feed.observe("PulseRate", 125);
  feed.cuff(171, 103, 126);
  feed.alarms([
    alarm({ id: "HR_HIGH", occurrence: "1", since: feed.wall(), evidence: "pulse 125/min above 120/min for 10 s" }),
    alarm({ id: "NIBP_HIGH", occurrence: "2", since: feed.wall(1_000), evidence: "NIBP 171/103 mmHg, limit 165/100" }),
  ]);
  feed.observe("PulseRate", 133);
  feed.cuff(178, 104, 128);
  const details = standing([feed.bed()]).map((entry) => detail(feed.model, entry, feed.now));
  assert.match(details[0], / · highest 133\/min · at/);
  assert.match(details[1], / · highest 178 mmHg systolic · at/);
});

test("the loss of a signal makes room once its alarm stands, unless another device is lost too", () => {
  const feed = new Feed();
  const cut = (device) => feed.send({ type: "link", bed: "1", device, state: "disconnected" });
  cut("nonin-1");
  assert.equal(view(feed).loss.devices, "nonin-1");
  feed.alarms([alarm({ id: "DEVICE_LINK_LOST", kind: "technical", evidence: "no frames from nonin-1 for 10 s" })]);
  assert.equal(view(feed).loss, null);
  cut("v100-1");
  assert.equal(view(feed).loss.devices, "v100-1");
});

test("a high alarm that ended unseen keeps its mark and its name beside the alarm that has the band", () => {
  const feed = new Feed();
  const ended = alarm({ occurrence: "1", priority: "high", present: false, signal: "latched", ended: feed.wall() });
  feed.alarms([ended]);
  assert.equal(view(feed).latched, "", "it has the band itself");
  feed.alarms([ended, alarm({ occurrence: "2", id: "HR_HIGH" })]);
  assert.deepEqual([view(feed).alarm.title, view(feed).latched], ["HR high", "SpO₂ low"]);
});

test("a call of the patient is never counted among others: it stands beside the alarm that has the band", () => {
  const feed = new Feed();
  const call = alarm({ id: "PATIENT_CALL", occurrence: "1", kind: "technical" });
  feed.alarms([call]);
  assert.deepEqual([view(feed).alarm.title, view(feed).call], ["The patient calls", null], "it has the band itself");
  const others = [alarm({ occurrence: "2", id: "NIBP_VERY_HIGH", priority: "high" }), alarm({ occurrence: "3", id: "HR_HIGH" })];
  feed.alarms([call, ...others]);
  const { alarm: band, call: beside, summary } = view(feed);
  assert.deepEqual([band.title, band.more, beside.title, beside.priority, beside.look], ["NIBP very high", 1, "The patient calls", "medium", "signal"]);
  assert.match(summary, /, The patient calls, /);
});

test("the pressure's limits say which side they are, and a very high one shows the limit that it broke", () => {
  const limits = { NibpSystolic: { low: 90, high: 165 }, NibpDiastolic: { high: 100 } };
  const feed = new Feed({ beds: [bed({ limits })] });
  feed.cuff(186, 114, 138);
  assert.deepEqual([view(feed).nibp.high, view(feed).nibp.low], ["<165/100", "≥90"]);
  feed.alarms([alarm({ id: "NIBP_VERY_HIGH", priority: "high", evidence: "NIBP 186/114 mmHg, mean 138, limit 180/110" })]);
  assert.deepEqual([view(feed).nibp.high, view(feed).nibp.low], ["<180/110", "≥90"]);
});

test("a service that has said that it stops is not waited for: what is shown is old at once", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.model.closed(true);
  assert.equal(feed.connection(), "banner");
  assert.equal(view(feed).spo2.state, "ageing");
  assert.match(banners(feed.model, feed.connection(), 100)[0], /THE SERVICE HAS STOPPED/);
  feed.model.opened(feed.now);
  assert.equal(feed.connection(), "banner", "an open socket alone says nothing");
  feed.connect();
  assert.equal(feed.connection(), "live");
  feed.model.closed();
  assert.equal(feed.connection(), "delayed", "a broken line may come back");
});

test("an alarm says the number of now before the one that raised it, and fills it only while it breaks the limit", () => {
  const limits = { NibpSystolic: { low: 90, high: 165 }, NibpDiastolic: { high: 100 } };
  const feed = new Feed({ beds: [bed({ limits })] });
  feed.cuff(171, 103, 126);
  feed.alarms([alarm({ id: "NIBP_HIGH", since: feed.wall(), evidence: "NIBP 171/103 mmHg, limit 165/100" })]);
  const on_card = () => detail(feed.model, standing([feed.bed()])[0], feed.now);
  const seen = () => [on_card().replace(/ · at .*/, ""), view(feed).nibp.mark.look];
  const on_tile = () => view(feed).alarm.detail.replace(/ · at .*/, "");
  assert.deepEqual(seen(), ["NIBP 171/103 mmHg, limit 165/100", "signal"]);
  feed.pass(60_000);
  feed.cuff(164, 101, 122);
  assert.deepEqual(seen(), ["now 164/101 · NIBP 171/103 mmHg, limit 165/100", "signal"], "the diastolic pressure still does");
  assert.equal(on_tile(), "NIBP 171/103 mmHg, limit 165/100", "the tile has the number of now itself");
  feed.pass(60_000);
  feed.cuff(164, 99, 121);
  assert.deepEqual(seen(), ["now 164/99 · back within the limit · NIBP 171/103 mmHg, limit 165/100", "clearing"]);
  assert.equal(on_tile(), "back within the limit · NIBP 171/103 mmHg, limit 165/100");
  feed.alarms([alarm({ id: "NIBP_HIGH", since: feed.wall(120_000), signal: "acknowledged", by: "mn", evidence: "NIBP 171/103 mmHg, limit 165/100" })]);
  assert.equal(view(feed).nibp.mark.look, "acknowledged");
});

test("the worst that a page has seen is never better than what raised the alarm", () => {
  const feed = new Feed();
  feed.cuff(165, 99, 121);
  feed.alarms([alarm({ id: "NIBP_HIGH", since: feed.wall(60_000), evidence: "NIBP 171/103 mmHg, limit 165/100" })]);
  assert.doesNotMatch(view(feed).alarm.detail, /highest/);
  feed.cuff(175, 104, 128);
  assert.match(view(feed).alarm.detail, /highest seen here 175/);
});

test("a room of which a device is gone or that gives no saturation is not one with all signals", () => {
  const feed = new Feed();
  const mute = () => without_signal(feed.model, feed.now);
  assert.deepEqual(mute(), ["Room 1"], "nothing has come yet");
  feed.observe("SpO2", 97);
  assert.deepEqual(mute(), []);
  feed.send({ type: "link", bed: "1", device: "v100-1", state: "disconnected" });
  assert.deepEqual(mute(), ["Room 1"], "one device of two is gone");
  feed.send({ type: "link", bed: "1", device: "v100-1", state: "connected" });
  feed.observe("SpO2", null, { reason: "SensorOff" });
  assert.deepEqual(mute(), ["Room 1"], "a probe that is off gives no number, long before the alarm of it");
  feed.observe("SpO2", 97);
  assert.deepEqual(mute(), []);
  feed.pass(10_000);
  assert.deepEqual(mute(), ["Room 1"], "what was heard is too old");
  const { SpO2: _without, ...cuff_alone } = bed().sources;
  const without = new Feed({ beds: [bed({ sources: cuff_alone })] });
  assert.deepEqual(without_signal(without.model, without.now), [], "nothing there measures a saturation");
});
