// What the page says while the service cannot be reached: since when, that nothing is lost, and
// that it goes on by itself.
import { make } from "./dom.mjs"
import { clock, notice } from "./notice.mjs"

const waiting = new Set()
let since = ""

/** `who` could not reach the service. `held`: it has to be sent by pressing its button again. */
export function lost(who, { held = false } = {}) {
  waiting.add(who)
  since ||= clock()
  const text = held
    ? `No connection to the service since ${since}. What you wrote is safe in this page, and not sent yet. Keep the page open, and press the button again once this message has gone.`
    : `No connection to the service since ${since}. What you wrote is safe in this page. Keep it open: saving goes on by itself.`
  notice.say("connection", [make("p", { className: "govuk-body app-told__text", text })])
}

/** `who` has reached it again, or needs it no more. */
export function reached(who) {
  waiting.delete(who)
  if (waiting.size) return
  since = ""
  notice.clear("connection")
}
