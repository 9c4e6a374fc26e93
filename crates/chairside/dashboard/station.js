// @ts-check
// What this station calls itself: the same after a reload, so that a pause of the sound that was
// made here is still one of here.

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
  const made = `station-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  try {
    const kept = localStorage.getItem(KEPT_AS);
    if (kept !== null) return kept;
    localStorage.setItem(KEPT_AS, made);
  } catch {
    // Some private windows keep nothing: another name after a reload, and then everything is heard.
  }
  return made;
}

/**
 * Calls this station otherwise from the next load on, and tells whether this browser keeps that.
 * @param {string} name
 */
export function keep_station(name) {
  try {
    localStorage.setItem(KEPT_AS, name);
    return true;
  } catch {
    return false;
  }
}
