// @ts-check
// The limits of a bed: what the profile has and what is now, and how one of them is changed:
// which number, why, and once more yes. Stands beside the beds, never over them.

import { ask, why_not } from "./ask.js";
import { button, by_id, element, focus_still, on_press, set_text } from "./dom.js";
import { KeptUp } from "./kept-up.js";
import { t } from "./language.js";
import { beyond_words, bounds_words, cause_words, in_groups, limit_name, unit_of, wanted, with_unit } from "./limit-words.js";

/** @typedef {import("./limit-words.js").Limit} Limit */
/** @typedef {import("./model.js").BedState} BedState */

export class LimitsPanel {
  #root = by_id("limits");
  #title = by_id("limits-title");
  #rows = by_id("limits-rows");
  #form = by_id("limits-form");
  #problem = by_id("limits-problem");
  #panel;
  #set;
  #role;
  /** @type {string | null} */
  #bed = null;
  /** Asked for anew when another of the bed's numbers was changed. @type {KeptUp<{limits: Limit[]}>} */
  #answer = new KeptUp();

  /**
   * @param {import("./panel.js").Panel} panel
   * @param {(bed: string, limit: Limit, value: number, reason: string, refused: (why: string) => void) => void} set
   * @param {() => string | undefined} role of whoever is at this station
   */
  constructor(panel, set, role) {
    this.#panel = panel;
    this.#set = set;
    this.#role = role;
    panel.closed = () => {
      this.#bed = null;
      this.#answer.forget();
    };
    on_press("limits-close", () => panel.close());
  }

  /** @param {BedState} bed */
  open(bed) {
    this.#bed = bed.bed;
    this.#answer.forget();
    this.#form.replaceChildren();
    this.#rows.replaceChildren();
    set_text(this.#title, t("Limits of {bed}", { bed: bed.name }));
    set_text(this.#problem, "");
    this.#panel.open();
    focus_still(by_id("limits-close"));
  }

  /**
   * Shows what is in force when that is another than was shown.
   * @param {Map<string, BedState>} beds
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {number} now page time
   */
  follow(beds, staff, now) {
    const bed = this.#bed === null ? undefined : beds.get(this.#bed);
    if (!bed) return;
    this.#answer.follow(JSON.stringify([bed.bed, bed.changed, bed.phase]), now, {
      ask: () => ask(`/api/v1/beds/${encodeURIComponent(bed.bed)}/limits`),
      answered: ({ limits }) => {
        this.#show(bed, staff, limits);
        set_text(this.#problem, "");
      },
      failed: (error) => {
        set_text(this.#problem, t("The limits cannot be shown: {why}", { why: why_not(error) }));
        this.#rows.replaceChildren();
      },
    });
  }

  /**
   * @param {BedState} bed
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {Limit[]} limits
   */
  #show(bed, staff, limits) {
    /** @param {Limit} limit */
    const row_of = (limit) => {
      const changed = bed.changed.find(({ key }) => key === limit.key);
      const now = with_unit(limit, limit.value);
      const row = element(
        "tr",
        { "data-key": limit.key },
        element("th", { scope: "row" }, limit_name(limit)),
        element("td", {}, with_unit(limit, limit.default)),
        element("td", "now", now),
        element("td", "cause", changed ? cause_words(changed, staff) : ""),
        element("td", {}, button(t("Change"), "change", () => this.#begin(limit, "", ""))),
      );
      // One that was set back has a history, and is the profile's all the same.
      if (limit.value !== limit.default) row.setAttribute("data-changed", "");
      row.querySelector("button")?.setAttribute("aria-label", t("Change {limit}, now {value}", { limit: limit_name(limit), value: now }));
      return row;
    };
    const groups = in_groups(limits).map(({ name, limits: some }) =>
      [element("tr", "group", element("th", { colspan: "5", scope: "rowgroup" }, name)), ...some.map(row_of)]);
    this.#rows.replaceChildren(...groups.flat());
  }

  /**
   * Asks which number, and why.
   * @param {Limit} limit
   * @param {string} text
   * @param {string} why
   * @param {string} [refused] why the service did not take it
   */
  #begin(limit, text, why, refused = "") {
    const value = element("input", { id: "limit-value", inputmode: "decimal", autocomplete: "off" });
    const reason = element("input", { id: "limit-reason", maxlength: "120", autocomplete: "off" });
    value.value = text;
    reason.value = why;
    const problem = element("p", { class: "problem", role: "alert" }, refused);
    const next = element("button", { type: "submit" }, t("Next"));
    value.addEventListener("input", () => {
      const beyond = beyond_words(limit, value.value, this.#role());
      set_text(problem, beyond);
      // Who is not known yet may be one who may.
      next.disabled = beyond !== "" && this.#role() !== undefined;
    });
    const blanks = {
      now: with_unit(limit, limit.value),
      profile: with_unit(limit, limit.default),
      bounds: bounds_words(limit, this.#role()),
    };
    const form = element("form", {},
      element("h3", {}, limit_name(limit)),
      element("p", {}, t("now {now}, in the profile {profile}; {bounds}", blanks)),
      element("label", { for: "limit-value" }, t("New number, {unit}", { unit: unit_of(limit) })), value,
      element("label", { for: "limit-reason" }, t("Why")), reason,
      problem,
      next,
      button(t("Cancel"), "cancel", () => this.#form.replaceChildren()),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const checked = wanted(limit, value.value, reason.value);
      if ("problem" in checked) set_text(problem, checked.problem);
      else this.#confirm(limit, checked, value.value, reason.value.trim());
    });
    this.#form.replaceChildren(form);
    this.#root.scrollTop = 0;
    focus_still(value);
  }

  /**
   * Shows old and new once more, and asks for a yes.
   * @param {Limit} limit
   * @param {{value: number, question: string, warning: string}} checked
   * @param {string} text
   * @param {string} reason
   */
  #confirm(limit, { value, question, warning }, text, reason) {
    const bed = this.#bed;
    const yes = button(t("Confirm"), "confirm", () => {
      this.#form.replaceChildren();
      if (bed === null) return;
      // What was typed is there again, with the reason beside it.
      this.#set(bed, limit, value, reason, (why) => {
        if (this.#bed === bed && this.#form.childElementCount === 0) this.#begin(limit, text, reason, why);
      });
    });
    this.#form.replaceChildren(
      element("p", "question", question),
      element("p", "problem", warning),
      element("p", {}, t("Why: {reason}. It holds for at most 12 h, then the profile's number is back.", { reason })),
      yes,
      button(t("Back"), "cancel", () => this.#begin(limit, text, reason)),
    );
    this.#root.scrollTop = 0;
    focus_still(yes);
  }
}
