// @ts-check
// One alarm to read and to acknowledge, on the strip and in the list.

import { declined_words, is_open, title } from "./alarms.js";
import { answer_key, answer_words, next_answer, responsible_words } from "./answers.js";
import { button, element, hide, QuietMark, set_attribute, set_mark, set_name, set_text, wrench } from "./dom.js";
import { t } from "./language.js";
import { detail, lasts, mark } from "./present.js";
import { flood_words } from "./quiet.js";
import { dotted, name_of, term } from "./words.js";

/**
 * What can be wanted of an alarm, named by its key.
 * @typedef {object} Pressed
 * @property {(key: string) => void} acknowledge
 * @property {(key: string, answer: import("./answers.js").Answer) => void} answer its bed
 * @property {(key: string) => void} pause the sound of its bed, here
 * @property {(key: string) => void} resume the sound of its bed, here
 * @property {(key: string) => void} menu
 */

export class Card {
  #mark = element("span", "mark");
  #bed = element("span", "bed");
  #title = element("strong");
  #detail = element("span", "detail");
  #timer = element("span", "timer");
  #seen = element("span", "seen");
  #button;
  #answer;
  /** What the button beside it says. @type {import("./answers.js").Answer | null} */
  #next = null;
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
    this.#answer = button("", "answer", () => this.#next && pressed.answer(key, this.#next));
    this.#pause = button(t("Pause sound 2:00"), "pause", () => pressed.pause(key));
    this.#sound = new QuietMark(() => pressed.resume(key));
    this.#menu = button(t("More…"), "menu-open", () => pressed.menu(key));
    const first = element("div", "card-first", this.#mark, wrench(), this.#bed, this.#title);
    const second = element("div", "card-second", this.#timer, this.#seen, this.#detail);
    const words = element("div", "card-words", first, second);
    const deeds = element("div", "card-deeds", this.#button, this.#pause, this.#sound.root, this.#answer, this.#menu);
    this.root = element("li", { class: "card", "data-key": key }, words, deeds);
  }

  /**
   * @param {import("./alarms.js").Slot} slot
   * @param {object} state
   * @param {import("./model.js").Model} state.model
   * @param {number} state.now
   * @param {boolean} state.selected
   * @param {boolean} state.settled it has lain here long enough for a press to be meant for it
   * @param {Set<string>} state.sending what is on its way
   * @param {string | undefined} state.by who is at this station
   * @param {import("./quiet.js").Quiet | null} state.sound what is not heard of its bed here
   * @param {boolean} state.live whether anything can be acknowledged at all
   * @param {boolean} [state.whole] whether there is room for all of the reason
   */
  update({ entry, gone }, { model, now, selected, settled, sending, by, sound, live, whole }) {
    if (entry.key !== this.#key) throw new Error("a card stands for one alarm only");
    const { alarm, of_bed, bed_name: bed } = entry;
    const drawn = mark(model, alarm);
    set_mark(this.root, drawn);
    set_attribute(this.root, "data-gone", gone);
    set_attribute(this.root, "data-selected", selected);
    set_attribute(this.root, "data-settled", settled);
    set_text(this.#mark, drawn.text);
    set_name(this.#bed, bed, entry.simulated);
    set_text(this.#title, title(alarm.id));
    set_text(this.#detail, gone ? t("ended") : detail(model, entry, now, { whole }));
    set_text(this.#timer, gone ? "" : lasts(model, alarm, now));
    // Where many beds share the page, its tile has no room for that.
    const flood = model.beds.get(entry.bed)?.flood;
    const began = flood?.worst === alarm.id ? flood_words(flood) : "";
    const comes = responsible_words(of_bed, model.staff);
    set_text(this.#seen, gone ? "" : dotted(began, comes, seen(alarm, model.staff) || declined_words(alarm, model.staff)));
    hide(this.#button, !(is_open(alarm) && !gone));
    this.#sound.update(gone ? null : sound);
    // What does not sound has no sound to pause.
    hide(this.#pause, gone || sound !== null || drawn.look !== "signal");
    set_attribute(this.#pause, "aria-label", t("Pause sound 2:00 of {bed} at this station", { bed }));
    hide(this.#menu, gone);
    set_attribute(this.#menu, "aria-label", t("More for {what}", { what: `${bed}, ${title(alarm.id)}` }));
    for (const one of [this.#pause, this.#menu, this.#sound.root]) set_attribute(one, "disabled", !live);
    const acknowledges = sending.has(entry.key);
    set_attribute(this.#button, "disabled", acknowledges || !live);
    set_text(this.#button, acknowledges ? t("Sending…") : t("Acknowledge"));
    this.#next = gone ? null : next_answer(of_bed, by);
    show_answer(this.#answer, this.#next, bed, !live || sending.has(answer_key(entry.bed)));
    const blanks = { bed, priority: term(alarm.priority), title: dotted(title(alarm.id), alarm.present ? "" : t("ended")) };
    set_attribute(this.#button, "aria-label", t("Acknowledge {bed}, {priority} alarm, {title}", blanks));
  }
}

/**
 * Shows the button with which a person answers a bed.
 * @param {HTMLButtonElement} target
 * @param {import("./answers.js").Answer | null} answer
 * @param {string} bed its name
 * @param {boolean} waits nothing can be said now
 */
export function show_answer(target, answer, bed, waits) {
  hide(target, !answer);
  set_attribute(target, "disabled", waits);
  if (answer === null) return;
  const words = answer_words(answer);
  set_text(target, words);
  set_attribute(target, "aria-label", `${words}: ${bed}`);
}

/**
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {readonly import("./wire.js").Person[]} staff
 */
function seen(alarm, staff) {
  if (alarm.signal === "paused") return t("alarm paused");
  if (alarm.signal === "acknowledged") return t("✓ seen by {person}", { person: name_of(staff, alarm.by ?? "") });
  return "";
}
