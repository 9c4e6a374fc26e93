// What is wrong with a line is told on the page, for every device that can be plugged in, each
// simulated twice on a pseudo-terminal: on the line of one comes garbage, the other is set to
// another rate than its port. Both are put right again.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { cell, clinic_config, end_all, folder, launch, live, open, picture, simulate, SOON_MS, start, until } from "./harness.js";
import { note_numbers } from "./notes.js";
import { every_driver, FIRST, LATER, NUMBERS, number_of, patient } from "./plugged.js";

/** A slow device is told of after four of its periods, and where it is asked anew it takes longer to be read again. */
const SLOWLY_MS = 2 * SOON_MS;

/** Now and then something comes between the frames that nobody sent: a line is trusted after three frames in a row. */
const BETWEEN = ["--faults", "garbage=40/10s"];
/** No frame comes, and much that nobody sent. */
const NOTHING_ELSE = ["--faults", "drop=1,garbage=40/500ms"];

const clinic = folder();
const inside = (name) => join(clinic, name);
/** The two beds of a driver. */
const noisy = (driver) => `${driver.name}-noise`;
const other = (driver) => `${driver.name}-rate`;

let browser;
let page;
let lines;
let drivers;
/** The simulated device of each bed. */
const devices = new Map();

before(async () => {
  drivers = every_driver();
  const beds = drivers.flatMap((driver) => [noisy(driver), other(driver)].map((bed) => [bed, [driver.name, `line-${bed}`]]));
  for (const driver of drivers) {
    await plug(driver, noisy(driver), FIRST, ...BETWEEN);
    await plug(driver, other(driver), FIRST);
  }
  const service = await start("serve", "--config", clinic_config(clinic, beds));
  browser = await launch();
  page = await open(browser, "about:blank");
  await page.addInitScript(note_numbers);
  await page.goto(service.address);
  lines = await open(browser, `${service.address}/#/devices`);
  await Promise.all([live(page), live(lines)]);
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** Plugs a device in at a bed, in the place of the one that is there. */
async function plug(driver, bed, how, ...options) {
  await devices.get(bed)?.signal("SIGTERM");
  const story = patient(inside("patient.csv"), how);
  devices.set(bed, await simulate(driver.name, story, inside(`line-${bed}`), ...options));
}

const both = () => drivers.flatMap((driver) => [noisy(driver), other(driver)].map((bed) => [driver, bed]));

async function all_have_numbers(how) {
  const waits = both().map(async ([driver, bed]) => {
    const [name, text] = number_of(driver, how);
    const value = cell(page, bed, name);
    await value.and(page.getByText(text, { exact: true })).waitFor({ timeout: SLOWLY_MS }).catch(async () => {
      assert.fail(`${bed}: ${await value.textContent()} and not ${text}`);
    });
  });
  await Promise.all(waits);
}

/** The alarms of the list, which closes when nobody touches it: `BED TITLE` to the words beside it. */
async function told() {
  if (!(await page.locator("#list").isVisible())) await page.click("#more");
  const cards = await page.$$eval("#list-cards .card:not([data-gone])", (all) =>
    all.map((one) => [`${one.dataset.key.split("/")[0]} ${one.querySelector("strong").textContent}`, one.querySelector(".detail").textContent]));
  return new Map(cards);
}

/** How the line of each bed stands on the page of the devices. */
async function states() {
  const rows = await lines.$$eval("#devices-rows tr", (all) => all.map((one) => [...one.querySelectorAll(".first")].map((cell) => cell.textContent)));
  return new Map(rows.map(([room, , , link]) => [room.replace("Room ", ""), link.split(" ")[0]]));
}

/** Waits until each of these is told, and returns the words of all that is told then. */
async function all_told(wanted) {
  let now = new Map();
  await until("every line told", async () => {
    now = await told();
    return wanted.every((one) => now.has(one));
  }, SLOWLY_MS, () => wanted.filter((one) => !now.has(one)).join("\n"));
  return now;
}

test("the numbers of every device are on the page, also between garbage", async () => {
  assert.ok(drivers.length >= 13, drivers.map(({ name }) => name).join(", "));
  await all_have_numbers(FIRST);
  const now = await told();
  const garbled = [...now.keys()].filter((one) => one.endsWith("Line garbled"));
  assert.deepEqual(garbled, [], "frames come");
});

test("a line on which nothing can be read is garbled, and one on which nothing comes is silent", async () => {
  for (const driver of drivers) {
    await plug(driver, noisy(driver), FIRST, ...NOTHING_ELSE);
    await plug(driver, other(driver), FIRST, "--baud", String(driver.line.baud / 2));
  }
  // One that is asked does not understand the question, and is silent.
  const speaks = drivers.filter(({ begins }) => begins === "device");
  const garbled = [...drivers.map(noisy), ...speaks.map(other)];
  const silent = drivers.filter(({ begins }) => begins === "driver").map(other);
  const now = await all_told([...garbled.map((bed) => `${bed} Line garbled`), ...[...garbled, ...silent].map((bed) => `${bed} No signal`)]);
  for (const bed of silent) assert.equal(now.has(`${bed} Line garbled`), false, bed);
  for (const [bed, words] of [...garbled.map((one) => [one, "nothing readable from"]), ...silent.map((one) => [one, "nothing from"])]) {
    assert.match(now.get(`${bed} No signal`), new RegExp(words), bed);
  }
  let stand = new Map();
  const as_told = () => garbled.every((bed) => stand.get(bed) === "garbled") && silent.every((bed) => stand.get(bed) === "silent");
  await until("each line in its words", async () => {
    stand = await states();
    return as_told();
  }, SLOWLY_MS, () => JSON.stringify([...stand]));
  await picture(page, "every-line");
  await picture(lines, "every-line-devices");
});

test("no number stands where an oximeter is not read, and none came of garbage", async () => {
  for (const [driver, bed] of both()) {
    if (driver.gives.has("SpO2")) await page.waitForSelector(`[data-bed="${bed}"] [data-cell="spo2"][data-state="none"]`, { timeout: SOON_MS });
  }
  await only_the_patient();
});

test("put right each is read again, and nothing is said of its line any more", async () => {
  for (const [driver, bed] of both()) await plug(driver, bed, LATER);
  await all_have_numbers(LATER);
  const over = (now) => [...now.keys()].filter((one) => /Line garbled|No signal/.test(one));
  let left = [];
  await until("the alarms over", async () => (left = over(await told())).length === 0, SLOWLY_MS, () => left.join("\n"));
  await only_the_patient();
  assert.deepEqual([...page.complaints, ...lines.complaints], []);
});

/** Whatever has stood on the page is of the patient. */
async function only_the_patient() {
  const seen = await page.evaluate(() => globalThis.numbers);
  const wrong = Object.entries(seen).flatMap(([place, texts]) => {
    const right = NUMBERS[place.split(" ")[1]];
    return Object.keys(texts).filter((text) => !right.includes(text)).map((text) => `${place}: ${text}`);
  });
  assert.deepEqual(wrong, []);
}
