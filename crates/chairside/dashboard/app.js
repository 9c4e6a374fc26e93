// @ts-check
// The page: socket in, model, views out. It wires the others together and drives them by the clock.

import { Acting } from "./acting.js";
import { Actions } from "./actions.js";
import { Annunciator } from "./annunciator.js";
import { Announcer } from "./announce.js";
import { why_not } from "./ask.js";
import { appear, on_system_change } from "./appearance.js";
import { dialog_panel, toggle } from "./dialogs.js";
import { by_id, hide, on_press, set_attribute } from "./dom.js";
import { refusal_words } from "./evidence.js";
import { flash, next_turn } from "./flash.js";
import { Guard } from "./guard.js";
import { Kiosk, wants_kiosk } from "./kiosk.js";
import { language, speak, t, translate, wanted_language } from "./language.js";
import { make_installable } from "./install.js";
import { LimitsPanel } from "./limits-panel.js";
import { Menu } from "./menu.js";
import { Model } from "./model.js";
import { Net } from "./net.js";
import { Notice } from "./notice.js";
import { People } from "./people.js";
import { off_banners, off_here } from "./quiet.js";
import { address_of } from "./routes.js";
import { SameName } from "./same-name.js";
import { by_urgency, kept_settings, legible_words } from "./settings.js";
import { DISPLAY_REQUEST, Sound } from "./sound/sound.js";
import { SoundPanel } from "./sound/panel.js";
import { Sleep } from "./sleep.js";
import { station_name } from "./station.js";
import { standing } from "./alarms.js";
import { Status } from "./status.js";
import { Views } from "./views.js";
import { StationView } from "./views/station.js";

/** Whoever tests the sound goes to where it is to be heard, and comes back to say so, milliseconds. */
const LISTENS_MS = 180_000;

/** The page draws this often at most, milliseconds. */
const FRAME_MS = 50;

/** A frame counts as that of a moment so close to it, milliseconds: half of one of a usual screen. */
const NEAR_MS = 8;

/** Numbers that come all the time are put on the page together, this often at most, milliseconds. */
const TOGETHER_MS = 200;

let settings = kept_settings();
appear(settings);
await speak(wanted_language(navigator.languages));
document.documentElement.lang = language();
translate(document.body);

const guard = new Guard((error) => {
  by_id("failed").hidden = false;
  console.error(error);
});
addEventListener("error", ({ error }) => {
  // What the browser itself reports carries none: an observer that was told twice, for one.
  if (error) guard.failed(error);
});
addEventListener("unhandledrejection", ({ reason }) => guard.failed(reason));
on_press("failed", () => location.reload());

const page = `dashboard-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
const model = new Model(performance.now());
const station = station_name();
const actions = new Actions(page, station);
const same_name = new SameName(page, station);
const announcer = new Announcer();
const notice = new Notice(announcer);
const status = new Status();
const sleep = new Sleep();

const person_panel = dialog_panel("person");
const help_panel = dialog_panel("help");
const menu_panel = dialog_panel("menu");
const limits_panel = dialog_panel("limits");
const sound_dialog = dialog_panel("sound-panel", LISTENS_MS);
const people = new People(person_panel);
const menu = new Menu(menu_panel);

let dirty = true;
/** Nothing but numbers has changed. */
let can_wait = false;
/** Whether all of the page was brought up to date the last time. */
let is_well = false;
let refreshed_at = -Infinity;
/** Numbers alone, or all. */
let renewed_at = -Infinity;
/** The last message of the stream that was known then. */
let refreshed_seq = 0;
let looked_at = -Infinity;
let drawn_at = -Infinity;
/** The moment for which a frame is asked, if for one. */
let asked_for = Infinity;
let asking = 0;

function changed() {
  dirty = true;
  ask_for_frame();
}

/** What was said of the last end of the connection. */
let ended = "";
const net = new Net(`${location.origin.replace("http", "ws")}/api/v1/live?bundled=true`, {
  opened() {
    model.opened(performance.now());
    sound.connected();
    changed();
  },
  closed(why, stopping) {
    model.closed(stopping);
    if (why && !stopping) {
      ended = t("The connection ended: {why}", { why });
      notice.say(ended);
    }
    changed();
  },
  received(message) {
    // What was on its way when the machine fell asleep is of then, and so is all that is shown.
    if (woke_up()) {
      refresh(performance.now());
      return;
    }
    const now = performance.now();
    const reply = model.receive(message, now);
    if (message.type === "snapshot") notice.take_back(ended);
    sound.received(message, now);
    if (reply) net.send(reply);
    if (message.type === "result" && message.request === DISPLAY_REQUEST) {
      sound.refused(refusal_words(message.error ?? ""), now);
    } else if (message.type === "result") {
      const words = actions.answered(message);
      if (words) notice.say(words);
    }
    if (message.type === "observation") can_wait = true;
    else if (message.type !== "waveform" && message.type !== "heartbeat") changed();
  },
});

/** Tells whether this machine slept: nothing that is known is of now, and the service is asked anew. */
function woke_up() {
  const slept_ms = sleep.look(performance.now(), Date.now());
  if (slept_ms === 0) return false;
  model.slept(slept_ms);
  changed();
  net.connect();
  return true;
}

const acting = new Acting(actions, people, {
  staff: () => model.staff,
  notice: (text) => notice.say(text),
  clear_notice: () => notice.clear(),
  send(message) {
    changed();
    return net.send(message);
  },
});
const limits = new LimitsPanel(
  limits_panel,
  (id, limit, value, reason, refused) => with_bed(id, (bed) => acting.set_limit(bed, limit, value, reason, refused)),
  () => people.current(model.staff)?.role,
);
const annunciator = new Annunciator({ model, station, actions, acting, people, announcer, notice, menu, changed });
const panels = [person_panel, help_panel, annunciator.panel, menu_panel, limits_panel, sound_dialog];

/** @satisfies {import("./views/station.js").Pressed} */
const pressed = {
  /** @param {string} id */
  open: (id) => go(address_of("bed", id)),
  /** @param {string} id */
  limits: (id) => with_bed(id, (bed) => limits.open(bed)),
  /** @param {string} id @param {import("./quiet.js").Quiet} quiet */
  quiet: (id, quiet) => with_bed(id, (bed) => acting.end(bed, quiet)),
};
const station_view = new StationView(model, station, pressed);

/** The views; those beside the station are loaded when somebody wants them. @type {Views} */
const views = new Views(
  {
    station: () => station_view,
    async bed() {
      const { BedView } = await import("./views/bed.js");
      /** @param {string} id @param {import("./cuff.js").Order} order */
      const cuff = (id, order) => with_bed(id, (bed) => acting.cuff(bed, order));
      /** @type {import("./session-panel.js").Wanted} */
      const session = (id, wish, refused) => with_bed(id, (bed) => acting.session(bed, wish, refused));
      return new BedView(model, station, { ...pressed, cuff, session }, () => actions.sending());
    },
    async devices() {
      const { DevicesView } = await import("./views/devices.js");
      return new DevicesView(model, people);
    },
    async day() {
      const { DayView } = await import("./views/day.js");
      return new DayView({ model, station, people, play_tones: () => sound_panel.test(), log: sound.speaker.log });
    },
    async phone() {
      const { PhoneView } = await import("./views/phone.js");
      return new PhoneView({ model, station, actions, acting, people, say: (text) => notice.say(text) });
    },
    async quiet() {
      const { RoomView } = await import("./views/room.js");
      return new RoomView({ model, call: (bed, refused) => acting.call(bed, refused), changed });
    },
    async settings() {
      const { SettingsView } = await import("./views/settings.js");
      const digits = () => station_view.digits;
      return new SettingsView({ station, kiosk: kiosk.wanted, settings, set: set_settings, digits });
    },
  },
  (error) => {
    notice.say(t("This view could not be loaded: {why}", { why: why_not(error) }));
    go(address_of("station"));
  },
  () => refresh(performance.now()),
);
// After the views: it asks for a frame at once, which depends on which of them is open.
const kiosk = new Kiosk(wants_kiosk(location.search), changed);
set_attribute(document.body, "data-kiosk", kiosk.wanted);
station_view.by_urgency = by_urgency(settings, kiosk.wanted);

/** @param {import("./settings.js").Settings} wanted */
function set_settings(wanted) {
  settings = wanted;
  appear(settings);
  station_view.by_urgency = by_urgency(settings, kiosk.wanted);
  views.recolour();
  changed();
}

const sound = new Sound({
  model,
  station,
  view: () => ({ address: address_of(views.name), silent: is_patients() }),
  send: (message) => net.send(message),
  changed,
});
const sound_panel = new SoundPanel(sound, sound_dialog, people, model);
globalThis.chairside_sound_log = sound.speaker.log;

/** What is shown is the patient's own screen: it tells of no alarm, and no key does anything. */
function is_patients() {
  return views.name === "quiet";
}

/**
 * When all words and numbers are brought up to date again, for ages run and blocks flash in the same
 * frame, and when curves are drawn: at multiples, so that frames for one thing are those for another.
 */
function due() {
  const refresh_at = dirty ? -Infinity : next_turn(refreshed_at + NEAR_MS);
  const every_ms = Math.max(FRAME_MS, views.frame_ms);
  return { refresh_at, draw_at: (Math.floor((drawn_at + NEAR_MS) / every_ms) + 1) * every_ms };
}

/** Asks for the next frame in which there is something to do: the browser goes through the whole page for each. */
function ask_for_frame() {
  const { refresh_at, draw_at } = due();
  const at = Math.max(looked_at + FRAME_MS, Math.min(refresh_at, draw_at));
  if (at >= asked_for) return;
  asked_for = at;
  clearTimeout(asking);
  asking = setTimeout(() => requestAnimationFrame(frame), at - NEAR_MS - performance.now());
}

function frame() {
  // Not the frame's own time: that may be before it was asked for.
  const now = performance.now();
  asked_for = Infinity;
  looked_at = now;
  const moment = now + NEAR_MS;
  flash(moment, document.documentElement.dataset.motion === "less" || !model.is_live(now));
  const { refresh_at, draw_at } = due();
  if (moment >= refresh_at) refresh(now);
  else if (can_wait && moment >= renewed_at + TOGETHER_MS) refresh_numbers(now);
  // With what changes anyway, or when the pens have gone far enough.
  if (renewed_at === now || moment >= draw_at) draw(now);
  ask_for_frame();
}

/** @param {number} now */
function draw(now) {
  drawn_at = now;
  // A page of which a part has failed shows something old: it is not one that somebody watches.
  if (guard.run(() => views.draw(now)) && is_well) sound.painted(now, refreshed_seq);
}

/**
 * Brings all words and numbers up to date, the alarms first.
 * @param {number} now
 */
function refresh(now) {
  dirty = false;
  refreshed_at = now;
  renewed(now);
  let new_high = false;
  const connect = () => {
    if (!woke_up() && model.wants_new_socket(now)) net.connect();
  };
  const look = () => sound.look(performance.now());
  if (is_patients()) {
    is_well = guard.run(connect, look, () => show_status(now), () => views.refresh(now));
    return;
  }
  is_well = guard.run(
    connect,
    () => {
      new_high = annunciator.refresh(now);
    },
    look,
    () => sound_panel.refresh(performance.now(), off_here(model.beds.values(), station, now)),
    () => show_status(now),
    () => follow_panels(now, new_high),
    () => views.refresh(now),
    () => annunciator.announce(now),
    () => notice.refresh(now),
    () => annunciator.look(now),
  );
}

/**
 * Brings the numbers up to date that have come since: nothing else has changed but ages.
 * @param {number} now
 */
function refresh_numbers(now) {
  renewed(now);
  is_well = guard.run(() => views.refresh(now, true)) && is_well;
}

/**
 * All that is known now is on the page with the next frame.
 * @param {number} now
 */
function renewed(now) {
  can_wait = false;
  renewed_at = now;
  refreshed_seq = model.complete ? model.seq : 0;
}

/** @param {number} now */
function show_status(now) {
  const overdue = actions.overdue(now);
  if (overdue) notice.say(overdue);
  const off = [...off_banners(model.beds.values(), model.staff, station, now), ...kiosk.banners()];
  hide(by_id("full-screen"), !kiosk.wants_full_screen);
  show_legible();
  status.update(model, people.current(model.staff), now, Date.now(), off, station_problems(now));
}

/**
 * @param {number} now
 * @param {boolean} new_high
 */
function follow_panels(now, new_high) {
  if (people.follow(standing(model.beds.values()))) {
    notice.say(t("That alarm does not wait for anybody any more – nothing was acknowledged"));
  }
  // Nothing stands in the way of a new high alarm.
  for (const panel of panels) if (panel.is_open) panel.follow(now, new_high);
  if (new_high) views.leave();
  limits.follow(model.beds, model.staff, now);
}

/**
 * What keeps this station from being one that the service can count on.
 * @param {number} now
 */
function station_problems(now) {
  const why = sound.refusal(now);
  const is_shared = same_name.follow(model.connection(now) === "live", now);
  return [
    ...(why === null ? [] : [t("THIS STATION IS NOT COUNTED AS HEARD – the service refuses what it says of itself: {why}", { why })]),
    ...(is_shared ? [t("ANOTHER DISPLAY IS CALLED {station} TOO – a pause of the sound at one holds at both. Rename one in the settings", { station })] : []),
  ];
}

/** Says at the button of the settings when the numbers are too small for where people stand. */
function show_legible() {
  const button = by_id("settings-open");
  const { text, small } = legible_words(settings, screen, station_view.digits);
  set_attribute(button, "data-small", small);
  set_attribute(button, "title", small ? text : t("Settings of this browser"));
}

/**
 * @param {string} id
 * @param {(bed: import("./model.js").BedState) => void} then
 */
function with_bed(id, then) {
  const bed = model.beds.get(id);
  if (bed) then(bed);
  changed();
}

/** @param {KeyboardEvent} event */
function key_pressed(event) {
  if (is_patients()) return;
  const typing = event.target instanceof Element && event.target.closest("dialog, input, select, textarea");
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "Escape") {
    if (panels.some((panel) => panel.is_open)) for (const panel of panels) panel.close();
    else if (!views.leave()) go(address_of("station"));
    return;
  }
  if (typing) return;
  const key = event.key.toLowerCase();
  if (key === "a") annunciator.acknowledge_selected();
  else if (key === "l") toggle(annunciator.panel);
  else if (key === "n") annunciator.select_next(event.shiftKey ? -1 : 1);
  else if (key === "p") annunciator.toggle_sound();
  else if (key === "m") annunciator.open_menu();
  else if (key === "?") help_panel.open();
  else if (/^[1-9]$/.test(key)) go_to_room(Number(key) - 1);
  else return;
  event.preventDefault();
}

/** @param {number} index */
function go_to_room(index) {
  const bed = [...model.beds.keys()][index];
  if (bed === undefined) return;
  if (views.name === "bed") {
    go(address_of("bed", bed));
    annunciator.select_of(bed);
    return;
  }
  go(address_of("station"));
  if (station_view.focus(bed)) annunciator.select_of(bed);
}

/** @param {string} hash */
function go(hash) {
  if (location.hash !== hash && !(location.hash === "" && hash === address_of("station"))) location.hash = hash;
  void views.go(hash);
  if (is_patients()) {
    for (const panel of panels) panel.close();
    document.title = "Chairside";
  }
  changed();
}

document.addEventListener("keydown", key_pressed);
on_press("person-now", () => people.ask(model.staff, t("Who is at this station?"), changed));
on_press("help-open", () => toggle(help_panel));
on_press("help-close", () => help_panel.close());
on_press("full-screen", () => void kiosk.fill_screen());
addEventListener("hashchange", () => go(location.hash));
addEventListener("online", () => net.hurry());
addEventListener("pageshow", () => net.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") net.hurry();
});
on_system_change(() => {
  appear(settings);
  views.recolour();
});
// A hidden page gets no frames; its words must not be old when somebody looks again.
setInterval(() => {
  const now = performance.now();
  if (now >= next_turn(next_turn(refreshed_at))) refresh(now);
}, 1_000);

document.documentElement.setAttribute("data-started", "");
by_id("unstarted").remove();
go(location.hash);
// A browser that refuses shows the page all the same.
make_installable().catch(() => {});
net.connect();
requestAnimationFrame(frame);
