// Saving shows what became of a colour. With this it is shown while it is typed, too.

const field = document.querySelector("[name=colour]");
const preview = document.querySelector("[data-preview]");
const hues = [...document.querySelectorAll("[name=hue]")];
const verdicts = document.getElementById("own-colour");
const shown = preview.className.replace(/\b(?:own|hue)-\S+|\bgrey\b/g, "");

field.addEventListener("input", () => {
  judgeWhatIsSaved();
  const digits = digitsOf(field.value);
  if (!digits) return;
  hues.forEach((hue) => (hue.checked = false));
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet" });
  sheet.href = preview.dataset.sheet.replace(/[0-9a-f]{6}(?=\.css$)/, digits);
  sheet.addEventListener("load", () => (preview.className = `${shown} own-${digits}`));
  document.head.append(sheet);
});

hues.forEach((hue) =>
  hue.addEventListener("change", () => {
    field.value = "";
    preview.className = shown;
    judgeWhatIsSaved();
  }),
);

// What was said of the saved colour is said of no other.
function judgeWhatIsSaved() {
  if (verdicts) verdicts.hidden = digitsOf(field.value) !== digitsOf(field.defaultValue);
}

// #fd0, FFD500 and the like; nothing where it is no colour.
function digitsOf(text) {
  const written = text.trim().toLowerCase().replace(/^#/, "");
  const digits = written.length === 3 ? written.replace(/./g, "$&$&") : written;
  return /^[0-9a-f]{6}$/.test(digits) ? digits : "";
}
