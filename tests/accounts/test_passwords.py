"""Which passwords are refused, and how the others are kept."""

import pytest

from qa_app.accounts.passwords import (
    LONGEST,
    PasswordRefused,
    check_password,
    hash_password,
    is_right,
)

OWN = ("Ada Auditor", "ada.auditor@wolds.example", "Case file audit", "Wolds County Council")

REFUSED = (
    # AU-7: 15 to 128 characters
    "elbow-cactus-4",
    "x" * 7 + "elbow cactus " * 10,
    # AU-7: common words and phrases, whatever is put between and behind them
    "passwordpassword1",
    "Password123456789",
    "correct horse battery staple",
    "Welcome to Summer 2026!",
    "P@ssw0rd P@55w0rd 1",
    "i love you very much 123",
    "MayTheForceBeWithYou!",
    # AU-7: repetitions
    "aaaaaaaaaaaaaaaaaaa",
    "elbowelbowelbowelbow",
    "abababababababababab",
    # AU-7: runs of the alphabet, the digits and the keyboard
    "123456789012345678",
    "qwertyuiopasdfghjkl",
    "lkjhgfdsapoiuytrewq",
    "abcdefghijklmnop1234",
    # AU-7: what anyone would try for this person, here
    "AdaAuditor-AdaAuditor",
    "ada.auditor@wolds.example",
    "Case file audit 2026",
    "wolds county council!",
    "Safeguarding children 1",
)

TAKEN = (
    # AU-7: no rules of composition
    "elbow cactus trombone",
    "wharfedale marmalade kettle",
    "                 x-tgqpzrwl",
    "äöü ßłø þðæ ŋħĸ ĳœ",
    "k7#Vq!z0Rm2$Lw9",
    "my dog ate a trombone and a kettle",
    "elbow cactus " * 9 + "trombone!!",
)


@pytest.mark.parametrize("password", REFUSED)
def test_a_password_that_would_be_guessed_is_refused(password):
    with pytest.raises(PasswordRefused):
        check_password(password, own_words=OWN)


@pytest.mark.parametrize("password", TAKEN)
def test_any_other_long_password_is_taken(password):
    check_password(password, own_words=OWN)


def test_a_refusal_says_what_to_do_and_never_quotes_the_password():
    with pytest.raises(PasswordRefused) as refused:
        check_password("short canary", own_words=OWN)
    assert "at least 15 characters" in refused.value.message
    assert "canary" not in refused.value.message
    assert refused.value.field == "password"


def test_passwords_are_kept_as_argon2id_with_a_salt_each():
    # AU-8
    first, second = hash_password("elbow cactus trombone"), hash_password("elbow cactus trombone")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_right("elbow cactus trombone", first)
    assert not is_right("elbow cactus trombonE", first)
    assert not is_right("elbow cactus trombone ", first)


def test_nobody_gets_in_without_a_stored_password():
    assert not is_right("the hash of nobody's password", None)
    assert not is_right("", "")


def test_a_password_of_a_megabyte_costs_no_more_than_another():
    stored = hash_password("e" * (LONGEST + 1))
    assert is_right("e" * 1_000_000, stored)
    assert not is_right("e" * LONGEST, stored)
