// The beds by urgency, on the telephone and at a station that wants it, at the real program.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { asked, clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

const WAIT_MS = SOON_MS;
const HAND = { width: 360, height: 740 };

let browser;
let service;

before(async () => {
  browser = await launch();
  const inside = folder();
  const good = { spo2: 97, pulse: 68 };
  const after_fall = { 1: good, 2: { spo2: 90, pulse: 72 }, 3: { spo2: 97, pulse: 126 } };
  for (const [bed, fallen] of Object.entries(after_fall)) {
    const line = join(inside, `line-${bed}`);
    await simulate("nonin", series(join(inside, `${bed}.csv`), { before: good, after: fallen, fall_s: 4 }), line);
  }
  service = await start("serve", "--config", clinic_config(inside, Object.keys(after_fall), { staff: [["mn", "M. N.", "nurse"], ["ak", "A. K.", "clinician"]] }));
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** What cannot be seen or reached without scrolling sideways, or is too small for a finger. */
function awkward(page) {
  return page.evaluate(() => {
    const found = document.documentElement.scrollWidth > innerWidth ? ["sideways"] : [];
    for (const one of document.querySelectorAll("#phone *")) {
      const box = one.getBoundingClientRect();
      if (box.width === 0) continue;
      if (box.right > innerWidth + 0.5 || box.left < -0.5) found.push(`wide: ${one.textContent}`);
      if (one.matches("button, a") && box.height < 44) found.push(`small: ${one.textContent}`);
    }
    return found;
  });
}

test("help is asked for and an alarm is declined with one thumb, and the station sees both", async () => {
  const page = await open(browser, `${service.address}/#/phone`, { viewport: HAND, hasTouch: true });
  const station = await open(browser, `${service.address}/`);
  await Promise.all([live(page, WAIT_MS), live(station, WAIT_MS)]);
  await page.locator("#phone .phone-alarm strong", { hasText: /HR high|SpO₂ low/ }).waitFor({ timeout: WAIT_MS });
  await page.waitForSelector("#phone .phone-alarm[data-settled]");
  const bed = await page.textContent("#phone .bed-name");
  const what = await page.textContent("#phone .phone-alarm strong");
  assert.equal(await asked(page, () => page.locator("#phone .help").tap()), `Who calls for help: ${bed}, ${what}?`);
  await page.locator("#person-choices button").first().tap();
  const wanted = station.locator("#strip-cards .card", { hasText: "Help wanted" });
  await wanted.waitFor({ timeout: WAIT_MS });
  const told = await wanted.textContent();
  assert.ok(told.startsWith(`***${bed}Help wanted`) && told.includes(`M. N. asks for help: ${what}`), told);

  // It is on the card, for it is the worst; whoever asks is not asked whether they need it.
  await page.locator("#phone .phone-alarm strong", { hasText: "Help wanted" }).waitFor({ timeout: WAIT_MS });
  assert.equal(await page.locator("#phone .help").isVisible(), false);
  await page.waitForSelector("#phone .phone-alarm[data-settled]");
  assert.deepEqual(await awkward(page), []);
  await picture(page, "phone-help");
  await page.locator("#phone .decline").tap();
  await until("the card has gone on", async () => (await page.textContent("#phone .phone-alarm strong")) !== "Help wanted", WAIT_MS);
  await until("it is said at the station", async () => /M\. N\.: not me/.test(await wanted.textContent()), WAIT_MS);
  const row = page.locator("#phone .beds li", { hasText: bed });
  await row.filter({ hasText: /Help wanted · M\. N\.: not me/ }).waitFor({ timeout: WAIT_MS });

  await page.waitForSelector("#phone .phone-alarm[data-settled]");
  await row.locator("button").tap();
  await page.locator("#phone .phone-alarm strong", { hasText: "Help wanted" }).waitFor({ timeout: WAIT_MS });
  await asked(station, () => wanted.locator(".acknowledge").click());
  await station.locator("#person-choices button").first().click();
  await wanted.waitFor({ state: "hidden", timeout: WAIT_MS });
  await until("the card has an alarm of the patients again", async () => /HR high|SpO₂ low/.test(await page.textContent("#phone .phone-alarm strong")), WAIT_MS);
  assert.deepEqual([...page.complaints, ...station.complaints], []);
  await Promise.all([page, station].map((one) => one.context().close()));
});

test("who comes and who is there stands by name on every screen, one press each for who is known", async () => {
  const page = await open(browser, `${service.address}/#/phone`, { viewport: HAND, hasTouch: true });
  const station = await open(browser, `${service.address}/`);
  await Promise.all([live(page, WAIT_MS), live(station, WAIT_MS)]);
  await page.locator("#phone .phone-alarm strong", { hasText: /HR high|SpO₂ low/ }).waitFor({ timeout: WAIT_MS });
  await page.waitForSelector("#phone .phone-alarm[data-settled]");
  const bed = await page.textContent("#phone .bed-name");
  const answer = page.locator("#phone .answer");
  assert.equal(await answer.textContent(), "I'm coming");
  assert.equal(await answer.getAttribute("aria-label"), `I'm coming: ${bed}`);
  assert.equal(await asked(page, () => answer.tap()), `Who comes: ${bed}?`);
  await page.locator("#person-choices button").first().tap();
  await answer.filter({ hasText: "I'm here" }).waitFor({ timeout: WAIT_MS });
  const card = station.locator("#strip-cards .card", { hasText: bed }).first();
  await card.filter({ hasText: "M. N. is coming" }).waitFor({ timeout: WAIT_MS });
  assert.equal(await card.getAttribute("data-look"), "signal", "it changes no alarm");
  await station.locator(".tile", { hasText: bed }).filter({ hasText: "M. N. is coming" }).waitFor({ timeout: WAIT_MS });
  await page.locator("#phone .beds li", { hasText: bed }).filter({ hasText: "M. N. is coming" }).waitFor({ timeout: WAIT_MS });
  assert.deepEqual(await awkward(page), []);
  await picture(page, "phone-coming");
  await picture(station, "coming-dark");

  // The person is known now.
  await page.waitForSelector("#phone .phone-alarm[data-settled]");
  await answer.tap();
  await answer.waitFor({ state: "hidden", timeout: WAIT_MS });
  assert.equal(await page.locator("#person").isVisible(), false, "nobody is asked twice");
  await card.filter({ hasText: "M. N. is there" }).waitFor({ timeout: WAIT_MS });
  await picture(page, "phone-there");

  // Somebody else takes over, at the desk: for them it is one press as well.
  await card.and(station.locator("[data-settled]")).waitFor({ timeout: WAIT_MS });
  assert.equal(await card.locator(".answer").textContent(), "I'm coming");
  await asked(station, () => card.locator(".answer").click());
  await station.locator("#person-choices button").nth(1).click();
  const [, taken] = await Promise.all([answer.waitFor({ timeout: WAIT_MS }), card.filter({ hasText: /A\. K\. is coming/ }).waitFor({ timeout: WAIT_MS })]);
  assert.equal(taken, undefined);
  await station.locator("[data-bed] h2 a", { hasText: bed }).click();
  await station.locator("#bed .bars", { hasText: "A. K. is coming" }).waitFor({ timeout: WAIT_MS });
  await picture(station, "coming-bed");
  assert.deepEqual([...page.complaints, ...station.complaints], []);
  await Promise.all([page, station].map((one) => one.context().close()));
});

for (const [locale, colorScheme] of [["en-GB", "dark"], ["de-DE", "light"]]) {
  test(`an alarm is accepted on a telephone with one thumb (${locale}, ${colorScheme})`, async () => {
    const page = await open(browser, `${service.address}/#/phone`, { viewport: HAND, colorScheme, locale, hasTouch: true });
    await live(page, WAIT_MS);
    const accept = page.locator("#phone .acknowledge");
    // Not one that a device has while its first numbers come.
    await page.locator("#phone .phone-alarm strong", { hasText: /HR high|SpO₂ low|HF hoch|SpO₂ tief/ }).waitFor({ timeout: WAIT_MS });
    await page.waitForSelector("#phone .phone-alarm[data-settled]");
    assert.deepEqual(await awkward(page), []);
    const box = await accept.boundingBox();
    assert.ok(box.y > HAND.height / 2 && box.y + box.height <= HAND.height, "where a thumb is");
    await picture(page, `phone-${colorScheme}`);
    const bed = await page.textContent("#phone .bed-name");
    const rows = await page.locator("#phone .beds li").evaluateAll((all) => all.sort((a, b) => a.style.order - b.style.order).map((row) => row.textContent));
    const place = (name) => rows.findIndex((row) => row.includes(name));
    assert.ok(place(bed) < place("Room 1"), `${bed}, which is on the card, stands below a bed without an alarm`);
    const reason = await asked(page, () => accept.tap());
    if (locale === "en-GB") assert.match(reason, /^Who acknowledges: Room \d, /);
    await page.locator("#person-choices button").first().tap();
    await until("the card has gone on", async () => (await page.locator("#phone .bed-name").textContent()) !== bed || (await accept.isHidden()), WAIT_MS);
    const row = page.locator("#phone .beds li", { hasText: bed });
    await until("its mark says who", async () => /✓ MN/.test(await row.textContent()), WAIT_MS);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("the most urgent bed stands first where somebody chose that, and never on a wall", async () => {
  const page = await open(browser, `${service.address}/#/settings`);
  await live(page, WAIT_MS);
  await page.locator("#strip-cards .card").first().waitFor({ timeout: WAIT_MS });
  /** The beds from the left to the right, line by line, as they lie on the screen. */
  const places = () =>
    page.evaluate(() => {
      const tiles = [...document.querySelectorAll(".tile")].map((tile) => ({ bed: tile.dataset.bed, box: tile.getBoundingClientRect() }));
      return tiles.sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left).map(({ bed }) => bed);
    });
  await page.check('input[name="settings-order"][value="urgent"]');
  await page.click("#settings header .back");
  await until("room 1 has no alarm and comes last", async () => (await places()).at(-1) === "1", WAIT_MS);
  await picture(page, "urgent-first-dark");
  await page.goto(`${service.address}/?kiosk`);
  await live(page, WAIT_MS);
  await until("each in its place", async () => (await places()).join() === "1,2,3", WAIT_MS);
  await page.context().close();
});
