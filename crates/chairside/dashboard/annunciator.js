// @ts-check
// The alarms of all beds, over every view: the strip, the list, the one that is selected, and what
// a person does about them.

import { is_open, look, MARKS, of_strip, Selection, standing, title } from "./alarms.js";
import { Cards } from "./cards.js";
import { toggle } from "./dialogs.js";
import { by_id, element, focus_still, hide, on_press, scrolls, set_attribute, set_text } from "./dom.js";
import { evidence_words } from "./evidence.js";
import { t } from "./language.js";
import { made_quiet, MadeQuiet } from "./made-quiet.js";
import { Panel } from "./panel.js";
import { flood_words, sound_at } from "./quiet.js";
import { without_signal } from "./status.js";
import { age, dotted, term, time_of_day } from "./words.js";

/** @typedef {import("./alarms.js").Standing} Standing */
/** @typedef {import("./model.js").BedState} BedState */

/** A card on the strip is at least this wide, pixels. */
const CARD_PX = 540;

/** A card with its buttons below the words is about this high, pixels: until there is one to measure. */
const CARD_HIGH_PX = 120;

/** The cards take no more of the window's height: the beds stay readable below them. */
const STRIP_SHARE = 0.42;

/** So many of the newest things that devices say stand in the list. */
const DEVICE_TEXTS = 20;

/**
 * What the annunciator needs of the page.
 * @typedef {object} Page
 * @property {import("./model.js").Model} model
 * @property {string} station what this station calls itself
 * @property {import("./actions.js").Actions} actions
 * @property {import("./acting.js").Acting} acting
 * @property {import("./people.js").People} people
 * @property {import("./announce.js").Announcer} announcer
 * @property {import("./notice.js").Notice} notice
 * @property {import("./menu.js").Menu} menu
 * @property {() => void} changed something that is shown is another now
 */

export class Annunciator {
  #page;
  #strip_root = by_id("strip-cards");
  /** @type {Cards} */
  #strip;
  /** @type {Cards} */
  #list;
  #made_quiet;
  #wishes;
  #selection = new Selection();
  /** The high alarms that signal; null before the first look. @type {Set<string> | null} */
  #high_before = null;
  /** The alarms that a screen reader was told of, in words. @type {Map<string, string>} */
  #announced = new Map();
  /** @type {import("./model.js").Connection} */
  #announced_connection = "connecting";
  /** The list of all alarms. */
  panel = new Panel(
    by_id("list"),
    () => this.#show_list(true),
    () => this.#show_list(false),
  );

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#wishes = this.#wishes_of(() => this.#strip);
    this.#strip = new Cards(this.#strip_root, this.#wishes);
    this.#list = new Cards(by_id("list-cards"), this.#wishes_of(() => this.#list));
    this.#made_quiet = new MadeQuiet(by_id("made-quiet"), (bed, quiet) => page.acting.end(bed, quiet));
    on_press("more", () => toggle(this.panel));
    on_press("list-close", () => this.panel.close());
  }

  /**
   * Brings the strip and the list up to date, and tells whether a high alarm is new.
   * @param {number} now
   */
  refresh(now) {
    const { model, station, actions, people, menu } = this.#page;
    const all = this.#all;
    const wanted = of_strip(all);
    const new_high = this.#has_new_high(all);
    menu.follow(all);
    const connection = model.connection(now);
    const live = model.is_live(now);
    this.#selection.follow(wanted, now);
    /** @param {Standing} entry */
    const sound = ({ bed: id, alarm }) => {
      const bed = model.beds.get(id);
      return bed ? sound_at(bed, model.staff, station, now, [alarm]) : null;
    };
    const state = { model, now, selected: this.#selection.key, sending: actions.sending(), by: people.current(model.staff)?.id, sound, live };
    const room = Math.max(1, Math.floor(this.#strip_root.clientWidth / CARD_PX));
    const columns = Math.max(1, Math.min(room, wanted.length));
    // Where the page does not scroll the cards leave the beds their height: what has no card is counted.
    const rows = scrolls() ? Infinity : Math.max(1, Math.floor((innerHeight * STRIP_SHARE) / (this.#strip.height || CARD_HIGH_PX)));
    const { shown, hidden } = this.#strip.update(wanted, { columns, room, most: columns * rows }, state);
    set_text(by_id("more"), hidden > 0 ? t("+{n} more", { n: hidden }) : t("All alarms"));
    const calm = by_id("calm");
    hide(calm, shown > 0);
    const mute = without_signal(model, now).join(", ");
    set_text(calm, !live || model.beds.size === 0 ? "" : mute ? t("No signal: {beds}", { beds: mute }) : t("No alarms"));
    const as_of = time_of_day(model.clock.at(now) - model.age_ms(now));
    set_attribute(by_id("strip"), "data-old", live ? null : t("Alarms as of {time}", { time: as_of }));
    if (this.panel.is_open) {
      this.#list.update(all, { columns: 1, room: all.length }, { ...state, whole: true });
      this.#made_quiet.update(made_quiet(model.beds.values(), model.staff, station, now));
      hide(by_id("list-empty"), all.length > 0);
      this.#show_floods();
      this.#show_device_texts(now);
    }
    const loud = wanted.filter(({ alarm }) => alarm.signal === "on");
    const calling = loud.length > 0 ? `${MARKS[loud[0].alarm.priority]} ${loud.length} – ` : "";
    const name = `${connection === "lost" ? t("LOST – ") : ""}${calling}Chairside`;
    if (document.title !== name) document.title = name;
    return new_high;
  }

  /**
   * Looks where the cards lie when the rest of the page, which may push them, is up to date too.
   * @param {number} now
   */
  look(now) {
    this.#strip.look(now);
    if (this.panel.is_open) this.#list.look(now);
  }

  /**
   * Tells a screen reader what is new.
   * @param {number} now
   */
  announce(now) {
    const { announcer, model } = this.#page;
    /** @type {Map<string, string>} */
    const keys = new Map();
    for (const { key, bed_name, alarm, early } of this.#all) {
      if (alarm.signal !== "on" || alarm.superseded) continue;
      keys.set(key, `${bed_name}, ${title(alarm.id)}`);
      if (this.#announced.has(key)) continue;
      const blanks = { bed: bed_name, priority: term(alarm.priority), title: title(alarm.id), why: dotted(early, evidence_words(alarm.evidence, model.staff)) };
      announcer.say(t("{bed}, {priority} alarm, {title}, {why}.", blanks), alarm.priority === "high");
    }
    for (const [key, words] of this.#announced) {
      if (!keys.has(key)) announcer.say(t("{what}: no longer calls.", { what: words }), false);
    }
    // What was told of an alarm does not stay to be read when none calls any more.
    if (keys.size === 0 && this.#announced.size > 0) set_text(by_id("say-alert"), "");
    this.#announced = keys;
    const connection = model.connection(now);
    if (connection !== this.#announced_connection) {
      if (connection === "lost") announcer.say(t("Connection lost. Go to the rooms."), true);
      if (connection === "live" && this.#announced_connection === "lost") announcer.say(t("Connection restored."), false);
      this.#announced_connection = connection;
    }
    const due = announcer.due(now);
    if (due) by_id(due.urgent ? "say-alert" : "say-status").textContent = due.text;
  }

  /** Every alarm that stands, in the order of `standing`. */
  get #all() {
    return standing(this.#page.model.beds.values());
  }

  /** The key for the selected alarm was pressed. */
  acknowledge_selected() {
    const key = this.#selected();
    if (key === null) return;
    const worse = this.#selection.worse();
    if (worse) {
      const { bed_name: bed, alarm } = worse;
      this.#page.notice.say(t("{bed} is worse: {title}. Read it, then press again", { bed, title: title(alarm.id) }));
      this.#page.changed();
    } else if (this.#selection.may_press(performance.now())) this.#wishes.acknowledge(key);
    else this.#page.notice.say(t("Another alarm had just been selected, or it called again – read it again, then press"));
  }

  /** Pauses the sound of the selected alarm's bed here, or turns it on again. */
  toggle_sound() {
    const { acting, model, station } = this.#page;
    this.#with_entry(this.#selected(), ({ alarm }, bed) => {
      if (sound_at(bed, model.staff, station, performance.now(), [alarm])) acting.resume_sound(bed);
      else acting.pause_sound(bed);
    });
  }

  /** Opens what else can be done about the selected alarm. */
  open_menu() {
    this.#wishes.menu(this.#selected() ?? "");
  }

  /** Returns the selected alarm if its card can be seen: nothing is done about another. */
  #selected() {
    const { key } = this.#selection;
    return this.#is_seen(key === null || this.#strip.has(key)) ? key : null;
  }

  /** @param {boolean} seen */
  #is_seen(seen) {
    if (!seen) this.#page.notice.say(t("The selected alarm is not on this screen – nothing was done"));
    return seen;
  }

  /** @param {1 | -1} step */
  select_next(step) {
    if (!this.#is_seen(this.#strip_root.getClientRects().length > 0)) return;
    this.#selection.move(this.#all, step);
    this.#page.changed();
  }

  /**
   * Selects the worst alarm of a bed that waits for somebody.
   * @param {string} bed
   */
  select_of(bed) {
    const worst = this.#all.find((one) => one.bed === bed && is_open(one.alarm));
    if (worst) this.#selection.choose(worst.key);
    this.#page.changed();
  }

  /**
   * Somebody wants something of the alarm of a card.
   * @param {string} key
   * @param {Cards} cards
   * @param {(entry: Standing) => void} then
   */
  #pressed(key, cards, then) {
    // The alarm as it was read: what it has called since, nobody has seen.
    const entry = cards.read(key, performance.now());
    if (entry) then(entry);
    else this.#page.notice.say(t("The alarm had just changed places or called again – read it again, then press"));
  }

  /**
   * What can be wanted of the alarms of some cards.
   * @param {() => Cards} cards
   * @returns {import("./card.js").Pressed}
   */
  #wishes_of(cards) {
    const { acting, menu } = this.#page;
    return {
      acknowledge: (key) => this.#pressed(key, cards(), (entry) => acting.acknowledge(entry)),
      answer: (key, answer) => this.#pressed(key, cards(), () => this.#with_entry(key, (_, bed) => acting.answer(bed, answer))),
      pause: (key) => this.#with_entry(key, (_, bed) => acting.pause_sound(bed)),
      resume: (key) => this.#with_entry(key, (_, bed) => acting.resume_sound(bed)),
      menu: (key) => this.#with_entry(key, (entry) => menu.open(entry, (choice) => acting.choose(entry, choice))),
    };
  }

  /**
   * @param {string | null} key
   * @param {(entry: Standing, bed: BedState) => void} then
   */
  #with_entry(key, then) {
    const entry = this.#all.find((one) => one.key === key);
    const bed = entry && this.#page.model.beds.get(entry.bed);
    if (entry && bed) then(entry, bed);
    this.#page.changed();
  }

  /** @param {Standing[]} all */
  #has_new_high(all) {
    const calls = all.filter(({ alarm }) => alarm.priority === "high" && look(alarm) === "signal");
    const high = new Set(calls.map(({ key }) => key));
    const before = this.#high_before;
    this.#high_before = high;
    return before !== null && [...high].some((key) => !before.has(key));
  }

  /** Very many alarms of a bed: one line on top of the full list. */
  #show_floods() {
    const lines = [...this.#page.model.beds.values()].flatMap(({ name, flood }) => (flood ? [element("li", {}, `${name}: ${flood_words(flood)}`)] : []));
    by_id("floods").replaceChildren(...lines);
  }

  /** @param {number} now */
  #show_device_texts(now) {
    const texts = [...this.#page.model.beds.values()].flatMap(({ name: bed, device_texts }) => device_texts.map((one) => ({ bed, ...one })));
    texts.sort((a, b) => b.heard - a.heard);
    const lines = texts.slice(0, DEVICE_TEXTS).map(({ priority, heard, ...said }) =>
      t("{bed}: {device} says “{text}” ({priority}), {age} ago", { ...said, priority: term(priority), age: age(now - heard) }),
    );
    if (lines.length === 0) lines.push(t("nothing"));
    by_id("device-texts").replaceChildren(...lines.map((line) => element("li", {}, line)));
  }

  /** @param {boolean} open */
  #show_list(open) {
    by_id("list").hidden = !open;
    set_attribute(by_id("more"), "aria-expanded", String(open));
    focus_still(by_id(open ? "list-close" : "more"));
    this.#page.changed();
  }
}
