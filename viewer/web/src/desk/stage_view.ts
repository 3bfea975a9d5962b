/**
 * Around the stage: the picture scaled to the room there is, the words where there is no picture, and the
 * outline of an element that the agent asked for.
 */
import { clockTime } from "../model/format";
import type { Screen, Size } from "../player/screen";
import type { StageState } from "../player/stage";
import { part, setText } from "./dom";

/** A picture is made larger than it was where there is room, but not so that it looks like another. */
const MAX_SCALE = 1.5;
const MAX_SCALE_FULLSCREEN = 2;
/** Between an outline and its label. */
const LABEL_GAP_PX = 8;

interface Outlined {
  readonly screen: Screen;
  readonly node: number;
  readonly label: string;
  readonly named: boolean;
}

export class StageView {
  private readonly stage = part("stage");
  private readonly fit = part("fit");
  private readonly text = part("stage-text");
  private readonly why = part("stage-why");
  private readonly note = part("stage-note");
  private readonly retry = part("retry");
  private readonly outlineBox = part("outline");
  private readonly outlineLabel = part("outline-label");
  private size: Size = { width: 1_280, height: 720 };
  private scale = 1;
  private outlined: Outlined | null = null;

  constructor(again: () => void) {
    this.retry.addEventListener("click", again);
    new ResizeObserver(() => this.layout()).observe(this.stage);
    document.addEventListener("fullscreenchange", () => this.layout());
  }

  /** Where screens are put. */
  get root(): HTMLElement {
    return this.fit;
  }

  show(state: StageState): void {
    const words = wordsFor(state);
    this.stage.dataset.stage = state.kind;
    setText(this.text, words.text);
    // Where there is no picture it has no size either.
    part("viewport").hidden = words.text !== "";
    this.why.hidden = words.why === null;
    setText(this.why, words.why ?? "");
    this.retry.hidden = state.kind !== "failed";
    this.note.hidden = words.note === null;
    setText(this.note, words.note ?? "");
  }

  resize(size: Size): void {
    this.size = size;
    // In a narrow window the stage is as high as the picture needs.
    part("player").style.setProperty("--ratio", String(size.height / size.width));
    this.layout();
  }

  /**
   * Draws a frame around what the node id stands for; answers a sentence if it cannot be seen. What is in view
   * has its label over it only if it is `named`.
   */
  outline(screen: Screen | null, node: number, label: string, named: boolean): string | null {
    this.outlined = screen ? { screen, node, label, named } : null;
    return this.drawOutline();
  }

  clearOutline(): void {
    this.outlined = null;
    this.outlineBox.hidden = true;
  }

  /** Follows the outlined element while the picture plays. */
  drawOutline(): string | null {
    this.outlineBox.hidden = true;
    if (!this.outlined) return "There is no picture of it at this moment";
    const { screen, node, label, named } = this.outlined;
    const element = screen.node(node);
    if (!element) return "The page does not have this element at this moment";
    const box = boxOf(element);
    if (box.width === 0 && box.height === 0) return "The page does not show this element at this moment";
    const { style } = this.outlineBox;
    const left = clamp(box.left, 0, this.size.width);
    const top = clamp(box.top, 0, this.size.height);
    const right = clamp(box.right, 0, this.size.width);
    const bottom = clamp(box.bottom, 0, this.size.height);
    const origin = this.fit.getBoundingClientRect();
    const stage = this.stage.getBoundingClientRect();
    style.left = `${origin.left - stage.left + left * this.scale}px`;
    style.top = `${origin.top - stage.top + top * this.scale}px`;
    style.width = `${Math.max(2, (right - left) * this.scale)}px`;
    style.height = `${Math.max(2, (bottom - top) * this.scale)}px`;
    const away = whereAway(box, this.size);
    // What can be seen needs no words over it, unless they say what is to be seen in it.
    this.outlineLabel.hidden = away === null && !named;
    setText(this.outlineLabel, away === null ? label : `${label} · ${away}`);
    this.outlineBox.hidden = false;
    this.placeLabel(stage);
    return away;
  }

  /** Puts the label over the frame, or where there is room for it. */
  private placeLabel(stage: DOMRect): void {
    if (this.outlineLabel.hidden) return;
    const box = this.outlineBox.getBoundingClientRect();
    const label = this.outlineLabel.getBoundingClientRect();
    const { dataset } = this.outlineBox;
    dataset.below = String(box.top - label.height - LABEL_GAP_PX < stage.top);
    dataset.end = String(box.left + label.width > stage.right);
  }

  private layout(): void {
    const room = this.stage.getBoundingClientRect();
    const most = document.fullscreenElement ? MAX_SCALE_FULLSCREEN : MAX_SCALE;
    const { width, height } = this.size;
    this.scale = Math.min(room.width / width, room.height / height, most);
    if (!(this.scale > 0)) return;
    const percent = Math.round(this.scale * 100);
    setText(part("viewport"), `${width} × ${height}${percent === 100 ? "" : ` at ${percent} %`}`);
    const { style } = this.fit;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transform = `scale(${this.scale})`;
    style.left = `${Math.max(0, (room.width - width * this.scale) / 2)}px`;
    style.top = `${Math.max(0, (room.height - height * this.scale) / 2)}px`;
    this.drawOutline();
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** The element's box in the recorded viewport, also from within frames in it. */
function boxOf(element: Element): Box {
  const { left, top, width, height } = element.getBoundingClientRect();
  let [x, y] = [left, top];
  let frame = element.ownerDocument.defaultView?.frameElement ?? null;
  while (frame && frame.ownerDocument !== document) {
    const outer = frame.getBoundingClientRect();
    x += outer.left;
    y += outer.top;
    frame = frame.ownerDocument.defaultView?.frameElement ?? null;
  }
  return { left: x, top: y, right: x + width, bottom: y + height, width, height };
}

/** Where an element is that the customer would have had to scroll to. */
function whereAway(box: Box, size: Size): string | null {
  if (box.bottom <= 0) return `${Math.round(-box.bottom)} px above what was in view`;
  if (box.top >= size.height) return `${Math.round(box.top - size.height)} px below what was in view`;
  if (box.right <= 0 || box.left >= size.width) return "beside what was in view";
  return null;
}

interface Words {
  /** In place of a picture, and the reason for it. */
  readonly text: string;
  readonly why: string | null;
  /** Beside a picture. */
  readonly note: string | null;
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

const instead = (text: string, why: string | null = null): Words => ({ text, why, note: null });
const beside = (note: string | null): Words => ({ text: "", why: null, note });

function wordsFor(state: StageState): Words {
  switch (state.kind) {
    case "shown":
      return beside(null);
    case "early":
      return beside(
        `The picture of this page ends at ${clockTime(state.run.until)}: what came after did not arrive`,
      );
    case "over":
      return beside(`The customer left this page at ${clockTime(state.since)}; this is the last of it`);
    case "gap":
      return instead(
        state.until === null
          ? `No picture from ${clockTime(state.from)} on`
          : `No picture from ${clockTime(state.from)} to ${clockTime(state.until)}`,
        state.reason
          ? `${sentence(state.reason)} The cart and the events beside are still what was shown.`
          : null,
      );
    case "beginning":
      return instead("The page is loading", `Its picture begins at ${clockTime(state.until)}.`);
    case "empty":
      return instead(
        "Nothing of this visit has arrived",
        "The page was opened, but nothing came from it: it was closed at once, or could not reach us.",
      );
    case "arriving":
      return instead("The picture of this page has not arrived yet");
    case "payment":
      return instead(
        "Payment page",
        "No picture is recorded where people pay, only the cart and events beside.",
      );
    case "none":
      return instead(
        "There is no picture of this page",
        "The cart and the events beside are all that was kept.",
      );
    case "loading":
      return instead("Loading the picture …");
    case "failed":
      return instead("The picture cannot be shown", sentence(state.why));
  }
}
