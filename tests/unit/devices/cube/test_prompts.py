"""Where an answer ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.devices.cube.session.prompts import Prompts, end_of_echo, exec_prompt, squeezed

LOG = "*Jan  5 09:00:00.001: %SYS-5-CONFIG_I: Configured from console by kim on vty1 (10.9.9.9)"
PROMPTS = Prompts("cube-01")
LONG = Prompts("a-name-of-thirty-characters-xyz")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("\ncube-01>", "cube-01"),
        ("\nWelcome to cube-01#\n\ncube-01#", "cube-01"),
        ("\nfrr# ", "frr"),
        (f"\ncube-01#\n{LOG}\n", "cube-01"),
        (f"\ncube\n{LOG}\n-01#", "cube-01"),
    ],
)
def test_the_first_prompt(printed: str, name: str) -> None:
    found = exec_prompt(printed)
    assert found
    assert found[1] == name


@pytest.mark.parametrize("printed", ["", "\n***********#", "\nPassword: ", "\ncube-01", "\n#", "\nthis is #"])
def test_what_is_no_first_prompt(printed: str) -> None:
    assert exec_prompt(printed) is None


@pytest.mark.parametrize(
    "printed",
    [
        "cube-01#",
        "\ncube-01# ",
        "x\ncube-01(config)#",
        "x\ncube-01(config-dial-peer)#",
        f"\ncube-01#\n{LOG}\n",
        f"\ncu\n{LOG}\nbe-01#",
    ],
)
def test_prompts(printed: str) -> None:
    assert PROMPTS.is_at_prompt(printed)


@pytest.mark.parametrize(
    "printed", ["", "cube-01>", "\ncube-02#", "nvram:cube-01#1.cer", "\ncube-01#show", "\n cube-01#", "x cube-01#"]
)
def test_what_is_no_prompt(printed: str) -> None:
    assert not PROMPTS.is_at_prompt(printed)


def test_long_names_are_cut_in_configuration_modes_or_not() -> None:
    assert LONG.is_configuring("\na-name-of-thirty-cha(config)#")
    assert LONG.is_configuring("\na-name-of-thirty-characters-xyz(config-sip-ua)#")
    assert not LONG.is_configuring("\na-name-of-thirty-characters-xyz#")
    assert not LONG.is_at_prompt("\na-name-of-thirty(config)#")


@pytest.mark.parametrize(
    "question",
    [
        "Are you sure you want to do this? [yes/no]: ",
        "Overwrite the previous NVRAM configuration?[confirm]",
        "Destination filename [startup-config]? ",
        "How many bits in the modulus [1024]: ",
        "Password: ",
        "Enter Y if you are sure you want to proceed. ? [no]: ",
    ],
)
def test_questions_end_an_answer(question: str) -> None:
    assert PROMPTS.is_over(f"\n{question}")
    assert PROMPTS.is_over(f"\n{question}\n{LOG}\n")


def test_a_line_that_begins_like_a_prompt_belongs_to_the_answer() -> None:
    text = "show a\ncube-01# is watched\ncube-01#show b\nanswer\ncube-01#"
    first = PROMPTS.end_of_answer(text, 7, "show b")
    assert first
    assert text[7 : first[0]] == "cube-01# is watched\n"
    last = PROMPTS.end_of_answer(text, first[1] + 7, None)
    assert last
    assert text[first[1] :][: last[0] - first[1]] == "show b\nanswer\n"


def test_an_answer_is_not_over_before_the_next_echo_came() -> None:
    assert PROMPTS.end_of_answer("show a\nanswer\ncube-01#", 7, "show b") is None
    assert PROMPTS.end_of_answer("show a\nanswer\ncube-01#sho", 7, "show b") is None


@given(st.integers(0, len("cube-01#show b\n") - 1))
def test_syslog_may_cut_prompt_and_echo_anywhere(at: int) -> None:
    whole = "cube-01#show b\n"
    text = f"answer\n{whole[:at]}\n{LOG}\n{whole[at:]}b\ncube-01#"
    span = PROMPTS.end_of_answer(text, 0, "show b")
    assert span
    assert text[: span[0]].strip() in ("answer", f"answer\n\n{LOG}")
    echo = end_of_echo("show b", text[span[1] :])
    assert echo is not None
    assert text[span[1] :][echo:].startswith("\n")


@pytest.mark.parametrize(
    ("printed", "behind"),
    [
        ("show b\nx", "\nx"),
        (f"\n{LOG}\nshow b\nx", "\nx"),
        (f"sho\n{LOG}\nw b\nx", "\nx"),
        ("cube-01#\nshow b\nx", "\nx"),
        ("show b SECURITY WARNING - x\n", " SECURITY WARNING - x\n"),
    ],
)
def test_the_end_of_an_echo(printed: str, behind: str) -> None:
    at = end_of_echo("show b", printed)
    assert at is not None
    assert printed[at:] == behind


def test_an_echo_that_is_still_coming_and_one_that_is_wrong() -> None:
    assert end_of_echo("show b", "sho") is None
    assert end_of_echo("show b", "") is None
    with pytest.raises(ValueError, match="sh0w b"):
        end_of_echo("show b", "sh0w b\nx")


def test_squeezed() -> None:
    assert squeezed(f"sho\n{LOG}\nw b\nx") == "show b\nx"
    assert squeezed("a\nb") == "a\nb"
