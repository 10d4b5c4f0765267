// The quiet notes below a box: after a save they are those of the text that was saved.
// The server's answer holds them as "marks"; an answer without says nothing about them.
import { make } from "./dom.mjs"

const list = (control) => document.getElementById(`${control.id}-notes`)

const describe = (control, id, there) => {
  const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id)
  if (there) ids.push(id)
  if (ids.length) control.setAttribute("aria-describedby", ids.join(" "))
  else control.removeAttribute("aria-describedby")
}

const show = (control, marks) => {
  const id = `${control.id}-notes`
  list(control)?.remove()
  describe(control, id, marks.length > 0)
  if (!marks.length) return
  const notes = make("ul", { id, className: "app-notes" })
  notes.append(...marks.map((text) => make("li", { text })))
  control.closest(".govuk-form-group").append(notes)
}

/** Keep the notes of every text box inside `root` true. */
export function startNotes(root) {
  root.addEventListener("app:saved", ({ detail: { name, answer } }) => {
    const control = document.getElementById(name)
    if (control?.tagName === "TEXTAREA" && Array.isArray(answer.marks)) show(control, answer.marks)
  })
}
