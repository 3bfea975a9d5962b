/**
 * Keeps the panel itself out of what is recorded: its element out of the picture, clicks on it out of the facts.
 * It is one element with a closed shadow tree, so that there is nothing of it to see but that element.
 */
import type { CaptureSink, PictureEvent } from "../capture/sink";

export const PANEL_TAG = "replay-debug";

interface PictureNode {
  readonly id: number;
  readonly tagName?: string;
  childNodes?: PictureNode[];
}

interface Data {
  readonly id?: number;
  readonly node?: PictureNode;
  adds?: { readonly node: PictureNode; nextId: number | null }[];
  removes?: { readonly id: number }[];
  attributes?: { readonly id: number }[];
  texts?: readonly unknown[];
  positions?: { readonly id: number }[];
}

export function withoutPanel(sink: CaptureSink): CaptureSink {
  const ids = new Set<number>();
  const isOurs = (node: PictureNode) => {
    if (node.tagName === PANEL_TAG) ids.add(node.id);
    return ids.has(node.id);
  };
  const prune = (node: PictureNode): void => {
    if (!node.childNodes) return;
    node.childNodes = node.childNodes.filter((child) => !isOurs(child));
    node.childNodes.forEach(prune);
  };
  const not = (each: { readonly id: number }) => !ids.has(each.id);

  /** False where nothing is left to tell. */
  function clean(data: Data): boolean {
    if (data.id !== undefined && ids.has(data.id)) return false;
    if (data.node) prune(data.node);
    const before = [data.adds, data.removes, data.attributes, data.positions].map((list) => list?.length);
    if (data.adds) {
      data.adds = data.adds.filter(({ node }) => !isOurs(node));
      // The panel stands last: what came before it came last.
      for (const add of data.adds) if (add.nextId !== null && ids.has(add.nextId)) add.nextId = null;
    }
    if (data.removes) data.removes = data.removes.filter(not);
    if (data.attributes) data.attributes = data.attributes.filter(not);
    if (data.positions) data.positions = data.positions.filter(not);
    const after = [data.adds, data.removes, data.attributes, data.positions];
    const isLess = after.some((list, index) => list?.length !== before[index]);
    return !isLess || Boolean(data.texts?.length) || after.some((list) => list?.length);
  }

  return {
    ...sink,
    fact(kind, t, fields, urgent) {
      const control = kind === "click" ? (fields as { readonly control?: string }).control : undefined;
      if (!control?.startsWith(PANEL_TAG)) sink.fact(kind, t, fields, urgent);
    },
    picture(event: PictureEvent) {
      if (clean((event.data ?? {}) as Data)) sink.picture(event);
    },
  };
}
