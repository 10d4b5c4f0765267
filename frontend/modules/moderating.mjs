// A moderator's form: what is chosen above opens below and the other way round, all grades stay true
// at a glance, and the button says what follows.
//
// tr[data-graded] is a section's row of the table, [data-auditor] the auditor's grade; [data-differently]
// what is asked where one sees it differently; [data-changed] why one's own first grade is another one
// now; [data-follows] what comes of it. The server decides again when the form is sent.
import { make } from "./dom.mjs"

const OVERALL = "overall"

function fire(control) {
  // What saves itself, and what hangs on an answer, follows.
  control.dispatchEvent(new Event("change", { bubbles: true }))
}

class Moderating {
  constructor(form) {
    this.form = form
    this.rows = [...document.querySelectorAll("tr[data-graded]")]
    form.addEventListener("change", ({ target }) => {
      this.answered(target)
      this.follow()
    })
    // Choices that the browser restores when one comes back to the page.
    window.addEventListener("pageshow", () => this.follow())
    this.follow()
  }

  find(name, value) {
    const wanted = value === undefined ? "" : `[value="${CSS.escape(value)}"]`
    return this.form.querySelector(`[name="${CSS.escape(name)}"]${wanted}`)
  }

  /** The value of a box, or of the answer that is chosen; "" for none. */
  value(name) {
    const control = this.find(name)
    if (control?.type !== "radio") return control?.value ?? ""
    return this.form.querySelector(`[name="${CSS.escape(name)}"]:checked`)?.value ?? ""
  }

  answered(control) {
    if (control.name === "except_for") this.selected(control)
    const part = control.closest("[data-differently]")
    if (part && control.name === `${part.dataset.differently}_grade` && control.value) {
      this.except(part.dataset.differently)
    }
  }

  /** A section was selected above, or not any more: then no grade is left below. */
  selected(control) {
    const part = this.form.querySelector(`[data-differently="${CSS.escape(control.value)}"]`)
    if (control.checked) part.open = true
    if (control.checked) return
    for (const list of part.querySelectorAll("select")) {
      if (!list.value) continue
      list.value = ""
      fire(list)
    }
    // What was written stays, and in sight.
    part.open = this.value(`${control.value}_words`).trim() !== ""
  }

  except(code) {
    for (const control of [this.find("agreement", "except"), this.find("except_for", code)]) {
      if (control.checked) continue
      control.checked = true
      fire(control)
    }
  }

  differs(code) {
    if (code === OVERALL) return this.value("overall_view") === "differ"
    if (this.value("agreement") !== "except") return false
    return this.find("except_for", code).checked || Boolean(this.value(`${code}_grade`))
  }

  /** The moderator's grade as the form stands; "" for none yet. */
  grade({ graded: code, auditor }) {
    if (!auditor || this.differs(code)) return this.value(`${code}_grade`)
    return this.value(code === OVERALL ? "overall_view" : "agreement") ? auditor : ""
  }

  follow() {
    for (const row of this.rows) {
      const mine = this.grade(row.dataset)
      this.show(row, mine)
      this.askWhy(row.dataset.graded, mine)
    }
    this.sayWhatFollows()
  }

  show(row, mine) {
    const { graded: code, auditor } = row.dataset
    const place = row.querySelector("[data-mine]")
    if (!mine) return place.replaceChildren("Not yet")
    const className = `app-grade app-grade--${mine.replaceAll("_", "-")}`
    const tags = [make("strong", { className, text: this.words(row, code, mine) })]
    if (auditor && mine !== auditor) {
      tags.push(" ", make("strong", { className: "govuk-tag govuk-tag--yellow", text: "Differs" }))
    }
    place.replaceChildren(...tags)
  }

  words(row, code, grade) {
    if (grade === row.dataset.auditor) return row.querySelector("[data-theirs]").textContent.trim()
    const control = this.find(`${code}_grade`)
    if (control.options) return [...control.options].find((option) => option.value === grade).text
    return this.find(`${code}_grade`, grade).labels[0].textContent.trim()
  }

  /** Why one's view changed is asked where it did; what was written about it stays in sight. */
  askWhy(code, mine) {
    const part = this.form.querySelector(`[data-changed="${CSS.escape(code)}"]`)
    if (!part) return
    const written = this.value(`${code}_changed`).trim() !== ""
    part.hidden = !written && (!mine || mine === part.dataset.first)
  }

  sayWhatFollows() {
    const row = this.rows.find(({ dataset }) => dataset.graded === OVERALL)
    const follows = [...this.form.querySelectorAll("[data-follows]")]
    if (!row || !follows.length) return
    const mine = this.grade(row.dataset)
    const what = mine && mine !== row.dataset.auditor ? "other" : "same"
    for (const part of follows) part.hidden = Boolean(mine) && part.dataset.follows !== what
    const button = this.form.querySelector("button[data-same]")
    // Somebody who presses it leaves a box by that: it stays as it is meanwhile, or the press is lost.
    if (button.textContent !== button.dataset[what]) button.textContent = button.dataset[what]
  }
}

/** Start every form[data-moderating] inside `root`; without scripts the next page says it. */
export function startModerating(root) {
  for (const form of root.querySelectorAll("form[data-moderating]")) new Moderating(form)
}
