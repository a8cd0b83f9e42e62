// Follows one feed of the server: from its beginning, then as it grows; a hidden page hears nothing and catches up.

export const GONE = "the command that showed this run has ended";

/** Calls `take(events, isAnew)` for every frame, and `lose(isLost)` when the server is gone and when it is there again,
 * until the returned function is called. */
export function follow(path, query, take, lose = () => {}) {
  let place = "";
  let source = null;
  const open = () => {
    source = new EventSource(`${path}?${new URLSearchParams({ ...query, after: place })}`);
    source.onopen = () => lose(false);
    source.onerror = () => lose(true);
    source.onmessage = (message) => {
      place = message.lastEventId;
      const { reset = false, events } = JSON.parse(message.data);
      take(events, reset);
    };
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const look = () => (document.hidden ? close() : source ?? open());
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}

/** Shows the token of the address, which is then taken out of it, and gets a cookie. */
export async function enter() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  await fetch("/session", { method: "POST", body: JSON.stringify({ token }) });
}

/** The JSON answer to a question; `{error}` where there is none. */
export const ask = (path, query) => answerTo(path, query, {});

/** The same for what is told: an order, with its JSON. */
export const tell = (path, query, body) => answerTo(path, query, { method: "POST", body: JSON.stringify(body) });

async function answerTo(path, query, options) {
  try {
    const answer = await fetch(`${path}?${new URLSearchParams(query)}`, options);
    return await answer.json();
  } catch {
    return { error: GONE };
  }
}
