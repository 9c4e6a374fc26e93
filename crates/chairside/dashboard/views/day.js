// @ts-check
// What is done once a day: the check before the first patient, and a look at the alarms of the
// days before.

import { ask, why_not } from "../ask.js";
import { budget_rows, budget_words, check_words, item_line, item_words, played, TONES, today_words, unsaid, way_words } from "../day.js";
import { button, by_id, element, on_press, set_attribute, set_text } from "../dom.js";
import { t } from "../language.js";
import { line_row, rests_ms } from "../lines.js";

/** The service is asked this often which devices give numbers, milliseconds. */
const AGAIN_MS = 5_000;

/** So many of the last checks are shown. */
const CHECKS = 5;

/** Over how long the alarms can be counted, hours. */
const HOURS = [12, 24, 168];

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class DayView {
  root = by_id("day");
  #page;
  #today = by_id("day-today");
  #items = by_id("day-items");
  #note = /** @type {HTMLInputElement} */ (by_id("day-note"));
  #problem = by_id("day-problem");
  #signed = by_id("day-signed");
  #checks = by_id("day-checks");
  #budget = by_id("budget-rows");
  #budget_words = by_id("budget-words");
  #hours = HOURS[1];
  /** @type {import("../day.js").Heard} */
  #heard = { tone_high: null, tone_medium: null, tone_low: null };
  /** The tones that were played here for this check. @type {Set<string>} */
  #played = new Set();
  /** Since when this check goes on, page time. */
  #since = Infinity;
  /** What is pressed for "I heard it", by tone. @type {Map<(typeof TONES)[number], HTMLInputElement>} */
  #yes = new Map();
  #asked_at = -Infinity;
  #devices = by_id("day-devices");
  #ways = by_id("day-ways");

  /**
   * @param {object} page
   * @param {import("../model.js").Model} page.model
   * @param {string} page.station what this station calls itself
   * @param {import("../people.js").People} page.people
   * @param {() => void} page.play_tones
   * @param {readonly import("../sound/speaker.js").Said[]} page.log what has sounded here
   */
  constructor(page) {
    this.#page = page;
    on_press("day-sign", () => this.#sign());
    for (const hours of HOURS) {
      const words = hours < 48 ? t("{n} h", { n: hours }) : t("{n} days", { n: hours / 24 });
      const choice = button(words, "hours", () => this.#count(hours));
      choice.setAttribute("data-hours", String(hours));
      by_id("budget-hours").append(choice);
    }
    on_press("day-play", page.play_tones);
    by_id("day-numbers").before(...TONES.map((tone) => this.#tone(tone)));
  }

  open() {
    this.#asked_at = -Infinity;
    set_text(this.#problem, "");
    this.#signed.replaceChildren();
    this.#clear();
    void this.#show_checks();
    this.#count(this.#hours);
  }

  /** @param {number} now */
  refresh(now) {
    const { model } = this.#page;
    const { done, text } = today_words(model.last_check, model.clock.at(now), model.staff);
    set_text(this.#today, text);
    set_attribute(this.#today, "data-done", String(done));
    for (const tone of played(this.#page.log, this.#since, now)) this.#played.add(tone);
    for (const [tone, yes] of this.#yes) yes.disabled = !this.#played.has(tone);
    if (now - this.#asked_at < AGAIN_MS) return;
    this.#asked_at = now;
    this.#show_now(model.clock.at(now));
  }

  /** @param {(typeof TONES)[number]} tone */
  #tone(tone) {
    const words = item_words({ item: tone });
    /** @param {boolean} heard */
    const choice = (heard) => {
      const input = element("input", { type: "radio", name: tone, value: String(heard) });
      input.addEventListener("change", () => {
        this.#heard[tone] = heard;
      });
      if (heard) this.#yes.set(tone, input);
      return element("label", {}, input, heard ? t("yes") : t("no"));
    };
    return element("li", {}, element("fieldset", {}, element("legend", {}, words), choice(true), choice(false)));
  }

  /**
   * Fills a list with what the service answers, or with why it does not.
   * @param {HTMLElement} list
   * @param {string} path
   * @param {(answer: any) => HTMLElement[]} lines
   */
  async #fill(list, path, lines) {
    try {
      list.replaceChildren(...lines(await ask(path)));
    } catch (error) {
      list.replaceChildren(element("li", "problem", why_not(error)));
    }
  }

  /** @param {number} now_ms */
  #show_now(now_ms) {
    const { model } = this.#page;
    /** @param {{devices: import("../lines.js").Line[]}} answer */
    const devices = (answer) =>
      answer.devices.map((line) => {
        const row = line_row(line, now_ms, rests_ms(model.beds.get(line.bed), line.device));
        return element("li", { "data-health": row.health }, t("{bed}, {device}: {link}, last reading {heard}", row));
      });
    /** @param {{called_today: import("../day.js").CalledWay[]}} answer */
    const ways = ({ called_today }) =>
      called_today.map((way) => element("li", { "data-health": way.reached ? "good" : "down" }, way_words(way, model.staff)));
    void this.#fill(this.#devices, "/api/v1/devices", devices);
    void this.#fill(this.#ways, "/api/v1/calling", ways);
  }

  /** Somebody signs. */
  #sign() {
    const tone = unsaid(this.#heard);
    if (tone !== null) {
      set_text(this.#problem, t("Not signed. Say first: {item}?", { item: item_words({ item: tone }) }));
      return;
    }
    const { model, people } = this.#page;
    people.by(model.staff, t("Who signs the day-start check?"), (by) => void this.#send(by));
  }

  /** @param {string} by */
  async #send(by) {
    set_text(this.#problem, "");
    const note = this.#note.value.trim();
    const body = { by, station: this.#page.station, heard: this.#heard, ...(note ? { note } : {}) };
    try {
      const { check } = await ask("/api/v1/checks", body);
      this.#show_signed(check);
      this.#clear();
      await this.#show_checks();
    } catch (error) {
      set_text(this.#problem, t("Nothing is known to be signed: {why}", { why: why_not(error) }));
    }
  }

  /** The next check is another one: nothing of this one is taken over. */
  #clear() {
    this.#heard = { tone_high: null, tone_medium: null, tone_low: null };
    this.#played.clear();
    this.#since = performance.now();
    this.#note.value = "";
    for (const input of this.#items.querySelectorAll("input")) input.checked = false;
    for (const yes of this.#yes.values()) yes.disabled = true;
  }

  /** @param {import("../day.js").Check} check */
  #show_signed(check) {
    const { beds, staff } = this.#page.model;
    this.#signed.replaceChildren(
      element("p", { class: "outcome", role: "status", "data-done": String(check.complete) }, check_words(check, staff, beds)),
      element("ul", {}, ...check.items.map((item) => element("li", { "data-passed": String(item.passed) }, item_line(item, beds)))),
    );
  }

  #show_checks() {
    return this.#fill(this.#checks, `/api/v1/checks?last=${CHECKS}`, (/** @type {{checks: import("../day.js").Check[]}} */ { checks }) => {
      const { beds, staff } = this.#page.model;
      const lines = checks.map((check) => element("li", { "data-done": String(check.complete) }, check_words(check, staff, beds)));
      return lines.length > 0 ? lines : [element("li", {}, t("none yet"))];
    });
  }

  /** @param {number} hours */
  #count(hours) {
    this.#hours = hours;
    for (const choice of by_id("budget-hours").children) {
      choice.setAttribute("aria-pressed", String(choice.getAttribute("data-hours") === String(hours)));
    }
    void this.#show_budget(hours);
  }

  /** @param {number} hours */
  async #show_budget(hours) {
    try {
      /** @type {import("../day.js").Budget} */
      const budget = await ask(`/api/v1/budget?hours=${hours}`);
      if (hours !== this.#hours) return;
      set_text(this.#budget_words, budget_words(budget));
      this.#budget.replaceChildren(
        ...budget_rows(budget).map(([name, ...cells]) =>
          element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text))),
        ),
      );
    } catch (error) {
      this.#budget.replaceChildren();
      set_text(this.#budget_words, t("The alarms cannot be counted: {why}", { why: why_not(error) }));
    }
  }
}
