/** Highlight's session replay with nothing masked; PEER_SINK is put in front of it. */
import { H } from "highlight.run";
import { whenAgreed } from "./agreed.js";

whenAgreed(() => {
  H.init("bench", {
    backendUrl: PEER_SINK,
    otlpEndpoint: PEER_SINK,
    privacySetting: "none",
  });
});
