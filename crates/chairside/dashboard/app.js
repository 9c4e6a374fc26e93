// @ts-check
// The page: socket in, model, views out. The only file that reads a clock.

import { Acting } from "./acting.js";
import { Actions } from "./actions.js";
import { is_open, MARKS, of_strip, Selection, standing, title } from "./alarms.js";
import { Announcer } from "./announce.js";
import { Cards } from "./cards.js";
import { by_id, element, focus_still, set_attribute, set_text } from "./dom.js";
import { LimitsPanel } from "./limits-panel.js";
import { Menu } from "./menu.js";
import { Model } from "./model.js";
import { Net } from "./net.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { layout, tile } from "./present.js";
import { flood_words, off_banners, sound_at } from "./quiet.js";
import { station_name } from "./station.js";
import { Status } from "./status.js";
import { Tile } from "./tile.js";
import { age, spelled, time_of_day } from "./words.js";

/** Curves are drawn this often at most, milliseconds. */
const FRAME_MS = 33;

/** Words and numbers change this often at least, milliseconds: ages run. */
const REFRESH_MS = 250;

/** What a person must be told stays for so long, milliseconds. */
const NOTICE_MS = 12_000;

/** A card on the strip is at least this wide, pixels. */
const CARD_PX = 540;

const page = `dashboard-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
const model = new Model(performance.now());
const station = station_name();
const actions = new Actions(page, station);
const announcer = new Announcer();
const status = new Status();

const strip_root = by_id("strip-cards");
const strip_wishes = wishes((key) => pressed(key, strip));
const strip = new Cards(strip_root, strip_wishes);
const list = new Cards(by_id("list-cards"), wishes((key) => pressed(key, list)));
const tiles_root = by_id("tiles");
/** @type {Map<string, Tile>} */
const tiles = new Map();

const person_panel = dialog_panel("person");
const help_panel = dialog_panel("help");
const menu_panel = dialog_panel("menu");
const limits_panel = dialog_panel("limits");
const list_root = by_id("list");
const list_panel = new Panel(
  list_root,
  () => show_list(true),
  () => show_list(false),
);
const panels = [person_panel, help_panel, list_panel, menu_panel, limits_panel];
const people = new People(person_panel);
const menu = new Menu(menu_panel);

const selection = new Selection();
/** The high alarms that signal; null before the first look. @type {Set<string> | null} */
let high_before = null;
/** The alarms that a screen reader was told of, in words. @type {Map<string, string>} */
let announced = new Map();
let announced_connection = "connecting";
let notice_until = 0;
let dirty = true;
let refreshed_at = Number.NEGATIVE_INFINITY;
let drawn_at = Number.NEGATIVE_INFINITY;

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const net = new Net(`${scheme}//${location.host}/api/v1/live`, {
  opened() {
    model.opened();
    dirty = true;
  },
  closed(why, stopping) {
    model.closed(stopping);
    if (why && !stopping) notice(`The connection ended: ${why}`);
    dirty = true;
  },
  received(message) {
    const now = performance.now();
    const reply = model.receive(message, now);
    if (reply) net.send(reply);
    if (message.type === "result") {
      const words = actions.answered(message);
      if (words) notice(words);
    }
    if (message.type !== "waveform") dirty = true;
  },
});

const acting = new Acting(actions, people, {
  staff: () => model.staff,
  notice,
  clear_notice,
  send(message) {
    dirty = true;
    return net.send(message);
  },
});
const limits = new LimitsPanel(limits_panel, (id, limit, value, reason) => {
  const bed = model.beds.get(id);
  if (bed) acting.set_limit(bed, limit, value, reason);
});

/** @param {number} now */
function frame(now) {
  requestAnimationFrame(frame);
  if (now - drawn_at < FRAME_MS - 4) return;
  drawn_at = now;
  if (dirty || now - refreshed_at >= REFRESH_MS) refresh(now);
  for (const [id, view] of tiles) {
    const bed = model.beds.get(id);
    if (!bed) continue;
    for (const [metric, sweep] of view.sweeps) {
      sweep.draw(bed.traces.get(metric), metric !== "Pleth" || probe_is_on(bed), now);
    }
  }
}

/**
 * An oximeter without a patient draws something all the same: it is not a pulse.
 * @param {import("./model.js").BedState} bed
 */
function probe_is_on(bed) {
  const reason = bed.readings.get("SpO2")?.reason;
  return reason !== "SensorOff" && reason !== "NoSensor";
}

/**
 * Brings all words and numbers up to date.
 * @param {number} now
 */
function refresh(now) {
  dirty = false;
  refreshed_at = now;
  if (model.wants_new_socket(now)) net.connect();
  const overdue = actions.overdue(now);
  if (overdue) notice(overdue);
  const off = off_banners(model.beds.values(), model.staff, station, now);
  status.update(model, people.current(model.staff), now, Date.now(), off);
  limits.follow(model.beds, model.staff);
  show_tiles(now);
  show_alarms(now);
  announce(now);
  if (now > notice_until) by_id("notice").hidden = true;
}

/** @param {number} now */
function show_tiles(now) {
  for (const [id, view] of tiles) {
    if (model.beds.has(id)) continue;
    view.remove();
    tiles.delete(id);
  }
  let index = 0;
  for (const bed of model.beds.values()) {
    let view = tiles.get(bed.bed);
    if (!view) {
      const { bed: id } = bed;
      view = new Tile(id, {
        limits: () => with_bed(id, (found) => limits.open(found)),
        quiet: (quiet) => with_bed(id, (found) => acting.end(found, quiet)),
      });
      tiles.set(bed.bed, view);
    }
    // Moved only if need be: a tile that is put in anew loses the focus.
    if (tiles_root.children[index] !== view.root) {
      tiles_root.insertBefore(view.root, tiles_root.children[index] ?? null);
    }
    view.update(tile(model, bed, now, station));
    index += 1;
  }
  const { columns, rows, density } = layout(model.beds.size);
  set_attribute(tiles_root, "data-density", density);
  tiles_root.style.setProperty("--columns", String(columns));
  tiles_root.style.setProperty("--rows", String(rows));
}

/** @param {number} now */
function show_alarms(now) {
  const all = standing(model.beds.values());
  const wanted = of_strip(all);
  follow_panels(all, now);
  const connection = model.connection(now);
  const live = connection === "live" || connection === "delayed";
  selection.follow(wanted, now);
  const sound = (/** @type {string} */ id) => {
    const bed = model.beds.get(id);
    return bed ? sound_at(bed, model.staff, station, now) : null;
  };
  const state = { model, now, selected: selection.key, sending: actions.sending(), sound, live };
  const columns = Math.max(1, Math.min(Math.floor(strip_root.clientWidth / CARD_PX), wanted.length));
  strip_root.style.setProperty("--columns", String(columns));
  const hidden = strip.update(wanted, columns, state);
  set_text(by_id("more"), hidden > 0 ? `+${hidden} more` : "All alarms");
  const calm = by_id("calm");
  calm.hidden = wanted.length > 0;
  set_text(calm, live && model.beds.size > 0 ? "No alarms" : "");
  set_attribute(by_id("strip"), "data-old", live ? null : `As of ${time_of_day(model.clock.at(now) - model.age_ms(now))}`);
  if (list_panel.is_open) {
    list.update(all, all.length, state);
    by_id("list-empty").hidden = all.length > 0;
    show_floods();
    show_device_texts(now);
  }
  const loud = wanted.filter(({ alarm }) => alarm.signal === "on");
  const worst = loud[0] ? MARKS[loud[0].alarm.priority] : "";
  const lost = connection === "lost" ? "LOST – " : "";
  document.title = `${lost}${loud.length > 0 ? `${worst} ${loud.length} – ` : ""}Chairside`;
}

/**
 * Closes what is open when it must not be any more: nothing stands in the way of a new high alarm,
 * and no question outlives its alarm.
 * @param {import("./alarms.js").Standing[]} all
 * @param {number} now
 */
function follow_panels(all, now) {
  const high = new Set(
    all.filter(({ alarm }) => alarm.priority === "high" && alarm.signal === "on" && is_open(alarm)).map(({ key }) => key),
  );
  const new_high = high_before !== null && [...high].some((key) => !high_before?.has(key));
  high_before = high;
  if (people.follow(all)) notice("That alarm does not wait for anybody any more – nothing was acknowledged");
  menu.follow(all);
  for (const panel of panels) if (panel.is_open) panel.follow(now, new_high);
}

/** Very many alarms of a bed: one line on top of the full list. */
function show_floods() {
  const floods = [...model.beds.values()].filter((bed) => bed.flood !== null);
  const lines = floods.map((bed) => element("li", {}, `${bed.name}: ${bed.flood ? flood_words(bed.flood) : ""}`));
  by_id("floods").replaceChildren(...lines);
}

/** @param {number} now */
function show_device_texts(now) {
  const texts = [];
  for (const bed of model.beds.values()) {
    for (const { device, text, priority, heard } of bed.device_texts) {
      texts.push({ heard, text: `${bed.name}: ${device} says “${text}” (${priority}), ${age(now - heard)} ago` });
    }
  }
  texts.sort((a, b) => b.heard - a.heard);
  const root = by_id("device-texts");
  root.replaceChildren(...texts.slice(0, 20).map(({ text }) => element("li", {}, text)));
  if (texts.length === 0) root.append(element("li", {}, "nothing"));
}

/**
 * Somebody wants to acknowledge the alarm of a card.
 * @param {string} key
 * @param {Cards} cards
 */
function pressed(key, cards) {
  if (!cards.may_press(key, performance.now())) {
    notice("The alarms had just changed places – read again, then press");
    return;
  }
  const entry = standing(model.beds.values()).find((one) => one.key === key);
  if (entry && !actions.sending().has(key)) acting.acknowledge(entry);
}

/**
 * What can be wanted of the alarms of some cards.
 * @param {(key: string) => void} acknowledge
 * @returns {import("./card.js").Pressed}
 */
function wishes(acknowledge) {
  return {
    acknowledge,
    pause: (key) => with_entry(key, (_, bed) => acting.pause_sound(bed)),
    resume: (key) => with_entry(key, (_, bed) => acting.resume_sound(bed)),
    menu: (key) => with_entry(key, (entry) => menu.open(entry, (choice) => acting.choose(entry, choice))),
  };
}

/**
 * @param {string | null} key
 * @param {(entry: import("./alarms.js").Standing, bed: import("./model.js").BedState) => void} then
 */
function with_entry(key, then) {
  const entry = standing(model.beds.values()).find((one) => one.key === key);
  if (entry) with_bed(entry.bed, (bed) => then(entry, bed));
}

/**
 * @param {string} id
 * @param {(bed: import("./model.js").BedState) => void} then
 */
function with_bed(id, then) {
  const bed = model.beds.get(id);
  if (bed) then(bed);
  dirty = true;
}

/** Pauses the sound of the selected alarm's bed here, or turns it on again. */
function toggle_sound() {
  with_entry(selection.key, (_, bed) => {
    if (sound_at(bed, model.staff, station, performance.now())) acting.resume_sound(bed);
    else acting.pause_sound(bed);
  });
}

/** The key for the selected alarm was pressed. */
function pressed_selected() {
  const { key } = selection;
  if (key === null) return;
  if (selection.may_press(performance.now())) pressed(key, strip);
  else notice("The selection had just gone to another alarm – read again, then press");
}

/**
 * Tells a screen reader what is new.
 * @param {number} now
 */
function announce(now) {
  /** @type {Map<string, string>} */
  const keys = new Map();
  for (const { key, bed_name, alarm } of standing(model.beds.values())) {
    if (alarm.signal !== "on" || alarm.superseded) continue;
    keys.set(key, `${bed_name}, ${title(alarm.id)}`);
    if (announced.has(key)) continue;
    const text = `${bed_name}, ${alarm.priority} alarm, ${title(alarm.id)}, ${spelled(alarm.evidence)}.`;
    announcer.say(text, alarm.priority === "high");
  }
  for (const [key, words] of announced) {
    if (!keys.has(key)) announcer.say(`${words}: no longer calls.`, false);
  }
  // What was told of an alarm does not stay to be read when none calls any more.
  if (keys.size === 0 && announced.size > 0) set_text(by_id("say-alert"), "");
  announced = keys;
  const connection = model.connection(now);
  if (connection !== announced_connection) {
    if (connection === "lost") announcer.say("Connection lost. Go to the rooms.", true);
    if (connection === "live" && announced_connection === "lost") announcer.say("Connection restored.", false);
    announced_connection = connection;
  }
  const due = announcer.due(now);
  if (due) by_id(due.urgent ? "say-alert" : "say-status").textContent = due.text;
}

/** @param {string} text */
function notice(text) {
  const place = by_id("notice");
  place.hidden = false;
  place.textContent = text;
  notice_until = performance.now() + NOTICE_MS;
  announcer.say(text, false);
}

function clear_notice() {
  notice_until = 0;
  by_id("notice").hidden = true;
}

/**
 * Makes the panel of a dialog that stands beside the numbers.
 * @param {string} id
 */
function dialog_panel(id) {
  const dialog = /** @type {HTMLDialogElement} */ (by_id(id));
  /** @type {HTMLElement | null} */
  let before = null;
  // Opened by its attribute: `show` gives the focus away itself, and scrolls the page for it.
  return new Panel(
    dialog,
    () => {
      before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      dialog.open = true;
      focus_still(dialog.querySelector("button, input"));
    },
    () => {
      const has_focus = dialog.contains(document.activeElement);
      dialog.open = false;
      if (has_focus) focus_still(before);
    },
  );
}

/** @param {Panel} panel */
function toggle(panel) {
  if (panel.is_open) panel.close();
  else panel.open();
}

/** @param {boolean} open */
function show_list(open) {
  list_root.hidden = !open;
  set_attribute(by_id("more"), "aria-expanded", String(open));
  focus_still(by_id(open ? "list-close" : "more"));
  dirty = true;
}

/** @param {KeyboardEvent} event */
function key_pressed(event) {
  const typing = event.target instanceof Element && event.target.closest("dialog, input, select, textarea");
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "Escape") {
    for (const panel of panels) panel.close();
    return;
  }
  if (typing) return;
  const key = event.key.toLowerCase();
  if (key === "a") pressed_selected();
  else if (key === "l") toggle(list_panel);
  else if (key === "n") select_next(event.shiftKey ? -1 : 1);
  else if (key === "p") toggle_sound();
  else if (key === "m") strip_wishes.menu(selection.key ?? "");
  else if (key === "?") help_panel.open();
  else if (/^[1-9]$/.test(key)) go_to_room(Number(key) - 1);
  else return;
  event.preventDefault();
}

/** @param {1 | -1} step */
function select_next(step) {
  selection.move(standing(model.beds.values()), step);
  dirty = true;
}

/** @param {number} index */
function go_to_room(index) {
  const bed = [...model.beds.keys()][index];
  const view = bed === undefined ? undefined : tiles.get(bed);
  if (!view) return;
  view.root.focus();
  const worst = standing(model.beds.values()).find((one) => one.bed === bed && is_open(one.alarm));
  if (worst) selection.choose(worst.key);
  dirty = true;
}

/** All blocks of a priority flash together, whenever each began. */
function in_step(/** @type {AnimationEvent} */ event) {
  if (!(event.target instanceof Element)) return;
  for (const animation of event.target.getAnimations()) animation.startTime = 0;
}

document.addEventListener("keydown", key_pressed);
document.addEventListener("animationstart", in_step);
by_id("more").addEventListener("click", () => toggle(list_panel));
by_id("list-close").addEventListener("click", () => list_panel.close());
by_id("person-now").addEventListener("click", () =>
  people.ask(model.staff, "Who is at this station?", null, () => {
    dirty = true;
  }),
);
by_id("help-open").addEventListener("click", () => toggle(help_panel));
by_id("help-close").addEventListener("click", () => help_panel.close());
addEventListener("online", () => net.hurry());
addEventListener("pageshow", () => net.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") net.hurry();
});
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => {
  for (const view of tiles.values()) for (const sweep of view.sweeps.values()) sweep.refresh();
});
// A hidden page gets no frames; its words must not be old when somebody looks again.
setInterval(() => {
  const now = performance.now();
  if (now - refreshed_at > 2 * REFRESH_MS) refresh(now);
}, 1_000);

net.connect();
requestAnimationFrame(frame);
