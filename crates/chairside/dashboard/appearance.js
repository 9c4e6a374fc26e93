// @ts-check
// Theme, motion and size of text, on the document.

import { set_attribute } from "./dom.js";

const LIGHT = matchMedia("(prefers-color-scheme: light)");
const LESS_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Shows the page as it is set, and where that is left to the system as the system wants it.
 * @param {import("./settings.js").Settings} settings
 */
export function appear({ theme, motion, text }) {
  const root = document.documentElement;
  set_attribute(root, "data-theme", theme === "system" ? (LIGHT.matches ? "light" : "dark") : theme);
  set_attribute(root, "data-motion", motion === "less" || LESS_MOTION.matches ? "less" : null);
  root.style.setProperty("--text-scale", String(text / 100));
}

/**
 * Calls back when the system wants the page otherwise.
 * @param {() => void} changed
 */
export function on_system_change(changed) {
  for (const query of [LIGHT, LESS_MOTION]) query.addEventListener("change", changed);
}
