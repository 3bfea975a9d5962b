/**
 * What only the SDK's own modules call something: no name of the browser, of the page, of the wire, of what is stored,
 * or of what other scripts are handed. They are made short in the script that every page loads.
 */
const INTERNAL_NAMES =
  "acked asset begin bound broken changes compress drain drained drifted drop factsTrack farewell " +
  "finish follows getNode handed held holds isOurs isSettled lastPost leave leaving mirror moved nodeOf " +
  "outcomes outgrown owed pass pictureTrack places prepare pressed pump putLeft putTab quiet record " +
  "resume rewind settle settled shared signOut skip socketQuiet takeTab tell turn unheard " +
  "watchOtherTabs watchScrolling welcomed";

/** As terser takes them. */
export const SHORTENED = { regex: new RegExp(`^(?:${INTERNAL_NAMES.replace(/ /g, "|")})$`) };

/** Those that another text knows, too. */
export const knownTo = (text) =>
  INTERNAL_NAMES.split(" ").filter((name) => new RegExp(`\\b${name}\\b`).test(text));
