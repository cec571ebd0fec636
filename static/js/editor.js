// The editor works without this. With it a phase is added, and a text shown, without a new page.

// Before the page's other listeners: nothing is sent, so what is typed still counts as unsaved.
document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter, part = button?.dataset.part;
  if (!form.matches("[data-editor]") || !part) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    const response = await fetch(form.action, { method: "POST", body: sendable(form, button) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(part);
    if (!fresh) throw new Error(`answer ${response.status}`);
    document.getElementById(part).replaceWith(fresh);
    if (part === "phases") form.dataset.unsaved = "";
    reach(fresh, button);
  } catch {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  } finally {
    form.ariaBusy = "false";
  }
}, true);

// A picture stays here until the form is saved.
function sendable(form, button) {
  const data = new FormData(form);
  data.set(button.name, button.value); // no matter how old the browser: without it all would be saved
  data.delete("picture");
  return data;
}

// A new row is where one goes on typing; after anything else the same button is at hand again.
function reach(part, button) {
  const titles = part.querySelectorAll("[name=phase] ~ .field input");
  const field = button.name === "add" ? titles[titles.length - 1] : part.querySelector(`button[name="${button.name}"]`);
  (field ?? part.querySelector("button:not(:disabled)"))?.focus();
}
