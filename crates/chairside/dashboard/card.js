// @ts-check
// One alarm to read and to acknowledge, on the strip and in the list.

import { is_open, title } from "./alarms.js";
import { button, element, set_attribute, set_mark, set_text, wrench } from "./dom.js";
import { detail, mark } from "./present.js";
import { time_of_day, timer } from "./words.js";

export class Card {
  #mark = element("span", { class: "mark" });
  #bed = element("span", { class: "bed" });
  #title = element("strong");
  #detail = element("span", { class: "detail" });
  #timer = element("span", { class: "timer" });
  #seen = element("span", { class: "seen" });
  #button;
  #key;
  root;

  /**
   * @param {string} key the episode that this card stands for as long as it lives
   * @param {(key: string) => void} pressed
   */
  constructor(key, pressed) {
    this.#key = key;
    this.#button = button("Acknowledge", "acknowledge", () => pressed(key));
    const first = element("div", { class: "card-first" }, this.#mark, wrench(), this.#bed, this.#title);
    const second = element("div", { class: "card-second" }, this.#timer, this.#detail);
    const words = element("div", { class: "card-words" }, first, second);
    this.root = element("li", { class: "card", "data-key": key }, words, this.#seen, this.#button);
  }

  /**
   * @param {import("./alarms.js").Slot} slot
   * @param {object} state
   * @param {import("./model.js").Model} state.model
   * @param {number} state.now
   * @param {boolean} state.selected
   * @param {boolean} state.sending an acknowledgement is on its way
   * @param {boolean} state.live whether anything can be acknowledged at all
   */
  update({ entry, gone }, { model, now, selected, sending, live }) {
    if (entry.key !== this.#key) throw new Error("a card stands for one alarm only");
    const { alarm } = entry;
    const drawn = mark(model, alarm);
    set_mark(this.root, drawn);
    set_attribute(this.root, "data-gone", gone ? "" : null);
    set_attribute(this.root, "data-selected", selected ? "" : null);
    set_text(this.#mark, drawn.text);
    set_text(this.#bed, entry.bed_name);
    set_text(this.#title, title(alarm.id));
    set_text(this.#detail, gone ? "over" : detail(alarm, entry.course));
    const since_ms = Date.parse(alarm.since);
    const running = live ? timer(model.clock.at(now) - since_ms) : `since ${time_of_day(since_ms)}`;
    set_text(this.#timer, alarm.present && !gone ? running : "");
    const person = model.staff.find((one) => one.id === alarm.by)?.name ?? alarm.by ?? "";
    set_text(this.#seen, seen(alarm, gone, person));
    set_attribute(this.#button, "hidden", is_open(alarm) && !gone ? null : "");
    set_attribute(this.#button, "disabled", sending || !live ? "" : null);
    set_text(this.#button, sending ? "Sending…" : "Acknowledge");
    set_attribute(
      this.#button,
      "aria-label",
      `Acknowledge ${entry.bed_name}, ${alarm.present ? "" : "ended "}${alarm.priority} alarm, ${title(alarm.id)}`,
    );
  }
}

/**
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {boolean} gone
 * @param {string} person
 */
function seen(alarm, gone, person) {
  if (gone) return "over";
  if (alarm.signal === "acknowledged") return `✓ seen by ${person}`;
  return "";
}
