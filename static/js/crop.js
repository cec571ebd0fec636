// A part of a picture, chosen in a dialog: by its frame, with finger or mouse, or by sliders, which are all that keys need.

const SMALLEST = 0.1; // of a side
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

// Resolves with the part in pixels of the picture, null for the whole, undefined where nobody decided.
export function choose(blank, picture, before) {
  const dialog = document.importNode(blank.content, true).firstElementChild;
  const frame = dialog.querySelector("[data-frame]");
  const stage = frame.parentElement;
  const { ratio, width, height, across, down } = dialog.querySelector("form").elements;
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  let box = { ...(before ?? whole) };

  ratio[0].checked = true;
  stage.style.setProperty("--shape", picture.width / picture.height);
  Object.assign(stage.querySelector("img"), { src: picture.large });
  document.body.append(dialog);
  dialog.addEventListener("input", ({ target }) => (target.name === "ratio" ? reshape() : slide(target)));
  frame.addEventListener("pointerdown", grab);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.showModal();
  draw();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (!dialog.returnValue) return resolve(undefined);
      const part = rounded();
      const isWhole = part.width === picture.width && part.height === picture.height;
      resolve(dialog.returnValue === "whole" || isWhole ? null : part);
    }),
  );

  // As large as the shape allows, around the middle of what was chosen.
  function reshape() {
    const wanted = Number(ratio.value);
    if (!wanted) return draw();
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    size(Math.min(whole.width, whole.height * wanted), wanted);
    box.x = clamp(middle.x - box.width / 2, 0, whole.width - box.width);
    box.y = clamp(middle.y - box.height / 2, 0, whole.height - box.height);
    draw();
  }

  function size(wide, shape) {
    box.width = wide;
    box.height = wide / shape;
  }

  function slide(slider) {
    const share = Number(slider.value) / 100;
    const wanted = Number(ratio.value);
    if (slider === across) box.x = share * (whole.width - box.width);
    if (slider === down) box.y = share * (whole.height - box.height);
    if (slider === width || slider === height) {
      const most = wanted ? Math.min(whole.width, whole.height * wanted) : 0;
      if (wanted) size(Math.min(slider === width ? share * whole.width : share * whole.height * wanted, most), wanted);
      else box[slider.name] = share * whole[slider.name];
      box.x = clamp(box.x, 0, whole.width - box.width);
      box.y = clamp(box.y, 0, whole.height - box.height);
    }
    draw();
  }

  function grab(event) {
    const edge = event.target.dataset.edge;
    const start = { ...box, left: event.clientX, top: event.clientY };
    const scale = whole.width / stage.clientWidth;
    const move = (to) => drag((to.clientX - start.left) * scale, (to.clientY - start.top) * scale, start, edge);
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    frame.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) {
      frame.addEventListener(end, () => frame.removeEventListener("pointermove", move), { once: true });
    }
  }

  // The whole frame, or one corner of it: then the corner across stays where it is.
  function drag(dx, dy, start, edge) {
    if (!edge) {
      box.x = clamp(start.x + dx, 0, whole.width - box.width);
      box.y = clamp(start.y + dy, 0, whole.height - box.height);
      return draw();
    }
    const [isTop, isLeft] = [edge.includes("n"), edge.includes("w")];
    const [right, bottom] = [start.x + start.width, start.y + start.height];
    const [roomAcross, roomDown] = [isLeft ? right : whole.width - start.x, isTop ? bottom : whole.height - start.y];
    const wanted = Number(ratio.value);
    const wide = clamp(start.width + (isLeft ? -dx : dx), SMALLEST * whole.width, roomAcross);
    if (wanted) size(Math.min(wide, roomDown * wanted), wanted);
    else Object.assign(box, { width: wide, height: clamp(start.height + (isTop ? -dy : dy), SMALLEST * whole.height, roomDown) });
    box.x = isLeft ? right - box.width : start.x;
    box.y = isTop ? bottom - box.height : start.y;
    draw();
  }

  function draw() {
    const share = (part, all) => (100 * part) / all;
    const [freeAcross, freeDown] = [whole.width - box.width, whole.height - box.height];
    frame.style.left = `${share(box.x, whole.width)}%`;
    frame.style.top = `${share(box.y, whole.height)}%`;
    frame.style.width = `${share(box.width, whole.width)}%`;
    frame.style.height = `${share(box.height, whole.height)}%`;
    width.value = share(box.width, whole.width);
    height.value = share(box.height, whole.height);
    across.value = freeAcross < 1 ? 0 : share(box.x, freeAcross);
    down.value = freeDown < 1 ? 0 : share(box.y, freeDown);
    across.disabled = freeAcross < 1;
    down.disabled = freeDown < 1;
    for (const slider of [width, height, across, down]) slider.setAttribute("aria-valuetext", `${slider.value} %`);
    const { width: wide, height: high } = rounded();
    dialog.querySelector("[data-size]").textContent = `${wide} × ${high}`;
  }

  function rounded() {
    const [x, y] = [Math.round(box.x), Math.round(box.y)];
    return {
      x,
      y,
      width: clamp(Math.round(box.width), 1, picture.width - x),
      height: clamp(Math.round(box.height), 1, picture.height - y),
    };
  }
}
