/**
 * Leaves out of @rrweb/record what the SDK never switches on: canvas (with its worker), fonts, selections,
 * custom elements, frames of other origins, hooks, its own blocking and masking of texts (the veil does that),
 * and the long list of meta elements (all of them go). That is a quarter of what a customer's browser would
 * load; some of it patches the page even when unused, and some is asked for every node of it. The browser's own
 * accessors, which it looks up by name a million times on a large page, are looked up once.
 *
 * Each part is found by the lines it begins and ends with; a release in which one is not found fails the
 * build, and somebody looks.
 */
import { readFile } from "node:fs/promises";

const NOTHING_TO_END = "() => () => {}";

/** As rrweb asks: from a prototype that the page has not changed, else from a fresh frame's. */
const ACCESSORS = `
const getter = (key, name) => {
  let get;
  return (n) => {
    get ??= Object.getOwnPropertyDescriptor(getUntaintedPrototype(key), name)?.get ?? function () { return this[name]; };
    return get.call(n);
  };
};
const method = (key, name) => {
  let run;
  return (n, given) => (run ??= getUntaintedPrototype(key)[name]).call(n, given);
};
const hostOf = getter("ShadowRoot", "host");
const shadowRootOf = getter("Element", "shadowRoot");
const host = (n) => (n && "host" in n ? hostOf(n) : null);
const shadowRoot = (n) => (n && "shadowRoot" in n ? shadowRootOf(n) : null);
${["ownerDocument", "childNodes", "parentNode", "parentElement", "textContent"].map(ofNode).join("")}
${["firstChild", "lastChild", "nextSibling", "previousSibling"].map(ofNode).join("")}
const contains = method("Node", "contains");
const getRootNode = method("Node", "getRootNode");
const styleSheets = (n) => n.styleSheets;
`;

/** Knows of a node only its number: rrweb keeps all that it ever said of every node for as long as that lives. */
const MIRROR = `
class Mirror {
  constructor() {
    this.reset();
  }
  getId(n) {
    return (n && this.ids.get(n)) ?? -1;
  }
  getNode(id) {
    return this.nodes.get(id) || null;
  }
  getMeta(n) {
    return this.ids.has(n);
  }
  removeNodeFromMap(n) {
    this.nodes.delete(this.getId(n));
    childNodes(n).forEach((child) => this.removeNodeFromMap(child));
  }
  has(id) {
    return this.nodes.has(id);
  }
  hasNode(n) {
    return this.ids.has(n);
  }
  add(n, { id }) {
    this.nodes.set(id, n);
    this.ids.set(n, id);
  }
  reset() {
    this.nodes = new Map();
    this.ids = new WeakMap();
  }
}
`;

function ofNode(name) {
  return `const ${name} = getter("Node", "${name}");\n`;
}

/** From the first line up to, not including, the second; and what stands there instead. */
const PARTS = [
  ["function ownerDocument(", "function querySelector(", ACCESSORS],
  [
    "function _isBlockedElement(",
    "function onceIframeLoaded(",
    "const _isBlockedElement = () => false;\nconst needMaskingText = () => false;\n",
  ],
  ["function isBlocked(", "function isSerialized(", "const isBlocked = () => false;\n"],
  [
    'var chars = "ABCDEFGHIJ',
    "class StylesheetManager {",
    "class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n",
  ],
  ["class Mirror {", "function createMirror(", MIRROR],
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

/** The recorder's source without them; `path` is for the sentence that says which one it lacks. */
export function withoutParts(source, path) {
  return PARTS.reduce((text, [first, next, instead]) => {
    const from = text.indexOf(first);
    const to = text.indexOf(next, from);
    if (from < 0 || to < 0) throw new Error(`${path} has no part from "${first}" to "${next}".`);
    return text.slice(0, from) + instead + text.slice(to);
  }, source);
}

/** @type {import("esbuild").Plugin} */
export const recorderParts = {
  name: "recorder parts",
  setup(build) {
    build.onLoad({ filter: /@rrweb[\\/]record[\\/]dist[\\/]record\.js$/ }, async ({ path }) => ({
      contents: withoutParts(await readFile(path, "utf8"), path),
    }));
  },
};
