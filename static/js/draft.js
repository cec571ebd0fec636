// Without this a draft is saved by its button. With it it is saved as one types; what does not reach the server stays in this browser.

const PAUSE = 1200; // ms without a key
const LONGEST = 10_000; // ms of typing without a break
const KEPT_DAYS = 7;

for (const form of document.querySelectorAll("form[data-draft]")) begin(form);

function begin(form) {
  const state = document.querySelector("[data-saved]");
  const key = `draft:${form.dataset.owner}:${new URL(form.action).pathname}`; // of its own page, wherever it unfolds
  let timer, since, sending, isDirty = false, isKept = false, isSent = false;

  offer();
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
    if (navigator.onLine) forget(); // the server keeps it, whatever it says
  });
  window.addEventListener("pageshow", () => (isSent = false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && isDirty && !isSent) save(true);
  });
  window.addEventListener("online", () => (isDirty || isKept) && save());
  window.addEventListener("offline", () => isDirty && form.dataset.draft && failed(form.dataset.sayKept));

  function touched(event) {
    if (event.target.type === "file") return;
    isDirty = true;
    since ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  // One after the other, so that the last words win.
  async function save(isLeaving = false) {
    if (!form.dataset.draft) return keep();
    if (isSent || (sending && !isLeaving)) return;
    isDirty = false;
    since = undefined;
    const words = typed();
    sending = fetch(form.dataset.draft, { method: "POST", body: words, keepalive: isLeaving, headers: { Accept: "application/json" } });
    try {
      show(await sending);
    } catch {
      failed(form.dataset.sayKept);
    } finally {
      sending = undefined;
      if (isDirty && !isSent) timer = setTimeout(save, PAUSE);
    }
  }

  async function show(response) {
    const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isOurs ? await response.json() : {};
    if (response.ok && isOurs) {
      isKept = false;
      forget();
      say(answer.saved ? form.dataset.saySaved.replace("{time}", clock(answer.saved)) : "");
    } else if (response.status === 401 || response.status === 403) {
      failed(form.dataset.saySignedOut);
    } else {
      failed(answer.message ?? form.dataset.sayKept);
    }
  }

  function failed(message) {
    isKept = true;
    keep();
    say(message);
  }

  function say(message) {
    if (state && state.textContent !== message) state.textContent = message;
  }

  function typed() {
    const words = new FormData(form);
    for (const [name, value] of [...words]) if (value instanceof File) words.delete(name);
    return words;
  }

  function keep() {
    const words = [...typed()].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "terms");
    stored("setItem", JSON.stringify({ at: Date.now(), words }));
  }

  function forget() {
    stored("removeItem");
  }

  // What this browser kept is offered, never put over what the page says.
  function offer() {
    const found = kept();
    if (!found || same(found.words)) return;
    const box = document.createElement("div");
    box.className = "notice warning row";
    box.setAttribute("role", "status");
    const text = Object.assign(document.createElement("span"), { textContent: form.dataset.sayFound });
    box.append(text, button("labelFetch", () => (put(found.words), box.remove())), button("labelForget", () => (forget(), box.remove())));
    form.prepend(box);
  }

  function button(label, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: form.dataset[label] });
    made.addEventListener("click", act);
    return made;
  }

  function kept() {
    try {
      const found = JSON.parse(stored("getItem"));
      if (found && Date.now() - found.at < KEPT_DAYS * 86_400_000) return found;
    } catch { /* of an older version, or nothing */ }
    forget();
    return null;
  }

  function same(words) {
    return texts(words).every(([name, value]) => form.elements[name]?.value === value);
  }

  function texts(words) {
    return words.filter(([name]) => ["title", "body", "tags", "challenge", "language"].includes(name));
  }

  function put(words) {
    for (const [name, value] of texts(words)) {
      const field = form.elements[name];
      if (field && field.type !== "hidden") field.value = value; // the page says which question
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function stored(act, ...value) {
    try {
      return localStorage[act](key, ...value);
    } catch {
      return null; // a browser that keeps nothing
    }
  }
}

// As page.js writes times.
function clock(moment) {
  const lang = document.documentElement.lang;
  return new Date(moment).toLocaleTimeString(lang === "en" ? "en-GB" : lang, { timeStyle: "short" });
}
