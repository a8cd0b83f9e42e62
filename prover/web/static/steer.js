// Steers a search: what a person may do at one of its states, and at the whole of it.
import { tell } from "./feed.js";
import { html, useState } from "./vendor/preact-htm.js";

const AT_STATE = [
  ["pin", "Pin", "expand this state next"],
  ["boost", "Boost", "give every second expansion to this state and those below"],
  ["prune", "Prune", "expand neither this state nor those below"],
  ["from_here", "Search from here", "expand nothing elsewhere"],
  ["release", "Release", "take back Pin, Boost and Prune"],
];

function useAnswer(query) {
  const [answer, setAnswer] = useState(null);
  const act = async (act_, more = {}) => {
    setAnswer({ isAwaited: true });
    setAnswer(await tell("/search/steer", query, { act: act_, ...more }));
  };
  return [answer, act];
}

export function SteerState({ query, selected, said }) {
  const [answer, act] = useAnswer(query);
  const [tactic, setTactic] = useState("");
  const attempt = () => act("try", { state: selected, tactic });
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) attempt();
  };
  const acts = selected ? AT_STATE : [["from_here", "Search everywhere", "expand states wherever they are"]];
  return html`<div class="steer">
    <textarea rows="2" aria-label="a tactic to try here" placeholder="a tactic to try here (Ctrl+Enter)" value=${tactic}
      spellcheck="false" onInput=${(event) => setTactic(event.target.value)} onKeyDown=${onKey}></textarea>
    <div class="controls">
      <button disabled=${!tactic.trim()} onClick=${attempt}>Try</button>
      ${acts.map(([name, text, title]) => html`<button title=${title} onClick=${() => act(name, { state: selected })}>${text}</button>`)}
      ${said && html`<span>${said}</span>`}
    </div>
    <${Answer} answer=${answer} />
  </div>`;
}

export function SteerSearch({ query, isPaused }) {
  const [answer, act] = useAnswer(query);
  return html`<div class="controls">
    <button onClick=${() => act(isPaused ? "resume" : "pause")}>${isPaused ? "Resume" : "Pause"}</button>
    <button onClick=${() => act("more_time", { seconds: 30 })}>30 s more</button>
    <button title="pause at the end, instead of ending without a proof" onClick=${() => act("hold")}>Wait at the end</button>
    <button title="stop looking for a shorter proof" onClick=${() => act("take")}>Take this proof</button>
    <${Answer} answer=${answer} />
  </div>`;
}

function Answer({ answer }) {
  if (!answer) return html`<div role="status"></div>`;
  if (answer.isAwaited) return html`<div role="status">…</div>`;
  const said = answer.error ?? answer.said ?? "";
  return html`<div role="status" class=${answer.error || answer.done === false ? "rejected" : "advanced"}>
    ${said && html`<pre>${said}</pre>`}${answer.done && !said && !answer.goals?.length && "done"}
    ${(answer.goals ?? []).map((goal) => html`<pre>${goal}</pre>`)}
  </div>`;
}
