// What the elements tell the page that shows them.
const place = document.getElementById("heard");

for (const name of ["ready", "vote", "error", "open", "close"]) {
  document.addEventListener(`cocreate:${name}`, (event) => {
    const line = document.createElement("li");
    line.textContent = `cocreate:${name} ${JSON.stringify(event.detail)}`;
    place.querySelector("ol").append(line);
    place.hidden = false;
  });
}
