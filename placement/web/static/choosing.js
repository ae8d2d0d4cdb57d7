// What a leader gains where script runs: dragging choices by a handle, and dates that save themselves.
const say = (detail) => document.dispatchEvent(new CustomEvent("say", { detail }));

// Dragging moves the other rows past the one that is held, which stays where it is in the page; so nothing takes the
// pointer away from it. The order is sent as if a button had been pressed.
const order = (list) => [...list.children].map((row) => row.dataset.id);
const middle = (row) => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".app-drag")?.closest("[data-id]");
  if (!row || event.button) return;
  event.preventDefault();
  const list = row.parentNode, form = list.closest("form"), before = order(list), held = new AbortController();
  const on = (name, act) => document.addEventListener(name, act, { signal: held.signal });
  const past = (y) => {
    while (row.nextElementSibling && y > middle(row.nextElementSibling)) row.before(row.nextElementSibling);
    while (row.previousElementSibling && y < middle(row.previousElementSibling)) row.after(row.previousElementSibling);
    list.querySelectorAll(".app-ranking__number").forEach((number, index) => { number.textContent = index + 1; });
  };
  const drop = () => { held.abort(); row.classList.remove("app-ranking__row--dragged"); };
  const back = () => { drop(); before.forEach((id) => list.append(list.querySelector(`[data-id="${id}"]`))); past(middle(row)); };
  row.classList.add("app-ranking__row--dragged");
  on("pointermove", ({ clientY }) => {
    if (clientY < 50 || clientY > innerHeight - 50) scrollBy(0, clientY < 50 ? -12 : 12);
    past(clientY);
  });
  on("pointercancel", back);
  on("keydown", ({ key }) => { if (key === "Escape") back(); });
  on("pointerup", () => {
    drop();
    const after = order(list).join(" ");
    if (after === before.join(" ")) return;
    for (const [name, value] of [["move", row.dataset.id], ["order", after]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    form.requestSubmit();
  });
});

// Dates are saved after each answer. Who presses a button meanwhile waits until what is under way has come back.
const dates = document.querySelector(".app-dates");
let busy = false, again = false, pressed = null;

async function save() {
  busy = true;
  try {
    const sent = new URLSearchParams(new FormData(dates));
    sent.append("autosave", "1");
    const answer = await fetch(dates.action, { method: "POST", body: sent });
    if (!answer.ok || !answer.redirected) throw new Error("refused");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    dates.elements.seen.value = page.querySelector(".app-dates [name=seen]").value;
    const fresh = page.querySelectorAll(".app-month");
    document.querySelectorAll(".app-month").forEach((month, index) => month.replaceWith(fresh[index]));
    say(page.getElementById("status").textContent);
  } catch {
    say("Not saved yet. Press “Save and go on” when you are done.");
  }
  busy = false;
  if (again) { again = false; await save(); }
  else if (pressed) dates.requestSubmit(pressed);
}

dates?.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  if (busy) again = true;
  else save();
});
dates?.addEventListener("submit", (event) => {
  if (!busy) return;
  event.preventDefault();
  pressed = event.submitter;
});
