// Renews the progress bar of long work in place; the page reloads when there is no bar any more.

const EVERY = 3000

async function renew(region) {
  let answer
  try {
    answer = await fetch(location.href, { redirect: "manual", credentials: "same-origin" })
  } catch {
    return true // offline: ask again
  }
  if (!answer.ok) return answer.type !== "opaqueredirect" || location.reload()
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelector("[data-progress]")
  if (!fresh) return location.reload()
  region.replaceChildren(...fresh.childNodes)
  return true
}

/** Keep [data-progress] inside `root` up to date. */
export function startProgress(root) {
  const region = root.querySelector("[data-progress]")
  if (!region) return
  const timer = setInterval(async () => {
    if (!(await renew(region))) clearInterval(timer)
  }, EVERY)
}
