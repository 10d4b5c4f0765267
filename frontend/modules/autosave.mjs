// Saves what is typed in form[data-autosave-url] while it is typed (A8). Text waits in the page until
// the server has acknowledged it; nothing is kept on the machine, which may be shared.
//
// Once a box is saved, its place in the page gets an "app:saved" event with {name, answer}.
import { showConflict } from "./conflict.mjs"
import { lost, reached } from "./connection.mjs"
import { make } from "./dom.mjs"
import { fieldsOf } from "./fields.mjs"
import { CONFLICT, post, REFUSED, SAVED } from "./posting.mjs"
import { showRefusal } from "./refused.mjs"
import { Retry } from "./retry.mjs"
import { sendWhen, typedIn } from "./sending.mjs"
import { AWAY, IN, session } from "./session.mjs"

const PAUSE = 2000 // after the last key
const LONGEST = 10000 // of typing without a pause
const APART = 5000 // between two saves while typing

const CHOOSE = "Not saved: this was changed somewhere else. Choose which version to keep"
const REFUSED_BOX = "Not saved: look below the box that you wrote in"
const LOOK_UP = "Not saved yet, and still here: see the message at the top of the page"
const PRESS_AGAIN = "You can go on: press the button once more"
const RELOAD = "This page is out of date. Copy your text, then reload the page."

class Autosave {
  constructor(form) {
    this.form = form
    this.url = form.dataset.autosaveUrl
    this.fields = fieldsOf(form)
    this.byControl = new Map()
    for (const field of this.fields.values()) {
      for (const control of field.controls) this.byControl.set(control, field)
    }
    this.retry = new Retry(() => this.tryAgain())
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
    this.form.addEventListener("focusout", (event) => this.left(event.target, event.relatedTarget))
    sendWhen(this.form, () => this.ready())
    session.addEventListener("back", () => (this.waiting.length ? this.soon(0) : this.reachedAgain()))
    document.addEventListener("visibilitychange", () => document.hidden && this.flush())
    document.addEventListener("click", (event) => this.followed(event))
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && (this.unsaved || this.unsent)) event.preventDefault()
    })
    window.addEventListener("pageshow", () => {
      // A page restored from the browser's history is open again, with what was typed in it.
      this.leaving = false
      if (this.waiting.length) this.soon(PAUSE)
    })
  }

  get unsaved() {
    return [...this.fields.values()].some((field) => field.unsaved)
  }

  /** Whether a text was typed that only the form's button sends. */
  get unsent() {
    return typedIn(this.form).some((box) => !this.byControl.has(box))
  }

  get waiting() {
    return [...this.fields.values()].filter((field) => field.waiting)
  }

  typed(control) {
    const field = this.byControl.get(control)
    if (!field) return
    field.conflict?.update(field.words(field.text))
    const now = performance.now()
    this.typingSince ??= now
    const forced = this.typingSince + LONGEST - now
    const allowed = this.lastSent + APART - now
    if (!this.retry.failures) this.soon(Math.max(Math.min(PAUSE, forced), allowed, 0))
  }

  /** Somebody left a box: at once, unless they went on to another part of the same date. */
  left(control, next) {
    const field = this.byControl.get(control)
    if (!field || field.controls.includes(next) || this.retry.failures) return
    if (field.conflict) field.conflict.update(field.words(field.text))
    this.soon(0)
  }

  soon(delay) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), delay)
  }

  /** Send what waits, one box after another, so that each request knows the version before it. */
  flush() {
    clearTimeout(this.timer)
    this.sending ??= this.sendAll().finally(() => (this.sending = null))
    return this.sending
  }

  async sendAll() {
    this.typingSince = null
    const { waiting } = this
    for (const field of waiting) {
      if (!(await this.send(field))) return false
    }
    if (waiting.length) this.reachedAgain()
    // Typed while the last save was under way.
    if (this.waiting.length) this.soon(APART)
    return true
  }

  async send(field) {
    const text = field.text
    this.lastSent = performance.now()
    field.adrift.add(text)
    const answer = await post(this.url, { field: field.name, text, version: field.version })
    if (answer.kind === SAVED) return this.accept(field, text, answer)
    if (answer.kind === CONFLICT) return this.conflict(field, text, answer)
    if (answer.kind === REFUSED) return this.refuse(field, text, answer)
    this.wait(answer.kind)
    return false
  }

  accept(field, text, answer) {
    field.saved = text
    field.version = answer.version
    field.adrift.clear()
    this.forgive(field)
    this.calm(`Saved ${answer.saved_at}`)
    const detail = { name: field.name, answer }
    field.place.dispatchEvent(new CustomEvent("app:saved", { bubbles: true, detail }))
    return true
  }

  forgive(field) {
    field.refused = null
    field.panel?.remove()
    field.panel = null
  }

  refuse(field, text, { error, status }) {
    field.adrift.clear()
    this.forgive(field)
    field.refused = text
    // Too long a text is mended in its box; what can no longer be changed is copied.
    const copy = status === 413 || !field.isText ? null : text
    field.panel = showRefusal(field, typeof error === "string" ? error : RELOAD, copy)
    this.warn(REFUSED_BOX)
    return true
  }

  /** No answer, or nobody signed in: the notice says so, and what is typed waits. */
  wait(kind) {
    this.say("")
    this.status.classList.remove("app-autosave__status--warning")
    if (kind === AWAY) lost(this, { held: this.unsent })
    else reached(this)
    this.retry.later()
  }

  async tryAgain() {
    if (this.waiting.length) return this.flush()
    // Only a press of the button waits.
    return (await session.ask()) === AWAY ? this.wait(AWAY) : this.reachedAgain()
  }

  reachedAgain() {
    this.retry.done()
    reached(this)
    if (this.status.textContent === LOOK_UP) this.calm(PRESS_AGAIN)
  }

  conflict(field, mine, { version, theirs }) {
    if ([...field.adrift, field.text ?? ""].some((text) => text.trim() === theirs)) {
      // It was this page's own save, whose answer never came; or both wrote the same.
      field.version = version
      field.saved = theirs
      field.adrift.clear()
      return field.waiting ? this.send(field) : true
    }
    field.adrift.clear()
    this.warn(CHOOSE)
    // The form keeps the older version meanwhile: sent by its button it would be asked as well.
    field.conflict = showConflict({
      place: field.place,
      question: field.question,
      mine: field.words(mine),
      theirs: field.words(theirs),
      canKeepBoth: field.isText,
      choose: (kept) => this.chosen(field, kept, theirs, version)
    })
    return true
  }

  chosen(field, kept, theirs, version) {
    field.conflict = null
    field.version = version
    field.saved = theirs
    if (kept === "theirs") field.text = theirs
    if (kept === "both") field.text = `${theirs}\n\n${field.text}`
    field.focus()
    if (field.unsaved) this.soon(0)
    else this.calm("The saved version was kept")
  }

  /** Whether the form may be sent by its button: all is saved, and the way is open. */
  async ready() {
    const slow = setTimeout(() => this.say("Saving…"), 1000)
    this.leaving = false
    try {
      if (!(await this.allSent())) this.warn(LOOK_UP)
      else if (!this.asksToChoose()) this.leaving = await this.wayIsOpen()
      return this.leaving
    } finally {
      clearTimeout(slow)
    }
  }

  async allSent() {
    let sent
    do sent = await this.flush()
    while (sent && this.waiting.length)
    return sent
  }

  // Dates half typed and what is not saved by itself go with the form alone.
  async wayIsOpen() {
    const state = await session.ask()
    if (state === IN) return true
    this.wait(state)
    this.warn(LOOK_UP)
    return false
  }

  /** Put the focus on a choice between two versions that waits. */
  asksToChoose() {
    return [...this.fields.values()].some((field) => field.conflict?.focus())
  }

  /** A link that is followed with something unsaved: it is saved first. */
  followed(event) {
    const link = event.target.closest?.("a[href]")
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    if (!link || !plain || event.defaultPrevented || !this.waiting.length) return
    if (link.target || link.origin !== location.origin || link.hash || link.hasAttribute("download")) return
    event.preventDefault()
    // What could not be saved makes the browser ask.
    this.flush().then(() => location.assign(link.href))
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
