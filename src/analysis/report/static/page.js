"use strict";
// Draws every <div class="chart"> from the JSON after it and the page's shared data sets. No network, no eval.
(() => {
  const sets = JSON.parse(document.getElementById("sets").textContent);

  const rows = (columns) => {
    const names = Object.keys(columns);
    const record = (i) => Object.fromEntries(names.map((name) => [name, columns[name][i]]));
    return names.length ? columns[names[0]].map((_, i) => record(i)) : [];
  };

  // a text as lines of at most `most` letters, broken between words
  const wrap = (text, most) => [text].flat().flatMap((line) => String(line).split(" ").reduce((lines, word) => {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    return lines.length && longer.length <= most ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []));

  const wrapped = (title, width) => {
    const { text, subtitle, ...rest } = typeof title === "object" && !Array.isArray(title) ? title : { text: title };
    return { offset: 10, ...rest, text: wrap(text ?? "", width / 9), ...(subtitle ? { subtitle: wrap(subtitle, width / 6.5) } : {}) };
  };

  // the titles of the axes, broken to the length of their axis
  const titled = (spec, width) => {
    const most = { x: (width - 60) / 6.6, y: (typeof spec.height === "number" ? spec.height : 240) / 6.2 };
    const short = ([name, channel]) => [name, channel.title && most[name]
      ? { ...channel, title: wrap(channel.title, most[name]) } : channel];
    const encoding = spec.encoding ? { encoding: Object.fromEntries(Object.entries(spec.encoding).map(short)) } : {};
    const layer = spec.layer ? { layer: spec.layer.map((one) => titled({ height: spec.height, ...one }, width)) } : {};
    return { ...spec, ...encoding, ...layer };
  };

  // panels below each other take the width of the page too, less what their axes need
  const stacked = ({ vconcat, ...spec }, width) => ({ ...spec, vconcat: vconcat.map((panel) => (
    panel.vconcat ? stacked(panel, width) : { width: width - 80, ...titled(panel, width) })) });

  // one panel without a width of its own takes the width of the page, so that a phone need not scroll
  const fitted = (spec, width) => {
    const channels = spec.encoding ?? {};
    const one = (spec.mark || spec.layer) && !channels.row && !channels.column && !channels.facet;
    const fit = one && spec.width === undefined;
    const title = spec.title ? { title: wrapped(spec.title, width) } : {};
    const size = fit ? { width: "container", autosize: { type: "fit-x", contains: "padding" } } : {};
    const drawn = spec.vconcat ? stacked(spec, width) : titled(spec, width);
    return { padding: { left: 0, right: 4, top: 4, bottom: 4 }, ...drawn, ...title, ...size };
  };

  const button = (label, view, kind, name) => {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = label;
    element.addEventListener("click", async () => {
      const link = document.createElement("a");
      link.href = await view.toImageURL(kind, 2);
      link.download = `${name}.${kind}`;
      link.click();
    });
    return element;
  };

  const draw = async (script, i) => {
    const chart = script.previousElementSibling;
    const { spec, sets: names } = JSON.parse(script.textContent);
    const datasets = Object.fromEntries(Object.entries(names).map(([name, key]) => [name, rows(sets[key])]));
    // ast: expressions are walked, not evaluated, so that the page's policy can forbid eval
    const columns = Math.max(2, Math.floor(chart.clientWidth / 115));
    // labels that would cover each other: every second one; a legend wider than the page: more lines
    const axisY = { labelLimit: Math.min(260, 0.5 * chart.clientWidth) };
    const legend = { columns, labelLimit: Math.min(160, chart.clientWidth / 2 - 40) };
    const config = { axisX: { labelOverlap: "parity" }, axisY, legend };
    const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, config };
    const inside = document.createElement("div"); // Vega gives its element a role; the outer one keeps `img`
    chart.append(inside);
    const { view } = await vegaEmbed(inside, { ...fitted(spec, chart.clientWidth), datasets }, options);
    const save = document.createElement("p");
    save.className = "save";
    save.append("Save chart as ", button("SVG", view, "svg", `chart-${i + 1}`), " ", button("PNG", view, "png", `chart-${i + 1}`));
    script.after(save);
    return view;
  };

  // the charts of a squad share the selection `athlete`: one athlete is chosen in all of them, and in the tables
  const has = (view, name) => { try { view.data(name); return true; } catch { return false; } };
  const plain = (text) => text.replace(/\s+/g, " ").trim();

  const named = (row, name) => [...row.cells].some((cell) => plain(cell.textContent) === plain(name));

  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);

  // what the tables of the page say of an athlete: the question above each, and the answer in one line
  const told = (name) => [...document.querySelectorAll("main .out")].flatMap((out) => {
    const rows = [...out.querySelectorAll("tbody tr")].filter((row) => named(row, name));
    const row = rows.find((one) => !/^Data/.test(one.closest("details")?.querySelector("summary")?.textContent ?? ""));
    if (!row) return [];
    const heads = [...row.closest("table").querySelectorAll("thead tr:last-of-type th")].map((cell) => plain(cell.textContent));
    const cell = Object.fromEntries([...row.cells].map((one, i) => [heads[i] ?? "", plain(one.textContent)]).filter(([, text]) => text && text !== "–" && text !== plain(name)));
    const { Value: value, Interval: interval, Unit: unit = "", "In words": words, n, ...rest } = cell;
    const number = value && (unit === "rank" ? `rank ${value}` : `${value} ${unit}`.trim()) + (interval ? ` (${interval})` : "");
    const said = [number, words, ...Object.entries(rest).map(([head, text]) => `${head}: ${text}`)].filter(Boolean).join("; ");
    const question = out.previousElementSibling?.localName === "p" ? plain(out.previousElementSibling.textContent) : "";
    return [`${question.replace(/ \(.*\)$/, "")} ${said}`.trim()];
  });

  const choice = (views) => {
    const store = "athlete_store";
    const squad = views.filter((view) => view && has(view, store));
    // who has no point in any chart is listed in a table
    const listed = [...document.querySelectorAll("main table")].filter((table) => plain(table.querySelector("thead th")?.textContent ?? "") === "Athlete")
      .flatMap((table) => [...table.querySelectorAll("tbody tr")].map((row) => plain(row.cells[0].textContent)));
    const drawn = Object.values(sets).flatMap((columns) => columns.athlete ?? []).filter(Boolean);
    const names = [...drawn, ...listed].filter((name, i, all) => all.findIndex((other) => plain(other) === plain(name)) === i)
      .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    if (!squad.length || !names.length) return;
    const select = element("select", "", { id: "choose" });
    select.append(element("option", "everybody", { value: "" }), ...names.map((name) => element("option", name, { value: name })));
    const bar = element("div", "", { className: "choose" });
    bar.append(element("label", "Show athlete: ", { htmlFor: "choose" }), select);
    const status = element("p", "", { className: "chosen-name" });
    status.setAttribute("role", "status");
    const lines = element("ul", "", { className: "chosen-lines" });
    document.querySelector("main").prepend(bar, status, lines);
    document.body.classList.add("squad");

    let now = "";
    const choose = (name) => {
      if (name === now) return;
      now = select.value = name;
      const picked = name ? [{ unit: "", fields: [{ type: "E", field: "athlete" }], values: [name] }] : [];
      squad.forEach((view) => view.data(store, picked).runAsync());
      document.querySelectorAll("main tbody tr").forEach((row) => row.classList.toggle("chosen", name !== "" && named(row, name)));
      lines.replaceChildren(...(name ? told(name) : []).map((line) => element("li", line)));
      status.textContent = name ? `${name} stands out in every chart and table.` : "Everybody is shown alike.";
    };
    select.addEventListener("change", () => choose(select.value));
    squad.forEach((view) => view.addDataListener(store, (_, picked) => choose(picked.at(-1)?.values?.[0] ?? "")));
  };

  const failed = (script, error) => {
    script.previousElementSibling.textContent = `This chart could not be drawn: ${error.message}`;
    console.error(error);
  };

  const scripts = [...document.querySelectorAll("script.spec")];
  Promise.all(scripts.map((script, i) => draw(script, i).catch((error) => failed(script, error))))
    .then((views) => { choice(views); })
    .then(() => { document.documentElement.dataset.charts = "drawn"; });
})();
