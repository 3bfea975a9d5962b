/**
 * The panel's elements: one closed shadow tree after the page's body. What is to be seen comes in as sections of
 * texts and rows; it is put on screen in place, so that a row keeps its focus while its text changes. What is
 * done inside stays inside: a click on it is no click beside the shop's drawer.
 */
import { attempt } from "../guard";
import { NARROW, PANEL_STYLE } from "./panel_style";
import type { Row } from "./rows";
import { PANEL_TAG } from "./unrecorded";
import type { Told } from "./words";

export interface Section {
  readonly title: string;
  readonly told: readonly Told[];
  readonly rows?: readonly Row[];
}

export interface PanelEvents {
  /** The element that a row stands for. */
  element(node: number): Element | undefined;
  /** The developer wants to see no more of it. */
  closed(): void;
}

export interface Panel {
  readonly host: Element;
  show(summary: Told, sections: readonly Section[]): void;
  remove(): void;
}

const KEPT_INSIDE =
  "click pointerdown pointerup mousedown mouseup touchstart touchend keydown keyup focusin focusout wheel";

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  parent: ParentNode,
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

const write = (element: Element, text: string) => {
  if (element.textContent !== text) element.textContent = text;
};

export function createPanel(events: PanelEvents): Panel {
  const host = document.createElement(PANEL_TAG);
  const root = host.attachShadow({ mode: "closed" });
  const style = new CSSStyleSheet();
  style.replaceSync(PANEL_STYLE);
  root.adoptedStyleSheets = [style];
  for (const type of KEPT_INSIDE.split(" "))
    root.addEventListener(type, (event) => event.stopPropagation(), { passive: true });

  const outline = make("div", "outline", root);
  const panel = make("section", "panel", root);
  panel.setAttribute("aria-label", "replay: what is recorded of this page");
  const header = make("header", "", panel);
  const dot = make("span", "dot", header);
  const summary = make("h2", "", header);
  const tools = make("div", "tools", header);
  const body = make("div", "body", panel);
  const tool = (text: string, label: string, run: (button: HTMLButtonElement) => void, className = "") => {
    const button = make("button", className, tools, text);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => run(button));
    return button;
  };
  let isMoved = false;
  const move = () => {
    isMoved = true;
    panel.classList.toggle("right");
  };
  tool("⇄", "Move to the other side", move, "side");
  const unfold = (button: HTMLButtonElement, isOpen: boolean) => {
    panel.classList.toggle("open", isOpen);
    button.textContent = isOpen ? "–" : "+";
    button.title = isOpen ? "Fold" : "Unfold";
    button.setAttribute("aria-label", button.title);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  const fold = tool("", "", (button) => unfold(button, !panel.classList.contains("open")));
  // On a narrow screen it would lie over what the page wants to be answered first, such as consent.
  unfold(fold, !matchMedia(NARROW).matches);
  tool("✕", "Close, and show it no more in this tab", events.closed);

  let outlined: Element | undefined;
  let frame = 0;
  const place = () => {
    const box = outlined?.isConnected ? outlined.getBoundingClientRect() : undefined;
    outline.style.display = box?.width ? "block" : "none";
    if (!box) return;
    const { left, top, width, height } = box;
    Object.assign(outline.style, {
      left: `${left - 3}px`,
      top: `${top - 3}px`,
      width: `${width + 6}px`,
      height: `${height + 6}px`,
    });
    frame = requestAnimationFrame(place);
  };
  const point = (element: Element | undefined) => {
    cancelAnimationFrame(frame);
    outlined = element;
    place();
  };

  interface RowShown {
    row: Row;
    readonly button: HTMLButtonElement;
    readonly label: Element;
    readonly text: Element;
    readonly lacks: Element;
  }
  function makeRow(row: Row): RowShown {
    const button = document.createElement("button");
    button.type = "button";
    const made: RowShown = {
      row,
      button,
      label: make("span", "label", button),
      text: make("span", "", button),
      lacks: make("span", "lacks", button),
    };
    const element = () => (made.row.node ? events.element(made.row.node) : undefined);
    for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => point(element()));
    for (const type of ["pointerleave", "blur"]) button.addEventListener(type, () => point(undefined));
    button.addEventListener("click", () => element()?.scrollIntoView({ block: "center", inline: "nearest" }));
    return made;
  }

  interface SectionShown {
    readonly told: HTMLElement;
    readonly rows: HTMLElement;
    readonly shown: Map<string, RowShown>;
    words: string;
  }
  const sections = new Map<string, SectionShown>();
  function sectionOf(title: string): SectionShown {
    const known = sections.get(title);
    if (known) return known;
    make("h3", "", body, title);
    const made = { told: make("div", "", body), rows: make("div", "", body), shown: new Map(), words: "" };
    sections.set(title, made);
    return made;
  }
  function showRows({ rows, shown }: SectionShown, given: readonly Row[]): void {
    const keys = new Set(given.map(({ key }) => key));
    for (const [key, { button }] of shown)
      if (!keys.has(key)) {
        button.remove();
        shown.delete(key);
      }
    given.forEach((row, index) => {
      const made = shown.get(row.key) ?? makeRow(row);
      shown.set(row.key, made);
      made.row = row;
      made.button.className = row.indent ? "row indent" : "row";
      made.button.disabled = !row.node;
      write(made.label, row.label);
      write(made.text, row.text);
      write(made.lacks, row.lacks ?? "");
      if (rows.children[index] !== made.button) rows.insertBefore(made.button, rows.children[index] ?? null);
    });
  }

  /** Above everything, and in the dialog that the page has opened since: all that is outside of it is inert. */
  const raise = () => {
    const dialogs = document.querySelectorAll("dialog:modal");
    const place = dialogs[dialogs.length - 1] ?? document.documentElement;
    if (host.parentNode !== place) place.append(host);
    if (!host.matches(":popover-open")) host.showPopover();
  };

  host.popover = "manual";
  document.documentElement.append(host);
  return {
    host,
    show(told, given) {
      // A page that writes itself anew (document.write) takes it away.
      if (!host.isConnected) attempt(() => document.documentElement.append(host));
      // Older browsers know no such layer.
      attempt(raise);
      // A cart's drawer mostly opens at the end of the line.
      const isRightToLeft = getComputedStyle(document.documentElement).direction === "rtl";
      if (!isMoved) panel.classList.toggle("right", isRightToLeft);
      dot.className = `dot ${told.tone}`;
      write(summary, told.text);
      summary.title = told.text;
      for (const { title, told: sentences, rows } of given) {
        const section = sectionOf(title);
        const words = sentences.map(({ tone, text, hint }) => `${tone}${text}${hint ?? ""}`).join("\n");
        if (words !== section.words) {
          section.words = words;
          section.told.replaceChildren();
          for (const { tone, text, hint } of sentences) {
            make("p", `told ${tone}`, section.told, text);
            if (hint) make("p", "hint", section.told, hint);
          }
        }
        showRows(section, rows ?? []);
      }
    },
    remove() {
      point(undefined);
      host.remove();
    },
  };
}
