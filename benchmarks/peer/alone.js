/** All that a page loads to record with the peer: nothing but its entry. */
import { record } from "@rrweb/record";

window.rrwebRecord = record;
