// The day-start check as whoever opens the clinic does it, by keyboard alone: each tone is heard, the
// devices give numbers, it is signed, and the service keeps it over a restart, with who and when.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

const TONES = ["high", "medium", "low"];

/** No way by `Tab` through the page is longer than this. */
const TABS_MAX = 60;

let browser;
let service;
let config;

before(async () => {
  const clinic = folder();
  const quiet = series(join(clinic, "quiet.csv"), { before: { spo2: 97, pulse: 68 } });
  for (const bed of ["1", "2"]) await simulate("nonin", quiet, join(clinic, `line-${bed}`));
  config = clinic_config(clinic, ["1", "2"], { staff: [["mn", "M. N.", "nurse"], ["jd", "J. D.", "nurse"]] });
  service = await start("serve", "--config", config);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** Opens the dashboard, and from there the check. */
async function day_page() {
  const page = await open(browser, service.address);
  await live(page);
  await tab_to(page, "#day-check");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#day:not([hidden])");
  return page;
}

/** Goes on with `Tab` until an element has the focus. */
async function tab_to(page, target) {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press("Tab");
    if (await page.locator(target).evaluate((one) => one === document.activeElement)) return;
  }
  assert.fail(`${target} is not reached by Tab`);
}

/** What is pressed for "yes" of a tone. */
const yes = (tone) => `#day input[name="tone_${tone}"][value="true"]`;

/** The checks that the service has kept. */
async function kept() {
  const answer = await fetch(`${service.address}/api/v1/checks?last=5`);
  return (await answer.json()).checks;
}

/** What was signed, as the page shows it of the last checks. */
let shown;
/** The same as the service keeps it. */
let signed;

test("each tone is heard and the check is signed by keyboard alone, and of no tone can it be said before it has sounded", async () => {
  const page = await day_page();
  for (const device of ["nonin-1", "nonin-2"]) await page.waitForSelector(`#day-devices li[data-health="good"]:has-text("${device}")`);
  for (const tone of TONES) assert.equal(await page.isDisabled(yes(tone)), true, `${tone}: nothing was played yet`);
  await tab_to(page, "#day-play");
  await page.keyboard.press("Enter");
  await page.locator("#sound-panel").waitFor();
  for (const tone of TONES) {
    await until(`the tone of ${tone}`, () => page.isEnabled(yes(tone)), SOON_MS);
    const at = await page.evaluate((wanted) => globalThis.chairside_sound_log.find((one) => one.tone === wanted && one.starts_ms <= performance.now()), tone);
    assert.ok(at?.test, `${tone} has sounded as a test`);
  }
  await page.keyboard.press("Escape");
  await page.locator("#sound-panel").waitFor({ state: "hidden" });
  assert.equal(await page.locator("#day").isVisible(), true, "the key closes what is open first");
  for (const tone of TONES) {
    await tab_to(page, yes(tone));
    await page.keyboard.press("Space");
    assert.equal(await page.isChecked(yes(tone)), true, tone);
  }
  await tab_to(page, "#day-note");
  await page.keyboard.type("heard at the desk");
  await tab_to(page, "#day-sign");
  await page.keyboard.press("Enter");
  await page.locator("#person:has-text('Who signs the day-start check?')").waitFor();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^M\. N\./, "the question has the focus");
  await page.keyboard.press("Enter");
  await page.waitForSelector('#day-signed .outcome[data-done="true"]');
  await page.waitForSelector('#day-check[data-done="true"]');
  await page.locator("#day-checks li", { hasText: "M. N.: complete" }).waitFor();
  shown = await page.locator("#day-checks li").allTextContents();
  signed = await kept();
  await picture(page, "day-keyboard");
  assert.equal(signed.length, 1);
  const [{ by, note, complete, items }] = signed;
  assert.deepEqual([by, note, complete], ["mn", "heard at the desk", true]);
  const passed = (item) => items.filter((one) => one.item === item && one.passed).length;
  assert.deepEqual(["tone_high", "tone_medium", "tone_low", "gives_numbers"].map(passed), [1, 1, 1, 2]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("after a restart of the service the check is still there, with who and when, and the day counts as checked", async () => {
  await service.signal("SIGTERM");
  service = await start("serve", "--config", config);
  assert.deepEqual(await kept(), signed);
  const page = await day_page();
  const [{ at }] = signed;
  const time = await page.evaluate((when) => new Date(when).toTimeString().slice(0, 8), at);
  await page.locator('#day-today[data-done="true"]', { hasText: `Day-start check done at ${time} by M. N.` }).waitFor();
  await page.locator("#day-checks li", { hasText: "M. N.: complete" }).waitFor();
  assert.deepEqual(await page.locator("#day-checks li").allTextContents(), shown);
  assert.equal(await page.textContent("#day-check"), "DAY CHECK ✓");
  for (const tone of TONES) assert.equal(await page.isDisabled(yes(tone)), true, `${tone}: the next check begins anew`);
  await picture(page, "day-restarted");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
