// @ts-check
// What is to be heard at this station now, of everything that the page knows. No DOM and no clock.
//
// The rule is that of docs/websocket.md, *alarms*: the signal is on, no worse alarm stands for it,
// and the sound of its bed is neither off here nor paused for its call. Both end by this page's
// own clock when the service is not there to end them.

import { is_silent, quiet_at } from "../quiet.js";

/** @typedef {import("./schedule.js").Call} Call */
/** @typedef {import("../model.js").BedState} BedState */

/** People are reminded of sound that is off at least this often, milliseconds (docs/alarms.md). */
const REMIND_MS = 180_000;

/** A pause that a person makes while the service is not heard, milliseconds. */
const HUSH_MS = 120_000;

/**
 * Returns the alarms that sound at a station.
 * @param {Iterable<BedState>} beds
 * @param {string} station
 * @param {number} now
 * @returns {Call[]}
 */
export function alarm_calls(beds, station, now) {
  const calls = [];
  for (const bed of beds) {
    const here = quiet_at(bed, station, now);
    for (const alarm of bed.alarms.active) {
      if (alarm.signal !== "on" || alarm.superseded || is_silent(here, alarm)) continue;
      calls.push({ key: `${bed.bed}/${alarm.occurrence}/${alarm.call ?? ""}`, tone: alarm.priority });
    }
  }
  return calls;
}

export class Calls {
  #station;
  /** When each bed whose sound is off here is due a reminder, and how many it had. @type {Map<string, {due: number, count: number}>} */
  #reminders = new Map();
  /** @type {{until: number, keys: Set<string>} | null} */
  #hush = null;

  /** @param {string} station */
  constructor(station) {
    this.#station = station;
  }

  /**
   * Returns all that is to be heard.
   * @param {import("../model.js").Model} model
   * @param {number} now
   * @returns {Call[]}
   */
  now(model, now) {
    const beds = [...model.beds.values()];
    const lost = model.connection(now) === "lost";
    const calls = alarm_calls(beds, this.#station, now);
    if (lost) calls.push({ key: "connection", tone: "medium" });
    else this.#hush = null;
    const hush = this.#hush !== null && now < this.#hush.until ? this.#hush.keys : new Set();
    return [...calls.filter(({ key }) => !hush.has(key)), ...this.#remind(beds, now)];
  }

  /**
   * A person at this station has heard what sounds while the service is not heard. The service
   * cannot be told, so this page makes the pause itself; it ends with the connection's return.
   * @param {import("../model.js").Model} model
   * @param {number} now
   */
  hush(model, now) {
    if (model.connection(now) !== "lost") return;
    const keys = alarm_calls(model.beds.values(), this.#station, now).map(({ key }) => key);
    this.#hush = { until: now + HUSH_MS, keys: new Set(["connection", ...keys]) };
  }

  /**
   * Returns what is left of that pause, milliseconds; 0 when there is none.
   * @param {number} now
   */
  hushed_ms(now) {
    return this.#hush === null ? 0 : Math.max(0, this.#hush.until - now);
  }

  /**
   * @param {readonly BedState[]} beds
   * @param {number} now
   * @returns {Call[]}
   */
  #remind(beds, now) {
    const calls = [];
    const before = this.#reminders;
    this.#reminders = new Map();
    for (const one of beds) {
      const { bed } = one;
      const off = quiet_at(one, this.#station, now);
      if (off?.sound !== "off") continue;
      const said = off.reminder_in_ms === undefined ? now + REMIND_MS : off.deadline - off.remaining_ms + off.reminder_in_ms;
      let { due, count } = before.get(bed) ?? { due: said, count: 0 };
      // The service has gone on to the next one, or this page's own clock says so.
      if (now >= due || said > due + 1_000) {
        count += 1;
        due = said > now ? said : now + REMIND_MS;
      } else if (off.reminder_in_ms !== undefined) {
        due = said;
      }
      this.#reminders.set(bed, { due, count });
      if (count > 0) calls.push({ key: `${bed}/reminder/${count}`, tone: /** @type {const} */ ("reminder") });
    }
    return calls;
  }
}
