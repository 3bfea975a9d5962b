/**
 * Puts the pasted snippet into the head of every page of the storefront. EverShop renders what stands there on the
 * server only, so the snippet runs once, before the shop's own scripts.
 */
import React from "react";

export default function ReplaySnippet({ replaySnippet }) {
  return replaySnippet
    ? React.createElement("script", { dangerouslySetInnerHTML: { __html: replaySnippet } })
    : null;
}

export const layout = { areaId: "head", sortOrder: 1 };

export const query = `
  query Query {
    replaySnippet
  }
`;
