// @ts-check
// One bed: its numbers, its curves, what was, its alarms and its devices. A tablet in the room
// shows it too.

import { Bars } from "../bars.js";
import { Numbers } from "../cells.js";
import { CuffButtons } from "../cuff-buttons.js";
import { cuff_orders } from "../cuff.js";
import { curves_of, EVERY } from "../curves.js";
import { DeviceList } from "../device-list.js";
import { button, by_id, element, set_attribute, set_name, set_text } from "../dom.js";
import { episodes } from "../episodes.js";
import { EpisodeList } from "../episode-list.js";
import { Head } from "../head.js";
import { language, t } from "../language.js";
import { Past } from "../past.js";
import { PastFrame } from "../past-frame.js";
import { tile } from "../present.js";
import { address_of } from "../routes.js";
import { SessionPanel } from "../session-panel.js";
import { TrendCharts } from "../trend-charts.js";
import { Waves } from "../waves.js";
import { dotted } from "../words.js";

/** @typedef {import("../model.js").BedState} BedState */

/** How far back the trends go, and in which steps; about as many steps as there are pixels. */
const RANGES = [
  { words: () => t("15 min"), span_s: 900, step_s: 5 },
  { words: () => t("1 h"), span_s: 3_600, step_s: 10 },
  { words: () => t("4 h"), span_s: 14_400, step_s: 30 },
  { words: () => t("12 h"), span_s: 43_200, step_s: 90 },
];

/** The range at first. */
const HOUR = 1;

/** Trends and lists are brought up to date this often at most, milliseconds. */
const TRENDS_EVERY_MS = 1_000;

/**
 * What the view shows of an open bed.
 * @typedef {object} Parts
 * @property {HTMLElement} name
 * @property {Head} head
 * @property {Bars} bars
 * @property {Numbers} numbers
 * @property {CuffButtons} cuff
 * @property {Waves} waves
 * @property {TrendCharts} charts
 * @property {HTMLButtonElement[]} ranges
 * @property {HTMLElement} record why there is no record of what was
 * @property {HTMLElement} alarms_record why there is no record of alarms
 * @property {SessionPanel} session
 * @property {PastFrame} frame
 * @property {EpisodeList} alarms
 * @property {DeviceList} devices
 */

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class BedView {
  root = by_id("bed");
  #patient = by_id("for-patient");
  #model;
  #station;
  #pressed;
  #sending;
  #bed = "";
  #range = HOUR;
  /** @type {Parts | null} */
  #parts = null;
  /** @type {Past | null} */
  #past = null;
  #shown_at = -Infinity;
  #shown_version = -1;
  /** What was told of the treatment last: the record has more when it is another. */
  #told = "";

  /**
   * @param {import("../model.js").Model} model
   * @param {string} station what this station calls itself
   * @param {import("./station.js").Pressed & {cuff: (bed: string, order: import("../cuff.js").Order) => void} & {session: import("../session-panel.js").Wanted}} pressed
   * @param {() => ReadonlySet<string>} sending what was wanted and is not answered yet
   */
  constructor(model, station, pressed, sending) {
    this.#model = model;
    this.#station = station;
    this.#pressed = pressed;
    this.#sending = sending;
  }

  /** @param {string} bed */
  open(bed) {
    this.#bed = bed;
    set_attribute(this.root, "data-room", bed);
    this.#parts = this.#make();
    this.#choose_range(this.#range);
  }

  close() {
    this.#parts?.waves.remove();
    this.#parts?.charts.remove();
    this.#parts?.frame.remove();
    this.#parts = null;
    this.#past = null;
    this.root.replaceChildren();
  }

  /** @param {number} now */
  refresh(now) {
    const bed = this.#model.beds.get(this.#bed);
    const parts = this.#parts;
    if (!parts || !this.#past) return;
    set_attribute(this.root, "data-unknown", !bed);
    if (!bed) {
      set_text(parts.name, this.#model.beds.size > 0 ? t("There is no bed “{bed}”", { bed: this.#bed }) : "");
      return;
    }
    const view = tile(this.#model, bed, now, this.#station);
    set_name(parts.name, view.name, view.simulated);
    // The phase is the session's: once is enough.
    parts.head.update(view, dotted(view.session, bed.profile));
    parts.session.update(bed, this.#model.staff, this.#model.clock.at(now));
    parts.bars.update(view);
    parts.numbers.update(view);
    parts.cuff.update(cuff_orders(this.#model, bed, this.#sending(), now));
    parts.waves.update(curves_of(bed, EVERY));
    parts.devices.update(bed, this.#model.complete, now);
    const told = `${bed.entry} ${bed.phase}`;
    if (told !== this.#told) this.#past.renew(now);
    this.#told = told;
    this.#past.follow(this.#model, bed, now);
    if (now - this.#shown_at < TRENDS_EVERY_MS && this.#shown_version === this.#past.version) return;
    this.#shown_at = now;
    this.#shown_version = this.#past.version;
    this.#show_past(parts, this.#past, bed, now);
  }

  /** @param {number} now */
  draw(now) {
    const bed = this.#model.beds.get(this.#bed);
    if (bed) this.#parts?.waves.draw(bed, now);
  }

  recolour() {
    this.#parts?.waves.recolour();
    this.#parts?.charts.recolour();
    this.#parts?.frame.recolour();
  }

  /** Goes back from the past to live, and tells whether there was anything to go back from. */
  leave() {
    const frame = this.#parts?.frame;
    if (!frame?.is_open) return false;
    frame.close();
    return true;
  }

  /**
   * @param {Parts} parts
   * @param {Past} past
   * @param {BedState} bed
   * @param {number} now
   */
  #show_past(parts, past, bed, now) {
    const now_ms = this.#model.clock.at(now);
    if (Number.isNaN(now_ms)) return;
    const all = episodes(past.recorded, bed.alarms.active, past.heard.episodes());
    const { refused } = past;
    set_text(parts.record, refused ? t("The record cannot be read: {why}. What stands here was heard by this page.", { why: refused }) : past.is_known ? "" : t("The record is being asked…"));
    parts.charts.update(past, bed, now_ms, all);
    set_text(parts.alarms_record, past.is_known && past.alarms_refused ? t("The record does not tell alarms: {why}. These were heard by this page.", { why: past.alarms_refused }) : "");
    parts.alarms.update(all, bed, this.#model.staff, now_ms, past.is_known && !past.alarms_refused);
  }

  /** @param {number} index */
  #choose_range(index) {
    this.#range = index;
    const { span_s, step_s } = RANGES[index];
    this.#past = new Past(this.#bed, span_s, step_s);
    this.#shown_version = -1;
    this.#parts?.ranges.forEach((one, at) => set_attribute(one, "aria-pressed", String(at === index)));
  }

  /** @returns {Parts} */
  #make() {
    /** @param {import("../quiet.js").Quiet} one */
    const quiet = (one) => this.#pressed.quiet(this.#bed, one);
    // A page of its own that leads the treatment: alarms and sound go on around it.
    const treatment = element("iframe", { class: "treatment", src: `/beds/${encodeURIComponent(this.#bed)}/session?lang=${language()}`, title: t("Session") });
    let shown = "";
    const frame = new PastFrame(() => alarms.focus(shown));
    const alarms = new EpisodeList((episode) => {
      shown = episode.key;
      void frame.open(this.#bed, episode, this.#model.beds.get(this.#bed)?.from_ms ?? -Infinity);
    });
    /** @type {Parts} */
    const parts = {
      name: element("h2"),
      head: new Head(quiet),
      bars: new Bars(),
      numbers: new Numbers(quiet),
      cuff: new CuffButtons((order) => this.#pressed.cuff(this.#bed, order)),
      waves: new Waves(),
      charts: new TrendCharts(),
      ranges: RANGES.map(({ words }, index) => button(words(), "range", () => this.#choose_range(index))),
      record: element("p", { class: "record", role: "status" }),
      alarms_record: element("p", { class: "none", role: "status" }),
      session: new SessionPanel(treatment, (wish, refused) => this.#pressed.session(this.#bed, wish, refused)),
      frame,
      alarms,
      devices: new DeviceList(),
    };
    const limits = button(t("Limits"), "limits-open", () => this.#pressed.limits(this.#bed));
    const back = element("a", { class: "back", href: address_of("station") }, t("‹ All rooms"));
    // One press opens what it says of itself, and a second one it.
    set_attribute(this.#patient, "open", null);
    set_attribute(this.#patient.children[2], "href", address_of("quiet", this.#bed));
    parts.numbers.beside_pressures(parts.cuff.root);
    const { large, small } = parts.numbers;
    this.root.replaceChildren(
      element("header", {}, back, parts.name, ...parts.head.roots, limits, this.#patient),
      parts.bars.root,
      element("div", "bed-columns",
        section("bed-numbers", t("Now"), large, small),
        section("bed-centre", t("Trends"), parts.waves.root, element("div", "ranges", ...parts.ranges, parts.record), parts.charts.root, frame.root),
        // In a low window it scrolls, and nothing in it need have the focus: by keyboard too.
        element("aside", { class: "bed-side", tabindex: "0" },
          section("bed-session", t("Session"), heading(t("Session")), treatment),
          section("bed-alarms", t("Alarms"), heading(t("Alarms")), parts.alarms_record, parts.alarms.root),
          section("bed-equipment", t("Devices"), heading(t("Devices")), parts.devices.root),
        ),
      ),
    );
    return parts;
  }
}

/** @param {string} text */
function heading(text) {
  return element("h3", {}, text);
}

/**
 * @param {string} css
 * @param {string} label
 * @param {...Node} children
 */
function section(css, label, ...children) {
  return element("section", { class: css, "aria-label": label }, ...children);
}
