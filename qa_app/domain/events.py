"""Every kind of event the history knows, with the sentence its timeline shows.

Braces are filled from the event's details, which hold ids, codes, dates and counts, never
narrative (I1). Access events are kept in the chain but left out of timelines.
"""

SENTENCES: dict[str, str] = {
    # people and access
    "signed_in": "Signed in",
    "sign_in_failed": "A sign-in failed",
    "signed_out": "Signed out",
    "password_set": "Set a new password",
    "link_made": "A one-time link was made",
    "reset_asked": "A new password was asked for",
    "sessions_ended": "Ended {count} other sessions",
    "line_manager_set": "Line manager changed",
    "person_added": "Added to the people of this service",
    "person_changed": "Details changed: {fields}",
    "person_deactivated": "Account closed",
    "person_reactivated": "Account opened again",
    "role_granted": "Given the role {role} for {scope}",
    "role_ended": "The role {role} was ended",
    "setting_changed": "Setting “{setting}” changed from {day}",
    "closure_added": "Closure day {day} added",
    "job_title_changed": "The job title mapping was changed",
    "refused": "Was refused: {reason}",
    # cases and imports
    "import_finished": "Import finished: {loaded} loaded, {refused} refused",
    "case_added": "Case added from the case system",
    "case_changed": "Case updated from the case system: {fields}",
    "case_closed": "Case closed in the case system on {day}",
    "case_reopened": "Case opened again in the case system",
    "tool_installed": "Audit tool {tool} version {version} installed",
    # practice standards and audit tools
    "standard_added": "Practice standard {number} added, in force from {day}",
    "standard_changed": "Practice standard {number} changed from {day}",
    "standard_ended": "Practice standard {number} is in force until {day}",
    "tool_drafted": "Audit tool {tool}: version {version} begun",
    "tool_imported": "Audit tool {tool}: version {version} read from a file",
    "tool_changed": "Audit tool {tool}: draft version {version} changed: {part}",
    "tool_discarded": "Audit tool {tool}: draft version {version} thrown away",
    "tool_published": "Audit tool {tool}: version {version} published",
    "tool_retired": "Audit tool {tool}: version {version} retired",
    # an audit
    "audit_given": "Given to the auditor, due {due}",
    "audit_imported": "Imported from the old audit workbook",
    "audit_started": "Started",
    "audit_text_saved": "Saved “{field}”",
    "audit_answered": "Answered “{field}”",
    "audit_submitted": "Sent for moderation",
    "audit_completed": "Completed by the auditor",
    "audit_reassigned": "Given to another auditor: {reason}",
    "audit_withdrawn": "Withdrawn: {reason}",
    "audit_final": "Final grade: {grade}. {reason}",
    "audit_finished": "Finished. This kind of audit is not graded.",
    "audit_viewed": "Read",
    "audit_unstarted": "Put back to not started: {reason}",
    "text_restored": "Restored an earlier version of “{field}”",
    "identifier_cleared": "Confirmed that {kind} in “{field}” identifies nobody",
    "co_auditor_added": "A second auditor was added",
    "co_auditor_removed": "The second auditor was taken off: {reason}",
    "conversation_invited": "Invited {number} people to talk the audit through",
    "conversation_cancelled": "Called the audit conversation off",
    "contribution_signed": "Signed a view of their own",
    "reply_signed": "Replied to the audit",
    "facts_asked": "The facts are checked until {due}",
    "facts_agreed": "Checked the facts: nothing to correct",
    "facts_disputed": "Checked the facts: {number} to correct",
    "fact_answered": "Answered what was said about a fact: {answer}",
    "facts_corrected": "Took the audit back to correct its facts",
    "audit_acknowledged": "Acknowledged the audit",
    "thanked": "Sent a thank-you",
    "record_noted": "The summary is on the child’s record since {day}",
    "audit_printed": "Downloaded the audit as {format}",
    "text_versions_viewed": "Looked at earlier versions of “{field}”",
    "finding_added": "Added a finding",
    "finding_removed": "Removed a finding",
    "interest_declared": "Declared an interest in the case",
    "interest_withdrawn": "Withdrew a declared interest in the case",
    "waiver_granted": "Waived a conflict of interest",
    "waiver_ended": "Ended a waiver",
    # concerns
    "concern_raised": "Raised a significant-harm concern",
    "concern_told": "Told of the concern: {who}",
    "concern_telephoned": "Recorded the telephone call about the concern",
    "concern_acknowledged": "Acknowledged the concern",
    "concern_decided": "Recorded the safety decision",
    "concern_recorded": "Confirmed that the concern is on the child's record",
    "concern_withdrawn": "Withdrew the concern",
    "concern_viewed": "Read the concern",
    # moderation
    "moderation_started": "Took the audit for moderation",
    "moderation_released": "Put the audit back in the moderation queue",
    "moderation_returned": "Returned the audit for correction",
    "moderation_committed": "Moderated: {outcome}",
    # actions
    "action_raised": "Raised a {kind} action, due {due}",
    "action_imported": "Imported with its audit",
    "action_started": "Started work on the action",
    "action_done": "Marked the action done, with evidence",
    "action_verified": "Verified the action",
    "action_returned": "Returned the action: more is needed",
    "action_due_changed": "Due date moved from {old} to {new}",
    "action_reassigned": "Given to another owner",
    "action_withdrawn": "Withdrew the action",
    "action_viewed": "Read the action",
    # programme
    "cycle_opened": "Opened the audit cycle {month}",
    "expectation_set": "Set the expected number of audits to {number}",
    "expectation_changed": "Changed the expected number of audits from {old} to {new}: {reason}",
    "exemption_granted": "Exempted {number}: {reason}",
    "cycle_planned": "Planned the audit cycle {month}",
    "cycle_closed": "Closed the audit cycle {month}: {unfinished} unfinished",
    "expectation_moved": "One expected audit moved to whoever covers it",
    "exemption_asked": "Asked for an exemption of {number}: {reason}",
    "exemption_refused": "Refused the exemption",
    "extension_asked": "Asked for {days} more working days",
    "extension_granted": "Due date moved from {old} to {new}",
    "extension_refused": "Refused the extension",
    "draw_made": "Drew {size} cases with seed {seed}",
    "draw_confirmed": "Confirmed the draw: {given} audits given",
    "draw_discarded": "Discarded the draw",
    "draw_viewed": "Opened the draw",
    "allocation_proposed": "Proposed who audits which case",
    "allocation_changed": "Gave a case of the draw to another auditor",
    "substitution_asked": "Asked for another case in place of one that was drawn: {reason}",
    "substitution_approved": "Approved the replacement: the next reserve was taken",
    "substitution_refused": "Refused the replacement",
    "batch_planned": "Planned “{kind}” of {number} audits",
    "batch_changed": "Changed the plan of the batch",
    "batch_closed": "Closed the batch",
    "buddy_named": "Named a buddy",
    "buddy_ended": "The buddy’s time ended",
    "reminded": "Reminded: {step}",
    # figures
    "figures_viewed": "Opened the figures {months}",
    "figures_exported": "Downloaded the figures {months} as {format}",
    "audits_listed": "Opened a list of {count} audits",
    "demo_made": "Made the demonstration council from seed {seed}",
}

ACCESS = frozenset(
    {
        "audit_viewed",
        "audit_printed",
        "text_versions_viewed",
        "concern_viewed",
        "action_viewed",
        "figures_viewed",
        "figures_exported",
        "audits_listed",
        "draw_viewed",
    }
)


def sentence(verb: str, details: dict[str, object]) -> str:
    """The event as a sentence; a detail that an old event lacks shows as "…"."""
    return SENTENCES[verb].format_map(_Known(details))


class _Known(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
