// @ts-check
// The telephone: beds by urgency, and one alarm to accept, to ask for help over, or to decline. For
// one hand: what is pressed is below.

import { is_declined, is_open, standing, title } from "../alarms.js";
import { answer_key, next_answer, who_words } from "../answers.js";
import { show_answer } from "../card.js";
import { button, by_id, element, hide, keep_only, set_attribute, set_count, set_mark, set_name, set_text, wrench } from "../dom.js";
import { t } from "../language.js";
import { OneAlarm, phone_rows } from "../phone.js";
import { detail, lasts, mark } from "../present.js";
import { patient_words } from "../session-words.js";
import { connection_words } from "../status.js";
import { dotted } from "../words.js";

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
  #connection = element("span", "connection");
  #person;
  #beds = element("ol", "beds");
  /** @type {Map<string, RowView>} */
  #rows = new Map();
  #card;
  #one = new OneAlarm();
  /** The alarm on the card. @type {Standing | null} */
  #entry = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#person = button("", "who", () => page.people.ask(page.model.staff, t("Who is at this station?"), () => {}));
    const { acting } = page;
    this.#card = new CardView({
      answer: () => this.#press(({ bed, of_bed }) => {
        const answer = next_answer(of_bed, page.people.current(page.model.staff)?.id);
        const state = page.model.beds.get(bed);
        if (answer && state) acting.answer(state, answer);
      }),
      acknowledge: () => this.#press((entry) => acting.acknowledge(entry)),
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
    const live = model.is_live(now);
    const others = all.filter(({ alarm }) => alarm.signal === "on" && !alarm.superseded).length - 1;
    const declined = all.filter(({ alarm }) => is_open(alarm) && is_declined(alarm, by)).length;
    const settled = this.#entry !== null && this.#one.may_press(this.#entry.key, now);
    this.#card.update(this.#entry, { model, now, live, others, declined, settled, by, sending: actions.sending() });
  }

  /** @param {(entry: Standing) => void} then */
  #press(then) {
    const entry = this.#entry;
    if (!entry || this.#page.actions.sending().has(entry.key)) return;
    if (this.#one.may_press(entry.key, performance.now())) then(entry);
    else this.#page.say(t("The alarm had just changed places or called again – read it again, then press"));
  }

  /** @param {Row[]} rows */
  #show_rows(rows) {
    keep_only(this.#rows, rows.map(({ bed }) => bed));
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
  #mark = element("span", "mark");
  #name = element("strong");
  #patient = element("span", "patient");
  #title = element("span", "title");
  #block;
  #numbers = element("span", { class: "numbers", "aria-hidden": "true" });
  /** All of it in one sentence, for whoever does not see it. */
  #summary = element("span", "only-read");
  #button;
  root;

  /** @param {() => void} chosen */
  constructor(chosen) {
    this.#block = element("span", "tile-alarm phone-mark", wrench(), this.#mark);
    this.#button = button("", "bed", chosen);
    this.#button.append(
      this.#summary,
      element("span", { class: "first", "aria-hidden": "true" }, this.#block, this.#name, this.#patient, this.#title),
      this.#numbers,
    );
    this.root = element("li", {}, this.#button);
  }

  /** @param {Row} row */
  update(row) {
    set_mark(this.#block, row.mark);
    set_text(this.#mark, row.mark?.text);
    set_name(this.#name, row.name, row.simulated);
    set_text(this.#patient, row.patient);
    set_text(this.#title, row.title);
    set_text(this.#summary, row.summary);
    set_attribute(this.root, "data-bed", row.bed);
    set_count(this.#numbers, row.numbers.length, () => element("span", "number", element("i"), element("b"), element("small")));
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

/** @typedef {"answer" | "acknowledge" | "help" | "decline"} Deed */

class CardView {
  #mark = element("span", "mark");
  #bed = element("span", "bed-name");
  #title = element("strong");
  #detail = element("span", "detail");
  #timer = element("span", "timer");
  #others = element("p", "others");
  #block;
  #calm = element("p", "calm");
  #declined = element("p", "declined");
  #answer;
  /** @type {{deed: Deed, key: string, words: () => string, root: HTMLButtonElement}[]} */
  #deeds;
  #meaning = by_id("phone-meaning");
  root;

  /** @param {Record<Deed, () => void>} pressed */
  constructor(pressed) {
    /**
     * @param {Deed} deed
     * @param {string} key
     * @param {() => string} words
     */
    const deed = (deed, key, words) => ({
      deed,
      key,
      words,
      root: button(words(), deed, pressed[deed]),
    });
    this.#deeds = [
      deed("acknowledge", "", () => t("Acknowledge")),
      deed("help", "help/", () => t("Need help")),
      deed("decline", "decline/", () => t("Not me")),
    ];
    this.#answer = button("", "answer", pressed.answer);
    const [acknowledge, ...others] = this.#deeds.map((one) => one.root);
    const first = element("div", "first", this.#mark, wrench(), this.#bed, this.#timer);
    this.#block = element("div", "card phone-alarm", first, this.#title, this.#detail, this.#declined);
    this.root = element("section", { class: "one", "aria-label": t("Alarm") }, this.#calm, this.#block, this.#others, element("div", "first-deeds", this.#answer, acknowledge), element("div", "other-deeds", ...others), this.#meaning);
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
   * @param {string | undefined} state.by who has the telephone
   * @param {Set<string>} state.sending what is on its way
   */
  update(entry, { model, now, live, others, declined, settled, by, sending }) {
    for (const one of [this.#block, this.#meaning]) hide(one, !entry);
    hide(this.#calm, Boolean(entry));
    const calm = declined > 0 ? t("Waiting, and not for you: {n}", { n: declined }) : t("No alarm waits for anybody");
    set_text(this.#calm, live && model.beds.size > 0 ? calm : "");
    this.#show_deeds(entry, live, sending);
    show_answer(this.#answer, entry && next_answer(entry.of_bed, by), entry?.bed_name ?? "", !live || sending.has(answer_key(entry?.bed ?? "")));
    set_text(this.#others, entry && others > 0 ? t("+{n} more", { n: others }) : "");
    if (!entry) return;
    const { alarm, bed_name } = entry;
    const drawn = mark(model, alarm);
    set_mark(this.#block, drawn);
    set_attribute(this.#block, "data-settled", settled);
    set_text(this.#mark, drawn.text);
    set_name(this.#bed, dotted(bed_name, patient_words(model.beds.get(entry.bed)?.session?.patient)), entry.simulated);
    set_text(this.#title, title(alarm.id));
    set_text(this.#detail, detail(model, entry, now));
    set_text(this.#declined, who_words(entry.of_bed, alarm, model.staff));
    set_text(this.#timer, lasts(model, alarm, now));
  }

  /**
   * @param {Standing | null} entry
   * @param {boolean} live
   * @param {Set<string>} sending
   */
  #show_deeds(entry, live, sending) {
    for (const { deed, key, words, root } of this.#deeds) {
      // Whoever asks for help already is not asked whether they need it.
      const offered = entry !== null && (deed !== "help" || entry.alarm.id !== "HELP_WANTED");
      hide(root, !offered);
      if (entry === null) continue;
      const is_sending = sending.has(`${key}${entry.key}`);
      set_text(root, is_sending ? t("Sending…") : words());
      set_attribute(root, "disabled", is_sending || !live);
      set_attribute(root, "aria-label", `${words()}: ${entry.bed_name}, ${title(entry.alarm.id)}`);
    }
  }
}
