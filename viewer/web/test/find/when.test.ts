import { describe, expect, it } from "vitest";
import { ago, lasted } from "../../src/find/when";

const at = (text: string): number => new Date(text).getTime();
const NOW = at("2025-11-22T10:04:12");

describe("ago", () => {
  it.each([
    ["2025-11-22T10:04:12", "just now"],
    ["2025-11-22T10:05:00", "just now"], // the desk's clock may be behind the server's
    ["2025-11-22T10:03:13", "just now"],
    ["2025-11-22T10:03:12", "1 min ago"],
    ["2025-11-22T09:04:13", "59 min ago"],
    ["2025-11-22T09:04:12", "today 09:04"],
    ["2025-11-22T00:00:00", "today 00:00"],
    ["2025-11-21T23:59:59", "yesterday 23:59"],
    ["2025-11-21T00:00:00", "yesterday 00:00"],
    ["2025-11-20T23:59:59", "Thu 23:59"],
    ["2025-11-16T08:00:00", "Sun 08:00"],
    ["2025-11-15T08:00:00", "15 Nov 08:00"],
    ["2025-01-01T08:00:00", "1 Jan 08:00"],
    ["2024-12-31T08:00:00", "31 Dec 2024 08:00"],
  ])("%s is %s", (text, words) => {
    expect(ago(at(text), NOW)).toBe(words);
  });
});

describe("lasted", () => {
  it.each([
    [0, "under 1 min"],
    [-5, "under 1 min"],
    [59_999, "under 1 min"],
    [60_000, "1 min"],
    [59 * 60_000, "59 min"],
    [60 * 60_000, "1 h"],
    [65 * 60_000, "1 h 5 min"],
  ])("%d ms is %s", (ms, words) => {
    expect(lasted(1_000, 1_000 + ms)).toBe(words);
  });
});
