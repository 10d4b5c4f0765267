"""Invented names for staff: surnames are put together from parts, so that they are nobody's."""

from random import Random
from typing import Final

_FIRST: Final = (
    "Abena", "Adam", "Aisha", "Alison", "Amrit", "Andrea", "Anil", "Bethan", "Brendan", "Carys",
    "Chidi", "Claire", "Colin", "Danuta", "Deborah", "Dele", "Donna", "Eleri", "Emeka", "Esther",
    "Farah", "Femi", "Fiona", "Gareth", "Gita", "Grace", "Hannah", "Harjit", "Helen", "Ian",
    "Imran", "Ines", "Jasmin", "Joanne", "Jonah", "Kamala", "Karen", "Kofi", "Laila", "Lorna",
    "Magda", "Malik", "Marcia", "Meena", "Miriam", "Nadia", "Neil", "Nkechi", "Olive", "Oscar",
    "Parveen", "Paula", "Philippa", "Rashid", "Rowan", "Ruth", "Sadia", "Samuel", "Shona", "Simon",
    "Tamsin", "Tariq", "Theresa", "Tunde", "Ursula", "Vikram", "Wanda", "Yasmin", "Yusuf", "Zofia",
)  # fmt: skip
_BEGINNING: Final = (
    "Alder", "Bram", "Cald", "Dray", "Ember", "Farl", "Gorse", "Harrow", "Inker", "Kestle",
    "Larch", "Mallow", "Nether", "Oster", "Pether", "Quill", "Rushen", "Sedge", "Tansy", "Umber",
    "Velling", "Wither", "Yarrow",
)  # fmt: skip
_END: Final = (
    "by", "combe", "den", "ford", "garth", "holme", "low", "mere", "ridge", "shaw", "stow", "wick",
)  # fmt: skip


def draw_names(rng: Random, count: int) -> list[str]:
    """Draw this many full names, no two alike and no surname used more than once."""
    surnames = [beginning + end for beginning in _BEGINNING for end in _END]
    return [f"{rng.choice(_FIRST)} {surname}" for surname in rng.sample(surnames, count)]
