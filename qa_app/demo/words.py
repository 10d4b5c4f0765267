"""Narrative for the demonstration, filled in from the phrase lists beside this module."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import cycle
from random import Random
from typing import Any, Final

from qa_app.demo.days import month_name
from qa_app.domain.grades import PlanType

_FILES: Final = (
    "sections-understanding",
    "sections-child",
    "sections-oversight",
    "whole",
    "findings",
    "moderation",
)
_NUMBERS: Final = ("two", "three", "four", "five")
_WEEKS: Final = ("three", "four", "five", "six", "seven", "eight", "nine")
_ADULTS: Final = (
    "mother", "father", "mother's partner", "stepfather", "grandmother", "uncle", "older brother",
)  # fmt: skip
_AGENCIES: Final = {
    "0 to 4": ("the nursery", "the health visitor", "the GP", "the family centre"),
}
_OLDER: Final = ("school", "the school nurse", "CAMHS", "the GP", "the youth worker")

_PLAN_WORDS: Final = {
    PlanType.EARLY_HELP: ("early help plan", "team around the family meeting"),
    PlanType.CHILD_IN_NEED: ("child in need plan", "child in need review"),
    PlanType.CHILD_PROTECTION: ("child protection plan", "review conference"),
    PlanType.CHILD_IN_CARE: ("care plan", "child in care review"),
    PlanType.CARE_EXPERIENCED: ("pathway plan", "pathway plan review"),
    PlanType.PRIVATE_FOSTERING: ("private fostering plan", "private fostering review"),
    PlanType.FOSTERING_HOUSEHOLD: ("support plan", "foster home review"),
}
_WORKERS: Final = {
    PlanType.EARLY_HELP: "early help practitioner",
    PlanType.CARE_EXPERIENCED: "personal adviser",
    PlanType.FOSTERING_HOUSEHOLD: "supervising social worker",
}
_CHAIRS: Final = {
    PlanType.CHILD_IN_CARE: "reviewing officer",
    PlanType.CHILD_PROTECTION: "conference chair",
}

# A section as it stands inside a sentence.
TOPICS: Final = {
    "chronology": "the use of history",
    "threshold": "the level of help",
    "assessment": "the assessment",
    "risk": "the work on risk and safety",
    "voice": "hearing the {child}",
    "identity": "attention to identity",
    "plan": "planning",
    "visits": "direct work",
    "reviews": "independent oversight",
    "multi_agency": "work with other agencies",
    "management": "management oversight",
    "recording": "recording",
}


class _Details(dict[str, str]):
    """The fixed details of an audit; the others are drawn when a phrase asks for them."""

    def __init__(self, words: "Words", known: dict[str, str]) -> None:
        super().__init__(known)
        self.words = words

    def __missing__(self, name: str) -> str:
        self[name] = drawn = self.words.draw(name)
        return drawn


@cache
def phrases(name: str) -> Mapping[str, Any]:
    """One file of phrases, as read."""
    text = files("qa_app.demo.phrases").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def section_phrases() -> Mapping[str, Any]:
    """What is said of each section at each grade, by section code."""
    return {code: said for name in _FILES[:3] for code, said in phrases(name).items()}


class Words:
    """The words of one audit: the same adult throughout, other details drawn as they come."""

    def __init__(
        self, rng: Random, plan: PlanType, age_band: str, on: date, team: str, seen: set[str]
    ) -> None:
        self.rng, self.on, self.seen = rng, on, seen
        older = plan is PlanType.CARE_EXPERIENCED or age_band in ("16 to 17", "18 and over")
        the_plan, review = _PLAN_WORDS[plan]
        fostering = plan is PlanType.FOSTERING_HOUSEHOLD
        self.fixed = {
            "child": "young person" if older else "child",
            "worker": _WORKERS.get(plan, "social worker"),
            "manager": "team manager",
            "plan": the_plan,
            "review": review,
            "chair": _CHAIRS.get(plan, "reviewing manager"),
            "adult": "foster carer" if fostering else rng.choice(_ADULTS),
            "team": team,
        }
        self.agencies = _AGENCIES.get(age_band, _OLDER)

    def apart(self, rng: Random) -> "Words":
        """The same words with other random numbers, so that what is said here changes nothing
        that is said elsewhere."""
        other = copy(self)
        other.rng = rng
        return other

    def about(self, code: str) -> dict[str, str]:
        """What names another section than the one that stands out as weak, for `one` and `fill`."""
        topic = TOPICS[code].format_map(self.fixed)
        return {"weak": topic, "Weak": topic[0].upper() + topic[1:]}

    def in_turn(self, options: Sequence[str]) -> Iterator[str]:
        """These phrases in a random order, each filled in as it comes; again from the first when
        all have been said."""
        return (self.fill(each) for each in cycle(self.rng.sample(options, len(options))))

    def topics(self, strong: str, weak: str) -> None:
        """Say which sections stand out, for the overall texts."""
        for name, code in (("strong", strong), ("weak", weak)):
            topic = TOPICS[code].format_map(self.fixed)
            self.fixed[name] = topic
            self.fixed[name.capitalize()] = topic[0].upper() + topic[1:]

    def fill(self, phrase: str, **more: str) -> str:
        """One phrase with its details."""
        if "{" not in phrase:
            return phrase
        return phrase.format_map(_Details(self, {**self.fixed, **more}))

    def draw(self, name: str) -> str:
        """A detail that is drawn anew each time; KeyError for one that no phrase may use."""
        if name != name.lower():
            drawn = self.draw(name.lower())
            return drawn[0].upper() + drawn[1:]
        if name == "month":
            return month_name(self.on - timedelta(days=self.rng.randint(25, 170)))
        return self.rng.choice({"agency": self.agencies, "n": _NUMBERS, "weeks": _WEEKS}[name])

    def one(self, options: Sequence[str], **more: str) -> str:
        """One of the phrases, filled in."""
        return self.fill(self.rng.choice(options), **more)

    def together(self, *lists: Sequence[str]) -> str:
        """One phrase of each list, and not what an earlier audit said, as far as can be."""
        said = ""
        for _ in range(6):
            said = " ".join(self.one(options) for options in lists)
            if said not in self.seen:
                break
        self.seen.add(said)
        return said
