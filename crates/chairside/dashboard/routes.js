// @ts-check
// Which view an address names. No DOM.

/** The views by the first word of the address behind `#/`; the station has none. */
export const VIEWS = /** @type {const} */ (["station", "bed", "devices", "day", "phone", "quiet", "settings"]);

/** @typedef {(typeof VIEWS)[number]} ViewName */
/** @typedef {{view: ViewName, argument: string}} Route */

/**
 * Reads the part of the address from `#` on; what names no view is the station.
 * @param {string} hash
 * @returns {Route}
 */
export function route_of(hash) {
  const [name, argument = ""] = hash.replace(/^#\/?/, "").split("/");
  const view = VIEWS.find((one) => one === name) ?? "station";
  return { view, argument: decoded(argument) };
}

/**
 * Returns the address of a view, from `#` on.
 * @param {ViewName} view
 * @param {string} [argument]
 */
export function address_of(view, argument = "") {
  if (view === "station") return "#/";
  return argument ? `#/${view}/${encodeURIComponent(argument)}` : `#/${view}`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
