// The cards of the strip and of the list: every word of an alarm stands whole, whatever there is
// room for. No service: the page is told what it shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../feed/server.js";
import { alarm, bed } from "../unit/feed.js";
import { end_all, launch, live, open, picture } from "./harness.js";
import { staged } from "./stage.js";

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await serve(1);
});

after(async () => {
  await browser?.close();
  await end_all();
  server?.close();
});

const now = () => new Date().toISOString();

/** Alarms with long names and long reasons, the worst first. */
const ALARMS = [
  { id: "HELP_WANTED", kind: "technical", priority: "high", evidence: "mn asks for help: SPO2_LOW" },
  { id: "NIBP_VERY_HIGH", priority: "high", evidence: "NIBP 186/114 mmHg, limit 180/110" },
  { id: "AIRWAY_PARTIAL", priority: "high", evidence: "SpO2 90 % below 92 % for 10 s" },
  { id: "DEVICE_LINK_LOST", kind: "technical", priority: "high", evidence: "no frames from 2-capnostream20 for 10 s" },
  { id: "SPO2_VERY_LOW", priority: "high", evidence: "SpO2 86 % below 88 % for 6 s" },
  { id: "HR_VERY_HIGH", priority: "high", evidence: "PulseRate 151/min above 140/min for 10 s" },
];

/** The words and buttons of the cards that lie over each other, leave their card, or are cut. */
function faults(page, cards) {
  return page.evaluate((list) => {
    const found = [];
    const parts = ".mark, .bed, strong, .timer, .seen, .detail, button";
    for (const card of document.querySelectorAll(`${list} .card`)) {
      const home = card.getBoundingClientRect();
      const boxes = [];
      for (const part of card.querySelectorAll(parts)) {
        const range = document.createRange();
        range.selectNodeContents(part);
        const box = (part.tagName === "BUTTON" ? part : range).getBoundingClientRect();
        if (box.width === 0) continue;
        if (box.left < home.left || box.right > home.right + 1 || box.bottom > home.bottom + 1) found.push(`leaves its card: ${part.textContent}`);
        if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) found.push(`is cut: ${part.textContent}`);
        boxes.push({ text: part.textContent, rows: [...(part.tagName === "BUTTON" ? [part.getBoundingClientRect()] : range.getClientRects())] });
      }
      for (const text of card.querySelectorAll(".quiet-mark > span:last-child")) {
        if (text.clientHeight > 1.5 * Number.parseFloat(getComputedStyle(text).lineHeight)) found.push(`is not in one line: ${text.textContent}`);
      }
      const reason = card.querySelector(".card-second");
      if (reason.scrollHeight > reason.clientHeight + 1) found.push(`is cut: ${reason.textContent}`);
      boxes.forEach((a, index) => {
        for (const b of boxes.slice(index + 1)) {
          const over = a.rows.some((one) => b.rows.some((two) =>
            Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1 && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 4));
          if (over) found.push(`${a.text} | ${b.text}`);
        }
      });
    }
    return found;
  }, cards);
}

/** Says whether the cards are too few, or leave the beds too little to be read. */
function squeezed(page, least) {
  return page.evaluate((wanted) => {
    const cards = document.querySelectorAll("#strip-cards .card").length;
    const strip = document.querySelector("#strip").offsetHeight / innerHeight;
    const digits = Math.min(...[...document.querySelectorAll(".tile .large .value")].map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
    return cards >= wanted && strip <= 0.45 && digits >= 36 ? "" : `${cards} cards take ${strip.toFixed(2)}, digits of ${digits} px`;
  }, least);
}

/** How an alarm that several rooms have stands at each of them. */
const HOW = {
  calling: () => ({}),
  seen: () => ({ signal: "acknowledged", by: "mn" }),
  paused: () => ({ signal: "paused", by: "mn" }),
};

for (const locale of ["en-GB", "de-DE"]) {
  test(`nothing of a card is covered or cut, whatever it says and however many there are (${locale})`, async () => {
    for (const [width, height, colorScheme] of [[1366, 768, "dark"], [1600, 900, "light"], [1920, 1080, "dark"], [1920, 1080, "light"]]) {
      const rooms = ALARMS.map((_, index) => bed({ bed: String(index + 1), name: `Room ${index + 1}` }));
      const one = await staged(browser, server.address, rooms, { viewport: { width, height }, colorScheme, locale });
      const { page } = one;
      const station = await page.evaluate(() => localStorage.getItem("chairside.station"));
      const audio = [{ station, sound: "paused", covers: 3, until: now(), remaining_ms: 90_000, by: "mn" }];
      for (const count of [1, 2, 3, 6]) {
        for (const [name, how] of Object.entries(HOW)) {
          ALARMS.forEach((one_of, index) => {
            const active = index < count ? [alarm({ occurrence: String(index + 1), call: 3, since: now(), ...one_of, ...how() })] : [];
            const responsible = name === "calling" ? null : { by: "ak", at: now(), call: 3 };
            one.alarms(active, String(index + 1), { responsible, audio });
          });
          const look = { calling: "signal", seen: "acknowledged", paused: "paused" }[name];
          // What has no card, so that every bed keeps its height, is counted.
          await page.waitForFunction(([n, wanted]) => {
            const shown = document.querySelectorAll("#strip-cards .card");
            const hidden = Number(/\d+/.exec(document.querySelector("#more").textContent)?.[0] ?? 0);
            return shown.length > 0 && shown.length + hidden === n && [...shown].every((card) => card.dataset.look === wanted);
          }, [count, look]);
          const what = `${width} ${colorScheme}, ${count} ${name}`;
          assert.deepEqual(await faults(page, "#strip"), [], what);
          if (name === "calling" && count > 1) assert.deepEqual(await squeezed(page, Math.min(count, 3)), "", what);
          if (count >= 3) await picture(page, `cards-${locale}-${width}-${colorScheme}-${count}-${name}`);
        }
      }
      await page.keyboard.press("l");
      await page.locator("#list .card").first().waitFor();
      assert.deepEqual(await faults(page, "#list"), [], `${width}: the list`);
      await picture(page, `list-${locale}-${width}`);
      await one.close();
    }
  });
}

test("the patient of a session is not cut for the names of devices, also beside a sound that is paused", async () => {
  for (const [width, height] of [[1366, 768], [1600, 900], [1920, 1080]]) {
    const session = { session: "5f1c2c9a04b7d310", opened: now(), by: "mn", patient: { initials: "M. L.", number: "1042" }, phase: "baseline" };
    const rooms = ["1", "2", "3", "4"].map((id) => bed({ bed: id, name: `Room ${id}`, session, readings_from: now() }));
    const one = await staged(browser, server.address, rooms, { viewport: { width, height } });
    const { page } = one;
    const station = await page.evaluate(() => localStorage.getItem("chairside.station"));
    const audio = [{ station, sound: "paused", covers: 3, until: now(), remaining_ms: 90_000, by: "mn" }];
    one.alarms([alarm({ call: 3, since: now() })], "1", { audio });
    await page.locator('[data-bed="1"] header .quiet-mark').first().waitFor();
    const cut = await page.locator(".tile .profile").evaluateAll((all) =>
      all.filter((part) => part.clientWidth === 0 || part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent));
    assert.deepEqual(cut, [], `${width}`);
    const beyond = await page.locator(".tile header").evaluateAll((all) => all.filter((part) => part.scrollWidth > part.clientWidth + 1).length);
    assert.equal(beyond, 0, `${width}: the head of a tile is wider than that`);
    await picture(page, `patient-${width}`);
    await one.close();
  }
});

/** The numbers and limits that leave their box or their bed. */
function outside(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(".tile :is(.value, .mean, .limits, .times)")].flatMap((one) => {
      const [box, cell, tile] = [one, one.closest(".cell"), one.closest(".tile")].map((part) => part.getBoundingClientRect());
      const leaves = box.width > 0 && (box.right > cell.right + 2 || box.bottom > cell.bottom + 3 || box.right > tile.right + 1 || box.bottom > tile.bottom + 1);
      return leaves ? [`${one.closest(".tile").dataset.bed} ${one.className} ${one.textContent}`] : [];
    }));
}

test("where the screen is read from four metres, pressures, breath and limits grow as far as a bed has room", async () => {
  const sizes = new Map();
  for (const beds of [1, 4, 12, 48]) {
    const ward = await serve(beds);
    for (const distance_m of [1, 4]) {
      const page = await open(browser, "about:blank", { viewport: { width: 1920, height: 1080 } });
      await page.addInitScript((kept) => localStorage.setItem("chairside.settings", kept), JSON.stringify({ diagonal_in: 24, distance_m }));
      await page.goto(ward.address);
      await live(page, 30_000);
      await page.locator('[data-cell="nibp"] .value', { hasText: "/" }).first().waitFor();
      assert.deepEqual(await outside(page), [], `${beds} beds from ${distance_m} m`);
      const px = await page.evaluate(() => ["nibp", "spo2"].map((name) => Number.parseFloat(getComputedStyle(document.querySelector(`[data-cell="${name}"] .value`)).fontSize)));
      sizes.set(`${beds}/${distance_m}`, px);
      await picture(page, `far-${beds}-${distance_m}`);
      await page.context().close();
    }
    ward.close();
  }
  const [near, far] = [sizes.get("4/1"), sizes.get("4/4")];
  assert.ok(far[0] >= 1.2 * near[0] && far[1] >= 129, `${near} px from near, ${far} px from far off`);
});

test("where numbers or alarms are simulated, every place where their bed is named says so, and no other bed does", async () => {
  const rooms = ["1", "2"].map((id) => bed({ bed: id, name: `Room ${id}`, simulated: id === "1" }));
  /** Which of the names that are shown bear the mark, and what of them is cut. */
  const marked = (page, names) =>
    page.evaluate((selectors) => {
      const shown = [...document.querySelectorAll(selectors)].filter((one) => one.getClientRects().length > 0);
      const of = (one) => getComputedStyle(one, "::after").content;
      return shown.map((one) => `${one.textContent} ${of(one)}${one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 ? " cut" : ""}`).sort();
    }, names);
  const places = { "": [".tile h2 a, .card .bed", { width: 1366, height: 768 }], "#/phone": ["#phone .bed strong, #phone .bed-name", { width: 360, height: 740 }] };
  for (const [address_end, [names, viewport]] of Object.entries(places)) {
    const one = await staged(browser, server.address, rooms, { viewport, address_end });
    one.alarms([alarm({ since: now(), priority: "high" })]);
    await one.page.waitForFunction((of) => [...document.querySelectorAll(of)].filter((name) => /^Room 1/.test(name.textContent)).length === 2, names);
    const said = await marked(one.page, names);
    await picture(one.page, `simulated-${address_end.slice(2) || "station"}`);
    const of = (name, mark) => said.filter((words) => words === `${name} ${mark}`).length;
    assert.equal(of("Room 1", '"SIMULATED"') + of("Room 2", "none"), said.length, said.join());
    assert.equal(of("Room 1", '"SIMULATED"'), 2, `beside the numbers and on the card: ${said.join()}`);
    await one.close();
  }
});
