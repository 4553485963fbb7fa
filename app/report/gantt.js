// The Gantt: only the rows in sight are in the page, so 300 people or 3000 scroll alike.
"use strict";
window.makeGantt = (plan, box) => {
  const ROW = 27, EXTRA = 8, HEAD = 86, PAGE = 20, PAPER = 1000, NARROW = 600, HOUR = 12;
  const KINDS = {break: "break", lunch: "lunch", meeting: "meeting", training: "training", leave: "leave"};
  const $ = id => document.getElementById(id);
  const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text !== undefined) e.textContent = text; return e; };
  const state = {day: null, zoom: 1, rows: [], at: null, scale: 1, segments: [], width: 0, names: 190, all: false, pinned: null};
  const ticks = new Map(plan.ticks);

  // Time. A clock label follows from the labelled hour before it, so a repeated hour is right.
  const hour = minute => Math.floor(minute / 60) * 60;
  const clock = minute => { const [base, ...rest] = (ticks.get(hour(minute)) ?? "").split(" ");
    const start = Number(base.slice(3)) + minute % 60, text = `${base.slice(0, 3)}${String(start).padStart(2, "0")}`; return [text, ...rest].join(" "); };
  const dayOf = minute => plan.days.find(d => minute >= d.lo && minute < d.hi)?.label ?? "";
  const hours = minutes => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
  const worked = person => person.shifts.filter(s => s[3] !== "leave");
  const inDay = (shift, day) => !day || (shift[3] === "leave" ? shift[0] < day.hi && shift[1] > day.lo : shift[0] >= day.lo && shift[0] < day.hi);

  // What is drawn: the hours in which somebody works; closed nights are left out.
  function segments() {
    const parts = [];
    for (const day of plan.days.filter(d => !state.day || d === state.day)) {
      const all = plan.people.flatMap(p => worked(p).filter(s => inDay(s, day)));
      if (!all.length) continue;
      const lo = hour(Math.min(...all.map(s => s[0]))), hi = hour(Math.max(...all.map(s => s[1])) + 59);
      const last = parts[parts.length - 1];
      if (last && lo <= last.hi) last.hi = Math.max(last.hi, hi); else parts.push({lo, hi});
    }
    if (!parts.length) parts.push({lo: 0, hi: 60});
    let before = 0;
    for (const p of parts) { p.before = before; before += p.hi - p.lo; }
    return parts;
  }
  const place = minute => { const s = state.segments.find(p => minute <= p.hi) ?? state.segments.at(-1);
    return (s.before + Math.min(Math.max(minute, s.lo), s.hi) - s.lo) * state.scale; };

  function choose() {
    const text = $("g-find").value.trim().toLowerCase(), team = $("g-team").value, order = $("g-order").value;
    const rows = plan.people.map(p => ({...p, here: p.shifts.filter(s => inDay(s, state.day))}))
      .filter(p => (!team || p.team === team) && (!text || `${p.name} ${p.id}`.toLowerCase().includes(text)) && (!$("g-busy").checked || worked({shifts: p.here}).length));
    const first = p => worked({shifts: p.here})[0]?.[0] ?? Infinity, paid = p => worked({shifts: p.here}).reduce((sum, s) => sum + (s[5] ?? 0), 0);
    const by = {start: (a, b) => first(a) - first(b), name: () => 0, team: (a, b) => a.team.localeCompare(b.team), hours: (a, b) => paid(b) - paid(a)}[order];
    rows.sort((a, b) => by(a, b) || a.name.localeCompare(b.name, undefined, {numeric: true}));
    state.rows = rows;
    state.at = null;
    $("g-count").textContent = `${rows.length} of ${plan.people.length} people`;
    layout();
  }

  function layout() {
    const narrow = !state.all && box.clientWidth < NARROW;
    state.names = narrow ? 104 : 190;
    box.style.setProperty("--names", `${state.names}px`);
    state.segments = segments();
    const total = state.segments.reduce((sum, s) => sum + s.hi - s.lo, 0) || 1, room = (state.all ? PAPER : box.clientWidth) - state.names - 18;
    state.scale = Math.max(200, room, narrow ? total / 60 * HOUR : 0) / total * (state.all ? 1 : state.zoom);
    state.width = total * state.scale;
    box.setAttribute("aria-rowcount", state.rows.length);
    if (state.all) { pages(); return; }
    const [head, body] = sheet(state.rows.length, strip());
    box.replaceChildren(head, body);
    state.body = body;
    rows();
  }

  // The head with days, hours and the count on the phone, and a body for so many rows.
  function sheet(count, counts) {
    const head = make("div", "g-head"), body = make("div", "g-body");
    head.style.width = body.style.width = `${state.names + state.width}px`;
    body.style.height = `${count * ROW}px`;
    head.append(make("div", "g-corner", "on the phone"));
    marks(head, body);
    head.append(counts);
    return [head, body];
  }

  // On paper each page has a head of its own.
  function pages() {
    const counts = strip(), out = [];
    for (let from = 0; from < state.rows.length; from += PAGE) {
      const people = state.rows.slice(from, from + PAGE), page = make("div", "g-page"), [head, body] = sheet(people.length, counts.cloneNode(true));
      people.forEach((p, i) => body.append(row(p, from + i, from)));
      page.append(make("p", "g-title", `People ${from + 1}–${from + people.length} of ${state.rows.length}${state.day ? `, ${state.day.label}` : ""}`), head, body);
      out.push(page);
    }
    box.replaceChildren(...out);
  }

  function marks(head, body) {
    const perLabel = Math.ceil(52 / (60 * state.scale)), lines = 60 * state.scale >= 14;
    for (const s of state.segments) {
      for (let m = s.lo; m <= s.hi; m += 60) {
        const x = state.names + place(m), day = plan.days.find(d => d.lo <= m && m < d.hi), first = m === s.lo || (day && m === day.lo);
        if (first && day && m < s.hi) { const l = make("span", "g-day", day.label); l.style.left = `${x + 6}px`; head.append(l); }
        if (first || lines) { const l = make("div", `g-line${first ? " g-day" : ""}`); l.style.left = `${x}px`; body.append(l); }
        const whole = Math.round((m - s.lo) / 60) % perLabel === 0;
        if (whole && m > s.lo && m < s.hi) { const l = make("span", "", clock(m)); l.style.left = `${x}px`; head.append(l); }
      }
    }
  }

  // How many of the people shown are on the phone, slot by slot.
  function strip() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const counts = new Map();
    for (const p of state.rows) for (const s of worked({shifts: p.here})) for (let m = s[0]; m < s[1]; m += plan.slot)
      if (!s[4].some(([a, b]) => m >= a && m < b)) counts.set(m, (counts.get(m) ?? 0) + 1);
    const top = Math.max(1, ...counts.values()), y = n => 38 - 32 * n / top;
    let d = "M0 38";
    for (const s of state.segments) for (let m = s.lo; m < s.hi; m += plan.slot) d += `H${place(m === s.lo ? m + .01 : m).toFixed(1)}V${y(counts.get(m) ?? 0).toFixed(1)}`;
    path.setAttribute("d", `${d}H${state.width.toFixed(1)}V38Z`);
    path.setAttribute("fill", "var(--strip)");
    svg.setAttribute("width", state.width); svg.setAttribute("height", 40); svg.setAttribute("aria-hidden", "true");
    svg.append(path);
    return svg;
  }

  function rows() {
    if (state.all) return;
    const from = Math.max(0, Math.floor((box.scrollTop - HEAD) / ROW) - EXTRA);
    const to = Math.min(state.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + EXTRA);
    for (const old of state.body.querySelectorAll(".g-row")) old.remove();
    for (let i = from; i < to; i++) state.body.append(row(state.rows[i], i));
  }

  function row(person, i, from = 0) {
    const at = state.at?.row === i, line = make("div", `g-row${at ? " at" : ""}`), name = make("div", "g-name", person.name), lane = make("div", "g-lane");
    line.style.top = `${(i - from) * ROW}px`;
    line.setAttribute("role", "row"); line.setAttribute("aria-rowindex", i + 1);
    name.setAttribute("role", "rowheader"); name.title = `${person.name} (${person.id})`;
    if (person.team) name.append(make("small", "", person.team));
    lane.setAttribute("role", "gridcell");
    lane.style.width = `${state.width}px`;
    person.here.forEach((shift, k) => lane.append(...bars(person, shift, at && state.at.shift === k, `g-${i}-${k}`)));
    line.append(name, lane);
    return line;
  }

  function bars(person, shift, at, id) {
    const [start, end, queue, , parts] = shift, out = [], leave = shift[3] === "leave";
    for (const s of state.segments) {
      const a = Math.max(start, s.lo), b = Math.min(end, s.hi);
      if (a >= b) continue;
      const left = (s.before + a - s.lo) * state.scale, bar = make("div", `g-shift${leave ? " k-leave" : ""}${at ? " at" : ""}`);
      bar.id = id;
      bar.style.left = `${left}px`; bar.style.width = `${Math.max(2, (b - a) * state.scale - 1)}px`;
      if (!leave) bar.style.background = `var(--q${Math.max(0, plan.queues.findIndex((q) => queue === q || queue.startsWith(q + ", "))) % 6})`;
      const room = ((parts[0]?.[0] ?? end) - a) * state.scale, label = leave ? "leave" : `${clock(start)}–${clock(end)}`;
      if (room > label.length * 6.6) bar.append(make("b", "", label));
      for (const [x, y, kind] of parts) {
        const part = make("div", `g-part k-${KINDS[kind] ?? "meeting"}`);
        part.style.left = `${(x - a) * state.scale}px`; part.style.width = `${Math.max(2, (y - x) * state.scale)}px`;
        if (kind === "lunch" && (y - x) * state.scale > 12) part.textContent = "L";
        bar.append(part);
      }
      bar.setAttribute("aria-label", words(person, shift));
      bar.addEventListener("mousemove", e => { if (!state.pinned) tip(words(person, shift), e.clientX, e.clientY); });
      bar.addEventListener("mouseleave", () => { if (!state.pinned) tip(null); });
      bar.addEventListener("click", e => { e.stopPropagation(); pin(person, shift, e.clientX, e.clientY); });
      out.push(bar);
    }
    return out;
  }

  function words(person, [start, end, queue, pattern, parts, paid]) {
    const lines = [`${person.name}${person.team ? `, ${person.team}` : ""}`, `${dayOf(start)} ${clock(start)}–${clock(end)}${pattern === "leave" ? ", leave" : ""}`];
    if (pattern !== "leave") lines.push([pattern, queue, paid === null ? "" : `${hours(paid)} paid`].filter(Boolean).join(" · "));
    return [...lines, ...parts.map(([a, b, kind]) => `${kind} ${clock(a)}–${clock(b)}`)].join("\n");
  }

  // A tap, a click or Enter keeps the details of a shift open; the next one elsewhere, or Escape, closes them.
  function pin(person, shift, x, y) {
    state.pinned = state.pinned === shift ? null : shift;
    tip(state.pinned && words(person, shift), x, y);
    if (state.pinned) $("g-said").textContent = words(person, shift).replaceAll("\n", " · ");
  }

  function tip(text, x, y) {
    const t = $("tip");
    t.hidden = !text;
    if (!text) return;
    t.textContent = text;
    t.style.left = `${Math.min(x + 14, innerWidth - t.offsetWidth - 8)}px`;
    t.style.top = `${Math.min(y + 14, innerHeight - t.offsetHeight - 8)}px`;
  }

  function zoom(factor, about) {
    const x = about ?? box.clientWidth / 2, share = (box.scrollLeft + x - state.names) / state.width, top = box.scrollTop;
    state.zoom = factor ? Math.min(24, Math.max(1, state.zoom * factor)) : 1;
    layout();
    box.scrollLeft = share * state.width - x + state.names; box.scrollTop = top;
  }

  function move(down, right) {
    const n = state.rows.length;
    if (!n) return;
    const row = Math.min(n - 1, Math.max(0, (state.at?.row ?? -(down > 0)) + down)), last = Math.max(0, state.rows[row].here.length - 1);
    state.at = {row, shift: Math.min(last, Math.max(0, (state.at?.shift ?? 0) + right))};
    const top = row * ROW, shift = state.rows[row].here[state.at.shift];
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + ROW > box.scrollTop + box.clientHeight - HEAD - 16) box.scrollTop = top + ROW + HEAD + 16 - box.clientHeight;
    if (shift) { const x = place(shift[0]), seen = box.clientWidth - state.names; if (x < box.scrollLeft || x > box.scrollLeft + seen - 60) box.scrollLeft = x - 40; }
    rows();
    box.setAttribute("aria-activedescendant", `g-${row}-${state.at.shift}`);
    $("g-said").textContent = shift ? words(state.rows[row], shift).replaceAll("\n", " · ") : `${state.rows[row].name}: no shift`;
  }

  function legend() {
    const box = $("g-legend"), kinds = new Set(plan.people.flatMap(p => p.shifts.flatMap(s => [...s[4].map(x => x[2]), ...(s[3] === "leave" ? ["leave"] : [])])));
    const item = (text, cls, color) => { const span = make("span", "", ""), i = make("i", cls); if (color) i.style.background = color; span.append(i, text); box.append(span); };
    plan.queues.forEach((q, i) => item(`on the phone${plan.queues.length > 1 ? `, ${q}` : ""}`, "", `var(--q${i % 6})`));
    for (const k of Object.keys(KINDS)) if (kinds.has(k)) item(k === "lunch" ? "lunch (L)" : k, `k-${k}`);
  }

  for (const team of [...new Set(plan.people.map(p => p.team).filter(Boolean))].sort((a, b) => a.localeCompare(b, undefined, {numeric: true}))) $("g-team").append(new Option(team, team));
  for (const id of ["g-find", "g-team", "g-order", "g-busy"]) $(id).addEventListener("input", choose);
  $("g-in").addEventListener("click", () => zoom(1.5));
  $("g-out").addEventListener("click", () => zoom(1 / 1.5));
  $("g-fit").addEventListener("click", () => zoom(0));
  box.addEventListener("scroll", () => requestAnimationFrame(rows));
  box.addEventListener("wheel", e => { if (e.ctrlKey) { e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, e.clientX - box.getBoundingClientRect().left); } }, {passive: false});
  box.addEventListener("keydown", e => {
    const act = {ArrowDown: () => move(1, 0), ArrowUp: () => move(-1, 0), ArrowRight: () => move(0, 1), ArrowLeft: () => move(0, -1), PageDown: () => move(15, 0), PageUp: () => move(-15, 0),
      Home: () => move(-state.rows.length, 0), End: () => move(state.rows.length, 0), "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": () => zoom(0), Enter: tell, " ": tell}[e.key];
    if (act && !e.ctrlKey && !e.metaKey) { e.preventDefault(); act(); }
  });
  function tell() {
    const person = state.at && state.rows[state.at.row], shift = person?.here[state.at.shift], at = shift && document.getElementById(`g-${state.at.row}-${state.at.shift}`);
    if (!at) return;
    const place = at.getBoundingClientRect();
    pin(person, shift, place.left, place.bottom);
  }
  const close = () => { state.pinned = null; tip(null); };
  addEventListener("click", close);
  addEventListener("keydown", e => { if (e.key === "Escape") close(); });
  let width = box.clientWidth;
  addEventListener("resize", () => { if (box.clientWidth !== width) { width = box.clientWidth; layout(); } });
  addEventListener("beforeprint", () => { state.all = true; layout(); });
  addEventListener("afterprint", () => { state.all = false; layout(); });
  legend();
  choose();
  return {show: label => { state.day = label ? plan.days.find(d => d.label === label) ?? {label, lo: -2, hi: -1} : null; state.zoom = 1; choose(); box.scrollTop = 0; }};
};
