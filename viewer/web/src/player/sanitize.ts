/**
 * The recorder's events, made harmless: known kinds and known fields only, every number within bounds, every
 * node through `NodeSanitizer`. What does not fit is left out; canvas commands, media, fonts from elsewhere,
 * plugins and custom events always are.
 *
 * One sanitizer reads one run of a page load, from its checkpoint on and in order.
 */
import { NOTHING_KEPT, type Shown } from "./kept";
import {
  Change,
  EventType,
  type Fields,
  fieldsOf,
  idOf,
  listOf,
  NodeKind,
  numberOf,
  type SafeEvent,
  type SafeNode,
  textOf,
} from "./recorder_event";
import { MAX_SCROLL_PX, NodeSanitizer } from "./sanitize_node";

const MAX_VIEWPORT_PX = 12_000;
/** Most additions, removals … of one mutation. */
const MAX_ITEMS_COUNT = 300_000;
const MAX_POSITIONS_COUNT = 10_000;
const MAX_RULE_INDEX = 1_000_000;
const MAX_COORDINATE_PX = 1_000_000;
const MAX_FONT_CHARS = 4_000_000;
/** The recorder looks back at most this far for the positions of a pointer. */
const MAX_LOOK_BACK_MS = 10_000;

export class Sanitizer {
  private nodes: NodeSanitizer;
  private viewport = { width: 1_280, height: 720 };
  private hasPage = false;

  constructor(private readonly shown: Shown = NOTHING_KEPT) {
    this.nodes = new NodeSanitizer(shown);
  }

  /** Zero, one or more events for one that was recorded, between the given page-clock times. */
  read(value: unknown, firstMs: number, lastMs: number): SafeEvent[] {
    const { type, data, timestamp } = fieldsOf(value);
    const said = numberOf(timestamp, 0, Number.MAX_SAFE_INTEGER) ?? firstMs;
    const at = Math.min(Math.max(said, firstMs), lastMs);
    const fields = fieldsOf(data);
    if (type === EventType.META) return this.meta(fields);
    if (type === EventType.FULL_SNAPSHOT) return this.snapshot(fields, at);
    if (type !== EventType.INCREMENTAL || !this.hasPage) return [];
    if (isMove(fields.source)) return moves(fields, at, firstMs);
    const change = this.change(fields);
    return change ? [{ type: EventType.INCREMENTAL, data: change, timestamp: at }] : [];
  }

  /** Remembered for the snapshot that follows: alone it would make the replayer forget the page. */
  private meta(fields: Fields): SafeEvent[] {
    this.viewport = viewportOf(fields) ?? this.viewport;
    return [];
  }

  private snapshot(fields: Fields, at: number): SafeEvent[] {
    this.nodes = new NodeSanitizer(this.shown);
    const node = this.nodes.tree(fields.node);
    if (node?.type !== NodeKind.DOCUMENT || !hasRoot(node)) return [];
    this.hasPage = true;
    const offset = fieldsOf(fields.initialOffset);
    const initialOffset = { top: scrollOf(offset.top), left: scrollOf(offset.left) };
    const { width, height } = this.viewport;
    return [
      { type: EventType.META, data: { href: "", width, height }, timestamp: at },
      { type: EventType.FULL_SNAPSHOT, data: { node, initialOffset }, timestamp: at },
    ];
  }

  private change(fields: Fields): object | null {
    const { source } = fields;
    switch (source) {
      case Change.MUTATION:
        return this.mutation(fields);
      case Change.MOUSE_INTERACTION:
        return interaction(fields);
      case Change.SCROLL: {
        const id = idOf(fields.id);
        return id === null ? null : { source, id, x: scrollOf(fields.x), y: scrollOf(fields.y) };
      }
      case Change.RESIZE: {
        const size = viewportOf(fields);
        if (!size) return null;
        this.viewport = size;
        return { source, ...size };
      }
      case Change.INPUT: {
        const id = idOf(fields.id);
        return id === null
          ? null
          : { source, id, text: textOf(fields.text), isChecked: fields.isChecked === true };
      }
      case Change.STYLE_RULE:
        return styleRule(fields, this.shown);
      case Change.STYLE_DECLARATION:
        return styleDeclaration(fields, this.shown);
      case Change.ADOPTED_SHEETS:
        return adoptedSheets(fields, this.shown);
      case Change.FONT:
        return font(fields);
      case Change.SELECTION:
        return selection(fields);
      default:
        return null;
    }
  }

  private mutation(fields: Fields): object {
    const adds = bounded(fields.adds).flatMap((value) => {
      const add = fieldsOf(value);
      const parentId = idOf(add.parentId);
      const node = this.nodes.tree(add.node);
      if (parentId === null || !node) return [];
      return [{ parentId, previousId: idOf(add.previousId), nextId: idOf(add.nextId), node }];
    });
    const removes = bounded(fields.removes).flatMap((value) => {
      const { parentId, id, isShadow } = fieldsOf(value);
      const [from, what] = [idOf(parentId), idOf(id)];
      if (from === null || what === null) return [];
      return [{ parentId: from, id: what, ...(isShadow === true && { isShadow: true }) }];
    });
    const texts = bounded(fields.texts).flatMap((value) => {
      const id = idOf(fieldsOf(value).id);
      return id === null ? [] : [{ id, value: this.nodes.text(id, fieldsOf(value).value) }];
    });
    const attributes = bounded(fields.attributes).flatMap((value) => {
      const id = idOf(fieldsOf(value).id);
      const changes = id === null ? null : this.nodes.attributes(id, fieldsOf(value).attributes);
      return id === null || changes === null ? [] : [{ id, attributes: changes }];
    });
    const mutation = { source: Change.MUTATION, adds, texts, attributes };
    // The replayer narrows this list to the nodes it finds and would have forgotten the rest when it plays
    // the same event again after a jump back.
    return Object.defineProperty(mutation, "removes", {
      get: () => removes,
      set: () => {},
      enumerable: true,
    });
  }
}

/**
 * Moves as one event for each position, at its own time: the replayer otherwise stands at a stretch's last
 * position while time is still within it, and takes a stretch's beginning for how far it has played.
 */
function moves(fields: Fields, at: number, firstMs: number): SafeEvent[] {
  const events: SafeEvent[] = [];
  for (const value of listOf(fields.positions).slice(0, MAX_POSITIONS_COUNT)) {
    const position = fieldsOf(value);
    const id = idOf(position.id);
    const x = coordinate(position.x);
    const y = coordinate(position.y);
    if (id === null || x === null || y === null) continue;
    const back = numberOf(position.timeOffset, -MAX_LOOK_BACK_MS, 0) ?? 0;
    const data = { source: fields.source, positions: [{ x, y, id, timeOffset: 0 }] };
    events.push({
      type: EventType.INCREMENTAL,
      data,
      timestamp: Math.max(at + back, firstMs - MAX_LOOK_BACK_MS),
    });
  }
  return events;
}

/** Whether an event only moves the pointer: its time may lie before that of the events before it. */
export const isPointerMove = (event: SafeEvent): boolean =>
  event.type === EventType.INCREMENTAL && isMove(fieldsOf(event.data).source);

const isMove = (source: unknown): boolean =>
  source === Change.MOUSE_MOVE || source === Change.TOUCH_MOVE || source === Change.DRAG;

const bounded = (value: unknown): readonly unknown[] => listOf(value).slice(0, MAX_ITEMS_COUNT);

const coordinate = (value: unknown): number | null => numberOf(value, -MAX_COORDINATE_PX, MAX_COORDINATE_PX);

const scrollOf = (value: unknown): number => numberOf(value, -MAX_SCROLL_PX, MAX_SCROLL_PX) ?? 0;

const hasRoot = (node: SafeNode): boolean =>
  node.childNodes?.some((child) => child.type === NodeKind.ELEMENT && child.tagName === "html") ?? false;

function viewportOf(fields: Fields): { width: number; height: number } | null {
  const width = numberOf(fields.width, 1, MAX_VIEWPORT_PX);
  const height = numberOf(fields.height, 1, MAX_VIEWPORT_PX);
  return width === null || height === null ? null : { width: Math.round(width), height: Math.round(height) };
}

function interaction(fields: Fields): object | null {
  const id = idOf(fields.id);
  const type = numberOf(fields.type, 0, 10);
  if (id === null || type === null || !Number.isInteger(type)) return null;
  const x = coordinate(fields.x) ?? 0;
  const y = coordinate(fields.y) ?? 0;
  const visible = fields.visible === true && { visible: true };
  return { source: Change.MOUSE_INTERACTION, type, id, x, y, ...visible };
}

const ruleIndex = (value: unknown): number | null =>
  Number.isInteger(value) ? numberOf(value, 0, MAX_RULE_INDEX) : null;

function rulePlace(value: unknown): number | number[] | null {
  if (!Array.isArray(value)) return ruleIndex(value);
  const places = value.map(ruleIndex).filter((place) => place !== null);
  return places.length === value.length && places.length > 0 && places.length < 16 ? places : null;
}

function rulesAdded(value: unknown, shown: Shown): object[] {
  return bounded(value).flatMap((given) => {
    const { rule, index } = fieldsOf(given);
    const place = rulePlace(index);
    return typeof rule === "string"
      ? [{ rule: shown.css(rule), ...(place !== null && { index: place }) }]
      : [];
  });
}

function sheetOf(fields: Fields): { id?: number; styleId?: number } | null {
  const id = idOf(fields.id);
  const styleId = idOf(fields.styleId);
  if (id === null && styleId === null) return null;
  return { ...(id !== null && { id }), ...(styleId !== null && { styleId }) };
}

function styleRule(fields: Fields, shown: Shown): object | null {
  const sheet = sheetOf(fields);
  if (!sheet) return null;
  const removes = bounded(fields.removes).flatMap((given) => {
    const index = rulePlace(fieldsOf(given).index);
    return index === null ? [] : [{ index }];
  });
  return {
    source: Change.STYLE_RULE,
    ...sheet,
    adds: rulesAdded(fields.adds, shown),
    removes,
    ...(typeof fields.replace === "string" && { replace: shown.css(fields.replace) }),
    ...(typeof fields.replaceSync === "string" && { replaceSync: shown.css(fields.replaceSync) }),
  };
}

function styleDeclaration(fields: Fields, shown: Shown): object | null {
  const sheet = sheetOf(fields);
  const index = rulePlace(fields.index);
  if (!sheet || !Array.isArray(index)) return null;
  const set = fieldsOf(fields.set);
  const remove = fieldsOf(fields.remove);
  const change = { source: Change.STYLE_DECLARATION, ...sheet, index };
  if (typeof set.property === "string")
    return {
      ...change,
      set: {
        property: set.property,
        value: shown.css(textOf(set.value)),
        priority: set.priority === "important" ? "important" : "",
      },
    };
  return typeof remove.property === "string" ? { ...change, remove: { property: remove.property } } : null;
}

function adoptedSheets(fields: Fields, shown: Shown): object | null {
  const id = idOf(fields.id);
  if (id === null) return null;
  const styles = bounded(fields.styles).flatMap((given) => {
    const styleId = idOf(fieldsOf(given).styleId);
    return styleId === null ? [] : [{ styleId, rules: rulesAdded(fieldsOf(given).rules, shown) }];
  });
  const styleIds = bounded(fields.styleIds)
    .map(idOf)
    .filter((styleId) => styleId !== null);
  return { source: Change.ADOPTED_SHEETS, id, styles, styleIds };
}

/** Only a font whose bytes came along; the replayer makes it in the desk's own page. */
function font(fields: Fields): object | null {
  const source = textOf(fields.fontSource);
  if (fields.buffer === true || source.length > MAX_FONT_CHARS) return null;
  const safe = NOTHING_KEPT.css(source);
  if (!/^url\("data:(font|application)\/[^"]*"\)$/i.test(safe.trim())) return null;
  return {
    source: Change.FONT,
    family: textOf(fields.family).slice(0, 200),
    buffer: false,
    fontSource: safe,
  };
}

function selection(fields: Fields): object {
  const ranges = bounded(fields.ranges).flatMap((given) => {
    const { start, end, startOffset, endOffset } = fieldsOf(given);
    const [from, to] = [idOf(start), idOf(end)];
    const [fromAt, toAt] = [ruleIndex(startOffset), ruleIndex(endOffset)];
    if (from === null || to === null || fromAt === null || toAt === null) return [];
    return [{ start: from, startOffset: fromAt, end: to, endOffset: toAt }];
  });
  return { source: Change.SELECTION, ranges };
}
