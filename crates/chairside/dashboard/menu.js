// @ts-check
// What else can be done about an alarm: pause it, switch its rule off, turn the bed's sound off
// here, confirm a device. Stands beside the alarms, never over them.

import { title } from "./alarms.js";
import { button, by_id, element, focus_still, on_press } from "./dom.js";
import { t } from "./language.js";

/**
 * What somebody chose.
 * @typedef {object} Choice
 * @property {string} type of the action
 * @property {Record<string, unknown>} fields
 * @property {string} not_done in words, in case
 * @property {string} [done] in words
 */

export class Menu {
  #title = by_id("menu-title");
  #words = by_id("menu-words");
  #problem = by_id("menu-problem");
  #reason = /** @type {HTMLInputElement} */ (by_id("menu-reason"));
  #choices = by_id("menu-choices");
  /** The episode that it is about. @type {string | null} */
  #key = null;
  #panel;

  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.#panel = panel;
    panel.closed = () => {
      this.#key = null;
    };
    on_press("menu-cancel", () => panel.close());
  }

  /**
   * Closes when its alarm does not stand any more; tells whether it did.
   * @param {import("./alarms.js").Standing[]} all
   */
  follow(all) {
    if (this.#key === null || all.some(({ key }) => key === this.#key)) return false;
    this.#panel.close();
    return true;
  }

  /**
   * @param {import("./alarms.js").Standing} entry
   * @param {(choice: Choice) => void} chosen
   */
  open(entry, chosen) {
    const { id, priority, occurrence, call } = entry.alarm;
    this.#key = entry.key;
    this.#title.textContent = `${entry.bed_name}, ${title(id)}`;
    this.#problem.textContent = "";
    this.#reason.value = "";
    const high = priority === "high";
    this.#words.textContent = high
      ? t("An alarm of high priority is never paused or switched off.")
      : t("To pause it or to switch it off takes a reason, holds at every station and ends by itself.");
    /** @param {number} minutes */
    const pause = (minutes) =>
      this.#choice(t("Pause this alarm {minutes} min", { minutes }), chosen, true, {
        type: "pause_alarm",
        fields: { id, seconds: 60 * minutes },
        not_done: t("not paused"),
        done: t("paused for {minutes} min", { minutes }),
      });
    /** @param {number} hours */
    const off = (hours) =>
      this.#choice(t("Switch “{title}” off {hours} h (clinician)", { title: title(id), hours }), chosen, true, {
        type: "switch_off",
        fields: { id, seconds: 3600 * hours },
        not_done: t("not switched off"),
        done: t("switched off for {hours} h", { hours }),
      });
    const confirm = () =>
      this.#choice(t("These devices belong here"), chosen, false, {
        type: "confirm_device",
        fields: { occurrence, call },
        not_done: t("not confirmed"),
        done: t("confirmed"),
      });
    this.#choices.replaceChildren(
      ...(id === "DEVICE_SWAPPED" ? [confirm()] : []),
      ...(high ? [] : [...[2, 10].map(pause), ...[1, 4].map(off)]),
      this.#choice(t("Sound of this bed off here 1 h (clinician)"), chosen, false, {
        type: "audio_off",
        fields: { seconds: 3600 },
        not_done: t("sound not off"),
      }),
    );
    this.#panel.open();
    focus_still(this.#reason);
  }

  /**
   * @param {string} words
   * @param {(choice: Choice) => void} chosen
   * @param {boolean} takes_reason
   * @param {Choice} choice
   */
  #choice(words, chosen, takes_reason, choice) {
    const press = () => {
      const reason = this.#reason.value.trim();
      if (takes_reason && reason === "") {
        this.#problem.textContent = t("Say why: it is recorded with your name");
        focus_still(this.#reason);
        return;
      }
      this.#panel.close();
      chosen({ ...choice, fields: { ...choice.fields, ...(reason ? { reason } : {}) } });
    };
    return element("li", {}, button(words, "choice", press));
  }
}
