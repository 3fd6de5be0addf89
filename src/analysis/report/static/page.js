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
  };

  const failed = (script, error) => {
    script.previousElementSibling.textContent = `This chart could not be drawn: ${error.message}`;
    console.error(error);
  };

  const scripts = [...document.querySelectorAll("script.spec")];
  Promise.all(scripts.map((script, i) => draw(script, i).catch((error) => failed(script, error))))
    .then(() => { document.documentElement.dataset.charts = "drawn"; });
})();
