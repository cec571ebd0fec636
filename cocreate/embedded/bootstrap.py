"""Makes `.venv`, installs what the requirement files pin, and hands over to it.

Run by path and with the standard library only: nothing is installed yet. `venv --without-pip` and
`pip --python` because a fresh Debian has neither ensurepip nor the right to install outside a venv.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"


def main() -> None:
    args = sys.argv[1:]
    for_tests = args[:1] == ["test"]
    try:
        prepare([ROOT / "requirements.txt"] + [ROOT / "requirements-dev.txt"] * for_tests)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The virtual environment could not be made: {error}")
    hand_over(["pytest", *args[1:]] if for_tests else ["cocreate.embedded", *args])


def hand_over(module: list[str]) -> None:
    """Become `python -m module`; commands stay in the caller's folder: they name files in it."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    if module[1:2] != ["manage"]:
        os.chdir(ROOT)
    os.execve(
        PYTHON, [str(PYTHON), "-m", *module], {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    )


def prepare(requirements: list[Path]) -> None:
    """Install `requirements` once; two starts at the same moment wait for one another."""
    VENV.mkdir(exist_ok=True)
    with (VENV / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [path for path in requirements if stamp_of(path) not in installed()]
        if missing:
            make_environment()
            install(missing)


def stamp_of(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    return f"{requirements.name} {digest}"


def installed() -> list[str]:
    return STAMP.read_text().splitlines() if PYTHON.exists() and STAMP.exists() else []


def make_environment() -> None:
    """Make the environment, or make it anew when it belongs to another Python."""
    if version_of(PYTHON) != sys.version:
        for old in ("bin", "lib", "installed"):
            subprocess.run(["rm", "-rf", VENV / old], check=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)


def version_of(python: Path) -> str | None:
    if not python.exists():
        return None
    command = [str(python), "-c", "import sys; print(sys.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def install(requirements: list[Path]) -> None:
    """Install without looking for dependencies: the files pin the whole tree, and it is faster."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        sys.exit("pip is missing: install it first (on Debian: apt-get install python3-pip).")
    names = [path.name for path in requirements]
    print(f"Installing {' and '.join(names)} into .venv; this happens once …", flush=True)
    command = [*pip, "--python", str(PYTHON), "install", "--quiet", "--no-deps"]
    command += [word for path in requirements for word in ("--requirement", str(path))]
    quiet = {"PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, check=True, env={**os.environ, **quiet})
    kept = [line for line in installed() if line.split()[0] not in names]
    STAMP.write_text("\n".join([*kept, *map(stamp_of, requirements)]) + "\n")


if __name__ == "__main__":
    main()
