/* The page of a case: opens it with number and code, shows it, corrects it, hands it over, deletes it.
   Text stays text; number and code travel in the address of the call and in a header, never in the page's address. */
import { kept, forget, keep, typed } from "/case/key.js";
import { ask } from "/case/calls.js";

const $ = (id) => document.getElementById(id);
const EVERY = 15000; // ms between two looks for something new
const WHO = { visitor: "あなた", bot: "自動応答", staff: "職員", system: "お知らせ" };
const W = {
  refused: "受付番号かコードがちがいます。もう一度お確かめください。",
  late: "続けて何度もちがったため、しばらく開けません。時間をおいてお試しください。",
  down: "いまはつながりません。少し待ってから、もう一度お試しください。",
  saved: "直した内容を保存しました。",
  sent: "送りました。",
  changed: "ほかの画面で内容が変わりました。新しい内容を表示しています。もう一度直してください。",
  withheld: "（内容は保存していません）",
  closed: "いまは受付時間外です。",
  next: (at) => `次に開くのは ${at} です。`,
  ahead: (n) => (n > 1 ? `あなたの前に${n - 1}人います。` : "次があなたの番です。"),
};
let key = null; // { reference, code }
let shown = null; // the case as the server last gave it
let timer = 0;

const el = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const moment = (iso) => new Date(iso).toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", year: "numeric", month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" });
const tell = (text) => { $("told").textContent = text ?? ""; $("told").hidden = !text; };
const listed = (text) => text.split(/[、,，\n]/).map((name) => name.trim()).filter(Boolean);

async function call(method, path, body) {
  const { status, content } = await ask(key, method, path, body);
  if (status === 404 || status === 401) { closeSheet(); tell(W.refused); return null; }
  if (status === 429) { tell(W.late); return null; }
  if (status === 0 || status >= 500) { tell(content?.detail ?? W.down); return null; }
  return { status, content };
}

/* ---------- opening and closing ---------- */
async function open(event) {
  event?.preventDefault();
  mark($("open"), []);
  key = typed($("reference").value, $("code").value);
  if (!key.reference || !key.code) {
    mark($("open"), [!key.reference && { field: "reference", reason: "受付番号を入れてください。" }, !key.code && { field: "code", reason: "コードを入れてください。" }].filter(Boolean));
    return;
  }
  const answer = await call("GET", "");
  if (!answer) { $("reference").focus(); return; }
  keep(key);
  tell("");
  show(answer.content);
  $("shown-title").focus();
}

function closeSheet() {
  clearInterval(timer);
  forget();
  key = shown = null;
  $("sheet").hidden = true;
  $("edit").hidden = true;
  $("open").hidden = false;
  $("code").value = "";
}

/* ---------- showing ---------- */
function show(found) {
  shown = found;
  $("open").hidden = true;
  $("sheet").hidden = false;
  $("state").textContent = found.sections[0]?.lines[0] ?? "";
  $("standing").textContent = found.state === "queued" ? standing(found) : "";
  $("hand-over").hidden = !["draft", "new", "closed"].includes(found.state);
  $("shown").replaceChildren(...found.sections.slice(1).map(({ heading, lines }) => {
    const row = el("div");
    row.append(el("dt", "", heading), el("dd", "", lines.join("\n")));
    return row;
  }));
  thread(found.messages);
  clearInterval(timer);
  timer = setInterval(look, EVERY);
}

function standing({ position, open_now: openNow, next_open_at: next }) {
  if (!openNow) return `${W.closed}${next ? W.next(moment(next)) : ""}`;
  return position ? W.ahead(position) : "";
}

function thread(messages) {
  const box = $("thread");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const have = new Set([...box.children].map((child) => child.dataset.id));
  for (const message of messages) {
    if (have.has(message.id)) {
      if (message.withheld) takenBack(box, message.id);
      continue;
    }
    const one = el("article", message.author);
    one.dataset.id = message.id;
    one.append(el("p", "who", `${WHO[message.author] ?? WHO.system} ${moment(message.at)}`));
    one.append(el("p", "said", message.withheld ? W.withheld : words(message)));
    box.append(one);
  }
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function takenBack(box, id) { // its writer took it back elsewhere (LINE): the words leave this page too
  const said = box.querySelector(`[data-id="${CSS.escape(id)}"] .said`);
  if (said && said.textContent !== W.withheld) said.textContent = W.withheld;
}

function words({ parts }) {
  return parts.flatMap((part) => {
    if (part.type === "text") return [part.text];
    if (part.type === "card") return [`■ ${part.title}`, ...(part.rows ?? []).map(({ label, value }) => `${label}：${value}`), ...(part.note ? [part.note] : [])];
    return part.fallback ? [part.fallback] : [];
  }).join("\n");
}

async function look() {
  if (document.hidden || !key || !$("edit").hidden) return;
  const answer = await ask(key, "GET", "");
  if (answer.status === 200) show(answer.content);
  else if (answer.status === 404) { closeSheet(); tell(W.refused); }
}

/* ---------- correcting ---------- */
function openEdit() {
  const { contact } = shown;
  const values = {
    topic: shown.topics[0], inquiry: shown.inquiry, wish: shown.wish, prefecture: shown.prefecture, company: shown.company,
    opponents: shown.opponents.join("、"), "contact-name": contact.name, "contact-mail": contact.mail, "contact-phone": contact.phone, "contact-when": contact.when,
  };
  for (const [id, value] of Object.entries(values)) $(id).value = value ?? "";
  $(`way-${contact.wish ?? "message"}`).checked = true;
  mark($("edit"), []);
  $("edit").hidden = false;
  $("edit-title").focus();
}

function closeEdit() {
  $("edit").hidden = true;
  $("edit-open").focus();
}

async function save(event) {
  event.preventDefault();
  const topic = $("topic").value;
  const body = {
    version: shown.version,
    topics: [topic, ...shown.topics.filter((other) => other !== topic)].slice(0, 6),
    inquiry: $("inquiry").value, wish: $("wish").value, prefecture: $("prefecture").value || null,
    company: $("company").value || null, opponents: listed($("opponents").value),
    contact: {
      name: $("contact-name").value || null, mail: $("contact-mail").value || null, phone: $("contact-phone").value || null,
      when: $("contact-when").value || null, wish: document.querySelector("[name=wish-way]:checked").value,
    },
  };
  const answer = await call("PATCH", "", body);
  if (!answer) return;
  if (answer.status === 422) { mark($("edit"), answer.content.fields ?? []); tell(answer.content.detail); return; }
  if (answer.status === 409) {
    const fresh = await call("GET", "");
    if (fresh) show(fresh.content);
    tell(W.changed);
    return;
  }
  show(answer.content);
  closeEdit();
  tell(W.saved);
}

/* Errors stand at their fields and are read with them; the first one gets the focus. */
function mark(form, problems) {
  for (const old of form.querySelectorAll(".bad")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-errormessage");
  }
  let first = null;
  for (const { field, reason } of problems) {
    const input = form.querySelector(`[name="${CSS.escape(field)}"]`) ?? (field === "topics" ? $("topic") : null);
    if (!input) continue;
    const said = el("p", "bad", reason);
    said.id = `${input.id}-bad`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-errormessage", said.id);
    input.after(said);
    first ??= input;
  }
  first?.focus();
}

/* ---------- handing over, writing, saving, deleting ---------- */
async function handOver() {
  const answer = await call("POST", "/handoff", {});
  if (!answer) return;
  const fresh = await call("GET", "");
  if (fresh) show(fresh.content);
  $("state").tabIndex = -1;
  $("state").focus();
}

async function write(event) {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) { $("words").focus(); return; }
  const answer = await call("POST", "/messages", { text, client_message_id: crypto.randomUUID?.() ?? String(Math.random()) });
  if (!answer) return;
  if (answer.status !== 200) { mark($("write"), [{ field: "words", reason: answer.content.detail }]); return; }
  $("words").value = "";
  mark($("write"), []);
  tell(W.sent);
  const fresh = await call("GET", "");
  if (fresh) show(fresh.content);
}

async function download(kind, type) {
  const { status, blob } = await ask(key, "GET", `/${kind}`, undefined, true);
  if (status !== 200) { tell(W.down); return; }
  const url = URL.createObjectURL(new Blob([blob], { type }));
  const link = el("a");
  link.href = url;
  link.download = `soudanhyo-${shown.reference}.${kind === "pdf" ? "pdf" : "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

async function remove() {
  $("sure").close();
  const answer = await call("DELETE", "");
  if (!answer) return;
  closeSheet();
  $("open").hidden = true;
  $("receipt-detail").textContent = answer.content.detail;
  const labels = { month: "作られた月", desk: "窓口", office: "窓口の場所", topic: "話題", channel: "入口", state: "状態", outcome: "結果" };
  $("receipt-kept").replaceChildren(...Object.entries(labels).map(([name, label]) => {
    const row = el("div");
    row.append(el("dt", "", label), el("dd", "", answer.content.kept[name] ?? "なし"));
    return row;
  }));
  $("receipt").hidden = false;
  $("receipt-title").focus();
}

$("open").addEventListener("submit", open);
$("edit").addEventListener("submit", save);
$("write").addEventListener("submit", write);
$("edit-open").addEventListener("click", openEdit);
$("edit-close").addEventListener("click", closeEdit);
$("hand-over").addEventListener("click", handOver);
$("save-pdf").addEventListener("click", () => download("pdf", "application/pdf"));
$("save-text").addEventListener("click", () => download("text", "text/plain;charset=utf-8"));
$("leave").addEventListener("click", () => { closeSheet(); tell(""); $("reference").focus(); });
$("delete-open").addEventListener("click", () => $("sure").showModal());
$("delete-no").addEventListener("click", () => $("sure").close());
$("delete-yes").addEventListener("click", remove);

const named = () => { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } };
addEventListener("hashchange", () => { closeSheet(); tell(""); $("reference").value = named(); });
$("reference").value = named();
const before = kept();
if (before && (!location.hash || before.reference === typed($("reference").value, "").reference)) {
  $("reference").value = before.reference;
  $("code").value = before.code;
  open();
}
