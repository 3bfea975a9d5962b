/** What a page says of itself when its recording begins. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startFacts } from "../../src/capture/facts";
import type { CaptureSink } from "../../src/capture/sink";
import type { Urls } from "../../src/capture/urls";
import type { Zones } from "../../src/capture/zones";
import type { PageClock } from "../../src/clock";
import type { PageLoaded } from "../../src/wire.gen";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** How old the page says that it is, recorded from then on. */
function age(how: PageLoaded["how"]): number | null | undefined {
  let said: PageLoaded | undefined;
  const fact = (kind: string, _t: number, fields: PageLoaded) => {
    if (kind === "page") said = fields;
  };
  const clock = { now: () => performance.now(), at: (time: number) => time };
  const facts = startFacts(
    { of: () => "unknown" } as unknown as Zones,
    { address: (url: string) => url } as unknown as Urls,
    () => undefined as never,
    { fact } as unknown as CaptureSink,
    clock as unknown as PageClock,
    how,
    () => {},
  );
  facts.stop();
  expect(said?.how).toBe(how);
  return said?.age_ms;
}

it("says how long it has been there where that is long, whatever made the recording begin", () => {
  expect(age("navigate")).toBeUndefined();
  vi.advanceTimersByTime(60_000);
  expect(age("resumed")).toBeUndefined();
  vi.advanceTimersByTime(9 * 60 * 60 * 1_000);
  for (const how of ["resumed", "restarted", "navigate"] as const) expect(age(how)).toBe(32_460_000);
});
