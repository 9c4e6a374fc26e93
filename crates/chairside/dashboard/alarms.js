// @ts-check
// The standing alarms of all beds in one order, in words, and which of them lie where on the
// strip. No DOM and no clock.

import { in_english, t } from "./language.js";

/** @typedef {import("./wire.js").ActiveAlarm} ActiveAlarm */
/** @typedef {import("./model.js").BedState} BedState */

/**
 * An alarm with all that a person must know to act on it.
 * @typedef {object} Standing
 * @property {string} key names this episode on this page
 * @property {string} bed
 * @property {string} bed_name
 * @property {number} version of the bed's alarms
 * @property {ActiveAlarm} alarm
 * @property {import("./course.js").Course | undefined} course
 */

/** The mark of each priority, so that colour is never the only cue. */
export const MARKS = { high: "***", medium: "**", low: "*" };

const PRIORITY_RANK = { high: 0, medium: 1, low: 2 };

/** @type {Record<string, string>} */
const TITLES = in_english({
  HR_HIGH: "HR high",
  HR_VERY_HIGH: "HR very high",
  HR_LOW: "HR low",
  HR_VERY_LOW: "HR very low",
  SPO2_LOW: "SpO₂ low",
  SPO2_VERY_LOW: "SpO₂ very low",
  SPO2_FALL: "SpO₂ falling",
  RR_LOW: "RR low",
  RR_HIGH: "RR high",
  ETCO2_HIGH: "EtCO₂ high",
  APNEA: "No breath",
  AIRWAY_OBSTRUCTION: "Check airway: obstruction signs",
  AIRWAY_PARTIAL: "Airway partly closed signs",
  NIBP_HIGH: "NIBP high",
  NIBP_VERY_HIGH: "NIBP very high",
  NIBP_RISE: "NIBP risen",
  NIBP_LOW: "NIBP low",
  NIBP_VERY_LOW: "NIBP very low",
  NIBP_FAILED: "Cuff failed",
  NIBP_OVERDUE: "Cuff overdue",
  SPO2_PROBE_OFF: "SpO₂ probe off",
  SPO2_NO_DATA: "No SpO₂",
  SPO2_LOW_PERFUSION: "SpO₂ signal weak",
  SPO2_CUFF_SAME_LIMB: "Cuff and probe on one arm",
  CO2_NO_DATA: "No CO₂",
  DEVICE_LINK_LOST: "No signal",
  LINE_GARBLED: "Line garbled",
  DEVICE_SWAPPED: "Other device",
  BED_FAILED: "Bed failed",
  RECORDING_STOPPED: "Not recording",
  NO_STATION: "Nobody listens",
  DELIVERY_FAILED: "Not delivered",
});

/**
 * Names an alarm in words.
 * @param {string} id
 */
export function title(id) {
  return id in TITLES ? t(TITLES[id]) : id.toLowerCase().replaceAll("_", " ");
}

/**
 * Returns which number of the tile an alarm is about, or null when it is about none.
 * @param {string} id
 * @returns {"spo2" | "rate" | "nibp" | "rr" | "etco2" | null}
 */
export function place(id) {
  if (id.startsWith("SPO2_")) return "spo2";
  if (id.startsWith("HR_")) return "rate";
  if (id.startsWith("NIBP_")) return "nibp";
  if (id.startsWith("RR_") || id === "APNEA" || id.startsWith("AIRWAY_")) return "rr";
  if (id.startsWith("ETCO2_") || id === "CO2_NO_DATA") return "etco2";
  return null;
}

/**
 * Returns every standing alarm, what calls for somebody first: those that signal, then what ended
 * unseen, then what somebody has seen, then what a worse one stands for; within each the worst
 * first, of equals the patient's before the equipment's, and then the newest.
 * @param {Iterable<BedState>} beds
 * @returns {Standing[]}
 */
export function standing(beds) {
  const all = [];
  for (const bed of beds) {
    for (const alarm of bed.alarms.active) {
      const key = `${bed.bed}/${alarm.occurrence}`;
      all.push({ key, bed: bed.bed, bed_name: bed.name, version: bed.alarms.version, alarm, course: bed.courses.get(alarm.occurrence) });
    }
  }
  return all.sort(
    (a, b) =>
      attention(a.alarm) - attention(b.alarm) ||
      PRIORITY_RANK[a.alarm.priority] - PRIORITY_RANK[b.alarm.priority] ||
      Number(a.alarm.kind === "technical") - Number(b.alarm.kind === "technical") ||
      Date.parse(b.alarm.since) - Date.parse(a.alarm.since) ||
      Number(b.alarm.occurrence) - Number(a.alarm.occurrence),
  );
}

/** @param {ActiveAlarm} alarm */
function attention(alarm) {
  if (alarm.superseded) return 3;
  return { on: 0, latched: 1, acknowledged: 2, paused: 2 }[alarm.signal];
}

/**
 * Tells how an alarm is drawn.
 * @param {ActiveAlarm} alarm
 * @returns {"signal" | "latched" | "acknowledged" | "paused" | "superseded"}
 */
export function look(alarm) {
  if (alarm.superseded) return "superseded";
  return alarm.signal === "on" ? "signal" : alarm.signal;
}

/**
 * Tells whether it waits for somebody to acknowledge it; one that a worse alarm stands for does not.
 * @param {ActiveAlarm} alarm
 */
export function is_open(alarm) {
  return (alarm.signal === "on" || alarm.signal === "latched") && !alarm.superseded;
}

/**
 * Picks the alarms of the strip: all but those that a worse one stands for.
 * @param {Standing[]} all
 */
export function of_strip(all) {
  return all.filter(({ alarm }) => !alarm.superseded);
}

/** A card that has just come to its place does not take a press for this long, milliseconds. */
export const SETTLE_MS = 500;

/**
 * A place on the strip.
 * @typedef {object} Slot
 * @property {Standing} entry
 * @property {boolean} gone the alarm is over; its place is kept while somebody may be about to press
 * @property {number} settled_at page time at which it came to lie here
 */

/**
 * Which alarms lie where on the strip. While a pointer is over it nothing moves: what ends stays
 * as "over", and what is new comes after the rest. So nobody presses on another alarm than the
 * one that was read.
 */
export class StripOrder {
  /** @type {Slot[]} */
  #slots = [];

  /**
   * @param {Standing[]} wanted in the order of `standing`
   * @param {number} now
   * @param {boolean} held whether a pointer is over the strip
   * @returns {readonly Slot[]}
   */
  arrange(wanted, now, held) {
    const before = new Map(this.#slots.map((slot, index) => [slot.entry.key, { slot, index }]));
    if (held) {
      const current = new Map(wanted.map((entry) => [entry.key, entry]));
      const kept = this.#slots.map((slot) => {
        const entry = current.get(slot.entry.key);
        return entry ? { ...slot, entry, gone: false } : { ...slot, gone: true };
      });
      const added = wanted.filter((entry) => !before.has(entry.key));
      this.#slots = [...kept, ...added.map((entry) => ({ entry, gone: false, settled_at: now }))];
    } else {
      this.#slots = wanted.map((entry, index) => {
        const known = before.get(entry.key);
        const stayed = known !== undefined && known.index === index;
        return { entry, gone: false, settled_at: stayed ? known.slot.settled_at : now };
      });
    }
    return this.#slots;
  }

  /**
   * Tells whether a press on this alarm is meant for it: it still stands, and has lain under the
   * finger long enough to be read.
   * @param {string} key
   * @param {number} now
   */
  may_press(key, now) {
    const slot = this.#slots.find((one) => one.entry.key === key);
    return slot !== undefined && !slot.gone && now - slot.settled_at >= SETTLE_MS;
  }
}

/**
 * The alarm that the keyboard acts on. It stays where it is until that alarm has been seen or is
 * over, and then goes to the first that calls for somebody.
 */
export class Selection {
  /** @type {string | null} */
  key = null;
  /** Page time at which it went to another alarm by itself. */
  #went_at = Number.NEGATIVE_INFINITY;

  /**
   * @param {Standing[]} wanted in the order of `standing`
   * @param {number} now
   */
  follow(wanted, now) {
    const open = wanted.filter(({ alarm }) => is_open(alarm));
    if (open.some(({ key }) => key === this.key)) return;
    this.key = open[0]?.key ?? null;
    this.#went_at = now;
  }

  /**
   * A person chooses.
   * @param {string} key
   */
  choose(key) {
    this.key = key;
    this.#went_at = Number.NEGATIVE_INFINITY;
  }

  /**
   * A person goes to the next or the previous alarm that calls for somebody.
   * @param {Standing[]} wanted in the order of `standing`
   * @param {1 | -1} step
   */
  move(wanted, step) {
    const open = wanted.filter(({ alarm }) => is_open(alarm));
    if (open.length === 0) return;
    const at = open.findIndex(({ key }) => key === this.key);
    this.choose(open[(at + step + open.length) % open.length].key);
  }

  /**
   * Tells whether a key press is meant for the selected alarm: the selection has not just gone
   * there by itself.
   * @param {number} now
   */
  may_press(now) {
    return this.key !== null && now - this.#went_at >= SETTLE_MS;
  }
}

/**
 * Picks the slots that the strip shows when it has room for so many: high alarms always, others
 * as long as there is room.
 * @param {readonly Slot[]} slots
 * @param {number} room
 */
export function shown(slots, room) {
  return slots.filter(
    ({ entry: { alarm } }, index) => index < room || alarm.priority === "high",
  );
}
