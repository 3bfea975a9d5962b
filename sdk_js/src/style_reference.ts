/**
 * What stands in the picture in place of a long style text: a comment with its hash and nothing else. Neither a
 * style sheet's rules nor a cleaned style text can be that, so a reference is never taken for a style, and what
 * does not understand it shows a page without that style. The page writes it and the desk reads it, from here.
 */
export const STYLE_REFERENCE = /^\/\* replay-style ([0-9a-f]{64}) \*\/$/;
/** All of them in a recorded chunk's JSON. */
export const STYLE_REFERENCES = /"\/\* replay-style ([0-9a-f]{64}) \*\/"/g;

export const styleReference = (hash: string): string => `/* replay-style ${hash} */`;
