/** The snippet as it stands in the shop's configuration, without the element around it. */
import { getConfig } from "@evershop/evershop/lib/util/getConfig";

const ELEMENT = /<\/?script>/g;

export default {
  Query: { replaySnippet: () => getConfig("replay.snippet", "").replace(ELEMENT, "\n") },
};
