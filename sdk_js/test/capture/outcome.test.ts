/** What comes of a press: a message, nothing, or what cannot be told; and when nothing is to be said. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Outcomes, startOutcomes } from "../../src/capture/outcome";
import type { CaptureSink } from "../../src/capture/sink";
import type { Outcome } from "../../src/wire.gen";

const PAGE = `
  <header><p id="clock">10:00</p><ul id="slides"><li>a</li><li>b</li></ul></header>
  <form id="near"><input id="size" required><button>Add</button><a id="dead" href="#">More</a></form>
  <a id="real" href="/returns">Returns</a><p id="far"></p><div role="status" id="live"></div>
  <div data-replay-cart="drawer"><p role="alert" id="in-cart"></p></div>`;

let said: Outcome[];
let outcomes: Outcomes;
let observer: MutationObserver;

const at = (selector: string) => document.querySelector(selector) as HTMLElement;
const clock = { now: () => performance.now(), at: (time: number) => time };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  document.body.innerHTML = PAGE;
  said = [];
  start();
  observer = new MutationObserver((records) => outcomes.changed(records, clock.now()));
  const all = { subtree: true, childList: true, attributeOldValue: true, characterDataOldValue: true };
  observer.observe(document, all);
});
afterEach(() => {
  observer.disconnect();
  outcomes.stop();
  vi.useRealTimers();
});

function start(isLoaded = false): void {
  const sink = { fact: (_kind: string, _t: number, fields: Outcome) => said.push(fields) };
  outcomes = startOutcomes(
    (element, most, given) => ({ raw: (given ?? element.textContent ?? "").slice(0, most) }),
    "[data-replay-cart]",
    sink as unknown as CaptureSink,
    clock,
    isLoaded,
  );
}

/** Time goes by, and what changed is heard of. */
async function wait(ms: number, step = 50): Promise<void> {
  for (let gone = 0; gone < ms; gone += step) {
    await Promise.resolve();
    vi.advanceTimersByTime(step);
  }
  await Promise.resolve();
}

function press(selector = "button"): Event {
  const event = new Event("click", { bubbles: true, cancelable: true });
  outcomes.pressed(at(selector), event, clock.now());
  return event;
}

const words = () => said.map(({ what, text }) => (text ? `${what}: ${text.raw}` : what));

describe("a press", () => {
  it("of which nothing comes", async () => {
    press();
    await wait(2_000);
    press();
    await wait(6_000);
    expect(said).toEqual([{ what: "nothing", after_ms: 5_000, presses: 2 }]);
  });

  it.each<[string, () => void]>([
    ["near it", () => at("#near").append("Choose a size")],
    ["anywhere, at once", () => document.body.append(document.createElement("dialog"))],
    ["and a class stays", () => at("#near").classList.add("is-wrong")],
    ["and its own picture is another", () => at("button").append(document.createElement("svg"))],
    ["and a fact tells", () => outcomes.came()],
    [
      "and the focus goes elsewhere",
      () => at("#size").dispatchEvent(new Event("focusin", { bubbles: true })),
    ],
    ["and the form is sent off", () => at("#near").dispatchEvent(new Event("submit", { cancelable: true }))],
  ])("of which something comes says nothing: %s", async (_, change) => {
    press();
    change();
    await wait(20_000);
    expect(said).toEqual([]);
  });

  it("on a link that leads somewhere, unless the page keeps it from that", async () => {
    press("#real");
    await wait(6_000);
    expect(said).toEqual([]);
    press("#real").preventDefault();
    await wait(6_000);
    press("#dead");
    await wait(6_000);
    expect(words()).toEqual(["nothing", "nothing"]);
  });

  it.each<[string, () => void]>([
    ["a class", () => at("#near").classList.toggle("is-busy")],
    [
      "a spinner",
      () => (at("#near i") ? at("#near i").remove() : at("#near").append(document.createElement("i"))),
    ],
    ["a word on the button", () => at("button").append("")],
  ])("is not answered by %s that is gone when the shop has answered", async (_, turn) => {
    press();
    const answered = outcomes.asked("/api/add");
    turn();
    await wait(3_000);
    turn();
    answered(200);
    await wait(6_000);
    expect(said).toEqual([{ what: "nothing", after_ms: 5_000, status: 200 }]);
  });

  it("waits for the answer to its request, and takes what follows from that as what came", async () => {
    press();
    const answered = outcomes.asked("/api/add");
    await wait(9_000);
    answered(200);
    at("#far").append("Thank you");
    await wait(9_000);
    expect(said).toEqual([]);
    press();
    outcomes.asked("/api/never");
    await wait(20_000);
    expect(said).toEqual([{ what: "nothing", after_ms: 15_000 }]);
  });

  it("is not answered by what changes by itself", async () => {
    const tick = async (times: number) => {
      for (let time = 0; time < times; time++) {
        at("#clock").textContent = `10:0${time}`;
        at(`#slides li:nth-child(${1 + (time % 2)})`).classList.toggle("is-shown");
        await wait(1_000);
      }
    };
    await tick(6);
    press();
    await tick(6);
    expect(words()).toEqual(["nothing"]);
  });

  it("is not known to be in vain where something else changed later", async () => {
    press();
    await wait(2_000);
    at("#far").append("3 people look at this");
    await wait(6_000);
    expect(words()).toEqual(["elsewhere"]);
  });

  it("is not known to be in vain where what changes may be in a frame", async () => {
    at("#near").append(document.createElement("iframe"));
    await wait(100);
    press();
    await wait(6_000);
    expect(words()).toEqual(["elsewhere"]);
  });

  it("is not answered by what is rendered anew as it was", async () => {
    at("#far").textContent = "Sign in";
    const shown = at("#near").innerHTML;
    await wait(100);
    press();
    at("#near").innerHTML = shown;
    at("#far").textContent = "Sign in";
    await wait(6_000);
    expect(words()).toEqual(["nothing"]);
  });

  it("hears what the page says to it, each once", async () => {
    at("#live").textContent = "Free shipping ends in 10 minutes";
    press();
    at("#live").textContent = "Free shipping ends in 9 minutes";
    await wait(1_000);
    at("#live").textContent = "Choose a size";
    await wait(1_000);
    at("#live").textContent = "Choose a size";
    at("#in-cart").textContent = "The cart's own words";
    await wait(9_000);
    expect(words()).toEqual(["message: Choose a size"]);
  });

  it("is answered again by words that still stand there, if it was refused again", async () => {
    const turn = async (status: number | undefined) => {
      press();
      const ended = status && outcomes.asked("/api/shipping");
      at("#live").textContent = "Please choose.";
      at("#size").setAttribute("value", String(performance.now()));
      await wait(500);
      if (ended) ended(status);
      await wait(9_000);
    };
    for (const status of [422, 422, 200, 500, undefined, 422]) await turn(status);
    expect(said).toHaveLength(3);
    expect(new Set(words())).toEqual(new Set(["message: Please choose."]));
    // Words that never answered this button are none of its answers.
    at("button").textContent = "Pay";
    await turn(422);
    expect(said).toHaveLength(3);
  });

  it("that loaded the page is answered by the alerts it shows at first", async () => {
    outcomes.stop();
    at("#live").textContent = "Free shipping today";
    at("#far").setAttribute("role", "alert");
    start(true);
    await wait(1_000);
    at("#far").textContent = "Choose a reason";
    await wait(9_000);
    at("#far").textContent = "Later";
    await wait(9_000);
    expect(words()).toEqual(["message: Choose a reason"]);
  });

  it("hears which field the browser asks for, and never what was typed", async () => {
    const size = at("#size") as HTMLInputElement;
    press();
    size.checkValidity();
    await wait(9_000);
    size.type = "email";
    size.value = "ana@";
    press();
    size.checkValidity();
    await wait(9_000);
    expect(words()).toEqual([`message: ${said[0]?.text?.raw}`, "message"]);
  });

  it("hears what a box of the browser says", async () => {
    vi.stubGlobal("alert", () => {});
    outcomes.stop();
    start();
    press();
    window.alert("Please select some product options");
    await wait(9_000);
    expect(words()).toEqual(["message: Please select some product options"]);
    outcomes.stop();
    vi.unstubAllGlobals();
  });

  it("on a disabled control, or without a network, says so", async () => {
    at("button").setAttribute("disabled", "");
    press();
    await wait(6_000);
    at("button").removeAttribute("disabled");
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    press();
    await wait(6_000);
    vi.restoreAllMocks();
    expect(words()).toEqual(["disabled", "offline"]);
  });

  it("that the customer did not wait for says nothing", async () => {
    press();
    await wait(3_000);
    press("#dead");
    await wait(1_000);
    window.dispatchEvent(new Event("blur"));
    await wait(9_000);
    press();
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await wait(9_000);
    vi.restoreAllMocks();
    expect(said).toEqual([]);
  });
});
