// @ts-check
// The beds by urgency. No DOM and no clock.

import { look, standing } from "./alarms.js";

/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./alarms.js").Standing} Standing */

/**
 * Returns the beds, those whose worst alarm calls loudest first; of equals, and of beds without
 * one, in their fixed order.
 * @param {Iterable<BedState>} beds in their fixed order
 * @returns {{bed: BedState, worst: Standing | null}[]}
 */
export function by_worst(beds) {
  const all = [...beds];
  const worst = new Map();
  const ranks = new Map();
  standing(all)
    .filter(({ alarm }) => look(alarm) !== "superseded")
    .forEach((entry, rank) => {
      if (worst.has(entry.bed)) return;
      worst.set(entry.bed, entry);
      ranks.set(entry.bed, rank);
    });
  /** @param {BedState} bed */
  const rank = (bed) => ranks.get(bed.bed) ?? Infinity;
  const sorted = all.map((bed, index) => ({ bed, index }));
  sorted.sort((a, b) => (rank(a.bed) === rank(b.bed) ? a.index - b.index : rank(a.bed) - rank(b.bed)));
  return sorted.map(({ bed }) => ({ bed, worst: worst.get(bed.bed) ?? null }));
}
