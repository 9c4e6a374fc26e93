// @ts-check
// What the service says in English, in the page's language: why an alarm calls, and why an action
// was refused. A text of which any part is not known stays whole as it came. No DOM.

import { title } from "./alarms.js";
import { of_service, t } from "./language.js";
import { name_of, spelled, time_of_day } from "./words.js";

/** Who asks for help, by id, and over what. */
const HELP = /^([\w.-]+) asks for help(?:: ([A-Z][A-Z0-9_]*))?$/;

/**
 * Says who asks for help, by name, and over what; null where a text is about something else.
 * @param {string} text
 * @param {readonly import("./wire.js").Person[]} staff
 */
function help_words(text, staff) {
  const [whole, by, about] = HELP.exec(text) ?? [];
  if (whole === undefined) return null;
  const person = name_of(staff, by);
  return about ? t("{person} asks for help: {title}", { person, title: title(about) }) : t("{person} asks for help", { person });
}

/** That a number was beyond its limit, and for how long before the alarm called. */
const DELAYED = /^(.+ (?:below|above) .+) for (\d+ \w+)$/;

/**
 * Says in the page's language why an alarm calls. How long a number was beyond its limit is the
 * delay of the alarm, and does not count on with it.
 * @param {string} text as the service says it
 * @param {readonly import("./wire.js").Person[]} [staff] whom it may name by id
 */
export function evidence_words(text, staff = []) {
  const service = of_service();
  const put = (/** @type {string} */ one) => (service ? service.evidence_composed(one) : spelled(one));
  const [, what = "", time = ""] = DELAYED.exec(text) ?? [];
  const words = put(what);
  if (words) return t("{words}, alarm after {time}", { words, time });
  return help_words(text, staff) ?? put(text) ?? spelled(text);
}

/**
 * Puts the time since when something lasts in the place of how long it had lasted when the text was
 * written: that stands still, and nobody could tell when it was so. How long something must last yet
 * stays as it is.
 * @param {string} text as the service says it
 * @param {number} written_ms since 1970
 */
export function since_when(text, written_ms) {
  return text.replace(/( not yet)? for (\d+) (s|min)\b/g, (whole, yet, count, unit) => {
    if (yet) return whole;
    const time = time_of_day(written_ms - count * (unit === "s" ? 1_000 : 60_000));
    return ` since ${unit === "s" ? time : time.slice(0, 5)}`;
  });
}

/** How a limit is named in front of a refusal. */
const KEY = /^(?:threshold|nibp|airway|technical|spo2|signal)\.[\w.]+: /;

/** The name in a file of a limit of an alarm, within a text. */
const OF_ALARM = /\b[a-z]+\.([A-Z][A-Z0-9_]*)\.\w+/g;

/** The name of an alarm within a text. */
const ID = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;

/**
 * Says in the page's language why an action was refused, or what is to be said of it all the
 * same: without the name that a limit has in a file, and with the titles of alarms.
 * @param {string} text as the service says it
 */
export function refusal_words(text) {
  const plain = text.replace(KEY, "").replace(/^not understood: (?=a name )/, "");
  return of_service()?.refusal_composed(plain) ?? spelled(plain.replace(OF_ALARM, "$1").replace(ID, title));
}
