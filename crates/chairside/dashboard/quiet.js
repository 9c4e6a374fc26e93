// @ts-check
// What people have made quiet, in words: the sound of a bed at this station, alarms that are
// paused, rules that are off. No DOM and no clock.

import { place, title } from "./alarms.js";
import { t } from "./language.js";
import { countdown, initials_of, name_of, time_of_day } from "./words.js";

/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {readonly import("./wire.js").Person[]} Staff */

/** For how long a press pauses the sound of a bed, seconds (clinical rule: at most 2 min). */
export const PAUSE_S = 120;

/**
 * A mark of something quiet: which, for how much longer, and who did it.
 * @typedef {object} Quiet
 * @property {"audio_paused" | "audio_off" | "alarm_paused" | "rule_off"} kind
 * @property {string} text "1:43 MN"
 * @property {string} words for whoever asks or cannot see
 * @property {string} id the alarm, or nothing where it is about sound
 * @property {number} more others of the same place
 */

/**
 * Returns the pause of a bed's sound at a station, or that it is off, until its time is over: also
 * when the service is not there to end it.
 * @param {BedState} bed
 * @param {string} station
 * @param {number} now
 */
export function quiet_at(bed, station, now) {
  return bed.audio.find((one) => one.station === station && now < one.deadline) ?? null;
}

/**
 * Tells whether an alarm is not heard: what a pause does not name, it does not cover.
 * @param {import("./wire.js").StationAudio | null} here
 * @param {import("./wire.js").ActiveAlarm} alarm
 */
export function is_silent(here, { call }) {
  return here !== null && (here.sound === "off" || (call !== undefined && here.covers !== undefined && call <= here.covers));
}

/**
 * Returns what is not heard of a bed at a station, or null when all is, or all of some alarms.
 * @param {BedState} bed
 * @param {Staff} staff
 * @param {string} station
 * @param {number} now
 * @param {import("./wire.js").ActiveAlarm[]} [alarms] a pause that covers none of them is no mark of theirs
 * @returns {Quiet | null}
 */
export function sound_at(bed, staff, station, now, alarms) {
  const here = quiet_at(bed, station, now);
  if (!here || (alarms && here.sound !== "off" && !alarms.some((alarm) => is_silent(here, alarm)))) return null;
  const { text, ...blanks } = whose(here, staff, now);
  const off = here.sound === "off";
  return {
    kind: off ? "audio_off" : "audio_paused",
    text,
    words: off ? t("sound off at this station, {left} left, {name}", blanks) : t("sound paused at this station, {left} left, {name}", blanks),
    id: "",
    more: 0,
  };
}

/**
 * Returns the mark of each place of a tile, `""` for what is about no number: the one that lasts
 * longest, a rule that is off before an alarm that is paused.
 * @param {BedState} bed
 * @param {Staff} staff
 * @param {number} now
 * @returns {Map<string, Quiet>}
 */
export function suspended_places(bed, staff, now) {
  const marks = new Map();
  const order = [...bed.suspended].sort(
    (a, b) => Number(a.kind === "alarm_paused") - Number(b.kind === "alarm_paused") || b.deadline - a.deadline,
  );
  for (const one of order) {
    const where = place(one.id) ?? "";
    const known = marks.get(where);
    if (known) known.more += 1;
    else marks.set(where, suspended_mark(one, staff, now));
  }
  return marks;
}

/**
 * @param {import("./model.js").Timed<import("./wire.js").Suspended>} one
 * @param {Staff} staff
 * @param {number} now
 * @returns {Quiet}
 */
export function suspended_mark(one, staff, now) {
  const { text, ...who } = whose(one, staff, now);
  const blanks = { title: title(one.id), reason: one.reason, ...who };
  return {
    kind: one.kind,
    text,
    words:
      one.kind === "rule_off"
        ? t("{title} is off, {left} left, {name}: {reason}", blanks)
        : t("{title} is paused, {left} left, {name}: {reason}", blanks),
    id: one.id,
    more: 0,
  };
}

/**
 * The line of a bed of which very many alarms began. Which is the worst, the list says: of those
 * that began it may be over.
 * @param {import("./wire.js").Flood} flood
 */
export function flood_words(flood) {
  return t("{count} new alarms since {time}", { count: flood.count, time: time_of_day(Date.parse(flood.since)).slice(0, 5) });
}

/**
 * Returns the station's banners: the sound of which beds is off here. It stays visible as long as
 * that lasts.
 * @param {Iterable<BedState>} beds
 * @param {Staff} staff
 * @param {string} station
 * @param {number} now
 */
export function off_banners(beds, staff, station, now) {
  return off_here(beds, station, now).map((bed) => {
    const left = sound_at(bed, staff, station, now)?.text ?? "";
    return t("SOUND OFF HERE FOR {bed} – {left}", { bed: bed.name.toUpperCase(), left });
  });
}

/**
 * Returns the beds of which no sound is heard at a station.
 * @param {Iterable<BedState>} beds
 * @param {string} station
 * @param {number} now
 */
export function off_here(beds, station, now) {
  return [...beds].filter((bed) => quiet_at(bed, station, now)?.sound === "off");
}

/**
 * What is left of something quiet and by whom it is, in few letters and apart.
 * @param {{deadline: number, remaining_ms: number, by: string}} one
 * @param {Staff} staff
 * @param {number} now
 */
function whose(one, staff, now) {
  const left = remaining(one, now);
  return { left, name: name_of(staff, one.by), text: `${left} ${initials_of(staff, one.by)}`.trim() };
}

/**
 * What is left of a time; the service says when it is really over.
 * @param {{deadline: number, remaining_ms: number}} one
 * @param {number} now
 */
function remaining({ deadline, remaining_ms }, now) {
  // A frame's time is that of its start, and the message may have come since.
  const left_ms = Math.min(deadline - now, remaining_ms);
  if (left_ms <= 0) return t("ending");
  const hours = Math.floor(left_ms / 3_600_000);
  if (hours === 0) return countdown(left_ms);
  const minutes = Math.floor(left_ms / 60_000) % 60;
  return `${hours} h ${String(minutes).padStart(2, "0")}`;
}
