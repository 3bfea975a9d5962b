/**
 * Talking to the collector by HTTP posts: as a link where sockets are blocked, each post with its own hello
 * and answered by what the collector has to say; and as the last word of a page that ends. A body without a
 * content type keeps the browser from asking for permission first.
 */
import { FRAME_HEAD_BYTES, joinFrames, splitFrames } from "./bytes";
import { attempt, guarded } from "./guard";
import type { Host } from "./host";
import { CLOSED_ABNORMALLY, type OpenLink } from "./link";
import { type Bytes, MAX_FRAMES_COUNT, MAX_MESSAGE_BYTES } from "./wire.gen";

/** Sends a body and answers the reply's body, whatever its status: a refusal says its reason there. */
export type Post = (body: Bytes) => Promise<Bytes>;

export function browserPost(base: string): Post {
  const send = window.fetch.bind(window);
  return async (body) => {
    const answer = await send(`${base}/ingest`, {
      method: "POST",
      body,
      credentials: "omit",
      cache: "no-store",
    });
    return new Uint8Array(await answer.arrayBuffer());
  };
}

/**
 * Sends a body that outlives the page; nobody is there to read an answer. The usual mode is asked for all the same:
 * without it a page's referrer policy may take its origin away, by which the collector knows the site.
 */
export type LastPost = (body: Bytes) => void;

export function browserLastPost(base: string): LastPost {
  const url = `${base}/ingest`;
  const { navigator } = window;
  const send = window.fetch.bind(window);
  const outlives = attempt(() => "keepalive" in window.Request.prototype);
  return (body) => {
    if (outlives) send(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
    else navigator.sendBeacon(url, new Blob([body]));
  };
}

export function postLink(host: Host, post: Post): OpenLink {
  return (events) => {
    let waiting: Bytes[] = [];
    let over = false;
    let busy = false;
    let due = false;

    /** What is said in one breath goes in one post. */
    function soon(): void {
      if (due) return;
      due = true;
      host.soon(turn);
    }

    /** One post: the hello and as many of the waiting messages as fit. */
    function take(): Bytes {
      const messages = [events.hello(), ...waiting];
      let size = 0;
      const over = messages.findIndex((message, index) => {
        size += FRAME_HEAD_BYTES + message.length;
        return size > MAX_MESSAGE_BYTES || index === MAX_FRAMES_COUNT;
      });
      waiting = over < 0 ? [] : messages.splice(over);
      return joinFrames(messages);
    }

    function answered(answer: Bytes): void {
      busy = false;
      for (const message of splitFrames(answer)) if (!over) events.message(message);
      if (waiting.length > 0) soon();
    }

    function failed(): void {
      if (over) return;
      over = true;
      events.closed(CLOSED_ABNORMALLY);
    }

    function turn(): void {
      due = false;
      if (busy || over) return;
      busy = true;
      // An answer that is no answer of ours (a proxy's error page) counts as none.
      post(take()).then(answered).catch(guarded(failed));
    }

    soon();
    return {
      send(message) {
        waiting.push(message);
        if (!busy) soon();
      },
      close() {
        over = true;
        waiting = [];
      },
      buffered: () => waiting.reduce((sum, message) => sum + message.length, 0),
      prompt: false,
    };
  };
}
