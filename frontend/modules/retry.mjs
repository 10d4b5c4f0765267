// Trying again, less and less often, with some spread: a server that comes back is not met by
// everybody at once.
const DELAYS = [2000, 4000, 8000, 16000, 30000]

export class Retry {
  constructor(attempt) {
    this.attempt = attempt
    this.failures = 0
    this.timer = null
    // Only a hint: the browser may be wrong either way.
    window.addEventListener("online", () => this.failures && this.after(0))
  }

  later() {
    const delay = DELAYS[Math.min(this.failures, DELAYS.length - 1)]
    this.failures += 1
    this.after(delay * (0.75 + Math.random() / 2))
  }

  after(delay) {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.attempt, delay)
  }

  done() {
    this.failures = 0
    clearTimeout(this.timer)
  }
}
