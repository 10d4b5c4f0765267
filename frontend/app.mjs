// Everything here is an enhancement: each page works without it.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs"
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs"
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs"
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs"
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs"
import { createAll } from "govuk-frontend/dist/govuk/init.mjs"

import { startAsked } from "./modules/asked.mjs"
import { startAutosave } from "./modules/autosave.mjs"
import { startCopying } from "./modules/copy.mjs"
import { startModerating } from "./modules/moderating.mjs"
import { startNotes } from "./modules/notes.mjs"
import { startLimits } from "./modules/limits.mjs"
import { startPanels } from "./modules/panel.mjs"
import { startPickUp } from "./modules/pickup.mjs"
import { startProgress } from "./modules/progress.mjs"
import { startReveals } from "./modules/reveal.mjs"
import { startSending } from "./modules/sending.mjs"
import { startSortableTables } from "./modules/sortable-table.mjs"
import { startSuggestions } from "./modules/suggest.mjs"
import { startWords } from "./modules/words.mjs"

document.body.classList.add("js-enabled", "govuk-frontend-supported")

const components = [
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  ServiceNavigation,
  SkipLink
]
for (const component of components) createAll(component)

startSortableTables(document)
// Before a form saves itself: what this one's own buttons send, it sends by itself.
startPickUp(document)
startAutosave(document)
startSending(document)
startWords(document)
startNotes(document)
startCopying(document)
startProgress(document)
startReveals(document)
startAsked(document)
startSuggestions(document)
startLimits(document)
startModerating(document)
startPanels(document)
