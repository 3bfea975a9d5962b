/**
 * The picture: what the page looks like and how that changes, as events of the format rrweb 2, which @rrweb/replay
 * reads. What is emitted passes the veil; its times are the page clock's at that moment.
 *
 * Frames of the page's own origin and open shadow roots are part of it. Each is watched from when it first comes up.
 */
import type { PageClock } from "../clock";
import { attempt, guarded, listen } from "../guard";
import { createChanges, type Mutation } from "../recorder/changes";
import { createGestures } from "../recorder/gestures";
import { hook } from "../recorder/hook";
import { createMirror, type Mirror } from "../recorder/mirror";
import { leaveNative, shadowRoot } from "../recorder/native";
import { createSheets } from "../recorder/sheets";
import { createWriter } from "../recorder/write";
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

type Realm = Window & typeof globalThis;

const FULL_SNAPSHOT = 2;
const INCREMENT = 3;
const META = 4;
const MUTATION = 0;
const BLANK = "about:blank";
/** A frame that has not loaded by then is taken as it is. */
const FRAME_MS = 5_000;

interface Running {
  readonly mirror: Mirror;
  snapshot(): void;
  stop(): void;
}

function run(pass: (type: number, data: object) => void): Running {
  /** What ends the watching of frames, and of hosts of shadow roots. */
  const framed = new Map<Element, () => void>();
  const hosts = new Map<Element, () => void>();
  /** Shadow roots of which the styles that they adopt are still to be told. */
  const dressed: ShadowRoot[] = [];
  let isOn = true;

  const mirror = createMirror();
  const tell = (source: number, data: object) => {
    if (isOn) pass(INCREMENT, { source, ...data });
  };
  const mutate = (mutation: Partial<Mutation>) => {
    tell(MUTATION, { texts: [], attributes: [], removes: [], adds: [], ...mutation });
    dress();
  };
  const dress = () => {
    for (const root of dressed.splice(0)) sheets.tell(root);
  };
  const later = (run: () => void, ms: number) => setTimeout(guarded(run), ms);

  const writer = createWriter(mirror, (element, tag) => {
    const root = shadowRoot(element);
    if (root) {
      dressed.push(root);
      watchRoot(root);
    }
    if (tag !== "iframe") return;
    const frame = element as HTMLIFrameElement;
    const { contentDocument: content, src } = frame;
    // What is there before the page that it will show says nothing.
    if (content && (content.URL !== BLANK || !src || src === BLANK))
      later(() => enter(frame), content.readyState === "complete" ? 0 : FRAME_MS);
  });
  const changes = createChanges(mirror, writer, mutate);
  const sheets = createSheets(mirror, tell, changes.flush, (root) => dressed.includes(root as ShadowRoot));
  const gestures = createGestures(mirror, tell);

  const watchTree = (root: Document | ShadowRoot) => {
    changes.watch(root);
    return [
      ...gestures.watchScrolling(root),
      listen(root, "load", ({ target }) => loaded(target as HTMLIFrameElement & HTMLLinkElement)),
    ];
  };
  const endAll = (all: (() => void)[]) => () => {
    for (const end of all) attempt(end);
  };
  const watchRoot = (root: ShadowRoot) => {
    if (!hosts.has(root.host)) hosts.set(root.host, endAll(watchTree(root)));
  };
  /** What no longer stands in the recording is not held on to; it is watched again if it comes again. */
  const letGo = (watched: Map<Element, () => void>, also?: Element) => {
    for (const [element, end] of watched)
      if (element === also || !mirror.holds(element)) {
        end();
        watched.delete(element);
      }
  };
  const watchDocument = (root: Document) => {
    const realm = root.defaultView as Realm;
    const all = [
      ...watchTree(root),
      ...gestures.watch(realm),
      ...sheets.watch(realm),
      hook(realm.Element, "attachShadow", (self: Element) => () => {
        const root = self.isConnected && shadowRoot(self);
        if (!root) return;
        dressed.push(root);
        watchRoot(root);
      }),
    ];
    return endAll(all);
  };
  /** Tells what a frame shows, and watches it. */
  const enter = (frame: HTMLIFrameElement) => {
    const content = frame.contentDocument;
    if (!isOn || !content?.defaultView || !mirror.holds(frame)) return;
    changes.flush();
    letGo(framed, frame);
    mirror.frame(frame, content);
    const node = writer.tree(content);
    if (!node) return;
    mutate({ adds: [{ parentId: mirror.idOf(frame), nextId: null, node }], isAttachIframe: true });
    framed.set(frame, watchDocument(content));
    sheets.tell(content);
  };
  const loaded = (target: HTMLIFrameElement & HTMLLinkElement) => {
    if (target.nodeName === "IFRAME") enter(target);
    // A style sheet is in the recording by its text.
    else if (target.nodeName === "LINK" && mirror.holds(target)) {
      const { attributes } = writer.one(target) ?? {};
      if (attributes?._cssText) mutate({ attributes: [{ id: mirror.idOf(target), attributes }] });
    }
  };

  const endDocument = watchDocument(document);
  return {
    mirror,
    snapshot() {
      changes.flush();
      letGo(hosts);
      const { href } = location;
      pass(META, { href, width: innerWidth, height: innerHeight });
      sheets.reset();
      const node = writer.tree(document);
      pass(FULL_SNAPSHOT, { node, initialOffset: { left: scrollX, top: scrollY } });
      sheets.tell(document);
      dress();
    },
    stop() {
      isOn = false;
      changes.stop();
      for (const end of [endDocument, ...framed.values(), ...hosts.values()]) end();
      leaveNative();
    },
  };
}

export function createRecorder(
  clock: PageClock,
  /** What may be recorded of an event; null for nothing. */
  veil: (event: RecorderEvent) => RecorderEvent | null,
  emit: (event: PictureEvent) => void,
): Recorder {
  let running: Running | undefined;
  let mirror: Mirror | undefined;

  const pass = (type: number, data: object) => {
    const shown = attempt(() => veil({ type, timestamp: clock.now(), data }));
    if (shown) emit(shown);
  };

  return {
    start: () => {
      if (running) return false;
      attempt(() => {
        running = run(pass);
        mirror = running.mirror;
        running.snapshot();
      });
      return true;
    },
    stop: () => {
      attempt(() => running?.stop());
      running = undefined;
    },
    checkpoint: guarded(() => running?.snapshot()),
    idOf: (node) => {
      const id = running?.mirror.idOf(node) ?? 0;
      return id > 0 ? id : undefined;
    },
    nodeOf: (id) => mirror?.nodeOf(id) ?? null,
  };
}
