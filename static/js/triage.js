// The list leads to pages without this. With it, on a wide screen, the chosen idea is worked on beside the list; and
// the bar below says how many are chosen. Nothing that was typed and not sent is lost: it stays with its idea.

const list = document.querySelector("[data-list-of-ideas]");
const pane = document.getElementById("pane");
const place = pane?.querySelector("[data-place]");
const bar = document.getElementById("many");
const wide = matchMedia("(min-width: 70rem)");
const LEAST = 120; // ms that somebody stays on a row before it is fetched: j held down fetches one
const typed = new Map(); // of each idea the fields of forms with words not sent: id, value, and what their writer had seen
let untold = []; // what came of forms whose reader had gone on, until the next idea is there
let shown = null;
let asking = new AbortController();

if (list) {
  list.addEventListener("choose", (event) => wide.matches && show(event.target, { address: "replace", wait: LEAST }));
  list.addEventListener("click", open);
  list.addEventListener("change", countChosen);
  bar?.addEventListener("submit", decide);
  bar?.addEventListener("click", pick);
  pane.addEventListener("submit", send);
  pane.addEventListener("click", goOn);
  document.addEventListener("keydown", (event) => event.key === "Escape" && backToList(event));
  addEventListener("popstate", follow);
  addEventListener("beforeunload", (event) => {
    keepTyped();
    if (typed.size) event.preventDefault();
  });
  countChosen();
  follow();
  if (wide.matches) bringDown();
}

function rows() {
  return [...list.querySelectorAll("[data-row]")];
}

function boxes() {
  return [...list.querySelectorAll("[name=idea]")];
}

function open(event) {
  const row = event.target.closest("[data-row]");
  if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(row, { address: "push", reaches: event.detail === 0 }); // by a key
}

// What was said above the list stands, with its undo, where one is: far down the list, too. The answer to that undo
// keeps the place.
function bringDown() {
  const above = [...document.querySelectorAll(".notices")].filter((one) => !pane.contains(one));
  tell(...above.flatMap((one) => [...one.children]));
  for (const one of above) one.remove();
}

// The row that the address names: after a reload, and on the way back. What was done may have taken that row out of the
// list: then the one in its place.
function follow() {
  const row = named() ?? rows().slice(0, history.state?.place + 1).at(-1);
  if (!row || !wide.matches) return;
  if (document.activeElement === document.body || list.contains(document.activeElement)) row.focus({ preventScroll: true });
  show(row, { address: "replace" });
}

function named() {
  return rows().find((one) => location.hash === `#${one.id}`);
}

async function show(row, { address, wait = 0, reaches = false } = {}) {
  if (row !== shown) leaveShown();
  mark(row);
  if (address && location.hash !== `#${row.id}`) history[`${address}State`](null, "", `#${row.id}`);
  const call = anew();
  await new Promise((resolve) => setTimeout(resolve, wait));
  if (call.signal.aborted) return false;
  place.ariaBusy = "true";
  try {
    const response = await fetch(row.href, { headers: { "X-Pane": "1" }, signal: call.signal });
    const html = await response.text();
    if (response.headers.get("X-Pane") !== "shown") return leave(row.href); // signed out, or it is gone
    put(html, row);
    if (reaches) head()?.focus();
    document.dispatchEvent(new Event("answered"));
    return true;
  } catch {
    if (!call.signal.aborted) missed();
    return false;
  }
}

// Until the next idea is there nothing reaches the one that is left: keys wait (desk.js).
function leaveShown() {
  document.dispatchEvent(new Event("unreached"));
  keepTyped();
  place.inert = true;
}

// The idea that one came from is not taken for the one that could not be fetched.
function missed() {
  if (place.inert) place.replaceChildren();
  place.inert = false;
  say(pane.dataset.notThere);
  tell();
}

function anew() {
  asking.abort();
  return (asking = new AbortController());
}

function mark(row) {
  shown?.removeAttribute("aria-current");
  shown = row;
  pane.querySelector("[data-pane-head]").hidden = !row;
  if (!row) return;
  row.setAttribute("aria-current", "true");
  const all = rows();
  const first = Number(list.dataset.first);
  const words = "goesOn" in list.dataset ? pane.dataset.atLeast : pane.dataset.exactly;
  pane.querySelector("[data-of]").textContent = words
    .replace("{n}", first + all.indexOf(row))
    .replace("{all}", first + all.length - 1);
  pane.querySelector("[data-step=k]").disabled = row === all.at(0);
  pane.querySelector("[data-step=j]").disabled = row === all.at(-1);
  pane.querySelector("[data-alone]").href = row.href;
}

function put(html, row, sent = null) {
  keepTyped();
  if (sent && row) forget(row, sent);
  const answer = new DOMParser().parseFromString(html, "text/html");
  const title = answer.querySelector("title");
  if (title) document.title = title.textContent.trim();
  title?.remove();
  const renewed = answer.querySelector("[data-its-row]");
  if (renewed && row) renew(row, renewed.content.querySelector("li"));
  renewed?.remove();
  place.replaceChildren(...answer.body.childNodes);
  place.ariaBusy = null;
  place.inert = false;
  pane.scrollTop = 0;
  restoreTyped();
  tell();
  document.dispatchEvent(new Event("renewed"));
  const notice = place.querySelector(".meanwhile h2") ?? place.querySelector(".notice span");
  document.getElementById("said").textContent =
    notice?.textContent ?? `${head()?.textContent}. ${pane.querySelector("[data-of]").textContent}`;
}

// What was done shows in the list too. Its place, its tick and the focus stay.
function renew(row, line) {
  const old = row.closest("li");
  const box = line.querySelector("[name=idea]");
  if (box) box.checked = old.querySelector("[name=idea]").checked;
  const hadFocus = document.activeElement === row;
  old.replaceWith(line);
  const now = line.querySelector("[data-row]");
  if (row === shown) mark(now);
  if (hadFocus) now.focus();
}

// A form of the pane, and the one answer to it; what other forms hold stays.
async function send(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const row = shown;
  const body = new URLSearchParams(new FormData(form));
  if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
  try {
    const response = await fetch(form.action, { method: "POST", headers: { "X-Pane": "1" }, body });
    const kind = response.headers.get("X-Pane");
    if (kind === "list") return reload();
    const html = await response.text();
    if (response.ok) document.dispatchEvent(new Event("decided"));
    const isHere = isAt(row) && form.isConnected;
    if (kind !== "shown" && isHere) return form.submit(); // the browser's own way shows what is the matter
    if (kind !== "shown" || !isAt(row)) return gone(html, row, form, response);
    anew();
    put(html, shown, form);
    (place.querySelector("[aria-invalid=true]") ?? head())?.focus();
    pane.querySelector("[data-pane-head]").scrollIntoView({ block: "nearest" }); // with what was said below it
    document.dispatchEvent(new Event("answered")); // with the focus where it stays
  } catch {
    form.ariaBusy = null;
    if (isAt(row)) say(pane.dataset.notSent);
    else refused(row, pane.dataset.lost);
  }
}

// A line is another element as soon as it was renewed.
function isAt(row) {
  return row?.id === shown?.id;
}

// Its reader is at another idea by now. Its line in the list follows, and what was said, with its undo, stands above;
// of what was refused no more than for which idea: why is said there, where the words are.
function gone(html, row, form, response) {
  if (response.headers.get("X-Pane") !== "shown" || !response.ok) {
    return refused(row, response.status === 409 ? pane.dataset.quicker : pane.dataset.lost);
  }
  const answer = new DOMParser().parseFromString(html, "text/html");
  const line = document.getElementById(row.id);
  if (line) renew(line, answer.querySelector("[data-its-row]").content.querySelector("li"));
  forget(row, form);
  tell(...[...answer.querySelectorAll(".notice")].map((notice) => document.importNode(notice, true)));
}

function refused(row, words) {
  const notice = Object.assign(document.createElement("p"), { className: "notice error" });
  notice.setAttribute("role", "alert");
  if (row) {
    const link = Object.assign(document.createElement("a"), { href: `#${row.id}`, textContent: row.textContent.trim(), dir: "auto" });
    const [before, after] = words.split("{idea}");
    const sentence = document.createElement("span");
    sentence.append(before, link, after);
    notice.append(sentence);
  } else {
    notice.textContent = pane.dataset.manyLost;
  }
  tell(notice);
}

function tell(...notices) {
  untold.push(...notices);
  if (place.inert) return;
  place.prepend(...untold);
  untold = [];
}

// Above what stands there, which stays.
function say(words) {
  place.ariaBusy = null;
  document.dispatchEvent(new Event("unreached"));
  place.querySelector("[data-said]")?.remove();
  const notice = Object.assign(document.createElement("p"), { className: "notice error", textContent: words });
  notice.setAttribute("role", "alert");
  notice.dataset.said = "";
  place.prepend(notice);
}

function fieldsOf(root) {
  return [...root.querySelectorAll("form[method=post] :is(textarea, input[type=text], select)")].filter((field) => field.id);
}

function hasWords(field) {
  return !field.matches("select") && field.value.trim() !== "";
}

// Until the next idea is there, what stands in the pane is of the one before, and kept already.
function keepTyped() {
  if (!shown || place.inert) return;
  const fields = fieldsOf(place);
  const forms = new Set(fields.filter(hasWords).map((field) => field.form));
  const open = fields.filter((field) => hasWords(field) || (field.matches("select") && forms.has(field.form)));
  keep(shown, open.map((field) => [field.id, field.value, field.form.elements.seen?.value]));
}

function keep(row, fields) {
  if (fields.length) typed.set(row.id, fields);
  else typed.delete(row.id);
}

function forget(row, sent) {
  const gone = fieldsOf(sent).map((field) => field.id);
  keep(row, (typed.get(row.id) ?? []).filter(([id]) => !gone.includes(id)));
}

// With its words a form gets back what was selected beside them, and what they were written in sight of: what another did
// since is still a conflict.
function restoreTyped() {
  for (const [id, value, seen] of typed.get(shown?.id) ?? []) {
    const field = document.getElementById(id);
    if (!field || hasWords(field) || !takes(field, value)) continue;
    field.value = value;
    if (seen !== undefined) field.form.elements.seen.value = seen;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typed.delete(shown?.id);
}

// The rules that say what can be chosen may be others by now.
function takes(field, value) {
  return !field.options || [...field.options].some((option) => option.value === value);
}

function head() {
  return place.querySelector("[data-head]");
}

function goOn(event) {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const all = rows();
  const next = all[all.indexOf(shown) + (button.dataset.step === "j" ? 1 : -1)];
  next?.scrollIntoView({ block: "nearest" });
  if (next) show(next, { address: "replace" });
}

function backToList(event) {
  if (event.defaultPrevented || !shown || !pane.contains(document.activeElement)) return;
  if (document.activeElement.matches("input, textarea, select")) return; // there it lets go of the field
  shown.focus();
}

function countChosen() {
  if (!bar) return;
  const n = boxes().filter((box) => box.checked).length;
  const words = { 0: bar.dataset.none, 1: bar.dataset.one }[n] ?? bar.dataset.many.replace("{n}", n);
  bar.querySelector("[data-how-many]").textContent = words;
  bar.classList.toggle("is-idle", n === 0);
  bar.querySelector("[type=submit]").disabled = n === 0;
  for (const button of bar.querySelectorAll("[data-pick]")) button.hidden = n === 0;
}

function pick(event) {
  const wanted = event.target.closest("[data-pick]")?.dataset.pick;
  if (!wanted) return;
  for (const box of boxes()) box.checked = wanted === "all";
  countChosen();
  (wanted === "all" ? bar.querySelector("[type=submit]") : (shown ?? rows()[0])).focus();
}

async function decide(event) {
  if (!wide.matches) return;
  event.preventDefault();
  leaveShown();
  mark(null);
  const call = anew();
  const address = `${bar.action}?${new URLSearchParams(new FormData(bar))}`;
  try {
    const response = await fetch(address, { headers: { "X-Pane": "1" }, signal: call.signal });
    const kind = response.headers.get("X-Pane");
    if (kind === "list") return reload();
    if (kind !== "shown") return leave(address);
    put(await response.text(), null);
    head().focus();
    document.dispatchEvent(new Event("answered"));
  } catch {
    if (!call.signal.aborted) leave(address);
  }
}

function reload() {
  typed.clear();
  history.replaceState({ place: rows().indexOf(named()) }, "");
  location.reload();
}

function leave(address) {
  location.assign(address);
  return false;
}
