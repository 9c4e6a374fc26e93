// @ts-check
// Blocks that flash: all of a priority together, bright and dark in turn. An
// animation of a colour would keep the browser at it in every frame.

import { set_attribute } from "./dom.js";

/** How long a turn takes, milliseconds: 2 Hz and 0.6 Hz. */
export const TURN_MS = { high: 500, medium: 1_700 };

/** How long it is bright, milliseconds: like the turn, a multiple of the time between frames that are drawn anyway. */
const BRIGHT_MS = { high: 200, medium: 800 };

/**
 * Tells whether blocks are in the dark part of their turn.
 * @param {keyof typeof TURN_MS} priority
 * @param {number} now page time, milliseconds
 */
export function is_dark(priority, now) {
  return now % TURN_MS[priority] >= BRIGHT_MS[priority];
}

/**
 * Returns when the blocks of high priority turn next.
 * @param {number} now page time, milliseconds
 */
export function next_turn(now) {
  const begin = now - (now % TURN_MS.high);
  return begin + (is_dark("high", now) ? TURN_MS.high : BRIGHT_MS.high);
}

/**
 * Lets the blocks of the page flash, unless they stand still and bright.
 * @param {number} now
 * @param {boolean} still
 */
export function flash(now, still) {
  const root = document.documentElement;
  set_attribute(root, "data-dark-high", !still && is_dark("high", now));
  set_attribute(root, "data-dark-medium", !still && is_dark("medium", now));
}
