#!/usr/bin/env bash
# The Littlest JupyterHub for a class: lays the course into a hub that is already installed. Run as root:
#
#   curl -L https://tljh.jupyter.org/bootstrap.py -o bootstrap.py
#   python3 bootstrap.py --admin LECTURER
#   bash hosts/jupyterhub/tljh.sh
#
# Run it again after every new version of the course. Students' work is not touched.
set -euo pipefail
cd "$(dirname "$0")/../.."
user_env=${USER_ENV:-/opt/tljh/user}  # where The Littlest JupyterHub keeps what students run
target=${COURSE_FOLDER:-/opt/course}

"$user_env/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "The students' Python is older than 3.11: install a newer release of The Littlest JupyterHub." >&2; exit 1; }

# The pins of the course, each with its hash; what the hub itself brought stays unless the course pins it.
"$user_env/bin/python" -m pip install --no-cache-dir --require-hashes -r requirements.txt
"$user_env/bin/python" -m pip install --no-cache-dir --no-deps --force-reinstall .

rm -rf "$target"
mkdir -p "$target/_build"
cp -r data notebooks tools measurement widgets "$target/"
rm -r "$target/data/sources"  # the planted truth is for those who make the data
(cd "$target" && "$user_env/bin/python" -m tools.readable notebooks _build/notebooks)
mkdir -p "$user_env/etc/jupyter"
cp hosts/jupyterhub/jupyter_server_config.py "$user_env/etc/jupyter/"

if command -v tljh-config > /dev/null; then
  tljh-config set user_environment.default_app jupyterlab
  tljh-config set limits.memory 1G  # a student who works through a module uses about a third of it
  tljh-config set limits.cpu 1
  tljh-config set services.cull.timeout 3600
  tljh-config reload
else
  echo "tljh-config is not here: the course is laid, the limits are not set."
fi
