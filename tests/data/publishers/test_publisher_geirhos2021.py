"""Images and trial tables of Geirhos et al. (2021) as their authors distribute them."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import geirhos2021, load_assembly, load_stimulus_set, missing
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "geirhos2021"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path], Path]

HEADER = "subj,Session,trial,rt,object_response,category,condition,imagename"
REAL = Path(os.environ.get("BRAINSCORE_DATA", "")) / "geirhos2021"
with_real_data = pytest.mark.skipif(
    not (os.environ.get("BRAINSCORE_DATA") and (REAL / "human").is_dir()),
    reason="needs the trial tables: BRAINSCORE_DATA with geirhos2021/human",
)


@pytest.fixture
def few_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two images be all images of an experiment, and few people all its subjects."""
    experiments = ["edge", "silhouette", "cue-conflict", "uniform-noise", "false-colour"]
    monkeypatch.setattr(geirhos2021, "NUMBER_OF_IMAGES", dict.fromkeys(experiments, 2))
    monkeypatch.setattr(geirhos2021, "NUMBER_OF_SUBJECTS", {"uniform-noise": 2, "false-colour": 1})


def write_trials(user_folder: Path, experiment: str, *rows: str) -> None:
    folder = user_folder / "geirhos2021/human" / experiment
    folder.mkdir(parents=True, exist_ok=True)
    for subject in sorted({row.split(",")[0] for row in rows}):
        own = [row for row in rows if row.startswith(subject)]
        (folder / f"{experiment}_{subject}_session_1.csv").write_text("\n".join([HEADER, *own]) + "\n")


NOISE = (
    "subject-01,1,1,0.6,dog,dog,0.10,0001_nse_s01_0.10_dog_10_n02085936_7.png",
    "subject-01,1,2,NaN,na,car,0.00,0002_nse_s01_0.00_car_10_n04285008_8.png",
    "subject-02,1,1,0.8,car,car,0.00,0001_nse_s02_0.00_car_10_n04285008_8.png",
    "subject-02,1,2,0.9,cat,dog,0.10,0002_nse_s02_0.10_dog_10_n02085936_7.png",
)
NOISE_IMAGES = ("0001_nse_dnn_0.10_dog_10_n02085936_7.png", "0002_nse_dnn_0.00_car_10_n04285008_8.png")
NOISE_IDS = ["0.00_car_10_n04285008_8", "0.10_dog_10_n02085936_7"]


@pytest.mark.usefixtures("few_images")
def test_images_by_category_have_the_ids_of_the_trial_tables(
    user_folder: Path, described: Describe, draw: Draw
) -> None:
    for category, name in (("bear", "bear3"), ("airplane", "airplane10")):
        draw(user_folder / "geirhos2021/stimuli/edges" / category / f"{name}.png")
    stimuli = load_stimulus_set(described("stimulus_set", "Geirhos2021_edge"), 3.0)
    assert stimuli.table["stimulus_id"].tolist() == ["0_airplane_00_airplane10", "0_bear_00_bear3"]
    assert stimuli.table["truth"].tolist() == ["airplane", "bear"]
    assert stimuli.table["condition"].tolist() == ["0", "0"]
    assert stimuli.degrees == 3.0
    assert stimuli.images[0].pixels().shape == (4, 6, 3)


@pytest.mark.usefixtures("few_images")
def test_cue_conflict_images_say_what_shape_and_texture_are(user_folder: Path, described: Describe, draw: Draw) -> None:
    folder = user_folder / "geirhos2021/stimuli/style-transfer-preprocessed-512"
    draw(folder / "knife/knife2-elephant1.png")
    draw(folder / "knife/knife2-knife1.png")
    table = load_stimulus_set(described("stimulus_set", "Geirhos2021_cue-conflict"), 3.0).table
    assert table["stimulus_id"].tolist() == ["0_knife_00_knife2-elephant1", "0_knife_00_knife2-knife1"]
    assert table["original_image"].tolist() == ["knife2", "knife2"]
    assert table["conflict_image"].tolist() == ["elephant1", "knife1"]
    assert table["original_image_category"].tolist() == table["truth"].tolist() == ["knife", "knife"]
    assert table["conflict_image_category"].tolist() == ["elephant", "knife"]


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_images_of_the_release_are_found_by_name(
    user_folder: Path, described: Describe, draw: Draw, tmp_path: Path, packed: bool
) -> None:
    place = tmp_path / "packed" if packed else user_folder / "geirhos2021/stimuli"
    for name in NOISE_IMAGES:
        draw(place / "uniform-noise/dnn/session-1" / name)
    draw(place / "uniform-noise/dnn/session-1" / "._0001_nse_dnn_0.10_dog_10_n02085936_7.png")
    if packed:
        (user_folder / "geirhos2021/stimuli").mkdir(parents=True)
        with tarfile.open(user_folder / "geirhos2021/stimuli/uniform-noise.tar.gz", "w:gz") as archive:
            archive.add(place / "uniform-noise", "uniform-noise")
    stimuli = load_stimulus_set(described("stimulus_set", "Geirhos2021_uniform-noise"), 3.0)
    assert stimuli.table["stimulus_id"].tolist() == NOISE_IDS
    assert stimuli.table["condition"].tolist() == ["0.00", "0.10"]
    assert stimuli.table["category"].tolist() == ["car", "dog"]
    assert stimuli.table["filename"].tolist() == sorted(NOISE_IMAGES, reverse=True)
    assert stimuli.images[1].pixels().shape == (4, 6, 3)


def test_a_damaged_archive_is_refused(user_folder: Path, described: Describe) -> None:
    path = user_folder / "geirhos2021/stimuli/colour.tar.gz"
    path.parent.mkdir(parents=True)
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        member = tarfile.TarInfo("colour/a.png")
        member.size = 1000
        archive.addfile(member, io.BytesIO(np.random.default_rng(1).bytes(1000)))
    path.write_bytes(whole.getvalue()[:500])
    with pytest.raises(DataUnavailable, match=r"colour\.tar\.gz cannot be unpacked"):
        load_stimulus_set(described("stimulus_set", "Geirhos2021_colour"), 3.0)


def test_a_part_of_the_images_is_refused(user_folder: Path, described: Describe, draw: Draw) -> None:
    draw(user_folder / "geirhos2021/stimuli/edges/bear/bear3.png")
    with pytest.raises(DataUnavailable, match="1 of the 160 images of the experiment edge"):
        load_stimulus_set(described("stimulus_set", "Geirhos2021_edge"), 3.0)


@pytest.mark.usefixtures("few_images")
def test_trials_keep_their_order_and_every_column(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", *NOISE)
    assembly = load_assembly(described("assembly", "Geirhos2021_uniform-noise"))
    assert assembly.dims == ("presentation",)
    assert assembly.values.tolist() == assembly["choice"].values.tolist() == ["dog", "na", "car", "cat"]
    assert assembly["subject"].values.tolist() == ["subject-01"] * 2 + ["subject-02"] * 2
    assert assembly["trial"].values.tolist() == [1, 2, 1, 2]
    assert assembly["session"].values.tolist() == [1] * 4
    assert assembly["truth"].values.tolist() == assembly["category"].values.tolist() == ["dog", "car", "car", "dog"]
    np.testing.assert_array_equal(assembly["response_time"].values, [0.6, np.nan, 0.8, 0.9])


@pytest.mark.usefixtures("few_images")
def test_trials_and_images_have_the_same_ids(user_folder: Path, described: Describe, draw: Draw) -> None:
    write_trials(user_folder, "uniform-noise", *NOISE)
    for name in NOISE_IMAGES:
        draw(user_folder / "geirhos2021/stimuli/uniform-noise" / name)
    stimuli = load_stimulus_set(described("stimulus_set", "Geirhos2021_uniform-noise"), 3.0)
    assembly = load_assembly(described("assembly", "Geirhos2021_uniform-noise"))
    assert sorted(set(assembly["stimulus_id"].values)) == stimuli.table["stimulus_id"].tolist() == NOISE_IDS


@pytest.mark.usefixtures("few_images")
def test_numeric_conditions_stay_names(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", *NOISE)
    conditions = load_assembly(described("assembly", "Geirhos2021_uniform-noise"))["condition"].values.tolist()
    assert conditions == ["0.10", "0.00", "0.00", "0.10"]


@pytest.mark.usefixtures("few_images")
def test_false_colour_has_the_published_labels_which_are_the_wrong_way_round(
    user_folder: Path, described: Describe, draw: Draw
) -> None:
    write_trials(
        user_folder,
        "false-colour",
        "subject-01,1,1,0.8,knife,knife,true,0001_fc_s01_true_knife_35_n03041632_86251.png",
        "subject-01,1,2,0.9,car,car,false,0002_fc_s01_false_car_35_n03100240_16866.png",
    )
    for name in ("0001_fc_dnn_true_knife_35_n03041632_86251.png", "0002_fc_dnn_false_car_35_n03100240_16866.png"):
        draw(user_folder / "geirhos2021/stimuli/false-colour" / name)
    assembly = load_assembly(described("assembly", "Geirhos2021_false-colour"))
    assert assembly["condition"].values.tolist() == ["False-Colour", "Normal-Image"]
    table = load_stimulus_set(described("stimulus_set", "Geirhos2021_false-colour"), 3.0).table
    assert dict(zip(table["stimulus_id"], table["condition"], strict=True)) == {
        "false_car_35_n03100240_16866": "Normal-Image",
        "true_knife_35_n03041632_86251": "False-Colour",
    }


@pytest.mark.usefixtures("few_images")
def test_a_subject_who_saw_a_stimulus_twice_is_refused(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", NOISE[0], NOISE[0])
    with pytest.raises(DataUnavailable, match="again"):
        load_assembly(described("assembly", "Geirhos2021_uniform-noise"))


@pytest.mark.usefixtures("few_images")
def test_a_published_subject_that_is_missing_is_told(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", *NOISE[:2])
    with pytest.raises(DataUnavailable, match=r"The trials of subject-02 are not in .*uniform-noise"):
        load_assembly(described("assembly", "Geirhos2021_uniform-noise"))


@pytest.mark.usefixtures("few_images")
def test_a_person_too_many_is_left_out_and_named(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", *NOISE, NOISE[0].replace("subject-01", "subject-11"))
    with pytest.warns(UserWarning, match=r"Left out .* subject-11 \(1 trials"):
        assembly = load_assembly(described("assembly", "Geirhos2021_uniform-noise"))
    assert set(assembly["subject"].values) == {"subject-01", "subject-02"}


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("kept", [1, 3])
def test_another_number_of_stimuli_is_told(user_folder: Path, described: Describe, kept: int) -> None:
    dogs = [row for row in NOISE if "dog_10" in row]
    bears = [row.replace("dog_10_", "bear_10_").replace(",dog,0.10", ",bear,0.10") for row in dogs]
    rows = dogs if kept == 1 else [*NOISE, *bears]
    write_trials(user_folder, "uniform-noise", *rows)
    with pytest.raises(DataUnavailable, match=rf"saw {kept} of the 2 stimuli of the experiment uniform-noise"):
        load_assembly(described("assembly", "Geirhos2021_uniform-noise"))


@pytest.mark.usefixtures("few_images")
def test_a_number_that_is_none_is_told(user_folder: Path, described: Describe) -> None:
    write_trials(user_folder, "uniform-noise", NOISE[0].replace(",1,1,", ",1,one,"), *NOISE[1:])
    with pytest.raises(DataUnavailable, match=r"trial tables in .* cannot be read"):
        load_assembly(described("assembly", "Geirhos2021_uniform-noise"))


@pytest.mark.usefixtures("few_images")
def test_one_stimulus_in_two_files_is_told(user_folder: Path, described: Describe, draw: Draw) -> None:
    for name in ("bear/bear3.png", "bear/bear3.jpg", "airplane/airplane10.png"):
        draw(user_folder / "geirhos2021/stimuli/edges" / name)
    with pytest.raises(DataUnavailable, match=r"bear3\.jpg and .*bear3\.png are one stimulus"):
        load_stimulus_set(described("stimulus_set", "Geirhos2021_edge"), 3.0)


def test_what_is_missing_is_said_for_images_and_trials(user_folder: Path, described: Describe) -> None:
    images = missing(described("stimulus_set", "Geirhos2021_colour"))
    assert images is not None
    assert str(user_folder / "geirhos2021/stimuli/colour") in images
    assert "colour.tar.gz" in images
    trials = missing(described("assembly", "Geirhos2021_colour"))
    assert trials is not None
    assert str(user_folder / "geirhos2021/human/colour") in trials


@with_real_data
@pytest.mark.parametrize(("experiment", "trials"), [("edge", 1600), ("false-colour", 4480), ("sketch", 5600)])
def test_real_trial_tables_have_the_published_number_of_trials(
    described: Describe, experiment: str, trials: int
) -> None:
    assembly = load_assembly(described("assembly", f"Geirhos2021_{experiment}"))
    assert assembly.sizes["presentation"] == trials
    assert (assembly["truth"] == assembly["category"]).all()


@with_real_data
def test_every_real_experiment_has_the_number_of_images_that_is_asked_for(described: Describe) -> None:
    folders = sorted((REAL / "human").iterdir())
    assert len(folders) == 17
    for folder in folders:
        ids = load_assembly(described("assembly", f"Geirhos2021_{folder.name}"))["stimulus_id"].values
        assert len(set(ids)) == geirhos2021.NUMBER_OF_IMAGES.get(folder.name, 1280), folder.name


@with_real_data
@pytest.mark.parametrize("experiment", ["edge", "silhouette"])
def test_real_images_are_those_of_the_real_trials(described: Describe, experiment: str) -> None:
    stimuli = load_stimulus_set(described("stimulus_set", f"Geirhos2021_{experiment}"), 3.0)
    assembly = load_assembly(described("assembly", f"Geirhos2021_{experiment}"))
    assert set(stimuli.table["stimulus_id"]) == set(assembly["stimulus_id"].values)
    truth = dict(zip(stimuli.table["stimulus_id"], stimuli.table["truth"], strict=True))
    assert [truth[stimulus] for stimulus in assembly["stimulus_id"].values] == assembly["truth"].values.tolist()
