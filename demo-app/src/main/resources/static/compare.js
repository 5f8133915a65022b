// Asks each copy for its meters once a second, and draws what has changed, with uPlot.

import { figures, parse, reading } from './meters.js';

const $ = (id) => document.getElementById(id);
const PERIOD = 1000;       // ms
const PATIENCE = 4000;     // ms until a copy that does not answer is away
const POINTS = 240;        // four minutes
const KEPT = 12000;        // ms that readings are kept for

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const few = (value) => (value < 100 ? tenths : whole).format(value);

const ROWS = [
  { key: 'rate', title: 'Requests', unit: 'a second', format: whole.format, chart: true },
  { key: 'cpuPerRequest', title: 'CPU per request', unit: 'µs', format: few, chart: true },
  { key: 'p50', title: 'Latency, median', unit: 'ms', format: milliseconds, chart: true },
  { key: 'p99', title: 'Latency, 99 %', unit: 'ms', format: milliseconds, chart: true },
  { key: 'mean', title: 'Latency, mean', unit: 'ms', format: milliseconds },
  { key: 'max', title: 'Latency, longest', unit: 'ms', format: milliseconds },
  { key: 'errors', title: 'Errors', unit: 'a second', format: few, chart: true },
  { key: 'cpu', title: 'CPU', unit: '% of one processor', format: whole.format, chart: true },
  { key: 'memory', title: 'Memory', unit: 'MB', format: whole.format, chart: true },
  { key: 'heap', title: 'Heap', unit: 'MB', format: whole.format, chart: true },
  { key: 'threads', title: 'Threads', unit: '', format: whole.format, chart: true },
  { key: 'connections', title: 'Connections', unit: '', format: whole.format },
];

const copies = [];
const times = [];
const charts = [];
let pointed = null;   // index of the moment the cursor is on

function milliseconds(value) {
  return value < 10 ? value.toFixed(2) : few(value);
}

// Copies

function fromQuery() {
  const query = new URLSearchParams(location.search);
  for (const key of ['a', 'b', 'c']) {
    const text = query.get(key)?.trim();
    const input = document.forms[0].elements[key];
    input.value = text ?? '';
    if (text) {
      const url = address(text);
      url ? copies.push(copy(key, url)) : input.setCustomValidity('Not the address of a copy');
    }
    input.addEventListener('input', () => input.setCustomValidity(!input.value || address(input.value) ? '' : 'Not the address of a copy'));
  }
}

function address(text) {
  try {
    const url = new URL(/^\w+:\/\//.test(text.trim()) ? text.trim() : `http://${text.trim()}`);
    return ['http:', 'https:'].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

// A name may have a percent sign of its own.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function copy(key, url) {
  return {
    key,
    name: decoded(url.hash.slice(1)),
    host: url.host,
    base: url.origin + url.pathname.replace(/\/$/, ''),
    origin: url.origin,
    readings: [],
    now: null,          // the newest figures
    heard: 0,           // when it answered last
    state: 'new',
    why: 'asking',
    history: Object.fromEntries(ROWS.map(({ key }) => [key, []])),
  };
}

async function ask(copy) {
  if (copy.asking) {
    return;
  }
  copy.asking = true;
  try {
    const response = await fetch(`${copy.base}/actuator/prometheus`,
        { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) {
      throw new Error(`answers ${response.status}`);
    }
    hear(copy, reading(parse(await response.text()), performance.now()));
  } catch (failure) {
    lose(copy, failure);
  } finally {
    copy.asking = false;
  }
}

function hear(copy, current) {
  const last = copy.readings.at(-1);
  if (last && (current.cpu < last.cpu || current.requests < last.requests)) {
    copy.readings = [];   // another process: it was started anew
  }
  copy.readings.push(current);
  copy.readings = copy.readings.filter(({ at }) => current.at - at <= KEPT);
  copy.now = figures(copy.readings);
  copy.server = current.server;
  copy.heard = current.at;
  copy.state = 'live';
  copy.why = copy.name && current.server && !copy.name.startsWith(current.server) ? `on ${current.server}` : copy.host;
}

function lose(copy, failure) {
  // One late answer is not an absence yet, a refused connection is.
  if (failure.name === 'TimeoutError' && performance.now() - copy.heard < 2 * PATIENCE) {
    return;
  }
  copy.state = 'away';
  copy.why = failure.name === 'Error' ? failure.message : failure.name === 'TimeoutError' ? 'does not answer' : 'away';
  copy.readings = [];
  copy.now = null;
}

// Figures

function build() {
  const head = document.querySelector('#figures thead tr');
  head.append(element('td'));
  for (const copy of copies) {
    const link = element('a', { href: `${copy.base}/`, rel: 'noreferrer' });
    const cell = element('th', { scope: 'col' });
    cell.dataset.copy = copy.key;
    cell.append(element('span', { className: 'name' }, link), element('span', { className: 'state' }));
    cell.querySelector('.state').setAttribute('role', 'status');
    head.append(cell);
    copy.head = cell;
  }
  for (const row of ROWS) {
    const line = element('tr');
    line.append(element('th', { scope: 'row' }, ...titled(row)), ...copies.map(() => element('td')));
    document.querySelector('#figures tbody').append(line);
    row.cells = [...line.querySelectorAll('td')];
    if (row.chart) {
      chart(row);
    }
  }
}

const titled = ({ title, unit }) => unit ? [`${title} `, element('small', { textContent: unit })] : [title];

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function show() {
  for (const copy of copies) {
    copy.head.querySelector('a').textContent = called(copy);
    const state = copy.head.querySelector('.state');
    state.dataset.state = copy.state;
    if (state.textContent !== copy.why) {
      state.textContent = copy.why;
    }
  }
  for (const row of ROWS) {
    copies.forEach((copy, i) => {
      const value = shown(copy, row.key);
      row.cells[i].textContent = written(row, copy, value);
      row.cells[i].classList.toggle('missing', typeof value !== 'number');
      if (row.legend) {
        row.legend[i].name.textContent = called(copy);
        row.legend[i].value.textContent = written(row, copy, value);
      }
    });
  }
  $('moment').textContent = pointed === null ? 'Asked once a second' : `At ${time(times[pointed])}`;
  document.title = copies.map((copy) => `${called(copy)} ${written(ROWS[0], copy, shown(copy, 'rate'))}`).join(' · ');
}

const called = (copy) => copy.name || copy.server || copy.host;

const shown = (copy, key) => pointed === null ? copy.now?.[key] : copy.history[key][pointed];

function written(row, copy, value) {
  if (typeof value === 'number') {
    return row.format(value);
  }
  // undefined: not published; null: not known yet, or nobody asked
  return value === undefined && copy.now && pointed === null ? 'n/a' : '–';
}

// Charts

function chart(row) {
  const figure = element('figure');
  const legend = element('p', { className: 'legend' });
  row.legend = copies.map((copy) => {
    const name = element('span');
    const value = element('b');
    const entry = element('span', {}, name, ' ', value);
    entry.dataset.copy = copy.key;
    legend.append(entry);
    return { name, value };
  });
  figure.append(element('figcaption', {}, ...titled(row)), legend);
  $('charts').append(figure);
  const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name);
  const axis = { stroke: colour('--quiet'), font: '12px system-ui, sans-serif', grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const plot = new uPlot({
    width: 300,
    height: 170,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'compare' }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { range: (_, min, max) => max === null ? [0, 60] : [Math.min(min, max - 60), max] },
      y: { range: (_, min, max) => [0, Math.max(max * 1.1, row.key === 'errors' ? 1 : 0.001)] },
    },
    axes: [
      { ...axis, space: 80, size: 28, values: (_, splits) => splits.map(time) },
      { ...axis, space: 32, size: 46, values: (_, splits) => splits.map(label) },
    ],
    series: [{}, ...copies.map((copy) => ({ stroke: colour(`--${copy.key}`), width: 2, points: { show: false } }))],
    hooks: { setCursor: [(self) => point(self)] },
  }, [[], ...copies.map(() => [])], figure);
  new ResizeObserver(() => plot.setSize({ width: legend.clientWidth, height: 170 })).observe(legend);
  charts.push({ row, plot });
}

const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString('en-GB');

function label(value) {
  return value >= 10000 ? `${value / 1000}k` : `${+value.toFixed(3)}`;
}

function point({ cursor }) {
  const index = cursor.left >= 0 && cursor.idx !== undefined ? cursor.idx : null;
  if (index !== pointed) {
    pointed = index;
    show();
  }
}

function record() {
  times.push(Date.now() / 1000);
  for (const copy of copies) {
    // The same moment for all: who has not answered in time counts as last heard, for a while.
    const current = performance.now() - copy.heard < PATIENCE ? copy.now : null;
    for (const { key } of ROWS) {
      copy.history[key].push(current?.[key] ?? null);
    }
  }
  if (times.length > POINTS) {
    times.shift();
    copies.forEach(({ history }) => Object.values(history).forEach((values) => values.shift()));
  }
}

function draw() {
  for (const { row, plot } of charts) {
    plot.setData([times, ...copies.map(({ history }) => history[row.key])]);
  }
}

function tick() {
  copies.forEach(ask);
  record();
  draw();
  show();
}

fromQuery();
if (copies.length > 0) {
  // From here on the browser itself lets this page ask nobody else.
  document.head.append(element('meta',
      { httpEquiv: 'Content-Security-Policy', content: `connect-src ${copies.map(({ origin }) => origin).join(' ')}` }));
  $('figures').hidden = false;
  build();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => charts.forEach(({ plot }) => plot.redraw()));
  tick();
  setInterval(tick, PERIOD);
} else {
  $('none').hidden = false;
  $('addresses').open = true;
}
