// The lines can be marked and copied by hand. With this a button does it.

const said = document.getElementById("said");

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const sign = button.querySelector("use");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    said.textContent = button.dataset.copied;
    sign?.setAttribute("href", sign.getAttribute("href").replace("#copy", "#check"));
  });
}
