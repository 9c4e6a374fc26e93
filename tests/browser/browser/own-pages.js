// The pictures of the pages that are documents of their own: the session of a bed, alone and in the
// dashboard, the trainer's page, and the pages about calling people.

import { armed, is_wanted, keep, SWEPT_MS, TABLET, write } from "./album.js";
import { start_calling } from "./calling-clinic.js";
import { open, snapped, SOON_MS, start, until } from "./harness.js";
import { heard_today, Nurse } from "./nurse.js";

/** How many times as fast as the world the session goes that is told from its beginning to its end. */
const PACE = 60;

/** Longer than any stretch of that session, milliseconds. */
const STRETCH_MS = (3 * 3_600_000) / PACE + 60_000;

const SESSION = ["plan", "screening", "gate", "dosing", "peak", "recovery", "discharge"].map((name) => `session-${name}`);

/** Makes these pictures, as far as they are wanted. */
export async function of_own_pages(browser) {
  if (SESSION.some(is_wanted)) await of_session(browser);
  if (is_wanted("view-session-dark")) await of_session_beside(browser);
  if (is_wanted("training")) await of_training(browser);
  if (["calling", "calling-browser"].some(is_wanted)) await of_calling(browser);
}

/** Keeps what is to be seen when a part of a page is scrolled to its top. */
async function keep_from(page, part, name) {
  await page.evaluate((id) => {
    const top = id === "" ? 0 : document.getElementById(id).getBoundingClientRect().top + scrollY - 12;
    scrollTo(0, top);
  }, part);
  await keep(page, name);
}

/** A session page whose nurse is known, with a session of a patient that has begun, and a picture of its plan. */
async function arrived(browser, clinic) {
  await heard_today(clinic.address);
  const page = await open(browser, `${clinic.address}/beds/1/session`, { viewport: TABLET, locale: "en-GB" });
  page.setDefaultTimeout(STRETCH_MS);
  const nurse = new Nurse(page);
  await nurse.is("M. Novak");
  await nurse.plan("im-ketamine", "M. K.", "101");
  const plan = await snapped(page);
  await nurse.arrives();
  return { nurse, plan };
}

/** A session from its plan to the discharge, with what stands in the way of each step on the way. */
async function of_session(browser) {
  const clinic = await start("demo", "--beds", "2", "--pace", String(PACE), "--listen", "127.0.0.1:0");
  const { nurse, plan } = await arrived(browser, clinic);
  const { page } = nurse;
  write(plan, "session-plan");
  await keep_from(page, "", "session-screening");
  await nurse.screens();
  await nurse.weighs("70");
  await nurse.rates_what_is_due();
  await nurse.step("baseline");
  await nurse.refused("step-ready");
  await keep_from(page, "", "session-gate");
  await page.click("#step-ready [data-cancel]");
  await nurse.rates_what_is_due();
  await until("two cuff readings", async () => !/still missing|there is none yet/.test(await nurse.says("readings")), STRETCH_MS);
  await nurse.press("take-baseline");
  await nurse.steps_when_ready("ready", STRETCH_MS);
  await nurse.steps_when_ready("dosing", STRETCH_MS);
  await nurse.type("bolus-intramuscular", "amount_mg", "35");
  await nurse.press("bolus-intramuscular");
  await keep_from(page, "", "session-dosing");
  await nurse.step("peak");
  // What is due comes by itself, as time goes on.
  await page.locator('section[id^="due-"]').first().waitFor();
  await keep_from(page, "", "session-peak");
  await nurse.rates_what_is_due();
  await nurse.step("recovery");
  await nurse.refused("step-discharged");
  await keep_from(page, "", "session-recovery");
  await page.click("#step-discharged [data-cancel]");
  await recovers(nurse);
  await keep_from(page, "discharge", "session-discharge");
  await page.context().close();
  await clinic.signal("SIGKILL");
}

/** Everything that the criteria ask for before a patient leaves. */
async function recovers(nurse) {
  await until("time and quiet enough", async () => {
    await nurse.rates_what_is_due();
    const unmet = await nurse.unmet("discharge");
    return !unmet.includes("time_since_dose") && !unmet.includes("quiet");
  }, STRETCH_MS);
  for (const item of await nurse.page.$$eval('form[id^="discharge-"]', (all) => all.map(({ id }) => id))) {
    await nurse.press(item, 'button[value="yes"]');
  }
  for (const [score, need, ratings] of [["moaas", "moaas", [5]], ["ponv", "nausea", [0]], ["aldrete_mod", "aldrete_mod", Array(5).fill(2)], ["cssrs", "suicide_risk", [1]]]) {
    if ((await nurse.unmet("discharge")).includes(need)) await nurse.rates(score, ratings, "rate");
  }
  await until("the clinic's criteria", async () => {
    await nurse.rates_what_is_due();
    return (await nurse.says("discharge")).startsWith("The clinic's criteria are met");
  }, STRETCH_MS);
}

/** The session beside the numbers of its bed, as a nurse has it who goes on without what is missing. */
async function of_session_beside(browser) {
  const clinic = await start("demo", "--beds", "2", "--listen", "127.0.0.1:0");
  const desk = await armed(browser, clinic.address);
  const { nurse } = await arrived(browser, clinic);
  await nurse.screens();
  await nurse.weighs("70");
  await nurse.rates_what_is_due();
  await nurse.step("baseline");
  await nurse.is("A. Khan");
  await nurse.refused("step-ready");
  await nurse.page.locator("#step-ready .outcome [name=reason]").fill("known for years");
  await nurse.page.locator('#step-ready .outcome [name="pass_over"]').click();
  await nurse.reach("ready");
  await nurse.step("dosing");
  await nurse.type("bolus-intramuscular", "amount_mg", "35");
  await nurse.press("bolus-intramuscular");
  await desk.evaluate(() => Object.assign(location, { hash: "#/bed/1" }));
  await desk.getByRole("button", { name: "15 min" }).click();
  await desk.waitForTimeout(SWEPT_MS);
  await keep(desk, "view-session-dark");
  await Promise.all([nurse.page, desk].map((page) => page.context().close()));
  await clinic.signal("SIGKILL");
}

/** A lesson: the airway is closed, and an alarm was answered. */
async function of_training(browser) {
  const clinic = await start("demo", "--beds", "2", "--pace", "10", "--listen", "127.0.0.1:0");
  const page = await open(browser, `${clinic.address}/beds/2/training`, { viewport: TABLET, locale: "en-GB" });
  await page.click('[value="begin_lesson"]');
  await page.locator("#who-choices button", { hasText: "A. Khan" }).click();
  await page.locator("#deeds li").waitFor();
  await page.click('[value="close_airway"]');
  const api = `${clinic.address}/api/v1`;
  const alarm = await until("an alarm", async () => {
    const { alarms } = await (await fetch(`${api}/alarms`)).json();
    return alarms.find(({ bed }) => bed === "2").active.find(({ signal, priority }) => signal === "on" && priority !== "low");
  });
  for (const [path, body] of [[`alarms/${alarm.occurrence}/acknowledge`, {}], ["arrive", { call: alarm.call }]]) {
    await fetch(`${api}/beds/2/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ by: "mn", ...body }) });
  }
  await until("the score", async () => (await page.locator("#score tbody tr", { hasText: alarm.id }).locator("td").allInnerTexts()).every((cell) => /^\d/.test(cell)));
  await page.evaluate(() => scrollTo(0, 0));
  await keep(page, "training");
  await page.context().close();
  await clinic.signal("SIGKILL");
}

/** The ways to the people of a clinic, one of which takes nothing, and one of which was tested. */
async function of_calling(browser) {
  const clinic = await start_calling();
  const page = await open(browser, `${clinic.address}/calling?by=mn`, { viewport: { width: 1280, height: 900 } });
  await page.getByRole("button", { name: "Send a test: M. N., away" }).click();
  await page.locator(".told.problem").waitFor({ timeout: SOON_MS });
  await page.getByRole("button", { name: "Send a test: M. N., phones" }).click();
  await page.locator(".told.waits").waitFor({ timeout: SOON_MS });
  await page.waitForEvent("load", { timeout: SOON_MS });
  // The first is that of the telephone; the other way took nothing.
  await page.getByRole("button", { name: "It came: M. N." }).first().click();
  await page.getByRole("cell", { name: /^sent .*, received / }).waitFor({ timeout: SOON_MS });
  await keep(page, "calling");
  await page.goto(`${clinic.address}/calling/browser`);
  await keep(page, "calling-browser");
  await page.context().close();
  await clinic.signal("SIGKILL");
}
