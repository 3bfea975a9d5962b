/** An adapter at work on the test's document: the facts that come of it, as they would be sent. */
import type { Adapter, Hooks } from "../../src/adapters/adapter";
import { type CaptureSink, declare } from "../../src/capture/index";

export type Fact = readonly [kind: string, fields: Record<string, unknown>];

export interface Heard {
  readonly facts: Fact[];
  readonly hooks: Hooks;
  of(kind: string): Record<string, unknown>[];
  /** The page is answered; resolves when what was read of it has been stated. */
  answer(
    url: string,
    answer: unknown,
    given?: { status?: number; body?: unknown; type?: string },
  ): Promise<Response>;
}

export function hear({ start }: Adapter): Heard {
  const facts: Fact[] = [];
  const sink: CaptureSink = {
    fact: (kind, _, fields) => void facts.push([kind, { ...fields }]),
    picture: () => {},
    style: () => {},
  };
  const clock = { now: () => 1_000, at: (time: number) => time };
  const hooks = start({
    say: (command, given, place) => declare(command, given, sink, clock, place),
    reread: () => void facts.push(["reread", {}]),
  });
  return {
    facts,
    hooks,
    of: (kind) => facts.filter(([each]) => each === kind).map(([, fields]) => fields),
    async answer(url, answer, { status = 200, body, type = "application/json" } = {}) {
      const text = typeof answer === "string" ? answer : JSON.stringify(answer);
      const response = new Response(text, { status, headers: { "content-type": type } });
      hooks.answered?.({ method: "POST", url, body }, response);
      for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done));
      return response;
    },
  };
}
