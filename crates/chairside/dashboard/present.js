// @ts-check
// What a tile says, as plain words and states: the step between what is known and what is drawn.
// No DOM and no clock, so that every sentence can be tested.

import { early_words, is_call, is_technical, look, MARKS, of_strip, place, standing, title } from "./alarms.js";
import { who_words } from "./answers.js";
import { watched } from "./course.js";
import { curves_of, ON_TILE } from "./curves.js";
import { evidence_words, since_when } from "./evidence.js";
import { in_english, t } from "./language.js";
import { flood_words, sound_at, suspended_places } from "./quiet.js";
import { rate_metric } from "./rate.js";
import { session_words } from "./session-words.js";
import { age, DASHES, dotted, figure, initials_of, term, number, spelled, time_of_day, timer, why } from "./words.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./quiet.js").Quiet} Quiet */

/** What a device itself reports stays on its tile for this long, milliseconds. */
const DEVICE_TEXT_MS = 60_000;

/**
 * How an alarm marks what it is about.
 * @typedef {object} Mark
 * @property {"high" | "medium" | "low"} priority
 * @property {ReturnType<typeof look> | "clearing"} look clearing: it signals, and the number of now is within the limit again
 * @property {boolean} technical
 * @property {string} text "***", "** T", "✓ MN ***"
 * @property {ReturnType<typeof place>} [place] of a number: which
 */

/**
 * A number on a tile.
 * @typedef {object} Cell
 * @property {string} label
 * @property {string} source
 * @property {string} text
 * @property {"fresh" | "ageing" | "none"} state
 * @property {string} note why there is no number, or how old it is
 * @property {boolean} questionable
 * @property {string} low
 * @property {string} high
 * @property {boolean} low_changed it is not the profile's
 * @property {boolean} high_changed it is not the profile's
 * @property {boolean} low_off the rule that judges by it is off
 * @property {boolean} high_off the rule that judges by it is off
 * @property {string} defaults what the profile has instead, in words
 * @property {boolean} unguarded no limit watches this number
 * @property {Quiet | null} quiet a rule of this number is off, or an alarm of it paused
 * @property {Mark | null} mark
 */

/**
 * A tile.
 * @typedef {object} TileView
 * @property {string} bed
 * @property {string} name
 * @property {string} profile
 * @property {boolean | undefined} simulated what it shows is nobody's
 * @property {string} session in few words; empty when none is open
 * @property {{device: string, link: string, text: string}[]} devices
 * @property {(Mark & {title: string, lasts: string, detail: string, more: number}) | null} alarm
 * @property {string} latched a high alarm that has ended unseen, while another alarm has the band
 * @property {(Mark & {title: string}) | null} call the patient calls, and another alarm has the band
 * @property {{devices: string, state: string} | null} loss whose links are lost, and how they stand
 * @property {string} flood one line for very many alarms
 * @property {Quiet | null} sound what is not heard of it at this station
 * @property {Quiet | null} quiet an alarm that is about no number is off or paused
 * @property {string} device_text
 * @property {Cell} spo2
 * @property {Cell} rate
 * @property {(Cell & {mean: string, next: string, failed: boolean, due: boolean}) | null} nibp
 * @property {Cell | null} rr
 * @property {Cell | null} etco2
 * @property {Cell | null} temperature
 * @property {import("./curves.js").Curve[]} waves
 * @property {string} summary for a screen reader
 */

/**
 * @param {Model} model
 * @param {BedState} bed
 * @param {number} now
 * @param {string} station where this page is
 * @returns {TileView}
 */
export function tile(model, bed, now, station = "") {
  const quiet = suspended_places(bed, model.staff, now);
  const look_up = { model, bed, now, quiet };
  const marks = marks_of(model, bed, now);
  const devices = [...bed.devices.values()];
  const alarms = of_strip(standing([bed]));
  const worst = alarms[0];
  // Only what is high stays when it is over.
  const latched = worst?.alarm.priority !== "high" && alarms.find(({ alarm }) => alarm.signal === "latched");
  const call = alarms.slice(1).find(({ alarm }) => is_call(alarm))?.alarm;
  const said = bed.device_texts.find((one) => now - one.heard < DEVICE_TEXT_MS);
  const view = {
    bed: bed.bed,
    name: bed.name,
    simulated: bed.simulated,
    session: bed.session ? session_words(bed.session, model.clock.at(now)) : "",
    profile: bed.phase === "baseline" ? bed.profile : `${bed.profile} · ${term(bed.phase)}`,
    devices: devices.map(({ device, link }) => ({ device, link, text: `${device} ${term(link)}` })),
    alarm: worst
      ? {
          ...mark(model, worst.alarm),
          title: title(worst.alarm.id),
          lasts: lasts(model, worst.alarm, now),
          detail: dotted(who_words(bed.alarms, worst.alarm, model.staff), detail(model, worst, now, { beside: true })),
          more: alarms.length - (call ? 2 : 1) - (latched ? 1 : 0),
        }
      : null,
    latched: latched ? title(latched.alarm.id) : "",
    call: call ? { ...mark(model, call), title: title(call.id) } : null,
    loss: loss(devices, worst?.alarm),
    flood: bed.flood ? flood_words(bed.flood) : "",
    sound: sound_at(bed, model.staff, station, now, bed.alarms.active),
    quiet: quiet.get("") ?? null,
    device_text: said ? t("{device} says: {text}", { device: said.device, text: said.text }) : "",
    spo2: cell(look_up, "SpO2", t("SpO₂"), "%", marks.get("spo2")),
    rate: rate(look_up, marks.get("rate")),
    nibp: nibp(look_up, marks.get("nibp")),
    rr: optional(look_up, "RespirationRate", t("RR"), "CO₂", marks.get("rr")),
    etco2: optional(look_up, "EtCO2", t("EtCO₂"), "mmHg", marks.get("etco2")),
    temperature: taken(optional(look_up, "Temperature", t("Temp"), "°C", undefined)),
    waves: curves_of(bed, ON_TILE),
  };
  return { ...view, summary: summary(view) };
}

/**
 * The links that are lost and that the alarm on the tile does not name already.
 * @param {import("./wire.js").Device[]} devices
 * @param {import("./wire.js").ActiveAlarm | undefined} worst
 * @returns {TileView["loss"]}
 */
function loss(devices, worst) {
  const told = worst?.id === "DEVICE_LINK_LOST" && worst.present ? worst.evidence : "";
  const down = devices.filter(({ device, link }) => link !== "connected" && !told.includes(device));
  if (down.length === 0) return null;
  const names = down.map((device) => device.device).join(", ");
  const states = new Set(down.map((device) => term(device.link)));
  return { devices: names, state: [...states].join(", ") };
}

/**
 * Says how long an alarm has stood, or since when while the service is not heard; nothing of one that
 * is over, nor beside a reason that says since when it is so: two ages of one thing would not agree.
 * @param {Model} model
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {number} now
 */
export function lasts(model, alarm, now) {
  const since_ms = Date.parse(alarm.since);
  if (!alarm.present || !said(alarm).dated) return "";
  return model.is_live(now) ? timer(model.clock.at(now) - since_ms) : t("since {time}", { time: time_of_day(since_ms) });
}

/**
 * Returns what an alarm adds to its title: whether it is of another patient, the number of now, why,
 * the worst since, and the time at which the reason was so, for little of it is seen where there is
 * little room; for one that is over, since when.
 * @param {Model} model
 * @param {import("./alarms.js").Standing} entry
 * @param {number} now
 * @param {object} [where]
 * @param {boolean} [where.whole] also which signals the service used for it
 * @param {boolean} [where.beside] the number of now stands beside it
 */
export function detail(model, { bed, alarm, course, early }, now, { whole, beside } = {}) {
  const { evidence, dated } = said(alarm);
  const reason = evidence_words(whole ? evidence : without_signals(evidence), model.staff);
  const worst = worst_words(alarm, course);
  if (alarm.present) return dotted(early, now_words(model, model.beds.get(bed), alarm, now, beside), reason, worst, dated);
  const ended = alarm.ended ? t("ended {time}", { time: time_of_day(Date.parse(alarm.ended)) }) : t("ended");
  return dotted(early, [ended, worst].filter(Boolean).join(", "), reason, dated);
}

/**
 * The reason of an alarm, and the time at which it was so; of what is not heard one time says all:
 * since when.
 * @param {import("./wire.js").ActiveAlarm} alarm
 */
function said(alarm) {
  const at_ms = Date.parse(alarm.evidence_at ?? alarm.since);
  const evidence = is_technical(alarm) ? since_when(alarm.evidence, at_ms) : alarm.evidence;
  return { evidence, dated: evidence === alarm.evidence ? t("at {time}", { time: time_of_day(at_ms) }) : "" };
}

/**
 * The numbers of now that an alarm judges by the limits that it names, and whether they break them.
 * @param {Model} model
 * @param {BedState} bed
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {number} now
 */
function judged(model, bed, { id, evidence }, now) {
  const low = id.endsWith("_LOW");
  const metric = low || id.endsWith("_HIGH") ? watched(id, bed)?.metric : undefined;
  const limits = metric === undefined ? [] : (violated(evidence)?.split("/") ?? []);
  return limits.flatMap((limit, index) => {
    const reading = model.reading(bed, index === 0 ? String(metric) : "NibpDiastolic", now);
    if (reading?.validity !== "valid" || reading.value === null || reading.freshness === "expired") return [];
    return [{ value: Math.round(reading.value), broken: low ? reading.value < Number(limit) : reading.value >= Number(limit) }];
  });
}

/**
 * The number of now where an alarm names another one, and whether it only waits to end.
 * @param {Model} model
 * @param {BedState | undefined} bed
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {number} now
 * @param {boolean} [beside] the number itself stands beside it
 */
function now_words(model, bed, alarm, now, beside) {
  if (!bed || model.connection(now) === "lost") return "";
  const numbers = judged(model, bed, alarm, now);
  const value = numbers.map((one) => one.value).join("/");
  if (spelled(alarm.evidence).includes(` ${value}`)) return "";
  const back = numbers.some(({ broken }) => broken) ? "" : t("back within the limit");
  return beside ? back : dotted(t("now {value}", { value }), back);
}

/**
 * The worst value of an alarm: "lowest 84 %"; "seen here" where this page has not heard all of it.
 * Nothing while the number that raised it is as bad: said twice, it would only take room.
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {import("./course.js").Course | undefined} course
 */
function worst_words({ evidence, present }, course) {
  if (!course?.watched || course.worst === null) return "";
  const { side, metric, unit } = course.watched;
  const raised_by = first_number(spelled(evidence));
  const drifted = Math.round(course.worst) - raised_by;
  if (present && (side === "lowest" ? drifted >= 0 : drifted <= 0)) return "";
  const value = `${number(metric, course.worst)}${t(unit)}`;
  if (side === "lowest") return course.whole ? t("lowest {value}", { value }) : t("lowest seen here {value}", { value });
  return course.whole ? t("highest {value}", { value }) : t("highest seen here {value}", { value });
}

/**
 * An airway rule says at length what it used: there is room for that in the list only.
 * @param {string} evidence
 */
function without_signals(evidence) {
  return evidence.replace(/ Used: .*$/s, "");
}

/** @param {string} text */
function first_number(text) {
  return Math.round(Number(/\d+(\.\d+)?/.exec(text)?.[0] ?? Number.NaN));
}

/**
 * The limit that an alarm names as violated, "below 88 %" or "limit 180/110", if it does.
 * @param {string} evidence
 */
function violated(evidence) {
  return /(?:below|above|limit) (\d+(?:[./]\d+)*)/.exec(evidence)?.[1];
}

/**
 * @param {Model} model
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @returns {Mark}
 */
export function mark(model, alarm) {
  const technical = is_technical(alarm);
  const drawn = look(alarm);
  const sign = MARKS[alarm.priority] + (technical ? " T" : "");
  const text = drawn === "acknowledged" ? `✓ ${initials_of(model.staff, alarm.by)} ${sign}` : sign;
  return { priority: alarm.priority, look: drawn, technical, text };
}

/**
 * Returns the mark of each place of the tile that an alarm is about, by the first in order.
 * A number is filled where it breaks the limit itself, and not for what another patient's did.
 * @param {Model} model
 * @param {BedState} bed
 * @param {number} now
 */
function marks_of(model, bed, now) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const { alarm, early } of standing([bed])) {
    const where = place(alarm.id);
    if (where === null || marks.has(where)) continue;
    const drawn = mark(model, alarm);
    const numbers = judged(model, bed, alarm, now);
    const is_broken = numbers.length > 0 ? numbers.some(({ broken }) => broken) : early === "" || drawn.technical;
    marks.set(where, { ...drawn, place: where, look: drawn.look === "signal" && !is_broken ? "clearing" : drawn.look });
  }
  return marks;
}

/**
 * @param {{model: Model, bed: BedState, now: number, quiet: Map<string, Quiet>}} look_up
 * @param {string} metric
 * @param {string} label
 * @param {string} source
 * @param {Mark | undefined} drawn
 * @returns {Cell}
 */
function cell({ model, bed, now, quiet }, metric, label, source, drawn) {
  const limits = bed.limits[metric];
  const where = PLACES[metric];
  const worse = drawn?.place ? very(bed, drawn.place) : {};
  const connection = model.connection(now);
  /** @type {Cell} */
  const empty = {
    label,
    source,
    text: DASHES,
    state: "none",
    note: "",
    questionable: false,
    low: worse.low ?? limit(limits?.low),
    high: worse.high ?? limit(limits?.high),
    low_changed: limits?.low_default !== undefined,
    high_changed: limits?.high_default !== undefined,
    low_off: worse.low === undefined && is_off(bed, where, "LOW"),
    high_off: worse.high === undefined && is_off(bed, where, "HIGH"),
    defaults: default_words(limits),
    quiet: where ? (quiet.get(where) ?? null) : null,
    unguarded: limits?.low === undefined && limits?.high === undefined && metric !== "Temperature",
    mark: drawn ?? null,
  };
  if (connection === "lost") return { ...empty, note: t("connection lost") };
  const device = bed.devices.get(bed.sources[metric]);
  if (!device) return { ...empty, note: t("no device") };
  const reading = model.reading(bed, metric, now);
  if (!reading || reading.freshness === "expired") {
    const note = device.link === "connected" ? t("no value") : term(device.link);
    return { ...empty, note };
  }
  if (reading.value === null) return { ...empty, note: why(reading.reason) };
  const dim = reading.freshness === "ageing" || device.link !== "connected" || connection === "banner";
  return {
    ...empty,
    text: number(metric, reading.value),
    state: dim ? "ageing" : "fresh",
    note: dim ? t("{age} old", { age: age(reading.age_ms) }) : reading.validity === "questionable" ? t("questionable") : "",
    questionable: reading.validity === "questionable",
  };
}

/**
 * @param {{model: Model, bed: BedState, now: number, quiet: Map<string, Quiet>}} look_up
 * @param {string} metric
 * @param {string} label
 * @param {string} source
 * @param {Mark | undefined} drawn
 */
function optional(look_up, metric, label, source, drawn) {
  return metric in look_up.bed.sources || drawn ? cell(look_up, metric, label, source, drawn) : null;
}

/**
 * A number that is taken now and then and that nobody watches: it has its place while there is one.
 * @param {Cell | null} cell
 */
function taken(cell) {
  return cell?.state === "none" ? null : cell;
}

/** How the tile names each rate and where it was counted. */
const RATES = {
  HeartRate: in_english({ label: "HR", source: "ECG" }),
  PulseRate: in_english({ label: "PR", source: "SpO₂" }),
  NibpPulseRate: in_english({ label: "PR", source: "NIBP" }),
};

/**
 * The rate that is judged, and where it was counted.
 * @param {{model: Model, bed: BedState, now: number, quiet: Map<string, Quiet>}} look_up
 * @param {Mark | undefined} drawn
 */
function rate(look_up, drawn) {
  const { model, bed, now } = look_up;
  const metric = rate_metric(bed.sources, (one) => model.has_value(bed, one, now));
  const { label, source } = RATES[metric];
  return cell(look_up, metric, t(label), t(source), drawn);
}

/**
 * @param {{model: Model, bed: BedState, now: number, quiet: Map<string, Quiet>}} look_up
 * @param {Mark | undefined} drawn
 * @returns {TileView["nibp"]}
 */
function nibp(look_up, drawn) {
  const { model, bed, now } = look_up;
  if (!("NibpSystolic" in bed.sources || drawn)) return null;
  const systolic = cell(look_up, "NibpSystolic", t("NIBP"), "mmHg", drawn);
  const reading = model.reading(bed, "NibpSystolic", now);
  // While the rest of a reading is still on its way, the one before it must not stand in for it.
  const beside = (/** @type {string} */ metric) =>
    bed.readings.get(metric)?.at_ms === reading?.at_ms ? cell(look_up, metric, "", "", undefined).text : DASHES;
  const diastolic = beside("NibpDiastolic");
  const mean = beside("NibpMean");
  const lost = model.connection(now) === "lost";
  const found = systolic.state !== "none";
  const failed = !lost && bed.cuff.state === "failed";
  const cuff = cuff_words(bed, reading);
  const limits = bed.limits.NibpSystolic;
  const high = limits?.high === undefined ? "" : `${limit(limits.high)}/${limit(bed.limits.NibpDiastolic?.high)}`;
  const bed_limits = very(bed, "nibp");
  return {
    ...systolic,
    text: found ? `${systolic.text}/${diastolic}` : DASHES,
    // The last pressure is not what the cuff has just looked for.
    state: found && failed ? "ageing" : systolic.state,
    failed,
    due: !lost && (reading?.age_ms ?? 0) > bed.cuff_interval_ms,
    mean: found && mean !== DASHES ? `(${mean})` : "",
    note: reading && !lost ? (found ? age(reading.age_ms) : t("{age} old: expired", { age: age(reading.age_ms) })) : systolic.note,
    next: lost ? "" : cuff,
    high_changed: systolic.high_changed || bed.limits.NibpDiastolic?.high_default !== undefined,
    low: sided("≥", bed_limits.low ?? limit(limits?.low)),
    high: sided("<", bed_limits.high ?? high),
  };
}

/**
 * @param {BedState} bed
 * @param {ReturnType<Model["reading"]>} last
 */
function cuff_words(bed, last) {
  if (bed.cuff.state === "measuring") return t("measuring");
  if (bed.cuff.state === "failed") return t("failed: {why}", { why: bed.cuff.text === null ? t("no reason given") : evidence_words(bed.cuff.text) });
  if (!last) return t("every {time}", { time: age(bed.cuff_interval_ms) });
  // The monitor measures when it will: all that is known is by when the bed's limits want the next.
  const left_ms = bed.cuff_interval_ms - last.age_ms;
  return left_ms >= 0 ? t("due by {time}", { time: time_of_day(last.at_ms + bed.cuff_interval_ms).slice(0, 5) }) : t("due since {time}", { time: age(-left_ms) });
}

/**
 * The limits that a very high or a very low number has violated; they stand instead of the nearer
 * ones as long as that alarm does.
 * @param {BedState} bed
 * @param {ReturnType<typeof place>} where
 * @returns {{low?: string, high?: string}}
 */
function very(bed, where) {
  const found = bed.alarms.active.find(
    ({ id, present, since }) => present && place(id) === where && /_VERY_(LOW|HIGH)$/.test(id) && early_words(bed, Date.parse(since)) === "",
  );
  const broken = found && violated(found.evidence);
  if (!broken) return {};
  return { [found.id.endsWith("_LOW") ? "low" : "high"]: figure(broken) };
}

/**
 * Tells whether the rule behind a limit is off.
 * @param {BedState} bed
 * @param {string | undefined} where the number's place
 * @param {"LOW" | "HIGH"} side
 */
function is_off(bed, where, side) {
  return bed.suspended.some(({ id, kind }) => kind === "rule_off" && place(id) === where && id.endsWith(`_${side}`));
}

/**
 * @param {string} sign
 * @param {string} value
 */
function sided(sign, value) {
  return value === "" ? "" : sign + value;
}

/** The number of the tile that each metric is. @type {Record<string, string>} */
const PLACES = {
  SpO2: "spo2",
  HeartRate: "rate",
  PulseRate: "rate",
  NibpPulseRate: "rate",
  NibpSystolic: "nibp",
  RespirationRate: "rr",
  EtCO2: "etco2",
};

/**
 * Says which limits the profile has otherwise.
 * @param {import("./wire.js").Limits | undefined} limits
 */
function default_words(limits) {
  const { low_default, high_default } = limits ?? {};
  const words = [];
  if (high_default !== undefined) words.push(t("high {value}", { value: figure(high_default) }));
  if (low_default !== undefined) words.push(t("low {value}", { value: figure(low_default) }));
  return words.length > 0 ? t("changed; the profile has {limits}", { limits: words.join(", ") }) : "";
}

/** @param {number | undefined} value */
function limit(value) {
  return value === undefined ? "" : figure(value);
}

/** An alarm of each look, as it is read out; of any other it stands. @type {Record<string, string>} */
const STATES = in_english({
  standing: "{priority} alarm",
  latched: "{priority} ended alarm",
  acknowledged: "{priority} acknowledged alarm",
  paused: "{priority} paused alarm",
});

/** @param {Omit<TileView, "summary">} view */
function summary(view) {
  const { alarm } = view;
  const parts = [
    view.name,
    view.simulated && t("SIMULATED"),
    alarm ? `${t(STATES[alarm.look] ?? STATES.standing, { priority: term(alarm.priority) })}, ${alarm.title}, ${alarm.detail}` : t("no alarm"),
    view.call?.title,
    view.flood,
    view.sound?.words,
    ...[view.quiet, view.spo2.quiet, view.rate.quiet, view.nibp?.quiet, view.rr?.quiet, view.etco2?.quiet].map((one) => one?.words),
    view.loss && t("no signal, {devices} {state}", view.loss),
    spoken(t("oxygen saturation"), view.spo2, t("per cent")),
    spoken(view.rate.label === t("HR") ? t("heart rate") : t("pulse rate"), view.rate, ""),
    view.nibp && spoken(t("blood pressure"), view.nibp, ""),
    view.nibp?.failed && view.nibp.next,
    view.rr && spoken(t("respiration rate"), view.rr, ""),
    view.etco2 && spoken(t("end-tidal carbon dioxide"), view.etco2, ""),
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * @param {string} name
 * @param {Cell} cell
 * @param {string} unit
 */
function spoken(name, cell, unit) {
  if (cell.state === "none") return `${name} ${cell.note || t("no value")}`;
  return [name, cell.text, unit, cell.note && `(${cell.note})`].filter(Boolean).join(" ");
}

/**
 * Up to how many beds there are so many columns and rows, and how much a tile shows.
 * @type {[number, number, number, string][]}
 */
const LAYOUTS = [[1, 1, 1, "full"], [2, 2, 1, "full"], [4, 2, 2, "full"], [6, 3, 2, "full"], [12, 4, 3, "compact"], [24, 6, 4, "dense"]];

/**
 * Returns how so many beds share the page: all of them, without paging.
 * @param {number} beds
 */
export function layout(beds) {
  const more = /** @type {const} */ ([beds, 8, Math.max(6, Math.ceil(beds / 8)), "numerics"]);
  const [, columns, rows, density] = LAYOUTS.find(([most]) => beds <= most) ?? more;
  return { columns, rows, density };
}
