// What pages gain where script runs. Every page works without it.
import { initAll } from "./nhsuk-frontend-10.6.1.min.js";

initAll();

// A sentence that stands in the page when it loads is not read out; one that is written afterwards is.
const status = document.getElementById("status");
function say(sentence) {
  status.textContent = "";
  status.classList.remove("app-status--empty");
  setTimeout(() => { status.textContent = sentence; }, 150);
}
if (status && status.textContent.trim()) say(status.textContent);
document.addEventListener("say", (event) => say(event.detail));

// A part that waits for work under way fetches itself again; when the work is done, the page is loaded anew.
// What fails on the way (sleeping phone, restart of the server) is tried again at the next turn.
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function fetched(id) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.status >= 500) return null;
  if (answer.redirected || !answer.ok) return location.reload();
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  return part ?? location.reload(); // the page has become another one, without the part
}

async function keepFresh(part) {
  while (part.dataset.refreshSeconds) {
    await pause(Number(part.dataset.refreshSeconds));
    if (document.hidden) continue;
    const next = await fetched(part.id).catch(() => null);
    if (!next) continue;
    part.replaceWith(next);
    part = next;
  }
  location.reload();
}

document.querySelectorAll("[data-refresh-seconds]").forEach(keepFresh);

// Where script runs, a page that is made to be printed has a button for it.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A form with data-swap exchanges only the part of the page with the id "swap". The focus goes back to the button
// that was pressed, or to what it names. Whatever goes wrong, the form is sent as it would be without script.
async function swap(form, sent, button) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
  if (!answer.ok || !answer.redirected) throw new Error("refused");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document, page].map((one) => one.getElementById("swap"));
  if (!old || !fresh) return location.assign(answer.url);
  old.replaceWith(fresh);
  say(page.getElementById("status").textContent);
  if (button) (document.getElementById(button.id) ?? document.getElementById(button.dataset.then))?.focus();
}

// One press after the other: all that is pressed meanwhile is pressed afterwards, on the part that has come by then.
let under = null;
const queue = [];
const press = (button) => (button?.name ? `[data-swap] [name="${button.name}"][value="${button.value}"]` : "none");

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (!form.matches("[data-swap]")) return;
  event.preventDefault();
  if (under) {
    if (press(button) !== (queue.at(-1) ?? under)) queue.push(press(button));
    return;
  }
  under = press(button);
  const sent = new FormData(form);
  if (button?.name) sent.append(button.name, button.value);
  try {
    await swap(form, sent, button);
  } catch {
    if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    return form.submit();
  }
  under = null;
  let waiting = null;
  while (!waiting && queue.length) waiting = document.querySelector(queue.shift());
  waiting?.form.requestSubmit(waiting);
});

// Two minutes before the session ends, the page says so. Another window may have kept the session going, so
// the site is asked first. Whoever comes too late and sends their form signs in and finds it filled in.
const timeOut = document.getElementById("time-out");

async function secondsLeft(method) {
  const token = document.querySelector("[name=csrf_token]")?.value ?? "";
  const body = method === "POST" ? new URLSearchParams({ csrf_token: token }) : undefined;
  const answer = await fetch("/signed-in", { method, body });
  return answer.ok ? (await answer.json()).seconds : 0;
}

async function warn(dialog) {
  const words = dialog.querySelector("p");
  const [button, warning] = [dialog.querySelector("button"), words.textContent];
  let ends = Date.now() + dialog.dataset.seconds * 1000;
  const meet = async (method) => { ends = Date.now() + (await secondsLeft(method)) * 1000; };
  button.addEventListener("click", async () => {
    dialog.close();
    await meet("POST").catch(() => null);
  });
  while (ends > Date.now()) {
    await pause(Math.max(1, (ends - Date.now()) / 1000 - 120));
    if (ends - Date.now() > 121000 || dialog.open) continue;
    await meet("GET").catch(() => null);
    if (ends - Date.now() > 121000) continue;
    words.textContent = warning;
    dialog.showModal();
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2").textContent = "You have been signed out";
  words.textContent = "What you have typed is still on the page. When you send it, you are asked to sign in first, and it is kept for you.";
  button.textContent = "Close";
}

if (timeOut) warn(timeOut);
