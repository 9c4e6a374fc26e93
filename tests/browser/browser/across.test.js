// The pages across sessions: two short sessions of one patient, one of them at a bed without a cuff,
// and every figure of both pages against the answers of the service and the record itself; found from
// the session's page and the dashboard, by keyboard, to a reader of screens, and on paper.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { title } from "../../../crates/chairside/dashboard/alarms.js";
import { clinic_config, end_all, folder, launch, live, open, OUTPUT, series, simulate, start, until } from "./harness.js";
import { leads } from "./led.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = 90_000;

const STAFF = [["mn", "M. N.", "nurse"], ["ak", "A. K.", "clinician"]];

const NUMBER = "1042";

/** As little as a protocol can have. */
const PROTOCOL = `name = "short"
title = "Ketamine <b>at once</b>"
drug = "ketamine"
route = "intramuscular"
screening = [{ name = "oxygen", label = "Oxygen at hand", blocks_on = "no", kit = true }]
[cuff]
baseline_s = 300
dosing_s = 600
[dose.ketamine.intramuscular]
amount = { least = 5, most = 100 }
per_kg = { least = 0.1, most = 2 }
[prompt]
grace_s = 180
`;

let browser;
let service;

/** A pressure that the cuff finds every five seconds, another one each time, and a saturation that falls. */
function story(path) {
  const rows = ["t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg"];
  for (let second = 0; second < 900; second += 1) {
    const rise = Math.round(second / 5);
    const cuff = second % 5 === 3 ? `${120 + rise},${70 + rise},${90 + rise}` : ",,";
    rows.push(`${second},,${97 - (second % 4)},70,${cuff},,`);
  }
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}

async function told(path) {
  const answer = await fetch(`${service.address}${path}`);
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** Waits until what the patient's last session tells is as wanted: it is nobody's before the session has begun for long enough. */
async function measured(is_so) {
  return until("a pressure of the session", async () => {
    const answer = await fetch(`${service.address}/api/v1/patients/${NUMBER}/course`);
    return answer.ok && is_so((await answer.json()).sessions.at(-1));
  }, LONG_MS);
}

/** A determination of the cuff that began before a session is nobody's in it. */
const DETERMINATION_MS = 10_000;

/** Whether the record has a pressure of a session that is open: its course tells of none before there is a dose. */
async function is_measured({ opened }) {
  const { nibp } = await told(`/api/v1/beds/1/trend?from=${opened}&step=1`);
  return nibp.some(({ at }) => Date.parse(at) > Date.parse(opened) + DETERMINATION_MS);
}

before(async () => {
  browser = await launch();
  const inside = folder();
  mkdirSync(join(inside, "protocols"));
  writeFileSync(join(inside, "protocols", "short.toml"), PROTOCOL);
  await simulate("ge-v100", story(join(inside, "story.csv")), join(inside, "line-1"));
  await simulate("nonin", series(join(inside, "calm.csv"), { before: { spo2: 96, pulse: 70 } }), join(inside, "line-2"));
  const beds = [["1", ["ge-v100", "line-1"]], "2"];
  service = await start("serve", "--config", clinic_config(inside, beds, { staff: STAFF, protocols: ["short"] }));
  await until("both devices", async () => (await told("/api/v1/beds")).beds.every(({ observations }) => observations.some(({ metric }) => metric === "SpO2")), LONG_MS);
  const plan = { protocol: "short", initials: "M. K.", number: NUMBER };
  await leads(service.address, "1", {
    plan,
    weight: 70,
    amount_mg: 35,
    before: () => measured(is_measured),
    after: async (does) => {
      await does({ action: "score", score: "moaas", items: [4] });
      await does({ action: "score", score: "cadss6", items: [1, 1, 0, 2, 0, 1] });
      await does({ action: "score", score: "ponv", items: [1] });
      await does({ action: "score", score: "vas_pain", items: [20] });
      await does({ action: "event", event: "vomiting" });
      await does({ action: "event", event: "position" });
      await does({ action: "event", event: "drug_given", note: "ondansetron <4> mg into the vein" });
      await measured(({ pressure_highest }) => pressure_highest !== null);
    },
  });
  const saturation = async () => (await told("/api/v1/beds")).beds[1].observations.some(({ metric }) => metric === "SpO2");
  await leads(service.address, "2", { plan, amount_mg: 35, after: () => until("a saturation after the dose", saturation, LONG_MS) });
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** The words of each cell of a row, by the heading of its column. */
function rows_of(page) {
  return page.$$eval("table", ([table]) => {
    const heads = [...table.querySelectorAll("thead th")].map((one) => one.innerText);
    const rows = [...table.querySelectorAll("tbody tr")];
    const words = (one) => one.innerText.replace(/\s+/g, " ").trim();
    return rows.map((row) => Object.fromEntries([...row.children].map((cell, place) => [heads[place], words(cell)])));
  });
}

/** What axe finds that is serious, in the dark and in the light; a picture of each. */
async function findings(page, name) {
  await page.evaluate(AXE);
  mkdirSync(OUTPUT, { recursive: true });
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForSelector(`html[data-theme="${colorScheme}"]`);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    found.push(...violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0].html}`));
    writeFileSync(join(OUTPUT, `across-${name}-${colorScheme}.png`), await page.screenshot({ fullPage: true }));
  }
  const small = await page.$$eval("button, a, input", (all) =>
    all.filter((one) => one.checkVisibility() && one.closest("label")?.offsetHeight !== 44 && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));
  if (!(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))) found.push("something goes beyond the edge");
  return [...found, ...small];
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5);

test("the course is found from the session's page, and each figure is that of the service and of the record", async () => {
  const { sessions } = await told(`/api/v1/patients/${NUMBER}/course`);
  assert.equal(sessions.length, 2);
  const [first, second] = sessions;
  const from_session = await open(browser, `${service.address}/beds/2/session`, { locale: "en-GB", viewport: { width: 1280, height: 800 } });
  // The session that ended is told no more of once the next patient is here: the way is there until then.
  const opened = from_session.context().waitForEvent("page");
  await from_session.click(`.report a[href^="/patients?number=${NUMBER}"]`);
  const page = await opened;
  await page.waitForLoadState();
  assert.equal(await page.locator("h1").innerText(), `Course of M. K. ${NUMBER}`);

  const [one, two] = await rows_of(page);
  assert.match(one.Session, /^1\. \d{4}-\d\d-\d\d \d\d:\d\d Ketamine <b>at once<\/b> Room 1 SIMULATED$/, "what people write is text");
  assert.equal(one.Given, "35 mg · 0.5 mg/kg ketamine, into the muscle");
  const pressure = ({ systolic_mmhg, diastolic_mmhg, at }) => `${systolic_mmhg}/${diastolic_mmhg} ${clock(at)}`;
  assert.equal(one["Before the dose, mmHg"], pressure(first.pressure_before));
  assert.equal(one["Highest after it, mmHg"], pressure(first.pressure_highest));
  assert.equal(one["Rise, mmHg"], `+${first.systolic_rise_mmhg} / +${first.diastolic_rise_mmhg}`);
  assert.equal(one["Lowest SpO2"], `${first.saturation_lowest.percent} % ${clock(first.saturation_lowest.at)}`);
  const ratings = [["MOAA/S", "moaas", 4], ["CADSS-6", "cadss6", 5], ["Nausea", "ponv", 1], ["Pain (VAS)", "vas_pain", 20]].map(([name, id, total]) => {
    const rated = first.scores.find(({ score }) => score === id);
    assert.equal(rated.total, total, id);
    return `${name} ${total} ${clock(rated.at)}`;
  });
  assert.equal(one["Worst rating after it"], ratings.join(" "));
  const [{ note, at: noted_at }] = first.drugs;
  assert.equal(note, "ondansetron <4> mg into the vein", "as it was written");
  const happened = [...first.alarms.map(title), "Vomiting", "Turned or sat up", note, `Another drug given, ${clock(noted_at)}`];
  assert.equal(one["Alarms and events"], happened.join(" "));
  assert.equal(one["From the last dose to discharge"], `${Math.floor(first.until_discharge_s / 60)} min`);

  // The record: what the cuff found before the dose and after it, and the lowest saturation after it.
  const { nibp, metrics } = await told(`/api/v1/beds/1/trend?from=${first.opened}&to=${first.closed}&step=1`);
  const here = nibp.filter(({ at }) => at >= first.opened && at <= first.closed);
  const before_it = here.filter(({ at }) => at <= first.first_dose).at(-1);
  const after_it = here.filter(({ at }) => at > first.first_dose).map(({ systolic }) => systolic);
  assert.ok(after_it.length >= 1);
  assert.equal(first.pressure_before.systolic_mmhg, before_it.systolic);
  assert.equal(first.pressure_highest.systolic_mmhg, Math.max(...after_it));
  assert.equal(first.saturation_lowest.percent, Math.min(...metrics.SpO2.low.filter((one) => one !== null)));

  // At the other bed no cuff measured, nobody rated and nobody was weighed.
  assert.equal(two.Given, "35 mg · – mg/kg: no weight was entered ketamine, into the muscle");
  assert.equal(two["Before the dose, mmHg"], "– no cuff reading before the dose");
  assert.equal(two["Highest after it, mmHg"], "– no cuff reading after the dose");
  assert.equal(two["Rise, mmHg"], "– one of the two is missing");
  assert.equal(two["Worst rating after it"], "MOAA/S – not rated CADSS-6 – not rated Nausea – not rated Pain (VAS) – not rated");
  assert.equal(two["Lowest SpO2"], `96 % ${clock(second.saturation_lowest.at)}`);
  for (const one of ["pressure_before", "pressure_highest", "systolic_rise_mmhg"]) assert.equal(second[one], null, one);
  assert.equal(await page.locator("figure circle").count(), 2, "a dot for each pressure of the one session, and none for the other");
  await from_session.context().close();
});

test("the patient is found by initials and by number from the dashboard, by keyboard, in German too", async () => {
  const page = await open(browser, `${service.address}/#/day`, { locale: "de-AT", viewport: { width: 1280, height: 800 } });
  await live(page, LONG_MS);
  await page.locator('#day a[href="/patients"]').focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/patients$/);
  assert.equal(await page.locator("h1").innerText(), "Verläufe der Patienten");
  await page.locator('input[name="find"]').focus();
  await page.keyboard.type("mk");
  await page.keyboard.press("Enter");
  await page.waitForURL(/find=mk/);
  assert.equal(await page.locator("h1").innerText(), `Verlauf von M. K. ${NUMBER}`);
  assert.match(await page.locator("tbody").innerText(), /35 mg · 0,5 mg\/kg[\s\S]*– keine Manschettenmessung nach der Gabe/);
  assert.deepEqual(await findings(page, "course-de"), []);
  const nobody = await page.goto(`${service.address}/patients?number=7`);
  assert.equal(nobody.status(), 404);
  assert.match(await page.locator("main").innerText(), /keine Behandlung zur Nummer 7/);
  await page.context().close();
});

test("the ledger of trained sessions has each rate of the service with its bounds, and that of patients has none", async () => {
  const page = await open(browser, `${service.address}/#/day`, { locale: "en-GB", viewport: { width: 1280, height: 800 } });
  await live(page, LONG_MS);
  await page.click('#day a[href="/ledger"]');
  await page.waitForURL(/\/ledger$/);
  assert.match(await page.locator("#nothing").innerText(), /nothing is known of any rate/);
  assert.match(await page.locator("#left-out").innerText(), /2 sessions with simulated data/);
  assert.deepEqual(await findings(page, "ledger-empty"), []);

  await page.locator('[name="simulated"]').focus();
  await page.keyboard.press("Space");
  const today = new Date();
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  await page.locator('[name="from"]').fill(day);
  await page.keyboard.press("Enter");
  await page.waitForURL(/simulated=true/);
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate()).toISOString();
  const ledger = await told(`/api/v1/ledger?simulated=true&from=${midnight}`);
  assert.equal(ledger.sessions, 2);
  assert.match(await page.locator("#summary").innerText(), new RegExp(`^Sessions counted: 2, opened on ${day} or later\\.$`));
  const out = (bound) => Math.ceil(Math.round(bound * 1e6) / 1e6 * (bound < 100 ? 10 : 1)) / (bound < 100 ? 10 : 1);
  for (const { kind, name, sessions, per_1000, high_per_1000, at_most_per_1000 } of ledger.rates) {
    const [what, says, count, rate, bounds] = await page.locator(`tr[data-name="${name}"] > *`).allInnerTexts();
    if (kind === "alarm") assert.equal(what, title(name), "called as on the dashboard");
    assert.deepEqual([count, rate], [String(sessions), String(per_1000)], name);
    assert.ok(bounds.endsWith(` to ${out(high_per_1000)}`), `${name}: ${bounds}`);
    if (sessions === 0) assert.equal(says, `0 in 2 sessions: at most ${out(at_most_per_1000)} in 1,000 (one side)`, name);
  }
  assert.equal(await page.locator("tr[data-name]").count(), ledger.rates.length);
  assert.match(await page.locator('tr[data-name="vomiting"]').innerText(), /Vomiting\s+1 in 2 sessions: between 12\.5 and 988 in 1,000\s+1\s+500/);
  // The patient was turned and given a drug while no alarm stood, or while one did.
  const { count, without_alarm } = ledger.until_intervention;
  assert.equal(count + without_alarm, 2);
  const [told_count, median] = await page.locator("#until-intervention td").allInnerTexts();
  assert.equal(told_count, String(count));
  if (count === 0) assert.equal(median.replace(/\s+/g, " "), "– no intervention while an alarm stood");
  assert.deepEqual(await findings(page, "ledger"), []);

  await page.locator('[name="to"]').fill("2026-01-31");
  await page.locator('[name="from"]').fill("2026-02-01");
  await page.click("form button");
  assert.match(await page.locator('[role="alert"]').innerText(), /first day is after the last/);
  await page.context().close();
});

test("on a telephone nothing goes beyond the edge, and on paper the whole table stands without what is pressed", async () => {
  const telephone = await open(browser, `${service.address}/patients?number=${NUMBER}`, { locale: "en-GB", viewport: { width: 412, height: 900 } });
  assert.deepEqual(await findings(telephone, "course-telephone"), []);
  await telephone.goto(`${service.address}/ledger?simulated=true`);
  assert.deepEqual(await findings(telephone, "ledger-telephone"), []);
  await telephone.goto(`${service.address}/patients`);
  assert.deepEqual(await findings(telephone, "patients-telephone"), []);
  assert.deepEqual(telephone.complaints, []);
  await telephone.context().close();
  const page = await open(browser, `${service.address}/patients?number=${NUMBER}`, { locale: "en-GB", viewport: { width: 1050, height: 700 } });
  for (const [name, address] of [["course", `/patients?number=${NUMBER}`], ["ledger", "/ledger?simulated=true"]]) {
    await page.goto(service.address + address);
    writeFileSync(join(OUTPUT, `across-${name}.pdf`), await page.pdf({ preferCSSPageSize: true }));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("nav, form").filter({ visible: true }).count(), 0, name);
    const is_whole = await page.$$eval(".wide", (all) => all.every((one) => one.scrollWidth <= one.clientWidth));
    assert.ok(is_whole, `${name}: nothing of a table is cut off`);
    await page.emulateMedia({ media: null });
  }
  await page.context().close();
});
