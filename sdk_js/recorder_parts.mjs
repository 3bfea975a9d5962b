/**
 * Leaves out of @rrweb/record what the SDK never switches on: canvas (with its worker), fonts, selections,
 * custom elements, frames of other origins, hooks, plugins, its own blocking and masking (the veil does that),
 * and the long list of meta elements (all of them go). That is a third of what a customer's browser would
 * load; some of it patches the page even when unused, and some is asked for every node of it. The browser's own
 * accessors, which it looks up by name a million times on a large page, are looked up once, and what it makes anew
 * for each node is made once.
 *
 * Each part is found by the lines it begins and ends with; a release in which one is not found fails the
 * build, and somebody looks.
 */
import { readFile } from "node:fs/promises";

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
const eachChild = (n, run) => {
  for (let child = firstChild(n), next; child; child = next) {
    next = nextSibling(child);
    run(child);
  }
};
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
    eachChild(n, (child) => this.removeNodeFromMap(child));
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

/** The veil masks passwords as it masks every input; this is what rrweb is told of them by default. */
const PASSWORDS = `
function maskInputValue({ type, value }) {
  return type && toLowerCase(type) === "password" ? "*".repeat((value || "").length) : value || "";
}
`;

/** Frames of the page's own origin. */
const IFRAMES = `
class IframeManager {
  constructor({ mirror, mutationCb, stylesheetManager }) {
    this.mirror = mirror;
    this.mutationCb = mutationCb;
    this.stylesheetManager = stylesheetManager;
  }
  addIframe() {}
  addLoadListener(loaded) {
    this.loaded = loaded;
  }
  attachIframe(frame, node) {
    const adds = [{ parentId: this.mirror.getId(frame), nextId: null, node }];
    this.mutationCb({ adds, removes: [], texts: [], attributes: [], isAttachIframe: true });
    this.loaded(frame);
    const { contentDocument } = frame;
    if (contentDocument?.adoptedStyleSheets?.length)
      this.stylesheetManager.adoptStyleSheets(contentDocument.adoptedStyleSheets, this.mirror.getId(contentDocument));
  }
}
`;

const SLIM = `
const slimDOMDefaults = () => ({ headWhitespace: true, headTitleMutations: true });
function slimDOMExcluded(sn) {
  if (sn.type !== NodeType.Element) return sn.type === NodeType.Comment;
  const { tagName, attributes: { rel, as } } = sn;
  return tagName === "script" || tagName === "meta" ||
    tagName === "link" && (rel === "modulepreload" || rel === "preload" && as === "script" || /icon/.test(rel));
}
`;

/** Every kind of change is told alike. */
const EMIT = `
const emitChange = (source, change) =>
  wrappedEmit({ type: EventType.IncrementalSnapshot, data: { source, ...change } });
`;

/** From the first line up to, not including, the second; and what stands there instead. */
const PARTS = [
  ["function ownerDocument(", "function querySelector(", ACCESSORS],
  ["function querySelector(", "function mutationObserverCtor(", ""],
  ["const untaintedAccessorCache", "\nconst getter =", ""],
  ["  querySelector,\n", "  nowTimestamp,\n", ""],
  ["var __defProp = ", "var _a;", ""],
  ["let canvasManager;", "let recording = ", EMIT],
  ["  let fontObserver = ", "  if (o.recordDOM) {\n    styleSheet", ""],
  ["class Mirror {", "function createMirror(", MIRROR],
  ["function maskInputValue({", "function toLowerCase(", PASSWORDS],
  ["function is2DCanvasBlank(", "function getInputType(", ""],
  // The veil takes comments out of styles, and these marks are comments.
  ["function normalizeCssString(", "let _id = 1;", ""],
  [
    "      if (n.childNodes.length > 1) {\n        cssText = mark",
    "      attributes._cssText = cssText;\n    }\n  }\n  if ([",
    "",
  ],
  ["function _isBlockedElement(", "function onceIframeLoaded(", ""],
  ["  if (!isStyle && !isScript && textContent2 && needsMask) {", "  return {\n    type: NodeType.Text", ""],
  ['  if (tagName === "canvas" && recordCanvas) {', '  if (["audio", "video"].includes(tagName)) {', ""],
  ["  const needBlock = ", "  const tagName = getValidTagName(n);\n  let attributes", ""],
  ["  if (needBlock) {", '  if (tagName === "iframe" && !keepIframeSrcFn', ""],
  ["function lowerIfExists(", "function serializeNodeWithId(", SLIM],
  ["  let { needsMask } = options;", "  let { preserveWhiteSpace = true }", ""],
  ["  if (!needsMask) {", "  const _serializedNode = ", ""],
  [
    "  const _serializedNode = serializeNode(",
    "  if (!_serializedNode) {",
    "  const _serializedNode = serializeNode(n, options);\n",
  ],
  ["    recordChild = recordChild && !serializedNode.needBlock;", "    const shadowRootEl = ", ""],
  [
    "  const maskInputOptions = maskAllInputs === true ? {",
    "  return serializeNodeWithId(n, {",
    "  const slimDOMOptions = slimDOM;\n",
  ],
  ["class BaseRRNode {", "function on(type", "class BaseRRNode {}\n"],
  ["const DEPARTED_MIRROR_ACCESS_WARNING", "function throttle(", ""],
  ["function polyfill(", "function isSerializedIframe(", ""],
  ["function isBlocked(", "function isSerialized(", ""],
  ["              value: needMaskingText(", "              node: m.target\n", "              value,\n"],
  [
    "  init(options) {\n    [",
    "  freeze() {\n    this.frozen",
    "  init(options) {\n    Object.assign(this, options);\n  }\n",
  ],
  ["  freeze() {\n    this.frozen = true;", "  lock() {", ""],
  ["    if (target.classList.contains(ignoreClass)", "    let text = target.value;", ""],
  ["    } else if (maskInputOptions[tagName", "    }\n    cbWithDedup(\n      target,", ""],
  ["function initFontObserver(", "function initObservers(", ""],
  ["    if (o.collectFonts) {", "  }\n  const selectionObserver = ", ""],
  ["  const selectionObserver = ", "  return callbackWrapper(() => {\n    mutationBuffers", ""],
  ["    fontObserver();", "  });\n}\nfunction hasNestedCSSRule(", ""],
  ["class CrossOriginIframeMirror {", "class ShadowDomManager {", IFRAMES],
  ['var chars = "ABCDEFGHIJ', "class StylesheetManager {", ""],
  ["  const inEmittingFrame = ", "  mirror.reset();", ""],
  [
    "  const maskInputOptions = maskAllInputs === true ? {",
    "  let lastFullSnapshotEvent;",
    "  const slimDOMOptions = slimDOMDefaults();\n",
  ],
  ["  let lastFullSnapshotEvent;", "  const wrappedMutationEmit = ", "  wrappedEmit = emit;\n"],
  ["  const wrappedCanvasMutationEmit = ", "  const wrappedAdoptedStyleSheetEmit = ", ""],
  [
    "  for (const plugin of plugins || []) {\n    if (plugin.getMirror)",
    "  const processedNodeManager = ",
    "",
  ],
  ["  canvasManager = new CanvasManager({", "  const shadowDomManager = ", ""],
  ["    if (!recordDOM) {", "    wrappedEmit(\n", ""],
  ["          canvasMutationCb: wrapped", "          blockClass,\n          ignoreClass,", ""],
  ["          plugins: ((_a2 = ", "        },\n        hooks\n", ""],
  ['    if (["interactive", "complete"]', "    return () => {\n      handlers.forEach", "    init();\n"],
  ["          const msg = String(error)", "        }\n      });\n      processedNodeManager", ""],
  ["record.addCustomEvent = ", "record.takeFullSnapshot = ", ""],
];

/** What every function hands on to the next and nobody asks for any more. */
export const OPTIONS =
  "blockClass blockSelector maskTextClass maskTextSelector maskTextFn maskInputFn maskInputOptions needsMask " +
  "needBlock dataURLOptions inlineImages recordCanvas keepIframeSrcFn collectFonts ignoreClass ignoreSelector " +
  "plugins hooks packFn canvasManager recordCrossOriginIframes userTriggeredOnInput ignoreCSSAttributes " +
  "mousemoveWait checkoutEveryNms checkoutEveryNth maskAllInputs recordDOM recordAfter";
const OPTION = `(?:${OPTIONS.replace(/ /g, "|")})`;

/** Everywhere, after the parts; each is there at least once. */
const WORDS = [
  [/isBlocked\([\w.]+, (?:this\.)?blockClass, (?:this\.)?blockSelector, \w+\)/g, "false"],
  [/ && !(?:this\.)?keepIframeSrcFn\([\w.]+\)/g, ""],
  [/ && !maskInputOptions\["select"\]/g, ""],
  [/ignoreCSSAttributes\.has\(property\)/g, "false"],
  [/userTriggeredOnInput \? \{.*\} : /g, ""],
  [/needsMask, maskTextFn, /g, ""],
  // A list of children made for each node, and options and callbacks for each that was added, are most of the waste
  // of a page that draws itself anew.
  [/index\.childNodes\((n|next|index\.shadowRoot\(n\))\)\.forEach\(/g, "eachChild($1, "],
  [
    /( +const iter = this\.addedSet[\s\S]*?)const sn = serializeNodeWithId\(n, (\{[\s\S]*?),\s+cssCaptured\s+\}\);/,
    "const serializing = $2 };\n$1serializing.cssCaptured = cssCaptured;\nconst sn = serializeNodeWithId(n, serializing);",
  ],
  // Every other name is no custom element's.
  [/if \((customElements\.get\(tagName\))\)/, 'if (tagName.includes("-") && $1)'],
  [/, hooks = \{\}/g, ""],
  [/^ +mergeHooks\(o, hooks\);$/gm, ""],
  [/^ +maskAllInputs: maskInputOptions,$/gm, ""],
  [/^ +this\.canvasManager\.\w+\(\);$/gm, ""],
  [/if \(o\.recordDOM\) /g, ""],
  // What goes wrong is nothing that the shop's own console is to tell of.
  [/return console\.warn\([^;]*;|throw new Error\("please take full[^;]*;/g, "return;"],
  [/console\.(?:warn|debug)\([^;]*;/g, ""],
  [
    /wrappedEmit\(\{\s+type: EventType\.IncrementalSnapshot,\s+data: \{\s+source: IncrementalSource\.(\w+),\s+\.\.\.(\w)\s+\}\s+\}\)/g,
    "emitChange(IncrementalSource.$1, $2)",
  ],
  // Enumerations as what they are: the numbers are then written where they are used.
  [/^var (\w+) = \/\* @__PURE__ \*\/ \(\(\w+\) => \{$/gm, "const $1 = {"],
  [/^ +\w+\[\w+\["(\w+)"\] = (\d+)\] = "\w+";$/gm, '"$1": $2,'],
  [/^ +return \w+;\n\}\)\(\w+ \|\| \{\}\);$/gm, "};"],
  [/^ +__publicField\(this, "\w+"\);$/gm, ""],
  [/__publicField\(this, "(\w+)", /g, "(this.$1 = "],
  // A line of a list of options, or of their names.
  [new RegExp(`^ +(?:${OPTION}(?:(?: =|:) .*)?,?|"${OPTION}",)$`, "gm"), ""],
];

/**
 * What only rrweb calls something: no name of the browser, of the page, of an event or of the wire. They are
 * made short in the script, everywhere alike.
 */
export const INTERNAL_NAMES =
  "mutationCb slimDOMOptions slimDOM inlineStylesheet iframeManager stylesheetManager shadowDomManager " +
  "processedNodeManager addedSet movedSet droppedSet removesSubTreeCache mapRemoves movedMap attributeMap " +
  "genAdds processMutation processMutations genTextAreaValueMutation unattachedDoc onSerialize onIframeLoad " +
  "onStylesheetLoad iframeLoadTimeout stylesheetLoadTimeout newlyAddedElement cssCaptured preserveWhiteSpace " +
  "skipChild headWhitespace headTitleMutations styleDiff _unchangedStyles removeNodeFromMap mousemoveCb " +
  "mouseInteractionCb scrollCb viewportResizeCb inputCb mediaInteractionCb styleSheetRuleCb " +
  "styleDeclarationCb adoptedStyleSheetCb bypassOptions shadowDoms restoreHandlers trackedLinkElements " +
  "styleMirror attachLinkElement trackLinkElement trackStylesheetInLinkElement adoptStyleSheets addShadowRoot " +
  "observeAttachShadow patchAttachShadow styleIDMap idStyleMap generateId addLoadListener attachIframe " +
  "addIframe inOtherBuffer";

/** The recorder's source without them; `path` is for the sentence that says which one it lacks. */
export function withoutParts(source, path) {
  const whole = PARTS.reduce((text, [first, next, instead]) => {
    const from = text.indexOf(first);
    const to = text.indexOf(next, from);
    if (from < 0 || to < 0) throw new Error(`${path} has no part from "${first}" to "${next}".`);
    return text.slice(0, from) + instead + text.slice(to);
  }, source);
  return WORDS.reduce((text, [word, instead]) => {
    if (!text.match(word)) throw new Error(`${path} has no ${word}.`);
    return text.replace(word, instead);
  }, whole);
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
