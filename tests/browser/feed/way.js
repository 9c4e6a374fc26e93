// A way between a page and its service that a test can make worse: a proxy for TCP that delays,
// stops forwarding without a word to either end, or narrows.

import { connect, createServer } from "node:net";

export class Way {
  /** What is on its way takes this much longer in each direction, milliseconds. */
  delay_ms = 0;
  #dead = false;
  #pairs = new Set();
  #server;
  address;

  /** Opens a way to a service on this machine. */
  static open(service_address) {
    const way = new Way();
    const { port } = new URL(service_address);
    way.#server = createServer((client) => {
      const pair = [client, connect(Number(port), "127.0.0.1")];
      way.#pairs.add(pair);
      way.#forward(pair, 0);
      way.#forward(pair, 1);
    });
    return new Promise((resolve) => {
      way.#server.listen(0, "127.0.0.1", () => {
        way.address = `http://127.0.0.1:${way.#server.address().port}`;
        resolve(way);
      });
    });
  }

  #forward(pair, from) {
    const [source, target] = from === 0 ? pair : [pair[1], pair[0]];
    // In order, however the delay changes.
    let last = Promise.resolve();
    const later = (act) => {
      const due = new Promise((resolve) => {
        setTimeout(resolve, this.delay_ms);
      });
      last = Promise.all([last, due]).then(act);
    };
    source.on("data", (bytes) => {
      if (this.#dead || pair.dead) return;
      later(() => {
        if (!pair.dead && !target.destroyed) target.write(bytes);
      });
    });
    source.on("error", () => {});
    source.on("close", () => {
      if (pair.dead) return;
      later(() => target.destroy());
      this.#pairs.delete(pair);
    });
  }

  /** Forwards nothing any more on what is open now, and tells neither end: no FIN, no reset. */
  go_dead() {
    for (const pair of this.#pairs) pair.dead = true;
  }

  /** Lets nothing through, new connections neither. */
  block() {
    this.#dead = true;
    this.go_dead();
  }

  unblock() {
    this.#dead = false;
  }

  /** Reads nothing from the service any more, as a client that has no time. */
  stop_reading() {
    for (const [, service] of this.#pairs) service.pause();
  }

  go_on_reading() {
    for (const [, service] of this.#pairs) service.resume();
  }

  close() {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
  }
}
