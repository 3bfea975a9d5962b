/** The texts of styles leave the page when they are asked for, and only then. */
import { beforeEach, expect, it } from "vitest";
import { createOutbox, type Outbox, PICTURE_AHEAD_BYTES } from "../src/outbox";
import { type Bytes, Track } from "../src/wire.gen";
import { CHANGE, FakeHost } from "./fakes";
import { unpack } from "./unpack";

const text = (say: string) => new TextEncoder().encode(say);
const [A, B, OTHER] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];

let outbox: Outbox;
const answer = (given: { kept?: string[]; wanted?: string[]; refused?: string[] }) =>
  outbox.styles.answer({ kept: [], wanted: [], refused: [], ...given });

/** Type and second field of all that goes now. */
function drain(): unknown[][] {
  const messages: unknown[][] = [];
  for (let next = outbox.next(0); next; next = outbox.next(0)) messages.push(unpack(next) as unknown[]);
  return messages;
}
const heads = () => drain().map((message) => message.slice(0, 2));

beforeEach(() => {
  outbox = createOutbox(new FakeHost(), null, { ready() {}, broken() {} });
  outbox.styles.add(A, text("a{}"));
  outbox.styles.add(B, text("b{}"));
});

it("go behind the rest, once over a link", () => {
  answer({ wanted: [A, OTHER] });
  answer({ wanted: [A] });
  outbox.picture.add(CHANGE(1));
  outbox.picture.cut();
  expect(outbox.next(PICTURE_AHEAD_BYTES)).toBeNull();
  expect(heads()).toEqual([
    [2, Track.PICTURE],
    [4, A],
  ]);
  answer({ wanted: [A] });
  expect(heads()).toEqual([]);
  outbox.resume(0, 1);
  answer({ wanted: [A] });
  const [[, hash, data] = []] = drain();
  expect([hash, ...(data as Bytes)]).toEqual([A, ...text("a{}")]);
});

it("are forgotten when the collector has them, or will not have them", () => {
  answer({ wanted: [A, B] });
  answer({ kept: [A], refused: [B] });
  expect(heads()).toEqual([]);
  outbox.resume(0, 0);
  answer({ wanted: [A, B] });
  expect(heads()).toEqual([]);
});
