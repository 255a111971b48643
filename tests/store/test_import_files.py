"""Files as spreadsheets and other tools write them are read row by row, each with the line it begins on."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from leadgen.errors import InputError
from leadgen.store.imports import open_file, reading, spreadsheets


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Leads"
    for row in rows:
        sheet.append(row)
    path = folder / "leads.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_way_to_write_a_table_gives_the_same_rows(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = (("Company", "City", "Note"), ("Café Müller", "Köln", '"a' + delimiter + 'b"'), ("Zoë's", "Nîmes", ""))
    file = open_file(text_file(tmp_path, "\r\n".join(delimiter.join(line) for line in lines), encoding))

    assert file.headers == ("Company", "City", "Note")
    assert file.format == ("tsv" if delimiter == "\t" else "csv")
    assert list(file.rows()) == [(2, ["Café Müller", "Köln", f"a{delimiter}b"]), (3, ["Zoë's", "Nîmes", ""])]


def test_a_row_is_named_by_the_line_it_begins_on(tmp_path: Path) -> None:
    text = '\nCompany,Note\nOak,"two\nlines"\n\nElm,x\nAsh,"one\n\nand three"\nFir,y\n'
    file = open_file(text_file(tmp_path, text))

    assert file.header_line == 2
    assert [line for line, _ in file.rows()] == [3, 6, 7, 10]
    assert [cells[0] for _, cells in file.rows(after_line=6)] == ["Ash", "Fir"]


def test_excels_line_that_names_the_delimiter_is_no_header(tmp_path: Path) -> None:
    file = open_file(text_file(tmp_path, "sep=|\nCompany|City\nOak, Elm|Austin\n"))
    assert (file.headers, list(file.rows())) == (("Company", "City"), [(3, ["Oak, Elm", "Austin"])])


def test_an_unclosed_quote_costs_its_own_rows_and_not_the_file(tmp_path: Path) -> None:
    filler = "".join(f"Elm {n},{'x' * 100}\n" for n in range(2_000))
    file = open_file(text_file(tmp_path, f'Company,Note\nOak,"never closed\n{filler}Ash,end\n'))
    found = list(file.rows())
    assert found[-1][1] == ["Ash", "end"]
    assert len(found[0][1]) == 1


def test_a_workbook_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, ["Company", "Zip", "Phone", "Open"], ["Oak", 2134, 5124710100, True], [], ["Elm", None, 1.5]
    )
    file = open_file(path)

    assert (file.format, file.sheet, file.headers) == ("xlsx", "Leads", ("Company", "Zip", "Phone", "Open"))
    assert list(file.rows()) == [(2, ("Oak", "2134", "5124710100", "yes")), (4, ("Elm", "", "1.5", ""))]


def test_a_code_kept_as_a_number_keeps_its_zeros(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Company", "Zip"], ["Oak", 2134])
    book = spreadsheets.load_workbook(path)
    book["Leads"]["B2"].number_format = "00000"
    book.save(path)
    assert list(open_file(path).rows()) == [(2, ("Oak", "02134"))]


def test_a_workbook_that_unpacks_to_too_much_is_never_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED_BYTES", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match="would unpack to 2 MB"):
        open_file(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows"),
        (b"\n \n", "no rows"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        open_file(path)


def test_a_file_that_is_not_there_and_a_sheet_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_file(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="no sheet 'Other'"):
        open_file(workbook(tmp_path, ["Company"], ["Oak"]), sheet="Other")


def test_more_rows_and_columns_than_an_import_takes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        list(open_file(text_file(tmp_path, "Company\nOak\nElm\nAsh\n")).rows())
    wide = ",".join(f"c{n}" for n in range(600))
    with pytest.raises(InputError, match="600 columns"):
        open_file(text_file(tmp_path, wide + "\n"))
