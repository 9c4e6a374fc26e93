// @ts-check
// What is said about the sound. No DOM and no clock.

import { t } from "../language.js";
import { initials_of, time_of_day } from "../words.js";

/** @typedef {import("./arming.js").SoundState} SoundState */
/** @typedef {{sound: SoundState, confirmed: import("./arming.js").Confirmed | null, expired: boolean}} State */

/**
 * What the status bar says.
 * @param {State} state
 * @param {readonly import("../wire.js").Person[]} staff
 * @param {readonly {name: string}[]} off the beds of which no sound is heard here
 */
export function sound_words({ sound, confirmed }, staff, off = []) {
  if (sound === "muted") return t("NO SOUND HERE");
  if (sound !== "running" || confirmed === null) return t("SOUND OFF");
  if (off.length > 0) return t("SOUND ON, not for {rooms}", { rooms: off.map(({ name }) => name).join(", ") });
  return t("SOUND ON (tested {time} {who})", { time: time_of_day(confirmed.at).slice(0, 5), who: initials_of(staff, confirmed.by) });
}

/**
 * Why it cannot be relied on; nothing when it can.
 * @param {State} state
 */
export function sound_reason({ sound, confirmed, expired }) {
  if (sound === "suspended") {
    return confirmed === null ? t("the browser plays nothing until somebody taps") : t("the browser has stopped playing");
  }
  if (sound !== "unconfirmed") return "";
  return expired ? t("it was tested more than twelve hours ago") : t("nobody has said that it can be heard");
}
