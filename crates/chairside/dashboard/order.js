// @ts-check
// The beds by urgency. No DOM and no clock.

import { of_strip, standing } from "./alarms.js";

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
  const calling = of_strip(standing(all));
  const ranked = all.map((bed) => {
    const rank = calling.findIndex((entry) => entry.bed === bed.bed);
    return { bed, worst: calling[rank] ?? null, rank: rank < 0 ? calling.length : rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank);
}
