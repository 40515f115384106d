"""What a check on a cluster refuses before there is one: on a machine without Spark, without Java, or asked wrongly."""

from pathlib import Path

from tests.cli.program import AS_OF, Desk, Said, run

BROKEN = "raise ImportError('not here')\n"


def asked(desk: Desk, *how: str, **environment: str) -> Said:
    return run("-C", str(desk.workspace), "check", "recipients", "--full", "--as-of", AS_OF, *how, **environment)


def modules(folder: Path, text: str) -> str:
    """A place where Python finds these modules first."""
    folder.mkdir()
    for name in ("pandas", "pyspark"):
        (folder / f"{name}.py").write_text(text, encoding="ascii")
    return str(folder)


def test_there_are_two_engines(desk: Desk) -> None:
    said = asked(desk, "--engine", "fast")
    assert said.code == 2
    assert "只有 local 和 spark" in said.err


def test_a_cluster_is_named_only_with_the_engine_that_uses_it(desk: Desk) -> None:
    said = asked(desk, "--spark-master", "local[2]")
    assert said.code == 2
    assert "--engine spark" in said.err


def test_what_is_no_cluster_is_refused(desk: Desk) -> None:
    for master in ("spark://", "local[many]", "http://cluster", "local[2] --conf x=y"):
        said = asked(desk, "--engine", "spark", "--spark-master", master)
        assert said.code == 2
        assert "spark://主机:7077" in said.err


def test_without_the_libraries_it_says_what_to_install(desk: Desk, tmp_path: Path) -> None:
    place = modules(tmp_path / "modules", BROKEN)
    said = asked(desk, "--engine", "spark", "--spark-master", "local[2]", PYTHONPATH=place)
    assert said.code == 2
    assert "pip install 'jiuzhu-check[spark]'" in said.err


def test_without_java_it_says_what_to_install(desk: Desk, tmp_path: Path) -> None:
    place = modules(tmp_path / "modules", "")
    said = asked(desk, "--engine", "spark", "--spark-master", "local[2]", PYTHONPATH=place, JAVA_HOME=str(tmp_path))
    assert said.code == 2
    assert "没有找到 java" in said.err
    assert "openjdk-17-jre-headless" in said.err


def test_a_java_that_is_too_old_is_named(desk: Desk, tmp_path: Path) -> None:
    place = modules(tmp_path / "modules", "")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_412\"' >&2\n", encoding="ascii")
    java.chmod(0o755)
    said = asked(desk, "--engine", "spark", "--spark-master", "local[2]", PYTHONPATH=place, JAVA_HOME=str(tmp_path))
    assert said.code == 2
    assert "找到的是 Java 8" in said.err


def test_what_could_not_begin_keeps_nothing_and_the_check_goes_through_here(desk: Desk, tmp_path: Path) -> None:
    before = desk.run("run", "list", "--format", "tsv").out
    asked(desk, "--engine", "spark", PYTHONPATH=modules(tmp_path / "modules", BROKEN))
    assert desk.run("run", "list", "--format", "tsv").out == before
    assert not (desk.workspace / "store" / "cluster").exists()
    assert asked(desk).code == 0
