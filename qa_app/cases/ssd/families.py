"""Family groups: children who share a family, directly or through another child."""

from collections.abc import Iterable


def family_groups(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The family reference of each child, from (family, child) links.

    A child recorded in two families joins them into one group, so that no brother or sister is
    missed (S6). A group's reference is the smallest of its families', whatever the rows' order.
    """
    parent: dict[str, str] = {}

    def top(family: str) -> str:
        while parent[family] != family:
            parent[family] = parent[parent[family]]
            family = parent[family]
        return family

    first: dict[str, str] = {}
    for family, child in links:
        parent.setdefault(family, family)
        one, other = top(first.setdefault(child, family)), top(family)
        parent[max(one, other)] = min(one, other)
    return {child: top(family) for child, family in first.items()}
