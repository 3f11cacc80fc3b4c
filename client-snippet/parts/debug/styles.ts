/** Styles of the overlay: above everything, taking no place, readable on any page. */
export const STYLES = `
:host { all: initial; position: fixed; inset: 0; z-index: 2147483647; pointer-events: none;
  font: 13px/1.45 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #f3f5f4; }
.frames { position: absolute; inset: 0; overflow: hidden; }
.frame { position: absolute; box-sizing: border-box; border: 2px dashed #8a94a6; border-radius: 6px; }
.frame.campaign { border-color: #e0662f; }
.frame.holdout { border-color: #6f7bd9; }
.frame span { position: absolute; top: -2px; left: -2px; padding: 1px 8px; border-radius: 6px 0 6px 0; background: #596274; color: #fff;
  font-weight: 600; font-size: 12px; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; box-sizing: border-box; }
.frame.campaign span { background: #b8481a; }
.frame.holdout span { background: #4c57b5; }
.panel { position: absolute; right: 12px; top: 12px; width: min(25rem, calc(100vw - 24px)); pointer-events: auto; border-radius: 12px;
  background: #16211f; box-shadow: 0 12px 40px rgb(0 0 0 / .35); overflow: hidden; }
summary { display: flex; align-items: baseline; gap: 8px; padding: 10px 14px; cursor: pointer; list-style: none; min-height: 24px; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; align-self: center; width: 9px; height: 9px; border-radius: 50%; background: #ff8a55; }
summary::after { content: ""; width: 7px; height: 7px; margin: 0 2px 4px auto; border: solid #a9b8b4; border-width: 0 2px 2px 0; rotate: 45deg; align-self: center; }
details[open] summary::after { rotate: 225deg; margin-bottom: -4px; }
summary:focus-visible { outline: 2px solid #ff8a55; outline-offset: -3px; border-radius: 12px; }
small { color: #a9b8b4; font-size: 12px; }
.body { max-height: min(60vh, 30rem); overflow: auto; padding: 0 14px 12px; overscroll-behavior: contain; }
.visitor { margin: 0 0 8px; color: #c7d2cf; }
ul, ol { margin: 0; padding: 0; list-style: none; }
.decisions > li { display: grid; grid-template-columns: minmax(0, 1fr); padding: 8px 0 8px 11px; border-left: 3px solid #596274; margin-bottom: 6px; }
.decisions > li.campaign { border-color: #ff8a55; }
.decisions > li.holdout { border-color: #8f9af0; }
.decisions i { font-style: normal; color: #a9b8b4; font-size: 12px; }
.decisions b, .log span { overflow-wrap: anywhere; }
.decisions span { color: #c7d2cf; }
.why { margin-top: 6px; padding-top: 6px; border-top: 1px solid #2c3b38; color: #c7d2cf; }
.why b { color: #f3f5f4; }
h2 { margin: 12px 0 4px; font-size: 12px; font-weight: 600; color: #a9b8b4; }
.log li { display: grid; grid-template-columns: auto auto minmax(6.5rem, 1fr) auto; gap: 0 8px; padding: 3px 0; font-size: 12px; }
.log em { max-width: 9.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.log time, .log em { color: #a9b8b4; font-style: normal; font-variant-numeric: tabular-nums; }
`;
