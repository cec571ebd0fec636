import pytest

from ideas.models import Idea, ImportBatch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ideas.csv"
    path.write_text(
        "id;titulo;description;votos;fecha;retired\n"
        "1;Trams;<p>Soon</p>;15;01/02/2025 17;\n"
        "2;Boats;;x;31/01/2025 08;\n"
        "3;Bikes;;2;31/01/2025 08;yes\n"
    )
    return path


def test_the_command_tells_what_it_did_and_how_to_take_it_back(terminal, brand, file):
    run = terminal("import_ideas", brand.slug, file, "--map", "support=votos,hidden=retired")
    assert run.code == 0
    batch = ImportBatch.objects.get()
    assert run.lines[0].endswith("/b/mio/c/open/")
    assert run.lines[1] == (
        "columns: title = titulo, body = description, external_id = id, created = fecha, "
        "support = votos, hidden = retired"
    )
    assert "dates are read as %d/%m/%Y %H" in run.lines
    assert (
        "3 rows: 2 new ideas (1 hidden), 0 here already (0 with other totals), 1 skipped;"
        " +17 votes of totals"
    ) in run.lines
    assert "line 3, support: “x” is no number of votes (skipped)" in run.lines
    assert run.lines[-1].endswith(f"undo_import {batch.code}")
    assert Idea.objects.get(title="Trams").body == "Soon"


def test_a_dry_run_leaves_no_trace(terminal, brand, file):
    run = terminal("import_ideas", brand.slug, file, "--dry-run", "--map", "support=votos")
    assert run.code == 0
    assert run.lines[-1].startswith("Nothing was written")
    assert "not used: retired" in run.lines
    assert any(line.startswith("3 rows: 2 new ideas") for line in run.lines)
    assert not Idea.objects.exists()
    assert not ImportBatch.objects.exists()


def test_undo_tells_what_leaves_and_what_stays(terminal, brand, file):
    terminal("import_ideas", brand.slug, file, "--map", "support=votos")
    code = ImportBatch.objects.get().code
    dry = terminal("undo_import", code, "--dry-run")
    assert dry.lines[0] == "2 ideas and 17 votes leave; 0 ideas stay"
    assert Idea.objects.filter(hidden=False).count() == 2
    run = terminal("undo_import", code)
    assert (run.code, run.lines[0]) == (0, dry.lines[0])
    assert not Idea.objects.filter(hidden=False).exists()
    assert terminal("undo_import", code).code == 1, "once"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nix", "{file}"], 1),
        (["mio", "nowhere.csv"], 1),
        (["mio", "{file}", "--challenge", "nix"], 1),
        (["mio", "{file}", "--map", "title=nix"], 1),
        (["mio", "{file}", "--map", "titel=id"], 1),
        (["mio"], 2),
    ],
)
def test_the_command_refuses_in_one_line(terminal, brand, file, arguments, code):
    run = terminal("import_ideas", *(a.format(file=file) for a in arguments))
    assert (run.code, run.out) == (code, "")
    assert code == 2 or run.err.count("\n") == 1
    assert not ImportBatch.objects.exists()


def test_a_file_of_which_no_row_can_be_taken_is_refused(terminal, brand, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("title,support\nA,many\n")
    assert terminal("import_ideas", brand.slug, path).code == 1
