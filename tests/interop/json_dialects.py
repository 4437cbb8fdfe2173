"""What each dialect of JSON writes, byte for byte against the library that it has its name of: each
power of ten with each number of digits, and random values.

An `f32` is that of numpy where the library takes it, which orjson does, but for keys. Elsewhere it
is the double with the same shortest digits: there only those can be compared.

Two things are documented differences: values that are not finite, which ujson writes though they
are no JSON (RFC 8259 section 6), and bytes as values, which are text to pydantic, numbers in the
other dialects, and refused by their libraries; so these are given none."""

import argparse
import json
import math
import os
import pickle
import subprocess
import sys
import time

from served import ROOT, check, venv_with, within

VERSIONS = ("numpy==2.4.6", "orjson==3.13.0", "pydantic==2.14.4", "ujson==6.1.0")


def libraries():
    """How each writes, as Starlette and FastAPI call it."""
    import orjson
    import pydantic
    import pydantic_core
    import ujson

    declared = {
        kind: pydantic.TypeAdapter(kind)
        for kind in (bool, int, float, str, bytes, dict[float, None])
    }

    def by_pydantic(value):
        text = pydantic_core.to_json(with_words(value), inf_nan_mode="null")
        kind = type(value)
        if kind is dict and value and all(
            isinstance(key, float) and item is None for key, item in value.items()
        ):
            kind = dict[float, None]
        if kind in declared:
            same = declared[kind].dump_json(value)
            check(text == same, (value, text, same))
        return text

    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    return {
        "python": lambda value: json.dumps(
            value, ensure_ascii=False, allow_nan=False, indent=None, separators=(",", ":")
        ).encode("utf-8"),
        "ujson": lambda value: ujson.dumps(value, ensure_ascii=False).encode("utf-8"),
        "orjson": lambda value: orjson.dumps(value, option=options),
        "pydantic": by_pydantic,
    }


class Values(pickle.Unpickler):
    """What the example prints."""

    def __init__(self, stream, single):
        super().__init__(stream)
        self.single = single

    def find_class(self, module, name):
        check((module, name) == ("replywire", "single"), (module, name))
        return self.single

    def __iter__(self):
        while True:
            try:
                yield self.load()
            except EOFError:
                return


def shortest(single):
    """The double with the digits of this single."""
    return float(str(single))


def with_keys(spell, value):
    """The value with other keys."""
    if isinstance(value, dict):
        return {spell(key): with_keys(spell, item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_keys(spell, item) for item in value]
    return value


def with_doubles(value):
    """The value as orjson takes it: a key is no number of numpy."""
    return with_keys(
        lambda key: shortest(key) if type(key).__name__ == "float32" else key, value
    )


class Word(str):
    """A key beside others of the same text."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def with_words(value):
    """The value with the words for what is not finite among its keys, as pydantic writes where
    their type is declared. Where it is not, they are None to it."""
    return with_keys(
        lambda key: Word(key) if isinstance(key, float) and not math.isfinite(key) else key, value
    )


def is_finite(value):
    """Whether all its values are; keys do not count."""
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def compare(dialect, write, count, seed):
    import numpy

    if dialect == "orjson":
        single = numpy.float32
    else:
        def single(value):
            return shortest(numpy.float32(value))

    began = time.monotonic()
    command = ["cargo", "run", "--quiet", "--package", "conformance", "--example", "json_values"]
    command += ["--", dialect, str(count), str(seed)]
    differences, compared, refused, not_finite = [], 0, 0, 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        for value, ours in Values(process.stdout, single):
            if dialect == "orjson":
                value = with_doubles(value)
            try:
                theirs = write(value)
            except (TypeError, ValueError) as error:
                theirs = error
            if isinstance(theirs, bytes) and ours == theirs:
                compared += 1
            elif isinstance(theirs, Exception) and isinstance(ours, str):
                refused += 1
            elif (dialect, ours) == ("ujson", "NotFinite") and not is_finite(value):
                not_finite += 1
            else:
                differences.append((value, ours, theirs))
    check(process.returncode == 0, (dialect, process.returncode))
    seconds = time.monotonic() - began
    print(f"{dialect}: {compared} texts are the same, {refused} values are refused by both, "
          f"{not_finite} as not finite by ours alone, {len(differences)} differences; "
          f"{seconds:.0f} s", flush=True)
    for difference in differences[:5]:
        print("  value, ours, theirs:", difference)
    all_of_them = compared + refused + not_finite + len(differences)
    check(all_of_them >= count and compared > count / 2, "most values were written")
    return len(differences)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    values = int(os.environ.get("REPLYWIRE_JSON_VALUES", 1_000_000))
    parser.add_argument("--values", type=int, default=values, help="random values a dialect")
    parser.add_argument("--seed", type=int, default=20_261_130)
    parser.add_argument("dialects", nargs="*")
    asked = parser.parse_args()
    python = venv_with(*VERSIONS)
    if sys.executable != str(python):
        os.execv(python, [python, *sys.argv])
    within(3600)
    wrong = 0
    for dialect, write in libraries().items():
        if dialect in asked.dialects or not asked.dialects:
            wrong += compare(dialect, write, asked.values, asked.seed)
    check(wrong == 0, f"{wrong} differences")


main()
