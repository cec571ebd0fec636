// What was decided beside the list changes the numbers above it. Whatever somebody has chosen there, or reached, stays.

let asking = new AbortController();

document.addEventListener("decided", async () => {
  asking.abort();
  asking = new AbortController();
  try {
    const response = await fetch(location.pathname + location.search, { headers: { "X-Facets": "1" }, signal: asking.signal });
    if (response.headers.get("X-Facets") !== "shown") return;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const number of answer.querySelectorAll("[data-number]")) renew(number);
  } catch {
    // They are right again on the next page.
  }
});

function renew(number) {
  const old = document.querySelector(`[data-number="${CSS.escape(number.dataset.number)}"]`);
  if (old && old.textContent !== number.textContent) old.replaceChildren(...number.childNodes);
}
