// Without this an idea leads to its question. With it, to the ideas beside it in the list that its reader came from, and
// past the last of those that were loaded there to the list's next page.

const nav = document.querySelector("[data-trail]");
const trail = kept();

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem("trail"));
  } catch {
    return null;
  }
}

const code = nav?.dataset.trail.replace("idea-", ""); // its path changes with its title
const place = trail?.ideas.findIndex(([path]) => path.split("/").includes(code)) ?? -1;
if (nav && place >= 0) show();

function show() {
  point("before", trail.ideas[place - 1]);
  point("after", trail.ideas[place + 1] ?? (trail.next ? [`${trail.next}#ideas`, nav.dataset.more] : []));
  const all = trail.ideas.length;
  const words = trail.next ? nav.dataset.atLeast : "{n} / {all}";
  nav.querySelector("[data-place]").textContent = words.replace("{n}", place + 1).replace("{all}", all);
  const [, , list = trail.list] = trail.ideas[place];
  nav.querySelector("[data-go=list]").href = `${list}#${nav.dataset.trail}`;
  for (const link of document.querySelectorAll(".crumbs a")) if (trail.list.split("?")[0] === link.pathname) link.href = trail.list;
  nav.hidden = false;
}

function point(name, [path, title] = []) {
  const link = nav.querySelector(`[data-go=${name}]`);
  link.ariaHidden = path ? null : "true";
  if (!path) {
    delete link.dataset.key;
    for (const name of ["href", "title", "aria-keyshortcuts"]) link.removeAttribute(name);
    return;
  }
  link.href = path;
  link.querySelector("bdi").textContent = title;
  link.title = title;
}

nav?.querySelector("[data-go=after]").addEventListener("click", async (event) => {
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!trail?.next || trail.ideas[place + 1] || place < 0 || !isPlain) return;
  event.preventDefault();
  const link = event.currentTarget;
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const isThere = await goesOn().catch(() => false);
  link.ariaBusy = null;
  if (trail.ideas[place + 1]) location.assign(trail.ideas[place + 1][0]);
  else if (isThere && !trail.next) {
    show();
    nav.querySelector("[data-go=list]").focus(); // behind the last one there is nothing to press any more
  } else location.assign(link.href);
});

// Whether the list's next page came. Its ideas stand behind the others now, each with the address of that page.
async function goesOn() {
  const response = await fetch(trail.next);
  if (!response.ok || response.redirected) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const known = new Set(trail.ideas.map(([path]) => path));
  const links = [...page.querySelectorAll("[data-ideas] a.title")].filter((link) => !known.has(link.pathname));
  trail.ideas.push(...links.map((link) => [link.pathname, link.textContent.trim(), trail.next]));
  const more = page.querySelector("[data-list] a[rel=next]")?.getAttribute("href");
  trail.next = more ? trail.next.split("?")[0] + more : null;
  try {
    sessionStorage.setItem("trail", JSON.stringify(trail));
  } catch {} // it was there before; what is new is lost
  return true;
}
