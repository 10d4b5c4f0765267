// The session as this page knows it: whose it is, until when, and with which token it saves. It
// warns two minutes before it ends (AC-7), and notices when somebody has signed in again.
//
// GET and POST [data-session-url] → 200 {"person", "left", "last", "token"}, or a redirect when
// signed out. GET prolongs nothing; POST does.
import { make } from "./dom.mjs"
import { clock, notice } from "./notice.mjs"

export const IN = "in"
export const OUT = "out"
export const OTHER = "other"
export const AWAY = "away"

const WARNING = 120_000 // before the end
const AGAIN = 15_000 // when the service could not be asked
const PATIENCE = 15_000

function words(text) {
  return make("p", { className: "govuk-body app-told__text", text })
}

class Session extends EventTarget {
  constructor(place) {
    super()
    this.exists = Boolean(place)
    if (!place) return
    const { person, name, left, sessionUrl, signInUrl } = place.dataset
    Object.assign(this, { person, name, url: sessionUrl, signInUrl, state: IN, last: false, until: 0 })
    this.channel = new BroadcastChannel("session")
    this.channel.addEventListener("message", ({ data }) => this.told(data))
    this.lasts(Number(left))
    window.addEventListener("focus", () => this.look())
    window.addEventListener("pageshow", (event) => event.persisted && this.ask())
    document.addEventListener("visibilitychange", () => document.hidden || this.look())
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.canStay && this.stay())
  }

  get token() {
    return document.querySelector("input[name=csrf_token]")?.value ?? ""
  }

  get canStay() {
    return notice.has("warning") && !this.last
  }

  /** An answer of the service: the time that is left is in it. */
  heard(answer) {
    const left = answer.headers.get("X-Session-Left")
    if (this.exists && this.state === IN && left) this.lasts(Number(left))
  }

  /** Ask the service: IN, OUT, OTHER (somebody else is signed in here), or AWAY (no answer). */
  async ask(method = "GET") {
    if (!this.exists) return IN
    let answer, told
    try {
      answer = await fetch(this.url, {
        method,
        redirect: "manual",
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": this.token },
        signal: AbortSignal.timeout(PATIENCE)
      })
      if (answer.ok) told = await answer.json()
    } catch {
      return AWAY
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return this.ended()
    // A token of an earlier session: ask which one is valid now.
    if (answer.status === 400 && method === "POST") return this.ask()
    return told?.person ? this.found(told) : AWAY
  }

  found({ person, left, last, token }) {
    if (person !== this.person) return this.taken()
    const back = this.state !== IN
    this.state = IN
    this.last = last
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token
    notice.clear("session")
    this.lasts(left)
    if (back) this.dispatchEvent(new Event("back"))
    return IN
  }

  /** How long it lasts from now on, in seconds; other tabs share it. */
  lasts(left, { share = true } = {}) {
    const until = Date.now() + left * 1000
    const longer = until - this.until > 2000
    this.until = until
    if (left * 1000 > WARNING) notice.clear("warning")
    clearTimeout(this.timer)
    const wait = left * 1000 > WARNING ? left * 1000 - WARNING : left * 1000 + 1000
    this.timer = setTimeout(() => this.check(), wait)
    if (share && longer) this.channel.postMessage({ person: this.person, until })
  }

  /** Another tab knows more: its session is this one's too, or has replaced it. */
  told({ person, until }) {
    if (this.state !== IN || person !== this.person) this.ask()
    else if (until - this.until > 2000) this.lasts((until - Date.now()) / 1000, { share: false })
  }

  look() {
    if (this.state !== IN || Date.now() > this.until - WARNING) this.check()
  }

  async check() {
    const state = await this.ask()
    if (state === AWAY) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.check(), AGAIN)
    }
    if (state === IN && this.until - Date.now() <= WARNING) this.warn()
  }

  warn() {
    const at = clock(this.until)
    if (this.last) {
      notice.say("warning", [
        words(
          `You will be signed out at ${at}, 12 hours after you signed in. This cannot be put off. ` +
            "What you write in an audit is saved as you go; anything that has a button of its own, send now."
        )
      ])
      return
    }
    const button = make("button", {
      type: "button",
      className: "govuk-button app-told__button",
      text: "Stay signed in"
    })
    button.addEventListener("click", () => this.stay())
    this.line = words(
      `You will be signed out at ${at}, as nothing has happened here for a while. Press the button, or the Escape key, to stay.`
    )
    notice.say("warning", [this.line, button])
  }

  async stay() {
    const state = await this.ask("POST")
    if (state === AWAY) this.line.textContent = `There was no answer at ${clock()}. Try again in a moment.`
    if (state !== IN || this.until - Date.now() <= WARNING) return
    notice.say("told", [words(`You stay signed in, until ${clock(this.until)} at least.`)])
    setTimeout(() => notice.clear("told"), AGAIN)
  }

  ended() {
    if (this.state === OUT) return OUT
    this.state = OUT
    clearTimeout(this.timer)
    notice.clear("warning")
    const link = make("a", {
      className: "govuk-link",
      href: this.signInUrl,
      target: "_blank",
      rel: "noopener",
      text: "Sign in again (opens in a new tab)"
    })
    const line = words(`You were signed out by ${clock()}. What you wrote is safe in this page. `)
    line.append(link, ", then come back here and go on.")
    notice.say("session", [line])
    return OUT
  }

  taken() {
    this.state = OTHER
    clearTimeout(this.timer)
    notice.clear("warning")
    notice.say("session", [
      words(
        `Somebody else is signed in here now. What you wrote as ${this.name} is safe in this page, and ` +
          `is not saved under another name. Sign out in the other tab, and sign in as ${this.name}.`
      )
    ])
    return OTHER
  }
}

export const session = new Session(document.querySelector("[data-notice]"))
