/* Full price against what is paid, year by year: a small picture and the same figures as a table. */
import { h, svg, yenOf } from "./dom.js";

const WIDTH = 720, HEIGHT = 260, LEFT = 76, BOTTOM = 34, TOP = 12;
const W = {
  title: (first, last) => `権利が続くあいだの年ごとの料金（第${first}〜${last}年分）`, full: "全額", less: "支払う額の目安", year: "年",
  table: "年ごとの額（表）", total: "合計", yearOf: (year) => `第${year}年`, axis: "年分",
  says: (full, less) => `合計は、全額で${full}、支払う額の目安で${less}です。`, open: "わからないことがあるため、支払う額は描いていません。",
};

/* The labels of the server name the year: "特許料 第4年分（…）". */
const yearOf = (line) => Number(/第(\d+)年分/.exec(line.label)?.[1]);

export function drawChart(found) {
  const years = found.lines.map((line) => ({ year: yearOf(line), full: line.full_yen, less: line.reduced_yen }));
  if (!years.length) return [];
  const title = W.title(years[0].year, years.at(-1).year);
  const known = found.amount_yen !== null;
  const says = known ? W.says(yenOf(found.full_amount_yen), yenOf(found.amount_yen)) : W.open;
  return [
    h("h3", {}, title), picture(years, title, says),
    h("ul.legend", {}, h("li", {}, h("span.key", { "aria-hidden": "true" }), W.full), known ? h("li", {}, h("span.key.less", { "aria-hidden": "true" }), W.less) : null),
    h("p", {}, says), h("details", {}, h("summary", {}, W.table), table(years, found)),
  ];
}

function picture(years, title, says) {
  const most = Math.max(...years.map(({ full }) => full), 1);
  const step = (WIDTH - LEFT - 8) / years.length;
  const high = HEIGHT - TOP - BOTTOM;
  const top = (yen) => TOP + high * (1 - yen / most);
  const bars = years.flatMap(({ year, full, less }, index) => {
    const x = LEFT + index * step + step * 0.12;
    const bar = (yen, kind) => svg("rect", { class: kind, x: x.toFixed(1), y: top(yen).toFixed(1), width: (step * 0.76).toFixed(1), height: Math.max(high * (yen / most), 0).toFixed(1) });
    const name = svg("text", { x: (x + step * 0.38).toFixed(1), y: HEIGHT - 14, "text-anchor": "middle" }, String(year));
    return [...(less === null ? [] : [bar(less, "less")]), bar(full, "full"), ...(index === 0 || year % 5 === 0 ? [name] : [])];
  });
  const marks = [0, most / 2, most].map((yen) => svg("text", { x: LEFT - 8, y: (top(yen) + 4).toFixed(1), "text-anchor": "end" }, yenOf(Math.round(yen))));
  const axis = svg("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: TOP + high, y2: TOP + high });
  const unit = svg("text", { x: WIDTH, y: HEIGHT - 1, "text-anchor": "end" }, W.axis);
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-labelledby": "chart-title chart-text" },
    svg("title", { id: "chart-title" }, title), svg("desc", { id: "chart-text" }, says), axis, ...bars, ...marks, unit);
}

function table(years, found) {
  const rows = years.map(({ year, full, less }) => h("tr", {}, h("th", { scope: "row" }, W.yearOf(year)), h("td.yen", {}, yenOf(full)), h("td.yen", {}, yenOf(less))));
  const head = h("tr", {}, h("th", { scope: "col" }, W.year), h("th.yen", { scope: "col" }, W.full), h("th.yen", { scope: "col" }, W.less));
  const total = h("tr", {}, h("th", { scope: "row" }, W.total), h("td.yen", {}, yenOf(found.full_amount_yen)), h("td.yen", {}, yenOf(found.amount_yen)));
  return h("div.scroll", {}, h("table", {}, h("caption", {}, W.table), h("thead", {}, head), h("tbody", {}, ...rows), h("tfoot", {}, total)));
}
