/** A name that is made short in the script is nobody else's. */
import { expect, test } from "vitest";

interface Names {
  readonly SHORTENED: { readonly regex: RegExp };
  knownTo(text: string): string[];
}

// By names that are no literals: neither has types.
const paths: readonly string[] = ["../internal_names.mjs", "../src/wire.gen.ts?raw"];
const [names, text] = await Promise.all(paths.map((path) => import(path)));
const { SHORTENED, knownTo } = names as Names;
const wire = (text as { default: string }).default;

test("the wire knows none of them", () => {
  expect(knownTo(wire.replace(/\/\*[\s\S]*?\*\//g, ""))).toEqual([]);
  expect(knownTo("export interface Settled { settled: boolean }")).toEqual(["settled"]);
});

test("neither does the browser", () => {
  const owners = [
    "Window",
    "Document",
    "HTMLElement",
    "Node",
    "CSSStyleSheet",
    "Event",
    "Array",
    "Map",
    "Set",
  ];
  const theirs = owners.flatMap((name) => Object.getOwnPropertyNames(window[name as "Event"].prototype));
  expect(
    [...theirs, ...Object.getOwnPropertyNames(window)].filter((name) => SHORTENED.regex.test(name)),
  ).toEqual([]);
});
