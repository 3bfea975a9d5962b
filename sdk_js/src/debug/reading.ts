/**
 * Reads the page for the panel as the recording reads it, with a second set of the very same lenses, so that a
 * developer sees what they read also while nothing is recorded: without consent, or where the collector refuses.
 * Nothing of it is kept or sent.
 */
import type { Adapter } from "../adapters/adapter";
import { startLenses } from "../capture/lens";
import { withPresets } from "../capture/presets";
import type { CaptureSink } from "../capture/sink";
import { createZones, type ZoneSettings, type Zones } from "../capture/zones";
import type { PageClock } from "../clock";
import { attempt } from "../guard";
import { stringify } from "../json";
import type { CartState, PageSettings, PriceShown } from "../wire.gen";
import { cartRows, priceRow, type Row } from "./rows";
import { type Census, takeCensus } from "./zone";

export interface PageReading {
  /** Reads by these rules from now on, where they are others. */
  follow(settings: PageSettings, adapters: readonly Adapter[]): void;
  /** Shadow trees may have come. */
  look(): void;
  settings(): ZoneSettings;
  zones(): Zones;
  carts(): Row[];
  prices(): Row[];
  census(): Census;
  element(node: number): Element | undefined;
  stop(): void;
}

export function readPage(clock: PageClock, first: PageSettings): PageReading {
  let settings: ZoneSettings = first;
  let zones = createZones(settings);
  let lenses: ReturnType<typeof startLenses> | undefined;
  let used = "";
  let address = "";
  let count = 0;
  const ids = new WeakMap<Node, number>();
  const elements = new Map<number, Element>();
  const carts = new Map<string, CartState>();
  const prices = new Map<string, PriceShown>();

  const idOf = (node: Node): number | undefined => {
    const id = ids.get(node) ?? ++count;
    ids.set(node, id);
    if (node.nodeType === 1) elements.set(id, node as Element);
    return id;
  };
  const isThere = (node: number | null | undefined) => !node || elements.get(node)?.isConnected === true;
  const sink: CaptureSink = {
    fact(kind, _t, fields) {
      if (kind === "cart") carts.set((fields as CartState).surface, fields as CartState);
      else if (kind === "cart_gone") carts.delete((fields as CartState).surface);
      else if (kind === "price") {
        const price = fields as PriceShown;
        prices.set(priceRow(price).key, price);
      }
    },
    picture: () => {},
    style: () => {},
  };

  /** What a price lens has stated it does not state again, though the page drew it anew. */
  const isStale = () => [...prices.values()].some((price) => !isThere(priceRow(price).node));

  function begin(): void {
    lenses?.stop();
    carts.clear();
    prices.clear();
    elements.clear();
    address = location.href;
    lenses = startLenses(settings, zones, idOf, sink, clock, () => {});
  }

  function look(): void {
    if (isStale()) begin();
    const walk = (tree: ParentNode) => {
      for (const element of tree.querySelectorAll("*"))
        if (element.shadowRoot) {
          lenses?.host(element);
          walk(element.shadowRoot);
        }
    };
    attempt(() => walk(document));
  }

  function follow(given: PageSettings, adapters: readonly Adapter[]): void {
    const next = withPresets(given, adapters);
    const words = stringify([next.zones, next.carts, next.products]);
    if (words === used && address === location.href) return;
    used = words;
    settings = next;
    zones = createZones(next);
    begin();
    look();
  }

  follow(first, []);
  return {
    follow,
    look,
    settings: () => settings,
    zones: () => zones,
    carts: () => [...carts].flatMap(([key, cart]) => (isThere(cart.node) ? cartRows(cart, key) : [])),
    prices: () =>
      [...prices.values()].map(priceRow).filter(({ node }) => node !== undefined && isThere(node)),
    census: () => takeCensus(document.documentElement, zones),
    element: (node) => elements.get(node),
    stop: () => lenses?.stop(),
  };
}
