// What axe finds in each view, in the dark and in the light, in peace and with every state of an
// alarm: nothing serious, nothing critical. The views are those of the addresses, so that a new
// one is looked at without being named here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { address_of, VIEWS } from "../../../crates/chairside/dashboard/routes.js";
import { end_all, held, launch, open, OPEN_MS, picture, SOON_MS, start, until } from "./harness.js";
import { staged } from "./stage.js";
import { bed_of, states, tell } from "./states.js";

// Handed over by the browser's own protocol and not as a script of the page: its policy allows
// none from elsewhere, and stays in force.
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

/**
 * What is serious or critical, each with where it is and why; with `of` only what these rules find.
 * What flashes is held in its bright half, or in its dark one.
 */
async function findings(page, dark, of = undefined) {
  const release = await held(page, dark);
  const found = await page.evaluate(async (runOnly) => {
    const options = { resultTypes: ["violations"], ...(runOnly && { runOnly }) };
    const { violations } = await globalThis.axe.run(document, options);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, any, all }) => `${id}: ${html}: ${[...any, ...all].map(({ message }) => message).join("; ")}`),
      );
  }, of);
  await release();
  return found;
}

/** A page in which each bed is in a state of its own; the first of them is the one of one-bed views. */
async function page_of(which, colorScheme, view, options = {}) {
  const argument = ["bed", "quiet"].includes(view) ? "1" : "";
  const beds = which.map((state, index) => bed_of(state, String(index + 1)));
  const stage = await staged(browser, service.address, beds, { colorScheme, address_end: address_of(view, argument), ...options });
  const station = await stage.page.evaluate(() => localStorage.getItem("chairside.station"));
  const here = new Map(states(station).map((state) => [state.name, state]));
  which.forEach((state, index) => tell(stage, here.get(state.name), String(index + 1)));
  await stage.page.evaluate(AXE);
  return stage;
}

/** Waits until a view shows what the service has answered it, and the alarms that it was told. */
async function shown(page, view, has_alarms) {
  const answered = { bed: has_alarms ? "#bed .episodes button" : "#bed .episodes li", devices: "#devices-rows tr", day: "#day-checks li" };
  if (view in answered) await page.locator(answered[view]).first().waitFor({ state: "attached", timeout: SOON_MS });
  // The patient's own screen tells of no alarm.
  if (has_alarms && view !== "quiet") await page.waitForFunction(() => document.title.startsWith("***"));
}

const every = states("");
const named = (name) => every.find((state) => state.name === name);
const worst_first = [named("flood"), ...every.filter(({ name }) => name !== "flood")];

for (const view of VIEWS) {
  for (const colorScheme of ["dark", "light"]) {
    test(`axe finds nothing serious in the view ${view}, ${colorScheme}, in peace and with every state of an alarm`, async () => {
      for (const which of [every.slice(0, 1), worst_first]) {
        const stage = await page_of(which, colorScheme, view);
        await shown(stage.page, view, which.length > 1);
        const found = await findings(stage.page, false);
        if (which.length > 1) found.push(...(await findings(stage.page, true, ["color-contrast"])));
        assert.deepEqual([...new Set(found)], [], `${which.length} beds`);
        await stage.close();
      }
    });
  }
}

test("where the system wants more contrast, or its own colours, alarms keep theirs and nothing serious is found", async () => {
  const four = ["flood", "medium", "latched", "acknowledged"].map(named);
  for (const wanted of [{ contrast: "more" }, { forcedColors: "active" }]) {
    for (const colorScheme of ["dark", "light"]) {
      for (const view of ["station", "bed", "phone"]) {
        const stage = await page_of(four, colorScheme, view, wanted);
        await shown(stage.page, view, true);
        const where = `${JSON.stringify(wanted)} ${colorScheme} ${view}`;
        assert.deepEqual(await findings(stage.page, false), [], where);
        const release = await held(stage.page, false);
        const block = stage.page.locator(view === "phone" ? "#phone .phone-alarm" : "#strip-cards .card").first();
        const { backgroundColor, color } = await block.evaluate((one) => ({ ...getComputedStyle(one) }));
        assert.deepEqual([backgroundColor, color], ["rgb(200, 30, 30)", "rgb(255, 255, 255)"], where);
        await release();
        await picture(stage.page, `contrast-${Object.values(wanted)}-${colorScheme}-${view}`);
        await stage.close();
      }
    }
  }
});

test("what scrolls in a low window does so by keyboard too, in every view", async () => {
  for (const view of VIEWS) {
    const stage = await page_of(every.slice(0, 1), "dark", view, { viewport: { width: 1024, height: 600 } });
    await shown(stage.page, view, false);
    assert.deepEqual(await findings(stage.page, false, ["scrollable-region-focusable"]), [], view);
    await stage.close();
  }
});

test("axe finds nothing serious in what opens over the station, nor while the connection fails", async () => {
  for (const colorScheme of ["dark", "light"]) {
    // Few enough that each bed has room for all that can be opened from it.
    const four = ["flood", "technical", "paused", "sound-off"].map(named);
    const stage = await page_of(four, colorScheme, "station");
    const { page } = stage;
    const openers = { help: "#help-open", list: "#more", person: "#person-now", limits: '[data-bed="1"] .limits-open', menu: "#strip-cards .menu-open" };
    await page.waitForSelector("#strip-cards .card[data-settled] .menu-open:visible");
    for (const [panel, opener] of Object.entries(openers)) {
      await page.locator(opener).first().click();
      await page.locator(`#${panel}`).waitFor({ state: "visible" });
      assert.deepEqual(await findings(page, false), [], `${panel} ${colorScheme}`);
      await page.keyboard.press("Escape");
      await page.locator(`#${panel}`).waitFor({ state: "hidden", timeout: OPEN_MS });
    }
    stage.silence();
    const order = ["delayed", "banner", "lost"];
    for (const connection of order) {
      // A look takes its time: the page may be further by then.
      const reached = order.slice(order.indexOf(connection)).map((one) => `body[data-connection="${one}"]`);
      await page.waitForSelector(reached.join(), { timeout: SOON_MS });
      assert.deepEqual(await findings(page, false), [], `${connection} ${colorScheme}`);
    }
    await stage.close();
  }
});

test("axe finds nothing serious in the pages across sessions, in English and in German", async () => {
  for (const colorScheme of ["dark", "light"]) {
    const page = await open(browser, `${service.address}/patients`, { colorScheme });
    for (const address of ["/patients", "/patients?number=7", "/ledger", "/ledger?simulated=true", "/ledger?from=never"]) {
      for (const lang of ["en", "de"]) {
        await page.goto(`${service.address}${address}${address.includes("?") ? "&" : "?"}lang=${lang}`);
        await page.waitForSelector(`html[lang="${lang}"][data-theme="${colorScheme}"]`);
        await page.evaluate(AXE);
        assert.deepEqual(await findings(page, false), [], `${address} ${lang} ${colorScheme}`);
      }
    }
    await page.context().close();
  }
});

test("the audit can fail: text that nobody can read and a button without a name are found", async () => {
  const stage = await page_of(every.slice(0, 1), "dark", "station");
  const { page } = stage;
  await page.evaluate(() => {
    const pale = document.createElement("p");
    pale.textContent = "Nobody can read this.";
    Object.assign(pale.style, { color: "#333", background: "#222" });
    document.querySelector("footer").append(pale);
    document.getElementById("status").append(document.createElement("button"));
  });
  const found = await until("findings", () => findings(page, false));
  const rules = new Set(found.map((one) => one.split(":")[0]));
  assert.ok(rules.has("color-contrast") && rules.has("button-name"), found.join("\n"));
  await stage.close();
});
