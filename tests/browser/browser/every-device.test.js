// Every device that can be plugged in, each simulated on a pseudo-terminal, through the real
// service to the page: its numbers come, vanish with the cable, and come again.

import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { cell, clinic_config, end_all, folder, launch, live, open, picture, said, simulate, SOON_MS, start } from "./harness.js";

/** What every patient has: a cuff reading a minute. */
const SPO2 = 97;
const PRESSURE = "118/76";

const clinic = folder();
const inside = (name) => join(clinic, name);
let browser;
let page;
/** What each driver gives, by its name. @type {Map<string, Set<string>>} */
let drivers;

/** The drivers that the program has, but for programs of one's own: these have no line. */
function every_driver() {
  const found = said("devices").matchAll(/^([a-z0-9-]+): .*\n +gives +(.*)$/gm);
  return new Map([...found].map(([, name, gives]) => [name, new Set(gives.split(", "))]).filter(([name]) => name !== "ndjson"));
}

function patient(path) {
  const head = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg";
  const rows = Array.from({ length: 900 }, (_, second) => {
    const [systolic, diastolic] = PRESSURE.split("/");
    const cuff = second % 60 === 20 ? `${systolic},${diastolic},90` : ",,";
    return `${second},72,${SPO2},72,${cuff},14,38`;
  });
  writeFileSync(path, `${[head, ...rows].join("\n")}\n`);
  return path;
}

/** The number of a bed that only its device can have given: the saturation, or else the pressure. */
function number_of(driver) {
  return drivers.get(driver).has("SpO2") ? [cell(page, driver, "spo2"), String(SPO2)] : [cell(page, driver, "nibp"), PRESSURE];
}

/** Waits until every bed has its number. */
async function all_have_numbers(within_ms) {
  const waits = [...drivers.keys()].map(async (driver) => {
    const [value, text] = number_of(driver);
    await value.and(page.getByText(text, { exact: true })).waitFor({ timeout: within_ms }).catch(async () => {
      assert.fail(`${driver}: ${await value.textContent()} and not ${text}`);
    });
  });
  await Promise.all(waits);
}

before(async () => {
  drivers = every_driver();
  const story = patient(inside("patient.csv"));
  for (const driver of drivers.keys()) await simulate(driver, story, inside(`line-${driver}`));
  const beds = [...drivers.keys()].map((driver) => [driver, [driver, `line-${driver}`]]);
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
  assert.ok(drivers.size >= 13, [...drivers.keys()].join(", "));
  await all_have_numbers(2 * SOON_MS);
  await picture(page, "every-device");
});

test("with its cable each number goes, and the tile says that the link is lost", async () => {
  for (const driver of drivers.keys()) rmSync(inside(`line-${driver}`));
  await page.waitForFunction(
    () => [...document.querySelectorAll(".tile")].every((tile) => /no signal/i.test(tile.getAttribute("aria-label"))),
    undefined,
    { timeout: SOON_MS },
  );
  await Promise.all([...drivers.keys()].map(async (driver) => {
    const oximeter = drivers.get(driver).has("SpO2");
    if (oximeter) await page.waitForSelector(`[data-bed="${driver}"] [data-cell="spo2"][data-state="none"]`);
  }));
});

test("plugged in again each is read again", async () => {
  for (const driver of drivers.keys()) symlinkSync("nowhere", inside(`line-${driver}`));
  await page.waitForFunction(
    () => [...document.querySelectorAll(".tile")].every((tile) => !/no signal/i.test(tile.getAttribute("aria-label"))),
    undefined,
    { timeout: 2 * SOON_MS },
  );
  await all_have_numbers(2 * SOON_MS);
  assert.deepEqual(page.complaints, []);
});
