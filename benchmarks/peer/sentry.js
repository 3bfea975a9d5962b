/** Sentry's browser SDK with replay of every session, nothing masked; PEER_SINK is put in front of it. */
import { init, replayIntegration } from "@sentry/browser";
import { whenAgreed } from "./agreed.js";

whenAgreed(() => {
  const dsn = new URL(`${PEER_SINK}/1`);
  dsn.username = "bench";
  init({
    dsn: dsn.href,
    replaysSessionSampleRate: 1,
    integrations: [replayIntegration({ maskAllText: false, maskAllInputs: false, blockAllMedia: false })],
  });
});
