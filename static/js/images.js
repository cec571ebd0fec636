// Without this the pictures are sent with the form. With it each is sent at once, chosen, dropped or pasted, and the form names it.

for (const field of document.querySelectorAll("[data-images]")) begin(field);

function begin(field) {
  const form = field.closest("form");
  const [input, camera] = field.querySelectorAll("input[type=file]");
  const list = field.querySelector("[data-pictures]");
  const said = document.getElementById("said");
  const say = (name, values = {}) => filled(field.dataset[name], values);
  const announce = (text) => said && (said.textContent = text);
  let waiting = Promise.resolve();
  let sending = 0;
  let submitter;

  for (const part of field.querySelectorAll("[data-without-scripts]")) part.remove();
  for (const part of field.querySelectorAll("[data-with-scripts]")) part.hidden = false;
  number();

  for (const source of [input, camera]) {
    source.addEventListener("change", () => {
      take([...source.files]);
      source.value = "";
    });
  }
  document.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    const pictures = [...data.files].filter((file) => file.type.startsWith("image/"));
    if (form.closest("[hidden]")) return; // folded again (compose.js)
    if (!pictures.length || data.types.includes("text/plain")) return; // a table copied as words and as a picture
    event.preventDefault();
    take(pictures);
  });
  // A file dropped beside the field would replace the page, and what is written on it.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop" && form.contains(event.target)) take([...event.dataTransfer.files]);
    });
  }
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      const over = kind === "dragenter" || kind === "dragover";
      if (event.dataTransfer?.types.includes("Files")) field.classList.toggle("over", over);
    });
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const item = button?.closest("[data-picture]");
    if (!item) return;
    if ("earlier" in button.dataset) move(item, item.previousElementSibling, button);
    if ("later" in button.dataset) move(item.nextElementSibling, item, button);
    if ("remove" in button.dataset) drop(item);
    if ("crop" in button.dataset) crop(item);
    if ("again" in button.dataset) send(item, item.file);
  });
  form.addEventListener("submit", (event) => {
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submitter = event.submitter ?? form.querySelector("[type=submit]");
    announce(say("sayWaiting"));
  }, true);

  function take(files) {
    for (const file of files) {
      const item = blank(file);
      const refusal = refused(file);
      if (refusal) fail(item, refusal);
      else send(item, file);
    }
  }

  function refused(file) {
    const kept = list.querySelectorAll("[data-picture]:not(.failed)").length;
    if (kept > Number(field.dataset.most)) return say("sayTooMany");
    if (!file.type.startsWith("image/")) return say("sayNoPicture");
    return file.size > 10 * 2 ** 20 ? say("sayTooLarge") : "";
  }

  function blank(file) {
    const item = field.querySelector("[data-blank]").content.firstElementChild.cloneNode(true);
    item.file = file;
    for (const part of item.querySelectorAll("[data-arrived]")) part.hidden = true;
    item.querySelector("[name=images]").disabled = true; // it has no code yet
    const words = Object.assign(document.createElement("p"), { className: "small", textContent: file.name });
    words.dir = "auto";
    words.dataset.state = "";
    item.lastElementChild.prepend(words);
    list.append(item);
    field.closest("details")?.setAttribute("open", ""); // they may have dropped it on the rest of the form
    number();
    return item;
  }

  // One after the other: the server decodes one at a time.
  function send(item, file) {
    item.classList.remove("failed");
    item.querySelectorAll(".wrong, .row:not([data-arrived])").forEach((part) => part.remove());
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", say("saySending", { name: file.name }));
    item.lastElementChild.append(bar);
    sending += 1;
    waiting = waiting.then(() => upload(file, bar)).then(
      (image) => arrive(item, image),
      (error) => item.isConnected && fail(item, error.message || say("sayFailed"), !error.final),
    ).finally(() => {
      bar.remove();
      oneLess();
    });
  }

  // Whoever pressed a button meanwhile has waited for this.
  function oneLess() {
    sending -= 1;
    if (!sending && submitter) form.requestSubmit(submitter);
    if (!sending) submitter = undefined;
  }

  function upload(file, bar) {
    if (!bar.isConnected) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", field.dataset.images);
      request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => (bar.value = event.loaded / event.total));
      request.upload.addEventListener("load", () => bar.removeAttribute("value"));
      request.addEventListener("load", () => {
        if (request.status === 201) return resolve(request.response);
        const passes = request.status === 429 || request.status >= 500;
        reject(Object.assign(new Error(request.response?.message ?? ""), { final: !passes }));
      });
      request.addEventListener("error", () => reject(new Error()));
      const body = new FormData();
      body.append("file", file);
      request.send(body);
    });
  }

  function arrive(item, image) {
    if (!image || !item.isConnected) return;
    item.whole = image;
    show(item, image);
    item.querySelector("[data-state]").remove();
    for (const part of item.querySelectorAll("[data-arrived]")) part.hidden = false;
    announce(say("sayArrived", { n: number(item) }));
    changed();
  }

  function show(item, image) {
    const code = item.querySelector("[name=images]");
    Object.assign(code, { value: image.code, disabled: false });
    Object.assign(item.querySelector("img"), { src: image.url });
    const alt = item.querySelector("[name^=alt-]");
    Object.assign(alt, { id: `alt-${image.code}`, name: `alt-${image.code}` });
    item.querySelector("label").htmlFor = alt.id;
  }

  // A part of the whole picture, which stays here as long as the page does: whoever crops again begins with it.
  async function crop(item) {
    const cropper = await import(field.dataset.cropScript).catch(() => null);
    if (!cropper) return announce(say("sayFailed"));
    item.whole ??= wholeOf(item);
    const part = await cropper.choose(field.querySelector("[data-crop-dialog]"), item.whole, item.cutOut);
    if (part === undefined) return;
    item.querySelectorAll(".wrong").forEach((old) => old.remove());
    item.ariaBusy = "true";
    sending += 1;
    try {
      show(item, part ? await cut(item.whole.code, part) : item.whole);
      item.cutOut = part ?? undefined;
      announce(say("sayCropped", { n: number(item) }));
      changed();
    } catch (error) {
      const words = Object.assign(document.createElement("p"), { className: "wrong", textContent: error.message || say("sayFailed") });
      item.lastElementChild.append(words);
      announce(words.textContent);
      submitter = undefined; // they decide what becomes of it
    }
    item.ariaBusy = null;
    oneLess();
  }

  function wholeOf(item) {
    const { src, dataset } = item.querySelector("img");
    const code = item.querySelector("[name=images]").value;
    return { code, url: src, large: dataset.large, width: Number(dataset.width), height: Number(dataset.height) };
  }

  async function cut(code, part) {
    const response = await fetch(`${field.dataset.images}${code}/crop/`, {
      method: "POST",
      body: new URLSearchParams(part),
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
    }).catch(() => { throw new Error(); });
    const answer = await response.json().catch(() => ({}));
    if (response.status !== 201) throw new Error(answer.message ?? "");
    return answer;
  }

  function fail(item, message, again = false) {
    item.classList.add("failed");
    const words = document.createElement("p");
    words.className = "wrong";
    words.textContent = message;
    const acts = Object.assign(document.createElement("div"), { className: "row" });
    const remove = item.querySelector("[data-remove]").cloneNode(true);
    acts.append(remove);
    if (again) {
      const retry = Object.assign(document.createElement("button"), { type: "button", className: "link small" });
      retry.dataset.again = "";
      retry.textContent = field.dataset.labelAgain;
      acts.prepend(retry);
    }
    item.lastElementChild.append(words, acts);
    number();
    announce(`${item.file.name}: ${message}`);
    if (submitter) {
      submitter = undefined; // they decide what becomes of it
      remove.focus();
    }
  }

  function move(first, second, button) {
    if (!first || !second || first === second) return;
    second.before(first);
    const n = number(button.closest("[data-picture]"));
    (button.disabled ? button.parentElement.querySelector("button:enabled") : button).focus();
    announce(say("sayMoved", { n, all: list.children.length }));
    changed();
  }

  function drop(item) {
    const beside = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    number();
    (beside?.querySelector("[data-remove]:not([hidden])") ?? input).focus();
    announce(say("sayRemoved"));
    changed();
  }

  function number(wanted) {
    const items = [...list.querySelectorAll("[data-picture]")];
    items.forEach((item, index) => {
      const n = index + 1;
      for (const name of ["earlier", "later", "crop", "remove"]) {
        const label = filled(field.dataset[`label${name[0].toUpperCase()}${name.slice(1)}`], { n });
        item.querySelectorAll(`[data-${name}]`).forEach((button) => button.setAttribute("aria-label", label));
      }
      item.querySelector("[data-earlier]").disabled = !index;
      item.querySelector("[data-later]").disabled = n === items.length;
    });
    return items.indexOf(wanted) + 1;
  }

  function changed() {
    form.dispatchEvent(new Event("input", { bubbles: true })); // what is typed is kept as a draft
  }
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
