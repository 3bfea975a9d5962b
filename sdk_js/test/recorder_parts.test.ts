/** What is left out of the recorder leaves nothing behind that asks for it, and is missed when it moves. */
import { expect, test } from "vitest";

interface Parts {
  readonly OPTIONS: string;
  readonly INTERNAL_NAMES: string;
  withoutParts(source: string, path: string): string;
}

// By names that are no literals: neither has types.
const paths: readonly string[] = [
  "../recorder_parts.mjs",
  "../../node_modules/@rrweb/record/dist/record.js?raw",
];
const [parts, recorder] = await Promise.all(paths.map((path) => import(path)));
const { OPTIONS, INTERNAL_NAMES, withoutParts } = parts as Parts;
const source = (recorder as { default: string }).default;

test("nothing asks for an option or a part that is gone", () => {
  const left = withoutParts(source, "record.js");
  const gone = `${OPTIONS} isBlocked needMaskingText mergeHooks markCssSplits CanvasManager __publicField`;
  expect(gone.split(" ").filter((name) => new RegExp(`\\b${name}\\b`).test(left))).toEqual([]);
});

test("a name that is made short is asked for as a name only, and is nobody else's", () => {
  const left = withoutParts(source, "record.js");
  const names = INTERNAL_NAMES.split(" ");
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(left))).toEqual([]);
  expect(names.filter((name) => new RegExp(`["']${name}["']`).test(left))).toEqual([]);
  const owners = [
    window,
    document,
    ...["Element", "CSSStyleSheet", "Event"].map((of) => window[of as "Event"].prototype),
  ];
  expect(names.filter((name) => owners.some((owner) => name in owner))).toEqual([]);
});

test.each([
  ["class Mirror {", 'record.js has no part from "class Mirror {" to "function createMirror("'],
  ["mergeHooks(o, hooks);", "record.js has no /^ +mergeHooks"],
])("a release without %s fails the build with a sentence", (words, sentence) => {
  expect(() => withoutParts(source.replace(words, ""), "record.js")).toThrow(sentence);
});
