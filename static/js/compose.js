// The link to the form for a new idea works without this. With it a press unfolds that form in the page, above its list.

const link = document.querySelector("[data-unfolds]");
const place = document.getElementById(link?.dataset.unfolds);
const PATIENCE = 15_000;

function begin() {
  link.setAttribute("aria-controls", place.id);
  link.ariaExpanded = "false";
  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || event.target.closest?.("a[href]")?.href !== link.href) return;
    event.preventDefault();
    open();
  });
  place.addEventListener("click", (event) => event.target.closest("[data-fold]") && fold());
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !isEmpty()) return;
    event.preventDefault();
    fold();
  });
}

async function open() {
  if (link.ariaBusy === "true") return;
  const from = document.activeElement;
  link.ariaBusy = "true";
  try {
    if (!place.firstElementChild) await Promise.race([bring(), tooLate()]);
  } catch {
    place.replaceChildren();
    location.assign(link.href);
    return;
  } finally {
    link.ariaBusy = null;
  }
  place.hidden = false;
  link.ariaExpanded = "true";
  const hasWaited = [from, link, document.body].includes(document.activeElement); // nobody who went on is called back
  if (hasWaited) place.querySelector("#preview, [name=title]").focus();
}

function tooLate() {
  return new Promise((_done, fail) => setTimeout(fail, PATIENCE, new Error("late")));
}

// What was typed stays here.
function fold() {
  place.hidden = true;
  link.ariaExpanded = "false";
  link.focus();
}

// The form with its style and its scripts, which find it when they run: once.
async function bring() {
  const response = await fetch(link.href, { headers: { "X-Fragment": "1" } });
  if (response.headers.get("X-Fragment") !== "1") throw new Error(`answer ${response.status}`);
  const part = new DOMParser().parseFromString(await response.text(), "text/html");
  const scripts = [...part.scripts].map((script) => script.src);
  await Promise.all([...part.querySelectorAll("link")].map(dress));
  for (const one of part.querySelectorAll("link, script, noscript")) one.remove();
  place.append(document.importNode(part.querySelector("section"), true));
  await Promise.all(scripts.map((address) => import(address)));
}

function dress(sheet) {
  return new Promise((done, fail) => {
    const own = document.importNode(sheet);
    own.addEventListener("load", done);
    own.addEventListener("error", fail);
    document.head.append(own);
  });
}

function isEmpty() {
  const { title, body, tags } = place.querySelector("form").elements;
  return !place.querySelector("[data-picture]") && ![title, body, tags].some((field) => field.value.trim());
}

if (link && place) begin();
