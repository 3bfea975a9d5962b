/**
 * The wire between page and collector. Written by `python -m replay.protocol.typescript` from the dataclasses
 * of replay/model and replay/protocol; do not edit. A field that may be left out has a default: unknown,
 * empty or false. Lengths are Unicode code points (a text's `length` is never less); what is longer is
 * refused.
 */
export const PROTOCOL_VERSION = 1;

/** A session ends after this long without anything from its pages. */
export const IDLE_MS = 1800000;

/** The largest integer, and the largest number of any kind. */
export const SAFE_INTEGER = 9007199254740991;

/** Most events of one batch. */
export const MAX_EVENTS_COUNT = 2000;

/** Largest message; also the largest HTTP body. */
export const MAX_MESSAGE_BYTES = 2097152;

/** Largest payload of a facts batch. */
export const MAX_FACTS_BYTES = 524288;

/** Largest inflated size that a chunk may state. */
export const MAX_CHUNK_RAW_BYTES = 67108864;

/** Largest text of one style sheet. */
export const MAX_STYLE_BYTES = 1048576;

/** Most batches of one track of one page load. */
export const MAX_NUMBER_COUNT = 1000000;

/** Most messages in one HTTP body. */
export const MAX_FRAMES_COUNT = 1000;

export const WORD_MAX_CHARS = 120;

export const SENTENCE_MAX_CHARS = 600;

export const URL_MAX_CHARS = 2000;

export const ID_MAX_CHARS = 40;

export const CIRCUMSTANCES_EXPERIMENTS_MAX_COUNT = 64;

export const CIRCUMSTANCES_CAMPAIGN_MAX_COUNT = 64;

export const IDENTIFIED_EMAIL_MAX_CHARS = 254;

export const IDENTIFIED_PHONE_MAX_CHARS = 40;

export const IDENTIFIED_SIGNATURE_MAX_CHARS = 64;

export const AMOUNT_RAW_MAX_CHARS = 160;

export const AMOUNT_CURRENCY_MAX_CHARS = 3;

export const LINE_NOTES_MAX_COUNT = 8;

export const CART_STATE_CURRENCY_MAX_CHARS = 3;

export const CART_STATE_LINES_MAX_COUNT = 500;

export const CART_STATE_PROMOS_MAX_COUNT = 32;

export const CART_STATE_TOTALS_MAX_COUNT = 32;

export const CART_STATE_MESSAGES_MAX_COUNT = 32;

export const PRICE_SHOWN_UNTIL_MAX_CHARS = 40;

export const ORDER_PLACED_CURRENCY_MAX_CHARS = 3;

export const ORDER_PLACED_LINES_MAX_COUNT = 500;

export const MARK_DATA_MAX_COUNT = 64;

export const ASSETS_SEEN_ITEMS_MAX_COUNT = 200;

export const STYLES_USED_HASHES_MAX_COUNT = 200;

export const GAP_REASON_MAX_CHARS = 120;

/** The two tracks of a page load, each numbered from 1. Facts go first and are dropped last. */
export const Track = {
  FACTS: 0,
  PICTURE: 1,
} as const;
export type Track = (typeof Track)[keyof typeof Track];

/** Why the collector ends a conversation. The page knows from the code whether to come again. */
export const CloseCode = {
  /** A message does not fit the protocol: sending it again would not help. */
  MALFORMED: 4400,
  /** The session is not this page's: forget it and start a new one. */
  WRONG_TOKEN: 4401,
  /** Unknown site key, foreign origin or missing consent: stop until the page is loaded again. */
  FORBIDDEN: 4403,
  /** The session is over (idle, signed out or erased): start a new one. */
  SESSION_ENDED: 4410,
  /** A batch number was used again for other bytes: start a new page load's numbering. */
  CONFLICT: 4409,
  /** A limit of size, depth or count was passed. */
  TOO_LARGE: 4413,
  /** A limit on rate or total was passed: come again later. */
  TOO_MUCH: 4429,
  /** The collector cannot keep anything now: hold on to what is unacknowledged and come again. */
  CANNOT_STORE: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** A number is finite. */
export type Scalar = string | number | boolean | null;

export type Bytes = Uint8Array<ArrayBuffer>;

export type Surface = "drawer" | "page" | "summary" | "mini" | "network" | "data_layer" | "api";

export type Source = "displayed" | "declared" | "network" | "server";

export type Zone = "catalogue" | "cart" | "account" | "payment" | "private";

/**
 * What the customer's browser was like when the page loaded. Unknown things are null. `sdk`: which facts the
 * SDK states; from `2` on it says that nothing came of a press, so that silence tells. `locale`: what the
 * browser is set to; `language`: what the page says it is written in (BCP 47).
 */
export interface Circumstances {
  readonly user_agent?: string | null;
  /** From 0 to 100000. */
  readonly width?: number | null;
  /** From 0 to 100000. */
  readonly height?: number | null;
  /** From 0 to 1000. */
  readonly pixel_ratio?: number | null;
  readonly locale?: string | null;
  readonly language?: string | null;
  readonly time_zone?: string | null;
  readonly release?: string | null;
  readonly experiments?: Readonly<Record<string, Scalar>> | null;
  readonly campaign?: Readonly<Record<string, Scalar>> | null;
  readonly sdk?: string | null;
}

/**
 * A document began to be recorded. `how`: the navigation type; `resumed`: back/forward cache. `age_ms`: how
 * long before it had been loaded, where that is not just now. `status`: what the server answered with, where
 * that is an error and the browser says so.
 */
export interface PageLoaded {
  readonly url: string;
  readonly title?: string | null;
  /** From 400 to 599. */
  readonly status?: number | null;
  readonly referrer?: string | null;
  readonly how?: "navigate" | "reload" | "back_forward" | "resumed" | "restarted";
  /** From 0 to 8640000000000000. */
  readonly age_ms?: number | null;
  readonly circumstances?: Circumstances;
}

/** A single-page shop changed its address without loading a document. */
export interface PageViewed {
  readonly url: string;
  readonly title?: string | null;
}

/** The tab came to the front or went behind another. */
export interface TabShown {
  readonly visible: boolean;
}

/** The document was left. `picture_complete` is false when unsent picture had to stay behind. */
export interface PageLeft {
  readonly picture_complete: boolean;
}

/** The shop said who the customer is; `signature` proves that its backend said so. */
export interface Identified {
  readonly customer_id?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly name?: string | null;
  readonly expires?: number | null;
  readonly signature?: string | null;
}

/** The customer signed out; the session ends with this event. */
export type SignedOut = Readonly<Record<string, never>>;

/** Rendered text, white space folded, with the recording's node id of the element it was read from. */
export interface Text {
  readonly raw: string;
  /** From 1 to 2147483647. */
  readonly node?: number | null;
}

/** Money as given: `raw` verbatim, `minor` in ISO 4217 minor units only if the shop stated it so. */
export interface Amount {
  readonly raw?: string | null;
  /** From 1 to 2147483647. */
  readonly node?: number | null;
  readonly currency?: string | null;
  readonly minor?: number | null;
}

/** One line of a cart. `quantity_typed` is a number in the box that is not in force yet. */
export interface Line {
  readonly id?: string | null;
  readonly sku?: string | null;
  readonly name?: Text | null;
  readonly quantity?: Text | null;
  readonly quantity_typed?: Text | null;
  readonly unit?: Amount | null;
  readonly was?: Amount | null;
  readonly total?: Amount | null;
  readonly total_was?: Amount | null;
  readonly notes?: readonly Text[];
}

/** A promotion that the surface shows as applied. */
export interface PromoShown {
  readonly code?: string | null;
  readonly text?: Text | null;
  readonly amount?: Amount | null;
}

/** One row of the totals: `key` says which, `label` is what the customer read beside it. */
export interface Total {
  readonly key: string;
  readonly label?: Text | null;
  readonly amount?: Amount | null;
}

/** A whole snapshot of one cart surface from one source. `node` is the surface's own replay node. */
export interface CartState {
  readonly surface: Surface;
  readonly source: Source;
  /** From 1 to 2147483647. */
  readonly node?: number | null;
  readonly cart_id?: string | null;
  readonly currency?: string | null;
  readonly lines?: readonly Line[] | null;
  /** true when the surface showed more lines than a state can hold. */
  readonly lines_cut?: boolean;
  readonly count?: Text | null;
  readonly promos?: readonly PromoShown[] | null;
  readonly totals?: readonly Total[];
  readonly messages?: readonly Text[];
  readonly empty?: Text | null;
  /** The adapter that read it, where one did: a key of `replay.model.adapters.ADAPTERS`. */
  readonly via?: string | null;
}

/** A displayed cart surface left the screen (closed, removed or hidden). */
export interface CartGone {
  readonly surface: Surface;
}

/**
 * A price outside the cart, as shown (or as the shop declared it). `until`: when the shop says that it ends,
 * an ISO 8601 date with or without a time.
 */
export interface PriceShown {
  readonly source: "displayed" | "declared";
  readonly context: string;
  readonly role: string;
  readonly sku?: string | null;
  readonly name?: Text | null;
  readonly amount?: Amount;
  readonly until?: string | null;
}

/** A step in the life of a promotion. */
export interface PromoSeen {
  readonly source: "displayed" | "declared";
  readonly state: "offered" | "entered" | "applied" | "rejected" | "removed";
  readonly code?: string | null;
  readonly campaign?: string | null;
  readonly amount?: Amount | null;
  readonly reason?: string | null;
  readonly text?: Text | null;
}

/** One line of an order as the shop declared it. */
export interface OrderLine {
  readonly sku?: string | null;
  readonly name?: string | null;
  readonly quantity?: string | null;
  readonly price?: Amount | null;
}

/** The shop's page said that an order was placed. */
export interface OrderPlaced {
  readonly id: string;
  readonly currency?: string | null;
  readonly total?: Amount | null;
  readonly lines?: readonly OrderLine[] | null;
}

/** A named fact of the shop's own. */
export interface Mark {
  readonly name: string;
  readonly data?: Readonly<Record<string, Scalar>> | null;
}

/** A trusted click. `text` is the control's visible label where its zone is readable. */
export interface Click {
  /** From 1 to 2147483647. */
  readonly node?: number | null;
  readonly control?: string | null;
  readonly text?: Text | null;
  /** From -10000000 to 10000000. */
  readonly x?: number | null;
  /** From -10000000 to 10000000. */
  readonly y?: number | null;
}

/**
 * What came of a press on a button or link, where no other fact tells: the click `after_ms` earlier in the
 * same page load, the last of `presses` on the same control. `nothing`: no change of the page, no message, no
 * other page. `elsewhere`: only what stands apart from the control changed, later than what follows from a
 * press. `message`: the page said `text`, or, without it, the browser asked for a field; with no click at
 * that time, it said so when it had just loaded. `disabled`: nothing, and the control was disabled.
 * `offline`: nothing, and there was no network. `status`: what the page's own server answered meanwhile.
 */
export interface Outcome {
  readonly what: "nothing" | "elsewhere" | "message" | "disabled" | "offline";
  /** From 0 to 2147483647. */
  readonly after_ms: number;
  /** From 1 to 10000. */
  readonly presses?: number;
  readonly text?: Text | null;
  /** From 0 to 999. */
  readonly status?: number | null;
}

/** An uncaught error or rejected promise of the page. */
export interface ScriptError {
  readonly message: string;
  readonly where?: string | null;
  readonly line?: number | null;
  readonly column?: number | null;
}

/** A request that was answered with 400 or above, or not at all (`status` null). */
export interface RequestFailed {
  readonly method: string;
  readonly url: string;
  /** From 0 to 999. */
  readonly status?: number | null;
  /** From 0 to 2147483647. */
  readonly duration_ms?: number | null;
}

/** The visitor's choice, as the shop's page stated it, with its version where it has one. */
export interface ConsentGiven {
  readonly state: "granted" | "denied";
  readonly version?: string | null;
}

/** The page dropped facts because its buffer was full. */
export interface FactsLost {
  readonly count: number;
}

/**
 * An image or font that the page showed, or a style sheet whose rules it may not read. `url`: absolute,
 * exactly as the recording has it, without its fragment; `bytes`: decoded size; `width` and `height`: an
 * image's own, not those it is shown with.
 */
export interface AssetSeen {
  readonly url: string;
  readonly kind: "image" | "font" | "style";
  /** From 0 to 1099511627776. */
  readonly bytes?: number | null;
  /** From 0 to 100000. */
  readonly width?: number | null;
  /** From 0 to 100000. */
  readonly height?: number | null;
}

/** What the page showed that the collector may fetch, each once per page load (again when it changed). */
export interface AssetsSeen {
  readonly items: readonly AssetSeen[];
}

/** Style texts that the recording refers to by the SHA-256 of their UTF-8, each once per page load. */
export interface StylesUsed {
  readonly hashes: readonly string[];
}

/** Elements that match `selector` (and what is inside) belong to `zone`. */
export interface ZoneRule {
  readonly selector: string;
  readonly zone: Zone;
}

/** Where one cart surface stands on the page. All but `root` are looked for inside it (or a line). */
export interface CartSelectors {
  readonly surface: Surface;
  readonly root: string;
  readonly line?: string | null;
  readonly sku_attribute?: string | null;
  readonly name?: string | null;
  readonly quantity?: string | null;
  readonly unit?: string | null;
  readonly was?: string | null;
  readonly total?: string | null;
  readonly total_was?: string | null;
  readonly note?: string | null;
  readonly count?: string | null;
  /**
   * A row of the totals; `total_label` and `total_amount` are inside it. Where there is no `total_amount` the
   * amount is what the row says outside of every element in it: `<p><b>Total:</b> £12.00</p>`.
   */
  readonly total_row?: string | null;
  readonly total_label?: string | null;
  readonly total_amount?: string | null;
  readonly promo?: string | null;
  readonly promo_amount?: string | null;
  readonly promo_input?: string | null;
  readonly promo_submit?: string | null;
  readonly message?: string | null;
  readonly empty?: string | null;
}

/** Where prices outside the cart stand. */
export interface ProductSelectors {
  readonly context: string;
  readonly root: string;
  readonly sku_attribute?: string | null;
  readonly name?: string | null;
  readonly current?: string | null;
  readonly was?: string | null;
}

/** Settings of one site that its pages follow. Times are milliseconds. */
export interface PageSettings {
  /**
   * `required`: nothing happens until the page says `replay('consent', 'granted')`. `managed`: the shop's
   * consent tool is read. The snippet carries it, because it holds before settings can be fetched.
   */
  readonly consent: "required" | "managed";
  /** How long facts and picture may wait in the page while nobody watches. */
  readonly flush_ms: number;
  /** From 1 to 60000. */
  readonly flush_watched_ms: number;
  readonly zones: readonly ZoneRule[];
  readonly carts: readonly CartSelectors[];
  readonly products: readonly ProductSelectors[];
  /** Elements into which the support code is written, beside `[data-replay-code]`. */
  readonly code_selector?: string | null;
  /** Paths (`*` is any text) on which no picture is recorded. */
  readonly payment_paths: readonly string[];
  /** Query keys that may be kept, beside utm_*, coupon, promo, discount, variant, page and q. */
  readonly url_keys: readonly string[];
  /**
   * Origins beside the site's own whose images, fonts and style sheets are fetched and kept, such as the
   * shop's content delivery network. A welcome names the site's own among them.
   */
  readonly asset_origins: readonly string[];
  /**
   * `off`: a browser that says Global Privacy Control is not recorded. `ignore` is the shop's own decision
   * and responsibility.
   */
  readonly global_privacy_control: "off" | "ignore";
}

/** What a `Welcome` leaves out: `{ ...DEFAULT_SETTINGS, ...welcome.settings }`. */
export const DEFAULT_SETTINGS: PageSettings = {
  consent: "required",
  flush_ms: 2000,
  flush_watched_ms: 100,
  zones: [],
  carts: [],
  products: [],
  payment_paths: ["*/checkout/payment*", "*/payment*", "*/pay/*"],
  url_keys: [],
  asset_origins: [],
  global_privacy_control: "off",
};

/** What an adapter is called to an agent, and how it was seen to work. */
export const ADAPTERS: Readonly<Record<string, readonly [title: string, label: string]>> = {
  data_layer: ["Google data layer", "documented only"],
  segment: ["Segment or RudderStack data", "documented only"],
  adobe: ["Adobe data layer", "documented only"],
  product_data: ["product data", "documented only"],
  shopify: ["Shopify cart", "documented only"],
  magento: ["Magento cart", "documented only"],
  woocommerce: ["WooCommerce cart", "documented only"],
  bigcommerce: ["BigCommerce cart", "documented only"],
  sfra: ["Salesforce cart", "documented only"],
  prestashop: ["PrestaShop cart", "documented only"],
  opencart: ["OpenCart", "documented only"],
  evershop: ["EverShop cart", "seen working on a real install"],
  medusa: ["Medusa cart", "documented only"],
  saleor: ["Saleor checkout", "documented only"],
};

/** The fields of an event by its kind. */
export interface Facts {
  readonly page: PageLoaded;
  readonly view: PageViewed;
  readonly tab: TabShown;
  readonly left: PageLeft;
  readonly identify: Identified;
  readonly signout: SignedOut;
  readonly cart: CartState;
  readonly cart_gone: CartGone;
  readonly price: PriceShown;
  readonly promo: PromoSeen;
  readonly order: OrderPlaced;
  readonly mark: Mark;
  readonly click: Click;
  readonly outcome: Outcome;
  readonly error: ScriptError;
  readonly request: RequestFailed;
  readonly consent: ConsentGiven;
  readonly lost: FactsLost;
  readonly assets: AssetsSeen;
  readonly styles: StylesUsed;
}
export type Kind = keyof Facts;

/** An event as it travels; `t` is page-clock milliseconds since 1970, of the cause. */
export type EventList<K extends Kind = Kind> = {
  [kind in K]: readonly [kind: kind, t: number, fields: Facts[kind]];
}[K];

/**
 * Recorder events of one stretch of time. `raw_bytes` is the size of `data` inflated; times are page clock,
 * milliseconds since 1970; `checkpoint` says that it starts with a full snapshot.
 */
export interface Chunk {
  readonly format: "rrweb-2/json";
  readonly codec: "none" | "gzip";
  /** From 0 to 1099511627776. */
  readonly raw_bytes: number;
  /** From 0 to 8640000000000000. */
  readonly first_ms: number;
  /** From 0 to 8640000000000000. */
  readonly last_ms: number;
  /** From 1 to 10000000. */
  readonly count: number;
  readonly checkpoint: boolean;
  readonly data: Bytes;
}

export const chunkList = (c: Chunk): readonly unknown[] => [
  c.format,
  c.codec,
  c.raw_bytes,
  c.first_ms,
  c.last_ms,
  c.count,
  c.checkpoint,
  c.data,
];

/** A stored picture payload's list with its names; trusted, since the collector checked it. */
export const readChunk = (list: readonly unknown[]): Chunk => ({
  format: list[0] as "rrweb-2/json",
  codec: list[1] as "none" | "gzip",
  raw_bytes: list[2] as number,
  first_ms: list[3] as number,
  last_ms: list[4] as number,
  count: list[5] as number,
  checkpoint: list[6] as boolean,
  data: list[7] as Bytes,
});

/** First message of every connection. `session` and `token` are those of an earlier `Welcome`. */
export interface Hello {
  readonly version: number;
  /** An id of letters, digits and - . _ ~. */
  readonly site: string;
  /** An id of letters, digits and - . _ ~. */
  readonly tab: string;
  /** An id of letters, digits and - . _ ~. */
  readonly load: string;
  readonly consent: "granted" | "managed";
  readonly sent_ms: number;
  /** An id of letters, digits and - . _ ~. */
  readonly session?: string | null;
  /** An id of letters, digits and - . _ ~. */
  readonly token?: string | null;
}

export const helloList = (h: Hello): readonly unknown[] => [
  0,
  h.version,
  h.site,
  h.tab,
  h.load,
  h.consent,
  h.sent_ms,
  h.session ?? null,
  h.token ?? null,
];

/** Page-clock times at which the hello left and its welcome arrived, for the clock offset. */
export interface Clock {
  readonly sent_ms: number;
  readonly received_ms: number;
}

export const clockList = (c: Clock): readonly unknown[] => [1, c.sent_ms, c.received_ms];

/** One numbered batch; `payload` is kept as it came (facts: `model.events`, picture: a chunk). */
export interface Batch {
  readonly track: Track;
  readonly number: number;
  readonly payload: Bytes;
}

export const batchList = (b: Batch): readonly unknown[] => [2, b.track, b.number, b.payload];

/** The page will never send `first` to `last` of this track: its buffer was full or the page ended. */
export interface Gap {
  readonly track: Track;
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}

export const gapList = (g: Gap): readonly unknown[] => [3, g.track, g.first, g.last, g.reason];

/** The text of a style that `Styles` asked for: UTF-8 whose SHA-256 is `hash`. */
export interface Style {
  /** A SHA-256 as 64 hexadecimal digits. */
  readonly hash: string;
  readonly data: Bytes;
}

export const styleList = (s: Style): readonly unknown[] => [4, s.hash, s.data];

/** Answer to `Hello`: the session to use from now on, and how far its tracks are already kept. */
export interface Welcome {
  /** An id of letters, digits and - . _ ~. */
  readonly session: string;
  /** An id of letters, digits and - . _ ~. */
  readonly token: string;
  /** An id of letters, digits and - . _ ~. */
  readonly code: string;
  readonly server_ms: number;
  readonly facts_acked: number;
  readonly picture_acked: number;
  readonly settings: Partial<PageSettings>;
}

/** Everything of the track up to `number` is committed and synced, or declared lost. */
export interface Ack {
  readonly track: Track;
  readonly number: number;
}

/** Somebody began or ceased to watch live: flush fast, or at ease. */
export interface Watched {
  readonly on: boolean;
}

/** Please take a full snapshot now. */
export type CheckpointWanted = Readonly<Record<string, never>>;

/** A new write token; the old one is void. */
export interface Token {
  /** An id of letters, digits and - . _ ~. */
  readonly token: string;
}

/** Last message before the collector closes: the code and a sentence that says what to do. */
export interface Refused {
  readonly code: number;
  readonly reason: string;
}

/**
 * What becomes of styles that facts named. Comes when such facts are committed, in answer to a `Style`, and
 * after the welcome of a page load that the collector knows already: then for all of its session. `kept`:
 * committed and synced for the whole site, need not be sent. `wanted`: please send. `refused`: not kept in
 * this conversation; sending it again would not help.
 */
export interface Styles {
  /** A SHA-256 as 64 hexadecimal digits. */
  readonly kept: readonly string[];
  /** A SHA-256 as 64 hexadecimal digits. */
  readonly wanted: readonly string[];
  /** A SHA-256 as 64 hexadecimal digits. */
  readonly refused: readonly string[];
}

export type ServerMessage =
  | ({ readonly type: "Welcome" } & Welcome)
  | ({ readonly type: "Ack" } & Ack)
  | ({ readonly type: "Watched" } & Watched)
  | { readonly type: "CheckpointWanted" }
  | ({ readonly type: "Token" } & Token)
  | ({ readonly type: "Refused" } & Refused)
  | ({ readonly type: "Styles" } & Styles);

/** The message that a list from the collector stands for; null for one newer than this page. */
export const readServerMessage = (list: readonly unknown[]): ServerMessage | null => {
  switch (list[0]) {
    case 0:
      return {
        type: "Welcome",
        session: list[1] as string,
        token: list[2] as string,
        code: list[3] as string,
        server_ms: list[4] as number,
        facts_acked: list[5] as number,
        picture_acked: list[6] as number,
        settings: list[7] as Partial<PageSettings>,
      };
    case 1:
      return { type: "Ack", track: list[1] as Track, number: list[2] as number };
    case 2:
      return { type: "Watched", on: list[1] as boolean };
    case 3:
      return { type: "CheckpointWanted" };
    case 4:
      return { type: "Token", token: list[1] as string };
    case 5:
      return { type: "Refused", code: list[1] as number, reason: list[2] as string };
    case 6:
      return {
        type: "Styles",
        kept: list[1] as readonly string[],
        wanted: list[2] as readonly string[],
        refused: list[3] as readonly string[],
      };
    default:
      return null;
  }
};
