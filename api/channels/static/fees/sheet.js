/* The sheet: what the server answered, line by line, with source, date and what is unconfirmed. */
import { h, linkOf, TIERS, UNCONFIRMED, yenOf } from "./dom.js";

const W = {
  pays: "支払う額の目安", open: "数がわかると計算できます", range: "わからないことがあるため、幅で示しています",
  full: "減免がないときの額", measure: "使えそうな減免", tier: "支払う割合", lines: "内訳", item: "項目", fullColumn: "全額", paidColumn: "支払う額",
  source: "出典", total: "合計", missing: "わかると幅が狭くなること", reasons: "理由", better: "さらに安くなる区分", conditions: "確かめること",
  documents: "書くもの・付けるもの", sources: "出典", facts: "計算に使ったこと", day: "計算した日", nothing: "計算する行がありません",
  betterTier: (name, tier, yen) => `「${name}」なら、支払う額は${tier}${yen ? `（${yen}）` : ""}です。`,
};

const items = (texts) => h("ul", {}, ...texts.map((text) => h("li", {}, text)));
const section = (title, ...children) => [h("h3", {}, title), ...children];

function amount(found) {
  if (found.amount_yen !== null) return yenOf(found.amount_yen);
  const range = found.amount_range_yen;
  return range ? `${yenOf(range.min)}〜${yenOf(range.max)}` : W.open;
}

function sourceOf({ title, url, as_of: day, confirmed }) {
  return [linkOf(title, url), day ? `（${day}）` : "", confirmed ? "" : " ", confirmed ? "" : h("span.tag", {}, UNCONFIRMED)];
}

function lines(found) {
  const rows = found.lines.map((line) => h("tr", {}, h("th", { scope: "row" }, line.label, h("br"), h("span.note", {}, `${W.source}: `, ...sourceOf(line.source))),
    h("td.yen", {}, yenOf(line.full_yen)), h("td.yen", {}, yenOf(line.reduced_yen))));
  const head = h("tr", {}, h("th", { scope: "col" }, W.item), h("th.yen", { scope: "col" }, W.fullColumn), h("th.yen", { scope: "col" }, W.paidColumn));
  const total = h("tr", {}, h("th", { scope: "row" }, W.total), h("td.yen", {}, yenOf(found.full_amount_yen)), h("td.yen", {}, yenOf(found.amount_yen)));
  return h("div.scroll", {}, h("table", {}, h("caption", {}, W.lines), h("thead", {}, head), h("tbody", {}, ...rows), h("tfoot", {}, total)));
}

function better(one) {
  const yen = one.amount_yen === null ? "" : yenOf(one.amount_yen);
  return items([W.betterTier(one.measure.name, TIERS[one.tier], yen), ...one.reasons]);
}

function missing(names, labelOf) {
  return h("ul", {}, ...[...new Map(names.map((name) => [labelOf(name).label, labelOf(name)])).values()].map(({ label, id }) => {
    const go = (event) => { event.preventDefault(); document.getElementById(id).focus(); };
    return h("li", {}, id ? h("a", { href: `#${id}`, onclick: go }, label) : label);
  }));
}

export function drawSheet(found, facts, labelOf) {
  const today = new Date().toLocaleDateString("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "long" });
  const known = found.amount_yen !== null;
  const rows = [[W.full, found.full_amount_yen === null ? null : yenOf(found.full_amount_yen)], [W.measure, found.measure.name], [W.tier, known ? TIERS[found.tier] : W.range]];
  return [
    h("p", {}, W.pays), h("p.sum", {}, amount(found)),
    h("dl", {}, ...rows.filter(([, value]) => value).flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])),
    ...(found.missing.length ? section(W.missing, missing(found.missing, labelOf)) : []),
    ...(found.lines.length ? [lines(found)] : []),
    h("div", { "data-chart": "" }),
    ...(found.reasons.length ? section(W.reasons, items(found.reasons)) : []),
    ...(found.better_tier ? section(W.better, better(found.better_tier)) : []),
    ...(found.conditions_to_confirm.length ? section(W.conditions, items(found.conditions_to_confirm)) : []),
    ...(found.documents.length ? section(W.documents, items(found.documents)) : []),
    ...section(W.sources, h("ul", {}, ...found.source.map((one) => h("li", {}, ...sourceOf(one))))),
    ...section(W.facts, h("dl", {}, ...[...facts, [W.day, today]].flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]))),
    h("p.note", {}, found.disclaimer),
  ];
}
