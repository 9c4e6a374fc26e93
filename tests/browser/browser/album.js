// Where the pictures of docs/screens.md are kept, and what they have in common.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { live, open, snapped } from "./harness.js";
import { with_palette } from "./palette.js";

const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));

/** A desk, a tablet upright and a telephone. */
export const SIZE = { width: 1600, height: 900 };
export const TABLET = { width: 820, height: 1180 };
export const HAND = { width: 390, height: 844 };

/** A sweep of the curves takes eight seconds: a picture has them across the whole of their width. */
export const SWEPT_MS = 9_200;

const wanted = process.argv.slice(2);

/** Tells whether a picture is to be made: of all, or of those whose names begin as was asked for. */
export const is_wanted = (name) => wanted.length === 0 || wanted.some((one) => name.startsWith(one));

/** Keeps a picture of the page as it is now, if it is wanted. */
export async function keep(page, name) {
  if (is_wanted(name)) write(await snapped(page), name);
}

/** Keeps a picture that was taken, if it is wanted: to make it small takes its time. */
export function write(taken, name) {
  if (!is_wanted(name)) return;
  const png = with_palette(taken);
  mkdirSync(IMAGES, { recursive: true });
  writeFileSync(join(IMAGES, `${name}.png`), png);
  console.log(`${name}.png ${(png.length / 1024).toFixed(0)} KiB`);
}

/** Turns the sound on as a nurse does, so that the pictures tell of the alarms and not of that. */
export async function arm(page) {
  await page.click("#sound-bar");
  await page.locator("#sound-heard:enabled").click({ timeout: 60_000 });
  await page.locator("#person-choices button").first().click();
  await page.locator('#sound[data-sound="running"]').waitFor({ timeout: 10_000 });
}

/** A page of the dashboard with its sound on. */
export async function armed(browser, address, options = {}) {
  const page = await open(browser, address, { viewport: SIZE, ...options });
  await live(page);
  await arm(page);
  return page;
}
