// Two keys for those who work with lists. Nothing needs them, and this browser remembers who turned them off.
const NAME = "placement-keys", FIELD = "input, select, textarea, [contenteditable], dialog";
let kept = null; // where the browser keeps nothing, the choice lasts as long as the page

function areOn() {
  try { return localStorage.getItem(NAME) !== "off"; } catch { return kept !== "off"; }
}

function turn(state) {
  kept = state;
  try { state === "off" ? localStorage.setItem(NAME, state) : localStorage.removeItem(NAME); } catch { /* keeps nothing */ }
  show();
  const how = state === "off" ? "off in this browser. To turn them on again, open your account" : "on in this browser";
  document.dispatchEvent(new CustomEvent("say", { detail: `Keyboard shortcuts are ${how}.` }));
}

const list = document.createElement("dialog");
list.className = "app-time-out";
list.setAttribute("aria-labelledby", "keys-title");
const row = ([key, words]) => `<div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key"><kbd>${key}</kbd></dt><dd class="nhsuk-summary-list__value">${words}</dd></div>`;
const ROWS = [["/", "Go to the search, on a page that has one"], ["?", "Show this list"], ["Esc", "Close this list"]];
list.innerHTML = `<h2 class="nhsuk-heading-m" id="keys-title">Keyboard shortcuts</h2>
<dl class="nhsuk-summary-list">${ROWS.map(row).join("")}</dl>
<p>You never need them, and they do nothing while you type.</p>
<form class="nhsuk-button-group" method="dialog"><button class="nhsuk-button" value="">Close</button>
<button class="nhsuk-button nhsuk-button--secondary" value="off">Turn shortcuts off</button></form>`;
list.addEventListener("close", () => { if (list.returnValue === "off") turn("off"); });
document.body.append(list);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest?.(FIELD) || document.querySelector("dialog[open]") || !areOn()) return;
  const search = event.key === "/" && document.querySelector("main [type=search]");
  if (!search && event.key !== "?") return;
  event.preventDefault();
  if (search) {
    search.focus();
    return search.select();
  }
  list.returnValue = "";
  list.showModal();
});

// What is said of the keys on pages is hidden where no script runs.
function show() {
  document.querySelectorAll("[data-keys]").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[data-keys-state]").forEach((part) => { part.textContent = areOn() ? "on" : "off"; });
  document.querySelectorAll("[data-keys-switch]").forEach((button) => {
    button.textContent = areOn() ? "Turn shortcuts off" : "Turn shortcuts on";
    button.onclick = () => turn(areOn() ? "off" : "on");
  });
}

show();
