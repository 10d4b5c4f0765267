// "123 words" under each long box: quiet, no limit, read with the box and not at each key.
import { make } from "./dom.mjs"

/** How many words a text has. */
export function countWords(text) {
  return text.split(/\s+/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length
}

function follow(box) {
  const id = `${box.id}-words`
  if (document.getElementById(id)) return
  const line = make("p", { className: "govuk-hint app-words", id })
  const count = () => {
    const number = countWords(box.value)
    line.textContent = number ? `${number.toLocaleString("en-GB")} ${number === 1 ? "word" : "words"}` : ""
  }
  box.after(line)
  box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") ?? ""} ${id}`.trim())
  box.addEventListener("input", count)
  box.addEventListener("change", count)
  window.addEventListener("pageshow", count)
  count()
}

/** Start counting in every long box inside `root`, also in parts that come into it later. */
export function startWords(root) {
  const start = () => {
    for (const box of root.querySelectorAll("textarea[data-words], form[data-autosave-url] textarea")) follow(box)
  }
  root.addEventListener("app:page", start)
  start()
}
