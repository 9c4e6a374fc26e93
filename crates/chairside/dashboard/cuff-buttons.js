// @ts-check
// The buttons beside a bed's pressures: measure now, and stop the cuff. It is not called cancelling: in
// an alarming block that would read as ending the alarm. Two of them, each in its own place,
// so that no second press of one is a first press of the other.

import { button, element, hide, set_attribute, set_text } from "./dom.js";
import { t } from "./language.js";

/** @typedef {import("./cuff.js").CuffOrders} CuffOrders */

let made = 0;

export class CuffButtons {
  #start;
  #stop;
  #why;
  #pressed;
  root;

  /** @param {(order: import("./cuff.js").Order) => void} pressed */
  constructor(pressed) {
    this.#pressed = pressed;
    made += 1;
    const id = `cuff-why-${made}`;
    this.#start = button(t("Measure now"), "cuff-start", () => this.#press(this.#start, "start"));
    this.#stop = button(t("Stop the cuff"), "cuff-stop", () => this.#press(this.#stop, "stop"));
    this.#why = element("span", { class: "cuff-why", id });
    for (const one of [this.#start, this.#stop]) set_attribute(one, "aria-describedby", id);
    this.root = element("div", { class: "cuff-order", role: "group", "aria-label": t("Cuff"), hidden: "" }, this.#start, this.#stop, this.#why);
  }

  /** @param {CuffOrders | null} orders null where the cuff cannot be told */
  update(orders) {
    hide(this.root, !orders);
    if (!orders) return;
    const { why_not_start, can_stop, why_not_stop } = orders;
    // It can be reached all the same, and says why it does nothing.
    set_attribute(this.#start, "aria-disabled", why_not_start === "" ? null : "true");
    set_attribute(this.#stop, "aria-disabled", why_not_stop === "" ? null : "true");
    set_attribute(this.#stop, "data-idle", !can_stop);
    set_text(this.#why, can_stop ? why_not_stop : why_not_start);
  }

  /**
   * @param {HTMLElement} pressed
   * @param {import("./cuff.js").Order} order
   */
  #press(pressed, order) {
    if (pressed.getAttribute("aria-disabled") !== "true") this.#pressed(order);
  }
}
