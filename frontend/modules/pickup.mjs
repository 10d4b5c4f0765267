// Findings of a section, added and removed without leaving what one is writing: the form's own
// buttons, sent by themselves; the answer is the page, of which the part about findings is taken.
import { IN, session } from "./session.mjs"
import { startSuggestions } from "./suggest.mjs"

const PATIENCE = 20_000
const TYPED = "[data-picking] :is(textarea, select, input:checked)"
const NOT_SENT = "Not saved: no connection. Your text stays here; try again"
const SIGN_IN = "Not saved: you are signed out. Sign in again in another tab, then press the button again"

class PickUp {
  constructor(place) {
    this.form = place.closest("form")
    this.place = place
    this.form.addEventListener("submit", (event) => this.submitted(event))
  }

  submitted(event) {
    const pressed = event.submitter
    if (!this.place.contains(pressed) || pressed.name === "change_finding") return
    event.preventDefault()
    // Nobody else has to wait for it, or saves what it is not about.
    event.stopImmediatePropagation()
    this.send(pressed)
  }

  async send(pressed) {
    if (this.sending) return
    this.sending = true
    try {
      this.show(await this.post(pressed), pressed)
    } catch {
      this.say(NOT_SENT)
    } finally {
      this.sending = false
    }
  }

  content(pressed) {
    const content = new FormData()
    content.append("csrf_token", session.token)
    content.append(pressed.name, pressed.value)
    if (pressed.name === "remove_finding") return content
    for (const part of this.form.querySelectorAll(TYPED)) content.append(part.name, part.value)
    return content
  }

  /** {fresh, page, ok}: the answer's part about findings; {state, page} where it has none. */
  async post(pressed, again = true) {
    const { token } = session
    const answer = await fetch(this.form.action, {
      method: "POST",
      body: this.content(pressed),
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE)
    })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const fresh = page.querySelector("[data-picked]")
    if (fresh) return { fresh, page, ok: answer.ok }
    const state = await session.ask()
    if (state === IN && again && session.token !== token) return this.post(pressed, false)
    return { state, page }
  }

  show({ fresh, page, ok, state }, pressed) {
    if (!fresh) {
      const why = page.querySelector("main h1 ~ p")?.textContent.trim()
      return this.say(state === IN ? `Not saved. ${why ?? "Reload the page"}` : SIGN_IN)
    }
    const removed = pressed.name === "remove_finding"
    // What is being typed about another finding stays.
    if (removed) fresh.querySelector("[data-picking]").replaceWith(this.place.querySelector("[data-picking]"))
    this.place.replaceWith(fresh)
    this.place = fresh
    if (!removed) startSuggestions(fresh)
    document.dispatchEvent(new CustomEvent("app:page", { detail: { page } }))
    if (!ok) return fresh.querySelector(".govuk-form-group--error :is(textarea, select, input)")?.focus()
    this.say(removed ? "Finding removed" : "Finding added")
    ;(removed ? fresh : fresh.querySelector("[data-picking] summary")).focus()
  }

  say(message) {
    const status = this.place.querySelector("[data-picked-status]")
    status.classList.toggle("govuk-visually-hidden", !message.startsWith("Not"))
    // A region that comes into the page with its words in it may not be heard.
    setTimeout(() => (status.textContent = message), 50)
  }
}

// A finding is saved by its button alone: leaving the page before that warns.
function guard(form) {
  let leaving = false
  form.addEventListener("submit", (event) => (leaving = !event.defaultPrevented))
  form.addEventListener("input", () => (leaving = false))
  window.addEventListener("pageshow", () => (leaving = false))
  window.addEventListener("beforeunload", (event) => {
    const control = form.querySelector("[data-finding-text]")
    const saved = document.querySelector(".govuk-error-summary") ? "" : control.defaultValue
    if (!leaving && control.value.trim() && control.value !== saved) event.preventDefault()
  })
}

/** Start every [data-picked] inside `root`; without scripts its buttons send the whole page. */
export function startPickUp(root) {
  for (const place of root.querySelectorAll("[data-picked]")) new PickUp(place)
  for (const text of root.querySelectorAll("[data-finding-text]")) guard(text.form)
}
