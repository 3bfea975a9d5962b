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
  /** Watches which sheets a document or shadow root adopts. */
  watchAdopting(root: Document | ShadowRoot): () => void;
  /** Tells which it has adopted. */
  tell(root: Document | ShadowRoot): void;
  /** Whatever was told of sheets before is no longer known to the reader. */
  reset(): void;
}

type Asked = (sheet: CSSStyleSheet, given: unknown[]) => object;
type Index = number | number[];

const putIn = (rule: unknown, index: Index | undefined) => ({ adds: [{ rule, index }] });
const takenOut = (index: Index) => ({ removes: [{ index }] });

const OF_SHEETS: { readonly [name: string]: Asked } = {
  insertRule: (_, [rule, index]) => putIn(rule, index as number),
  deleteRule: (_, [index]) => takenOut(index as number),
  addRule: ({ cssRules }, [selector, block, index = cssRules.length]) =>
    putIn(`${selector} { ${block} }`, index as number),
  removeRule: (_, [index = 0]) => takenOut(index as number),
  replace: (_, [replace]) => ({ replace }),
  replaceSync: (_, [replaceSync]) => ({ replaceSync }),
};

/** Where a rule stands: in its sheet, in the rule that it found there, and so on. */
function placeOf({ parentRule, parentStyleSheet }: CSSRule, rule: CSSRule): number[] {
  const holder = (parentRule ?? parentStyleSheet) as CSSGroupingRule | null;
  const before = parentRule ? placeOf(parentRule, parentRule) : [];
  return holder ? [...before, [...holder.cssRules].indexOf(rule)] : before;
}
const place = (rule: CSSRule) => placeOf(rule, rule);

export function createSheets(mirror: Mirror, tell: Tell): Sheets {
  let ids = new WeakMap<CSSStyleSheet, number>();
  let last = 0;

  const tellOf = (source: number, sheet: CSSStyleSheet | null | undefined, data: object) => {
    const id = mirror.idOf(sheet?.ownerNode as Node | null | undefined);
    const styleId = sheet && ids.get(sheet);
    if (sheet?.ownerNode ? id > 0 : styleId)
      tell(source, { ...(sheet?.ownerNode ? { id } : { styleId }), ...data });
  };
  /** Stands before a method; what it asks for is asked before the method has changed it. */
  const hear = <O extends object>(
    owner: O,
    names: readonly string[],
    of: (
      self: never,
      name: string,
      given: unknown[],
    ) => readonly [number, CSSStyleSheet | null | undefined, object] | undefined,
  ) =>
    names.map((name) =>
      wrap(owner, name as keyof O, (run, self: never, given) => {
        const said = attempt(() => of(self, name, given));
        const answer = Reflect.apply(run, self, given);
        if (said) attempt(() => tellOf(...said));
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
        hear(CSSStyleSheet.prototype, Object.keys(OF_SHEETS), (sheet: CSSStyleSheet, name, given) => [
          STYLE_RULE,
          sheet,
          (OF_SHEETS[name] as Asked)(sheet, given),
        ]),
        hear(
          CSSGroupingRule.prototype,
          ["insertRule", "deleteRule"],
          (group: CSSGroupingRule, name, given) => {
            const [first, second = 0] = given;
            const isNew = name === "insertRule";
            const index = [...place(group), (isNew ? second : first) as number];
            return [STYLE_RULE, group.parentStyleSheet, isNew ? putIn(first, index) : takenOut(index)];
          },
        ),
        hear(
          CSSStyleDeclaration.prototype,
          ["setProperty", "removeProperty"],
          ({ parentRule }: CSSStyleDeclaration, name, [property, value, priority]) =>
            parentRule
              ? [
                  STYLE_DECLARATION,
                  parentRule.parentStyleSheet,
                  {
                    ...(name === "setProperty"
                      ? { set: { property, value, priority } }
                      : { remove: { property } }),
                    index: place(parentRule),
                  },
                ]
              : undefined,
        ),
      ].flat();
      return () => {
        for (const end of ends) attempt(end);
      };
    },
    watchAdopting(root) {
      const { defaultView } = root.ownerDocument ?? (root as Document);
      const { prototype } = (defaultView as Realm)[root.nodeType === 9 ? "Document" : "ShadowRoot"];
      const own = Object.getOwnPropertyDescriptor(prototype, "adoptedStyleSheets");
      if (!own) return () => {};
      const changed = guarded(() => tellAdopted(root));
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
