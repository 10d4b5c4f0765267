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
    # an audit
    "audit_given": "Given to the auditor, due {due}",
    "audit_imported": "Imported from the old audit workbook",
    "audit_started": "Started",
    "audit_text_saved": "Saved “{field}”",
    "audit_answered": "Answered “{field}”",
    "audit_submitted": "Sent for moderation",
    "audit_reassigned": "Given to another auditor: {reason}",
    "audit_withdrawn": "Withdrawn: {reason}",
    "audit_final": "Final grade: {grade}. {reason}",
    "audit_viewed": "Read",
    "finding_added": "Added a finding",
    "finding_removed": "Removed a finding",
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
    "exemption_granted": "Exempted {number}: {reason}",
    # figures
    "figures_viewed": "Opened the figures {months}",
    "figures_exported": "Downloaded the figures {months} as {format}",
    "audits_listed": "Opened a list of {count} audits",
    "demo_made": "Made the demonstration council from seed {seed}",
}

ACCESS = frozenset(
    {
        "audit_viewed",
        "concern_viewed",
        "action_viewed",
        "figures_viewed",
        "figures_exported",
        "audits_listed",
    }
)


def sentence(verb: str, details: dict[str, object]) -> str:
    """The event as a sentence; a detail that an old event lacks shows as "…"."""
    return SENTENCES[verb].format_map(_Known(details))


class _Known(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
