// What is written rather than drawn: the summary, the critical path, the percentiles, and the selected task; and the keys.

(() => {
  const c = raw.critical;
  const th = (...titles) =>
    element('thead', {}, element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title))));
  const cell = (content, name) => element('td', name ? { class: name } : {}, content);
  const stack = (parts, whole) =>
    parts
      .filter(([value]) => value > 0)
      .map(([value, variable, title, text]) =>
        element(
          'span',
          { title, style: { width: `${(100 * value) / whole}%`, background: `var(--${variable})` } },
          text && value / whole > 0.16 ? text : '',
        ),
      );

  // --- Summary
  const began = new Date(raw.startedAt);
  byId('subtitle').textContent = `${began.toLocaleString()}, recorded for ${duration(raw.nanos)}`;
  const notes = [];
  if (raw.droppedTasks > 0)
    notes.push(
      `${count(raw.droppedTasks, 'more task')} ran and ${raw.droppedTasks === 1 ? 'was' : 'were'} dropped: the recorder was full. This page is about the others.`,
    );
  if (raw.droppedEvents > 0)
    notes.push(
      `${count(raw.droppedEvents, 'event')} came faster than the recorder could take them and ${raw.droppedEvents === 1 ? 'was' : 'were'} lost: some tasks are missing, or seem not to be over.`,
    );
  byId('notice').textContent = notes.join(' ');
  byId('notice').hidden = !notes.length;

  const states = new Map();
  for (let id = 0; id < run.n; id++)
    if (!run.barrier[id]) states.set(run.state[id], (states.get(run.state[id]) ?? 0) + 1);
  const own = [...states.values()].reduce((a, b) => a + b, 0),
    barriers = run.n - own;
  const byState = [...states].sort((a, b) => a[0] - b[0]);
  const tile = (title, big, ...small) =>
    element(
      'dl',
      { class: 'tile' },
      element('dt', {}, title),
      element('dd', {}, element('div', { class: 'big' }, big), ...small),
    );
  const small = (...content) => element('div', { class: 'small' }, ...content);
  byId('summary').append(
    tile('Duration', duration(c.nanos), small('until the last task was over')),
    tile(
      'Tasks',
      own.toLocaleString('en'),
      element(
        'div',
        { class: 'stack' },
        ...stack(
          byState.map(([state, number]) => [
            number,
            stateVariable[STATES[state]],
            `${number} ${STATES[state].toLowerCase()}`,
          ]),
          own,
        ),
      ),
      small(
        ...byState.map(([state, number], i) =>
          element(
            'span',
            { class: STATES[state] === 'FAILED' ? 'bad' : '' },
            `${i ? ', ' : ''}${number.toLocaleString('en')} ${STATES[state].toLowerCase()}`,
          ),
        ),
        barriers ? `; ${count(barriers, 'barrier')}` : '',
      ),
    ),
    tile('Work', duration(c.work), small('all run times together')),
    tile('Span', duration(c.span), small('the longest chain: no number of threads is faster')),
    tile(
      'Parallelism',
      c.span > 0 ? (c.work / c.span).toFixed(2) : '–',
      small('work by span; running on average: ', timeline.meanRunning.toFixed(2)),
    ),
    tile(
      'Edges',
      run.from.length.toLocaleString('en'),
      small(`${count(raw.regions.name.length, 'region')}, ${count(raw.lanes.length, 'lane')}`),
    ),
  );

  // --- Critical path
  const waiting = c.nanos - c.untilLaunched - c.running;
  byId('critical-text').textContent =
    c.tasks.length === 0
      ? 'No task was launched.'
      : `${count(c.tasks.length, 'task')} decided how long the run took: ${duration(c.nanos)}, of which ${duration(c.running)} (${percent(c.running, c.nanos)}) ran, ` +
        `${duration(waiting)} (${percent(waiting, c.nanos)}) waited for a thread, and ${duration(c.untilLaunched)} passed before the first of them was launched. ` +
        `With a thread for each task it would take at least ${duration(c.span)}. Slack is how much longer another task could have taken, all else as it was.`;
  byId('critical-split').append(
    ...stack(
      [
        [c.untilLaunched, 'waiting', `before launch: ${duration(c.untilLaunched)}`, 'before launch'],
        [c.running, 'critical', `running: ${duration(c.running)}`, 'running'],
        [waiting, 'skipped', `waiting for a thread: ${duration(waiting)}`, 'waiting for a thread'],
      ],
      c.nanos,
    ),
  );

  const onPath = new Map();
  for (const id of c.tasks) {
    const seen = onPath.get(run.kind(id)) ?? { kind: run.kind(id), number: 0, ran: 0 };
    seen.number++;
    seen.ran += Math.max(0, run.ran(id));
    onPath.set(run.kind(id), seen);
  }
  const ranked = [...onPath.values()].sort((a, b) => b.ran - a.ran);
  byId('critical-kinds').append(
    ...ranked
      .slice(0, 8)
      .map(({ kind, number, ran }) =>
        element(
          'div',
          { class: 'kind-row' },
          element(
            'span',
            {},
            element(
              'button',
              { class: 'link', type: 'button', title: run.kinds[kind], onclick: () => table.showKind(kind) },
              run.kinds[kind],
            ),
            number > 1 ? ` × ${number.toLocaleString('en')}` : '',
          ),
          element(
            'div',
            { class: 'meter' },
            element('span', { style: { width: `${(100 * ran) / Math.max(1, c.nanos)}%` } }),
          ),
          element('span', {}, `${duration(ran)}, ${percent(ran, c.nanos)}`),
        ),
      ),
  );

  byId('critical-summary').textContent =
    c.tasks.length === 1 ? 'The one step' : `The ${c.tasks.length.toLocaleString('en')} steps`;
  const steps = byId('critical-steps'),
    stepsBody = element('tbody');
  steps.append(th('Task', 'Could run at', 'Waited for thread', 'Ran', ''), stepsBody);
  let stepsShown = 0;
  const more = byId('critical-more');
  function moreSteps() {
    const until = Math.min(c.tasks.length, stepsShown + 200);
    for (; stepsShown < until; stepsShown++) {
      const id = c.tasks[stepsShown];
      const bar = element(
        'div',
        { class: 'meter' },
        element('span', {
          style: {
            marginLeft: `${(100 * Math.max(0, run.started[id])) / run.nanos}%`,
            width: `${(100 * Math.max(0, run.ran(id))) / run.nanos}%`,
          },
        }),
      );
      stepsBody.append(
        element(
          'tr',
          {},
          cell(
            element(
              'button',
              { class: 'link', type: 'button', onclick: () => selection.select(id, 'critical') },
              run.name(id),
            ),
            'name',
          ),
          cell(duration(run.ready[id])),
          cell(duration(run.waitedForThread(id))),
          cell(duration(run.ran(id))),
          cell(bar, 'wide'),
        ),
      );
    }
    more.hidden = stepsShown >= c.tasks.length;
  }
  more.onclick = moreSteps;
  byId('critical-details').addEventListener('toggle', () => {
    if (!stepsShown) moreSteps();
  });
  byId('critical-details').hidden = !c.tasks.length;

  // --- Percentiles
  const rows = (list, body) =>
    body.append(
      ...list.map(({ what, of, values }) =>
        element(
          'tr',
          {},
          cell(what, 'name'),
          cell(of.toLocaleString('en')),
          ...values.map((value) => cell(of ? duration(value) : '–')),
        ),
      ),
    );
  const percentiles = element('tbody');
  byId('percentile-table').append(th('', 'Tasks', 'Mean', '50 %', '90 %', '99 %', '99.9 %', 'Most'), percentiles);
  rows(raw.percentiles, percentiles);

  function percentileChart() {
    const curves = raw.percentiles.filter(({ of }) => of > 0);
    if (!curves.length) return;
    const W = 640,
      H = 190,
      left = 56,
      bottom = 24;
    const last = Math.max(...curves.map(({ curve }) => curve[curve.length - 1][0]));
    const decades = Math.max(1, Math.min(5, last));
    const all = curves.flatMap(({ curve }) => curve.map(([, value]) => Math.max(1, value)));
    const low = Math.floor(Math.log10(Math.min(...all))),
      high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
    const x = (decade) => left + (Math.min(decades, decade) / decades) * (W - left - 12);
    const y = (value) => H - bottom - ((Math.log10(Math.max(1, value)) - low) / (high - low)) * (H - bottom - 10);
    const parts = [];
    for (let p = low; p <= high; p++)
      parts.push(
        `<line class="grid" x1="${left}" x2="${W - 12}" y1="${y(10 ** p)}" y2="${y(10 ** p)}"/><text x="${left - 6}" y="${y(10 ** p) + 4}" text-anchor="end">${duration(10 ** p)}</text>`,
      );
    for (let d = 0; d <= decades; d++)
      parts.push(
        `<line class="grid" x1="${x(d)}" x2="${x(d)}" y1="10" y2="${H - bottom}"/><text x="${x(d)}" y="${H - 6}" text-anchor="${d === 0 ? 'start' : d >= decades - 0.2 ? 'end' : 'middle'}">${d === 0 ? '0 %' : `${(100 - 100 / 10 ** d).toFixed(Math.max(0, d - 2))} %`}</text>`,
      );
    const colours = { 'Waiting for tasks': 'kind-2', 'Waiting for a thread': 'skipped', Running: 'kind-0' };
    for (const { what, curve } of curves)
      parts.push(
        `<path class="line" style="stroke:var(--${colours[what]})" d="M${curve.map(([decade, value]) => `${x(decade).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}"/>`,
      );
    const chart = byId('percentile-chart');
    chart.innerHTML = `<svg class="chart" viewBox="0 0 ${W} ${H}" role="img" aria-label="Times by percentile, both on logarithmic scales; the table above has the figures" style="max-width:${W}px;width:100%">${parts.join('')}</svg>`;
    chart.append(
      element(
        'div',
        { class: 'legend' },
        ...curves.map(({ what }) =>
          element(
            'span',
            {},
            element('i', { class: 'swatch', style: { background: `var(--${colours[what]})` } }),
            element('b', {}, what),
          ),
        ),
      ),
    );
  }
  percentileChart();

  const kindBody = element('tbody');
  byId('kind-table').append(
    th('Name', 'Tasks', 'Ran in all', '', 'Ran: 50 %', '99 %', 'Most', 'For thread: 50 %', '99 %'),
    kindBody,
  );
  kindBody.append(
    ...raw.byKind.map(({ kind, of, ran, values }) =>
      element(
        'tr',
        {},
        cell(
          element(
            'button',
            { class: 'link', type: 'button', title: run.kinds[kind], onclick: () => table.showKind(kind) },
            run.kinds[kind],
          ),
          'name',
        ),
        cell(of.toLocaleString('en')),
        cell(duration(ran)),
        cell(
          element(
            'div',
            { class: 'meter plainly' },
            element('span', { style: { width: `${(100 * ran) / Math.max(1, c.work)}%` } }),
          ),
          'wide',
        ),
        ...values.map((value) => cell(duration(value))),
      ),
    ),
  );

  // --- The selected task
  const details = byId('details');
  const LISTED = 50;
  function neighbours(title, edges, other, time) {
    if (!edges.length) return [];
    const list = [...edges].sort((a, b) => time(other(b)) - time(other(a)));
    return [
      element('h3', {}, `${title} (${list.length.toLocaleString('en')})`),
      element(
        'ul',
        {},
        ...list
          .slice(0, LISTED)
          .map((edge) =>
            element(
              'li',
              {},
              element(
                'button',
                { class: 'link', type: 'button', onclick: () => selection.select(other(edge), 'details') },
                run.name(other(edge)),
              ),
              element('small', {}, REASONS[raw.edges.reason[edge]]),
            ),
          ),
        list.length > LISTED
          ? element('li', {}, element('small', {}, `and ${(list.length - LISTED).toLocaleString('en')} more`))
          : null,
      ),
    ];
  }

  function showDetails(id) {
    details.hidden = id === NEVER;
    if (id === NEVER) return;
    const state = STATES[run.state[id]];
    const launch = run.launched[id] === NEVER ? NEVER : Math.max(0, run.launched[id] - run.spawned[id]);
    const parts = [
      [launch, 'line', 'until launched'],
      [run.waitedForTasks(id), 'cancelled', 'waited for tasks'],
      [run.waitedForThread(id), 'skipped', 'waited for a thread'],
      [run.ran(id), 'accent', 'ran'],
    ].filter(([value]) => value !== NEVER);
    const whole = Math.max(
      1,
      parts.reduce((sum, [value]) => sum + value, 0),
    );
    const pairs = [
      [
        'State',
        element(
          'span',
          {},
          element('span', { class: 'dot', style: { background: `var(--${stateVariable[state]})` } }),
          state.toLowerCase() + (run.barrier[id] ? ', a barrier' : ''),
        ),
      ],
      ['Region', run.region[id] < 0 ? 'none' : run.regionPath(run.region[id])],
      ['Spawned at', duration(run.spawned[id])],
      ...parts.map(([value, , title]) => [title[0].toUpperCase() + title.slice(1), duration(value)]),
      [
        'Slack',
        run.onPath[id] ? 'none: on the critical path' : run.launched[id] === NEVER ? '–' : duration(run.slack[id]),
      ],
      ['Worker', run.worker[id] < 0 ? 'none' : raw.workers[run.worker[id]]],
    ];
    const by = run.spawnedBy[id];
    if (by >= 0)
      pairs.push([
        'Spawned by',
        element(
          'button',
          { class: 'link', type: 'button', onclick: () => selection.select(by, 'details') },
          run.name(by),
        ),
      ]);
    const button = (text, onclick) => element('button', { type: 'button', onclick }, text);
    details.replaceChildren(
      element(
        'div',
        { class: 'head' },
        element('h2', {}, run.name(id)),
        button('Close', () => selection.select(NEVER, 'details')),
      ),
      element(
        'div',
        { class: 'split' },
        ...stack(
          parts.map(([value, variable, title]) => [value, variable, `${title}: ${duration(value)}`]),
          whole,
        ),
      ),
      element('dl', {}, ...pairs.flatMap(([title, value]) => [element('dt', {}, title), element('dd', {}, value)])),
      ...neighbours(
        'Waited for',
        run.into(id),
        (edge) => run.from[edge],
        (task) => run.end[task],
      ),
      ...neighbours(
        'Waited for it',
        run.outOf(id),
        (edge) => run.to[edge],
        (task) => -run.started[task],
      ),
      element(
        'div',
        { class: 'actions' },
        button('In the timeline', () => {
          byId('timeline').scrollIntoView();
          timeline.reveal(id, true);
          timeline.focus();
        }),
        button('In the graph', () => {
          byId('graph').scrollIntoView();
          graph.showAround();
        }),
        button('In the table', () => table.showTask(id)),
      ),
    );
    announce(`${run.name(id)}, ${state.toLowerCase()}, ran ${duration(run.ran(id))}`);
  }
  selection.listeners.push(showDetails);

  // --- Theme: the system's, unless somebody chose.
  const system = matchMedia('(prefers-color-scheme: dark)');
  const themes = ['auto', 'light', 'dark'];
  let chosen = 'auto';
  function applyTheme() {
    document.documentElement.dataset.theme = chosen === 'auto' ? (system.matches ? 'dark' : 'light') : chosen;
    byId('theme').textContent = `Theme: ${chosen}`;
    theme.read();
    timeline.redraw();
  }
  byId('theme').onclick = () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
    applyTheme();
  };
  system.addEventListener('change', applyTheme);

  // --- Keys
  const help = byId('help');
  byId('help-open').onclick = () => help.showModal();
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === 'Escape') {
      selection.select(NEVER, 'key');
      return;
    }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const action = {
      '/': table.search,
      '?': () => help.showModal(),
      t: () => {
        byId('timeline').scrollIntoView();
        timeline.focus();
      },
      c: () => byId('show-critical').click(),
    }[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });

  applyTheme();
  graph.show();
  document.documentElement.dataset.ready = 'true';
})();
