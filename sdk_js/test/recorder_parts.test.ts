/** What is left out of the recorder leaves nothing behind that asks for it, and is missed when it moves. */
import { expect, test } from "vitest";

interface Parts {
  readonly OPTIONS: string;
  withoutParts(source: string, path: string): string;
}

// By names that are no literals: neither has types.
const paths: readonly string[] = [
  "../recorder_parts.mjs",
  "../../node_modules/@rrweb/record/dist/record.js?raw",
];
const [parts, recorder] = await Promise.all(paths.map((path) => import(path)));
const { OPTIONS, withoutParts } = parts as Parts;
const source = (recorder as { default: string }).default;

test("nothing asks for an option or a part that is gone", () => {
  const left = withoutParts(source, "record.js");
  const gone = `${OPTIONS} isBlocked needMaskingText mergeHooks markCssSplits CanvasManager __publicField`;
  expect(gone.split(" ").filter((name) => new RegExp(`\\b${name}\\b`).test(left))).toEqual([]);
});

test.each([
  ["class Mirror {", 'record.js has no part from "class Mirror {" to "function createMirror("'],
  ["mergeHooks(o, hooks);", "record.js has no /^ +mergeHooks"],
])("a release without %s fails the build with a sentence", (words, sentence) => {
  expect(() => withoutParts(source.replace(words, ""), "record.js")).toThrow(sentence);
});
