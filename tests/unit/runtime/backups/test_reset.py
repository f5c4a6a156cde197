"""A reset deletes the data and nothing else."""

from pathlib import Path

from .conftest import Place


def test_it_asks_and_deletes_everything(place: Place) -> None:
    assert place.command("reset", answers="n\n").exit_code == 1
    assert place.state()[0] == ["first"]
    result = place.command("reset", answers="y\n")
    assert result.exit_code == 0
    assert "Found 1 election." in result.output
    assert list(place.data.directory.iterdir()) == []
    assert "There is no data" in place.command("reset").output


def test_links_are_deleted_and_not_what_they_lead_to(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (place.data.directory / "folder").symlink_to(outside)
    (place.data.objects / "file").symlink_to(outside / "kept")
    (place.data.objects / "folder").symlink_to(outside)
    assert place.command("reset", "--yes").exit_code == 0
    assert list(place.data.directory.iterdir()) == []
    assert (outside / "kept").read_text() == "kept"


def test_a_data_folder_that_is_a_link_is_left_alone(place: Place, tmp_path: Path) -> None:
    place.data.directory.rename(tmp_path / "elsewhere")
    place.data.directory.symlink_to(tmp_path / "elsewhere")
    result = place.command("reset", "--yes")
    assert result.exit_code == 1
    assert "is a link" in result.output
    assert place.state()[0] == ["first"]
