// Every device that can be plugged in, each simulated on a pseudo-terminal, through the real
// service to the page: its numbers come, vanish with the cable, and come again.

import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { cell, clinic_config, end_all, folder, launch, live, open, picture, simulate, SOON_MS, start } from "./harness.js";
import { every_driver, number_of, patient } from "./plugged.js";

const clinic = folder();
const inside = (name) => join(clinic, name);
let browser;
let page;
let drivers;

/** Waits until every bed has its number. */
async function all_have_numbers(within_ms) {
  const waits = drivers.map(async (driver) => {
    const [name, text] = number_of(driver);
    const value = cell(page, driver.name, name);
    await value.and(page.getByText(text, { exact: true })).waitFor({ timeout: within_ms }).catch(async () => {
      assert.fail(`${driver.name}: ${await value.textContent()} and not ${text}`);
    });
  });
  await Promise.all(waits);
}

before(async () => {
  drivers = every_driver();
  const story = patient(inside("patient.csv"));
  for (const { name } of drivers) await simulate(name, story, inside(`line-${name}`));
  const beds = drivers.map(({ name }) => [name, [name, `line-${name}`]]);
  const service = await start("serve", "--config", clinic_config(clinic, beds));
  browser = await launch();
  page = await open(browser, service.address);
  await live(page);
});

after(async () => {
  await browser?.close();
  await end_all();
});

test("the numbers of every device are on the page", async () => {
  assert.ok(drivers.length >= 13, drivers.map(({ name }) => name).join(", "));
  await all_have_numbers(2 * SOON_MS);
  await picture(page, "every-device");
});

test("with its cable each number goes, and the tile says that the link is lost", async () => {
  for (const { name } of drivers) rmSync(inside(`line-${name}`));
  await page.waitForFunction(
    () => [...document.querySelectorAll(".tile")].every((tile) => /no signal/i.test(tile.getAttribute("aria-label"))),
    undefined,
    { timeout: SOON_MS },
  );
  const oximeters = drivers.filter(({ gives }) => gives.has("SpO2"));
  await Promise.all(oximeters.map(({ name }) => page.waitForSelector(`[data-bed="${name}"] [data-cell="spo2"][data-state="none"]`)));
});

test("plugged in again each is read again", async () => {
  for (const { name } of drivers) symlinkSync("nowhere", inside(`line-${name}`));
  await page.waitForFunction(
    () => [...document.querySelectorAll(".tile")].every((tile) => !/no signal/i.test(tile.getAttribute("aria-label"))),
    undefined,
    { timeout: 2 * SOON_MS },
  );
  await all_have_numbers(2 * SOON_MS);
  assert.deepEqual(page.complaints, []);
});
