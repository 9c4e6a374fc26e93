// @ts-check
// The standing alarms of all beds in one order, in words, and which of them lie where on the
// strip. No DOM and no clock.

import { in_english, t } from "./language.js";
import { name_of } from "./words.js";

/** @typedef {import("./wire.js").ActiveAlarm} ActiveAlarm */
/** @typedef {import("./model.js").BedState} BedState */

/**
 * An alarm with all that a person must know to act on it.
 * @typedef {object} Standing
 * @property {string} key names this episode on this page
 * @property {string} bed
 * @property {string} bed_name
 * @property {boolean | undefined} simulated what the bed shows is nobody's
 * @property {number} version of the bed's alarms
 * @property {ActiveAlarm} alarm
 * @property {import("./wire.js").AlarmsOfBed} of_bed all that stands there
 * @property {import("./course.js").Course | undefined} course
 * @property {string} early that it began before this session, in words; empty where it did not
 */

/** The mark of each priority, so that colour is never the only cue. */
export const MARKS = { high: "***", medium: "**", low: "*" };

/** The most urgent priority comes first. */
export const RANK = { high: 0, medium: 1, low: 2 };

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
  PATIENT_CALL: "The patient calls",
  HELP_WANTED: "Help wanted",
});

/**
 * Names an alarm in words.
 * @param {string} id
 */
export function title(id) {
  return id in TITLES ? t(TITLES[id]) : id.toLowerCase().replaceAll("_", " ");
}

/**
 * Tells whether an alarm is about equipment, signal or link: a person who calls is neither.
 * @param {{id: string, kind: "physiological" | "technical"}} alarm
 */
export function is_technical({ id, kind }) {
  return kind === "technical" && id !== "PATIENT_CALL" && id !== "HELP_WANTED";
}

/**
 * Tells whether it is the patient who calls: that is never counted among others.
 * @param {{id: string}} alarm
 */
export function is_call({ id }) {
  return id === "PATIENT_CALL";
}

/**
 * Tells whether a person has said of an alarm, as it calls now, that they do not come.
 * @param {ActiveAlarm} alarm
 * @param {string | undefined} by
 */
export function is_declined(alarm, by) {
  return (alarm.declined ?? []).some((said) => said.by === by && said.call === alarm.call);
}

/**
 * Says who does not come for an alarm; nothing where nobody has said that.
 * @param {ActiveAlarm} alarm
 * @param {readonly import("./wire.js").Person[]} staff
 */
export function declined_words({ declined = [] }, staff) {
  if (declined.length === 0) return "";
  const names = declined.map(({ by }) => name_of(staff, by));
  return t("{people}: not me", { people: names.join(", ") });
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
      const course = bed.courses.get(alarm.occurrence);
      const early = early_words(bed, Date.parse(alarm.since));
      const { name: bed_name, simulated, alarms: of_bed } = bed;
      all.push({ key, bed: bed.bed, bed_name, simulated, version: of_bed.version, alarm, of_bed, course, early });
    }
  }
  return all.sort(
    (a, b) =>
      attention(a.alarm) - attention(b.alarm) ||
      RANK[a.alarm.priority] - RANK[b.alarm.priority] ||
      Number(is_technical(a.alarm)) - Number(is_technical(b.alarm)) ||
      Date.parse(b.alarm.since) - Date.parse(a.alarm.since) ||
      Number(b.alarm.occurrence) - Number(a.alarm.occurrence),
  );
}

/**
 * Says of what began before the session of now that it did: it is not of the patient who lies there.
 * @param {Pick<BedState, "from_ms" | "session">} bed
 * @param {number} began_ms
 */
export function early_words({ from_ms, session }, began_ms) {
  if (began_ms >= from_ms) return "";
  return session ? t("from before this session") : t("from the session before");
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
  return attention(alarm) < 2;
}

/**
 * Picks the alarms of the strip: all but those that a worse one stands for.
 * @param {Standing[]} all
 */
export function of_strip(all) {
  return all.filter(({ alarm }) => !alarm.superseded);
}

/** What has just come to its place, or says another thing now, does not take a press for this long, milliseconds. */
export const SETTLE_MS = 500;

/**
 * Tells whether an alarm says what it said when it was read: it has not called again since, and is
 * of the same priority.
 * @param {Standing} read
 * @param {Standing} now
 */
export function is_as_read(read, now) {
  return read.key === now.key && read.alarm.call === now.alarm.call && read.alarm.priority === now.alarm.priority;
}

/**
 * A place on the strip.
 * @typedef {object} Slot
 * @property {Standing} entry
 * @property {boolean} gone the alarm is over; its place is kept while somebody may be about to press
 * @property {boolean} shown there is room for it
 * @property {number} settled_at page time since when it lies here and says this
 */

/**
 * How much there is room for.
 * @typedef {object} Room
 * @property {number} columns so many lie beside each other
 * @property {number} room so many are shown, and beyond them high alarms, calls of patients, the selected one, and what fills the row that these have begun
 * @property {number} [most] beyond so many, only calls and the selected one are shown, and a high one that begins to call while nothing moves
 * @property {string | null} selected
 */

/**
 * Which alarms lie where on the strip. While a pointer is over it nothing moves: what ends stays
 * as “ended”, what is new comes after the rest, and the columns stay as wide as they are. So nobody
 * presses on another alarm than the one that was read.
 */
export class StripOrder {
  /** Those that are shown first. @type {Slot[]} */
  #slots = [];
  /** So many lie beside each other. */
  columns = 1;

  /**
   * @param {Standing[]} wanted in the order of `standing`
   * @param {number} now
   * @param {boolean} held whether a pointer is over the strip
   * @param {Room} room
   * @returns {readonly Slot[]}
   */
  arrange(wanted, now, held, { columns, room, most = Infinity, selected }) {
    const before = new Map(this.#slots.map((slot, place) => [slot.entry.key, { slot, place }]));
    const frozen = held && this.#slots.length > 0;
    const moved = !frozen && columns !== this.columns;
    if (!frozen) this.columns = columns;
    const kept = frozen ? kept_in_place(this.#slots, wanted) : [];
    const taken = kept.filter(({ gone }) => !gone).length;
    const rest = wanted.filter(({ key }) => kept.every(({ entry }) => entry.key !== key)).map((entry, index) => {
      const is_high = entry.alarm.priority === "high";
      const there_is_room = taken + index < (is_high ? most : room);
      // What is held in its place takes the room of no high alarm that has just begun to call.
      const known = before.get(entry.key)?.slot.entry;
      const begins = frozen && is_high && entry.alarm.signal === "on" && !(known?.alarm.signal === "on" && is_as_read(known, entry));
      return { entry, gone: false, shown: there_is_room || begins || is_call(entry.alarm) || entry.key === selected };
    });
    // Nothing is only counted beside an empty place: it takes none of the height.
    let places = kept.length + rest.filter(({ shown }) => shown).length;
    for (const one of rest) {
      if (one.shown || places >= most || places % this.columns === 0) continue;
      one.shown = true;
      places += 1;
    }
    const in_order = [...kept, ...rest.filter(({ shown }) => shown), ...rest.filter(({ shown }) => !shown)];
    this.#slots = in_order.map((one, place) => {
      const known = before.get(one.entry.key);
      const settled = known?.place === place && known.slot.shown === one.shown && is_as_read(known.slot.entry, one.entry) && !moved;
      return { ...one, settled_at: settled ? known.slot.settled_at : now };
    });
    return this.#slots;
  }

  /**
   * Returns the alarm as it stands on its card if a press on that is meant for it: it is shown,
   * still stands, and has lain there and said this long enough to be read.
   * @param {string} key
   * @param {number} now
   * @returns {Standing | null}
   */
  read(key, now) {
    const slot = this.#slots.find((one) => one.entry.key === key);
    return slot?.shown && !slot.gone && now - slot.settled_at >= SETTLE_MS ? slot.entry : null;
  }
}

/** How high the highest card was: where one that is too high is shown no more, lower ones do not bring it back. */
export class Highest {
  #px = 0;
  #place = "";

  /**
   * Takes the height of the highest card of now, and returns that of the highest in this place.
   * @param {number} px nothing while there is no card
   * @param {string} place as long as that is the same, a card has the same height
   */
  see(px, place) {
    this.#px = px > 0 && place === this.#place ? Math.max(px, this.#px) : px;
    this.#place = place;
    return this.#px;
  }
}

/** Since when each card lies where it does on the screen: what is above the cards pushes them too. */
export class Places {
  /** @type {Map<string, {place: string, since: number}>} */
  #known = new Map();

  /**
   * @param {Iterable<[string, string]>} places of now, by key
   * @param {number} now
   */
  look(places, now) {
    const before = this.#known;
    this.#known = new Map();
    for (const [key, place] of places) {
      const known = before.get(key);
      this.#known.set(key, known?.place === place ? known : { place, since: now });
    }
  }

  /**
   * Tells whether a card has lain where it is for long enough to be read.
   * @param {string} key
   * @param {number} now
   */
  has_settled(key, now) {
    const known = this.#known.get(key);
    return known !== undefined && now - known.since >= SETTLE_MS;
  }
}

/**
 * What is shown stays where it is, also when it is over.
 * @param {readonly Slot[]} slots
 * @param {Standing[]} wanted
 */
function kept_in_place(slots, wanted) {
  return slots
    .filter(({ shown }) => shown)
    .map(({ entry }) => {
      const current = wanted.find(({ key }) => key === entry.key);
      return { entry: current ?? entry, gone: !current, shown: true };
    });
}

/**
 * The alarm that the keyboard acts on. It stays where it is until that alarm has been seen or is
 * over, and then goes to the first that calls for somebody.
 */
export class Selection {
  /** @type {string | null} */
  key = null;
  /** The selected alarm as it stood last. @type {Standing | null} */
  #entry = null;
  /** Page time at which it went to another alarm by itself, or that one called again. */
  #went_at = -Infinity;
  /** The first that calls for somebody. @type {Standing | null} */
  #first = null;
  /** What stood first when a person chose another alarm. @type {Standing | null} */
  #passed = null;

  /**
   * @param {Standing[]} wanted in the order of `standing`
   * @param {number} now
   */
  follow(wanted, now) {
    const open = wanted.filter(({ alarm }) => is_open(alarm));
    const current = open.find(({ key }) => key === this.key);
    const entry = current ?? open[0] ?? null;
    const called = this.#entry !== null && current !== undefined && current.key === this.#entry.key && !is_as_read(this.#entry, current);
    if (!current || called) this.#went_at = now;
    this.#entry = entry;
    this.#first = open[0] ?? null;
    this.key = entry?.key ?? null;
  }

  /**
   * Goes to an alarm that is worse than the selected one and came after that was chosen, and
   * returns it: a key that was meant for the worst acknowledges no other.
   */
  worse() {
    const [first, entry] = [this.#first, this.#entry];
    if (!first || !entry || first.key === this.#passed?.key || RANK[first.alarm.priority] >= RANK[entry.alarm.priority]) return null;
    this.choose(first.key);
    return first;
  }

  /**
   * A person chooses.
   * @param {string} key
   */
  choose(key) {
    this.key = key;
    this.#passed = this.#first;
    this.#went_at = -Infinity;
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
