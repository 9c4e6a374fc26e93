// @ts-check
// What stands over the numbers of a bed: its worst alarm, and what is lost.

import { element, hide, set_mark, set_text, wrench } from "./dom.js";
import { t } from "./language.js";
import { dotted } from "./words.js";

/** @typedef {import("./present.js").TileView} TileView */

export class Bars {
  #alarm = element("div", "tile-alarm");
  #mark = element("span", "mark");
  #title = element("strong");
  #detail = element("span", "detail");
  #more = element("span", "more");
  #flood = element("span", "flood");
  #latched = element("span", "latched");
  #call = element("div", "tile-alarm call");
  #loss = element("div", "loss");
  #devices = element("span", "lost-devices");
  #state = element("span", "state");
  root = element("div", "bars", this.#alarm, this.#call, this.#flood, this.#latched, this.#loss);

  constructor() {
    this.#alarm.append(wrench(), this.#mark, this.#title, this.#detail, this.#more);
    this.#loss.append(element("span", {}, t("NO SIGNAL")), this.#devices, this.#state);
  }

  /** @param {TileView} view */
  update({ alarm, call, flood, latched, loss }) {
    set_mark(this.#alarm, alarm);
    set_text(this.#mark, alarm?.text);
    set_text(this.#title, alarm?.title);
    // The reason gives way where there is little room: how long it is so comes first.
    set_text(this.#detail, alarm ? dotted(alarm.lasts, alarm.detail) : "");
    set_text(this.#more, alarm && alarm.more > 0 ? `+${alarm.more}` : "");
    set_text(this.#flood, flood);
    set_text(this.#latched, latched && t("*** {title} ended", { title: latched }));
    set_mark(this.#call, call);
    set_text(this.#call, call ? `${call.text} ${call.title}` : "");
    hide(this.#loss, !loss);
    set_text(this.#devices, loss ? `– ${loss.devices}` : "");
    set_text(this.#state, loss?.state);
  }
}
