// One box to the server and what became of it.
//
// POST {"field", "text", "version"} → 200 {"version", "saved_at"}
//                                   → 409 {"version", "theirs", "yours"}: somebody saved meanwhile
//                                   → 409 {"error"}: it can no longer be changed at all
//                                   → 400, 401, 403 or a redirect: perhaps the session has ended
import { AWAY, IN, session } from "./session.mjs"

export const SAVED = "saved"
export const CONFLICT = "conflict"
export const REFUSED = "refused"

const PATIENCE = 15_000
const MOST_AFTERWARDS = 60_000 // bytes that a browser sends on after the page has gone

async function send(url, content, token) {
  const body = JSON.stringify(content)
  const answer = await fetch(url, {
    method: "POST",
    redirect: "manual",
    credentials: "same-origin",
    keepalive: document.hidden && body.length * 3 < MOST_AFTERWARDS,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body,
    signal: AbortSignal.timeout(PATIENCE)
  })
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json")
  return { answer, told: isJson ? await answer.json() : null }
}

/** {kind: SAVED, CONFLICT, REFUSED, AWAY, OUT or OTHER, …what the server told}. */
export async function post(url, content, { again = true } = {}) {
  const { token } = session
  let answer, told
  try {
    ;({ answer, told } = await send(url, content, token))
  } catch {
    return { kind: AWAY }
  }
  session.heard(answer)
  // What is not JSON comes from something between here and the service.
  if (answer.ok) return told ? { kind: SAVED, ...told } : { kind: AWAY }
  if (answer.status === 409 && told) return { kind: typeof told.theirs === "string" ? CONFLICT : REFUSED, ...told }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: session.ended() }
  if ([400, 403, 404].includes(answer.status)) {
    const state = await session.ask()
    if (state !== IN) return { kind: state }
    if (again && session.token !== token) return post(url, content, { again: false })
  }
  if (answer.status === 429 || answer.status >= 500) return { kind: AWAY }
  return { kind: REFUSED, status: answer.status, error: told?.error }
}
