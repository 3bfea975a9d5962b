/** What the lenses are made of: trees, frames, what moves, what is asked for too often. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFrames, NO_FRAME_MS } from "../../src/capture/frames";
import { createMoving } from "../../src/capture/moving";
import { createSeldom } from "../../src/capture/seldom";
import { createTrees } from "../../src/capture/trees";

let did: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  did = [];
  document.body.innerHTML = "<main><my-drawer></my-drawer></main><footer></footer>";
});
afterEach(() => vi.useRealTimers());

const at = (selector: string): Element => {
  const found = document.querySelector(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};

describe("trees", () => {
  it("know what stands inside what, across shadow roots once they are told of them", () => {
    const host = at("my-drawer");
    host.attachShadow({ mode: "open" }).innerHTML = "<b>$1</b>";
    const price = host.shadowRoot?.firstChild as Element;
    const trees = createTrees(document);
    expect(trees.contains(at("main"), price)).toBe(false);
    expect(trees.add(host)).toBe(host.shadowRoot);
    expect(trees.add(host)).toBeNull();
    expect(trees.add(at("main"))).toBeNull();
    expect(trees.contains(at("main"), price)).toBe(true);
    expect(trees.contains(at("footer"), price)).toBe(false);
    expect(trees.inside(at("main"))).toEqual([at("main"), host.shadowRoot]);
    expect(trees.inside(at("footer"))).toEqual([at("footer")]);
  });
});

describe("frames", () => {
  /** The next frame, and its layout where something asked for it. */
  let frame: () => void;
  let layout: () => void;

  beforeEach(() => {
    frame = layout = () => {};
    vi.stubGlobal("requestAnimationFrame", (run: () => void) => {
      frame = run;
      return 1;
    });
    vi.stubGlobal("cancelAnimationFrame", () => {
      frame = () => {};
    });
    vi.stubGlobal(
      "ResizeObserver",
      class {
        constructor(private readonly run: () => void) {}
        observe = () => {
          layout = this.run;
        };
        disconnect = () => {
          layout = () => {};
        };
      },
    );
  });
  const frames = () =>
    createFrames(
      () => did.push("seek"),
      () => did.push("read"),
    );

  it("seek before layout and read after it, once however often they are asked", () => {
    const { schedule } = frames();
    schedule();
    schedule();
    expect(did).toEqual([]);
    frame();
    expect(did).toEqual(["seek"]);
    layout();
    vi.advanceTimersByTime(NO_FRAME_MS);
    expect(did).toEqual(["seek", "read"]);
  });

  it("that do not come are stood in for by a timer", () => {
    frames().schedule();
    vi.advanceTimersByTime(NO_FRAME_MS);
    frame();
    layout();
    expect(did).toEqual(["seek", "read"]);
  });

  it("are not waited for at the end of a page, and not asked for after it", () => {
    const { schedule, hurry, stop } = frames();
    hurry();
    expect(did).toEqual([]);
    schedule();
    hurry();
    expect(did).toEqual(["seek", "read"]);
    schedule();
    stop();
    vi.advanceTimersByTime(NO_FRAME_MS);
    frame();
    expect(did).toEqual(["seek", "read"]);
  });
});

describe("what moves", () => {
  it("is a surface around which styles are written, until a while after the last", () => {
    const drawer = at("my-drawer");
    const moving = createMoving(
      new Map([[drawer, null]]),
      () => [drawer],
      () => did.push("settled"),
    );
    moving.styled(at("footer"));
    expect(moving.isStyled(drawer)).toBe(false);
    moving.styled(at("main"));
    vi.advanceTimersByTime(100);
    moving.styled(drawer);
    vi.advanceTimersByTime(100);
    expect(moving.isStyled(drawer)).toBe(true);
    expect(did).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(moving.isStyled(drawer)).toBe(false);
    expect(did).toEqual(["settled"]);
  });
});

describe("what is asked for too often", () => {
  it("runs at once, then again when its time is over, with the time of the first that asked", () => {
    const seldom = createSeldom(250, (t) => did.push(`ran for ${t}`));
    seldom.ask(1);
    expect(did).toEqual(["ran for 1"]);
    expect(seldom.waits()).toBe(false);
    seldom.ask(2);
    seldom.ask(3);
    expect(seldom.waits()).toBe(true);
    vi.advanceTimersByTime(250);
    expect(did).toEqual(["ran for 1", "ran for 2"]);
    seldom.ask(4);
    seldom.stop();
    vi.advanceTimersByTime(1_000);
    expect(did).toEqual(["ran for 1", "ran for 2"]);
  });
});
