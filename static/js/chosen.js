// Where the label stands for a field of one picture, the name of the chosen file stands beside it.

for (const place of document.querySelectorAll("[data-one-picture]")) {
  const input = place.querySelector("input");
  const chosen = place.querySelector("[data-chosen]");
  const show = () => (chosen.textContent = input.files[0]?.name ?? "");
  chosen.hidden = false; // without this file, and with none chosen, nothing stands there
  input.addEventListener("change", show);
  input.form.addEventListener("reset", () => setTimeout(show));
  show(); // a browser keeps it over a reload
}
