"""The pages for The Littlest JupyterHub and Zero to JupyterHub configure what `docs/hub/index.md` does."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from traitlets.config import Config

from nanomeet_widget.server import cli, hub_settings
from nanomeet_widget.services.hub import from_environment
from tests.documents import HUBS, blocks

INDEX, LITTLEST = HUBS
KUBERNETES = "docs/hub/zero-to-jupyterhub.md"


def configured(text: str) -> Config:
    """Return what a `jupyterhub_config.py` sets, after one that sets nothing."""
    c = Config()
    exec(text, {"c": c, "get_config": lambda: c})  # noqa: S102 - this project's own documents
    return c


def plain(value: Any) -> Any:
    """Return a setting; what was added to one that is not set, too."""
    if hasattr(value, "get_value"):
        kind: Any = [] if value._extend or value._inserts or value._prepend else {}
        return value.get_value(kind)
    return value


@pytest.fixture(scope="module")
def documented() -> Config:
    block, *_ = blocks("python", INDEX)
    return configured(block.text)


@pytest.fixture(scope="module")
def chart() -> dict[str, Any]:
    values, _ = blocks("yaml", KUBERNETES)
    found: dict[str, Any] = yaml.safe_load(values.text)
    return found


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict[str, Any]]:
    _, text = blocks("yaml", KUBERNETES)
    return {found["kind"]: found for found in yaml.safe_load_all(text.text)}


def roles(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {role["name"]: {k: v for k, v in role.items() if k != "name"} for role in found}


def test_the_littlest_is_configured_as_the_one_that_is_run(documented: Config) -> None:
    (block,) = blocks("python", LITTLEST)
    littlest = configured(block.text)
    hub, here = littlest.JupyterHub, documented.JupyterHub
    assert plain(hub.services) == here.services
    assert roles(plain(hub.load_roles)) == roles(here.load_roles)
    assert hub.custom_scopes == here.custom_scopes
    assert hub.public_url == here.public_url
    assert plain(littlest.Spawner.environment) == documented.Spawner.environment
    # Without users: an administrator puts them there.
    assert plain(hub.load_groups) == {"teachers": {"users": []}}


def test_the_chart_is_configured_as_the_one_that_is_run(
    documented: Config, chart: dict[str, Any]
) -> None:
    hub, here = chart["hub"], documented.JupyterHub
    (service,) = here.services
    asked = hub["services"][service["name"]]
    for name in ("oauth_client_allowed_scopes", "oauth_no_confirm"):
        assert asked[name] == service[name]
    assert hub["loadRoles"] == roles(here.load_roles)
    settings = hub["config"]["JupyterHub"]
    assert settings == {"public_url": here.public_url, "custom_scopes": here.custom_scopes}
    assert plain(configured(hub["extraConfig"]["nanomeet"]).JupyterHub.load_groups).keys() <= (
        here.load_groups.keys()
    )


def test_the_chart_and_the_pod_lead_to_each_other(
    chart: dict[str, Any], manifests: dict[str, dict[str, Any]]
) -> None:
    deployment, service = manifests["Deployment"]["spec"], manifests["Service"]
    labels = deployment["template"]["metadata"]["labels"]
    for selector in (
        deployment["selector"]["matchLabels"],
        service["spec"]["selector"],
        manifests["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        chart["singleuser"]["networkPolicy"]["egress"][0]["to"][0]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    (container,) = deployment["template"]["spec"]["containers"]
    environment = {entry["name"]: entry.get("value", "x" * 32) for entry in container["env"]}
    url = chart["hub"]["services"]["nanomeet"]["url"]
    port = service["spec"]["ports"][0]["port"]
    assert (
        url
        == f"http://{service['metadata']['name']}:{port}"
        == environment["JUPYTERHUB_SERVICE_URL"]
    )
    assert container["ports"] == [{"containerPort": port}]
    kernel = chart["singleuser"]["extraEnv"]["NANOMEET_HUB"]
    assert kernel == url + environment["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/")
    public = chart["hub"]["config"]["JupyterHub"]["public_url"].rstrip("/")
    assert environment["JUPYTERHUB_HOST"] == public
    probe = container["readinessProbe"]["httpGet"]
    assert probe["path"] == f"{environment['JUPYTERHUB_SERVICE_PREFIX']}healthz"
    assert probe["httpHeaders"] == [{"name": "Host", "value": public.removeprefix("https://")}]
    claim = deployment["template"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claim == manifests["PersistentVolumeClaim"]["metadata"]["name"]
    key = container["env"][-1]["valueFrom"]["secretKeyRef"]["key"]
    assert key == f"hub.services.{environment['JUPYTERHUB_SERVICE_NAME']}.apiToken"


def test_the_server_understands_what_the_pod_says(
    manifests: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    for entry in container["env"]:
        monkeypatch.setenv(entry["name"], entry.get("value", "x" * 32))
    assert container["args"][:2] == ["nanomeet", "serve"]
    parser = argparse.ArgumentParser()
    cli.add_serve(parser)
    config = cli.read_config(parser.parse_args([*container["args"][2:], "--data", str(tmp_path)]))
    assert (config.host, config.port, config.base_url) == ("0.0.0.0", 8910, "/services/nanomeet/")  # noqa: S104
    assert config.public_url == "https://hub.school.example/services/nanomeet"
    assert (config.frame_ancestors, config.limits.connections) == ("'self'", 0)
    # Kernels reach it by its name in the cluster.
    assert "nanomeet" in config.hosts


def test_kernels_of_both_reach_the_service(chart: dict[str, Any], documented: Config) -> None:
    token = {"JUPYTERHUB_API_TOKEN": "t" * 32}
    pod = {"JUPYTERHUB_API_URL": "http://hub:8081/hub/api", **chart["singleuser"]["extraEnv"]}
    local = {
        "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
        **documented.Spawner.environment,
    }
    for environment in (pod, local):
        service = from_environment({**environment, **token})
        assert service is not None
        assert "t" * 32 not in repr(service)


def test_the_image_is_built_by_its_own_steps(
    manifests: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """Every RUN but for pip's download; what is installed is this project, with the extras that are named."""
    (block,) = blocks("dockerfile", KUBERNETES)
    lines = [line.split(" ", 1) for line in block.text.splitlines() if line]
    steps = [text for word, text in lines if word == "RUN"]
    assert lines[0][0] == "FROM"
    install, *others = steps
    command = shlex.split(install)
    assert command[:2] == ["pip", "install"]
    project = Path(__file__).parents[2]
    # pip resolves the same requirement against this project, with all of its extras.
    wanted = command[-1]
    assert wanted.startswith("nanomeet-widget[")
    extras = wanted.partition("[")[2].rstrip("]").split(",")
    declared = (project / "pyproject.toml").read_text()
    assert all(f"\n{extra} = [" in declared for extra in extras)
    # The others, as another root would see them: users and folders in a place of this test.
    script = tmp_path / "bin"
    script.mkdir()
    (script / "useradd").write_text('#!/bin/sh\necho "$@" >> "$HOME/users"\n')
    (script / "useradd").chmod(0o755)
    (script / "install").write_text('#!/bin/sh\necho "$@" >> "$HOME/folders"\n')
    (script / "install").chmod(0o755)
    environment = {"HOME": str(tmp_path), "PATH": f"{script}:{os.environ['PATH']}"}
    for step in others:
        subprocess.run(["/bin/sh", "-ec", step], env=environment, check=True)
    words = dict(lines)
    assert f"--uid {words['USER']}" in (tmp_path / "users").read_text()
    assert words["VOLUME"] in (tmp_path / "folders").read_text()
    run = json.loads(words["CMD"])
    assert words["VOLUME"] == run[run.index("--data") + 1]
    assert words["EXPOSE"] == run[run.index("--port") + 1]
    # The server takes these options, as the pod gives them.
    parser = argparse.ArgumentParser()
    cli.add_serve(parser)
    assert parser.parse_args(run[2:]).hub
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    given = [word for option in container["args"] for word in option.split("=", 1)]
    assert given[: len(run)] == run
    check = json.loads(words["HEALTHCHECK"].removeprefix("CMD "))
    compile(check[2], "HEALTHCHECK", "exec")
    assert words["EXPOSE"] in check[2]


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"JUPYTERHUB_HOST": "https://hub.example"}, "https://hub.example/services/nanomeet"),
        (
            {
                "JUPYTERHUB_HOST": "https://hub.example",
                "JUPYTERHUB_OAUTH_CALLBACK_URL": "https://nanomeet--service.hub.example/services/nanomeet/oauth_callback",
            },
            "https://nanomeet--service.hub.example/services/nanomeet",
        ),
    ],
)
def test_the_public_address_is_the_hubs_or_the_services_own_domain(
    environment: dict[str, str], url: str
) -> None:
    given = {
        "JUPYTERHUB_API_TOKEN": "t",
        "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
        "JUPYTERHUB_SERVICE_NAME": "nanomeet",
        **environment,
    }
    settings = hub_settings.read(given)
    assert settings.public_url == url
    shared = "--service" not in url
    wanted = "'self'" if shared else "'self' https://hub.example https://*.hub.example"
    assert settings.ancestors == wanted
