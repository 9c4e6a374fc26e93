// @ts-check
// The bar at the top, the banners below it, and the page that says there is no connection.

import { today_words } from "./day.js";
import { BANNER_MS } from "./model.js";
import { by_id, element, hide, set_attribute, set_count, set_text } from "./dom.js";
import { t } from "./language.js";
import { age, figure, time_of_day } from "./words.js";

/** @typedef {import("./model.js").Model} Model */

/**
 * What the dot says.
 * @param {import("./model.js").Connection} connection
 * @param {number} age_ms
 */
export function connection_words(connection, age_ms) {
  const seconds = Math.floor(age_ms / 1000);
  if (connection === "connecting") return t("CONNECTING");
  if (connection === "live") return t("LIVE {age} s", { age: figure((age_ms / 1000).toFixed(1)) });
  if (connection === "lost") return t("LOST {seconds} s", { seconds });
  return connection === "delayed" && age_ms < 3_000 ? t("RECONNECTING") : t("DELAYED {seconds} s", { seconds });
}

/**
 * What stands across the page, the worst first.
 * @param {Model} model
 * @param {import("./model.js").Connection} connection
 * @param {number} age_ms
 * @returns {string[]}
 */
export function banners(model, connection, age_ms) {
  const all = [];
  if (model.refusal !== null) all.push(t("This page cannot be used: {why}", { why: model.refusal }));
  if (connection === "banner" && model.stopped) {
    all.push(t("THE SERVICE HAS STOPPED – what is shown is old. Go to the rooms"));
  } else if (connection === "banner" || connection === "lost") {
    const seconds = Math.floor(Math.max(age_ms, BANNER_MS) / 1000);
    all.push(t("No word from the service for {seconds} s – what is shown is old", { seconds }));
  }
  if (!model.recorder.running) {
    all.push(t("NOT RECORDING – {why}. Alarms go on.", { why: model.recorder.text ?? t("no reason given") }));
  }
  return all;
}

export class Status {
  #site = by_id("site");
  #clock = by_id("clock");
  #connection = by_id("connection");
  #recorder = by_id("recorder");
  #rooms = by_id("rooms");
  #day_check = by_id("day-check");
  #person = by_id("person-now");
  #banners = by_id("banners");
  #lost = by_id("lost");
  #lost_words = by_id("lost-words");

  /**
   * @param {Model} model
   * @param {import("./wire.js").Person | null} person
   * @param {number} now
   * @param {number} wall this machine's wall clock, for a page that has never heard the service's
   * @param {string[]} off what stands across the page of sound that is off here
   * @param {string[]} problems of this station
   */
  update(model, person, now, wall, off = [], problems = []) {
    const connection = model.connection(now);
    const age_ms = model.age_ms(now);
    const service_ms = model.clock.at(now);
    set_attribute(document.body, "data-connection", connection);
    set_attribute(document.body, "data-stopped", model.stopped);
    set_text(this.#site, model.site);
    const now_ms = Number.isNaN(service_ms) ? wall : service_ms;
    set_text(this.#clock, time_of_day(now_ms));
    set_text(this.#connection, model.stopped ? t("STOPPED") : connection_words(connection, age_ms));
    set_attribute(this.#recorder, "data-running", String(model.recorder.running));
    set_text(this.#recorder, recorder_words(model, connection));
    const rooms = model.beds.size;
    const mute = without_signal(model, now);
    const count = connection === "lost" ? "?" : rooms - mute.length;
    set_attribute(this.#rooms, "data-mute", mute.length > 0);
    set_attribute(this.#rooms, "title", mute.join(", "));
    set_text(this.#rooms, rooms === 1 ? t("1 room, {count} with all signals", { count }) : t("{rooms} rooms, {count} with all signals", { rooms, count }));
    this.#show_day_check(model, now_ms);
    set_text(this.#person, person ? person.name : t("Who is here?"));
    const wrong = [...banners(model, connection, age_ms), ...problems];
    const texts = [...wrong, ...off];
    set_count(this.#banners, texts.length, () => element("p"));
    texts.forEach((text, index) => {
      const banner = this.#banners.children[index];
      set_text(banner, text);
      set_attribute(banner, "data-chosen", index >= wrong.length);
    });
    hide(this.#lost, connection !== "lost");
    if (connection === "lost") {
      const last = time_of_day(service_ms - age_ms);
      const words = [
        t("No word from the service for {age}.", { age: age(age_ms) }),
        last && t("The last came at {time}.", { time: last }),
        t("This page keeps trying."),
      ];
      set_text(this.#lost_words, words.filter(Boolean).join(" "));
    }
  }

  /**
   * @param {Model} model
   * @param {number} now_ms
   */
  #show_day_check(model, now_ms) {
    const { done, text } = today_words(model.last_check, now_ms, model.staff);
    set_text(this.#day_check, done ? t("DAY CHECK ✓") : t("DAY CHECK NOT DONE"));
    set_attribute(this.#day_check, "data-done", String(done));
    set_attribute(this.#day_check, "title", text);
  }
}

/**
 * @param {Model} model
 * @param {import("./model.js").Connection} connection
 */
function recorder_words(model, connection) {
  if (model.epoch === null || connection === "lost" || connection === "banner") return t("RECORD ?");
  return model.recorder.running ? t("RECORDING") : t("NOT RECORDING");
}

/**
 * Returns the names of the rooms of which a device is not connected, or of whose saturation there is
 * no number: a probe that is off is said before the alarm of it, which waits.
 * @param {Model} model
 * @param {number} now
 */
export function without_signal(model, now) {
  return [...model.beds.values()].flatMap((bed) => {
    const devices = [...bed.devices.values()];
    const has_saturation = !("SpO2" in bed.sources) || model.has_value(bed, "SpO2", now);
    return has_saturation && devices.length > 0 && devices.every(({ link }) => link === "connected") ? [] : [bed.name];
  });
}
