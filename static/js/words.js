// A comment that is half written is still there when its writer comes back to the page, in this window alone, until it
// is posted or they sign out (page.js).

const fields = document.querySelectorAll("[data-words] [name=body]");
const isPosted = location.hash.startsWith("#comment-"); // where whoever has posted one is led

function keep(name, words) {
  try {
    if (words) sessionStorage.setItem(name, JSON.stringify(words));
    else sessionStorage.removeItem(name);
  } catch {} // a browser that keeps nothing gives nothing back
}

function kept(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

for (const field of fields) {
  const { parent } = field.form.elements;
  const path = new URL(field.form.getAttribute("action"), location.href).pathname;
  const name = `words:${path}${parent?.value ?? ""}`;
  const save = (sent) => keep(name, field.value.trim() && { text: field.value, sent });
  const words = kept(name);
  if (words?.sent && isPosted) keep(name);
  else if (words && !field.value.trim()) {
    field.value = words.text;
    field.closest("details")?.setAttribute("open", "");
  }
  field.addEventListener("input", () => save(false));
  field.form.addEventListener("submit", () => save(true));
}

// --- From a vote to the field in which one says why: the page glides there instead of jumping ---------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-to-field]");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
});
