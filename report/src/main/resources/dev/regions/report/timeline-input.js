// What the timeline does when somebody points, drags, pinches, turns the wheel or presses a key.

(() => {
  const { canvas, box, overview, charts, tracks, laneCount, view } = timeline;
  const { width, labelWidth, time, taskAt, regionAt, redraw, show, zoom, move, reveal } = timeline;

  function tipFor(event) {
    const px = event.offsetX,
      py = event.offsetY,
      id = taskAt(px, py);
    timeline.hoverOver(id);
    if (id !== NEVER) {
      return (
        `${run.name(id)}\n${duration(run.ran(id))}, ${STATES[run.state[id]].toLowerCase()}` +
        `\nwaited ${duration(run.waitedForTasks(id))} for tasks, ${duration(run.waitedForThread(id))} for a thread` +
        (run.onPath[id] ? '\non the critical path' : `\nslack ${duration(run.slack[id])}`)
      );
    }
    const region = regionAt(px, py),
      r = raw.regions;
    return region === NEVER
      ? ''
      : `${r.name[region]}\nopened at ${duration(r.opened[region])}, all of it over after ${duration(r.end[region] - r.opened[region])}`;
  }

  function showTip(string, event) {
    const tip = byId('tip');
    tip.hidden = !string;
    if (!string) return;
    tip.textContent = string;
    const { offsetWidth: w, offsetHeight: h } = tip;
    tip.style.left = `${Math.max(4, Math.min(window.innerWidth - w - 8, event.clientX + 14))}px`;
    tip.style.top = `${event.clientY + 18 + h > window.innerHeight ? event.clientY - h - 10 : event.clientY + 18}px`;
  }

  // One task further on the same lane, or the nearest on another lane.
  function step(by) {
    const id = selection.task;
    if (id === NEVER || run.lane[id] < 0) return selectFirst();
    const track = tracks.find((t) => t.lane === run.lane[id] && t.depth === Math.min(63, run.depth[id]));
    const next = track.ids[track.ids.indexOf(id) + by];
    if (next !== undefined) pick(next);
  }

  function toLane(by) {
    const id = selection.task;
    if (id === NEVER || run.lane[id] < 0) return selectFirst();
    for (let lane = run.lane[id] + by; lane >= 0 && lane < laneCount; lane += by) {
      const track = tracks.find((t) => t.lane === lane && t.depth === 0);
      if (track) return pick(track.ids[lastAtMost(track.starts, run.started[id])]);
    }
  }

  function selectFirst() {
    for (const track of tracks) {
      const k = lastAtMost(track.starts, view().from);
      const id = track.ids
        .slice(k)
        .find((candidate) => run.end[candidate] >= view().from && run.started[candidate] <= view().to);
      if (id !== undefined) return pick(id);
    }
  }

  function pick(id) {
    selection.select(id, 'timeline');
    reveal(id, false);
  }

  const keys = {
    ArrowLeft: (e) => move(e.shiftKey ? -1 : -0.2),
    ArrowRight: (e) => move(e.shiftKey ? 1 : 0.2),
    ArrowUp: () => toLane(-1),
    ArrowDown: () => toLane(1),
    '+': () => zoom(0.6),
    '=': () => zoom(0.6),
    '-': () => zoom(1 / 0.6),
    0: () => show(0, run.nanos),
    Home: () => show(0, run.nanos),
    ',': () => step(-1),
    '.': () => step(1),
    Enter: () => (selection.task === NEVER ? selectFirst() : reveal(selection.task, true)),
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    keys[event.key](event);
    event.preventDefault();
  });

  canvas.addEventListener(
    'wheel',
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (sideways) move(event.deltaX / width());
      else if (event.shiftKey) move(event.deltaY / width());
      else if (event.ctrlKey || event.metaKey || document.activeElement === canvas)
        zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 180), time(event.offsetX));
      else return;
      event.preventDefault();
    },
    { passive: false },
  );

  // One pointer drags, two pinch.
  const pointers = new Map();
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event.offsetX);
    moved = 0;
    canvas.classList.add('dragging');
    showTip('');
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== 'touch') showTip(tipFor(event), event);
      return;
    }
    const before = [...pointers.values()];
    pointers.set(event.pointerId, event.offsetX);
    const after = [...pointers.values()];
    if (after.length === 1) {
      moved += Math.abs(after[0] - before[0]);
      if (moved > 3) move((before[0] - after[0]) / (width() - labelWidth()));
    } else {
      moved = 99;
      const factor = Math.max(10, Math.abs(before[0] - before[1])) / Math.max(10, Math.abs(after[0] - after[1]));
      zoom(factor, time((after[0] + after[1]) / 2));
    }
  });
  const release = (event) => {
    if (pointers.delete(event.pointerId) && event.type === 'pointerup' && moved <= 3) {
      const id = taskAt(event.offsetX, event.offsetY);
      selection.select(id, 'timeline');
    }
    if (pointers.size === 0) canvas.classList.remove('dragging');
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => {
    showTip('');
    timeline.hoverOver(NEVER);
  });
  canvas.addEventListener('dblclick', (event) => zoom(0.3, time(event.offsetX)));
  box.addEventListener('scroll', redraw, { passive: true });

  for (const chart of charts) {
    chart.canvas.addEventListener('pointermove', (event) => {
      const at = time(event.offsetX);
      showTip(
        at < 0 || at > run.nanos ? '' : `${chart.curve.levelAt(at).toLocaleString('en')} at ${duration(at)}`,
        event,
      );
    });
    chart.canvas.addEventListener('pointerleave', () => showTip(''));
  }

  const centre = (event) => {
    const left = labelWidth(),
      at = ((event.offsetX - left) / (overview.clientWidth - left)) * run.nanos,
      half = (view().to - view().from) / 2;
    show(at - half, at + half);
  };
  overview.addEventListener('pointerdown', (event) => {
    overview.setPointerCapture(event.pointerId);
    centre(event);
  });
  overview.addEventListener('pointermove', (event) => {
    if (overview.hasPointerCapture(event.pointerId)) centre(event);
  });

  byId('zoom-in').onclick = () => zoom(0.6);
  byId('zoom-out').onclick = () => zoom(1 / 0.6);
  byId('zoom-fit').onclick = () => show(0, run.nanos);
  const critical = byId('show-critical');
  critical.onclick = () => {
    const on = critical.getAttribute('aria-pressed') !== 'true';
    critical.setAttribute('aria-pressed', on);
    timeline.setOnlyCritical(on);
  };
  byId('colour-by').onchange = (event) => timeline.setColourBy(event.target.value);
})();
