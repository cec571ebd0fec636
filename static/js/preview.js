// Without this the preview comes on a page of its own, above the form. With it the two take turns, and nothing is left.

for (const form of document.querySelectorAll("form:has([data-preview])")) begin(form);

function begin(form) {
  const place = form.querySelector("[data-preview]");
  const writing = form.querySelector("[data-writing]");
  const silence = Object.assign(document.createElement("p"), { className: "wrong", role: "alert" });
  let opener;

  // Before the form's other listeners: nothing is sent for good.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "preview") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    look(event.submitter);
  }, true);
  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-go-on]") || !opener) return;
    event.preventDefault();
    place.replaceChildren();
    writing.hidden = false;
    opener.focus();
  });

  async function look(button) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    silence.remove();
    const shown = await preview(button).catch(() => undefined);
    form.ariaBusy = null;
    if (shown === undefined) return stay(button);
    if (!shown) return sendWithoutScript(button);
    opener = button;
    place.replaceChildren(document.importNode(shown, true));
    writing.hidden = true;
    place.firstElementChild.focus({ preventScroll: true });
    place.scrollIntoView();
  }

  function stay(button) {
    silence.textContent = form.dataset.sayNoPreview;
    button.parentElement.after(silence);
    silence.scrollIntoView({ block: "nearest" });
  }

  // null: a page that says why there is none has to be shown whole; undefined: no answer, as while the server starts anew.
  async function preview(button) {
    const words = new FormData(form);
    words.set(button.name, button.value); // no matter how old the browser: without it the idea would be posted
    for (const [name, value] of [...words]) if (value instanceof File) words.delete(name);
    const response = await fetch(form.action, { method: "POST", body: words });
    if (response.status >= 500) return undefined;
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html").getElementById("preview") : null;
  }

  function sendWithoutScript(button) {
    const value = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(value);
    form.submit();
  }
}
