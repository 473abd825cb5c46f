"""The cache on the command line."""

from tests.helpers.misuse import call


def test_the_cache_is_shown_and_cleared(tmp_path, monkeypatch):
    monkeypatch.setenv("PRISONFLOW_CACHE", str(tmp_path))
    entry = tmp_path / ("a" * 24)
    entry.mkdir()
    (entry / "data").write_bytes(b"x" * 2**20)
    said = call("cache")
    assert said.code == 0
    assert f"1 entry, 1 of 4,096 MiB, in {tmp_path}" in said.out
    assert "0 entries, 0 of" in call("cache", "--clear").out
    assert not entry.exists()
