/* Search, choose, write, book. Every step says where it went; the focus follows. */
import { $, MODES, PROFESSIONS, call, h, kindName, reveal, rows, saveCalendar, showDays, startOf, timeOf, told, whenOf } from "./shared.js";

const state = { query: null, next: null, slot: null, hold: null, first: null };
const FIELDS = {
  "contact.name": "name", "contact.company": "company", "contact.prefecture": "prefecture", "contact.email": "email",
  "contact.phone": "phone", topic: "subject", summary: "summary", consent: "consent",
};

function say(text) { $("state").textContent = text; }

function problem(id, text) {
  const error = $(`${id}-error`);
  error.textContent = text || "";
  error.hidden = !text;
  if (text) $(id).setAttribute("aria-invalid", "true"); else $(id).removeAttribute("aria-invalid");
}

function kind() { return document.querySelector("input[name=kind]:checked").value; }

function query() {
  const found = new URLSearchParams({ kind: kind(), prefecture: $("prefecture").value });
  if ($("mode").value) found.set("mode", $("mode").value);
  if ($("topic").value && kind() === "expert") found.set("topics", $("topic").value);
  if ($("from").value) found.set("from", $("from").value);
  return found;
}

async function search(event) {
  event?.preventDefault();
  problem("prefecture", $("prefecture").value ? "" : "会社のある都道府県を選んでください。");
  if (!$("prefecture").value) return $("prefecture").focus();
  await giveUp();
  $("details").hidden = $("done").hidden = true;
  state.query = query();
  say("空いている時間を探しています…");
  const answer = await call("GET", `/sessions/slots?${state.query}`);
  if (answer.status !== 200) {
    problem("from", (answer.body.fields || []).find((f) => f.field === "from")?.reason);
    return say(answer.body.detail);
  }
  state.first = answer.body.slots[0]?.starts_at.slice(0, 10) || $("from").value || new Date().toISOString().slice(0, 10);
  list(answer.body);
  say("");
  reveal("times", "times-title");
}

function list(found, { add = false } = {}) {
  if (!add) $("notice").replaceChildren();
  showDays($("days"), found.slots, choose, { add });
  if (!add && !found.slots.length) {
    $("notice").append(h("p", {}, "この条件で空いている時間は見つかりませんでした。方法や日を変えてお探しください。下で空きを待つこともできます。"));
  }
  state.next = found.next_from;
  $("more").hidden = !state.next;
}

async function more() {
  const next = new URLSearchParams(state.query);
  next.set("from", state.next);
  say("続きを探しています…");
  const answer = await call("GET", `/sessions/slots?${next}`);
  if (answer.status !== 200) return say(answer.body.detail);
  const before = $("days").children.length;
  list(answer.body, { add: true });
  say(answer.body.slots.length ? "" : "この期間に空いている時間はありませんでした。");
  $("days").children[before]?.querySelector("h3").focus();
}

async function giveUp() {
  if (!state.hold || !state.slot) return;
  const { slot, hold } = state;
  state.hold = state.slot = null;
  await call("DELETE", `/sessions/slots/${slot.id}/hold`, { bearer: hold });
}

async function choose(slot) {
  await giveUp();
  say("この時間をお取りしています…");
  const answer = await call("POST", `/sessions/slots/${slot.id}/hold`);
  say("");
  if (answer.status !== 201) return lost(answer);
  Object.assign(state, { slot, hold: answer.body.hold });
  write(`${timeOf(answer.body.expires_at)}まで、この時間をお取りしています。`);
}

function write(kept) {
  const { slot } = state;
  $("chosen").replaceChildren(
    h("p", {}, h("strong", {}, whenOf(slot)), `　${[kindName(slot.kind), MODES[slot.mode], PROFESSIONS[slot.profession]].filter(Boolean).join("・")}`),
    h("p", {}, slot.place),
    slot.kind === "expert" ? h("p", {}, "これは希望の申し込みです。窓口の職員がお話を伺い、専門家の活用が必要かを確かめてから、ご連絡します。") : null,
    h("p", { id: "kept" }, kept));
  $("send").textContent = slot.kind === "expert" ? "この内容で希望を送る" : "この内容で予約する";
  if (!$("subject").value) $("subject").value = $("topic").value;
  reveal("details", "details-title");
}

/* The chosen time is gone: say so and show what is free now. */
async function lost(answer) {
  $("details").hidden = true;
  state.hold = state.slot = null;
  const others = answer.body.alternatives;
  if (others) {
    list({ slots: others, next_from: null });
  } else {
    const found = await call("GET", `/sessions/slots?${state.query}`);
    if (found.status === 200) list(found.body);
  }
  const desk = answer.body.desk;
  $("notice").replaceChildren(told(answer.body.detail, desk ? `${desk.name}（${desk.office}）` : null));
  reveal("times", "times-title");
}

function body() {
  const value = (id) => $(id).value.trim();
  return {
    slot_id: state.slot.id,
    hold: state.hold,
    contact: {
      name: value("name"), company: value("company"), prefecture: $("prefecture").value,
      email: value("email") || null, phone: value("phone") || null,
    },
    topic: $("subject").value,
    summary: value("summary"),
    consent: $("consent").checked,
  };
}

function showProblems(fields, detail) {
  for (const id of Object.values(FIELDS)) problem(id, "");
  const known = fields.filter((f) => FIELDS[f.field]);
  for (const { field, reason } of known) problem(FIELDS[field], reason);
  const links = known.map(({ field, reason }) => h("li", {}, h("a", { href: `#${FIELDS[field]}` }, reason)));
  $("problems").replaceChildren(h("h3", {}, detail), h("ul", {}, ...links));
  $("problems").hidden = !detail;
  if (detail) $("problems").focus();
}

async function book(event) {
  event.preventDefault();
  $("send").disabled = true;
  showProblems([], "");
  say("予約しています…");
  const answer = await call("POST", "/bookings", { body: body() });
  $("send").disabled = false;
  say("");
  if (answer.status === 201) return done(answer.body);
  if (answer.status === 409 || answer.status === 403) return lost(answer);
  showProblems(answer.body.fields || [], answer.body.detail);
}

function done(booked) {
  const asked = booked.status === "requested";
  const { slot } = state;
  state.hold = state.slot = null;
  $("search").hidden = $("times").hidden = $("details").hidden = true;
  $("done-title").textContent = asked ? "ご希望を受け付けました（まだ決まりではありません）" : "予約しました";
  const local = `/booking#${booked.reference}.${booked.code}`;
  $("receipt").replaceChildren(
    rows([["日時", slot.ends_at ? whenOf(slot) : startOf(booked)], ["方法", MODES[slot.mode]], ["場所", slot.place], ["予約番号", booked.reference]]),
    h("p", {}, "お持ちいただくもの：届いた書類、会社や商品の分かるもの（公表しているもの）、聞きたいことのメモ"),
    h("p", {}, h("a", { href: local }, "予約の確認・変更・取り消し"), "（このページの住所は、予約の鍵です。ほかの方に渡さないでください。）"),
    asked ? null : h("p.act", {}, h("button.quiet", { type: "button", onclick: () => save(booked) }, "予定表に入れる（ファイル）")));
  reveal("done", "done-title");
}

async function save(booked) {
  if (!(await saveCalendar(booked.reference, booked.code))) say("予定表のファイルを受け取れませんでした。もう一度お試しください。");
}

async function wait(event) {
  event.preventDefault();
  const last = new Date(state.first);
  last.setDate(last.getDate() + 60);
  const answer = await call("POST", "/sessions/waiting", {
    body: {
      kind: kind(), prefecture: $("prefecture").value, from: state.first, to: last.toISOString().slice(0, 10),
      email: $("wait-email").value.trim(), consent: $("wait-consent").checked,
    },
  });
  const reason = (name) => (answer.body.fields || []).find((f) => f.field === name)?.reason;
  problem("wait-email", reason("email"));
  problem("wait-consent", reason("consent"));
  if (answer.status !== 201) return $("wait").querySelector("[aria-invalid=true]")?.focus() ?? say(answer.body.detail);
  $("wait").replaceChildren(h("p", { role: "status", tabindex: "-1" }, "空き待ちを受け付けました。空きが出たら、お待ちの順にメールでお知らせします。"));
  $("wait").firstChild.focus();
}

/* From the mail of the waiting list: the slot is kept under a hold that came with it. */
function fromWaiting() {
  const [slotId, hold] = location.hash.slice(1).split(".");
  if (!hold) return;
  history.replaceState(null, "", location.pathname);
  Object.assign(state, { hold, slot: { id: slotId, kind: "meeting", place: "" } });
  $("chosen").replaceChildren(h("p", {}, "お待ちいただいた時間をお取りしています。会社のある都道府県も上で選んでください。"));
  reveal("details", "details-title");
}

$("search").addEventListener("submit", search);
$("booking").addEventListener("submit", book);
$("wait").addEventListener("submit", wait);
$("more").addEventListener("click", more);
$("back").addEventListener("click", async () => { await giveUp(); await search(); });
window.addEventListener("pagehide", () => {
  if (state.hold && state.slot) fetch(`/api/v1/sessions/slots/${state.slot.id}/hold`, { method: "DELETE", keepalive: true, headers: { Authorization: `Bearer ${state.hold}` } });
});
fromWaiting();
