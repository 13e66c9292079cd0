"""What can be made to go wrong with a simulated CUBE, while it runs."""

from dataclasses import dataclass, field


@dataclass
class Faults:
    """Switches; each is off by default."""

    seconds_per_command: float = 0.0
    drop_after_lines: int | None = None  # close the session after so many lines of input; counts down
    refuse: dict[str, str] = field(default_factory=dict)  # regular expression of a line → the error that IOS prints
    ignore: str = ""  # regular expression of configuration lines that are accepted and not stored
    syslog_before_answer: list[str] = field(default_factory=list)  # printed in front of the next answers, one each
    denies_authorization: bool = False
    fails_to_save: bool = False
    unexpected_question: str = ""  # asked by the next PKI dialog before anything else
