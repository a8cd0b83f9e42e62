// One state in full: goals, the way to it, and everything that was tried on it, with Lean's answers.
import { ask } from "./feed.js";
import { SAID } from "./tree.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";

const MARKS = { proved: "✓", advanced: "→", rejected: "✗", timed_out: "…", crashed: "!" };

export function State({ query, tree, status, selected, select, moment, children }) {
  const [told, setTold] = useState(null);
  useEffect(() => {
    if (moment === undefined) return undefined;
    let isCurrent = true;
    ask("/search/state", { ...query, state: selected }).then((answer) => isCurrent && setTold(answer));
    return () => (isCurrent = false);
  }, [JSON.stringify(query), selected, moment]);
  if (!tree.states[selected]) return html`<aside aria-label="state"></aside>`;
  const way = tree.wayTo(selected);
  return html`<aside aria-label="state">
    <h2>${selected ? `state ${selected}` : "the theorem"} <small class=${status[selected]}>${SAID[status[selected]]}</small></h2>
    ${told?.error && html`<p class="said">${told.error}</p>`}
    <pre class="goals">${told?.goals ?? tree.states[selected].goal}</pre>
    ${children}
    <dl>
      <dt>log-probability</dt><dd>${number(way.logProb)}</dd>
      <dt>critic</dt><dd>${number(told?.value)}</dd>
      <dt>priority when chosen</dt><dd>${number(told?.priority)}</dd>
    </dl>
    ${way.tactics.length > 0 && html`<h3>the way here</h3><ol class="way">${way.tactics.map((tactic) => html`<li><code>${tactic}</code></li>`)}</ol>`}
    <${Tried} tactics=${told?.tactics ?? []} select=${select} />
  </aside>`;
}

function Tried({ tactics, select }) {
  const [isAll, setAll] = useState(false);
  if (!tactics.length) return html`<h3>nothing tried yet</h3>`;
  const shown = isAll ? tactics : tactics.slice(0, 40);
  return html`<h3>${tactics.length} tried</h3>
    <ul class="tried">
      ${shown.map(
        (each, index) => html`<li key=${index} class=${each.outcome}>
          <span class="mark" title=${each.kind || each.outcome} aria-label=${each.kind || each.outcome}>${MARKS[each.outcome]}</span>
          <div>
            <code>${each.tactic}</code>
            ${each.children.map((child) => html` <button class="to" onClick=${() => select(child)}>state ${child}</button>`)}
            ${" "}<small>${number(each.log_prob)} · ${Math.round(each.lean_s * 1000)} ms ${each.origin}</small>
            ${each.message && html`<p class="said">${each.message}</p>`}
          </div>
        </li>`,
      )}
    </ul>
    ${shown.length < tactics.length && html`<button onClick=${() => setAll(true)}>all ${tactics.length}</button>`}`;
}

const number = (value) => (value === null || value === undefined ? "–" : value === -Infinity ? "−∞" : value.toFixed(3));
