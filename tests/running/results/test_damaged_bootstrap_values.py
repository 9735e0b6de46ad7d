"""Bootstrap values beside a baseline that cannot be read are told once, before anything is scored."""

from __future__ import annotations

from tests.support.projects import Project

RIGHT = [1, 1, 0, 1] * 10


def test_they_are_told_once_before_the_run(project: Project) -> None:
    project.outcomes({"one": {"right": RIGHT}, "two": {"right": RIGHT}})
    project.run("--brainscore-update=new")
    project.baseline().with_name("net.build.replicates.npz").write_bytes(b"nothing")
    result = project.run()
    said = "\n".join(result.outlines + result.errlines)
    assert result.ret == 4
    assert said.count("holds no bootstrap values") == 1
    assert "restore it from version control, or delete it" in said
    assert project.run("--brainscore-tolerance=abs:.005").ret == 0, "nothing needs them"
