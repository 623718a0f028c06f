/* Madoguchi chat: <script src="/widget.js" defer></script> adds <madoguchi-chat> to the page.
   Attributes of the script or of the element: data-api (another origin), data-prefecture, data-title.
   Any element with data-madoguchi-open opens the panel; data-madoguchi-text puts a first sentence into the field.
   It shows what the server says and keeps what was not sent yet; it never decides anything about a case. */
(() => {
  "use strict";
  const TAG = "madoguchi-chat";
  if (customElements.get(TAG)) return;
  const defaults = { ...document.currentScript?.dataset };

  const LIMIT = 5000; // characters, the server's own limit
  const NEAR = 4500; // from here on the counter shows
  const QUIET = 60000; // ms without a byte (the server pings more often): the stream is dead
  const W = {
    title: "知財相談チャット", launch: ["チャットで", "相談する"], close: "閉じる", send: "送信",
    log: "相談のやりとり", field: "ご相談の内容", typeHere: "困りごとを書く",
    hint: "発明の中身・図面・配合・顧客名は書かずに、「何について困っているか」だけお書きください。",
    keys: "Enterで送信、Shift＋Enterで改行します。",
    over: "最初から", human: "職員と話す", save: "記録を保存",
    overText: "最初からやり直す", humanText: "職員と話したい",
    speaker: "お話し相手", newer: "新しいメッセージを見る", tools: "チャットの操作",
    down: "接続が切れました。つなぎ直しています…", up: "つながりました",
    sending: "送信中", waiting: "順番を待っています", failed: "送れませんでした", retry: "もう一度送る", edit: "直して書き直す",
    refused: "この内容は受け付けられませんでした。書き直してお試しください。",
    closed: "いまは相談を始められません。時間をおいて、もう一度開いてください。",
    renewed: "前回の相談は、保存の期間が過ぎたなどの理由で続けられませんでした。新しい相談を始めます。前と同じことでも、気がねなくお書きください。",
    withheld: "（内容は保存していません）", lost: "安全のため、お書きになった内容はここに残していません。お手数ですが、もう一度お書きください。",
    feedback: "この回答で解決しましたか", chosen: "（選んだもの）", source: "出典", unconfirmed: "要確認",
    sheet: ["項目", "全額", "支払う額"], lines: "内訳",
    newTab: "（別のタブで開きます）", cut: "5,000字を超えた分は入りませんでした。分けてお送りください。",
    mail: "メールアドレス", phone: "電話番号", when: "都合のよい時間（なくてもよい）", leave: "この連絡先で頼む", ahead: (n) => (n > 1 ? `あなたの前に${n - 1}人います` : "次があなたの番です"),
    shut: (at) => `受付時間外です。次に開くのは${at}です`,
    left: (n) => `あと${n}字`, unread: (n) => `新しいメッセージが${n}件あります`, typing: (who) => `${who}が入力しています…`,
  };
  const JAPAN = { timeZone: "Asia/Tokyo" };
  const WHO = { visitor: "あなた", bot: "自動応答", staff: "職員", system: "システム" };
  const OWNER = { bot: "自動応答", staff: "職員", queue: "職員におつなぎしています" };
  const KIND = { desk: "窓口", programme: "支援制度", article: "解説", deadline: "期限", case: "相談票" };

  /* ---------- small helpers ---------- */
  const h = (tag, props = {}, ...children) => {
    const [name, ...classes] = tag.split(".");
    const el = document.createElement(name || "div");
    if (classes.length) el.className = classes.join(" ");
    for (const [key, value] of Object.entries(props)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
      else el.setAttribute(key, value === true ? "" : value);
    }
    el.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return el;
  };
  const icon = (...paths) => {
    const make = (name, attributes) => {
      const el = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
      return el;
    };
    const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" });
    svg.append(...paths.map((d) => make("path", { d })));
    return svg;
  };
  const box = (kind) => {
    try {
      window[kind].setItem("madoguchi.try", "1");
      window[kind].removeItem("madoguchi.try");
      return window[kind];
    } catch { // storage is forbidden here: remember until the page goes
      const memory = new Map();
      return { getItem: (k) => memory.get(k) ?? null, setItem: (k, v) => memory.set(k, v), removeItem: (k) => memory.delete(k) };
    }
  };
  const parse = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  };
  const retryAfter = (response) => {
    const value = response.headers.get("Retry-After");
    if (!value) return 0;
    const ms = Number.isFinite(Number(value)) ? Number(value) * 1000 : Date.parse(value) - Date.now();
    return Math.min(Math.max(ms || 0, 0), 300000);
  };
  const backoff = (tries) => Math.min(500 * 2 ** tries, 10000) * (0.9 + Math.random() * 0.1);
  const safeUrl = (url, base) => {
    try {
      const parsed = new URL(url, base);
      return /^(https?|tel|mailto):$/.test(parsed.protocol) ? parsed.href : null;
    } catch { return null; }
  };
  const link = (label, url, base) => {
    const href = safeUrl(url, base);
    if (!href) return h("span", {}, label);
    if (!href.startsWith("http")) return h("a", { href }, label);
    return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label, h("span.vh", {}, W.newTab));
  };
  /* Text stays text: line breaks by CSS, addresses become links only if they parse as http(s). */
  const prose = (text) => {
    const out = h("p.text");
    let at = 0;
    for (const found of String(text ?? "").matchAll(/https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g)) {
      const url = found[0].replace(/[.,;:!?)\]']+$/, "");
      out.append(text.slice(at, found.index), link(url, url, location.href));
      at = found.index + url.length;
    }
    out.append(String(text ?? "").slice(at));
    return out;
  };
  const clockTime = (iso) => {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return "";
    const time = at.toLocaleTimeString("ja-JP", { ...JAPAN, hour: "2-digit", minute: "2-digit" });
    const day = (date) => date.toLocaleDateString("ja-JP", { ...JAPAN, month: "long", day: "numeric" });
    return day(at) === day(new Date()) ? time : `${day(at)} ${time}`;
  };
  const asOf = (value) => {
    const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value ?? "");
    return day ? `${day[1]}年${Number(day[2])}月${Number(day[3])}日時点` : value;
  };

  /* ---------- server-sent events over fetch ---------- */
  async function readEvents(body, onBytes, onEvent) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let event = {};
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      onBytes();
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (event.data !== undefined) onEvent(event);
          event = {};
        } else if (line[0] !== ":") {
          const colon = line.indexOf(":");
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
          if (field === "data") event.data = event.data === undefined ? text : `${event.data}\n${text}`;
          else if (field === "event" || field === "id") event[field] = text;
        }
      }
    }
  }

  /* ---------- one conversation as this tab sees it; knows the network, not the page ---------- */
  class Conversation {
    constructor(api, prefecture, on) {
      Object.assign(this, { api, prefecture, on, owner: "bot", speaker: "", banner: null, up: null, messages: new Map() });
      this.local = box("localStorage");
      this.session = box("sessionStorage");
      this.key = `madoguchi:${api}`;
      this.queue = (parse(this.session.getItem(`${this.key}:queue`)) ?? []).filter((item) => item?.cid);
      this.shared = "locks" in navigator && "BroadcastChannel" in window;
      this.withheld = null; // the last text the server did not keep: in memory only
      this.stored = (event) => {
        if (event.key === this.key && event.newValue && this.id && parse(event.newValue)?.id !== this.id) this.move(parse(event.newValue));
      };
      this.online = () => { this.wakeStream?.(); this.wakePost?.(); };
      this.shown = () => {
        if (document.visibilityState !== "visible") return;
        if (this.leader && Date.now() - this.heard > QUIET) this.cut?.();
        else this.ask();
      };
    }

    known() {
      const known = parse(this.local.getItem(this.key));
      return known?.id && known.token ? known : null;
    }

    async start() {
      if (this.running) return;
      this.running = new AbortController();
      addEventListener("storage", this.stored);
      addEventListener("online", this.online);
      document.addEventListener("visibilitychange", this.shown);
      for (const item of this.queue) this.on.item(item, "waiting");
      if (!this.id) await this.obtain(null);
      else this.join();
      this.flush();
    }

    stop() {
      removeEventListener("storage", this.stored);
      removeEventListener("online", this.online);
      document.removeEventListener("visibilitychange", this.shown);
      clearInterval(this.placing);
      this.leave();
      this.running?.abort();
      this.running = null;
    }

    /* Find the conversation all tabs share, or begin one. `bad` is an id the server no longer knows. */
    async obtain(bad) {
      const running = this.running;
      const once = async () => {
        const known = this.known();
        return known && known.id !== bad ? known : this.create(running);
      };
      const found = this.shared ? await navigator.locks.request(`${this.key}:create`, once) : await once();
      if (found && running === this.running && !running.signal.aborted) this.adopt(found);
    }

    async create(running) {
      for (let tries = 0; !running.signal.aborted; tries += 1) {
        let wait = 0;
        try {
          const body = { channel: "web", ...(this.prefecture ? { prefecture: this.prefecture } : {}) };
          const response = await this.call("POST", "/conversations", body);
          if (response.ok) {
            const data = await response.json();
            this.local.setItem(this.key, JSON.stringify({ id: data.id, token: data.token }));
            return data;
          }
          if (response.status < 500 && response.status !== 429) {
            this.on.status("closed", parse(await response.text())?.detail);
            this.running = null; // opening the panel again tries again
            for (const item of this.queue) this.on.item(item, "failed");
            return null;
          }
          wait = retryAfter(response);
        } catch { /* no network: try again below */ }
        this.status(false);
        await this.sleep(Math.max(wait, backoff(tries)), "wakeStream");
      }
      return null;
    }

    adopt({ id, token, owner, messages }) {
      Object.assign(this, { id, token });
      this.cursor = undefined; // highest seq this tab has without a gap
      if (messages) {
        for (const message of messages) this.receive(message);
        this.cursor = Math.max(0, ...messages.map((message) => message.seq));
      }
      if (owner) this.own(owner);
      this.join();
    }

    /* Another tab has begun a new conversation: follow it. */
    move(known) {
      if (!known?.id || !this.running) return;
      this.leave();
      this.forget();
      this.adopt(known);
      this.flush();
    }

    forget() {
      this.messages.clear();
      this.withheld = null;
      this.queue = this.queue.filter((item) => !item.choice);
      this.save();
      this.id = null;
      clearInterval(this.placing);
      this.owner = "bot";
      this.speaker = "";
      this.on.owner("bot");
      this.on.reset();
      for (const item of this.queue) this.on.item(item, "waiting");
    }

    async renew(bad) {
      if (this.id !== bad || !this.running) return;
      this.leave();
      this.forget();
      if (Date.now() - (this.renewed ?? 0) < 10000) await this.sleep(10000, "wakeStream");
      this.renewed = Date.now();
      await this.obtain(bad);
      this.flush();
    }

    call(method, path, body, more = {}) {
      const headers = { Accept: "application/json", ...more.headers };
      if (body) headers["Content-Type"] = "application/json";
      if (path !== "/conversations") headers.Authorization = `Bearer ${this.token}`;
      const timer = new AbortController();
      const timeout = more.signal ? 0 : setTimeout(() => timer.abort(), 30000);
      return fetch(`${this.api}/api/v1${path}`, {
        method, headers, cache: "no-store", body: body && JSON.stringify(body), signal: more.signal ?? timer.signal,
      }).finally(() => clearTimeout(timeout));
    }

    sleep(ms, name) {
      const ended = this.running?.signal;
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          ended?.removeEventListener("abort", wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        ended?.addEventListener("abort", wake);
        this[name] = wake;
      });
    }

    /* ----- receiving: one tab holds the stream, the others listen to it ----- */
    join() {
      this.leave();
      const stay = new AbortController();
      this.stay = stay;
      if (!this.shared) {
        this.leader = true;
        this.listen(stay.signal);
        return;
      }
      this.channel = new BroadcastChannel(`${this.key}:${this.id}`);
      this.channel.onmessage = ({ data }) => this.heardFromTab(data);
      this.compete(stay, false);
      this.ask();
      this.checking = setInterval(() => { if (document.visibilityState === "visible") this.ask(); }, 20000);
    }

    leave() {
      clearInterval(this.checking);
      clearTimeout(this.asking);
      this.stay?.abort();
      this.stay = null;
      this.channel?.close();
      this.channel = null;
      this.leader = false;
    }

    compete(stay, steal) {
      let lead = null;
      const hold = async () => {
        if (stay.signal.aborted) return;
        clearTimeout(this.asking);
        this.leader = true;
        lead = new AbortController();
        stay.signal.addEventListener("abort", () => lead.abort(), { once: true });
        await this.listen(lead.signal);
      };
      const options = steal ? { steal: true } : { signal: stay.signal };
      navigator.locks.request(`${this.key}:${this.id}:stream`, options, hold).catch(() => {
        lead?.abort();
        if (stay.signal.aborted) return;
        this.leader = false; // another tab took the stream because this one did not answer
        this.compete(stay, false);
      });
    }

    /* Ask the tab that holds the stream for what it has; a tab that stays silent loses the stream. */
    ask() {
      if (!this.channel || this.leader) return;
      this.channel.postMessage({ type: "ask", full: this.cursor === undefined });
      clearTimeout(this.asking);
      const stay = this.stay;
      this.asking = setTimeout(() => { if (!this.leader && stay === this.stay) this.compete(stay, true); }, 3000);
    }

    heardFromTab(data) {
      if (data.type === "ask") {
        if (!this.leader) return;
        const messages = data.full && this.cursor !== undefined ? [...this.messages.values()] : null;
        this.tell({ type: "state", messages, cursor: this.cursor, owner: this.owner, speaker: this.speaker, banner: this.banner, up: this.up });
        return;
      }
      clearTimeout(this.asking);
      if (data.type === "state") {
        if (data.messages && this.cursor === undefined) {
          for (const message of data.messages) this.receive(message);
          this.cursor = data.cursor;
        }
        this.own(data.owner, data.speaker);
        this.on.banner(data.banner);
        if (data.up !== null) this.status(data.up);
      } else if (data.type === "status") this.status(data.up);
      else this.handle(data);
    }

    tell(data) { this.channel?.postMessage(data); }

    handle(event) {
      if (event.type === "message") {
        this.receive(event.data);
        if (this.cursor !== undefined || this.leader) this.cursor = Math.max(this.cursor ?? 0, event.data.seq);
      } else if (event.type === "owner") this.own(event.data.owner, event.data.speaker ?? "");
      else if (event.type === "banner") this.on.banner(this.banner = event.data.text);
      else if (event.type === "typing") this.on.typing(event.data.author, event.data.on);
    }

    async listen(signal) {
      const id = this.id;
      for (let tries = 0; !signal.aborted; tries += 1) {
        const cut = new AbortController();
        const end = () => cut.abort();
        signal.addEventListener("abort", end, { once: true });
        this.cut = end;
        this.heard = Date.now();
        const watch = setInterval(() => { if (Date.now() - this.heard > QUIET) end(); }, 5000);
        let wait = 0;
        try {
          const headers = { Accept: "text/event-stream" };
          if (this.cursor !== undefined) headers["Last-Event-ID"] = String(this.cursor);
          const response = await this.call("GET", `/conversations/${encodeURIComponent(id)}/events`, null, { headers, signal: cut.signal });
          if (response.status === 401 || response.status === 404) {
            if (signal.aborted) return;
            this.renew(id);
            return;
          }
          wait = retryAfter(response);
          if (!response.ok || !/^text\/event-stream/.test(response.headers.get("Content-Type") ?? "")) throw new Error("no stream");
          this.status(true);
          this.tell({ type: "status", up: true });
          this.wakePost?.();
          await readEvents(response.body, () => { this.heard = Date.now(); tries = 0; }, (raw) => {
            const data = parse(raw.data);
            if (!data || signal.aborted) return;
            const event = { type: raw.event ?? "message", data };
            this.handle(event);
            this.tell(event);
          });
        } catch { /* reported below */ } finally { clearInterval(watch); }
        if (signal.aborted) return;
        clearTimeout(this.late); // a short break heals before anybody is told
        this.late = setTimeout(() => {
          if (signal.aborted) return;
          this.status(false);
          this.tell({ type: "status", up: false });
        }, tries ? 0 : 700);
        await this.sleep(Math.max(wait, backoff(tries)), "wakeStream");
      }
    }

    status(up) {
      if (up) clearTimeout(this.late);
      if (up === this.up) return;
      if (!(up && this.up === null)) this.on.status(up ? "up" : "down");
      this.up = up;
    }

    /* Who speaks, and for which office (said by the stream only). */
    own(owner, speaker) {
      if (!OWNER[owner] || (owner === this.owner && (speaker ?? this.speaker) === this.speaker)) return;
      this.speaker = speaker ?? (owner === this.owner ? this.speaker : "");
      this.owner = owner;
      this.on.owner(owner, this.speaker);
      clearInterval(this.placing);
      if (owner !== "queue") return;
      this.placing = setInterval(() => this.askStanding(), 20000);
      this.askStanding();
    }

    /* Where the visitor stands in the queue: asked while she waits and looks. */
    async askStanding() {
      if (document.visibilityState === "hidden" || this.owner !== "queue" || !this.id) return;
      try {
        const response = await this.call("GET", `/conversations/${encodeURIComponent(this.id)}/handoff`);
        if (response.ok && this.owner === "queue") this.on.standing(await response.json());
      } catch { /* asked again soon */ }
    }

    /* null: done, else what to tell the visitor. */
    async contact(contact) {
      try {
        const response = await this.call("POST", `/conversations/${encodeURIComponent(this.id)}/handoff`, { contact });
        if (response.ok) return null;
        const data = parse(await response.text());
        return data?.fields?.[0]?.reason ?? data?.detail ?? W.failed;
      } catch { return W.failed; }
    }

    /* Staff see that she writes; at most every three seconds, and only while a person is there. */
    writes() {
      if (this.owner === "bot" || !this.id || Date.now() - (this.wrote ?? 0) < 3000) return;
      this.wrote = Date.now();
      this.call("POST", `/conversations/${encodeURIComponent(this.id)}/typing`, { on: true }).catch(() => {});
    }

    receive(message) {
      if (!message?.id) return;
      const mine = message.client_message_id && this.queue.find((item) => item.cid === message.client_message_id);
      if (mine && message.withheld && mine.text) this.withheld = mine.text;
      this.messages.set(message.id, message);
      this.on.message(message);
    }

    /* ----- sending: in order, one at a time, the same id until the server has answered ----- */
    send(what) {
      const item = { cid: uuid(), at: new Date().toISOString(), ...what };
      this.queue.push(item);
      this.save();
      this.on.item(item, this.queue.length > 1 ? "waiting" : "sending");
      this.flush();
    }

    save() {
      if (this.queue.length) this.session.setItem(`${this.key}:queue`, JSON.stringify(this.queue));
      else this.session.removeItem(`${this.key}:queue`);
    }

    retry() {
      if (this.wakeByHand) this.wakeByHand();
      else this.start();
    }

    async flush() {
      if (this.flushing || !this.id || !this.running) return;
      this.flushing = true;
      let tries = 0;
      while (this.queue.length && this.id && this.running) {
        const item = this.queue[0];
        if (tries < 2) this.on.item(item, "sending");
        const wait = await this.post(item);
        if (wait === null) {
          tries = 0;
          this.queue = this.queue.filter((other) => other !== item);
          this.save();
          continue;
        }
        tries += 1;
        if (tries > 1 || wait > 2000) this.on.item(item, "failed");
        const rest = this.sleep(Math.max(wait, backoff(tries - 1)), "wakePost");
        const wake = this.wakePost;
        this.wakeByHand = () => { tries = 0; this.on.item(item, "sending"); wake(); };
        if (wait) this.wakePost = null; // the server named the time: only the visitor may be quicker
        await rest;
        this.wakeByHand = this.wakePost = null;
      }
      this.flushing = false;
    }

    /* null: settled, else ms the server asks us to wait before the next try (0: our own backoff). */
    async post(item) {
      const id = this.id;
      const body = { client_message_id: item.cid };
      if (item.choice) body.choice = item.choice;
      else body.text = item.text;
      if (item.keep) body.keep = true;
      this.on.busy(true);
      try {
        const response = await this.call("POST", `/conversations/${encodeURIComponent(id)}/messages`, body);
        if (response.status === 401 || response.status === 404) {
          await this.renew(id);
          return this.queue.includes(item) ? 1 : null;
        }
        if (response.status === 429 || response.status === 408 || response.status >= 500) return retryAfter(response);
        const data = parse(await response.text());
        if (!response.ok) {
          this.on.refused(item, data?.detail || W.refused);
          return null;
        }
        if (!data) return 0;
        if (id !== this.id) return null;
        for (const message of [data.message, ...(data.replies ?? [])]) this.receive(message);
        this.own(data.owner);
        return null;
      } catch { return 0; } finally { this.on.busy(false); }
    }
  }

  /* ---------- the look ---------- */
  const STYLE = `
:host{all:initial;font-size:medium;--key:#0017c1;--key2:#00118f;--on:#fff;--tint:#e8f1fe;--tint2:#c5d7fb;--bg:#fff;--page:#f8f8fb;--text:#1a1a1a;--soft:#595959;--line:#949494;--hair:#d8d8db;--bad:#b80000;--staff:#115a36;--staffbg:#e6f5ec;--warn:#6a3d00;--warnbg:#fff5cf;--ring:#000;--halo:#ffd43d;
font-family:"Noto Sans JP","Noto Sans CJK JP","Hiragino Sans","Hiragino Kaku Gothic ProN","BIZ UDPGothic","Yu Gothic Medium",Meiryo,system-ui,sans-serif;line-height:1.7;color-scheme:light dark;-webkit-text-size-adjust:100%}
@media(prefers-color-scheme:dark){:host{--key:#9db7f9;--key2:#c5d7fb;--on:#00084d;--tint:#1d2b55;--tint2:#2b3f7d;--bg:#1b1c20;--page:#131417;--text:#f2f2f2;--soft:#bdbdc2;--line:#85858c;--hair:#414249;--bad:#ff9d9d;--staff:#9bd9b3;--staffbg:#163324;--warn:#ffe08a;--warnbg:#3a2f0b;--ring:#ffd43d;--halo:#000}}
@media(prefers-contrast:more){:host{--soft:var(--text);--line:var(--text);--hair:var(--text)}}
*,*::before,*::after{box-sizing:border-box}
h2,h3,p,ul,dl,dd{margin:0;padding:0}ul{list-style:none}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
button,textarea{font:inherit;color:inherit;letter-spacing:inherit}
button{min-height:44px;min-width:44px;padding:6px 12px;border:1px solid var(--key);border-radius:8px;background:var(--bg);color:var(--key);font-weight:700;line-height:1.4;cursor:pointer}
button[aria-disabled=true]{border-color:var(--hair);color:var(--soft);font-weight:400;cursor:default}
@media(hover:hover){button:not([aria-disabled=true]):hover{background:var(--tint);color:var(--key2);text-decoration:underline}a:hover{text-decoration-thickness:3px}}
button:focus-visible,a:focus-visible,textarea:focus-visible,input:focus-visible,.log:focus-visible,h2:focus-visible{outline:4px solid var(--ring);outline-offset:2px;box-shadow:0 0 0 2px var(--halo);border-radius:8px}
a:focus-visible{border-radius:4px;background:#ffd43d;color:#00118f}
.log:focus-visible{outline-offset:-4px;box-shadow:none;border-radius:0}
a{color:var(--key);text-underline-offset:3px;overflow-wrap:anywhere}
svg{width:24px;height:24px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.launch{position:fixed;right:16px;bottom:16px;z-index:2147483000;display:flex;align-items:center;gap:8px;min-height:56px;padding:8px 20px;border:2px solid var(--bg);border-radius:28px;background:var(--key);color:var(--on);box-shadow:0 2px 10px rgb(0 0 0/.35)}
@media(hover:hover){.launch:not([aria-disabled=true]):hover{background:var(--key2);color:var(--on)}}
.launch:focus-visible{border-radius:28px}
.count{min-width:1.7em;padding:0 .4em;border-radius:1em;background:var(--bad);color:var(--bg);text-align:center}
dialog{position:fixed;inset:auto 16px 16px auto;z-index:2147483001;flex-direction:column;width:26.25em;max-width:calc(100vw - 32px);height:min(720px,calc(100vh - 32px));height:min(720px,calc(100dvh - 32px));max-height:none;margin:0;padding:0;overflow:hidden;border:1px solid var(--line);border-radius:12px;background:var(--page);color:var(--text);box-shadow:0 4px 24px rgb(0 0 0/.3)}
dialog[open]{display:flex}
dialog.full{inset:0;width:100%;max-width:none;height:var(--vh,100dvh);border:0;border-radius:0}
dialog::backdrop{background:var(--page)}
.head{display:flex;align-items:center;gap:8px;padding:8px 8px 8px 16px;background:var(--bg);border-top:4px solid var(--key)}
.head>div{flex:1;min-width:0}
h2{font-size:1.0625em;line-height:1.4}
.owner,.stands{font-size:.875em;color:var(--soft)}
.owner b{color:var(--key)}.owner.staff b{color:var(--staff)}.owner.queue b{color:var(--warn)}
.x{display:flex;align-items:center;gap:4px;padding:6px 10px;border-color:transparent}
.tools{display:flex;flex-wrap:wrap;gap:0 4px;padding:0 8px 4px;background:var(--bg);border-bottom:1px solid var(--hair)}
.tools button{padding:6px 8px;border-color:transparent;background:none;font-size:.875em;font-weight:400;text-decoration:underline;text-underline-offset:3px}
.state,.banner{font-size:.875em}
.state:not(:empty),.banner:not(:empty){padding:6px 16px;background:var(--warnbg);color:var(--warn);border-bottom:1px solid var(--warn)}
.log{position:relative;flex:1;min-height:0;overflow:auto;overscroll-behavior:contain;padding:16px}
.m{display:flex;flex-direction:column;align-items:flex-start;margin-bottom:16px;max-width:100%}
.who{font-size:.8125em;color:var(--soft)}.who b{color:var(--text)}.staff>.who b{color:var(--staff)}
.b{max-width:94%;margin-top:2px;padding:10px 14px;border:1px solid var(--hair);border-radius:4px 14px 14px 14px;background:var(--bg);overflow-wrap:anywhere}
.visitor{align-items:flex-end}.visitor .b{border-color:var(--tint2);border-radius:14px 4px 14px 14px;background:var(--tint)}
.staff .b{border-color:var(--staff);background:var(--staffbg)}
.system .b{border-style:dashed;border-color:var(--line);background:none}
.b>*+*{margin-top:10px}
.text{white-space:pre-wrap}.gone{color:var(--soft)}
.group{display:flex;flex-wrap:wrap;gap:8px}.group p{width:100%}
.group button{text-align:left}
.group .done{border-width:2px;border-color:var(--key);color:var(--text)}
.small{padding-top:8px;border-top:1px solid var(--hair);font-size:.875em;align-items:center}.small p{width:auto}
.card{padding:12px;border:1px solid var(--line);border-left:6px solid var(--key);border-radius:8px;background:var(--bg);color:var(--text)}
.card>*+*{margin-top:8px}
.kind{display:flex;flex-wrap:wrap;gap:8px;font-size:.8125em;color:var(--soft)}
h3{font-size:1em;line-height:1.5}
.badge{padding:0 8px;border:1px solid currentColor;border-radius:4px;font-weight:700;font-size:.8125em;white-space:nowrap;color:var(--key)}
.warn{color:var(--warn);background:var(--warnbg)}
dt{font-size:.8125em;color:var(--soft);font-weight:700}dd+dt{margin-top:6px}dd{white-space:pre-wrap}
.links li{padding:4px 0}.links a{display:inline-block;padding:6px 0;min-height:44px}
.amount{font-size:1.5em;font-weight:700;line-height:1.4}
.sheet table{width:100%;border-collapse:collapse;font-size:.875em}.sheet caption{text-align:left;font-weight:700}
.sheet th,.sheet td{padding:6px 4px;border-top:1px solid var(--hair);text-align:left;vertical-align:top;font-weight:400}.sheet td{text-align:right;white-space:nowrap}.sheet thead th{font-weight:700;white-space:nowrap}.sheet th .note{display:block}
.sheet ul{padding-left:1.2em;list-style:disc}.sheet ul.links{padding-left:0;list-style:none}.sheet summary{padding:8px 0;min-height:44px;font-weight:700;cursor:pointer}.sheet summary:focus-visible{outline:4px solid var(--ring,currentColor)}
.note,.src{font-size:.875em;color:var(--soft)}.src li+li{margin-top:6px}.src a{display:inline-block;padding:2px 0;min-height:24px}
.send{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:4px 8px;margin-top:4px;font-size:.8125em;color:var(--soft)}
.bad{color:var(--bad);font-weight:700}
.notice{margin-bottom:16px;padding:10px 14px;border:1px solid var(--line);border-left:6px solid var(--warn);border-radius:8px;background:var(--bg)}
.typing{padding:0 16px 4px;font-size:.8125em;color:var(--soft)}
.newer{position:absolute;left:50%;translate:-50% -52px;background:var(--key);color:var(--on);white-space:nowrap}
.foot{position:relative;padding:10px 16px 12px;background:var(--bg);border-top:1px solid var(--hair)}
.hint{margin-bottom:6px;font-size:.8125em;line-height:1.5;color:var(--soft)}
form{display:flex;gap:8px;align-items:flex-end}
textarea{flex:1;min-width:0;min-height:48px;max-height:9.5em;padding:9px 12px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);line-height:1.6;resize:none;field-sizing:content}
.contact{width:100%;flex-direction:column;align-items:stretch}.contact label{font-size:.875em;font-weight:700}
input{min-height:48px;padding:6px 12px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);font:inherit}
textarea::placeholder{color:var(--soft);opacity:1}
form button{min-height:48px;min-width:64px;background:var(--key);color:var(--on)}
@media(hover:hover){form button:not([aria-disabled=true]):hover{background:var(--key2);color:var(--on)}}
form button[aria-disabled=true]{background:var(--page);border-color:var(--line)}
.more{margin-top:8px;display:flex;justify-content:space-between;gap:8px;font-size:.8125em;color:var(--soft)}
@media(pointer:coarse){.keys{display:none}}
@media(max-height:27.5em){dialog.full{display:block;overflow:auto;scroll-padding-bottom:130px}dialog:not([open]){display:none}dialog.full .log{overflow:visible;min-height:40vh}dialog.full .foot{position:sticky;bottom:0;padding:6px 16px}dialog.full .keys,dialog.full .newer{display:none}}
@media(max-width:32.5em){.launch .long{position:absolute;clip-path:inset(50%)}}
@media(max-height:18.75em){.hint{position:absolute;clip-path:inset(50%)}}
@media(prefers-reduced-motion:no-preference){.m{animation:in .18s ease-out}@keyframes in{from{opacity:0;transform:translateY(6px)}}}
@media(forced-colors:active){.card,.notice{border-left-width:6px}button,.b,.badge{border:1px solid ButtonText}button[aria-disabled=true]{color:GrayText;border-color:GrayText}:is(button,a,textarea,.log,h2):focus-visible{outline-color:Highlight}}
@media print{:host{display:none}}
`;

  /* ---------- the element: shows one conversation ---------- */
  class MadoguchiChat extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" });
      this.entries = []; // {cid?, id?, seq, order, message?, item?, state, el}
      this.used = new Map(); // message id + group → chosen id
      this.unread = 0;
      this.order = 0;
    }

    setting(name) { return this.dataset[name] ?? defaults[name]; }

    connectedCallback() {
      if (!this.panel) this.build();
      const api = new URL(this.setting("api") || "/", location.href).href.replace(/\/+$/, "");
      this.base = api;
      this.line ??= new Conversation(api, this.setting("prefecture"), {
        message: (message) => this.put(message), item: (item, state) => this.pend(item, state),
        refused: (item, detail) => this.refuse(item, detail), owner: (owner, speaker) => this.owner(owner, speaker),
        standing: (stands) => this.standing(stands), banner: (text) => this.banner(text),
        typing: (author, on) => this.typing(author, on), status: (what, detail) => this.status(what, detail),
        reset: () => this.reset(), busy: (on) => { this.posting = on; this.showTyping(); },
      });
      this.session = this.line.session;
      this.onpage = (event) => this.pageClick(event);
      this.onhide = () => this.line.stop();
      this.onshow = (event) => { if (event.persisted && this.began) this.line.start(); };
      this.narrow = matchMedia("(max-width:32.5em),(max-height:32.5em)");
      this.onnarrow = () => { if (this.panel.open) this.lay(); };
      this.onview = () => this.style.setProperty("--vh", `${visualViewport.height}px`);
      document.addEventListener("click", this.onpage);
      addEventListener("pagehide", this.onhide);
      addEventListener("pageshow", this.onshow);
      this.narrow.addEventListener("change", this.onnarrow);
      window.visualViewport?.addEventListener("resize", this.onview);
      const before = this.session.getItem("madoguchi.panel"); // "open" or "closed" since this tab began
      if (before === "open") this.open({ quiet: true });
      else if (before) this.begin();
    }

    disconnectedCallback() {
      this.line.stop();
      document.removeEventListener("click", this.onpage);
      removeEventListener("pagehide", this.onhide);
      removeEventListener("pageshow", this.onshow);
      this.narrow.removeEventListener("change", this.onnarrow);
      window.visualViewport?.removeEventListener("resize", this.onview);
    }

    build() {
      const root = this.shadowRoot;
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
      } catch { root.append(h("style", {}, STYLE)); }
      const tool = (label, onclick) => h("button", { type: "button", onclick }, label);
      this.badge = h("span.count", { hidden: true, "aria-hidden": "true" });
      this.launcher = h("button.launch", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.open() },
        icon("M4 5h16v11H10l-5 4v-4H4z", "M8 9h8M8 12h5"), h("span", {}, h("span.long", {}, W.launch[0]), W.launch[1]), this.badge);
      this.news = h("div.vh", { role: "status" });
      this.heading = h("h2", { id: "title", tabindex: "-1" }, this.setting("title") || W.title);
      this.ownerLine = h("p.owner", { role: "status" });
      this.placeLine = h("p.stands", { role: "status", hidden: true });
      this.bannerLine = h("p.banner", { role: "status" });
      this.humanButton = tool(W.human, () => { if (this.line.owner === "bot") this.say(W.humanText); });
      this.state = h("p.state", { role: "status" });
      this.log = h("div.log", { role: "log", "aria-live": "polite", "aria-label": W.log, tabindex: "0" });
      this.typingLine = h("p.typing", { hidden: true });
      this.newer = h("button.newer", { type: "button", hidden: true, onclick: () => { this.toEnd(); this.field.focus(); } }, W.newer);
      this.field = h("textarea", { id: "field", rows: "1", maxlength: LIMIT, placeholder: W.typeHere, "aria-describedby": "hint",
        autocomplete: "off", enterkeyhint: "send", onkeydown: (event) => this.key(event), oninput: () => this.typed(), onpaste: (event) => this.pasted(event),
        oncompositionstart: () => { this.composing = true; }, oncompositionend: () => { this.composing = false; } });
      this.submit = h("button", { type: "submit", "aria-disabled": "true" }, W.send);
      this.counter = h("span", { role: "status" });
      this.panel = h("dialog", { lang: "ja", "aria-labelledby": "title", onkeydown: (event) => this.escape(event),
        oncancel: (event) => { event.preventDefault(); this.close(); } },
        h("div.head", {}, h("div", {}, this.heading, this.ownerLine, this.placeLine),
          h("button.x", { type: "button", onclick: () => this.close() }, icon("M6 6l12 12M18 6L6 18"), W.close)),
        h("div.tools", { role: "group", "aria-label": W.tools }, tool(W.over, () => this.say(W.overText)), this.humanButton, tool(W.save, () => this.download())),
        this.bannerLine, this.state, this.log, this.typingLine,
        h("div.foot", {}, this.newer, h("p.hint", { id: "hint" }, W.hint),
          h("form", { onsubmit: (event) => { event.preventDefault(); this.submitField(); } }, h("label.vh", { for: "field" }, W.field), this.field, this.submit),
          h("div.more", {}, h("span.keys", {}, W.keys), this.counter)));
      root.append(this.launcher, this.news, this.panel);
      this.owner("bot");
    }

    /* ----- opening and closing ----- */
    open({ text, from, quiet } = {}) {
      this.opener = from ?? this.launcher;
      const was = this.panel.open;
      this.session.setItem("madoguchi.panel", "open");
      this.launcher.setAttribute("aria-expanded", "true");
      this.launcher.hidden = true;
      this.unread = 0;
      this.news.textContent = "";
      this.count();
      if (!was) this.lay();
      if (text && !this.field.value) { this.field.value = text; this.typed(); }
      if (!quiet) (text || matchMedia("(pointer:fine)").matches ? this.field : this.heading).focus();
      else if (this.panel.matches(":modal")) this.heading.focus();
      if (!was) this.toEnd();
      this.begin();
      this.dispatchEvent(new CustomEvent("madoguchi-open", { bubbles: true, composed: true }));
    }

    begin() {
      if (!this.began && this.line.known()) {
        this.restoring = true;
        this.log.setAttribute("aria-busy", "true"); // a replayed history is not read aloud line by line
        this.settle(5000);
      }
      this.began = true;
      this.line.start();
    }

    settle(ms) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => { this.restoring = false; this.log.removeAttribute("aria-busy"); }, ms);
    }

    /* Beside the page where there is room; over the whole page, as a modal dialog, where there is not. */
    lay() {
      const full = this.narrow.matches;
      const focused = this.panel.open ? this.shadowRoot.activeElement : null;
      this.panel.classList.toggle("full", full);
      if (this.panel.open && this.panel.matches(":modal") === full) return;
      if (this.panel.open) this.panel.close();
      if (full) this.panel.showModal();
      else this.panel.setAttribute("open", "");
      focused?.focus();
    }

    close() {
      if (!this.panel.open) return;
      this.session.setItem("madoguchi.panel", "closed");
      this.panel.close();
      this.launcher.hidden = false;
      this.launcher.setAttribute("aria-expanded", "false");
      (this.opener?.isConnected ? this.opener : this.launcher).focus();
    }

    escape(event) {
      if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }

    pageClick(event) {
      const from = event.target.closest?.("[data-madoguchi-open]");
      if (!from) return;
      event.preventDefault();
      this.open({ text: from.dataset.madoguchiText, from });
    }

    /* ----- writing ----- */
    key(event) {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.isComposing || event.keyCode === 229 || this.composing) return; // Enter that confirms a conversion
      event.preventDefault();
      this.submitField();
    }

    typed() {
      if (this.field.value) this.line.writes();
      const left = LIMIT - this.field.value.length;
      this.counter.textContent = left <= LIMIT - NEAR ? W.left(left) : "";
      this.counter.className = left <= 0 ? "bad" : "";
      this.submit.setAttribute("aria-disabled", String(!this.field.value.trim()));
      if (!FITS) {
        this.field.style.height = "auto";
        this.field.style.height = `${this.field.scrollHeight + 2}px`;
      }
    }

    pasted(event) {
      const text = event.clipboardData?.getData("text") ?? "";
      const kept = this.field.value.length - (this.field.selectionEnd - this.field.selectionStart);
      if (kept + text.length > LIMIT) this.tell(W.cut);
    }

    submitField() {
      const text = this.field.value.trim();
      if (!text) { this.field.focus(); return; }
      this.field.value = "";
      this.typed();
      this.say(text);
      this.field.focus();
    }

    say(text, more = {}) { this.line.send({ text, ...more }); this.toEnd(); }

    choose(choice, group) {
      if (choice.act === "keep") {
        const text = this.line.withheld;
        if (!text) { this.tell(W.lost); this.field.focus(); return; }
        this.line.withheld = null;
        this.used.set(group, choice.id);
        this.say(text, { keep: true });
      } else if (choice.act?.startsWith("contact_")) {
        this.askContact(choice.act.slice(8), group);
        return;
      } else {
        this.used.set(group, choice.id);
        this.line.send({ choice: choice.id, label: choice.label });
        this.toEnd();
      }
      this.groups();
    }

    /* An address or a number, asked in place below the choices. */
    askContact(kind, group) {
      const entry = this.entries.find((other) => other.groups?.some(({ name }) => name === group));
      const { el } = entry.groups.find(({ name }) => name === group);
      el.querySelector("form")?.remove();
      const id = `contact-${kind}`;
      const value = h("input", { id, name: kind, type: kind === "mail" ? "email" : "tel", autocomplete: kind === "mail" ? "email" : "tel", "aria-describedby": `${id}-bad` });
      const when = kind === "phone" ? h("input", { id: `${id}-when`, name: "when" }) : null;
      const bad = h("p.bad", { id: `${id}-bad`, role: "alert" });
      const send = async (event) => {
        event.preventDefault();
        const said = await this.line.contact({ wish: kind === "mail" ? "mail" : "callback", [kind]: value.value, ...(when?.value ? { when: when.value } : {}) });
        bad.textContent = said ?? "";
        if (said) { value.setAttribute("aria-invalid", "true"); value.focus(); return; }
        form.remove();
        this.field.focus();
      };
      const form = h("form.contact", { novalidate: true, onsubmit: send }, h("label", { for: id }, W[kind]), value, bad,
        ...(when ? [h("label", { for: when.id }, W.when), when] : []), h("button", { type: "submit" }, W.leave));
      el.append(form);
      value.focus();
    }

    /* ----- what is shown ----- */
    find(message) {
      return this.entries.find((entry) => entry.id === message.id)
        ?? this.entries.find((entry) => entry.cid && entry.cid === message.client_message_id)
        ?? this.entries.find((entry) => entry.message && entry.seq === message.seq);
    }

    put(message) {
      let entry = this.find(message);
      const json = JSON.stringify(message);
      if (entry?.json === json) return;
      const fresh = !entry;
      entry ??= this.add({});
      Object.assign(entry, { id: message.id, cid: message.client_message_id ?? entry.cid, seq: message.seq, message, json });
      if (message.author !== "visitor") this.typing(message.author, false);
      this.paint(entry);
      this.place(entry);
      this.groups();
      if (fresh) this.arrived(entry);
    }

    pend(item, state) {
      let entry = this.entries.find((other) => other.cid === item.cid);
      if (entry?.message || entry?.state === state) return;
      entry ??= this.add({ cid: item.cid });
      Object.assign(entry, { item, state });
      this.paint(entry);
      this.place(entry);
    }

    refuse(item, detail) {
      const entry = this.entries.find((other) => other.cid === item.cid);
      if (!entry || entry.message) return;
      Object.assign(entry, { state: "refused", detail });
      this.paint(entry);
      this.status("say", detail);
    }

    add(entry) {
      this.order += 1;
      Object.assign(entry, { seq: Infinity, order: this.order, el: h("div.m") });
      this.entries.push(entry);
      return entry;
    }

    place(entry) {
      this.entries.sort((a, b) => (a.seq === b.seq ? a.order - b.order : a.seq - b.seq));
      const next = this.entries.slice(this.entries.indexOf(entry) + 1).find((other) => other.el.isConnected)?.el ?? null;
      if (entry.el.parentNode !== this.log || entry.el.nextElementSibling !== next) this.log.insertBefore(entry.el, next);
    }

    paint(entry) {
      const { message, item, el } = entry;
      const author = message?.author ?? "visitor";
      const focused = el.contains(this.shadowRoot.activeElement);
      el.className = `m ${author}`;
      const at = message?.at ?? item?.at;
      const who = h("p.who", {}, h("b", {}, WHO[author] ?? WHO.system), " ", h("time", { datetime: at }, clockTime(at)));
      const body = h("div.b");
      if (message) {
        entry.groups = [];
        if (message.withheld) body.append(h("p.text.gone", {}, W.withheld));
        else body.append(...(message.parts ?? []).map((part, index) => this.part(part, entry, index)).filter(Boolean));
        if (message.sources?.length) body.append(this.sources(message.sources));
      } else body.append(h("p.text", {}, item.text ?? item.label ?? ""));
      el.replaceChildren(who, ...(body.childNodes.length ? [body] : []), ...(message ? [] : [this.sendState(entry)]));
      el.hidden = !body.childNodes.length;
      if (focused) this.field.focus();
    }

    sendState(entry) {
      const act = (label, onclick) => h("button", { type: "button", onclick }, label);
      if (entry.state === "failed") return h("div.send", {}, h("span.bad", {}, W.failed), act(W.retry, () => this.line.retry()));
      if (entry.state !== "refused") return h("div.send", {}, W[entry.state]);
      return h("div.send", {}, h("span.bad", {}, entry.detail), entry.item.text ? act(W.edit, () => {
        this.field.value = entry.item.text;
        this.entries = this.entries.filter((other) => other !== entry);
        entry.el.remove();
        this.typed();
        this.field.focus();
      }) : null);
    }

    part(part, entry, index) {
      if (part.type === "text") return prose(part.text);
      if (part.type === "choices") return this.choices(part, entry, index);
      if (part.type === "card") return this.card(part);
      if (part.type === "sheet") return this.sheet(part);
      return part.fallback ? prose(part.fallback) : null;
    }

    choices(part, entry, index) {
      const feedback = part.role === "feedback";
      const prompt = part.prompt || (feedback ? W.feedback : null);
      const name = `${entry.message.id}/${index}`;
      const group = h(feedback ? "div.group.small" : "div.group", { role: "group", "aria-label": prompt ?? undefined });
      if (prompt) group.append(h("p", {}, prompt));
      const buttons = (part.choices ?? []).map((choice) => {
        const press = () => { if (button.getAttribute("aria-disabled") !== "true") this.choose(choice, name); };
        const button = h("button", { type: "button", onclick: press }, choice.label);
        return { choice, button };
      });
      group.append(...buttons.map(({ button }) => button));
      entry.groups.push({ name, feedback, buttons, el: group });
      return group;
    }

    /* Only the newest group of each kind can be pressed, and only once; older ones stay readable. */
    groups() {
      const open = new Set();
      let said = new Set(); // what the visitor wrote after the group: after a reload it tells what was chosen
      for (const entry of [...this.entries].reverse()) {
        if (entry.message?.author === "visitor") said = new Set([...said, ...(entry.message.parts ?? []).map((part) => part.text)]);
        for (const group of [...(entry.groups ?? [])].reverse()) {
          const newest = !open.has(group.feedback);
          open.add(group.feedback);
          const chosen = this.used.get(group.name) ?? (newest && group.buttons.find(({ choice }) => said.has(choice.label))?.choice.id);
          for (const { choice, button } of group.buttons) {
            const done = choice.id === chosen;
            const off = !newest || Boolean(chosen);
            if (off) button.setAttribute("aria-disabled", "true");
            else button.removeAttribute("aria-disabled");
            if (done === button.classList.contains("done")) continue;
            button.classList.toggle("done", done);
            button.replaceChildren(...(done ? ["✓ ", choice.label, h("span.vh", {}, W.chosen)] : [choice.label]));
          }
        }
      }
    }

    card(part) {
      const rows = (part.rows ?? []).flatMap(({ label, value }) => [h("dt", {}, label), h("dd", {}, ...prose(value).childNodes)]);
      const links = (part.links ?? []).map(({ label, url }) => h("li", {}, link(label, url, this.base)));
      return h("section.card", { "aria-label": part.title },
        h("p.kind", {}, KIND[part.kind] ?? "", part.badge ? h("span.badge", {}, part.badge) : null),
        h("h3", {}, part.title), rows.length ? h("dl", {}, ...rows) : null,
        links.length ? h("ul.links", {}, ...links) : null, part.note ? h("p.note", {}, part.note) : null);
    }

    /* A sheet of fees: the amount, what it rests on, every line with its source and whether it is confirmed. */
    sheet(part) {
      const yen = (number) => (number === null || number === undefined ? "—" : `${number.toLocaleString("ja-JP")}円`);
      const rows = (part.rows ?? []).flatMap(({ label, value }) => [h("dt", {}, label), h("dd", {}, value)]);
      const head = W.sheet.map((label) => h("th", { scope: "col" }, label));
      const lines = (part.lines ?? []).map(({ label, full_yen: full, paid_yen: paid, source }) => h("tr", {},
        h("th", { scope: "row" }, label, h("span.note", {}, `${W.source}: `, source.url ? link(source.title, source.url, this.base) : source.title,
          source.as_of ? `（${asOf(source.as_of)}）` : "", " ", source.confirmed ? null : h("span.badge.warn", {}, W.unconfirmed))),
        h("td", {}, yen(full)), h("td", {}, yen(paid))));
      const sections = (part.sections ?? []).map(({ title, items }, index) => h("details", { open: index < 2 },
        h("summary", {}, title), h("ul", {}, ...items.map((item) => h("li", {}, item)))));
      const links = (part.links ?? []).map(({ label, url }) => h("li", {}, link(label, url, this.base)));
      return h("section.card.sheet", { "aria-label": part.title }, h("h3", {}, part.title), h("p.amount", {}, part.amount),
        rows.length ? h("dl", {}, ...rows) : null,
        lines.length ? h("table", {}, h("caption", {}, W.lines), h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...lines)) : null,
        ...sections, links.length ? h("ul.links", {}, ...links) : null, part.note ? h("p.note", {}, part.note) : null);
    }

    sources(sources) {
      return h("ul.src", {}, ...sources.map(({ title, url, as_of: day, confirmed }) => h("li", {}, `${W.source}: `,
        url ? link(title, url, this.base) : title, day ? `（${asOf(day)}）` : "", confirmed ? null : " ",
        confirmed ? null : h("span.badge.warn", {}, W.unconfirmed))));
    }

    owner(owner, speaker) {
      this.ownerLine.className = `owner ${owner}`;
      const who = owner === "staff" && speaker ? `${speaker}の職員` : OWNER[owner];
      this.ownerLine.replaceChildren(`${W.speaker}：`, h("b", {}, who));
      if (owner !== "queue") this.placeLine.hidden = true;
      if (owner === "bot") this.humanButton.removeAttribute("aria-disabled");
      else this.humanButton.setAttribute("aria-disabled", "true");
      this.showTyping();
    }

    standing({ position, open_now: open, next_open_at: next }) {
      const at = next && new Date(next).toLocaleString("ja-JP", { ...JAPAN, month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" });
      const text = open ? (position ? W.ahead(position) : "") : at ? W.shut(at) : "";
      if (this.placeLine.textContent !== text) this.placeLine.textContent = text;
      this.placeLine.hidden = !text;
    }

    banner(text) { this.bannerLine.textContent = text ?? ""; }

    typing(author, on) {
      clearTimeout(this.typingOff);
      this.typist = on ? author : this.typist === author ? null : this.typist;
      if (on) this.typingOff = setTimeout(() => this.typing(author, false), 15000);
      this.showTyping();
    }

    showTyping() {
      const who = this.typist ?? (this.posting && this.line?.owner === "bot" ? "bot" : null);
      this.typingLine.hidden = !who;
      this.typingLine.textContent = who ? W.typing(WHO[who] ?? WHO.system) : "";
    }

    tell(text) { this.status("say", text); }

    status(what, detail) {
      clearTimeout(this.statusOff);
      this.state.textContent = what === "say" ? detail : what === "closed" ? detail || W.closed : W[what];
      if (what === "up" || what === "say") this.statusOff = setTimeout(() => { this.state.textContent = ""; }, what === "up" ? 4000 : 10000);
    }

    reset() {
      this.entries = [];
      this.used.clear();
      this.log.replaceChildren(h("p.notice", {}, W.renewed));
    }

    /* ----- where the reader is ----- */
    scroller() { return getComputedStyle(this.log).overflowY === "visible" ? this.panel : this.log; }

    arrived(entry) {
      if (this.restoring) { this.toEnd(); this.settle(300); return; }
      const { author } = entry.message;
      if (author === "visitor") { this.toEnd(); return; }
      if (!this.panel.open) {
        this.unread += 1;
        this.news.textContent = W.unread(this.unread);
        this.count();
        return;
      }
      this.follow(entry);
    }

    /* Follow new messages, but never push the beginning of an answer out of sight, nor move a reader who looked back. */
    follow(entry) {
      const view = this.scroller();
      const gap = view.scrollHeight - view.clientHeight - view.scrollTop - entry.el.offsetHeight;
      if (gap > 120 && !this.anchor) { this.newer.hidden = false; return; }
      const before = entry.el.previousElementSibling;
      const question = before?.classList.contains("visitor") && before.offsetHeight < 160 ? before : null;
      this.anchor ??= question ?? entry.el;
      view.scrollTop = Math.min(view.scrollHeight - view.clientHeight, this.anchor.offsetTop - 8 + (view === this.log ? 0 : this.log.offsetTop));
      clearTimeout(this.anchorOff);
      this.anchorOff = setTimeout(() => { this.anchor = null; }, 1500);
    }

    toEnd() {
      const view = this.scroller();
      view.scrollTop = view.scrollHeight;
      this.newer.hidden = true;
      this.anchor = null;
    }

    count() {
      this.badge.hidden = !this.unread;
      this.badge.textContent = String(this.unread || "");
      if (this.unread) this.launcher.setAttribute("aria-label", `${W.launch.join("")}。${W.unread(this.unread)}`);
      else this.launcher.removeAttribute("aria-label");
    }

    /* ----- the transcript, made here and nowhere else ----- */
    transcript() {
      const lines = [this.heading.textContent, `保存した日時: ${new Date().toLocaleString("ja-JP", JAPAN)}`, "自動応答は一般的な情報のご案内です。個別の案件の判断は含みません。", ""];
      for (const { message, item } of this.entries) {
        const at = new Date(message?.at ?? item?.at).toLocaleString("ja-JP", JAPAN);
        lines.push(`【${WHO[message?.author ?? "visitor"] ?? WHO.system}】 ${at}${message ? "" : "（未送信）"}`);
        if (!message) lines.push(item.text ?? item.label ?? "");
        else if (message.withheld) lines.push(W.withheld);
        else for (const part of message.parts ?? []) lines.push(...this.partLines(part));
        for (const source of message?.sources ?? []) {
          lines.push(`${W.source}: ${source.title}${source.as_of ? `（${asOf(source.as_of)}）` : ""}${source.confirmed ? "" : ` ${W.unconfirmed}`} ${source.url ?? ""}`.trim());
        }
        lines.push("");
      }
      return lines.join("\r\n");
    }

    partLines(part) {
      if (part.type === "text") return [part.text];
      if (part.type === "choices") return part.role === "feedback" ? [] : [part.prompt ?? "", ...part.choices.map(({ label }) => `・${label}`)].filter(Boolean);
      if (part.type !== "card") return part.fallback ? [part.fallback] : [];
      return [`■ ${part.title}${part.badge ? `［${part.badge}］` : ""}`, ...(part.rows ?? []).map(({ label, value }) => `${label}: ${value}`),
        ...(part.links ?? []).map(({ label, url }) => `${label}: ${safeUrl(url, this.base) ?? ""}`), ...(part.note ? [part.note] : [])];
    }

    download() {
      const stamp = new Date(Date.now() + 9 * 3600000).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 13);
      const url = URL.createObjectURL(new Blob(["\ufeff", this.transcript()], { type: "text/plain;charset=utf-8" }));
      h("a", { href: url, download: `soudan-kiroku-${stamp}.txt` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    }
  }
  const FITS = window.CSS?.supports?.("field-sizing", "content");

  customElements.define(TAG, MadoguchiChat);
  const place = () => { if (!document.querySelector(TAG)) document.body.append(document.createElement(TAG)); };
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
})();
