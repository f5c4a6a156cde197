"""How the mailbox's page looks: colours, sizes and mark as in `functions/web/static/css/ballotcast.css`."""

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --ground: #f7f8fb; --raised: #fff; --sunk: #eceff5; --ink: #171b26; --quiet: #525a6b; --line: #d3d8e2;
  --strong-line: #6a7386; --accent: #2546a8; --accent-ground: #e9eefc; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #11141b; --raised: #1a1f29; --sunk: #232936; --ink: #e8ebf2; --quiet: #a9b2c3; --line: #363e4d;
  --strong-line: #8992a5; --accent: #9db8ff; --accent-ground: #1e2a4a; --on-accent: #0d1630; } }
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
header { background: var(--raised); border-bottom: 1px solid var(--line); }
header > div, main { max-width: 76rem; margin: 0 auto; padding: 0.75rem 1rem; }
header > div { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem;
  align-items: center; justify-content: space-between; }
h1 { display: flex; gap: 0.5rem; align-items: center; font-size: 1.125rem; margin: 0; }
h1 svg { width: 1.75rem; height: 1.75rem; }
.case { fill: var(--accent); }
.flap { fill: none; stroke: var(--on-accent); stroke-width: 2.2; stroke-linejoin: round; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 0.25rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
form { display: flex; gap: 0.5rem; flex: 0 1 26rem; }
label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
input, button, .button { font: inherit; min-height: 2.75rem; padding: 0.5rem 0.875rem; color: inherit;
  background: var(--raised); border: 1px solid var(--strong-line); border-radius: 0.5rem; }
input { flex: 1; min-width: 0; }
button, .button { color: var(--accent); font-weight: 500; cursor: pointer;
  text-decoration: none; display: inline-block; }
.quiet { color: var(--quiet); font-size: 0.875rem; margin: 0.25rem 0; }
.panes { display: grid; grid-template-columns: minmax(16rem, 24rem) minmax(0, 1fr); gap: 1rem; align-items: start; }
.panes > * { background: var(--raised); border: 1px solid var(--line); border-radius: 0.75rem; }
ul { list-style: none; margin: 0; padding: 0; overflow: hidden auto; max-height: calc(100vh - 11rem); }
li + li { border-top: 1px solid var(--line); }
li a { display: block; padding: 0.625rem 1rem; color: inherit; text-decoration: none; }
li a:hover { background: var(--sunk); }
li a:focus-visible { outline-offset: -3px; }
li a[aria-current] { background: var(--accent-ground); box-shadow: inset 4px 0 var(--accent); }
.who { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.875rem; color: var(--quiet); }
.list { overflow: hidden; }
.who span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who time { white-space: nowrap; }
.what { display: block; font-weight: 600; }
article { padding: 1.25rem; min-width: 0; }
pre { white-space: pre-wrap; font: inherit; margin: 1rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
iframe { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: 0.5rem;
  background: #fff; margin-top: 1rem; }
.turn { display: flex; gap: 0.5rem; margin: 1rem 0 0; }
.back { display: none; }
.empty { text-align: center; padding: 3rem 1rem; grid-column: 1 / -1; }
.empty svg { width: 9rem; fill: none; stroke: var(--strong-line); stroke-width: 2; stroke-linejoin: round; }
.empty .solid { fill: var(--accent-ground); stroke: var(--accent); }
.empty .sheet { fill: var(--raised); stroke: var(--accent); }
@media (max-width: 48rem) {
  .panes { grid-template-columns: 1fr; }
  form { flex-basis: 100%; }
  ul { max-height: none; }
  .listing article, .reading .list { display: none; }
  .back { display: inline-block; margin-bottom: 1rem; }
}
"""
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
MARK = (
    '<svg viewBox="0 0 32 32" aria-hidden="true"><rect class="case" width="32" height="32" rx="7"/>'
    '<path class="flap" d="M6 9h20v14H6zm0 1 10 8 10-8" stroke-linecap="round"/></svg>'
)
PICTURE = (
    '<svg viewBox="0 0 120 96" aria-hidden="true"><rect class="solid" x="14" y="26" width="92" height="60" rx="5"/>'
    '<path class="sheet" d="M30 50V12a4 4 0 0 1 4-4h52a4 4 0 0 1 4 4v38L60 68z"/>'
    '<path d="M44 24h32M44 36h20"/><path d="m16 30 44 38 44-38"/></svg>'
)
