/* What both booking pages need: elements from text, calls of the API, days and times in Japanese. */
export const $ = (id) => document.getElementById(id);

export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const el = document.createElement(name);
  if (classes.length) el.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : value);
  }
  el.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return el;
}

const OFFLINE = { error: "offline", detail: "通信できませんでした。つながりを確かめて、もう一度お試しください。" };

/* Answers {status, body}; a network that fails is an answer too. */
export async function call(method, path, { body, bearer } = {}) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  try {
    const answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, body: OFFLINE };
  }
}

const DAY = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", year: "numeric", month: "long", day: "numeric", weekday: "short" });
const TIME = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit", hour12: false });
export const dayOf = (iso) => DAY.format(new Date(iso)).replace("(", "（").replace(")", "）");
export const timeOf = (iso) => TIME.format(new Date(iso));
export const startOf = (slot) => `${dayOf(slot.starts_at)}${timeOf(slot.starts_at)}から`;
export const whenOf = (slot) => `${dayOf(slot.starts_at)}${timeOf(slot.starts_at)}〜${timeOf(slot.ends_at)}`;

export const MODES = { place: "窓口で会う", online: "オンライン", phone: "電話", visit: "会社への訪問" };
export const PROFESSIONS = {
  benrishi: "弁理士", bengoshi: "弁護士", shindanshi: "中小企業診断士", design: "デザイン", brand: "ブランド", standards: "標準化", overseas: "海外",
};
export const RINGS = { in_house: "窓口内", prefecture: "県内", block: "同じ地域ブロック", other: "ほかの地域" };
const COLUMNS = { meeting: "面談", regular: "定期相談会", expert: "専門家との相談の希望" };
export const kindName = (kind) => COLUMNS[kind];

function button(slot, pick) {
  const more = [MODES[slot.mode], PROFESSIONS[slot.profession], RINGS[slot.ring]].filter(Boolean).join("・");
  return h("li", {}, h("button", { type: "button", "data-slot": slot.id, onclick: () => pick(slot) },
    `${timeOf(slot.starts_at)}〜${timeOf(slot.ends_at)}`, h("span", {}, more)));
}

/* Times day by day: a heading and a list of buttons each; nothing needs a mouse or sight. */
export function showDays(target, slots, pick, { add = false } = {}) {
  if (!add) target.replaceChildren();
  const days = new Map();
  for (const slot of slots) {
    const day = dayOf(slot.starts_at);
    days.set(day, [...(days.get(day) || []), slot]);
  }
  for (const [day, some] of days) {
    const whys = [...new Set(some.map((slot) => slot.why))];
    target.append(h("section.day", { "aria-label": day }, h("h3", { tabindex: "-1" }, day),
      h("ul.slots", {}, ...some.map((slot) => button(slot, pick))),
      ...whys.map((why) => h("p.why", {}, why))));
  }
}

export const rows = (pairs) => h("dl", {}, ...pairs.filter(([, value]) => value).flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));

export function told(...lines) {
  return h("div.told", { role: "alert" }, ...lines.filter(Boolean).map((line) => h("p", {}, line)));
}

export function reveal(id, focus) {
  $(id).hidden = false;
  $(focus).focus();
}

/* The calendar file is fetched with the code: no address carries it. */
export async function saveCalendar(reference, code) {
  const answer = await fetch(`/api/v1/bookings/${reference}/calendar.ics`, { headers: { Authorization: `Bearer ${code}` } }).catch(() => null);
  if (!answer || !answer.ok) return false;
  const url = URL.createObjectURL(await answer.blob());
  const link = h("a", { href: url, download: "yoyaku.ics" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  return true;
}
