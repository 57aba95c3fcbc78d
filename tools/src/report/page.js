// The raster: wheel or two fingers zoom in time, dragging moves, a search shows one gid or some populations.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.getElementById("raster");
  const search = document.getElementById("search");
  const status = document.getElementById("status");
  const whole = { t0: data.begin, t1: data.end };
  const margin = { left: 52, right: 10, top: 8, bottom: 40 };
  let view = { ...whole };
  let rows = [];
  let shown = [];

  // Rows are the gids that the search leaves, ascending; every gid is in one population.
  function select() {
    const words = search.value.trim().toLowerCase().split(/[\s,]+/).filter(Boolean);
    const range = (word) => { const m = /^(\d+)(?:-(\d+))?$/.exec(word); return m && [+m[1], +(m[2] ?? m[1])]; };
    const hit = (population, gid) => words.length === 0 || words.some((word) => {
      const gids = range(word);
      return gids ? gid >= gids[0] && gid <= gids[1] : population.name.toLowerCase().includes(word);
    });
    rows = [];
    for (const population of data.populations)
      for (let gid = population.start; gid < population.end; gid++) if (hit(population, gid)) rows.push(gid);
    const at = new Map(rows.map((gid, row) => [gid, row]));
    shown = data.populations.map((population) => {
      const spikes = [];
      population.gids.forEach((gid, i) => { if (at.has(gid)) spikes.push([population.times[i], at.get(gid)]); });
      return { color: population.color, spikes };
    });
    draw();
  }

  function ticks(low, high, most) {
    const raw = (high - low) / Math.max(most, 1);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw);
    const out = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++) out.push(+(i * step).toPrecision(10));
    return out;
  }

  function draw() {
    const scale = window.devicePixelRatio || 1;
    const w = canvas.clientWidth, h = canvas.clientHeight;
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
    const g = canvas.getContext("2d");
    g.scale(scale, scale);
    const inner = { w: w - margin.left - margin.right, h: h - margin.top - margin.bottom };
    const x = (t) => margin.left + ((t - view.t0) / (view.t1 - view.t0)) * inner.w;
    const y = (row) => margin.top + inner.h - ((row + 0.5) / Math.max(rows.length, 1)) * inner.h;
    g.font = "12px system-ui, sans-serif";
    g.lineWidth = 1;
    g.textAlign = "center";
    for (const t of ticks(view.t0, view.t1, inner.w / 90)) {
      g.strokeStyle = "#eef1f4";
      g.beginPath(); g.moveTo(x(t), margin.top); g.lineTo(x(t), margin.top + inner.h); g.stroke();
      g.fillStyle = "#5b6875";
      g.fillText(String(t), x(t), margin.top + inner.h + 16);
    }
    g.fillText("time (ms)", margin.left + inner.w / 2, h - 6);
    g.textAlign = "right";
    const every = Math.max(1, Math.ceil(rows.length / (inner.h / 22)));
    for (let row = 0; row < rows.length; row += every) g.fillText(String(rows[row]), margin.left - 6, y(row) + 4);
    g.save();
    g.translate(12, margin.top + inner.h / 2); g.rotate(-Math.PI / 2);
    g.textAlign = "center"; g.fillText("gid", 0, 0);
    g.restore();
    g.strokeStyle = "#9aa5b0";
    g.strokeRect(margin.left, margin.top, inner.w, inner.h);
    const size = Math.min(3, Math.max(1.2, inner.h / Math.max(rows.length, 1) / 2));
    let n = 0;
    for (const { color, spikes } of shown) {
      g.fillStyle = color;
      for (const [t, row] of spikes) {
        if (t < view.t0 || t > view.t1) continue;
        n++;
        g.beginPath(); g.arc(x(t), y(row), size, 0, 7); g.fill();
      }
    }
    status.textContent = `${n} spikes of ${rows.length} cells, ${view.t0.toFixed(1)} to ${view.t1.toFixed(1)} ms`;
  }

  function zoom(factor, at) {
    const t = view.t0 + at * (view.t1 - view.t0);
    const width = Math.min(Math.max((view.t1 - view.t0) * factor, 1), whole.t1 - whole.t0);
    place(t - at * width, width);
  }

  function place(t0, width) {
    const from = Math.min(Math.max(t0, whole.t0), whole.t1 - width);
    view = { t0: from, t1: from + width };
    draw();
  }

  const inner = () => canvas.clientWidth - margin.left - margin.right;
  const part = (px) => Math.min(Math.max((px - canvas.getBoundingClientRect().left - margin.left) / inner(), 0), 1);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, part(event.clientX));
  }, { passive: false });
  const fingers = new Map();
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event.clientX);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, event.clientX);
    const now = [...fingers.values()];
    if (now.length === 1) {
      const width = view.t1 - view.t0;
      place(view.t0 - ((now[0] - before[0]) / inner()) * width, width);
    } else {
      const gap = (all) => Math.max(Math.abs(all[0] - all[1]), 10);
      zoom(gap(before) / gap(now), part((now[0] + now[1]) / 2));
    }
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
  document.getElementById("in").addEventListener("click", () => zoom(0.5, 0.5));
  document.getElementById("out").addEventListener("click", () => zoom(2, 0.5));
  document.getElementById("all").addEventListener("click", () => { search.value = ""; view = { ...whole }; select(); });
  search.addEventListener("input", select);
  window.addEventListener("resize", draw);
  select();
})();
