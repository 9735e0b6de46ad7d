"""The words that name a model with a checkpoint of one's own, or with many: name, file, wildcards, axes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.checkpoints.naming import axes_of, given_axes, label, natural_key
from pytest_brainscore.models.sources.specification import parse_specification, parse_specifications

FILES = (
    "net.py",
    "lr=0.1/net.py",
    "my@nets/net.py",
    "best.pth",
    "runs/seed1/epoch2.pth",
    "runs/seed1/epoch10.pth",
    "runs/seed 2@x/epoch10.pth",
    "runs/a=b,c.pth",
    "runs/epoch-003.pth.tar",
    "runs/snap_20.pth",
    "runs/snap_3.pth",
    "[1].pth",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"PK\x03\x04 as torch.save begins")
    (tmp_path / "runs" / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "kind", "source", "identifier", "checkpoint"),
    [
        ("net.py:build@best.pth", "file", "net.py", "net.build@best", "best.pth"),
        ("squeezenet1_1@best.pth", "name", "squeezenet1_1", "squeezenet1_1@best", "best.pth"),
        ("timm:resnet18.a1@best.pth", "timm", "resnet18.a1", "timm.resnet18.a1@best", "best.pth"),
        ("hf:lab/net@best.pth", "hf", "lab/net", "hf.lab_net@best", "best.pth"),
        ("mylab.nets:build@best.pth", "module", "mylab.nets", "mylab.nets.build@best", "best.pth"),
        ("mine=net.py:build@best.pth", "file", "net.py", "mine", "best.pth"),
        ("mine = net.py:build", "file", "mine = net.py", "mine___net.build", ""),
        ("mine=squeezenet1_1", "name", "squeezenet1_1", "mine", ""),
        ("lr=0.1/net.py:build", "file", "lr=0.1/net.py", "net.build", ""),
        ("v1=lr=0.1/net.py:build@best.pth", "file", "lr=0.1/net.py", "v1", "best.pth"),
        ("my@nets/net.py:build", "file", "my@nets/net.py", "net.build", ""),
        ("my@nets/net.py:build@best.pth", "file", "my@nets/net.py", "net.build@best", "best.pth"),
        (
            "net.py:build@runs/seed 2@x/epoch10.pth",
            "file",
            "net.py",
            "net.build@epoch10",
            "runs/seed 2@x/epoch10.pth",
        ),
        ("net.py:build@runs/a=b,c.pth", "file", "net.py", "net.build@a_b_c", "runs/a=b,c.pth"),
        ("net.py:build@[1].pth", "file", "net.py", "net.build@_1_", "[1].pth"),
        ("net.py:build@runs/epoch-003.pth.tar", "file", "net.py", "net.build@epoch-003", "runs/epoch-003.pth.tar"),
        ("C:\\nets\\net.py:build@best.pth", "file", "C:\\nets\\net.py", "C__nets_net.build@best", "best.pth"),
    ],
)
def test_one_checkpoint(words: str, kind: str, source: str, identifier: str, checkpoint: str) -> None:
    model = parse_specification(words)
    assert (model.kind, model.source, model.identifier, model.checkpoint) == (kind, source, identifier, checkpoint)
    assert model.weights == (str(Path(checkpoint).resolve()) if checkpoint else "")
    again = parse_specification(model.asked)
    assert (again.identifier, again.weights) == (model.identifier, model.weights)


def test_wildcards_stand_for_one_model_a_file_sorted_naturally() -> None:
    models = parse_specifications("net.py:build@runs/seed*/epoch*.pth")
    assert [(each.identifier, dict(each.axes)) for each in models] == [
        ("net.build@seed1_epoch2", {"epoch": 2, "seed": 1}),
        ("net.build@seed1_epoch10", {"epoch": 10, "seed": 1}),
        ("net.build@seed_2_x_epoch10", {"epoch": 10, "seed": 2}),
    ]
    assert {each.network for each in models} == {"net.build"}
    everywhere = parse_specifications("net.py:build@runs/**/epoch*.pth")
    assert {each.identifier for each in everywhere} == {each.identifier for each in models}


def test_a_name_before_wildcards_stands_for_the_network() -> None:
    models = parse_specifications("big=net.py:build@runs/snap_*.pth#step=*")
    assert [(each.identifier, dict(each.axes)) for each in models] == [
        ("big@snap_3", {"step": 3}),
        ("big@snap_20", {"step": 20}),
    ]
    assert [each.record()["network"] for each in models] == ["big", "big"]
    assert [each.network for each in models] == ["net.build", "net.build"]  # what layers are committed for


def test_a_checkpoint_beside_the_words_changes_no_name_unless_there_are_several() -> None:
    (one,) = parse_specifications("net.py:build", "best.pth")
    assert (one.identifier, one.asked) == ("net.build", "net.py:build@best.pth")
    assert [each.identifier for each in parse_specifications("net.py:build", "runs/snap_*.pth")] == [
        "net.build@snap_3",
        "net.build@snap_20",
    ]


def test_checkpoints_of_a_network_have_one_untrained_twin() -> None:
    models = parse_specifications("net.py:build@runs/snap_*.pth")
    assert {each.twin(1) for each in models} == {models[0].twin(1)}
    assert models[0].twin(1).identifier == "net.build.untrained-1"
    assert parse_specification("mine=net.py:build").twin(0).identifier == "mine.untrained-0"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("net.py:build@runs/nothing*.pth", "There are no checkpoints runs/nothing.*nothing matches in .*in quotes"),
        ("net.py:build@run*", "only folders match .*runs"),
        ("net.py:build@runs", "The weights file runs is a folder; give runs/a=b,c.pth"),
        ("net.py:build@nothere.pth", "There is no weights file nothere.pth"),
        ("net.py:build@net.py", "weights file net.py is"),
        ("net.py:build@", "names no checkpoint behind the @; give MODEL@CHECKPOINT"),
        ("net.py:build@best.pth#epoch=", "#epoch= has no value; write for example #epoch=10"),
        ("net.py:build@best.pth#epoch=1#epoch=2", "#epoch=2 is given twice"),
        (
            "net.py:build@best.pth#epoch=*",
            "takes its value from a .* in the path of the checkpoint, and 'best.pth' has",
        ),
        ("best.pth", "is a weights file; name the network"),
    ],
)
def test_what_cannot_be_is_refused(words: str, told: str) -> None:
    if words.endswith("net.py"):
        Path("net.py").write_text("def build(): ...")
    with pytest.raises(ModelError, match=told):
        parse_specifications(words)


def test_two_checkpoints_for_one_model_are_refused() -> None:
    with pytest.raises(ModelError, match=r"has its checkpoint, and runs/snap_3.pth is another one"):
        parse_specifications("net.py:build@best.pth", "runs/snap_3.pth")
    with pytest.raises(ModelError, match=r"stands for 2 checkpoints, from runs/snap_3.pth to runs/snap_20.pth"):
        parse_specification("net.py:build@runs/snap_*.pth")


@pytest.mark.parametrize(
    ("file", "axes"),
    [
        ("epoch10.pth", {"epoch": 10}),
        ("epoch_010.pth", {"epoch": 10}),
        ("ep-7.safetensors", {"epoch": 7}),
        ("model.epoch=3-step=1000.ckpt", {"epoch": 3, "step": 1000}),
        ("epoch=9-val_loss=0.12.ckpt", {"epoch": 9}),
        ("ckpt_iter_20k.pth", {"step": 20000}),
        ("global_step2M.pt", {"step": 2_000_000}),
        ("seed3/last.ckpt", {"seed": 3}),
        ("seed=3/seed4_epoch 2.pth", {"seed": 4, "epoch": 2}),
        ("seed3/deeper/last.ckpt", {}),
        ("deepstep3_s4_e5_rep6_10.pth", {}),
        ("step3x.pth", {}),
        ("resnet50.pth", {}),
    ],
)
def test_axes_are_told_by_paths(file: str, axes: dict[str, int]) -> None:
    assert axes_of(file, file) == axes


def test_given_axes_come_first_and_keep_their_kind() -> None:
    (model,) = parse_specifications("net.py:build@runs/seed1/epoch2.pth#epoch=0.5#augmentation=mix up")
    assert dict(model.axes) == {"epoch": 0.5, "augmentation": "mix up", "seed": 1}
    assert given_axes("#a=*#b=*", "r[uv]ns?/x*_*.pth", "runs1/xA_007.pth") == {"a": "A", "b": 7}
    assert given_axes("#a=1e5#b=-3#c=1.2.3", "", "") == {"a": 1e5, "b": -3, "c": "1.2.3"}


def test_labels_depend_on_nothing_but_word_and_file_and_fit_into_names() -> None:
    assert label("runs/*/best.pth", "runs/A/best.pth") == "A"
    assert label("runs\\*\\epoch*.pth", "runs\\A\\epoch1.pth") == "A_epoch1"
    long = label("*.pth", f"{'x' * 250}.pth")
    assert len(long) == 80
    assert long != label("*.pth", f"{'x' * 251}.pth")


def test_natural_order() -> None:
    assert sorted(["b1", "a10", "a2", "A1", "a"], key=natural_key) == ["a", "A1", "a2", "a10", "b1"]
