// The numbers on a page of ideas are true when it is made. This keeps them true while somebody looks at it: it asks now and
// then, and changes a number where it stands. Nothing moves, and nothing is said aloud.

const EVERY = 15_000;
const SLOWEST = 240_000;
const AT_ONCE = 20; // as many as a page has, so that all who see it ask for the same address
const lang = document.documentElement.lang;
const written = new Intl.NumberFormat(lang, { useGrouping: "always" });
const plural = new Intl.PluralRules(lang);
const tags = new Map();
let timer = 0;
let wait = EVERY;
let asked = Date.now();
let isOver = false;

function later(milliseconds = wait) {
  clearTimeout(timer);
  if (!isOver && document.visibilityState === "visible") timer = setTimeout(ask, milliseconds + Math.random() * 1_000);
}

async function ask() {
  asked = Date.now();
  try {
    for (const [address, ideas] of inSight()) {
      isOver = (await askFor(address, ideas)) === "stop";
      if (isOver) return;
    }
    wait = EVERY;
  } catch (error) {
    wait = Math.min(Math.max(wait * 2, error.wait ?? 0), SLOWEST);
  }
  later();
}

// Page by page, those that are on the screen or nearly so.
function inSight() {
  const found = new Map();
  for (const list of document.querySelectorAll("[data-counts]")) {
    const ideas = [...list.children];
    for (let n = 0; n < ideas.length; n += AT_ONCE) {
      const some = ideas.slice(n, n + AT_ONCE);
      if (!some.some(isNear)) continue;
      const codes = some.map((idea) => idea.id.replace("idea-", ""));
      found.set(`${list.dataset.counts}?ideas=${codes.join(",")}`, some);
    }
  }
  return found;
}

function isNear(idea) {
  const { top, bottom } = idea.getBoundingClientRect();
  return bottom > -innerHeight && top < innerHeight * 2;
}

async function askFor(address, ideas) {
  const before = new Map(ideas.map((idea) => [idea.id, control(idea)?.textContent]));
  const headers = tags.has(address) ? { "If-None-Match": tags.get(address) } : {};
  const response = await fetch(address, { headers, cache: "no-store" });
  if (response.status === 304) return "same";
  if (response.status === 429 || response.status >= 500) throw Object.assign(new Error("busy"), { wait: seconds(response) * 1_000 });
  if (!response.ok || response.redirected) return "stop"; // signed out, or the brand is gone: the next page says so
  const numbers = (await response.json()).ideas;
  if (response.headers.get("ETag")) tags.set(address, response.headers.get("ETag"));
  for (const idea of ideas) {
    const place = control(idea);
    const isPressed = place?.querySelector("[aria-busy=true]") || before.get(idea.id) !== place?.textContent;
    const now = numbers[idea.id.replace("idea-", "")];
    if (place && now && isPressed) tags.delete(address);
    else if (place && now) put(place, now);
  }
}

const control = (idea) => idea.querySelector("[data-swap^=votes-]");
const seconds = (response) => Number(response.headers.get("Retry-After")) || 0;

// The numbers stand in their order; a word beside one that would be another word with it ("1 point") is left alone.
function put(place, numbers) {
  const shown = [...place.querySelectorAll(".n, b")];
  shown.forEach((element, n) => {
    const was = Number(element.textContent.replace(/\D/g, ""));
    const now = numbers[n];
    if (now === undefined || now === was) return;
    if (element.matches("b") && plural.select(was) !== plural.select(now)) return;
    element.textContent = written.format(now).replace(/\u202f/g, "\u00a0");
  });
}

document.addEventListener("visibilitychange", () => later(Math.max(0, wait - (Date.now() - asked))));
addEventListener("pageshow", (event) => event.persisted && later(0));

if (navigator.connection?.saveData !== true) later();
