// Two people, or two tabs, wrote in the same box: both texts are shown and the writer chooses.
import { make } from "./dom.mjs"

function version(title, text) {
  const prose = make("p", { className: "app-prose", text: text || "(empty)" })
  const part = make("div", { className: "app-conflict__version" }, [
    make("h3", { className: "govuk-heading-s", text: title }),
    prose
  ])
  return { part, prose }
}

function choice(text, chosen) {
  const button = make("button", { type: "button", className: "govuk-button govuk-button--secondary", text })
  button.addEventListener("click", chosen)
  return button
}

/**
 * Show both texts after `place`. `choose` is called once with "mine", "theirs" or "both"; "both" is
 * offered only where texts can stand below each other. What is typed on is shown with `update`.
 */
export function showConflict({ place, question, mine, theirs, canKeepBoth, choose }) {
  const close = (kept) => () => {
    panel.remove()
    choose(kept)
  }
  const buttons = [
    choice("Keep my version", close("mine")),
    choice("Use the saved version", close("theirs"))
  ]
  if (canKeepBoth) buttons.push(choice("Keep both, mine below", close("both")))
  const own = version("Your version, not saved", mine)
  const name = `Two versions: ${question}` // there may be several of these in a page
  const panel = make("section", { className: "app-conflict", "aria-label": name, tabindex: "-1" }, [
    make("h2", { className: "govuk-heading-s", text: "This was changed somewhere else while you wrote" }),
    make("div", { className: "app-conflict__versions" }, [
      own.part,
      version("The saved version", theirs).part
    ]),
    make("div", { className: "govuk-button-group" }, buttons)
  ])
  place.after(panel)
  return {
    update: (text) => (own.prose.textContent = text || "(empty)"),
    // False where it stands in a part of the page that is not shown.
    focus: () => panel.checkVisibility() && (panel.focus(), true)
  }
}
