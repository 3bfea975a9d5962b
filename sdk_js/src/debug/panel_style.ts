/**
 * How the panel looks: one style sheet of its own inside its shadow tree, constructed by script, which no content
 * security policy forbids. It takes nothing from the page and reads on light and dark ones alike.
 */
/** Where the panel begins folded, as a handle in the corner: there is no room beside what the page asks. */
export const NARROW = "(max-width: 599px)";

export const PANEL_STYLE = `
:host { all: initial !important; position: fixed !important; inset: auto 0 0 auto !important;
  width: 0 !important; height: 0 !important; z-index: 2147483647 !important; display: block !important;
  direction: ltr !important; color-scheme: dark !important; }
* { box-sizing: border-box; }
.panel { position: fixed; bottom: 16px; left: 16px; width: 400px; max-height: min(640px, calc(100vh - 32px));
  display: flex; flex-direction: column; overflow: hidden; border-radius: 10px; background: #14171c;
  color: #e9ecf1; border: 1px solid #4b525d; box-shadow: 0 10px 40px #0009, 0 0 0 1px #0006;
  font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-align: left;
  -webkit-text-size-adjust: none; }
.panel.right { left: auto; right: 16px; }
header { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 14px; flex: none; }
.open header { border-bottom: 1px solid #2c323b; }
h2 { font-size: 13px; font-weight: 600; margin: 0; flex: 1; min-width: 0; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.dot { width: 9px; height: 9px; border-radius: 50%; flex: none; background: #d9a13a; }
.dot.good { background: #3fb96f; }
.dot.bad { background: #f0685f; }
.tools { display: flex; gap: 2px; }
.tools button { all: unset; box-sizing: border-box; min-width: 30px; height: 30px; padding: 0 8px; border-radius: 6px; cursor: pointer;
  text-align: center; line-height: 30px; color: #b7bfcb; font-size: 12px; }
.tools button:hover, .row:hover { background: #252b34; color: #fff; }
button:focus-visible { outline: 2px solid #8ab4ff; outline-offset: -2px; }
.body { overflow: auto; overscroll-behavior: contain; padding: 4px 0 12px; }
.panel:not(.open) .body { display: none; }
h3 { font-size: 11px; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: #98a2b0;
  margin: 12px 14px 3px; }
.told { margin: 0 14px; overflow-wrap: anywhere; }
.told.bad { color: #ff9d95; }
.told.waiting { color: #f0c674; }
.hint, .none { margin: 2px 14px 0; color: #98a2b0; overflow-wrap: anywhere; }
.code { font-variant-numeric: tabular-nums; font-weight: 600; letter-spacing: .06em; }
.row { all: unset; box-sizing: border-box; display: grid; grid-template-columns: 66px minmax(0, 1fr); gap: 0 8px; width: 100%;
  padding: 3px 14px; cursor: pointer; overflow-wrap: anywhere; font-size: 12.5px; }
.row[disabled] { cursor: default; }
.row.indent .label { padding-left: 10px; }
.label { color: #98a2b0; }
.label:empty { display: none; }
.label:empty + span { grid-column: 1 / -1; }
.row:not(.indent) .label { color: #c8d0db; font-weight: 600; }
.lacks { grid-column: 2; color: #f0c674; }
.outline { position: fixed; pointer-events: none; border: 2px solid #2f7bff; background: #2f7bff26;
  box-shadow: 0 0 0 1px #fff; border-radius: 3px; display: none; }
@media ${NARROW} {
  .panel, .panel.right { left: 0; right: 0; bottom: 0; width: auto; max-height: 55vh; border-radius: 10px 10px 0 0;
    border-width: 1px 0 0; padding-bottom: env(safe-area-inset-bottom); }
  .tools button { height: 36px; line-height: 36px; min-width: 36px; }
  .tools .side { display: none; }
  .panel:not(.open) { left: 8px; right: auto; bottom: 8px; border-width: 1px; border-radius: 24px; padding: 0; }
  .panel:not(.open) h2 { display: none; }
}
@media (forced-colors: active) { .dot { forced-color-adjust: none; } .row:focus-visible { outline: 2px solid; } }
@media print { .panel, .outline { display: none; } }
`;
