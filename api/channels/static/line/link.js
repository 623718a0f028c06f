/* The page of the account link: proves number and code to us, then goes on to LINE with a one-time number.
   Number and code travel in a body and a header, never in an address, and are not kept. */
import { typed } from "/case/key.js";

const $ = (id) => document.getElementById(id);
const W = {
  over: "このページは、LINEのトークの「つなぐページを開く」から開いてください。",
  refused: "受付番号かコードがちがいます。もう一度お確かめください。",
  late: "続けて何度もちがったため、しばらく受け付けません。1時間ほどたってから、お試しください。",
  down: "いまはつながりません。少し待ってから、もう一度お試しください。",
  empty: "受付番号とコードを入れてください。",
};
const token = new URLSearchParams(location.search).get("linkToken") ?? "";
let busy = false;

const tell = (text) => { $("told").textContent = text ?? ""; $("told").hidden = !text; };

async function prove({ reference, code }) {
  try {
    const response = await fetch("/line/link", {
      method: "POST",
      headers: { Authorization: `Bearer ${code}`, "Content-Type": "application/json" },
      body: JSON.stringify({ reference, link_token: token }),
      cache: "no-store",
    });
    return { status: response.status, content: await response.json().catch(() => null) };
  } catch {
    return { status: 0, content: null };
  }
}

function mark(wrong) {
  for (const id of ["reference", "code"]) {
    if (wrong.includes(id)) $(id).setAttribute("aria-invalid", "true");
    else $(id).removeAttribute("aria-invalid");
  }
  if (wrong.length) $(wrong[0]).focus();
}

function why(status) {
  if (status === 404 || status === 401) return W.refused;
  if (status === 429) return W.late;
  return status === 422 ? W.over : W.down;
}

$("link").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  const key = typed($("reference").value, $("code").value);
  const empty = ["reference", "code"].filter((id) => !key[id]);
  mark(empty);
  tell(empty.length ? W.empty : "");
  if (empty.length) return;
  busy = true;
  const { status, content } = await prove(key);
  busy = false;
  if (status === 200) location.assign(content.url);
  else {
    tell(why(status));
    mark(status === 404 ? ["reference", "code"] : []);
  }
});

if (token) $("link").hidden = false;
else tell(W.over);
