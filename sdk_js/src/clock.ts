/**
 * The page clock: one reading of the device's clock when a page load begins, and the monotonic clock from
 * there on, so that times within a page load never jump. The collector learns the clock's offset from the
 * hello exchange.
 */
import type { Host } from "./host";

export interface PageClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** The page-clock time of a `performance.now()`, such as an event's `timeStamp`. */
  at(performanceTime: number): number;
}

export function createClock(host: Host): PageClock {
  const anchor = host.wall() - host.monotonic();
  const at = (performanceTime: number) => Math.round((anchor + performanceTime) * 10) / 10;
  return { now: () => at(host.monotonic()), at };
}

/** Monotonic clocks stand still while a laptop sleeps, and people set their clocks: how far they now differ. */
export const drift = (host: Host, clock: PageClock): number => Math.abs(host.wall() - clock.now());
