/** PostHog with session replay and without its other products, nothing masked; PEER_SINK is put in front of it. */
import "posthog-js/dist/posthog-recorder";
import posthog from "posthog-js/dist/module.no-external";
import { whenAgreed } from "./agreed.js";

whenAgreed(() => {
  posthog.init("phc_bench", {
    api_host: PEER_SINK,
    autocapture: false,
    disable_surveys: true,
    capture_performance: false,
    session_recording: { maskAllInputs: false },
  });
});
