// @ts-check
// What alarms a bed has had and has: the record's episodes joined with those that stand now.
// No DOM and no clock.

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
 * @property {{by: string, at_ms: number}[]} seen
 * @property {string} evidence
 */

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

/**
 * Returns the episodes of a bed, newest first. What stands now is as the live feed says it.
 * @param {readonly RecordedEpisode[]} recorded
 * @param {readonly import("./wire.js").ActiveAlarm[]} active
 * @returns {Episode[]}
 */
export function episodes(recorded, active) {
  const live = new Map(active.map((alarm) => [key(alarm.id, alarm.occurrence), alarm]));
  const found = recorded.map((one) => from_record(one, live.get(key(one.id, one.occurrence))));
  const known = new Set(found.map((episode) => episode.key));
  for (const [name, alarm] of live) if (!known.has(name)) found.push(from_feed(alarm));
  return found.sort((a, b) => b.began_ms - a.began_ms || (a.key < b.key ? 1 : -1));
}

/**
 * @param {RecordedEpisode} one
 * @param {import("./wire.js").ActiveAlarm | undefined} alarm the same, if it stands
 * @returns {Episode}
 */
function from_record(one, alarm) {
  const ended = alarm ? alarm.ended : one.ended;
  return {
    key: key(one.id, one.occurrence),
    id: one.id,
    priority: one.priority,
    technical: one.kind === "technical",
    began_ms: Date.parse(one.began),
    ended_ms: ended ? Date.parse(ended) : null,
    standing: alarm !== undefined,
    seen: one.acknowledged.map(({ by, at }) => ({ by, at_ms: Date.parse(at) })),
    evidence: one.evidence,
  };
}

/**
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @returns {Episode}
 */
function from_feed(alarm) {
  return {
    key: key(alarm.id, alarm.occurrence),
    id: alarm.id,
    priority: alarm.priority,
    technical: alarm.kind === "technical",
    began_ms: Date.parse(alarm.since),
    ended_ms: alarm.ended ? Date.parse(alarm.ended) : null,
    standing: true,
    seen: [],
    evidence: alarm.evidence,
  };
}

/**
 * @param {string} id
 * @param {string} occurrence
 */
function key(id, occurrence) {
  return `${id}/${occurrence}`;
}
