"""What evaluators read of reflections: the answers that were given to them, apart from who wrote them."""

from dataclasses import dataclass

from placement.domain.attendance import PROMPTS
from placement.domain.suppression import THRESHOLD
from placement.services.reports.afterwards import for_evaluators
from placement.services.scope import Scope


@dataclass(frozen=True)
class Answer:
    """One answer to one of the questions, by the name under which the question is kept."""

    question: str
    text: str


@dataclass(frozen=True)
class Evaluated:
    """The answers of a cohort; none are shown while fewer than `threshold` people have given theirs."""

    cohort_id: int
    cohort: str
    programme: str
    threshold: int
    enough: bool
    answers: tuple[Answer, ...]


def evaluated(scope: Scope, cohort_id: int) -> Evaluated:
    """What the actor reads as a viewer of a cohort.

    The answers of one reflection do not stand together, and their order tells nothing: four answers of one
    person would let them be recognised sooner than one.
    """
    cohort = scope.viewed(cohort_id)
    given = for_evaluators(scope.session, cohort.id)
    enough = len(given) >= THRESHOLD
    answers = [
        Answer(question, texts[question]) for question in PROMPTS for texts in given if texts[question]
    ]
    return Evaluated(
        cohort_id=cohort.id,
        cohort=cohort.name,
        programme=cohort.programme.name,
        threshold=THRESHOLD,
        enough=enough,
        answers=tuple(sorted(answers, key=_by_words)) if enough else (),
    )


def _by_words(answer: Answer) -> tuple[int, str]:
    return [*PROMPTS].index(answer.question), answer.text.casefold()
