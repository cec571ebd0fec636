"""The French catalogue is complete, and it is the catalogue of the texts we have."""

import os
import re
import shutil
import subprocess
import sys

import polib
import pytest

from tests.source import ROOT

CATALOGUES = sorted((ROOT / "locale" / "fr" / "LC_MESSAGES").glob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|\{\w*\}")
WRONG_SPACE = re.compile("[ \u00a0][;?!](?!\\S)|[ \u202f](:(?!\\S)|»)|«[ \u202f]|\\w[;?!](?!\\S)")
TEXTS = ("*.py", "*.html", "*.txt", "*.js", "*.po")

pytestmark = pytest.mark.skipif(not CATALOGUES, reason="locale/fr has no catalogue yet")


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.stem)
def catalogue(request):
    return polib.pofile(str(request.param))


def placeholders(text):
    return set(PLACEHOLDER.findall(text))


def translations(entry):
    """Each French text with the English one it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [
        (entry.msgid_plural if form else entry.msgid, text)
        for form, text in entry.msgstr_plural.items()
    ]


def test_every_text_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []


def test_no_translation_is_a_guess(catalogue):
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_no_translation_is_left_over(catalogue):
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_translations_keep_the_placeholders(catalogue):
    wrong = [
        french
        for entry in catalogue.translated_entries()
        for english, french in translations(entry)
        if placeholders(french) != placeholders(english)
    ]
    assert wrong == []


def test_french_signs_keep_their_spaces(catalogue):
    """A narrow no-break space before ; ? !, a no-break one before : and inside « »."""
    wrong = [
        french
        for entry in catalogue.translated_entries()
        for _english, french in translations(entry)
        if WRONG_SPACE.search(french)
    ]
    assert wrong == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs xgettext (apt-get install gettext)")
def test_the_catalogue_has_the_texts_of_the_source(catalogue, tmp_path):
    domain = catalogue.fpath.rpartition("/")[2].removesuffix(".po")
    copy_texts(tmp_path)
    extract(tmp_path, domain)
    fresh = polib.pofile(str(tmp_path / "locale/fr/LC_MESSAGES" / f"{domain}.po"))
    assert keys(fresh) - keys(catalogue) == set(), "run makemessages and translate these"
    assert keys(catalogue) - keys(fresh) == set(), "no source says these any more"


def copy_texts(target):
    for folder in ROOT.iterdir():
        if (
            folder.is_dir()
            and not folder.name.startswith(".")
            and folder.name not in {"var", "tests"}
        ):
            shutil.copytree(folder, target / folder.name, ignore=all_but_texts)


def all_but_texts(folder, names):
    kept = shutil.ignore_patterns(*TEXTS)(folder, names)
    return {n for n in names if n not in kept and not os.path.isdir(os.path.join(folder, n))}


def extract(folder, domain):
    command = [sys.executable, "-m", "django", "makemessages", "--locale=fr", f"--domain={domain}"]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


def keys(catalogue):
    return {(e.msgctxt, e.msgid, e.msgid_plural) for e in catalogue if not e.obsolete}
