// The table of tasks: only the rows in sight exist. What is sorted and searched is a list of task numbers.

const table = (() => {
  const ROW = 28,
    TALLEST = 8e6;
  const body = byId('table-body'),
    pane = byId('table-pane'),
    grid = byId('table'),
    searchBox = byId('search');
  const stateFilter = byId('state-filter'),
    clear = byId('clear-filter');
  const names = raw.names.map((name) => name.toLowerCase());
  const regionNames = raw.regions.name.map((_, i) => run.regionPath(i).toLowerCase());
  const time = (title, key, more = {}) => ({
    title,
    key,
    text: (id) => duration(key(id)),
    never: (id) => key(id) === NEVER,
    ...more,
  });
  const columns = [
    { title: 'Name', left: true, text: (id) => run.name(id), compare: compareNames() },
    {
      title: 'State',
      left: true,
      state: true,
      text: (id) => STATES[run.state[id]].toLowerCase(),
      key: (id) => run.state[id],
    },
    {
      title: 'Region',
      left: true,
      wide: true,
      region: true,
      text: (id) => (run.region[id] < 0 ? '–' : regionLabel(run.region[id])),
      key: (id) => run.region[id],
    },
    time('Started', (id) => run.started[id], { wide: true }),
    time('For tasks', run.waitedForTasks, { wide: true, hint: 'How long it waited for other tasks' }),
    time('For thread', run.waitedForThread, { wide: true, hint: 'How long it was ready and waited for a thread' }),
    time('Ran', run.ran),
    time('Slack', (id) => (run.launched[id] === NEVER ? NEVER : run.slack[id]), {
      hint: 'How much longer it could have taken without the run taking longer',
    }),
  ];
  let rows = [],
    active = 0,
    sorted = { column: 3, down: false },
    only = null,
    onlyTitle = '';

  // Names in the order of people, part-2 before part-10, as ranks: comparing strings for each pair of rows would be slow.
  function compareNames() {
    let ranks;
    return (a, b) => {
      if (!ranks) {
        const order = new Intl.Collator('en', { numeric: true });
        ranks = new Int32Array(raw.names.length);
        [...raw.names.keys()]
          .sort((x, y) => order.compare(raw.names[x], raw.names[y]))
          .forEach((name, rank) => (ranks[name] = rank));
      }
      return ranks[raw.tasks.name[a]] - ranks[raw.tasks.name[b]];
    };
  }

  const classes = (column) =>
    `${column.left ? 'left' : ''}${column.wide ? ' wide' : ''}${column.state ? ' state' : ''}${column.region ? ' region' : ''}`;
  const headButtons = columns.map((column, i) =>
    element('button', { type: 'button', title: column.hint ?? '', onclick: () => sortBy(i) }),
  );
  const header = element(
    'div',
    { class: 'row header', role: 'row', 'aria-rowindex': 1 },
    ...columns.map((column, i) =>
      element('div', { role: 'columnheader', class: classes(column), 'aria-colindex': i + 1 }, headButtons[i]),
    ),
  );
  byId('table-head').append(header);
  grid.setAttribute('aria-colcount', columns.length);

  function sortBy(i) {
    // Figures are looked for from the largest on, names from the first.
    sorted = sorted.column === i ? { column: i, down: !sorted.down } : { column: i, down: !columns[i].left && i !== 3 };
    sort();
    const column = columns[i];
    announce(`Sorted by ${column.hint ?? column.title}, ${sorted.down ? 'largest first' : 'smallest first'}`);
  }

  function sort() {
    const column = columns[sorted.column],
      sign = sorted.down ? -1 : 1;
    let compare = column.compare;
    if (!compare) {
      const keys = new Float64Array(run.n);
      for (const id of rows) keys[id] = column.key(id);
      compare = (a, b) => keys[a] - keys[b];
    }
    // What never was comes last, whichever way.
    const never = column.never ?? (() => false);
    rows.sort((a, b) => never(a) - never(b) || sign * compare(a, b) || a - b);
    columns.forEach((c, i) => {
      const on = i === sorted.column;
      header.children[i].setAttribute('aria-sort', on ? (sorted.down ? 'descending' : 'ascending') : 'none');
      headButtons[i].textContent = `${c.title}${on ? (sorted.down ? ' ▼' : ' ▲') : ''}`;
    });
    active = Math.max(0, rows.indexOf(selection.task));
    body.scrollTop = 0;
    if (rows[active] === selection.task && active > 0) scrollTo(active);
    render();
  }

  function filter() {
    const words = searchBox.value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = stateFilter.value === '' ? -1 : Number(stateFilter.value);
    const nameFits = names.map((name) => words.map((word) => name.includes(word)));
    const regionFits = regionNames.map((name) => words.map((word) => name.includes(word)));
    rows = [];
    for (let id = 0; id < run.n; id++) {
      if (state >= 0 && run.state[id] !== state) continue;
      if (only && !only(id)) continue;
      const byName = nameFits[raw.tasks.name[id]],
        byRegion = run.region[id] < 0 ? null : regionFits[run.region[id]];
      if (words.every((_, w) => byName[w] || byRegion?.[w])) rows.push(id);
    }
    grid.setAttribute('aria-rowcount', rows.length + 1);
    byId('tasks-count').textContent =
      (rows.length === run.n
        ? count(run.n, 'task')
        : `${rows.length.toLocaleString('en')} of ${count(run.n, 'task')}`) + (onlyTitle ? `, of ${onlyTitle}` : '');
    clear.hidden = rows.length === run.n && !words.length && state < 0 && !only;
    sort();
  }

  // A browser lays out some millions of pixels at most: past that, the bar stands for more than it scrolls.
  const tall = () => Math.min(TALLEST, rows.length * ROW);
  const ratio = () =>
    rows.length * ROW <= TALLEST ? 1 : (rows.length * ROW - body.clientHeight) / (TALLEST - body.clientHeight);
  const offset = () => body.scrollTop * ratio();

  function scrollTo(index) {
    const top = index * ROW,
      shown = offset();
    if (top < shown) body.scrollTop = top / ratio();
    else if (top + ROW > shown + body.clientHeight) body.scrollTop = (top + ROW - body.clientHeight) / ratio();
  }

  function render() {
    pane.style.height = `${Math.max(tall(), rows.length ? 0 : 80)}px`;
    if (!rows.length) {
      pane.replaceChildren(element('p', { class: 'empty' }, run.n ? 'No task fits.' : 'No task was recorded.'));
      body.removeAttribute('aria-activedescendant');
      return;
    }
    const first = Math.max(0, Math.floor(offset() / ROW) - 4),
      last = Math.min(rows.length, first + Math.ceil(body.clientHeight / ROW) + 10);
    const made = [];
    for (let i = first; i < last; i++) made.push(row(i));
    pane.replaceChildren(...made);
    if (active >= first && active < last) body.setAttribute('aria-activedescendant', `row-${active}`);
    else body.removeAttribute('aria-activedescendant');
  }

  function row(i) {
    const id = rows[i],
      state = STATES[run.state[id]];
    const cells = columns.map((column, c) => {
      const cell = element('div', { role: 'gridcell', class: classes(column), 'aria-colindex': c + 1 });
      if (c === 0) {
        if (run.onPath[id]) cell.append(element('span', { class: 'star', title: 'on the critical path' }, '◆'));
        cell.append(run.name(id));
        cell.title = run.name(id);
      } else if (c === 1) {
        cell.append(
          element('span', {
            class: 'dot',
            style: { background: `var(--${stateVariable[state]})` },
            title: state.toLowerCase(),
          }),
          element('span', { class: 'state-word' }, column.text(id)),
        );
      } else cell.textContent = column.text(id);
      return cell;
    });
    const made = element(
      'div',
      {
        class: `row${i === active ? ' active' : ''}`,
        role: 'row',
        id: `row-${i}`,
        'aria-rowindex': i + 2,
        'aria-selected': id === selection.task,
        style: { top: `${i * ROW - offset() + body.scrollTop}px` },
      },
      ...cells,
    );
    made.addEventListener('click', () => {
      active = i;
      selection.select(id, 'table');
      render();
    });
    return made;
  }

  const keys = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + Math.floor(body.clientHeight / ROW) - 1,
    PageUp: () => active - Math.floor(body.clientHeight / ROW) + 1,
    Home: () => 0,
    End: () => rows.length - 1,
  };
  body.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !rows.length) return;
    if (event.key === 'Enter' || event.key === ' ') selection.select(rows[active], 'table');
    else if (keys[event.key]) {
      active = Math.min(rows.length - 1, Math.max(0, keys[event.key]()));
      scrollTo(active);
    } else return;
    event.preventDefault();
    render();
  });
  body.addEventListener('scroll', render, { passive: true });

  let typing;
  searchBox.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(filter, run.n > 20000 ? 150 : 0);
  });
  searchBox.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      clearTimeout(typing);
      filter();
      body.focus();
      event.preventDefault();
    }
  });
  stateFilter.append(
    element('option', { value: '' }, 'any'),
    ...[...new Set(run.state)]
      .sort((a, b) => a - b)
      .map((state) => element('option', { value: state }, STATES[state].toLowerCase())),
  );
  stateFilter.onchange = filter;

  function showOnly(fits, title) {
    only = fits;
    onlyTitle = title;
    searchBox.value = '';
    stateFilter.value = '';
    filter();
    byId('tasks').scrollIntoView();
    body.focus({ preventScroll: true });
    announce(byId('tasks-count').textContent);
  }

  clear.onclick = () => {
    only = null;
    onlyTitle = '';
    searchBox.value = '';
    stateFilter.value = '';
    filter();
    searchBox.focus();
  };
  selection.listeners.push((id, by) => {
    if (by !== 'table') {
      const at = rows.indexOf(id);
      if (at >= 0) {
        active = at;
        scrollTo(at);
      }
    }
    render();
  });
  new ResizeObserver(render).observe(body);
  filter();
  return {
    showOnly,
    showKind: (kind) => showOnly((id) => run.kind(id) === kind, run.kinds[kind]),
    showTask(id) {
      if (!rows.includes(id)) clear.onclick();
      active = rows.indexOf(id);
      byId('tasks').scrollIntoView();
      scrollTo(active);
      render();
      body.focus({ preventScroll: true });
    },
    search() {
      byId('tasks').scrollIntoView();
      searchBox.focus({ preventScroll: true });
      searchBox.select();
    },
  };
})();

function announce(text) {
  byId('announce').textContent = text;
}
