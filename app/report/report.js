// The charts and the choice of queue and day that they share with the tables and the Gantt.
"use strict";
(() => {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const data = plan.charts.data.map(({columns, rows}) => rows.map(row => Object.fromEntries(columns.map((c, i) => [c, row[i]]))));
  const dark = matchMedia("(prefers-color-scheme: dark)"), themed = document.documentElement.classList.contains("themed");
  const chosen = {queue: plan.queues[0] ?? "", view: 0};
  let drawn = [];

  // Plain colours come from the style of the page; those of ramps are mixed, so they must be real ones.
  function colored(spec) {
    const shades = {...plan.palette, ...(themed && dark.matches ? plan.dark : {})};
    return JSON.parse(JSON.stringify(spec), (_, value) => typeof value === "string" ? shades[value] ?? value : value);
  }

  async function draw(name, {places, ...spec}) {
    const datasets = Object.fromEntries(Object.entries(places).map(([label, at]) => [label, data[at].map(row => ({...row}))]));
    const options = {actions: false, renderer: "svg", ast: true, mode: "vega-lite"};
    const {view} = await window.vegaEmbed(`#chart-${name}`, {...colored(spec), datasets}, options);
    drawn.push({view, names: spec.params.map(p => p.name), views: spec.usermeta?.views ?? plan.views});
    if (chosen.view || chosen.queue !== plan.queues[0]) show(drawn.slice(-1));
  }

  async function drawAll() {
    for (const {view} of drawn) view.finalize();
    drawn = [];
    for (const [name, spec] of Object.entries(plan.charts.specs)) await draw(name, spec);
    document.documentElement.dataset.ready = "1";
  }

  function show(charts = drawn) {
    for (const {view, names, views} of charts) {
      view.signal("queue", chosen.queue);
      for (const [name, value] of Object.entries(views?.[chosen.view] ?? {})) if (name !== "name" && names.includes(name)) view.signal(name, value);
      view.runAsync();
    }
  }

  // Rows that are about a day are shown with it; the caption says which day a table is cut to.
  function follow() {
    const day = chosen.view ? plan.views[chosen.view].label : null;
    for (const table of document.querySelectorAll("table")) {
      const rows = [...table.querySelectorAll("tr[data-day]")];
      if (!rows.length) continue;
      for (const row of rows) row.hidden = day !== null && row.dataset.day !== day;
      const caption = table.caption;
      if (day === null) delete caption.dataset.only; else caption.dataset.only = rows.every(r => r.hidden) ? `${day}: none` : day;
    }
  }

  function press(group, button) {
    for (const other of group.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  }

  for (const id of ["queues", "views"]) {
    document.getElementById(id)?.addEventListener("click", ({target, currentTarget}) => {
      if (target.tagName !== "BUTTON") return;
      press(currentTarget, target);
      if (id === "queues") chosen.queue = target.dataset.queue; else chosen.view = Number(target.dataset.view);
      show();
      if (id === "views") follow();
      window.gantt?.show(chosen.view ? plan.views[chosen.view].label : null);
    });
  }

  if (plan.gantt) window.gantt = window.makeGantt(plan.gantt, document.getElementById("gantt"));
  if (themed) dark.addEventListener("change", drawAll);
  drawAll();
})();
