// Without this the terms of every question stand here, each under its name. With it those of the chosen one alone.

for (const terms of document.querySelectorAll("[data-terms]")) watch(terms, terms.closest("form"));

function watch(terms, form) {
  let before;

  form.addEventListener("input", show);
  window.addEventListener("pageshow", show); // the browser may have put back another choice
  show();

  function show() {
    const chosen = new FormData(form).get("challenge");
    const parts = [...terms.querySelectorAll("[data-question]")];
    for (const part of parts) part.hidden = part.dataset.question !== chosen;
    terms.hidden = parts.every((part) => part.hidden);
    // Whoever agreed to the terms of one question has not read those of another.
    if (before !== undefined && before !== chosen) form.elements.accept_licence.checked = false;
    before = chosen;
  }
}
