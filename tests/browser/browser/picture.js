// Makes the picture of the demo that the README shows: `npm run picture`.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { end_all, launch, live, open, OUTPUT, picture, start } from "./harness.js";

const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));

const browser = await launch();
try {
  const demo = await start("demo", "--listen", "127.0.0.1:0");
  const page = await open(browser, demo.address);
  await live(page);
  // As a nurse does, so that the picture tells of the alarms and not of the sound.
  await page.click("#sound-bar");
  await page.locator("#sound-heard:enabled").click({ timeout: 60_000 });
  await page.locator("#person-choices button").first().click();
  // Two beds call for somebody: one by its cuff, one by its saturation.
  await page.waitForSelector("#strip-cards .card:nth-child(2)", { timeout: 180_000 });
  // A pleasing curve takes time, and nothing tells when it is one.
  await page.waitForTimeout(3_000);
  await picture(page, "dashboard");
  mkdirSync(IMAGES, { recursive: true });
  copyFileSync(join(OUTPUT, "dashboard.png"), join(IMAGES, "dashboard.png"));
} finally {
  await browser.close();
  await end_all();
}
