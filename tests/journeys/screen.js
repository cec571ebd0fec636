// Asked by tests/journeys/screen.py of the page that is open.

const isClipped = (node) => node && (getComputedStyle(node).clipPath !== "none" || isClipped(node.parentElement));
const isShown = (node) => node.checkVisibility({ visibilityProperty: true }) && !isClipped(node);
const named = (node) => `${node.tagName}.${node.className} ${JSON.stringify(node.textContent.trim().slice(0, 50))}`;

// Words that are meant to be cut: by a scroller, an ellipsis or a number of lines, behind which is the whole.
function isMeant(node) {
  if (!node || node === document.body) return false;
  const style = getComputedStyle(node);
  const isScroller = ["auto", "scroll"].includes(style.overflowX);
  const isShortened = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  return isScroller || isShortened || style.position === "fixed" || isMeant(node.parentElement);
}

const LABELS = "button, a, summary, label, legend, th, td, dt, dd, h1, h2, h3, h4, .chip, .tabs, .vote, .notice, input, select";

function tooWide() {
  const found = [];
  for (const node of document.querySelectorAll(LABELS)) {
    if (!isShown(node) || isMeant(node)) continue;
    const box = node.getBoundingClientRect();
    const hasBox = getComputedStyle(node).display !== "inline" && node.clientWidth > 0 && !node.matches("input, select");
    const isOver = hasBox && node.scrollWidth > node.clientWidth + 1;
    const isOut = box.width && (box.right > innerWidth + 1 || box.left < -1);
    if (isOver || isOut) found.push(`${named(node)} ${node.scrollWidth} in ${node.clientWidth}, ${box.left} to ${box.right}`);
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide`);
  return found;
}

// Of a control that has the focus some part must be seen (WCAG 2.2, 2.4.11).
const PARTS = [0.1, 0.3, 0.5, 0.7, 0.9];

function isHit(node, box) {
  const owns = (hit) => node.contains(hit) || [...(node.labels ?? [])].some((label) => label.contains(hit));
  const isOnIt = (hit) => hit && (owns(hit) || hit.querySelector(":focus") === node && hit.closest("label, li, .card, tr"));
  return PARTS.some((x) =>
    PARTS.some((y) => isOnIt(document.elementFromPoint(box.left + x * box.width, box.top + y * box.height))),
  );
}

function covered() {
  const found = [];
  for (const node of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (node.disabled || node.type === "hidden" || !isShown(node)) continue;
    node.focus();
    if (document.activeElement !== node) continue;
    if (![...node.getClientRects()].some((box) => isHit(node, box))) found.push(named(node));
  }
  return found;
}

// What stays where it is while the page moves: how much of the window's height it takes.
function stuck() {
  scrollTo(0, document.body.scrollHeight / 2);
  return [...document.querySelectorAll("body *")]
    .filter((node) => ["fixed", "sticky"].includes(getComputedStyle(node).position) && isShown(node))
    .map((node) => node.getBoundingClientRect())
    .filter((box) => box.width > innerWidth / 2 && box.bottom > 0 && box.top < innerHeight)
    .reduce((sum, box) => sum + (Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)) / innerHeight, 0);
}
