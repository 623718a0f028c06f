// What the console's pages cannot do from the server: keys, notices of the browser, sound, toasts.
"use strict";
(() => {
  const store = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch { /* storage is blocked: the setting lasts as long as the page */ }
    return null;
  };
  const byId = (id) => document.getElementById(id);

  function tell(words, bad) {
    const place = byId(bad ? "madoguchi-alerts" : "madoguchi-toasts");
    if (!place) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = words;
    place.append(toast);
    setTimeout(() => toast.remove(), bad ? 12000 : 6000);
  }

  // A short tone made here: no file is loaded, and two notes are told from a system sound.
  let audio = null;
  function chime() {
    try {
      audio ??= new AudioContext();
      for (const [pitch, start] of [[880, 0], [1175, 0.18]]) {
        const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + start;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.15, at);
        volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.32);
      }
    } catch { /* no sound device */ }
  }

  const noticesOn = () => store("madoguchi-notices") === "on";
  function showNoticeState() {
    const button = byId("madoguchi-notify");
    if (!button) return;
    const on = noticesOn();
    button.textContent = on ? button.dataset.on : button.dataset.off;
    button.setAttribute("aria-pressed", String(on));
  }
  async function switchNotices() {
    const button = byId("madoguchi-notify");
    if (!noticesOn() && "Notification" in window && Notification.permission !== "granted") {
      const answer = await Notification.requestPermission();
      if (answer === "denied") tell(button.dataset.denied, true);
    }
    store("madoguchi-notices", noticesOn() ? "off" : "on");
    if (noticesOn()) chime();
    showNoticeState();
  }

  // Several pages may be open: only the first one to hear of a case rings for it.
  function notice(words, address, mark) {
    tell(words, false);
    if (!noticesOn() || store("madoguchi-rung") === mark) return;
    store("madoguchi-rung", mark);
    chime();
    if ("Notification" in window && Notification.permission === "granted") {
      const shown = new Notification(words, { tag: mark });
      shown.onclick = () => { window.focus(); window.location.assign(address); shown.close(); };
    }
  }

  const keysOn = () => store("madoguchi-keys") !== "off";
  // A dialog that has just closed may still hold the focus for a moment: nobody types in there.
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null && !target.closest("dialog:not([open])");
  const press = (name) => {
    const target = document.querySelector(`[data-key="${name}"]:not([disabled])`);
    if (!target) return false;
    if (target.matches("input, textarea")) { target.focus(); target.select?.(); } else target.click();
    return true;
  };
  function move(step) {
    const rows = [...document.querySelectorAll("[data-row] a[data-open]")];
    if (!rows.length) return false;
    const now = rows.indexOf(document.activeElement);
    rows[Math.min(rows.length - 1, Math.max(0, now + step))].focus();
    return true;
  }
  let went = 0;
  const SINGLE = { "/": "search", c: "claim", r: "reply", n: "note", t: "transfer", w: "wrong", x: "close" };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { byId("madoguchi-keys")?.showModal(); event.preventDefault(); return; }
    if (!keysOn()) return;
    let done = false;
    if (Date.now() - went < 1500) {
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      went = 0;
      if (link) { link.click(); done = true; }
    } else if (event.key === "g") { went = Date.now(); done = true; }
    else if (event.key === "j") done = move(1);
    else if (event.key === "k") done = move(-1);
    else if (SINGLE[event.key]) done = press(SINGLE[event.key]);
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#madoguchi-notify")) switchNotices();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "madoguchi-keys-on") store("madoguchi-keys", event.target.checked ? "on" : "off");
  });

  // A log that stood at its end stays there when something is added, unless the reader scrolled up.
  document.addEventListener("scroll", (event) => {
    const log = event.target;
    if (log.dataset?.log !== undefined) log.dataset.log = log.scrollHeight - log.scrollTop - log.clientHeight > 120 ? "away" : "";
  }, true);
  function toEnd(id, force) {
    requestAnimationFrame(() => {
      const log = byId(id);
      if (log && (force || log.dataset.log !== "away")) log.scrollTo({ top: log.scrollHeight, behavior: "instant" });
    });
  }
  function insert(id, words) {
    const box = byId(id);
    if (!box) return;
    const start = box.selectionStart ?? box.value.length;
    box.setRangeText(words, start, box.selectionEnd ?? start, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // The page is built by script after this file has run: show what is set once it stands there.
  const standing = new MutationObserver(() => {
    if (!byId("madoguchi-notify")) return;
    showNoticeState();
    const box = byId("madoguchi-keys-on");
    if (box) box.checked = keysOn();
    arrived();
    standing.disconnect();
  });
  standing.observe(document.documentElement, { childList: true, subtree: true });
  // A list that was drawn anew gives the focus back to the line that had it.
  let opened = "";
  document.addEventListener("focusin", (event) => { opened = event.target.dataset?.open ?? ""; });
  function keepFocus() {
    const wanted = opened;
    if (!wanted) return;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector(`[data-open="${CSS.escape(wanted)}"]`)?.focus();
    });
  }
  // Said on the page one arrives at.
  const LEFT = "madoguchi-left";
  function leave(words, address) {
    try { sessionStorage.setItem(LEFT, words); } catch { /* nothing is said then */ }
    window.location.assign(address);
  }
  function arrived() {
    try {
      const words = sessionStorage.getItem(LEFT);
      sessionStorage.removeItem(LEFT);
      if (words) tell(words, false);
    } catch { /* nothing was said */ }
  }
  window.madoguchi = { tell, notice, toEnd, insert, keepFocus, leave };
})();
