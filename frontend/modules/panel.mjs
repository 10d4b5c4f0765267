// Keeps the panel of what is left true while one types: what is answered is struck out, and counted
// no more. The server has the last word: it is asked again with the next page.
//
// [data-panel-here] holds a list of [data-missing], each named as its box; [data-panel-status] is how
// far this page is, [data-panel-left] and [data-panel-summary] how much is left of the whole audit.
import { make } from "./dom.mjs"

const words = (left) => (left === 1 ? "1 thing left" : `${left} things left`)

function controlsOf(name) {
  const own = document.querySelectorAll(`[data-field="${CSS.escape(name)}"]`)
  // A day has three boxes, and no name of its own.
  return own.length ? [...own] : [...document.querySelectorAll(`[name^="${CSS.escape(name)}-"]`)]
}

function isAnswered(controls) {
  const choices = controls.filter((control) => ["radio", "checkbox"].includes(control.type))
  if (choices.length) return choices.some((control) => control.checked)
  return controls.every((control) => control.value.trim())
}

const isHidden = (control) => control.closest("[hidden], [class*='__conditional--hidden']") !== null

// A section that does not apply asks for nothing more than why.
function isLeftOut(name) {
  const none = document.querySelector("[data-field$='.grade'][value=not_applicable]:checked")
  if (!none) return false
  return ![none.dataset.field, none.dataset.field.replace(/grade$/, "not_applicable")].includes(name)
}

function isNeeded(name) {
  const controls = controlsOf(name)
  return controls.length > 0 && !controls.some(isHidden) && !isLeftOut(name) && !isAnswered(controls)
}

function question(control) {
  const isChoice = ["radio", "checkbox"].includes(control.type)
  const asked = isChoice ? control.closest("fieldset")?.querySelector("legend") : control.labels[0]
  return asked?.textContent.trim() ?? ""
}

/** The boxes that are asked only after an answer of this page, as far as they are asked now. */
function askedNow(strict) {
  const parts = strict ? "[data-asked-by], [data-limit], [data-asked-now], [class*='__conditional']" : "[data-asked-by]"
  const found = new Map()
  for (const part of document.querySelectorAll(parts)) {
    for (const control of part.querySelectorAll("[data-field]")) {
      if (!found.has(control.dataset.field)) found.set(control.dataset.field, control)
    }
  }
  return found
}

class Panel {
  constructor(place) {
    this.place = place
    this.here = place.querySelector("[data-panel-here]")
    this.list = this.here.querySelector("ul")
    this.status = place.querySelector("[data-panel-status]")
    this.left = place.querySelector("[data-panel-left]")
    this.summary = place.parentElement.querySelector("[data-panel-summary]")
    this.started = this.status?.textContent
    this.elsewhere = Number(this.left.dataset.panelLeft) - this.list.children.length
  }

  /** The same page, just loaded: what is left elsewhere may be another number now. */
  renew(page) {
    const other = page.querySelector(".app-panel")
    if (!other) return
    const steps = other.querySelector(".app-panel__steps")
    this.place.querySelector(".app-panel__steps").replaceWith(document.importNode(steps, true))
    this.status = this.place.querySelector("[data-panel-status]")
    const missing = other.querySelectorAll(".app-panel__missing").length
    this.elsewhere = Number(other.querySelector("[data-panel-left]").dataset.panelLeft) - missing
    this.follow()
  }

  follow() {
    this.addAsked()
    let still = this.list.querySelectorAll("li:not([data-missing])").length
    for (const item of this.list.querySelectorAll("[data-missing]")) {
      const needed = isNeeded(item.dataset.missing)
      this.mark(item, needed)
      if (needed) still += 1
    }
    this.here.hidden = this.list.children.length === 0
    this.count(still)
  }

  addAsked() {
    for (const [name, control] of askedNow("panelStrict" in this.here.dataset)) {
      const there = this.list.querySelector(`[data-missing="${CSS.escape(name)}"]`)
      if (there || !isNeeded(name)) continue
      const link = make("a", { className: "govuk-link", href: `#${control.id}`, text: `Answer: ${question(control)}` })
      this.list.append(make("li", { className: "app-panel__missing", "data-missing": name }, [link]))
    }
  }

  mark(item, needed) {
    const said = item.querySelector("[data-panel-answered]")
    item.classList.toggle("app-panel__missing--answered", !needed)
    if (needed) said?.remove()
    else if (!said) {
      const hidden = { className: "govuk-visually-hidden", text: "Done: ", "data-panel-answered": "" }
      item.prepend(make("span", hidden))
    }
  }

  count(still) {
    const left = this.elsewhere + still
    this.left.textContent = left ? words(left) : "Nothing left: check and send"
    if (this.summary) this.summary.textContent = left ? words(left) : "Nothing left"
    if (!this.status) return
    const untouched = this.started === "To do" && !document.querySelector("[data-field]:checked")
    if (!still && this.list.children.length) this.status.textContent = "Done"
    else if (still) this.status.textContent = untouched ? "To do" : "In progress"
  }
}

/** Start keeping every panel inside `root` true. */
export function startPanels(root) {
  const panels = [...root.querySelectorAll(".app-panel")].map((place) => new Panel(place))
  if (!panels.length) return
  const follow = () => panels.forEach((panel) => panel.follow())
  for (const happening of ["input", "change", "app:saved"]) root.addEventListener(happening, follow)
  root.addEventListener("app:page", ({ detail }) => panels.forEach((panel) => panel.renew(detail.page)))
  // What the browser restores when one comes back to the page.
  window.addEventListener("pageshow", follow)
}
