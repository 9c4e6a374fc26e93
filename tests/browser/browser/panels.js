// The pictures of what opens beside the alarms and the beds, of a room whose patient calls, and of
// the page in its other language: the demo, when it has an alarm.

import { address_of } from "../../../crates/chairside/dashboard/routes.js";
import { armed, is_wanted, keep, SIZE, SWEPT_MS, write } from "./album.js";
import { live, open, snapped, start } from "./harness.js";

/** The room of the demo whose pressure rises. */
const ALARMED = "3";

const PANELS = ["sound-bar", "sound", "who", "help", "menu", "list", "limits", "limit"].map((name) => `panel-${name}`);
const NAMES = [...PANELS, "quiet-called", "quiet-coming", "view-german-dark"];

/** Makes these pictures, if any of them is wanted. */
export async function of_panels(browser) {
  if (!NAMES.some(is_wanted)) return;
  const clinic = await start("demo", "--beds", "4", "--listen", "127.0.0.1:0");
  const page = await open(browser, clinic.address, { viewport: SIZE });
  // What an alarm closes comes first.
  await of_sound(page);
  await of_limits(page);
  await page.waitForSelector('#strip-cards .card[data-look="signal"]', { timeout: 90_000 });
  await of_menu_and_list(page);
  await page.context().close();
  await of_call(browser, clinic.address);
  const german = await armed(browser, clinic.address, { locale: "de-DE" });
  await german.waitForTimeout(SWEPT_MS);
  await keep(german, "view-german-dark");
  await clinic.signal("SIGKILL");
}

/** A station that nobody hears yet, its test, the question who heard it, and the help: no alarm calls yet. */
async function of_sound(page) {
  await live(page);
  await keep(page, "panel-sound-bar");
  await page.click("#sound-bar");
  await page.locator("#sound-heard:enabled").waitFor({ timeout: 60_000 });
  const test = await snapped(page);
  await page.click("#sound-heard");
  await page.locator("#person-choices button").first().waitFor();
  const question = await snapped(page);
  await page.locator("#person-choices button").first().click();
  await page.locator('#sound[data-sound="running"]').waitFor();
  write(test, "panel-sound");
  write(question, "panel-who");
  await page.click("#help-open");
  await keep(page, "panel-help");
  await page.click("#help-close");
}

/** What else can be done about an alarm, and the list of all of them while a sound is paused. */
async function of_menu_and_list(page) {
  await page.locator("#strip-cards .menu-open").first().click();
  await page.fill("#menu-reason", "known, doctor informed");
  write(await snapped(page), "panel-menu");
  await page.keyboard.press("Escape");
  await page.locator("#strip-cards .card[data-settled] .pause:visible").first().click();
  await page.click("#more");
  await page.locator("#made-quiet .end").first().waitFor();
  await keep(page, "panel-list");
  await page.click("#list-close");
}

/** The limits of a bed, one of which was changed; and beside all beds, one that is being changed. */
async function of_limits(page) {
  const go = (hash) => page.evaluate((to) => Object.assign(location, { hash: to }), hash);
  await go(address_of("bed", ALARMED));
  await page.locator("#bed .limits-open").click();
  const change = async (key, value, reason) => {
    await page.locator(`#limits-rows tr[data-key="${key}"] .change`).click();
    await page.fill("#limit-value", value);
    await page.fill("#limit-reason", reason);
  };
  await change("threshold.HR_HIGH.trip", "130", "anxious at the start");
  await page.keyboard.press("Enter");
  await page.locator("#limits-form .confirm").click();
  await page.locator("#limits-rows tr[data-changed]").waitFor();
  const drawer = await snapped(page);
  await page.keyboard.press("Escape");
  await go(address_of("station"));
  await page.locator(`[data-bed="${ALARMED}"] .limits-open`).click();
  await change("threshold.SPO2_LOW.trip", "90", "lung disease, doctor informed");
  const form = await snapped(page);
  await page.keyboard.press("Escape");
  write(drawer, "panel-limits");
  write(form, "panel-limit");
}

/** A patient who calls: in the room, and once somebody has said that they come. */
async function of_call(browser, address) {
  const tablet = await open(browser, `${address}/${address_of("quiet", "1")}`, { viewport: { width: 1280, height: 800 } });
  const desk = await open(browser, address, { viewport: SIZE });
  await Promise.all([live(tablet), live(desk)]);
  // A switch or a reader of screens clicks, and no more.
  await tablet.locator("#room-call").evaluate((button) => button.click());
  await tablet.locator("#room-words", { hasText: "being called" }).waitFor();
  await keep(tablet, "quiet-called");
  await desk.locator("#strip-cards .card[data-settled]", { hasText: "The patient calls" }).locator(".answer").click();
  await desk.locator("#person-choices button").first().click();
  await tablet.locator("#room-words", { hasText: "is coming" }).waitFor();
  await keep(tablet, "quiet-coming");
  await Promise.all([tablet, desk].map((page) => page.context().close()));
}
