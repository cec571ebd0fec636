// Nobody whose browser knows where it is looks for their place among four hundred.

const select = document.querySelector("select[data-yours]");
const here = today(Intl.DateTimeFormat().resolvedOptions().timeZone);
const [region] = here.split("/");
const found = [...select.options].find(({ value }) => value === here) ?? [...select.options].find(isUnderAnotherName);
const own = select.querySelector(`optgroup[label="${select.dataset.yours}"]`);

if (found?.closest("optgroup") && !own?.contains(found)) offer(found);

function offer(option) {
  const group = own ?? Object.assign(document.createElement("optgroup"), { label: select.dataset.yours });
  if (!own) select.querySelector("optgroup").before(group);
  group.prepend(new Option(option.text, option.value));
}

// Some browsers go on calling places by names that the list has no more: Calcutta, Kiev.
function isUnderAnotherName({ value }) {
  return value.startsWith(`${region}/`) && today(value) === here;
}

// A zone that this browser does not know has no other name to it: Kyiv in an older one.
function today(zone) {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return zone;
  }
}
