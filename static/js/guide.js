// Nothing on this page is anybody's, so nothing is sent and no link of it leads anywhere.

const guide = document.querySelector("[data-guide]");

for (const act of ["submit", "click"]) {
  guide.addEventListener(
    act,
    (event) => {
      const leads = act === "submit" ? event.target.method !== "dialog" : event.target.closest("a[href]");
      if (!leads) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

for (const button of document.querySelectorAll("[data-opens]")) {
  const dialog = document.getElementById(button.dataset.opens);
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
}
