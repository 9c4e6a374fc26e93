// A whole session of each protocol that is shipped, from the screening to the printed report, as a
// nurse presses it, through the real service and simulated devices that go many times as fast as the
// world. The reports are kept in output/, to be looked at.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { end_all, launch, open, OUTPUT, start, until } from "./harness.js";
import { heard_today, Nurse } from "./nurse.js";
import { asked, Kept, receipt_is_of_the_record, report_of, worksheet_is_of_the_record } from "./paperwork.js";

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
    const is_ready = async () => {
      await hears_again(nurse);
      return (await nurse.says("gate")).startsWith("Ready");
    };
    await until("ready", is_ready, STRETCH_MS, () => "");
    await picture("gate");
    await nurse.steps_when(is_ready, "ready", STRETCH_MS);
    await nurse.steps_when(is_ready, "dosing", STRETCH_MS);
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
    if (protocol === "esketamine-spray") await a_probe_comes_off(bed);
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
    let lacking = "";
    const is_met = async () => {
      await nurse.rates_what_is_due();
      lacking = (await nurse.unmet("discharge")).join();
      return (await nurse.says("discharge")).startsWith("The clinic's criteria are met");
    };
    await until("the clinic's criteria", is_met, STRETCH_MS, () => lacking);
    await picture("ready-to-leave");
    await nurse.steps_when(is_met, "discharged", STRETCH_MS);
    await picture("discharged");
    await keeps_the_report(page, protocol);
    if (protocol === "esketamine-spray") await says_what_is_on_record(page, bed);
    assert.deepEqual(page.complaints.filter((one) => !/40[39]|Conflict|Forbidden/.test(one)), []);
    await page.context().close();
  });
}

/** Where a session with a spray goes on after another one, whose last pressures are still young. */
const BROKEN_OFF = { bed: "2", protocol: "esketamine-spray" };

describe("each protocol that is shipped", { concurrency: true }, () => {
  // Both beds at once, and at a bed one after the other.
  for (const at of ["1", "2"]) {
    describe(`at bed ${at}`, { concurrency: false }, () => {
      PROTOCOLS.filter(({ bed }) => bed === at).forEach(whole_session);
      if (at === BROKEN_OFF.bed) broken_off(BROKEN_OFF);
    });
  }
});

/** In the evening the clinic's day ends within these minutes: the tones are heard anew on the next. */
async function hears_again(nurse) {
  const is_heard = async () => !(await nurse.unmet("gate")).includes("sound");
  if (await is_heard()) return;
  await heard_today(service.address);
  await until("the gate to know that the tones were heard", is_heard, STRETCH_MS);
}

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

/** Posts to a bed, again while the service is busy, and returns the answer. */
function sent(path, body) {
  return until(`an answer to ${path}`, async () => {
    const answer = await fetch(`${service.address}/api/v1/beds/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.status === 503 ? null : answer;
  });
}

/** The same for what is done. */
async function post(path, body) {
  const answer = await sent(path, body);
  assert.equal(answer.status, 200, `${path} ${JSON.stringify(body)}: ${await answer.clone().text()}`);
  return answer.json();
}

/** How long the probe is off at the least, by the clinic's clock: twice as long as a saturation counts. */
const OFF_MS = 20_000;

/** Whether a bed has a saturation, or a word that there is none, of after a moment. */
async function spo2_after(bed, moment, validity) {
  const { beds } = await (await asked(`${service.address}/api/v1/beds`)).json();
  const { observations } = beds.find((one) => one.bed === bed);
  return observations.some((one) => one.metric === "SpO2" && one.validity === validity && Date.parse(one.at) > moment);
}

/** Pulls the probe, somebody answers the alarm about it, and it is put back when no saturation counts any more. */
async function a_probe_comes_off(bed) {
  await post(`${bed}/training`, { by: "ak", do: "pull_probe" });
  const { since } = await until("an answer to the alarm about the probe", async () => {
    const { alarms } = await (await asked(`${service.address}/api/v1/alarms`)).json();
    const { active } = alarms.find((one) => one.bed === bed);
    const alarm = active.find(({ id, signal }) => id === "SPO2_PROBE_OFF" && signal === "on");
    if (!alarm) return null;
    const answer = await sent(`${bed}/alarms/${alarm.occurrence}/acknowledge`, { by: "mn" });
    // It is over, or has called again, where the link was lost for a moment meanwhile.
    if (answer.status === 409) return null;
    assert.equal(answer.status, 200, await answer.clone().text());
    return alarm;
  }, STRETCH_MS);
  // By the clinic's clock the answer took a few seconds or, on a busy machine, minutes: the device says for how long it was off.
  await until("a probe that has been off for long enough", () => spo2_after(bed, Date.parse(since) + OFF_MS, "unavailable"), STRETCH_MS);
  await post(`${bed}/training`, { by: "ak", do: "replace_probe" });
}

/** What the paperwork of a session with a spray says is what the record has; nothing of it is missing there. */
async function says_what_is_on_record(page, bed) {
  const [, session] = /sessions\/([^/]+)\//.exec(await page.locator('#report a[href$=".html"]').getAttribute("href"));
  const kept = await new Kept(service.address, bed).read(session);
  const report = await report_of(page.context(), service.address, session);
  const blank = worksheet_is_of_the_record(report, kept);
  const measured = blank.filter((label) => !label.startsWith("SpO2"));
  assert.deepEqual(measured, ["Respiratory depression"], "the cuff measured each time, and both were rated");
  const { while_off, answered } = receipt_is_of_the_record(report, kept);
  assert.ok(while_off > 0, "the time without the probe is there, with its cause");
  assert.ok(answered > 0, "somebody answered");
}

function broken_off({ bed, protocol }) {
  test("a session that is broken off after the spray: what is missing, or of the patient before, is blank with its reason", async (context) => {
    if (PACE > 120) return context.skip("forty minutes pass before it is over");
    const by = { by: "ak", station: "desk" };
    const { session } = await post(`${bed}/care`, { ...by, action: { action: "schedule", protocol, initials: "B. O.", number: "202" } });
    const does = (action, more = {}) => post(`${bed}/care`, { ...by, ...more, session, action });
    const passes_over = { pass_over: true, reason: "to be broken off" };
    await does({ action: "step", to: "screening" });
    await does({ action: "step", to: "baseline" });
    await does({ action: "take_baseline" }, passes_over);
    await does({ action: "step", to: "ready" }, passes_over);
    await does({ action: "step", to: "dosing" }, passes_over);
    const { entry } = await does({ action: "dose", dose: "bolus", drug: "esketamine", route: "intranasal", amount_mg: 28 }, passes_over);
    const { open: led } = await (await asked(`${service.address}/api/v1/beds/${bed}/care`)).json();
    const given = Date.parse(led.log.find((one) => one.entry === entry).happened);
    // A session of a second or two has no saturation after the dose, and its lowest is blank.
    await until("a saturation after the dose", () => spo2_after(bed, given, "valid"), STRETCH_MS);
    await does({ action: "step", to: "transferred" }, { reason: "to the hospital" });
    const kept = await new Kept(service.address, bed).read(session);
    const page = await open(browser, `${service.address}/beds/${bed}/session`);
    const report = await report_of(page.context(), service.address, session);
    const [{ at }] = kept.said("dose");
    const young = kept.nibp.filter((one) => one.at < kept.opened && one.at > at - 30 * 60_000);
    assert.ok(young.length > 0, "a pressure of the patient before is young enough for anybody who does not know better");
    const blank = worksheet_is_of_the_record(report, kept);
    const missing = ["Blood pressure at 40 min", "SpO2 at 40 min", "Sedation", "Dissociation", "Respiratory depression"];
    assert.deepEqual(missing.filter((label) => !blank.includes(label)), [], `blank: ${blank.join()}`);
    assert.ok(!blank.includes("Lowest SpO2"), "it was measured after the dose");
    receipt_is_of_the_record(report, kept);
    await page.context().close();
  });
}
