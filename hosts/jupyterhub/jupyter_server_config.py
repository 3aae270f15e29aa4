"""Settings of every student's server on a hub. Copy this file to etc/jupyter/ of the students' environment.

At each start the notebooks and data are laid into the folder ``organized-crime-course`` of the student's
home. What a student changed is never overwritten. The course itself is in ``/opt/course``, or where the
variable ``COURSE_FOLDER`` says.
"""
import os
import sys
from pathlib import Path

COURSE = Path(os.environ.get("COURSE_FOLDER", "/opt/course"))
COPY = Path.home() / "organized-crime-course"


def hand_out():
    """Bring the student's copy up to the course; trouble is said and never keeps a student out."""
    sys.path.insert(0, str(COURSE))
    try:
        from tools.working_copy import update

        for line in update(COURSE, COPY, readable=COURSE / "_build" / "notebooks"):
            print(line, flush=True)
    except (ImportError, OSError) as problem:
        print(f"The notebooks were not laid into {COPY}: {problem}", file=sys.stderr, flush=True)
    finally:
        sys.path.remove(str(COURSE))


hand_out()
c = get_config()  # noqa: F821  (Jupyter puts it here)
c.LabApp.default_url = f"/lab/tree/{COPY.name}/notebooks"
c.MappingKernelManager.cull_idle_timeout = 45 * 60  # an idle kernel holds most of a student's memory
c.MappingKernelManager.cull_interval = 5 * 60
# No news, no look for updates, no extension shop: JupyterLab asks no other host.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
