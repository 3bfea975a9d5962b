/**
 * The picture: @rrweb/record behind an interface of our own, so that it can be replaced without touching
 * anything else. What it emits passes the veil; its times are the page clock's at that moment.
 *
 * rrweb patches some prototypes (rule insertion, `attachShadow`, value setters) and on stopping puts back what
 * it found, which would also remove what another tool has put on top since. `keepOthers` prevents that.
 */
import { record } from "@rrweb/record";
import type { PageClock } from "../clock";
import { attempt } from "../guard";
import type { PictureEvent } from "./sink";
import type { RecorderEvent } from "./veil";

export interface Recorder {
  /** Begins with a full snapshot; the document must have been parsed. False where it has begun already. */
  start(): boolean;
  stop(): void;
  /** Takes a full snapshot now, if recording. */
  checkpoint(): void;
  /** The recording's id of a node; undefined for what is not in it. */
  idOf(node: Node): number | undefined;
  nodeOf(id: number): Node | null;
}

/** Mouse positions are noted this often and handed over in bundles. */
const MOUSE_MS = 100;
const MOUSE_BUNDLE_MS = 500;
const SCROLL_MS = 120;

/** Where rrweb puts itself between the page and the browser. */
function patchPoints(): (readonly [object | undefined, string])[] {
  const { CSSStyleSheet, CSSGroupingRule, CSSStyleDeclaration, Element } = window;
  const { HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLOptionElement } = window;
  const all = (owner: object | undefined, names: string) =>
    names.split(" ").map((name) => [owner, name] as const);
  return [
    ...all(CSSStyleSheet?.prototype, "insertRule deleteRule replace replaceSync"),
    ...all(CSSGroupingRule?.prototype, "insertRule deleteRule"),
    ...all(CSSStyleDeclaration.prototype, "setProperty removeProperty"),
    ...all(HTMLInputElement.prototype, "value checked"),
    ...all(HTMLSelectElement.prototype, "value selectedIndex"),
    ...all(HTMLTextAreaElement.prototype, "value"),
    ...all(HTMLOptionElement.prototype, "selected"),
    ...all(Element.prototype, "attachShadow"),
  ];
}

/** Notes what stands at the patch points; the answer runs `stop` and puts back what others added since. */
function keepOthers(): (stop: () => void) => void {
  const points = patchPoints();
  const look = () => points.map(([owner, name]) => owner && Object.getOwnPropertyDescriptor(owner, name));
  const ours = look();
  return (stop) => {
    const found = look();
    stop();
    points.forEach(([owner, name], index) => {
      const before = ours[index];
      const after = found[index];
      if (owner && after && (after.value !== before?.value || after.set !== before?.set))
        attempt(() => Object.defineProperty(owner, name, after));
    });
  };
}

/** rrweb runs the page's own calls inside its guard: what the browser throws at the page must reach the page. */
const isOfPage = (error: unknown): boolean =>
  error instanceof DOMException ||
  (error instanceof TypeError && /insertRule|deleteRule|replace|adopted|argument/.test(error.message));

export function createRecorder(
  clock: PageClock,
  /** What may be recorded of an event; null for nothing. */
  veil: (event: RecorderEvent) => RecorderEvent | null,
  emit: (event: PictureEvent) => void,
): Recorder {
  let end: (() => void) | undefined;

  const begin = () => {
    let on = true;
    const stop = record({
      emit: (event) => {
        if (!on) return;
        event.timestamp = clock.now();
        const shown = attempt(() => veil(event as unknown as RecorderEvent));
        if (shown) emit(shown);
      },
      inlineStylesheet: true,
      slimDOMOptions: "all",
      recordCanvas: false,
      recordCrossOriginIframes: false,
      collectFonts: false,
      sampling: { mousemove: MOUSE_MS, mousemoveCallback: MOUSE_BUNDLE_MS, scroll: SCROLL_MS },
      errorHandler: (error: unknown) => !isOfPage(error),
    });
    const keeping = keepOthers();
    end = () => {
      on = false;
      if (stop) keeping(stop);
    };
  };

  return {
    start: () => {
      if (end) return false;
      attempt(begin);
      return true;
    },
    stop: () => {
      attempt(() => end?.());
      end = undefined;
    },
    checkpoint: () => {
      if (end) attempt(() => record.takeFullSnapshot(true));
    },
    idOf: (node) => {
      const id = end ? record.mirror.getId(node) : -1;
      return id > 0 ? id : undefined;
    },
    nodeOf: (id) => record.mirror.getNode(id),
  };
}
