/**
 * The browser's own way to walk a tree. Some shops' frameworks put themselves in the way: they show a page only the
 * nodes of its own component, or do work of theirs for whatever an observer does. Where any of it is no longer the
 * browser's own, a frame made for it lends what it has.
 */

type Realm = Window & typeof globalThis;

const WALKED = ["parentNode", "firstChild", "lastChild", "nextSibling", "previousSibling"] as const;

let frame: HTMLIFrameElement | undefined;
let realm: Realm | undefined;

const accessor = ({ Node, Element }: Realm, name: string) =>
  Object.getOwnPropertyDescriptor((name in Node.prototype ? Node : Element).prototype, name)?.get;

function choose(): Realm {
  const isOwn = (run: unknown) => `${run}`.includes("[native code]");
  const all = [window.MutationObserver, ...WALKED.map((name) => accessor(window, name))];
  // Zones give out what they have put in its place as the browser's own.
  if (all.every(isOwn) && !("Zone" in window)) return window;
  frame = document.createElement("iframe");
  frame.style.display = "none";
  document.body.append(frame);
  const lent = frame.contentWindow as Realm | null;
  // Elsewhere an observer ends with its frame.
  if (/Chrome|Firefox/.test(navigator.userAgent)) frame.remove();
  return lent ?? window;
}

export const native = (): Realm => {
  realm ??= choose();
  return realm;
};

/** Takes the frame away, where there is one. */
export function leaveNative(): void {
  frame?.remove();
  frame = realm = undefined;
}

function getter<N extends Node, K extends keyof N>(name: K & string): (node: Node) => N[K] {
  let get: (() => N[K]) | undefined;
  return (node) => {
    get ??= accessor(native(), name);
    return get ? get.call(node) : (node as N)[name];
  };
}

// A form's inputs go by their names in it, whatever else goes by these.
export const nodeType = getter<Node, "nodeType">("nodeType");
export const ownerDocument = getter<Node, "ownerDocument">("ownerDocument");
export const attributes = getter<Element, "attributes">("attributes");
export const parentNode = getter<Node, "parentNode">("parentNode");
export const firstChild = getter<Node, "firstChild">("firstChild");
export const lastChild = getter<Node, "lastChild">("lastChild");
export const nextSibling = getter<Node, "nextSibling">("nextSibling");
export const previousSibling = getter<Node, "previousSibling">("previousSibling");
const rootOf = getter<Element, "shadowRoot">("shadowRoot");

/** Of an element: its shadow root, where that is open. */
export const shadowRoot = (node: Node): ShadowRoot | null => (nodeType(node) === 1 ? rootOf(node) : null);

export function eachChild(node: Node, run: (child: ChildNode) => void): void {
  for (let child = firstChild(node), next: ChildNode | null; child; child = next) {
    next = nextSibling(child);
    run(child);
  }
}
