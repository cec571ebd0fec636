// The desk works without this. With it the keyboard is enough (shortcuts.js says when a key is one), and a text says how
// many characters it lacks.

document.addEventListener("keydown", (event) => {
  const isSent = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("input, textarea, select");
  if (isSent && !event.defaultPrevented && !event.isComposing) sendFrom(event);
});

document.addEventListener("key", (event) => {
  const key = event.detail;
  if (isForAll(key)) bar.requestSubmit();
  if (waits(key) || press(key)) event.preventDefault();
});

// With ideas chosen, a key that decides is for all of them: it waits for their page, unless that is there.
const bar = document.getElementById("many");
const DECIDES = "swmh";

function isForAll(key) {
  const isComing = document.querySelector("[data-place][inert]") && !document.querySelector("[data-row][aria-current]");
  if (!bar || !DECIDES.includes(key) || isComing) return false;
  const chosen = codes("[data-list-of-ideas] [name=idea]:checked");
  return chosen !== "" && chosen !== codes("[data-place] [data-many] [name=idea]");
}

function codes(boxes) {
  return [...document.querySelectorAll(boxes)].map((box) => box.value).sort().join();
}

// Keys for an idea that is not there yet wait for it, with what is typed after them: they neither get lost nor reach
// the idea that stood there before.
const FOR_THE_IDEA = "sanwmhu";
const WRITES = "an";
const GOES_ON = "jk";
let held = [];
document.addEventListener("answered", release);
document.addEventListener("unreached", () => (held = []));

function waits(key) {
  if (!document.querySelector("[data-place]:is([inert], :has(form[aria-busy=true]))")) return false;
  const isText = WRITES.includes(held[0]);
  if (!held.length && (key.length > 1 || !FOR_THE_IDEA.includes(key))) return false;
  if (!isText && GOES_ON.includes(key)) {
    held = [];
    return false;
  }
  if (key.length > 1 && !["Enter", "ArrowUp", "ArrowDown"].includes(key)) return false;
  held.push(key);
  return true;
}

function release() {
  const keys = held;
  held = [];
  for (const [at, key] of keys.entries()) {
    const field = document.activeElement;
    if (field.matches("textarea")) return write(field, keys.slice(at));
    if (field.matches("[type=radio]") && key.length > 1) turn(field, key);
    else press(key);
  }
}

function write(field, keys) {
  const text = keys.map((key) => (key === "Enter" ? "\n" : key)).filter((key) => [...key].length === 1);
  field.setRangeText(text.join(""), field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// As the browser does it.
function turn(radio, key) {
  if (key === "Enter") return radio.form.requestSubmit();
  const all = [...radio.form.elements[radio.name]];
  const next = all.at((all.indexOf(radio) + (key === "ArrowDown" ? 1 : -1)) % all.length);
  next.checked = true;
  next.focus();
}

function sendFrom(event) {
  if (event.target.form?.method !== "post") return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

// Whether the key did something.
function press(key) {
  switch (key) {
    case "j":
    case "k":
      return step(key);
    case "o":
      return open(currentRow());
    case "x":
      return open(currentRow()?.closest("li")?.querySelector("[name=idea]"));
    case "/":
      return search();
    case "a":
    case "n":
      return reach(document.querySelector(`[data-focus="${key}"] textarea`));
    case "w":
      return reach(document.querySelector('[data-key="w"]'));
    case "m":
    case "u":
      return open(document.querySelector(`[data-key="${key}"]`));
    case "s":
      return reach(document.querySelector("[name=status]:checked") ?? document.querySelector('[data-key="s"]'));
    case "h":
      return reach(document.querySelector(`[data-focus="h"] input:not([type=hidden])`)) || unfold(document.querySelector('[data-key="h"]'));
    default:
      return /^[0-9]$/.test(key) && open(document.querySelector(`[data-key="${key}"]`));
  }
}

function step(key) {
  const beside = document.querySelector(`[data-key="${key}"]`);
  if (beside) return open(beside);
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.indexOf(currentRow());
  const wanted = at < 0 ? 0 : at + (key === "j" ? 1 : -1);
  if (wanted === rows.length) return reach(document.querySelector(".more [rel=next]"));
  if (!reach(rows[wanted])) return false;
  rows[wanted].dispatchEvent(new Event("choose", { bubbles: true })); // triage.js shows it beside the list
  return true;
}

// The row with the focus, else the one that is shown beside the list. An address that names one has given it the
// focus: where somebody comes back from an idea.
function currentRow() {
  return document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row][aria-current=true]");
}

function search() {
  const field = document.querySelector('[data-key="/"]');
  const list = document.querySelector("[data-list]");
  if (!field && list) location.assign(`${list.dataset.list}#q`);
  return field ? reach(field) : Boolean(list);
}

function unfold(control) {
  if (!control?.matches("summary")) return open(control);
  control.parentElement.open = true;
  return reach(control.parentElement.querySelector("input:not([type=hidden])"));
}

function reach(element) {
  if (!element) return false;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
  element.select?.();
  return true;
}

function open(element) {
  element?.click();
  return Boolean(element);
}

// The tab of this page is in sight from the start, also where the style cannot see to that.
const sliding = document.querySelector("[data-sliding]");
const here = sliding.querySelector("[aria-current]");
if (here && !CSS.supports("scroll-initial-target", "nearest")) {
  const [inner, outer] = [here.getBoundingClientRect(), sliding.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) sliding.scrollBy(inner.left - outer.left, 0);
}

// What no form has sent yet is not lost to a key, nor to the form beside it: words, and all fields of an editor. An
// editor that came back from the server without being saved says so itself.
const AT_STAKE = "main form[method=post] textarea, main form[data-watched] :is(input, select)";
let sent = null;
document.addEventListener("submit", (event) => (sent = event.target));
window.addEventListener("beforeunload", (event) => {
  const unsaved = [...document.querySelectorAll("main form[data-unsaved]")];
  const changed = [...document.querySelectorAll(AT_STAKE)].filter(isChanged).map((field) => field.form);
  if ([...unsaved, ...changed].some((form) => form !== sent)) event.preventDefault();
});

function isChanged(field) {
  if (field.type === "hidden") return false;
  if (field.type === "file") return field.files.length > 0;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.options) return field.selectedOptions[0] !== ([...field.options].find((one) => one.defaultSelected) ?? field.options[0]);
  return field.value !== field.defaultValue && Boolean((field.value + field.defaultValue).trim());
}

// The browser's own question names nothing: each part of a page says what of it is not saved.
for (const part of document.querySelectorAll("[data-watch]")) {
  part.addEventListener("input", () => {
    part.querySelector("[data-unsaved-note]").hidden = ![...part.querySelectorAll("input, select, textarea")].some(isChanged);
  });
}

// After a refusal the first field that needs a correction.
reach(document.querySelector("main [aria-invalid=true]"));

// Counted as the server counts: signs, with the blanks between them made one.
document.addEventListener("input", ({ target }) => {
  const hint = target.id && document.querySelector(`[data-counts="${target.id}"]`);
  if (!hint) return;
  const missing = Number(hint.dataset.shortest) - [...target.value.split(/\s+/).filter(Boolean).join(" ")].length;
  const words = missing === 1 ? hint.dataset.one : hint.dataset.many;
  hint.querySelector("b").textContent = missing > 0 ? words.replace("{n}", missing) : hint.dataset.enough;
});
