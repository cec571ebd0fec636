// The pages work without this. With it a vote is there at the press, an idea knows its list, and times are the reader's.

const said = document.getElementById("said");
const PATIENCE = 15_000;
const lang = document.documentElement.lang;
const figures = new Intl.NumberFormat(lang, { useGrouping: "always" });

// --- A vote changes its control at once, and back where it was not taken ------------------------------------------------

const onTheirWay = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-vote]") || !button) return;
  event.preventDefault();
  const before = onTheirWay.get(form);
  if (before) pressAgain(before, form, button);
  else send(form, button);
});

async function send(form, button) {
  const place = [...form.elements].indexOf(button);
  const body = new URLSearchParams(new FormData(form)); // few words: the server reads them fastest so
  if (button.name) body.set(button.name, button.value); // not by FormData(form, button): a browser of 2022 would send no vote
  form.querySelectorAll("[data-unsent]").forEach((old) => old.remove());
  form.ariaBusy = "true";
  const vote = { undo: [pressed(form, button)], next: -1 };
  onTheirWay.set(form, vote);
  const answer = await sent(form.action, body);
  onTheirWay.delete(form);
  form.ariaBusy = null;
  if (answer.html !== undefined) return show(answer.html, form, vote.next < 0 ? place : vote.next)?.elements[vote.next]?.click();
  vote.undo.forEach((undo) => undo());
  if (!form.isConnected) said.textContent = said.dataset.unsent; // another list came meanwhile
  else if (answer.isElsewhere) sendWithoutScript(form, button);
  else sayUnsent(form);
}

// Whoever presses before the answer is here sees it at once; it is sent behind the answer. Twice is not at all.
function pressAgain(vote, form, button) {
  const place = [...form.elements].indexOf(button);
  vote.undo.unshift(pressed(form, button));
  vote.next = vote.next === place ? -1 : place;
}

// Its html, where the control answers; `isElsewhere`: a page that asks to sign in, say.
async function sent(address, body) {
  try {
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-Fragment": "1" },
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    if (response.headers.get("X-Fragment") === "1") return { html: await response.text() };
    return { isElsewhere: response.status < 500 };
  } catch {
    return {};
  }
}

// As the control will be if the vote is taken. Returns what undoes it.
function pressed(form, button) {
  const others = [...form.querySelectorAll(".vote[aria-pressed=true]")].filter((other) => other !== button);
  const undo = [...others, button].filter((one) => one.matches(".vote")).map(turn);
  return () => undo.reverse().forEach((back) => back());
}

function turn(button) {
  const isOn = button.ariaPressed !== "true";
  const count = button.querySelector(".n");
  const counted = count?.textContent;
  const number = Number(counted?.replace(/\D/g, ""));
  button.ariaPressed = String(isOn);
  if (count) count.textContent = figures.format(Math.max(0, number + (isOn ? 1 : -1))).replace(/\u202f/g, "\u00a0");
  const turnWords = () => exchange(button.querySelector("[data-other]"));
  turnWords();
  return () => {
    button.ariaPressed = String(!isOn);
    if (count) count.textContent = counted;
    turnWords();
  };
}

// The word and the sign of one state for those of the other.
function exchange(label) {
  const use = label?.querySelector("use");
  if (!use) return;
  const [address, sign] = use.getAttribute("href").split("#");
  const words = label.lastChild.textContent.trim();
  label.lastChild.textContent = label.dataset.other;
  use.setAttribute("href", `${address}#${label.dataset.otherSign}`);
  Object.assign(label.dataset, { other: words, otherSign: sign });
}

function sayUnsent(form) {
  const words = Object.assign(document.createElement("p"), { className: "wrong", role: "alert" });
  words.dataset.unsent = "";
  form.append(words);
  words.textContent = said.dataset.unsent; // after it is there, so that it is read out
}

// Signed out meanwhile, say: the browser's own way shows what is the matter.
function sendWithoutScript(form, button) {
  const value = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  form.append(value);
  form.submit();
}

// Returns the new form, where the vote was taken.
function show(html, form, place) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const own = form.closest("[data-swap]").dataset.swap;
  const hadFocus = form.contains(document.activeElement) || document.activeElement === document.body;
  for (const part of answer.querySelectorAll("[data-swap]")) {
    document.querySelectorAll(`[data-swap="${part.dataset.swap}"]`).forEach((old) => old.replaceWith(part.cloneNode(true)));
  }
  const control = document.querySelector(`[data-swap="${own}"]`);
  const refusal = answer.querySelector("[data-refusal]");
  if (refusal && control) control.append(refusal);
  else said.textContent = (refusal ?? answer.querySelector("[data-say]")).textContent.trim();
  const fresh = control?.querySelector("form[data-vote]"); // no list has it where another one came meanwhile
  if (hadFocus && control) focusOn(fresh?.elements[place] ?? control);
  document.dispatchEvent(new Event("renewed"));
  return refusal ? null : fresh;
}

// A control without a button, since nobody votes there any more, takes no focus of its own.
function focusOn(part) {
  if (!part.form) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

// --- An address without the fields that were left empty. Coming back by the browser's button finds them open ------------

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-short]")) return;
  const empty = [...event.target.elements].filter((field) => field.name && !field.value);
  empty.forEach((field) => (field.disabled = true));
  setTimeout(() => empty.forEach((field) => (field.disabled = false)));
});

// --- Whoever opens an idea from a list finds those beside it on its page (trail.js) -------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-ideas] a.title");
  if (!link) return;
  if (!(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) link.search = ""; // the trail keeps more
  const links = [...link.closest("[data-ideas]").querySelectorAll("a.title")];
  const list = link.closest("[data-list]");
  const path = (query) => location.pathname + query;
  const ideas = links.map((one) => {
    const { page } = one.closest("li").dataset; // where more have come, of the one that brought it
    return [one.pathname, one.textContent.trim(), ...(page ? [path(page)] : [])];
  });
  const more = list?.querySelector("a[rel=next]");
  const next = more && more.pathname + more.search;
  const trail = JSON.stringify({ list: path(list?.dataset.again ?? location.search), ideas, next });
  try {
    sessionStorage.setItem("trail", trail);
  } catch {} // a browser that keeps nothing has no trail
});

// Whoever sits here next need not read what it says of a members' board, nor words half written (words.js).
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[action$='/logout/']")) return;
  try {
    const own = Object.keys(sessionStorage).filter((name) => name === "trail" || name.startsWith("words:"));
    own.forEach((name) => sessionStorage.removeItem(name));
  } catch {}
});

// --- A menu closes by Escape, and when one goes on elsewhere ------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
}

// --- In the manner of the pages: 14 January, 20:43. Parts that come later are told of by a "renewed" --------------------

const written = lang === "en" ? "en-GB" : lang;

// The year where it is not this one, as in the words of the server.
function ofDayAndClock(moment) {
  const isOfThisYear = moment.getFullYear() === new Date().getFullYear();
  return { day: "numeric", month: "long", year: isOfThisYear ? undefined : "numeric", hour: "2-digit", minute: "2-digit" };
}

function nameTimes() {
  for (const time of document.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString(written, { dateStyle: "long", timeStyle: "short" });
    if ("moment" in time.dataset) time.textContent = moment.toLocaleString(written, ofDayAndClock(moment));
    if ("clock" in time.dataset) time.textContent = moment.toLocaleTimeString(written, { timeStyle: "short" });
  }
}

nameTimes();
document.addEventListener("renewed", nameTimes);
