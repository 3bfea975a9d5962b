/**
 * Leaves out of @rrweb/record what the SDK never switches on: canvas (with its worker), fonts, selections,
 * custom elements, frames of other origins, hooks, and the long list of meta elements (all of them go). That is
 * a quarter of what a customer's browser would load, and some of it patches the page even when unused.
 *
 * Each part is found by the lines it begins and ends with; a release in which one is not found fails the
 * build, and somebody looks.
 */
import { readFile } from "node:fs/promises";

const NOTHING_TO_END = "() => () => {}";

/** From the first line up to, not including, the second; and what stands there instead. */
const PARTS = [
  [
    'var chars = "ABCDEFGHIJ',
    "class StylesheetManager {",
    "class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n",
  ],
  ["class BaseRRNode {", "function on(type", "class BaseRRNode {}\n"],
  ["const DEPARTED_MIRROR_ACCESS_WARNING", "function throttle(", ""],
  ["function is2DCanvasBlank(", "function getInputType(", ""],
  ['  if (tagName === "canvas" && recordCanvas) {', '  if (["audio", "video"].includes(tagName)) {', ""],
  [
    "function slimDOMExcluded(",
    "function serializeNodeWithId(",
    `function slimDOMExcluded(sn) {
      if (sn.type !== NodeType.Element) return sn.type === NodeType.Comment;
      const { tagName, attributes: { rel, as } } = sn;
      return tagName === "script" || tagName === "meta" ||
        tagName === "link" && (rel === "modulepreload" || rel === "preload" && as === "script" || /icon/.test(rel));
    }\n`,
  ],
  ["class CrossOriginIframeMirror {", "class IframeManager {", "class CrossOriginIframeMirror {}\n"],
  ["  handleMessage(message) {", "}\nclass ShadowDomManager {", ""],
  [
    "function initFontObserver(",
    "function initSelectionObserver(",
    `const initFontObserver = ${NOTHING_TO_END};\n`,
  ],
  [
    "function initSelectionObserver(",
    "function initCustomElementObserver(",
    `const initSelectionObserver = ${NOTHING_TO_END};\n`,
  ],
  [
    "function initCustomElementObserver(",
    "function mergeHooks(",
    `const initCustomElementObserver = ${NOTHING_TO_END};\n`,
  ],
  ["function mergeHooks(", "function initObservers(", "const mergeHooks = () => {};\n"],
];

/** @type {import("esbuild").Plugin} */
export const recorderParts = {
  name: "recorder parts",
  setup(build) {
    build.onLoad({ filter: /@rrweb[\\/]record[\\/]dist[\\/]record\.js$/ }, async ({ path }) => {
      let text = await readFile(path, "utf8");
      for (const [first, next, instead] of PARTS) {
        const from = text.indexOf(first);
        const to = text.indexOf(next, from);
        if (from < 0 || to < 0) throw new Error(`${path} has no part from "${first}" to "${next}".`);
        text = text.slice(0, from) + instead + text.slice(to);
      }
      return { contents: text };
    });
  },
};
