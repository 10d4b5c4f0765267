"""Gentle prompts for the words of an action: specific, measurable, achievable, relevant and timed.

They are what a colleague would ask on reading it (E3). None of them stops anything, and none of
them counts: the words are shown once more with at most three of them, and raised as they are where
that is wanted.
"""

import re
from typing import Final

MOST: Final = 3

# What somebody does and others can see, in its plain form: “Update the chronology”.
_DOING: Final = frozenset(
    """
    add agree allocate amend analyse apply appoint arrange ask assess attach attend book brief bring
    buy call cancel carry chair change chase check circulate clarify close collect commission
    compare compile complete confirm consult contact convene copy correct correspond create date
    debrief decide deliver design draft draw email enter escalate explain file fill find finish
    fund gather get give help hold identify include inform interview introduce invite invoice issue
    join launch lead let list locate log look make map mark meet merge move name note notify obtain
    offer open order organise outline pay phone pilot place plan prepare present print produce
    provide publish put quote raise read reassess rebook recall reconvene record recruit rectify
    refer register remind remove rename repeat replace reply report request reschedule resend
    resubmit return review revise revisit rewrite ring run scan schedule see seek send set share
    show sign speak start submit summarise supply take talk teach telephone tell test text trace
    track train transcribe transfer translate undertake update upload use verify view visit weigh
    withdraw write
    """.split()  # noqa: SIM905 -- a few lines to read, and not two hundred
)
# In the middle of a sentence these are things more often than doings: “the plan and record”.
_THINGS_TOO: Final = frozenset(
    """
    address brief call change check chair contact copy date draft file fund help lead list log look
    map mark name note offer order pay phone pilot place plan print quote record report request
    review return schedule share show sign start support test text track train transfer use view
    visit
    """.split()  # noqa: SIM905 -- as above
)
# A verb that can be read in many ways: nobody sees it done.
_VAGUE: Final = frozenset(
    """
    address aim be consider continue develop embed encourage endeavour enhance ensure explore
    facilitate have improve maintain monitor promote reflect remain remember strengthen support try
    understand work
    """.split()  # noqa: SIM905 -- as above
)
_BEFORE: Final = frozenset({"please", "to", "will", "must", "should", "also", "and"})
_CANNOT_BE_SEEN: Final = (
    "ongoing", "on-going", "as appropriate", "where appropriate", "as necessary", "where necessary",
    "as needed", "when needed", "if needed", "as required", "where possible", "if possible",
    "regularly", "robust", "robustly", "timely", "better", "more consistent", "going forward",
    "good practice", "high quality", "continuously", "at all times", "improved", "closely",
)  # fmt: skip
_NO_DATE: Final = (
    "as soon as possible", "asap", "a.s.a.p", "urgently", "immediately", "soon", "in due course",
    "promptly", "quickly", "without delay", "shortly", "at the earliest opportunity",
)  # fmt: skip
_MANY: Final = (
    "all staff", "all workers", "all social workers", "all managers", "all practitioners",
    "all teams", "everyone", "everybody", "managers", "practitioners", "professionals",
    "social workers", "staff",
)  # fmt: skip
_SENTENCE: Final = re.compile(r"[.;!?]\s+|\n+|(?:^|\s)(?:\d{1,2}[.)]|[-•*])\s+|\bthen\b")
_PART: Final = re.compile(r"\band\b|,")
_WORD: Final = re.compile(r"[a-z][a-z'’-]*")
_ENDINGS: Final = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", ""),
    ("itten", "ite"), ("ken", "ke"), ("held", "hold"), ("sent", "send"), ("made", "make"),
)  # fmt: skip


def prompts_for(what: str, *, owner: bool = True, dated: bool = False) -> list[str]:
    """At most three kind suggestions about the words of an action, the weightiest first.

    `owner` is whether a person is named to do it, `dated` whether a date was chosen: the rules give
    one otherwise, so that the words alone are looked at for it.
    """
    lines = what.lower()
    text = " ".join(lines.split())
    if not text:
        return []
    found = [_verb(text), _several(lines), _measure(text), _person(text, owner), _date(text, dated)]
    return [prompt for prompt in found if prompt][:MOST]


def _verb(text: str) -> str:
    """Specific: a verb says what somebody does."""
    words = _WORD.findall(text)
    first = next((word for word in words if word in _VAGUE or _does(word)), "")
    # “To be reviewed with the family” says what is done, and the owner is who does it.
    if _does(first) or (first == "be" and any(map(_does, words))):
        return ""
    if first in ("", "be"):
        return "What will somebody do? Begin with it: visit, write, arrange, update, send."
    return (
        f"“{first.capitalize()}” can mean many things. What will somebody do: visit, write, "
        "arrange, update, send?"
    )


def _several(lines: str) -> str:
    """Specific: one thing, so that it can be given, dated and shown as done by itself."""
    begun = 0
    for sentence in _SENTENCE.split(lines):
        first, *others = (_first_word(part) for part in _PART.split(sentence))
        begun += first in _DOING
        begun += sum(other in _DOING - _THINGS_TOO for other in others)
    if begun < 2:
        return ""
    return (
        "This may be more than one thing to do. Raised one by one, each has its owner and its date."
    )


def _measure(text: str) -> str:
    """Measurable: somebody else can tell when it has been done."""
    found = _first_of(_CANNOT_BE_SEEN, text)
    if not found:
        return ""
    return (
        f"How will somebody else see that it is done? “{found.capitalize()}” is hard to show: say "
        "what will be on the record, and how much or how often."
    )


def _person(text: str, owner: bool) -> str:
    """Achievable: one person does it, or brings others to do it."""
    if not owner:
        return "Who will do it? Name one person: others can help."
    many = next((each for each in _MANY if text.startswith((each, f"ask {each}"))), "")
    if not many:
        return ""
    return (
        f"“{many.capitalize()}” is many people. What will the person who owns this action do, so "
        "that they all can?"
    )


def _date(text: str, dated: bool) -> str:
    """Timed: a day, and not only soon."""
    found = "" if dated else _first_of(_NO_DATE, text)
    if not found:
        return ""
    return f"“{found.capitalize()}” is a different day for everybody. Choose the date below."


def _first_of(phrases: tuple[str, ...], text: str) -> str:
    """The first of the phrases that stands in the text as whole words, or ""."""
    found = (
        phrase for phrase in phrases if re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", text)
    )
    return next(found, "")


def _first_word(part: str) -> str:
    return next((word for word in _WORD.findall(part) if word not in _BEFORE), "")


def _does(word: str) -> bool:
    """Whether it is one of the doings, in the plain form or as “visits”, “visiting”, “visited”."""
    return word in _DOING or any(
        word.endswith(ending) and word.removesuffix(ending) + instead in _DOING
        for ending, instead in _ENDINGS
    )
