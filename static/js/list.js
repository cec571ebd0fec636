// Lists of ideas work without this. With it an order, a filter or a search changes the list alone, more ideas come behind
// those that are there, and whoever comes back from an idea finds the list as they left it.

const said = document.getElementById("said");
const AUTOMATIC = 3; // pages that come by themselves; then whoever wants more presses
const NEAR = "800px";
const MOST_AGAIN = 10; // pages that are fetched again for whoever comes back
const thrifty = navigator.connection?.saveData === true;
let going = null;

const list = () => document.querySelector("[data-list]");
const address = () => location.pathname + location.search;
const isPlain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
const isSamePage = (url) => url.origin === location.origin && url.pathname === location.pathname;
const searchField = (place) => place.querySelector("[type=search]");
let wanted = address(); // of the list that is here, or on its way

// --- Another order, filter, search or density: the same page is fetched, and its list is put in place -------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-list] a[href]");
  if (!link || event.defaultPrevented || !isPlain(event) || !isSamePage(new URL(link.href))) return;
  if (link.rel === "next") {
    event.preventDefault();
    more(link, { byHand: true });
  } else if (link.closest(".list-bar, [data-chip], .row, .more, .empty")) {
    event.preventDefault();
    show(link.href, { from: link });
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || !form.closest("[data-list]")) return;
  event.preventDefault();
  const words = [...new FormData(form)].filter(([, value]) => value !== "");
  const url = new URL(form.getAttribute("action"), location.href);
  url.search = new URLSearchParams(words);
  const { activeElement } = document;
  show(url.href, { from: activeElement === document.body ? event.submitter : activeElement }); // Safari focuses no button
});

addEventListener("popstate", () => {
  if (list() && address() !== wanted) show(location.href, { state: history.state ?? {} });
});

async function show(href, { from = null, state = null } = {}) {
  going?.abort();
  going = new AbortController();
  const { signal } = going;
  const before = list();
  const words = searchField(before)?.value;
  const { pathname, search } = new URL(href, location.href);
  wanted = pathname + search;
  before.ariaBusy = "true";
  try {
    const found = await listAt(state?.first ?? href, signal);
    if (!state) {
      keepPlace();
      history[href === location.href ? "replaceState" : "pushState"](null, "", href);
    }
    put(found, before, { from, words });
    if (state) await goDown(state, signal);
    else announce(before, found);
    watch();
  } catch (error) {
    if (error.name !== "AbortError") leaveFor(href);
  }
}

// The browser's own way. To an address that is this one but for its "#" a browser would only scroll.
function leaveFor(href) {
  if (wanted === address()) location.reload();
  else location.assign(href);
}

// As far as they were: page by page, and no more of them than that takes.
async function goDown({ y = 0, pages = [] }, signal) {
  const here = list();
  const again = [];
  here.ariaBusy = "true";
  try {
    for (const page of pages.slice(0, MOST_AGAIN)) {
      if (document.documentElement.scrollHeight >= y + innerHeight) break;
      append(here, await listAt(page, signal), page);
      again.push(page);
    }
  } finally {
    here.ariaBusy = null;
  }
  history.replaceState({ ...history.state, pages: again, y }, "");
  scrollTo({ top: y, behavior: "instant" });
}

async function listAt(href, signal) {
  const response = await fetch(new URL(href, location.href), { signal });
  if (!response.ok || response.redirected) throw new Error(`answer ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.querySelector("[data-list]");
  if (!found) throw new Error("no list");
  return document.importNode(found, true);
}

// In the place of the list that is here. What somebody has typed meanwhile, since `words` stood there, is kept.
function put(found, before, { from, words }) {
  const active = document.activeElement;
  const focused = before.contains(active) ? active : active === document.body && from; // Safari focuses no link
  const [old, field] = [before, found].map(searchField);
  if (field && old?.value !== words) field.value = old.value;
  before.replaceWith(found);
  if (focused) focusAgain(focused, found);
  if (field && focused === old) field.setSelectionRange(old.selectionStart, old.selectionEnd);
  renewed();
}

// On what has the same name now, or on what opens its menu; what is gone leaves the focus with the list.
function focusAgain(old, found) {
  const named = old.id ? document.getElementById(old.id) : null;
  const menu = named?.closest("[data-menu]:not([open])");
  const same = menu?.querySelector("summary") ?? named;
  (same ?? (old.form && searchField(found)) ?? found).focus({ preventScroll: true });
}

function renewed() {
  document.dispatchEvent(new Event("renewed"));
}

function announce(before, after) {
  const isSameWay = before.dataset.density === after.dataset.density;
  const names = isSameWay ? ["[data-found]", "[data-sorted]"] : [".densities [aria-current]"];
  const words = names.map((name) => after.querySelector(name)?.textContent.trim()).filter(Boolean);
  said.textContent = words.join(". ") || after.querySelector("h2").textContent.trim();
}

// --- More ideas ---------------------------------------------------------------------------------------------------------

let pressed = null; // the link to more, by hand, be it while they come by themselves

async function more(link, { byHand = false } = {}) {
  if (byHand) pressed = link;
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const here = list();
  const page = link.getAttribute("href");
  try {
    const found = await listAt(page);
    if (!here.isConnected) return; // another order came meanwhile
    const isWaiting = pressed === link && [link, document.body].includes(document.activeElement);
    const fresh = append(here, found, page);
    history.replaceState({ ...history.state, pages: [...(history.state?.pages ?? []), page] }, "");
    if (isWaiting) fresh?.querySelector("a")?.focus({ preventScroll: true });
    else said.textContent = found.querySelector("[data-ideas]")?.dataset.said ?? "";
    keepPlace();
    watch();
  } catch {
    if (pressed === link) location.assign(link.href);
  } finally {
    link.ariaBusy = null;
    if (pressed === link) pressed = null;
  }
}

// Its ideas that are not here yet, each with the address of its page, and the way on from there. Returns the first of them.
function append(here, other, page) {
  if (here.dataset.density !== other.dataset.density) throw new Error("shown in another way since");
  const ideas = here.querySelector("[data-ideas]");
  const fresh = [...(other.querySelector("[data-ideas]")?.children ?? [])].filter((idea) => !here.querySelector(`#${idea.id}`));
  for (const idea of fresh) idea.dataset.page = page;
  ideas?.append(...fresh);
  const link = here.querySelector("a[rel=next]");
  const next = other.querySelector("a[rel=next]");
  if (next && link) link.setAttribute("href", next.getAttribute("href"));
  else link?.remove();
  renewed();
  return fresh[0];
}

const near = new IntersectionObserver(
  (entries) => {
    const seen = entries.at(-1); // a busy browser tells of two moments at once
    const loaded = history.state?.pages?.length ?? 0;
    if (seen.isIntersecting && seen.target.isConnected && loaded < AUTOMATIC) more(seen.target);
  },
  { rootMargin: `0px 0px ${NEAR}` },
);

function watch() {
  near.disconnect();
  showOrder();
  const link = list()?.querySelector("a[rel=next]");
  if (link && !thrifty) near.observe(link);
}

// On a phone the orders and the statuses are wider than the screen.
function showOrder() {
  for (const tab of list()?.querySelectorAll(":is(.tabs, .statuses) [aria-current]") ?? []) {
    tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;
  }
}

// --- Coming back --------------------------------------------------------------------------------------------------------

function keepPlace() {
  const again = list()?.dataset.again;
  const first = history.state?.first ?? again;
  history.replaceState({ ...history.state, ...(first && { first }), y: scrollY }, "");
}

let resting = 0;
addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(keepPlace, 200);
}, { passive: true });
document.addEventListener("click", keepPlace, { capture: true });

// The list that is here is its first page, but for one that begins where chance had begun it.
function comeBack(kept) {
  if (kept.first) return show(location.href, { state: kept });
  going = new AbortController();
  return goDown(kept, going.signal).then(watch, watch);
}

function begin() {
  if (!list()) return;
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!isBack) history.replaceState(null, "");
  const kept = history.state;
  if (kept?.first || kept?.pages?.length) {
    history.scrollRestoration = "manual";
    comeBack(kept).finally(() => (history.scrollRestoration = "auto"));
  } else {
    watch();
  }
}

begin();
