// “See it first” shows what becomes of a colour. With this it is shown while one is chosen.

const field = document.querySelector("[name=colour]");
const { form } = field;
const hues = [...form.querySelectorAll("[name=hue]")];
const button = form.querySelector("[name=look]");
const said = document.getElementById("said");
let latest;

button.hidden = true;

field.addEventListener("input", () => {
  if (!isColour(field.value)) return;
  hues.forEach((hue) => (hue.checked = false));
  look();
});

hues.forEach((hue) =>
  hue.addEventListener("change", () => {
    field.value = "";
    look();
  }),
);

// What was asked last is shown, whatever comes when. Without an answer it stays as it was.
async function look() {
  latest?.abort();
  const { signal } = (latest = new AbortController());
  said.textContent = ""; // the same words twice would not be read out again
  const body = new FormData(form);
  body.set(button.name, button.value); // no matter how old the browser: without it all would be saved
  try {
    const response = await fetch(form.action, { method: "POST", body, signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = response.ok && document.importNode(page.getElementById("accent"), true);
    if (!fresh) return;
    await arrived(fresh.querySelector("link"));
    if (signal.aborted) return;
    document.getElementById("accent").replaceWith(fresh);
    said.textContent = button.dataset.seen;
  } catch {}
}

// Its colours before it: else it would stand there in another one.
function arrived(sheet) {
  if (!sheet || document.head.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) return;
  const ahead = sheet.cloneNode();
  document.head.append(ahead);
  return new Promise((resolve) => ["load", "error"].forEach((end) => ahead.addEventListener(end, resolve)));
}

// #fd0, FFD500 and the like.
function isColour(text) {
  return /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text.trim());
}
