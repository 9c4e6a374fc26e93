// A whole session of each protocol that is shipped, from the screening to the printed report, as a
// nurse presses it, through the real service and simulated devices that go many times as fast as the
// world. The reports are kept in output/, to be looked at.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { end_all, launch, open, OUTPUT, start, until } from "./harness.js";
import { heard_today, Nurse } from "./nurse.js";

/** How many times as fast as the world; a slow machine takes less. */
const PACE = Number(process.env.CHAIRSIDE_PACE ?? 60);

/** Longer than any stretch of these sessions, milliseconds. */
const STRETCH_MS = (3 * 3_600_000) / PACE + 60_000;

let browser;
let service;

before(async () => {
  browser = await launch();
  service = await start("demo", "--beds", "2", "--pace", String(PACE), "--listen", "127.0.0.1:0");
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** How each is given, by its form: what is typed, and what the page says of it then. */
const PROTOCOLS = [
  { protocol: "iv-ketamine", bed: "1", title: /0\.5 mg\/kg/, gives: infuses, total: /^ketamine, into the vein 3[45](\.\d+)? mg · 0\.(49|5)/ },
  { protocol: "im-ketamine", bed: "1", title: /muscle/, gives: injects, total: /^ketamine, into the muscle 35 mg · 0\.5 mg\/kg/ },
  { protocol: "esketamine-spray", bed: "2", title: /spray/, gives: sprays, total: /^esketamine, as a spray 84 mg/ },
];

/** Forty minutes at 0.875 mg/min: the end of it is logged for the moment at which it was. */
async function infuses(nurse) {
  await nurse.type("start", "rate_mg_per_min", "8.75");
  await nurse.type("start", "planned_mg", "35");
  const asked = await nurse.refused("start");
  assert.match(asked, /more than the protocol's most|second time/, "a slip of the decimal point is asked about");
  await nurse.page.click("#start [data-cancel]");
  await nurse.type("start", "rate_mg_per_min", "0.875");
  await nurse.type("start", "planned_mg", "35");
  await nurse.press("start");
  assert.match(await nurse.refused("step-peak"), /stopped/, "no step leaves a dose that runs");
  await nurse.page.click("#step-peak [data-cancel]");
  await nurse.press("dose-pause");
  await nurse.press("dose-resume");
  await until("the planned amount", async () => {
    const given = /([\d.]+) mg of 35 mg/.exec(await nurse.says("infusion"));
    return given && Number(given[1]) >= 34.4;
  }, STRETCH_MS);
  await nurse.press("dose-stop");
}

async function injects(nurse) {
  await nurse.type("bolus-intramuscular", "amount_mg", "35");
  await nurse.press("bolus-intramuscular");
}

async function sprays(nurse) {
  for (const device of [1, 2, 3]) {
    await nurse.type("bolus-intranasal", "amount_mg", "28");
    await nurse.press("bolus-intranasal");
    await until(`spray ${device}`, async () => (await nurse.says("given")).includes(`${28 * device} mg`));
  }
}

function whole_session({ protocol, bed, title, gives, total }) {
  test(`a whole session of ${protocol}, from the screening to the printed report`, async () => {
    await heard_today(service.address);
    const page = await open(browser, `${service.address}/beds/${bed}/session`, { viewport: { width: 820, height: 1180 }, locale: "en-GB" });
    page.setDefaultTimeout(STRETCH_MS);
    const nurse = new Nurse(page);
    const picture = async (name) => {
      mkdirSync(OUTPUT, { recursive: true });
      writeFileSync(join(OUTPUT, `treatment-${protocol}-${name}.png`), await page.screenshot({ fullPage: true }));
    };

    await nurse.is("M. Novak");
    await nurse.plan(protocol, "M. K.", `10${bed}`);
    await picture("planned");
    await nurse.arrives();
    assert.match(await nurse.says("top"), title);
    await picture("screening");
    assert.ok((await nurse.screens()) > 20);
    await nurse.weighs("70");
    await nurse.rates_what_is_due();
    await nurse.step("baseline");
    assert.match(await nurse.says("gate"), /^Not ready, because/);
    assert.match(await nurse.refused("step-ready"), /baseline was not taken/);
    await picture("baseline");
    await nurse.page.click("#step-ready [data-cancel]");
    await nurse.rates_what_is_due();
    await until("two cuff readings", async () => !/still missing|there is none yet/.test(await nurse.says("readings")), STRETCH_MS);
    await nurse.press("take-baseline");
    await until("ready", async () => (await nurse.says("gate")).startsWith("Ready"), STRETCH_MS, () => "");
    await picture("gate");
    await nurse.steps_when_ready("ready", STRETCH_MS);
    await nurse.steps_when_ready("dosing", STRETCH_MS);
    await gives(nurse);
    assert.match((await nurse.says("given")).split("\n").slice(1).join(" "), total);
    await nurse.rates_what_is_due();
    await nurse.press("event-position");
    await picture("dosing");
    await nurse.step("peak");
    await nurse.rates_what_is_due();
    await picture("peak");
    await nurse.step("recovery");
    assert.match(await nurse.says("discharge"), /^Not ready to leave, because/);
    const early = await nurse.refused("step-discharged");
    assert.match(early, /Time since the dose/, "nobody leaves early");
    await nurse.page.click("#step-discharged [data-cancel]");
    await picture("recovery");
    const person = ["steady_gait", "escort", "no_driving", "iv_removed"];
    await until("time and quiet enough", async () => {
      await nurse.rates_what_is_due();
      const unmet = await nurse.unmet("discharge");
      return !unmet.includes("time_since_dose") && !unmet.includes("quiet");
    }, STRETCH_MS);
    for (const item of person) {
      if ((await page.locator(`#discharge-${item}`).count()) > 0) await nurse.press(`discharge-${item}`, 'button[value="yes"]');
    }
    await nurse.press("discharge-back_to_self", 'button[value="yes"]');
    for (const [score, ratings] of [["moaas", [5]], ["ponv", [0]], ["aldrete_mod", Array(5).fill(2)], ["cssrs", [1]]]) {
      if ((await nurse.unmet("discharge")).includes(score === "ponv" ? "nausea" : score === "cssrs" ? "suicide_risk" : score)) await nurse.rates(score, ratings, "rate");
    }
    const is_met = async () => {
      await nurse.rates_what_is_due();
      return (await nurse.says("discharge")).startsWith("The clinic's criteria are met");
    };
    await until("the clinic's criteria", is_met, STRETCH_MS);
    await picture("ready-to-leave");
    await nurse.steps_when(is_met, "discharged", STRETCH_MS);
    await picture("discharged");
    await keeps_the_report(page, protocol);
    assert.deepEqual(page.complaints.filter((one) => !/40[39]|Conflict|Forbidden/.test(one)), []);
    await page.context().close();
  });
}

describe("each protocol that is shipped", { concurrency: true }, () => {
  // Both beds at once, and at a bed one after the other.
  for (const at of ["1", "2"]) {
    describe(`at bed ${at}`, { concurrency: false }, () => PROTOCOLS.filter(({ bed }) => bed === at).forEach(whole_session));
  }
});

/** The report as it is shown and as it is printed. */
async function keeps_the_report(page, protocol) {
  /** @param {string} kind */
  const kept = async (kind) => {
    const address = service.address + (await page.locator(`#report a[href$=".${kind}"]`).getAttribute("href"));
    let answer = await fetch(address);
    // The service says so when the record is asked for too much at once: the other beds leave too.
    await until(`the report as ${kind}`, async () => answer.status !== 503 || ((answer = await fetch(address)), false), STRETCH_MS);
    assert.equal(answer.status, 200, `${kind}: ${answer.statusText}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const html = (await kept("html")).toString();
  for (const words of ["M. K.", "Doses", "Ratings", "Discharge", "Every entry, as it was made"]) assert.ok(html.includes(words), words);
  const pdf = await kept("pdf");
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  writeFileSync(join(OUTPUT, `report-${protocol}.html`), html);
  writeFileSync(join(OUTPUT, `report-${protocol}.pdf`), pdf);
}
