/** OpenReplay's tracker with nothing masked; PEER_SINK is put in front of it. */
import Tracker from "@openreplay/tracker";
import { whenAgreed } from "./agreed.js";

const PLAIN_INPUTS = 0;

whenAgreed(() => {
  const tracker = new Tracker({
    projectKey: "bench",
    ingestPoint: PEER_SINK,
    // The page is not on TLS.
    __DISABLE_SECURE_MODE: true,
    obscureTextEmails: false,
    obscureTextNumbers: false,
    obscureInputEmails: false,
    obscureInputNumbers: false,
    defaultInputMode: PLAIN_INPUTS,
  });
  tracker.start().catch(() => {});
});
