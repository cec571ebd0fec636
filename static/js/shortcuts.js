// The keys of a page: the dialog that lists them, the switch that turns them off, and their names where they do something.
// What a key does is for the page to know: it hears of each by a "key" (keys.js, desk.js).

const dialog = document.getElementById("shortcuts");
const choice = document.getElementById("use-keys");
const OFF = "desk-keys-off"; // for all pages; the desk was the first to have keys
const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const titles = new WeakMap();

// A browser that keeps nothing for us leaves the keys on.
function remembered() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

function remember(isOn) {
  try {
    if (isOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // It holds until the page is left.
  }
}

choice.checked = remembered();
choice.addEventListener("change", () => {
  remember(choice.checked);
  nameKeys();
});

// In another window.
addEventListener("storage", ({ key }) => {
  if (key !== OFF && key !== null) return;
  choice.checked = remembered();
  nameKeys();
});

// What a key does is said where it is done, as long as keys are on; on a Mac the long one has another name.
const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
if (isMac) for (const key of document.querySelectorAll("[data-control]")) key.textContent = "⌘";

function nameKeys() {
  for (const control of document.querySelectorAll("[data-key], [data-step], [data-focus] textarea")) {
    const key = control.dataset.key ?? control.dataset.step ?? control.closest("[data-focus]").dataset.focus;
    if (!titles.has(control)) titles.set(control, control.title);
    const words = [titles.get(control), choice.checked && dialog.dataset.hint.replace("{key}", key)];
    control.title = words.filter(Boolean).join(" · ");
    if (!control.title) control.removeAttribute("title");
    if (choice.checked) control.setAttribute("aria-keyshortcuts", key);
    else control.removeAttribute("aria-keyshortcuts");
  }
  for (const digit of document.querySelectorAll("[data-key] kbd")) digit.hidden = !choice.checked;
}

nameKeys();
document.addEventListener("renewed", nameKeys); // with a part of the page

dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

for (const button of document.querySelectorAll("[data-shortcuts]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const field = event.target.closest?.(TYPED_IN);
  if (field && event.key === "Escape") field.blur();
  if (field || !choice.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const isTaken = !document.dispatchEvent(new CustomEvent("key", { detail: event.key, cancelable: true }));
  if (!isTaken && event.key !== "?") return;
  event.preventDefault();
  if (!isTaken) dialog.showModal();
});
