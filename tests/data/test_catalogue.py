"""The catalogue: what it says, and that it says nothing wrong."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pytest_brainscore.data.catalogue import CatalogueError, FileSet, FileSetKind, catalogue, file_set, read_catalogue

PUBLISHED = [entry for entry in catalogue().values() if entry.published]

# SHA-256 over the lines "kind identifier SHA-1 ..." of all stimulus sets and assemblies that the published system
# registers, sorted; from its public source, state of 2026-08-22, and its package 2.4.2.
REGISTERED = "9a2e732e0baacb13b94340c9de56d3153334bf21dde0ace3878fb64390cb9a4a"
# SHA-256 over the sorted first addresses of all files outside the folder brainio-brainscore of the store, and of the
# files of it that have a version id.
FIRST_ADDRESSES = "a9d3e3a2417f6a4caaea0d8d206b3bdfaaa3a786c26b1a82ad92f0d4661fd74a"
FOLDERS = {
    "brainio-brainscore": 404,
    "brainscore-vision/benchmarks/Allen2022/Allen2022_fmri": 12,
    "brainscore-vision/benchmarks/Allen2022/Allen2022_fmri_surface": 4,
    "brainscore-vision/benchmarks/Gifford2022": 6,
    "brainscore-vision/benchmarks/Hebart2023_fmri": 6,
    "brainscore-vision/benchmarks/LAION_fMRI": 10,
    "brainscore-vision/benchmarks/Li2026": 4,
    "brainscore-vision/benchmarks/Papale2025": 6,
    "brainscore-vision/data/user_718/": 12,
}
"""Folders of the store, and how many files are there. A slash at the end makes two before the names."""

FAMILY = """
citation = "Somebody (2020)"
access = "public"
store = "bucket/folder"
store_in_2024 = "older-bucket"

[notes]
public = "anybody may fetch it."

[stimulus_set."Toy.images"]
table = { name = "stimulus_Toy.csv", sha1 = "0123456789012345678901234567890123456789" }
images = { name = "stimulus_Toy.zip", sha1 = "abcdefabcdefabcdefabcdefabcdefabcdefabcd", size = 12 }

[assembly.Toy]
stimulus_set = "Toy.images"
recordings.name = "assy_lab_Toy.nc"
recordings.sha1 = "0000000000000000000000000000000000000000"
recordings.version = "V.1_a"
recordings.version_in_2024 = "W2"
recordings.before_2024 = "dotted.bucket/image_lab_Toy.nc"
"""

Read = Callable[[str], FileSet]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return what reads a catalogue of one file and gives its assembly Toy."""

    def read(text: str) -> FileSet:
        (tmp_path / "toy.toml").write_text(text, encoding="utf-8")
        return read_catalogue(tmp_path)["assembly", "Toy"]

    return read


def test_all_registered_stimulus_sets_and_assemblies_are_there() -> None:
    assert Counter(entry.kind for entry in PUBLISHED) == {"stimulus_set": 161, "assembly": 148}
    assert Counter(entry.assembly_class for entry in PUBLISHED) == {
        "": 161,
        "BehavioralAssembly": 75,
        "NeuroidAssembly": 30,
        "NeuronRecordingAssembly": 26,
        "PropertyAssembly": 16,
        "DataAssembly": 1,
    }
    lines = sorted(
        " ".join([entry.kind, entry.identifier, *(file.sha1 for file in entry.files)]) for entry in PUBLISHED
    )
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == REGISTERED


def test_who_may_have_them() -> None:
    assert Counter(entry.access for entry in PUBLISHED) == {"public": 98, "restricted": 208, "user-supplied": 3}
    assert all(entry.access == "public" for entry in PUBLISHED if entry.identifier.startswith("Geirhos2021_"))
    assert file_set("assembly", "MajajHong2015.public").access == "public"
    assert file_set("assembly", "MajajHong2015.private").access == "restricted"
    assert file_set("stimulus_set", "imagenet2012").access == "user-supplied"


@pytest.mark.parametrize(
    "identifier",
    [
        "Coggan2024_fMRI",
        "Ringach2002",
        "Maniquet2024",
        "Ferguson2024_color",
        "Hebart2023_fmri_train",
        "Papale2025_test",
        "Gifford2022_train",
    ],
)
def test_what_is_only_said_to_be_public_says_so(identifier: str) -> None:
    entry = file_set("assembly", identifier)
    assert entry.access == "public"
    assert "not confirmed" in entry.note


def test_every_note_is_a_sentence_of_reasonable_length() -> None:
    for entry in catalogue().values():
        assert entry.note.endswith(".")
        assert "\n" not in entry.note
        assert len(entry.note) < 250, entry.identifier


def test_stimulus_sets_have_a_table_and_images_and_assemblies_one_file() -> None:
    for entry in PUBLISHED:
        if entry.access != "user-supplied":
            endings = [Path(file.name).suffix for file in entry.files]
            assert endings == ([".csv", ".zip"] if entry.kind == "stimulus_set" else [".nc"])


def test_all_addresses_are_of_the_store_and_of_the_two_before_it() -> None:
    hosts = Counter(
        urlsplit(address).netloc for entry in PUBLISHED for file in entry.files for address in file.addresses
    )
    assert set(hosts) == {
        "brainscore-storage.s3.amazonaws.com",
        "brainio-brainscore.s3.amazonaws.com",
        "brainio-contrib.s3.amazonaws.com",
        "s3.amazonaws.com",
    }
    for entry in PUBLISHED:
        for file in entry.files:
            first = urlsplit(file.addresses[0])
            assert first.netloc == "brainscore-storage.s3.amazonaws.com"
            assert first.path.removesuffix(f"/{file.name}").removeprefix("/") in FOLDERS
            prefix = "assy_" if entry.kind == "assembly" else "stimulus_"
            assert Path(file.name).stem == prefix + entry.store_identifier.replace(".", "_")


def test_the_folders_of_the_store() -> None:
    firsts = [file.addresses[0] for entry in PUBLISHED for file in entry.files]
    assert Counter(urlsplit(first).path.rpartition("/")[0].removeprefix("/") for first in firsts) == FOLDERS
    told = sorted(first for first in firsts if "/brainio-brainscore/" not in first or "versionId=" in first)
    assert hashlib.sha256("\n".join(told).encode()).hexdigest() == FIRST_ADDRESSES


def test_a_folder_that_ends_with_a_slash_has_two_before_the_name() -> None:
    (file,) = file_set("assembly", "Cowley2026.190923").files
    plain = "https://brainscore-storage.s3.amazonaws.com/brainscore-vision/data/user_718//assy_Cowley2026_190923.nc"
    assert file.addresses == (f"{plain}?versionId=kpX10KvUti_Vg4WAMHsiayllYlStMcgI", plain)


def test_images_under_an_agreement_are_brought_and_what_was_recorded_with_them_is_in_the_store() -> None:
    assert file_set("stimulus_set", "Zerbe2026_fmri_stim_full").access == "user-supplied"
    assert "data use agreement" in file_set("stimulus_set", "Zerbe2026_fmri_persubject_stim_full").note
    assert file_set("assembly", "Zerbe2026_fmri_full_sub-01").store_identifier == "LAION_fMRI_full_sub-01_Assembly"


def test_what_was_recorded_on_the_surface_has_the_stimuli_of_the_volume() -> None:
    for part in ("train", "test"):
        for subjects in ("", "_4subj"):
            entry = file_set("assembly", f"Allen2022_fmri_surface{subjects}_{part}")
            assert entry.linked_stimulus_set == f"Allen2022_fmri{subjects}_stim_{part}"


def test_a_known_assembly() -> None:
    entry = file_set("assembly", "MajajHong2015.public")
    assert entry.store_identifier == "dicarlo.MajajHong2015.public"
    assert entry.linked_stimulus_set == "hvm-public"
    assert entry.join_stimulus_columns
    assert entry.assembly_class == "NeuronRecordingAssembly"
    assert "10.1523/JNEUROSCI.5181-14.2015" in entry.citation
    (file,) = entry.files
    assert file.sha1 == "13d28ca0ce88ee550b54db3004374ae19096e9b9"
    assert file.version is None
    assert file.addresses == (
        "https://brainscore-storage.s3.amazonaws.com/brainio-brainscore/assy_dicarlo_MajajHong2015_public.nc",
        "https://brainio-brainscore.s3.amazonaws.com/assy_dicarlo_MajajHong2015_public.nc"
        "?versionId=LZWj2qjAwZKdmHdTGftpBPSO6oq.y9Q7",
        "https://s3.amazonaws.com/brainio.dicarlo/assy_dicarlo_MajajHong2015_public.nc",
    )


def test_a_known_version() -> None:
    (file,) = file_set("assembly", "FreemanZiemba2013.public").files
    assert file.version == "W2vx7jdh9utZdVumHHarXa4L1zOrA8Fd"
    plain = "https://brainscore-storage.s3.amazonaws.com/brainio-brainscore/assy_movshon_FreemanZiemba2013_public.nc"
    assert file.addresses[:2] == (f"{plain}?versionId={file.version}", plain)


def test_property_assemblies_do_not_take_over_the_columns_of_their_stimuli() -> None:
    """Nor do the decoded trials of Kar2019, whose table has two images twice, and the ten assemblies of LAION-fMRI."""
    not_joined = [entry for entry in PUBLISHED if entry.kind == "assembly" and not entry.join_stimulus_columns]
    others = {entry.identifier for entry in not_joined if entry.assembly_class != "PropertyAssembly"}
    assert {name for name in others if not name.startswith("Zerbe2026_fmri_")} == {"Kar2019"}
    assert len(not_joined) == 17


def test_the_assemblies_without_a_stimulus_set() -> None:
    alone = {entry.identifier for entry in PUBLISHED if entry.kind == "assembly" and entry.linked_stimulus_set is None}
    assert {name for name in alone if not name.startswith("Malania2007.")} == {"Bracci2019", "Maniquet2024"}
    assert len(alone) == 12


@pytest.mark.parametrize("kind", ["stimulus_set", "assembly"])
def test_data_that_users_may_bring_besides_are_marked(kind: FileSetKind) -> None:
    besides = {entry.identifier: entry for entry in catalogue().values() if not entry.published and entry.kind == kind}
    assert list(besides) == ["Cowley2023.V4", "Kriegeskorte2008.IT"]
    for entry in besides.values():
        assert entry.access == "user-supplied"
        assert entry.files == ()
        assert entry.publisher == entry.identifier.split(".")[0].lower()


def test_publishers_whose_own_files_serve() -> None:
    publishers = Counter(entry.publisher for entry in PUBLISHED if entry.publisher)
    assert publishers == {
        "geirhos2021": 34,
        "imagenet": 2,
        "imagenet_c": 4,
        "objectnet": 1,
        "cowley2026": 8,
        "zerbe2026": 2,
    }


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(
        CatalogueError, match=r"no assembly 'MajajHong2015\.publik' .* did you mean MajajHong2015\.public"
    ):
        file_set("assembly", "MajajHong2015.publik")
    with pytest.raises(CatalogueError, match=r"no stimulus set 'xyzzy' in the catalogue: `brainscore data list`"):
        file_set("stimulus_set", "xyzzy")


def test_an_entry_inherits_the_head_of_its_file_and_makes_addresses_of_it(read: Read) -> None:
    entry = read(FAMILY)
    assert (entry.access, entry.citation, entry.note) == ("public", "Somebody (2020)", "anybody may fetch it.")
    assert entry.linked_stimulus_set == "Toy.images"
    assert entry.files[0].addresses == (
        "https://bucket.s3.amazonaws.com/folder/assy_lab_Toy.nc?versionId=V.1_a",
        "https://bucket.s3.amazonaws.com/folder/assy_lab_Toy.nc",
        "https://older-bucket.s3.amazonaws.com/assy_lab_Toy.nc?versionId=W2",
        "https://s3.amazonaws.com/dotted.bucket/image_lab_Toy.nc",
    )


def test_an_entry_may_say_otherwise_than_the_head(read: Read) -> None:
    own = read(
        FAMILY.replace("[assembly.Toy]", '[assembly.Toy]\naccess = "restricted"\nnote = "ask."\nlicence = "CC0"')
    )
    assert (own.access, own.note, own.licence) == ("restricted", "ask.", "CC0")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('citation = "Somebody (2020)"', "citation = 2020", r"wrong at citation: it is no text"),
        ('access = "public"', 'access = "secret"', r"access: it is 'secret': use one of public, restricted, user-sup"),
        ('access = "public"', "", r"wrong at stimulus_set\.Toy\.images\.access: it is ''"),
        ('public = "anybody may fetch it."', "", r"Toy\.images\.note: it is missing, here and in the notes"),
        ('store = "bucket/folder"', "", r"wrong at store: it is missing"),
        ('store = "bucket/folder"', 'stor = "bucket/folder"', r"wrong at stor: it is unknown: use one of access, "),
        ("size = 12", "size = -1", r"images\.size: it is no number of bytes"),
        ("size = 12", 'size = "12"', r"images\.size: it is no number of bytes"),
        (
            "stimulus_Toy.csv",
            "../stimulus_Toy.csv",
            r"table\.name: it is '\.\./stimulus_Toy\.csv', which does not match",
        ),
        ("0123456789012345678901234567890123456789", "0123", r"table\.sha1: it is '0123', which does not match"),
        ("abcdefabcdef", "ABCDEFabcdef", r"images\.sha1: it is 'ABCDEF.*', which does not match"),
        ('"V.1_a"', '"V?1"', r"wrong at assembly\.Toy\.recordings\.version: it is 'V\?1'"),
        (
            'stimulus_set = "Toy.images"',
            'stimulus_set = "Tay"',
            r"Assembly Toy names the stimulus set Tay, which is not",
        ),
        ('stimulus_set = "Toy.images"', "join_stimulus_columns = 1", r"columns: it is neither true nor false"),
        ("images = {", "pictures = {", r"wrong at stimulus_set\.Toy\.images\.pictures: it is unknown"),
        ("recordings.name", "recording.name", r"wrong at assembly\.Toy\.recording: it is unknown"),
        ("[assembly.Toy]", "[assembly.Toy", r"cannot be read"),
        ('[notes]\npublic = "anybody may fetch it."', "notes = 3", r"wrong at notes: it is no table"),
    ],
)
def test_a_wrong_field_is_named(read: Read, tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in FAMILY
    with pytest.raises(CatalogueError, match=message) as caught:
        read(FAMILY.replace(right, wrong, 1))
    assert str(tmp_path) in str(caught.value)


def test_public_data_without_files_are_refused(read: Read) -> None:
    without = re.sub(r"recordings\..*\n", "", FAMILY)
    with pytest.raises(CatalogueError, match=r"wrong at assembly\.Toy: it needs recordings"):
        read(without)


def test_two_files_cannot_have_the_same_entry(read: Read, tmp_path: Path) -> None:
    (tmp_path / "again.toml").write_text(FAMILY, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"toy\.toml has Stimulus set Toy\.images, which another file"):
        read(FAMILY)


def test_an_installation_without_a_catalogue_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no catalogue in .*: install pytest-brainscore again"):
        read_catalogue(tmp_path)


def test_reading_it_and_asking_for_readiness_imports_nothing_heavy(brainscore_home: Path) -> None:
    asking = """
import sys
from pytest_brainscore.data.catalogue import catalogue
from pytest_brainscore.data.retrieval.readiness import readiness
for kind, identifier in catalogue():
    readiness(kind, identifier)
heavy = {"numpy", "pandas", "torch", "xarray", "requests", "boto3", "h5netcdf", "msgspec", "PIL"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    subprocess.run([sys.executable, "-c", asking], check=True)
