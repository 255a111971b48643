"""`leadgen match` on files as people have them: columns missing, ids missing, wrong numbers, one list to clean."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadgen.cli.main import app

LEFT = """id,name,address,city,phone,website
a,Lamar Family Dental,100 S Lamar Blvd,Austin,(512) 555-0143,https://lamarfamilydental.example
b,Bright Smiles,7 Oak St,Austin,512-555-0199,
"""
RIGHT = """id,name,address,city,phone
1,LAMAR FAMILY DENTAL PLLC,100 South Lamar Boulevard,Austin,+1 512 555 0143
2,Oak Street Garage,9 Oak St,Austin,512-555-0777
"""


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["match", *map(str, words)])
    return result.exit_code, result.output


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def pairs(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_business_is_found_under_two_spellings_with_the_reason(tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    code, said = run(write(tmp_path, "l.csv", LEFT), write(tmp_path, "r.csv", RIGHT), "--out", out)
    assert code == 0, said
    (pair,) = pairs(out)
    assert (pair["left_id"], pair["right_id"]) == ("a", "1")
    assert 0.9 < float(pair["score"]) <= 1
    assert "phone" in pair["reason"]


def test_one_list_is_cleaned_of_its_doubles(tmp_path: Path) -> None:
    doubles = LEFT + "c,Lamar Family Dental,100 S. Lamar Blvd.,Austin,5125550143,\n"
    out = tmp_path / "pairs.csv"
    assert run(write(tmp_path, "l.csv", doubles), "--out", out, "--one-source")[0] == 0
    assert [(pair["left_id"], pair["right_id"]) for pair in pairs(out)] == [("a", "c")]


def test_files_without_ids_and_with_few_columns_are_matched_too(tmp_path: Path) -> None:
    left = write(tmp_path, "l.csv", "name,phone\nLamar Family Dental,5125550143\n")
    right = write(tmp_path, "r.csv", "name,phone\nOther,\nLamar Dental,512 555 0143\n")
    out = tmp_path / "pairs.csv"
    assert run(left, right, "--out", out)[0] == 0
    assert [(pair["left_id"], pair["right_id"]) for pair in pairs(out)] == [("line 2", "line 3")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("who,what\n1,2\n", "none of the columns"),
        ("name,latitude\nA,north\n", "line 2: latitude"),
        ("id,name\n1,A\n1,B\n", "twice"),
        ("", "none of the columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_nothing_is_written(tmp_path: Path, text: str, words: str) -> None:
    out = write(tmp_path, "pairs.csv", "kept")
    code, said = run(write(tmp_path, "l.csv", text), write(tmp_path, "r.csv", RIGHT), "--out", out)
    assert code == 1
    assert words in said
    assert out.read_text() == "kept"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    code, said = run(tmp_path / "nowhere.csv", tmp_path / "r.csv", "--out", tmp_path / "pairs.csv")
    assert code == 1
    assert "nowhere.csv cannot be read" in said


def test_headers_in_capitals_empty_words_and_decimal_commas_are_read(tmp_path: Path) -> None:
    left = 'ID,Name ,Phone,Latitude,Longitude\na,Lamar Family Dental,N/A,"30,25","-97,76"\n'
    right = "id,name,phone,latitude,longitude\n1,Lamar Family Dental,NULL,30.2501,-97.7601\n2,Oak Garage,none,nan,-\n"
    out = tmp_path / "pairs.csv"
    code, said = run(write(tmp_path, "l.csv", left), write(tmp_path, "r.csv", right), "--out", out)
    assert code == 0, said
    assert [(p["left_id"], p["right_id"]) for p in pairs(out)] == [("a", "1")]
