/**
 * The shapes of the recorder's events (format `rrweb-2/json`) after `sanitize`: what the replayer is given.
 * They are ours, so that nothing reaches the replayer that is not written down here.
 */
export const EventType = { FULL_SNAPSHOT: 2, INCREMENTAL: 3, META: 4 } as const;

export const Change = {
  MUTATION: 0,
  MOUSE_MOVE: 1,
  MOUSE_INTERACTION: 2,
  SCROLL: 3,
  RESIZE: 4,
  INPUT: 5,
  TOUCH_MOVE: 6,
  STYLE_RULE: 8,
  FONT: 10,
  DRAG: 12,
  STYLE_DECLARATION: 13,
  SELECTION: 14,
  ADOPTED_SHEETS: 15,
} as const;

export const NodeKind = { DOCUMENT: 0, DOCTYPE: 1, ELEMENT: 2, TEXT: 3, CDATA: 4, COMMENT: 5 } as const;

export type Attributes = Record<string, string | number | true | null>;
export type StyleChange = Record<string, string | [string, string] | false>;

export interface SafeNode {
  id: number;
  type: number;
  rootId?: number;
  isShadowHost?: true;
  isShadow?: true;
  childNodes?: SafeNode[];
  compatMode?: string;
  name?: string;
  publicId?: string;
  systemId?: string;
  tagName?: string;
  attributes?: Attributes;
  isSVG?: true;
  isCustom?: true;
  textContent?: string;
  isStyle?: true;
}

export interface SafeEvent {
  readonly type: number;
  readonly data: object;
  /** Page clock; never before the event before it. */
  timestamp: number;
}

/** The fields of something that came out of JSON; arrays and other values have none. */
export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = Object.freeze({});

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A finite number within bounds, else null. */
export function numberOf(value: unknown, min: number, max: number): number | null {
  return typeof value === "number" && value >= min && value <= max ? value : null;
}

const MAX_NODE_ID = 2 ** 31;

/** A node id, else null. The recorder counts from 1. */
export function idOf(value: unknown): number | null {
  return Number.isInteger(value) ? numberOf(value, 1, MAX_NODE_ID) : null;
}
