/** Beside each code that the customer gave stands what the shop promised for it. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { DeskEvent, Registered } from "../../src/model/session";
import { AGAIN_MS, Codes } from "../../src/panel/codes";

type State = DeskEvent<"promo">["fields"]["state"];

const given = (t: number, code: string, state: State): DeskEvent => ({
  load: "load",
  number: t,
  index: 0,
  t,
  kind: "promo",
  fields: { source: "displayed", state, code },
});

const SPRING: Registered = {
  code: "SPRING20",
  title: "Spring <b>mail</b>",
  promised: "20 % off",
  until: "2026-04-30 23:59 (Europe/Berlin)",
  notes: ["had ended then"],
};
const UNKNOWN: Registered = { code: "TEN", title: null, promised: null, until: null, notes: [] };
const EVENTS = [
  given(1, "SPRING20", "offered"),
  given(2, "spring20", "applied"),
  given(3, "TEN", "rejected"),
];

const items = (): string[] => [...document.querySelectorAll("li")].map((item) => item.textContent ?? "");

beforeEach(() => {
  document.body.innerHTML = '<div data-part="codes" hidden></div>';
});

afterEach(() => {
  vi.useRealTimers();
});

it("says of each what was promised, or that nothing is registered", async () => {
  const fetch = vi.fn(async () => [SPRING, UNKNOWN]);
  const codes = new Codes(fetch);
  codes.draw(EVENTS, 2);
  await vi.waitFor(() => expect(items()).toHaveLength(1));
  expect(items()[0]).toBe(
    "SPRING20 taken20 % off Spring <b>mail</b> · until 2026-04-30 23:59 (Europe/Berlin) · had ended then",
  );
  codes.draw(EVENTS, 9);
  await vi.waitFor(() => expect(items()).toHaveLength(2));
  expect(items()[1]).toBe("TEN refusednot registered");
  expect(fetch).toHaveBeenCalledTimes(2);
  codes.draw(EVENTS, 0);
  expect(items()).toEqual([]);
  expect(document.querySelector<HTMLElement>('[data-part="codes"]')?.hidden).toBe(true);
});

it("says nothing where the shop registers nothing, and asks again later where the desk did not answer", async () => {
  vi.useFakeTimers();
  const fetch = vi.fn(async (): Promise<Registered[]> => []);
  fetch.mockRejectedValueOnce(new Error("away"));
  const codes = new Codes(fetch);
  codes.draw(EVENTS, 9);
  await vi.advanceTimersByTimeAsync(AGAIN_MS - 1);
  codes.draw(EVENTS, 9);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  codes.draw(EVENTS, 9);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(items()).toEqual([]);
});

it("says of the moment that is watched when the answer comes", async () => {
  let answer: (registered: Registered[]) => void = () => {};
  const codes = new Codes(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  codes.draw(EVENTS, 9);
  codes.draw(EVENTS, 2);
  answer([SPRING, UNKNOWN]);
  await vi.waitFor(() => expect(items()).toHaveLength(1));
});
