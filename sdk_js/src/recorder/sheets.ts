/**
 * Style sheets that scripts write without a trace in the page: rules put in and taken out, declarations of rules,
 * sheets made anew and adopted. What the browser refuses is not told.
 */
import { attempt, guarded } from "../guard";
import { ruleText } from "./css";
import { type End, hook, LOOKING } from "./hook";
import type { Mirror } from "./mirror";

type Realm = Window & typeof globalThis;
type Root = Document | ShadowRoot;
export type Tell = (source: number, data: object) => void;

const STYLE_RULE = 8;
const ADOPTED_STYLE = 15;
const ADOPTED = "adoptedStyleSheets";

export interface Sheets {
  /** The answers end it. */
  watch(realm: Realm): End[];
  /** Tells which sheets a document or shadow root has adopted. */
  tell(root: Root): void;
  /** Whatever was told of sheets before is no longer known to the reader. */
  reset(): void;
}

/** What to tell of a call to a sheet, by the method; each is asked before the call has changed anything. */
type Say = (sheet: CSSStyleSheet, first: unknown, second?: unknown, third?: unknown) => object;

/** As the browser has it: the page has not asked for it. */
const adoptedBy = (root: Root): CSSStyleSheet[] => {
  const { prototype } = "host" in root ? ShadowRoot : Document;
  return Array.from(Object.getOwnPropertyDescriptor(prototype, ADOPTED)?.get?.apply(root, LOOKING) ?? []);
};

const putIn = (rule: unknown, index: unknown) => ({ adds: [{ rule, index }] });
const takenOut = (index: unknown) => ({ removes: [{ index }] });

/** Where a rule stands: in its sheet, in the rule that it found there, and so on. */
const placeOf = (rule: CSSRule): number[] => {
  const { parentRule, parentStyleSheet } = rule;
  const holder = (parentRule ?? parentStyleSheet) as CSSGroupingRule | null;
  return holder ? [...(parentRule ? placeOf(parentRule) : []), [...holder.cssRules].indexOf(rule)] : [];
};

const CALLS: { readonly [method: string]: Say } = {
  insertRule: (_, rule, index) => putIn(rule, index),
  deleteRule: (_, index) => takenOut(index),
  addRule: ({ cssRules }, selector, block, index = cssRules.length) =>
    putIn(`${selector} { ${block} }`, index),
  removeRule: (_, index = 0) => takenOut(index),
  replace: (_, replace) => ({ replace }),
  replaceSync: (_, replaceSync) => ({ replaceSync }),
};

/** `flush` tells what the page has changed until now; `isUntold` says that the reader has not got a root. */
export function createSheets(
  mirror: Mirror,
  tell: Tell,
  flush: () => void,
  isUntold: (root: Root) => boolean,
): Sheets {
  /** Of sheets that stand in no element. */
  let ids = new WeakMap<CSSStyleSheet, number>();
  let last = 0;
  /** Which each root was told to have adopted. */
  let told = new WeakMap<Root, string>();
  /** The sheet that an element was last told to have: with another text it has another. */
  const had = new WeakMap<object, CSSStyleSheet>();
  /** Rules and roots that a script may be changing, with what tells how. */
  const asked = new Map<object, End>();

  /** How the reader knows it; undefined where it does not. */
  const nameOf = (sheet: CSSStyleSheet | null | undefined) => {
    const owner = sheet?.ownerNode;
    if (owner && had.get(owner) !== sheet) {
      had.set(owner, sheet);
      flush();
    }
    const id = mirror.idOf(owner as Node | null);
    const styleId = sheet && ids.get(sheet);
    return id > 0 ? { id } : styleId && { styleId };
  };

  const tellAdopted = (root: Root) => {
    const host = (root as ShadowRoot).host ?? root;
    if (!mirror.holds(host) || isUntold(root)) return;
    const styles: object[] = [];
    const styleIds = adoptedBy(root).map((sheet) => {
      const known = ids.get(sheet);
      if (known) return known;
      ids.set(sheet, ++last);
      const rules = Array.from(sheet.cssRules, (rule, index) => ({
        rule: ruleText(rule, sheet.href),
        index,
      }));
      styles.push({ styleId: last, rules });
      return last;
    });
    if (`${styleIds}` === (told.get(root) ?? "")) return;
    told.set(root, `${styleIds}`);
    tell(ADOPTED_STYLE, { id: mirror.idOf(host), styleIds, ...(styles.length && { styles }) });
  };

  /** When the script has finished. */
  const settle = guarded(() => {
    flush();
    for (const say of asked.values()) attempt(say);
    asked.clear();
  });
  const ask = (what: object, say: End) => {
    if (asked.size === 0) queueMicrotask(settle);
    asked.set(what, say);
  };
  const adopt = (root: Root): undefined => ask(root, () => tellAdopted(root)) as undefined;
  const change = (rule: CSSRule | null): undefined => {
    if (!rule || asked.has(rule)) return;
    const before = rule.cssText;
    ask(rule, () => {
      const { cssText, parentStyleSheet } = rule;
      const name = cssText !== before && nameOf(parentStyleSheet);
      if (!name) return;
      const outer = placeOf(rule);
      const at = outer.pop() ?? 0;
      const place = (index: number) => (outer.length ? [...outer, index] : index);
      tell(STYLE_RULE, {
        ...name,
        ...putIn(ruleText(rule, parentStyleSheet?.href), place(at)),
        ...takenOut(place(at + 1)),
      });
    });
  };
  return {
    watch: ({ CSSGroupingRule, CSSStyleDeclaration, CSSStyleRule, CSSStyleSheet, Document, ShadowRoot }) => [
      ...Object.entries(CALLS).map(([method, say]) =>
        hook(CSSStyleSheet, method, (sheet: CSSStyleSheet, given) => {
          const name = nameOf(sheet);
          if (!name) return;
          const data = say(sheet, ...(given as [unknown]));
          return () => tell(STYLE_RULE, { ...name, ...data });
        }),
      ),
      hook(CSSStyleRule, "style", change, "get"),
      hook(CSSStyleRule, "selectorText", change),
      ...["insertRule", "deleteRule"].flatMap((name) =>
        [CSSGroupingRule, CSSStyleRule].map((type) => hook(type, name, change)),
      ),
      ...["cssText", "setProperty", "removeProperty"].map((name) =>
        hook(CSSStyleDeclaration, name, ({ parentRule }: CSSStyleDeclaration) => change(parentRule)),
      ),
      ...[Document, ShadowRoot].flatMap((type) => [
        hook(type, ADOPTED, adopt, "get"),
        hook(type, ADOPTED, adopt),
      ]),
    ],
    tell(root) {
      told.delete(root);
      tellAdopted(root);
    },
    reset() {
      ids = new WeakMap();
      told = new WeakMap();
      last = 0;
    },
  };
}
