// @ts-check
// The treatment session of an open bed: begun and ended by a person, each with a second press, and
// its phase.

import { button, element, focus_still, set_attribute, set_text } from "./dom.js";
import { t } from "./language.js";
import { clock_words, patient_words } from "./session-words.js";
import { initials_of, phase_words, time_of_day } from "./words.js";

/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./wire.js").Phase} Phase */

/**
 * What a person wants of the session, as its message has it.
 * @typedef {{type: "open_session", fields: {initials?: string, number?: string}}
 *   | {type: "close_session", fields: {session: string}} | {type: "phase", fields: {phase: Phase}}} SessionWish
 * @typedef {(bed: string, wish: SessionWish, refused: (why: string) => void) => void} Wanted
 */

/** @type {Phase[]} */
const PHASES = ["baseline", "dosing", "recovery"];

export class SessionPanel {
  #wanted;
  #words = element("p", { class: "session-words" });
  #phases = element("div", { class: "ranges", role: "group", "aria-label": t("Phase") });
  #form = element("div", { class: "session-form" });
  #begin;
  #end;
  /** The session that is shown; null for none, undefined before anything is. @type {string | null | undefined} */
  #shown;
  root;

  /** @param {(wish: SessionWish, refused: (why: string) => void) => void} wanted */
  constructor(wanted) {
    this.#wanted = wanted;
    this.#begin = button(t("Begin session"), "session-begin", () => this.#ask_patient("", "", ""));
    this.#end = button(t("End session"), "session-end", () => this.#ask_end());
    for (const phase of PHASES) {
      this.#phases.append(button(phase_words(phase), "range", () => this.#wanted({ type: "phase", fields: { phase } }, () => {})));
    }
    this.root = element("div", { class: "session" }, this.#words, this.#phases, this.#begin, this.#end, this.#form);
  }

  /**
   * @param {BedState} bed
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {number} service_ms
   */
  update({ session, phase }, staff, service_ms) {
    const shown = session?.session ?? null;
    if (shown !== this.#shown) {
      // A question about another session, or about none, is no question any more.
      this.#shown = shown;
      this.#close_form();
    }
    set_attribute(this.#phases, "hidden", session ? null : "");
    set_attribute(this.#begin, "hidden", session ? "" : null);
    set_attribute(this.#end, "hidden", session ? null : "");
    PHASES.forEach((one, index) => set_attribute(this.#phases.children[index], "aria-pressed", String(one === phase)));
    const blanks = session && { time: time_of_day(Date.parse(session.opened)).slice(0, 5), by: initials_of(staff, session.by) };
    const since = blanks ? t("since {time}, by {by}", blanks) : "";
    set_text(this.#words, session ? [patient_words(session), clock_words(session, service_ms), since].filter(Boolean).join(" · ") : t("No session"));
  }

  #close_form() {
    const had_focus = this.#form.contains(document.activeElement);
    this.#form.replaceChildren();
    if (had_focus) (this.#shown === null ? this.#begin : this.#end).focus();
  }

  /**
   * Asks whom it is for, which may be left open.
   * @param {string} initials
   * @param {string} number
   * @param {string} why the service did not take it
   */
  #ask_patient(initials, number, why) {
    const input = (/** @type {string} */ id, /** @type {string} */ value) => {
      const made = /** @type {HTMLInputElement} */ (element("input", { id, maxlength: "16", autocomplete: "off" }));
      made.value = value;
      return made;
    };
    const who = input("session-initials", initials);
    const which = input("session-number", number);
    const form = element("form", {},
      element("p", {}, t("What was measured before vanishes from every screen: it is not this patient's.")),
      element("label", { for: who.id }, t("Initials, no name (optional)")), who,
      element("label", { for: which.id }, t("Number (optional)")), which,
      element("p", { class: "problem", role: "alert" }, why),
      element("button", { type: "submit", class: "session-yes" }, t("Begin session")),
      button(t("Cancel"), "cancel", () => this.#close_form()),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = [who.value.trim(), which.value.trim()];
      const fields = { initials: said[0] || undefined, number: said[1] || undefined };
      this.#close_form();
      this.#wanted({ type: "open_session", fields }, (refused) => {
        if (this.#shown === null) this.#ask_patient(said[0], said[1], refused);
      });
    });
    this.#form.replaceChildren(form);
    focus_still(who);
  }

  #ask_end() {
    const session = this.#shown;
    if (typeof session !== "string") return;
    const yes = button(t("End session"), "session-yes", () => {
      this.#close_form();
      this.#wanted({ type: "close_session", fields: { session } }, () => {});
    });
    this.#form.replaceChildren(
      element("p", {}, t("Limits, pauses and numbers of this patient end with it. Alarms that stand stay.")),
      yes,
      button(t("Cancel"), "cancel", () => this.#close_form()),
    );
    focus_still(yes);
  }
}
