// Two people, or two tabs, wrote in the same box: both texts are shown and the writer chooses.
import { make } from "./dom.mjs"

function version(title, text) {
  return make("div", { className: "app-conflict__version" }, [
    make("h3", { className: "govuk-heading-s", text: title }),
    make("p", { className: "app-prose", text: text || "(empty)" })
  ])
}

function choice(text, chosen) {
  const button = make("button", { type: "button", className: "govuk-button govuk-button--secondary", text })
  button.addEventListener("click", chosen)
  return button
}

/**
 * Show both texts after `place`. `choose` is called once with "mine", "theirs" or "both"; "both" is
 * offered only where texts can stand below each other.
 */
export function showConflict({ place, mine, theirs, canKeepBoth, choose }) {
  const close = (kept) => () => {
    panel.remove()
    choose(kept)
  }
  const buttons = [
    choice("Keep my version", close("mine")),
    choice("Use the saved version", close("theirs"))
  ]
  if (canKeepBoth) buttons.push(choice("Keep both, mine below", close("both")))
  const panel = make("section", { className: "app-conflict", "aria-label": "Two versions" }, [
    make("h2", { className: "govuk-heading-s", text: "This was changed somewhere else while you wrote" }),
    make("div", { className: "app-conflict__versions" }, [
      version("Your version, not saved", mine),
      version("The saved version", theirs)
    ]),
    make("div", { className: "govuk-button-group" }, buttons)
  ])
  place.after(panel)
  return panel
}
