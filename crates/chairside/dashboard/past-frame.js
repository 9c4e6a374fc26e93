// @ts-check
// Two minutes around the beginning of an alarm, in a frame that nobody can take for live: it says
// so in words, in each line of its head, and nothing in it moves.

import { MARKS, title } from "./alarms.js";
import { ask, why_not } from "./ask.js";
import { axis, LINES } from "./axis.js";
import { fit } from "./canvas.js";
import { curve_colour, curve_label, is_curve } from "./curves.js";
import { button, element, focus_still, set_attribute, set_text } from "./dom.js";
import { evidence_words } from "./evidence.js";
import { t } from "./language.js";
import { at, holes, minutes_of, WAVE_GAP_MS } from "./minutes.js";
import { question } from "./past.js";
import { Pen } from "./pen.js";
import { moment, number, time_of_day } from "./words.js";

/** @typedef {import("./episodes.js").Episode} Episode */
/** @typedef {import("./minutes.js").Minutes} Minutes */

/** What is shown begins so long before the alarm, milliseconds. */
const AROUND_MS = 60_000;

/** A curve is drawn in rows of this length: two minutes in one row could not be read. */
const ROW_MS = 30_000;

export class PastFrame {
  #heading = element("strong");
  #of = element("p", "past-of");
  #numbers = element("ul", "past-numbers");
  #pictures = element("div", "past-pictures");
  #back;
  #closed;
  /** @type {Episode | null} */
  #episode = null;
  /** @type {Minutes | null} */
  #minutes = null;
  #observer = new ResizeObserver(() => this.recolour());
  root;

  /** @param {() => void} closed called when it has closed */
  constructor(closed) {
    this.#closed = closed;
    this.#back = button(t("Back to live"), "back-to-live", () => this.close());
    const head = element("header", {}, this.#heading, this.#back);
    this.root = element("section", { class: "past", hidden: "" }, head, this.#of, this.#numbers, this.#pictures);
    this.#observer.observe(this.#pictures);
  }

  get is_open() {
    return this.#episode !== null;
  }

  /**
   * @param {string} bed
   * @param {Episode} episode
   * @param {number} since_ms what was measured before is another patient's
   */
  async open(bed, episode, since_ms) {
    this.#episode = episode;
    this.#minutes = null;
    const words = t("{time} – not live", { time: moment(episode.began_ms, Date.now()) });
    set_text(this.#heading, words);
    set_attribute(this.root, "aria-label", words);
    const before = episode.began_ms - AROUND_MS < since_ms ? `${t("PARTLY BEFORE THIS SESSION")} · ` : "";
    set_text(this.#of, `${before}${MARKS[episode.priority]} ${title(episode.id)}: ${evidence_words(episode.evidence)}`);
    this.#numbers.replaceChildren(element("li", {}, t("The record is being asked…")));
    this.#pictures.replaceChildren();
    this.root.hidden = false;
    focus_still(this.#back);
    try {
      const answer = await ask(question(bed, "around", { at: new Date(episode.began_ms).toISOString() }));
      if (this.#episode !== episode) return;
      this.#minutes = minutes_of(answer);
      this.#show_numbers(this.#minutes, episode);
      this.recolour();
    } catch (error) {
      if (this.#episode !== episode) return;
      this.#numbers.replaceChildren(element("li", "problem", t("The record cannot be read: {why}", { why: why_not(error) })));
    }
  }

  close() {
    if (!this.#episode) return;
    this.#episode = null;
    this.#minutes = null;
    this.root.hidden = true;
    this.#closed();
  }

  /** Lets go of what it watches. */
  remove() {
    this.#episode = null;
    this.#observer.disconnect();
  }

  /** Draws it anew, with the size and the colours of now. */
  recolour() {
    if (!this.#minutes || !this.#episode || this.#pictures.clientWidth === 0) return;
    const { from_ms, to_ms, until_ms, series, curves } = this.#minutes;
    const { began_ms, priority } = this.#episode;
    const rows = curves.flatMap(({ metric, points }) => {
      const starts = Array.from({ length: Math.ceil((until_ms - from_ms) / ROW_MS) }, (_, index) => from_ms + index * ROW_MS);
      return is_curve(metric) ? starts.map((start_ms) => ({ metric, points, start_ms })) : [];
    });
    const pictures = Object.entries(LINES).flatMap(([metric, { label, colour, axis: least }]) => {
      const points = series.find((one) => one.metric === metric)?.points;
      if (!points) return [];
      const { low, high } = axis(least, points, []);
      return [picture(`${t(label)} ${low}–${high}`, "past-line", (context, style) => {
        const pen = new Pen(context, style, from_ms, to_ms);
        const band = { low, high, top: 0, bottom: context.canvas.height };
        for (const hole of holes(points, from_ms, until_ms)) pen.hole(hole, band);
        pen.line(points, band, colour);
        pen.alarm(began_ms, priority);
      })];
    });
    for (const { metric, points, start_ms } of rows) {
      const colour = curve_colour(metric);
      const inside = points.filter(({ at_ms }) => at_ms >= start_ms && at_ms < start_ms + ROW_MS);
      const all = inside.map(({ value }) => value).filter((value) => !Number.isNaN(value));
      const [low, high] = [Math.min(...all), Math.max(...all)];
      pictures.push(picture(`${curve_label(metric)} ${time_of_day(start_ms)}`, "past-curve", (context, style) => {
        const pen = new Pen(context, style, start_ms, start_ms + ROW_MS);
        const band = { low, high: Math.max(high, low + 1), top: 0, bottom: context.canvas.height };
        for (const hole of holes(inside, start_ms, Math.min(start_ms + ROW_MS, until_ms), WAVE_GAP_MS)) pen.hole(hole, band);
        if (all.length > 0) pen.line(inside, band, colour);
        if (began_ms >= start_ms && began_ms < start_ms + ROW_MS) pen.alarm(began_ms, priority);
      }));
    }
    this.#pictures.replaceChildren(...pictures.map(({ root }) => root));
    for (const { draw } of pictures) draw();
  }

  /**
   * What stood when the alarm began.
   * @param {Minutes} minutes
   * @param {Episode} episode
   */
  #show_numbers({ series, cuffs }, { began_ms }) {
    const items = Object.entries(LINES).flatMap(([metric, { label, colour }]) => {
      const one = series.find((other) => other.metric === metric);
      if (!one) return [];
      const point = at(one, began_ms);
      const words = point ? `${number(metric, point.value)} ${one.unit}` : t("no value");
      const item = element("li", {}, element("span", {}, t(label)), element("strong", {}, words));
      item.style.setProperty("--parameter", `var(${colour})`);
      return [item];
    });
    for (const { at_ms, systolic, diastolic } of cuffs) {
      const words = `${systolic ?? "–"}/${diastolic ?? "–"} (${time_of_day(at_ms)})`;
      items.push(element("li", {}, element("span", {}, t("NIBP")), element("strong", {}, words)));
    }
    this.#numbers.replaceChildren(...(items.length > 0 ? items : [element("li", {}, t("no value"))]));
  }
}

/**
 * A canvas with its caption, which is drawn when it has its place.
 * @param {string} caption
 * @param {string} css
 * @param {(context: CanvasRenderingContext2D, style: CSSStyleDeclaration) => void} paint
 */
function picture(caption, css, paint) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const draw = () => {
    fit(canvas);
    const context = canvas.getContext("2d");
    if (context && canvas.width > 0) paint(context, getComputedStyle(canvas));
  };
  return { root: element("div", { class: css }, element("span", "wave-label", caption), canvas), draw };
}
