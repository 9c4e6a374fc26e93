// What a page must show that takes too long to wait for in a clinic, or another size of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { alarm } from "../unit/feed.js";
import { cell, end_all, launch, live, picture, start, until } from "./harness.js";
import { full_bed, staged } from "./stage.js";
import { bed_of, states, tell } from "./states.js";

let browser;
let service;

before(async () => {
  browser = await launch();
  service = await start("demo", "--listen", "127.0.0.1:0");
});

after(async () => {
  await browser?.close();
  await end_all();
});

const ago = (seconds) => new Date(Date.now() - seconds * 1_000).toISOString();

/** A bed whose last pressures are so many seconds old; one is expected every ten minutes. */
function bed_with_cuff(age_s) {
  const one = full_bed();
  for (const observation of one.observations) {
    if (!observation.metric.startsWith("Nibp")) continue;
    Object.assign(observation, { at: ago(age_s), expires_in_ms: (900 - age_s) * 1_000 });
  }
  one.observations = one.observations.filter(({ expires_in_ms }) => expires_in_ms > 0);
  return one;
}

test("a cuff that is due, and one that is overdue, say since when, and an old pressure is none", async () => {
  const due = await staged(browser, service.address, [bed_with_cuff(665)]);
  const next = due.page.locator('[data-bed="1"] [data-cell="nibp"] .next');
  await until("due", async () => /^due since 1 min$/.test(await next.textContent()));
  assert.equal(await due.page.locator('[data-cell="nibp"]').getAttribute("data-state"), "ageing");
  due.alarms([alarm({ id: "NIBP_OVERDUE", kind: "technical", priority: "low", since: ago(1), evidence: "no NIBP for 13 min, expected every 10 min" })]);
  await due.page.waitForSelector('#strip-cards .card[data-technical][data-priority="low"]');
  await picture(due.page, "cuff-overdue");
  await due.close();

  // Some seconds before one and a half times the schedule, and then beyond it without another word of it.
  const old = await staged(browser, service.address, [full_bed({ observations: [] })]);
  const pressure = cell(old.page, "1", "nibp");
  for (const observation of bed_with_cuff(880).observations) {
    if (observation.metric.startsWith("Nibp")) old.send({ type: "observation", ...observation });
  }
  await until("the old pressure", async () => (await pressure.textContent()) === "186/114");
  await until("dashes", async () => (await pressure.textContent()) === "– –");
  assert.match(await old.page.locator('[data-bed="1"] [data-cell="nibp"] .note').textContent(), /^1[45] min old: expired$/);
  await live(old.page);
  await old.close();
});

test("enlarged to twice its size the page still shows every alarm and its buttons, and no number cut", async () => {
  const every = states("");
  const which = ["high", "calm", "medium", "calm"].map((name) => every.find((state) => state.name === name));
  const beds = which.map((state, index) => bed_of(state, String(index + 1)));
  // What a browser makes of 1920 by 1080 at 200 %.
  const options = { viewport: { width: 960, height: 540 }, deviceScaleFactor: 2 };
  const one = await staged(browser, service.address, beds, options);
  which.forEach((state, index) => tell(one, state, String(index + 1)));
  const { page } = one;
  await page.waitForSelector('#strip-cards .card[data-priority="high"]');
  await picture(page, "zoom-200");
  const cut = await page.evaluate(() => {
    const window_width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth > window_width;
    const parts = [...document.querySelectorAll("#strip-cards .card:first-child :is(.bed, strong, .detail, .acknowledge), #sound, #connection, .cell:not([hidden]) .value")];
    const beyond = parts.filter((part) => {
      const box = part.getBoundingClientRect();
      return box.width > 0 && (box.left < 0 || box.right > window_width + 0.5);
    });
    return { wide, beyond: beyond.map((part) => part.textContent) };
  });
  assert.deepEqual(cut, { wide: false, beyond: [] });
  await one.close();
});
