// Themes for the words of a finding, as buttons that choose from the list below them: a person
// decides. POST {"text"} → {"themes": [{"id", "name"}]}; the words are never in an address.
import { make } from "./dom.mjs"
import { post, SAVED } from "./posting.mjs"

const PAUSE = 800 // after the last key
const ENOUGH = 12 // characters: below that, words say nothing

class Suggestions {
  constructor(part) {
    this.url = part.dataset.suggestUrl
    this.text = part.querySelector("[data-finding-text]")
    this.list = part.querySelector("select")
    this.place = make("div", { className: "app-suggest", role: "status" })
    this.text.closest(".govuk-form-group").after(this.place)
    this.asked = ""
    this.text.addEventListener("input", () => this.soon())
    this.list.addEventListener("change", () => this.mark())
    if (!this.list.value) this.soon()
  }

  get words() {
    return this.text.value.trim()
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), PAUSE)
  }

  async ask() {
    const { words } = this
    if (words === this.asked) return
    this.asked = words
    if (words.length < ENOUGH) return this.show([])
    const answer = await post(this.url, { text: words })
    // Typed on meanwhile: the next answer is on its way.
    if (answer.kind === SAVED && words === this.words) this.show(answer.themes)
  }

  show(themes) {
    const known = themes.filter(({ id }) => [...this.list.options].some((option) => option.value === id))
    if (!known.length) return this.place.replaceChildren()
    const items = known.map((theme) => make("li", {}, [this.button(theme)]))
    this.place.replaceChildren(
      make("p", { className: "govuk-hint govuk-!-margin-bottom-0", text: "Themes that fit these words:" }),
      make("ul", { className: "app-suggest__list" }, items)
    )
    this.mark()
  }

  button({ id, name }) {
    const button = make("button", { type: "button", className: "app-suggest__theme", value: id, text: name })
    button.addEventListener("click", () => {
      this.list.value = id
      this.list.dispatchEvent(new Event("change", { bubbles: true }))
    })
    return button
  }

  mark() {
    for (const button of this.place.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === this.list.value))
    }
  }
}

/** Start suggesting in every [data-suggest-url] inside `root`. */
export function startSuggestions(root) {
  for (const part of root.querySelectorAll("[data-suggest-url]")) new Suggestions(part)
}
