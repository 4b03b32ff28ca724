"""Archives around what is no model, or around far too much."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable

from safetensors.torch import save

from corpus import STATE, file

DAMAGED = "an archive that is cut short or damaged ("
FAR = f"{DAMAGED}it unpacks to far more than it holds); "
MUCH = 60 << 20


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries:
            out.writestr(name, content)
    return stream.getvalue()


def lying() -> bytes:
    """Declares a few bytes, and holds many."""
    data = zipped([("model.bin", bytes(MUCH))])
    return data.replace(MUCH.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


file("a gzip bomb", FAR, ".gz", lambda: gzip.compress(bytes(MUCH)))
file("a zip bomb around a model", FAR, ".zip",
     lambda: zipped([("a.safetensors", save(STATE)), ("b", bytes(MUCH))]))  # fmt: skip
file("a zip bomb that lies", DAMAGED, ".zip", lying)
file("zips in zips", "a zip archive without a model inside; ", ".zip",
     lambda: zipped([("a.zip", zipped([("b.zip", zipped([("c", save(STATE))]))]))]))  # fmt: skip
file("a gzip archive in another", "a gzip archive, and what is in it is a gzip archive in another",
     ".gz", lambda: gzip.compress(gzip.compress(save(STATE))))  # fmt: skip
file("a zip of ten thousand names", "a zip archive without a model inside; ", ".zip",
     lambda: zipped((f"{n}.txt", b"words") for n in range(10_000)))  # fmt: skip
