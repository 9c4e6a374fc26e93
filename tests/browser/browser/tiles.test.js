// What must be seen on a tile however little room it has: how long its alarm has stood, how many
// others there are, how urgent a call is, whose profile and which devices, and that a cuff failed or
// is due. No service: the page is told what it shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../feed/server.js";
import { alarm } from "../unit/feed.js";
import { end_all, launch, picture, until } from "./harness.js";
import { full_bed, staged } from "./stage.js";

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

const ago = (seconds) => new Date(Date.now() - seconds * 1_000).toISOString();

/** Beds of which the first is told of, with the numbers that its alarms are about. */
const beds = (count, more = {}) => Array.from({ length: count }, (_, index) => full_bed({ bed: String(index + 1), name: `Room ${index + 1}`, simulated: true, values: { SpO2: 86, PulseRate: 141 }, ...more }));

/** How many beds on which screen: each way in which a page is laid out, and the narrowest of each. */
const LAYOUTS = [[4, 1920, 1080], [4, 1366, 768], [6, 1366, 768], [6, 1600, 900], [6, 1920, 1080], [7, 1920, 1080], [12, 1600, 900], [12, 1366, 768], [24, 1920, 1080]];

/** An alarm with a long reason, and others: so many began that one line counts them. */
const FLOOD = { count: 4, worst: "SPO2_VERY_LOW", priority: "high", since: ago(40), text: "" };
const MANY = () => [
  alarm({ id: "SPO2_VERY_LOW", occurrence: "2", priority: "high", since: ago(42), evidence: "SpO2 86 % below 88 % for 6 s" }),
  alarm({ id: "NIBP_VERY_HIGH", occurrence: "3", priority: "high", since: ago(50), evidence: "NIBP 186/114 mmHg, limit 180/110" }),
  alarm({ id: "HR_HIGH", occurrence: "4", since: ago(55), evidence: "PulseRate 141/min above 120/min for 10 s" }),
];

/** Which parts of the line over a bed's numbers are there, and which of them are cut or beyond it. */
function line_of(page) {
  return page.locator('[data-bed="1"] .bars').evaluate((bars) => {
    const row = bars.getBoundingClientRect();
    const parts = [...bars.querySelectorAll(".mark, strong, .more, .flood, .latched, .call")].filter((one) => one.getClientRects().length > 0 && one.textContent !== "");
    const cut = parts.filter((one) => {
      const box = one.getBoundingClientRect();
      const home = (one.closest(".tile-alarm:not(.call)") ?? bars).getBoundingClientRect();
      return box.right > Math.min(home.right, row.right) + 1 || (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0);
    });
    // The time is the first word of the reason.
    const detail = bars.querySelector(".detail");
    const time = document.createRange();
    time.setStart(detail.firstChild, 0);
    time.setEnd(detail.firstChild, 5);
    const seen = time.getBoundingClientRect().right <= detail.getBoundingClientRect().right + 1;
    const named = (one) => one.className || one.tagName.toLowerCase();
    return { detail: detail.textContent, seen, parts: parts.map(named), cut: cut.map(named) };
  });
}

test("how long an alarm has stood is seen on its tile with few beds and with many, and so is how many others there are", async () => {
  for (const [count, width, height] of LAYOUTS) {
    const one = await staged(browser, server.address, beds(count), { viewport: { width, height } });
    const what = `${count} beds, ${width} px`;
    one.alarms(MANY(), "1", { flood: FLOOD });
    await one.page.locator('[data-bed="1"] .detail', { hasText: "SpO₂" }).waitFor({ state: "attached" });
    const { detail, seen, parts, cut } = await line_of(one.page);
    await picture(one.page, `tiles-flood-${count}-${width}`);
    assert.match(detail, /^00:4\d · SpO₂ 86 % below 88 %/, what);
    assert.deepEqual({ seen, cut }, { seen: true, cut: [] }, what);
    // One count is enough: the line where it has room, the number where it has not.
    assert.deepEqual([parts.includes("flood"), parts.includes("more")], count <= 6 ? [true, false] : [false, true], what);
    const began = one.page.locator("#strip-cards .card .seen", { hasText: /^4 new alarms since \d\d:\d\d$/ });
    await began.waitFor();
    assert.equal(await began.count(), 1, `${what}: the strip says it once`);
    await one.close();
  }
});

test("a patient's call beside another alarm says how urgent it is, and who has seen it", async () => {
  for (const [count, width, height] of LAYOUTS) {
    const one = await staged(browser, server.address, beds(count), { viewport: { width, height } });
    const what = `${count} beds, ${width} px`;
    const call = one.page.locator('[data-bed="1"] .call');
    const patient = alarm({ id: "PATIENT_CALL", kind: "technical", occurrence: "9", since: ago(14), evidence: "the patient asks for somebody" });
    one.alarms([...MANY(), patient], "1", { flood: FLOOD });
    await until("the call", async () => (await call.textContent()) === "** The patient calls");
    await picture(one.page, `tiles-call-${count}-${width}`);
    const { parts, cut } = await line_of(one.page);
    assert.deepEqual([parts.includes("flood"), parts.includes("more")], [false, true], what);
    const may_give_way = count > 6 ? ["strong", "tile-alarm call"] : [];
    assert.deepEqual(cut.filter((part) => !may_give_way.includes(part)), [], what);
    one.alarms([...MANY(), { ...patient, signal: "acknowledged", by: "mn" }], "1", { flood: null });
    await until("the call that was seen", async () => (await call.textContent()) === "✓ MN ** The patient calls");
    await one.close();
  }
});

test("the name of the profile and those of the devices can both be read in the head of a tile, or there are dots", async () => {
  for (const [count, width, height] of LAYOUTS.filter(([count]) => count <= 6)) {
    for (const phase of ["baseline", "recovery"]) {
      const one = await staged(browser, server.address, beds(count, { phase }), { viewport: { width, height } });
      await picture(one.page, `tiles-head-${count}-${width}-${phase}`);
      const head = await one.page.locator('[data-bed="1"] header').evaluate((header) => {
        const right = header.getBoundingClientRect().right;
        const names = [...header.querySelectorAll(".devices li")].map((one) => ({ shown: Number.parseFloat(getComputedStyle(one).fontSize) > 0, cut: one.scrollWidth > one.clientWidth + 1 }));
        const profile = header.querySelector(".profile");
        const em = Number.parseFloat(getComputedStyle(profile).fontSize);
        return { profile_em: profile.clientWidth / em, profile_cut: profile.scrollWidth > profile.clientWidth + 1, names, beyond: [...header.children].filter((one) => one.getBoundingClientRect().right > right + 1).length };
      });
      const what = `${count} beds, ${width} px, ${phase}: ${JSON.stringify(head)}`;
      assert.equal(head.beyond, 0, what);
      assert.ok(!head.profile_cut || head.profile_em >= 6, what);
      assert.ok(head.names.every(({ shown, cut }) => !shown || !cut), what);
      await one.close();
    }
  }
});

test("the dot of each device is whole, however many beds there are and whatever their names", async () => {
  for (const [count, width, height] of [[12, 1366, 768], [24, 1600, 900], [48, 1600, 900], [48, 1920, 1080]]) {
    const one = await staged(browser, server.address, beds(count), { viewport: { width, height } });
    one.send({ type: "link", bed: "1", device: "capno-1", state: "disconnected" });
    await one.page.locator('[data-bed="1"] .loss').waitFor();
    await picture(one.page, `tiles-dots-${count}-${width}`);
    const cut = await one.page.locator(".devices li").evaluateAll((all) =>
      all.flatMap((li) => {
        const [box, tile] = [li, li.closest(".tile")].map((part) => part.getBoundingClientRect());
        const { width: dot, fontSize } = getComputedStyle(li, "::before");
        const whole = Number.parseFloat(fontSize) > 0 && box.width >= Number.parseFloat(dot) && box.left >= tile.left && box.right <= tile.right;
        return whole ? [] : [`${li.title} of ${li.closest(".tile").dataset.bed}: ${box.width} px`];
      }),
    );
    assert.deepEqual(cut, [], `${count} beds, ${width} px`);
    await one.close();
  }
});

/** The words beside a pressure, how much of them is seen, and what of the same bed lies over them. */
function words_of_cuff(page, bed) {
  return page.locator(`[data-bed="${bed}"] [data-cell="nibp"] .next`).evaluate((next) => {
    const box_of = (part) => {
      const range = document.createRange();
      range.selectNodeContents(part);
      const { left, right } = range.getBoundingClientRect();
      const { top, bottom } = part.getBoundingClientRect();
      return { left, right, top, bottom };
    };
    const box = next.getBoundingClientRect();
    const seen = [...next.textContent].filter((_, index) => {
      const letter = document.createRange();
      letter.setStart(next.firstChild, index);
      letter.setEnd(next.firstChild, index + 1);
      return letter.getBoundingClientRect().right <= box.right + 0.5;
    });
    const others = [...next.closest(".small").querySelectorAll(".cell:not([hidden]) :is(.label, .source, .value, .mean, .note, .quiet-mark)")];
    const over = others.filter((part) => {
      const other = box_of(part);
      const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      return part.getClientRects().length > 0 && wide > 1 && high > 0.34 * box.height;
    });
    return { text: next.textContent, letters: box.width > 0 ? seen.length : 0, over: over.map((part) => part.textContent) };
  });
}

test("that a cuff failed or is due is told in words, also where many beds share the page", async () => {
  for (const breath of [true, false]) {
    for (const [count, width, height] of [[4, 1366, 768], [12, 1920, 1080], [12, 1366, 768], [24, 1920, 1080], [48, 1920, 1080]]) {
      const all = beds(count).map(({ sources, ...bed }) => {
        const { Temperature: _none, RespirationRate, EtCO2, ...rest } = sources;
        return { ...bed, sources: breath ? { ...rest, RespirationRate, EtCO2 } : rest, observations: bed.observations.filter(({ metric }) => metric !== "Temperature") };
      });
      for (const observation of all[1].observations) if (observation.metric.startsWith("Nibp")) observation.at = ago(665);
      const one = await staged(browser, server.address, all, { viewport: { width, height } });
      one.send({ type: "cuff", bed: "1", device: "v100-1", state: "failed", text: "no reading found" });
      await one.page.locator('[data-bed="1"] [data-failed]').waitFor();
      await picture(one.page, `tiles-cuff-${count}-${width}-${breath}`);
      for (const [bed, text, least] of [["1", "failed: no reading found", "failed".length], ["2", "due since 1 min", "due".length]]) {
        const { letters, ...told } = await words_of_cuff(one.page, bed);
        const what = `${count} beds, ${width} px, ${breath ? "with" : "without"} breath, ${letters} letters of ${text}`;
        assert.deepEqual(told, { text, over: [] }, what);
        assert.ok(letters >= least, what);
      }
      await one.close();
    }
  }
});
