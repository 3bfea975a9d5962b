/**
 * The peer as its manual shows it: events wait in a list that is sent as JSON by fetch. It begins where the
 * product begins (consent, a parsed document) and sends as often; PEER_SINK is put in front of it.
 */
import { record } from "@rrweb/record";
import { whenAgreed } from "./agreed.js";

const FLUSH_MS = 2000;
let events = [];

function flush(keepalive) {
  if (events.length === 0) return;
  const body = JSON.stringify(events);
  events = [];
  fetch(PEER_SINK, { method: "POST", body, keepalive }).catch(() => {});
}

whenAgreed(() => {
  record({
    emit(event) {
      // A comparison of bytes must not profit from what a page that is left loses.
      if (window.peerTake) window.peerTake(JSON.stringify(event));
      else events.push(event);
    },
  });
  setInterval(flush, FLUSH_MS);
  addEventListener("pagehide", () => flush(true));
});
