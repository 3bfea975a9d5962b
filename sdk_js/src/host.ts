/**
 * What the transport needs of a browser besides network and storage: time, chance and later. It is an argument
 * everywhere, so that tests own the clock. References are taken when the SDK starts, before the page's later
 * code can replace them.
 */
import { hex } from "./bytes";
import { attempt, guarded } from "./guard";

export interface Host {
  /** Milliseconds since 1970 by the device's clock, which may jump. */
  wall(): number;
  /** `performance.now()`, which never jumps. */
  monotonic(): number;
  /** From 0 to below 1. */
  random(): number;
  /** 128 random bits. */
  id(): string;
  /** Runs once after `ms`; the answer calls it off. */
  timer(run: () => void, ms: number): () => void;
  /** Runs after what runs now, before the browser paints. */
  soon(run: () => void): void;
  /** Runs when the page has nothing better to do. */
  idle(run: () => void): void;
}

const ID_BYTES = 16;
const IDLE_TIMEOUT_MS = 5_000;
const IDLE_SUBSTITUTE_MS = 500;

export function browserHost(): Host {
  const { performance, crypto } = window;
  const { now } = Date;
  const setTimer = window.setTimeout.bind(window);
  const clearTimer = window.clearTimeout.bind(window);
  const requestIdle = attempt(() => window.requestIdleCallback.bind(window));
  const settled = Promise.resolve();
  const timer = (run: () => void, ms: number) => {
    const handle = setTimer(guarded(run), ms);
    return () => clearTimer(handle);
  };
  return {
    wall: () => now(),
    monotonic: () => performance.now(),
    random: Math.random,
    id: () => hex(crypto.getRandomValues(new Uint8Array(ID_BYTES))),
    timer,
    soon: (run) => void settled.then(guarded(run)),
    idle: (run) => {
      if (requestIdle) requestIdle(guarded(run), { timeout: IDLE_TIMEOUT_MS });
      else timer(run, IDLE_SUBSTITUTE_MS);
    },
  };
}
