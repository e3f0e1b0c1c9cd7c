// Style and script of the demo shop, served as files of their own so that its page needs nothing inline.

export const DEMO_STYLE = `
:root { color-scheme: light dark; --page: #fbf6f0; --raised: #fff; --text: #2b1d16; --dim: #6b574b; --line: #e9dccf;
  --brand: #8a4b2a; --on-brand: #fff; --sun: #f3d9b8; --far: #b9c3a0; --near: #7d946f; --cup: #fffaf4; --coffee: #4a2a1a; --edge: #e5d3c0; }
@media (prefers-color-scheme: dark) { :root { --page: #191310; --raised: #241c17; --text: #f6ece3; --dim: #c4b0a2; --line: #3b2f28;
  --brand: #e0a177; --on-brand: #2b160a; --sun: #5b3d27; --far: #3c4a38; --near: #2c3a2b; --cup: #efe3d6; --coffee: #2a160c; --edge: #cbb8a6; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--text); font: 17px/1.55 Georgia, "Iowan Old Style", "Times New Roman", serif; }
h1, h2, h3 { margin: 0; line-height: 1.15; font-weight: 600; text-wrap: balance; }
p { margin: 0; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 3px; border-radius: 4px; }
.about { padding: 9px max(20px, calc(50vw - 560px)); background: var(--text); color: var(--page); font: 14px/1.45 system-ui, sans-serif; }
.about a { display: inline-block; padding: 2px 0; }
.top, main, footer { width: min(1120px, 100% - 40px); margin-inline: auto; }
.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 6px 24px; padding: 20px 0; }
.brand { display: flex; align-items: center; gap: 12px; font-size: 21px; font-weight: 700; text-decoration: none; letter-spacing: -0.01em; }
.brand svg { width: 40px; height: 40px; }
.disc { fill: var(--brand); }
.wing { fill: var(--on-brand); }
.top nav { display: flex; gap: 22px; font: 500 16px system-ui, sans-serif; }
.top nav a { padding: 10px 0; text-decoration: none; }
.top nav a:hover { text-decoration: underline; text-underline-offset: 4px; }
.hero { display: grid; grid-template-columns: 1.05fr 1fr; align-items: center; gap: 24px; padding: 16px 0 40px; }
h1 { font-size: clamp(38px, 5.6vw, 64px); letter-spacing: -0.025em; }
.hero p { max-width: 26em; margin: 20px 0 28px; color: var(--dim); font-size: 20px; }
.call { display: inline-block; padding: 14px 24px; border-radius: 999px; background: var(--brand); color: var(--on-brand); font: 600 17px system-ui, sans-serif; text-decoration: none; }
.call:hover { filter: brightness(1.08); }
.scene { width: 100%; max-height: 420px; }
.sun { fill: var(--sun); } .far { fill: var(--far); } .near { fill: var(--near); }
.cup { fill: var(--cup); stroke: var(--edge); stroke-width: 3; } .coffee { fill: var(--coffee); stroke: var(--edge); stroke-width: 5; }
.handle { fill: none; stroke: var(--cup); stroke-width: 13; stroke-linecap: round; } .saucer { fill: var(--cup); stroke: var(--edge); stroke-width: 3; }
.steam { fill: none; stroke: var(--cup); stroke-width: 7; stroke-linecap: round; opacity: .85; }
main > section + section { padding: 40px 0; border-top: 1px solid var(--line); }
h2 { font-size: 32px; letter-spacing: -0.015em; }
.coffees { display: grid; grid-template-columns: repeat(auto-fit, minmax(236px, 1fr)); gap: 20px; margin: 26px 0 0; padding: 0; list-style: none; }
.coffees li { display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 18px; background: var(--raised); overflow: hidden; }
.coffees li > div { display: flex; flex: 1; flex-direction: column; gap: 5px; padding: 2px 20px 20px; }
.bag { height: 216px; padding: 14px 0 6px; }
h3 { font-size: 21px; }
.coffees p { color: var(--dim); }
.coffees .roast { font: 14px system-ui, sans-serif; }
.coffees .price { margin: auto 0 10px; padding-top: 8px; color: var(--text); font-size: 20px; }
.price span { color: var(--dim); font: 14px system-ui, sans-serif; }
.coffees button { min-height: 46px; padding: 10px 16px; border: 1.5px solid var(--brand); border-radius: 999px; background: none; color: var(--brand); font: 600 16px system-ui, sans-serif; cursor: pointer; }
.coffees button:hover { background: var(--brand); color: var(--on-brand); }
.steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(236px, 1fr)); gap: 28px; margin: 26px 0 0; padding: 0; list-style: none; counter-reset: step; }
.steps li { counter-increment: step; }
.steps li::before { content: counter(step); display: grid; place-items: center; width: 42px; height: 42px; margin-bottom: 14px; border-radius: 50%; background: var(--sun); font-size: 20px; font-weight: 600; }
.steps p { margin-top: 8px; color: var(--dim); }
footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 24px; padding: 32px 0 112px; border-top: 1px solid var(--line); }
footer nav { display: flex; flex-wrap: wrap; align-content: start; gap: 0 18px; font: 15px system-ui, sans-serif; }
footer nav a { padding: 10px 0; }
footer nav [aria-current] { font-weight: 700; text-decoration: none; }
@media (max-width: 720px) {
  .hero { grid-template-columns: 1fr; padding-top: 4px; }
  .scene { max-height: 260px; }
  .hero p { font-size: 18px; }
  .coffees { grid-template-columns: 1fr; }
  .coffees li { flex-direction: row; }
  .coffees li > div { padding: 18px 18px 18px 0; }
  .bag { flex: none; width: 116px; height: auto; padding: 0 8px; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;

export const DEMO_SCRIPT = `for (const button of document.querySelectorAll('[data-chat]')) {
  button.addEventListener('click', () => window.Herald && window.Herald.open());
}
`;
