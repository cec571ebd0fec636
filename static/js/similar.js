// The form works without this: a button looks for ideas like the one that is written. With it they show while one types.

const PAUSE = 250;
const SHORTEST = 3;
const PATIENCE = 15_000;
const said = document.getElementById("said");
const isBeside = matchMedia("(min-width: 60rem)"); // as css/write.css has it
const figures = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" });

for (const place of document.querySelectorAll("[data-similar]")) {
  const found = place.querySelector("[data-found]");
  watch(place, found, document.getElementById(place.dataset.of));
  found.addEventListener("click", (event) => {
    const button = event.target.closest("button.vote");
    if (!button) return;
    event.preventDefault(); // without this the whole form goes to the server and comes back
    vote(button, place.closest("form"));
  });
}

function watch(place, found, field) {
  let timer = 0;
  let asked = null;
  let text = "";

  const look = async () => {
    const title = field.value.trim();
    if (title === text) return;
    text = title;
    asked?.abort();
    if (title.length < SHORTEST) return show(found, null);
    asked = new AbortController();
    try {
      const response = await fetch(`${place.dataset.similar}?${new URLSearchParams({ title })}`, { signal: asked.signal });
      // Too many at once, signed out, no network: the words that stand there are no longer about this title.
      show(found, response.ok && response.headers.get("X-Fragment") === "1" ? await response.text() : null);
    } catch (error) {
      if (error.name !== "AbortError") show(found, null);
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (field.value && !found.children.length) look();
}

// Nothing that somebody has their finger or focus on goes away under it. Where they would push down what is below, they
// stay folded until somebody opens them.
function show(place, html) {
  if (place.contains(document.activeElement)) return;
  const found = html === null ? null : new DOMParser().parseFromString(html, "text/html").querySelector("section");
  const old = place.querySelector("section");
  if (found) found.querySelector("details").open = isBeside.matches || Boolean(old?.querySelector("details").open);
  place.replaceChildren(...(found ? [document.importNode(found, true)] : []));
  if (found && found.dataset.say !== old?.dataset.say) said.textContent = found.dataset.say;
}

// At the press as it will be; back where the vote was not taken.
async function vote(button, form) {
  if (button.ariaBusy === "true") return;
  const isOn = button.ariaPressed !== "true";
  const token = form.elements.csrfmiddlewaretoken.value;
  button.parentElement.querySelectorAll(".wrong").forEach((old) => old.remove());
  button.ariaBusy = "true";
  turn(button, isOn);
  const refusal = await refused(button.dataset.path, voteFor(isOn, token), form);
  button.ariaBusy = null;
  if (refusal === null) return button.parentElement.querySelector("[data-against]")?.remove();
  turn(button, !isOn);
  const words = Object.assign(document.createElement("p"), { className: "wrong", role: "alert" });
  button.parentElement.append(words);
  words.textContent = refusal;
}

// `next`: the control of the list, where there is one, is renewed by the answer.
function voteFor(isOn, token) {
  return new URLSearchParams({ value: isOn ? 1 : 0, csrfmiddlewaretoken: token, next: location.pathname + location.search });
}

// Why the vote was not taken, or null.
async function refused(address, body, form) {
  try {
    const signal = AbortSignal.timeout?.(PATIENCE);
    const response = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" }, signal });
    if (response.headers.get("X-Fragment") !== "1") return form.dataset.sayUnvoted;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const refusal = answer.querySelector("[data-refusal]");
    if (!refusal) tell(answer);
    return refusal && refusal.textContent.trim();
  } catch {
    return form.dataset.sayUnvoted;
  }
}

// Where the form unfolds above a list (compose.js), the idea may stand there, too.
function tell(answer) {
  for (const part of answer.querySelectorAll("[data-swap]")) {
    document.querySelectorAll(`[data-swap="${part.dataset.swap}"]`).forEach((old) => old.replaceWith(document.importNode(part, true)));
  }
  document.dispatchEvent(new Event("renewed"));
  said.textContent = answer.querySelector("[data-say]").textContent.trim();
}

function turn(button, isOn) {
  const count = button.querySelector(".n");
  button.ariaPressed = String(isOn);
  button.name = isOn ? "withdraw" : "support";
  if (!count) return;
  const number = Number(count.textContent.replace(/\D/g, "")) + (isOn ? 1 : -1);
  count.textContent = figures.format(Math.max(0, number)).replace(/\u202f/g, "\u00a0");
}
