// A question that hangs on the answer to another one of the page: [data-asked-by] names the box of
// that one, [data-asked-after] the answers after which it is asked. The server decides whether it
// counts; what was typed in one that is hidden stays in its box.

function answerTo(form, name) {
  const control = form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)
  // What a hidden question holds asks for nothing either.
  return control?.closest("[data-asked-by][hidden]") ? undefined : control?.value
}

// In page order, so that each follows those that it hangs on.
function follow(form) {
  for (const part of form.querySelectorAll("[data-asked-by]")) {
    const answer = answerTo(form, part.dataset.askedBy)
    part.hidden = !part.dataset.askedAfter.split(" ").includes(answer)
  }
}

/** Start following the answers of every form with such questions inside `root`. */
export function startAsked(root) {
  const parts = [...root.querySelectorAll("form [data-asked-by]")]
  for (const form of new Set(parts.map((part) => part.closest("form")))) {
    form.addEventListener("change", () => follow(form))
    // Choices that the browser restores when one comes back to the page.
    window.addEventListener("pageshow", () => follow(form))
    follow(form)
  }
}
