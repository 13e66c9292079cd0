"""What can be made to go wrong with a simulated CUBE, while it runs."""

from dataclasses import dataclass, field


@dataclass
class Faults:
    """Switches; each is off by default."""

    seconds_per_command: float = 0.0
    seconds_per_key: float = 0.0  # how much longer than real generating a key takes
    drop_after_lines: int | None = None  # close the session after so many lines of input; counts down
    drop_at: str = ""  # regular expression of a line of input at which the session is closed, once
    refuse: dict[str, str] = field(default_factory=dict)  # regular expression of a line → the error that IOS prints
    ignore: str = ""  # regular expression of configuration lines that are accepted and not stored
    syslog_before_answer: list[str] = field(default_factory=list)  # printed in front of the next answers, one each
    syslog_inside: tuple[int, str] | None = None  # a log line amid the output, after so many more characters; once
    denies_authorization: bool = False  # as `aaa authorization commands 15` with a server that says no; `enable` is level 0
    fails_to_save: bool = False
    corrupts_paste: bool = False  # a bit of the next pasted certificate is flipped on its way
    refuses_import: str = ""  # what IOS says of the next certificate pasted for a key of its own, instead of taking it
    live_calls: dict[str, int] = field(default_factory=dict)  # legs of calls by the remote end of their signalling
    unexpected_question: str = ""  # asked by the next PKI dialog before anything else
    garbles_echo_after: int | None = None  # of the echo, every character from this one on comes back as `?`; once a line
    banner: str = ""  # printed when a session begins; may contain `#`
    repeats_prompt: bool = False
    locked_by: str = ""  # the user who holds the configuration lock
