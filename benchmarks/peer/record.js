/**
 * The peer as its manual shows it: events wait in a list that is sent as JSON by fetch. It begins where the
 * product begins (consent, a parsed document) and sends as often; PEER_SINK is put in front of it.
 */
import { record } from "@rrweb/record";

const FLUSH_MS = 2000;
const AGREED = "peer-agreed";
const queue = window.replay?.q ?? [];
let events = [];
let started = false;

function flush(keepalive) {
  if (events.length === 0) return;
  const body = JSON.stringify(events);
  events = [];
  fetch(PEER_SINK, { method: "POST", body, keepalive }).catch(() => {});
}

function start() {
  if (started) return;
  started = true;
  record({
    emit(event) {
      // A comparison of bytes must not profit from what a page that is left loses.
      if (window.peerTake) window.peerTake(JSON.stringify(event));
      else events.push(event);
    },
  });
  setInterval(flush, FLUSH_MS);
  addEventListener("pagehide", () => flush(true));
}

window.replay = (word, value) => {
  if (word !== "consent" || value !== "granted") return;
  localStorage.setItem(AGREED, "1");
  start();
};
for (const given of queue) window.replay(...given);
if (localStorage.getItem(AGREED)) start();
