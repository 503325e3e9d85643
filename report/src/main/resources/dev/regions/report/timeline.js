// The timeline: regions above, a lane for each worker below, and how much ran and waited under them; one stretch of time for all.

const timeline = (() => {
  const canvas = byId('lanes'),
    box = byId('lanes-box'),
    overview = byId('overview');
  const charts = [
    { canvas: byId('running'), curve: load.running, colour: 'area' },
    { canvas: byId('queue'), curve: load.queue, colour: 'area-2' },
  ];
  const AXIS = 22,
    REGION_ROWS = 12,
    GAP = 8;
  const laneCount = raw.lanes.length;
  const laneHeight = laneCount <= 12 ? 26 : laneCount <= 32 ? 18 : laneCount <= 120 ? 10 : 5;
  const labelWidth = () => (box.clientWidth < 600 || laneHeight < 10 ? 0 : 110);
  let view = { from: 0, to: run.nanos };
  let colourBy = 'kind',
    onlyCritical = false,
    scheduled = false,
    hover = NEVER;
  // Behind each lane: its tasks by how deep they are nested, each list in the order of time and without overlap.
  const tracks = (() => {
    const lists = new Map();
    for (let id = 0; id < run.n; id++) {
      if (run.lane[id] < 0) continue;
      const key = run.lane[id] * 64 + Math.min(63, run.depth[id]);
      if (!lists.has(key)) lists.set(key, []);
      lists.get(key).push(id);
    }
    return [...lists]
      .sort((a, b) => a[0] - b[0])
      .map(([key, ids]) => {
        ids.sort((a, b) => run.started[a] - run.started[b]);
        return { lane: key >> 6, depth: key & 63, ids, starts: Float64Array.from(ids, (id) => run.started[id]) };
      });
  })();
  const regionRows = (() => {
    const base = [];
    let rows = 0;
    const r = raw.regions;
    for (let i = 0; i < r.name.length; i++) base[r.lane[i]] = Math.max(base[r.lane[i]] ?? 0, r.depth[i] + 1);
    const first = base.map((height) => (rows += height) - height);
    return {
      count: Math.min(rows, REGION_ROWS),
      hidden: Math.max(0, rows - REGION_ROWS),
      of: (i) => first[r.lane[i]] + r.depth[i],
    };
  })();
  const regionHeight = 17;
  const lanesTop = () => AXIS + regionRows.count * regionHeight + (regionRows.count ? GAP : 0);
  const height = () => lanesTop() + laneCount * laneHeight + 4;

  const width = () => canvas.clientWidth;
  const x = (time) => labelWidth() + ((time - view.from) / (view.to - view.from)) * (width() - labelWidth());
  const time = (px) => view.from + ((px - labelWidth()) / (width() - labelWidth())) * (view.to - view.from);
  const laneY = (lane) => lanesTop() + lane * laneHeight;

  function fit(target, cssHeight) {
    const ratio = window.devicePixelRatio || 1,
      w = target.clientWidth;
    if (target.width !== Math.round(w * ratio) || target.height !== Math.round(cssHeight * ratio)) {
      target.width = Math.round(w * ratio);
      target.height = Math.round(cssHeight * ratio);
      target.style.height = `${cssHeight}px`;
    }
    const g = target.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, cssHeight);
    return g;
  }

  function colour(id) {
    const state = STATES[run.state[id]];
    if (colourBy === 'state' || state === 'FAILED') return theme.colours[stateVariable[state]];
    return theme.ofKind[kindColour.of[run.kind(id)]];
  }

  function ticks() {
    const span = view.to - view.from;
    const rough = span / Math.max(2, (width() - labelWidth()) / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
    const list = [];
    for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) list.push(t);
    return { list, step };
  }

  // A tick of 1.2341 s next to one of 1.2342 s has to show the fourth digit.
  function tickLabel(t, step) {
    const [unit, name] =
      t >= 1e9 || step >= 1e9 ? [1e9, 's'] : view.to >= 1e6 ? [1e6, 'ms'] : view.to >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
    const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
    return `${(t / unit).toFixed(Math.min(9, digits))} ${name}`;
  }

  function drawAxis(g, h) {
    const { list, step } = ticks();
    g.font = '11px system-ui, sans-serif';
    g.textBaseline = 'middle';
    for (const t of list) {
      g.fillStyle = theme.colours.line;
      g.fillRect(Math.round(x(t)), AXIS - 6, 1, h);
      g.fillStyle = theme.colours.muted;
      const label = tickLabel(t, step);
      g.textAlign = x(t) + g.measureText(label).width > width() - 4 ? 'right' : 'left';
      g.fillText(label, x(t) + (g.textAlign === 'right' ? -4 : 4), AXIS / 2);
    }
    g.textAlign = 'left';
  }

  function text(g, string, left, middle, room) {
    if (room < 30) return;
    if (g.measureText(string).width > room) {
      let end = Math.floor((string.length * room) / g.measureText(string).width);
      while (end > 0 && g.measureText(`${string.slice(0, end)}…`).width > room) end--;
      if (end < 2) return;
      string = `${string.slice(0, end)}…`;
    }
    g.fillText(string, left, middle);
  }

  function drawRegions(g) {
    const r = raw.regions,
      left = labelWidth(),
      right = width();
    const lastPixel = new Float64Array(REGION_ROWS).fill(-1);
    g.font = '11px system-ui, sans-serif';
    for (let i = 0; i < r.name.length; i++) {
      const row = regionRows.of(i);
      if (row >= REGION_ROWS || r.end[i] < view.from || r.opened[i] > view.to) continue;
      const from = Math.max(left, x(r.opened[i])),
        to = Math.min(right, Math.max(from + 1, x(r.end[i])));
      if (to - lastPixel[row] < 1) continue;
      lastPixel[row] = to;
      const y = AXIS + row * regionHeight;
      g.fillStyle = theme.colours.soft;
      g.fillRect(from, y, to - from, regionHeight - 2);
      g.fillStyle = theme.colours.line;
      g.fillRect(from, y, 1, regionHeight - 2);
      if (r.ended[i] !== NEVER && r.ended[i] < r.end[i]) {
        // from here on only its tasks go on
        const code = Math.max(from, Math.min(to, x(r.ended[i])));
        g.fillRect(from, y + regionHeight - 4, code - from, 2);
      }
      g.fillStyle = theme.colours.text;
      text(g, regionLabel(i), from + 5, y + regionHeight / 2 - 0.5, to - from - 8);
    }
    if (left > 0 && regionRows.count > 0) {
      g.fillStyle = theme.colours.muted;
      g.fillText(regionRows.hidden ? `regions (+${regionRows.hidden})` : 'regions', 6, AXIS + regionHeight / 2);
    }
  }

  function drawTrack(g, track, dimmed) {
    const { ids, starts } = track;
    const inset = Math.min(track.depth * 4, laneHeight - 5);
    const y = laneY(track.lane) + 1 + inset,
      h = laneHeight - 2 - inset;
    const left = labelWidth(),
      right = width();
    const pixel = (view.to - view.from) / Math.max(1, right - left);
    let k = lastAtMost(starts, view.from);
    while (k < ids.length && starts[k] <= view.to) {
      const id = ids[k];
      if (run.end[id] < view.from) {
        k++;
        continue;
      }
      const from = Math.max(left, x(starts[k])),
        to = Math.min(right, x(run.end[id]));
      const dim = dimmed && !run.onPath[id];
      if (to - from < 1) {
        // Less than a pixel: one stroke for all that begin within it. Of these, one on the critical path or a failed one shows.
        let shown = id;
        const until = starts[k] + pixel;
        let next = k + 1;
        while (next < ids.length && starts[next] < until) {
          if (run.onPath[ids[next]] > run.onPath[shown] || STATES[run.state[ids[next]]] === 'FAILED') shown = ids[next];
          next++;
        }
        g.globalAlpha = dimmed && !run.onPath[shown] ? 0.22 : 1;
        g.fillStyle = colour(shown);
        g.fillRect(from, y, 1, h);
        if (run.onPath[shown] && h > 6) {
          g.fillStyle = theme.colours.critical;
          g.fillRect(from, y + h - 3, 1, 3);
        }
        k = next;
        continue;
      }
      g.globalAlpha = dim ? 0.22 : 1;
      g.fillStyle = colour(id);
      const w = Math.max(1, to - from - (to - from > 3 ? 1 : 0));
      g.fillRect(from, y, w, h);
      if (run.onPath[id] && h > 6) {
        g.fillStyle = theme.colours.critical;
        g.fillRect(from, y + h - 3, w, 3);
      }
      if (laneHeight >= 18 && w > 38 && inset === 0) {
        g.fillStyle = theme.colours.card;
        text(g, run.name(id), from + 4, y + h / 2, w - 8);
      }
      k++;
    }
    g.globalAlpha = 1;
  }

  function outline(g, id, colourName, thick) {
    if (id === NEVER || run.lane[id] < 0) return;
    const from = x(run.started[id]),
      to = Math.max(from + 2, x(run.end[id]));
    if (to < labelWidth() || from > width()) return;
    const inset = Math.min(run.depth[id] * 4, laneHeight - 5);
    g.strokeStyle = theme.colours[colourName];
    g.lineWidth = thick;
    g.strokeRect(
      Math.max(labelWidth(), from) + 0.5,
      laneY(run.lane[id]) + inset + 0.5,
      Math.min(width() - 1, to) - Math.max(labelWidth(), from) - 1,
      laneHeight - inset - 1,
    );
  }

  function arrow(g, edge) {
    const a = run.from[edge],
      b = run.to[edge];
    if (run.lane[a] < 0 || run.lane[b] < 0) return;
    const x1 = x(run.end[a]),
      y1 = laneY(run.lane[a]) + laneHeight / 2;
    const x2 = x(run.started[b]),
      y2 = laneY(run.lane[b]) + laneHeight / 2;
    if (Math.max(x1, x2) < labelWidth() || Math.min(x1, x2) > width()) return;
    const bend = Math.max(18, Math.min(80, Math.abs(x2 - x1) / 2));
    g.strokeStyle = g.fillStyle = theme.colours[run.onPath[a] && run.onPath[b] ? 'critical' : 'text'];
    g.lineWidth = 1.4;
    g.beginPath();
    g.moveTo(x1, y1);
    g.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    g.stroke();
    g.beginPath();
    g.moveTo(x2 + 1, y2);
    g.lineTo(x2 - 6, y2 - 3.5);
    g.lineTo(x2 - 6, y2 + 3.5);
    g.fill();
  }

  function drawLanes() {
    const h = height(),
      g = fit(canvas, h);
    const left = labelWidth();
    g.textBaseline = 'middle';
    for (let lane = 0; lane < laneCount; lane += 2) {
      g.fillStyle = theme.colours.ground;
      g.fillRect(0, laneY(lane), width(), laneHeight);
    }
    g.save();
    g.beginPath();
    g.rect(left, 0, width() - left, h);
    g.clip();
    drawAxis(g, h);
    g.restore();
    drawRegions(g);
    g.save();
    g.beginPath();
    g.rect(left, 0, width() - left, h);
    g.clip();
    g.font = '11px system-ui, sans-serif';
    g.textBaseline = 'middle';
    const visibleFrom = box.scrollTop - lanesTop(),
      visibleTo = visibleFrom + box.clientHeight;
    for (const track of tracks) {
      const y = track.lane * laneHeight;
      if (y + laneHeight >= visibleFrom && y <= visibleTo + lanesTop()) drawTrack(g, track, onlyCritical);
    }
    if (selection.task !== NEVER) {
      for (const edge of run.into(selection.task).slice(0, 200)) arrow(g, edge);
      for (const edge of run.outOf(selection.task).slice(0, 200)) arrow(g, edge);
    }
    outline(g, hover, 'muted', 1.5);
    outline(g, selection.task, 'text', 2.5);
    g.restore();
    if (left > 0) {
      g.fillStyle = theme.colours.muted;
      g.font = '11px system-ui, sans-serif';
      raw.lanes.forEach((name, lane) => text(g, name, 6, laneY(lane) + laneHeight / 2, left - 10));
    }
  }

  function drawCurve(target, curve, colourName, from, to, left, cssHeight) {
    const g = fit(target, cssHeight),
      w = target.clientWidth;
    const most = Math.max(1, curve.most),
      scale = (cssHeight - 8) / most;
    const at = (px) => from + ((px - left) / Math.max(1, w - left)) * (to - from);
    g.fillStyle = theme.colours[colourName];
    g.beginPath();
    g.moveTo(left, cssHeight);
    for (let px = left; px < w; px++) {
      const level = cssHeight - curve.mean(Math.max(0, at(px)), Math.max(0, at(px + 1))) * scale;
      g.lineTo(px, level);
      g.lineTo(px + 1, level);
    }
    g.lineTo(w, cssHeight);
    g.fill();
    return g;
  }

  function drawCharts() {
    for (const chart of charts) {
      const left = labelWidth(),
        g = drawCurve(chart.canvas, chart.curve, chart.colour, view.from, view.to, left, 64);
      g.fillStyle = theme.colours.muted;
      g.font = '11px system-ui, sans-serif';
      g.textBaseline = 'top';
      g.fillText(chart.curve.most.toLocaleString('en'), left ? 6 : 4, 6);
      g.fillStyle = theme.colours.line;
      g.fillRect(left, 8, chart.canvas.clientWidth - left, 1);
    }
  }

  function drawOverview() {
    const left = labelWidth(),
      w = overview.clientWidth,
      g = drawCurve(overview, load.running, 'area', 0, run.nanos, left, 44);
    const at = (t) => left + (t / run.nanos) * (w - left);
    g.fillStyle = theme.colours.ground;
    g.globalAlpha = 0.72;
    g.fillRect(left, 0, at(view.from) - left, 44);
    g.fillRect(at(view.to), 0, w - at(view.to), 44);
    g.globalAlpha = 1;
    g.strokeStyle = theme.colours.accent;
    g.lineWidth = 1.5;
    g.strokeRect(at(view.from) + 0.75, 0.75, Math.max(3, at(view.to) - at(view.from) - 1.5), 42.5);
    if (left) {
      g.fillStyle = theme.colours.muted;
      g.font = '11px system-ui, sans-serif';
      g.textBaseline = 'middle';
      g.fillText('whole run', 6, 22);
    }
  }

  function draw() {
    scheduled = false;
    drawLanes();
    drawCharts();
    drawOverview();
    byId('timeline-range').textContent = `${duration(view.from)} to ${duration(view.to)} of ${duration(run.nanos)}`;
  }

  function redraw() {
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(draw);
    }
  }

  // Shows a stretch of time: at least some nanoseconds, at most the whole run.
  function show(from, to) {
    const length = Math.min(run.nanos, Math.max(50, to - from));
    from = Math.min(Math.max(0, from), run.nanos - length);
    view = { from, to: from + length };
    redraw();
  }

  function zoom(factor, around = (view.from + view.to) / 2) {
    const from = around - (around - view.from) * factor;
    show(from, from + (view.to - view.from) * factor);
  }

  const move = (part) => show(view.from + part * (view.to - view.from), view.to + part * (view.to - view.from));

  // Brings a task into view, without zooming unless it would be too small to see.
  function reveal(id, closely) {
    if (run.lane[id] < 0) return;
    const length = Math.max(1, run.end[id] - run.started[id]);
    const middle = run.started[id] + length / 2;
    let span = view.to - view.from;
    if (closely) span = length * 4;
    if (closely || run.end[id] < view.from || run.started[id] > view.to) show(middle - span / 2, middle + span / 2);
    const y = laneY(run.lane[id]);
    if (y < box.scrollTop + lanesTop() || y + laneHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = y - box.clientHeight / 2;
    redraw();
  }

  function taskAt(px, py) {
    const lane = Math.floor((py - lanesTop()) / laneHeight),
      at = time(px);
    if (lane < 0 || lane >= laneCount || px < labelWidth()) return NEVER;
    const near = ((view.to - view.from) / width()) * 2;
    let found = NEVER;
    for (const track of tracks) {
      if (track.lane !== lane) continue;
      const k = lastAtMost(track.starts, at + near);
      for (const id of track.ids.slice(Math.max(0, k - 1), k + 1).reverse()) {
        if (run.started[id] <= at + near && run.end[id] >= at - near) {
          found = id;
          break;
        }
      }
    }
    return found;
  }

  function regionAt(px, py) {
    const row = Math.floor((py - AXIS) / regionHeight),
      at = time(px);
    if (row < 0 || row >= regionRows.count) return NEVER;
    for (let i = raw.regions.name.length - 1; i >= 0; i--) {
      if (regionRows.of(i) === row && raw.regions.opened[i] <= at && raw.regions.end[i] >= at) return i;
    }
    return NEVER;
  }

  function drawLegend() {
    const entry = (variable, label) =>
      element(
        'span',
        { title: label },
        element('i', { class: 'swatch', style: { background: `var(--${variable})` } }),
        element('b', {}, label),
      );
    const entries = [];
    if (colourBy === 'kind') {
      const shown = kindColour.ranked.slice(0, KINDS_WITH_COLOUR).filter((kind) => kindColour.time[kind] > 0);
      shown.forEach((kind) => entries.push(entry(`kind-${kindColour.of[kind]}`, run.kinds[kind])));
      if (kindColour.ranked.length > KINDS_WITH_COLOUR) entries.push(entry(`kind-${KINDS_WITH_COLOUR}`, 'others'));
      if (run.state.includes(STATES.indexOf('FAILED'))) entries.push(entry('failed', 'failed'));
    } else {
      for (const state of new Set(Array.from(run.state)))
        entries.push(entry(stateVariable[STATES[state]], STATES[state].toLowerCase()));
    }
    entries.push(entry('critical', 'critical path'));
    byId('legend').replaceChildren(...entries);
  }

  const meanRunning = load.running.mean(0, run.nanos),
    meanReady = load.queue.mean(0, run.nanos);
  const says = (mean, most) =>
    `${mean.toLocaleString('en', { maximumFractionDigits: 2 })} on average, ${most.toLocaleString('en')} at most`;
  byId('running-text').textContent = says(meanRunning, load.running.most);
  byId('queue-text').textContent = says(meanReady, load.queue.most);
  byId('running').setAttribute('aria-label', `Tasks running over time: ${says(meanRunning, load.running.most)}`);
  byId('queue').setAttribute(
    'aria-label',
    `Tasks that were ready and waited for a thread: ${says(meanReady, load.queue.most)}`,
  );

  selection.listeners.push((id, by) => {
    if (id !== NEVER && by !== 'timeline') reveal(id, false);
    redraw();
  });
  drawLegend();
  new ResizeObserver(redraw).observe(box);
  return {
    canvas,
    box,
    overview,
    charts,
    tracks,
    laneCount,
    meanRunning,
    width,
    labelWidth,
    time,
    taskAt,
    regionAt,
    redraw,
    show,
    zoom,
    move,
    reveal,
    focus: () => canvas.focus(),
    view: () => view,
    hoverOver(id) {
      if (hover === id) return;
      hover = id;
      redraw();
    },
    setOnlyCritical(on) {
      onlyCritical = on;
      redraw();
    },
    setColourBy(what) {
      colourBy = what;
      drawLegend();
      redraw();
    },
  };
})();
