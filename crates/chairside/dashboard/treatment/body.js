// @ts-check
// What is sent of a form: numbers as numbers, what was left empty not at all. No DOM and no clock.

/**
 * A field of a form as a person left it. Of several that are one choice, only what was chosen is
 * here, or one without a value when nothing was.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} value
 * @property {string | null} as what it is: "number", "again" (a figure typed a second time), "item" (of a rating), "minutes-ago"; text without
 */

/**
 * Who sends it, from where, and when.
 * @typedef {object} Sender
 * @property {string} by
 * @property {string} station
 * @property {string} request
 * @property {number} now_ms the service's time as it was pressed
 */

/** @typedef {Record<string, unknown>} Body what `POST /api/v1/beds/{bed}/care` or `…/training` takes */

/** What belongs beside the action and not into it. */
const BESIDE = ["reason", "pass_over"];

const MINUTE_MS = 60_000;

/**
 * Returns what is sent, or the value that is no number. Without an action the fields stand beside who
 * sends them.
 * @param {Record<string, unknown> | null} action what the form always says
 * @param {string | null} session
 * @param {readonly Field[]} fields
 * @param {Sender} sender
 * @returns {{body: Body} | {no_number: string}}
 */
export function body_of(action, session, fields, { by, station, request, now_ms }) {
  /** @type {Body} */
  const body = { by, station, request };
  const said = action === null ? body : { ...action };
  // Sent again it says the same: what has no time of its own happened as it was pressed first.
  if (action !== null) Object.assign(body, { pressed: new Date(now_ms).toISOString(), action: said });
  if (session !== null) body.session = session;
  /** @type {(number | null)[]} */
  const items = [];
  /** @type {number[]} */
  const again = [];
  for (const { name, value, as } of fields) {
    const text = value.trim();
    if (as === "item") {
      const rating = text === "" ? null : number(text);
      if (Number.isNaN(rating)) return { no_number: text };
      items[Number(name.split(".")[1])] = rating;
    } else if (text === "") {
      // Not said.
    } else if (as === null) {
      const into = BESIDE.includes(name) ? body : said;
      into[name] = name === "pass_over" ? true : text;
    } else {
      const read = number(text);
      if (Number.isNaN(read)) return { no_number: text };
      if (as === "again") again.push(read);
      else said[name] = as === "minutes-ago" ? new Date(now_ms - read * MINUTE_MS).toISOString() : read;
    }
  }
  if (items.length > 0) said.items = items;
  if (again.length > 0) said.again = again;
  return { body };
}

/**
 * Reads a number as people type it, with a point or a comma; NaN when it is none.
 * @param {string} text
 */
export function number(text) {
  return /^[+-]?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : NaN;
}

/**
 * What the service says of an action.
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {string} [error]
 * @property {string} [refusal]
 * @property {string[]} [lines]
 * @property {string[]} [again] the figures to be typed a second time, by their keys in the action
 * @property {string} [warning]
 * @property {boolean} [repeated] it was done when the same came before, and not again
 */

/**
 * What a person can do about a refusal: type figures again, say that it is right, give a reason,
 * pass over it as a clinician with one.
 * @typedef {"again" | "right" | "reason" | "pass_over"} Remedy
 */

/**
 * Returns what can be done about a refusal.
 * @param {Answer} answer
 * @returns {Remedy[]}
 */
export function remedies({ refusal }) {
  switch (refusal) {
    case "asked":
      return ["right"];
    case "asked_again":
      return ["again"];
    case "reason_needed":
      return ["reason"];
    case "not_met":
      return ["reason", "pass_over"];
    default:
      return [];
  }
}
