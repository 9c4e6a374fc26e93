// @ts-check
// The session of an open bed that goes by no protocol: begun and ended by a person, each with a second
// press, and its phase. One by a protocol is begun and led on the page of the treatment, which is the
// way: this one stands below it until one is open, and then above.

import { button, element, focus_still, hide, set_attribute, set_text } from "./dom.js";
import { t } from "./language.js";
import { session_words } from "./session-words.js";
import { initials_of, term, time_of_day } from "./words.js";

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
  #treatment;
  #wanted;
  #words = element("p", "session-words");
  #phases = element("div", { class: "ranges", role: "group", "aria-label": t("Phase") });
  #form = element("div", "session-form");
  #begin;
  #end;
  #led;
  /** The session that is shown; null for none, undefined before anything is. @type {string | null | undefined} */
  #shown;
  root;

  /**
   * @param {HTMLIFrameElement} treatment the page that leads a session by a protocol
   * @param {(wish: SessionWish, refused: (why: string) => void) => void} wanted
   */
  constructor(treatment, wanted) {
    this.#treatment = treatment;
    this.#wanted = wanted;
    this.#begin = button(t("Begin without a protocol"), "session-begin", () => this.#ask_patient());
    this.#led = element("a", { class: "session-led", href: treatment.src }, t("Led on its own page"));
    this.#end = button(t("End session"), "session-end", () => this.#ask_end());
    for (const phase of PHASES) {
      this.#phases.append(button(term(phase), "range", () => this.#wanted({ type: "phase", fields: { phase } }, () => {})));
    }
    this.root = element("div", "session", this.#words, this.#phases, this.#begin, this.#end, this.#led, this.#form);
  }

  /**
   * @param {BedState} bed
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {number} service_ms
   */
  update({ session, phase }, staff, service_ms) {
    const treatment = Boolean(session?.treatment);
    hide(this.#phases, !session || treatment);
    // Whoever is planned is to be led by the plan.
    hide(this.#begin, Boolean(session || this.#treatment.contentDocument?.getElementById("planned")));
    hide(this.#end, !session || treatment);
    hide(this.#led, !treatment);
    const shown = session?.session ?? null;
    if (shown !== this.#shown) {
      // A question about another session, or about none, is no question any more.
      this.#shown = shown;
      const had_focus = this.root.contains(document.activeElement);
      this.#treatment[shown ? "before" : "after"](this.root);
      this.#close_form(had_focus);
    }
    PHASES.forEach((one, index) => set_attribute(this.#phases.children[index], "aria-pressed", String(one === phase)));
    const since = session && t("since {time}, by {by}", { time: time_of_day(Date.parse(session.opened)).slice(0, 5), by: initials_of(staff, session.by) });
    set_text(this.#words, session ? `${session_words(session, service_ms)} · ${since}` : "");
  }

  #close_form(had_focus = this.#form.contains(document.activeElement)) {
    this.#form.replaceChildren();
    if (had_focus) (this.#shown ? this.#end : this.#begin).focus();
  }

  /**
   * Asks whom it is for, which may be left open.
   * @param {string[]} said initials and number
   * @param {string} why the service did not take it
   */
  #ask_patient(said = [], why = "") {
    const labels = [t("Initials, no name (optional)"), t("Number (optional)")];
    const inputs = labels.map((_, at) => element("input", { maxlength: "16", autocomplete: "off", value: said[at] ?? "" }));
    const rows = labels.map((label, at) => element("label", {}, label, inputs[at]));
    const problem = element("p", { class: "problem", role: "alert" }, why);
    this.#ask(t("What was measured before vanishes from every screen: it is not this patient's."), [...rows, problem], t("Begin session"), () => {
      const typed = inputs.map(({ value }) => value.trim());
      const [initials, number] = typed;
      this.#wanted({ type: "open_session", fields: { initials, number } }, (refused) => {
        if (!this.#shown) this.#ask_patient(typed, refused);
      });
    });
    focus_still(inputs[0]);
  }

  #ask_end() {
    const session = this.#shown;
    if (!session) return;
    this.#ask(t("Limits, pauses and numbers of this patient end with it. Alarms that stand stay."), [], t("End session"), () => {
      this.#wanted({ type: "close_session", fields: { session } }, () => {});
    });
  }

  /**
   * @param {string} words
   * @param {Node[]} rows
   * @param {string} yes
   * @param {() => void} then
   */
  #ask(words, rows, yes, then) {
    const sure = element("button", { type: "submit", class: "session-yes" }, yes);
    const form = element("form", {}, element("p", {}, words), ...rows, sure, button(t("Cancel"), "cancel", () => this.#close_form()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#close_form();
      then();
    });
    this.#form.replaceChildren(form);
    focus_still(sure);
  }
}
