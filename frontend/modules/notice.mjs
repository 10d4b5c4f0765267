// The page's one notice, in [data-notice]: the region is there from the start, so that a screen
// reader tells politely what comes into it. Focus never moves there by itself, and where somebody
// has gone into it, it goes back when the notice does.
const ORDER = ["session", "connection", "warning", "told"]

class Notice {
  constructor(region) {
    this.region = region
    this.said = new Map()
    this.shown = ""
    this.from = null
    region?.addEventListener("focusin", ({ relatedTarget }) => {
      if (!region.contains(relatedTarget)) this.from = relatedTarget
    })
    if (region) new ResizeObserver(() => this.measure()).observe(region)
  }

  /** How much of the window it takes, for whatever else stays in sight (styles/_notice.scss). */
  measure() {
    const stays = getComputedStyle(this.region).position === "sticky"
    const height = stays ? this.region.offsetHeight : 0
    document.documentElement.style.setProperty("--app-told", `${height}px`)
  }

  /** Say something under a key of ORDER: what is more pressing stands before it. */
  say(key, content) {
    this.said.set(key, content)
    this.show()
  }

  clear(key) {
    if (this.said.delete(key)) this.show()
  }

  has(key) {
    return this.said.has(key)
  }

  show() {
    const key = ORDER.find((each) => this.said.has(each))
    const content = this.said.get(key) ?? []
    const words = content.map((part) => part.textContent ?? part).join("")
    // Said once: a region speaks whenever it changes.
    if (!this.region || words === this.shown) return
    this.shown = words
    const inside = this.region.contains(document.activeElement)
    this.region.replaceChildren(...content)
    this.region.classList.toggle("app-told--calm", key === "told" || key === "warning")
    if (inside) this.from?.focus({ preventScroll: true })
  }
}

export const notice = new Notice(document.querySelector("[data-notice]"))

/** A time of day as the rest of the page writes it: 10:42 in London. */
export function clock(at = Date.now()) {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Europe/London" }).format(at)
}
