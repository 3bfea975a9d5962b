/** Microsoft Clarity's recorder with nothing masked; PEER_SINK is put in front of it. */
import { clarity } from "clarity-js";
import { whenAgreed } from "./agreed.js";

whenAgreed(() => clarity.start({ projectId: "bench", upload: `${PEER_SINK}/collect`, unmask: ["html"] }));
