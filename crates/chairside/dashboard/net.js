// @ts-check
// The socket, and how it comes back.

import { t } from "./language.js";
import { read } from "./wire.js";

/** The first wait before connecting again, and the longest, milliseconds: back within three seconds. */
const WAIT_FIRST_MS = 250;
const WAIT_MAX_MS = 2_500;

/** How a service that stops closes its sockets: RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

/** A socket that does not open in this time never will, milliseconds. */
const OPEN_MAX_MS = 4_000;

/**
 * Returns how long to wait before the next attempt: twice as long each time, and up to a third
 * less by chance, so that many pages do not come back at the same moment.
 * @param {number} attempt 0 for the first
 * @param {number} chance 0 to 1
 */
export function wait_ms(attempt, chance) {
  return Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** Math.min(attempt, 10)) * (1 - chance / 3);
}

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {(why: string, stopping: boolean) => void} closed why, and whether the service has said that it stops
 * @property {(message: import("./wire.js").ServerMessage) => void} received
 */

export class Net {
  #address;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} address
   * @param {Listener} listener
   */
  constructor(address, listener) {
    this.#address = address;
    this.#listener = listener;
  }

  /** Connects now, whatever was going on. */
  connect() {
    clearTimeout(this.#timer);
    this.#drop("", false);
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#again(socket, t("the service does not answer"), false), OPEN_MAX_MS);
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      this.#listener.opened();
    });
    socket.addEventListener("message", (event) => {
      for (const message of read(event.data)) {
        // One of before can have ended it.
        if (socket !== this.#socket) return;
        if (message.type === "snapshot") this.#attempt = 0;
        this.#listener.received(message);
      }
    });
    socket.addEventListener("close", (event) => this.#again(socket, event.reason, event.code === GOING_AWAY));
  }

  /** Connects now unless a socket is open or opening. */
  hurry() {
    if (this.#socket === null) this.connect();
  }

  /**
   * @param {object} message
   * @returns {boolean} whether it could be sent
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * @param {WebSocket} socket
   * @param {string} why
   * @param {boolean} stopping
   */
  #again(socket, why, stopping) {
    if (socket !== this.#socket) return;
    this.#drop(why, stopping);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), wait_ms(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  /**
   * @param {string} why
   * @param {boolean} stopping
   */
  #drop(why, stopping) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close();
    this.#listener.closed(why, stopping);
  }
}
