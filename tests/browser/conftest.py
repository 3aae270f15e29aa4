"""What the browser tests share: one JupyterLab for the session."""
import pytest


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A running JupyterLab, ended with the session by its own process id."""
    from lab import JupyterLab

    running = JupyterLab(tmp_path_factory.mktemp("lab"))
    yield running
    running.close()
