/**
 * Style sheets that scripts write without a trace in the page: rules put in and taken out, declarations of rules,
 * sheets made anew and adopted. What the browser refuses is not told.
 */
import { attempt, guarded } from "../guard";
import { wrap } from "../wrap";
import { ruleText } from "./css";
import type { Mirror } from "./mirror";

type Realm = Window & typeof globalThis;
export type Tell = (source: number, data: object) => void;

const STYLE_RULE = 8;
const STYLE_DECLARATION = 13;
const ADOPTED_STYLE = 15;

export interface Sheets {
  /** Answers what ends it. */
  watch(realm: Realm): () => void;
  /** Watches which sheets a document or shadow root adopts; none is told while the reader has not got the root. */
  watchAdopting(root: Document | ShadowRoot, isUntold: () => boolean): () => void;
  /** Tells which it has adopted. */
  tell(root: Document | ShadowRoot): void;
  /** Whatever was told of sheets before is no longer known to the reader. */
  reset(): void;
}

/** What to tell of a call, by the method; each is asked before the call has changed anything. */
type Heard<S> = {
  readonly [method: string]: (self: S, first: unknown, second?: unknown, third?: unknown) => object | null;
};

const putIn = (rule: unknown, index: unknown) => ({ adds: [{ rule, index }] });
const takenOut = (index: unknown) => ({ removes: [{ index }] });

/** Where a rule stands: in its sheet, in the rule that it found there, and so on. */
const placeOf = (rule: CSSRule): number[] => {
  const { parentRule, parentStyleSheet } = rule;
  const holder = (parentRule ?? parentStyleSheet) as CSSGroupingRule | null;
  return holder ? [...(parentRule ? placeOf(parentRule) : []), [...holder.cssRules].indexOf(rule)] : [];
};

const SHEETS: Heard<CSSStyleSheet> = {
  insertRule: (_, rule, index) => putIn(rule, index),
  deleteRule: (_, index) => takenOut(index),
  addRule: ({ cssRules }, selector, block, index = cssRules.length) =>
    putIn(`${selector} { ${block} }`, index),
  removeRule: (_, index = 0) => takenOut(index),
  replace: (_, replace) => ({ replace }),
  replaceSync: (_, replaceSync) => ({ replaceSync }),
};
const GROUPS: Heard<CSSRule> = {
  insertRule: (group, rule, index = 0) => putIn(rule, [...placeOf(group), index]),
  deleteRule: (group, index) => takenOut([...placeOf(group), index]),
};
/** Those of an element are told with its attributes. */
const DECLARATIONS: Heard<CSSStyleDeclaration> = {
  setProperty: ({ parentRule }, property, value, priority) =>
    parentRule && { set: { property, value, priority }, index: placeOf(parentRule) },
  removeProperty: ({ parentRule }, property) =>
    parentRule && { remove: { property }, index: placeOf(parentRule) },
};

export function createSheets(mirror: Mirror, tell: Tell): Sheets {
  let ids = new WeakMap<CSSStyleSheet, number>();
  let last = 0;

  const hear = <S extends object>(
    owner: S,
    source: number,
    sheetOf: (self: S) => CSSStyleSheet | null | undefined,
    heard: Heard<S>,
  ) =>
    Object.entries(heard).map(([name, say]) =>
      wrap(owner, name as keyof S, (run, self: S, given) => {
        const data = attempt(() => say(self, ...(given as [unknown])));
        const answer = Reflect.apply(run, self, given);
        attempt(() => {
          const sheet = data && sheetOf(self);
          if (!sheet) return;
          const { ownerNode } = sheet;
          const id = mirror.idOf(ownerNode as Node | null);
          const styleId = ids.get(sheet);
          if (ownerNode ? id > 0 : styleId) tell(source, { ...(ownerNode ? { id } : { styleId }), ...data });
        });
        return answer;
      }),
    );

  const tellAdopted = (root: Document | ShadowRoot) => {
    const id = mirror.idOf((root as ShadowRoot).host ?? root);
    if (id <= 0) return;
    const styles: object[] = [];
    const styleIds = Array.from(root.adoptedStyleSheets, (sheet) => {
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
    tell(ADOPTED_STYLE, { id, styleIds, ...(styles.length && { styles }) });
  };

  return {
    watch(realm) {
      const { CSSGroupingRule, CSSStyleDeclaration, CSSStyleSheet } = realm;
      const ends = [
        ...hear(CSSStyleSheet.prototype, STYLE_RULE, (sheet) => sheet, SHEETS),
        ...hear(CSSGroupingRule.prototype, STYLE_RULE, (rule) => rule.parentStyleSheet, GROUPS),
        ...hear(
          CSSStyleDeclaration.prototype,
          STYLE_DECLARATION,
          (style) => style.parentRule?.parentStyleSheet,
          DECLARATIONS,
        ),
      ];
      return () => {
        for (const end of ends) attempt(end);
      };
    },
    watchAdopting(root, isUntold) {
      const { defaultView } = root.ownerDocument ?? (root as Document);
      const { prototype } = (defaultView as Realm)[root.nodeType === 9 ? "Document" : "ShadowRoot"];
      const own = Object.getOwnPropertyDescriptor(prototype, "adoptedStyleSheets");
      if (!own) return () => {};
      const changed = guarded(() => isUntold() || tellAdopted(root));
      Object.defineProperty(root, "adoptedStyleSheets", {
        ...own,
        set(sheets) {
          own.set?.call(this, sheets);
          changed();
        },
      });
      return () => Reflect.deleteProperty(root, "adoptedStyleSheets");
    },
    tell(root) {
      if (root.adoptedStyleSheets?.length) tellAdopted(root);
    },
    reset() {
      ids = new WeakMap();
      last = 0;
    },
  };
}
