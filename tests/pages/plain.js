// Behavior of the plain test pages: masks, shadow roots, fields that appear late, forms that submit automatically.
const digits = (form) => [...form.querySelectorAll("[data-code]")].map((field) => field.value).join("");

window.sent = [];
document.addEventListener("submit", (event) => {
  event.preventDefault();
  window.sent.push(digits(event.target));
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches?.("[data-mask]")) {
    field.value = field.value.replace(/\D/g, "").replace(/^(\d{3})(\d+)$/, "$1 $2");
  }
  const form = field.closest?.("form[data-auto]");
  if (form && digits(form).length === 6) {
    form.requestSubmit();
  }
});

const grow = (root) => {
  for (const [mode, name] of [
    ["open", "shadow"],
    ["closed", "closed"],
  ]) {
    for (const host of root.querySelectorAll(`[data-${name}]`)) {
      const shadow = host.attachShadow({ mode });
      shadow.innerHTML = host.dataset[name];
      grow(shadow);
    }
  }
  for (const place of root.querySelectorAll("[data-late]")) {
    setTimeout(() => {
      place.innerHTML = place.dataset.late;
    }, 200);
  }
};

grow(document);
