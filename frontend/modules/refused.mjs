// A text that the server will not take: why, and the text to copy, as nothing typed is lost.
import { make } from "./dom.mjs"

let count = 0

/** Show after a field why `text` was not saved; the copy is left out where `text` is null. */
export function showRefusal({ place, question }, message, text) {
  const name = `Not saved: ${question}`
  const panel = make("section", { className: "app-conflict", "aria-label": name }, [
    make("h2", { className: "govuk-heading-s", text: "This was not saved" }),
    make("p", { className: "govuk-body", text: message })
  ])
  if (text !== null) {
    count += 1
    const id = `not-saved-${count}`
    const box = make("textarea", { className: "govuk-textarea", id, rows: "5", readonly: "" })
    box.value = text
    panel.append(make("label", { className: "govuk-label", for: id, text: "Your text, to copy" }), box)
    box.addEventListener("focus", () => box.select())
  }
  place.after(panel)
  return panel
}
