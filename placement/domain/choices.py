"""What is said about the choice that a placement was."""

ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th, 12th, 13th … 21st."""
    ending = "th" if number % 100 in {11, 12, 13} else ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def choice_sentence(rank: int | None, *, answered: bool, asked_for: bool = False) -> str:
    """Which choice a placement was, told to the leader; `answered` is whether they made any.

    `asked_for`: they said that they would take it when they asked for a swap.
    """
    if rank is not None:
        return f"This was your {ordinal(rank)} choice."
    if asked_for:
        return "You said that you would take this day."
    if answered:
        return "None of your choices had a place on a day that you can do, so this is another day that fits."
    return "You did not send any choices, so this is a day that was still free."
