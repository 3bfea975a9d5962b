/**
 * Speaks for page loads that ended while the collector could not be reached. What they had not handed over is
 * lost with them and they could not say so: a later page of their session says it in their place, so that the
 * recording shows a gap and does not look complete.
 */
import type { OpenLink } from "./link";
import { decode, encode } from "./msgpack";
import { actionOf } from "./retry";
import type { Left, SessionRecord } from "./storage";
import {
  type Bytes,
  gapList,
  type Hello,
  helloList,
  PROTOCOL_VERSION,
  readServerMessage,
  Track,
} from "./wire.gen";

/** Why a gap where nobody could be told. */
export const LEFT_UNHEARD = "the page was left while the collector could not be reached";

/** Says hello as that page load, and declares what the collector then says it does not have. */
export function declareLost(
  post: OpenLink,
  left: Left,
  about: Pick<Hello, "site" | "consent" | "sent_ms">,
  { token }: Pick<SessionRecord, "token">,
  done: (settled: boolean) => void,
): void {
  const { session, tab, load, facts, picture } = left;
  let declared = false;

  function end(settled: boolean): void {
    link.close();
    done(settled);
  }

  const link = post({
    hello: () => encode(helloList({ ...about, version: PROTOCOL_VERSION, tab, load, session, token })),
    message(bytes: Bytes) {
      const message = readServerMessage(decode(bytes) as unknown[]);
      if (message?.type === "Refused") end(!/retry|wait/.test(actionOf(message.code)));
      if (message?.type !== "Welcome") return;
      const unheard = [
        { track: Track.FACTS, first: message.facts_acked + 1, last: facts },
        { track: Track.PICTURE, first: message.picture_acked + 1, last: picture },
      ].filter(({ first, last }) => first <= last);
      // Every answer begins with a welcome: that of the second post says that the gaps have come.
      if (declared || unheard.length === 0) end(true);
      else for (const gap of unheard) link.send(encode(gapList({ ...gap, reason: LEFT_UNHEARD })));
      declared = true;
    },
    closed: () => done(false),
  });
}
