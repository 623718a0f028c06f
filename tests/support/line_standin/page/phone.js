"use strict";
const thread = document.getElementById("thread");
const quick = document.getElementById("quick");
const notice = document.getElementById("notice");
const field = document.getElementById("text");
let seen = 0;
let mine = [];

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

async function happens(what) {
  const answer = await fetch("/phone/happens", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });
  const body = await answer.json();
  document.getElementById("state").textContent =
    body.status === 200 ? "届きました" : "製品がまだ開いていません（" + body.status + "）";
  await look();
}

function act(action) {
  if (action.type === "message") return happens({ kind: "text", text: action.text });
  if (action.type === "uri") return window.open(action.uri, "_blank", "noopener");
  if (action.type === "location") return askPlace();
  if (action.type === "datetimepicker") {
    const day = window.prompt("日付（例：2026-09-01）", "2026-09-01");
    return day && happens({ kind: "postback", data: action.data, params: { date: day }, shown: day });
  }
  return happens({ kind: "postback", data: action.data, shown: action.displayText });
}

function askPlace() {
  const address = window.prompt("住所（見本）", "〒430-0929 静岡県浜松市中央区");
  if (address) happens({ kind: "location", address });
}

function takeBack() {
  const last = mine.pop();
  if (!last) return undefined;
  last.item.textContent = "送信を取り消しました";
  return happens({ kind: "unsend", id: last.id });
}

function drawFlex(node, into) {
  if (node.type === "text") {
    into.append(make("p", (node.weight === "bold" ? "bold " : "") + (node.size || ""), node.text));
  } else if (node.type === "button") {
    const button = make("button", "", node.action.label);
    button.type = "button";
    button.addEventListener("click", () => act(node.action));
    into.append(button);
  } else if (node.type === "separator") {
    into.append(make("hr"));
  } else if (node.contents) {
    let inside = into;
    if (node.action) {
      inside = make("button");
      inside.type = "button";
      inside.addEventListener("click", () => act(node.action));
      into.append(inside);
    }
    node.contents.forEach((child) => drawFlex(child, inside));
  }
}

function drawBubble(bubble) {
  const box = make("div", "bubble");
  if (bubble.body) drawFlex(bubble.body, box);
  if (bubble.footer) drawFlex(bubble.footer, box);
  return box;
}

function draw(shown) {
  const item = make("li");
  const message = shown.message;
  if (shown.by === "user") {
    item.className = "mine";
    item.textContent = message.text || "";
    if (message.id) mine.push({ id: message.id, item });
  } else {
    if (message.sender) item.append(make("div", "who", message.sender.name));
    if (message.type === "text") item.append(make("div", "text", message.text));
    if (message.type === "flex") {
      const all = message.contents.type === "carousel" ? message.contents.contents : [message.contents];
      const row = make("div", "row");
      row.tabIndex = 0;
      all.forEach((bubble) => row.append(drawBubble(bubble)));
      item.append(row);
    }
    notice.hidden = false;
    notice.textContent = "通知：" + shown.notified.slice(0, 60);
  }
  thread.append(item);
  quick.replaceChildren();
  (message.quickReply ? message.quickReply.items : []).forEach(({ action }) => {
    const button = make("button", "", action.label);
    button.type = "button";
    button.addEventListener("click", () => act(action));
    quick.append(button);
  });
}

async function look() {
  const answer = await fetch("/phone/messages?after=" + seen);
  const body = await answer.json();
  document.getElementById("used").textContent = body.used;
  if (!body.messages.length) return;
  seen += body.messages.length;
  body.messages.forEach(draw);
  thread.scrollTop = thread.scrollHeight;
}

async function drawMenu() {
  const menu = await (await fetch("/phone/menu")).json();
  if (!menu.areas) return;
  const box = document.getElementById("menu");
  const picture = make("img");
  picture.src = "/phone/menu.png";
  picture.alt = menu.name;
  box.append(picture);
  menu.areas.forEach(({ bounds, action }) => {
    const button = make("button", "", action.label);
    button.type = "button";
    button.style.left = (bounds.x / menu.size.width) * 100 + "%";
    button.style.top = (bounds.y / menu.size.height) * 100 + "%";
    button.style.width = (bounds.width / menu.size.width) * 100 + "%";
    button.style.height = (bounds.height / menu.size.height) * 100 + "%";
    button.addEventListener("click", () => act(action));
    box.append(button);
  });
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  happens({ kind: "text", text });
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("form").requestSubmit();
  }
});
document.querySelectorAll("[data-kind]").forEach((button) => {
  button.addEventListener("click", () => {
    const kind = button.dataset.kind;
    if (kind === "location") return askPlace();
    if (kind === "unsend") return takeBack();
    return happens({ kind });
  });
});
drawMenu();
look();
setInterval(look, 800);
document.getElementById("state").textContent = "見本";
