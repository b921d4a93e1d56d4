"""A LiteLLM proxy's config.yaml, as far as the doctor asks: which models there are, and a few settings.

Values of the form `os.environ/NAME` are not resolved, and nothing but the names of models goes into a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.scanner import ScannerError

from scripts.errors import BadConfig

_QUOTED = re.compile("['\"]")

MOST_FILES = 100
"""As many files as a config may be made of: each that includes several may be included several times itself."""

LARGEST = 1 << 24
"""Bytes of a config that are read at most."""


@dataclass(frozen=True)
class Deployment:
    """An entry of model_list: the name that clients use, and LiteLLM's arguments for the provider."""

    name: str
    params: Mapping[str, Any]

    @property
    def model(self) -> str:
        return str(self.params["model"])


@dataclass(frozen=True)
class Config:
    """The models of a proxy, its `litellm_settings`, and the variables that it sets for itself."""

    deployments: tuple[Deployment, ...]
    settings: Mapping[str, Any]
    variables: Mapping[str, str]


NONE = Config((), {}, {})
"""The config of nothing."""


def read(path: Path) -> Config:
    """Read a config and the files that it includes. Raises BadConfig, with the place of what is wrong."""
    data = _included(path, (), [])
    models = data.get("model_list")
    if not isinstance(models, list) or not models:
        raise BadConfig(str(path), "it has no model_list" if models is None else "model_list is no list of models")
    deployments = [_deployment(path, f"model_list[{place}]", entry) for place, entry in enumerate(models)]
    deployments += _aliases(path, data, deployments)
    settings = _mapping(path, "litellm_settings", data.get("litellm_settings"))
    variables = _mapping(path, "environment_variables", data.get("environment_variables"))
    own = {name: value for name, value in variables.items() if isinstance(value, str) and _is_visible(value)}
    return Config(tuple(deployments), settings, own)


def _is_visible(value: str) -> bool:
    return not value.startswith("os.environ/")


def _deployment(path: Path, place: str, entry: object) -> Deployment:
    told = _mapping(path, place, entry)
    params = _mapping(path, f"{place}.litellm_params", told.get("litellm_params"))
    name, model = told.get("model_name"), params.get("model")
    if not isinstance(name, str) or not name:
        raise BadConfig(str(path), f"{place}.model_name is no text")
    if not isinstance(model, str) or not model:
        raise BadConfig(str(path), f"{place}.litellm_params.model is no text")
    return Deployment(name, params)


def _aliases(path: Path, data: Mapping[str, Any], deployments: Sequence[Deployment]) -> Iterator[Deployment]:
    """The deployments by the other names that the router has for them, hidden from a list of models or not."""
    router = _mapping(path, "router_settings", data.get("router_settings"))
    place = "router_settings.model_group_alias"
    for alias, told in _mapping(path, place, router.get("model_group_alias")).items():
        group = told.get("model") if isinstance(told, dict) else told
        if not isinstance(group, str):
            raise BadConfig(str(path), f"{place}.{alias} is no name of a model")
        yield from (Deployment(alias, one.params) for one in deployments if one.name == group)


def _mapping(path: Path, place: str, value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise BadConfig(str(path), f"{place} is no mapping of names to values")
    return value


def _included(path: Path, above: tuple[Path, ...], read: list[Path]) -> dict[str, Any]:
    """A file with those that it includes, as LiteLLM merges them: lists grow, anything else is replaced.

    `above` are the files that lead to it, and `read` all those that were read before.
    """
    if path.resolve() in above:
        raise BadConfig(str(above[0]), f"include leads from {path} back to {path}")
    read.append(path)
    if len(read) > MOST_FILES:
        raise BadConfig(str(read[0]), f"it includes more than {MOST_FILES} files, one of them perhaps many times")
    data = _load(path)
    names = data.pop("include", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadConfig(str(path), "include is no list of files")
    for name in names:
        for key, value in _included(path.parent / name, (*above, path.resolve()), read).items():
            both = isinstance(value, list) and isinstance(data.get(key), list)
            data[key] = [*data[key], *value] if both else value
    return data


def _load(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise BadConfig(str(path), "there is no such file")
        if path.stat().st_size > LARGEST:
            raise BadConfig(str(path), f"it is larger than {LARGEST >> 20} MiB")
        data = _parser().load(path.read_bytes())
    except OSError as error:
        raise BadConfig(str(path), f"it cannot be read ({error.strerror})") from error
    except MarkedYAMLError as error:
        raise BadConfig(str(path), _place(error)) from None
    except RecursionError:
        raise BadConfig(str(path), "it is nested too deeply") from None
    except YAMLError as error:
        raise BadConfig(str(path), f"it is no YAML ({error})") from None
    except ValueError:
        raise BadConfig(str(path), "it has a number or a date that is none") from None
    return dict(_mapping(path, "the whole of it", data))


class _Constructor(SafeConstructor):
    """Keeps a merged key once: with each `<<: [*a, *a]` on top of another their number would double."""

    def flatten_mapping(self, node: MappingNode) -> None:
        super().flatten_mapping(node)
        if node.merge:
            node.merge, node.value = _last(node.merge), _last(node.value)


def _last(pairs: Sequence[tuple[Node, Node]]) -> list[tuple[Node, Node]]:
    """Of pairs that have the same text for a key the last, as in the mapping that is made of them."""
    kept = {(one[0].tag, one[0].value) if isinstance(one[0], ScalarNode) else id(one[0]): one for one in pairs}
    return list(kept.values())


def _parser() -> YAML:
    """The YAML that LiteLLM reads: 1.1, in which `yes` and `on` are true."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.version = (1, 1)
    return yaml


def _place(error: MarkedYAMLError) -> str:
    """Where it is, and what. Values may be secrets: they stand in quotes, where a scanner names only characters."""
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = error.problem or "it is no YAML"
    return where + (problem if isinstance(error, ScannerError) else _QUOTED.split(problem)[0].strip())
