import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../../src/find/answer";
import { Search } from "../../src/find/search";

interface Asked {
  readonly query: string;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

const answerTo = (query: string): Answer => ({ query, groups: [], matches: [], reason: null, advice: [] });

let asked: Asked[];
let shown: string[];
let failed: unknown[];
let search: Search;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  shown = [];
  failed = [];
  search = new Search(
    (query, signal) =>
      new Promise((answer, fail) => {
        asked.push({ query, signal, answer, fail });
        signal.addEventListener("abort", () => fail(new Error("aborted")));
      }),
    (answer) => shown.push(answer.query),
    (error) => failed.push(error),
  );
});

afterEach(() => {
  vi.useRealTimers();
});

const nth = (index: number): Asked => {
  const found = asked[index];
  if (!found) throw new Error(`Only ${asked.length} were asked`);
  return found;
};

describe("a search while typing", () => {
  it("asks once the agent pauses, and only for what the box reads then", async () => {
    for (const query of ["a", "an", "ana"]) {
      search.want(query);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.map((one) => one.query)).toEqual(["ana"]);
  });

  it("asks at once when told so", async () => {
    search.want("ana", "once");
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
  });

  it("aborts what was overtaken, and never shows it", async () => {
    search.want("ana", "once");
    await vi.advanceTimersByTimeAsync(0);
    search.want("anatol", "once");
    await vi.advanceTimersByTimeAsync(0);
    expect(nth(0).signal.aborted).toBe(true);
    nth(1).answer(answerTo("anatol"));
    nth(0).answer(answerTo("ana"));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual(["anatol"]);
    expect(failed).toEqual([]);
  });

  it("shows nothing that arrives while the next pause runs", async () => {
    search.want("ana", "once");
    await vi.advanceTimersByTimeAsync(0);
    search.want("anatol");
    nth(0).answer(answerTo("ana"));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([]);
  });

  it("tells of a failure, and goes on", async () => {
    search.want("ana", "once");
    await vi.advanceTimersByTimeAsync(0);
    nth(0).fail(new Error("offline"));
    await vi.advanceTimersByTimeAsync(0);
    expect(failed).toHaveLength(1);
    search.want("anatol", "once");
    await vi.advanceTimersByTimeAsync(0);
    nth(1).answer(answerTo("anatol"));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual(["anatol"]);
  });
});
