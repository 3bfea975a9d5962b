/** The conversation over links that come and go: what is said, what is said again, and when it comes again. */
import { beforeEach, describe, expect, it } from "vitest";
import {
  ACK_MAX_MS,
  ATTEMPTS_MAX_COUNT,
  type Connection,
  connect,
  POST_SPELL_MS,
  SOCKET_FAILURES_MAX_COUNT,
  type Talk,
  WELCOME_MAX_MS,
} from "../src/connection";
import { encode } from "../src/msgpack";
import { createOutbox, type Outbox } from "../src/outbox";
import { ACTIONS, actionOf, RETRY_FIRST_MS, RETRY_MAX_MS, retryDelay, WAIT_MIN_MS } from "../src/retry";
import { CloseCode } from "../src/wire.gen";
import { CHANGE, FakeHost, FakeLinks } from "./fakes";

let host: FakeHost;
let sockets: FakeLinks;
let posts: FakeLinks;
let outbox: Outbox;
let connection: Connection;
let refused: [string, string][];
let heard: unknown[];
let settled: number;
let entered: number;
let left: number;

function start(enter: Talk["enter"] = (run) => run(() => left++)): void {
  connection = connect(host, { socket: sockets.open, post: posts.open }, outbox, {
    enter(run) {
      entered++;
      enter(run);
    },
    hello: () => encode([0, "hello"]),
    now: () => host.wall(),
    welcomed: (welcome) => heard.push(welcome.session),
    heard: (message) => heard.push(message.type),
    settled: (now) => (settled += now ? 1 : 0),
    refused: (action, reason) => refused.push([action, reason]),
  });
}

function say(...times: number[]): void {
  for (const t of times) {
    outbox.facts.add("tab", t, { visible: true });
    outbox.facts.cut(t);
  }
}

/** Lets time go by until another link is tried. */
function untilNext(): void {
  const count = () => sockets.links.length + posts.links.length;
  const before = count();
  for (let waited = 0; count() === before && waited < 2 * RETRY_MAX_MS; waited += 50) host.advance(50);
}

const numbers = () =>
  sockets
    .last()
    .batches(0)
    .map((batch) => batch.number);

beforeEach(() => {
  host = new FakeHost();
  sockets = new FakeLinks();
  posts = new FakeLinks(false);
  outbox = createOutbox(host, null, { ready() {}, broken() {} });
  refused = [];
  heard = [];
  settled = entered = left = 0;
});

describe("a conversation", () => {
  it("says hello, then its clock, then what waits, facts first", () => {
    start();
    outbox.picture.add(CHANGE(1));
    outbox.picture.cut();
    say(1, 2);
    const link = sockets.last();
    link.open();
    host.advance(40);
    expect(link.sent).toEqual([[0, "hello"]]);
    link.welcome();
    expect(link.sent.slice(1).map((message) => message.slice(0, 3))).toEqual([
      [1, host.wall() - 40, host.wall()],
      [2, 0, 1],
      [2, 0, 2],
      [2, 1, 1],
    ]);
    expect(connection.ready()).toBe(true);
  });

  it("is settled when all is acknowledged", () => {
    start();
    say(1, 2);
    sockets.last().open();
    sockets.last().welcome();
    sockets.last().ack(0, 1);
    expect(settled).toBe(0);
    sockets.last().ack(0, 2);
    expect(settled).toBe(1);
    expect(outbox.empty()).toBe(true);
  });

  it("passes on what it hears", () => {
    start();
    const link = sockets.last();
    link.open();
    link.welcome({ session: "s7" });
    link.watched(true);
    link.wantCheckpoint();
    link.token("t2");
    link.say(99, "from a newer collector");
    expect(heard).toEqual(["s7", "Watched", "CheckpointWanted", "Token"]);
  });

  it("leaves its turn as soon as it is welcomed, and not before", () => {
    start();
    sockets.last().open();
    expect(left).toBe(0);
    sockets.last().welcome();
    expect(left).toBe(1);
  });

  it("waits for its turn", () => {
    let run = (_: () => void) => {};
    start((given) => {
      run = given;
    });
    expect(sockets.links).toEqual([]);
    run(() => {});
    expect(sockets.links).toHaveLength(1);
  });

  it("gives its turn back where it was closed meanwhile", () => {
    let run = (_: () => void) => {};
    start((given) => {
      run = given;
    });
    connection.close();
    run(() => left++);
    expect(left).toBe(1);
    expect(sockets.links).toEqual([]);
  });

  it("keeps what a busy link cannot take until an acknowledgement", () => {
    start();
    const link = sockets.last();
    link.open();
    link.welcome();
    link.waiting = 1_000_000;
    outbox.picture.add(CHANGE(1));
    outbox.picture.cut();
    say(1);
    connection.pump();
    expect([link.batches(0).length, link.batches(1).length]).toEqual([1, 0]);
    expect(connection.quiet()).toBe(false);
    link.waiting = 0;
    link.ack(0, 1);
    expect(link.batches(1).length).toBe(1);
    expect(connection.quiet()).toBe(true);
  });
});

describe("a network that goes away", () => {
  it("costs nothing: the same bytes go again, from what was acknowledged", () => {
    start();
    say(1, 2, 3);
    const first = sockets.last();
    first.open();
    first.welcome();
    first.ack(0, 1);
    first.end();
    say(4);
    connection.pump();
    untilNext();
    const second = sockets.last();
    expect(second).not.toBe(first);
    second.open();
    second.welcome({ facts_acked: 2 });
    expect(numbers()).toEqual([3, 4]);
    expect(second.raw.at(-2)).toEqual(first.raw.at(-1));
  });

  it("is tried again later and later, from at once to a minute, never all pages together", () => {
    expect(retryDelay(1, "retry", 1)).toBe(RETRY_FIRST_MS);
    expect(retryDelay(1, "retry", 0)).toBe(RETRY_FIRST_MS / 2);
    expect(retryDelay(4, "retry", 1)).toBe(RETRY_FIRST_MS * 8);
    expect(retryDelay(400, "retry", 1)).toBe(RETRY_MAX_MS);
    expect(retryDelay(1, "wait", 0)).toBe(WAIT_MIN_MS / 2);
  });

  it("comes back at once when the browser says so", () => {
    start();
    sockets.last().open();
    sockets.last().welcome();
    sockets.last().end();
    expect(sockets.links).toHaveLength(1);
    connection.hurry();
    expect(sockets.links).toHaveLength(2);
    connection.hurry();
    expect(sockets.links).toHaveLength(2);
  });

  it("is noticed where nothing says so: no welcome, no acknowledgement", () => {
    start();
    const first = sockets.last();
    host.advance(WELCOME_MAX_MS);
    untilNext();
    expect(first.closed).toBe(true);
    const second = sockets.last();
    expect(second).not.toBe(first);
    second.open();
    second.welcome();
    say(1);
    connection.pump();
    host.advance(ACK_MAX_MS - 1);
    say(2);
    connection.pump();
    expect(second.closed).toBe(false);
    host.advance(1);
    expect(second.closed).toBe(true);
  });

  it("is not suspected while there is nothing to acknowledge", () => {
    start();
    sockets.last().open();
    sockets.last().welcome();
    say(1);
    connection.pump();
    sockets.last().ack(0, 1);
    host.advance(60 * 60_000);
    expect(sockets.links).toHaveLength(1);
  });

  it("does not hear what an old link still says", () => {
    start();
    const first = sockets.last();
    first.open();
    first.welcome();
    first.end();
    untilNext();
    first.welcome({ session: "old" });
    first.end(CloseCode.FORBIDDEN);
    expect(heard).toEqual(["s1"]);
    expect(refused).toEqual([]);
  });

  it("survives bytes that are no message", () => {
    start();
    const link = sockets.last();
    link.open();
    expect(() => link.events.message(Uint8Array.of(0xc1))).not.toThrow();
    link.welcome();
    expect(connection.ready()).toBe(true);
  });
});

describe("a refusal", () => {
  it("is answered by what its code asks for", () => {
    expect(Object.fromEntries(Object.values(CloseCode).map((code) => [code, actionOf(code)]))).toEqual({
      [CloseCode.MALFORMED]: "new_load",
      [CloseCode.WRONG_TOKEN]: "new_session",
      [CloseCode.FORBIDDEN]: "stop",
      [CloseCode.CONFLICT]: "new_load",
      [CloseCode.SESSION_ENDED]: "new_session",
      [CloseCode.TOO_LARGE]: "new_load",
      [CloseCode.TOO_MUCH]: "wait",
      [CloseCode.CANNOT_STORE]: "retry",
    });
    for (const code of [1000, 1001, 1006, 1011, 1012, 4999]) expect(actionOf(code)).toBe("retry");
    expect(ACTIONS[1009]).toBe("new_load");
  });

  it("that is final ends the conversation, with its reason", () => {
    start();
    sockets.last().open();
    sockets.last().refuse(CloseCode.FORBIDDEN, "Unknown site key.");
    expect(refused).toEqual([["stop", "Unknown site key."]]);
    connection.hurry();
    host.advance(60 * 60_000);
    expect(sockets.links).toHaveLength(1);
  });

  it("that asks for patience is patient, and keeps everything", () => {
    start();
    say(1);
    sockets.last().open();
    sockets.last().welcome();
    sockets.last().refuse(CloseCode.TOO_MUCH);
    host.advance(WAIT_MIN_MS / 2 - 1);
    expect(sockets.links).toHaveLength(1);
    untilNext();
    sockets.last().open();
    sockets.last().welcome();
    expect(numbers()).toEqual([1]);
  });
});

describe("where sockets are blocked", () => {
  function blocked(): void {
    start();
    for (let count = 0; count < SOCKET_FAILURES_MAX_COUNT; count++) {
      sockets.last().end();
      untilNext();
    }
  }

  it("posts carry the same conversation, without a clock they could not measure", () => {
    blocked();
    say(1);
    expect(sockets.links).toHaveLength(SOCKET_FAILURES_MAX_COUNT);
    const link = posts.last();
    link.open();
    link.welcome();
    expect(link.sent.map((message) => message[0])).toEqual([0, 2]);
    link.welcome({ facts_acked: 0 });
    expect(link.batches(0)).toHaveLength(1);
    link.ack(0, 1);
    expect(outbox.empty()).toBe(true);
  });

  it("a socket is tried again after a while", () => {
    blocked();
    posts.last().open();
    posts.last().welcome();
    host.advance(POST_SPELL_MS);
    expect(posts.last().closed).toBe(true);
    expect(sockets.links).toHaveLength(SOCKET_FAILURES_MAX_COUNT + 1);
    sockets.last().end();
    untilNext();
    expect(posts.links).toHaveLength(2);
  });

  it("and posts too, both take turns, and not for ever", () => {
    start();
    for (let count = 0; count < 3 * ATTEMPTS_MAX_COUNT; count++) {
      for (const { links } of [sockets, posts]) links.at(-1)?.end();
      untilNext();
    }
    expect(sockets.links.length + posts.links.length).toBe(ATTEMPTS_MAX_COUNT);
    expect(posts.links.length).toBeGreaterThan(5);
    connection.hurry();
    expect(sockets.links.length + posts.links.length).toBe(ATTEMPTS_MAX_COUNT + 1);
  });

  it("a collector that refuses by its own word is no blocked socket", () => {
    start();
    for (let count = 0; count < 2 * SOCKET_FAILURES_MAX_COUNT; count++) {
      sockets.last().refuse(CloseCode.CANNOT_STORE);
      untilNext();
    }
    expect(posts.links).toEqual([]);
  });

  it("a refusal in a post's answer is a refusal", () => {
    blocked();
    posts.last().open();
    posts.last().say(5, CloseCode.FORBIDDEN, "Not an origin of this site.");
    expect(refused).toEqual([["stop", "Not an origin of this site."]]);
    expect(posts.last().closed).toBe(true);
  });
});
