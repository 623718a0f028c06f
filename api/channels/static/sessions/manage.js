/* One booking: shown, moved, cancelled. The key stands behind # and leaves only as a header. */
import { $, MODES, PROFESSIONS, call, h, kindName, reveal, rows, saveCalendar, showDays, told, whenOf } from "./shared.js";

const [reference, code] = decodeURIComponent(location.hash.slice(1)).split(".");
const path = `/bookings/${encodeURIComponent(reference || "-")}`;
const STATUS = {
  requested: "希望を受け付けました（まだ決まりではありません）", confirmed: "予約が決まっています", cancelled: "取り消しました",
  declined: "今回は手配しないことになりました", lapsed: "手配ができませんでした", done: "終わりました", no_show: "いらっしゃいませんでした",
};
let booking = null;
let next = null;

const say = (text) => { $("state").textContent = text; };

function show(found) {
  booking = found;
  $("receipt").replaceChildren(
    rows([
      ["状態", STATUS[found.status]], ["日時", whenOf(found)], ["相談のしかた", kindName(found.kind)], ["方法", MODES[found.mode]],
      ["場所", found.place], ["窓口", found.office], ["専門家", PROFESSIONS[found.profession]], ["お名前", found.contact.name],
      ["会社名", found.contact.company], ["予約番号", reference],
    ]),
    h("p", {}, "お持ちいただくもの"), h("ul", {}, ...found.bring.map((item) => h("li", {}, item))));
  $("move").hidden = !found.may_move;
  $("cancel").hidden = !found.may_cancel;
  $("calendar").hidden = !["confirmed", "cancelled"].includes(found.status);
  $("sure").hidden = $("times").hidden = true;
  $("card").hidden = false;
}

async function load() {
  say("予約を開いています…");
  const answer = await call("GET", path, { bearer: code || "-" });
  if (answer.status !== 200) {
    return say(answer.status === 404 ? "予約が見つかりませんでした。メールにあるアドレスを、もう一度開いてください。" : answer.body.detail);
  }
  say("");
  show(answer.body);
}

async function times(from) {
  const query = new URLSearchParams({ kind: booking.kind, prefecture: booking.contact.prefecture });
  if (booking.kind === "expert") {
    if (booking.profession) query.set("profession", booking.profession);
  }
  if (from) query.set("from", from);
  const answer = await call("GET", `/sessions/slots?${query}`);
  if (answer.status !== 200) return say(answer.body.detail);
  const before = $("days").children.length;
  showDays($("days"), answer.body.slots, move, { add: Boolean(from) });
  if (!from) $("notice").replaceChildren(answer.body.slots.length ? "" : h("p", {}, "いま変えられる時間がありません。"));
  next = answer.body.next_from;
  $("more").hidden = !next;
  if (from) $("days").children[before]?.querySelector("h3").focus(); else reveal("times", "times-title");
}

async function move(slot) {
  say("日時を変えています…");
  const answer = await call("PATCH", path, { body: { slot_id: slot.id }, bearer: code });
  say("");
  if (answer.status === 200) {
    show(answer.body);
    say("日時を変えました。");
    return $("card-title").focus();
  }
  const others = answer.body.alternatives;
  if (others) showDays($("days"), others, move);
  $("notice").replaceChildren(told((answer.body.fields || [])[0]?.reason || answer.body.detail));
  $("times-title").focus();
}

async function cancel() {
  const answer = await call("DELETE", path, { bearer: code });
  if (answer.status !== 200) {
    $("sure").hidden = true;
    return say(answer.body.detail);
  }
  show(answer.body);
  say("予約を取り消しました。");
  $("card-title").focus();
}

$("move").addEventListener("click", () => times());
$("more").addEventListener("click", () => times(next));
$("cancel").addEventListener("click", () => {
  $("sure-text").textContent = `${whenOf(booking)}の予約を取り消しますか。`;
  $("sure").hidden = false;
  $("yes").focus();
});
$("yes").addEventListener("click", cancel);
$("no").addEventListener("click", () => { $("sure").hidden = true; $("cancel").focus(); });
$("calendar").addEventListener("click", async () => {
  if (!(await saveCalendar(reference, code))) say("予定表のファイルを受け取れませんでした。もう一度お試しください。");
});
window.addEventListener("hashchange", () => location.reload());
load();
