// The form works without this: it shows ideas that are nearly the same once it is sent. With it they show while one types.

const PAUSE = 250;
const SHORTEST = 3;
const said = document.getElementById("said");

for (const place of document.querySelectorAll("[data-similar]")) watch(place, document.getElementById(place.dataset.of));

function watch(place, field) {
  let timer = 0;
  let asked = null;
  let text = "";

  const look = async () => {
    const title = field.value.trim();
    if (title === text) return;
    text = title;
    asked?.abort();
    if (title.length < SHORTEST) return show(place, null);
    asked = new AbortController();
    try {
      const response = await fetch(`${place.dataset.similar}?${new URLSearchParams({ title })}`, { signal: asked.signal });
      // Too many at once, signed out, no network: the words that stand there are no longer about this title.
      show(place, response.ok && response.headers.get("X-Fragment") === "1" ? await response.text() : null);
    } catch (error) {
      if (error.name !== "AbortError") show(place, null);
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (field.value && !place.children.length) look();
}

// Nothing that somebody has their finger or focus on goes away under it.
function show(place, html) {
  if (place.contains(document.activeElement)) return;
  const found = html === null ? null : new DOMParser().parseFromString(html, "text/html").querySelector("section");
  const before = place.querySelector("section")?.dataset.say;
  place.replaceChildren(...(found ? [document.importNode(found, true)] : []));
  if (found && found.dataset.say !== before) said.textContent = found.dataset.say;
}
