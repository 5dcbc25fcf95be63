"""Who may give which role, what an address and a password look like."""

from itertools import pairwise

import pytest

from tracker.accounts.rules import GRANTED, Actor, Permission, Role, check_password, may_grant, normal_email
from tracker.errors import Malformed


def test_each_role_may_all_that_the_one_below_may() -> None:
    order = [Role.VOLUNTEER, Role.QUALITY, Role.COORDINATOR, Role.ADMIN]
    for lower, higher in pairwise(order):
        assert GRANTED[lower] < GRANTED[higher]


def test_an_association_sees_nothing_of_the_workshop() -> None:
    assert not Actor(Role.ASSOCIATION).may(Permission.SEE_WORKSHOP)
    assert not Actor(Role.ASSOCIATION).is_at_least(Role.VOLUNTEER)


@pytest.mark.parametrize(
    ("giver", "given"),
    [
        (Role.COORDINATOR, {Role.VOLUNTEER, Role.QUALITY, Role.COORDINATOR, Role.ASSOCIATION}),
        (Role.ADMIN, set(Role)),
        (Role.VOLUNTEER, set()),
        (Role.QUALITY, set()),
        (Role.ASSOCIATION, set()),
    ],
)
def test_nobody_gives_a_role_above_her_own(giver: Role, given: set[Role]) -> None:
    assert {role for role in Role if may_grant(Actor(giver), role)} == given


def test_an_address_is_kept_without_spaces_and_capitals() -> None:
    assert normal_email("  Jo@Example.ORG ") == "jo@example.org"


@pytest.mark.parametrize(
    "text", ["", "jo", "jo@", "@x.org", "a b@x.org", "jo@x..org", "jo@x\x00.org", "j" * 255 + "@x.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        normal_email(text)


@pytest.mark.parametrize("password", ["short", "jo.longname@example.org", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Malformed):
        check_password(password, "jo.longname@example.org")


def test_a_short_sentence_is_a_good_password() -> None:
    check_password("le chat dort encore", "jo@example.org")
