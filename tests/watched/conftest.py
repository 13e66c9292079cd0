"""The story, once for every module of this folder."""

from collections.abc import Iterator

import pytest

from support.chronicle import Chronicle, chronicle


@pytest.fixture(scope="package")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chronicle]:
    with chronicle(tmp_path_factory.mktemp("story")) as told:
        yield told
