// The boxes of a form that saves itself: what each one is called, what is in it, which version it is.

/** One question: a text box, a list, or all radios or checkboxes that share a data-field. */
export class Field {
  constructor(form, name, controls) {
    this.form = form
    this.name = name
    this.controls = controls
    this.saved = this.text
    this.refused = null
    this.conflict = null
  }

  get choices() {
    return this.controls.filter((control) => ["radio", "checkbox"].includes(control.type))
  }

  get text() {
    if (!this.choices.length) return this.controls[0].value
    return this.choices.filter((control) => control.checked).map((control) => control.value).join(",")
  }

  set text(value) {
    if (!this.choices.length) {
      this.controls[0].value = value
      return
    }
    const chosen = value.split(",")
    for (const control of this.choices) control.checked = chosen.includes(control.value)
  }

  /** What a person reads: the labels of choices, otherwise the text itself. */
  words(value) {
    if (!this.choices.length) return value
    const chosen = value.split(",")
    const labels = this.choices.filter((control) => chosen.includes(control.value))
    return labels.map((control) => control.labels[0]?.textContent.trim()).join(", ")
  }

  get waiting() {
    return this.conflict === null && this.text !== this.saved && this.text !== this.refused
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
}

/** The fields of `form` by their data-field, in page order. */
export function fieldsOf(form) {
  const groups = new Map()
  for (const control of form.querySelectorAll("[data-field]")) {
    const name = control.dataset.field
    groups.set(name, [...(groups.get(name) ?? []), control])
  }
  return new Map([...groups].map(([name, controls]) => [name, new Field(form, name, controls)]))
}
