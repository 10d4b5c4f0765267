// Copies a text box to the clipboard: the button inside [data-copy], which names the box. It stays hidden
// without scripts; the text is there to be marked and copied by hand.

async function copy(box) {
  box.select()
  try {
    await navigator.clipboard.writeText(box.value)
    return true
  } catch {
    // No clipboard outside of a secure page: the older way still works there.
    return document.execCommand("copy")
  }
}

/** Show and start every such button inside `root`; what happened is said in the status beside it. */
export function startCopying(root) {
  for (const part of root.querySelectorAll("[data-copy]")) {
    const box = document.getElementById(part.dataset.copy)
    const told = part.querySelector("[role=status]")
    part.hidden = false
    part.querySelector("button").addEventListener("click", async () => {
      const done = await copy(box)
      told.textContent = done ? "Copied. Paste it into the child’s record." : "Marked: copy it with your keyboard."
    })
  }
}
