/* Small helpers of the fee page: elements from text, never from markup. */
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

export function svg(tag, props = {}, ...children) {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) el.setAttribute(key, value);
  el.append(...children);
  return el;
}

export const yenOf = (number) => (number === null || number === undefined ? "—" : `${number.toLocaleString("ja-JP")}円`);

/* Only addresses of the web become links. */
export function linkOf(title, url) {
  return url && /^https?:\/\//.test(url) ? h("a", { href: url, rel: "noopener noreferrer" }, title) : title;
}

export const UNCONFIRMED = "要確認";
export const TIERS = { full: "全額", "1/2": "2分の1", "1/3": "3分の1", "1/4": "4分の1", exempt: "0円（免除）", mixed: "出願人ごとに異なります" };
