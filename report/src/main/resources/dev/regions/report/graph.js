// The graph, in layers: each node stands below all that it waits for.

const graph = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const ALL_AT_MOST = 250,
    AROUND_AT_MOST = 80,
    NODE_HEIGHT = 40,
    LAYER = 92,
    SPACE = 22;
  const box = byId('graph-box'),
    chooser = byId('graph-view');
  let view,
    svg,
    nodes = [];

  function shape(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function folded() {
    const g = raw.graph;
    return {
      nodes: g.nodes.map(([name, count, state, barrier, outside, region, ran, critical], group) => ({
        name,
        count,
        state,
        barrier,
        outside,
        region,
        ran,
        critical,
        group,
      })),
      edges: g.edges.map(([from, to, reason, count, soft, critical]) => ({ from, to, reason, count, soft, critical })),
    };
  }

  function of(ids, inside = () => true) {
    const place = new Map(ids.map((id, i) => [id, i]));
    const follows = new Map(raw.critical.tasks.map((id, i) => [id, raw.critical.tasks[i + 1]]));
    const edges = [];
    for (const id of ids) {
      for (const edge of run.into(id)) {
        const from = run.from[edge];
        if (!place.has(from)) continue;
        edges.push({
          from: place.get(from),
          to: place.get(id),
          reason: REASONS[raw.edges.reason[edge]],
          count: 1,
          soft: raw.edges.soft[edge],
          critical: follows.get(from) === id,
        });
      }
    }
    return {
      nodes: ids.map((id) => ({
        name: run.name(id),
        count: 1,
        state: run.state[id],
        barrier: run.barrier[id],
        outside: !inside(id),
        region: run.region[id],
        ran: Math.max(0, run.ran(id)),
        critical: run.onPath[id],
        task: id,
      })),
      edges,
    };
  }

  // What leads to a task and what comes of it, nearest first, up to a number.
  function around(id) {
    const found = new Set([id]);
    let up = [id],
      down = [id];
    const beyond = (tasks, edges, end) => {
      const next = [];
      for (const task of tasks) {
        for (const e of edges(task)) {
          if (found.size < AROUND_AT_MOST && !found.has(end[e])) {
            found.add(end[e]);
            next.push(end[e]);
          }
        }
      }
      return next;
    };
    while (up.length || down.length) {
      up = beyond(up, run.into, run.from);
      down = beyond(down, run.outOf, run.to);
    }
    return [...found].sort((a, b) => a - b);
  }

  // K. Sugiyama, S. Tagawa and M. Toda, Methods for visual understanding of hierarchical system structures, IEEE Transactions
  // on Systems, Man and Cybernetics 11 (1981): circles are cut, layers by the longest way, a stand-in wherever an edge crosses
  // a layer, the order within layers by barycentres, and then places near the middle of what a node is joined to.
  function layout(g) {
    const n = g.nodes.length;
    const out = g.nodes.map(() => []);
    g.edges.forEach((e, i) => {
      if (e.from !== e.to) out[e.from].push(i);
    });
    const mark = new Uint8Array(n),
      back = new Set();
    for (let root = 0; root < n; root++) {
      if (mark[root]) continue;
      const stack = [[root, 0]];
      mark[root] = 1;
      while (stack.length) {
        const top = stack[stack.length - 1];
        if (top[1] < out[top[0]].length) {
          const i = out[top[0]][top[1]++],
            to = g.edges[i].to;
          if (mark[to] === 1) back.add(i);
          else if (!mark[to]) {
            mark[to] = 1;
            stack.push([to, 0]);
          }
        } else {
          mark[top[0]] = 2;
          stack.pop();
        }
      }
    }
    const ends = g.edges.map((e, i) => (back.has(i) ? [e.to, e.from] : [e.from, e.to]));
    const layer = new Int32Array(n),
      waits = new Int32Array(n),
      down = g.nodes.map(() => []);
    ends.forEach(([a, b]) => {
      if (a !== b) {
        down[a].push(b);
        waits[b]++;
      }
    });
    const sorted = [...Array(n).keys()].filter((i) => !waits[i]);
    for (let k = 0; k < sorted.length; k++) {
      for (const b of down[sorted[k]]) {
        layer[b] = Math.max(layer[b], layer[sorted[k]] + 1);
        if (--waits[b] === 0) sorted.push(b);
      }
    }
    const cells = g.nodes.map((node, i) => ({ node: i, layer: layer[i], width: nodeWidth(node), up: [], down: [] }));
    const routes = ends.map(([a, b]) => {
      if (a === b) return null;
      const route = [cells[a]];
      for (let l = layer[a] + 1; l < layer[b]; l++) {
        const standIn = { node: -1, layer: l, width: 12, up: [], down: [] };
        cells.push(standIn);
        route.push(standIn);
      }
      route.push(cells[b]);
      for (let i = 1; i < route.length; i++) {
        route[i - 1].down.push(route[i]);
        route[i].up.push(route[i - 1]);
      }
      return route;
    });
    const layers = [];
    cells.forEach((cell) => (layers[cell.layer] ??= []).push(cell));
    layers.forEach((row) => row.forEach((cell, i) => (cell.order = i)));
    for (let sweep = 0; sweep < 10; sweep++) {
      const downward = sweep % 2 === 0;
      for (const row of downward ? layers : [...layers].reverse()) {
        for (const cell of row) {
          const near = downward ? cell.up : cell.down;
          cell.key = near.length ? near.reduce((sum, c) => sum + c.order, 0) / near.length : cell.order;
        }
        row.sort((a, b) => a.key - b.key).forEach((cell, i) => (cell.order = i));
      }
    }
    for (const row of layers) {
      let x = 0;
      for (const cell of row) {
        cell.x = x + cell.width / 2;
        x += cell.width + SPACE;
      }
      const shift = x / 2;
      for (const cell of row) cell.x -= shift;
    }
    for (let sweep = 0; sweep < 11; sweep++) {
      const downward = sweep % 2 === 0;
      for (const row of downward ? layers : [...layers].reverse())
        straighten(row, (cell) => (downward ? cell.up : cell.down));
    }
    const low = Math.min(...cells.map((c) => c.x - c.width / 2)),
      high = Math.max(...cells.map((c) => c.x + c.width / 2));
    return { cells: cells.slice(0, n), routes, back, low, high, height: layers.length * LAYER };
  }

  // Moves each cell towards the mean of its neighbours on one side, keeping the order and the distances of the row.
  function straighten(row, side) {
    const wish = row.map((cell) => {
      const near = side(cell);
      return near.length ? near.reduce((sum, c) => sum + c.x, 0) / near.length : cell.x;
    });
    const gap = (i) => (row[i - 1].width + row[i].width) / 2 + SPACE;
    const left = [],
      right = [];
    row.forEach((_, i) => (left[i] = i ? Math.max(wish[i], left[i - 1] + gap(i)) : wish[i]));
    for (let i = row.length - 1; i >= 0; i--)
      right[i] = i < row.length - 1 ? Math.min(wish[i], right[i + 1] - gap(i + 1)) : wish[i];
    row.forEach((cell, i) => (cell.x = (left[i] + right[i]) / 2));
  }

  const title = (node) => (node.count > 1 ? `${node.name} × ${node.count.toLocaleString('en')}` : node.name);
  const short = (string) => (string.length > 34 ? `${string.slice(0, 33)}…` : string);
  const nodeWidth = (node) =>
    Math.max(76, Math.min(260, short(title(node)).length * 7.2 + 26), subtitle(node).length * 6.2 + 26);

  function subtitle(node) {
    const state = STATES[node.state].toLowerCase();
    if (node.barrier) return 'barrier';
    const shown = node.ran > 0 ? `${duration(node.ran)}${node.count > 1 ? ' in all' : ''}` : '';
    return [shown, state === 'succeeded' ? '' : state].filter(Boolean).join(', ');
  }

  function draw(g) {
    const { cells, routes, back, low, high, height } = layout(g);
    svg = shape('svg', { role: 'group', 'aria-label': `Graph of ${count(g.nodes.length, 'node')}` });
    const marker = (name) =>
      shape(
        'marker',
        {
          id: `arrow-${name}`,
          class: name,
          viewBox: '0 0 8 8',
          refX: 7,
          refY: 4,
          markerWidth: 7,
          markerHeight: 7,
          orient: 'auto-start-reverse',
        },
        shape('path', { d: 'M0 0 8 4 0 8z' }),
      );
    svg.append(shape('defs', {}, marker('plain'), marker('critical')));
    const y = (cell) => cell.layer * LAYER + NODE_HEIGHT / 2;
    const labels = g.edges.length <= 400;
    g.edges.forEach((edge, i) => {
      const classes = `edge${edge.soft ? ' soft' : ''}${edge.critical ? ' critical' : ''}`;
      const end = `url(#arrow-${edge.critical ? 'critical' : 'plain'})`;
      let d, middle;
      if (!routes[i]) {
        // it leads back to where it begins
        const c = cells[edge.from],
          x = c.x + c.width / 2;
        d = `M${x} ${y(c) - 8}C${x + 34} ${y(c) - 22} ${x + 34} ${y(c) + 22} ${x} ${y(c) + 8}`;
        middle = [x + 46, y(c) + 3];
      } else {
        const points = routes[i].map((c, k) => [
          c.x,
          y(c) + (k === 0 ? NODE_HEIGHT / 2 : k === routes[i].length - 1 ? -NODE_HEIGHT / 2 : 0),
        ]);
        if (back.has(i)) points.reverse();
        d = `M${points[0]}`;
        for (let k = 1; k < points.length; k++) {
          const [x1, y1] = points[k - 1],
            [x2, y2] = points[k],
            bend = (y2 - y1) / 2;
          d += `C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
        }
        const a = points[Math.floor((points.length - 1) / 2)],
          b = points[Math.floor((points.length - 1) / 2) + 1] ?? a;
        middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 3];
      }
      svg.append(shape('path', { class: classes, d, 'marker-end': end }));
      if (labels) {
        const label = shape('text', { class: 'edge-label', x: middle[0], y: middle[1] });
        label.textContent = edge.count > 1 ? `${edge.reason} × ${edge.count.toLocaleString('en')}` : edge.reason;
        svg.append(label);
      }
    });
    nodes = g.nodes.map((node, i) => {
      const c = cells[i],
        x = c.x - c.width / 2,
        top = y(c) - NODE_HEIGHT / 2;
      const classes = `node${node.critical ? ' critical' : ''}${node.outside ? ' outside' : ''}${node.task !== undefined && node.task === selection.task ? ' selected' : ''}`;
      const name = shape('text', { x: c.x + 3, y: top + (subtitle(node) ? 17 : 25), 'text-anchor': 'middle' });
      name.textContent = short(title(node));
      const sub = shape('text', { class: 'sub', x: c.x + 3, y: top + 32, 'text-anchor': 'middle' });
      sub.textContent = subtitle(node);
      const hint = shape('title', {});
      const region = node.region >= 0 ? run.regionPath(node.region) : '';
      hint.textContent = [title(node), subtitle(node), region].filter(Boolean).join('\n');
      const made = shape(
        'g',
        {
          class: classes,
          tabindex: i === 0 ? 0 : -1,
          role: 'button',
          'aria-label': `${title(node)}, ${subtitle(node) || STATES[node.state].toLowerCase()}${node.critical ? ', on the critical path' : ''}`,
        },
        hint,
        shape('rect', {
          class: 'body',
          x,
          y: top,
          width: c.width,
          height: NODE_HEIGHT,
          rx: node.barrier ? NODE_HEIGHT / 2 : 8,
        }),
        shape('rect', {
          x: x + 5,
          y: top + 7,
          width: 4,
          height: NODE_HEIGHT - 14,
          rx: 2,
          style: `fill:var(--${stateVariable[STATES[node.state]]});stroke:none`,
        }),
        name,
        sub,
      );
      made.addEventListener('click', () => open(node));
      made.addEventListener('focus', () => intoView(c, top));
      made.addEventListener('keydown', (event) => walk(event, i, node));
      svg.append(made);
      return { cell: c, made, node };
    });
    size = { low: low - 30, top: -16, width: high - low + 60, height: height + 8 };
    box.replaceChildren(svg);
    fitLegibly();
    listen();
  }

  let size,
    drawnWidth = 0;
  // All of it; few nodes are not blown up.
  function fit() {
    const ratio = box.clientWidth / Math.max(1, box.clientHeight);
    const w = Math.max(size.width, size.height * ratio, box.clientWidth),
      h = w / ratio;
    view = { x: size.low + size.width / 2 - w / 2, y: size.top - Math.max(0, (h - size.height) / 2), w, h };
    apply();
  }

  // All of it if that is legible; or else the top of it, as large as the text of the page.
  function fitLegibly() {
    fit();
    const w = box.clientWidth;
    if (view.w > w * 1.35) {
      const first = nodes[0].cell;
      view = {
        x: (size.width > w ? first.x : size.low + size.width / 2) - w / 2,
        y: size.top,
        w,
        h: (w * view.h) / view.w,
      };
      apply();
    }
  }

  const apply = () => svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.w} ${view.h}`);

  function zoom(factor, cx = view.x + view.w / 2, cy = view.y + view.h / 2) {
    const w = Math.min(Math.max(160, view.w * factor), Math.max(size.width, size.height) * 4 + 1000),
      real = w / view.w;
    view = { x: cx - (cx - view.x) * real, y: cy - (cy - view.y) * real, w, h: view.h * real };
    apply();
  }

  function intoView(cell, top) {
    if (cell.x < view.x || cell.x > view.x + view.w) view.x = cell.x - view.w / 2;
    if (top < view.y || top + NODE_HEIGHT > view.y + view.h) view.y = top - view.h / 2;
    apply();
  }

  function walk(event, i, node) {
    if (event.key === 'Enter' || event.key === ' ') {
      open(node);
      event.preventDefault();
      return;
    }
    if (event.key === '+' || event.key === '=') {
      zoom(0.7);
      event.preventDefault();
      return;
    }
    if (event.key === '-') {
      zoom(1 / 0.7);
      event.preventDefault();
      return;
    }
    const here = nodes[i].cell;
    const better = {
      ArrowDown: (c) => c.layer > here.layer,
      ArrowUp: (c) => c.layer < here.layer,
      ArrowLeft: (c) => c.layer === here.layer && c.x < here.x,
      ArrowRight: (c) => c.layer === here.layer && c.x > here.x,
    }[event.key];
    if (!better) return;
    event.preventDefault();
    const next = nodes
      .filter(({ cell }) => better(cell))
      .sort(
        (a, b) =>
          Math.abs(a.cell.layer - here.layer) - Math.abs(b.cell.layer - here.layer) ||
          Math.abs(a.cell.x - here.x) - Math.abs(b.cell.x - here.x),
      )[0];
    if (!next) return;
    nodes.forEach(({ made }) => made.setAttribute('tabindex', -1));
    next.made.setAttribute('tabindex', 0);
    next.made.focus({ preventScroll: true });
  }

  function open(node) {
    if (node.task !== undefined) selection.select(node.task, 'graph');
    else table.showOnly((id) => raw.graph.nodeOf[id] === node.group, title(node));
  }

  function listen() {
    let last = null;
    const scale = () => view.w / box.clientWidth;
    svg.addEventListener('pointerdown', (event) => {
      last = [event.clientX, event.clientY];
    });
    svg.addEventListener('pointermove', (event) => {
      if (!last || !event.buttons) return;
      view.x -= (event.clientX - last[0]) * scale();
      view.y -= (event.clientY - last[1]) * scale();
      last = [event.clientX, event.clientY];
      apply();
    });
    svg.addEventListener('pointerup', () => (last = null));
    svg.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey && !svg.contains(document.activeElement)) return;
        const rect = box.getBoundingClientRect();
        zoom(
          Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 180),
          view.x + (event.clientX - rect.left) * scale(),
          view.y + (event.clientY - rect.top) * scale(),
        );
        event.preventDefault();
      },
      { passive: false },
    );
  }

  const says = byId('graph-text');
  const views = {
    folded: () => {
      const g = folded();
      says.textContent = `${count(run.n, 'task')} in ${count(g.nodes.length, 'node')}: tasks with like names are one, where they are many. A node shows its tasks in the table.`;
      draw(g);
    },
    all: () => {
      says.textContent = 'Every task. Bold is the critical path, dashed is order without need of success.';
      draw(of([...Array(run.n).keys()]));
    },
    around: () => {
      if (selection.task === NEVER) {
        says.textContent =
          'Select a task first, in the timeline or in the table: this shows what it waited for and what waited for it.';
        box.replaceChildren(element('p', { class: 'empty' }, 'No task is selected.'));
        return;
      }
      const ids = around(selection.task);
      says.textContent = `${run.name(selection.task)}, and what is joined to it${ids.length >= AROUND_AT_MOST ? `: the nearest ${ids.length} tasks` : ''}.`;
      draw(of(ids));
      const own = nodes.find(({ node }) => node.task === selection.task);
      if (own) intoView(own.cell, own.cell.layer * LAYER);
    },
  };
  const foldedIsAll = raw.graph.nodes.length === run.n && run.n <= ALL_AT_MOST;
  if (!foldedIsAll) chooser.append(element('option', { value: 'folded' }, 'alike tasks together'));
  if (run.n <= ALL_AT_MOST) chooser.append(element('option', { value: 'all' }, 'every task'));
  chooser.append(element('option', { value: 'around' }, 'around the selected task'));
  const show = () =>
    run.n ? views[chooser.value]() : box.replaceChildren(element('p', { class: 'empty' }, 'No task was recorded.'));
  chooser.onchange = show;
  byId('graph-in').onclick = () => svg?.isConnected && zoom(0.7);
  byId('graph-out').onclick = () => svg?.isConnected && zoom(1 / 0.7);
  byId('graph-fit').onclick = () => svg?.isConnected && fit();
  selection.listeners.push((id) => {
    if (chooser.value === 'around') show();
    else nodes.forEach(({ made, node }) => made.classList.toggle('selected', node.task === id && id !== NEVER));
  });
  new ResizeObserver(() => {
    if (svg?.isConnected && box.clientWidth !== drawnWidth) {
      drawnWidth = box.clientWidth;
      fitLegibly();
    }
  }).observe(box);
  return {
    show,
    showAround: () => {
      chooser.value = 'around';
      show();
    },
  };
})();
