/* One call of /api/v1/cases; a network that fails answers status 0. */
export async function ask(key, method, path, body, raw = false) {
  try {
    const response = await fetch(`/api/v1/cases/${encodeURIComponent(key.reference)}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key.code}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
    });
    if (raw) return { status: response.status, blob: await response.arrayBuffer() };
    return { status: response.status, content: await response.json().catch(() => null) };
  } catch {
    return { status: 0, content: null };
  }
}
