// @ts-check
// What this station calls itself: the same after a reload, so that a pause of the sound that was
// made here is still one of here.

import { keep, recall } from "./kept.js";

const KEPT_AS = "chairside.station";

/** The longest name that the service takes of a display (docs/websocket.md, *display*), bytes. */
export const NAME_MAX = 64;

/**
 * Tells whether the service takes that name of a display: it counts bytes of UTF-8, not letters.
 * @param {string} name
 */
export function is_short_enough(name) {
  return new TextEncoder().encode(name).length <= NAME_MAX;
}

/** Returns the name, and makes one the first time. */
export function station_name() {
  const kept = recall(KEPT_AS);
  if (kept !== null) return kept;
  const made = `station-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  // Where nothing is kept: another name after a reload, and then everything is heard.
  keep(KEPT_AS, made);
  return made;
}

/**
 * Calls this station otherwise from the next load on, and tells whether this browser keeps that.
 * @param {string} name
 */
export function keep_station(name) {
  return keep(KEPT_AS, name);
}
