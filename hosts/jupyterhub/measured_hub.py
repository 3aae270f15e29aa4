"""A JupyterHub on this computer alone, to measure what a student needs. Not for students: anybody may log in.

    cd _build && COURSE_HUB_TOKEN=... jupyterhub -f ../hosts/jupyterhub/measured_hub.py

``book/hosting.md`` has the whole recipe. Homes of the simulated students are made in the current folder.
"""
import os
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub puts it here)
c.JupyterHub.bind_url = "http://127.0.0.1:8765"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8766"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8767"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(Path.cwd() / "homes" / "{username}")
c.Spawner.environment = {"COURSE_FOLDER": str(Path(__file__).resolve().parents[2])}
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # many start at once on few processors
c.JupyterHub.concurrent_spawn_limit = 20
c.JupyterHub.services = [{"name": "load", "api_token": os.environ["COURSE_HUB_TOKEN"]}]
c.JupyterHub.load_roles = [{"name": "load", "services": ["load"],
                            "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"]}]
