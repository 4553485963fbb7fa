// The charts and the choice of queue and day that they share with the Gantt.
"use strict";
(() => {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const data = plan.charts.data.map(({columns, rows}) => rows.map(row => Object.fromEntries(columns.map((c, i) => [c, row[i]]))));
  const drawn = [];
  const chosen = {queue: plan.queues[0] ?? "", view: 0};

  async function draw(name, {places, ...spec}) {
    const datasets = Object.fromEntries(Object.entries(places).map(([label, at]) => [label, data[at].map(row => ({...row}))]));
    const options = {actions: false, renderer: "svg", ast: true, mode: "vega-lite"};
    const {view} = await window.vegaEmbed(`#chart-${name}`, {...spec, datasets}, options);
    drawn.push({view, views: spec.params.some(p => p.name === "lo") ? spec.usermeta?.views ?? plan.views : null});
    if (chosen.view || chosen.queue !== plan.queues[0]) show(drawn.slice(-1));
  }

  function show(charts = drawn) {
    for (const {view, views} of charts) {
      view.signal("queue", chosen.queue);
      if (views) for (const name of ["lo", "hi", "ticks", "labels"]) view.signal(name, views[chosen.view][name]);
      view.runAsync();
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
      window.gantt?.show(chosen.view ? plan.views[chosen.view].label : null);
    });
  }

  if (plan.gantt) window.gantt = window.makeGantt(plan.gantt, document.getElementById("gantt"));
  (async () => {
    for (const [name, spec] of Object.entries(plan.charts.specs)) await draw(name, spec);
    document.documentElement.dataset.ready = "1";
  })();
})();
