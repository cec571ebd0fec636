// Imports work without this: the page loads itself again. With it only the bar moves, and each choice of a column
// shows what stands in it.

const EVERY_MS = 1500;
const box = document.querySelector("[data-import][data-moves]");
const plan = document.querySelector("[data-plan]");

if (box) setTimeout(look, EVERY_MS);
if (plan) for (const select of plan.querySelectorAll("select[name^=column_]")) watch(select);

// Nobody is asked while nobody looks; a server that does not answer is asked again.
async function look() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", look, { once: true });
    return;
  }
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.reload();
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    setTimeout(look, EVERY_MS * 4);
  }
}

// What moves is written in its place, so that neither focus nor an open question is lost.
function show(page) {
  const now = page.querySelector("[data-import]");
  if (!now?.hasAttribute("data-moves")) return location.reload();
  const bar = box.querySelector("progress"), next = now.querySelector("progress");
  if (next.hasAttribute("value")) {
    bar.max = next.max;
    bar.value = next.value;
  }
  for (const [place, part] of now.querySelectorAll(".number, [role=status]").entries()) {
    const own = box.querySelectorAll(".number, [role=status]")[place];
    if (!own) return location.reload();
    if (own.textContent.trim() !== part.textContent.trim()) own.textContent = part.textContent;
  }
  setTimeout(look, EVERY_MS);
}

function watch(select) {
  const sample = select.closest(".import-column").querySelector("[data-sample]");
  const tell = () => {
    const text = firstIn(select.selectedIndex - 1);
    sample.textContent = text;
    sample.hidden = text === "";
  };
  select.addEventListener("change", tell);
  tell();
}

// The first words in a column of the preview.
function firstIn(place) {
  if (place < 0) return "";
  const cells = [...document.querySelectorAll("[data-preview] tbody tr")].map((row) => row.cells[place]?.textContent.trim());
  return cells.find(Boolean) ?? "";
}
