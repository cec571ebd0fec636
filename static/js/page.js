// The pages work without this. With it a vote needs no reload, and exact times are those of the reader's clock.

const said = document.getElementById("said");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-vote]") || !event.submitter) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const place = [...form.elements].indexOf(event.submitter);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form, event.submitter)), // few words: the server reads them fastest so
      headers: { "X-Fragment": "1" },
    });
    const isFragment = response.headers.get("X-Fragment") === "1";
    if (!isFragment) throw new Error(`answer ${response.status}`);
    show(await response.text(), form, place);
  } catch {
    sendWithoutScript(form, event.submitter);
  }
});

// An address without the fields that were left empty. Coming back by the browser's button finds them open.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-short]")) return;
  const empty = [...event.target.elements].filter((field) => field.name && !field.value);
  empty.forEach((field) => (field.disabled = true));
  setTimeout(() => empty.forEach((field) => (field.disabled = false)));
});

// Signed out meanwhile, or no network: the browser's own way shows what is the matter.
function sendWithoutScript(form, button) {
  const value = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  form.append(value);
  form.submit();
}

function show(html, form, place) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const own = form.closest("[data-swap]").dataset.swap;
  for (const part of answer.querySelectorAll("[data-swap]")) {
    document.querySelectorAll(`[data-swap="${part.dataset.swap}"]`).forEach((old) => old.replaceWith(part.cloneNode(true)));
  }
  const control = document.querySelector(`[data-swap="${own}"]`);
  const refusal = answer.querySelector("[data-refusal]");
  if (refusal) control.append(refusal);
  else said.textContent = answer.querySelector("[data-say]").textContent.trim();
  control.querySelector("form")?.elements[place]?.focus();
}

// In the manner of the pages: 14 January, 20:43.
const lang = document.documentElement.lang;
const written = lang === "en" ? "en-GB" : lang;
for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  time.title = moment.toLocaleString(written, { dateStyle: "long", timeStyle: "short" });
  if ("clock" in time.dataset) time.textContent = moment.toLocaleTimeString(written, { timeStyle: "short" });
}
