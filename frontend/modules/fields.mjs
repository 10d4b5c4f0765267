// The boxes of a form that saves itself: what each one is called, what is in it, which version it is.

/** One question: a text box, a list, or all radios or checkboxes that share a data-field. */
export class Field {
  constructor(form, name, controls) {
    this.form = form
    this.name = name
    this.controls = controls
    // What the server put into the page, not what the browser restored when one came back to it.
    this.saved = this.given
    this.refused = null
    this.panel = null
    this.conflict = null
    // Sent, but no answer came: the server may have it.
    this.adrift = new Set()
  }

  get choices() {
    return this.controls.filter((control) => ["radio", "checkbox"].includes(control.type))
  }

  get given() {
    const [first] = this.controls
    if (this.choices.length) return this.valuesOf((control) => control.defaultChecked)
    if (first.options) return [...first.options].find((option) => option.defaultSelected)?.value ?? ""
    return first.defaultValue
  }

  valuesOf(wanted) {
    return this.choices.filter(wanted).map((control) => control.value).join(",")
  }

  /** Its value; null while it is half typed and cannot be saved by itself. */
  get text() {
    return this.choices.length ? this.valuesOf((control) => control.checked) : this.controls[0].value
  }

  set text(value) {
    this.put(value)
    // What hangs on an answer, and what counts words, follows.
    const chosen = this.choices.find((control) => control.checked) ?? this.controls[0]
    chosen.dispatchEvent(new Event("change", { bubbles: true }))
  }

  put(value) {
    if (!this.choices.length) {
      this.controls[0].value = value
      return
    }
    const chosen = value.split(",")
    for (const control of this.choices) control.checked = chosen.includes(control.value)
  }

  /** What a person reads: the labels of choices, otherwise the text itself. */
  words(value) {
    if (this.choices.length) {
      const chosen = value.split(",")
      const labels = this.choices.filter((control) => chosen.includes(control.value))
      return labels.map((control) => control.labels[0]?.textContent.trim()).join(", ")
    }
    const option = [...(this.controls[0].options ?? [])].find((each) => each.value === value)
    return option?.textContent.trim() ?? value
  }

  /** What is asked: the legend of its answers, or the label of its box. */
  get question() {
    return this.place.querySelector("legend, label")?.textContent.trim() ?? ""
  }

  /** Whether two versions can stand below each other. */
  get isText() {
    return this.controls[0].tagName === "TEXTAREA"
  }

  get waiting() {
    return this.conflict === null && this.text !== null && this.unsaved && this.text !== this.refused
  }

  get unsaved() {
    return this.text !== this.saved
  }

  // A form either counts versions for each box, or once for all of them in a hidden input; the
  // hidden one goes with an ordinary submit too, so it must follow what was saved meanwhile.
  get hiddenVersion() {
    const own = `[data-version-of="${CSS.escape(this.name)}"]`
    return this.form.querySelector(own) ?? this.form.querySelector("[data-autosave-version]")
  }

  get version() {
    return Number(this.hiddenVersion?.value ?? this.controls[0].dataset.version)
  }

  set version(number) {
    if (this.hiddenVersion) this.hiddenVersion.value = String(number)
    for (const control of this.controls) control.dataset.version = String(number)
  }

  get place() {
    return this.controls[0].closest("fieldset, .govuk-form-group") ?? this.controls[0]
  }

  /** Put the focus where one goes on: on the answer chosen, or in the box. */
  focus() {
    const chosen = this.choices.find((control) => control.checked)
    const target = chosen ?? this.controls[0]
    target.focus()
  }
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** A day in three boxes; its text is 2026-11-22, as the server keeps it. */
export class DateField extends Field {
  get parts() {
    return this.controls.map((control) => control.value.trim())
  }

  get given() {
    return this.read(this.controls.map((control) => control.defaultValue.trim()))
  }

  get text() {
    return this.read(this.parts)
  }

  set text(value) {
    super.text = value
  }

  put(value) {
    const [year, month, day] = value ? value.split("-").map(Number) : ["", "", ""]
    for (const [index, part] of [day, month, year].entries()) this.controls[index].value = part
  }

  read([day, month, year]) {
    if (!day && !month && !year) return ""
    const named = MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1
    const number = named || (/^\d{1,2}$/.test(month) ? Number(month) : 0)
    if (!/^\d{1,2}$/.test(day) || !number || !/^\d{4}$/.test(year)) return null
    const text = [year, String(number).padStart(2, "0"), day.padStart(2, "0")].join("-")
    const date = new Date(`${text}T00:00:00Z`)
    // A day that its month does not have becomes none, or one of the next month.
    return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text) ? text : null
  }

  words(value) {
    if (!value) return ""
    const style = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }
    return new Intl.DateTimeFormat("en-GB", style).format(new Date(`${value}T00:00:00Z`))
  }
}

const PARTS = ["day", "month", "year"]

function datesOf(form, taken) {
  const found = []
  for (const { dataset } of form.querySelectorAll("[data-version-of]")) {
    const name = dataset.versionOf
    const parts = PARTS.map((part) => form.querySelector(`[name="${CSS.escape(name)}-${part}"]`))
    if (!taken.has(name) && parts.every(Boolean)) found.push([name, new DateField(form, name, parts)])
  }
  return found
}

/** The fields of `form` by name: by data-field, in page order, then the dates. */
export function fieldsOf(form) {
  const groups = new Map()
  for (const control of form.querySelectorAll("[data-field]")) {
    const name = control.dataset.field
    groups.set(name, [...(groups.get(name) ?? []), control])
  }
  const fields = [...groups].map(([name, controls]) => [name, new Field(form, name, controls)])
  return new Map([...fields, ...datesOf(form, groups)])
}
