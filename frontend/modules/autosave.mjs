// Saves what is typed in form[data-autosave-url] while it is typed. Text waits in the page until the
// server has acknowledged it; nothing is kept on the machine, which may be shared.
//
// POST {"field", "text", "version"} → 200 {"version", "saved_at"}
//                                   → 409 {"version", "theirs", "yours"}: somebody saved meanwhile
//                                   → 409 {"error"}: it can no longer be changed at all
//                                   → 401, 403 or a redirect: the session has ended
import { showConflict } from "./conflict.mjs"
import { make } from "./dom.mjs"
import { fieldsOf } from "./fields.mjs"

const PAUSE = 2000 // after the last key
const LONGEST = 10000 // of typing without a pause
const APART = 5000 // between two saves while typing
const RETRIES = [2000, 4000, 8000, 16000, 30000]
const SUBMIT_PATIENCE = 3000
const REQUEST_PATIENCE = 20000

const SIGN_IN_AGAIN = "Sign in again in another tab; your text stays here"
const TRYING = "Not saved yet: no connection. Keep this page open; saving goes on by itself"
const TOO_LONG = "Not saved: the text is too long"
const RELOAD = "Not saved: copy your text, then reload the page"

class Autosave {
  constructor(form) {
    this.form = form
    this.url = form.dataset.autosaveUrl
    this.fields = fieldsOf(form)
    this.failures = 0
    this.lastSent = -Infinity
    this.typingSince = null
    this.sending = null
    this.timer = null
    this.leaving = false
    this.status = form.querySelector("[data-autosave-status]") ?? this.addStatus()
    this.listen()
  }

  addStatus() {
    const status = make("p", { className: "app-autosave__status", "aria-live": "polite" })
    this.form.append(status)
    return status
  }

  listen() {
    this.form.addEventListener("input", (event) => this.typed(event.target))
    this.form.addEventListener("change", (event) => this.left(event.target))
    this.form.addEventListener("focusout", (event) => this.left(event.target))
    this.form.addEventListener("submit", (event) => this.submitted(event))
    window.addEventListener("online", () => this.soon(0))
    // Coming back from the tab in which one signed in again.
    window.addEventListener("focus", () => this.failures && this.soon(0))
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.unsaved) event.preventDefault()
    })
    // A page restored from the browser's history is open again.
    window.addEventListener("pageshow", () => (this.leaving = false))
  }

  get unsaved() {
    return [...this.fields.values()].some((field) => field.unsaved)
  }

  get waiting() {
    return [...this.fields.values()].filter((field) => field.waiting)
  }

  typed(control) {
    if (!this.fields.has(control.dataset.field)) return
    const now = performance.now()
    this.typingSince ??= now
    const forced = this.typingSince + LONGEST - now
    const allowed = this.lastSent + APART - now
    if (!this.failures) this.soon(Math.max(Math.min(PAUSE, forced), allowed, 0))
  }

  left(control) {
    if (this.fields.has(control.dataset.field) && !this.failures) this.soon(0)
  }

  soon(delay) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), delay)
  }

  /** Send what waits, one box after another, so that each request knows the version before it. */
  flush() {
    this.sending ??= this.sendAll().finally(() => (this.sending = null))
    return this.sending
  }

  async sendAll() {
    this.typingSince = null
    for (const field of this.waiting) {
      if (!(await this.send(field))) return
    }
    // Typed while the last save was under way.
    if (this.waiting.length) this.soon(APART)
  }

  async send(field) {
    const text = field.text
    this.lastSent = performance.now()
    let answer
    try {
      answer = await this.post({ field: field.name, text, version: field.version })
    } catch {
      return this.tryAgain(TRYING)
    }
    if (answer.ok) return this.accept(field, text, await answer.json())
    if (answer.status === 409) return this.conflict(field, text, await answer.json())
    if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
      await this.freshToken()
      return this.tryAgain(SIGN_IN_AGAIN)
    }
    if (answer.status === 429 || answer.status >= 500) return this.tryAgain(TRYING)
    return this.refuse(field, text, answer.status === 413 ? TOO_LONG : RELOAD)
  }

  refuse(field, text, message) {
    field.refused = text
    this.warn(message)
    return true
  }

  post(content) {
    return fetch(this.url, {
      method: "POST",
      redirect: "manual",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(content),
      signal: AbortSignal.timeout(REQUEST_PATIENCE)
    })
  }

  get token() {
    return this.form.querySelector("input[name=csrf_token]")?.value ?? ""
  }

  /** Signing in again changes the token; this page, asked for anew, carries the one now valid. */
  async freshToken() {
    try {
      const answer = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(REQUEST_PATIENCE) })
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const token = page.querySelector("form[data-autosave-url] input[name=csrf_token]")?.value
      if (!token || token === this.token) return
      for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token
    } catch {
      // Still offline: the next attempt asks again.
    }
  }

  accept(field, text, { version, saved_at: savedAt }) {
    field.saved = text
    field.version = version
    this.failures = 0
    this.calm(`Saved ${savedAt}`)
    return true
  }

  tryAgain(message) {
    const delay = RETRIES[Math.min(this.failures, RETRIES.length - 1)]
    this.failures += 1
    this.warn(message)
    // Spread out, so that a server coming back is not met by everybody at once.
    this.soon(delay * (0.75 + Math.random() / 2))
    return false
  }

  conflict(field, mine, { version, theirs, error }) {
    if (typeof theirs !== "string") return this.refuse(field, mine, error ?? RELOAD)
    field.version = version
    if (theirs === field.text) return this.settle(field, theirs)
    this.warn("Not saved: this was changed somewhere else. Choose which version to keep")
    field.conflict = showConflict({
      place: field.place,
      mine: field.words(mine),
      theirs: field.words(theirs),
      canKeepBoth: !field.choices.length,
      choose: (kept) => this.chosen(field, kept, theirs)
    })
    return true
  }

  settle(field, theirs) {
    field.saved = theirs
    return true
  }

  chosen(field, kept, theirs) {
    field.conflict = null
    field.saved = theirs
    if (kept === "theirs") field.text = theirs
    if (kept === "both") field.text = `${theirs}\n\n${field.text}`
    field.controls[0].focus()
    if (field.unsaved) this.soon(0)
    else this.calm("The saved version was kept")
  }

  /** An ordinary submit waits for a save under way, or it would carry the version before it. */
  submitted(event) {
    clearTimeout(this.timer)
    this.leaving = true
    if (!this.sending) return
    event.preventDefault()
    const { submitter } = event
    const patience = new Promise((resolve) => setTimeout(resolve, SUBMIT_PATIENCE))
    Promise.race([this.sending, patience]).then(() => {
      clearTimeout(this.timer)
      this.sending = null
      this.form.requestSubmit(submitter)
    })
  }

  calm(message) {
    this.status.classList.remove("app-autosave__status--warning")
    this.say(message)
  }

  warn(message) {
    this.status.classList.add("app-autosave__status--warning")
    this.say(message)
  }

  // A live region speaks when its text changes: the same minute is not said twice.
  say(message) {
    if (this.status.textContent !== message) this.status.textContent = message
  }
}

/** Start saving every form[data-autosave-url] inside `root`. */
export function startAutosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave-url]")) new Autosave(form)
}
