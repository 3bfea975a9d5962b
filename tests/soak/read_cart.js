// What the readers of all shops are given: how a text is folded, and a surface and a line on which nothing is seen
// yet. Returns what `read` makes of the document.
(doc, read) =>
  read(doc, {
    fold: (text) => text.replace(/\s+/g, " ").trim(),
    line: (parts) => ({
      name: null,
      quantity: null,
      unit: null,
      was: null,
      total: null,
      total_was: null,
      notes: [],
      ...parts,
    }),
    surface: (parts) => ({
      lines: [],
      totals: [],
      promos: [],
      messages: [],
      empty: null,
      count: null,
      ...parts,
    }),
  });
