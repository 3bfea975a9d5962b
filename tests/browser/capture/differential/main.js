/** Both sides of the comparison: a page that changes under the recorder, and a replay of what was recorded. */
import { Replayer } from "@rrweb/replay";
import { createRecorder } from "../../../../sdk_js/src/capture/recorder";
import { createChanger } from "./change.js";
import { treeOf } from "./tree.js";

/** A frame or an adopted sheet may take a moment. */
const LOOK_AGAIN_MS = 20;
const LOOKS_COUNT = 10;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const events = [];
let read = 0;
let change;
let replayer;

window.differential = {
  start(seed) {
    const clock = { now: () => performance.timeOrigin + performance.now() };
    // As text at once: the recorder may keep what it gives.
    const emit = (event) => events.push(JSON.stringify(event));
    createRecorder(clock, (event) => event, emit).start();
    change = createChanger(seed);
  },
  change: (count) => change(count),
  /** What the page shows, and the events since they were last read. */
  async look() {
    // What a script has put into inputs is read when it has finished.
    await pause(1);
    const unread = events.slice(read);
    read = events.length;
    return { tree: treeOf(document), events: unread };
  },
  /** What a replay shows once these are played, too; it has some time to come to what is expected. */
  async play(more, expected) {
    events.push(...more);
    replayer?.destroy();
    // A replayer changes what it is given.
    const played = events.map((event) => JSON.parse(event));
    replayer = new Replayer(played, { mouseTail: false, showWarning: false, useVirtualDom: false });
    replayer.pause(played.at(-1).timestamp - played[0].timestamp + 1);
    let tree = [];
    for (let look = 0; look < LOOKS_COUNT; look++) {
      tree = treeOf(replayer.iframe.contentDocument);
      if (tree.join("\n") === expected.join("\n")) break;
      await pause(LOOK_AGAIN_MS);
    }
    return tree;
  },
};
