"""Where people write in a thematic report, and what belongs there."""

from typing import Final

from qa_app.reports.kinds.recipe import Slot

SUMMARY: Final = Slot(
    "summary",
    "Summary",
    "What somebody needs who reads nothing else: how good practice is and how sure you are of it, "
    "what is strong, what is not, what has been done since the last report, and what you will do "
    "next. Six to ten sentences.",
)
PROGRAMME: Final = Slot(
    "programme",
    "The audit programme",
    "Why audits were late or exempt, and what is done about it. Leave it empty where the figures "
    "say enough.",
    needed=False,
)
GRADES: Final = Slot(
    "grades",
    "Grades",
    "What you read in the grades beyond the figures. Call a difference a change only where the "
    "figures do.",
    needed=False,
)
THEMES: Final = Slot(
    "themes",
    "Themes",
    "What auditors found and what it meant for children: strengths first, then areas for "
    "development. Say which are about practice and which about recording only.",
)
ESCALATIONS: Final = Slot(
    "escalations",
    "Escalations and actions",
    "What was done where children may not have been safe, and what is still outstanding and why. "
    "Nothing by which a child or family could be known.",
    needed=False,
)
RE_AUDITS: Final = Slot(
    "re-audits",
    "Re-audits",
    "Whether practice improved for the children whose files were audited again, and how you know. "
    "A higher grade alone does not show it.",
    needed=False,
)
VOICES: Final = Slot(
    "voices",
    "Voices",
    "What children, parents and carers said, together and in your own words; and what changed "
    "because of it.",
    needed=False,
)
LEARNING: Final = Slot(
    "learning",
    "Learning and its effect",
    "What was done about earlier findings (training, guidance, briefings), and what the figures "
    "say of it before and after. Say so where it is too early to tell.",
)
DEFICITS: Final = Slot(
    "deficits",
    "Actions for deficits",
    "One line for each, beginning with “- ”: what was found, what will be done, the post that owns "
    "it, by when, and how you will know that it helped. Write no names.",
)
KNOW: Final = Slot(
    "know",
    "What do you know about the quality and impact of practice?",
    "What you know, good and bad, and what difference it makes for children. Say what you do not "
    "know.",
)
HOW: Final = Slot(
    "how",
    "How do you know it?",
    "How many audits of how many children, who chose them, who moderated them and how far they "
    "agreed; whom you asked; what else you looked at, and where it says something else.",
)
PLANS: Final = Slot(
    "plans",
    "What are your plans to keep or improve it?",
    "What you will do, who answers for it, by when, and by which figure you will see that it "
    "worked.",
)

QUESTIONS: Final = (KNOW, HOW, PLANS)
SLOTS: Final = (
    SUMMARY,
    PROGRAMME,
    GRADES,
    THEMES,
    ESCALATIONS,
    RE_AUDITS,
    VOICES,
    LEARNING,
    DEFICITS,
    *QUESTIONS,
)
