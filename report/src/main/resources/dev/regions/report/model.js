// What the page knows of the run: the columns of the data, put back into typed arrays, and what follows from them.

const raw = JSON.parse(document.getElementById('data').textContent);
const STATES = [
  'UNLAUNCHED',
  'WAITING',
  'READY',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
  'ABANDONED',
];
const REASONS = raw.reasons;
const NEVER = -1;
const KINDS_WITH_COLOUR = 7;

const run = (() => {
  const t = raw.tasks;
  const n = t.spawned.length;
  const spawned = new Float64Array(n),
    launched = new Float64Array(n),
    ready = new Float64Array(n);
  const started = new Float64Array(n),
    finished = new Float64Array(n);
  let before = 0;
  for (let i = 0; i < n; i++) {
    // Each time is given from the one before it that is known; the first from that of the task before.
    let known = (before = spawned[i] = before + t.spawned[i]);
    const next = (column, target) => {
      target[i] = column[i] === NEVER ? NEVER : (known = known + column[i]);
    };
    next(t.launched, launched);
    next(t.ready, ready);
    next(t.started, started);
    next(t.finished, finished);
  }
  const end = new Float64Array(n);
  for (let i = 0; i < n; i++) end[i] = finished[i] === NEVER ? raw.nanos : finished[i];

  const from = Int32Array.from(raw.edges.from),
    to = Int32Array.from(raw.edges.to);
  const rows = (key) => {
    const starts = new Int32Array(n + 1);
    for (const id of key) starts[id + 1]++;
    for (let i = 0; i < n; i++) starts[i + 1] += starts[i];
    const list = new Int32Array(key.length),
      next = starts.slice();
    for (let e = 0; e < key.length; e++) list[next[key[e]]++] = e;
    return (id) => list.subarray(starts[id], starts[id + 1]);
  };

  const onPath = new Uint8Array(n);
  for (const id of raw.critical.tasks) onPath[id] = 1;

  const barrier = new Uint8Array(n);
  for (const id of t.barriers) barrier[id] = 1;

  return {
    n,
    spawned,
    launched,
    ready,
    started,
    finished,
    end,
    onPath,
    barrier,
    from,
    to,
    nanos: Math.max(1, raw.nanos),
    name: (id) => raw.names[t.name[id]],
    kind: (id) => raw.nameKind[t.name[id]],
    kinds: raw.kinds,
    state: t.state,
    region: t.region,
    worker: t.worker,
    lane: t.lane,
    depth: t.depth,
    slack: t.slack,
    spawnedBy: t.spawnedBy,
    regions: raw.regions,
    into: rows(to),
    outOf: rows(from),
    ran: (id) => (started[id] === NEVER ? NEVER : Math.max(0, end[id] - started[id])),
    waitedForTasks: (id) =>
      launched[id] === NEVER || ready[id] === NEVER ? NEVER : Math.max(0, ready[id] - launched[id]),
    waitedForThread: (id) =>
      ready[id] === NEVER || started[id] === NEVER ? NEVER : Math.max(0, started[id] - ready[id]),
    regionPath: (region) => {
      const path = [];
      for (let r = region; r >= 0; r = raw.regions.parent[r]) path.unshift(raw.regions.name[r]);
      return path.join(' / ');
    },
  };
})();

// The kinds in which most time was spent get a colour of their own; the others share the last one.
const kindColour = (() => {
  const time = new Float64Array(run.kinds.length);
  for (let id = 0; id < run.n; id++) time[run.kind(id)] += Math.max(0, run.ran(id));
  const ranked = [...time.keys()].sort((a, b) => time[b] - time[a]);
  const colour = new Uint8Array(run.kinds.length).fill(KINDS_WITH_COLOUR);
  ranked.slice(0, KINDS_WITH_COLOUR).forEach((kind, place) => (colour[kind] = place));
  return { of: colour, ranked, time };
})();

// How much of something there was over time: steps up and down, kept with the area under them, so that the mean over any
// stretch is two look-ups.
function curveOf(begins, ends) {
  begins = Float64Array.from(begins).sort();
  ends = Float64Array.from(ends).sort();
  const times = [0],
    levels = [0],
    areas = [0];
  let level = 0,
    i = 0,
    j = 0;
  while (i < begins.length || j < ends.length) {
    const time = j >= ends.length || (i < begins.length && begins[i] <= ends[j]) ? begins[i] : ends[j];
    const last = times.length - 1;
    const area = areas[last] + level * (time - times[last]);
    while (i < begins.length && begins[i] === time) {
      level++;
      i++;
    }
    while (j < ends.length && ends[j] === time) {
      level--;
      j++;
    }
    if (time === times[last]) {
      levels[last] = level;
    } else {
      times.push(time);
      levels.push(level);
      areas.push(area);
    }
  }
  const at = (time) => lastAtMost(times, time);
  return {
    most: levels.reduce((a, b) => Math.max(a, b), 0),
    levelAt: (time) => (time < 0 ? 0 : levels[at(time)]),
    area: (time) => {
      const k = at(Math.max(0, time));
      return areas[k] + levels[k] * (Math.max(0, time) - times[k]);
    },
    mean(a, b) {
      return b > a ? (this.area(b) - this.area(a)) / (b - a) : this.levelAt(a);
    },
    mostIn(a, b) {
      let most = 0;
      for (let k = at(Math.max(0, a)); k < times.length && times[k] <= b; k++) most = Math.max(most, levels[k]);
      return most;
    },
    steps: times.length,
  };
}

const load = (() => {
  const ids = [...Array(run.n).keys()].filter((id) => !run.barrier[id]);
  const ran = ids.filter((id) => run.started[id] !== NEVER);
  const ready = ids.filter((id) => run.ready[id] !== NEVER);
  return {
    running: curveOf(
      ran.map((id) => run.started[id]),
      ran.map((id) => run.end[id]),
    ),
    queue: curveOf(
      ready.map((id) => run.ready[id]),
      ready.map((id) => (run.started[id] === NEVER ? run.end[id] : run.started[id])),
    ),
  };
})();

// The index of the last number that is at most the one given, in a sorted list that begins with a smaller one.
function lastAtMost(sorted, value) {
  let low = 0,
    high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const count = (number, thing) => `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`;
const percent = (part, whole) =>
  whole > 0 ? `${((100 * part) / whole).toFixed(part / whole < 0.0995 ? 1 : 0)} %` : '–';

// A time with three digits and the unit that fits.
function duration(nanos) {
  if (nanos === NEVER) return '–';
  const units = ['ns', 'µs', 'ms', 's'];
  let unit = 0,
    value = nanos;
  while (Math.abs(value) >= 999.5 && unit < 3) {
    value /= 1000;
    unit++;
  }
  const size = Math.abs(value);
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${units[unit]}`;
}

// Makes an element; text is set as text, so that no name can be markup.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') made.className = value;
    else if (key === 'style') Object.assign(made.style, value);
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.startsWith('aria')) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// The name of a region without what tells it from others of the same name in messages.
const regionLabel = (region) => raw.regions.name[region].replace(/ @[0-9a-f]+$/, '');

const byId = (id) => document.getElementById(id);

// The colours of the page as they are now, for what is drawn on a canvas.
const theme = {
  colours: {},
  ofKind: [],
  read() {
    const style = getComputedStyle(document.documentElement);
    this.colours = new Proxy(
      {},
      {
        get: (cache, name) => (cache[name] ??= style.getPropertyValue(`--${name}`).trim()),
      },
    );
    this.ofKind = [...Array(KINDS_WITH_COLOUR + 1).keys()].map((i) => this.colours[`kind-${i}`]);
  },
};

const stateVariable = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  ABANDONED: 'cancelled',
  SKIPPED: 'skipped',
  RUNNING: 'running',
  READY: 'waiting',
  WAITING: 'waiting',
  UNLAUNCHED: 'waiting',
};

// What is chosen, and who wants to know.
const selection = {
  task: NEVER,
  listeners: [],
  select(task, by) {
    if (task === this.task) return;
    this.task = task;
    for (const listener of this.listeners) listener(task, by);
  },
};
