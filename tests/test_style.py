# SPDX-License-Identifier: MIT
# The house rules that a program can check: layout, layers, lint, generated files.

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORACLE = pathlib.Path(os.environ.get("MICROLITE_ORACLE_PYTHON", ROOT / "build/venv/bin/python"))


def files(*patterns):
    return sorted(path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern))


def sh(*command):
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)


ENGINE = files("src/*.c", "src/*/*.c")
C_FILES = files("include/*.h", "src/**/*.[ch]", "micropython/**/*.[ch]", "tests/**/*.[ch]")


@pytest.mark.skipif(not shutil.which("clang-format"), reason="no clang-format")
def test_layout_is_that_of_clang_format():
    done = sh("clang-format", "--dry-run", "-Werror", *C_FILES)
    assert done.returncode == 0, done.stderr[:4000]


@pytest.mark.skipif(not shutil.which("clang-tidy"), reason="no clang-tidy")
@pytest.mark.parametrize("folder", sorted({path.parent for path in ENGINE}))
def test_lint(folder):
    sources = [path for path in ENGINE if path.parent == folder]
    done = sh("clang-tidy", "--quiet", *sources, "--", "-std=c11", "-Iinclude")
    assert done.returncode == 0, done.stdout[:4000]


def test_layers():
    done = sh("tools/check_layers.py")
    assert done.returncode == 0, done.stdout


def test_a_forbidden_include_is_found(tmp_path):
    (tmp_path / "src/core").mkdir(parents=True)
    (tmp_path / "src/ops").mkdir()
    (tmp_path / "src/core/plan.h").write_text("")
    (tmp_path / "src/ops/bad.c").write_text('#include "../core/plan.h"\n')
    done = sh("tools/check_layers.py", tmp_path)
    assert done.returncode == 1
    assert done.stdout == "src/ops/bad.c: includes ../core/plan.h: src/ops may not know src/core\n"


def symbols(path, kinds):
    """Names in an object of the given kinds (nm's letters)."""
    rows = (line.split() for line in sh("nm", path).stdout.splitlines())
    return {row[-1] for row in rows if len(row) >= 2 and row[-2] in kinds}


def test_operators_link_without_the_engine():
    """What an operator needs beyond other operators, kernels and src/ would keep it out of a pack."""
    build = ROOT / "build/lib/src"
    if not build.exists():
        pytest.skip("build/lib is not built: ./microlite test builds it")
    sources = [path for path in ENGINE if path.parts[1] != "core"]
    objects = [ROOT / "build/lib" / path.with_suffix(".o") for path in sources]
    defined = set().union(*(symbols(path, "TRDBW") for path in objects))
    allowed = defined | {"memcpy", "memset", "memmove", "memcmp", "_GLOBAL_OFFSET_TABLE_"}
    missing = {path.name: sorted(symbols(path, "U") - allowed) for path in objects}
    assert {name: names for name, names in missing.items() if names} == {}


@pytest.mark.skipif(not ORACLE.exists(), reason="no packages from PyPI")
def test_generated_sources_are_fresh():
    """tools/gen_schema.py writes what is committed, up to layout."""
    paths = files("src/schema.h", "src/core/op_names.c")
    before = {path: (ROOT / path).read_text() for path in paths}
    try:
        done = sh(ORACLE, "tools/gen_schema.py")
        assert done.returncode == 0, done.stderr
        sh("clang-format", "-i", *paths)
        assert {path: (ROOT / path).read_text() for path in paths} == before
    finally:
        for path, text in before.items():
            (ROOT / path).write_text(text)
