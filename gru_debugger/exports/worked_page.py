"""How the worked sheet's page looks, by the browser's own light or dark, and how it is used."""

STYLE = """
:root { color-scheme: light dark; --f: 1; --text: #1A1F26; --muted: #5A6472; --panel: #FFFFFF;
 --side: #F7F8FA; --border: #DFE3E8; --chip: #FFF1C9; --edge: #B07C00;
 --plus: 0 114 178; --minus: 213 94 0; --keep: 30 150 125; --take: 140 32 105;
 --r: 107 118 134; --h: 46 56 68; --keep-text: #1E7F6C; --take-text: #8C2069 }
@media (prefers-color-scheme: dark) { :root { --f: .75; --text: #E4E8ED; --muted: #9DA7B4;
 --panel: #181C22; --side: #1D2128; --border: #2B313A; --chip: #3D3318; --edge: #F2D160;
 --plus: 79 168 232; --minus: 245 138 75; --keep: 100 214 181; --take: 206 85 159;
 --r: 143 155 170; --h: 143 152 162; --keep-text: #64D6B5; --take-text: #E57FBE } }
body { margin: 0; background: var(--panel); color: var(--text);
 font: 14px/1.5 Inter, system-ui, sans-serif }
header { padding: 16px 24px; background: var(--side); border-bottom: 1px solid var(--border) }
h1 { font-size: 20px; margin: 0; overflow-wrap: anywhere }
h2, h3 { font-size: 15px; margin: 16px 0 0 }
header p { margin: 4px 0; color: var(--muted); overflow-wrap: anywhere }
main { padding: 12px 24px 40px }
.choices { display: flex; flex-wrap: wrap; gap: 20px; align-items: center; margin-top: 10px }
.choices[hidden] { display: none }
fieldset { border: 0; padding: 0; margin: 0; display: flex; gap: 12px }
legend { float: left; padding: 0; margin-right: 12px; color: var(--muted) }
.scroll { overflow-x: auto; margin: 18px 0 }
table { border-collapse: separate; border-spacing: 3px 0;
 font: 12px/1.45 "JetBrains Mono", ui-monospace, Menlo, Consolas, monospace }
caption { text-align: left; font: 600 14px/1.6 Inter, system-ui, sans-serif; white-space: nowrap }
.equation { font-weight: 400; color: var(--muted); margin-left: 10px }
.math { font-family: "STIX Two Text", STIXGeneral, "Cambria Math", Georgia, serif;
 font-size: 1.1em; white-space: nowrap }
sub, sup { font-size: 72%; line-height: 0 }
th { font-weight: 400; color: var(--muted); text-align: right; padding: 0 6px; white-space: nowrap;
 vertical-align: bottom }
th[scope=row] { text-align: left } td { text-align: right; padding: 0 6px; white-space: nowrap }
tr.here th, tr.here td { border-block: 1px solid var(--edge) }
tr.here { background: var(--chip) } tr.rule td { border-top: 1px solid var(--muted); height: 4px }
tr.term[data-unit] { cursor: pointer }
.plus { background: rgb(var(--plus) / calc(var(--a) * var(--f))) }
.minus { background: rgb(var(--minus) / calc(var(--a) * var(--f))) }
.keep { background: rgb(var(--keep) / calc(var(--a) * var(--f))) }
.take { background: rgb(var(--take) / calc(var(--a) * var(--f))) }
.r { background: rgb(var(--r) / calc(var(--a) * var(--f))) }
.h { background: rgb(var(--h) / calc(var(--a) * var(--f))) }
b.keep { background: none; color: var(--keep-text) }
b.take { background: none; color: var(--take-text) } b.strong { background: none }
.sign { color: var(--muted) }
.blend { font-family: ui-monospace, Menlo, Consolas, monospace }
.note, ul { max-width: 76ch } .note { color: var(--muted); margin: 4px 0 } ul { padding-left: 20px }
@media (min-width: 1250px) { section:not([hidden]) { display: grid; gap: 0 48px;
 grid-template-columns: max-content minmax(0, 1fr) } section > h2, section > h3,
 section > .notes {
 grid-column: 1 / -1 } .script .units { position: sticky; top: 0; align-self: start } }
[hidden] { display: none }
@media print { .choices { display: none } }
"""

SCRIPT = """
const form = document.querySelector('.choices'), all = s => document.querySelectorAll(s);
form.hidden = false;
document.body.classList.add('script');
function show() {
  const writing = form.elements.writing.value, unit = form.elements.unit.value;
  for (const one of all('section')) one.hidden = one.dataset.writing !== writing;
  for (const one of all('h2')) one.hidden = true;
  for (const one of all('article')) one.hidden = one.dataset.unit !== unit;
  for (const row of all('tr[data-unit]')) {
    const here = row.dataset.unit === unit;
    row.classList.toggle('here', here);
    if (here) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current');
  }
}
for (const row of all('tr[data-unit]'))
  row.addEventListener('click', () => { form.elements.unit.value = row.dataset.unit; show(); });
form.addEventListener('change', show);
form.addEventListener('submit', event => event.preventDefault());
show();
"""
