"""What continuous integration runs, for any machine: ``nox --list`` tells, ``nox -s lint types tests-3.12`` runs.

Arguments behind ``--`` go to pytest: ``nox -s tests-3.13 -- tests/metrics -n 0``. Pythons that are not installed are
skipped, and are an error in continuous integration.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests-3.12"]

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
"""Those of the classifiers; the last is the newest."""
CPU = {"UV_TORCH_BACKEND": "cpu"}
"""PyTorch without CUDA, which is several gigabytes smaller."""


@nox.session
def lint(session: nox.Session) -> None:
    """Style."""
    session.install("ruff>=0.9")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strict, tests included."""
    session.install("-e", ".[test]", env=CPU)
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into docs/_build; a warning is an error."""
    session.install("-e", ".[docs]", env=CPU)
    session.run("python", "-m", "sphinx", "-n", "-W", "--keep-going", "-b", "html", "docs", "docs/_build")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests, with the newest versions of everything."""
    session.install("-e", ".[test]", env=CPU)
    _pytest(session)


@nox.session(python=PYTHONS[0])
def walkthroughs(session: nox.Session) -> None:
    """Run all that the pages and the examples show, and every network of the zoo."""
    session.install("-e", ".[test]", env=CPU)
    session.run("pytest", "tests", "-m", "walkthrough", "-n", "2", *session.posargs)


@nox.session(python=PYTHONS[0], venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """All tests, with the oldest versions that pyproject.toml allows."""
    session.install("--resolution=lowest-direct", "-e", ".[test]", env=CPU)
    _pytest(session)


@nox.session(python=PYTHONS[0])
def oldest_pytest(session: nox.Session) -> None:
    """Test the plugin with the oldest pytest and the newest of everything else."""
    session.install("-e", ".[test]", "pytest==8.4.*", env=CPU)
    _pytest(session, "tests/running")


@nox.session
def frameworks(session: nox.Session) -> None:
    """Trainings with Lightning and Hugging Face themselves, which the other sessions do without."""
    session.install("-e", ".[test]", "lightning>=2.5", "pytorch-lightning>=2.5", "accelerate>=1.1", env=CPU)
    session.run("python", "tests/performance/training_loops.py", *session.posargs, env={"PYTHONPATH": "."})


@nox.session
def coverage(session: nox.Session) -> None:
    """Which lines and branches the tests reach, in processes that they start, too."""
    session.install("-e", ".[test]", "coverage>=7.10", env=CPU)
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *(session.posargs or ("tests", "-n", "2")))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


def _pytest(session: nox.Session, *default: str) -> None:
    session.run("pytest", *(session.posargs or (*(default or ("tests",)), "-n", "2")))
