// What is read at the desk: the devices and their lines, the day-start check, the alarm budget.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { address_of } from "../../../crates/chairside/dashboard/routes.js";
import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

let browser;
let service;
let page;
const inside = (name) => join(clinic, name);
const clinic = folder();
const devices = {};

before(async () => {
  const quiet = series(inside("quiet.csv"), { before: { spo2: 97, pulse: 68 } });
  for (const bed of ["1", "2"]) devices[bed] = await simulate("nonin", quiet, inside(`line-${bed}`));
  service = await start("serve", "--config", clinic_config(clinic, ["1", "2"]));
  browser = await launch();
  page = await open(browser, service.address);
  await live(page);
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** Goes to a view by its address, and waits until it is open. */
async function go(view) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, address_of(view));
  await page.waitForSelector(`#${view}:not([hidden])`);
}

/** Has the tones played for the check that is open, and says of each that it was heard. */
async function hear() {
  await page.click("#day .play");
  for (const tone of ["tone_high", "tone_medium", "tone_low"]) {
    await page.check(`input[name="${tone}"][value="true"]:not([disabled])`, { timeout: SOON_MS });
  }
  await page.click("#sound-close");
}

test("the check of the day is missing until somebody has said of each tone whether it was heard, and signed", async () => {
  await page.click('#day-check:has-text("DAY CHECK NOT DONE")');
  for (const device of ["nonin-1", "nonin-2"]) await page.waitForSelector(`#day li[data-health="good"]:has-text("${device}")`);
  await page.click("#day-sign");
  assert.match(await page.textContent("#day-problem"), /Say first: Tone of a high alarm heard/);
  const yes = 'input[name="tone_high"][value="true"]';
  assert.equal(await page.isDisabled(yes), true, "nothing was played yet");
  await hear();
  await page.fill("#day-note", "for nobody");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#tiles:not([hidden]) .tile");
  await page.click("#day-check");
  await page.waitForSelector("#day:not([hidden])");
  assert.deepEqual([await page.isChecked(yes), await page.isDisabled(yes), await page.inputValue("#day-note")], [false, true, ""]);
  await hear();
  await page.click("#day-sign");
  await page.click("#person-choices button");
  await page.waitForSelector('#day-signed .outcome[data-done="true"]');
  assert.match(await page.textContent("#day-signed"), /Room 2, nonin-2 gives numbers: ✓ yes, .*SpO₂ 97 %/);
  await page.waitForSelector('#day-check:has-text("DAY CHECK ✓")');
  assert.equal(await page.isChecked('input[name="tone_high"][value="true"]'), false, "the next check begins anew");
  await picture(page, "day");
});

test("another station learns of it, and after a reload it is still so", async () => {
  const other = await open(browser, `${service.address}/#/day`);
  await live(other);
  await other.waitForSelector('#day-checks li:has-text("M. N.: complete")');
  await other.waitForSelector('#day-today[data-done="true"]:has-text("by M. N.")');
  await other.context().close();
});

test("the budget counts what was asked for", async () => {
  await go("day");
  const asked = page.waitForResponse(/\/api\/v1\/budget\?hours=168$/);
  await page.click('#budget-hours button:has-text("7 days")');
  const { bed_hours } = await (await asked).json();
  const words = `${bed_hours.toFixed(1)} hours with a device connected, all beds together`;
  await page.locator("#budget-words", { hasText: words }).waitFor();
  await page.waitForSelector('#budget-rows tr:has-text("All alarms")');
});

test("a device that is gone is seen at its line, and a check without it is not complete", async () => {
  await go("devices");
  await page.waitForSelector('#devices-rows tr[data-health="good"]:has-text("nonin-2")');
  await picture(page, "devices");
  await go("day");
  await hear();
  await devices["2"].signal("SIGKILL");
  rmSync(inside("line-2"), { force: true });
  await page.waitForSelector('#day li[data-health="down"]:has-text("nonin-2")');
  await page.click("#day-sign");
  await page.waitForSelector('#day-signed .outcome[data-done="false"]');
  assert.match(await page.textContent("#day-signed .outcome"), /not complete – Room 2, nonin-2 gives numbers: ✗ no, the device: disconnected/);
  await go("devices");
  await page.waitForSelector('#devices-rows tr[data-health="down"]:has-text("nothing is read")');
  await page.keyboard.press("Escape");
  await page.waitForSelector("#tiles:not([hidden]) .tile");
  assert.deepEqual(page.complaints, []);
});

test("what is plugged in at a port that gives no numbers is found out, and a port that is read is left alone", async () => {
  const other = folder();
  const quiet = series(join(other, "quiet.csv"), { before: { spo2: 97, pulse: 68 } });
  await simulate("nonin", quiet, join(other, "line-1"));
  await simulate("nonin", quiet, join(other, "line-2"));
  const mistaken = await start("serve", "--config", clinic_config(other, ["1", ["2", ["ge-v100", "line-2"]]]));
  const desk = await open(browser, `${mistaken.address}/#/devices`);
  await live(desk);
  const port = (line) => desk.locator(`#ports li[data-port="${join(other, line)}"]`);
  await port("line-1").getByText("read as Room 1 · nonin-1").waitFor();
  assert.equal(await port("line-1").locator(".find-out").isVisible(), false);
  await port("line-2").getByText("for Room 2 · ge-v100-2, not read").waitFor();
  const anybody = desk.locator("#person-choices button");
  await until("the question who it is, which gives way to a new alarm", async () => {
    if (!(await anybody.isVisible())) await port("line-2").locator(".find-out").click();
    return anybody.isVisible();
  });
  await anybody.click();
  await port("line-2").getByText("nonin: Nonin Xpod").waitFor({ timeout: 2 * SOON_MS });
  assert.match(await port("line-2").textContent(), /It sends by itself\. .* It says: SpO2 97 %/);
  assert.match(await port("line-2").locator("pre").textContent(), /driver = "nonin"\nport = /);
  await picture(desk, "devices-found-out");
  assert.deepEqual(desk.complaints, []);
  await desk.context().close();
});
