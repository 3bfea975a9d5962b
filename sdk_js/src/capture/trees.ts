/**
 * The trees that are watched: the document and every shadow root that came up in the recording, each known by
 * the element that hosts it, so that one can ask whether something stands inside something else across them.
 */
export interface Trees {
  readonly all: ReadonlyMap<ParentNode, Element | null>;
  /** The shadow root of this element, where it is a new one. */
  add(host: Element): ShadowRoot | null;
  contains(outer: Node, inner: Node): boolean;
  /** The element and the shadow roots inside it. */
  inside(root: Element): ParentNode[];
}

export function createTrees(document: Document): Trees {
  const all = new Map<ParentNode, Element | null>([[document, null]]);

  const contains = (outer: Node, inner: Node): boolean => {
    for (let at: Node | null | undefined = inner; at; at = all.get(at.getRootNode() as ParentNode))
      if (outer.contains(at)) return true;
    return false;
  };

  return {
    all,
    add(host) {
      const tree = host.shadowRoot;
      if (!tree || all.has(tree)) return null;
      all.set(tree, host);
      return tree;
    },
    contains,
    inside: (root) => [
      root,
      ...[...all].flatMap(([tree, host]) => (host && contains(root, host) ? [tree] : [])),
    ],
  };
}
