// Each picture is a link to its largest file. With this they open in the page, one after the other.

const dialog = document.querySelector("[data-lightbox]");
const links = [...document.querySelectorAll(".gallery a")];
const picture = dialog?.querySelector("img");
const words = dialog?.querySelector("[data-alt]");
const number = dialog?.querySelector("[data-number]");
let shown = 0;

function show(n) {
  shown = (n + links.length) % links.length;
  const small = links[shown].querySelector("img");
  picture.removeAttribute("src"); // the old one is not taken for the new one while that is on its way
  picture.width = small.getAttribute("width");
  picture.height = small.getAttribute("height");
  picture.alt = small.alt;
  picture.src = links[shown].href;
  words.textContent = small.alt;
  number.textContent = links.length > 1 ? `${shown + 1} / ${links.length}` : "";
}

const isPlain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

if (dialog?.showModal) {
  links.forEach((link, n) =>
    link.addEventListener("click", (event) => {
      if (!isPlain(event)) return;
      event.preventDefault();
      show(n);
      dialog.showModal();
    }),
  );

  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (getComputedStyle(dialog).direction === "rtl") Object.assign(steps, { ArrowLeft: 1, ArrowRight: -1 });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Home") show(0);
    else if (event.key === "End") show(links.length - 1);
    else if (steps[event.key]) show(shown + steps[event.key]);
    else return;
    event.preventDefault();
  });
  dialog.querySelectorAll("[data-step]").forEach((button) => {
    button.hidden = links.length < 2;
    button.addEventListener("click", () => show(shown + Number(button.dataset.step)));
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => links[shown].focus());
}
