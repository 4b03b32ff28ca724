"use strict";
/* Draws one step of a recording from the numbers in the page, and goes from step to step by keys.
   Names and texts come from strangers' files: they are set as text, never as markup. */

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const LAST = data.computations.length - 1;
const state = {
  at: 0, done: LAST, unit: data.unit, notation: data.notation,
  theme: document.documentElement.dataset.theme, player: 0,
};

// Small things -------------------------------------------------------------------------------

function element(name, of = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(of)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, of, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(of)) made.setAttribute(key, value);
  return parent.appendChild(made);
}

/* A formula in the program's markup: _{…} lowers, ^{…} raises, letters are italic. */
function formula(markup) {
  const made = element("span", { class: "formula" });
  const token = /_\{([^}]*)\}|\^\{([^}]*)\}|_(.)|(tanh|softmax|[^\W\d_]{4,})|([a-zA-Z]̃?)|([^_^a-zA-Z]+|.)/gsu;
  for (const [, low, high, one, word, letter, rest] of markup.matchAll(token)) {
    if (low ?? one) made.append(element("sub", {}, low ?? one));
    else if (high) made.append(element("sup", {}, high));
    else if (letter) made.append(element("i", {}, letter));
    else made.append(word ?? rest);
  }
  return made;
}

const plain = (markup) => markup.replace(/[{}_^]/g, "");
const minus = (words) => words.replaceAll("-", "−");

/* Of a number: two, more where two would say zero, or that a gate is at its end, of what is not. */
function decimals(size) {
  if (size >= 0.995 && size < 1) return [2, 3, 4, 5, 6, 7].find((n) => Number(size.toFixed(n)) !== 1) ?? 2;
  return size >= 0.01 || !size ? 2 : size >= 0.0005 ? 3 : 4;
}

/* As the program's charts have it. */
function two(value) {
  if (value === null) return "not a number";
  const size = Math.abs(value);
  if (size >= 1e7 || (size && size < 1e-4)) return minus(value.toExponential(0).replace("+", ""));
  return minus(value.toFixed(decimals(size))).replace(/^−(0\.?0*)$/, "$1");
}

// What is known at this moment ---------------------------------------------------------------

const here = () => data.steps[state.at];
const known = (name) => here().values[name] !== undefined
  && (here().t === 0 || data.quantities[name].made <= state.done);
const made = (name) => here().t > 0 && state.done < LAST && data.quantities[name].made === state.done;
const values = (name) => (known(name) ? here().values[name] : null);

// Charts -------------------------------------------------------------------------------------

const MARKED = 128, RINGED = 32; // units, beyond which there is no room for marks, or for rings

/* One path of bars from `from` to `to`, each (unit) => value, of the units that `which` says. */
function bars(row, from, to, which = () => true, share = 18 / 22) {
  const [low, high] = row.range, y = (v) => (100 * (high - Math.min(high, Math.max(low, v)))) / (high - low);
  const side = (1 - share) / 2, parts = [];
  for (let u = 0; u < data.units; u++) {
    const a = y(from(u)), b = y(to(u));
    if (a !== b && which(u)) parts.push(`M${(u + side).toFixed(3)},${a.toFixed(3)}h${share.toFixed(3)}V${b.toFixed(3)}h${(-share).toFixed(3)}z`);
  }
  return parts.join("");
}

function lines(row, of, share = 18 / 22) {
  const [low, high] = row.range, side = (1 - share) / 2, parts = [];
  for (let u = 0; u < data.units; u++) {
    const y = (100 * (high - Math.min(high, Math.max(low, of(u))))) / (high - low);
    parts.push(`M${(u + side).toFixed(3)},${y.toFixed(3)}h${share.toFixed(3)}`);
  }
  return parts.join("");
}

/* Arrowheads where a value goes beyond the axis. */
function cuts(row, of) {
  const [low, high] = row.range, parts = [];
  for (let u = 0; u < data.units; u++) {
    if (of(u) > high) parts.push(`M${u + 0.1},9L${u + 0.5},0L${u + 0.9},9z`);
    if (of(u) < low) parts.push(`M${u + 0.1},91L${u + 0.5},100L${u + 0.9},91z`);
  }
  return parts.join("");
}

const zero = () => 0;
const reader = (name) => { const all = values(name); return (u) => all?.[u] ?? 0; };

/* What each way to look draws: [fill or stroke, colour, path]. */
const LOOKS = {
  signed(row) {
    const v = reader(row.quantity);
    return [["fill", "positive", bars(row, zero, v, (u) => v(u) > 0)],
      ["fill", "negative", bars(row, zero, v, (u) => v(u) < 0)], ["fill", "panel", cuts(row, v)]];
  },
  product(row) {
    const unscaled = bars(row, zero, reader(row.unscaled));
    return data.units > MARKED ? [["fill", "grid", unscaled], ...LOOKS.signed(row)]
      : [...LOOKS.signed(row), ["stroke", "ticks", unscaled]];
  },
  gate(row, filled = "r", rest = "pale") {
    const v = reader(row.quantity);
    return [["fill", rest, row.range[1] === 1 ? bars(row, v, () => 1) : ""],
      ["fill", filled, bars(row, zero, v)], ["fill", "panel", cuts(row, v)]];
  },
  update: (row) => LOOKS.gate(row, "keep", "pale_take"),
  candidate: (row) => [["fill", "take", bars(row, zero, reader("n"))]],
  old: (row) => [["fill", "keep", bars(row, zero, reader("h_prev"))]],
  new: (row) => [["fill", "h", bars(row, zero, reader("h"))],
    ["stroke", "ticks", known("h_prev") && data.units <= MARKED ? bars(row, zero, reader("h_prev")) : ""]],
  blend(row) {
    const take = reader("take"), keep = reader("keep"), h = reader("h");
    const from = (u) => (take(u) * keep(u) > 0 ? take(u) : 0);
    const marks = known("take") && data.units <= MARKED, rings = data.units <= RINGED;
    const old = marks ? lines(row, reader("h_prev"), rings ? 0 : 8 / 22) : "";
    return [["fill", "take", bars(row, zero, take)],
      ["fill", "keep", bars(row, from, (u) => from(u) + keep(u))],
      ["halo", "blend", marks ? lines(row, h) : ""],
      ["mark", "now", marks ? lines(row, h) : ""],
      ...(rings ? [["ring", "now", old], ["hole", "blend", old]] : [["old", "muted", old]])];
  },
};
const WIDTHS = { stroke: 1, halo: 5, old: 2, mark: 3, ring: 9, hole: 6 };

function unitAt(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.floor((data.units * (event.clientX - box.left)) / box.width);
}

class Chart {
  constructor(row) {
    this.row = row;
    const { low, high, svg } = this.frame();
    this.chip = element("output", { class: "chip" });
    const caption = element("div", { class: "caption" });
    const explained = row.keys.length ? legend(row.keys) : element("span", { class: "note" }, row.note);
    caption.append(element("span", { class: "operator" }, row.operator), formula(row.formula),
      explained, this.chip);
    this.caption = caption;
    this.root = element("div", { class: `row ${row.look}`, "data-quantity": row.quantity }, caption,
      element("div", { class: "plot" }, high, svg, low));
  }

  /* The whole formula, smaller where need be, or the short one; a note that has no room is left out. */
  fit() {
    const [, whole, explained] = this.caption.children, keys = this.row.keys.length > 0;
    let shown = whole;
    if (!shrunk(shown, LEGIBLE) || (keys && cut(explained))) {
      shown.replaceWith(shown = formula(this.row.short));
      shrunk(shown, 8);
    }
    if (keys) shrunk(explained, 8, 11);
    else explained.classList.toggle("left-out", cut(explained)
      || (shown !== whole && explained.textContent.startsWith(this.row.short)));
  }

  frame() {
    const { row } = this, [low, high] = row.range, wide = data.units;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const y0 = (100 * high) / (high - low);
    this.svg = svg;
    for (const [key, value] of Object.entries({ viewBox: `0 0 ${wide} 100`, preserveAspectRatio: "none",
      role: "img" })) svg.setAttribute(key, value);
    this.band = drawn("rect", { y: -4, width: 1, height: 108, fill: "var(--fill)", stroke: "var(--edge)" }, svg);
    for (const y of [0, 100]) drawn("line", { x2: wide, y1: y, y2: y, stroke: "var(--grid)" }, svg);
    this.paths = drawn("g", {}, svg);
    drawn("line", { x2: wide, y1: y0, y2: y0, stroke: "var(--ticks)" }, svg);
    svg.addEventListener("click", (event) => select(unitAt(event)));
    return { svg, low: element("span", { class: "limit low" }, minus(String(low))),
      high: element("span", { class: "limit high" }, String(high)) };
  }

  show() {
    const { row } = this, there = known(row.quantity);
    this.band.setAttribute("x", state.unit);
    this.root.classList.toggle("waiting", !there);
    this.root.classList.toggle("made", made(row.quantity));
    const value = there ? two(here().values[row.quantity][state.unit]) : "";
    this.chip.textContent = value;
    this.svg.setAttribute("aria-label",
      `${plain(row.formula)}, ${row.note || data.quantities[row.quantity][state.notation].words}: `
      + (there ? `unit ${state.unit} ${value}` : "not computed yet"));
    this.paths.replaceChildren();
    for (const [kind, color, path] of there ? LOOKS[row.look](row) : []) {
      const paint = kind === "fill" ? { fill: `var(--${color})` }
        : { fill: "none", stroke: `var(--${color})`, "stroke-width": WIDTHS[kind],
          "stroke-linecap": kind === "ring" || kind === "hole" ? "round" : "butt" };
      if (path) drawn("path", { d: path, ...paint }, this.paths);
    }
  }
}

class Axis {
  constructor() {
    this.root = element("div", { class: "axis", "aria-hidden": "true" });
    this.pill = this.label(state.unit, "here");
    this.labels = [];
  }

  /* Every unit's number where they have room, or every second's, fourth's, …; for the widest pill. */
  fit() {
    for (const one of this.labels) one.remove();
    const wide = this.root.clientWidth, room = NUMBER * String(data.units - 1).length + 6;
    this.reach = wide ? (room * data.units) / wide : 1; // units
    let each = 1;
    while (each < this.reach) each *= 2;
    this.labels = [];
    for (let u = 0; u < data.units; u += each) this.labels.push(this.label(u));
    this.root.append(this.pill);
    this.show();
  }

  label(unit, kind = "") {
    const made = element("span", { class: kind }, String(unit));
    made.style.left = `${(100 * (unit + 0.5)) / data.units}%`;
    this.root.append(made);
    return made;
  }

  show() {
    this.pill.textContent = state.unit;
    this.pill.style.left = `${(100 * (state.unit + 0.5)) / data.units}%`;
    for (const one of this.labels) one.hidden = Math.abs(Number(one.textContent) - state.unit) < this.reach;
  }
}

let charts = [];

/* The cell in the notation that is chosen. */
function build() {
  charts = [];
  const bands = data.bands[state.notation].map((columns, i) => {
    const band = element("div", { class: i ? "band states" : "band" });
    for (const column of columns) band.append(built(column));
    return band;
  });
  $("cell").replaceChildren(...bands);
  show();
  for (const one of document.querySelectorAll("#cell .head > .formula")) shrunk(one, 8);
  const notes = [...document.querySelectorAll("#cell h2 .note")], without = notes.some((one) => cut(one.parentNode));
  for (const one of notes) one.hidden = without; // all of them, or none
  for (const one of charts) one.fit();
}

const LEGIBLE = 11, NUMBER = 6.1; // pixels of a formula's letters, at least; of a digit on the axis

const cut = (one) => one.scrollWidth > one.clientWidth;

/* Letters so small that all of it has room, `least` pixels at least; whether it has. */
function shrunk(one, least, most = 14) {
  for (let size = most; cut(one) && size >= least; size--) one.style.fontSize = `${size}px`;
  return !cut(one);
}

/* Colour keys with their words. */
function legend(named) {
  return element("div", { class: "keys" }, ...named.map(([words, color, shape]) => {
    const key = element("span", { class: shape }, words);
    key.style.setProperty("--swatch", `var(--${color})`);
    return key;
  }));
}

function built(column) {
  const head = element("div", { class: "head" }, element("h2", {}, column.title), formula(column.equation));
  head.firstChild.append(element("span", { class: "note" }, column.subtitle));
  const named = column.keys.filter(([, , shape]) => shape === "bar" || data.units <= MARKED);
  if (named.length) head.append(legend(named));
  const own = [...column.rows.map((row) => new Chart(row)), new Axis()];
  charts.push(...own);
  return element("section", { class: "column", "aria-label": column.title }, head, ...own.map((one) => one.root));
}

// Words and tables ---------------------------------------------------------------------------

function place() {
  const { t, name } = here();
  return t ? `${name}, step ${t.toLocaleString("en")} of ${data.of.toLocaleString("en")}` : name;
}

function sentence() {
  const { t, said } = here(), unit = state.unit;
  if (t === 0) { // in reverse h(0) comes after the last character
    const h0 = here().values.h;
    return h0 ? `${place()}. Unit ${unit} starts with ${two(h0[unit])}.` : `${place()}.`;
  }
  if (state.done === LAST) return `${place()}. Unit ${unit}: ${said[state.notation][unit]}`;
  const { name, words } = data.computations[state.done], value = two(here().values[name][unit]);
  const called = data.quantities[name][state.notation].words;
  return `${place()}, inside the step: ${words} was just computed. Unit ${unit}: ${called} ${value}.`;
}

function showUnit() {
  $("unit").textContent = $("pill").textContent = state.unit;
  $("said").textContent = sentence();
  const rows = Object.entries(data.quantities).filter(([name]) => known(name)).map(([name, of]) => {
    const head = element("th", { scope: "row" }, formula(of[state.notation].symbol));
    const value = here().values[name][state.unit];
    const cell = element("td", { "data-quantity": name }, value === null ? "–" : minus(String(value)));
    return element("tr", { class: made(name) ? "made" : "", title: of[state.notation].words }, head, cell);
  });
  $("values").tBodies[0].replaceChildren(...rows);
}

function showNext() {
  const { next, follows } = here(), there = next && state.done === LAST;
  $("next").hidden = !there;
  if (!there) return;
  $("output").textContent = data.output;
  $("next").querySelector("ol").replaceChildren(...next.map(([name, share, right]) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 1 1");
    svg.setAttribute("preserveAspectRatio", "none");
    drawn("rect", { width: share, height: 1, fill: `var(--${right ? "h" : "r"})` }, svg);
    svg.setAttribute("aria-hidden", "true");
    return element("li", { class: right ? "follows" : "", "data-share": share },
      element("span", { class: "symbol" }, name), svg,
      element("span", { class: "percent" }, `${(100 * share).toFixed(1)} %`));
  }));
  $("follows").textContent = follows;
}

/* All units' numbers, made only while they are looked at. */
function showNumbers() {
  if (!$("numbers").open) return;
  const names = Object.keys(data.quantities).filter(known);
  const head = element("tr", {}, element("th", { scope: "col" }, "unit"),
    ...names.map((name) => element("th", { scope: "col" }, formula(data.quantities[name][state.notation].symbol))));
  const body = element("tbody");
  for (let u = 0; u < data.units; u++) {
    body.append(element("tr", { class: u === state.unit ? "here" : "" },
      element("th", { scope: "row" }, String(u)),
      ...names.map((name) => element("td", {}, minus(String(here().values[name][u] ?? "–"))))));
  }
  $("table").replaceChildren(element("table", {}, element("caption", {}, place()), element("thead", {}, head), body));
}

const tiles = data.steps.map((step, i) => {
  const tile = element("button", { tabindex: -1, "aria-label": step.name, title: step.name }, step.sign);
  tile.addEventListener("click", () => go(i));
  return tile;
});

function showText() {
  tiles.forEach((tile, i) => {
    tile.classList.toggle("past", i < state.at);
    if (i === state.at) tile.setAttribute("aria-current", "step");
    else tile.removeAttribute("aria-current");
  });
  const tile = tiles[state.at], strip = $("text");
  const left = tile.offsetLeft - strip.offsetLeft - strip.clientWidth / 2;
  if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = left;
}

function show() {
  for (const chart of charts) chart.show();
  showText();
  showUnit();
  showNext();
  showNumbers();
  $("place").textContent = place();
  $("caption").textContent = here().caption;
  $("first").disabled = $("back").disabled = state.at === 0;
  $("undo").disabled = !canCompute(-1);
  $("step").disabled = $("last").disabled = state.at === data.steps.length - 1;
  $("compute").disabled = !canCompute(1);
  $("notation").textContent = `Notation: ${state.notation === "pytorch" ? "PyTorch" : "course"}`;
  $("theme").textContent = state.theme === "light" ? "Dark" : "Light";
  $("play").textContent = state.player ? "Pause" : "Play";
  $("play").setAttribute("aria-pressed", String(Boolean(state.player)));
}

// Moving -------------------------------------------------------------------------------------

function go(at) {
  state.at = Math.max(0, Math.min(at, data.steps.length - 1));
  state.done = LAST;
  show();
}

function canCompute(by) {
  if (by > 0) return state.done < LAST || state.at < data.steps.length - 1;
  return here().t > 0 && (state.done > 0 || state.at > 0);
}

/* The next of the computations; from a finished step, the first of the step that follows. */
function compute(by) {
  if (!canCompute(by)) return;
  if (by > 0 && state.done === LAST) { state.at += 1; state.done = 0; }
  else if (by < 0 && state.done === 0) { state.at -= 1; state.done = LAST; }
  else state.done += by;
  show();
}

function select(unit) {
  state.unit = Math.max(0, Math.min(unit, data.units - 1));
  show();
}

function play() {
  clearInterval(state.player);
  const goesOn = !state.player && state.at < data.steps.length - 1;
  state.player = goesOn ? setInterval(() => {
    go(state.at + 1);
    if (state.at === data.steps.length - 1) play();
  }, 500) : 0;
  show();
}

function otherNotation() {
  state.notation = state.notation === "pytorch" ? "course" : "pytorch";
  build();
}

function otherTheme() {
  state.theme = state.theme === "light" ? "dark" : "light";
  document.documentElement.dataset.theme = state.theme;
  show();
}

const KEYS = {
  ArrowRight: () => go(state.at + 1), ArrowLeft: () => go(state.at - 1),
  "Shift ArrowRight": () => go(state.at + 10), "Shift ArrowLeft": () => go(state.at - 10),
  F10: () => go(state.at + 1), "Shift F10": () => go(state.at - 1),
  Home: () => go(0), End: () => go(data.steps.length - 1),
  F11: () => compute(1), "Shift F11": () => compute(-1), " ": play,
  "]": () => select(state.unit + 1), ".": () => select(state.unit + 1),
  "[": () => select(state.unit - 1), ",": () => select(state.unit - 1),
  n: otherNotation, t: otherTheme,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " " && event.target.closest("button, summary")) return; // it is pressed
  const key = (event.shiftKey && event.key.length > 1 ? "Shift " : "") + event.key;
  const does = KEYS[key] ?? KEYS[key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
});
for (const [id, does] of Object.entries({
  first: KEYS.Home, back: KEYS.ArrowLeft, step: KEYS.ArrowRight, last: KEYS.End,
  undo: KEYS["Shift F11"], compute: KEYS.F11, play, notation: otherNotation, theme: otherTheme,
  less: KEYS[","], more: KEYS["."],
})) $(id).addEventListener("click", does);
$("numbers").addEventListener("toggle", showNumbers);
addEventListener("resize", build);

$("title").textContent = $("title").title = data.title;
$("about").textContent = data.about;
$("text").append(...tiles);
build();
