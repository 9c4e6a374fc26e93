// @ts-check
// One alarm to read and to acknowledge, on the strip and in the list.

import { declined_words, is_open, title } from "./alarms.js";
import { button, element, QuietMark, set_attribute, set_mark, set_text, wrench } from "./dom.js";
import { t } from "./language.js";
import { detail, mark } from "./present.js";
import { priority_words, time_of_day, timer } from "./words.js";

/**
 * What can be wanted of an alarm, named by its key.
 * @typedef {object} Pressed
 * @property {(key: string) => void} acknowledge
 * @property {(key: string) => void} pause the sound of its bed, here
 * @property {(key: string) => void} resume the sound of its bed, here
 * @property {(key: string) => void} menu
 */

export class Card {
  #mark = element("span", { class: "mark" });
  #bed = element("span", { class: "bed" });
  #title = element("strong");
  #detail = element("span", { class: "detail" });
  #timer = element("span", { class: "timer" });
  #seen = element("span", { class: "seen" });
  #button;
  #pause;
  #sound;
  #menu;
  #key;
  root;

  /**
   * @param {string} key the episode that this card stands for as long as it lives
   * @param {Pressed} pressed
   */
  constructor(key, pressed) {
    this.#key = key;
    this.#button = button(t("Acknowledge"), "acknowledge", () => pressed.acknowledge(key));
    this.#pause = button(t("Pause sound 2:00"), "pause", () => pressed.pause(key));
    this.#sound = new QuietMark(() => pressed.resume(key));
    this.#menu = button(t("More…"), "menu-open", () => pressed.menu(key));
    const first = element("div", { class: "card-first" }, this.#mark, wrench(), this.#bed, this.#title);
    const second = element("div", { class: "card-second" }, this.#timer, this.#detail);
    const words = element("div", { class: "card-words" }, first, second);
    const more = element("div", { class: "card-more" }, this.#pause, this.#sound.root, this.#menu);
    this.root = element("li", { class: "card", "data-key": key }, words, this.#seen, this.#button, more);
  }

  /**
   * @param {import("./alarms.js").Slot} slot
   * @param {object} state
   * @param {import("./model.js").Model} state.model
   * @param {number} state.now
   * @param {boolean} state.selected
   * @param {boolean} state.settled it has lain here long enough for a press to be meant for it
   * @param {boolean} state.sending an acknowledgement is on its way
   * @param {import("./quiet.js").Quiet | null} state.sound what is not heard of its bed here
   * @param {boolean} state.live whether anything can be acknowledged at all
   * @param {boolean} state.whole whether there is room for all of the reason
   */
  update({ entry, gone }, { model, now, selected, settled, sending, sound, live, whole }) {
    if (entry.key !== this.#key) throw new Error("a card stands for one alarm only");
    const { alarm } = entry;
    const drawn = mark(model, alarm);
    set_mark(this.root, drawn);
    set_attribute(this.root, "data-gone", gone ? "" : null);
    set_attribute(this.root, "data-selected", selected ? "" : null);
    set_attribute(this.root, "data-settled", settled ? "" : null);
    set_text(this.#mark, drawn.text);
    set_text(this.#bed, entry.bed_name);
    set_text(this.#title, title(alarm.id));
    set_text(this.#detail, gone ? t("over") : detail(alarm, entry.course, model.staff, whole));
    set_attribute(this.#detail, "title", gone || whole ? null : detail(alarm, entry.course, model.staff, true));
    const since_ms = Date.parse(alarm.since);
    const running = live ? timer(model.clock.at(now) - since_ms) : t("since {time}", { time: time_of_day(since_ms) });
    set_text(this.#timer, alarm.present && !gone ? running : "");
    const person = model.staff.find((one) => one.id === alarm.by)?.name ?? alarm.by ?? "";
    set_text(this.#seen, seen(alarm, gone, person) || declined_words(alarm, model.staff));
    set_attribute(this.#button, "hidden", is_open(alarm) && !gone ? null : "");
    this.#sound.update(gone ? null : sound);
    set_attribute(this.#pause, "hidden", sound || gone ? "" : null);
    set_attribute(this.#pause, "aria-label", t("Pause sound 2:00 of {bed} at this station", { bed: entry.bed_name }));
    set_attribute(this.#menu, "hidden", gone ? "" : null);
    set_attribute(this.#menu, "aria-label", t("More for {what}", { what: `${entry.bed_name}, ${title(alarm.id)}` }));
    for (const one of [this.#pause, this.#menu, this.#sound.root]) set_attribute(one, "disabled", live ? null : "");
    set_attribute(this.#button, "disabled", sending || !live ? "" : null);
    set_text(this.#button, sending ? t("Sending…") : t("Acknowledge"));
    const blanks = { bed: entry.bed_name, priority: priority_words(alarm.priority), title: title(alarm.id) };
    const words = alarm.present
      ? t("Acknowledge {bed}, {priority} alarm, {title}", blanks)
      : t("Acknowledge {bed}, ended {priority} alarm, {title}", blanks);
    set_attribute(this.#button, "aria-label", words);
  }
}

/**
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {boolean} gone
 * @param {string} person
 */
function seen(alarm, gone, person) {
  if (gone) return t("over");
  if (alarm.signal === "paused") return t("alarm paused");
  if (alarm.signal === "acknowledged") return t("✓ seen by {person}", { person });
  return "";
}
