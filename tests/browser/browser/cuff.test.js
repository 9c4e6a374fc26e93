// A person starts and stops the cuff of a simulated monitor, from the page of its bed.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { asked, clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = SOON_MS;

/** A story whose one pressure is an alarm of high priority. */
function pressing(path) {
  const rows = ["t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg"];
  for (let second = 0; second < 900; second += 1) rows.push(`${second},,97,68,${second === 3 ? "204,118,147" : ",,"},,`);
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}

let browser;
let page;
let monitor;
let line;

before(async () => {
  browser = await launch();
  const inside = folder();
  line = join(inside, "line-1");
  const quiet = series(join(inside, "quiet.csv"), { before: { spo2: 97, pulse: 68 } });
  monitor = await simulate("ge-v100", quiet, line);
  await simulate("nonin", quiet, join(inside, "line-2"));
  await simulate("ge-v100", pressing(join(inside, "pressing.csv")), join(inside, "line-3"));
  const service = await start("serve", "--config", clinic_config(inside, [["1", ["ge-v100", "line-1"]], "2", ["3", ["ge-v100", "line-3"]]]));
  page = await open(browser, service.address);
  await live(page, LONG_MS);
  await page.goto(`${service.address}/#/bed/1`);
});

after(async () => {
  await browser?.close();
  await end_all();
});

const measure = () => page.locator("#bed .cuff-start");
const stop = () => page.locator("#bed .cuff-stop");
const able = async (button) => (await button.getAttribute("aria-disabled")) !== "true";
const next = (text) => page.waitForSelector(`#bed [data-cell="nibp"] .next:text-is("${text}")`, { timeout: LONG_MS });

test("a person measures now, who is asked for, and stops the cuff with the keyboard", async () => {
  await until("the monitor can be told", () => able(measure()), LONG_MS);
  assert.equal(await stop().isVisible(), false, "there is nothing to stop");
  assert.equal(await asked(page, () => measure().click()), "Who measures: Room 1, cuff?");
  await page.click('#person-choices button:has-text("M. N.")');
  await next("measuring");
  assert.equal(await able(measure()), false);
  assert.equal(await page.locator("#bed .cuff-order").getAttribute("aria-label"), "Cuff");
  await picture(page, "cuff-measuring");
  assert.equal(await stop().innerText(), "Stop the cuff", "Cancel would read as ending the alarm");
  await is_in_its_place();
  await stop().focus();
  await page.keyboard.press("Enter");
  await until("it can be told again", () => able(measure()), LONG_MS);
  await until("there is nothing to stop", async () => !(await stop().isVisible()), LONG_MS);
  assert.equal(await page.locator('#bed [data-cell="nibp"] .value').textContent(), "– –", "what was stopped gave no pressure");
});

/** No button is beyond the page or over a number, on a large screen, a small one or a tablet. */
async function is_in_its_place() {
  for (const [width, height] of [[1920, 1080], [1280, 800], [1024, 768]]) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction((wanted) => innerWidth === wanted, width);
    const overlaps = await page.evaluate(() => {
      const box = (selector) => document.querySelector(selector).getBoundingClientRect();
      const column = box(".bed-numbers");
      const value = box('#bed [data-cell="nibp"] .value');
      // Before the cuff measures the second one is not seen, and its place is kept.
      return ["#bed .cuff-start", "#bed .cuff-stop"].map(box).map(({ left, right, top, bottom }) => ({
        beyond: right > column.right + 0.5 || bottom > column.bottom + 0.5,
        over: top < value.bottom - 1 && left < value.right,
      }));
    });
    await picture(page, `cuff-${width}`);
    assert.deepEqual(overlaps, Array(2).fill({ beyond: false, over: false }), `${width}`);
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
}

test("no button is beyond the page or over a number while nothing is measured either", is_in_its_place);

/** What of a bed's pressures lies over each other or beyond their block: pairs of words. */
function over_each_other() {
  return page.evaluate(() => {
    const root = document.querySelector('#bed [data-cell="nibp"]');
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.textContent !== "";
    const parts = [...root.querySelectorAll(".label, .source, .mark, .value, .mean, .limit, .note, .next, button, .cuff-why")].filter(shown);
    // Of a number no more than its digits: its line is higher than they are.
    const boxes = parts.map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const spare = one.matches(".value, .mean") ? (bottom - top) * 0.12 : 0;
      return { words: one.textContent, left, right, top: top + spare, bottom: bottom - spare };
    });
    const found = [];
    boxes.forEach((one, index) => {
      for (const other of boxes.slice(index + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > 1 && high > 1) found.push(`${one.words} | ${other.words}`);
      }
      const block = root.getBoundingClientRect();
      if (one.top < block.top - 1 || one.bottom > block.bottom + 1 || one.right > block.right + 1) found.push(`${one.words} | beyond`);
    });
    return found;
  });
}

test("while a pressure is an alarm nothing of it lies over its label, its limits or the buttons", async () => {
  await page.evaluate(() => {
    location.hash = "#/bed/3";
  });
  await page.waitForSelector('#bed[data-room="3"] [data-cell="nibp"][data-look="signal"]', { timeout: LONG_MS });
  await until("the monitor can be told", () => able(measure()), LONG_MS);
  for (const [width, height] of [[1920, 1080], [1366, 768], [1280, 800], [1024, 768], [768, 1024]]) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction((wanted) => innerWidth === wanted, width);
    await picture(page, `cuff-alarm-${width}`);
    assert.deepEqual(await over_each_other(), [], `${width}`);
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.evaluate(() => {
    location.hash = "#/bed/1";
  });
  await page.waitForSelector('#bed[data-room="1"] .cuff-start', { timeout: LONG_MS });
});

test("a monitor that is gone is not told, and why stands beside the button", async () => {
  await monitor.signal("SIGKILL");
  rmSync(line, { force: true });
  const why = page.locator("#bed .cuff-why");
  await until("it says why", async () => (await why.textContent()) === "ge-v100-1 is not connected", LONG_MS);
  assert.equal(await able(measure()), false);
  await measure().focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#person").evaluate((dialog) => dialog.open), false);
});

test("a bed without such a monitor has no such buttons", async () => {
  await page.evaluate(() => {
    location.hash = "#/bed/2";
  });
  await page.waitForSelector('#bed[data-room="2"] [data-cell="spo2"]', { timeout: LONG_MS });
  assert.equal(await page.locator("#bed .cuff-start").isVisible(), false);
  assert.deepEqual(page.complaints, []);
});
