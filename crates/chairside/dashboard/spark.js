// @ts-check
// An hour of a bed on its tile: saturation above, rate and cuff pressures below, and where alarms
// began. A light canvas of its own, drawn at most once a second.

import { axis, LINES } from "./axis.js";
import { fit } from "./canvas.js";
import { element, set_text } from "./dom.js";
import { episodes } from "./episodes.js";
import { t } from "./language.js";
import { Pen } from "./pen.js";
import { trend_rate } from "./rate.js";

/** An hour, in steps that are about a pixel wide. */
export const SPARK = { span_s: 3_600, step_s: 20 };

/** Drawn this often at most, milliseconds. */
const DRAWN_EVERY_MS = 1_000;

export class Spark {
  #canvas = element("canvas", { "aria-hidden": "true" });
  #caption = element("span", "wave-label");
  #observer = new ResizeObserver(() => this.recolour());
  #drawn_at = -Infinity;
  root = element("div", "trend", this.#canvas, this.#caption);

  constructor() {
    this.#observer.observe(this.#canvas);
  }

  /** Takes size and colours anew. */
  recolour() {
    fit(this.#canvas);
    this.#drawn_at = -Infinity;
  }

  /** Stops watching the canvas. */
  remove() {
    this.#observer.disconnect();
  }

  /**
   * @param {import("./past.js").Past} past
   * @param {import("./model.js").BedState} bed
   * @param {number} service_ms
   * @param {number} now page time
   */
  draw(past, bed, service_ms, now) {
    if (now - this.#drawn_at < DRAWN_EVERY_MS || this.#canvas.width === 0 || Number.isNaN(service_ms)) return;
    this.#drawn_at = now;
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    const { trend } = past;
    const rate = trend_rate(bed.sources, trend);
    const pen = new Pen(context, getComputedStyle(this.#canvas), service_ms - SPARK.span_s * 1000, service_ms);
    const spo2 = axis(LINES.SpO2.axis, trend.series("SpO2"), []);
    const beats = axis(LINES[rate].axis, trend.series(rate), trend.cuffs);
    const { height } = this.#canvas;
    const middle = Math.round(height / 2);
    context.clearRect(0, 0, this.#canvas.width, height);
    const upper = { ...spo2, top: 0, bottom: middle - 2 };
    const lower = { ...beats, top: middle + 2, bottom: height };
    for (const [metric, band] of /** @type {const} */ ([["SpO2", upper], [rate, lower]])) {
      if (metric in bed.sources) for (const hole of trend.holes(metric, bed.sources[metric], null, service_ms)) pen.hole(hole, band);
      pen.line(trend.series(metric), band, LINES[metric].colour);
    }
    for (const cuff of trend.cuffs) pen.cuff(cuff, lower);
    for (const { began_ms, priority } of episodes(past.recorded, bed.alarms.active, past.heard.episodes())) {
      if (began_ms >= bed.from_ms) pen.alarm(began_ms, priority);
    }
    const words = past.refused ? t("1 h: no record") : t("1 h");
    set_text(this.#caption, `${words} · ${t("SpO₂")} ${spo2.low}–${spo2.high} · ${t(LINES[rate].label)} ${beats.low}–${beats.high}`);
  }
}
