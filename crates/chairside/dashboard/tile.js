// @ts-check
// One bed on the screen.

import { button, crossed_triangle, element, QuietMark, set_attribute, set_mark, set_text, wrench } from "./dom.js";
import { t } from "./language.js";
import { Sweep } from "./wave.js";

/** @typedef {import("./present.js").TileView} TileView */
/** @typedef {import("./present.js").Cell} Cell */

export class Tile {
  #name = element("h2");
  #profile = element("span", { class: "profile" });
  #devices = element("ul", { class: "devices" });
  #alarm = element("div", { class: "tile-alarm" });
  #alarm_mark = element("span", { class: "mark" });
  #alarm_title = element("strong");
  #alarm_detail = element("span", { class: "detail" });
  #alarm_more = element("span", { class: "more" });
  #latched = element("span", { class: "latched" }, t("*** ended"));
  #loss = element("div", { class: "loss" });
  #loss_devices = element("span", { class: "lost-devices" });
  #loss_state = element("span", { class: "state" });
  #device_text = element("p", { class: "device-text" });
  #flood = element("span", { class: "flood" });
  #sound;
  #quiet;
  #spo2;
  #rate;
  #nibp;
  #rr;
  #etco2;
  #temperature;
  #waves = element("div", { class: "waves" });
  /** @type {Map<string, Sweep>} */
  sweeps = new Map();
  root;

  /**
   * @param {string} bed
   * @param {object} pressed
   * @param {() => void} pressed.limits
   * @param {(quiet: import("./quiet.js").Quiet) => void} pressed.quiet something quiet is to end
   */
  constructor(bed, pressed) {
    this.#sound = new QuietMark(pressed.quiet);
    this.#quiet = new QuietMark(pressed.quiet);
    this.#spo2 = new CellView("spo2", pressed.quiet);
    this.#rate = new CellView("rate", pressed.quiet);
    this.#nibp = new CuffView(pressed.quiet);
    this.#rr = new CellView("rr", pressed.quiet);
    this.#etco2 = new CellView("etco2", pressed.quiet);
    this.#temperature = new CellView("temperature", pressed.quiet);
    this.#alarm.append(
      wrench(),
      this.#alarm_mark,
      this.#alarm_title,
      this.#alarm_detail,
      this.#alarm_more,
    );
    this.#loss.append(element("span", {}, t("NO SIGNAL")), this.#loss_devices, this.#loss_state);
    const limits = button(t("Limits"), "limits-open", pressed.limits);
    const head = element(
      "header",
      {},
      this.#name,
      this.#profile,
      this.#sound.root,
      this.#quiet.root,
      this.#device_text,
      this.#devices,
      limits,
    );
    const bars = element("div", { class: "bars" }, this.#alarm, this.#flood, this.#latched, this.#loss);
    const large = element("div", { class: "large" }, this.#spo2.root, this.#rate.root);
    const small = element(
      "div",
      { class: "small" },
      this.#nibp.root,
      this.#rr.root,
      this.#etco2.root,
      this.#temperature.root,
    );
    const body = element("div", { class: "tile-body" }, head, bars, large, small, this.#waves);
    this.root = element("section", { class: "tile", tabindex: "0", "data-bed": bed }, body);
  }

  /** @param {TileView} view */
  update(view) {
    set_attribute(this.root, "aria-label", view.summary);
    set_text(this.#name, view.name);
    set_text(this.#profile, view.profile);
    this.#sound.update(view.sound);
    this.#quiet.update(view.quiet);
    set_text(this.#flood, view.flood);
    set_text(this.#device_text, view.device_text);
    this.#show_devices(view.devices);
    this.#show_alarm(view.alarm);
    set_mark(this.root, view.alarm);
    set_attribute(this.#latched, "hidden", view.latched ? null : "");
    set_attribute(this.#loss, "hidden", view.loss ? null : "");
    set_text(this.#loss_devices, view.loss ? `– ${view.loss.devices}` : "");
    set_text(this.#loss_state, view.loss?.state ?? "");
    set_attribute(this.root, "data-loss", view.loss ? "" : null);
    this.#spo2.update(view.spo2);
    this.#rate.update(view.rate);
    this.#nibp.update(view.nibp);
    this.#rr.update(view.rr);
    this.#etco2.update(view.etco2);
    this.#temperature.update(view.temperature);
    this.#show_waves(view.waves);
  }

  /** Lets go of what the tile watches. */
  remove() {
    for (const sweep of this.sweeps.values()) sweep.remove();
    this.root.remove();
  }

  /** @param {TileView["devices"]} devices */
  #show_devices(devices) {
    while (this.#devices.children.length > devices.length) this.#devices.lastElementChild?.remove();
    while (this.#devices.children.length < devices.length) this.#devices.append(element("li"));
    devices.forEach(({ device, link, text }, index) => {
      const item = this.#devices.children[index];
      set_text(item, device);
      set_attribute(item, "data-link", link);
      set_attribute(item, "title", text);
    });
  }

  /** @param {TileView["alarm"]} alarm */
  #show_alarm(alarm) {
    set_mark(this.#alarm, alarm);
    set_text(this.#alarm_mark, alarm?.text ?? "");
    set_text(this.#alarm_title, alarm?.title ?? "");
    set_text(this.#alarm_detail, alarm?.detail ?? "");
    set_text(this.#alarm_more, alarm && alarm.more > 0 ? `+${alarm.more}` : "");
  }

  /** @param {TileView["waves"]} waves */
  #show_waves(waves) {
    for (const { metric, label } of waves) {
      if (this.sweeps.has(metric)) continue;
      const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { "aria-hidden": "true" }));
      const caption = element("span", { class: "wave-label" }, label);
      this.#waves.append(element("div", { class: "wave", "data-metric": metric }, canvas, caption));
      this.sweeps.set(metric, new Sweep(canvas, metric, (scale) => set_text(caption, `${label} ${scale}`)));
    }
  }
}

/** The cells that are as narrow as their number. */
const NARROW = new Set(["rr", "etco2", "temperature"]);

class CellView {
  #label = element("span", { class: "label" });
  #source = element("span", { class: "source" });
  #mark = element("span", { class: "mark" });
  value = element("span", { class: "value" });
  note = element("span", { class: "note" });
  #high = element("span", { class: "limit", "data-side": "high" });
  #low = element("span", { class: "limit", "data-side": "low" });
  #limits = element("span", { class: "limits" });
  #quiet;
  body;
  root;

  /**
   * @param {string} name
   * @param {(quiet: import("./quiet.js").Quiet) => void} pressed
   */
  constructor(name, pressed) {
    this.#quiet = new QuietMark(pressed);
    const head = element("div", { class: "cell-head" }, this.#label, this.#source, wrench(), this.#mark);
    this.#limits.append(this.#high, this.#low);
    const unwatched = element("span", { class: "unwatched" }, crossed_triangle(), t("not watched"));
    this.body = element("div", { class: "cell-body" }, this.value, this.#limits, unwatched);
    this.root = element("div", { class: "cell", "data-cell": name }, head, this.body, this.note);
    // A narrow cell has no room for it beside its name: there it is a line of its own.
    if (NARROW.has(name)) head.after(this.#quiet.root);
    else this.#source.after(this.#quiet.root);
  }

  /** @param {Cell | null} cell */
  update(cell) {
    set_attribute(this.root, "hidden", cell ? null : "");
    if (!cell) return;
    set_mark(this.root, cell.mark);
    set_attribute(this.root, "data-state", cell.state);
    set_attribute(this.root, "data-questionable", cell.questionable ? "" : null);
    set_text(this.#label, cell.label);
    set_text(this.#source, cell.source);
    set_text(this.#mark, cell.mark?.text ?? "");
    set_text(this.value, cell.text);
    set_text(this.note, cell.note);
    this.#quiet.update(cell.quiet);
    set_text(this.#high, cell.high);
    set_text(this.#low, cell.low);
    set_attribute(this.#high, "data-changed", cell.high_changed ? "" : null);
    set_attribute(this.#low, "data-changed", cell.low_changed ? "" : null);
    set_attribute(this.#high, "data-off", cell.high_off ? "" : null);
    set_attribute(this.#low, "data-off", cell.low_off ? "" : null);
    set_attribute(this.#limits, "title", cell.defaults || null);
    set_attribute(this.root, "data-unguarded", cell.unguarded ? "" : null);
  }
}

/** The cuff's cell: two pressures, the mean, how old they are and when the next come. */
class CuffView {
  #cell;
  #mean = element("span", { class: "mean" });
  #next = element("span", { class: "next" });
  root;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed */
  constructor(pressed) {
    this.#cell = new CellView("nibp", pressed);
    this.root = this.#cell.root;
    this.#cell.value.after(this.#mean);
    const times = element("div", { class: "times" }, this.#cell.note, this.#next);
    this.#cell.body.append(times);
  }

  /** @param {TileView["nibp"]} cell */
  update(cell) {
    this.#cell.update(cell);
    set_text(this.#mean, cell?.mean ?? "");
    set_text(this.#next, cell?.next ?? "");
  }
}
