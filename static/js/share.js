// The address can be marked and copied by hand (copy.js does it by a button). With this the device's own sheet is there.

for (const button of document.querySelectorAll("[data-share]")) {
  const what = { title: button.dataset.title, url: button.dataset.share };
  button.hidden = !navigator.canShare?.(what);
  button.addEventListener("click", () => navigator.share(what).catch(() => {})); // closed again: nothing to say
}

// A panel opens where it is seen, closes by Escape and by a press beside it, and gives the focus back.
for (const panel of document.querySelectorAll("details[data-panel]")) {
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  panel.addEventListener("toggle", () => panel.open && panel.lastElementChild.scrollIntoView({ block: "nearest" }));
  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
}
