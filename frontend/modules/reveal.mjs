// Shows what a choice asks for when it is chosen: input[data-aria-controls] names the part.
// The kit's own script would put aria-expanded on radios, which ARIA does not allow there.

function follow(control) {
  const part = document.getElementById(control.dataset.ariaControls)
  const kind = control.type === "radio" ? "radios" : "checkboxes"
  part?.classList.toggle(`govuk-${kind}__conditional--hidden`, !control.checked)
}

/** Start following every such choice inside `root`; without scripts all parts are shown. */
export function startReveals(root) {
  const controls = [...root.querySelectorAll("input[data-aria-controls]")]
  const followAll = () => controls.forEach(follow)
  for (const control of controls) control.setAttribute("aria-controls", control.dataset.ariaControls)
  root.addEventListener("change", followAll)
  // Choices that the browser restores when one comes back to the page.
  window.addEventListener("pageshow", followAll)
  followAll()
}
