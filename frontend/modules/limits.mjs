// The overall grade as it is chosen: which limiting rules it breaks, and why it is not the next one.
//
// [data-limit] lists the grades that break its rule; [data-why-not] is "above" or "below";
// [data-thin] names a text that is marked for the moderator below [data-thin-below] different words.
// The server decides again when the page is saved, and when the audit is sent.

const radios = (form, name) => [...form.querySelectorAll(`input[name="${CSS.escape(name)}"]`)]

const label = (control) => control.labels[0].textContent.trim()

function askWhy(part, grades, chosen) {
  const step = part.dataset.whyNot === "above" ? -1 : 1
  const other = chosen < 0 ? undefined : grades[chosen + step]
  part.hidden = chosen >= 0 && !other
  part.toggleAttribute("data-asked-now", Boolean(other))
  if (other) part.querySelector("label").textContent = `Why not ${label(other)}?`
}

function follow(part) {
  const grades = radios(part.closest("form"), part.dataset.limits)
  const chosen = grades.findIndex((control) => control.checked)
  for (const limit of part.querySelectorAll("[data-limit]")) {
    limit.hidden = chosen < 0 || !limit.dataset.limit.split(" ").includes(grades[chosen].value)
  }
  for (const why of part.querySelectorAll("[data-why-not]")) askWhy(why, grades, chosen)
}

function isThin(text, below) {
  return new Set(text.toLowerCase().split(/\s+/).filter(Boolean)).size < below
}

// Said once one leaves the box, and no longer than it is true: nobody is counted while they write.
function followThin(mark) {
  const control = document.getElementById(mark.dataset.thin)
  if (!control) return
  const thin = () => control.value.trim() !== "" && isThin(control.value, Number(mark.dataset.thinBelow))
  control.addEventListener("change", () => (mark.hidden = !thin()))
  control.addEventListener("input", () => (mark.hidden ||= !thin()))
}

/** Start following the overall grade inside `root`; without scripts the next page says it. */
export function startLimits(root) {
  for (const part of root.querySelectorAll("[data-limits]")) {
    part.closest("form").addEventListener("change", () => follow(part))
    window.addEventListener("pageshow", () => follow(part))
    follow(part)
    part.querySelectorAll("[data-thin]").forEach(followThin)
  }
}
