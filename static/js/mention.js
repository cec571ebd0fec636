// A note can name somebody without this: their handles stand under its field. With it those people come up as one types
// an @, to be chosen by keys or by a pointer.
//
// The field stays what it is to a screen reader, a text of several lines: a combobox, which could say that it is open,
// has but one, and no other role may be given to a textarea. So #said tells how many came up.

const MOST = 8;
const FIELD = "[data-naming] textarea";
const BEGUN = /(?<![\p{L}\p{N}_@/.+-])@([\p{L}\p{N}_-]{0,30})$/u; // as cocreate/lib/links.py has it, and names
const REST = /^(?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?/u; // of a handle in which the caret stands
const CLOSED_BY = /^[\s.,;:!?)]/; // no blank is put before these
const ARIA = ["aria-autocomplete", "aria-haspopup", "aria-controls", "aria-activedescendant"];
const said = document.getElementById("said");
let open = null; // the field, its list of people, and where the @ stands
let refused = null; // the @ whose list somebody has closed, or taken one from

document.addEventListener("input", ({ target }) => target.matches?.(FIELD) && offer(target));
document.addEventListener("selectionchange", () => open && offer(open.field)); // whoever goes elsewhere in the text
document.addEventListener("focusout", ({ target }) => open?.field === target && close());
document.addEventListener("keydown", press, true); // before what the keys do elsewhere on a desk (desk.js)

function offer(field) {
  const begun = begunIn(field);
  if (!begun) refused = null;
  const found = begun && begun.at !== refused ? peopleLike(field, begun.text) : [];
  if (!found.length) return close();
  if (open?.field === field && open.text === begun.text && open.at === begun.at) return;
  close();
  show(field, found, begun);
}

function begunIn(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const before = field.value.slice(0, field.selectionStart);
  const match = BEGUN.exec(before.slice(-32));
  return match && { at: before.length - match[0].length, text: match[1] };
}

// Whose handle, or a word of whose name, begins so.
function peopleLike(field, text) {
  const begin = plain(text);
  const people = [...field.closest("[data-naming]").querySelectorAll("[data-handle]")];
  const isLike = (person) => [person.dataset.handle, ...plain(nameOf(person)).split(/[\s-]+/)].some((word) => word.startsWith(begin));
  return people.filter(isLike).slice(0, MOST);
}

function nameOf(person) {
  return person.querySelector("bdi").textContent;
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function show(field, people, begun) {
  const place = field.closest("[data-naming]");
  const list = Object.assign(document.createElement("ul"), { id: `${field.id}_people`, role: "listbox", ariaLabel: place.dataset.label });
  list.append(...people.map((person, n) => optionOf(person, `${list.id}_${n}`)));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", ({ target }) => take(target.closest("[role=option]")));
  field.closest(".field").append(list);
  const words = people.length === 1 ? place.dataset.one : place.dataset.many.replace("{n}", people.length);
  open = { field, list, words, ...begun };
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);
  list.scrollIntoView({ block: "nearest" });
  mark(list.firstChild);
  said.textContent = words;
}

function optionOf(person, id) {
  const option = Object.assign(document.createElement("li"), { id, role: "option", ariaSelected: "false" });
  option.dataset.takes = person.dataset.handle;
  option.append(...[...person.childNodes].map((node) => node.cloneNode(true)));
  return option;
}

function mark(option) {
  for (const other of open.list.children) other.ariaSelected = String(other === option);
  open.field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function press(event) {
  if (!open || event.target !== open.field || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const options = [...open.list.children];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  switch (event.key) {
    case "ArrowDown":
      mark(options[(at + 1) % options.length]);
      break;
    case "ArrowUp":
      mark(options.at(at - 1));
      break;
    case "Enter":
    case "Tab":
      take(options[at]);
      break;
    case "Escape":
      refused = open.at;
      close();
      break;
    default:
      return;
  }
  event.preventDefault();
}

function take(option) {
  if (!option) return;
  const { field, at } = open;
  const end = field.selectionStart + REST.exec(field.value.slice(field.selectionStart))[0].length;
  const blank = CLOSED_BY.test(field.value.slice(end)) ? "" : " ";
  refused = at;
  close();
  field.setRangeText(`@${option.dataset.takes}${blank}`, at, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  if (!open) return;
  open.list.remove();
  if (said.textContent === open.words) said.textContent = ""; // what somebody else has said since stays
  for (const name of ARIA) open.field.removeAttribute(name);
  open = null;
}
