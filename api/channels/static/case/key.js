/* Number and code of a case: as they are compared, and kept for this tab until it is closed. */
const NAME = "madoguchi.case";
const bare = (text) => text.normalize("NFKC").toUpperCase().replace(/[\s\-‐‑‒–—―−ー－_.・]+/g, "").slice(0, 40);
const ascii = (text) => text.replace(/[^0-9A-Z]/g, "");

export function typed(reference, code) {
  return { reference: ascii(bare(reference)), code: ascii(bare(code)) };
}

export function keep(key) {
  try { sessionStorage.setItem(NAME, JSON.stringify(key)); } catch { /* forbidden here: asked again after a reload */ }
}

export function kept() {
  try { return JSON.parse(sessionStorage.getItem(NAME)); } catch { return null; }
}

export function forget() {
  try { sessionStorage.removeItem(NAME); } catch { /* nothing was kept */ }
}
