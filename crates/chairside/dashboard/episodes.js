// @ts-check
// What alarms a bed has had and has: the record's episodes joined with those that stand now.
// No DOM and no clock.

import { is_technical } from "./alarms.js";

/** @typedef {import("./wire.js").Priority} Priority */

/**
 * An alarm from its onset to its end.
 * @typedef {object} Episode
 * @property {string} key
 * @property {string} id
 * @property {Priority} priority the worst it was told with
 * @property {boolean} technical
 * @property {number} began_ms
 * @property {number | null} ended_ms null while its condition lasts, or when its end is not known
 * @property {boolean} standing it is one of the alarms that stand now
 * @property {Seen[]} seen
 * @property {string} evidence
 */

/** @typedef {{by: string, at_ms: number | null}} Seen who has seen it, and when; null where the record does not say so yet */

/**
 * The service's answer to `GET …/history` (docs/http.md).
 * @typedef {object} HistoryAnswer
 * @property {RecordedEpisode[]} alarms
 */

/**
 * @typedef {object} RecordedEpisode
 * @property {string} id
 * @property {string} occurrence
 * @property {Priority} priority
 * @property {"physiological" | "technical"} kind
 * @property {string} began RFC 3339
 * @property {string | null} [ended] RFC 3339
 * @property {{by: string, at: string}[]} acknowledged
 * @property {string} evidence
 */

/** The alarms of a bed that this page has heard of itself: the record is asked once a minute only. */
export class Heard {
  /** @type {Map<string, {alarm: import("./wire.js").ActiveAlarm, gone_ms: number | null}>} */
  #all = new Map();

  /**
   * Takes the alarms that stand now.
   * @param {readonly import("./wire.js").ActiveAlarm[]} active
   * @param {number} service_ms
   * @param {boolean} is_whole whether nothing was missed since the last time
   */
  follow(active, service_ms, is_whole) {
    const standing = new Set(active.map(key));
    for (const [name, one] of this.#all) {
      if (!standing.has(name)) one.gone_ms ??= is_whole ? service_ms : NaN;
    }
    for (const alarm of active) this.#all.set(key(alarm), { alarm, gone_ms: null });
  }

  /**
   * Forgets what was over before a time.
   * @param {number} from_ms
   */
  forget_before(from_ms) {
    for (const [name, { alarm, gone_ms }] of this.#all) {
      if (gone_ms !== null && Date.parse(alarm.since) < from_ms) this.#all.delete(name);
    }
  }

  /** @returns {Episode[]} */
  episodes() {
    return [...this.#all.values()].map(({ alarm, gone_ms }) => {
      const episode = from_feed(alarm);
      if (gone_ms === null) return episode;
      // An alarm that leaves without having said its end has ended just then.
      const ended_ms = episode.ended_ms ?? (Number.isNaN(gone_ms) ? null : gone_ms);
      return { ...episode, standing: false, ended_ms };
    });
  }
}

/**
 * Returns the episodes of a bed, newest first. What stands now is as the live feed says it, and
 * what the record does not have yet as this page has heard it.
 * @param {readonly RecordedEpisode[]} recorded
 * @param {readonly import("./wire.js").ActiveAlarm[]} active
 * @param {readonly Episode[]} [heard]
 * @returns {Episode[]}
 */
export function episodes(recorded, active, heard = []) {
  const live = new Map(active.map((alarm) => [key(alarm), alarm]));
  const ours = new Map(heard.map((episode) => [episode.key, episode]));
  const found = recorded.map((one) => {
    const name = key(one);
    return from_record(one, live.get(name), ours.get(name));
  });
  const known = new Set(found.map((episode) => episode.key));
  for (const episode of [...active.map(from_feed), ...heard]) {
    if (!known.has(episode.key)) found.push(episode);
    known.add(episode.key);
  }
  return found.sort((a, b) => b.began_ms - a.began_ms || (a.key < b.key ? 1 : -1));
}

/**
 * @param {RecordedEpisode} one
 * @param {import("./wire.js").ActiveAlarm | undefined} alarm the same, if it stands
 * @param {Episode | undefined} heard the same, if this page has heard of it
 * @returns {Episode}
 */
function from_record(one, alarm, heard) {
  const episode = episode_of(one, one.began, alarm ? alarm.ended : one.ended);
  return {
    ...episode,
    ended_ms: alarm ? episode.ended_ms : (episode.ended_ms ?? heard?.ended_ms ?? null),
    standing: alarm !== undefined,
    seen: with_more(one.acknowledged.map(({ by, at }) => ({ by, at_ms: Date.parse(at) })), alarm ? seen_live(alarm) : (heard?.seen ?? [])),
  };
}

/**
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @returns {Episode}
 */
function from_feed(alarm) {
  return { ...episode_of(alarm, alarm.since, alarm.ended), standing: true, seen: seen_live(alarm) };
}

/**
 * @param {RecordedEpisode | import("./wire.js").ActiveAlarm} one
 * @param {string} began
 * @param {string | null | undefined} ended
 */
function episode_of(one, began, ended) {
  const { id, priority, evidence } = one;
  return {
    key: key(one),
    id,
    priority,
    technical: is_technical(one),
    began_ms: Date.parse(began),
    ended_ms: ended ? Date.parse(ended) : null,
    evidence,
  };
}

/**
 * Who has seen an alarm by the live feed, which knows it before the record is asked again, but not when.
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @returns {Seen[]}
 */
function seen_live({ signal, by }) {
  return signal === "acknowledged" && by !== undefined ? [{ by, at_ms: null }] : [];
}

/**
 * @param {Seen[]} seen
 * @param {Seen[]} more
 */
function with_more(seen, more) {
  return [...seen, ...more.filter(({ by }) => seen.every((one) => one.by !== by))];
}

/** @param {{id: string, occurrence: string}} episode */
function key({ id, occurrence }) {
  return `${id}/${occurrence}`;
}
