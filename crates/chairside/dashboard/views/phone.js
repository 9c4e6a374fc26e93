// @ts-check
// The telephone: beds by urgency, and one alarm to accept, to ask for help over, or to decline. For
// one hand: what is pressed is below.

import { declined_words, is_declined, is_open, standing, title } from "../alarms.js";
import { button, by_id, element, set_attribute, set_mark, set_text, wrench } from "../dom.js";
import { t } from "../language.js";
import { OneAlarm, phone_rows } from "../phone.js";
import { detail, mark } from "../present.js";
import { connection_words } from "../status.js";
import { time_of_day, timer } from "../words.js";

/** @typedef {import("../phone.js").Row} Row */
/** @typedef {import("../alarms.js").Standing} Standing */

/**
 * What the view needs of the page.
 * @typedef {object} Page
 * @property {import("../model.js").Model} model
 * @property {string} station
 * @property {import("../actions.js").Actions} actions
 * @property {import("../acting.js").Acting} acting
 * @property {import("../people.js").People} people
 * @property {(text: string) => void} say
 */

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class PhoneView {
  root = by_id("phone");
  #page;
  #site = element("strong");
  #connection = element("span", { class: "connection" });
  #person;
  #beds = element("ol", { class: "beds" });
  /** @type {Map<string, RowView>} */
  #rows = new Map();
  #card;
  #one = new OneAlarm();
  /** The alarm on the card. @type {Standing | null} */
  #entry = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#person = button("", "who", () => page.people.ask(page.model.staff, t("Who is at this station?"), null, () => {}));
    const { acting } = page;
    this.#card = new CardView({
      accept: () => this.#press((entry) => acting.acknowledge(entry)),
      help: () => this.#press((entry) => acting.help(entry)),
      decline: () =>
        this.#press((entry) => {
          this.#one.decline();
          acting.decline(entry);
        }),
    });
    const back = element("a", { class: "back", href: "#/" }, t("All beds"));
    this.root.append(
      element("header", {}, this.#site, this.#connection, this.#person, back),
      this.#beds,
      this.#card.root,
    );
  }

  open() {}

  close() {}

  /** @param {number} now */
  refresh(now) {
    const { model, station, actions, people } = this.#page;
    const connection = model.connection(now);
    set_text(this.#site, model.site);
    set_text(this.#connection, connection_words(connection, model.age_ms(now)));
    set_text(this.#person, people.current(model.staff)?.name ?? t("Who is here?"));
    this.#show_rows(phone_rows(model, now, station));
    const all = standing(model.beds.values());
    const by = people.current(model.staff)?.id;
    this.#entry = this.#one.follow(all, now, by);
    const live = connection === "live" || connection === "delayed";
    const others = all.filter(({ alarm }) => alarm.signal === "on" && !alarm.superseded).length - 1;
    const declined = all.filter(({ alarm }) => is_open(alarm) && is_declined(alarm, by)).length;
    const settled = this.#entry !== null && this.#one.may_press(this.#entry.key, now);
    this.#card.update(this.#entry, { model, now, live, others, declined, settled, sending: actions.sending() });
  }

  draw() {}

  recolour() {}

  /** @param {(entry: Standing) => void} then */
  #press(then) {
    const entry = this.#entry;
    if (!entry || this.#page.actions.sending().has(entry.key)) return;
    if (this.#one.may_press(entry.key, performance.now())) then(entry);
    else this.#page.say(t("The alarm had just changed places or called again – read it again, then press"));
  }

  /** @param {Row[]} rows */
  #show_rows(rows) {
    const ids = new Set(rows.map(({ bed }) => bed));
    for (const [id, { root }] of this.#rows) {
      if (ids.has(id)) continue;
      root.remove();
      this.#rows.delete(id);
    }
    rows.forEach((row, index) => {
      let view = this.#rows.get(row.bed);
      if (!view) {
        view = new RowView(() => this.#one.choose(this.#page.model.beds.values(), row.bed));
        this.#rows.set(row.bed, view);
        this.#beds.append(view.root);
      }
      view.root.style.order = String(index);
      view.update(row);
    });
  }
}

class RowView {
  #mark = element("span", { class: "mark" });
  #name = element("strong");
  #title = element("span", { class: "title" });
  #block;
  #numbers = element("span", { class: "numbers", "aria-hidden": "true" });
  /** All of it in one sentence, for whoever does not see it. */
  #summary = element("span", { class: "only-read" });
  #button;
  root;

  /** @param {() => void} chosen */
  constructor(chosen) {
    this.#block = element("span", { class: "tile-alarm phone-mark" }, wrench(), this.#mark);
    this.#button = button("", "bed", chosen);
    this.#button.append(
      this.#summary,
      element("span", { class: "first", "aria-hidden": "true" }, this.#block, this.#name, this.#title),
      this.#numbers,
    );
    this.root = element("li", {}, this.#button);
  }

  /** @param {Row} row */
  update(row) {
    set_mark(this.#block, row.mark);
    set_text(this.#mark, row.mark?.text ?? "");
    set_text(this.#name, row.name);
    set_text(this.#title, row.title);
    set_text(this.#summary, row.summary);
    set_attribute(this.root, "data-bed", row.bed);
    while (this.#numbers.children.length > row.numbers.length) this.#numbers.lastElementChild?.remove();
    while (this.#numbers.children.length < row.numbers.length) {
      this.#numbers.append(element("span", { class: "number" }, element("i"), element("b"), element("small")));
    }
    row.numbers.forEach((cell, index) => {
      const number = this.#numbers.children[index];
      const [label, value, note] = number.children;
      set_attribute(number, "data-state", cell.state);
      set_text(label, cell.label);
      set_text(value, cell.text);
      set_text(note, cell.note);
    });
  }
}

/** @typedef {"accept" | "help" | "decline"} Deed */

class CardView {
  #mark = element("span", { class: "mark" });
  #bed = element("span", { class: "bed-name" });
  #title = element("strong");
  #detail = element("span", { class: "detail" });
  #timer = element("span", { class: "timer" });
  #others = element("p", { class: "others" });
  #block;
  #calm = element("p", { class: "calm" });
  #declined = element("p", { class: "declined" });
  /** @type {{deed: Deed, key: string, words: () => string, long: (what: string) => string, root: HTMLButtonElement}[]} */
  #deeds;
  #meaning = element("p", { class: "meaning" }, t("Accepting tells everybody that you have seen it. It ends only a call. “Need help” calls at every open display."));
  root;

  /** @param {Record<Deed, () => void>} pressed */
  constructor(pressed) {
    const deed = (/** @type {Deed} */ name, /** @type {string} */ key, /** @type {() => string} */ words, /** @type {(what: string) => string} */ long) => ({
      deed: name,
      key,
      words,
      long,
      root: button(words(), name, pressed[name]),
    });
    this.#deeds = [
      deed("accept", "", () => t("Accept"), (what) => t("Accept {what}", { what })),
      deed("help", "help/", () => t("Need help"), (what) => t("Need help: {what}", { what })),
      deed("decline", "decline/", () => t("Not me"), (what) => t("Not me: {what}", { what })),
    ];
    const [accept, ...others] = this.#deeds.map((one) => one.root);
    const first = element("div", { class: "first" }, this.#mark, wrench(), this.#bed, this.#timer);
    this.#block = element("div", { class: "card phone-alarm" }, first, this.#title, this.#detail, this.#declined);
    this.root = element("section", { class: "one", "aria-label": t("Alarm") }, this.#calm, this.#block, this.#others, accept, element("div", { class: "other-deeds" }, ...others), this.#meaning);
  }

  /**
   * @param {Standing | null} entry
   * @param {object} state
   * @param {import("../model.js").Model} state.model
   * @param {number} state.now
   * @param {boolean} state.live
   * @param {number} state.others how many more call
   * @param {number} state.declined how many wait that the person has declined
   * @param {boolean} state.settled it has been on the card long enough for a press to be meant for it
   * @param {Set<string>} state.sending what is on its way
   */
  update(entry, { model, now, live, others, declined, settled, sending }) {
    for (const one of [this.#block, this.#meaning]) set_attribute(one, "hidden", entry ? null : "");
    set_attribute(this.#calm, "hidden", entry ? "" : null);
    const calm = declined > 0 ? t("Waiting, and not for you: {n}", { n: declined }) : t("No alarm waits for anybody");
    set_text(this.#calm, live && model.beds.size > 0 ? calm : "");
    this.#show_deeds(entry, live, sending);
    set_text(this.#others, entry && others > 0 ? t("+{n} more", { n: others }) : "");
    if (!entry) return;
    const { alarm, bed_name, course } = entry;
    const drawn = mark(model, alarm);
    set_mark(this.#block, drawn);
    set_attribute(this.#block, "data-settled", settled ? "" : null);
    set_text(this.#mark, drawn.text);
    set_text(this.#bed, bed_name);
    set_text(this.#title, title(alarm.id));
    set_text(this.#detail, detail(alarm, course, model.staff));
    set_text(this.#declined, declined_words(alarm, model.staff));
    const since_ms = Date.parse(alarm.since);
    set_text(this.#timer, live ? timer(model.clock.at(now) - since_ms) : t("since {time}", { time: time_of_day(since_ms) }));
  }

  /**
   * @param {Standing | null} entry
   * @param {boolean} live
   * @param {Set<string>} sending
   */
  #show_deeds(entry, live, sending) {
    for (const { deed, key, words, long, root } of this.#deeds) {
      // Whoever asks for help already is not asked whether they need it.
      const offered = entry !== null && (deed !== "help" || entry.alarm.id !== "HELP_WANTED");
      set_attribute(root, "hidden", offered ? null : "");
      if (entry === null) continue;
      const is_sending = sending.has(`${key}${entry.key}`);
      set_text(root, is_sending ? t("Sending…") : words());
      set_attribute(root, "disabled", is_sending || !live ? "" : null);
      set_attribute(root, "aria-label", long(`${entry.bed_name}, ${title(entry.alarm.id)}`));
    }
  }
}
