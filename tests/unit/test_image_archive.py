"""The file that carries images: written, read back, and refused where it is not whole."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator

import pytest

from harness.services.image_file import archive
from harness.services.image_file.archive import Contents, DamagedFile, ForeignFile, SavedFolder, SavedImage

REDIS = SavedImage("redis", "redis:8.2.1", "amd64")
KAFKA = SavedImage("kafka", "apache/kafka:4.4.0", "amd64")
JARS = SavedFolder("kafka", "kafka-jars-0123456789ab")


def tar_of(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:") as packed:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return written.getvalue()


def from_docker(*images: SavedImage) -> bytes:
    """What `docker save` gives, but for the layers."""
    manifest = [{"Config": "x.json", "RepoTags": [image.name], "Layers": ["layer.tar"]} for image in images]
    return tar_of({"layer.tar": b"x" * 5000, "manifest.json": json.dumps(manifest).encode()})


def in_pieces(content: bytes) -> Iterator[bytes]:
    """In pieces that end anywhere, as an engine sends them."""
    return (content[start : start + 777] for start in range(0, len(content), 777))


def written(content: bytes, *images: SavedImage, cache: bytes = b"") -> bytes:
    file = io.BytesIO()
    parts = {"images.tar": in_pieces(content)}
    if cache:
        parts["cache.tar"] = in_pieces(cache)
    archive.write(file, Contents(images, (JARS,) if cache else ()), parts)
    return file.getvalue()


def read(content: bytes) -> archive.Archive:
    return archive.read(io.BytesIO(content), lambda chunks, _: chunks)


WHOLE = written(from_docker(REDIS, KAFKA), REDIS, KAFKA, cache=b"jars " * 1000)


def test_what_was_written_is_read_back():
    """What is listed, and every byte of each part."""
    found = read(WHOLE)
    assert found.contents == Contents((REDIS, KAFKA), (JARS,))
    images, cache = found.parts["images.tar"], found.parts["cache.tar"]
    assert b"".join(images.chunks()) == from_docker(REDIS, KAFKA)
    assert (b"".join(cache.chunks()), cache.size) == (b"jars " * 1000, 5000)


def test_a_file_may_hold_images_alone():
    """Where no embedded server has ever fetched anything."""
    found = read(written(from_docker(REDIS), REDIS))
    assert (found.contents, list(found.parts)) == (Contents((REDIS,)), ["images.tar"])


def test_a_part_that_is_listed_must_be_there():
    """Whoever has cut a file at the right place has cut it all the same."""
    file = io.BytesIO()
    archive.write(file, Contents((REDIS,), (JARS,)), {"images.tar": [from_docker(REDIS)]})
    with pytest.raises(DamagedFile, match="a part of it is missing"):
        read(file.getvalue())


def test_the_content_can_be_had_without_us():
    """Any tar finds what `docker load` takes."""
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as packed:
        assert packed.getnames() == ["backend-labs.json", "images.tar", "cache.tar", "SHA256SUMS"]
        assert packed.extractfile("images.tar").read() == from_docker(REDIS, KAFKA)


def test_a_file_that_is_cut_off_anywhere_is_refused():
    """Wherever a copy broke off, the end proves that it did; only the padding behind the end says nothing."""
    needed = len(WHOLE.rstrip(b"\0"))
    for length in [*range(0, needed, 97), needed - 1]:
        with pytest.raises((ForeignFile, DamagedFile)):
            read(WHOLE[:length])


def test_a_file_with_one_byte_changed_is_refused():
    """A stick that forgets a bit doesn't get past the checksums."""
    offset = 0
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as packed:
        for member in packed:
            for offset in range(member.offset_data, member.offset_data + member.size, 499):
                changed = bytearray(WHOLE)
                changed[offset] ^= 1
                with pytest.raises((ForeignFile, DamagedFile)):
                    read(bytes(changed))
    assert offset


@pytest.mark.parametrize(
    "content",
    [b"", b"root:x:0:0\n" * 500, bytes(10_000), from_docker(REDIS), tar_of({"backend-labs.txt": b"{}"}), b"\x1f\x8b12"],
    ids=["empty", "text", "zeros", "docker save", "another tar", "gzip"],
)
def test_a_foreign_file_is_refused_as_such(content):
    """Not damaged: never one of ours."""
    with pytest.raises(ForeignFile):
        read(content)


def test_a_file_of_a_later_format_is_refused_with_both_numbers():
    """Whoever has an older checkout reads that it is older."""
    later = tar_of({"backend-labs.json": b'{"format": 2}', "images.tar": b"", "SHA256SUMS": b""})
    with pytest.raises(ForeignFile, match="its format is 2, and this version of the suite reads 1"):
        read(later)


@pytest.mark.parametrize(
    "contents", [b"nonsense", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "images": [{}], "folders": []}']
)
def test_contents_that_cannot_be_read_are_refused(contents):
    """Whatever stands in its first member."""
    with pytest.raises(DamagedFile):
        read(tar_of({"backend-labs.json": contents, "images.tar": b"", "SHA256SUMS": b""}))


def test_an_engine_that_leaves_an_image_out_is_noticed():
    """The checksum of an incomplete answer would be right."""
    with pytest.raises(DamagedFile, match=r"lacks the image apache/kafka:4\.4\.0"):
        read(written(from_docker(REDIS), REDIS, KAFKA))


@pytest.mark.parametrize("answer", [b'{"errorDetail":{"message":"no space"}}', b"", from_docker(REDIS)[:5500]])
def test_an_engine_that_breaks_off_is_noticed(answer):
    """It ends its answer as if all had gone well."""
    with pytest.raises(DamagedFile):
        read(written(answer, REDIS))


def test_all_chunks_pass_whoever_tells_the_progress():
    """Progress is told of each part's bytes, out of all that it has."""
    passed = []

    def watch(chunks, size):
        for chunk in chunks:
            passed.append((len(chunk), size))
            yield chunk

    archive.read(io.BytesIO(WHOLE), watch)
    of_images = [length for length, size in passed if size == len(from_docker(REDIS, KAFKA))]
    assert sum(of_images) == len(from_docker(REDIS, KAFKA))
    assert sum(length for length, _ in passed) == sum(of_images) + 5000
