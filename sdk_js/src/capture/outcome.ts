/**
 * What comes of a press on a button or link, where no other fact tells: a message that the page shows, or nothing
 * at all. Only then something is stated, so a press that works costs a visit no bytes.
 *
 * What counts as a change is judged by time and place, from the records that the lenses' observer has anyway.
 * What follows at once from the press, or from the answer to a request that did, is its doing wherever it is;
 * later only what stands near the control. What came and went again while a request was under way (a spinner)
 * was no answer, and what had already been changing by itself while nobody touched the page (a clock, a
 * carousel) is none either. Where only other things changed, that is said, and means that nobody can tell.
 * What answered a press before and still stands there answers the next one, too, if the server refused it again.
 */
import type { PageClock } from "../clock";
import { attempt, guarded, listen } from "../guard";
import type { Outcome, Text } from "../wire.gen";
import { wrap } from "../wrap";
import { compact } from "./cart";
import type { CaptureSink } from "./sink";

export interface Outcomes {
  /** A trusted press, before the page hears of it. */
  pressed(control: Element, event: Event, t: number): void;
  /** Changes of the page. */
  changed(records: readonly MutationRecord[], t: number): void;
  /** Another fact or the page itself tells what came of the press. */
  came(): void;
  /** The same, if it follows from the press. */
  follows(): void;
  /** A request begins; the answer is to be told its end. */
  asked(url: string): (status?: number) => void;
  stop(): void;
}

interface Press {
  readonly control: Element;
  readonly near: Element;
  readonly before: string;
  readonly said: Set<string>;
  readonly changes: Change[];
  heard: number;
  event: Event;
  sent?: Event;
  t: number;
  presses: number;
  waiting: number;
  status: number | undefined;
  isSettled: boolean;
}

interface Change {
  readonly record: MutationRecord;
  readonly t: number;
  readonly isOurs: boolean;
}

const BUTTON = "button,a,[role=button],[type=submit],[type=button],[type=image]";
const AREA = "form,dialog,[role=dialog],fieldset,li,tr,article,section,[data-replay-product]";
const ALERTS = "[role=alert],[data-replay-message]";
const LIVE = `${ALERTS},[role=status],[aria-live]:not([aria-live=off])`;
const OFF = ":disabled,[aria-disabled=true]";
/** Nobody sees from outside what changes in them. */
const OPAQUE = "iframe,canvas,video,audio,object,embed";
/** Links that lead nowhere by themselves. */
const IDLE = /^(?:#$|javascript:)/i;

const ANSWER_MS = 5_000;
const REQUEST_MS = 15_000;
/** How soon a press, or the answer to its request, shows on the page. */
const FOLLOWS_MS = 500;
/** How long a change stays, to be one that somebody can read. */
const STAYS_MS = 1_000;
const LOOK_MS = 250;
/** What changes without the customer: so often, so far apart, so long after anything the customer did. */
const TICKS_COUNT = 3;
const APART_MS = 500;
const UNTOUCHED_MS = 2_000;
const MAX_CHANGES_COUNT = 60;
const MAX_MESSAGES_COUNT = 3;
const MESSAGE_LENGTH = 200;
/** What a server answers to what it does not take, from here on, and below what it cannot do. */
const REFUSED = 400;
const FAILED = 500;

const written = (nodes: NodeList) =>
  Array.from(nodes, (node) => (node instanceof Element ? node.outerHTML : node.nodeValue)).join();

export function startOutcomes(
  /** What shows in an element, or is given for it, where that may be read. */
  read: (element: Element, maxLength: number, given?: string) => Text | undefined,
  /** Surfaces whose messages are stated with them. */
  carts: string,
  sink: CaptureSink,
  clock: PageClock,
  /** The page was loaded just now, perhaps by a press on the one before: what it says at first is heard. */
  isLoaded = false,
): Outcomes {
  let press: Press | undefined;
  let follows = 0;
  let touched = clock.now();
  let timer = 0;
  let isDirty = false;
  /** The button that was answered last, and in which words. */
  let answered = "";
  const page = document.documentElement;
  const ticks = new WeakMap<Node, readonly [t: number, count: number]>();

  const say = (what: Outcome["what"], text?: Text) => {
    if (!press) return;
    const t = clock.now();
    const { presses, status } = press;
    const after_ms = Math.round(t - press.t);
    const fields = { what, after_ms, presses: presses > 1 ? presses : undefined, text, status };
    sink.fact("outcome", t, compact<Outcome>(fields));
  };
  const came = () => {
    if (press) press.isSettled = true;
  };
  const isFollowing = () => clock.now() < follows;
  const ifFollowing = () => {
    if (isFollowing()) came();
  };

  /** What live areas say now. One that holds others is said by them. */
  const messages = (areas: string): Text[] => {
    const found: Text[] = [];
    for (const area of document.querySelectorAll(areas)) {
      if (!/\S/.test(area.textContent ?? "") || area.querySelector(LIVE) || area.closest(carts)) continue;
      const text = read(area, MESSAGE_LENGTH);
      if (text) found.push(text);
    }
    return found;
  };
  /** A text that only counts on says nothing new. */
  const isNew = (said: Set<string>, { raw }: Text) => {
    const { size } = said;
    return said.add(raw.replace(/\d+/g, "")).size > size;
  };
  const answer = ({ control }: Press, { raw }: Text) => `${control.textContent}\n${raw}`;
  const hear = (text: Text | undefined) => {
    came();
    if (press && text) answered = answer(press, text);
    if (press && press.heard++ < MAX_MESSAGES_COUNT) say("message", text);
  };

  const count = (node: Node | null, t: number) => {
    if (!node || node === document.body || node === page) return;
    const [last, count] = ticks.get(node) ?? [0, 0];
    if (t - last > APART_MS) ticks.set(node, [t, count + 1]);
  };
  const isTicking = (node: Node | null) => node !== null && (ticks.get(node)?.[1] ?? 0) >= TICKS_COUNT;

  const stays = ({ control, before, changes }: Press, { record }: Change): boolean => {
    const { target, type, attributeName, oldValue, addedNodes, removedNodes } = record;
    if (control.contains(target)) return control.outerHTML !== before;
    if (type === "attributes") {
      const value = (target as Element).getAttribute(attributeName ?? "");
      // A class that was put on and taken off leaves an empty list of them.
      return value !== oldValue && (attributeName !== "class" || Boolean(value || oldValue));
    }
    if (type === "characterData") return target.nodeValue !== oldValue;
    // Shops render anew what is as it was.
    if (removedNodes.length && written(addedNodes) === written(removedNodes)) return false;
    const isPassing = (node: Node) =>
      node.isConnected || changes.some((other) => [...other.record.addedNodes].includes(node));
    return [...addedNodes].some((node) => node.isConnected) || ![...removedNodes].every(isPassing);
  };

  const look = guarded(() => {
    if (!press) return;
    timer = window.setTimeout(look, LOOK_MS);
    const { control, near, event, sent, changes, said, waiting, status = 0, t } = press;
    const now = clock.now();
    if (document.hidden) return forget();
    const href = control.getAttribute("href");
    const isLed = href !== null && !IDLE.test(href) && !event.defaultPrevented;
    if (isLed || (sent && !sent.defaultPrevented)) came();
    const isRefused = !waiting && !press.heard && status >= REFUSED && status < FAILED;
    if (isDirty || isRefused) {
      isDirty = false;
      for (const text of messages(control === page ? ALERTS : LIVE))
        if (isNew(said, text) || (isRefused && answer(press, text) === answered)) hear(text);
    }
    const isWaiting = (waiting > 0 && now < t + REQUEST_MS) || now < follows;
    const stay = changes.filter((change) => stays(press as Press, change));
    const own = stay.filter(({ isOurs }) => isOurs);
    if (!isWaiting && own.some((change) => now - change.t >= STAYS_MS)) came();
    if (isWaiting || now < t + ANSWER_MS) return;
    if (!press.isSettled && !own.length) {
      if (!navigator.onLine) say("offline");
      else if (control.matches(OFF)) say("disabled");
      else say(stay.length || near.querySelector(OPAQUE) ? "elsewhere" : "nothing");
    }
    forget();
  });
  const forget = () => {
    clearTimeout(timer);
    press = undefined;
  };

  const begin = (control: Element, event: Event, t: number, isSettled: boolean) => {
    press = {
      control,
      near: control.closest(AREA) ?? control.parentElement ?? control,
      before: isSettled ? "" : control.outerHTML,
      said: new Set(),
      changes: [],
      heard: 0,
      event,
      t,
      presses: 1,
      waiting: 0,
      status: undefined,
      isSettled,
    };
    isDirty = isSettled;
    timer = window.setTimeout(look, LOOK_MS);
  };
  const pressed = (control: Element, event: Event, t: number) => {
    if (!control.matches(BUTTON)) return;
    follows = t + FOLLOWS_MS;
    if (press?.control === control && !press.isSettled) {
      Object.assign(press, { event, t, presses: press.presses + 1 });
      return;
    }
    clearTimeout(timer);
    begin(control, event, t, false);
    for (const text of messages(LIVE)) if (press) isNew(press.said, text);
  };

  const changed = (records: readonly MutationRecord[], t: number) => {
    if (!press) {
      // A clock or carousel changes little at a time.
      if (t - touched < UNTOUCHED_MS || records.length > MAX_CHANGES_COUNT) return;
      for (const { target } of records) {
        count(target, t);
        count(target.parentNode, t);
      }
      return;
    }
    isDirty = true;
    const { near, changes } = press;
    if (press.isSettled) return;
    for (const record of records) {
      const { target, type, attributeName } = record;
      if (isTicking(target) || isTicking(target.parentNode)) continue;
      const isKnown = ({ record: other }: Change) =>
        type !== "childList" && other.target === target && other.attributeName === attributeName;
      if (changes.some(isKnown)) continue;
      if (changes.length >= MAX_CHANGES_COUNT) return came();
      changes.push({ record, t, isOurs: t < follows || near.contains(target) });
    }
  };

  const on = (types: string, heard: (event: Event) => void) =>
    types.split(" ").map((type) => listen(window, type, heard));
  const { navigation, PaymentRequest } = window as {
    navigation?: EventTarget;
    PaymentRequest?: { prototype: { show(): unknown } };
  };
  const shows = <O extends object>(owner: O, name: keyof O) =>
    wrap(owner, name, (target, self: unknown, given) => {
      attempt(() => {
        const text = name === "alert" && press && read(press.control, MESSAGE_LENGTH, String(given[0]));
        if (text && isFollowing()) hear({ raw: text.raw });
        ifFollowing();
      });
      return Reflect.apply(target as () => unknown, self, given);
    });
  const ends = [
    ...on("pointerover pointerdown keydown input scroll", () => {
      touched = clock.now();
    }),
    ...on("scroll focusin toggle play fullscreenchange", ifFollowing),
    ...on("submit", (event) => {
      if (press) press.sent = event;
    }),
    ...on("invalid", ({ target }) => {
      if (!isFollowing() || !press || press.isSettled) return;
      const field = target as HTMLInputElement;
      const { valueMissing, customError } = field.validity;
      // Of what is wrong otherwise browsers quote what was typed.
      const isPlain = valueMissing || customError;
      hear(isPlain ? read(field, MESSAGE_LENGTH, field.validationMessage) : undefined);
    }),
    ...on("blur", ({ target, currentTarget }) => {
      if (target === currentTarget) forget();
    }),
    ...(navigation ? [listen(navigation, "navigate", came)] : []),
    ...(["alert", "confirm", "prompt", "open", "print"] as const).map((name) => shows(window, name)),
    ...(PaymentRequest ? [shows(PaymentRequest.prototype, "show")] : []),
  ];

  if (isLoaded) begin(page, new Event("load"), clock.now(), true);

  return {
    pressed,
    changed,
    came,
    follows: ifFollowing,
    asked(url) {
      const mine = press;
      if (!mine || !isFollowing()) return () => {};
      mine.waiting++;
      return (status) => {
        mine.waiting--;
        if (mine === press) follows = clock.now() + FOLLOWS_MS;
        if (new URL(url, document.baseURI).origin === location.origin) mine.status = status;
      };
    },
    stop() {
      forget();
      for (const end of ends) end();
    },
  };
}
