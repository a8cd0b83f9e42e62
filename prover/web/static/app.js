// The page: theorems at the left, the tree of one search in the middle, one of its states at the right.
import { GONE, enter, follow } from "./feed.js";
import { Search, nameOf } from "./search.js";
import { html, render, useEffect, useRef, useState } from "./vendor/preact-htm.js";

const MARKS = { proved: "✓", disproved: "✗", failed: "·", unknown: "?", invalid: "!", interrupted: "–", searching: "▸", waiting: " " };

function useRun() {
  const [run, setRun] = useState({ name: "", rows: new Map(), load: {} });
  const [isLost, setLost] = useState(false);
  const take = (events, isAnew) =>
    setRun((before) => {
      const rows = isAnew ? new Map() : new Map(before.rows);
      let { name, load } = before;
      for (const event of events) {
        if (event.theorem) rows.set(event.theorem.id, event.theorem);
        name = event.run ?? name;
        load = event.load ?? load;
      }
      return { name, rows, load };
    });
  useEffect(() => follow("/run/events", {}, take, setLost), []);
  return { ...run, isLost };
}

function Load({ load }) {
  const busy = Object.entries(load).filter(([name]) => name.endsWith("_busy"));
  return html`<ul class="load" aria-label="busy shares in the last second">
    ${busy.map(
      ([name, share]) => html`<li key=${name}>
        ${name.slice(0, -5)} <meter min="0" max="1" value=${share}></meter> ${Math.round(100 * share)} %
      </li>`,
    )}
  </ul>`;
}

function Theorems({ rows, chosen, choose }) {
  const [wanted, setWanted] = useState("");
  const shown = [...rows.values()].filter((row) => `${nameOf(row)} ${row.status}`.includes(wanted));
  const counts = {};
  for (const row of rows.values()) counts[row.status] = (counts[row.status] ?? 0) + 1;
  return html`<nav aria-label="theorems">
    <p class="counts">${Object.entries(counts).map(([status, n]) => `${n} ${status}`).join(", ") || "no theorem yet"}</p>
    <input type="search" placeholder="name or status" aria-label="filter theorems" value=${wanted}
      onInput=${(event) => setWanted(event.target.value)} />
    <ul>
      ${shown.slice(0, 1000).map(
        (row) => html`<li key=${row.id}>
          <button class=${row.status} aria-current=${row.id === chosen ? "true" : null} title=${row.statement}
            onClick=${() => choose(row.id)}>
            <span class="mark" aria-label=${row.status}>${MARKS[row.status]}</span>
            <span class="name">${nameOf(row)}</span>
            <small>${row.elapsed_s === undefined ? "" : `${row.elapsed_s} s`}</small>
          </button>
        </li>`,
      )}
    </ul>
    ${shown.length > 1000 && html`<p class="counts">${shown.length - 1000} more: narrow the filter</p>`}
  </nav>`;
}

function App() {
  const run = useRun();
  const [chosen, choose] = useState(decodeURIComponent(new URLSearchParams(location.search).get("theorem") ?? ""));
  const latest = useRef(null); // of those searched, as long as nobody chose one
  const rows = [...run.rows.values()];
  const searched = rows.find((row) => row.status === "searching") ?? rows.find((row) => row.searches.length);
  if (!latest.current || searched?.status === "searching") latest.current = searched?.id;
  const row = run.rows.get(chosen) ?? run.rows.get(latest.current);
  const pick = (id) => {
    history.replaceState(null, "", `?${new URLSearchParams({ theorem: id })}`);
    choose(id);
  };
  return html`
    <header><h1>${run.name || "Stepwise"}</h1>${run.isLost ? html`<p role="alert">${GONE}</p>` : html`<${Load} load=${run.load} />`}</header>
    <${Theorems} rows=${run.rows} chosen=${row?.id} choose=${pick} />
    ${row ? html`<${Search} key=${row.id} row=${row} keep=${() => row.id === chosen || pick(row.id)} />` : html`<main><p class="empty">No search yet.</p></main>`}
  `;
}

await enter();
render(html`<${App} />`, document.body);
