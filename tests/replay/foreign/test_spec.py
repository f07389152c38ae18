"""Files that name foreign code: what they may say, what is wrong said clearly, and what their digest covers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from esviewer import assets
from esviewer.errors import RulesError
from esviewer.replay.foreign import code
from esviewer.replay.foreign.spec import kind_in, load_spec


def written(folder: Path, text: str) -> Path:
    """A reducer's file beside a script and two modules."""
    (folder / "lib").mkdir(exist_ok=True)
    for name in ("cart.py", "cart.mjs", "lib/rules.mjs"):
        (folder / name).write_text(f"// {name}")
    file = folder / "reducer.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_whole_file(tmp_path: Path) -> None:
    spec = load_spec(
        written(
            tmp_path,
            'kind = "foreign"\nname = "cart 🛒"\naggregate_type = "cart*"\ncommand = ["node", "cart.mjs", "--fast"]\n'
            "timeout = 2.5\nstart_timeout = 60\nmax_line_bytes = 1000\n",
        )
    )
    assert (spec.name, spec.aggregate_type, spec.shown) == ("cart 🛒", "cart*", "node cart.mjs --fast")
    assert (spec.timeout, spec.start_timeout, spec.max_line, spec.folder) == (2.5, 60, 1000, tmp_path)
    assert [path.name for path in spec.code] == ["cart.mjs", "cart.py", "rules.mjs"]
    assert spec.digest.startswith("sha256:")


def test_the_command_of_the_hosts(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, 'kind = "python"\nfile = "cart.py"\npython = "venv/bin/python"\n'))
    assert spec.command[0] == str(tmp_path / "venv/bin/python")
    assert Path(spec.command[1]) == assets.path("reducers/foreign/hosts/python_host.py")
    assert json.loads(spec.command[2]) == {
        "file": str(tmp_path / "cart.py"),
        "initial": "initial",
        "evolve": "evolve",
        "path": [str(tmp_path)],
    }
    assert spec.name == "reducer"
    assert str(tmp_path / "cart.py") in spec.shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "foreign"', "command must be a list of texts"),
        ('kind = "foreign"\ncommand = []', "command must be a list of texts, as in"),
        ('kind = "foreign"\ncommand = "node cart.mjs"', "command must be a list of texts"),
        ('kind = "foreign"\ncommand = ["node", 5]', "command must be a list of texts"),
        ('kind = "foreign"\ncommand = ["node", "a\\u0000b"]', "command must be a list of texts"),
        ('kind = "foreign"\ncommand = ["node"]\ncomand = 1', "no key 'comand'; the nearest is command"),
        ('kind = "foreign"\ncommand = ["node"]\ntimeout = 0', "timeout must be a number above 0"),
        ('kind = "foreign"\ncommand = ["node"]\ntimeout = true', "timeout must be a number above 0"),
        ('kind = "foreign"\ncommand = ["node"]\ntimeout = nan', "timeout must be a number above 0"),
        ('kind = "foreign"\ncommand = ["node"]\npath = ["absent"]', "there is no folder"),
        ('kind = "foreign"\ncommand = ["node"]\nname = 5', "name must be text"),
        ('kind = "python"', "either module"),
        ('kind = "python"\nmodule = "a"\nfile = "cart.py"', "either module"),
        ('kind = "python"\nfile = "absent.py"', "there is no file"),
        ('kind = "python"\nmodule = "a b"', "module must be a name of Python"),
        ('kind = "python"\nmodule = "a"\nevolve = "f(x)"', "evolve must be a name of Python"),
        ('kind = "eventsourcing"', "aggregate must be text"),
        ('kind = "eventsourcing"\naggregate = "shop.Cart"', "must be as in"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(RulesError) as raised:
        load_spec(file)
    assert message in raised.value.message
    assert raised.value.message.startswith(str(file))


def test_kinds_are_told_from_rules(tmp_path: Path) -> None:
    assert kind_in(written(tmp_path, 'kind = "python"\nmodule = "a"')) == "python"
    assert kind_in(written(tmp_path, '[[on]]\nevent = "E"\n[on.set]\nkind = "data.kind"\n')) is None
    assert kind_in(written(tmp_path, "")) is None
    assert kind_in(tmp_path / "absent.toml") is None
    with pytest.raises(RulesError, match="kind must be one of foreign, python, eventsourcing, not 'magic'"):
        kind_in(written(tmp_path, 'kind = "magic"'))
    with pytest.raises(RulesError, match="is not a reducer's file"):
        kind_in(written(tmp_path, 'kind = "python"\n]['))
    with pytest.raises(RulesError, match="more than 500 dots"):
        kind_in(written(tmp_path, 'kind = "python"\n' + "a." * 600 + "b = 1"))


BASE = 'kind = "foreign"\ncommand = ["node", "cart.mjs"]\n'


def test_the_digest_changes_with_all_that_is_named_and_only_that(tmp_path: Path) -> None:
    file = written(tmp_path, BASE)
    first = load_spec(file).digest

    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "dependency.mjs").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.json").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "other.toml").write_text("x")
    (tmp_path / "shop.db.reducers").mkdir()
    (tmp_path / "shop.db.reducers" / "users.toml").write_text("x")
    os.mkfifo(tmp_path / "pipe.py")
    assert load_spec(file).digest == first

    seen = {first}
    (tmp_path / "cart.mjs").write_text("// changed")
    seen.add(load_spec(file).digest)
    (tmp_path / "lib" / "rules.mjs").write_text("// changed")
    seen.add(load_spec(file).digest)
    (tmp_path / "lib" / "new.json").write_text("{}")
    seen.add(load_spec(file).digest)
    (tmp_path / "lib" / "new.json").rename(tmp_path / "lib" / "renamed.json")
    seen.add(load_spec(file).digest)
    file.write_text(BASE + "timeout = 11\n")
    seen.add(load_spec(file).digest)
    assert len(seen) == 6


def test_a_copy_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        digests.add(load_spec(written(tmp_path / name, BASE)).digest)
    assert len(digests) == 1


def test_too_much_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, BASE)
    monkeypatch.setattr(code, "MAX_FILES", 2)
    with pytest.raises(RulesError, match="more than 2 files of code") as raised:
        load_spec(file)
    assert "path = " in raised.value.hint
    monkeypatch.setattr(code, "MAX_FILES", 100)
    monkeypatch.setattr(code, "MAX_SEEN", 3)
    with pytest.raises(RulesError, match="more than 3 files"):
        load_spec(file)
    monkeypatch.setattr(code, "MAX_SEEN", 100)
    monkeypatch.setattr(code, "MAX_BYTES", 10)
    with pytest.raises(RulesError, match="larger than 10 bytes"):
        load_spec(file)


def test_named_folders_replace_those_of_the_scripts(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, BASE + 'path = ["lib"]\n'))
    assert [path.name for path in spec.code] == ["cart.mjs", "rules.mjs"]
