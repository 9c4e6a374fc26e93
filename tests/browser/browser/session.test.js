// A session in a room in which another patient was before: what was measured of that one is gone,
// on the tile and on the page of the bed, although the monitor goes on telling its old pressure.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { clinic_config, end_all, folder, launch, live, open, picture, simulate, start, until } from "./harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = 90_000;

/** The patient before has this saturation for so long, seconds; the next one 98 %. */
const BEFORE_S = 25;

let browser;
let service;
let page;
let desk;

/** One determination early on, and a saturation that is another patient's from some time on. */
function story(path) {
  const rows = ["t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg"];
  for (let second = 0; second < 900; second += 1) {
    const spo2 = second < BEFORE_S ? 94 : 98;
    rows.push(`${second},,${spo2},70,${second === 3 ? "158,91,113" : ",,"},,`);
  }
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}

before(async () => {
  browser = await launch();
  const inside = folder();
  await simulate("ge-v100", story(join(inside, "story.csv")), join(inside, "line-1"));
  service = await start("serve", "--config", clinic_config(inside, [["1", ["ge-v100", "line-1"]]], { protocols: ["iv-ketamine"] }));
  desk = await open(browser, service.address);
  page = await open(browser, service.address);
  await live(desk, LONG_MS);
  await live(page, LONG_MS);
  await page.goto(`${service.address}/#/bed/1`);
});

after(async () => {
  await browser?.close();
  await end_all();
});

const text = (which, selector) => which.locator(selector).textContent();
const becomes = (which, selector, words) =>
  until(`${selector}: ${words}`, async () => words.test((await text(which, selector)) ?? ""), LONG_MS);
const trends = () => page.locator("#bed .charts canvas").getAttribute("aria-label");
/** The page that leads a treatment, at its place on the page of the bed. */
const treatment = (selector) => page.frameLocator("#bed iframe.treatment").locator(selector);
/** Whether the panel of the session without a protocol stands above that page. */
const is_above = () =>
  page.evaluate(() => {
    const [panel, treatment] = ["#bed .session", "#bed iframe.treatment"].map((one) => document.querySelector(one));
    const before = (panel.compareDocumentPosition(treatment) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    return before && panel.getBoundingClientRect().top < treatment.getBoundingClientRect().top;
  });
const number = (root, cell) => `${root} [data-cell="${cell}"] .value`;
/** Where the numbers stand: on the tile of the desk, and on the page of the bed. */
const places = () => [[desk, "#tiles"], [page, "#bed"]];

/** The bed as the service tells it now. */
async function told() {
  const answer = await fetch(`${service.address}/api/v1/beds`);
  return (await answer.json()).beds[0];
}

/** What axe finds that is serious, in the dark and in the light. */
async function findings() {
  await page.evaluate(AXE);
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForSelector(`html[data-theme="${colorScheme}"]`);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document.querySelector("#bed .bed-session"), { resultTypes: ["violations"] }));
    found.push(...violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0].html}`));
  }
  return found;
}

test("session switch in the same room: the old pressure, numbers and trend vanish", async () => {
  for (const [which, root] of places()) await becomes(which, number(root, "nibp"), /158\/91/);
  await until("the trend of the patient before", async () => /SpO₂ 94–/.test((await trends()) ?? ""), LONG_MS);
  await becomes(page, '#bed [data-cell="spo2"] .value', /98/);
  // The page of the treatment is the way, and says that none is open; the lesser one stands below it.
  assert.equal(await text(page, "#bed .session-words"), "");
  assert.match(await treatment("#top").innerText(), /No session is open here\./);
  assert.ok(await treatment("#schedule").isVisible());
  assert.equal(await text(page, "#bed .session-begin"), "Begin without a protocol");
  assert.equal(await is_above(), false);

  await page.locator("#bed .session-begin").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("#bed .session-form input:focus", { timeout: LONG_MS });
  assert.deepEqual(await findings(), []);
  await picture(page, "session-begin");
  await page.keyboard.type("Maria");
  await page.keyboard.press("Enter");
  await page.click('#person-choices button:has-text("M. N.")');
  // A name is refused, and what was typed is there again.
  await becomes(page, "#bed .session-form .problem", /no name/);
  await page.locator("#bed .session-form input").first().fill("M. K.");
  await page.locator("#bed .session-form input").last().fill("1042");
  await page.click("#bed .session-form .session-yes");
  await becomes(page, "#bed .session-words", /^M\. K\. 1042 · 0 min · baseline · since \d\d:\d\d, by MN$/);
  await becomes(desk, "#tiles .profile", /^M\. K\. 1042 · 0 min · baseline$/);
  assert.equal(await is_above(), true);
  const open_words = /A session without a protocol is open \(M\. K\. 1042, since \d\d:\d\d\)\. It is led on the page of the bed/;
  await until("the treatment page knows it", async () => open_words.test(await treatment("#top").innerText()), LONG_MS);
  assert.equal(await treatment("#schedule").count(), 0, "nothing is planned beside it");

  // The monitor has been asked several times since, and has told its old pressure each time.
  await until("readings of this patient", async () => {
    const { observations, readings_from } = await told();
    const newest = observations.find(({ metric }) => metric === "SpO2");
    return newest && Date.parse(newest.at) - Date.parse(readings_from) > 5_000;
  }, LONG_MS);
  for (const [which, root] of places()) {
    await becomes(which, number(root, "spo2"), /98/);
    assert.equal(await text(which, number(root, "nibp")), "– –");
  }
  await until("the trend of this patient alone", async () => /SpO₂ 98–98/.test((await trends()) ?? ""), LONG_MS);
  // The record is asked once more, and still knows the patient before.
  await page.click('#bed .range:text-is("15 min")');
  await until("the record's answer", async () => (await text(page, "#bed .record")) === "", LONG_MS);
  await until("the trend of this patient alone", async () => /SpO₂ 98–98/.test((await trends()) ?? ""), LONG_MS);
  await picture(page, "session-open");
  await picture(desk, "session-station");
});

test("a phase is entered, and told everywhere", async () => {
  await page.click('#bed .session .range:text-is("dosing")');
  await page.waitForSelector('#bed .session .range[aria-pressed="true"]:text-is("dosing")', { timeout: LONG_MS });
  await becomes(desk, "#tiles .profile", /· dosing$/);
  assert.deepEqual(await findings(), []);
});

test("it ends by a second press, and nobody knows whose numbers come then", async () => {
  const { readings_from } = await told();
  await page.click("#bed .session-end");
  await page.waitForSelector("#bed .session-form .session-yes:focus", { timeout: LONG_MS });
  assert.equal((await told()).session.phase, "dosing", "it has not ended yet");
  await page.keyboard.press("Enter");
  await page.locator("#bed .session-begin").waitFor({ timeout: LONG_MS });
  assert.equal(await is_above(), false);
  await treatment("#schedule").waitFor({ timeout: LONG_MS });
  await becomes(desk, "#tiles .profile", /^adult-ketamine$/);
  const after = await told();
  assert.equal(after.session, null);
  assert.ok(after.readings_from > readings_from);
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(desk.complaints, []);
});

test("whoever is planned here is led by the plan, and there is no other way to begin", async () => {
  await treatment("#who-now").click();
  await treatment('#who-choices button:has-text("M. N.")').click();
  await treatment("#schedule [name=initials]").fill("A. L.");
  await treatment('#schedule [value="iv-ketamine"]').check();
  await treatment("#schedule button").click();
  await treatment("#planned").waitFor({ timeout: LONG_MS });
  await page.locator("#bed .session-begin").waitFor({ state: "hidden", timeout: LONG_MS });
  assert.equal((await told()).session, null);
  await picture(page, "session-planned");
});
