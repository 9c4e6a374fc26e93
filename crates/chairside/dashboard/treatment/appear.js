// @ts-check
// How a page looks that is not the dashboard: as the dashboard in this browser was told to.

import { recall } from "../kept.js";

const LIGHT = matchMedia("(prefers-color-scheme: light)");

function appear() {
  /** @type {{theme?: unknown}} */
  let settings = {};
  try {
    settings = JSON.parse(recall("chairside.settings") ?? "{}");
  } catch {
    // Cut off, or of another program: as the system wants.
  }
  const { theme } = settings;
  document.documentElement.dataset.theme = theme === "light" || theme === "dark" ? theme : LIGHT.matches ? "light" : "dark";
}

/** Lets the page look so from now on. */
export function follow_appearance() {
  appear();
  LIGHT.addEventListener("change", appear);
  addEventListener("storage", appear);
}
