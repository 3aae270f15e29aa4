"""Everything that can be read in a folder of built files, in whatever wrapping it lies there."""
from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import tarfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)")
PLAIN = {"n": "\n", "t": "\t", "r": "\r"}


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each file, and of all that is packed in it, read in each way that a reader might."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            for name, content in unpacked(path.relative_to(folder).as_posix(), path.read_bytes()):
                yield name, readings(content)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and the files in it where it is an archive."""
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from unpacked(f"{name}!{each}", archive.read(each))
    elif content[:2] == b"\x1f\x8b":
        yield from unpacked(f"{name}!gz", gzip.decompress(content))
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for each in archive.getmembers():
                if each.isfile():
                    yield from unpacked(f"{name}!{each.name}", archive.extractfile(each).read())
    elif name.endswith((".objects.inv", "objects.inv")):
        yield f"{name}!zlib", zlib.decompress(content.split(b"\n", 4)[4])
    for place, packed in enumerate(re.finditer(BASE64, content)):
        inner = from_base64(packed[0])
        if inner:
            yield f"{name}!base64-{place}", inner


def from_base64(packed: bytes) -> bytes | None:
    """What a run of letters means in base64, if that can be anything to read."""
    packed = packed.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4))
    except binascii.Error:
        return None


def readings(content: bytes) -> str:
    """All readings of some bytes, one after the other: as they are, and with escapes of JSON, HTML and addresses undone."""
    once = content.decode("utf-8", "ignore")
    found = [once, html.unescape(once), unescaped(once), html.unescape(unescaped(once)),
             unescaped(unescaped(once)), unescaped(unescaped(unescaped(once))), urllib.parse.unquote(once)]
    if content.count(b"\0") > len(content) // 4:
        found += [content.decode(code, "ignore") for code in ("utf-16-le", "utf-16-be")]
    return "\n".join(dict.fromkeys(found))


def unescaped(text: str) -> str:
    r"""Text with the escapes of JSON and JavaScript undone.

    >>> unescaped(r'caf\u00e9 \"x\"')
    'café "x"'
    """
    if "\\" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2]
                       else PLAIN.get(found[3], found[3]), text)


def found_in(folder: Path, markers: dict[str, str]) -> dict[str, list[str]]:
    """By what each marker stands for, the artifacts in which it is found."""
    found: dict[str, list[str]] = {}
    for name, text in texts(folder):
        plain = text.lower()
        for what, marker in markers.items():
            if marker in plain:
                found.setdefault(what, []).append(name)
    return found


def in_all_wrappings(word: str) -> dict[str, bytes]:
    """A word in each wrapping that `texts` undoes: so that a test can see that it would be found."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.whl", gzip.compress(word.encode()))
    sentence = f"It is said here that {word} is right."
    return {
        "plain.html": word.encode(), "packed.zip": file.getvalue(), "packed.gz": gzip.compress(word.encode()),
        "notebook.ipynb": json.dumps({"png": base64.b64encode(sentence.encode()).decode()}).encode(),
        "escaped.js": "".join(f"\\u{ord(each):04x}" for each in word).encode(),
        "twice.json": json.dumps(json.dumps("".join(f"\\x{ord(each):02x}" for each in word))).encode(),
        "escaped.html": "".join(f"&#{ord(each)};" for each in word).encode(),
        "address.txt": "".join(f"%{ord(each):02x}" for each in word).encode(),
        "wide.bin": word.encode("utf-16-le"), "capital.txt": word.upper().encode(),
    }
