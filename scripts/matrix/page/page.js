'use strict';

// The grid of the report. Its data are inert chunks of base64 (deflated JSON), inflated when they are needed; of the
// rows and columns only those in sight are in the document. Text from the results only ever goes into text nodes.

const CASE_HEIGHT = 26;
const GROUP_HEIGHT = 34;
const SPARE_ROWS = 4;
const SPARE_COLUMNS = 5;
const NEW = 'new';
const UNNUMBERED = '?';
const NEVER = '-';

const WORDS = { p: 'passed', f: 'failed', e: 'errored', s: 'skipped', n: 'not played' };
const VARIANTS = ['unpatched', 'patched'];
const RED = new Set(['f', 'e']);

// The outcomes to filter by, each a bit of what is known of a cell.
const FLAGS = {
  'red-unpatched': 1, 'red-patched': 2, healed: 4, broken: 8, errored: 16, skipped: 32, 'not-played': 64, new: 128,
};

// The variants by whose failures such an outcome belongs to a group; the other outcomes are of no failure.
const CONCERNED = { 'red-unpatched': [0], 'red-patched': [1], healed: [0], broken: [1], errored: [0, 1], new: [0, 1] };

const FILTERS = ['backend', 'ingress', 'dialect', 'fix', 'outcome', 'columns', 'text'];

const $ = (id) => document.getElementById(id);
const grid = $('grid');
const body = $('grid-body');
const dialog = $('dialog');

const state = {
  filters: Object.fromEntries(FILTERS.map((name) => [name, ''])),
  open: new Set(), // numbers of the groups
  rows: [], // {group, case, top}: `case` is -1 in the row of a group
  height: 0,
  columns: [], // places of the releases that are shown
  kept: null, // whether a case passes the filters
  active: { row: 0, column: 0 }, // column 0 is the head of the row
  drawn: null, // the window that is in the document
  elements: new Map(), // row number to its element
  shown: null, // the cell that the dialog shows
};
let model = null;

// ---------------------------------------------------------------- data

const inflated = new Map();

function inflate(name) {
  if (!inflated.has(name)) {
    inflated.set(name, unpack($(`chunk-${name}`).textContent));
  }
  return inflated.get(name);
}

async function unpack(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < binary.length; place += 1) bytes[place] = binary.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

function readModel(data) {
  const count = data.releases.length;
  const states = data.states.map(([outcome, failures, reason, detail]) => (
    { outcome, red: RED.has(outcome), failures: data.failures[failures], reason, detail }
  ));
  const cases = data.cases.map(([id, ingress, backend, ...runs]) => (
    { id, ingress, backend, states: runs.map((run) => spread(run, count)), text: id.toLowerCase() }
  ));
  for (const one of cases) one.flags = flagsOf(one, states, count);
  const groups = data.groups.map(([number, members]) => {
    const shows = states.map((one) => isOf(one, number));
    return { number, title: data.titles[number] || '', members, shows, tallies: new Map() };
  });
  const places = new Map(cases.map((one, place) => [one.id, place]));
  const fixes = data.fixes.map(([name, title, ids]) => (
    { name, title, cases: new Set(ids.map((id) => places.get(id))) }
  ));
  const releases = data.releases.map(([name, applied, verdicts]) => ({ name, applied, verdicts }));
  const { chunk, minors, titles } = data;
  return { chunk, minors, titles, reasons: [], releases, states, cases, groups, fixes, places };
}

// Runs of equal states, `state, releases, state, releases, ...`, as one state for each release.
function spread(runs, count) {
  const all = new Uint32Array(count);
  let at = 0;
  for (let place = 0; place < runs.length; place += 2) {
    all.fill(runs[place], at, at + runs[place + 1]);
    at += runs[place + 1];
  }
  return all;
}

function flagsOf(one, states, count) {
  const flags = new Uint8Array(count);
  for (let release = 0; release < count; release += 1) {
    flags[release] = flagsOfCell(states[one.states[0][release]], states[one.states[1][release]]);
  }
  return flags;
}

function flagsOfCell(before, after) {
  const either = (outcome) => before.outcome === outcome || after.outcome === outcome;
  return (before.red ? FLAGS['red-unpatched'] : 0)
    | (after.red ? FLAGS['red-patched'] : 0)
    | (before.red && after.outcome === 'p' ? FLAGS.healed : 0)
    | (before.outcome === 'p' && after.red ? FLAGS.broken : 0)
    | (either('e') ? FLAGS.errored : 0)
    | (either('s') ? FLAGS.skipped : 0)
    | (either('n') ? FLAGS['not-played'] : 0)
    | (before.failures.includes(NEW) || after.failures.includes(NEW) ? FLAGS.new : 0);
}

// Whether a state is what a group is about: red, and by this number.
function isOf(one, number) {
  if (!one.red) return false;
  return number === UNNUMBERED ? !one.failures.length : one.failures.includes(number);
}

// What the text filter looks into, beyond the ids: numbers, titles and reasons of whatever a case shows.
async function addTexts() {
  model.reasons = await inflate('reasons');
  const reasons = model.reasons.map((reason) => reason.toLowerCase());
  for (const one of model.cases) {
    const seen = new Set([...one.states[0], ...one.states[1]]);
    const told = new Set();
    for (const place of seen) {
      told.add(reasons[model.states[place].reason]);
      for (const number of model.states[place].failures) {
        told.add(`${number} ${model.titles[number] || ''}`.toLowerCase());
      }
    }
    one.text = [one.id.toLowerCase(), ...told].join('\n');
  }
  if (state.filters.text) refilter();
}

// ---------------------------------------------------------------- filters

function refilter() {
  state.columns = state.filters.columns === 'minors' ? model.minors : model.releases.map((_, place) => place);
  state.kept = keptCases();
  for (const group of model.groups) group.tallies.clear();
  relayout();
  summarise();
}

// For each case whether all filters let it through.
function keptCases() {
  const { backend, ingress, dialect, fix, outcome, text } = state.filters;
  const words = text.toLowerCase().split(/\s+/);
  const named = model.fixes.find((one) => one.name === fix);
  return model.cases.map((one, place) => (
    (!backend || one.backend === backend)
    && (!ingress || one.ingress === ingress)
    && (!dialect || one.id.startsWith(dialect))
    && (!fix || named.cases.has(place))
    && words.every((word) => one.text.includes(word))
    && (!outcome || state.columns.some((release) => one.flags[release] & FLAGS[outcome]))
  ));
}

function relayout() {
  const rows = [];
  let top = 0;
  const add = (group, member) => {
    rows.push({ group, case: member, top });
    top += member < 0 ? GROUP_HEIGHT : CASE_HEIGHT;
  };
  for (const group of model.groups) {
    group.kept = group.members.filter((member) => state.kept[member] && belongs(group, member));
    if (!group.kept.length) continue;
    add(group, -1);
    if (state.open.has(group.number)) group.kept.forEach((member) => add(group, member));
  }
  Object.assign(state, { rows, height: top });
  state.active.row = Math.max(0, Math.min(state.active.row, rows.length - 1));
  state.active.column = Math.min(state.active.column, state.columns.length);
  resize();
  draw(true);
}

// Whether the outcome to filter by is one of this group: a case can be red patched by another failure than this one.
function belongs(group, member) {
  return !state.filters.outcome || state.columns.some((release) => isChosen(group, member, release));
}

// Whether a cell has the outcome to filter by, and by the failure of the group.
function isChosen(group, member, release) {
  const { flags, states } = model.cases[member];
  const variants = CONCERNED[state.filters.outcome];
  return Boolean(flags[release] & FLAGS[state.filters.outcome])
    && (!variants || variants.some((variant) => group.shows[states[variant][release]]));
}

function resize() {
  $('sheet').style.width = `${sizes.first + state.columns.length * sizes.column}px`;
  $('sheet').style.height = `${sizes.head + state.height}px`;
  grid.setAttribute('aria-rowcount', state.rows.length + 1);
  grid.setAttribute('aria-colcount', state.columns.length + 1);
}

function summarise() {
  const kept = model.cases.filter((_, place) => state.kept[place]);
  const [before, after] = redCells(kept);
  const groups = model.groups.filter((group) => group.kept.length).length;
  $('summary').textContent = `${amount(kept.length)} of ${plural(model.cases.length, 'case')} in ${plural(groups, 'group')}, `
    + `on ${plural(state.columns.length, 'release')}: ${plural(before, 'red cell')} unpatched, ${amount(after)} patched.`;
}

function redCells(cases) {
  const counts = [0, 0];
  for (const { flags } of cases) {
    for (const release of state.columns) {
      if (flags[release] & FLAGS['red-unpatched']) counts[0] += 1;
      if (flags[release] & FLAGS['red-patched']) counts[1] += 1;
    }
  }
  return counts;
}

const amount = (number) => number.toLocaleString('en');

// How many of a group's cases are red by its number, unpatched and patched, on one release.
function tally(group, release) {
  if (!group.tallies.has(release)) {
    const counts = VARIANTS.map((_, variant) => group.kept.reduce((sum, member) => (
      sum + (group.shows[model.cases[member].states[variant][release]] ? 1 : 0)
    ), 0));
    group.tallies.set(release, counts);
  }
  return group.tallies.get(release);
}

// ---------------------------------------------------------------- drawing

const sizes = {}; // as page.css has them

function measure() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['first', 'column', 'head']) sizes[name] = parseFloat(style.getPropertyValue(`--${name}`));
}

const heightOf = (row) => (row.case < 0 ? GROUP_HEIGHT : CASE_HEIGHT);

// The row at a distance from the top of the first one.
function rowAt(distance) {
  let low = 0;
  let high = Math.max(0, state.rows.length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (state.rows[middle].top <= distance) low = middle;
    else high = middle - 1;
  }
  return low;
}

function inSight() {
  const top = rowAt(grid.scrollTop);
  const bottom = rowAt(grid.scrollTop + grid.clientHeight - sizes.head) + 1;
  const left = Math.floor(grid.scrollLeft / sizes.column);
  const right = Math.ceil((grid.scrollLeft + grid.clientWidth - sizes.first) / sizes.column);
  return { top, bottom, left, right: Math.max(left + 1, right) };
}

function withSpare(sight) {
  return {
    top: Math.max(0, sight.top - SPARE_ROWS),
    bottom: Math.min(state.rows.length, sight.bottom + SPARE_ROWS),
    left: Math.max(0, sight.left - SPARE_COLUMNS),
    right: Math.min(state.columns.length, sight.right + SPARE_COLUMNS),
  };
}

function covers(outer, inner) {
  return outer.top <= inner.top && outer.bottom >= Math.min(inner.bottom, state.rows.length)
    && outer.left <= inner.left && outer.right >= Math.min(inner.right, state.columns.length);
}

// Bring what is in sight into the document; `anew` also what is there already, as it has changed.
function draw(anew = false) {
  const sight = inSight();
  if (!anew && state.drawn && covers(state.drawn, sight)) return;
  const focused = grid.contains(document.activeElement);
  const next = withSpare(sight);
  const sideways = anew || !state.drawn || state.drawn.left !== next.left || state.drawn.right !== next.right;
  if (sideways) {
    state.elements.clear();
    body.replaceChildren();
    $('grid-head').replaceChildren(headRow(next));
  }
  state.drawn = next;
  drawRows(next);
  settleFocus(focused);
}

function drawRows(next) {
  for (const [number, element] of state.elements) {
    if (number < next.top || number >= next.bottom) {
      element.remove();
      state.elements.delete(number);
    }
  }
  let before = body.firstElementChild;
  for (let number = next.top; number < next.bottom; number += 1) {
    const element = state.elements.get(number);
    if (element) {
      before = element.nextElementSibling;
    } else {
      const made = bodyRow(number, next);
      state.elements.set(number, made);
      body.insertBefore(made, before);
    }
  }
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function headRow(next) {
  const row = make('div', { class: 'row', role: 'row', 'aria-rowindex': 1 });
  row.append(make('div', { class: 'row-head', role: 'columnheader', 'aria-colindex': 1 }, 'failure or case'));
  for (let place = next.left; place < next.right; place += 1) {
    const kind = isMinor(place) ? 'column-head minor' : 'column-head';
    const name = model.releases[state.columns[place]].name;
    row.append(make('div', { class: kind, role: 'columnheader', 'aria-colindex': place + 2 }, name));
  }
  indent(row, next);
  return row;
}

// Whether a release is the first that is shown of its minor.
function isMinor(place) {
  const minor = (at) => model.releases[state.columns[at]].name.split('.').slice(0, 2).join('.');
  return place === 0 || minor(place) !== minor(place - 1);
}

// The first cell makes room for those to its left that are not drawn.
function indent(row, next) {
  if (row.children.length > 1) row.children[1].style.marginLeft = `${next.left * sizes.column}px`;
}

function bodyRow(number, next) {
  const row = state.rows[number];
  const element = row.case < 0 ? groupRow(row) : caseRow(row);
  element.setAttribute('aria-rowindex', number + 2);
  element.dataset.row = number;
  element.style.top = `${sizes.head + row.top}px`;
  const cells = [];
  for (let place = next.left; place < next.right; place += 1) {
    const cell = row.case < 0 ? tallyCell(row.group, state.columns[place]) : outcomeCell(row, state.columns[place]);
    if (isMinor(place)) cell.className += ' minor';
    cell.setAttribute('role', 'gridcell');
    cell.setAttribute('aria-colindex', place + 2);
    cell.tabIndex = -1;
    cells.push(cell);
  }
  element.append(...cells);
  indent(element, next);
  return element;
}

function groupRow({ group }) {
  const open = state.open.has(group.number);
  const header = rowHead(group.title);
  if (![UNNUMBERED, NEVER].includes(group.number)) header.append(make('span', { class: 'number' }, group.number), ' ');
  const size = make('span', { class: 'size' }, plural(group.kept.length, 'case'));
  header.append(make('span', { class: 'title' }, ...marked(group.title)), ' ', size);
  return make('div', { class: 'row group-row', role: 'row', 'aria-level': 1, 'aria-expanded': open }, header);
}

const plural = (count, word) => `${amount(count)} ${word}${count === 1 ? '' : 's'}`;

// A title, in which what stands between backticks is code.
function marked(text) {
  return text.split('`').map((piece, place) => (place % 2 ? make('code', {}, piece) : piece));
}

function caseRow(row) {
  const { id } = model.cases[row.case];
  const header = rowHead(id);
  header.append(id);
  return make('div', { class: 'row case-row', role: 'row', 'aria-level': 2 }, header);
}

function rowHead(title) {
  return make('div', { class: 'row-head', role: 'rowheader', 'aria-colindex': 1, tabindex: -1, title });
}

function tallyCell(group, release) {
  const [before, after] = tally(group, release);
  const cell = document.createElement('div');
  cell.className = `tally h${heat(before, group)} q${heat(after, group)}`;
  cell.dataset.u = before > 999 ? '1k' : before || '·';
  cell.dataset.p = after > 999 ? '1k' : after || '·';
  cell.setAttribute('aria-label', `${model.releases[release].name}: ${before} red unpatched, ${after} patched`);
  return cell;
}

function heat(count, group) {
  return count ? Math.ceil((count / group.kept.length) * 4) : 0;
}

function outcomeCell(row, release) {
  const [before, after] = statesOf(row.case, release);
  const cell = document.createElement('div');
  cell.className = `cell u${before.outcome} p${lowerSign(before, after)}${isFaint(row, release) ? ' dim' : ''}`;
  cell.setAttribute('aria-label', `${model.releases[release].name}: ${inWords(before, after)}`);
  return cell;
}

function statesOf(member, release) {
  return model.cases[member].states.map((all) => model.states[all[release]]);
}

function lowerSign(before, after) {
  if (before.red && after.outcome === 'p') return 'h';
  return before.outcome === 'p' && after.red ? 'b' : after.outcome;
}

// A cell that is red by other numbers than its group's only, or that the filter by outcome leaves out.
function isFaint(row, release) {
  if (state.filters.outcome) return !isChosen(row.group, row.case, release);
  const one = model.cases[row.case];
  const red = one.flags[release] & (FLAGS['red-unpatched'] | FLAGS['red-patched']);
  return Boolean(red) && !one.states.some((all) => row.group.shows[all[release]]);
}

function inWords(before, after) {
  const sign = lowerSign(before, after);
  const addition = { h: ', healed by the patch', b: ', broken by the patch' }[sign] || '';
  return `unpatched ${withNumbers(before)}; patched ${withNumbers(after)}${addition}`;
}

function withNumbers(one) {
  return one.failures.length ? `${WORDS[one.outcome]} (${one.failures.join(', ')})` : WORDS[one.outcome];
}

// ---------------------------------------------------------------- moving about

function elementAt({ row, column: place }) {
  const element = state.elements.get(row);
  if (!element || place === 0) return element && element.children[0];
  const { left, right } = state.drawn;
  return place - 1 < left || place - 1 >= right ? null : element.children[place - left];
}

// One cell is in the order of the Tab key; while it is not in the document, the grid itself is.
function settleFocus(focused) {
  const element = elementAt(state.active);
  if (state.stop && state.stop !== element) state.stop.tabIndex = -1;
  state.stop = element;
  if (element) element.tabIndex = 0;
  grid.tabIndex = element ? -1 : 0;
  if (focused && !grid.contains(document.activeElement)) (element || grid).focus({ preventScroll: true });
}

function goTo(row, place) {
  if (!state.rows.length) {
    grid.focus();
    return;
  }
  state.active = {
    row: Math.max(0, Math.min(row, state.rows.length - 1)),
    column: Math.max(0, Math.min(place, state.columns.length)),
  };
  bringIntoSight(state.active);
  draw();
  settleFocus(false);
  const element = elementAt(state.active);
  if (element) element.focus({ preventScroll: true });
}

function bringIntoSight({ row, column: place }) {
  const { top } = state.rows[row];
  const bottom = top + heightOf(state.rows[row]);
  const room = grid.clientHeight - sizes.head;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (bottom > grid.scrollTop + room) grid.scrollTop = bottom - room;
  if (!place) return;
  const left = (place - 1) * sizes.column;
  const width = grid.clientWidth - sizes.first;
  if (left < grid.scrollLeft) grid.scrollLeft = left;
  else if (left + sizes.column > grid.scrollLeft + width) grid.scrollLeft = left + sizes.column - width;
}

const pageOfRows = () => Math.max(1, Math.floor((grid.clientHeight - sizes.head) / CASE_HEIGHT) - 1);

const MOVES = {
  ArrowDown: ({ row, column: place }) => [row + 1, place],
  ArrowUp: ({ row, column: place }) => [row - 1, place],
  ArrowRight: ({ row, column: place }) => [row, place + 1],
  ArrowLeft: ({ row, column: place }) => [row, place - 1],
  PageDown: ({ row, column: place }) => [row + pageOfRows(), place],
  PageUp: ({ row, column: place }) => [row - pageOfRows(), place],
  Home: ({ row }, event) => (event.ctrlKey ? [0, 0] : [row, 0]),
  End: ({ row }, event) => [event.ctrlKey ? state.rows.length - 1 : row, state.columns.length],
};

function onKey(event) {
  if (!state.rows.length || event.altKey || event.metaKey) return;
  const { row, column: place } = state.active;
  const { group, case: member } = state.rows[row];
  const turns = state.open.has(group.number) ? 'ArrowLeft' : 'ArrowRight';
  if (event.key === 'Enter' || event.key === ' ') activate();
  else if (member < 0 && place === 0 && event.key === turns) toggle(group);
  else if (MOVES[event.key]) goTo(...MOVES[event.key](state.active, event));
  else return;
  event.preventDefault();
}

// Open what is active: a group, or a case on a release.
function activate() {
  const { group, case: member } = state.rows[state.active.row];
  if (member < 0) toggle(group);
  else openCell(member, state.active.column ? state.columns[state.active.column - 1] : worst(member));
}

// The release to show where a case was chosen without one: the newest that is red, or the newest.
function worst(member) {
  const { flags } = model.cases[member];
  const red = state.columns.filter((release) => flags[release] & (FLAGS['red-unpatched'] | FLAGS['red-patched']));
  return (red.length ? red : state.columns).at(-1);
}

function toggle(group) {
  if (!state.open.delete(group.number)) state.open.add(group.number);
  relayout();
  goTo(state.active.row, state.active.column);
  writeHash();
}

function placeOf(target) {
  const element = target.closest('[aria-colindex]');
  const row = element && element.closest('[data-row]');
  return row && { row: Number(row.dataset.row), column: Number(element.getAttribute('aria-colindex')) - 1 };
}

function onClick(event) {
  const at = placeOf(event.target);
  if (!at) return;
  goTo(at.row, at.column);
  activate();
}

// Whatever moved the focus, a screen reader for example: from here the arrow keys go on.
function onFocus(event) {
  const at = placeOf(event.target);
  if (!at) return;
  state.active = at;
  settleFocus(false);
  readOut(event);
}

function readOut(event) {
  const at = placeOf(event.target);
  if (!at || !state.rows[at.row]) return;
  const row = state.rows[at.row];
  const release = at.column ? state.columns[at.column - 1] : -1;
  document.querySelectorAll('.column-head.here').forEach((one) => one.classList.remove('here'));
  if (at.column) $('grid-head').querySelector(`[aria-colindex="${at.column + 1}"]`)?.classList.add('here');
  $('readout').textContent = row.case < 0 ? groupText(row.group, release) : caseText(row, release);
}

function groupText(group, release) {
  const name = [UNNUMBERED, NEVER].includes(group.number) ? group.title : `${group.number}, ${group.title}`;
  const size = plural(group.kept.length, 'case');
  if (release < 0) return `${name}: ${size}`;
  const [before, after] = tally(group, release);
  return `${name}, on ${model.releases[release].name}: ${before} of ${size} red unpatched, ${after} patched`;
}

function caseText(row, release) {
  const { id } = model.cases[row.case];
  if (release < 0) return id;
  const [before, after] = statesOf(row.case, release);
  const reason = model.reasons[before.reason] || model.reasons[after.reason] || '';
  return `${id} on ${model.releases[release].name}: ${inWords(before, after)}. ${reason}`;
}

// ---------------------------------------------------------------- the dialog

async function openCell(member, release) {
  state.shown = { member, release };
  const one = model.cases[member];
  $('dialog-title').textContent = `${one.id} on ${model.releases[release].name}`;
  $('copied').textContent = '';
  const at = state.columns.indexOf(release);
  $('older').disabled = at <= 0;
  $('newer').disabled = at < 0 || at === state.columns.length - 1;
  if (!dialog.open) dialog.showModal();
  writeHash();
  const content = await dialogContent(member, release);
  // Another cell may have been opened in the meantime.
  if (state.shown && state.shown.member === member && state.shown.release === release) {
    $('dialog-body').replaceChildren(...content);
    $('dialog-body').scrollTop = 0;
    dialog.dataset.cell = `${one.id}@${model.releases[release].name}`;
  }
}

async function dialogContent(member, release) {
  const told = await Promise.all(statesOf(member, release).map(tell));
  const cards = told.map((one, variant) => variantCard(one, variant, member, release));
  const variants = make('div', { class: 'variants' }, ...cards);
  return [variants, ...detailParts(told), fixesPart(member, release), await conversationPart(member)];
}

async function tell(one) {
  const texts = await inflate('reasons');
  const chunk = one.detail < 0 ? [] : await inflate(`details-${Math.floor(one.detail / model.chunk)}`);
  return { ...one, reason: texts[one.reason], detail: one.detail < 0 ? '' : chunk[one.detail % model.chunk] };
}

function variantCard(one, variant, member, release) {
  const word = WORDS[one.outcome];
  const kind = `variant ${word.replace(' ', '-')}`;
  const card = make('div', { class: kind, role: 'group', 'aria-label': VARIANTS[variant] });
  card.append(make('h3', {}, `${VARIANTS[variant]}: `, make('span', { class: 'outcome' }, word)));
  if (one.failures.length) card.append(make('ul', {}, ...one.failures.map((number) => failureItem(number))));
  if (one.reason) card.append(make('p', { class: 'reason' }, one.red ? 'First: ' : '', one.reason));
  const where = /^\s*(.+?)\s+\S+\s+<- changed first here/m.exec(one.detail);
  if (where) card.append(make('p', {}, 'The reasoning changed first at ', make('strong', {}, where[1]), '.'));
  card.append(commandLine(variant, member, release));
  return card;
}

function failureItem(number) {
  return make('li', {}, make('strong', {}, number), ' ', ...marked(model.titles[number] || ''));
}

function commandLine(variant, member, release) {
  const words = ['nox -s tests --', model.releases[release].name, quoted(model.cases[member].id)];
  const text = [...words, ...(variant ? [] : ['--unpatched'])].join(' ');
  const button = make('button', { type: 'button', 'aria-label': `Copy the command for ${VARIANTS[variant]}` }, 'Copy');
  const code = make('code', { tabindex: 0 }, text);
  button.addEventListener('click', () => copy(text, code));
  return make('div', { class: 'command' }, code, button);
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a clipboard, as on some pages from a file, the older way still works.
    getSelection().selectAllChildren(element);
    document.execCommand('copy');
  }
  $('copied').textContent = 'Copied.';
}

function detailParts(told) {
  const [before, after] = told.map((one) => one.detail);
  if (!before && !after) return [];
  const heading = make('h3', {}, 'What went wrong, and where');
  if (before && after && before !== after) return [make('section', {}, heading, ...tabs([before, after]))];
  const which = before && after ? 'Unpatched and patched alike:' : `${before ? 'Unpatched' : 'Patched'}:`;
  return [make('section', {}, heading, make('p', {}, which), ...detail(before || after, 'detail'))];
}

function tabs(texts) {
  const panels = texts.map((text, variant) => make(
    'div', { role: 'tabpanel', id: `panel-${variant}`, 'aria-labelledby': `tab-${variant}` },
    ...detail(text, `detail-${variant}`),
  ));
  const buttons = VARIANTS.map((name, variant) => make(
    'button', { type: 'button', role: 'tab', id: `tab-${variant}`, 'aria-controls': `panel-${variant}` }, name,
  ));
  const choose = (chosen) => buttons.forEach((button, variant) => {
    button.setAttribute('aria-selected', variant === chosen);
    button.tabIndex = variant === chosen ? 0 : -1;
    panels[variant].hidden = variant !== chosen;
  });
  buttons.forEach((button, variant) => {
    button.addEventListener('click', () => choose(variant));
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      choose(1 - variant);
      buttons[1 - variant].focus();
    });
  });
  choose(0);
  return [make('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Variant' }, ...buttons), ...panels];
}

function detail(text, id) {
  const lines = make('pre', { id, tabindex: 0, 'aria-label': 'All failures of the case, and how the two bodies differ' });
  lines.append(...colouredLines(text));
  return [lines, ...answerPart(text)];
}

// The first answer of the provider that a detail tells, in a form that can be read; one without an error is folded.
function answerPart(text) {
  const found = /^\s*the provider's answer \((\d+)\): (.*)$/m.exec(text);
  if (!found) return [];
  const heading = make('summary', {}, 'The provider’s answer, with status ', make('strong', {}, found[1]));
  const answer = make('pre', { class: 'answer-text', tabindex: 0 }, indented(found[2]));
  return [make('details', { class: 'answer', ...(found[1] === '200' ? {} : { open: '' }) }, heading, answer)];
}

function indented(answer) {
  try {
    return JSON.stringify(JSON.parse(answer), null, 1);
  } catch {
    return answer;
  }
}

function colouredLines(text) {
  const margin = { diff: null };
  const lines = text.split('\n');
  return lines.map((line, place) => {
    const kind = kindOf(line, margin);
    const whole = place === lines.length - 1 ? line : `${line}\n`;
    return make('span', kind ? { class: kind } : {}, whole);
  });
}

// What a line of a detail is; `margin.diff` is the indent of the diff that it stands in.
function kindOf(line, margin) {
  const start = /^(\s*)--- /.exec(line);
  if (start && margin.diff === null) {
    margin.diff = start[1];
    return 'place';
  }
  if (margin.diff !== null) {
    const sign = line.startsWith(margin.diff) ? line.slice(margin.diff.length)[0] : '';
    if (line.startsWith(`${margin.diff}+++ `) || line.startsWith(`${margin.diff}--- `) || sign === '@') return 'place';
    if (sign === '+') return 'plus';
    if (sign === '-') return 'minus';
    if (sign === ' ' || sign === '.' || sign === '\\') return '';
    margin.diff = null;
  }
  if (line.includes('<- changed first here')) return 'changed';
  if (/^\s*the provider's answer \(/.test(line)) return 'answer';
  return /^\S/.test(line) ? 'what' : '';
}

function fixesPart(member, release) {
  const { verdicts, applied } = model.releases[release];
  const concerned = model.fixes.filter((fix) => fix.cases.has(member));
  const heading = make('h3', {}, 'Fixes that this case belongs to');
  if (!concerned.length) return make('section', {}, heading, make('p', {}, 'None names this case.'));
  const header = ['fix', 'verdict on this release', 'in the patched variant'];
  const rows = concerned.map(({ name, title }) => make(
    'tr', {},
    make('th', { scope: 'row' }, make('code', {}, name), ' ', make('span', { class: 'title' }, ...marked(title))),
    make('td', {}, verdicts[name] || 'not measured'),
    make('td', {}, applied.includes(name) ? 'yes' : 'no'),
  ));
  const top = make('thead', {}, make('tr', {}, ...header.map((name) => make('th', { scope: 'col' }, name))));
  return make('section', {}, heading, make('table', {}, top, make('tbody', {}, ...rows)));
}

async function conversationPart(member) {
  const name = model.cases[member].id.split('/')[0];
  const texts = await inflate('conversations');
  if (!Object.hasOwn(texts, name)) {
    const none = `${name} is a family of cases with a test of its own; it plays no conversation of the grid.`;
    return make('section', {}, make('h3', {}, 'Conversation'), make('p', {}, none));
  }
  const text = make('pre', { id: 'conversation', tabindex: 0 }, texts[name]);
  return make('section', {}, make('details', {}, make('summary', {}, `The conversation, ${name}`), text));
}

function step(by) {
  const at = state.columns.indexOf(state.shown.release) + by;
  if (at < 0 || at >= state.columns.length) return;
  openCell(state.shown.member, state.columns[at]);
  if (state.active.column) state.active.column = at + 1;
}

function onClosed() {
  state.shown = null;
  delete dialog.dataset.cell;
  writeHash();
  goTo(state.active.row, state.active.column);
}

// ---------------------------------------------------------------- the address

function writeHash() {
  const told = new URLSearchParams();
  for (const name of FILTERS) if (state.filters[name]) told.set(name, state.filters[name]);
  if (state.open.size) told.set('open', state.open.size === model.groups.length ? 'all' : [...state.open].join(','));
  if (state.shown) told.set('cell', `${model.cases[state.shown.member].id}@${model.releases[state.shown.release].name}`);
  const hash = `#${told}`;
  if (hash !== (location.hash || '#')) history.replaceState(null, '', hash);
}

function readHash() {
  const told = new URLSearchParams(location.hash.slice(1));
  for (const name of FILTERS) state.filters[name] = told.get(name) || '';
  const open = told.get('open') || '';
  state.open = new Set(open === 'all' ? model.groups.map((group) => group.number) : open.split(',').filter(Boolean));
  showFilters();
  refilter();
  const [id, name] = split(told.get('cell') || '');
  const release = model.releases.findIndex((one) => one.name === name);
  if (model.places.has(id) && release >= 0) openCell(model.places.get(id), release);
  else if (dialog.open) dialog.close();
}

function split(cell) {
  const at = cell.lastIndexOf('@');
  return [cell.slice(0, at), cell.slice(at + 1)];
}

// A link can name what this report does not have: then the control shows what counts.
function showFilters() {
  for (const name of FILTERS) {
    const control = $(`filter-${name}`);
    control.value = state.filters[name];
    if (control.value !== state.filters[name]) {
      control.value = '';
      state.filters[name] = '';
    }
  }
}

// ---------------------------------------------------------------- start

function onFilter(event) {
  const { filter } = event.target.dataset;
  if (!filter) return;
  state.filters[filter] = event.target.value.trim();
  refilter();
  writeHash();
}

function openGroups(numbers) {
  state.open = new Set(numbers);
  relayout();
  writeHash();
}

function clear() {
  for (const name of FILTERS) state.filters[name] = '';
  refilter();
  writeHash();
}

function listen() {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
  grid.addEventListener('scroll', soon, { passive: true });
  new ResizeObserver(onResize).observe(grid);
  grid.addEventListener('keydown', onKey);
  grid.addEventListener('click', onClick);
  grid.addEventListener('mouseover', readOut);
  grid.addEventListener('focusin', onFocus);
  $('filters').addEventListener('input', onFilter);
  $('filters').addEventListener('submit', (event) => event.preventDefault());
  // The form is reset after its event, not before.
  $('filters').addEventListener('reset', () => setTimeout(clear));
  $('expand').addEventListener('click', () => openGroups(model.groups.map((group) => group.number)));
  $('collapse').addEventListener('click', () => openGroups([]));
  $('older').addEventListener('click', () => step(-1));
  $('newer').addEventListener('click', () => step(1));
  $('close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', onClosed);
  document.querySelector('[data-skip]').addEventListener('click', skip);
  window.addEventListener('hashchange', readHash);
}

// The address belongs to the filters, so the link must not change it.
function skip(event) {
  event.preventDefault();
  $('grid-heading').scrollIntoView();
  goTo(state.active.row, state.active.column);
}

function onResize() {
  const before = sizes.first;
  measure();
  if (before !== sizes.first) resize();
  draw(before !== sizes.first);
}

async function start() {
  model = readModel(await inflate('data'));
  measure();
  readHash();
  listen();
  performance.mark('ready');
  document.documentElement.dataset.ready = 'yes';
  await addTexts();
  document.documentElement.dataset.texts = 'yes';
}

start().catch((error) => {
  $('summary').textContent = `The grid cannot be shown: ${error.message}. A browser of 2023 or later is needed.`;
});
