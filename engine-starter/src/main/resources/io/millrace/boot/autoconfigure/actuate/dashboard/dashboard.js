'use strict';
/*
 * Draws what the stream of the endpoint tells. Whatever comes from the server is put into the page as text, never as
 * markup. All addresses are relative: the page may be behind any prefix.
 */
(() => {
  const WINDOW = 300;
  const SHORTEST = 60;
  const SILENCE = 5000;
  const RETRY = 3000;
  const ADVICE_INTERVAL = 60000;
  const HEIGHT = 170;
  const MANY_LOOPS = 6;

  const byId = (id) => document.getElementById(id);
  const colour = (n) => getComputedStyle(document.documentElement).getPropertyValue(`--c${n}`).trim();
  const themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* Numbers */

  function count(value) {
    if (value == null) {
      return '–';
    }
    if (value >= 1e6) {
      return `${(value / 1e6).toFixed(value >= 1e7 ? 1 : 2)}\u00a0M`;
    }
    if (value >= 1e4) {
      return `${(value / 1e3).toFixed(1)}\u00a0k`;
    }
    return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
  }

  function millis(value) {
    if (value == null) {
      return '–';
    }
    if (value >= 1000) {
      return `${(value / 1000).toFixed(value >= 10000 ? 1 : 2)}\u00a0s`;
    }
    return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))}\u00a0ms`;
  }

  function bytes(value) {
    if (value == null || value < 0) {
      return '–';
    }
    if (value >= 1 << 30) {
      return `${(value / (1 << 30)).toFixed(1)}\u00a0GB`;
    }
    return value >= 1 << 20 ? `${Math.round(value / (1 << 20))}\u00a0MB` : `${Math.round(value / 1024)}\u00a0KB`;
  }

  function duration(seconds) {
    const whole = Math.floor(seconds);
    const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
    return d > 0 ? `${d} d ${h} h` : h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
  }

  const percent = (ratio) => (ratio == null ? '–' : `${Math.round(ratio * 100)}\u00a0%`);
  const sum = (map) => Object.values(map || {}).reduce((total, value) => total + value, 0);
  const largest = (values) => (values.length > 0 ? Math.max(...values) : null);
  const known = (value) => (value == null || value < 0 ? null : value);

  /* What is shown */

  const TILES = [
    ['requests', 'Requests', (e) => [count(e.throughput.completed), '/s']],
    ['service', 'Service time p99', (e) => [millis(latency(e, 'service', 'p99'))]],
    ['wait', 'Queue wait p99', (e) => [millis(latency(e, 'wait', 'p99'))]],
    ['in-flight', 'In flight', (e) => [count(e.inFlight)]],
    ['waiting', 'Waiting', (e) => [count(e.waiting)]],
    ['busy', 'Workers busy', (e) => [count(busy(e)), limit(e)]],
    ['connections', 'Connections', (e) => [count(e.connections.open), `${count(e.connections.idle)} idle`]],
    ['lag', 'Loop lag', (e) => [millis(largest(e.loops.map((l) => l.lag)))]],
    ['loop', 'Loop busy', (e) => [percent(largest(e.loops.map((l) => l.busy)))], (e) => largest(e.loops.map((l) => l.busy)) > 0.9],
    ['heap', 'Heap', (e) => [bytes(e.memory.heap), e.memory.heapMax > 0 ? `of ${bytes(e.memory.heapMax)}` : '']],
    ['refused', 'Refused', (e) => [count(sum(e.refused)), '/s'], (e) => sum(e.refused) > 0],
    ['errors', 'Errors 5xx', (e) => [count((e.status || {})['5xx'] || 0), '/s'], (e) => (e.status || {})['5xx'] > 0]
  ];

  // Nothing was measured in a second without requests.
  const latency = (e, key, which) => (e[key] && e[key].count > 0 ? e[key][which] : null);

  const busy = (e) => e.workers.reduce((total, pool) => total + pool.busy, 0);

  function limit(e) {
    const most = e.workers.reduce((total, pool) => total + pool.limit, 0);
    return most > 0 && most < 1e6 ? `of ${count(most)}` : '';
  }

  const line = (label, n, value, dash) => ({ label, n, value, dash });

  function latencies(key) {
    return [
      line('p50', 5, (e) => latency(e, key, 'p50')), line('p90', 1, (e) => latency(e, key, 'p90')),
      line('p99', 2, (e) => latency(e, key, 'p99')), line('max', 4, (e) => latency(e, key, 'max'), [4, 4])
    ];
  }

  function loopLines(first) {
    if (first.loops.length > MANY_LOOPS) {
      return [line('longest', 2, (e) => largest(e.loops.map((l) => l.lag)))];
    }
    return first.loops.map((loop, i) => line(shortName(loop.name), 1 + i, (e) => e.loops[i] && e.loops[i].lag));
  }

  const shortName = (name) => name.replace(/^millrace-/, '');

  function reasonLines(first) {
    const reasons = Object.keys(first.refused || {});
    return reasons.map((reason, i) => line(reason, 1 + (i % 8), (e) => e.refused[reason]))
      .concat(line('timeouts', 4, (e) => sum(e.timeouts), [4, 4]));
  }

  const POWERS = Array.from({ length: 40 }, (none, i) => 2 ** i);

  const CHARTS = [
    { id: 'throughput', title: 'Throughput', unit: 'requests per second', format: count, lines: () => [
      line('completed', 1, (e) => e.throughput.completed), line('4xx', 8, (e) => (e.status || {})['4xx']),
      line('5xx', 2, (e) => (e.status || {})['5xx']), line('aborted', 4, (e) => e.throughput.aborted, [4, 4])] },
    { id: 'service', title: 'Service time', unit: 'from handler to last byte', format: millis, lines: () => latencies('service') },
    { id: 'wait', title: 'Queue wait', unit: 'from head to handler', format: millis, lines: () => latencies('wait') },
    { id: 'in-flight', title: 'In flight', unit: 'requests', format: count, lines: (first) => [
      line('in flight', 1, (e) => e.inFlight), line('busy', 5, busy), line('waiting', 2, (e) => e.waiting)]
      .concat(first.admission ? line('limit', 4, (e) => e.admission && e.admission.limit, [4, 4]) : []) },
    { id: 'connections', title: 'Connections', unit: 'open', format: count, lines: () => [
      line('open', 1, (e) => e.connections.open), line('idle', 4, (e) => e.connections.idle),
      line('accepted /s', 3, (e) => e.connections.accepted)] },
    { id: 'lag', title: 'Loop lag', unit: 'how late loops are', format: millis, lines: loopLines },
    { id: 'memory', title: 'Memory', unit: 'of the process', format: bytes, steps: POWERS, lines: () => [
      line('heap', 1, (e) => e.memory.heap), line('committed', 4, (e) => e.memory.heapCommitted, [4, 4]),
      line('buffers', 3, (e) => known(e.memory.buffers)), line('direct', 8, (e) => known(e.memory.direct)),
      line('resident', 2, (e) => known(e.memory.resident))] },
    { id: 'refusals', title: 'Refusals', unit: 'per second, by reason', format: count, lines: reasonLines }
  ];

  /* Charts */

  const events = [];
  let charts = [];

  function axis(more) {
    return { stroke: themed('--dim'), grid: { stroke: themed('--grid'), width: 1 }, ticks: { stroke: themed('--grid'), width: 1, size: 4 },
      font: '11px system-ui, sans-serif', ...more };
  }

  class Chart {

    constructor(definition, first) {
      this.lines = definition.lines(first);
      this.format = definition.format;
      this.steps = definition.steps;
      this.figure = document.createElement('figure');
      this.figure.className = 'card';
      this.figure.id = `chart-${definition.id}`;
      const caption = document.createElement('figcaption');
      const unit = document.createElement('span');
      caption.textContent = definition.title;
      unit.textContent = definition.unit;
      caption.append(unit);
      this.plot = document.createElement('div');
      this.plot.className = 'plot';
      this.figure.append(caption, this.plot);
      byId('charts').append(this.figure);
      this.uplot = new uPlot(this.options(), this.data(), this.plot);
      const canvas = this.plot.querySelector('canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `${definition.title}, ${definition.unit}, of the last five minutes`);
      this.observer = new ResizeObserver(() => this.resize());
      this.observer.observe(this.plot);
    }

    options() {
      return {
        width: Math.max(this.plot.clientWidth, 200), height: HEIGHT,
        cursor: { sync: { key: 'millrace' }, drag: { x: false, y: false }, points: { size: 6 } },
        legend: { markers: { width: 0, fill: (u, i) => (i > 0 ? colour(this.lines[i - 1].n) : 'transparent') } },
        scales: {
          x: { time: true, range: shown },
          y: { range: (u, min, max) => [0, max > 0 ? max * 1.1 : 1] }
        },
        axes: [
          axis({ space: 64, size: 28, values: (u, ticks) => ticks.map(clock) }),
          axis({ size: 58, space: 26, values: (u, ticks) => ticks.map(this.format), ...(this.steps ? { incrs: this.steps } : {}) })
        ],
        series: [{ label: '', value: (u, v) => (v == null ? '–' : clock(v)) }].concat(this.lines.map((each) => ({
          label: each.label, stroke: colour(each.n), width: 1.5, dash: each.dash, spanGaps: false,
          points: { show: false }, value: (u, v) => this.format(v)
        })))
      };
    }

    data() {
      return [events.map((e) => e.time / 1000)].concat(
        this.lines.map((each) => events.map((e) => (e.gap ? null : each.value(e) ?? null))));
    }

    draw() {
      this.uplot.setData(this.data());
      if (this.uplot.cursor.idx == null) {
        this.uplot.setLegend({ idx: events.length - 1 });
      }
    }

    resize() {
      if (this.plot.clientWidth > 0 && this.plot.clientWidth !== this.uplot.width) {
        this.uplot.setSize({ width: this.plot.clientWidth, height: HEIGHT });
      }
    }

    remove() {
      this.observer.disconnect();
      this.uplot.destroy();
      this.figure.remove();
    }
  }

  function shown() {
    const end = last() ? last().time / 1000 : Date.now() / 1000;
    const first = events.length > 0 ? events[0].time / 1000 : end;
    return [Math.min(first, end - SHORTEST), end];
  }

  const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(undefined, { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const last = () => events.findLast((e) => !e.gap);

  // What lines there are may change with another server behind the same address.
  const shape = (e) => [e.loops.map((l) => l.name), Object.keys(e.refused || {}), !!e.admission].join('|');
  let drawnShape;

  function drawCharts() {
    const newest = last();
    if (newest && drawnShape !== shape(newest)) {
      drawnShape = shape(newest);
      charts.forEach((chart) => chart.remove());
      charts = CHARTS.map((definition) => new Chart(definition, newest));
    }
    charts.forEach((chart) => chart.draw());
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    drawnShape = undefined;
    drawCharts();
  });

  /* Texts */

  function text(id, value) {
    const element = byId(id);
    if (element.textContent !== value) {
      element.textContent = value;
    }
  }

  for (const [id, title] of TILES) {
    const tile = document.createElement('div');
    const term = document.createElement('dt');
    const value = document.createElement('dd');
    tile.id = `tile-${id}`;
    term.textContent = title;
    value.textContent = '–';
    tile.append(term, value);
    byId('tiles').append(tile);
  }

  function drawTiles(e) {
    for (const [id, , values, isBad] of TILES) {
      const tile = byId(`tile-${id}`);
      const [value, addition] = values(e);
      const small = document.createElement('small');
      small.textContent = addition ? ` ${addition}` : '';
      tile.querySelector('dd').replaceChildren(value, small);
      tile.classList.toggle('bad', Boolean(isBad && isBad(e)));
    }
  }

  function row(head, ...cells) {
    const tr = document.createElement('tr');
    const th = document.createElement('th');
    th.scope = 'row';
    th.textContent = head;
    tr.append(th, ...cells.map((cell) => {
      const td = document.createElement('td');
      td.append(cell);
      return td;
    }));
    return tr;
  }

  function busyMeter(ratio) {
    const both = document.createDocumentFragment();
    const meter = document.createElement('meter');
    meter.max = 1;
    meter.low = 0.7;
    meter.high = 0.9;
    meter.optimum = 0;
    meter.value = ratio;
    meter.ariaHidden = 'true';
    both.append(percent(ratio), meter);
    return both;
  }

  function drawTables(e) {
    byId('workers').replaceChildren(...e.workers.map((w) => row(w.name, w.mode, count(w.busy), count(w.threads),
      w.limit < 1e6 ? count(w.limit) : '–', count(w.waiting), count(w.capacity))));
    byId('loops').replaceChildren(...e.loops.map((l) => row(shortName(l.name), count(l.connections), millis(l.lag), busyMeter(l.busy))));
  }

  function show(e) {
    text('state', e.state);
    text('transport', e.transport);
    text('mode', e.mode);
    text('uptime', duration(e.uptime));
    drawTiles(e);
    drawTables(e);
    drawCharts();
  }

  /* Advice */

  const WIDE = matchMedia('(min-width: 861px)');
  let drawnAdvice;

  function adviceItem(advice) {
    const item = document.createElement('li');
    const details = document.createElement('details');
    const severity = String(advice.severity);
    item.dataset.severity = severity;
    details.open = severity === 'warning' && WIDE.matches;
    for (const [name, value] of [['summary', advice.found], ['p', advice.why], ['p', advice.remedy]]) {
      const part = document.createElement(name);
      part.textContent = value;
      details.append(part);
    }
    item.append(details);
    return item;
  }

  async function drawAdvice() {
    try {
      const response = await fetch('explain', { headers: { Accept: 'application/json' } });
      const advice = response.ok ? (await response.json()).advice || [] : [];
      // What was opened stays open.
      if (JSON.stringify(advice) !== drawnAdvice) {
        drawnAdvice = JSON.stringify(advice);
        byId('advice').hidden = advice.length === 0;
        byId('advice-list').replaceChildren(...advice.map(adviceItem));
      }
    }
    catch {
      // The stream says that the server has gone.
    }
  }

  /* Stream */

  let source;
  let silence;

  function say(link, message) {
    byId('link').dataset.link = link;
    text('link', message);
    document.body.classList.toggle('stale', link !== 'live');
  }

  function lost(message) {
    clearTimeout(silence);
    if (events.length > 0 && !events.at(-1).gap) {
      events.push({ time: events.at(-1).time + 1, gap: true });
    }
    say('lost', message);
  }

  function received(message) {
    const e = JSON.parse(message.data);
    events.push(e);
    while (events.length > 0 && events[0].time < e.time - WINDOW * 1000) {
      events.shift();
    }
    say('live', 'Live');
    clearTimeout(silence);
    silence = setTimeout(() => lost('Nothing heard for 5 s'), SILENCE);
    show(e);
  }

  function connect() {
    source = new EventSource('stream');
    source.onopen = drawAdvice;
    source.onmessage = received;
    source.onerror = () => {
      lost('Connection lost, reconnecting…');
      if (source.readyState === EventSource.CLOSED) {
        source.close();
        findOut().then((reason) => {
          lost(reason);
          setTimeout(connect, RETRY);
        });
      }
    };
  }

  // An EventSource does not tell what was answered.
  async function findOut() {
    const abort = new AbortController();
    try {
      const response = await fetch('stream', { headers: { Accept: 'text/event-stream' }, signal: abort.signal });
      const isText = (response.headers.get('Content-Type') || '').startsWith('text/plain');
      return response.ok ? 'Reconnecting…' : `${response.status}: ${isText ? await response.text() : 'no stream'}`;
    }
    catch {
      return 'Connection lost, reconnecting…';
    }
    finally {
      abort.abort();
    }
  }

  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) {
      connect();
    }
  });

  setInterval(drawAdvice, ADVICE_INTERVAL);
  connect();
})();
