// Without this an idea leads to its question. With it, to the ideas beside it in the list that its reader came from.

const nav = document.querySelector("[data-trail]");

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem("trail"));
  } catch {
    return null;
  }
}

function point(name, [path, title] = []) {
  const link = nav.querySelector(`[data-go=${name}]`);
  link.ariaHidden = path ? null : "true";
  if (!path) return link.removeAttribute("href");
  link.href = path;
  link.querySelector("bdi").textContent = title;
  link.title = title;
}

const trail = kept();
const place = trail?.ideas.findIndex(([path]) => path === location.pathname) ?? -1;

if (nav && place >= 0) {
  point("before", trail.ideas[place - 1]);
  point("after", trail.ideas[place + 1]);
  nav.querySelector("[data-place]").textContent = `${place + 1} / ${trail.ideas.length}`;
  nav.querySelector("[data-go=list]").href = `${trail.list}#${nav.dataset.trail}`;
  nav.hidden = false;
}
