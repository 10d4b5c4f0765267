// A form's own button, pressed while the service cannot be reached or the session has ended, would
// replace the page and what was written in it by an error. So the way is tried first.
import { lost, reached } from "./connection.mjs"
import { make } from "./dom.mjs"
import { Retry } from "./retry.mjs"
import { AWAY, IN, session } from "./session.mjs"

/** The text boxes of `form` that hold what was typed and not sent; or sent, and refused. */
export function typedIn(form) {
  const refused = document.querySelector(".govuk-error-summary") !== null
  return [...form.querySelectorAll("textarea")].filter(
    (box) => !box.readOnly && box.value.trim() && (refused || box.value !== box.defaultValue)
  )
}

/** Let `form` be sent once `ready()` says so; it is told what was pressed. */
export function sendWhen(form, ready) {
  let passing = false
  let asking = false
  form.addEventListener("submit", (event) => {
    if (passing) {
      passing = false
      return
    }
    event.preventDefault()
    if (asking) return
    asking = true
    const { submitter } = event
    ready()
      .then((may) => {
        if (!may) return
        passing = true
        form.requestSubmit(submitter)
        // Refused by the browser's own checks: the next press asks again.
        passing = false
      })
      .finally(() => (asking = false))
  })
}

const LOOK_UP = "Not sent, and still here: see the message at the top of the page"
const PRESS_AGAIN = "You can send it now: press the button once more"

/** A form that does not save itself, but carries text: it is sent when the way is open. */
class Guarded {
  constructor(form) {
    this.form = form
    this.retry = new Retry(() => this.look())
    this.leaving = false
    sendWhen(form, () => this.ready())
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && typedIn(form).length) event.preventDefault()
    })
    window.addEventListener("pageshow", () => (this.leaving = false))
    session.addEventListener("back", () => this.status?.textContent && this.tell(PRESS_AGAIN))
  }

  async ready() {
    this.leaving = (await this.look()) === IN
    if (!this.leaving) this.tell(LOOK_UP)
    return this.leaving
  }

  async look() {
    const state = await session.ask()
    if (state === AWAY) {
      lost(this, { held: true })
      this.retry.later()
    } else {
      this.retry.done()
      reached(this)
      if (state === IN && this.status?.textContent) this.tell(PRESS_AGAIN)
    }
    return state
  }

  tell(message) {
    this.status ??= this.form.appendChild(make("p", { className: "app-autosave__status" }))
    this.status.textContent = message
  }
}

/** Guard every form inside `root` that carries text and does not save itself. */
export function startSending(root) {
  if (!session.exists) return
  for (const form of root.querySelectorAll("form:not([data-autosave-url])")) {
    if (form.method === "post" && form.querySelector("textarea")) new Guarded(form)
  }
}
