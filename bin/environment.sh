# Sourced by bin/demo and bin/test: goes to the project's folder and makes .venv there, with the packages asked for.

say() {
    printf '%s\n' "$*" >&2
}

give_up() {
    say "$*"
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# The first Python that is new enough. Each is run, because a version manager may put names into PATH that do not work.
find_python() {
    for python in python3.11 python3 python3.14 python3.13 python3.12 python; do
        if is_new_enough "$python"; then
            printf '%s\n' "$python"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null) || found='none that works'
    give_up "Tillbridge needs Python 3.11 or newer; found: $found. Install Python 3.11 and start again."
}

make_venv() {
    python=$(find_python) || exit 1
    say "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    "$python" -m venv .venv || {
        rm -rf .venv
        give_up 'Python could not make .venv. On Debian and Ubuntu its venv package is missing: apt-get install python3-venv'
    }
}

# The environment holds what a requirements file asks for. The file is copied into .venv once it is installed, so that
# the next start only compares.
use_packages() {
    { is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip'; } 2>/dev/null || make_venv
    cmp -s "$1" ".venv/$1" && return
    say "Installing the packages of $1 ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" ||
        give_up "The packages of $1 could not be installed; the lines above say why."
    cp "$1" ".venv/$1"
}

cd "$(dirname "$0")/.." || exit 1
