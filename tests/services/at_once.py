"""The same act by several visitors at the same time, each in a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

from placement.db import unit_of_work
from placement.services.scope import Actor, Scope

Result = TypeVar("Result")


def at_once(app: Flask, times: int, act: Callable[[Scope], Result]) -> list[Result]:
    """What came of acting `times` over four threads, each in a transaction of its own."""

    def once(_number: int) -> Result:
        with app.app_context(), unit_of_work() as session:
            return act(Scope(session, Actor("visitor", 0)))

    with ThreadPoolExecutor(max_workers=4) as threads:
        return list(threads.map(once, range(times)))
