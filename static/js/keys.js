// Ideas by the keyboard, in their lists and on their pages: each key does what a control there does. When keys are heard,
// and how they are turned off, is in shortcuts.js.

const trail = document.querySelector("[data-trail]"); // on the page of one idea

document.addEventListener("key", (event) => {
  if (press(event.detail)) event.preventDefault();
});

// Whether the key did something.
function press(key) {
  switch (key) {
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "o":
      return take(focused()?.querySelector("a.title"));
    case "v":
      return vote(focused() ?? document.getElementById(trail?.dataset.trail));
    case "/":
      return take(document.querySelector('[data-key="/"]')) || searchOfList();
    case "c":
    case "n":
    case "p":
      return take(document.querySelector(`[data-key="${key}"], [data-focus="${key}"] textarea`));
    default:
      return false;
  }
}

function focused() {
  return document.activeElement.closest("[data-ideas] > li");
}

// Begins with the first idea in sight. Behind the last one is the way to more of them.
function step(by) {
  const ideas = [...document.querySelectorAll("[data-ideas] > li")];
  const more = document.querySelector("[data-list] a[rel=next]");
  if (document.activeElement === more && more) return by > 0 ? take(more) : go(ideas.at(-1));
  const idea = focused();
  if (!idea) return go(ideas.find(isInSight) ?? ideas[0]);
  return go(ideas[ideas.indexOf(idea) + by] ?? (by > 0 && more));
}

// Below the bar on top, to which a browser may have scrolled by parts of a pixel.
function isInSight(idea) {
  return idea.getBoundingClientRect().top > parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) - 1;
}

function go(place) {
  if (!place) return false;
  (place.querySelector("a.title") ?? place).focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
  return true;
}

// Where one gives marks, the key leads to them.
function vote(idea) {
  const own = idea && `[data-swap="${idea.id.replace("idea-", "votes-")}"]`;
  const control = own && idea.querySelector(`${own} [data-key=v]`);
  if (!control?.matches(".point")) return take(control);
  return reach(idea.querySelector(`${own} .point[aria-pressed=true]`) ?? control);
}

function searchOfList() {
  const list = trail?.querySelector("[data-go=list]");
  if (list) location.assign(`${list.href.split("#")[0]}#find-q`);
  return Boolean(list);
}

function take(control) {
  if (!control || control.closest("[hidden]") || control.matches(":disabled, a:not([href])")) return false;
  if (control.matches("input, textarea")) return reach(control);
  control.click();
  return true;
}

function reach(field) {
  field.focus();
  field.scrollIntoView({ block: "nearest" });
  field.select?.();
  return true;
}
