// @ts-check
// The alarms that a bed has had, newest first, each with its reason.

import { early_words, MARKS, title } from "./alarms.js";
import { button, element, focus_still, set_attribute } from "./dom.js";
import { evidence_words } from "./evidence.js";
import { t } from "./language.js";
import { dotted, initials_of, moment, time_of_day, timer } from "./words.js";

/** @typedef {import("./episodes.js").Episode} Episode */
/** @typedef {readonly import("./wire.js").Person[]} Staff */

export class EpisodeList {
  root = element("ol", "episodes");
  #shown = "";
  #pressed;

  /** @param {(episode: Episode) => void} pressed */
  constructor(pressed) {
    this.#pressed = pressed;
  }

  /** @param {string} key of an episode that is to have the focus */
  focus(key) {
    const found = [...this.root.children].find((row) => row.getAttribute("data-episode") === key);
    focus_still(found?.querySelector("button") ?? null);
  }

  /**
   * @param {Episode[]} all
   * @param {import("./model.js").BedState} bed
   * @param {Staff} staff
   * @param {number} now_ms service time
   * @param {boolean} is_known whether the record was read
   */
  update(all, bed, staff, now_ms, is_known) {
    const early = all.map(({ began_ms }) => early_words(bed, began_ms));
    const shown = JSON.stringify([all, early, is_known]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.root.contains(document.activeElement) ? document.activeElement?.closest("li")?.getAttribute("data-episode") : null;
    const items = all.map((episode, at) => item(episode, early[at], staff, now_ms, this.#pressed));
    if (items.length === 0) items.push(element("li", "none", is_known ? t("none in this time") : t("none known")));
    this.root.replaceChildren(...items);
    if (focused) this.focus(focused);
  }
}

/**
 * @param {Episode} episode
 * @param {string} early that it is of another patient
 * @param {Staff} staff
 * @param {number} now_ms
 * @param {(episode: Episode) => void} pressed
 */
function item(episode, early, staff, now_ms, pressed) {
  const { id, key, priority, technical, evidence, seen } = episode;
  const mark = `${MARKS[priority]}${technical ? " T" : ""}`;
  const first = element("span", "episode-first",
    element("span", "mark", mark), element("strong", {}, title(id)), element("span", "when", when(episode, now_ms)));
  const open = button("", "episode", () => pressed(episode));
  open.append(first, element("span", "detail", dotted(early, evidence_words(evidence, staff))));
  set_attribute(open, "title", t("Show the two minutes around it"));
  const row = element("li", { "data-episode": key, "data-priority": priority }, open);
  set_attribute(row, "data-standing", episode.standing);
  for (const { by, at_ms } of seen) {
    open.append(element("span", "seen", t("✓ {who} {at}", { who: initials_of(staff, by), at: at_ms === null ? "" : time_of_day(at_ms) }).trim()));
  }
  return row;
}

/**
 * Says when an alarm began, with the day when that was another one, and how long it took.
 * @param {Episode} episode
 * @param {number} now_ms service time
 */
export function when({ began_ms, ended_ms, standing }, now_ms) {
  const since = moment(began_ms, now_ms);
  if (ended_ms !== null) return t("{since}, for {span}", { since, span: timer(ended_ms - began_ms) });
  return standing ? t("since {since}", { since }) : t("{since}, end not known", { since });
}
